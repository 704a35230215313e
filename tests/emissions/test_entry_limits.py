"""The limits of the entry checks are reference parameters: dated, versioned, by sector and place, replaceable."""

from contextlib import suppress
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from factories.activity import Desk, make_desk
from factories.inventory import add_source, make_place
from sqlalchemy import event

from backend.emissions.activity import entering
from backend.emissions.activity.directory import directory
from backend.emissions.activity.entering import Entry
from backend.emissions.activity.errors import CheckLimitMissing, EntryRefused
from backend.emissions.activity.sectors import entry_limits, limit
from backend.emissions.activity.values import EntryLimits, Limit
from backend.factors import service as factors
from backend.factors.errors import ParameterInvalid
from backend.factors.values import Entry as Parameter
from backend.factors.values import Validity
from backend.kit.clock import today
from backend.kit.db import Databases, Write

HERE, ELSEWHERE = "320206", "320282"


async def limits_in(databases: Databases, *, division: str, pack: str = "general") -> EntryLimits:
    place = await make_place(databases, division=division, pack=pack)
    await add_source(databases, place, "E1", "purchased_electricity", "MWh")
    async with databases.read(place.system) as read:
        account = await directory(read, place.system, place.account_id)
        return await entry_limits(read, place.system, account, today())


def parameter(key: str, value: str, region: str, name: str = "check.sector_ceiling") -> Parameter:
    return Parameter(
        name=name, key=key, region=region, value=Decimal(value), unit="MWh", document="地方行业用能上限（试）",
        source="测试", confidence="tenant-entered", valid=Validity(start=date(2020, 1, 1)),
    )  # fmt: skip


class Undone(Exception):
    """Ends a transaction that changes what all tests share."""


async def activate(write: Write, entry: Parameter) -> None:
    draft = await factors.propose(write, write.scope, entry)
    await factors.activate(write, write.scope, [draft.id])


async def test_shipped_limits_are_placeholders_with_their_values(databases: Databases) -> None:
    found = await limits_in(databases, division=HERE)
    assert (found.minimum_history, found.report_tolerance) == (3, Decimal("0.005"))
    assert found.unusual == Limit("check.entry unusual", Decimal(6), "placeholder")
    assert found.absurd == Limit("check.entry absurd", Decimal(100), "placeholder")
    assert found.ceilings == {"MWh": Limit("check.sector_ceiling general/MWh", Decimal(1_000_000), "placeholder")}


async def test_a_heavy_sector_has_its_own_ceiling(databases: Databases) -> None:
    found = await limits_in(databases, division=HERE, pack="steel")
    assert found.ceilings == {"MWh": Limit("check.sector_ceiling steel/MWh", Decimal(5_000_000), "placeholder")}


async def test_a_county_replaces_a_ceiling_for_itself_alone(databases: Databases, servers: Any) -> None:
    desk = await make_desk(databases, servers.settings)
    system, elsewhere = desk.place.system, await make_place(databases, division=ELSEWHERE)
    await add_source(databases, elsewhere, "E1", "purchased_electricity", "MWh")
    with suppress(Undone):
        async with databases.write(system) as write:
            await activate(write, parameter("general/MWh", "40", HERE))
            with pytest.raises(EntryRefused) as refused:
                await entering.enter(write, system, desk.id, [_row(desk, 1, "40.1")])
            done = await entering.enter(write, system, desk.id, [_row(desk, 1, "40")])
            account = await directory(write, system, elsewhere.account_id)
            other = await entry_limits(write, system, account, today())
            raise Undone
    (problem,) = refused.value.details["problems"]
    assert problem["code"] == "quantity_above_sector"
    assert problem["details"] == {
        "value": "40.1", "unit": "MWh", "limit": "40", "limit_unit": "MWh",
        "limit_parameter": "check.sector_ceiling general/MWh", "limit_confidence": "tenant-entered",
    }  # fmt: skip
    assert done.outcome.new == 1
    assert other.ceilings["MWh"].value == Decimal(1_000_000)


async def test_a_proposal_changes_nothing_before_it_is_activated(databases: Databases, servers: Any) -> None:
    desk = await make_desk(databases, servers.settings)
    system = desk.place.system
    with suppress(Undone):
        async with databases.write(system) as write:
            await factors.propose(write, system, parameter("unusual", "2", HERE, "check.entry"))
            account = await directory(write, system, desk.id)
            found = await entry_limits(write, system, account, today())
            raise Undone
    assert found.unusual.value == Decimal(6)


async def test_a_refusal_by_history_names_the_limit(databases: Databases, servers: Any) -> None:
    desk = await make_desk(databases, servers.settings)
    rows = [_row(desk, month, "10") for month in range(1, 5)]
    async with databases.write(desk.manager) as write:
        with pytest.raises(EntryRefused) as refused:
            await entering.enter(write, desk.manager, desk.id, [*rows, _row(desk, 5, "1000.1")])
    (problem,) = refused.value.details["problems"]
    assert problem["code"] == "quantity_absurd"
    assert (problem["details"]["limit"], problem["details"]["limit_parameter"], problem["details"]["limit_confidence"]) == (
        "100", "check.entry absurd", "placeholder"
    )  # fmt: skip


async def test_limits_cost_one_statement(databases: Databases) -> None:
    place = await make_place(databases)
    await add_source(databases, place, "E1", "purchased_electricity", "MWh")
    seen: list[str] = []
    async with databases.read(place.system) as read:
        account = await directory(read, place.system, place.account_id)
        engine = databases.engine("wuxi").sync_engine
        note = lambda *given: seen.append(given[2])  # noqa: E731
        event.listen(engine, "before_cursor_execute", note)
        try:
            await entry_limits(read, place.system, account, today())
        finally:
            event.remove(engine, "before_cursor_execute", note)
    assert len(seen) == 1


async def test_without_its_limit_nothing_is_checked(databases: Databases) -> None:
    place = await make_place(databases)
    async with databases.read(place.system) as read:
        account = await directory(read, place.system, place.account_id)
        book = await factors.book(read, place.system, published_by=today(), names=["grid.electricity"])
        with pytest.raises(CheckLimitMissing, match=r"check\.entry absurd"):
            limit(book, account, "check.entry", "absurd", today())


async def test_an_impossible_limit_is_not_accepted(databases: Databases, servers: Any) -> None:
    desk = await make_desk(databases, servers.settings)
    async with databases.write(desk.place.system) as write:
        with pytest.raises(ParameterInvalid):
            await activate(write, parameter("absurd", "0.5", HERE, "check.entry"))


def _row(desk: Desk, month: int, quantity: str) -> Entry:
    return Entry(desk.place.sources["E1"], date(2025, month, 1), Decimal(quantity), "MWh")
