"""Roll-ups: what counts, by division, sector and month; every change comes to the exact sum; rebuilding is identical."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from factories.regions import (
    change_account,
    change_state,
    counted_account,
    officer,
    path_of,
    roll_all,
    store_inventory,
)
from sqlalchemy import text

from backend.kit.db import Databases
from backend.kit.scope import Scope
from backend.regions import service
from backend.regions.errors import RollupsClosed
from backend.regions.jobs import keep_rolled
from backend.regions.values import RegionMonth

BINHU, XISHAN = "320211", "320205"
FIRST, LAST = date(2025, 1, 1), date(2025, 12, 31)


async def months(databases: Databases, sector: str, scope: Scope | None = None) -> list[RegionMonth]:
    scope = scope or Scope.system("wuxi")
    async with databases.read(scope) as read:
        return await service.months(read, scope, FIRST, LAST, sectors=[sector])


async def everything(databases: Databases) -> dict[str, list[Any]]:
    tables = ("region_account", "region_account_month", "region_month", "region_year", "region_standing")
    async with databases.read(Scope.system("wuxi")) as read:
        return {
            each: [tuple(map(str, row)) for row in await read.rows(text(f"select * from {each} order by 1, 2, 3, 4"))]
            for each in tables
        }


async def test_months_are_exact_sums_and_follow_every_change(databases: Databases) -> None:
    sector = "rollups-a"
    first = await counted_account(databases, division=BINHU, sector=sector)
    second = await counted_account(databases, division=BINHU, sector=sector)
    path = await path_of(databases, BINHU)
    one = await store_inventory(databases, first, 2025, 1, {1: ("1.10", "2.205", "2", "0.5"), 2: ("1", "0", "0", "0")})
    await store_inventory(databases, second, 2025, 1, {1: ("0.9", "0.795", "1.5", "0.25")}, state="verified")
    assert await months(databases, sector) == []
    await roll_all(databases)
    january = RegionMonth(
        BINHU, path, sector, date(2025, 1, 1), 2, 1, Decimal(2), Decimal(3), Decimal("3.5"), Decimal("0.75"),
        Decimal("1.695"),
    )  # fmt: skip
    zero = Decimal(0)
    february = RegionMonth(BINHU, path, sector, date(2025, 2, 1), 1, 0, Decimal(1), zero, zero, zero, zero)
    assert await months(databases, sector) == [january, february]

    # A newer version takes the place of the older one, whatever its state.
    two = await store_inventory(databases, first, 2025, 2, {1: ("5", "0", "0", "0")})
    await roll_all(databases)
    (row,) = await months(databases, sector)
    assert (row.accounts, row.scope1, row.scope2_location) == (2, Decimal("5.9"), Decimal("0.795"))
    # Withdrawn, the older one counts again.
    await change_state(databases, first, two, "withdrawn")
    await change_state(databases, first, one, "closed")
    await roll_all(databases)
    rows = await months(databases, sector)
    assert [(each.accounts, each.verified_accounts, each.scope1) for each in rows] == [(2, 2, Decimal(2)), (1, 1, 1)]
    assert rows[0].verified_scope1_2 == Decimal(5)

    # Moved: gone here, there there; nothing is left of an empty group.
    await change_account(databases, first, sector=f"{sector}2")
    await change_account(databases, second, closed_at=datetime(2026, 1, 1, tzinfo=UTC))
    await roll_all(databases)
    assert [each.accounts for each in await months(databases, sector)] == [1]
    assert [each.scope1 for each in await months(databases, f"{sector}2")] == [Decimal("1.1"), Decimal(1)]
    scope = Scope.system("wuxi")
    async with databases.read(scope) as read:
        standing = await service.standings(read, scope, sectors=[sector, f"{sector}2"])
        years = await service.years(read, scope, 2025, 2025, sectors=[sector])
    assert [(each.sector, each.accounts, each.open_accounts) for each in standing] == [
        (sector, 1, 0),
        (f"{sector}2", 1, 1),
    ]
    assert [(each.year, each.accounts, each.verified_accounts, each.months) for each in years] == [(2025, 1, 1, 1)]


async def test_a_subtree_and_an_account_are_seen_by_those_they_concern(databases: Databases) -> None:
    sector = "rollups-b"
    here = await counted_account(databases, division=BINHU, sector=sector)
    there = await counted_account(databases, division=XISHAN, sector=sector)
    for place in (here, there):
        await store_inventory(databases, place, 2025, 1, {3: ("1", "2", "3", "4")})
    await roll_all(databases)
    district = officer(await path_of(databases, BINHU))
    assert {each.division_code for each in await months(databases, sector, district)} == {BINHU}
    city = officer(await path_of(databases, "320200"))
    assert {each.division_code for each in await months(databases, sector, city)} == {BINHU, XISHAN}
    async with databases.read(city) as read:
        under = await service.months(read, city, FIRST, LAST, under=await path_of(databases, XISHAN), sectors=[sector])
    assert [each.division_code for each in under] == [XISHAN]
    for scope, seen in ((here.enterprise(), [here]), (district, [here]), (city, [here, there])):
        async with databases.read(scope) as read:
            found = await service.account_months(read, scope, [here.account_id, there.account_id], FIRST, LAST)
        assert {key for key, rows in found.items() if rows} == {each.account_id for each in seen}


async def test_only_the_service_writes_rollups(databases: Databases) -> None:
    city = officer(await path_of(databases, "320200"), role="administrator")
    async with databases.write(city) as write:
        for work in (service.roll, service.rebuild, service.check):
            with pytest.raises(RollupsClosed):
                await work(write, city)


async def test_a_batch_at_a_time_comes_to_the_same(databases: Databases) -> None:
    sector = "rollups-c"
    places = [await counted_account(databases, division=BINHU, sector=sector) for _ in range(5)]
    for place in places:
        await store_inventory(databases, place, 2025, 1, {5: ("0.1", "0.2", "0", "0")})
    await roll_all(databases, batch=2)
    (row,) = await months(databases, sector)
    assert (row.accounts, row.scope1, row.scope2_location) == (5, Decimal("0.5"), Decimal(1))
    assert await keep_rolled(databases, "wuxi") == 0


async def test_a_crash_leaves_the_changes_waiting(databases: Databases) -> None:
    sector, scope = "rollups-d", Scope.system("wuxi")
    place = await counted_account(databases, division=BINHU, sector=sector)
    await store_inventory(databases, place, 2025, 1, {5: ("7", "0", "0", "0")})

    async def crash() -> None:
        async with databases.write(scope) as write:
            assert await service.roll(write, scope)
            raise ConnectionError

    with pytest.raises(ConnectionError):
        await crash()
    assert await months(databases, sector) == []
    assert await keep_rolled(databases, "wuxi") > 0
    assert [each.scope1 for each in await months(databases, sector)] == [Decimal(7)]


async def test_rebuilding_gives_identical_rows_and_checking_finds_a_wrong_one(databases: Databases) -> None:
    sector, scope = "rollups-e", Scope.system("wuxi")
    place = await counted_account(databases, division=XISHAN, sector=sector)
    await store_inventory(databases, place, 2025, 1, {7: ("1.250", "0.5", "0.25", "10")})
    await roll_all(databases)
    before = await everything(databases)
    async with databases.write(scope) as write:
        await service.rebuild(write, scope)
    assert await everything(databases) == before
    async with databases.read(scope) as read:
        assert await service.check(read, scope) == []
    async with databases.write(scope) as write:
        await write.run(text("update region_month set scope1 = scope1 + 1 where sector = :sector"), {"sector": sector})
    async with databases.read(scope) as read:
        found = await service.check(read, scope)
    assert [(each.table, sector in each.key) for each in found] == [("region_month", True)]
    assert ",1.25," in found[0].computed
    assert ",2.25," in found[0].stored
    async with databases.write(scope) as write:
        await service.rebuild(write, scope)
    assert await everything(databases) == before
