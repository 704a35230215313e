"""Comparing accounts of a sector without showing any of them, and the level of a carbon-efficiency code.

Quantiles are those of the sorted intensities, with linear interpolation between neighbours (type 7 of Hyndman and Fan,
1996), rounded half up to two significant figures and told of at least five accounts only.
"""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Context, Decimal

from backend.emissions.methods.arithmetic import WORKING, quantised
from backend.keyunits.catalogue import CodeLevel
from backend.keyunits.values import FEWEST, Metric, Quarter, YearFacts

FIGURES = Context(prec=2, rounding=ROUND_HALF_UP)
CNY_PER_UNIT = Decimal(10_000)
QUARTERS = (Decimal("0.25"), Decimal("0.5"), Decimal("0.75"))


def intensity(facts: YearFacts, value_added: Decimal, metric: Metric) -> Decimal | None:
    """Return a year's intensity per 10,000 yuan of value added (in CNY); None without a positive value added."""
    if value_added <= 0:
        return None
    amount = facts.energy if metric is Metric.ENERGY else WORKING.add(facts.direct, facts.location)
    return quantised(WORKING.divide(WORKING.multiply(amount, CNY_PER_UNIT), value_added))


def quantile(ordered: Sequence[Decimal], share: Decimal) -> Decimal:
    """Return the quantile of sorted values."""
    place = WORKING.multiply(Decimal(len(ordered) - 1), share)
    below = int(place)
    if below + 1 >= len(ordered):
        return ordered[-1]
    part = WORKING.subtract(place, Decimal(below))
    return WORKING.add(ordered[below], WORKING.multiply(part, WORKING.subtract(ordered[below + 1], ordered[below])))


def quantiles(values: Sequence[Decimal]) -> tuple[Decimal, Decimal, Decimal] | None:
    """Return the lower quartile, the middle and the upper quartile to two figures; None of fewer than five values."""
    if len(values) < FEWEST:
        return None
    ordered = sorted(values)
    low, middle, high = (FIGURES.plus(quantile(ordered, share)) for share in QUARTERS)
    return low, middle, high


def quarter(value: Decimal, low: Decimal, middle: Decimal, high: Decimal) -> Quarter:
    """Return the quarter an intensity lies in; on a border it lies in the better one."""
    if value <= low:
        return Quarter.FIRST
    if value <= middle:
        return Quarter.SECOND
    return Quarter.THIRD if value <= high else Quarter.LAST


def level(value: Decimal, middle: Decimal, levels: Sequence[CodeLevel]) -> tuple[CodeLevel, Decimal] | None:
    """Return the level of an intensity and its ratio to the sector's middle; None where the middle is not above zero."""
    if middle <= 0:
        return None
    ratio = quantised(WORKING.divide(value, middle))
    return next((each, ratio) for each in levels if each.up_to is None or ratio <= each.up_to)
