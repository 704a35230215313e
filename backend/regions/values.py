"""Words of regions."""

ACTIONS = (
    "regions:read",
    "regions:record",
)
"""Permissions this noun knows."""
