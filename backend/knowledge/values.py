"""Words of knowledge."""

ACTIONS = (
    "knowledge:publish",
    "knowledge:read",
    "knowledge:request",
)
"""Permissions this noun knows."""
