"""Whether a budget is kept: intensity and total, each by the rule the jurisdiction's document states.

`intensity_rigid_total_elastic` (强度刚性、总量弹性): the intensity binds; a total may be exceeded within the elastic band.
`intensity_first` (强度控制为主、总量控制为辅): the intensity decides, the total is told beside it.
`total_and_intensity` (总量和强度双控): both bind, nothing is elastic.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from backend.budgets.values import Level, LevelStanding, Words

ELASTIC, INTENSITY_FIRST, BOTH = "intensity_rigid_total_elastic", "intensity_first", "total_and_intensity"


class Verdict(StrEnum):
    """How a budget is kept; what cannot be told is not kept."""

    WITHIN = "within"
    ELASTIC_USED = "elastic_used"
    OVER = "over"
    CANNOT_TELL = "cannot_tell"


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdict on a year, with those on intensity and total it was made from."""

    overall: Verdict
    intensity: Verdict
    total: Verdict
    note: Words


def level_standing(level: Level, named: Sequence[str], planned: Sequence[str]) -> LevelStanding:
    """Tell whether a document has budgets of a level.

    A county (县级市 among them) or zone stands on a district's step (市（县）区), unless the document speaks of counties.
    """
    words = {level.value}
    if level in {Level.COUNTY, Level.ZONE}:
        is_told_apart = {"county", "park"} & {*named, *planned}
        words = {"county" if level is Level.COUNTY else "park"} if is_told_apart else {"district"}
    if words & set(named):
        return LevelStanding.NAMED
    return LevelStanding.PLANNED if words & set(planned) else LevelStanding.NOT_NAMED


def judge(
    mode: str,
    *,
    budget: Decimal,
    projected: Decimal | None,
    target: Decimal | None,
    intensity: Decimal | None,
    elastic_percent: Decimal | None,
) -> Judgement:
    """Judge a year: tonnes projected against the budget, and intensity (tCO2e per 10,000 yuan) against its target."""
    by_intensity = _intensity(target, intensity)
    by_total = _total(mode, budget, projected, elastic_percent)
    if mode == INTENSITY_FIRST:
        return Judgement(
            by_intensity, by_intensity, by_total,
            Words("强度为主：以强度结论为准，总量结论列示。", "Intensity first: it decides; the total is told beside it."),
        )  # fmt: skip
    if mode == ELASTIC:
        note = Words("强度刚性、总量弹性。", "The intensity is rigid, the total elastic.")
        if elastic_percent is None:
            note = Words(
                "强度刚性、总量弹性；弹性幅度尚未设定，超出预算时不作结论。",
                "The intensity is rigid, the total elastic; by how much nobody has set, so beyond the budget nothing is told.",
            )
    else:
        note = Words("总量和强度均为约束，无弹性。", "Total and intensity both bind; nothing is elastic.")
    return Judgement(_worse(by_intensity, by_total), by_intensity, by_total, note)


def _intensity(target: Decimal | None, intensity: Decimal | None) -> Verdict:
    if target is None or intensity is None:
        return Verdict.CANNOT_TELL
    return Verdict.WITHIN if intensity <= target else Verdict.OVER


def _total(mode: str, budget: Decimal, projected: Decimal | None, elastic_percent: Decimal | None) -> Verdict:
    if projected is None:
        return Verdict.CANNOT_TELL
    if projected <= budget:
        return Verdict.WITHIN
    if mode != ELASTIC:
        return Verdict.OVER
    if elastic_percent is None:
        return Verdict.CANNOT_TELL
    return Verdict.ELASTIC_USED if projected <= budget * (100 + elastic_percent) / 100 else Verdict.OVER


def _worse(*verdicts: Verdict) -> Verdict:
    order = (Verdict.OVER, Verdict.CANNOT_TELL, Verdict.ELASTIC_USED, Verdict.WITHIN)
    return min(verdicts, key=order.index)
