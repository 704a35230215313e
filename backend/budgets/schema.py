"""Budgets on the wire."""

import strawberry


@strawberry.type
class BudgetsQuery:
    """Reading budgets."""


@strawberry.type
class BudgetsMutation:
    """Commands of budgets."""
