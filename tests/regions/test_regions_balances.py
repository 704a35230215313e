"""Energy balances: what a cell can be, what a table comes to by reference factors, and that versions only follow."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from factories.regions import accepted, officer, path_of
from sqlalchemy import insert
from sqlalchemy.exc import DBAPIError

from backend.kit.clock import now
from backend.kit.db import Databases
from backend.kit.errors import Forbidden
from backend.regions import service
from backend.regions.balances import queries, rules
from backend.regions.balances.models import RegionBalanceDecision
from backend.regions.balances.values import Assumption, BalanceState, Cell, Flow, LineKind
from backend.regions.errors import (
    BalanceDecided,
    BalanceInvalid,
    BalanceNotFound,
    BalanceReasonMissing,
    BalanceReasonTooShort,
    BalanceSecondPerson,
    DocumentInvalid,
    RegionYearInvalid,
)
from backend.regions.values import Document
from backend.tenants.errors import DivisionUnknown

SECTORS = {"steel", "power"}
SOURCE = Document("无锡统计年鉴", "苏统〔2024〕1号", date(2024, 12, 1))


def cell(flow: Flow, energy: str, quantity: str, unit: str = "", sector: str = "") -> Cell:
    return Cell(flow, energy, Decimal(quantity), unit, sector)


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (cell(Flow.INDUSTRY, "uranium", "1"), "energy_unknown"),
        (cell(Flow.INDUSTRY, "coke", "1", "光年"), "unit_unknown"),
        (cell(Flow.INDUSTRY, "coke", "1", "kWh"), "unit_mismatch"),
        (cell(Flow.INDUSTRY, "coke", "-1"), "quantity_impossible"),
        (cell(Flow.OUTFLOW, "coke", "1"), "quantity_impossible"),
        (cell(Flow.THERMAL_POWER, "coke", "1"), "quantity_impossible"),
        (cell(Flow.HEATING, "natural_gas", "1"), "quantity_impossible"),
        (cell(Flow.INDUSTRY, "coke", "NaN"), "quantity_impossible"),
        (cell(Flow.INDUSTRY, "coke", "1E30"), "quantity_impossible"),
        (cell(Flow.INDUSTRY, "coke", "1", sector="nowhere"), "sector_unknown"),
        (cell(Flow.TRADE, "coke", "1", sector="steel"), "sector_misplaced"),
    ],
)
def test_a_cell_that_cannot_be_is_named(given: Cell, code: str) -> None:
    kept, faults = rules.checked([given], SECTORS)
    assert kept == []
    assert [each.code for each in faults] == [code]


def test_cells_twice_and_parts_larger_than_the_whole_are_named() -> None:
    one = cell(Flow.INDUSTRY, "coke", "10", "万t")
    _, faults = rules.checked([one, one, cell(Flow.INDUSTRY, "coke", "100001", "t", "steel")], SECTORS)
    assert [(each.place, each.code) for each in faults] == [(1, "cell_twice"), (2, "parts_exceed")]
    _, faults = rules.checked([one, cell(Flow.FEEDSTOCK, "coke", "11", "万t")], SECTORS)
    assert [each.code for each in faults] == ["parts_exceed"]
    _, faults = rules.checked([one, cell(Flow.FEEDSTOCK, "coke", "10", "万t")], SECTORS)
    assert faults == []


def test_a_column_balances_or_tells_what_it_lacks() -> None:
    cells = [
        cell(Flow.PRODUCTION, "electricity", "1", "亿千瓦时"), cell(Flow.THERMAL_POWER, "electricity", "2", "亿kWh"),
        cell(Flow.OUTFLOW, "electricity", "-0.5", "亿千瓦时"), cell(Flow.LOSSES, "electricity", "0.1", "亿千瓦时"),
        cell(Flow.INDUSTRY, "electricity", "2.4", "亿千瓦时"),
    ]  # fmt: skip
    kept, faults = rules.checked(cells, SECTORS)
    assert faults == []
    assert [(each.energy, each.unit, each.gap) for each in rules.gaps(kept)] == [("electricity", "MWh", Decimal(0))]
    kept[-1] = replace(kept[-1], quantity=Decimal("2.3"))
    assert rules.gaps(kept)[0].gap == Decimal(10000)


async def record(databases: Databases, cells: list[Cell], year: int, **more: Any) -> Any:
    city = officer(await path_of(databases, "320200"))
    async with databases.write(city) as write:
        return await service.record_balance(
            write, city, division_code=more.pop("division", "320200"), year=year, cells=cells,
            document=more.pop("document", SOURCE), **more,
        )  # fmt: skip


async def test_a_table_comes_to_exact_lines_with_their_factors(databases: Databases) -> None:
    cells = [
        cell(Flow.THERMAL_POWER, "raw_coal", "-100", "万t"), cell(Flow.THERMAL_POWER, "electricity", "20", "亿千瓦时"),
        cell(Flow.INDUSTRY, "coke", "10", "万t"), cell(Flow.INDUSTRY, "coke", "6", "万t", "steel"),
        cell(Flow.FEEDSTOCK, "coke", "1", "万t"), cell(Flow.TRANSPORT, "diesel", "2", "万t"),
        cell(Flow.INDUSTRY, "blast_furnace_gas", "1", "亿立方米"), cell(Flow.INDUSTRY, "other_energy", "5", "万tce"),
        cell(Flow.INFLOW, "electricity", "30", "亿千瓦时"), cell(Flow.OUTFLOW, "electricity", "-10", "亿千瓦时"),
        cell(Flow.COKING, "raw_coal", "-7", "万t"),
    ]  # fmt: skip
    bare = await accepted(databases, await record(databases, cells, 2006))
    city = officer(await path_of(databases, "320200"))
    async with databases.read(city) as read:
        found = await service.top_down(read, city, "320200", 2006)
    assert found is not None
    assert found.balance == bare
    untold = [(each.flow, each.energy) for each in found.lines if each.tonnes is None]
    assert untold == [(Flow.THERMAL_POWER, "raw_coal"), (Flow.INDUSTRY, "other_energy")]
    assert not found.is_complete

    assumption = Assumption("raw_coal", "烟煤", "发电用煤以烟煤为主")
    second = await record(databases, cells, 2006, assumptions=[assumption], note="补充原煤的核算假设")
    async with databases.read(city) as read:
        still = await service.top_down(read, city, "320200", 2006)
    assert still is not None
    assert still.balance.version == 1
    await accepted(databases, second)
    async with databases.read(city) as read:
        found = await service.top_down(read, city, "320200", 2006)
    assert found is not None
    assert found.balance.version == 2
    by_place = {(each.flow, each.sector, each.energy): each for each in found.lines}
    coke = by_place[Flow.INDUSTRY, "steel", "coke"]
    values = {each.code: each.value for each in coke.parameters}
    factor = (values["NCV"] * values["CC"] * values["OF"] * 44 / 12).quantize(Decimal("1E-20"))
    assert coke.quantity == Decimal(60000)
    assert coke.tonnes == Decimal(60000) * factor
    assert all(each.version_id is not None and each.confidence for each in coke.parameters)
    assert by_place[Flow.INDUSTRY, "", "coke"].quantity == Decimal(30000)
    electricity = by_place[Flow.INFLOW, "", "electricity"]
    assert (electricity.kind, electricity.quantity) == (LineKind.NET_INFLOW, Decimal(2_000_000))
    assert electricity.tonnes == found.net_inflow == Decimal(2_000_000) * electricity.parameters[0].value
    assert by_place[Flow.INDUSTRY, "", "blast_furnace_gas"].tonnes == found.recovered
    assert set(found.by_sector) == {"power", "steel", "transport"}
    assert found.by_sector["steel"] == coke.tonnes
    direct = [each.tonnes for each in found.lines if each.kind is LineKind.DIRECT and each.tonnes is not None]
    assert found.direct == sum(direct)
    assert (Flow.COKING, "", "raw_coal") not in by_place
    # The first version still says what it said.
    async with databases.read(city) as read:
        assert (await queries.computed(read, city, bare.id)).balance.version == 1
        assert [each.version for each in await queries.balances(read, city, division_code="320200", year=2006, limit=5)] == [2, 1]  # fmt: skip


async def test_what_cannot_be_is_refused_and_nothing_is_stored(databases: Databases) -> None:
    good = [cell(Flow.TRADE, "diesel", "1", "t")]
    with pytest.raises(BalanceInvalid) as told:
        await record(databases, [*good, cell(Flow.TRADE, "coke", "-1")], 2007, places=["C3", "D4"])
    (fault,) = told.value.details["faults"]  # type: ignore[misc] - details are what the class says
    assert (fault["cell"], fault["code"], fault["row"]) == ("D4", "quantity_impossible", "批发和零售业、住宿和餐饮业")
    with pytest.raises(BalanceInvalid, match="holds nothing"):
        await record(databases, [], 2007)
    with pytest.raises(BalanceInvalid, match="has no"):
        await record(databases, good, 2007, assumptions=[Assumption("raw_coal", "木柴", "无")])
    with pytest.raises(DocumentInvalid):
        await record(databases, good, 2007, document=Document(" ", "", date(2024, 1, 1)))
    with pytest.raises(RegionYearInvalid):
        await record(databases, good, 1999)
    with pytest.raises(DivisionUnknown):
        await record(databases, good, 2007, division="510100")
    city = officer(await path_of(databases, "320200"))
    async with databases.read(city) as read:
        assert await service.top_down(read, city, "320200", 2007) is None
    await record(databases, good, 2007)
    with pytest.raises(BalanceReasonMissing):
        await record(databases, good, 2007)


async def test_a_district_sees_its_own_tables_only(databases: Databases) -> None:
    district = officer(await path_of(databases, "320211"))
    await record(databases, [cell(Flow.TRADE, "diesel", "1", "t")], 2008)
    async with databases.read(district) as read:
        assert await service.top_down(read, district, "320200", 2008) is None
    async with databases.write(district) as write:
        with pytest.raises(DivisionUnknown):
            await service.record_balance(
                write,
                district,
                division_code="320205",
                year=2008,
                cells=[cell(Flow.TRADE, "diesel", "1")],
                document=SOURCE,
            )


async def test_a_version_counts_once_a_second_person_has_accepted_it(databases: Databases) -> None:
    region, cells = await path_of(databases, "320200"), [cell(Flow.TRADE, "diesel", "1", "t")]
    clerk, chief, other = (officer(region, role=each) for each in ("officer", "administrator", "administrator"))
    async with databases.write(chief) as write:
        value = await service.record_balance(
            write, chief, division_code="320200", year=2005, cells=cells, document=SOURCE
        )
    assert value.state is BalanceState.AWAITING

    async def decide(scope: Any, *, reason: str = "已核对", is_accepted: bool = True) -> Any:
        async with databases.write(scope) as write:
            return await service.decide_balance(write, scope, value.id, is_accepted=is_accepted, reason=reason)

    district = officer(await path_of(databases, "320211"), role="administrator")
    for scope, refusal in ((chief, BalanceSecondPerson), (clerk, Forbidden), (district, BalanceNotFound)):
        with pytest.raises(refusal):
            await decide(scope)
    with pytest.raises(BalanceReasonTooShort):
        await decide(other, reason=" ")
    forged = {
        "balance_id": value.id, "is_accepted": True, "reason": "x", "decided_at": now(), "decided_by": chief.actor_id,
    }  # fmt: skip
    with pytest.raises(DBAPIError, match="row-level security"):
        async with databases.write(chief) as write:
            await write.run(insert(RegionBalanceDecision).values(forged))
    async with databases.read(other) as read:
        assert await service.top_down(read, other, "320200", 2005) is None
        waiting = await queries.balances(read, other, division_code="320200", year=2005, is_awaiting=True, limit=5)
    assert [each.id for each in waiting] == [value.id]
    assert (await decide(other, is_accepted=False)).state is BalanceState.REJECTED
    for scope in (other, officer(region, role="administrator")):
        with pytest.raises(BalanceDecided):
            await decide(scope)
    async with databases.read(other) as read:
        assert await service.top_down(read, other, "320200", 2005) is None
        assert await queries.balances(read, other, division_code="320200", year=2005, is_awaiting=True, limit=5) == []
    again = await record(databases, cells, 2005, note="按退回意见更正")
    assert (await accepted(databases, again)).state is BalanceState.ACCEPTED
    async with databases.read(other) as read:
        found = await service.top_down(read, other, "320200", 2005)
    assert found is not None
    assert found.balance.version == 2
