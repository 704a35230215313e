"""Console on the wire."""

import strawberry


@strawberry.type
class ConsoleQuery:
    """Reading console."""


@strawberry.type
class ConsoleMutation:
    """Commands of console."""
