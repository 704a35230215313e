"""What stands out before submission: exact outcomes, words and numbers; the rules' own answers, found set-wise."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from factories.inventory import Place, add_meter, add_records, add_source, make_place
from sqlalchemy import event, text

from backend.emissions import rules
from backend.emissions.activity.errors import AccountNotFound
from backend.emissions.inventory.anomalies import Anomaly, AnomalyCount, anomalies, anomaly_count
from backend.emissions.values import CheckOutcome, Outcome
from backend.kit.db import Databases
from backend.kit.errors import Forbidden
from backend.kit.scope import Kind, Scope

HISTORY = {f"2024-{month:02d}": str(100 + month) for month in range(1, 13)}
YEAR = {f"2025-{month:02d}": str(100 + month) for month in range(1, 13)}
LIMITS = rules.CheckLimits(
    6, Decimal(6), Decimal("0.05"), Decimal("0.3"), Decimal("0.05"), Decimal("0.005"), Decimal("0.25")
)


@pytest.fixture
async def place(databases: Databases) -> Place:
    return await make_place(databases, years=(2024, 2025))


async def electricity(databases: Databases, place: Place, name: str = "E1") -> Any:
    return await add_source(databases, place, name, "purchased_electricity", "MWh")


async def seen(
    databases: Databases, place: Place, *codes: str, scope: Scope | None = None, limit: int = 100
) -> list[Anomaly]:
    """What stands out, of some checks; the evidence these records lack is another matter."""
    caller = scope or place.enterprise()
    async with databases.read(caller) as read:
        found = await anomalies(read, caller, place.account_id, 2025, limit_to=limit)
    return [each for each in found if (each.outcome.code in codes if codes else each.outcome.code != "evidence")]


async def counted(databases: Databases, place: Place, year: int = 2025) -> AnomalyCount:
    async with databases.read(place.enterprise()) as read:
        return await anomaly_count(read, place.enterprise(), place.account_id, year)


@contextmanager
def statements(databases: Databases) -> Iterator[list[str]]:
    found: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        found.append(statement)

    engine = databases.engine("wuxi").sync_engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", note)


async def test_a_good_year_has_nothing_but_its_missing_evidence(databases: Databases, place: Place) -> None:
    source = await electricity(databases, place)
    ids = await add_records(databases, place, source, "MWh", {**HISTORY, **YEAR})
    assert await seen(databases, place) == []
    (found,) = await seen(databases, place, "evidence")
    assert found.outcome.outcome is Outcome.CANNOT_TELL
    assert found.outcome.zh == "12 个月的票据数据没有上传凭证，无法核实。"
    assert found.outcome.en == "12 months of invoiced data have no evidence file: cannot tell."
    assert found.outcome.details == {
        "tier": "invoiced", "months": "12", "limits": "check.evidence invoiced = 1", "limit_confidence": "placeholder"
    }  # fmt: skip
    assert found.months == tuple(date(2025, month, 1) for month in range(1, 13))
    assert found.record_ids == tuple(ids[f"2025-{month:02d}"] for month in range(1, 13))
    assert await counted(databases, place) == AnomalyCount(0, 1)


@pytest.mark.parametrize(
    ("quantity", "times", "ratio"),
    [
        ("1065", "10", "10.000000"), ("10650", "100", "100.000000"), ("106500", "1000", "1000.000000"),
        ("1065000", "10000", "10000.000000"), ("10.65", "1/10", "0.100000"), ("0.1065", "1/1000", "0.001000"),
    ],
)  # fmt: skip
async def test_a_slipped_unit_is_named_by_its_ratio(
    databases: Databases, place: Place, quantity: str, times: str, ratio: str
) -> None:
    source = await electricity(databases, place)
    ids = await add_records(databases, place, source, "MWh", {**HISTORY, **YEAR, "2025-06": quantity})
    (found,) = await seen(databases, place, "unit_slip", "quantity_history", "quantity_zero")
    assert (found.outcome.code, found.outcome.outcome) == ("unit_slip", Outcome.FAIL)
    assert f"{times} times the usual value" in found.outcome.en
    others = [Decimal(value) for month, value in {**HISTORY, **YEAR}.items() if month != "2025-06"]
    assert found.usual == rules.median(others) == Decimal(107)
    assert found.outcome.details["ratio"] == str((Decimal(quantity) / 107).quantize(Decimal("0.000001")))
    assert abs(Decimal(found.outcome.details["ratio"]) / Decimal(ratio) - 1) < Decimal("0.01")
    assert found.outcome.details["limits"] == "check.limit slip_tolerance = 0.3"
    assert (found.quantity, found.record_ids) == (Decimal(quantity), (ids["2025-06"],))
    assert found.months == (date(2025, 6, 1),)


async def test_a_quantity_far_from_its_history_fails_with_its_robust_z(databases: Databases, place: Place) -> None:
    source = await electricity(databases, place)
    await add_records(databases, place, source, "MWh", {**HISTORY, **YEAR, "2025-06": "150"})
    (found,) = await seen(databases, place)
    # Median 107 of the other 23 months; median deviation 3 x 1.4826 is below 5 % of 107: the spread is 5.35.
    assert found.outcome.details == {
        "median": "107", "z": "8.04", "quantity": "150", "unit": "MWh",
        "limits": "check.limit robust_z = 6; check.limit spread_floor = 0.05; check.limit season_tolerance = 0.25", "limit_confidence": "placeholder",
    }  # fmt: skip
    assert found.outcome.zh == "与历史中位数 107.00 相差过大（稳健 z 值 8.04，限值 6）。"
    assert found.outcome.en == "Far from the median 107.00 of its history (robust z 8.04, limit 6)."
    assert await counted(databases, place) == AnomalyCount(1, 1)


async def test_what_comes_back_every_year_is_the_season(databases: Databases, place: Place) -> None:
    source = await electricity(databases, place)
    festival = {**HISTORY, **YEAR, "2024-02": "70", "2025-02": "56"}
    await add_records(databases, place, source, "MWh", festival)
    assert await seen(databases, place) == []
    other = await electricity(databases, place, "E2")
    ids = await add_records(databases, place, other, "MWh", {**festival, "2025-02": "52.4"})
    assert [each.record_ids for each in await seen(databases, place)] == [(ids["2025-02"],)]


async def test_units_and_multipliers_are_compared_as_one_quantity(databases: Databases, place: Place) -> None:
    source = await electricity(databases, place)
    meter = await add_meter(
        databases, place, source, "kWh", multiplier="40", valid=(date(2024, 1, 1), date(2026, 12, 31))
    )
    readings = {month: str(Decimal(value) * 25) for month, value in {**HISTORY, **YEAR}.items()}
    await add_records(databases, place, source, "kWh", readings, tier="metered", meter_id=meter)
    assert await seen(databases, place) == []
    other = await electricity(databases, place, "E2")
    await add_records(databases, place, other, "MWh", HISTORY)
    await add_records(databases, place, other, "kWh", {month: f"{value}000" for month, value in YEAR.items()})
    assert await seen(databases, place) == []


@pytest.mark.parametrize(
    "quantity", ["0", "20", "52", "53", "74", "75", "107", "138", "140", "214", "300", "374", "1400"]
)
async def test_the_set_wise_answer_is_the_rules_own(databases: Databases, place: Place, quantity: str) -> None:
    source = await electricity(databases, place)
    heating = {f"2024-{month:02d}": str(70 + month * month) for month in range(1, 13)}
    values = {
        **heating,
        **{f"2025-{month:02d}": str(70 + month * month) for month in range(1, 13)},
        "2025-07": quantity,
    }
    await add_records(databases, place, source, "MWh", values)
    found = {each.months[0]: each.outcome for each in await seen(databases, place)}
    expected = {}
    for month in range(1, 13):
        key = f"2025-{month:02d}"
        others = [Decimal(value) for name, value in values.items() if name != key]
        season = [Decimal(heating[f"2024-{month:02d}"])]
        for outcome in (
            rules.quantity_zero(Decimal(values[key]), others),
            rules.unit_slip(Decimal(values[key]), others, LIMITS),
            rules.quantity_history(Decimal(values[key]), others, LIMITS, season),
        ):
            if outcome.is_blocking:
                expected[date(2025, month, 1)] = outcome
                break
    assert {day: (each.code, each.zh, each.en) for day, each in found.items()} == {
        day: (each.code, each.zh, each.en) for day, each in expected.items()
    }


async def test_a_zero_of_a_running_source_cannot_be_told(databases: Databases, place: Place) -> None:
    source = await electricity(databases, place)
    await add_records(databases, place, source, "MWh", {**HISTORY, **YEAR, "2025-06": "0"})
    (found,) = await seen(databases, place)
    assert (found.outcome.code, found.outcome.outcome) == ("quantity_zero", Outcome.CANNOT_TELL)
    assert found.outcome.details == {"median": "107", "unit": "MWh"}


async def test_too_short_a_history_is_said_once(databases: Databases, place: Place) -> None:
    source = await electricity(databases, place)
    await add_records(databases, place, source, "MWh", {"2025-01": "10", "2025-02": "10", "2025-03": "90000"})
    short = (await seen(databases, place, "quantity_history"))[0]
    assert (short.outcome.outcome, short.outcome.en) == (
        Outcome.CANNOT_TELL, "Only 2 months of history, 6 are needed: cannot tell."
    )  # fmt: skip
    assert short.months == (date(2025, 1, 1), date(2025, 2, 1), date(2025, 3, 1))
    assert short.outcome.details["limits"] == "check.limit minimum_history = 6"


async def test_more_than_the_sector_can_use_fails_without_any_history(databases: Databases, place: Place) -> None:
    source = await electricity(databases, place)
    await add_records(databases, place, source, "MWh", {"2025-01": "1000000", "2025-02": "1000000.1"})
    (found,) = await seen(databases, place, "quantity_band")
    assert (found.outcome.outcome, found.months) == (Outcome.FAIL, (date(2025, 2, 1),))
    assert found.outcome.details == {
        "low": "0", "high": "1000000", "quantity": "1000000.1", "unit": "MWh",
        "limits": "check.sector_ceiling general/MWh = 1000000", "limit_confidence": "placeholder",
    }  # fmt: skip
    assert found.outcome.en == "Outside the sector's band 0 to 1000000."


async def test_meters_and_invoices_of_a_month_are_compared(databases: Databases, place: Place) -> None:
    source = await electricity(databases, place)
    valid = (date(2024, 1, 1), date(2026, 12, 31))
    gate, hall = [await add_meter(databases, place, source, "MWh", valid=valid) for _ in range(2)]
    metered = await add_records(
        databases, place, source, "MWh", {"2025-01": "100", "2025-02": "100"}, tier="metered", meter_id=gate
    )
    invoiced = await add_records(
        databases, place, source, "MWh", {"2025-01": "105.2", "2025-02": "105.3"}, meter_id=hall
    )
    (found,) = await seen(databases, place, "metered_invoiced")
    assert (found.outcome.outcome, found.months) == (Outcome.FAIL, (date(2025, 2, 1),))
    assert set(found.record_ids) == {metered["2025-02"], invoiced["2025-02"]}
    assert found.outcome.details == {
        "metered": "100", "invoiced": "105.3", "unit": "MWh", "limits": "check.limit invoice_tolerance = 0.05",
        "limit_confidence": "placeholder",
    }  # fmt: skip


async def test_missing_months_are_named_and_an_ended_source_owes_none(databases: Databases, place: Place) -> None:
    source, ended = await electricity(databases, place), await electricity(databases, place, "E2")
    gone = {"2025-03", "2025-11"}
    await add_records(
        databases, place, source, "MWh", {**HISTORY, **{key: value for key, value in YEAR.items() if key not in gone}}
    )
    await add_records(databases, place, ended, "MWh", {**HISTORY, "2025-01": "101"})
    async with databases.write(place.system) as write:
        await write.run(
            text("update source set ended_on = '2025-02-10' where account_id = :a and id = :s"),
            {"a": place.account_id, "s": ended},
        )
    first, second = await seen(databases, place)
    assert (first.source.code, first.months) == ("E1", (date(2025, 3, 1), date(2025, 11, 1)))
    assert (second.source.code, second.months) == ("E2", (date(2025, 2, 1),))
    assert first.outcome.en == "2 months are missing (2025-03, 2025-11); enter zero for a standstill: cannot tell."
    assert (first.outcome.details, first.record_ids) == ({"months": "2"}, ())


async def test_a_lapsed_and_an_unknown_calibration_are_told_apart(databases: Databases, place: Place) -> None:
    source, bare = await electricity(databases, place), await electricity(databases, place, "E2")
    lapsed = await add_meter(databases, place, source, "MWh", valid=(date(2023, 1, 1), date(2025, 10, 15)))
    unknown = await add_meter(databases, place, bare, "MWh")
    await add_records(databases, place, source, "MWh", {**HISTORY, **YEAR}, tier="metered", meter_id=lapsed)
    await add_records(databases, place, bare, "MWh", {**HISTORY, **YEAR}, tier="metered", meter_id=unknown)
    first, second = await seen(databases, place)
    assert first.months == (date(2025, 10, 1), date(2025, 11, 1), date(2025, 12, 1))
    assert first.outcome.details == {"state": "expired", "months": "3"}
    assert second.outcome.details == {"state": "unknown", "months": "12"}
    assert (first.meter_id, second.meter_id) == (lapsed, unknown)


async def test_a_rejected_record_is_neither_shown_nor_history(databases: Databases, place: Place) -> None:
    source = await electricity(databases, place)
    await add_records(databases, place, source, "MWh", HISTORY)
    ids = await add_records(databases, place, source, "MWh", {**YEAR, "2025-06": "150"}, decision=None)
    assert [each.record_ids for each in await seen(databases, place)] == [(ids["2025-06"],)]
    better = await add_records(
        databases, place, source, "MWh", {"2025-06": "106"}, supersedes={"2025-06": ids["2025-06"]}
    )
    assert better
    assert await seen(databases, place) == []


async def test_pages_follow_each_other_without_gap_or_repeat(databases: Databases, place: Place) -> None:
    for number in range(3):
        source = await electricity(databases, place, f"E{number}")
        await add_records(databases, place, source, "MWh", {**HISTORY, **YEAR, "2025-06": "150", "2025-07": "10700"})
    caller = place.enterprise()
    async with databases.read(caller) as read:
        whole = await anomalies(read, caller, place.account_id, 2025, limit_to=100)
        paged: list[Anomaly] = []
        while page := await anomalies(
            read, caller, place.account_id, 2025, limit_to=2, after=paged[-1].place if paged else None
        ):
            paged += page
    assert [each.outcome.code for each in whole] == ["unit_slip"] * 3 + ["quantity_history"] * 3 + ["evidence"] * 3
    assert [each.place for each in paged] == [each.place for each in whole]
    assert await counted(databases, place) == AnomalyCount(6, 3)


async def test_the_number_of_statements_does_not_grow(databases: Databases, place: Place) -> None:
    async def measured() -> int:
        caller = place.enterprise()
        async with databases.read(caller) as read:
            with statements(databases) as found:
                await anomalies(read, caller, place.account_id, 2025, limit_to=100)
        return len(found)

    await electricity(databases, place)
    assert await measured() == 3
    for number in range(20):
        source = await electricity(databases, place, f"G{number:02d}")
        await add_records(databases, place, source, "MWh", {**HISTORY, **YEAR, "2025-06": "10700"})
    assert await measured() == 3


async def test_others_see_nothing(databases: Databases, place: Place) -> None:
    source = await electricity(databases, place)
    await add_records(databases, place, source, "MWh", {**HISTORY, **YEAR, "2025-06": "10700"})
    stranger = await make_place(databases)
    with pytest.raises(AccountNotFound):
        await seen(databases, place, scope=stranger.enterprise())
    assert [each.outcome.code for each in await seen(databases, place, scope=place.verifier())] == ["unit_slip"]
    bare = Scope("wuxi", Kind.ENTERPRISE, place.organisation_id, None, "", frozenset())
    with pytest.raises(Forbidden):
        await seen(databases, place, scope=bare)
    assert await counted(databases, place, 2019) == AnomalyCount(0, 0)


async def test_a_hundred_odd_sources_are_judged_as_the_rules_judge_them(databases: Databases, place: Place) -> None:
    dice = Random(20251121)
    expected: set[tuple[str, date, str, str]] = set()
    for number in range(100):
        values = odd_values(dice)
        source = await electricity(databases, place, f"R{number:02d}")
        await add_records(databases, place, source, "MWh", {month: str(value) for month, value in values.items()})
        for month, value in values.items():
            others = [each for name, each in values.items() if name != month]
            if month.startswith("2025") and len(others) >= LIMITS.minimum_history:
                season = [each for name, each in values.items() if name != month and name[-2:] == month[-2:]]
                outcome = first_blocking(value, others, season)
                if outcome:
                    expected.add((f"R{number:02d}", date.fromisoformat(f"{month}-01"), outcome.code, outcome.en))
    found: list[Anomaly] = []
    caller = place.enterprise()
    async with databases.read(caller) as read:
        while page := await anomalies(
            read, caller, place.account_id, 2025, limit_to=100, after=found[-1].place if found else None
        ):
            found += page
    judged = {"unit_slip", "quantity_history", "quantity_zero"}
    assert {
        (each.source.code, each.months[0], each.outcome.code, each.outcome.en)
        for each in found
        if each.outcome.code in judged and each.quantity is not None
    } == expected
    assert {code for _, _, code, _ in expected} == judged


def odd_values(dice: Random) -> dict[str, Decimal]:
    """A year and a bit: flat, seasonal or mostly idle, with a slip, a zero or a jump here and there."""
    months = [*HISTORY, *YEAR][dice.randrange(18) :]
    kind, level = dice.choice(["flat", "season", "idle"]), dice.randrange(1, 5000)
    values: dict[str, Decimal] = {}
    for month in months:
        share = {"flat": 100 + dice.randrange(-8, 9), "season": abs(int(month[-2:]) - 6) * 40 + dice.randrange(5, 60),
                 "idle": dice.choice([0, 0, 0, 100])}[kind]  # fmt: skip
        slip = dice.choice([1] * 40 + [0, 2, 3, 10, 100, 1000]) if dice.random() < 0.5 else 1
        values[month] = Decimal(level * share * slip) / Decimal(dice.choice([100] * 30 + [1000, 100000]))
    return values


def first_blocking(value: Decimal, others: list[Decimal], season: list[Decimal]) -> CheckOutcome | None:
    outcomes = (
        rules.quantity_zero(value, others),
        rules.unit_slip(value, others, LIMITS),
        rules.quantity_history(value, others, LIMITS, season),
    )
    # Too few running months say nothing about a unit, while the whole history may still tell.
    told = [each for each in outcomes if each.outcome is Outcome.FAIL or each.code == "quantity_zero"]
    return next((each for each in told if each.is_blocking), None)
