"""Tables of keyunits."""
