"""Transfers that arrive together: each its own answer, refusal, key and audit event; none waits for a busy account."""

import asyncio
from dataclasses import replace
from decimal import Decimal

import pytest
from factories.accounts import Held, held_account
from factories.ledger import held, issued
from sqlalchemy import select, text

from backend.kit import audit
from backend.kit.audit import AuditEvent
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


async def test_its_audit_events_are_those_of_every_other_command(databases: Databases, system: Scope) -> None:
    """The database writes them by rules of its own: the chain they are part of must verify, and say what others say."""
    a, b = await open_account(databases), await open_account(databases)
    await issued(databases, a.id, "CCER", 100)
    a = replace(a, holder=replace(a.holder, scope=replace(a.scope, correlation_id='ein-"Fall":1.\\碳')))
    moved = await asyncio.gather(*(send(databases, a, b, n) for n in (1, 2, 3)), send(databases, b, a, 1))
    async with databases.write(a.scope) as write:  # and one after them, as the rest of the product writes it
        plain = await service.transfer(write, a.scope, a.id, Selection("CCER", Decimal(4)), to_account_id=b.id)
    async with databases.read(system) as read:
        for chain in (a.scope.organisation_id, b.scope.organisation_id):
            assert chain is not None
            assert await audit.verify(read.connection, chain) is None
        events = {row.object_id: row for row in await read.rows(
            select(AuditEvent.__table__).where(AuditEvent.chain_id == a.scope.organisation_id)
        )}  # fmt: skip
    own = [each for each in moved if each.organisation_id == a.scope.organisation_id]
    assert len(own) == 3
    for each in own:
        gathered, other = events[str(each.id)], events[str(plain.id)]
        same = ("actor_id", "actor_kind", "organisation_id", "action", "outcome", "object_type", "correlation_id")
        assert [getattr(gathered, name) for name in same] == [getattr(other, name) for name in same]
        assert gathered.details == {
            "number": each.number, "quantity": str(each.quantity), "unit_class": "CCER",
        }  # fmt: skip
        assert gathered.details.keys() == other.details.keys()


async def test_one_key_twice_beside_orders_without_a_key(databases: Databases) -> None:
    a, b = await open_account(databases), await open_account(databases)
    await issued(databases, a.id, "CCER", 100)
    answers = await asyncio.gather(
        send(databases, a, b, 1, key="k"),
        send(databases, a, b, 2),
        send(databases, a, b, 3),
        send(databases, a, b, 1, key="k"),
    )
    assert answers[0].id == answers[3].id
    assert len({each.id for each in answers}) == 3
    assert await held(databases, b.id, "CCER") == {"available": Decimal(6)}


async def test_what_was_one_lot_is_carried_in_pieces(databases: Databases) -> None:
    """Serials out of the middle, then two runs at once: every lot is where its serials are, and nothing is lost."""
    a, b = await open_account(databases), await open_account(databases)
    (low, high), *_ = (await issued(databases, a.id, "CCER", 100)).serials

    async def move(giver: Held, taker: Held, *runs: tuple[int, int]) -> MovementValue:
        order = service.transfer_order(giver.scope, giver.id, Selection("CCER", serials=runs), to_account_id=taker.id)
        return await post_gathered(databases, giver.scope, order, COMMAND, None, {})

    middle = (low + 40, low + 59)
    assert (await move(a, b, middle)).serials == (middle,)
    runs = ((low, low + 4), (low + 90, high))
    both = await move(a, b, *runs)
    assert (both.serials, both.quantity) == (runs, Decimal(15))
    back = await move(b, a, (low + 1, low + 2), (low + 95, high))
    assert back.quantity == Decimal(7)
    assert await held(databases, a.id, "CCER") == {"available": Decimal(72)}
    assert await held(databases, b.id, "CCER") == {"available": Decimal(28)}


async def test_a_connection_that_died_is_replaced_before_anything_is_sent(databases: Databases) -> None:
    a, b = await open_account(databases), await open_account(databases)
    await issued(databases, a.id, "CCER", 10)
    await send(databases, a, b, 1)
    async with databases.engine("wuxi").connect() as connection:
        driver = (await connection.get_raw_connection()).driver_connection
        assert driver is not None
        driver.terminate()  # as the server's end of the line does
    assert (await send(databases, a, b, 1)).quantity == 1
