"""From units to an enterprise and to its settlement: pre-allocation, the 20 % rule, carry-over, CCER, penalties, days."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from factories.quotas_rules import altered_book, shipped_book

from backend.quotas.errors import (
    BalanceValueMissing,
    CarryOverTooLate,
    IntensityMissing,
    LineTreatmentUnknown,
    NothingTraded,
    PreAllocationBaseMissing,
    QuotaInputImpossible,
    QuotaRuleUnknown,
    QuotaRuleUnreadable,
)
from backend.quotas.rules import (
    DutyKind,
    DutyState,
    IndustryInputs,
    LineKind,
    OffsetUnit,
    Outcome,
    PowerInputs,
    Sector,
    UnitClass,
    UnitResult,
    average_price,
    borrowing,
    carry_over,
    ccer_cap,
    displayed,
    duties,
    duty_state,
    industry_quota,
    issuable,
    offset_check,
    penalties,
    pre_allocation,
    price_scenarios,
    settle_allocation,
    vintage_check,
    warning_days,
    what_if_industry,
    what_if_power,
)

BOOK = shipped_book()
D = Decimal
COAL, GAS = UnitClass.COAL_GT300, UnitClass.GAS
EXAMPLES: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[1] / "data" / "worked_examples.json").read_text(encoding="utf-8")
)


def cases(kind: str) -> list[Any]:
    return [pytest.param(case, id=case["id"]) for case in EXAMPLES if case["kind"] == kind]


# --- the worked examples


@pytest.mark.parametrize("case", cases("ets_industry"))
def test_industry_examples(case: dict[str, Any]) -> None:
    given = case["inputs"]
    found = industry_quota(
        BOOK,
        IndustryInputs(
            year=given["year"], verified=D(given["E"]), balance=D(given["B"]), intensity=D(given["I"]),
            sector=Sector.STEEL,
        ),
    )  # fmt: skip
    assert found.quota == D(case["expected"]["quota"])


@pytest.mark.parametrize("case", cases("banking"))
def test_banking_examples(case: dict[str, Any]) -> None:
    given = case["inputs"]
    assert carry_over(BOOK, Sector(given["sector"]), D(given["net_sales"])).maximum == D(case["expected"]["max"])


@pytest.mark.parametrize("case", cases("ccer_cap"))
def test_ccer_cap_examples(case: dict[str, Any]) -> None:
    assert ccer_cap(BOOK, None, D(case["inputs"]["verified"])).value == D(case["expected"]["max"])


@pytest.mark.parametrize("case", cases("average_price"))
def test_average_price_examples(case: dict[str, Any]) -> None:
    given = case["inputs"]
    assert average_price(D(given["value"]), D(given["volume"])).displayed == D(case["expected"]["yuan_per_t"])


# --- pre-allocation, exemption, the 20 % rule, borrowing


@pytest.mark.parametrize(
    ("year", "expected", "is_maximum"),
    [(2021, "700", False), (2022, "700", False), (2023, "700", False), (2024, "700", False), (2025, "500", True),
     (2026, "500", True)],
)  # fmt: skip
def test_pre_allocation_of_earlier_emissions(year: int, expected: str, *, is_maximum: bool) -> None:
    found = pre_allocation(BOOK, year, verified_before=D(1000))
    assert (found.value, found.is_maximum) == (D(expected), is_maximum)
    assert found.factors[0].figure is not None


@pytest.mark.parametrize("year", [2019, 2020])
def test_pre_allocation_of_2018_output(year: int) -> None:
    output = PowerInputs(year=year, unit_class=COAL, mwh=D(1000), gj=D(100))
    assert pre_allocation(BOOK, year, output_2018=output).value == D("0.7") * (1000 * D("0.877") + 100 * D("0.126"))
    with pytest.raises(PreAllocationBaseMissing):
        pre_allocation(BOOK, year, verified_before=D(1000))


def test_pre_allocation_needs_its_base_and_a_plan() -> None:
    with pytest.raises(PreAllocationBaseMissing):
        pre_allocation(BOOK, 2025)
    with pytest.raises(QuotaRuleUnknown):
        pre_allocation(BOOK, 2027, verified_before=D(1))
    with pytest.raises(QuotaInputImpossible):
        pre_allocation(BOOK, 2025, verified_before=D(-1))
    with pytest.raises(QuotaRuleUnreadable):
        pre_allocation(
            altered_book("ets.correction", "pre-allocation/all", 2025, text_value="half"), 2025, verified_before=D(1)
        )


@pytest.mark.parametrize("year", [2019, 2020])
@pytest.mark.parametrize(("free", "obligation"), [("79", "99"), ("80", "100"), ("81", "100"), ("120", "100")])
def test_until_2020_the_obligation_is_cut(year: int, free: str, obligation: str) -> None:
    found = settle_allocation(BOOK, year, [UnitResult(COAL, D(free), D(100))])
    assert (found.allocation, found.obligation, found.top_up) == (D(free), D(obligation), 0)
    assert found.relief == 100 - D(obligation)


@pytest.mark.parametrize("year", [2021, 2022, 2023, 2024, 2025, 2026])
@pytest.mark.parametrize(("free", "allocation"), [("79", "80"), ("80", "80"), ("81", "81"), ("120", "120")])
def test_from_2021_the_allocation_is_topped_up(year: int, free: str, allocation: str) -> None:
    found = settle_allocation(BOOK, year, [UnitResult(COAL, D(free), D(100))])
    assert (found.allocation, found.obligation, found.relief) == (D(allocation), D(100), 0)
    assert found.gap == 100 - D(allocation)


@pytest.mark.parametrize("year", [2019, 2022, 2024, 2026])
def test_a_gas_unit_never_lacks_anything(year: int) -> None:
    short = settle_allocation(BOOK, year, [UnitResult(GAS, D(10), D(100))])
    assert (short.allocation, short.obligation, short.exempted, short.gap) == (100, 100, 90, 0)
    rich = settle_allocation(BOOK, year, [UnitResult(GAS, D(110), D(100))])
    assert (rich.allocation, rich.exempted, rich.gap) == (110, 0, -10)


def test_gas_does_not_help_coal() -> None:
    found = settle_allocation(
        BOOK, 2023, [UnitResult(GAS, D(500), D(100)), UnitResult(COAL, D(60), D(100)), UnitResult(COAL, D(90), D(100))]
    )
    assert (found.top_up, found.allocation, found.obligation, found.exempted) == (10, 660, 300, 0)
    assert found.confidence == "verified-by-lookup(secondary)"


def test_settlement_refuses_what_cannot_be() -> None:
    with pytest.raises(QuotaInputImpossible):
        settle_allocation(BOOK, 2023, [UnitResult(COAL, D(1), D(-1))])
    with pytest.raises(QuotaRuleUnknown):
        settle_allocation(BOOK, 2027, [UnitResult(COAL, D(1), D(1))])


@pytest.mark.parametrize(
    ("year", "allocation", "expected"),
    [(2021, "90", "5"), (2022, "90.01", "0"), (2022, "80", "10"), (2022, "100", "0"), (2022, "101", "0"),
     (2020, "80", "0"), (2023, "80", "0"), (2026, "80", "0")],
)  # fmt: skip
def test_borrowing_existed_for_two_years(year: int, allocation: str, expected: str) -> None:
    found = borrowing(BOOK, year, D(allocation), D(100))
    assert found.value == D(expected)
    assert found.reason_zh


# --- industries


def industry(**changes: Any) -> IndustryInputs:
    given: dict[str, Any] = {"year": 2025, "verified": D(1000000), "balance": D(1), "intensity": D(1)}
    return IndustryInputs(**(given | changes))


@pytest.mark.parametrize(
    ("intensity", "expected"),
    [("1", "1000000"), ("0.8", "1030000"), ("0.80001", "1029998.5"), ("0.79999", "1030000"), ("0.5", "1030000"),
     ("0", "1030000"), ("1.2", "970000"), ("1.19999", "970001.5"), ("1.20001", "970000"), ("3", "970000")],
)  # fmt: skip
@pytest.mark.parametrize("year", [2025, 2026])
def test_industry_on_both_sides_of_the_band(year: int, intensity: str, expected: str) -> None:
    assert industry_quota(BOOK, industry(year=year, intensity=D(intensity))).quota == D(expected)


def test_a_ratio_without_end_costs_no_tonne() -> None:
    found = industry_quota(BOOK, industry(balance=D(3), intensity=D("2.9")))
    assert found.quota == D(1005000)
    assert next(each.value for each in found.factors if each.code == "alpha") == D("0.005")


@pytest.mark.parametrize("sector", [Sector.STEEL, Sector.CEMENT, Sector.ALUMINIUM])
def test_2024_equals_the_verified_emissions(sector: Sector) -> None:
    found = industry_quota(BOOK, IndustryInputs(year=2024, verified=D("123456.789"), sector=sector))
    assert found.quota == D("123456.789")
    assert bool(found.notes_zh) is (sector is Sector.CEMENT)
    assert found.documents == ("国环规气候〔2025〕2号",)


def test_industry_refusals() -> None:
    with pytest.raises(BalanceValueMissing):
        industry_quota(BOOK, industry(balance=None, sector=Sector.CEMENT))
    with pytest.raises(IntensityMissing):
        industry_quota(BOOK, industry(intensity=None))
    for line in (LineKind.SPECIAL, LineKind.NEW, LineKind.CLOSED):
        with pytest.raises(LineTreatmentUnknown):
            industry_quota(BOOK, industry(line=line))
    for year in (2023, 2027):
        with pytest.raises(QuotaRuleUnknown):
            industry_quota(BOOK, industry(year=year))
    for changes in ({"balance": D(0)}, {"intensity": D(-1)}, {"verified": D(-1)}):
        with pytest.raises(QuotaInputImpossible):
            industry_quota(BOOK, industry(**changes))
    with pytest.raises(QuotaRuleUnreadable):
        industry_quota(altered_book("ets.industry", "technique", 2025, text_value="auction"), industry())


# --- carry-over and vintages


@pytest.mark.parametrize(
    ("sector", "net_sales", "expected"),
    [("power", "0", "10000"), ("power", "-50000", "10000"), ("steel", "40000", "160000"), ("cement", "0", "100000"),
     ("aluminium", "1", "100001.5")],
)  # fmt: skip
def test_carry_over_maximum(sector: str, net_sales: str, expected: str) -> None:
    found = carry_over(BOOK, Sector(sector), D(net_sales))
    assert found.maximum == D(expected)
    assert found.window == (date(2024, 1, 1), date(2025, 12, 31))
    assert (found.deadline, found.vintages, found.confidence) == (date(2026, 6, 10), (2019, 2024), "verified-by-lookup")


def test_carry_over_is_limited_by_what_is_held_and_by_its_day() -> None:
    assert carry_over(BOOK, Sector.POWER, D(0), held=D(300)).usable == 300
    assert carry_over(BOOK, Sector.POWER, D(0), held=D(30000), on=date(2026, 6, 10)).usable == 10000
    with pytest.raises(CarryOverTooLate):
        carry_over(BOOK, Sector.POWER, D(0), on=date(2026, 6, 11))
    with pytest.raises(QuotaInputImpossible):
        carry_over(BOOK, Sector.POWER, D("NaN"))


@pytest.mark.parametrize(
    ("vintage", "year", "is_converted", "outcome"),
    [
        (2019, 2019, False, "pass"), (2026, 2019, False, "pass"), (2026, 2024, False, "pass"),
        (2018, 2024, False, "fail"), (2027, 2024, False, "fail"), (2024, 2025, False, "fail"),
        (2024, 2025, True, "pass"), (2019, 2026, True, "pass"), (2019, 2026, False, "fail"),
        (2025, 2025, False, "pass"), (2026, 2026, False, "pass"), (2026, 2025, False, "cannot_tell"),
        (2025, 2026, False, "cannot_tell"), (2018, 2025, True, "fail"),
    ],
)  # fmt: skip
def test_which_vintage_settles_which_year(vintage: int, year: int, outcome: str, *, is_converted: bool) -> None:
    assert vintage_check(BOOK, vintage, year, is_converted=is_converted).outcome == outcome


# --- CCER


GOOD = {
    "registered_on": date(2024, 1, 23), "produced_from": date(2022, 1, 1), "methodology": "CCER-14-001-V01",
    "is_from_ets_project": False,
}  # fmt: skip


def offset(year: int = 2025, on: date = date(2026, 11, 1), **changes: Any) -> tuple[str, set[str]]:
    verdict = offset_check(BOOK, OffsetUnit(**{**GOOD, **changes}), year, on)
    return verdict.outcome.value, {each.code for each in verdict.findings if each.outcome is not Outcome.PASS}


@pytest.mark.parametrize(
    ("changes", "outcome", "codes"),
    [
        ({}, "pass", set()),
        ({"registered_on": date(2024, 1, 22)}, "fail", {"registered_after"}),
        ({"registered_on": None}, "cannot_tell", {"registration_unknown"}),
        ({"is_from_ets_project": True}, "fail", {"ets_project"}),
        ({"is_from_ets_project": None}, "cannot_tell", {"ets_project_unknown"}),
        ({"methodology": None}, "cannot_tell", {"methodology_unknown"}),
        ({"methodology": "CM-001"}, "cannot_tell", {"methodology_not_listed"}),
        ({"produced_from": date(2020, 9, 22)}, "fail", {"reduction_date"}),
        ({"produced_from": date(2020, 9, 23)}, "pass", set()),
        ({"produced_from": None}, "cannot_tell", {"reduction_date"}),
        ({"produced_from": None, "vintage": 2021}, "pass", set()),
        ({"produced_from": None, "vintage": 2020}, "cannot_tell", {"reduction_date"}),
        ({"produced_from": None, "vintage": 2019}, "fail", {"reduction_date"}),
        ({"is_from_ets_project": True, "methodology": None}, "fail", {"ets_project", "methodology_unknown"}),
    ],
)  # fmt: skip
def test_offset_eligibility(changes: dict[str, Any], outcome: str, codes: set[str]) -> None:
    assert offset(**changes) == (outcome, codes)


def test_a_rule_without_a_day_cannot_be_told_from() -> None:
    book = altered_book("ets.offset", "registered_after", 2025, text_value="registered after the launch")
    verdict = offset_check(book, OffsetUnit(**GOOD), 2025, date(2026, 11, 1))
    assert (verdict.outcome, verdict.findings[0].code) == (Outcome.UNKNOWN, "rule_unreadable")


def test_offset_eligibility_over_the_years() -> None:
    old = {"registered_on": date(2016, 1, 1), "methodology": "CM-001", "produced_from": date(2015, 1, 1)}
    assert offset(2023, date(2024, 12, 31), **old) == ("pass", set())
    assert offset(2023, date(2025, 1, 1), **old)[0] == "fail"
    assert offset(2023, date(2026, 1, 1)) == ("pass", set())
    assert offset(2026, date(2027, 11, 1)) == ("pass", set())
    assert offset(2027) == ("cannot_tell", {"registration_rule_unknown"})


def test_ccer_cap_in_whole_units() -> None:
    found = ccer_cap(BOOK, 2025, D("1000019.99"))
    assert (found.value, found.whole, found.is_maximum) == (D("50000.9995"), 50000, True)
    with pytest.raises(QuotaInputImpossible):
        ccer_cap(BOOK, 2025, D(-1))


# --- penalties, days, prices


def test_penalties_are_dated_and_marked() -> None:
    before = {each.code: each for each in penalties(BOOK, date(2026, 8, 14), missing=D(100), average_price=D("62.36"))}
    fine = before["non_surrender_multiple"]
    assert (fine.computed_low, fine.computed_high) == (D("31180.00"), D("62360.00"))
    assert (fine.figure.confidence, fine.outcome) == ("from-memory", Outcome.PASS)
    assert before["non_surrender_deduction"].figure.text == "equal_deduction"
    after = {each.code: each for each in penalties(BOOK, date(2026, 8, 15), missing=D(100), average_price=D("62.36"))}
    assert after["non_surrender_multiple"].outcome is Outcome.UNKNOWN
    assert after["non_surrender_multiple"].computed_low is None
    assert after["non_surrender_deduction"].figure.text == "no_new_deduction"
    assert after["false_report_deduction"].outcome is Outcome.UNKNOWN
    assert "false_report_fine" not in after
    old = penalties(BOOK, date(2024, 4, 30))
    assert [(each.code, each.low, each.high) for each in old] == [("missing_report", 20000, 30000)]
    with pytest.raises(QuotaInputImpossible):
        penalties(BOOK, date(2026, 1, 1), missing=D(-1))


def test_duties_of_a_power_plant_of_2025() -> None:
    found = duties(BOOK, 2025, Sector.POWER)
    filings = [each for each in found if each.kind is DutyKind.MONTHLY_FILING]
    assert [each.month for each in filings] == list(range(1, 13))
    assert (filings[0].due, filings[1].due, filings[11].due) == (
        date(2025, 3, 12), date(2025, 4, 9), date(2026, 2, 9),
    )  # fmt: skip
    days = {each.kind: each.due for each in found if each.month is None}
    assert days == {
        DutyKind.QUALITY_PLAN: None,
        DutyKind.ANNUAL_REPORT: date(2026, 3, 31),
        DutyKind.VERIFICATION: date(2026, 6, 30),
        DutyKind.ALLOCATION: date(2026, 9, 30),
        DutyKind.SURRENDER: date(2026, 12, 31),
    }
    confidence = {each.kind: each.figure.confidence for each in found if each.figure}
    assert confidence[DutyKind.VERIFICATION] == "from-memory"
    assert confidence[DutyKind.SURRENDER] == "verified-by-lookup"


@pytest.mark.parametrize(
    ("year", "due"),
    [(2019, "2021-12-31"), (2020, "2021-12-31"), (2021, "2023-12-31"), (2022, "2023-12-31"), (2023, "2024-12-31"),
     (2024, "2025-12-31"), (2025, "2026-12-31"), (2026, None)],
)  # fmt: skip
def test_surrender_days(year: int, due: str | None) -> None:
    found = next(each for each in duties(BOOK, year, Sector.POWER) if each.kind is DutyKind.SURRENDER)
    assert found.due == (date.fromisoformat(due) if due else None)
    assert ("未收录" in found.zh) is (due is None)


def test_industries_are_verified_by_the_end_of_august() -> None:
    found = next(each for each in duties(BOOK, 2025, Sector.CEMENT) if each.kind is DutyKind.VERIFICATION)
    assert found.due == date(2026, 8, 31)


@pytest.mark.parametrize(
    ("due", "done_on", "today", "state"),
    [
        ("2026-12-31", None, "2026-12-31", "open"), ("2026-12-31", None, "2027-01-01", "late"),
        ("2026-12-31", "2026-12-31", "2027-01-01", "done"), ("2026-12-31", "2027-01-01", "2027-01-02", "done_late"),
        (None, None, "2026-01-01", "unknown"), (None, "2026-01-01", "2026-01-01", "done"),
    ],
)  # fmt: skip
def test_states_of_a_duty(due: str | None, done_on: str | None, today: str, state: str) -> None:
    days = [date.fromisoformat(each) if each else None for each in (due, done_on)]
    assert duty_state(days[0], days[1], date.fromisoformat(today)) is DutyState(state)


@pytest.mark.parametrize(
    ("left", "warning"), [(31, None), (30, 30), (8, 30), (7, 7), (2, 7), (1, 1), (0, 1), (-1, None)]
)
def test_warnings_before_a_day(left: int, warning: int | None) -> None:
    due = date(2026, 12, 31)
    assert warning_days(due, date.fromordinal(due.toordinal() - left)) == warning
    assert warning_days(None, due) is None


def test_prices_are_dated_and_marked() -> None:
    found = price_scenarios(BOOK, date(2026, 11, 21))
    assert [(each.code.value, each.cea.value, each.ccer.value) for each in found] == [
        ("low", D("50.34"), D("70.76")), ("central", D("97.81"), D("94.83")), ("high", D(106), D("94.83")),
    ]  # fmt: skip
    assert all("not a forecast" in each.cea.note for each in found)
    with pytest.raises(QuotaRuleUnknown):
        price_scenarios(BOOK, date(2026, 8, 19))
    with pytest.raises(NothingTraded):
        average_price(D(1), D(0))
    with pytest.raises(QuotaInputImpossible):
        average_price(D(-1), D(1))


# --- rounding and what-if


def test_rounding_is_for_display() -> None:
    assert [displayed(D(each)) for each in ("1.005", "1.0049999", "-1.005")] == [D("1.01"), D("1.00"), D("-1.01")]
    assert issuable(D("1040811.9999")) == 1040811
    assert issuable(D(5)) == 5


def test_what_if_power() -> None:
    inputs = PowerInputs(year=2025, unit_class=COAL, mwh=D(1000), gj=D(100), load=D("0.6"))
    found = what_if_power(BOOK, inputs, D(900), output_change=D("0.1"), intensity_change=D("-0.05"))
    assert found.before.quota.quota == D("800.47")
    assert found.after.quota.quota == D("880.517")
    assert (found.before.gap, found.after.verified, found.after.gap) == (D("99.53"), D("940.5"), D("59.983"))
    assert found.notes_zh
    peaking = what_if_power(BOOK, inputs, D(900), load=D("0.49"))
    assert peaking.after.quota.quota > peaking.before.quota.quota
    assert peaking.notes_zh == ()
    for change in (D("-1.01"), D(11), D("NaN")):
        with pytest.raises(QuotaInputImpossible):
            what_if_power(BOOK, inputs, D(900), output_change=change)


def test_what_if_industry() -> None:
    found = what_if_industry(BOOK, industry(intensity=D("1.1")), intensity_change=D("-0.1"))
    assert (found.before.quota.quota, found.after.quota.quota) == (D(985000), D("901350"))
    assert found.after.verified == D(900000)
    assert found.after.gap == D(-1350)
