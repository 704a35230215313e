"""The rubric of disclosure quality: shipped data, refused when broken, applied to the last digit."""

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from backend.esg.errors import ReferenceUnreadable
from backend.esg.rating.rubric import FOLDER, read, rubric
from backend.esg.rating.scoring import Known, rate
from backend.esg.values import AssuranceLevel, Grade

SHIPPED = (FOLDER / "rubric-2026.1.toml").read_text(encoding="utf-8")


def point(kind: str = "quantitative", **given: Any) -> dict[str, Any]:
    return {
        "kind": kind, "is_mandatory": True, "state": "filled", "value": None, "text": None, "evidence": [],
        "comparative": None, **given,
    }  # fmt: skip


def content(*points: dict[str, Any], due: str | None = "2026-04-30", outcome: str = "mandatory") -> dict[str, Any]:
    return {"year": 2025, "points": list(points), "applicability": [{"outcome": outcome, "due_on": due}]}


def shares(known: Known) -> dict[str, Decimal]:
    return {each.criterion.code: each.share for each in rate(rubric(date(2026, 6, 1)), known).criteria}


FULL = content(
    point(value="1", comparative={"published": "2", "current": None}),
    point(kind="narrative", text={"zh": "说明", "en": ""}, evidence=[{"id": "x"}]),
)


def test_the_shipped_rubric_says_that_it_is_a_placeholder() -> None:
    found = rubric(date(2026, 11, 21))
    assert (found.version, found.is_placeholder, found.confidence) == ("2026.1", True, "placeholder")
    assert sum(each.weight for each in found.criteria) == 100
    assert [found.grade(Decimal(each)) for each in ("100", "90", "89.99", "70", "69.99", "0")] == [
        Grade.AAA, Grade.AAA, Grade.AA, Grade.A, Grade.BBB, Grade.C,
    ]  # fmt: skip


def test_everything_there_assured_and_on_time_is_the_best_grade() -> None:
    known = Known(FULL, [AssuranceLevel.LIMITED, AssuranceLevel.REASONABLE], date(2026, 4, 30))
    rated = rate(rubric(date(2026, 6, 1)), known)
    assert (rated.grade, rated.points) == (Grade.AAA, Decimal("100.00"))
    limited = rate(rubric(date(2026, 6, 1)), Known(FULL, [AssuranceLevel.LIMITED], date(2026, 4, 30)))
    assert (limited.grade, limited.points) == (Grade.AAA, Decimal("95.50"))


def test_what_is_missing_earns_nothing() -> None:
    empty = Known(content(point(state="unknown")), [], date(2027, 1, 1))
    rated = rate(rubric(date(2026, 6, 1)), empty)
    assert (rated.grade, rated.points) == (Grade.C, Decimal(0))
    assert {each.points for each in rated.criteria} == {Decimal(0)}


def test_shares_are_counted_and_rounded_once() -> None:
    points = [
        point(value="1", comparative={"published": None, "current": "3"}),
        point(value="1", comparative={"published": None, "current": None}),
        point(value="1"),
        point(state="omitted"),
        point(kind="narrative", text={"zh": "一", "en": ""}),
        point(kind="narrative", text={"zh": "不适用", "en": ""}, state="omitted", evidence=[{"id": "x"}]),
        point(kind="fact", is_mandatory=False),
    ]
    found = shares(Known(content(*points), [], date(2026, 5, 30)))
    assert found == {
        "mandatory": Decimal("83.33"), "quantitative": Decimal("75.00"), "assurance": Decimal("0.00"),
        "comparatives": Decimal("33.33"), "narrative": Decimal("0.00"), "timeliness": Decimal("50.00"),
    }  # fmt: skip
    rated = rate(rubric(date(2026, 6, 1)), Known(content(*points), [], date(2026, 5, 30)))
    assert rated.points == Decimal("25.00") + 15 + Decimal("3.33") + 5
    assert rated.points == sum(each.points for each in rated.criteria)


@pytest.mark.parametrize(
    ("day", "due", "outcome", "share"),
    [
        (date(2026, 4, 30), "2026-04-30", "mandatory", "100"),
        (date(2026, 5, 1), "2026-04-30", "mandatory", "50"),
        (date(2026, 5, 30), "2026-04-30", "mandatory", "50"),
        (date(2026, 5, 31), "2026-04-30", "mandatory", "0"),
        (date(2026, 6, 30), None, "voluntary", "100"),
        (date(2026, 7, 1), None, "voluntary", "50"),
        (date(2026, 6, 30), "2026-04-30", "voluntary", "100"),
    ],
)
def test_lateness_counts_from_the_deadline_that_binds(day: date, due: str | None, outcome: str, share: str) -> None:
    assert shares(Known(content(due=due, outcome=outcome), [], day))["timeliness"] == Decimal(share)


def test_where_nothing_is_mandatory_all_items_count() -> None:
    free = content(point(is_mandatory=False, state="missing"), point(is_mandatory=False))
    assert shares(Known(free, [], date(2026, 4, 1)))["mandatory"] == 50


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('weight = "30"', 'weight = "31"'),
        ('code = "timeliness"', 'code = "beauty"'),
        ('AA = "80"', 'AA = "95"'),
        ('C = "0"', 'C = "1"'),
        ('omitted = "50"', ""),
        ("[grades]", "[grades"),
        ('limited = "70"', 'weight = "15"'),
    ],
)
def test_a_broken_rubric_is_refused(old: str, new: str) -> None:
    with pytest.raises(ReferenceUnreadable):
        read(SHIPPED.replace(old, new, 1))


def test_reasons_are_kept_in_both_languages() -> None:
    rated = rate(rubric(date(2026, 6, 1)), Known(FULL, [], date(2026, 4, 30)))
    told = json.loads(json.dumps([each.as_json() for each in rated.criteria]))
    assert told[2] == {
        "code": "assurance", "name_zh": "鉴证", "name_en": "Assurance", "weight": "15", "share": "0.00",
        "points": "0.00", "why_zh": "本次发布尚无鉴证声明。",
        "why_en": "No verifier has stated assurance on this publication.",
    }  # fmt: skip
