"""Figures of a division's year, each with its document: what emissions are set in relation to, sinks, other sources."""
