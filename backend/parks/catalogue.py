"""The 31 indicators, the plans' targets and requirements, read once from the files beside this module."""

import csv
import tomllib
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from backend.parks.values import (
    ABOVE_SCALE,
    ENERGY,
    ENTERPRISES,
    Category,
    Criterion,
    Indicator,
    ProgrammeKind,
    Requirement,
    Target,
)
from backend.parks.values_programmes import ProgrammeTarget

FOLDER = Path(__file__).parent / "reference"

SUPPORTING: Mapping[str, tuple[str, str, str]] = {
    ENERGY: ("年综合能源消费量", "Annual comprehensive energy consumption", "tce"),
    ENTERPRISES: ("园区企业数", "Enterprises in the park", "个"),
    ABOVE_SCALE: ("园区规上企业数", "Enterprises above designated size", "个"),
}
"""What feeds conditions and denominators: names and unit."""


@cache
def indicators() -> Mapping[int, Indicator]:
    """Return the indicators by their number, each with all its lines."""
    lines: defaultdict[int, list[dict[str, str]]] = defaultdict(list)
    with (FOLDER / "zero_carbon_park_indicators.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            lines[int(row["id"])].append(row)
    return {number: _indicator(number, rows) for number, rows in sorted(lines.items())}


def _indicator(number: int, rows: list[dict[str, str]]) -> Indicator:
    first = rows[0]
    return Indicator(
        number=number, name=first["indicator_cn"], category=Category(first["category"]), unit=first["unit"],
        value_type=first["value_type"], source=first["source"], confidence=first["confidence"],
        note="；".join(dict.fromkeys(row["note"] for row in rows if row["note"])),
        criteria=tuple(
            Criterion(
                Target(row["near_comparator"], row["near_value"]), Target(row["long_comparator"], row["long_value"]),
                row["applies_when"], row["basis"],
            )
            for row in rows
        ),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Points:
    """How many points an incentive indicator adds, and how sure that is."""

    each: Decimal
    confidence: str
    note_zh: str
    note_en: str


@cache
def points() -> Points:
    """Return the scheme of points."""
    given = _programme()["points"]
    return Points(Decimal(given["each"]), given["confidence"], given["note_zh"], given["note_en"])


@cache
def targets(jurisdiction: str) -> tuple[ProgrammeTarget, ...]:
    """Return the targets of a jurisdiction's plan, in its own order; nothing where there is no plan."""
    return tuple(
        ProgrammeTarget(
            year=each["year"], measure=each["measure"], name_zh=each["name_zh"], name_en=each["name_en"],
            comparator=each["comparator"], quantity=Decimal(each["quantity"]), unit=each["unit"], place=each["place"], quote=each["quote"],
            document=plan["document"], confidence=plan["confidence"],
        )
        for plan in _plans(jurisdiction) for each in plan["targets"]
    )  # fmt: skip


@cache
def requirements(jurisdiction: str, kind: ProgrammeKind) -> tuple[Requirement, ...]:
    """Return what a jurisdiction's plan asks of an item of a programme; nothing where it asks for nothing."""
    return tuple(
        Requirement(
            code=each["code"], name_zh=each["name_zh"], name_en=each["name_en"], quote=each["quote"],
            document=plan["document"], unit=each.get("unit", ""),
            limit=Decimal(each["limit"]) if "limit" in each else None,
        )
        for plan in _plans(jurisdiction) for each in plan.get("requirements", ()) if each["kind"] == kind
    )  # fmt: skip


def _plans(jurisdiction: str) -> list[dict[str, Any]]:
    return [each for each in _programme()["plans"] if each["jurisdiction"] == jurisdiction]


@cache
def _programme() -> dict[str, Any]:
    return tomllib.loads((FOLDER / "programme.toml").read_text(encoding="utf-8"))


def unit_of(item: str) -> str:
    """Return the unit of an indicator (by its number as text) or of a supporting figure."""
    return SUPPORTING[item][2] if item in SUPPORTING else indicators()[int(item)].unit


def is_item(item: str) -> bool:
    """Tell whether there is such an indicator or supporting figure."""
    return item in SUPPORTING or (
        item.isascii() and item.isdigit() and item == str(int(item)) and int(item) in indicators()
    )
