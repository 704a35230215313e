"""Reading and commanding lending on the wire, put together."""

import strawberry


@strawberry.type
class LendingQuery:
    """Reads of lending."""


@strawberry.type
class LendingMutation:
    """Commands of lending."""
