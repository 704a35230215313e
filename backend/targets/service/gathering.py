"""Values of indicators for a year's divisions: computed from the product's books, or stated with a document.

A computed indicator takes what the books tell; a stated value stands in where they tell nothing, and says so. Neither
corrects the other.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from backend.budgets import service as budgets
from backend.kit.db import Read
from backend.kit.scope import Scope
from backend.regions import service as regions
from backend.regions.values import SINKS
from backend.targets import queries
from backend.targets.rules.sharing import shown
from backend.targets.service.measuring import measured
from backend.targets.service.tracking import progress, rules_of
from backend.targets.values import StatedFigure, TargetKind, TargetValue
from backend.targets.values_evaluation import Indicator, IndicatorFormula, Reading, ValueSource
from backend.tenants.service import DivisionRow

By = Mapping[str, Reading]
"""Readings by division code."""
NOTHING = Reading(None, ValueSource.NONE)


async def readings(
    read: Read, scope: Scope, divisions: Sequence[DivisionRow], year: int, indicators: Sequence[Indicator]
) -> dict[str, dict[str, Reading]]:
    """Return every indicator's reading, by division and indicator code. The number of statements is fixed."""
    formulas = {each.formula for each in indicators if each.formula is not None}
    computed: dict[IndicatorFormula, By] = {}
    if formulas & {IndicatorFormula.INTENSITY_COMPLETION, IndicatorFormula.TOTAL_USE}:
        computed |= await _of_targets(read, scope, divisions, year)
    if IndicatorFormula.BUDGET_USE in formulas:
        computed[IndicatorFormula.BUDGET_USE] = await _of_budgets(read, scope, divisions, year)
    if IndicatorFormula.SINKS_CHANGE in formulas:
        computed[IndicatorFormula.SINKS_CHANGE] = await _of_sinks(read, scope, divisions, year)
    codes = [each.code for each in divisions]
    figures = {
        (each.division_code, each.item): each for each in await queries.figures(read, scope, codes=codes, years=[year])
    }
    return {
        code: {each.code: _reading(each, computed, code, figures.get((code, each.code))) for each in indicators}
        for code in codes
    }


def _reading(
    indicator: Indicator, computed: Mapping[IndicatorFormula, By], code: str, figure: StatedFigure | None
) -> Reading:  # fmt: skip
    own = NOTHING if indicator.formula is None else computed[indicator.formula].get(code, NOTHING)
    if own.value is not None or figure is None:
        return own
    facts: dict[str, Any] = {
        "document": f"{figure.document_number} {figure.document_title}", "dated": figure.document_dated.isoformat(),
        "note": figure.note, "is_own": figure.entered_from == figure.division_path,
        **({"computed": dict(own.facts)} if own.facts else {}),
    }  # fmt: skip
    return Reading(figure.value, ValueSource.STATED, figure.value is not None, facts)


async def _of_targets(
    read: Read, scope: Scope, divisions: Sequence[DivisionRow], year: int
) -> dict[IndicatorFormula, By]:  # fmt: skip
    """Return completion by the longest target that covers the year; the year itself must be known."""
    found = await queries.targets(
        read, scope, year=year, codes=[each.code for each in divisions], is_of_divisions=True, on=date(year, 12, 31)
    )
    chosen: dict[tuple[str, TargetKind], TargetValue] = {}
    for each in sorted(found, key=lambda each: each.last_year - each.first_year):
        chosen[each.division_code, each.kind] = each
    years = {of for each in chosen.values() for of in (*range(each.first_year, year + 1), each.base_year or year)}
    by = await measured(read, scope, divisions, sorted(years))
    rules = await rules_of(read, scope)
    formulas = {
        TargetKind.INTENSITY: IndicatorFormula.INTENSITY_COMPLETION,
        TargetKind.TOTAL: IndicatorFormula.TOTAL_USE,
    }  # fmt: skip
    readings: dict[IndicatorFormula, dict[str, Reading]] = {each: {} for each in formulas.values()}
    for (code, kind), target in chosen.items():
        own = progress(target, by, rules, year)
        is_known = own.through == year
        facts = {
            "target": format(target.value, "f"), "period": f"{target.first_year}-{target.last_year}",
            "base_year": target.base_year, "footing": target.footing.value, "document": target.document_number,
            "reached": None if own.reached is None else format(own.reached, "f"),
            "due": None if own.due is None else format(own.due, "f"), "through": own.through,
            "zh": own.note.zh, "en": own.note.en,
        }  # fmt: skip
        value = own.completion if is_known else None
        readings[formulas[kind]][code] = Reading(
            value, ValueSource.COMPUTED if is_known else ValueSource.NONE, facts=facts
        )
    return dict(readings)


async def _of_budgets(read: Read, scope: Scope, divisions: Sequence[DivisionRow], year: int) -> dict[str, Reading]:
    """Return a whole year's tonnes in percent of its budget."""
    found = await budgets.positions(read, scope, [each.code for each in divisions], [year])
    readings: dict[str, Reading] = {}
    for (code, _), each in found.items():
        is_whole = each.actual is not None and each.actual_through == date(year, 12, 1) and each.total > 0
        facts = {
            "budget": format(each.total, "f"), "actual": None if each.actual is None else format(each.actual, "f"),
            "through": None if each.actual_through is None else f"{each.actual_through:%Y-%m}", "unit": "tCO2e",
        }  # fmt: skip
        value = _percent(each.actual or Decimal(0), each.total) if is_whole else None
        readings[code] = Reading(value, ValueSource.COMPUTED if is_whole else ValueSource.NONE, facts=facts)
    return readings


async def _of_sinks(read: Read, scope: Scope, divisions: Sequence[DivisionRow], year: int) -> dict[str, Reading]:
    """Return removals in percent of the year before, where both years have the same kinds of sink."""
    figures = await regions.figures(
        read, scope, division_codes=[each.code for each in divisions], years=[year - 1, year]
    )
    kept: dict[str, dict[int, dict[str, Decimal]]] = {}
    for each in figures:
        if each.kind in SINKS:
            kept.setdefault(each.division_code, {}).setdefault(each.year, {})[each.kind.value] = each.quantity
    readings: dict[str, Reading] = {}
    for code, years in kept.items():
        before, now = years.get(year - 1, {}), years.get(year, {})
        old, new = sum(before.values(), Decimal(0)), sum(now.values(), Decimal(0))
        is_known = before.keys() == now.keys() and old > 0
        facts = {"before": format(old, "f"), "now": format(new, "f"), "kinds": sorted(now), "unit": "tCO2e"}
        readings[code] = Reading(
            _percent(new, old) if is_known else None, ValueSource.COMPUTED if is_known else ValueSource.NONE,
            facts=facts,
        )  # fmt: skip
    return readings


def _percent(part: Decimal, whole: Decimal) -> Decimal:
    return shown(Fraction(part) / Fraction(whole) * 100)
