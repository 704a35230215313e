"""Revocations while reads hammer: whatever was answered was read before the consent ended, by the database's own clock."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest
from factories import identity
from factories.lending import Lent, lent, revoked
from sqlalchemy import text

from backend.identity import service as identity_service
from backend.kit.db import Databases
from backend.kit.errors import NotFound
from backend.kit.scope import Scope
from backend.kit.settings import Settings
from backend.lending import service
from backend.lending.schema_serving import batched, served
from backend.lending.values import ReadKind

SECONDS = 1.2


@pytest.fixture
async def processes(databases: Databases, servers) -> AsyncIterator[list[Databases]]:
    """The pools of two processes."""
    addresses = {"wuxi": servers.addresses["wuxi"].app.get_secret_value()}
    other = Databases(addresses)
    yield [databases, other]
    await other.close()


async def ended_at(databases: Databases, world: Lent) -> Any:
    async with databases.read(Scope.system("wuxi")) as read:
        return await read.value(text("select revoked_at from consent where id = :id"), {"id": world.consent})


async def log_of(databases: Databases, world: Lent) -> list[Any]:
    async with databases.read(Scope.system("wuxi")) as read:
        return list(
            await read.rows(
                text("select at, what from consent_read where account_ids @> array[cast(:id as uuid)] order by at"),
                {"id": world.held.id},
            )
        )


@dataclass
class Hammer:
    """A bank that reads without rest, by every way there is, and counts what it is answered of each account."""

    pools: list[Databases]
    settings: Settings
    scope: Scope
    worlds: list[Lent]
    answers: Counter[UUID] = field(default_factory=Counter)
    is_over: bool = False

    async def one(self, pool: Databases, world: Lent) -> None:
        what = random.choice([ReadKind.CREDENTIAL, ReadKind.SCORE])
        await served(pool, self.settings, self.scope, world.held.account.number, what)
        self.answers[world.held.id] += 1

    async def batched(self, pool: Databases, _world: Lent) -> None:
        made = await batched(pool, self.settings, self.scope, None, has_indicators=False)
        body = b"".join(made.pieces)
        self.answers.update(each.held.id for each in self.worlds if each.held.account.number.encode() in body)

    async def told(self, pool: Databases, world: Lent) -> None:
        async with pool.write(self.scope) as write:
            found = await service.told(write, self.scope, [str(world.held.id)])
        self.answers[world.held.id] += len(found)

    async def opened(self, pool: Databases, world: Lent) -> None:
        async with pool.write(self.scope) as write:
            await service.opened(write, self.scope, world.held.id, "account", "")
            await asyncio.sleep(random.random() / 200)
        self.answers[world.held.id] += 1

    async def keep(self) -> None:
        while not self.is_over:
            call = random.choice([self.one, self.one, self.one, self.batched, self.told, self.opened])
            with suppress(NotFound):
                await call(random.choice(self.pools), random.choice(self.worlds))


async def test_every_answer_was_read_before_the_revocation(
    databases: Databases, processes: list[Databases], servers
) -> None:
    lender = await identity.bank(databases)
    *ending, kept = [await lent(databases, bank=lender, scopes=("indicators",)) for _ in range(5)]
    hammer = Hammer(processes, servers.settings, lender.scope, [*ending, kept])
    tasks = [asyncio.create_task(hammer.keep()) for _ in range(8)]
    for world in ending:
        await asyncio.sleep(SECONDS / 5)
        await revoked(databases, world)
    await asyncio.sleep(SECONDS / 5)
    hammer.is_over = True
    await asyncio.gather(*tasks)
    for world in ending:
        rows = await log_of(databases, world)
        assert len(rows) == hammer.answers[world.held.id] > 0
        assert max(row.at for row in rows) < await ended_at(databases, world)
    assert len(await log_of(databases, kept)) == hammer.answers[kept.held.id]


async def test_a_read_waits_for_the_revocation_under_way_and_finds_nothing(databases: Databases, servers) -> None:
    world = await lent(databases)
    number = world.held.account.number
    await served(databases, servers.settings, world.bank.scope, number, ReadKind.SCORE)
    async with databases.write(world.held.scope) as write:
        await identity_service.revoke_consent(write, world.held.scope, consent_id=world.consent)
        reading = asyncio.create_task(served(databases, servers.settings, world.bank.scope, number, ReadKind.SCORE))
        await asyncio.sleep(0.2)
        assert not reading.done()
    with pytest.raises(NotFound):
        await reading
    assert len(await log_of(databases, world)) == 1


async def test_a_revocation_waits_for_the_read_under_way(databases: Databases) -> None:
    world, other = await lent(databases), await lent(databases)
    async with databases.write(world.bank.scope) as write:
        found = await service.told_one(write, world.bank.scope, world.held.account.number)
        ending = asyncio.create_task(revoked(databases, world))
        await asyncio.sleep(0.2)
        assert not ending.done()
        await revoked(databases, other)  # towards another bank: nobody waits
    await ending
    (row,) = await log_of(databases, world)
    assert found.read_at == row.at < await ended_at(databases, world)


async def test_a_read_whose_transaction_fails_was_none(databases: Databases) -> None:
    world = await lent(databases)

    async def broken() -> None:
        async with databases.write(world.bank.scope) as write:
            await service.told_one(write, world.bank.scope, world.held.account.number)
            raise RuntimeError("before the answer")

    with pytest.raises(RuntimeError, match="before the answer"):
        await broken()
    assert await log_of(databases, world) == []
