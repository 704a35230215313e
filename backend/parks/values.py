"""Words of parks."""

ACTIONS = (
    "parks:apply",
    "parks:decide",
    "parks:manage",
    "parks:read",
)
"""Permissions this noun knows."""
