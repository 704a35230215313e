"""What if: emissions or output grow, projects are added. Nothing is stored."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from backend.budgets.errors import BudgetSupposedInvalid
from backend.budgets.rules.judging import Judgement, judge
from backend.budgets.values import ZERO, BudgetPosition

LEAST_PERCENT = Decimal(-100)


@dataclass(frozen=True, slots=True)
class Supposed:
    """What is supposed: percent more (or less) emissions of those there, percent more output, tonnes of new projects."""

    emissions_percent: Decimal = ZERO
    output_percent: Decimal = ZERO
    projects: Sequence[Decimal] = ()


@dataclass(frozen=True, slots=True)
class Outlook:
    """Where a year would stand, in tCO2e and tCO2e per 10,000 yuan; None: it cannot be told."""

    available: Decimal
    projected_low: Decimal | None
    projected: Decimal | None
    projected_high: Decimal | None
    intensity: Decimal | None
    judgement: Judgement


def check(supposed: Supposed) -> None:
    """Accept what can be supposed.

    Raises:
        BudgetSupposedInvalid: less than nothing would be emitted or produced, or a project that emits less than nothing.
    """
    for name, percent in (("emissionsPercent", supposed.emissions_percent), ("outputPercent", supposed.output_percent)):
        if percent < LEAST_PERCENT:
            raise BudgetSupposedInvalid(
                value=percent,
                wanted_en="percent of at least -100",
                wanted_zh="不低于 -100 的百分数",
                path=("input", name),
            )
    for place, tonnes in enumerate(supposed.projects):
        if tonnes < 0:
            raise BudgetSupposedInvalid(
                value=tonnes, wanted_en="tonnes of a project, not negative", wanted_zh="不为负数的项目排放量（吨）",
                path=("input", "projects", str(place)),
            )  # fmt: skip


def suppose(position: BudgetPosition, supposed: Supposed, *, mode: str, elastic_percent: Decimal | None) -> Outlook:
    """Return where a year would stand: projected emissions grow, projects come on top, both against the same budget."""
    added = sum(supposed.projects, ZERO)
    grown = (100 + supposed.emissions_percent) / 100

    def then(tonnes: Decimal | None) -> Decimal | None:
        return None if tonnes is None else tonnes * grown + added

    middle, intensity = then(position.projected), None
    if position.projected and position.intensity_projected and middle is not None:
        output = position.projected / position.intensity_projected * (100 + supposed.output_percent) / 100
        intensity = (middle / output).quantize(Decimal("0.0001")) if output > 0 else None
    judgement = judge(
        mode, budget=position.total, projected=middle, target=position.intensity_target, intensity=intensity,
        elastic_percent=elastic_percent,
    )  # fmt: skip
    return Outlook(
        position.available - added,
        then(position.projected_low),
        middle,
        then(position.projected_high),
        intensity,
        judgement,
    )
