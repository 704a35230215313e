"""Exclusive claims: one environmental benefit, used once."""
