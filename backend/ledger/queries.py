"""Reads of this noun."""
