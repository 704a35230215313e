"""What all accounts of a division come to: kept by differences, rebuilt at will, always the exact sum."""
