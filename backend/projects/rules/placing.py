"""A project beside the budget and the intensity target of its place (对所在地碳排放总量和强度的影响).

The carbon evaluation asks whether a project bears on its place's intensity target and on its emissions (Order 31, articles
10 and 16), and Guizhou's document controls projects of high and of low carbon intensity differently. No document gives a
threshold: what is high is told by the place's own intensity target, which was approved with its budget.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from backend.budgets.values import BudgetPosition
from backend.emissions.methods.arithmetic import WORKING, add
from backend.projects.values import VALUE_ADDED, Assessment, CarbonClass, ProjectFacts, Words

PLACES = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class ImpactYear:
    """A year a project draws on: of whose budget, how much of what is left there it takes, and the intensities.

    `share` is of `available` (of 1; None: nothing is left). Intensities are tCO2e per 10,000 yuan; those of the place are of its
    projected year, without the project and with it. None: it cannot be told.
    """

    year: int
    division_code: str
    tonnes: Decimal
    available: Decimal
    share: Decimal | None
    target: Decimal | None
    projected: Decimal | None
    with_project: Decimal | None


@dataclass(frozen=True, slots=True)
class Impact:
    """What a project means for its place. `own` is its tCO2e per 10,000 yuan of value added, `target` that of the place.

    `productivity` is its value added (10,000 yuan) for a tonne: what a tonne of budget brings (单位碳排放产出效益).
    """

    carbon_class: CarbonClass
    own: Decimal | None
    target: Decimal | None
    productivity: Decimal | None
    years: Sequence[ImpactYear]
    missing: Sequence[int]
    note: Words


def impact(
    path: str, facts: ProjectFacts, result: Assessment, lines: Sequence[tuple[int, Decimal]],
    positions: Mapping[tuple[str, int], BudgetPosition],
) -> Impact:  # fmt: skip
    """Return what a project means for its place: of each year the nearest budget at or above its division counts."""
    own = next((each.tonnes for each in result.intensities if each.what == VALUE_ADDED), None)
    nearest = path.strip("/").split("/")[::-1]
    years: list[ImpactYear] = []
    missing: list[int] = []
    for year, tonnes in lines:
        found = next((positions[code, year] for code in nearest if (code, year) in positions), None)
        if found is None:
            missing.append(year)
        else:
            years.append(_year(found, year, tonnes, facts.value_added))
    target = next((each.target for each in years if each.target is not None), None)
    productivity = None
    if result.tonnes and facts.value_added is not None:
        productivity = _shown(WORKING.divide(facts.value_added, result.tonnes))
    return Impact(_class(own, target), own, target, productivity, years, missing, _note(own, target))


def _year(position: BudgetPosition, year: int, tonnes: Decimal, value_added: Decimal | None) -> ImpactYear:
    projected, intensity, then = position.projected, position.intensity_projected, None
    if projected and intensity and value_added is not None:
        output = WORKING.divide(projected, intensity)
        then = _shown(WORKING.divide(add(projected, tonnes), add(output, value_added)))
    available = position.available
    share = _shown(WORKING.divide(tonnes, available)) if available > 0 else None
    return ImpactYear(
        year, position.division_code, tonnes, available, share, position.intensity_target, intensity, then
    )


def _class(own: Decimal | None, target: Decimal | None) -> CarbonClass:
    if own is None or target is None:
        return CarbonClass.UNKNOWN
    return CarbonClass.HIGH if own > target else CarbonClass.LOW


def _note(own: Decimal | None, target: Decimal | None) -> Words:
    if own is None:
        return Words("单位增加值碳排放无法得出", "emissions of a unit of value added cannot be told")
    if target is None:
        return Words("所在地预算没有强度目标", "the budget of its place has no intensity target")
    told = f"{own:f} / {target:f} tCO2e/万元"
    return Words(
        f"单位增加值碳排放与所在地强度目标：{told}", f"emissions of value added beside the target there: {told}"
    )


def _shown(value: Decimal) -> Decimal:
    return value.quantize(PLACES, ROUND_HALF_UP, WORKING)
