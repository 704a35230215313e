"""Hundreds of commands at once on five accounts, from many tasks and two processes: exact, sound, without a deadlock."""

import asyncio
import json
import os
import random
import sys
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from factories import ledger_load
from factories.accounts import held_account
from factories.ledger import held
from factories.ledger_load import Crowd, Player, Report, assert_exact, own_database
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from backend.kit import idempotency
from backend.kit.clock import today
from backend.kit.db import Databases
from backend.kit.idempotency import IdempotencyKeyReused
from backend.kit.outages import sqlstate
from backend.kit.scope import Scope
from backend.ledger import service
from backend.ledger.claims.rules import excludes, matrix
from backend.ledger.claims.values import Extent, Use
from backend.ledger.errors import AlreadyClaimed
from backend.ledger.schema_gathering import post_gathered
from backend.ledger.values import BatchSpec, Selection

SYSTEM = Scope.system("wuxi")
TESTS = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
async def place(servers: Any) -> AsyncIterator[Databases]:
    databases = await own_database(servers, "stress")
    yield databases
    await databases.close()


async def deadlocks(databases: Databases) -> int:
    """Return how many deadlocks PostgreSQL has resolved in this database, whoever was told."""
    async with databases.write(SYSTEM) as write:
        await write.run(text("select pg_stat_force_next_flush()"))
        return await write.value(text("select deadlocks from pg_stat_database where datname = current_database()"))


async def test_a_crowd_in_two_processes(place: Databases) -> None:
    players = await ledger_load.players(place)
    bank = await ledger_load.bank(place)
    given = {
        "url": place.engine("wuxi").url.render_as_string(hide_password=False), "seed": 2, "commands": 300, "tasks": 12,
        "gives_up": 0.1, "players": [[str(each.id), each.scope.dump()] for each in players],
        "bank": [str(bank.id), bank.scope.dump()],
    }  # fmt: skip
    other = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "factories.ledger_load", json.dumps(given), stdout=asyncio.subprocess.PIPE,
        cwd=TESTS.parent, env={**os.environ, "PYTHONPATH": f"{TESTS.parent}{os.pathsep}{TESTS}"},
    )  # fmt: skip
    try:
        report = await Crowd(place, players, bank, 1).work(500, 30, gives_up=0.15)
        told, _ = await asyncio.wait_for(other.communicate(), 60)
    finally:
        if other.returncode is None:
            other.kill()
    report.add(Report(**json.loads(told)))
    assert report.failed == []
    assert (report.deadlocks, await deadlocks(place)) == (0, 0)
    assert len(report.done) > 400
    assert report.refused
    assert report.given_up
    await asyncio.sleep(0.2)  # what was given up may still be on its way
    await assert_exact(place, report)


async def test_offers_lapse_and_units_expire_while_everybody_works(place: Databases) -> None:
    """A sweep names what it saw; what moved meanwhile neither stops it nor is moved twice."""
    players = await ledger_load.players(place, units=300)
    bank = await ledger_load.bank(place)
    crowd = Crowd(place, players, bank, 3)
    done = asyncio.Event()

    async def sweep() -> int:
        times = 0
        while not done.is_set():
            async with place.write(SYSTEM) as write:
                await service.expire(write, SYSTEM, today() + timedelta(days=1))
            async with place.write(SYSTEM) as write:
                await service.lapse_offers(write, SYSTEM)
            times += 1
        return times

    async def soon_over() -> None:
        for number in range(40):
            async with place.write(SYSTEM) as write:
                spec = BatchSpec(valid_until=today())
                await service.issue(write, SYSTEM, players[number % 5].id, "CCER", Decimal(9), spec)

    sweeping = asyncio.create_task(sweep())
    report, _ = await asyncio.gather(crowd.work(200, 12, gives_up=0.05), soon_over())
    done.set()
    assert await sweeping > 1
    assert report.failed == []
    assert (report.deadlocks, await deadlocks(place)) == (0, 0)
    await assert_exact(place, report)


async def test_one_key_given_to_two_commands_at_once_harms_nobody_else(place: Databases) -> None:
    """A gathered transfer and a command of its own fight for each key: one is done, the other refused, none collides."""
    giver, taker, third, *_ = await ledger_load.players(place)
    bank = await ledger_load.bank(place)

    async def send(key: str, who: Player, to: Player) -> str:
        order = service.transfer_order(who.scope, who.id, Selection("CCER", Decimal(1)), to_account_id=to.id)
        return (await post_gathered(place, who.scope, order, "ledger:transfer", key, {})).kind.value

    async def pledge(key: str) -> str:
        async with place.write(giver.scope) as write:
            if await idempotency.begin(write, key, "ledger:pledge", {}) is not None:
                raise AssertionError(key)
            moved = await service.pledge(write, giver.scope, giver.id, Selection("CCER", Decimal(1)), bank.id)
            await idempotency.finish(write, key, {"movement": None})
        return moved.kind.value

    before = await deadlocks(place)
    keys = [f"s{number}" for number in range(80)]
    found = await asyncio.gather(
        *(send(key, giver, taker) for key in keys), *(pledge(key) for key in keys),
        *(send(f"o{number}", third, taker) for number in range(80)), return_exceptions=True,
    )  # fmt: skip
    assert await deadlocks(place) == before
    for sent, pledged in zip(found[:80], found[80:160], strict=True):
        assert Counter(map(type, (sent, pledged))) == Counter((str, IdempotencyKeyReused)), (sent, pledged)
    assert found[160:] == ["transfer"] * 80
    assert await held(place, third.id, "CCER") == {"available": Decimal(4000 - 80)}


@dataclass(frozen=True)
class Wish:
    """Somebody wants to claim something."""

    use: Use
    owner: UUID
    extents: tuple[Extent, ...]

    def clashes(self, other: "Wish") -> bool:
        meets = any(
            a.subject == b.subject and a.first <= b.last and b.first <= a.last
            for a in self.extents for b in other.extents
        )  # fmt: skip
        same = self.owner == other.owner
        return meets and any(excludes(rule, self.use, other.use, is_same_owner=same) for rule in matrix())


async def test_exclusive_claims_at_once(place: Databases) -> None:
    """Whoever comes first: what stands contradicts nothing, and what was refused contradicts something that stands."""
    draw = random.Random(5)
    owners = [await held_account(place) for _ in range(3)]
    wishes: list[Wish] = []
    for _ in range(240):
        starts = sorted(draw.sample(range(0, 400, 20), draw.randrange(1, 4)))
        draw_from = tuple(Extent("serials", 10_000_000 + s, 10_000_000 + s + draw.randrange(20)) for s in starts)
        wishes.append(
            Wish(draw.choice(list(Use)), draw.choice(owners).id, tuple(draw.sample(draw_from, len(draw_from))))
        )
    stand: list[Wish] = []
    refused: list[Wish] = []
    lost = 0

    async def claim(wish: Wish) -> None:
        nonlocal lost
        try:
            async with place.write(SYSTEM) as write:
                await service.claim(write, SYSTEM, wish.use, wish.owner, wish.extents)
                await asyncio.sleep(draw.random() / 100)
        except AlreadyClaimed:
            refused.append(wish)
        except DBAPIError as error:
            if sqlstate(error) != ledger_load.DEADLOCK:
                raise
            lost += 1
        else:
            stand.append(wish)

    before = await deadlocks(place)
    await asyncio.gather(*(claim(each) for each in wishes))
    assert (lost, await deadlocks(place)) == (0, before)
    assert len(stand) > 10
    for number, each in enumerate(stand):
        assert not [other for other in stand[:number] if each.clashes(other)]
    assert [each for each in refused if not any(each.clashes(other) for other in stand)] == []
    async with place.write(SYSTEM) as write:
        checked = await service.check_books(write, SYSTEM)
    assert checked.is_sound, checked.breaches
