"""Targets on the wire."""

import strawberry


@strawberry.type
class TargetsQuery:
    """Reading targets."""


@strawberry.type
class TargetsMutation:
    """Commands of targets."""
