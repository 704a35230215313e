"""Pure rules of lending."""
