"""Messages to banks are forgotten after their days; what waits, what is young and the log of reads are not."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from factories.hooks import hooked
from factories.lending import Lent, lent, scored
from sqlalchemy import text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine

from backend.kit.clock import now
from backend.kit.db import Databases
from backend.kit.scope import Scope
from backend.kit.settings import Settings
from backend.lending import service
from backend.lending.models import BankEvent, WebhookDelivery
from backend.lending.webhooks import jobs_forgetting
from backend.lending.webhooks.jobs_forgetting import forget_messages
from backend.lending.webhooks.noticing import NOTE

SYSTEM = Scope.system("wuxi")


async def told(databases: Databases, world: Lent, count: int) -> list[UUID]:
    """Tell a world's bank of so many changes; return the events."""
    score = await scored(databases, world.held)
    async with databases.write(SYSTEM) as write:
        await write.value(NOTE, {"accounts": [world.held.id] * count, "scores": [score] * count})
        rows = await write.rows(
            text("select id from bank_event where account_id = :id order by id"), {"id": world.held.id}
        )
    return [row.id for row in rows]


async def aged(servers: Any, event: UUID, days: int, state: str | None = None) -> None:
    """Let an event and its deliveries be so old, and ended in a state; only the owner of the tables can."""
    engine = create_async_engine(servers.addresses["wuxi"].owner.get_secret_value())
    at = now() - timedelta(days=days)
    async with engine.begin() as connection:
        await connection.execute(update(BankEvent).where(BankEvent.id == event).values(at=at))
        ended = {} if state is None else {"state": state, "next_at": None, "ended_at": at}
        await connection.execute(
            update(WebhookDelivery).where(WebhookDelivery.event_id == event).values(created_at=at, **ended)
        )
    await engine.dispose()


async def left(databases: Databases, events: list[UUID]) -> list[tuple[bool, bool]]:
    """Tell of each event whether it is there, and whether a delivery of it is."""
    async with databases.read(SYSTEM) as read:
        rows = await read.rows(
            text(
                "select k.id in (select id from bank_event) as event,"
                " k.id in (select event_id from webhook_delivery) as delivery"
                " from unnest(cast(:ids as uuid[])) with ordinality k (id, place) order by k.place"
            ),
            {"ids": [str(each) for each in events]},
        )
    return [(row.event, row.delivery) for row in rows]


async def test_each_kind_of_message_has_its_days(databases: Databases, servers: Any) -> None:
    world = await lent(databases)
    await hooked(databases, servers.settings, world.bank, "https://bank.example/hook")
    async with databases.write(world.bank.scope) as write:
        await service.told_one(write, world.bank.scope, world.held.account.number)
    events = await told(databases, world, 6)
    for event, days, state in zip(
        events, (91, 89, 91, 364, 366, 400), ("delivered", "delivered", "dropped", "dead", "dead", None), strict=True
    ):
        await aged(servers, event, days, state)
    done = await forget_messages(databases, Settings(), "wuxi")
    assert done["webhook_deliveries"] >= 3
    assert await left(databases, events) == [
        (False, False), (True, True), (False, False), (True, True), (False, False), (True, True),
    ]  # fmt: skip
    async with databases.read(world.held.scope) as read:
        assert len(await service.reads_of(read, world.held.scope, limit=9)) == 1


async def test_an_event_nobody_waits_for_goes_too_and_much_goes_in_parts(
    databases: Databases, servers: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs_forgetting, "AT_ONCE", 2)
    world = await lent(databases)
    events = await told(databases, world, 7)
    for event in events:
        await aged(servers, event, 91)
    await forget_messages(databases, Settings(), "wuxi")
    assert await left(databases, events) == [(False, False)] * 7
    young = await told(databases, world, 1)
    await forget_messages(databases, Settings(), "wuxi")
    assert await left(databases, young) == [(True, False)]


async def test_dead_ones_are_never_kept_shorter_than_the_others(databases: Databases, servers: Any) -> None:
    world = await lent(databases)
    await hooked(databases, servers.settings, world.bank, "https://bank.example/hook")
    events = await told(databases, world, 2)
    await aged(servers, events[0], 20, "dead")
    await aged(servers, events[1], 91, "dead")
    await forget_messages(databases, Settings(webhook_dead_kept_days=7), "wuxi")
    assert await left(databases, events) == [(True, True), (False, False)]


async def test_nobody_but_the_service_forgets(databases: Databases) -> None:
    world = await lent(databases)
    for scope in (world.bank.scope, world.held.scope):
        with pytest.raises(DBAPIError, match="only the service forgets"):
            async with databases.write(scope) as write:
                await write.run(text("select lending_forget(now(), now(), 10)"))
    with pytest.raises(DBAPIError, match="permission denied"):
        async with databases.write(SYSTEM) as write:
            await write.run(text("delete from consent_read"))
