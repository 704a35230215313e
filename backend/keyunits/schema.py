"""Keyunits on the wire."""

import strawberry


@strawberry.type
class KeyunitsQuery:
    """Reading keyunits."""


@strawberry.type
class KeyunitsMutation:
    """Commands of keyunits."""
