"""Points: how much of its weight an indicator earns, what a division's sheet comes to, who stands where."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from backend.targets.rules.sharing import decimal
from backend.targets.values import ZERO
from backend.targets.values_evaluation import (
    Indicator,
    IndicatorOutcome,
    Reading,
    Scheme,
    SheetLine,
    SheetValue,
    SheetVerdict,
    ValueSource,
)

PLACES = Decimal("0.0001")
SCORE_PLACES = Decimal("0.01")


def line(indicator: Indicator, reading: Reading) -> SheetLine:
    """Return an indicator's line: its points, and whether it is met."""
    if not reading.is_applicable:
        outcome, points = IndicatorOutcome.NOT_APPLICABLE, None
    elif reading.value is None:
        outcome, points = IndicatorOutcome.CANNOT_TELL, None
    else:
        share = _share(indicator, reading.value)
        points = decimal(Fraction(indicator.weight) * share, PLACES)
        outcome = IndicatorOutcome.MET if share == 1 else IndicatorOutcome.MISSED
    return SheetLine(indicator, reading.value, points, outcome, reading.source, reading.facts)


def _share(indicator: Indicator, value: Decimal) -> Fraction:
    low, high = Fraction(indicator.zero_at), Fraction(indicator.full_at)
    return min(max((Fraction(value) - low) / (high - low), Fraction(0)), Fraction(1))


def score(lines: Sequence[SheetLine]) -> Decimal | None:
    """Return the points in percent of the weights that apply; None while one cannot be told, or none applies."""
    if any(each.outcome is IndicatorOutcome.CANNOT_TELL for each in lines):
        return None
    counted = [each for each in lines if each.outcome is not IndicatorOutcome.NOT_APPLICABLE]
    weights = sum((each.indicator.weight for each in counted), ZERO)
    points = sum((each.points or ZERO for each in counted), ZERO)
    return decimal(Fraction(points) / Fraction(weights) * 100, SCORE_PLACES) if weights else None


def verdict(lines: Sequence[SheetLine]) -> SheetVerdict:
    """Return whether all main indicators that apply are met; a missed one decides, whatever cannot be told."""
    outcomes = {each.outcome for each in lines if each.indicator.is_main} - {IndicatorOutcome.NOT_APPLICABLE}
    if IndicatorOutcome.MISSED in outcomes:
        return SheetVerdict.MISSED
    return SheetVerdict.MET if outcomes == {IndicatorOutcome.MET} else SheetVerdict.CANNOT_TELL


def placed(sheets: Sequence[SheetValue]) -> list[SheetValue]:
    """Return sheets with their places, the best first; equal scores share one. None has a place while one cannot be told."""
    if any(each.score is None for each in sheets):
        return [replace(each, place=None) for each in sheets]
    return [
        replace(each, place=1 + sum((other.score or ZERO) > (each.score or ZERO) for other in sheets))
        for each in sheets
    ]  # fmt: skip


def missing(sheets: Sequence[SheetValue]) -> list[str]:
    """Return what cannot be told yet, as `division: indicator`."""
    return [
        f"{sheet.division_code}: {each.indicator.code}"
        for sheet in sheets
        for each in sheet.lines
        if each.outcome is IndicatorOutcome.CANNOT_TELL
    ]  # fmt: skip


def stored(lines: Sequence[SheetLine]) -> list[dict[str, Any]]:
    """Return lines as JSON: decimals as text."""
    return [
        {
            "indicator": each.indicator.code,
            "value": None if each.value is None else format(each.value, "f"),
            "points": None if each.points is None else format(each.points, "f"),
            "outcome": each.outcome.value,
            "source": each.source.value,
            "facts": dict(each.facts),
        }
        for each in lines
    ]


def loaded(scheme: Scheme, rows: Sequence[Mapping[str, Any]]) -> tuple[SheetLine, ...]:
    """Read back what `stored` wrote, beside the scheme it was written by."""
    indicators = {each.code: each for each in scheme.indicators}
    return tuple(
        SheetLine(
            indicator=indicators[row["indicator"]], value=None if row["value"] is None else Decimal(row["value"]),
            points=None if row["points"] is None else Decimal(row["points"]),
            outcome=IndicatorOutcome(row["outcome"]), source=ValueSource(row["source"]), facts=row["facts"],
        )
        for row in rows
    )  # fmt: skip
