"""Words of keyunits."""

ACTIONS = (
    "keyunits:manage",
    "keyunits:read",
    "keyunits:supervise",
)
"""Permissions this noun knows."""
