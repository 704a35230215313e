"""Choosing a version: levels, publication, named years, validity, corrections, drafts; and saying why."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.factors import rules, service
from backend.factors.errors import PolicyInvalid
from backend.factors.rules import Book
from backend.factors.values import (
    Ask,
    Certainty,
    Choice,
    Missing,
    State,
    Validity,
    Version,
)
from backend.kit.db import Databases
from backend.kit.ids import new_id
from backend.kit.scope import Scope

LOADED = datetime(2026, 1, 1, tzinfo=UTC)
LATER = datetime(2026, 6, 1, tzinfo=UTC)
ON = date(2025, 3, 1)


def version(value: str | None = "1", **changes: Any) -> Version:
    given: dict[str, Any] = {
        "id": new_id(), "name": "test.family", "key": "k", "version": 1, "state": State.ACTIVE, "supersedes_id": None,
        "recorded_at": LOADED, "recorded_by": None, "activated_at": LOADED, "activated_by": None,
        "value": None if value is None else Decimal(value), "confidence": "verified-by-lookup", "unit": "1",
    }  # fmt: skip
    return Version(**{**given, **changes})


def book(*versions: Version, published_by: date = date(2026, 6, 1), **changes: Any) -> Book:
    return Book(versions, **{"published_by": published_by, "known_at": LATER, **changes})


def chosen(answer: Choice | Missing) -> Choice:
    assert isinstance(answer, Choice), answer
    return answer


def reasons(answer: Choice | Missing) -> dict[str, str]:
    return {each["value"]: each["reason"] for each in answer.passed_over}


@pytest.mark.parametrize(
    ("published_by", "value", "year"),
    [
        (date(2024, 6, 1), "0.6451", "2021"),
        (date(2024, 4, 12), "0.6451", "2021"),
        (date(2024, 12, 19), "0.6451", "2021"),
        (date(2024, 12, 20), "0.5978", "2022"),
        (date(2025, 12, 30), "0.5978", "2022"),
        (date(2025, 12, 31), "0.5827", "2023"),
        (date(2026, 1, 1), "0.5827", "2023"),
    ],
)
async def test_the_newest_published_year_is_used(
    databases: Databases, published_by: date, value: str, year: str
) -> None:
    async with databases.read(Scope.system("wuxi")) as read:
        found = await service.book(read, read.scope, published_by=published_by)
    answer = chosen(found.find("grid.electricity", "provincial_average", ["320000"], date(2024, 6, 1)))
    assert (str(answer.value), answer.valid.years, answer.rule) == (value, year, "newest_published")
    assert published_by.isoformat() in answer.rule_en
    assert published_by.isoformat() in answer.rule_zh
    assert year in answer.rule_zh
    later = {"2021", "2022", "2023"} - {year}
    assert {each["years"]: each["reason"] for each in answer.passed_over} == {
        other: "older_year" if other < year else "not_published_yet" for other in later
    }


async def test_before_the_first_publication_nothing_is_found(databases: Databases) -> None:
    async with databases.read(Scope.system("wuxi")) as read:
        found = await service.book(read, read.scope, published_by=date(2024, 4, 11))
    answer = found.find("grid.electricity", "provincial_average", ["320000"], date(2024, 1, 1))
    assert not answer
    assert reasons(answer) == dict.fromkeys(("0.6451", "0.5978", "0.5827"), "not_published_yet") | {
        None: "other_region"
    }


async def test_a_named_year_is_used_as_named(databases: Databases) -> None:
    async with databases.read(Scope.system("wuxi")) as read:
        found = await service.book(read, read.scope, published_by=date(2026, 6, 1))
    answer = chosen(found.find("grid.electricity", "provincial_average", ["320000"], ON, "data_year:2021"))
    assert (answer.value, answer.rule) == (Decimal("0.6451"), "named_year")
    assert reasons(answer) == {"0.5978": "not_named_year", "0.5827": "not_named_year"}


async def test_an_undated_factor_is_used_only_when_its_year_is_named(databases: Databases) -> None:
    async with databases.read(Scope.system("wuxi")) as read:
        found = await service.book(read, read.scope, published_by=date(2026, 6, 1))
    asked = ("grid.electricity", "legacy_regional_om", ["华东"], ON)
    assert reasons(found.find(*asked)) == {"0.7921": "no_publication_date"}
    assert chosen(found.find(*asked, "data_year:2019")).value == Decimal("0.7921")


async def test_the_automatic_level_is_province_then_region_then_nation(databases: Databases) -> None:
    async with databases.read(Scope.system("wuxi")) as read:
        found = await service.book(read, read.scope, published_by=date(2026, 6, 1))
    wuxi = chosen(found.automatic("320000", "华东", ON))
    assert (wuxi.value, wuxi.level) == (Decimal("0.5827"), 1)
    assert reasons(wuxi) == {
        "0.6451": "older_year", "0.5978": "older_year", "0.5500": "lower_level", "0.5306": "lower_level",
        "0.6101": "legacy", "0.5810": "legacy", "0.5703": "legacy", "0.7035": "legacy", "0.7921": "legacy",
    }  # fmt: skip
    lhasa = chosen(found.automatic("540000", "", ON))
    assert (lhasa.value, lhasa.key, lhasa.level) == (Decimal("0.5306"), "national_average", 3)
    inner_mongolia = chosen(found.automatic("150999", "东北", ON))
    assert (inner_mongolia.value, inner_mongolia.level) == (Decimal("0.5122"), 2)


@pytest.mark.parametrize(
    ("code", "region"),
    [
        ("320206", "华东"),
        ("510107", "西南"),
        ("520103", "南方"),
        ("150402", "东北"),
        ("150102", "华北"),
        ("540102", ""),
    ],
)
async def test_the_grid_region_of_a_division(databases: Databases, code: str, region: str) -> None:
    async with databases.read(Scope.system("wuxi")) as read:
        assert await service.grid_region_of(read, read.scope, code) == region


async def test_a_dated_default_follows_the_activity(databases: Databases) -> None:
    async with databases.read(Scope.system("wuxi")) as read:
        found = await service.book(read, read.scope, published_by=date(2026, 6, 1))
    asked = ("fuel.power_coal_unmeasured", "carbon_content", [""])
    assert chosen(found.find(*asked, date(2023, 12, 31))).value == Decimal("0.03356")
    answer = chosen(found.find(*asked, date(2024, 1, 1)))
    assert (answer.value, answer.rule) == (Decimal("0.03085"), "valid_on")
    assert reasons(answer) == {"0.03356": "not_valid"}
    assert not found.find(*asked, date(2018, 12, 31))


async def test_a_benchmark_is_not_known_before_its_plan(databases: Databases) -> None:
    async with databases.read(Scope.system("wuxi")) as read:
        found = await service.book(read, read.scope, published_by=date(2026, 8, 31))
        after = await service.book(read, read.scope, published_by=date(2026, 9, 1))
    asked = ("ets.electricity_benchmark", "coal_gt300", [""], date(2025, 7, 1))
    assert reasons(found.find(*asked))["0.7902"] == "not_published_yet"
    assert chosen(after.find(*asked)).value == Decimal("0.7902")


def test_a_correction_outranks_what_it_corrects_from_its_own_start() -> None:
    old = version("1", valid=Validity(date(2020, 1, 1)))
    new = version("2", valid=Validity(date(2025, 1, 1)), version=2, supersedes_id=old.id)
    found = book(old, new)
    assert chosen(found.find("test.family", "k", [""], date(2024, 12, 31))).value == 1
    answer = chosen(found.find("test.family", "k", [""], date(2025, 1, 1)))
    assert answer.value == 2
    assert reasons(answer) == {"1": "superseded"}


def test_a_corrected_data_year_outranks_the_first_print() -> None:
    first = version("0.5", name="grid.electricity", valid=Validity.year(2024), published_on=date(2026, 1, 5))
    mended = version(
        "0.6", name="grid.electricity", valid=Validity.year(2024), published_on=date(2026, 2, 5), version=2
    )
    assert chosen(book(first, mended).find("grid.electricity", "k", [""], ON)).value == Decimal("0.6")
    before = book(first, mended, published_by=date(2026, 2, 4))
    assert chosen(before.find("grid.electricity", "k", [""], ON)).value == Decimal("0.5")


def test_what_was_activated_later_was_not_known() -> None:
    old = version("1")
    new = version("2", version=2, activated_at=LATER, supersedes_id=old.id)
    early = book(old, new, known_at=datetime(2026, 5, 31, tzinfo=UTC))
    assert chosen(early.find("test.family", "k", [""], ON)).value == 1
    assert reasons(early.find("test.family", "k", [""], ON)) == {"2": "not_known_yet"}
    assert chosen(book(old, new).find("test.family", "k", [""], ON)).value == 2


def test_a_draft_counts_only_where_it_is_asked_for() -> None:
    old = version("1")
    draft = version("2", version=2, state=State.DRAFT, activated_at=None)
    assert reasons(book(old, draft).find("test.family", "k", [""], ON)) == {"2": "draft"}
    assert chosen(book(old, draft, as_active={draft.id}).find("test.family", "k", [""], ON)).value == 2


def test_the_first_region_with_a_value_wins() -> None:
    here, there = version("1", region="a"), version("2", region="b")
    found = book(here, there)
    assert chosen(found.find("test.family", "k", ["x", "b", "a"], ON)).region == "b"
    answer = chosen(found.find("test.family", "k", ["a", "b"], ON))
    assert (answer.region, answer.level, reasons(answer)) == ("a", 1, {"2": "lower_level"})


def test_levels_may_cross_keys_and_families() -> None:
    found = book(version("7", name="other.family", key="z", region="r"))
    answer = chosen(found.first([Ask("test.family", "k"), Ask("other.family", "z", "r")], ON))
    assert (answer.value, answer.level) == (7, 2)


def test_what_is_missing_says_what_was_tried() -> None:
    answer = book(version("1", region="320000")).find("test.family", "k", ["540000", "CN"], ON)
    assert isinstance(answer, Missing)
    assert answer.tried == ("test.family k 540000", "test.family k CN")
    assert [each["reason"] for each in answer.passed_over] == ["other_region"]
    assert "320000" in answer.passed_over[0]["en"]
    assert "540000" in answer.zh


@pytest.mark.parametrize("policy", ["", "newest", "data_year:", "data_year:20", "data_year:2023 "])
def test_an_unknown_policy_is_refused(policy: str) -> None:
    with pytest.raises(PolicyInvalid):
        book(version()).find("test.family", "k", [""], ON, policy)


def test_an_answer_is_remembered() -> None:
    found = book(version())
    assert found.find("test.family", "k", [""], ON) is found.find("test.family", "k", [""], ON)


@pytest.mark.parametrize(
    ("confidence", "note", "certainty", "is_uncertain"),
    [
        ("verified-by-lookup", "", Certainty.VERIFIED, False),
        ("verified-by-lookup(secondary)", "", Certainty.SECONDARY, True),
        ("from-memory", "", Certainty.UNVERIFIED, True),
        ("placeholder", "", Certainty.UNVERIFIED, True),
        ("tenant-entered", "", Certainty.UNVERIFIED, True),
        ("a word nobody knows", "", Certainty.UNVERIFIED, True),
        ("verified-by-lookup", "suspect: equals the LPG row", Certainty.SUSPECT, True),
        ("verified-by-lookup(secondary)", "values as read; unusual, confirm", Certainty.SUSPECT, True),
    ],
)
def test_how_far_a_value_can_be_relied_on(confidence: str, note: str, certainty: Certainty, is_uncertain) -> None:
    trust = rules.trust(confidence, note)
    assert (trust.certainty, trust.is_uncertain) == (certainty, is_uncertain)
    assert trust.zh
    assert trust.en


async def test_the_suspect_fuel_row_says_so(databases: Databases) -> None:
    async with databases.read(Scope.system("wuxi")) as read:
        found = await service.book(read, read.scope, published_by=date(2026, 6, 1))
    lng = chosen(found.find("fuel.carbon_content", "A_MEE_ETS/液化天然气", [""], ON))
    assert (lng.value, lng.trust.certainty) == (Decimal("0.01720"), Certainty.SUSPECT)
    assert "equals the LPG row" in lng.trust.en


@pytest.mark.parametrize(
    ("before", "after", "percent"),
    [
        ("0.6205", "0.5777", "-6.9"),
        ("0.5568", "0.5366", "-3.6"),
        ("0.5366", "0.5306", "-1.1"),
        ("0.5617", "0.5500", "-2.1"),
        ("0.5857", "0.5543", "-5.4"),
        ("1000", "1000.5", "0.1"),
        ("1000", "999.5", "-0.1"),
        ("2", "2", "0.0"),
    ],
)
def test_change_in_per_cent(before: str, after: str, percent: str) -> None:
    assert str(rules.change_percent(Decimal(before), Decimal(after))) == percent


def test_change_from_nothing_is_no_percentage() -> None:
    assert rules.change_percent(Decimal(0), Decimal(1)) is None


@given(st.decimals(min_value="0.0001", max_value="1000", places=6), st.decimals(min_value=0, max_value=1000, places=6))
def test_change_is_within_half_a_step_of_the_exact_one(before: Decimal, after: Decimal) -> None:
    shown = rules.change_percent(before, after)
    assert shown is not None
    # |shown/100 x before - (after - before)| <= 0.05/100 x before, without dividing.
    assert abs(shown * before - 100 * (after - before)) <= Decimal("0.05") * before


def test_a_choice_copies_itself_as_json() -> None:
    answer = chosen(book(version("0.5000", note="n")).find("test.family", "k", [""], ON))
    copied = answer.as_json()
    assert (copied["value"], copied["note"], copied["version"]) == ("0.5000", "n", 1)
    assert UUID(copied["version_id"]) == answer.version_id


@given(
    st.tuples(st.integers(0, 9), st.integers(1, 9)),
    st.tuples(st.integers(0, 9), st.integers(1, 9)),
)
def test_overlap_is_having_a_day_in_common(one: tuple[int, int], other: tuple[int, int]) -> None:
    def span(start: int, length: int) -> Validity:
        return Validity(date(2020, 1, 1 + start), date(2020, 1, 1 + start + length))

    first, second = span(*one), span(*other)
    common = any(first.contains(date(2020, 1, day)) and second.contains(date(2020, 1, day)) for day in range(1, 31))
    assert first.overlaps(second) == common == second.overlaps(first)
