"""An account is closed for good only when no unit lives in it."""

from datetime import timedelta
from decimal import Decimal

import pytest
from factories.accounts import Held, held_account
from factories.ledger import issued

from backend.accounts import service as accounts
from backend.accounts.errors import AccountNotEmpty
from backend.kit.clock import now
from backend.kit.db import Databases
from backend.ledger import service
from backend.ledger.values import Reason, Selection


async def close(databases: Databases, held: Held) -> None:
    async with databases.write(held.scope) as write:
        await accounts.close_account(write, held.scope, account_id=held.id, reason="停产")


async def test_units_keep_an_account_open_until_they_are_used_or_gone(databases: Databases) -> None:
    held, taker = await held_account(databases), await held_account(databases)
    await issued(databases, held.id, "CCER", 100)
    await issued(databases, held.id, "GEC", 7)
    with pytest.raises(AccountNotEmpty) as refused:
        await close(databases, held)
    assert refused.value.details["units"] == "100 CCER, 7 GEC"
    async with databases.write(held.scope) as write:
        await service.retire(
            write, held.scope, held.id, [Selection("CCER", Decimal(100)), Selection("GEC", Decimal(4))],
            Reason(purpose="捐赠"),
        )  # fmt: skip
        offer = await service.transfer(
            write, held.scope, held.id, Selection("GEC", Decimal(3)), to_account_id=taker.id,
            expires_at=now() + timedelta(days=1),
        )  # fmt: skip
    with pytest.raises(AccountNotEmpty) as refused:
        await close(databases, held)
    assert refused.value.details["units"] == "3 GEC"  # offered, and not yet another's
    assert offer.hold_id is not None
    async with databases.write(taker.scope) as write:
        await service.accept(write, taker.scope, offer.hold_id)
    await close(databases, held)
    async with databases.read(held.scope) as read:
        found = await accounts.accounts_by_id(read, held.scope, [held.id])
    assert found[0] is not None
    assert found[0].closed_at is not None


async def test_an_account_without_units_closes(databases: Databases) -> None:
    held = await held_account(databases)
    await close(databases, held)
