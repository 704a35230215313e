"""From the database to Redis: what commands left in the outbox, and what Redis has lost."""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select

from backend.jobs import leases
from backend.jobs.queues import Queue
from backend.kit.db import Databases
from backend.kit.logs import log
from backend.kit.outages import is_outage
from backend.kit.outbox import RELAY_CHANNEL, Outbox
from backend.kit.scope import Scope

IDLE_SECONDS = 1.0
"""How often the outbox is looked at when PostgreSQL's announcement does not come (a pooler may swallow it)."""
SWEEP_SECONDS = 3.0
GRACE_SECONDS = 2.0
BATCH = 200
SWEEP_LIMIT = 20_000
SWEEP_LOCK = 320201
LONGEST_PAUSE = 5.0

logger = log(__name__)


async def relay_once(databases: Databases, queue: Queue) -> int:
    """Tell Redis of up to `BATCH` letters and delete them; return how many there were.

    The delete commits after Redis has answered: a crash in between tells twice, which is telling once.
    """
    async with databases.write(Scope.system(queue.tenant)) as write:
        letters = (
            select(Outbox.id).where(Outbox.topic == "job").order_by(Outbox.id).limit(BATCH)
            .with_for_update(skip_locked=True)
        )  # fmt: skip
        told = await write.rows(delete(Outbox).where(Outbox.id.in_(letters)).returning(Outbox.payload))
        if told:
            await queue.push([(UUID(row.payload["job_id"]), 0) for row in told])
    return len(told)


async def sweep_once(
    databases: Databases, queue: Queue, *, alive: Collection[str] = (), grace: float = GRACE_SECONDS
) -> int:
    """Put back what silent workers hold and tell again what Redis has lost; return how many were told again.

    One sweeper at a time for each tenant: the others see the lock taken and leave. `alive` are the leases this
    process holds itself.
    """
    async with databases.write(Scope.system(queue.tenant)) as write:
        if not await write.value(select(func.pg_try_advisory_xact_lock(SWEEP_LOCK))):
            return 0
        overdue = await leases.reclaim_overdue(write, alive=alive)
        if overdue:
            logger.warning("jobs_reclaimed", tenant=queue.tenant, count=len(overdue))
    async with databases.read(Scope.system(queue.tenant)) as read:
        waiting = await leases.waiting(read, older_than=grace, limit=SWEEP_LIMIT)
    mended = await queue.mend(waiting) if waiting else 0
    if mended:
        logger.info("jobs_told_again", tenant=queue.tenant, count=mended)
    return mended


async def keep_relaying(databases: Databases, queue: Queue) -> None:
    """Relay until cancelled, waking at PostgreSQL's announcement."""
    awake = asyncio.Event()

    async def listen() -> None:
        async with databases.engine(queue.tenant).connect() as connection:
            raw: Any = (await connection.get_raw_connection()).driver_connection
            raw.add_termination_listener(lambda *_: awake.set())
            await raw.add_listener(RELAY_CHANNEL, lambda *_: awake.set())
            try:
                while not raw.is_closed():
                    awake.clear()
                    while await relay_once(databases, queue) == BATCH:
                        pass
                    try:
                        async with asyncio.timeout(IDLE_SECONDS):
                            await awake.wait()
                    except TimeoutError:
                        continue
            finally:
                # The connection has state of its own (LISTEN): it must not go back to the pool.
                await connection.invalidate()

    await persist(listen, "relay", queue.tenant)


async def keep_sweeping(databases: Databases, queue: Queue, alive: Callable[[], Collection[str]]) -> None:
    """Sweep until cancelled; `alive` gives the leases this process holds."""

    async def sweep() -> None:
        while True:
            await sweep_once(databases, queue, alive=alive())
            await asyncio.sleep(SWEEP_SECONDS)

    await persist(sweep, "sweeper", queue.tenant)


async def persist(work: Callable[[], Awaitable[None]], name: str, tenant: str) -> None:
    """Run `work` again and again until cancelled: an outage pauses it, a fault is logged and pauses it."""
    pause = 0.1
    while True:
        try:
            await work()
            pause = 0.1
        except Exception as error:
            if is_outage(error):
                logger.warning("waiting_for_server", part=name, tenant=tenant, reason=str(error).split("\n")[0])
            else:
                logger.exception("part_failed", part=name, tenant=tenant)
        await asyncio.sleep(pause)
        pause = min(LONGEST_PAUSE, pause * 2)
