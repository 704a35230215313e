"""All 31 indicators at their limits: what just meets a target, what just misses it, and what cannot be told."""

from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID, uuid4

import pytest

from backend.parks import catalogue
from backend.parks.rules.entering import fault, quantity_of
from backend.parks.rules.judging import evaluate
from backend.parks.values import (
    ENERGY,
    Category,
    Evaluated,
    Horizon,
    Judgement,
    Level,
    Outcome,
    ValueDraft,
    ValueKind,
    ValueRow,
)

NEAR, LONG = Horizon.NEAR, Horizon.LONG
PARK = UUID(int=1)
AT = datetime(2026, 1, 1, tzinfo=UTC)
ALL = list(catalogue.indicators().values())


def value(item: str, *given: str, basis: str = "", is_complete: bool = True, is_lower_bound: bool = False) -> ValueRow:
    numbers = [Decimal(each) for each in given]
    numerator, denominator = numbers if len(numbers) == 2 else (None, None)
    quantity = numbers[0] if numerator is None or denominator is None else quantity_of(item, numerator, denominator)
    return ValueRow(
        uuid4(), PARK, 2025, item, basis, ValueKind.ENTERED, quantity, numerator, denominator, catalogue.unit_of(item),
        "entered", is_complete, None, None, "", "文件", "", date(2026, 1, 1), AT, None,
        is_lower_bound,
    )  # fmt: skip


def held(
    *values: ValueRow, horizon: Horizon = NEAR, level: Level = Level.MUNICIPAL, waived: frozenset[int] = frozenset(),
    has_boundary: bool = True,
) -> Evaluated:  # fmt: skip
    return evaluate(
        ALL, {(each.item, each.basis): each for each in values}, waived, catalogue.points(), year=2025,
        horizon=horizon, level=level, has_boundary=has_boundary,
    )  # fmt: skip


def line(found: Evaluated, number: int) -> Judgement:
    (one,) = [each for each in found.lines if each.number == number]
    return one


# number: near (just met, just missed), long (just met, just missed). Shares are written as numerator and denominator.
LIMITS: dict[int, tuple[tuple[tuple[str, ...], tuple[str, ...]], tuple[tuple[str, ...], tuple[str, ...]]]] = {
    3: ((("0.35",), ("0.350001",)), (("0.25",), ("0.250001",))),
    4: ((("0.6",), ("0.600001",)), (("0.1",), ("0.100001",))),
    5: ((("20", "100"), ("19.999999", "100")), (("80", "100"), ("79.999999", "100"))),
    6: ((("1", "5"), ("19", "96")), (("1", "2"), ("49", "99"))),
    7: ((("1", "2"), ("49", "99")), (("7", "7"), ("6", "7"))),
    8: ((("1", "10"), ("1", "11")), (("1", "2"), ("49", "99"))),
    9: ((("1", "2"), ("49", "99")), (("4", "5"), ("79", "99"))),
    10: ((("1", "10"), ("1", "11")), (("3", "10"), ("3", "11"))),
    11: ((("1", "10"), ("1", "11")), (("1", "2"), ("49", "99"))),
    12: ((("1",), ("0",)), (("2",), ("1",))),
    13: ((("96", "100"), ("95.999999", "100")), (("99", "100"), ("98.999999", "100"))),
    14: ((("85", "100"), ("84.999999", "100")), (("90", "100"), ("89.999999", "100"))),
    15: ((("95", "100"), ("94.999999", "100")), (("95", "100"), ("94.999999", "100"))),
    16: ((("1", "2"), ("49.999999", "100")), (("3", "3"), ("2.999999", "3"))),
    17: ((("4", "5"), ("79", "99")), (("9", "9"), ("8", "9"))),
    18: ((("80", "100"), ("79.999999", "100")), (("100", "100"), ("99.999999", "100"))),
    19: ((("30", "100"), ("29.999999", "100")), (("70", "100"), ("69.999999", "100"))),
    20: ((("50", "100"), ("49.999999", "100")), (("70", "100"), ("69.999999", "100"))),
    21: ((("3.5", "100"), ("3.499999", "100")), (("4", "100"), ("3.999999", "100"))),
    22: ((("1", "2"), ("49", "99")), (("7", "7"), ("6", "7"))),
    24: ((("8", "100"), ("7.999999", "100")), (("10", "100"), ("9.999999", "100"))),
    25: ((("50", "100"), ("49.999999", "100")), (("75", "100"), ("74.999999", "100"))),
    26: ((("1", "2"), ("49", "99")), (("9", "10"), ("89", "99"))),
    27: ((("10000",), ("9999.999999",)), (("30000",), ("29999.999999",))),
    28: ((("3",), ("2.999999",)), (("5",), ("4.999999",))),
    29: ((("2",), ("3",)), (("2",), ("3",))),
    30: ((("1",), ("2",)), (("1",), ("2",))),
    31: ((("1",), ("2",)), (("1",), ("2",))),
}  # fmt: skip


def test_the_table_has_31_indicators_of_three_kinds() -> None:
    assert list(catalogue.indicators()) == list(range(1, 32))
    kinds = {each: [one.number for one in ALL if one.category is each] for each in Category}
    assert kinds[Category.MANDATORY] == [1, 2, 3, 4, 5]
    assert kinds[Category.REFERENCE] == list(range(6, 22))
    assert kinds[Category.INCENTIVE] == list(range(22, 32))
    assert set(LIMITS) | {1, 2, 23} == set(range(1, 32))


@pytest.mark.parametrize("number", sorted(LIMITS))
@pytest.mark.parametrize("horizon", [NEAR, LONG])
def test_every_limit_is_met_exactly_and_missed_by_the_least(number: int, horizon: Horizon) -> None:
    met, missed = LIMITS[number][0 if horizon is NEAR else 1]
    for given, outcome in ((met, Outcome.PASS), (missed, Outcome.FAIL)):
        one = value(str(number), *given)
        assert (
            fault(
                ValueDraft(
                    one.item, None if one.numerator is not None else one.quantity, one.numerator, one.denominator
                )
            )
            is None
        )
        assert line(held(one, horizon=horizon), number).outcome is outcome, (number, horizon, given)
    assert line(held(horizon=horizon), number).outcome is Outcome.UNKNOWN
    assert line(held(value(str(number), *met, is_complete=False), horizon=horizon), number).outcome is Outcome.UNKNOWN


@pytest.mark.parametrize("number", [each for each in sorted(LIMITS) if len(LIMITS[each][0][0]) == 2])
def test_a_share_of_nothing_cannot_be_told(number: int) -> None:
    assert line(held(value(str(number), "0", "0")), number).outcome is Outcome.UNKNOWN


@pytest.mark.parametrize("horizon", [NEAR, LONG])
def test_a_lower_bound_proves_a_floor_met_and_never_missed(horizon: Horizon) -> None:
    for number in (5, 7, 12, 20, 26):
        met, missed = LIMITS[number][0 if horizon is NEAR else 1]
        assert (
            line(held(value(str(number), *met, is_lower_bound=True), horizon=horizon), number).outcome is Outcome.PASS
        )
        told = line(held(value(str(number), *missed, is_lower_bound=True), horizon=horizon), number)
        assert (told.outcome, told.reason_zh) == (Outcome.UNKNOWN, "数值为下限，尚不能判断是否达到目标")
    for number in (3, 29):  # at most: a lower bound can only miss
        met, missed = LIMITS[number][0 if horizon is NEAR else 1]
        assert (
            line(held(value(str(number), *met, is_lower_bound=True), horizon=horizon), number).outcome
            is Outcome.UNKNOWN
        )
        assert (
            line(held(value(str(number), *missed, is_lower_bound=True), horizon=horizon), number).outcome
            is Outcome.FAIL
        )


def test_a_ratio_is_compared_by_its_parts_and_never_rounded() -> None:
    third = value("5", "1", "3")
    assert third.quantity == Decimal("33.3333333333")
    just = value("2", "999999.999999", "1000000")
    assert line(held(just, horizon=NEAR), 2).outcome is Outcome.PASS
    over = value("2", "1000000000000.000001", "1000000000000")
    assert line(held(over, horizon=NEAR), 2).outcome is Outcome.FAIL


@pytest.mark.parametrize(
    ("energy", "given", "outcome"),
    [
        ("999999.999999", "0.2", Outcome.PASS),
        ("999999.999999", "0.200001", Outcome.FAIL),
        ("1000000", "0.3", Outcome.PASS),
        ("1000000", "0.300001", Outcome.FAIL),
        (None, "0.2", Outcome.PASS),
        (None, "0.25", Outcome.UNKNOWN),
        (None, "0.300001", Outcome.FAIL),
    ],
)
def test_the_long_term_limit_of_emissions_per_energy_hangs_on_the_energy(
    energy: str | None, given: str, outcome: Outcome
) -> None:
    known = [] if energy is None else [value(ENERGY, energy)]
    assert line(held(value("2", given), *known, horizon=LONG), 2).outcome is outcome
    assert line(held(value("2", "1"), *known), 2).outcome is Outcome.PASS
    assert line(held(value("2", "1.000001"), *known), 2).outcome is Outcome.FAIL


def test_an_incomplete_energy_decides_no_limit() -> None:
    partly = value(ENERGY, "500000", is_complete=False)
    assert line(held(value("2", "0.25"), partly, horizon=LONG), 2).outcome is Outcome.UNKNOWN


def test_demand_response_is_held_against_another_denominator_in_the_long_term() -> None:
    daily = value("23", "8", "100", basis="daily_average_electricity")
    load = value("23", "10", "100", basis="maximum_load")
    assert line(held(daily), 23).outcome is Outcome.PASS
    assert line(held(value("23", "7.999999", "100", basis="daily_average_electricity")), 23).outcome is Outcome.FAIL
    assert line(held(daily, horizon=LONG), 23).outcome is Outcome.UNKNOWN
    assert line(held(daily, load, horizon=LONG), 23).outcome is Outcome.PASS
    assert line(held(value("23", "9.999999", "100", basis="maximum_load"), horizon=LONG), 23).outcome is Outcome.FAIL
    assert line(held(load), 23).outcome is Outcome.UNKNOWN
    assert line(held(daily), 23).target == "≥日均用电量的8%"
    assert line(held(load, horizon=LONG), 23).target == "≥最大用电负荷的10%"


@pytest.mark.parametrize(
    ("level", "listed", "energy", "outcome"),
    [
        (Level.MUNICIPAL, None, None, Outcome.PASS),
        (Level.PROVINCIAL, None, None, Outcome.UNKNOWN),
        (Level.PROVINCIAL, "0", None, Outcome.FAIL),
        (Level.PROVINCIAL, "1", None, Outcome.PASS),
        (Level.NATIONAL, None, "200000", Outcome.UNKNOWN),
        (Level.NATIONAL, "0", "200000", Outcome.FAIL),
        (Level.NATIONAL, "1", None, Outcome.UNKNOWN),
        (Level.NATIONAL, "1", "199999.999999", Outcome.FAIL),
        (Level.NATIONAL, "1", "200000", Outcome.PASS),
    ],
)
def test_the_scale_of_a_park_hangs_on_the_rung(
    level: Level, listed: str | None, energy: str | None, outcome: Outcome
) -> None:
    known = [value(item, given) for item, given in (("1", listed), (ENERGY, energy)) if given is not None]
    assert line(held(*known, level=level), 1).outcome is outcome
    assert line(held(*known, level=level, has_boundary=False), 1).outcome is Outcome.FAIL


def values_that_meet(*but: int) -> list[ValueRow]:
    near = [value(str(number), *LIMITS[number][0][0]) for number in LIMITS if number not in but]
    return [*near, value("2", "1")]


def test_mandatory_blocks_reference_may_be_left_out_incentives_add() -> None:
    daily = value("23", "8", "100", basis="daily_average_electricity")
    whole = held(*values_that_meet(), daily)
    assert (whole.outcome, whole.mandatory, whole.reference) == (Outcome.PASS, Outcome.PASS, Outcome.PASS)
    assert (whole.points, whole.points_confidence, whole.may_apply_for_acceptance) == (10, "placeholder", True)

    missed = held(*values_that_meet(4), value("4", "0.7"), daily)
    assert (missed.outcome, missed.mandatory, missed.may_apply_for_acceptance) == (Outcome.FAIL, Outcome.FAIL, False)
    absent = held(*values_that_meet(4), daily)
    assert (absent.outcome, absent.may_apply_for_acceptance) == (Outcome.UNKNOWN, False)

    open_ = held(*values_that_meet(15), daily)
    assert (open_.outcome, open_.mandatory, open_.reference) == (Outcome.UNKNOWN, Outcome.PASS, Outcome.UNKNOWN)
    left_out = held(*values_that_meet(15), daily, waived=frozenset({15}))
    assert (left_out.outcome, line(left_out, 15).is_waived) == (Outcome.PASS, True)
    # Only reference indicators stand aside, whatever somebody approved.
    assert held(*values_that_meet(4), daily, waived=frozenset({4})).mandatory is Outcome.UNKNOWN

    bare = held(*values_that_meet(22, 24, 25, 26, 27, 28, 29, 30, 31))
    assert (bare.outcome, bare.points) == (Outcome.PASS, 0)


@pytest.mark.parametrize(
    "draft",
    [
        ValueDraft("32", Decimal(1)), ValueDraft("01", Decimal(1)), ValueDraft("x", Decimal(1)),
        ValueDraft("5", Decimal("100.000001")), ValueDraft("5", None, Decimal(3), Decimal(2)),
        ValueDraft("5", Decimal(1), Decimal(1), Decimal(2)), ValueDraft("5", None, Decimal(1)),
        ValueDraft("5", Decimal(-1)), ValueDraft("5", Decimal("0.0000001")), ValueDraft("5", Decimal("NaN")),
        ValueDraft("12", Decimal("1.5")), ValueDraft("12", None, Decimal(1), Decimal(2)), ValueDraft("1", Decimal(2)),
        ValueDraft("29", Decimal(0)), ValueDraft("29", Decimal(6)), ValueDraft("29", Decimal("1.5")),
        ValueDraft("23", Decimal(8)), ValueDraft("24", Decimal(8), basis="maximum_load"),
        ValueDraft("enterprises", Decimal("0.5")),
    ],
)  # fmt: skip
def test_values_that_cannot_be(draft: ValueDraft) -> None:
    words = fault(draft)
    assert words is not None
    assert all(words)


@pytest.mark.parametrize(
    "draft",
    [
        ValueDraft("23", Decimal(120), basis="maximum_load"), ValueDraft("24", None, Decimal(3), Decimal(2)),
        ValueDraft("2", None, Decimal(3), Decimal(2)), ValueDraft("5"), ValueDraft("1", Decimal(0)),
        ValueDraft("annual_energy", Decimal("1234567.891")),
    ],
)  # fmt: skip
def test_values_that_can_be(draft: ValueDraft) -> None:
    assert fault(draft) is None


def test_the_plans_targets_are_the_documents_own() -> None:
    found = {(each.year, each.measure): each.quantity for each in catalogue.targets("wuxi")}
    assert found == {
        (2025, "parks_selected"): 15, (2025, "factories_selected"): 13, (2025, "projects_selected"): 8,
        (2025, "power_plants_registered"): 8, (2025, "platforms_completed"): 5, (2027, "parks_accepted"): 10,
        (2027, "factories_completed"): 20, (2027, "projects_completed"): 10, (2027, "power_plants_registered"): 20,
        (2027, "platforms_completed"): 10, (2027, "adjustable_capacity"): 20,
    }  # fmt: skip
    other = {
        (city, each.year, each.measure): each.quantity
        for city in ("changzhou", "chengdu", "guizhou") for each in catalogue.targets(city)
    }  # fmt: skip
    assert other == {
        ("changzhou", 2030, "parks_selected"): 30, ("changzhou", 2030, "factories_selected"): 60,
        ("changzhou", 2030, "platforms_completed"): 100,
        ("chengdu", 2030, "parks_accepted"): 20, ("chengdu", 2030, "green_factories_completed"): 260,
    }  # fmt: skip
