"""What the rest of the house may ask of monitoring."""
