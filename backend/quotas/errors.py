"""Errors of this noun."""
