"""Tables of the statements."""
