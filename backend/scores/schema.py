"""Reading and commanding scores on the wire, put together."""

import strawberry


@strawberry.type
class ScoresQuery:
    """Reads of scores."""


@strawberry.type
class ScoresMutation:
    """Commands of scores."""
