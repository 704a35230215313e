"""Regional carbon-inclusive programmes (碳普惠)."""
