"""Tables of quota compliance."""
