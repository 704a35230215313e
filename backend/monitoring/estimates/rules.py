"""What decides about an account in a quick report: whether it is large industry, and what its month rests on."""

from collections.abc import Set as AbstractSet
from decimal import Decimal
from uuid import UUID

from backend.monitoring.estimates.terms import Terms
from backend.monitoring.estimates.values import Basis, Standing


def standing(sector: str, listed: bool | None, revenue: Decimal | None, asked: Terms) -> Standing:  # noqa: FBT001 - three outcomes of one question
    """Tell whether an account is industry above designated size.

    The authority's roster (`listed`) comes first. Without an entry the newest yearly revenue (CNY) decides, where the sector
    is an industrial one. Without either it cannot be told.
    """
    if listed is not None:
        return Standing.LARGE if listed else Standing.SMALL
    if sector in asked.not_industry:
        return Standing.SMALL
    if sector in asked.unknown_industry or revenue is None:
        return Standing.UNKNOWN
    return Standing.LARGE if revenue >= asked.revenue else Standing.SMALL


def basis(
    usual: AbstractSet[UUID], recorded: AbstractSet[UUID], unresolved: AbstractSet[UUID], *, has_estimate: bool
) -> Basis:  # fmt: skip
    """Tell what a month rests on.

    Complete is a month in which every usual energy source has a record that could be computed. Where anything is missing an
    estimate from electricity takes the place of the whole month: what was entered is not mixed with what was estimated.
    """
    if recorded and usual <= recorded and not unresolved:
        return Basis.COMPLETE
    if has_estimate:
        return Basis.ESTIMATED
    return Basis.PARTIAL if recorded - unresolved else Basis.MISSING


def percent(part: Decimal, whole: Decimal) -> Decimal | None:
    """Return a share in percent with two decimals, for display; None of nothing."""
    return (part / whole * 100).quantize(Decimal("0.01")) if whole else None
