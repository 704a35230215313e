"""Units expire after their last day, and their holders are warned before: once at 90, 30 and 7 days."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from factories import ledger
from factories.gec_claims import Consumer, certified, consumer, ended
from sqlalchemy import text

from backend.credits.gec import expiry
from backend.jobs.schedule import expire_due
from backend.kit.clock import today
from backend.kit.db import Databases
from backend.kit.errors import Forbidden
from backend.kit.scope import Scope

SYSTEM = Scope.system("wuxi")
LAST = date(2098, 2, 28)


async def warn(databases: Databases, on: date) -> int:
    async with databases.write(SYSTEM) as write:
        return await expiry.warn_of_expiry(write, SYSTEM, on)


async def warned(databases: Databases, held: Consumer) -> list[tuple[int, int, UUID]]:
    async with databases.read(held.scope) as read:
        found = await expiry.warnings_of(read, held.scope, held.id, limit=100, after=None)
    return [(each.days, int(each.quantity), each.batch_id) for each in reversed(found)]


async def test_each_warning_is_written_once_on_its_day(databases: Databases) -> None:
    held = await consumer(databases)
    batch = await certified(databases, held, 40)
    expected: list[tuple[int, int, UUID]] = []
    for left, days in (
        (91, None),
        (90, 90),
        (89, None),
        (31, None),
        (30, 30),
        (8, None),
        (7, 7),
        (0, None),
        (-1, None),
    ):
        await warn(databases, LAST - timedelta(days=left))
        assert await warn(databases, LAST - timedelta(days=left)) == 0
        if days is not None:
            expected.append((days, 40, batch.id))
        assert await warned(databases, held) == expected, left


async def test_what_comes_in_late_is_warned_of_at_the_nearest_day_only(databases: Databases) -> None:
    held = await consumer(databases)
    batch = await certified(databases, held, 3)
    await warn(databases, LAST - timedelta(days=20))
    assert await warned(databases, held) == [(30, 3, batch.id)]


async def test_warnings_are_the_accounts_own(databases: Databases) -> None:
    held, other = await consumer(databases), await consumer(databases)
    await certified(databases, held, 3)
    await warn(databases, LAST - timedelta(days=7))
    async with databases.read(other.scope) as read:
        assert await expiry.warnings_of(read, other.scope, held.id, limit=10, after=None) == []
    async with databases.write(held.scope) as write:
        with pytest.raises(Forbidden):
            await expiry.warn_of_expiry(write, held.scope, today())
        with pytest.raises(Forbidden):
            await expiry.expire_units(write, held.scope, today())


async def test_the_timer_expires_what_is_over_and_nothing_else(databases: Databases, servers: Any) -> None:
    held = await consumer(databases)
    over = await certified(databases, held, 5)
    await certified(databases, held, 6)
    last_day = await certified(databases, held, 7)
    await ended(servers, over.id, -1)
    await ended(servers, last_day.id, 0)
    done = await expire_due(databases, "wuxi")
    assert int(done["expired"]) >= 1
    assert await ledger.held(databases, held.id, "GEC") == {"available": 13, "expired": 5}
    assert (7, 7, last_day.id) in await warned(databases, held)
    assert "expired" not in await expire_due(databases, "wuxi")
    async with databases.read(SYSTEM) as read:
        kept = await read.value(
            text(
                "select has_table_privilege('credit_warning', 'update') or has_table_privilege('credit_warning', 'delete')"
            )
        )
    assert kept is False
