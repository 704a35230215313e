"""Words of targets."""

ACTIONS = (
    "targets:evaluate",
    "targets:read",
    "targets:set",
)
"""Permissions this noun knows."""
