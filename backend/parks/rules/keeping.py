"""An evaluation as JSON and back: numbers as plain decimal text."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from backend.parks.values import Category, Evaluated, EvaluationRow, Judgement, Outcome


def content(found: Evaluated) -> dict[str, Any]:
    """Return an evaluation as JSON."""
    return {
        "reference": found.reference.value, "points_confidence": found.points_confidence,
        "annual_energy": None if found.annual_energy is None else format(found.annual_energy, "f"),
        "lines": [
            {
                "number": each.number, "name": each.name, "category": each.category.value, "unit": each.unit,
                "outcome": each.outcome.value, "target": each.target,
                "value": None if each.value is None else format(each.value, "f"),
                "value_id": None if each.value_id is None else str(each.value_id), "is_waived": each.is_waived,
                "points": format(each.points, "f"), "reason_zh": each.reason_zh, "reason_en": each.reason_en,
            }
            for each in found.lines
        ],
    }  # fmt: skip


def kept(row: EvaluationRow) -> Evaluated:
    """Return a stored evaluation as it was made."""
    given = row.content
    energy = given["annual_energy"]
    return Evaluated(
        year=row.year, horizon=row.horizon, level=row.level, mandatory=row.mandatory,
        reference=Outcome(given["reference"]), points=row.points, points_confidence=given["points_confidence"],
        annual_energy=None if energy is None else Decimal(energy), lines=[_line(each) for each in given["lines"]],
    )  # fmt: skip


def _line(given: dict[str, Any]) -> Judgement:
    value, value_id = given["value"], given["value_id"]
    return Judgement(
        number=given["number"], name=given["name"], category=Category(given["category"]), unit=given["unit"],
        outcome=Outcome(given["outcome"]), target=given["target"], value=None if value is None else Decimal(value),
        value_id=None if value_id is None else UUID(value_id), is_waived=given["is_waived"],
        points=Decimal(given["points"]), reason_zh=given["reason_zh"], reason_en=given["reason_en"],
    )  # fmt: skip
