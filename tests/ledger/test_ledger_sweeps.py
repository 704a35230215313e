"""What is over ends by itself: units and offers; neither a frozen book nor whoever came first stops the rest."""

from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from factories.accounts import held_account
from factories.ledger import POINTS, held, issued, with_points
from sqlalchemy import select, text

from backend.jobs.schedule import expire_due
from backend.kit.clock import now, today
from backend.kit.db import Databases
from backend.kit.scope import Scope
from backend.ledger import service
from backend.ledger.errors import HoldNotOpen, OfferExpired
from backend.ledger.models import LedgerHold
from backend.ledger.values import Selection

D = Decimal


async def test_a_frozen_book_keeps_its_units_and_no_others(databases: Databases, system: Scope) -> None:
    await with_points(databases)
    account = await held_account(databases)
    await issued(databases, account.id, "CCER", 10, valid_until=today())
    await issued(databases, account.id, POINTS.code, 5, valid_until=today())
    async with databases.write(system) as write:
        await service.freeze(write, system, POINTS.code, "Something is looked into")
    async with databases.write(system) as write:
        await service.expire(write, system, today() + timedelta(days=1))
    assert await held(databases, account.id, "CCER") == {"expired": D(10)}
    assert await held(databases, account.id, POINTS.code) == {"available": D(5)}
    async with databases.write(system) as write:
        await service.unfreeze(write, system, POINTS.code, "It was found")
    async with databases.write(system) as write:
        await service.expire(write, system, today() + timedelta(days=1))
    assert await held(databases, account.id, POINTS.code) == {"expired": D(5)}


async def test_offers_lapse_on_the_schedule(databases: Databases, system: Scope) -> None:
    giver, taker = await held_account(databases), await held_account(databases)
    await issued(databases, giver.id, "CCER", 10)
    over = now() + timedelta(milliseconds=300)
    async with databases.write(giver.scope) as write:
        offer = await service.transfer(
            write, giver.scope, giver.id, Selection("CCER", D(4)), to_account_id=taker.id, expires_at=over
        )
    hold_id = sure(offer.hold_id)
    async with databases.read(system) as read:
        await read.value(text("select pg_sleep(0.4)"))
    with pytest.raises(OfferExpired):
        async with databases.write(taker.scope) as write:
            await service.accept(write, taker.scope, hold_id)
    done = await expire_due(databases, "wuxi")
    assert int(done["offers_lapsed"]) >= 1
    assert await held(databases, giver.id, "CCER") == {"available": D(10)}
    async with databases.read(system) as read:
        assert await read.value(select(LedgerHold.state).where(LedgerHold.id == hold_id)) == "lapsed"
    with pytest.raises(HoldNotOpen):
        async with databases.write(giver.scope) as write:
            await service.withdraw(write, giver.scope, hold_id)
    assert "offers_lapsed" not in await expire_due(databases, "wuxi")


def sure(hold_id: UUID | None) -> UUID:
    assert hold_id is not None
    return hold_id
