"""The rubrics the product ships, one file a version; a version never changes."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

from backend.esg.errors import ReferenceUnreadable
from backend.esg.rules.reading import sha256
from backend.esg.values import Grade, Words

FOLDER = Path(__file__).parent.parent / "data"
CRITERIA = ("mandatory", "quantitative", "assurance", "comparatives", "narrative", "timeliness")
"""What the rules know how to judge; a rubric weighs all of them."""
HUNDRED = Decimal(100)
_SETTINGS = {
    "mandatory": ("omitted",),
    "assurance": ("limited", "reasonable"),
    "timeliness": ("voluntary_by", "on_time", "late_days", "late"),
}


@dataclass(frozen=True, slots=True)
class Criterion:
    """One thing that is judged: its weight in points and the settings of its rule."""

    code: str
    name: Words
    says: Words
    weight: Decimal
    settings: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Rubric:
    """A version of a rubric; `grades` are the least points of each grade, best first."""

    code: str
    version: str
    valid_from: date
    name: Words
    note: Words
    document: str
    confidence: str
    is_placeholder: bool
    criteria: tuple[Criterion, ...]
    grades: tuple[tuple[Grade, Decimal], ...]
    sha256: str

    def grade(self, points: Decimal) -> Grade:
        """Return the grade of some points."""
        return next(grade for grade, least in self.grades if points >= least)


@cache
def rubrics() -> tuple[Rubric, ...]:
    """Return the shipped rubrics, the oldest first."""
    found = [read(path.read_text(encoding="utf-8")) for path in FOLDER.glob("rubric-*.toml")]
    return tuple(sorted(found, key=lambda each: (each.valid_from, each.version)))


def rubric(on: date) -> Rubric:
    """Return the rubric in force on a day."""
    return next(each for each in reversed(rubrics()) if each.valid_from <= on)


def read(content: str) -> Rubric:
    """Return a rubric from its file's text.

    Raises:
        ReferenceUnreadable: not TOML, a part missing, weights that do not add up to 100, or grades out of order.
    """
    try:
        given = tomllib.loads(content)
        criteria = tuple(
            Criterion(
                code=each["code"], name=Words(each["name_zh"], each["name_en"]),
                says=Words(each["says_zh"], each["says_en"]), weight=Decimal(each["weight"]),
                settings={name: str(each[name]) for name in _SETTINGS.get(each["code"], ())},
            )
            for each in given["criteria"]
        )  # fmt: skip
        found = Rubric(
            code=given["code"], version=given["version"], valid_from=given["valid_from"],
            name=Words(given["name_zh"], given["name_en"]), note=Words(given["note_zh"], given["note_en"]),
            document=given["document"], confidence=given["confidence"], is_placeholder=given["is_placeholder"],
            criteria=criteria, grades=tuple((Grade(name), Decimal(least)) for name, least in given["grades"].items()),
            sha256=sha256(content),
        )  # fmt: skip
    except (tomllib.TOMLDecodeError, KeyError, ValueError, ArithmeticError) as error:
        raise ReferenceUnreadable(file="rubric", reason=f"{type(error).__name__}: {error}") from error
    _check(found)
    return found


def _check(found: Rubric) -> None:
    if sorted(each.code for each in found.criteria) != sorted(CRITERIA):
        raise ReferenceUnreadable(file="rubric", reason=f"the criteria are {', '.join(CRITERIA)}, each once")
    if sum(each.weight for each in found.criteria) != HUNDRED or any(each.weight < 0 for each in found.criteria):
        raise ReferenceUnreadable(file="rubric", reason="the weights do not add up to 100")
    least = [each for _, each in found.grades]
    if [grade for grade, _ in found.grades] != list(Grade) or least != sorted(least, reverse=True) or least[-1] != 0:
        raise ReferenceUnreadable(file="rubric", reason="the grades are all nine, best first, the last from 0 points")
