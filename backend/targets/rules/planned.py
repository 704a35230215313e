"""Whether a number of a document is met on a day."""

import operator
from datetime import date
from decimal import Decimal
from fractions import Fraction

from backend.targets.rules.sharing import decimal
from backend.targets.values_plans import Named, PlanTargetOutcome

COMPARE = {">=": operator.ge, ">": operator.gt, "<=": operator.le, "<": operator.lt}
PLACES = Decimal("0.01")


def outcome(named: Named, value: Decimal | None, as_of: date | None, today: date) -> PlanTargetOutcome:
    """Judge a value. A number to be reached every year is told of the year of its value alone.

    Until the target's year is over, what is not met is not met yet; a value of a day after that year decides for good.
    """
    if value is None or as_of is None:
        return PlanTargetOutcome.CANNOT_TELL
    if COMPARE[named.comparator](value, named.quantity):
        return PlanTargetOutcome.MET
    last = as_of.year if named.is_yearly else named.year
    return PlanTargetOutcome.MISSED if last is not None and today.year > last else PlanTargetOutcome.NOT_YET


def percent(value: Decimal | None, quantity: Decimal) -> Decimal | None:
    """Return a value in percent of what is to be reached."""
    return None if value is None or not quantity else decimal(Fraction(value) / Fraction(quantity) * 100, PLACES)
