"""arq, behind one thin module: a queue for each tenant, JSON messages that hold an id and nothing else.

arq is in maintenance-only mode, pickles by default and trusts Redis. Nothing outside this file imports it; the job
record decides what runs, a message only says that it is worth looking.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any
from uuid import UUID

from arq.connections import ArqRedis, RedisSettings, create_pool
from arq.constants import in_progress_key_prefix, job_key_prefix
from arq.worker import Worker, func
from redis.exceptions import RedisError

from backend.kit import broker

FUNCTION = "run"
POLL_SECONDS = 0.05
LONGEST_SECONDS = 24 * 3600
"""arq's own limits are set out of the way: leases and each kind's timeout rule."""
IN_PROGRESS_MS = (LONGEST_SECONDS + 10) * 1000
"""How long arq marks a message as taken: its longest timeout and ten seconds."""
STUCK_MS = 10_000
BATCH = 500


def _dump(message: dict[str, Any]) -> bytes:
    return json.dumps(message, default=str).encode()


def _settings(url: str) -> RedisSettings:
    address = broker.sentinel_address(url)
    if address is not None:
        return RedisSettings(
            host=list(address.sentinels), sentinel=True, sentinel_master=address.primary,
            username=address.username, password=address.password, conn_retries=0,
        )  # fmt: skip
    settings = RedisSettings.from_dsn(url)
    settings.conn_retries = 0
    settings.conn_timeout = int(broker.TIMEOUT_SECONDS)
    return settings


def _message_id(tenant: str, job_id: UUID, attempts: int) -> str:
    """Return the id under which Redis knows this attempt: telling twice is telling once."""
    return f"{tenant}:{job_id}:{attempts}"


async def _open(url: str, tenant: str) -> ArqRedis:
    """Return a connected pool; one that is still connecting when we are cancelled is closed, not forgotten."""
    opening = asyncio.ensure_future(
        create_pool(
            _settings(url), job_serializer=_dump, job_deserializer=json.loads,
            default_queue_name=broker.queue_name(tenant),
        )
    )  # fmt: skip
    try:
        return await asyncio.shield(opening)
    except asyncio.CancelledError:
        with suppress(RedisError, OSError):
            await (await opening).aclose(close_connection_pool=True)
        raise


class Queue:
    """One tenant's queue, as seen by those who put jobs in."""

    def __init__(self, url: str, tenant: str) -> None:
        self.tenant = tenant
        self._url = url
        self._pool: ArqRedis | None = None
        self._opening = asyncio.Lock()  # relay and sweeper share a queue and may both be the first

    async def _redis(self) -> ArqRedis:
        async with self._opening:
            if self._pool is None:
                self._pool = await _open(self._url, self.tenant)
            return self._pool

    async def push(self, jobs: list[tuple[UUID, int]]) -> None:
        """Tell the workers of jobs (id, attempts so far); those told already stay as they are."""
        redis = await self._redis()
        await asyncio.gather(
            *(
                redis.enqueue_job(FUNCTION, str(job_id), _job_id=_message_id(self.tenant, job_id, attempts))
                for job_id, attempts in jobs
            )
        )

    async def mend(self, jobs: list[tuple[UUID, int]]) -> int:
        """Tell again of waiting jobs the queue has lost or holds fast for a dead worker; return how many.

        A message that waits its turn is left alone. One marked as in progress for long, though the record says the
        job waits, was taken by a worker that died before its claim; should that worker live after all, only one
        claim succeeds.
        """
        redis, lost = await self._redis(), list[tuple[UUID, int]]()
        for start in range(0, len(jobs), BATCH):
            part = jobs[start : start + BATCH]
            ids = [_message_id(self.tenant, *job) for job in part]
            async with redis.pipeline(transaction=False) as pipe:
                for message_id in ids:
                    pipe.zscore(broker.queue_name(self.tenant), message_id)
                    pipe.pttl(in_progress_key_prefix + message_id)
                answers = await pipe.execute()
            for job, message_id, score, left in zip(part, ids, answers[::2], answers[1::2], strict=True):
                if score is not None and (left < 0 or left > IN_PROGRESS_MS - STUCK_MS):
                    continue
                await redis.delete(job_key_prefix + message_id, in_progress_key_prefix + message_id)
                lost.append(job)
        await self.push(lost)
        return len(lost)

    async def depth(self) -> int:
        """Return how many messages wait."""
        return int(await (await self._redis()).zcard(broker.queue_name(self.tenant)))

    async def close(self) -> None:
        """Let go of the connections."""
        pool, self._pool = self._pool, None
        if pool is not None:
            with suppress(RedisError, OSError):
                await pool.aclose(close_connection_pool=True)


async def consume(url: str, tenant: str, run: Callable[[UUID], Awaitable[None]], *, at_once: int) -> None:
    """Take messages of the tenant's queue, `at_once` at a time, until cancelled or Redis is gone.

    `run` shields its work: cancelling this consumer (Redis went away) leaves running jobs alone.

    Raises:
        RedisError, OSError: Redis is not there; call again after a while.
    """

    async def take(ctx: dict[Any, Any], job_id: str) -> None:  # noqa: ARG001 - arq's signature
        await run(UUID(job_id))

    pool = await _open(url, tenant)
    worker = Worker(
        [func(take, name=FUNCTION, keep_result=0, timeout=LONGEST_SECONDS, max_tries=1_000_000)],
        queue_name=broker.queue_name(tenant),
        redis_pool=pool,
        job_serializer=_dump,
        job_deserializer=json.loads,
        handle_signals=False,
        poll_delay=POLL_SECONDS,
        max_jobs=at_once,
        keep_result=0,
        log_results=False,
    )
    try:
        await worker.async_run()
    finally:
        for task in worker.tasks.values():
            task.cancel()
        await asyncio.gather(*worker.tasks.values(), return_exceptions=True)
        with suppress(RedisError, OSError):
            await pool.aclose(close_connection_pool=True)
