"""Propagation of uncertainty from lines to a total, by a library that keeps correlations.

A line is co2e x a x f with a and f around 1. Lines with the same factor version share one f, lines of the same
activity share one a (the two gases of one quantity): their errors add up instead of cancelling. Half-widths are
at 95 %, taken as 1.96 standard deviations.

This is a statistic, the one place where floats are allowed; it never touches a tonne of the inventory. The
result is rounded half up: tonnes to 6 places, the relative width to 6 places.
"""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any

from uncertainties import std_dev, ufloat

from backend.emissions.values import LineEstimate, Uncertainty

SIGMAS = 1.96
STEP = Decimal("0.000001")
_WIDE = Context(prec=100, rounding=ROUND_HALF_UP)


def _widest(pairs: Sequence[tuple[str, Decimal]]) -> dict[str, Any]:
    """Return one random variable around 1 per name; where lines disagree the widest half-width counts."""
    widths: dict[str, Decimal] = {}
    for name, width in pairs:
        widths[name] = max(width, widths.get(name, Decimal(0)))
    # Without a width it is a plain 1: the library warns of variables that do not vary.
    return {name: ufloat(1.0, float(width) / SIGMAS) if width else 1.0 for name, width in widths.items()}  # statistic


def uncertainty(lines: Sequence[LineEstimate]) -> Uncertainty:
    """Return the exact total of the lines with its half-width at 95 %.

    Lines must be of one total: never location- and market-based ones together.
    """
    total = Decimal(0)
    for line in lines:
        total = _WIDE.add(total, line.co2e_t)
    activities = _widest([(line.activity, line.activity_uncertainty) for line in lines])
    factors = _widest([(line.factor_version, line.factor_uncertainty) for line in lines])
    whole: Any = 0.0
    for line in lines:
        whole = whole + activities[line.activity] * factors[line.factor_version] * float(line.co2e_t)  # statistic
    deviation = float(std_dev(whole))  # statistic
    absolute = Decimal(repr(deviation * SIGMAS)).quantize(STEP, ROUND_HALF_UP, _WIDE)
    relative = None
    if total != 0:
        relative = _WIDE.divide(absolute, abs(total)).quantize(STEP, ROUND_HALF_UP, _WIDE)
    return Uncertainty(total, absolute, relative)


def line_uncertainty(activity: Decimal, factor: Decimal) -> Decimal:
    """Return the relative half-width at 95 % of one line: sqrt(a² + f²), rounded to 6 places."""
    square = _WIDE.add(_WIDE.multiply(activity, activity), _WIDE.multiply(factor, factor))
    return _WIDE.sqrt(square).quantize(STEP, ROUND_HALF_UP, _WIDE)
