"""Numbers of the rules: 40 digits while calculating, rounded half up only to be shown."""

from decimal import ROUND_DOWN, ROUND_HALF_UP, ROUND_UP, Context, Decimal
from fractions import Fraction

DIGITS = 40
"""Significant digits of every calculation here; only division, powers and exp ever use them up."""

CONTEXT = Context(prec=DIGITS, rounding=ROUND_HALF_UP)
_WIDE = Context(prec=200, rounding=ROUND_HALF_UP)

ONE = Decimal(1)
ZERO = Decimal(0)
HUNDRED = Decimal(100)


def multiply(first: Decimal, *others: Decimal) -> Decimal:
    """Multiply with 40 digits."""
    for other in others:
        first = CONTEXT.multiply(first, other)
    return first


def exactly(first: Decimal, second: Decimal) -> Decimal:
    """Multiply without losing a digit, where a limit is taken of the product."""
    return _WIDE.multiply(first, second)


def add(*numbers: Decimal) -> Decimal:
    """Add with 40 digits."""
    total = ZERO
    for number in numbers:
        total = CONTEXT.add(total, number)
    return total


def subtract(first: Decimal, second: Decimal) -> Decimal:
    """Subtract with 40 digits."""
    return CONTEXT.subtract(first, second)


def of_fraction(value: Fraction) -> Decimal:
    """Return an exact ratio as a decimal of 40 digits: a ratio that ends is not touched by rounding."""
    return CONTEXT.divide(Decimal(value.numerator), Decimal(value.denominator))


def displayed(value: Decimal, places: int = 2) -> Decimal:
    """Round half up for people. The result is never calculated with."""
    return value.quantize(ONE.scaleb(-places), ROUND_HALF_UP, _WIDE)


def whole(value: Decimal) -> Decimal:
    """Return the whole units in an amount, rounded down."""
    return value.quantize(ONE, ROUND_DOWN, _WIDE)


def whole_up(value: Decimal) -> Decimal:
    """Return the fewest whole units that cover an amount."""
    return value.quantize(ONE, ROUND_UP, _WIDE)


def plain(value: Decimal) -> str:
    """Write a number as people do: no exponent, no trailing zeros behind the point."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
