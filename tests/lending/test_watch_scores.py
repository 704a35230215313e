"""An open line to a bank: it hears of changes while the consent holds, and of nothing after."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

import pytest
from factories import identity
from factories.lending import Lent, lent, revoked, scored
from sqlalchemy import select

from backend.api.documents import Prepared
from backend.api.door import Door
from backend.api.execution import watch
from backend.api.surroundings import Surroundings
from backend.kit.clock import now
from backend.kit.db import Databases
from backend.kit.errors import Forbidden
from backend.kit.ids import new_id
from backend.kit.scope import Scope
from backend.lending.models import ConsentRead
from backend.lending.watching.sessions import score_changes
from backend.scores import ports
from backend.scores.values import ScoreChange

SYSTEM = Scope.system("wuxi")
ASKED = "subscription { scoreChanges { eventId at borrower { accountNumber number grade indicators } } }"


async def changed(databases: Databases, world: Lent, grade: str) -> None:
    """Store the next score and tell of it, as a run does."""
    score = await scored(databases, world.held, grade=grade)

    class After:
        id = score

    after: Any = After()
    async with databases.write(SYSTEM) as write:
        await ports.tell(write, SYSTEM, [ScoreChange(world.held.id, new_id(), None, after, now())])


def line(door: Door, world: Lent) -> AsyncGenerator[Any]:
    """Open a subscription as the socket does."""
    here: Surroundings = door.inner.state.here
    prepared: Prepared = here.documents.find({"query": ASKED})
    return watch(here, prepared, {}, here.context(world.bank.scope))


async def heard(stream: AsyncGenerator[Any], seconds: float = 10) -> Any:
    async with asyncio.timeout(seconds):
        answer = await anext(stream)
    assert "errors" not in answer, answer
    return answer["data"]["scoreChanges"]


async def logged(databases: Databases, world: Lent) -> list[str]:
    async with databases.read(SYSTEM) as read:
        rows = await read.rows(
            select(ConsentRead.what).where(ConsentRead.account_ids.contains([world.held.id])).order_by(ConsentRead.id)
        )
    return [row.what for row in rows]


async def test_changes_come_as_they_happen_and_stop_with_the_consent(databases: Databases, door: Door) -> None:
    world = await lent(databases)
    await changed(databases, world, "B")  # before the line was opened: not told
    stream = line(door, world)
    first = asyncio.create_task(heard(stream))
    await asyncio.sleep(0.5)
    await changed(databases, world, "C")
    told = await first
    assert told["borrower"] == {
        "accountNumber": world.held.account.number, "number": 3, "grade": "C", "indicators": None,
    }  # fmt: skip
    assert await logged(databases, world) == ["subscription"]
    second = asyncio.create_task(heard(stream))
    await asyncio.sleep(0.1)
    await changed(databases, world, "A")
    again = await second
    assert (again["borrower"]["grade"], again["eventId"] != told["eventId"]) == ("A", True)
    waiting = asyncio.create_task(anext(stream))
    await asyncio.sleep(0.1)
    # Written while the consent held, to be pushed after it ended: the second of the push decides.
    async with asyncio.timeout(10):
        await changed(databases, world, "B")
        await revoked(databases, world)
    await changed(databases, world, "C")
    done, _ = await asyncio.wait({waiting}, timeout=3)
    late = [task.result()["data"]["scoreChanges"]["borrower"]["grade"] for task in done]
    assert late in ([], ["B"])  # B may have been pushed in the moment before the revocation; C never
    reads = await logged(databases, world)
    assert len(reads) == 2 + len(late)
    if not done:
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
    await stream.aclose()


async def test_what_was_revoked_before_the_push_is_never_pushed(databases: Databases) -> None:
    world, other = await lent(databases), await identity.bank(databases)
    await identity.consented(databases, world.held.holder, other, ("score",))
    both = [score_changes(databases, each.scope) for each in (world.bank, other)]
    waiting = [asyncio.create_task(anext(each)) for each in both]
    await asyncio.sleep(0.5)
    # One transaction writes the change, the other ends the consent before the next look can come.
    score = await scored(databases, world.held, grade="B")

    class After:
        id = score

    after: Any = After()
    async with databases.write(SYSTEM) as write:
        await ports.tell(write, SYSTEM, [ScoreChange(world.held.id, new_id(), None, after, now())])
        async with databases.write(world.held.scope) as owner:
            from backend.identity import service  # noqa: PLC0415 - the enterprise's own command

            await service.revoke_consent(owner, world.held.scope, consent_id=world.consent)
    async with asyncio.timeout(10):
        assert (await waiting[1]).borrower.grade == "B"
    await asyncio.sleep(1.5)
    assert not waiting[0].done()
    waiting[0].cancel()
    await asyncio.gather(waiting[0], return_exceptions=True)
    for each in both:
        await each.aclose()


async def test_a_change_of_a_long_transaction_is_not_missed(databases: Databases) -> None:
    world, other = await lent(databases), await lent(databases)
    await identity.consented(databases, other.held.holder, world.bank, ("score",))
    stream = score_changes(databases, world.bank.scope)
    waiting = asyncio.create_task(anext(stream))
    await asyncio.sleep(0.3)
    score = await scored(databases, world.held, grade="B")

    class After:
        id = score

    after: Any = After()
    async with databases.write(SYSTEM) as write:
        await ports.tell(write, SYSTEM, [ScoreChange(world.held.id, new_id(), None, after, now())])
        await changed(databases, other, "C")  # later, and committed before
        async with asyncio.timeout(10):
            assert (await waiting).borrower.account_id == other.held.id
    async with asyncio.timeout(10):
        assert (await anext(stream)).borrower.account_id == world.held.id
    await stream.aclose()


async def test_only_banks_watch(databases: Databases) -> None:
    stream = score_changes(databases, (await identity.enterprise(databases)).scope)
    with pytest.raises(Forbidden):
        await anext(stream)
