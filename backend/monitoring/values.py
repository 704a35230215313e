"""Words of monitoring."""

ACTIONS = (
    "monitoring:configure",
    "monitoring:estimate",
    "monitoring:issue",
    "monitoring:read",
    "monitoring:respond",
)
"""Permissions this noun knows."""
