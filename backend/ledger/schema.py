"""The ledger on the wire."""


class LedgerQuery:
    """Reads."""


class LedgerMutation:
    """Commands."""
