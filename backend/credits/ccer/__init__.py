"""China Certified Emission Reductions (CCER)."""
