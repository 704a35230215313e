"""Whether years stay within their five-year budget, and sectors within their division's."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from uuid import UUID

from backend.budgets.errors import BudgetOverSpan, BudgetSectorsOver
from backend.budgets.rules import checking
from backend.budgets.service.common import plain
from backend.budgets.values import ALL_SECTORS, ZERO, LineValue


def within_bounds(totals: Mapping[UUID, Decimal], lines: Iterable[LineValue], line: LineValue) -> None:
    """See that a line, as it is to be, stays within what binds it and still holds what lies within it.

    `totals` are all totals of the line's division (its key unit's, for one) as they are to be.

    Raises:
        BudgetOverSpan: the years come to more than the five-year budget.
        BudgetSectorsOver: the sectors come to more than the division's budget.
    """
    own = [each for each in lines if each.id in totals and each.division_code == line.division_code]
    of_subject = [each for each in own if (each.account_id, each.sector) == (line.account_id, line.sector)]
    for span in (each for each in of_subject if not each.is_annual):
        years = [each for each in of_subject if each.is_annual and span.first_year <= each.first_year <= span.last_year]
        asked = sum((totals[each.id] for each in years), ZERO)
        if asked > totals[span.id]:
            raise BudgetOverSpan(
                division=line.division_code, years=checking.span(span.first_year, span.last_year),
                total=plain(totals[span.id]), asked=plain(asked),
            )  # fmt: skip
    if line.account_id is not None:
        return
    same = [
        each for each in own
        if each.account_id is None and (each.first_year, each.last_year) == (line.first_year, line.last_year)
    ]  # fmt: skip
    asked = sum((totals[each.id] for each in same if each.sector != ALL_SECTORS), ZERO)
    for whole in (each for each in same if each.sector == ALL_SECTORS):
        if asked > totals[whole.id]:
            raise BudgetSectorsOver(
                division=line.division_code, years=checking.span(line.first_year, line.last_year),
                total=plain(totals[whole.id]), asked=plain(asked),
            )  # fmt: skip
