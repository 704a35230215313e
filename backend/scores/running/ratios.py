"""Ratios as facts: exact division, rounded half up once to six decimals. Pure."""

from decimal import ROUND_HALF_UP, Context, Decimal

WORKING = Context(prec=60, rounding=ROUND_HALF_UP)
STEP = Decimal("0.000001")
HUNDRED, WAN = Decimal(100), Decimal(10_000)


def ratio(above: Decimal, below: Decimal) -> Decimal:
    """Return a quotient with six decimals; the divisor is not zero."""
    return trimmed(WORKING.divide(above, below))


def percent(part: Decimal, whole: Decimal) -> Decimal:
    """Return a part in percent of the whole, with six decimals; the whole is not zero."""
    return trimmed(WORKING.divide(WORKING.multiply(part, HUNDRED), whole))


def change(before: Decimal, now: Decimal) -> Decimal:
    """Return the change in percent of what was before, with six decimals; that is not zero."""
    return percent(WORKING.subtract(now, before), before)


def trimmed(value: Decimal) -> Decimal:
    """Round half up to six decimals and drop the zeros that say nothing."""
    rounded = value.quantize(STEP, ROUND_HALF_UP, WORKING)
    whole = rounded.to_integral_value()
    return whole if rounded == whole else rounded.normalize(WORKING)
