"""From a publication's text to points and a grade: the same text, statements and rubric give the same rating for ever.

The share of each criterion is rounded once, half up to 0.01, and so are its points: whoever adds up what is shown gets the
total that decided.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any

from backend.esg.rating.rubric import HUNDRED, Criterion, Rubric
from backend.esg.values import Applies, AssuranceLevel, Grade, PointState, RequirementKind, Words
from backend.kit.clock import CHINA

PLACES = Decimal("0.01")
_DIVIDING = Context(prec=60, rounding=ROUND_HALF_UP)
Point = Mapping[str, Any]
Share = tuple[Decimal, Words]
"""Per cent of what is asked for, and why."""


@dataclass(frozen=True, slots=True)
class Known:
    """What a rating stands on: the publication's text, the levels stated on it, the day of the year's first publication."""

    content: Mapping[str, Any]
    levels: Sequence[AssuranceLevel]
    first_published_on: date

    @property
    def points(self) -> list[Point]:
        """The points of the publication."""
        return self.content["points"]

    @classmethod
    def of(cls, content: str, levels: Sequence[AssuranceLevel], first_published_at: datetime) -> "Known":
        """Return what is known from the text as it is kept."""
        return cls(json.loads(content), tuple(levels), first_published_at.astimezone(CHINA).date())


@dataclass(frozen=True, slots=True)
class Judged:
    """What a criterion makes of a publication: a share of 0 to 100 per cent, the points it earns, and why."""

    criterion: Criterion
    share: Decimal
    points: Decimal
    why: Words

    def as_json(self) -> dict[str, str]:
        """Return it as it is kept."""
        one = self.criterion
        return {
            "code": one.code, "name_zh": one.name.zh, "name_en": one.name.en, "weight": format(one.weight, "f"),
            "share": format(self.share, "f"), "points": format(self.points, "f"), "why_zh": self.why.zh,
            "why_en": self.why.en,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Rated:
    """A grade with its points and what each criterion adds."""

    grade: Grade
    points: Decimal
    criteria: tuple[Judged, ...]


def rate(rubric: Rubric, known: Known) -> Rated:
    """Return what a rubric makes of a publication."""
    judged: list[Judged] = []
    for one in rubric.criteria:
        share, why = RULES[one.code](one, known)
        shown = share.quantize(PLACES, ROUND_HALF_UP)
        judged.append(Judged(one, shown, (shown * one.weight / HUNDRED).quantize(PLACES, ROUND_HALF_UP), why))
    points = sum((each.points for each in judged), Decimal(0))
    return Rated(rubric.grade(points), points, tuple(judged))


def _part(count: Decimal | int, of: int) -> Decimal:
    """Return a part as per cent; of nothing it is nothing."""
    return _DIVIDING.divide(Decimal(count) * HUNDRED, Decimal(of)) if of else Decimal(0)


def _mandatory(one: Criterion, known: Known) -> Share:
    bound = [each for each in known.points if each["is_mandatory"]]
    asked = bound or known.points
    filled = sum(1 for each in asked if each["state"] == PointState.FILLED)
    omitted = sum(1 for each in asked if each["state"] == PointState.OMITTED)
    count = filled + omitted * Decimal(one.settings["omitted"]) / HUNDRED
    zh, en = ("必披露项", "mandatory items") if bound else ("披露项（无必披露项）", "items (none is mandatory)")
    return _part(count, len(asked)), Words(
        f"{len(asked)} 个{zh}中，{filled} 个已披露，{omitted} 个以说明代替。",
        f"Of {len(asked)} {en}, {filled} are answered and {omitted} explained.",
    )


def _figures(known: Known) -> tuple[list[Point], int]:
    asked = [each for each in known.points if each["kind"] == RequirementKind.QUANTITATIVE]
    return [each for each in asked if each["value"] is not None], len(asked)


def _quantitative(_one: Criterion, known: Known) -> Share:
    given, asked = _figures(known)
    return _part(len(given), asked), Words(
        f"{asked} 个定量披露项中，{len(given)} 个有数值。",
        f"Of {asked} quantitative items, {len(given)} have a figure.",
    )


def _assurance(one: Criterion, known: Known) -> Share:
    if AssuranceLevel.REASONABLE in known.levels:
        return Decimal(one.settings["reasonable"]), Words("已取得合理保证鉴证。", "Reasonable assurance was stated.")
    if AssuranceLevel.LIMITED in known.levels:
        return Decimal(one.settings["limited"]), Words("已取得有限保证鉴证。", "Limited assurance was stated.")
    return Decimal(0), Words("本次发布尚无鉴证声明。", "No verifier has stated assurance on this publication.")


def _comparatives(_one: Criterion, known: Known) -> Share:
    given, _ = _figures(known)
    compared = [each for each in given if _is_compared(each["comparative"])]
    return _part(len(compared), len(given)), Words(
        f"{len(given)} 个有数值的披露项中，{len(compared)} 个有上年数据。",
        f"Of {len(given)} items with a figure, {len(compared)} show the prior year's.",
    )


def _is_compared(comparative: Point | None) -> bool:
    return comparative is not None and (comparative["published"] is not None or comparative["current"] is not None)


def _narrative(_one: Criterion, known: Known) -> Share:
    told = [
        each
        for each in known.points
        if each["kind"] == RequirementKind.NARRATIVE and each["state"] == PointState.FILLED and each["text"] is not None
    ]
    founded = [each for each in told if each["evidence"]]
    return _part(len(founded), len(told)), Words(
        f"{len(told)} 个已填写的定性披露项中，{len(founded)} 个附证明材料。",
        f"Of {len(told)} narratives given, {len(founded)} stand on evidence.",
    )


def _timeliness(one: Criterion, known: Known) -> Share:
    given = one.settings
    bound = [
        date.fromisoformat(each["due_on"])
        for each in known.content["applicability"]
        if each["outcome"] == Applies.MANDATORY and each["due_on"]
    ]
    due = min(bound) if bound else date.fromisoformat(f"{known.content['year'] + 1}-{given['voluntary_by']}")
    day = known.first_published_on
    late = (day - due).days
    zh, en = ("期限", "deadline") if bound else ("自愿披露参考日", "day taken for voluntary disclosures")
    share = given["on_time"] if late <= 0 else given["late"] if late <= int(given["late_days"]) else "0"
    return Decimal(share), Words(f"首次发布于 {day}，{zh}为 {due}。", f"First published on {day}; the {en} is {due}.")


RULES: Mapping[str, Callable[[Criterion, Known], Share]] = {
    "mandatory": _mandatory,
    "quantitative": _quantitative,
    "assurance": _assurance,
    "comparatives": _comparatives,
    "narrative": _narrative,
    "timeliness": _timeliness,
}
"""The rules by the criterion's code."""
