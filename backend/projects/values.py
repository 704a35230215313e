"""Words of projects."""

ACTIONS = (
    "projects:apply",
    "projects:decide",
    "projects:read",
    "projects:review",
)
"""Permissions this noun knows."""
