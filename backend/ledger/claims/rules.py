"""The matrix of uses that exclude each other."""
