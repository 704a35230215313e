"""Emissions of divisions and sectors month by month, their growth, and how much of them is known yet."""
