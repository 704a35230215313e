"""Pure rules of scores."""
