"""Units by a registry's export of serial ranges: one way in for every class whose registry gives such a file."""
