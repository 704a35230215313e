"""Tables of targets."""
