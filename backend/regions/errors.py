"""What regions refuses."""
