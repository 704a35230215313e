"""Arithmetic of targets: reductions weighed, pace, points, numbers of documents. Exact values."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from backend.targets.catalogue import shipped
from backend.targets.errors import EvaluationSchemeInvalid, TargetLineInvalid, TargetShareInvalid
from backend.targets.rules import lines, pacing, planned, schemes, scoring, sharing
from backend.targets.rules.sharing import Weighed
from backend.targets.values import (
    Footing,
    TargetKind,
    TargetLine,
    TargetMethod,
    TargetVerdict,
)
from backend.targets.values_evaluation import (
    EvaluationField,
    IndicatorOutcome,
    Reading,
    SheetValue,
    SheetVerdict,
    ValueSource,
)
from backend.targets.values_plans import Named, PlanTargetOutcome

D = Decimal
ACCOUNTS = Footing.ACCOUNTS


def test_weighted_reductions_carry_the_whole() -> None:
    parts = [Weighed("a", D(300), D(1)), Weighed("b", D(100), D("1.5")), Weighed("c", D(100), D("0.5"))]
    found = sharing.weighted(D(18), D("0.01"), parts)
    # 18 x 500 / (300 + 150 + 50) = 18 for a weight of one.
    assert found == {"a": D("18.00"), "b": D("27.00"), "c": D("9.00")}
    assert sharing.combined([(each.emissions or D(0), found[each.key]) for each in parts]) == Fraction(18)
    odd = sharing.weighted(D(10), D("0.01"), [Weighed("a", D(1), D(1)), Weighed("b", D(2), D(2))])
    # 10 x 3 / 5 = 6 and 12; and of a third: rounded up, never down.
    assert odd == {"a": D("6.00"), "b": D("12.00")}
    thirds = sharing.weighted(D(10), D("0.01"), [Weighed("a", D(1), D(1)), Weighed("b", D(1), D(2))])
    assert thirds == {"a": D("6.67"), "b": D("13.34")}
    assert sharing.equal(D(18), parts) == {"a": D(18), "b": D(18), "c": D(18)}


@pytest.mark.parametrize(
    ("percent", "step", "parts"),
    [
        (D(18), D("0.01"), []),
        (D(18), D("0.01"), [Weighed("a", D(1)), Weighed("a", D(1))]),
        (D(18), D("0.01"), [Weighed("a", None)]),
        (D(18), D("0.01"), [Weighed("a", D(1), D(0))]),
        (D(18), D(0), [Weighed("a", D(1))]),
        (D(100), D("0.01"), [Weighed("a", D(1))]),
        (D(18), D("0.01"), [Weighed("a", D(0))]),
        (D(60), D("0.01"), [Weighed("a", D(1), D(9)), Weighed("b", D(1), D(1))]),
    ],
)
def test_reductions_that_cannot_be_decomposed(percent: Decimal, step: Decimal, parts: list[Weighed]) -> None:
    with pytest.raises(TargetShareInvalid):
        sharing.weighted(percent, step, parts)


def test_intensity_by_pace() -> None:
    emissions = {2025: D(1000), 2026: D(1000), 2027: D(1000), 2030: D(990)}
    gdp = {2025: D(100), 2026: D(104), 2027: D(105), 2030: D(125)}
    found = pacing.intensity(D(20), 2025, 2026, 2030, emissions, gdp, footing=ACCOUNTS, today=2026)
    # 1 - (1000/104) / 10 = 3.846 % of the 4 % that are due.
    assert (found.verdict, found.through, found.reached, found.due) == (
        TargetVerdict.BEHIND, 2026, D("3.8462"), D("4.0000"),
    )  # fmt: skip
    assert (found.completion, found.base_intensity) == (D("96.1538"), D("10.000000"))
    later = pacing.intensity(D(20), 2025, 2026, 2030, emissions, gdp, footing=ACCOUNTS, today=2029)
    assert (later.verdict, later.through, later.reached) == (TargetVerdict.BEHIND, 2027, D("4.7619"))
    assert [each.reached for each in later.years] == [D("3.8462"), D("4.7619"), None, None]
    last = pacing.intensity(D(20), 2025, 2026, 2030, emissions, gdp, footing=ACCOUNTS, today=2031)
    # 990/125 = 7.92: 20.8 %.
    assert (last.verdict, last.reached) == (TargetVerdict.REACHED, D("20.8000"))
    missed = pacing.intensity(D(21), 2025, 2026, 2030, emissions, gdp, footing=ACCOUNTS, today=2031)
    assert missed.verdict is TargetVerdict.MISSED
    exact = pacing.intensity(D("20.8"), 2025, 2026, 2030, emissions, gdp, footing=ACCOUNTS, today=2031)
    assert exact.verdict is TargetVerdict.REACHED


def test_intensity_that_cannot_be_told() -> None:
    for emissions, gdp in (
        ({2026: D(1)}, {2025: D(1), 2026: D(1)}),
        ({2025: D(1), 2026: D(1)}, {2026: D(1)}),
        ({2025: D(1)}, {2025: D(1)}),
        ({2025: D(1), 2026: D(1)}, {2025: D(0), 2026: D(1)}),
    ):
        found = pacing.intensity(D(20), 2025, 2026, 2030, emissions, gdp, footing=Footing.STATED, today=2026)
        assert (found.verdict, found.through, found.completion) == (TargetVerdict.CANNOT_TELL, None, None)
        assert found.note.zh
    grown = pacing.intensity(
        D(20), 2025, 2026, 2030, {2025: D(1), 2026: D(2)}, {2025: D(1), 2026: D(1)}, footing=ACCOUNTS, today=2026
    )
    assert (grown.verdict, grown.reached) == (TargetVerdict.BEHIND, D("-100.0000"))


@pytest.mark.parametrize(
    ("mode", "elastic", "emissions", "today", "verdict"),
    [
        ("total_and_intensity", None, {2026: D(100)}, 2026, TargetVerdict.ON_TRACK),
        ("total_and_intensity", None, {2026: D("100.01")}, 2026, TargetVerdict.BEHIND),
        ("total_and_intensity", None, {2026: D(201)}, 2026, TargetVerdict.MISSED),
        ("total_and_intensity", None, {2026: D(90), 2027: D(110)}, 2028, TargetVerdict.REACHED),
        ("total_and_intensity", None, {2026: D(90), 2027: D(111)}, 2028, TargetVerdict.MISSED),
        ("total_and_intensity", None, {2027: D(1)}, 2028, TargetVerdict.CANNOT_TELL),
        ("intensity_rigid_total_elastic", None, {2026: D(101)}, 2026, TargetVerdict.CANNOT_TELL),
        ("intensity_rigid_total_elastic", D(1), {2026: D(101)}, 2026, TargetVerdict.ELASTIC_USED),
        ("intensity_rigid_total_elastic", D(1), {2026: D("101.01")}, 2026, TargetVerdict.BEHIND),
    ],
)
def test_totals_by_pace(
    mode: str, elastic: Decimal | None, emissions: dict, today: int, verdict: TargetVerdict
) -> None:
    found = pacing.total(
        D(200), 2026, 2027, emissions, footing=ACCOUNTS, mode=mode, elastic_percent=elastic, today=today
    )
    assert found.verdict is verdict


def test_a_total_stops_at_a_gap() -> None:
    found = pacing.total(
        D(500), 2026, 2030, {2026: D(90), 2028: D(90)}, footing=ACCOUNTS, mode="intensity_first", elastic_percent=None,
        today=2028,
    )  # fmt: skip
    assert (found.through, found.reached, found.due, found.completion) == (2026, D(90), D(100), D(90))
    assert pacing.is_binding(TargetKind.TOTAL, "intensity_first") is False
    assert pacing.is_binding(TargetKind.INTENSITY, "intensity_first") is True
    assert pacing.is_binding(TargetKind.TOTAL, "total_and_intensity") is True


def test_lines_are_read_back_as_written() -> None:
    given = [
        TargetLine("320205", TargetKind.INTENSITY, 2026, 2030, D("18.50"), 2025, method=TargetMethod.EQUAL),
        TargetLine("320205", TargetKind.TOTAL, 2026, 2030, D("1.10"), footing=Footing.STATED, basis={"a": "1"}),
    ]
    lines.check(given)
    assert lines.loaded(lines.stored(given)) == tuple(given)


@pytest.mark.parametrize(
    "line",
    [
        TargetLine("a", TargetKind.INTENSITY, 2026, 2030, D(18)),
        TargetLine("a", TargetKind.INTENSITY, 2026, 2030, D(18), 2026),
        TargetLine("a", TargetKind.INTENSITY, 2026, 2030, D(100), 2025),
        TargetLine("a", TargetKind.INTENSITY, 2026, 2030, D(0), 2025),
        TargetLine("a", TargetKind.INTENSITY, 2030, 2026, D(18), 2025),
        TargetLine("a", TargetKind.TOTAL, 2026, 2030, D(18), 2025),
        TargetLine("a", TargetKind.TOTAL, 2026, 2030, D(-1)),
        TargetLine("a", TargetKind.TOTAL, 2026, 2030, D("NaN")),
        TargetLine("a", TargetKind.TOTAL, 2026, 2050, D(1)),
        TargetLine("a", TargetKind.TOTAL, 2026, 2030, D(1), method=TargetMethod.EQUAL),
    ],
)
def test_lines_that_cannot_be(line: TargetLine) -> None:
    with pytest.raises(TargetLineInvalid):
        lines.check([line])


def test_the_shipped_scheme_is_whole_and_says_that_it_is_a_placeholder() -> None:
    scheme = shipped()
    schemes.check(scheme)
    assert schemes.loaded(schemes.stored(scheme)) == scheme
    assert scheme.is_placeholder
    assert {each.field for each in scheme.indicators} == set(EvaluationField)
    by_field = {each: sum(of.weight for of in scheme.indicators if of.field is each) for each in EvaluationField}
    assert by_field[EvaluationField.DUAL_CONTROL] == 60


def test_schemes_that_cannot_be() -> None:
    from dataclasses import replace  # noqa: PLC0415 - of this test alone

    scheme = shipped()
    first, *rest = scheme.indicators
    for broken in (
        replace(scheme, indicators=tuple(rest)),
        replace(scheme, indicators=(first, first, *rest)),
        replace(scheme, indicators=(replace(first, full_at=first.zero_at), *rest)),
        replace(scheme, indicators=(replace(first, code="Ä"), *rest)),
        replace(scheme, indicators=(replace(first, name_en=" "), *rest)),
        replace(scheme, note_zh=""),
        replace(scheme, indicators=tuple(replace(each, is_main=False) for each in scheme.indicators)),
    ):
        with pytest.raises(EvaluationSchemeInvalid):
            schemes.check(broken)


def reading(value: str | None, *, is_applicable: bool = True) -> Reading:
    return Reading(None if value is None else D(value), ValueSource.COMPUTED, is_applicable)


def test_points_rise_between_two_values_and_say_what_is_met() -> None:
    rising, falling = shipped().indicators[0], shipped().indicators[1]
    for value, points, outcome in (
        ("-5", "0", IndicatorOutcome.MISSED), ("50", "15", IndicatorOutcome.MISSED),
        ("99.99999", "30", IndicatorOutcome.MISSED), ("100", "30", IndicatorOutcome.MET), ("130", "30", IndicatorOutcome.MET),
    ):  # fmt: skip
        line = scoring.line(rising, reading(value))
        assert (line.points, line.outcome) == (D(points).quantize(D("0.0001")), outcome)
    for value, points, outcome in (
        ("90", "20", IndicatorOutcome.MET), ("100", "20", IndicatorOutcome.MET), ("110", "10", IndicatorOutcome.MISSED),
        ("121", "0", IndicatorOutcome.MISSED),
    ):  # fmt: skip
        line = scoring.line(falling, reading(value))
        assert (line.points, line.outcome) == (D(points).quantize(D("0.0001")), outcome)
    assert scoring.line(rising, reading(None)).outcome is IndicatorOutcome.CANNOT_TELL
    assert scoring.line(rising, reading(None, is_applicable=False)).outcome is IndicatorOutcome.NOT_APPLICABLE


def test_a_score_is_out_of_what_applies_and_not_told_while_something_is_missing() -> None:
    scheme = shipped()

    def sheet(code: str, values: dict[str, Reading]) -> SheetValue:
        from uuid import UUID  # noqa: PLC0415 - of this test alone

        lines_ = tuple(scoring.line(each, values.get(each.code, reading("100"))) for each in scheme.indicators)
        return SheetValue(UUID(int=1), 1, code, "", "", scoring.score(lines_), scoring.verdict(lines_), None, lines_)

    full = sheet("a", {})
    assert (full.score, full.verdict) == (D("100.00"), SheetVerdict.MET)
    less = sheet("b", {"sinks": reading(None, is_applicable=False), "transport": reading("0")})
    # 90 of 95 points.
    assert (less.score, less.verdict) == (D("94.74"), SheetVerdict.MET)
    missed = sheet("c", {"intensity_completion": reading("50")})
    assert (missed.score, missed.verdict) == (D("85.00"), SheetVerdict.MISSED)
    twin = sheet("d", {"intensity_completion": reading("50")})
    assert [each.place for each in scoring.placed([missed, less, full, twin])] == [3, 2, 1, 3]
    unknown = sheet("e", {"total_use": reading(None)})
    assert (unknown.score, unknown.verdict) == (None, SheetVerdict.CANNOT_TELL)
    worse = sheet("f", {"total_use": reading(None), "intensity_completion": reading("50")})
    assert worse.verdict is SheetVerdict.MISSED
    assert [each.place for each in scoring.placed([full, unknown])] == [None, None]
    assert scoring.missing([full, unknown]) == ["e: total_use"]
    assert scoring.loaded(scheme, scoring.stored(full.lines)) == full.lines


def test_numbers_of_documents() -> None:
    def named(comparator: str, year: int | None = 2027, *, is_yearly: bool = False) -> Named:
        return Named("x", year, is_yearly, comparator, D(10), "%", "甲", "a", "文", "一", "原文", "verified-by-lookup")

    day, of = date(2026, 6, 1), date(2025, 12, 31)
    assert planned.outcome(named(">="), D(10), of, day) is PlanTargetOutcome.MET
    assert planned.outcome(named(">"), D(10), of, day) is PlanTargetOutcome.NOT_YET
    assert planned.outcome(named(">"), D(10), of, date(2028, 1, 1)) is PlanTargetOutcome.MISSED
    assert planned.outcome(named("<="), D(10), of, day) is PlanTargetOutcome.MET
    assert planned.outcome(named(">=", None), D(9), of, date(2090, 1, 1)) is PlanTargetOutcome.NOT_YET
    assert planned.outcome(named(">=", is_yearly=True), D(9), of, day) is PlanTargetOutcome.MISSED
    assert planned.outcome(named(">="), None, None, day) is PlanTargetOutcome.CANNOT_TELL
    assert planned.percent(D(9), D(8)) == D("112.50")
