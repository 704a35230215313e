"""Words of the credits that all their kinds share."""

ACTIONS = (
    "credits:claim",
    "credits:configure",
    "credits:import",
    "credits:offer",
    "credits:read",
    "credits:register",
    "credits:review",
)
"""The permissions of this noun."""
