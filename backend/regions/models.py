"""Tables of regions."""
