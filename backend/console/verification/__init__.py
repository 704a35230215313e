"""The verification desk: every account of a year on one list."""
