"""The rules of key units as dated data: thresholds, duties and the scheme of efficiency codes, each with its source.

`data/rules.toml` holds them. What names a jurisdiction is its own; the rest holds everywhere.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from backend.keyunits.values import Measure, Metric, Words

FILE = Path(__file__).parent / "data" / "rules.toml"


@dataclass(frozen=True, slots=True)
class Sourced:
    """Where a rule was taken from, and how sure that is. What is a placeholder awaits the authority's own document."""

    document: str
    document_number: str
    issued_on: date | None
    quote: str
    confidence: str
    is_placeholder: bool
    note: Words


@dataclass(frozen=True, slots=True)
class Threshold:
    """From how much on an account is a key unit, in the measure's unit and of the years from `first_year` on.

    Without `method_packs` it is for every account; else for those that report by one of these guides.
    """

    code: str
    name: Words
    measure: Measure
    limit: Decimal
    first_year: int
    method_packs: frozenset[str]
    source: Sourced


@dataclass(frozen=True, slots=True)
class Duty:
    """A report every key unit owes for a year, due on a day of a later one."""

    code: str
    name: Words
    years_later: int
    month: int
    day: int
    source: Sourced


@dataclass(frozen=True, slots=True)
class CodeLevel:
    """A level of the carbon-efficiency code: up to and including this ratio to the sector's middle; None is the last."""

    level: int
    name: Words
    up_to: Decimal | None


@dataclass(frozen=True, slots=True)
class CodeScheme:
    """A scheme of carbon-efficiency codes (碳效码): levels by intensity ÷ the middle of the sector."""

    code: str
    metric: Metric
    levels: Sequence[CodeLevel]
    source: Sourced


@cache
def thresholds(jurisdiction: str) -> tuple[Threshold, ...]:
    """Return the thresholds of a jurisdiction, whenever they began."""
    return tuple(
        Threshold(
            code=each["code"], name=_words(each, "name"), measure=Measure(each["measure"]), limit=Decimal(each["limit"]),
            first_year=each["first_year"], method_packs=frozenset(each.get("method_packs", ())), source=_sourced(each),
        )
        for each in _of("thresholds", jurisdiction)
    )  # fmt: skip


def thresholds_of(jurisdiction: str, year: int, method_pack: str) -> list[Threshold]:
    """Return the thresholds a year of an account with this reporting guide is held against."""
    return [
        each for each in thresholds(jurisdiction)
        if each.first_year <= year and (not each.method_packs or method_pack in each.method_packs)
    ]  # fmt: skip


@cache
def duties(jurisdiction: str) -> tuple[Duty, ...]:
    """Return the reports every key unit owes for a year."""
    return tuple(
        Duty(
            code=each["code"], name=_words(each, "name"), years_later=each["years_later"], month=each["month"],
            day=each["day"], source=_sourced(each),
        )
        for each in _of("duties", jurisdiction)
    )  # fmt: skip


@cache
def scheme(jurisdiction: str) -> CodeScheme | None:
    """Return the scheme of efficiency codes, None where the jurisdiction's documents name none."""
    for each in _of("schemes", jurisdiction):
        levels = tuple(
            CodeLevel(one["level"], _words(one, "name"), Decimal(one["up_to"]) if "up_to" in one else None)
            for one in each["levels"]
        )
        return CodeScheme(each["code"], Metric(each["metric"]), levels, _sourced(each))
    return None


def _of(kind: str, jurisdiction: str) -> list[Mapping[str, Any]]:
    return [each for each in _rules()[kind] if each.get("jurisdiction", jurisdiction) == jurisdiction]


def _words(given: Mapping[str, Any], name: str) -> Words:
    return Words(given[f"{name}_zh"], given[f"{name}_en"])


def _sourced(given: Mapping[str, Any]) -> Sourced:
    issued: date | None = given.get("issued_on")
    return Sourced(
        document=given["document"], document_number=given.get("document_number", ""), issued_on=issued,
        quote=given.get("quote", ""), confidence=given["confidence"],
        is_placeholder=given.get("is_placeholder", False), note=_words(given, "note"),
    )  # fmt: skip


@cache
def _rules() -> dict[str, Any]:
    return tomllib.loads(FILE.read_text(encoding="utf-8"))
