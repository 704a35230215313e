"""The rules of investment projects. Pure."""
