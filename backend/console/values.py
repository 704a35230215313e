"""Words of console."""

ACTIONS = (
    "console:invite",
    "console:read",
)
"""Permissions this noun knows."""
