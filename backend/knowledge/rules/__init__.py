"""Pure rules of knowledge: splitting documents into items, reading a search, marking what was found."""
