"""What a model makes of facts: points, quality of data, gates, grades, reasons."""

from dataclasses import replace
from decimal import Decimal

import pytest
from factories.scores_model import NOBODY, SECTOR, Group, fact, facts

from backend.scores.modelling.reading import read
from backend.scores.modelling.shipped import shipped
from backend.scores.rules import assess
from backend.scores.values import Quality, Source, State, Words

D = Decimal
PLACEHOLDER = {"is_placeholder": True, "confidence": "placeholder", "note_zh": "占位", "note_en": "placeholder"}


def model(**changed):
    return read(
        {
            "code": "test_model", "name_zh": "测试", "name_en": "Test", **PLACEHOLDER,
            "year": {"from_month": 4, **PLACEHOLDER}, "validity_months": 12,
            "quality": {"mode": "multiplier", "verified": "1", "computed": "0.8", "estimated": "0.5", **PLACEHOLDER},
            "indicators": [
                {"code": "green", "name_zh": "绿电", "name_en": "Green power", "fact": "green_power_share", "weight": "60",
                 "transform": {"kind": "piecewise", "points": [["0", "0"], ["30", "60"], ["80", "100"]]}, **PLACEHOLDER},
                {"code": "intensity", "name_zh": "强度", "name_en": "Intensity", "fact": "value_added_intensity",
                 "weight": "40", "transform": {"kind": "percentile"}, **PLACEHOLDER},
            ],
            "grades": [
                {"code": "A", "name_zh": "优", "name_en": "Good", "colour": "#00ff00", "threshold": "70"},
                {"code": "B", "name_zh": "中", "name_en": "Fair", "colour": "#ffff00", "threshold": "40"},
                {"code": "C", "name_zh": "差", "name_en": "Poor", "colour": "#ff0000", "threshold": "0"},
            ],
            "grading": {"kind": "points"}, **changed,
        }
    )  # fmt: skip


def by_code(assessment):
    return {each.code: each for each in assessment.indicators}


def test_points_lie_on_the_curve_and_count_by_weight() -> None:
    answer = assess(model(), facts(green_power_share=10, value_added_intensity=3), SECTOR)
    told = by_code(answer)
    assert told["green"].points == D("20.00")
    assert told["intensity"].points == D("70.00")  # seven of ten are worse than 3
    assert (told["green"].contribution, told["intensity"].contribution) == (D("12.00"), D("28.00"))
    assert (answer.points, answer.grade, answer.colour) == (D("40.00"), "B", "#ffff00")


@pytest.mark.parametrize(
    ("quality", "points"), [(Quality.VERIFIED, "66.67"), (Quality.COMPUTED, "53.33"), (Quality.ESTIMATED, "33.33")]
)
def test_worse_data_earn_less(quality, points) -> None:
    curve = {"kind": "piecewise", "points": [["0", "0"], ["30", "100"]]}
    given = model().model_dump(mode="json")
    given["indicators"][0]["transform"] = curve
    answer = assess(read(given), facts(quality, green_power_share=20), SECTOR)
    assert by_code(answer)["green"].points == D(points)


def test_a_ceiling_holds_points_down() -> None:
    given = model(quality={"mode": "ceiling", "verified": "100", "computed": "70", "estimated": "30", **PLACEHOLDER})
    told = by_code(assess(given, facts(Quality.ESTIMATED, green_power_share=20), SECTOR))
    assert told["green"].points == D("30.00")
    assert "at most 30" in told["green"].reason.en
    assert "最高 30 分" in told["green"].reason.zh


def test_what_is_missing_earns_nothing_and_says_so() -> None:
    given = facts()
    del given["green_power_share"]
    answer = assess(model(), given, SECTOR)
    told = by_code(answer)["green"]
    assert (told.points, told.contribution, told.fact.quality) == (None, 0, Quality.MISSING)
    assert answer.points == D("36.00")
    assert "缺少“绿电”的数据" in told.reason.zh
    assert "No data for 'Green power'" in told.reason.en


def test_nothing_is_told_against_a_group_below_five() -> None:
    four = Group(value_added_intensity=[2, 3, 4, 5])
    told = by_code(assess(model(), facts(), four))["intensity"]
    assert (told.points, told.contribution) == (None, 0)
    assert "不足 5 家" in told.reason.zh
    assert "fewer than 5" in told.reason.en


def test_a_model_may_say_what_counts_where_the_group_is_too_small() -> None:
    given = model().model_dump(mode="json")
    given["indicators"][1]["transform"] = {"kind": "percentile", "alone": [["1", "60"], ["10", "0"]]}
    told = by_code(assess(read(given), facts(value_added_intensity=1), NOBODY))["intensity"]
    assert told.points == D("60.00")
    assert "按自身数值计分" in told.reason.zh


def test_an_essential_fact_that_is_missing_leaves_nothing_to_tell() -> None:
    answer = assess(model(essential=["emissions_location"]), facts(emissions_location=None), SECTOR)
    assert (answer.state, answer.points, answer.grade, answer.next_grade) == (State.CANNOT_TELL, None, None, None)
    assert "排放总量" in answer.harms[0].zh
    assert answer.changes == ()


GATES = [
    {"code": "penalty", "name_zh": "处罚", "name_en": "Penalty", "fact": "open_penalties", "test": "above",
     "values": ["0"], "effect": "block", "words_zh": "有处罚。", "words_en": "There is a penalty.", **PLACEHOLDER},
    {"code": "verified", "name_zh": "核查", "name_en": "Verification", "fact": "is_verified", "test": "is",
     "values": ["false"], "effect": "cap", "grade": "B", "words_zh": "未核查。", "words_en": "Not verified.", **PLACEHOLDER},
]  # fmt: skip


def test_a_gate_that_blocks_takes_grade_and_points() -> None:
    answer = assess(model(gates=GATES), facts(open_penalties=1), SECTOR)
    assert (answer.state, answer.points, answer.grade, answer.colour) == (State.GATED, None, None, "")
    assert [(each.code, each.is_open, each.effect) for each in answer.gates] == [
        ("penalty", False, "block"), ("verified", True, "cap:B"),
    ]  # fmt: skip
    assert answer.harms[0].en.endswith("There is a penalty.")


def test_a_cap_lets_no_better_grade_through() -> None:
    assert assess(model(gates=GATES), facts(), SECTOR).grade == "A"
    capped = assess(model(gates=GATES), facts(is_verified=False), SECTOR)
    assert (capped.state, capped.grade, capped.points) == (State.GRADED, "B", D("96.00"))


def test_a_cap_above_the_grade_reached_is_no_first_reason() -> None:
    held = assess(model(gates=GATES), facts(is_verified=False), SECTOR)
    assert held.harms[0].en.endswith("Not verified.")
    low = assess(model(gates=GATES), facts(is_verified=False, green_power_share=0, value_added_intensity=9), SECTOR)
    assert low.grade not in {"A", "B"}
    assert low.harms[0].en.startswith("-")
    assert low.harms[-1].en.endswith("Not verified.")


def test_a_gate_that_cannot_be_told_is_shut() -> None:
    unknown = assess(model(gates=GATES), facts(open_penalties=None), SECTOR)
    assert (unknown.state, unknown.grade) == (State.CANNOT_TELL, None)
    assert "无法确定" in unknown.gates[0].reason.zh
    assert assess(model(gates=GATES), facts(is_verified=None), SECTOR).grade == "B"


def test_what_does_not_apply_is_no_failure_but_what_cannot_be_told_is() -> None:
    gate = {"code": "gap", "name_zh": "缺口", "name_en": "Gap", "fact": "quota_gap", "test": "above", "values": ["0"],
            "effect": "cap", "grade": "B", "when_missing": "open", "words_zh": "有缺口。", "words_en": "A gap.",
            **PLACEHOLDER}  # fmt: skip
    free = assess(model(gates=[gate]), facts(), SECTOR)
    assert (free.grade, free.gates[0].is_open) == ("A", True)
    unclear = assess(model(gates=[gate]), facts() | {"quota_gap": fact("quota_gap", None)}, SECTOR)
    assert (unclear.grade, unclear.gates[0].is_open) == ("B", False)
    assert unclear.gates[0].reason.zh.endswith("按未满足处理，等级最高为“中”（B）。")
    assert unclear.gates[0].reason.en.endswith("which counts as not met: the grade is B (Fair) at best.")


def test_a_known_block_is_told_even_where_essentials_are_missing() -> None:
    given = model(gates=GATES, essential=["emissions_location"])
    answer = assess(given, facts(open_penalties=2, emissions_location=None), SECTOR)
    assert (answer.state, answer.next_grade, answer.changes) == (State.GATED, None, ())


@pytest.mark.parametrize(
    ("total", "intensity", "grade"),
    [(300, "5.5", "dark_green"), (301, "5.5", "light_green"), (300, "5.6", "yellow"), (301, "5.6", "red")],
)
def test_the_four_colours_compare_both_with_the_sector(total, intensity, grade) -> None:
    answer = assess(
        shipped()["quzhou_four_colours"], facts(emissions_location=total, value_added_intensity=intensity), SECTOR
    )
    assert answer.grade == grade


def test_estimated_data_are_never_green() -> None:
    given = shipped()["quzhou_four_colours"]
    assert assess(given, facts(Quality.ESTIMATED), SECTOR).grade == "red"
    assert assess(given, facts(Quality.COMPUTED), SECTOR).grade == "dark_green"


@pytest.mark.parametrize(
    ("ratio", "grade"), [("0.5", "level_1"), ("0.51", "level_2"), ("1", "level_3"), ("9", "level_5")]
)
def test_the_efficiency_code_reads_its_level_from_the_ratio(ratio, grade) -> None:
    assert assess(shipped()["huzhou_carbon_efficiency"], facts(sector_ratio=ratio), SECTOR).grade == grade


def test_a_ratio_from_estimated_data_is_held_back() -> None:
    given = facts()
    given["sector_ratio"] = fact("sector_ratio", "0.4", Quality.ESTIMATED)
    assert assess(shipped()["huzhou_carbon_efficiency"], given, SECTOR).grade == "level_3"


def test_a_ratio_without_a_group_cannot_be_told() -> None:
    answer = assess(shipped()["huzhou_carbon_efficiency"], facts(sector_ratio=None), SECTOR)
    assert (answer.state, answer.grade) == (State.CANNOT_TELL, None)
    table = assess(shipped()["quzhou_four_colours"], facts(), NOBODY)
    assert (table.state, table.grade) == (State.CANNOT_TELL, None)


def test_reasons_name_values_and_sources_and_the_three_that_move_most() -> None:
    answer = assess(shipped()["changlvfen"], facts(green_power_share=0, metered_share="12.3456"), SECTOR)
    told = by_code(answer)["metered"]
    assert "12.3456%" in told.reason.zh
    assert told.reason.zh.endswith("得 13 分（年度清单）。")
    assert told.reason.en.endswith("13 points (the year's inventory).")
    assert len(answer.helps) == 3
    assert [words.en[:5] for words in answer.harms] == ["-7.5 ", "-3.7 "]
    assert "绿色电力占比为 0%" in answer.harms[0].zh


def test_a_fact_without_words_of_its_own_names_its_records() -> None:
    moved = tuple(Source("UnitMovement", str(place), str(place)) for place in range(3))
    given = facts(green_power_share=10)
    given["green_power_share"] = replace(
        given["green_power_share"], note=Words("", ""), sources=(Source("Inventory", "i", "3"), *moved)
    )
    told = by_code(assess(model(), given, SECTOR))["green"]
    assert "（来源：碳排放清单 3、单位变动记录 3 项）" in told.reason.zh
    assert "(from inventory 3, 3 records (unit movement))" in told.reason.en


def test_what_is_missing_says_why_where_that_is_known() -> None:
    given = facts() | {
        "green_power_share": replace(fact("green_power_share", None), note=Words("无购电", "no purchases"))
    }
    told = by_code(assess(model(), given, SECTOR))["green"]
    assert told.reason.zh.startswith("缺少“绿电”的数据（无购电），计 0 分")
    assert "(no purchases): it counts 0 points" in told.reason.en


def test_the_best_need_no_changes() -> None:
    answer = assess(shipped()["changlvfen"], facts(value_added_intensity="0.5"), SECTOR)
    assert (answer.grade, answer.points, answer.next_grade, answer.changes) == ("A", D(100), None, ())
