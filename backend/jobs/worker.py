"""The worker process: for every tenant a queue of its own, an outbox relay and a sweeper, side by side.

One tenant's million rows hold that tenant's places only (`worker_concurrency` for each), so the others' jobs start
as if they were alone. PostgreSQL or Redis going away pauses the parts that need it; nothing here exits for that.
"""

import asyncio
import signal
from contextlib import suppress
from functools import partial
from typing import Any

from redis.exceptions import RedisError

from backend.jobs import registry
from backend.jobs.queues import Queue, consume
from backend.jobs.relay import keep_relaying, keep_sweeping, persist
from backend.jobs.runner import Runner
from backend.jobs.schedule import keep_house, roll_up, score_changes, tell_banks, tell_people
from backend.jobs.surroundings import open_databases, open_storage, redis_address
from backend.kit import broker, telemetry
from backend.kit.collecting import settle
from backend.kit.db import Databases
from backend.kit.logs import configure, log
from backend.kit.settings import Settings

logger = log(__name__)


async def serve(
    databases: Databases,
    storage: Any,  # noqa: ANN401 - storage is a port
    settings: Settings,
    redis_url: str,
    stopping: asyncio.Event,
) -> None:
    """Run jobs until `stopping` is set; running jobs then go back to their queues."""
    redis = broker.connect(redis_url)
    runner = Runner(databases, storage, settings, redis)
    queues = [Queue(redis_url, tenant) for tenant in databases.tenants]
    parts: list[asyncio.Task[None]] = []
    for queue in queues:
        run = partial(runner.run, queue.tenant)
        take = partial(consume, redis_url, queue.tenant, run, at_once=settings.worker_concurrency)
        parts += [
            asyncio.create_task(persist(take, "queue", queue.tenant)),
            asyncio.create_task(keep_relaying(databases, queue)),
            asyncio.create_task(keep_sweeping(databases, queue, runner.leases)),
        ]
    parts.append(asyncio.create_task(keep_house(databases, settings)))
    parts.append(asyncio.create_task(score_changes(databases)))
    parts.append(asyncio.create_task(tell_banks(databases, storage)))
    parts.append(asyncio.create_task(roll_up(databases)))
    parts.append(asyncio.create_task(tell_people(databases, settings)))
    logger.info("worker_started", tenants=list(databases.tenants), kinds=sorted(registry.kinds()))
    try:
        await stopping.wait()
    finally:
        for part in parts:
            part.cancel()
        await asyncio.gather(*parts, return_exceptions=True)
        await runner.stop()
        for queue in queues:
            await queue.close()
        with suppress(RedisError, OSError):
            await redis.aclose()
        logger.info("worker_stopped")


def run(settings: Settings) -> None:
    """Be a worker process until SIGTERM or SIGINT.

    Raises:
        SettingMissing: the settings name no Redis-protocol server, or no database for a served tenant.
    """
    configure(settings, "worker")
    telemetry.configure(settings, "worker")
    settle()
    asyncio.run(_main(settings))
    telemetry.close()


async def _main(settings: Settings) -> None:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    databases = open_databases(settings, "worker")
    try:
        await serve(databases, open_storage(settings), settings, redis_address(settings), stopping)
    finally:
        await databases.close()
