"""Tiers on both sides of their bounds, three-valued; days; ten percent; what can be right."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from backend.budgets.values import BudgetPosition
from backend.kit.clock import now
from backend.kit.errors import CarbonError
from backend.kit.ids import new_id
from backend.projects.errors import ProjectDayInvalid, ProjectFactsInvalid, ProjectStepNotAllowed, ProjectTextInvalid
from backend.projects.rules import changing, judging, moving, placing, predicting, stating, tiers, writing
from backend.projects.values import (
    Action,
    Assessment,
    CarbonClass,
    DocumentKind,
    EiaReduction,
    EiaReference,
    Intensity,
    LevelValue,
    Line,
    LineKind,
    Measure,
    Nature,
    Outcome,
    Output,
    Paper,
    ProjectFacts,
    ProjectState,
    Tier,
)

D = Decimal
SECTORS = {"steel", "machinery", "power"}


def tier(
    tce: str | None, equivalent: str | None = "0", coal: str | None = "0", *, key: bool | None = False
) -> Tier | None:
    given = [None if each is None else D(each) for each in (tce, equivalent, coal)]
    return tiers.review("wuxi", tce=given[0], tce_equivalent=given[1], coal=given[2], is_key_field=key).tier


@pytest.mark.parametrize(
    ("tce", "coal", "expected"),
    [
        ("999.999", "999.999", Tier.NONE),
        ("1000", "0", Tier.LOCAL),
        ("0", "1000", Tier.LOCAL),
        ("9999.999", "9999.999", Tier.LOCAL),
        ("10000", "0", Tier.PROVINCIAL),
        ("0", "10000", Tier.PROVINCIAL),
        ("600000", "600000", Tier.PROVINCIAL),  # not of a key field
    ],
)
def test_tiers_on_both_sides_of_their_bounds(tce: str, coal: str, expected: Tier) -> None:
    assert tier(tce, tce, coal) is expected


@pytest.mark.parametrize(
    ("tce", "equivalent", "coal", "expected"),
    [
        ("499999.999", "499999.999", "499999.999", Tier.PROVINCIAL),
        ("500000", "500000", "0", Tier.NATIONAL),
        ("200000", "500000", "0", Tier.NATIONAL),  # the larger of both values counts
        ("1", "1", "500000", Tier.NATIONAL),
    ],
)
def test_key_fields_go_to_the_nation_from_half_a_million(tce: str, equivalent: str, coal: str, expected: Tier) -> None:
    assert tier(tce, equivalent, coal, key=True) is expected


def test_what_is_not_known_is_taken_for_neither() -> None:
    assert tier(None) is None
    assert tier("5000", "5000", None) is None
    assert tier("20000", "20000", None) is Tier.PROVINCIAL  # one of the two reaches the bound already
    assert tier("5000", None, "0", key=True) is None  # the equivalent value may be larger
    assert tier("5000", None, "0", key=False) is Tier.LOCAL
    assert tier("600000", "600000", "0", key=None) is None
    assert tier("600", None, "0", key=None) is Tier.NONE
    found = tiers.review("wuxi", tce=D(5000), tce_equivalent=None, coal=D(0), is_key_field=None)
    assert [each.en for each in found.missing] == [
        "the equivalent value of electricity, with its document",
        "whether it belongs to a key field the nation reviews",
    ]


def test_carbon_is_evaluated_by_the_nation_and_where_a_jurisdictions_document_says_so() -> None:
    def carbon(tenant: str, tce: str, *, key: bool = False) -> bool | None:
        return tiers.review(
            tenant, tce=D(tce), tce_equivalent=D(tce), coal=D(0), is_key_field=key
        ).has_carbon_evaluation

    assert carbon("wuxi", "5000") is True
    assert carbon("elsewhere", "5000") is None
    assert carbon("elsewhere", "500000", key=True) is True
    assert carbon("wuxi", "10") is False


def test_of_power_only_coal_power_is_two_high() -> None:
    assert tiers.is_two_high("power", D(1)) is True
    assert tiers.is_two_high("power", D(0)) is False
    assert tiers.is_two_high("power", None) is None
    assert tiers.is_two_high("steel", None) is True
    assert tiers.is_two_high("machinery", None) is False


def test_time_runs_in_working_days_years_and_months() -> None:
    assert moving.check_due(date(2026, 9, 28)) == date(2026, 10, 10)  # over the National Day holidays
    assert moving.check_due(date(2026, 11, 20)) == date(2026, 11, 27)
    assert moving.check_due(date(2030, 1, 1)) is None  # nobody has announced that year's holidays
    assert moving.valid_until(date(2024, 2, 29)) == date(2026, 2, 28)
    assert moving.valid_until(date(2026, 3, 1)) == date(2028, 3, 1)
    assert moving.acceptance_due(date(2026, 8, 31)) == date(2027, 2, 28)
    assert moving.acceptance_due(date(2026, 6, 15)) == date(2026, 12, 15)


def test_ten_percent_is_allowed_and_more_is_not() -> None:
    assert not moving.exceeds(D("1100"), D("1000"))
    assert moving.exceeds(D("1100.0001"), D("1000"))
    assert moving.exceeds(D("0.0001"), D(0))
    assert not moving.exceeds(D(0), D(0))


def test_tonnes_are_held_to_the_end_of_the_five_years() -> None:
    assert moving.tonnes_of_years(D("10.00001"), date(2028, 7, 1)) == [
        (2028, D("10.0001")), (2029, D("10.0001")), (2030, D("10.0001")),
    ]  # fmt: skip
    assert moving.tonnes_of_years(D(5), date(2030, 1, 1)) == [(2030, D("5.0000"))]
    assert moving.tonnes_of_years(D(0), date(2030, 1, 1)) == []


def test_a_step_is_possible_in_its_states_and_days_only() -> None:
    moving.check_path(Action.SUBMIT, ProjectState.RETURNED)
    with pytest.raises(ProjectStepNotAllowed) as refused:
        moving.check_path(Action.START, ProjectState.SUBMITTED)
    assert refused.value.details["possible"] == "withdraw, return, take"
    assert refused.value.message("zh") == "项目处于“已申报”状态，不能办理“开工”；当前可办理：撤回、退回补正、受理。"
    assert moving.step_day(None, date(2026, 1, 1), date(2026, 1, 2)) == date(2026, 1, 2)
    for day in (date(2025, 12, 31), date(2026, 1, 3)):
        with pytest.raises(ProjectDayInvalid):
            moving.step_day(day, date(2026, 1, 1), date(2026, 1, 2))


USUAL = ProjectFacts(
    code=" 2606-1 ", name="一号", division_code="320206", sector="steel", nature=Nature.NEW, starts_on=date(2026, 1, 1),
    produces_on=date(2028, 1, 1), lines=(Line(LineKind.ELECTRICITY, "", D(10), "MWh"),),
    outputs=(Output("粗钢", D(100), "t"),), value_added=D(1), is_key_field=False, environmental_grade="A",
    eia_level="先进", eia_measures="余热利用", papers=(Paper(DocumentKind.COMBINED_REPORT, new_id()),),
)  # fmt: skip


def test_facts_that_can_be_right_are_trimmed() -> None:
    assert stating.checked(USUAL, SECTORS).code == "2606-1"


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"sector": "nowhere"}, ProjectFactsInvalid),
        ({"produces_on": date(2025, 1, 1)}, ProjectFactsInvalid),
        ({"lines": ()}, ProjectFactsInvalid),
        ({"lines": (Line(LineKind.FUEL, "原煤", D(-1), "t"),)}, ProjectFactsInvalid),
        ({"lines": (Line(LineKind.FUEL, "原煤", D("NaN"), "t"),)}, ProjectFactsInvalid),
        ({"lines": (Line(LineKind.FUEL, "", D(1), "t"),)}, ProjectTextInvalid),
        ({"outputs": (Output("钢", D(0), "t"),)}, ProjectFactsInvalid),
        ({"outputs": (Output("钢", D(1), "t", D("0.5")),)}, ProjectFactsInvalid),
        ({"value_added": D(0)}, ProjectFactsInvalid),
        ({"electricity_equivalent": D("0.3")}, ProjectFactsInvalid),
        ({"name": "  "}, ProjectTextInvalid),
        ({"lines": (Line(LineKind.ELECTRICITY, "", D(1), "光年"),)}, CarbonError),
    ],
)
def test_facts_that_cannot_be_right_are_refused(changes: dict[str, object], error: type[CarbonError]) -> None:
    with pytest.raises(error):
        stating.checked(replace(USUAL, **changes), SECTORS)  # type: ignore[arg-type]  # fields of any type


def test_a_size_that_cannot_be_has_no_reviewer_and_zero_is_told_from_less() -> None:
    stating.size(tce=D(0), tce_equivalent=None, coal=D(1000))
    with pytest.raises(ProjectFactsInvalid) as refused:
        stating.size(tce=D(-1), tce_equivalent=None, coal=None)
    assert refused.value.path == ("size", "tce")
    with pytest.raises(ProjectFactsInvalid, match="more than zero"):
        stating.checked(replace(USUAL, outputs=(Output("钢", D(0), "t"),)), SECTORS)


def assessment(tce: str | None, coal: str | None = "0") -> Assessment:
    amount, burnt = (None if each is None else D(each) for each in (tce, coal))
    return Assessment(
        amount, amount, burnt, amount, D(0), amount, (),
        (Intensity("粗钢", "t", None if amount is None else amount / 100, D(1)),), (),
    )  # fmt: skip


def level(most: str, unit: str = "kgce/t", **given: object) -> LevelValue:
    usual = LevelValue(
        new_id(), "320200", "320000/320200/", "steel", "粗钢", Measure.ENERGY, D(most), unit, "标杆水平", "文号", date(2026, 1, 1),
        "标题", "stated", date(2026, 1, 1), now(), None,
    )  # fmt: skip
    return replace(usual, **given)  # type: ignore[arg-type]  # fields of any type


def outcome(
    code: str, *levels: LevelValue, tenant: str = "wuxi", tce: str | None = "5000", **changes: object
) -> Outcome | None:
    facts, result = replace(USUAL, **changes), assessment(tce)  # type: ignore[arg-type]  # fields of any type
    review = tiers.review(tenant, tce=result.tce, tce_equivalent=result.tce, coal=D(0), is_key_field=False)
    found = judging.checks(tenant, facts, result, review, levels)
    return next((each.outcome for each in found if each.code == code), None)


def test_an_admission_level_holds_to_the_last_digit_and_its_absence_blocks_the_two_high() -> None:
    assert outcome("admission_energy", level("50000")) is Outcome.PASS  # 5,000 tce over 100 t
    assert outcome("admission_energy", level("49999.9999")) is Outcome.FAIL
    assert outcome("admission_energy", level("50", "tce/t")) is Outcome.PASS
    assert outcome("admission_energy") is Outcome.UNKNOWN
    assert outcome("admission_energy", level("1", product="钢材")) is Outcome.UNKNOWN
    assert outcome("admission_energy", level("1", "kgce/m3")) is Outcome.UNKNOWN
    newest = level("60000", effective_on=date(2026, 6, 1))
    assert outcome("admission_energy", level("1"), newest) is Outcome.PASS
    assert outcome("admission_energy", sector="machinery") is None


def test_grades_and_predictions_are_asked_for_where_the_documents_do() -> None:
    assert outcome("environmental_grade") is None  # Wuxi's document names none
    assert outcome("environmental_grade", tenant="guizhou") is Outcome.PASS
    assert outcome("environmental_grade", tenant="guizhou", environmental_grade="B") is Outcome.FAIL
    assert outcome("environmental_grade", tenant="changzhou", environmental_grade="") is Outcome.UNKNOWN
    assert outcome("eia") is Outcome.PASS
    assert outcome("eia", eia_measures="") is Outcome.UNKNOWN
    assert outcome("eia", sector="machinery") is None
    assert outcome("amounts", tce=None) is Outcome.UNKNOWN


def test_an_application_comes_back_from_its_record() -> None:
    facts = stating.checked(USUAL, SECTORS)
    assert writing.facts_of(writing.as_json(facts)) == facts
    result = assessment("5000")
    assert writing.result_of(writing.as_json(result)) == result
    assert writing.digest(writing.as_json(facts), {}) != writing.digest(
        writing.as_json(replace(facts, name="二号")), {}
    )


def test_a_retrofit_that_keeps_its_process_is_measured_by_what_it_adds() -> None:
    kept = replace(
        USUAL,
        nature=Nature.RETROFIT,
        keeps_process=True,
        existing_tce=D(4500),
        existing_coal=D(0),
        existing_tonnes=D(9),
    )

    def of(facts: ProjectFacts, tce: str = "5000") -> tuple[Tier | None, bool]:
        found = tiers.of_facts("wuxi", facts, assessment(tce))
        return found.tier, found.is_increment

    assert of(kept) == (Tier.NONE, True)
    assert of(kept, "5500") == (Tier.LOCAL, True)
    assert of(kept, "14500") == (Tier.PROVINCIAL, True)
    assert of(replace(kept, keeps_process=None)) == (Tier.LOCAL, False)  # not stated: all of it counts
    assert of(replace(kept, nature=Nature.EXTENSION)) == (Tier.LOCAL, False)
    lacking = tiers.of_facts("wuxi", replace(kept, existing_coal=None), assessment("5000"))
    assert lacking.tier is None
    assert "retrofit" in lacking.missing[-1].en
    # The increment by equivalent value is at most so much: that may be enough to tell.
    assert of(replace(kept, is_key_field=True)) == (Tier.NONE, True)
    assert of(replace(kept, is_key_field=True), "600000") == (Tier.NATIONAL, True)


@pytest.mark.parametrize(
    "changes",
    [
        {"existing_tce": D(1)},  # what is new has nothing before it
        {"output_value": D(0)},
        {"nature": Nature.EXTENSION, "existing_tonnes": D(-1)},
        {"eia_references": (EiaReference("粗钢", D(0), "t", "先进", "文件"),)},
        {"eia_reductions": (EiaReduction("余热利用", D(-1)),)},
        {"outputs": (Output("output_value", D(1), "t"),)},
    ],
)
def test_an_evaluation_that_cannot_be_right_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(ProjectFactsInvalid):
        stating.checked(replace(USUAL, **changes), SECTORS)  # type: ignore[arg-type]  # fields of any type


def test_a_prediction_compares_with_what_was_stated_and_tells_what_it_cannot() -> None:
    stated = replace(
        USUAL, nature=Nature.EXTENSION, existing_tonnes=D(4000),
        eia_references=(EiaReference("粗钢", D(1000), "kg", "行业先进水平", "行业公报"),),
        eia_reductions=(EiaReduction("余热利用", D(30)), EiaReduction("绿电", D("12.5"))),
    )  # fmt: skip
    found = predicting.predict(stated, assessment("5000"))
    assert (found.is_needed, found.total, found.before, found.change, found.reduced) == (
        True, D(5000), D(4000), D(1000), D("42.5"),
    )  # fmt: skip
    [level_] = found.levels
    assert (level_.own, level_.reference, level_.outcome) == (D(1), D(1_000_000), Outcome.PASS)
    worse = replace(stated, eia_references=(EiaReference("粗钢", D("0.5"), "t", "行业先进水平", "行业公报"),))
    assert predicting.predict(worse, assessment("5000")).levels[0].outcome is Outcome.FAIL
    odd = replace(stated, eia_references=(EiaReference("粗钢", D(1), "m3", "行业先进水平", "行业公报"),))
    for facts in (odd, replace(stated, eia_references=())):
        assert predicting.predict(facts, assessment("5000")).levels[0].outcome is Outcome.UNKNOWN
    unknown = predicting.predict(stated, assessment(None))
    assert (unknown.total, unknown.change) == (None, None)
    assert not predicting.predict(replace(stated, sector="machinery"), assessment("5000")).is_needed


def position(year: int, code: str, **given: object) -> BudgetPosition:
    usual = BudgetPosition(
        new_id(), code, None, "", year, D(1000), D(0), D(0), D(0), D(0), D(0), D(0), D(0), D(400),
        projected=D(800), intensity_target=D("0.5"), intensity_projected=D("0.4"),
    )  # fmt: skip
    return replace(usual, **given)  # type: ignore[arg-type]  # fields of any type


def test_a_project_stands_beside_the_budget_of_its_place() -> None:
    facts = replace(USUAL, value_added=D(500))
    result = replace(assessment("100"), intensities=(Intensity("value_added", "万元", D(1), D("0.2")),))
    lines = [(2028, D(100)), (2029, D(100)), (2030, D(100))]
    positions = {
        (each.division_code, each.year): each
        for each in (position(2028, "320206"), position(2028, "320200"), position(2029, "320200", available=D(0)))
    }
    found = placing.impact("320000/320200/320206/", facts, result, lines, positions)
    assert (found.carbon_class, found.own, found.target, found.productivity) == (
        CarbonClass.LOW, D("0.2"), D("0.5"), D(5),
    )  # fmt: skip
    assert [(each.year, each.division_code, each.share) for each in found.years] == [
        (2028, "320206", D("0.25")), (2029, "320200", None),
    ]  # fmt: skip
    # 800 t at 0.4 are of 2,000; (800 + 100) / (2,000 + 500).
    assert found.years[0].with_project == D("0.36")
    assert list(found.missing) == [2030]
    high = placing.impact(
        "320206/", facts, result, lines[:1], {("320206", 2028): position(2028, "320206", intensity_target=D("0.1"))}
    )
    assert high.carbon_class is CarbonClass.HIGH
    assert placing.impact("320206/", facts, result, lines, {}).carbon_class is CarbonClass.UNKNOWN


def test_what_a_change_changes_is_told() -> None:
    approved = (D(5000), D(5000))

    def told(changed: ProjectFacts, tce: str = "5000", *, is_stated: bool = False) -> list[str]:
        return [each.en for each in changing.major(USUAL, changed, assessment(tce), approved, is_stated=is_stated)]

    assert told(replace(USUAL, name="二号")) == []
    assert told(USUAL, "5500") == []
    assert len(told(USUAL, "5500.0001")) == 2
    assert told(USUAL, is_stated=True) == ["another major change as the applicant states"]
    assert told(replace(USUAL, nature=Nature.EXTENSION)) == ["the nature of the construction"]
    assert told(replace(USUAL, outputs=(Output("粗钢", D(101), "t"),))) == ["the scale"]
    assert told(replace(USUAL, outputs=(Output("线材", D(100), "t"),), sector="machinery")) == [
        "the sector",
        "the products",
    ]
