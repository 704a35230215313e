"""Quick reports and estimates from electricity on the wire."""

import strawberry


@strawberry.type
class EstimatesQuery:
    """Reading quick reports and estimates."""


@strawberry.type
class EstimatesMutation:
    """Commands of quick reports and estimates."""
