"""Checks for shifted months, split meters and outsourced boilers: what is a sign, what is not, what cannot be told."""

from dataclasses import replace
from decimal import Decimal

import pytest

from backend.emissions.values import Outcome
from backend.scores.running.gaming import Mix, Pool, Turn, outsourced_boiler, shifted_months, split_meters
from backend.scores.running.terms import terms

D = Decimal
# Two months of 100 each side, a year of 1,200.
EVEN = Turn(2025, D(200), D(100), D(100), D(200), D(1200))
POOL = Pool("S1", "purchased_electricity", "MWh", 1, 4, 1, D(1000), D(1010))
BEFORE = Mix(D(1000), D(100), D(50), D(500), "粗钢 t")


def shifted(**changed: Decimal):
    return shifted_months([replace(EVEN, **changed)], terms(), into=2025)


@pytest.mark.parametrize(("last", "first"), [("79", "121"), ("80", "120"), ("121", "79")])
def test_a_december_off_one_way_and_a_january_off_the_other_is_a_sign(last: str, first: str) -> None:
    found = shifted(last=D(last), first=D(first))
    assert found.outcome is Outcome.FAIL
    assert found.numbers["december"].startswith(last)
    assert last in found.words.en
    assert last in found.words.zh


@pytest.mark.parametrize(
    ("last", "first"), [("100", "100"), ("81", "119"), ("60", "60"), ("140", "140"), ("60", "119"), ("81", "150")]
)
def test_a_season_or_a_small_departure_is_none(last: str, first: str) -> None:
    assert shifted(last=D(last), first=D(first)).outcome is Outcome.PASS


def test_what_moved_must_matter_against_the_year() -> None:
    assert shifted(last=D(79), first=D(121), year_total=D(100_000)).outcome is Outcome.PASS


def test_without_neighbouring_months_nothing_can_be_told() -> None:
    assert shifted_months(None, terms(), into=2025).outcome is Outcome.CANNOT_TELL
    assert shifted_months([], terms(), into=2025).outcome is Outcome.CANNOT_TELL
    assert shifted(before=D(0)).outcome is Outcome.CANNOT_TELL


def test_the_second_turn_is_looked_at_too() -> None:
    later = replace(EVEN, year=2026, last=D(50), first=D(150))
    found = shifted_months([EVEN, later], terms(), into=2025)
    assert (found.outcome, found.numbers["turn"], found.numbers["moved"]) == (Outcome.FAIL, "2026", "50.000000")


def test_the_turn_out_of_the_year_alone_is_not_enough() -> None:
    """Who leaves out a month of the year before gets no pass for the year after."""
    later = replace(EVEN, year=2026)
    assert shifted_months([later], terms(), into=2025).outcome is Outcome.CANNOT_TELL
    moved = replace(later, last=D(50), first=D(150))
    assert shifted_months([moved], terms(), into=2025).outcome is Outcome.FAIL


def test_of_a_first_year_a_check_does_not_apply() -> None:
    found = [
        shifted_months([], terms(), into=2025, is_first=True),
        split_meters(None, terms(), is_first=True),
        outsourced_boiler(None, BEFORE, terms(), is_first=True),
    ]
    assert [each.outcome for each in found] == [None, None, None]
    assert all("does not apply" in each.words.en and "不适用" in each.words.zh for each in found)
    moved = replace(EVEN, year=2026, last=D(50), first=D(150))
    assert shifted_months([moved], terms(), into=2025, is_first=True).outcome is Outcome.FAIL, "what shows is a sign"


def test_one_meter_made_four_is_a_sign() -> None:
    found = split_meters([POOL], terms())
    assert found.outcome is Outcome.FAIL
    assert (found.numbers["before"], found.numbers["now"]) == ("1", "4")


@pytest.mark.parametrize(
    "pool",
    [
        replace(POOL, quantity_now=D(2000)),  # the plant grew
        replace(POOL, sources_now=3),  # two new ones only
        replace(POOL, sources_before=4, kept=0, sources_now=4),  # replaced, not split
        replace(POOL, sources_before=0, kept=0),
        replace(POOL, quantity_before=D(0)),
    ],
)
def test_growth_and_replacement_are_no_split(pool: Pool) -> None:
    assert split_meters([pool], terms()).outcome is Outcome.PASS


def test_without_the_year_before_a_split_cannot_be_told() -> None:
    assert split_meters(None, terms()).outcome is Outcome.CANNOT_TELL
    assert split_meters([], terms()).outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (Mix(D(700), D(250), D(50), D(500), "粗钢 t"), Outcome.FAIL),  # into bought heat
        (Mix(D(700), D(100), D(200), D(450), "粗钢 t"), Outcome.FAIL),  # into scope 3, production kept just so
        (Mix(D(701), D(900), D(50), D(500), "粗钢 t"), Outcome.PASS),  # not enough of a fall
        (Mix(D(700), D(249), D(50), D(500), "粗钢 t"), Outcome.PASS),  # the heat explains less than half
        (Mix(D(700), D(250), D(50), D(449), "粗钢 t"), Outcome.PASS),  # production fell too
        (Mix(D(700), D(250), D(50)), Outcome.CANNOT_TELL),
        (Mix(D(700), D(250), D(50), D(500), "水泥 t"), Outcome.CANNOT_TELL),  # another product
    ],
)
def test_a_boiler_handed_to_others(now: Mix, expected: Outcome) -> None:
    assert outsourced_boiler(BEFORE, now, terms()).outcome is expected


def test_a_boiler_without_the_year_before_cannot_be_told_and_without_combustion_passes() -> None:
    assert outsourced_boiler(None, BEFORE, terms()).outcome is Outcome.CANNOT_TELL
    assert outsourced_boiler(Mix(D(0), D(0), D(0)), BEFORE, terms()).outcome is Outcome.PASS


def test_the_figures_of_the_checks_are_marked_as_the_products_own() -> None:
    assert terms().is_placeholder
    assert terms().confidence == "placeholder"
    assert terms().note_zh
    assert terms().note_en
