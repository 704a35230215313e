"""Tables of quick reports and of estimates from electricity."""
