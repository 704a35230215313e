"""Words of quota compliance."""

ACTIONS = (
    "quotas:allocate",
    "quotas:enter",
    "quotas:read",
    "quotas:settle",
    "quotas:supervise",
)
"""The permissions of this noun."""
