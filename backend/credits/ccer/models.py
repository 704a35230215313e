"""Tables: China Certified Emission Reductions (CCER)."""
