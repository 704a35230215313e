"""Words of monitoring."""

ACTIONS = (
    "monitoring:configure",
    "monitoring:read",
    "monitoring:respond",
)
"""Permissions this noun knows."""
