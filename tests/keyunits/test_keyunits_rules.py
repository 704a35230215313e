"""Thresholds, quantiles, levels, savings and duties: exact values, no database."""

from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import pytest

from backend.accounts.values import FigureKind, FigureValue
from backend.keyunits import catalogue
from backend.keyunits.errors import KeyUnitDatesInvalid, KeyUnitQuantityInvalid, KeyUnitStepNotNow, KeyUnitTextInvalid
from backend.keyunits.rules import comparing, crossing, moving, referring, saving
from backend.keyunits.values import (
    ChangeKind,
    FindingState,
    Metric,
    Quarter,
    Reach,
    ReferenceKind,
    ReferenceMetric,
    ReferenceOutcome,
    ReferenceRow,
    RetrofitState,
    YearFacts,
)
from backend.keyunits.values_work import Period, SavingDraft

WHO = UUID(int=1)
BEFORE = Period(date(2025, 1, 1), date(2025, 3, 31), Decimal(1000), Decimal(2600), Decimal(500))
AFTER = Period(date(2026, 1, 1), date(2026, 3, 31), Decimal(1100), Decimal(2800), Decimal(600))


def facts(energy: str, direct: str = "0", months: int = 12, location: str = "0") -> YearFacts:
    return YearFacts(WHO, None, Decimal(energy), Decimal(direct), Decimal(location), months, is_verified=True)


def change(
    of: YearFacts | None, *, is_listed: bool, jurisdiction: str = "chengdu", is_open: bool = True
) -> ChangeKind | None:
    known = catalogue.thresholds_of(jurisdiction, 2025, "general")
    made = crossing.draft(WHO, known, of, is_listed=is_listed, is_open=is_open)
    return None if made is None else made.kind


def test_rules_name_their_documents_and_mark_what_is_not_known() -> None:
    chengdu = {each.code: each for each in catalogue.thresholds("chengdu")}
    assert (chengdu["energy_file"].limit, chengdu["energy_file"].source.confidence) == (
        Decimal(5000),
        "verified-by-lookup",
    )
    assert chengdu["energy_file"].source.document == "国家碳达峰试点（成都）实施方案"
    assert not chengdu["energy_file"].source.is_placeholder
    wuxi = {each.code: each for each in catalogue.thresholds("wuxi")}
    assert "energy_file" not in wuxi
    assert wuxi["key_energy_user"].source.is_placeholder
    assert wuxi["ets_industry"].limit == Decimal(26000)
    assert catalogue.scheme("chengdu") is None
    scheme = catalogue.scheme("wuxi")
    assert scheme is not None
    assert scheme.source.is_placeholder
    assert [each.up_to for each in scheme.levels][-1] is None
    assert all(each.source.note.zh and each.source.note.en for each in catalogue.duties("guizhou"))


def test_a_threshold_holds_from_its_first_year_and_for_its_guides() -> None:
    assert [each.code for each in catalogue.thresholds_of("chengdu", 2024, "general")] == ["key_energy_user"]
    assert [each.code for each in catalogue.thresholds_of("chengdu", 2025, "general")] == [
        "energy_file",
        "key_energy_user",
    ]
    assert "ets_industry" in [each.code for each in catalogue.thresholds_of("wuxi", 2024, "steel")]
    assert "ets_industry" not in [each.code for each in catalogue.thresholds_of("wuxi", 2023, "steel")]
    assert "ets_power" in [each.code for each in catalogue.thresholds_of("wuxi", 2021, "power")]


@pytest.mark.parametrize(
    ("energy", "months", "is_listed", "expected"),
    [
        ("5000", 12, False, ChangeKind.ENTER),
        ("4999.99999999", 12, False, None),
        ("5000", 7, False, ChangeKind.ENTER),
        ("4999", 7, False, None),
        ("5000", 12, True, ChangeKind.STAY),
        ("4999.99999999", 12, True, ChangeKind.LEAVE),
        ("4999", 11, True, ChangeKind.STAY),
    ],
)
def test_who_enters_stays_and_leaves(energy: str, months: int, is_listed: bool, expected: ChangeKind | None) -> None:  # noqa: FBT001 - a case of the table
    assert change(facts(energy, months=months), is_listed=is_listed) is expected


def test_a_reason_reads_without_its_last_digits_and_never_as_if_a_limit_were_reached() -> None:
    known = catalogue.thresholds_of("chengdu", 2025, "general")
    left = crossing.draft(WHO, known, facts("4999.99999999"), is_listed=True, is_open=True)
    assert left is not None
    assert "综合能源消费量 4999.99 tce，低于纳入标准 5000" in left.reason.zh
    assert "4999.99 tce, below 5000" in left.reason.en
    entered = crossing.draft(WHO, known, facts("139370.529082114927185995729"), is_listed=False, is_open=True)
    assert entered is not None
    assert "139370.52 tce, reaching 5000" in entered.reason.en


def test_nobody_leaves_for_want_of_data_but_a_closed_account_does() -> None:
    assert change(None, is_listed=True) is ChangeKind.STAY
    assert change(None, is_listed=False) is None
    assert change(facts("9000"), is_listed=True, is_open=False) is ChangeKind.LEAVE
    assert change(facts("9000"), is_listed=False, is_open=False) is None
    found = crossing.crossings(catalogue.thresholds_of("chengdu", 2025, "general"), facts("4999", months=11))
    assert [each.reach for each in found] == [Reach.UNKNOWN, Reach.UNKNOWN]


def test_an_intensity_is_per_ten_thousand_yuan() -> None:
    year = facts("123.4", "1000", location="234.5")
    assert comparing.intensity(year, Decimal(50_000_000), Metric.CARBON) == Decimal("0.2469")
    assert comparing.intensity(year, Decimal(50_000_000), Metric.ENERGY) == Decimal("0.02468")
    assert comparing.intensity(year, Decimal(0), Metric.ENERGY) is None
    assert comparing.intensity(year, Decimal(-1), Metric.ENERGY) is None


def test_quantiles_need_five_and_are_told_to_two_figures() -> None:
    values = [Decimal(each) for each in ("5", "1", "3", "2", "4")]
    assert comparing.quantiles(values) == (Decimal(2), Decimal(3), Decimal(4))
    assert comparing.quantiles(values[:4]) is None
    six = [Decimal(each) for each in ("1.234", "2.345", "3.456", "4.567", "5.678", "6.789")]
    # 25 %: 2.345 + 0.25 x 1.111 = 2.62275; 50 %: 4.0115; 75 %: 5.40025
    assert comparing.quantiles(six) == (Decimal("2.6"), Decimal("4.0"), Decimal("5.4"))


def test_quarters_and_levels_take_their_borders_in() -> None:
    lines = Decimal(2), Decimal(3), Decimal(4)
    found = [comparing.quarter(Decimal(each), *lines) for each in ("2", "2.01", "3", "4", "4.01")]
    assert found == [Quarter.FIRST, Quarter.SECOND, Quarter.SECOND, Quarter.THIRD, Quarter.LAST]
    scheme = catalogue.scheme("wuxi")
    assert scheme is not None
    levels = [comparing.level(Decimal(each), Decimal(2), scheme.levels) for each in ("1", "1.0001", "2.4", "3", "3.1")]
    assert [each[0].level for each in levels if each is not None] == [1, 2, 3, 4, 5]
    assert levels[2] is not None
    assert levels[2][1] == Decimal("1.2")
    assert comparing.level(Decimal(1), Decimal(0), scheme.levels) is None


def test_savings_are_at_the_output_of_the_period_after() -> None:
    draft = saving.check(SavingDraft(BEFORE, AFTER, "t"))
    # 1000 / 500 x 600 - 1100 = 100; 2600 / 500 x 600 - 2800 = 320
    assert saving.saved(Decimal(1000), Decimal(1100), draft, Decimal(0)) == Decimal(100)
    assert saving.saved(Decimal(2600), Decimal(2800), draft, Decimal("-20.5")) == Decimal("299.5")
    assert saving.saved(Decimal(1000), Decimal(1300), draft, Decimal(0)) == Decimal(-100)
    third = SavingDraft(Period(BEFORE.first, BEFORE.last, Decimal(1), Decimal(0), Decimal(3)), AFTER, "t")
    assert saving.saved(Decimal(1), Decimal(0), SavingDraft(third.before, third.after, "t"), Decimal(0)) == Decimal(200)


def test_a_comparison_that_cannot_be_is_refused() -> None:
    overlapping = Period(date(2025, 3, 31), date(2025, 6, 30), Decimal(1), Decimal(1), Decimal(1))
    with pytest.raises(KeyUnitDatesInvalid):
        saving.check(SavingDraft(BEFORE, overlapping, "t"))
    nothing = Period(AFTER.first, AFTER.last, Decimal(1), Decimal(1), Decimal(0))
    with pytest.raises(KeyUnitQuantityInvalid):
        saving.check(SavingDraft(BEFORE, nothing, "t"))
    with pytest.raises(KeyUnitTextInvalid):
        saving.check(SavingDraft(BEFORE, AFTER, "t", Decimal(5)))
    ahead = Period(date(2026, 1, 1), date(2999, 1, 1), Decimal(1), Decimal(1), Decimal(1))
    with pytest.raises(KeyUnitDatesInvalid):
        saving.check(SavingDraft(BEFORE, ahead, "t"))


def test_the_unit_does_and_the_authority_closes() -> None:
    moving.check_finding(FindingState.OPEN, FindingState.PLANNED, is_authority=False)
    moving.check_finding(FindingState.PLANNED, FindingState.PLANNED, is_authority=False)
    moving.check_finding(FindingState.DONE, FindingState.CLOSED, is_authority=True)
    moving.check_finding(FindingState.DONE, FindingState.OPEN, is_authority=True)
    for state, following, is_authority in (
        (FindingState.DONE, FindingState.CLOSED, False), (FindingState.OPEN, FindingState.DONE, True),
        (FindingState.OPEN, FindingState.CLOSED, True), (FindingState.CLOSED, FindingState.OPEN, True),
    ):  # fmt: skip
        with pytest.raises(KeyUnitStepNotNow):
            moving.check_finding(state, following, is_authority=is_authority)
    moving.check_retrofit(RetrofitState.RESERVED, RetrofitState.BUILDING)
    for state, following in (
        (RetrofitState.RESERVED, RetrofitState.COMPLETED), (RetrofitState.COMPLETED, RetrofitState.WITHDRAWN),
        (RetrofitState.WITHDRAWN, RetrofitState.BUILDING),
    ):  # fmt: skip
        with pytest.raises(KeyUnitStepNotNow):
            moving.check_retrofit(state, following)


def test_a_report_is_late_from_the_day_after() -> None:
    (duty,) = catalogue.duties("chengdu")
    assert moving.due_on(duty, 2025) == date(2026, 3, 31)
    assert moving.last_due(duty, date(2026, 3, 31)) == 2024
    assert moving.last_due(duty, date(2026, 4, 1)) == 2025


def level(kind: ReferenceKind, quantity: str, metric: ReferenceMetric = ReferenceMetric.ENERGY) -> ReferenceRow:
    return ReferenceRow(
        WHO, "320200", "320000/320200/", "粗钢", "t", metric, kind, Decimal(quantity), date(2025, 1, 1), "能效标杆水平", "",
        date(2025, 1, 1), datetime(2025, 1, 1, tzinfo=UTC), None,
    )  # fmt: skip


def output(product: str, quantity: str) -> FigureValue:
    return FigureValue(
        WHO,
        WHO,
        2025,
        FigureKind.OUTPUT,
        product,
        Decimal(quantity),
        "t",
        None,
        "",
        datetime(2026, 1, 1, tzinfo=UTC),
        None,
        None,
    )


def test_a_product_is_held_against_both_levels_and_a_level_itself_is_reached() -> None:
    leading, baseline = level(ReferenceKind.LEADING, "350"), level(ReferenceKind.BASELINE, "400")
    found = [referring.judge(Decimal(each), leading, baseline) for each in ("350", "350.1", "400", "400.1")]
    assert found == [
        ReferenceOutcome.LEADING, ReferenceOutcome.BETWEEN, ReferenceOutcome.BETWEEN, ReferenceOutcome.BEHIND,
    ]  # fmt: skip
    assert referring.judge(Decimal(380), None, baseline) is ReferenceOutcome.UNKNOWN
    assert referring.judge(Decimal(380), leading, None) is ReferenceOutcome.UNKNOWN
    assert referring.judge(Decimal(300), leading, None) is ReferenceOutcome.LEADING


def test_a_product_is_told_only_where_it_is_the_only_one() -> None:
    levels = [level(ReferenceKind.LEADING, "350"), level(ReferenceKind.BASELINE, "400")]
    energy, carbon = referring.standings(2025, facts("370", "900", location="100"), [output("粗钢", "1000")], levels)
    assert (energy.intensity, energy.outcome) == (Decimal(370), ReferenceOutcome.BETWEEN)
    assert (carbon.intensity, carbon.outcome, carbon.note) == (
        Decimal(1000),
        ReferenceOutcome.UNKNOWN,
        referring.NO_LEVEL,
    )
    both = referring.standings(2025, facts("370"), [output("粗钢", "1000"), output("生铁", "900")], levels)
    assert {each.intensity for each in both} == {None}
    assert {each.note for each in both} == {referring.SEVERAL}
    short = referring.standings(2025, facts("370", months=11), [output("粗钢", "1000")], levels)
    assert {each.note for each in short} == {referring.NO_DATA}
