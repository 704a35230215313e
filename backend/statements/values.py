"""Words of the statements."""

ACTIONS = ("statements:issue", "statements:read")
"""The permissions of this noun."""
