"""Whatever happens, in whatever order and side by side: rolling by differences and rebuilding come to the same rows."""

import asyncio
import random
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from factories.inventory import Place
from factories.regions import change_account, change_state, counted_account, path_of, roll_all, store_inventory
from sqlalchemy import text

from backend.kit.db import Databases
from backend.kit.scope import Scope
from backend.regions import service

DIVISIONS = ("320205", "320206", "320211")
SECTORS = ("histories-a", "histories-b")
STATES = ("computed", "submitted", "verified", "closed", "restated", "withdrawn")
TABLES = ("region_account", "region_account_month", "region_month", "region_year", "region_standing")


async def everything(databases: Databases) -> dict[str, set[tuple[str, ...]]]:
    async with databases.read(Scope.system("wuxi")) as read:
        return {
            each: {tuple(map(str, row)) for row in await read.rows(text(f"select * from {each}"))} for each in TABLES
        }


class History:
    """Random changes of some accounts."""

    def __init__(self, databases: Databases, seed: int, paths: dict[str, str]) -> None:
        self.databases, self.dice, self.paths = databases, random.Random(seed), paths
        self.versions: dict[tuple[Place, int], list[Any]] = {}

    def number(self) -> str:
        return str(Decimal(self.dice.randrange(10**9)).scaleb(-self.dice.randrange(9)))

    async def change(self, place: Place) -> None:
        """Change one account somehow."""
        kind, year = self.dice.randrange(5), self.dice.choice((2016, 2017))
        known = self.versions.setdefault((place.account_id, year), [])
        if kind <= 1 or not known:
            numbers = self.dice.sample(range(1, 13), self.dice.randrange(4))
            months = {each: (self.number(), self.number(), self.number(), self.number()) for each in numbers}
            version = len(known) + 1
            known.append(None)
            known[version - 1] = await store_inventory(
                self.databases, place, year, version, months, state=self.dice.choice(STATES)
            )
        elif kind == 2 and (made := [each for each in known if each is not None]):
            await change_state(self.databases, place, self.dice.choice(made), self.dice.choice(STATES))
        elif kind == 3:
            await change_account(self.databases, place, sector=self.dice.choice(SECTORS))
        else:
            code = self.dice.choice(DIVISIONS)
            closed = self.dice.choice((None, datetime(2026, 1, 1, tzinfo=UTC)))
            path = self.paths[code]
            await change_account(self.databases, place, division_code=code, division_path=path, closed_at=closed)


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_rolling_comes_to_what_rebuilding_does(databases: Databases, seed: int) -> None:
    paths = {code: await path_of(databases, code) for code in DIVISIONS}
    history, scope = History(databases, seed, paths), Scope.system("wuxi")
    places = [await counted_account(databases, division=DIVISIONS[0], sector=SECTORS[0]) for _ in range(4)]
    is_over = asyncio.Event()

    async def changing(place: Place) -> None:
        for _ in range(25):
            await history.change(place)

    async def rolling() -> None:
        # Two of them, with batches that cut through the changes of one account.
        while not is_over.is_set():
            async with databases.write(scope) as write:
                await service.roll(write, scope, batch=3)
            await asyncio.sleep(0.005)

    async def rebuilding() -> None:
        while not is_over.is_set():
            await asyncio.sleep(0.2)
            async with databases.write(scope) as write:
                await service.rebuild(write, scope)

    keepers = [asyncio.create_task(each) for each in (rolling(), rolling(), rebuilding())]
    try:
        await asyncio.gather(*(changing(place) for place in places))
    finally:
        is_over.set()
        await asyncio.gather(*keepers)
    await roll_all(databases, batch=7)
    rolled = await everything(databases)
    async with databases.read(scope) as read:
        assert await service.check(read, scope) == []
    async with databases.write(scope) as write:
        await service.rebuild(write, scope)
    assert await everything(databases) == rolled
    # The sums are those of the rows below them, exactly.
    async with databases.read(scope) as read:
        rows = await read.rows(
            text(
                "select scope1 = (select trim_scale(sum(a.scope1)) from region_account_month a where (a.division_path,"
                " a.sector, a.month) = (m.division_path, m.sector, m.month)) as is_same from region_month m"
                " where sector = any(:sectors)"
            ),
            {"sectors": list(SECTORS)},
        )
    assert rows
    assert all(row.is_same for row in rows)
