"""How a statement's figures are made and shown: exact inside, rounded half up outside, marked where it matters. Pure."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import pytest

from backend.accounts.values import AccountValue, FigureKind, FigureValue
from backend.budgets.values import UnitTotal
from backend.emissions.values import InventoryFacts, LineFacts, MonthFacts
from backend.kit.ids import new_id
from backend.ledger.service import Flows
from backend.quotas.rules import Duty, DutyKind, DutyState, duty_state
from backend.quotas.service import DutyStanding, Obligation, Settled, YearStanding
from backend.quotas.service.stating import settled_duties
from backend.quotas.values import DutyEntryKind, DutyEntryValue, ObligationBasis
from backend.scores.values import Source, Words
from backend.statements.account import chapters, emissions, standing
from backend.statements.account.composing import compose, figures, states_nothing
from backend.statements.account.figuring import derived, taken
from backend.statements.account.gathered import Gathered, Period, SectorMean
from backend.statements.account.presenting import Cell, grouped
from backend.statements.account.values import Figure, Issuer, Mark, Op
from backend.statements.account.wording import MARKS

D = Decimal
ACCOUNT = new_id()
MOMENT = datetime(2026, 11, 21, 4, tzinfo=UTC)
PERIOD = Period(date(2025, 1, 1), date(2025, 12, 31), MOMENT, date(2026, 11, 21))


def stated(name: str, value: str | None, *marks: Mark) -> Figure:
    return taken(name, None if value is None else D(value), "t", [Source("Thing", "1")], marks=marks)


def inventory(year: int, scope1: str, **changed: object) -> InventoryFacts:
    facts = InventoryFacts(
        account_id=ACCOUNT, inventory_id=new_id(), year=year, version=1, state="verified", as_of=MOMENT,
        computed_at=MOMENT, state_at=MOMENT, factor_policy="published", factor_date=date(2026, 3, 1), scope1=D(scope1),
        scope2_location=D(50), scope2_market=D(40), scope3=D(7), energy_tce=D(30), electricity_mwh=D(100),
        claimed_mwh=D(0), quality_score=None, tier_shares={}, months_covered=12, record_count=12, excluded_count=0,
        verifier_id=None, verified_at=None, restates_id=None,
    )  # fmt: skip
    return replace(facts, **changed)  # type: ignore[arg-type] - fields by name


def measure(year: int, quantity: str, kind: FigureKind = FigureKind.VALUE_ADDED, product: str = "", unit: str = "CNY") -> FigureValue:  # fmt: skip
    return FigureValue(
        account_id=ACCOUNT, id=new_id(), year=year, kind=kind, product=product, quantity=D(quantity), unit=unit,
        is_main=bool(product), is_withdrawn=False, evidence_id=None, note="", recorded_at=MOMENT, recorded_by=None,
        supersedes_id=None,
    )  # fmt: skip


def known(
    *inventories: InventoryFacts, activity: Sequence[FigureValue] = (), means: Sequence[SectorMean] = (),
    quotas: Sequence[YearStanding] = (), period: Period = PERIOD,
) -> Gathered:  # fmt: skip
    account = AccountValue(
        ACCOUNT, UUID(int=1), "CA-1", "厂区", "320206", "320000/320200/320206/", "steel", "steel", "C", "320000", "华东",
        has_separation_of_duties=False, is_demonstration=False, opened_at=MOMENT, opened_by=None, closed_at=None,
    )  # fmt: skip
    by_year: dict[int, list[FigureValue]] = {}
    for each in activity:
        by_year.setdefault(each.year, []).append(each)
    return Gathered(
        issuer=Issuer("wuxi", Words("无锡市", "Wuxi"), "320200"), account=account, holder=None, period=period,
        inventories={each.year: each for each in inventories}, months={}, lines={}, activity=by_year,
        sector_means=means, classes={}, flows=Flows((), (), ()), claims=(), quotas=quotas, disclosures=(), score=None,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("op", "values", "expected"),
    [
        (Op.SUM, ("0.1", "0.2", "1E+3"), "1000.3"),
        (Op.DIFFERENCE, ("10", "3", "2.5"), "4.5"),
        (Op.RATIO, ("1", "3"), "0.3333333333333333333333333333333333"),
        (Op.RATIO, ("2", "3"), "0.6666666666666666666666666666666667"),
        (Op.PERCENT, ("1", "8"), "12.5"),
        (Op.CHANGE, ("90", "100"), "-10"),
        (Op.REMAINDER, ("10.2", "3", "1"), "7"),
        (Op.REMAINDER, ("1", "3"), "0"),
        (Op.RATIO, ("1", "0"), None),
        (Op.RATIO, ("1", "-2"), None),
    ],
)
def test_operations_are_exact_and_quotients_have_thirty_four_digits(
    op: Op, values: tuple[str, ...], expected: str | None
) -> None:
    found = derived("x", op, [stated(str(at), each) for at, each in enumerate(values)], "t")
    assert found.value == (None if expected is None else D(expected))
    assert (found.note.zh != "") is (expected is None)
    assert found.formula.operands == tuple(str(at) for at in range(len(values)))


def test_what_follows_from_the_unknown_is_unknown_and_marks_are_inherited() -> None:
    one, two = stated("a", "1", Mark.UNCERTAIN), stated("b", None, Mark.UNVERIFIED, Mark.PLACEHOLDER)
    found = derived("x", Op.SUM, [one, two], "t")
    assert found.value is None
    assert found.note.en.startswith("It cannot be told")
    assert found.marks == (Mark.PLACEHOLDER, Mark.UNVERIFIED, Mark.UNCERTAIN)


def test_of_many_records_the_first_are_named_and_all_are_counted() -> None:
    found = taken("x", D("1.500"), "t", [Source("Line", str(at)) for at in range(120)], words=Words("合计", "sum"))
    assert found.value == D("1.5")
    assert str(found.value) == "1.5"
    assert len(found.sources) == 50
    assert "120" in found.formula.words.zh
    assert "120" in found.formula.words.en


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        ("1234567.885", "tCO2e", "1,234,567.89"),
        ("-0.005", "tCO2e", "-0.01"),
        ("2.675", "%", "2.68"),
        ("0.14921112", "tCO2e/t", "0.1492"),
        ("318400", "t", "318,400"),
        ("12.3456785", "t", "12.345679"),
        ("1E+3", "GJ", "1,000"),
    ],
)
def test_what_is_shown_is_rounded_half_up_with_thousands_apart(value: str, unit: str, shown: str) -> None:
    assert grouped(D(value), unit) == shown


def test_units_are_counted_with_the_decimals_they_have() -> None:
    assert Cell(figure=Figure("holdings.CCER.closing", D(780), "tCO2e")).shown == "780"
    assert Cell(figure=Figure("emissions.scope1.2025", D(780), "tCO2e")).shown == "780.00"
    assert Cell(figure=Figure("quota.gap.2025", None, "unit")).shown == "—"


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, ()),
        ({"state": "closed"}, ()),
        ({"state": "computed"}, (Mark.UNVERIFIED,)),
        ({"restates_id": UUID(int=9)}, (Mark.RESTATED,)),
        ({"months_covered": 11}, (Mark.PROVISIONAL,)),
        ({"excluded_count": 1}, (Mark.PROVISIONAL,)),
        ({"year": 2026}, (Mark.PROVISIONAL,)),
    ],
)
def test_what_must_be_known_of_an_inventory_is_marked(changed: dict[str, object], expected: tuple[Mark, ...]) -> None:
    assert emissions.marks(replace(inventory(2025, "100"), **changed), PERIOD.day) == expected  # type: ignore[arg-type] - fields by name


def line(method: str, confidence: str = "verified-by-lookup", **changed: object) -> LineFacts:
    facts = LineFacts(
        line_id=new_id(), source_id=UUID(int=3), source_code="F01", source_name="锅炉", scope=1, category="combustion",
        method=method, key="", gas="CO2", basis="both", base_quantity=D(10), base_unit="t", coefficient=D(10),
        coefficient_unit="tCO2/t", result_t=D(100), gwp=D(1), co2e_t=D(100), energy_tce=D(30), formula="E = AD × EF",
        formula_source="", parameters=[{"code": "factor", "confidence": confidence}], tiers={}, quality_score=None,
    )  # fmt: skip
    return replace(facts, **changed)  # type: ignore[arg-type] - fields by name


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (("fuel_combustion", "verified-by-lookup"), ()),
        (("fuel_combustion", "tenant-entered"), ()),
        (("fuel_combustion", "from-memory"), (Mark.UNCERTAIN,)),
        (("fuel_combustion", "placeholder"), (Mark.PLACEHOLDER,)),
        (("aluminium_anode", "verified-by-lookup"), (Mark.UNCERTAIN,)),
        (("steel_carbon_output", "tenant-entered"), (Mark.UNCERTAIN,)),
        (("method_of_an_earlier_release", "verified-by-lookup"), (Mark.UNCERTAIN,)),
    ],
)
def test_a_formula_from_memory_is_marked_as_a_parameter_from_memory_is(
    given: tuple[str, str], expected: tuple[Mark, ...]
) -> None:
    assert emissions.line_marks([line(*given)]) == expected
    lines = [line(*given), line("fuel_combustion", source_code="F02", co2e_t=D(0), energy_tce=D(0))]
    data = compose(replace(known(inventory(2025, "100")), lines={2025: lines}))
    every = figures(data)
    for name in ("emissions.source.F01.1.combustion.location.2025", "emissions.scope1.2025", "emissions.location.2025"):
        assert every[name].marks == expected, name
    assert every["energy.2025"].marks == ()
    assert every["emissions.source.F02.1.combustion.location.2025"].marks == ()
    assert every["emissions.scope3.2025"].marks == ()
    told = dict(chapters.present(data, "zh").marks)
    assert ("部分参数或公式尚未在原始文件中核实。" in told.values()) is (Mark.UNCERTAIN in expected)


def test_a_coefficient_of_standard_coal_marks_energy_and_no_emissions() -> None:
    coal = {"code": "standard_coal", "confidence": "from-memory"}
    steam = line("fuel_combustion", parameters=[{"code": "factor", "confidence": "verified-by-lookup"}, coal])
    assert emissions.line_marks([steam]) == ()
    assert emissions.energy_marks([steam]) == (Mark.UNCERTAIN,)
    whole = figures(compose(replace(known(inventory(2025, "100")), lines={2025: [steam]})))
    assert (whole["energy.2025"].marks, whole["emissions.scope1.2025"].marks) == ((Mark.UNCERTAIN,), ())
    part = Period(date(2025, 1, 1), date(2025, 6, 30), MOMENT, date(2026, 11, 21))
    months = [MonthFacts(date(2025, 3, 1), D(9), D(0), D(0), D(0), D(3))]
    some = figures(
        compose(replace(known(inventory(2025, "100"), period=part), lines={2025: [steam]}, months={2025: months}))
    )
    assert (some["energy.2025.01-06"].value, some["energy.2025.01-06"].marks) == (D(3), (Mark.UNCERTAIN,))
    assert (some["emissions.scope1.2025.01-06"].value, some["emissions.scope1.2025.01-06"].marks) == (D(9), ())


def test_scope_3_that_was_never_accounted_for_is_not_zero() -> None:
    data = compose(replace(known(inventory(2025, "100", scope3=D(0))), lines={2025: [line("fuel_combustion")]}))
    figure = figures(data)["emissions.scope3.2025"]
    assert (figure.value, figure.note) == (None, emissions.NOT_ACCOUNTED)
    table = chapters.present(data, "zh").sections[0].tables[0]
    (row,) = [each for each in table.rows if each.cells[0].text.startswith("范围三")]
    assert row.cells[-1].shown == "—"
    assert table.note == "该年度清单未核算范围三。"
    counted = line("scope3_activity", scope=3, category="waste", co2e_t=D(0))
    told = compose(replace(known(inventory(2025, "100", scope3=D(0))), lines={2025: [counted]}))
    assert figures(told)["emissions.scope3.2025"].value == 0


def test_a_restated_year_says_so_on_the_first_page() -> None:
    data = compose(known(inventory(2025, "100", version=2, restates_id=UUID(int=9))))
    zh, en = chapters.present(data, "zh"), chapters.present(data, "en")
    assert "2025 年排放清单是对较早版本的重述。" in zh.remarks
    assert "The inventory of 2025 restates an earlier version." in en.remarks
    assert dict(zh.marks) == {MARKS[Mark.RESTATED][0]: MARKS[Mark.RESTATED][1].zh}
    assert [each.code for each in zh.sections] == [each.code for each in en.sections]
    assert len(zh.figures) == len(en.figures) == len(figures(data))


def test_days_are_those_of_the_jurisdictions_calendar() -> None:
    late = datetime(2026, 11, 21, 17, tzinfo=UTC)  # one o'clock of the next day there
    data = compose(known(inventory(2025, "100", computed_at=late, verified_at=late)))
    cells = [
        cell.text
        for table in chapters.present(data, "zh").sections[0].tables
        for row in table.rows
        for cell in row.cells
    ]
    assert cells.count("2026-11-22") == 2
    assert "2026-11-21" not in cells


def test_the_sector_is_compared_with_where_it_may_be_told_of() -> None:
    mean = SectorMean(2025, "value_added", "", D("1.2"), "tCO2e/万CNY", date(2026, 11, 20))
    data = compose(known(inventory(2025, "100"), activity=[measure(2025, "1000000")], means=[mean]))
    (own,) = data.intensities
    assert own.value.value == D("1.5")  # 150 t over 100 万元
    assert own.sector_mean is not None
    assert own.against_sector is not None
    assert (own.sector_mean.value, own.against_sector.value) == (D("1.2"), D(125))
    assert own.sector_mean.sources[0].kind == "SectorRollUp"
    columns = chapters.present(data, "en").sections[1].tables[0].columns
    assert columns[-2:] == ("Sector mean", "Of the sector %")
    silent = compose(known(inventory(2025, "100"), activity=[measure(2025, "1000000")]))
    assert silent.intensities[0].sector_mean is None
    assert "少于 5 户" in chapters.present(silent, "zh").sections[1].tables[0].note


def test_a_year_that_destroyed_value_has_no_intensity_and_says_why() -> None:
    data = compose(known(inventory(2025, "100"), activity=[measure(2025, "-5")]))
    (own,) = data.intensities
    assert own.value.value is None
    assert own.value.note.en == "It cannot be told: the denominator is not above zero."


def test_a_product_counted_otherwise_is_not_compared_with_the_year_before() -> None:
    made = [measure(2024, "10", FigureKind.OUTPUT, "钢", "t"), measure(2025, "10", FigureKind.OUTPUT, "钢", "万t")]
    data = compose(known(inventory(2024, "90"), inventory(2025, "100"), activity=made))
    assert [each.change for each in data.intensities] == [None, None]
    same = [replace(each, unit="t") for each in made]
    (_, own) = compose(known(inventory(2024, "100"), inventory(2025, "85"), activity=same)).intensities
    assert own.change is not None
    assert own.change.value == D(-10)  # 150 to 135


def test_a_key_units_budget_stands_beside_what_was_emitted() -> None:
    own = UnitTotal(new_id(), ACCOUNT, 2025, D("120.50"))
    (told,) = compose(replace(known(inventory(2025, "100")), budgets={2025: own})).budgets
    assert told.allowed is not None
    assert told.used is not None
    assert (told.allowed.value, told.used.value, told.allowed.unit) == (D("120.5"), D(150), "tCO2e")
    assert told.allowed.sources[0].id == str(own.line_id)
    (missing,) = compose(replace(known(), budgets={2025: own})).budgets
    assert missing.used is not None
    assert (missing.used.value, missing.used.note.en) == (None, "It cannot be told: what it follows from is missing.")
    (hidden,) = compose(replace(known(), budgets=None)).budgets
    assert (hidden.allowed, hidden.note) == (None, standing.BUDGET_NOT_SHOWN)


def test_nothing_is_nothing() -> None:
    empty = compose(known())
    assert states_nothing(empty)
    assert empty.budgets[0].note == standing.NO_BUDGET
    assert "2025 年尚无排放清单。" in chapters.present(empty, "zh").remarks
    assert not states_nothing(compose(known(inventory(2025, "1"))))


def compliance_year(year: int, quantity: str, *surrendered: date) -> YearStanding:
    """Return a year with 100 t owed, its months not filed, and what was surrendered on some days, unsaid as a duty."""
    due = date(year + 1, 12, 31)
    settled = tuple(Settled(new_id(), "CEA", D(quantity), each) for each in surrendered)
    remaining = max(D(100) - sum((each.quantity for each in settled), D(0)), D(0))
    last = [
        Duty(kind, year, None, due, f"{year} {kind}", f"{kind} of {year}", None)
        for kind in (DutyKind.ALLOCATION, DutyKind.SURRENDER)
    ]
    months = [
        Duty(DutyKind.MONTHLY_FILING, year, month, date(year + 1, 1, 31), f"{month} 月", f"month {month}", None)
        for month in range(1, 13)
    ]
    duties = [
        DutyStanding(ACCOUNT, each, duty_state(each.due, None, PERIOD.day), "", None, None, None)
        for each in (*months, *last)
    ]
    if remaining == 0:
        duties = settled_duties(duties, (), settled, PERIOD.day)
    return YearStanding(
        year=year, verified_ids=(), settled=settled, remaining=remaining, usable_cea=D(0), usable_ccer=D(0), gap=remaining,
        has_converted=False, due=due, closed=None, duties=tuple(duties),
        owed=Obligation(year, ObligationBasis.ENTERED, D(100), D(100), D(0), D(0), "", None, None),
    )  # fmt: skip


def said_of_surrender(day: date | None) -> DutyEntryValue:
    kind = DutyEntryKind.DONE if day else DutyEntryKind.REOPENED
    return DutyEntryValue(ACCOUNT, new_id(), 2024, "surrender", None, kind, "", day, None, "", MOMENT, None)


@pytest.mark.parametrize(
    ("days", "said", "state"),
    [
        ([date(2025, 12, 30), date(2025, 12, 31)], [], DutyState.DONE),
        ([date(2025, 12, 30), date(2026, 1, 1)], [], DutyState.DONE_LATE),
        ([], [], DutyState.LATE),
        ([date(2025, 12, 30)], [said_of_surrender(None)], DutyState.LATE),
    ],
)
def test_a_surrender_nobody_recorded_is_done_as_of_its_last_receipt(
    days: list[date], said: list[DutyEntryValue], state: DutyState
) -> None:
    year = compliance_year(2024, "1", *days)
    found = settled_duties(year.duties, said, year.settled, PERIOD.day)
    assert {each.duty.kind: each.state for each in found}[DutyKind.SURRENDER] is state
    assert {each.state for each in found if each.duty.kind is not DutyKind.SURRENDER} == {DutyState.LATE}


def test_what_is_late_is_counted_as_it_is_listed_and_a_settled_year_is_done() -> None:
    years = [
        compliance_year(2022, "100", date(2023, 12, 1)), compliance_year(2023, "50", date(2024, 12, 1), date(2025, 1, 5)),
        compliance_year(2024, "50", date(2025, 12, 1)),
    ]  # fmt: skip
    data = compose(known(quotas=years))
    assert [each.settled_on for each in data.quotas] == [date(2023, 12, 1), date(2025, 1, 5), None]
    assert {each.calendar_year for each in data.duties if each.code == "surrender"} == {2024}
    assert {each.code for each in data.duties if each.is_official} == {"allocation"}
    states = {
        "zh": ["已按期清缴 2023-12-01", "逾期清缴 2025-01-05", "未结清"],
        "en": ["Done 2023-12-01", "Done late 2025-01-05", "Open"],
    }
    told = {
        "zh": "有 4 项义务已逾期（一年的月度数据存证计为一项，逐月计共 37 项）。",
        "en": "4 duties are late (the monthly filings of a year count as one; month by month there are 37).",
    }
    late = {"zh": ("已逾期", "待主管部门办理，期限已过"), "en": ("Late", "Awaited from the authority, past its day")}
    for language in ("zh", "en"):
        shown = chapters.present(data, language)
        assert told[language] in shown.remarks
        sections = {each.code: each for each in shown.sections}
        assert [row.cells[-1].text for row in sections["quota"].tables[1].rows] == states[language]
        listed = [row.cells[-1].text for row in sections["duties"].tables[0].rows]
        assert [listed.count(each) for each in late[language]] == [4, 3]
    closed = replace(data, quotas=tuple(replace(each, is_closed=True) for each in data.quotas))
    table = next(each for each in chapters.present(closed, "zh").sections if each.code == "quota").tables[1]
    assert [row.cells[-1].text for row in table.rows] == [
        "已关闭，已按期清缴 2023-12-01", "已关闭，逾期清缴 2025-01-05", "已关闭",
    ]  # fmt: skip


def test_one_late_duty_is_told_in_the_singular_and_none_not_at_all() -> None:
    one = compliance_year(2024, "50")
    only = replace(one, duties=one.duties[-1:])
    assert "1 duty is late." in chapters.present(compose(known(quotas=[only])), "en").remarks
    official = replace(one, duties=one.duties[-2:-1])
    assert not any("late" in each for each in chapters.present(compose(known(quotas=[official])), "en").remarks)
