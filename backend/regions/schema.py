"""Regions on the wire."""

import strawberry


@strawberry.type
class RegionsQuery:
    """Reading regions."""


@strawberry.type
class RegionsMutation:
    """Commands of regions."""
