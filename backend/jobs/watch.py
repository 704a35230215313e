"""Watching a job until it ends: Redis wakes the watcher, the record tells the truth."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import suppress
from typing import Any
from uuid import UUID

from redis.asyncio import Redis
from redis.exceptions import RedisError

from backend.jobs import service
from backend.jobs.values import JobValue
from backend.kit import broker
from backend.kit.db import Databases
from backend.kit.scope import Scope

POLL_SECONDS = 1.0
"""How long a lost announcement can hide a change."""


async def watch(databases: Databases, scope: Scope, redis: Redis | None, job_id: UUID) -> AsyncGenerator[JobValue]:
    """Yield the job at once and after each change, until it has ended.

    Raises, at the first step: Unauthenticated, Forbidden, JobNotFound.
    """
    last: JobValue | None = None
    # Subscribed before the first look: a change in between is announced to us.
    pubsub = await _listen(redis, broker.job_channel(scope.tenant, job_id))
    try:
        while last is None or not last.state.is_final:
            async with databases.read(scope) as read:
                found = await service.job(read, scope, job_id)
            if found != last:
                yield found
                last = found
            if not found.state.is_final:
                await _sleep(pubsub)
    finally:
        if pubsub is not None:
            with suppress(RedisError, OSError):
                await pubsub.aclose()


async def _listen(redis: Redis | None, channel: str) -> Any:  # noqa: ANN401 - redis' own type is generic in no useful way
    if redis is None:
        return None
    pubsub = redis.pubsub()
    try:
        await pubsub.subscribe(channel)
    except (RedisError, OSError):
        return None
    return pubsub


async def _sleep(pubsub: Any) -> None:  # noqa: ANN401 - see above
    """Wait for an announcement, or for the poll; without Redis for the poll alone."""
    if pubsub is None:
        await asyncio.sleep(POLL_SECONDS)
        return
    try:
        await pubsub.get_message(ignore_subscribe_messages=True, timeout=POLL_SECONDS)
    except (RedisError, OSError):
        await asyncio.sleep(POLL_SECONDS)
