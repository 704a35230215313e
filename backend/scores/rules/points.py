"""From a fact to an indicator's points, exactly.

    raw points   the curve at x: the own value, its change, the share of the sector that is worse, or own / benchmark
    points       raw x factor of the data's quality, or min(raw, ceiling of it); rounded half up to 0.01

Nothing is told of a fact that is missing, nor against a sector of fewer than five: such an indicator has no points, its
weight stays in the sum, and it contributes nothing. Where the model gives a curve of its own for that case, it is used.
"""

from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import NamedTuple

from backend.scores.modelling.content import (
    POINTS_STEP,
    Benchmark,
    Choices,
    Curve,
    Indicator,
    ModelContent,
    Percentile,
    QualityRule,
    Transform,
)
from backend.scores.values import Fact, Peers, Quality

COMPARING = (Percentile, Benchmark)


class How(StrEnum):
    """What the points of an indicator were read from."""

    OWN = "own"
    CHOICE = "choice"
    PERCENTILE = "percentile"
    BENCHMARK = "benchmark"
    ALONE = "alone"
    SMALL_GROUP = "small_group"
    MISSING = "missing"


class Measured(NamedTuple):
    """An indicator's points: `raw` before the quality of data counts; `x` is what the curve was asked for.

    `size` is how many accounts are in the group a percentile was read from.
    """

    how: How
    x: Decimal | None = None
    raw: Decimal | None = None
    points: Decimal | None = None
    size: int = 0


def measure(content: ModelContent, indicator: Indicator, fact: Fact, peers: Peers) -> Measured:
    """Return the indicator's points for the fact."""
    how, x, raw = _raw(indicator, fact, peers)
    if raw is None:
        return Measured(how, x)
    size = peers.size(fact.code) if how is How.PERCENTILE else 0
    return Measured(how, x, raw, reduced(content.quality, raw, fact.quality), size)


def reduced(rule: QualityRule, raw: Decimal, quality: Quality) -> Decimal:
    """Return the points that are left for data of this quality."""
    figure = rule.estimated
    if quality is Quality.VERIFIED:
        figure = rule.verified
    elif quality is Quality.COMPUTED:
        figure = rule.computed
    points = raw * figure if rule.mode == "multiplier" else min(raw, figure)
    return points.quantize(POINTS_STEP, ROUND_HALF_UP)


def on_curve(curve: Curve, x: Decimal) -> Decimal:
    """Return the height of the curve at x: straight between its corners, level outside them."""
    left_x, left_y = curve[0]
    if x <= left_x:
        return left_y
    for right_x, right_y in curve[1:]:
        if x <= right_x:
            return left_y + (right_y - left_y) * (x - left_x) / (right_x - left_x)
        left_x, left_y = right_x, right_y
    return left_y


def compares(transform: Transform) -> bool:
    """Tell whether the points depend on the sector as well."""
    return isinstance(transform, Percentile) or (isinstance(transform, Benchmark) and transform.against is None)


def is_known(fact: Fact) -> bool:
    """Tell whether the fact has a value that counts."""
    return fact.value is not None and fact.quality is not Quality.MISSING


def applies(fact: Fact) -> bool:
    """Tell whether anything is said of the fact, be it that it cannot be told; one that does not apply is not there."""
    return fact.value is not None or bool(fact.sources) or bool(fact.note.zh)


def code_of(value: Decimal | str | bool | None) -> str:  # noqa: FBT001 - a fact's value, not a switch
    """Return the value as a model writes it: a code, `true` or `false`."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _raw(indicator: Indicator, fact: Fact, peers: Peers) -> tuple[How, Decimal | None, Decimal | None]:
    transform, value = indicator.transform, fact.value
    if isinstance(transform, Choices):
        raw = transform.points.get(code_of(value)) if is_known(fact) else None
        return (How.MISSING if raw is None else How.CHOICE), None, raw
    if not is_known(fact) or not isinstance(value, Decimal) or not value.is_finite():
        return How.MISSING, None, None
    if not isinstance(transform, COMPARING):
        return How.OWN, value, on_curve(transform.points, value)
    how, x = _against(transform, fact.code, value, peers)
    if x is not None:
        return how, x, on_curve(transform.points, x)
    if transform.alone is not None:
        return How.ALONE, value, on_curve(transform.alone, value)
    return How.SMALL_GROUP, None, None


def _against(transform: Percentile | Benchmark, fact: str, value: Decimal, peers: Peers) -> tuple[How, Decimal | None]:
    if isinstance(transform, Percentile):
        return How.PERCENTILE, peers.percentile(fact, value)
    against = transform.against if transform.against is not None else peers.mean(fact)
    return How.BENCHMARK, None if against is None or against <= 0 else value / against
