"""Many enterprises invited by one file."""
