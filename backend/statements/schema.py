"""Statements on the wire."""


class StatementsQuery:
    """Reads."""


class StatementsMutation:
    """Commands."""
