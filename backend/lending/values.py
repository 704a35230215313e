"""Words of lending: what a bank reads of an enterprise that consented, and what it keeps of its own."""

ACTIONS = ("lending:manage", "lending:read")
"""The permissions of this noun: a bank's own loans, terms and webhooks; and reading what was consented to."""
