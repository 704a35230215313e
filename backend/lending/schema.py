"""Reading and commanding lending on the wire, put together."""

import strawberry

from backend.lending.schema_reads import ReadsQuery


@strawberry.type
class LendingQuery(ReadsQuery):
    """Reads of lending."""


@strawberry.type
class LendingMutation:
    """Commands of lending."""
