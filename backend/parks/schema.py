"""Parks on the wire."""

import strawberry


@strawberry.type
class ParksQuery:
    """Reading parks."""


@strawberry.type
class ParksMutation:
    """Commands of parks."""
