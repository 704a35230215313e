"""Every verb of the ledger, with exact balances after each."""

from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from factories import identity
from factories.accounts import Held, held_account
from factories.ledger import held, imported, issued, with_points

from backend.kit.clock import today
from backend.kit.db import Databases
from backend.kit.scope import Scope
from backend.ledger import service
from backend.ledger.errors import (
    AccountUnknown,
    InsufficientUnits,
    MovementAlreadyReversed,
    SerialsNotHere,
    UnitsNotWhole,
)
from backend.ledger.values import Accepts, MovementKind, MovementValue, Reason, Selection

D = Decimal


@pytest.fixture
async def giver(databases: Databases) -> Held:
    """An account with 1,000 CCER."""
    found = await held_account(databases)
    await issued(databases, found.id, "CCER", 1000, vintage=2025)
    return found


@pytest.fixture
async def taker(databases: Databases) -> Held:
    return await held_account(databases)


def sure(hold_id: UUID | None) -> UUID:
    assert hold_id is not None
    return hold_id


async def offered(databases: Databases, giver: Held, taker: Held, quantity: int) -> MovementValue:
    async with databases.write(giver.scope) as write:
        return await service.transfer(
            write, giver.scope, giver.id, Selection("CCER", D(quantity)), to_number=taker.account.number
        )


async def retired(databases: Databases, of: Held, selection: Selection) -> MovementValue:
    async with databases.write(of.scope) as write:
        (gone,) = await service.retire(
            write, of.scope, of.id, [selection], Reason(purpose="event", beneficiary="马拉松")
        )
    return gone


async def test_units_are_issued_with_serials_of_their_own(databases: Databases, giver: Held, taker: Held) -> None:
    one = await issued(databases, giver.id, "CCER", 10)
    other = await issued(databases, taker.id, "CCER", 10)
    assert one.kind is MovementKind.ISSUE
    ((first, last),), ((next_first, _),) = one.serials, other.serials
    assert last - first == 9
    assert next_first > last
    assert await held(databases, giver.id, "CCER") == {"available": D(1010)}


async def test_an_offer_locks_until_it_is_accepted(databases: Databases, giver: Held, taker: Held) -> None:
    offer = await offered(databases, giver, taker, 100)
    assert offer.kind is MovementKind.OFFER
    assert await held(databases, giver.id, "CCER") == {"available": D(900), "offered": D(100)}
    assert await held(databases, taker.id, "CCER") == {}
    async with databases.write(taker.scope) as write:
        got = await service.accept(write, taker.scope, sure(offer.hold_id))
    assert got.serials == offer.serials
    assert await held(databases, giver.id, "CCER") == {"available": D(900)}
    assert await held(databases, taker.id, "CCER") == {"available": D(100)}


async def test_an_offer_declined_or_withdrawn_goes_back(databases: Databases, giver: Held, taker: Held) -> None:
    for verb, who in ((service.decline, taker), (service.withdraw, giver)):
        offer = await offered(databases, giver, taker, 30)
        async with databases.write(who.scope) as write:
            await verb(write, who.scope, sure(offer.hold_id))
        assert await held(databases, giver.id, "CCER") == {"available": D(1000)}


async def test_who_accepts_automatically_gets_these_serials_at_once(
    databases: Databases, giver: Held, taker: Held
) -> None:
    made = await issued(databases, giver.id, "CCER", 500)
    first = made.serials[0][0]
    async with databases.write(taker.scope) as write:
        await service.choose_acceptance(write, taker.scope, taker.id, Accepts.AUTOMATICALLY)
    pieces = ((first + 200, first + 209), (first + 300, first + 300))
    async with databases.write(giver.scope) as write:
        moved = await service.transfer(
            write, giver.scope, giver.id, Selection("CCER", serials=pieces), to_account_id=taker.id
        )
    assert (moved.kind, moved.quantity, moved.serials) == (MovementKind.TRANSFER, D(11), pieces)
    assert await held(databases, giver.id, "CCER") == {"available": D(1489)}
    with pytest.raises(SerialsNotHere):
        await retired(databases, giver, Selection("CCER", serials=((first + 200, first + 200),)))


async def test_what_is_not_there_cannot_be_retired(databases: Databases, giver: Held, taker: Held) -> None:
    with pytest.raises(InsufficientUnits):
        await retired(databases, giver, Selection("CCER", D(1001)))
    with pytest.raises(UnitsNotWhole):
        await retired(databases, giver, Selection("CCER", D("0.5")))
    with pytest.raises(AccountUnknown):
        async with databases.write(taker.scope) as write:
            await service.retire(write, taker.scope, giver.id, [Selection("CCER", D(1))])
    assert await held(databases, giver.id, "CCER") == {"available": D(1000)}


async def test_a_retirement_is_reversed_once(databases: Databases, system: Scope, giver: Held) -> None:
    gone = await retired(databases, giver, Selection("CCER", D(50)))
    assert await held(databases, giver.id, "CCER") == {"available": D(950), "retired": D(50)}
    async with databases.write(system) as write:
        undone = await service.reverse(write, system, gone.id, Reason(note="误操作"))
    assert (undone.reverses_id, undone.serials) == (gone.id, gone.serials)
    assert await held(databases, giver.id, "CCER") == {"available": D(1000)}
    with pytest.raises(MovementAlreadyReversed):
        async with databases.write(system) as write:
            await service.reverse(write, system, gone.id, Reason(note="再来一次"))


async def test_a_pledge_is_seen_and_released_by_its_bank(databases: Databases, giver: Held) -> None:
    bank = await identity.bank(databases)
    async with databases.write(giver.scope) as write:
        pledged = await service.pledge(
            write, giver.scope, giver.id, Selection("CCER", D(89)), bank.id, Reason(reference="LOAN-1")
        )
    hold_id = sure(pledged.hold_id)
    assert await held(databases, giver.id, "CCER") == {"available": D(911), "pledged": D(89)}
    async with databases.read(bank.scope) as read:
        assert (await service.holds_by_id(read, bank.scope, [hold_id]))[hold_id].quantity == D(89)
        assert await service.balances(read, bank.scope, [giver.id]) == []
    async with databases.write(bank.scope) as write:
        await service.release(write, bank.scope, hold_id)
    assert await held(databases, giver.id, "CCER") == {"available": D(1000)}


async def test_a_reservation_is_used_in_part_and_the_rest_freed(databases: Databases, giver: Held) -> None:
    async with databases.write(giver.scope) as write:
        kept = await service.reserve(write, giver.scope, giver.id, Selection("CCER", D(9)), Reason(purpose="duty"))
    hold_id = sure(kept.hold_id)
    async with databases.write(giver.scope) as write:
        await service.surrender(write, giver.scope, giver.id, [Selection("", D(4), hold_id=hold_id)])
    assert await held(databases, giver.id, "CCER") == {"available": D(991), "reserved": D(5), "surrendered": D(4)}
    async with databases.write(giver.scope) as write:
        await service.free(write, giver.scope, hold_id)
    assert await held(databases, giver.id, "CCER") == {"available": D(996), "surrendered": D(4)}


async def test_units_expire_after_their_last_day(databases: Databases, system: Scope, giver: Held) -> None:
    await with_points(databases)
    points = await issued(databases, giver.id, "TEST_POINT", D("12.50"), valid_until=today())
    assert points.serials == ()
    async with databases.write(system) as write:
        await service.expire(write, system, today())
    assert await held(databases, giver.id, "TEST_POINT") == {"available": D("12.50")}
    async with databases.write(system) as write:
        await service.expire(write, system, today() + timedelta(days=1))
    assert await held(databases, giver.id, "TEST_POINT") == {"expired": D("12.50")}


async def test_units_are_imported_with_their_registrys_codes(databases: Databases, giver: Held) -> None:
    more = await imported(databases, giver.scope, giver.id, "CCER", 30, vintage=2024)
    assert (more.kind, more.quantity) == (MovementKind.IMPORT, D(30))
    assert await held(databases, giver.id, "CCER") == {"available": D(1030)}
    async with databases.read(giver.scope) as read:
        key = service.CodesKey(more.batch_ids, more.serials, 0, 10)
        ((codes,),) = await service.registry_codes(read, giver.scope, [key])
    assert (codes.origin.first, codes.origin.last, codes.serials) == (1, 30, more.serials[0])
