"""Transfers that arrive together: each its own answer, refusal, key and audit event; none waits for a busy account."""

import asyncio
from decimal import Decimal

import pytest
from factories.accounts import Held, held_account
from factories.ledger import held, issued
from sqlalchemy import text

from backend.kit.db import Databases
from backend.kit.errors import CarbonError
from backend.kit.gathering import Gatherer
from backend.kit.idempotency import IdempotencyKeyReused
from backend.kit.scope import Scope
from backend.ledger import service
from backend.ledger.errors import AccountUnknown, InsufficientUnits
from backend.ledger.schema_gathering import post_gathered
from backend.ledger.values import Accepts, MovementValue, Reason, Selection

COMMAND = "ledger:transfer"


async def open_account(databases: Databases) -> Held:
    found = await held_account(databases)
    async with databases.write(found.scope) as write:
        await service.choose_acceptance(write, found.scope, found.id, Accepts.AUTOMATICALLY)
    return found


async def send(
    databases: Databases, giver: Held, taker: Held, quantity: int, key: str | None = None, note: str = ""
) -> MovementValue:
    order = service.transfer_order(
        giver.scope, giver.id, Selection("CCER", Decimal(quantity)), to_account_id=taker.id, reason=Reason(note=note)
    )
    return await post_gathered(databases, giver.scope, order, COMMAND, key, {"quantity": quantity, "note": note})


async def test_each_has_its_own_answer(databases: Databases, system: Scope) -> None:
    a, b, poor, other = [await open_account(databases) for _ in range(4)]
    await issued(databases, a.id, "CCER", 100)
    answers = await asyncio.gather(
        send(databases, a, b, 10),
        send(databases, poor, b, 1),
        send(databases, a, b, 195),
        send(databases, a, b, 20, note="nul \0"),
        send(databases, a, other, 5),
        return_exceptions=True,
    )
    assert [type(each) for each in answers] == [
        MovementValue, InsufficientUnits, InsufficientUnits, answers[3].__class__, MovementValue,
    ]  # fmt: skip
    assert isinstance(answers[3], Exception)
    assert await held(databases, a.id, "CCER") == {"available": Decimal(85)}
    assert await held(databases, b.id, "CCER") == {"available": Decimal(10)}
    async with databases.read(system) as read:
        told = await read.rows(
            text("select object_id from audit_event where organisation_id = :mine and action = 'ledger:transfer'"),
            {"mine": a.scope.organisation_id},
        )
    assert {row.object_id for row in told} == {str(each.id) for each in answers if isinstance(each, MovementValue)}


async def test_a_key_gives_the_first_answer_and_refuses_another_input(databases: Databases) -> None:
    a, b = await open_account(databases), await open_account(databases)
    await issued(databases, a.id, "CCER", 100)
    first = await send(databases, a, b, 10, key="k1")
    again = await asyncio.gather(*(send(databases, a, b, 10, key="k1") for _ in range(20)))
    assert {each.id for each in again} == {first.id}
    with pytest.raises(IdempotencyKeyReused):
        await send(databases, a, b, 11, key="k1")
    both = await asyncio.gather(*(send(databases, a, b, n, key="k2") for n in (1, 2)), return_exceptions=True)
    assert sorted(isinstance(each, CarbonError) for each in both) == [False, True]
    moved = next(each for each in both if isinstance(each, MovementValue))
    assert await held(databases, a.id, "CCER") == {"available": Decimal(90) - moved.quantity}


async def test_nobody_waits_behind_a_busy_account(databases: Databases, system: Scope) -> None:
    a, b, slow, other = [await open_account(databases) for _ in range(4)]
    for each in (a, slow):
        await issued(databases, each.id, "CCER", 10)
    async with databases.write(system) as write:
        await service.reserve(write, system, slow.id, Selection("CCER", Decimal(1)))  # holds the account's lock
        waiting = asyncio.create_task(send(databases, slow, other, 1))
        await asyncio.sleep(0.2)
        async with asyncio.timeout(5):
            await send(databases, a, b, 1)
        assert not waiting.done()
    assert (await waiting).quantity == 1


async def test_strangers_units_are_not_there(databases: Databases) -> None:
    a, b = await open_account(databases), await open_account(databases)
    await issued(databases, a.id, "CCER", 10)
    order = service.transfer_order(b.scope, a.id, Selection("CCER", Decimal(1)), to_account_id=b.id)
    with pytest.raises(AccountUnknown):
        await post_gathered(databases, b.scope, order, COMMAND, None, {})
    assert await held(databases, a.id, "CCER") == {"available": Decimal(10)}


async def test_an_item_that_comes_as_a_flight_ends_departs_anew() -> None:
    flights: list[int] = []

    async def fly(items: list[int]) -> list[int]:
        flights.append(len(items))
        await asyncio.sleep(0)
        return items

    gatherer: Gatherer[int, int] = Gatherer(fly)  # type: ignore[arg-type]  # a list is a sequence

    async def chain(start: int) -> None:
        for n in range(200):
            assert await gatherer.submit(start + n) == start + n

    async with asyncio.timeout(10):
        await asyncio.gather(*(chain(1000 * n) for n in range(7)))
    assert sum(flights) == 1400
