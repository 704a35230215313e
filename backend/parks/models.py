"""Tables of parks."""
