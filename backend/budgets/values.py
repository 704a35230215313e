"""Words of budgets."""

ACTIONS = (
    "budgets:adjust",
    "budgets:approve",
    "budgets:draft",
    "budgets:read",
)
"""Permissions this noun knows."""
