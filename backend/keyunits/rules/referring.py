"""A product's intensity beside its reference levels.

    intensity = (energy in tce, or scope 1 + location-based scope 2 in tCO2e) × 1000 ÷ output

It can be told for an account with one product alone: an inventory is of the whole account, and a share of it for each of
several products would be a guess.
"""

from collections.abc import Sequence
from decimal import Decimal

from backend.accounts.values import FigureKind, FigureValue
from backend.emissions.methods.arithmetic import WORKING, quantised
from backend.keyunits.values import (
    MONTHS,
    ReferenceKind,
    ReferenceMetric,
    ReferenceOutcome,
    ReferenceRow,
    ReferenceStanding,
    Words,
    YearFacts,
)

PER_TONNE = Decimal(1000)
NO_DATA = Words("全年数据不完整，无法比较。", "Without twelve months of data it cannot be compared.")
SEVERAL = Words(
    "有多种产品，账户能耗不能分摊到单一产品，无法比较。", "It makes several products: none of them can be told apart."
)
NO_LEVEL = Words(
    "主管部门尚未录入该产品的标杆水平或基准水平。", "The authority has entered no level for this product yet."
)
ONE_LEVEL = Words("仅录入一个水平，未能完整判断。", "Only one of the two levels is entered.")
COMPARED = Words(
    "账户全部能耗或排放除以该产品产量。", "All energy or emissions of the account, for each unit of the product."
)


def standings(
    year: int, facts: YearFacts | None, figures: Sequence[FigureValue], levels: Sequence[ReferenceRow]
) -> list[ReferenceStanding]:
    """Return how each product of a year lies, by metric."""
    products = [each for each in figures if each.kind is FigureKind.OUTPUT and each.quantity > 0]
    return [
        _standing(year, facts, each, metric, levels, is_alone=len(products) == 1)
        for each in products for metric in ReferenceMetric
    ]  # fmt: skip


def _standing(
    year: int, facts: YearFacts | None, product: FigureValue, metric: ReferenceMetric, levels: Sequence[ReferenceRow], *,
    is_alone: bool,
) -> ReferenceStanding:  # fmt: skip
    fitting = [
        each for each in levels
        if (each.product, each.product_unit, each.metric) == (product.product, product.unit, metric)
    ]  # fmt: skip
    leading, baseline = (
        next((each for each in fitting if each.kind is kind), None)
        for kind in (ReferenceKind.LEADING, ReferenceKind.BASELINE)
    )
    value: Decimal | None = None
    outcome, note = ReferenceOutcome.UNKNOWN, COMPARED
    if facts is None or facts.months < MONTHS:
        note = NO_DATA
    elif not is_alone:
        note = SEVERAL
    else:
        amount = facts.energy if metric is ReferenceMetric.ENERGY else WORKING.add(facts.direct, facts.location)
        value = quantised(WORKING.divide(WORKING.multiply(amount, PER_TONNE), product.quantity)).normalize(WORKING)
        outcome = judge(value, leading, baseline)
        if leading is None and baseline is None:
            note = NO_LEVEL
        elif outcome is ReferenceOutcome.UNKNOWN:
            note = ONE_LEVEL
    return ReferenceStanding(year, product.product, product.unit, metric, value, leading, baseline, outcome, note)


def judge(value: Decimal, leading: ReferenceRow | None, baseline: ReferenceRow | None) -> ReferenceOutcome:
    """Return how an intensity lies to the levels there are; a level itself is reached."""
    if leading is not None and value <= leading.quantity:
        return ReferenceOutcome.LEADING
    if baseline is not None and value > baseline.quantity:
        return ReferenceOutcome.BEHIND
    return ReferenceOutcome.UNKNOWN if leading is None or baseline is None else ReferenceOutcome.BETWEEN
