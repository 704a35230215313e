"""Inventories: a year's emissions computed from approved records, reviewed, verified, and reproducible for ever."""
