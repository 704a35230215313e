"""Claimed energy: certificates cancelled for a year's electricity, and which electricity they cover."""
