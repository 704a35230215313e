"""A walk through every verb of the ledger with exact balances after each."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from factories import identity
from factories.accounts import held_account
from factories.ledger import held, imported, issued, with_points

from backend.kit.clock import now
from backend.kit.db import Databases
from backend.kit.scope import Kind, Scope
from backend.ledger import service
from backend.ledger.errors import (
    AccountUnknown,
    InsufficientUnits,
    SerialsNotHere,
    UnitsAlreadyTransferred,
    UnitsNotWhole,
)
from backend.ledger.values import Accepts, MovementKind, Reason, Selection

D = Decimal


async def test_every_verb(databases: Databases, system: Scope) -> None:
    await with_points(databases)
    a, b = await held_account(databases), await held_account(databases)
    made = await issued(databases, a.id, "CCER", 1000, vintage=2025)
    assert made.kind is MovementKind.ISSUE
    assert await held(databases, a.id, "CCER") == {"available": D(1000)}

    async with databases.write(a.scope) as write:
        offer = await service.transfer(write, a.scope, a.id, Selection("CCER", D(100)), to_number=b.account.number)
    assert offer.kind is MovementKind.OFFER
    assert await held(databases, a.id, "CCER") == {"available": D(900), "offered": D(100)}
    async with databases.write(b.scope) as write:
        got = await service.accept(write, b.scope, offer.hold_id)
    assert got.serials == offer.serials
    assert await held(databases, b.id, "CCER") == {"available": D(100)}

    async with databases.write(b.scope) as write:
        await service.choose_acceptance(write, b.scope, b.id, Accepts.AUTOMATICALLY)
    first = made.serials[0][0]
    async with databases.write(a.scope) as write:
        moved = await service.transfer(
            write,
            a.scope,
            a.id,
            Selection("CCER", serials=((first + 200, first + 209), (first + 300, first + 300))),
            to_account_id=b.id,
        )
    assert (moved.kind, moved.quantity) == (MovementKind.TRANSFER, D(11))
    assert moved.serials == ((first + 200, first + 209), (first + 300, first + 300))
    with pytest.raises(SerialsNotHere):
        async with databases.write(a.scope) as write:
            await service.retire(write, a.scope, a.id, [Selection("CCER", serials=((first + 200, first + 200),))])
    with pytest.raises(InsufficientUnits):
        async with databases.write(a.scope) as write:
            await service.retire(write, a.scope, a.id, [Selection("CCER", D(890))])
    with pytest.raises(UnitsNotWhole):
        async with databases.write(a.scope) as write:
            await service.retire(write, a.scope, a.id, [Selection("CCER", D("0.5"))])
    with pytest.raises(AccountUnknown):
        async with databases.write(b.scope) as write:
            await service.retire(write, b.scope, a.id, [Selection("CCER", D(1))])
    async with databases.write(a.scope) as write:
        (gone,) = await service.retire(
            write, a.scope, a.id, [Selection("CCER", D(50))], Reason(purpose="event", beneficiary="马拉松")
        )
    assert await held(databases, a.id, "CCER") == {"available": D(839), "retired": D(50)}
    async with databases.write(system) as write:
        await service.reverse(write, system, gone.id, Reason(note="误操作"))
    assert await held(databases, a.id, "CCER") == {"available": D(889)}
    bank = await identity.organisation(databases, Kind.BANK)
    async with databases.write(a.scope) as write:
        pledged = await service.pledge(
            write, a.scope, a.id, Selection("CCER", D(89)), bank.id, Reason(reference="LOAN-1")
        )
    assert await held(databases, a.id, "CCER") == {"available": D(800), "pledged": D(89)}
    async with databases.read(bank.scope) as read:
        assert (await service.holds_by_id(read, bank.scope, [pledged.hold_id]))[pledged.hold_id].quantity == D(89)
        assert await service.balances(read, bank.scope, [a.id]) == []
    async with databases.write(bank.scope) as write:
        await service.release(write, bank.scope, pledged.hold_id)
    async with databases.write(a.scope) as write:
        kept = await service.reserve(write, a.scope, a.id, Selection("CCER", D(9)), Reason(purpose="duty"))
    async with databases.write(a.scope) as write:
        await service.surrender(write, a.scope, a.id, [Selection("", D(4), hold_id=kept.hold_id)])
    assert await held(databases, a.id, "CCER") == {"available": D(880), "reserved": D(5), "surrendered": D(4)}
    async with databases.write(a.scope) as write:
        await service.free(write, a.scope, kept.hold_id)
    assert await held(databases, a.id, "CCER") == {"available": D(885), "surrendered": D(4)}

    dying = await issued(
        databases, a.id, "TEST_POINT", D("12.50"), valid_until=date.fromisoformat(now().date().isoformat())
    )
    async with databases.write(system) as write:
        await service.expire(write, system, now().date() + timedelta(days=2))
    assert await held(databases, a.id, "TEST_POINT") == {"expired": D("12.50")}
    assert dying.serials == ()
    more = await imported(databases, a.scope, a.id, "CCER", 30, vintage=2024)
    assert more.kind is MovementKind.IMPORT
    assert replace(more).quantity == D(30)
    assert UnitsAlreadyTransferred.code == "units_already_transferred"
