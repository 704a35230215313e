"""Reading and commanding esg on the wire, put together."""

import strawberry


@strawberry.type
class EsgQuery:
    """Reads of esg."""


@strawberry.type
class EsgMutation:
    """Commands of esg."""
