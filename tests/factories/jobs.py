"""A job kind whose effect can be counted, and the way to a worker inside the test process.

The effect is an event in the organisation's audit chain: an append-only row that anybody can count afterwards.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import func, select

from backend.jobs.queries import job as read_job
from backend.jobs.values import JobState, JobValue
from backend.jobs.worker import serve
from backend.kit.audit import AuditEvent
from backend.kit.db import Databases, Write
from backend.kit.errors import Conflict, Unavailable
from backend.kit.outbox import enqueue
from backend.kit.scope import Kind, Scope
from backend.kit.settings import Settings
from backend.kit.storage import Storage
from backend.kit.tasks import Task, job

__all__ = ["JobState", "enqueue"]
EFFECT = "test:effect"
BEGAN = "test:began"
calls: list[dict[str, Any]] = []
"""What the functions below were given, in this process."""


class Refused(Conflict):
    code = "test_refused"
    en = "Refused on purpose: {reason}"
    zh = "按要求拒绝：{reason}"


async def apply_once(write: Write, task: Task) -> dict[str, Any]:
    """Append the effect unless an earlier attempt did; complete the job in the same transaction."""
    await task.hold(write)
    done = select(AuditEvent.id).where(AuditEvent.action == EFFECT, AuditEvent.object_id == str(task.job_id))
    if await write.value(done) is None:
        write.audit(EFFECT, object_type="job", object_id=task.job_id)
    return await task.complete(write, {"effect": str(task.job_id)})


@job("test:append", attempts=10)
async def append(task: Task, payload: dict[str, Any]) -> dict[str, Any]:
    """Say that it began (an own transaction, so that attempts can be counted), wait, then apply the effect once."""
    async with task.databases.write(task.scope) as write:
        write.audit(BEGAN, object_type="job", object_id=task.job_id, attempt=task.attempt)
    for step in range(payload.get("steps", 1)):
        await asyncio.sleep(payload.get("seconds", 0) / payload.get("steps", 1))
        await task.progress(step + 1, payload.get("steps", 1), f"step {step + 1}")
    async with task.databases.write(task.scope) as write:
        return await apply_once(write, task)


@job("test:plain")
async def plain(task: Task, payload: dict[str, Any]) -> dict[str, Any]:
    calls.append({"job": task.job_id, "scope": task.scope, "payload": payload, "attempt": task.attempt})
    return {"echo": payload, "amount": "12.50"}


@job("test:refuse")
async def refuse(task: Task, payload: dict[str, Any]) -> dict[str, Any]:
    raise Refused(reason=payload["reason"], path=("input", "file"))


@job("test:break")
async def broken(task: Task, payload: dict[str, Any]) -> dict[str, Any]:
    async with task.databases.write(task.scope) as write:
        write.audit(EFFECT, object_type="job", object_id=task.job_id)
        raise ZeroDivisionError


@job("test:outage", attempts=3)
async def outage(task: Task, payload: dict[str, Any]) -> dict[str, Any]:
    calls.append({"job": task.job_id, "attempt": task.attempt})
    if task.attempt <= payload["failures"]:
        raise Unavailable(reason="test")
    return {"attempt": task.attempt}


@job("test:slow", timeout=0.3)
async def slow(task: Task, payload: dict[str, Any]) -> dict[str, Any]:
    await asyncio.sleep(30)
    return {}


@job("test:deaf")
async def deaf(task: Task, payload: dict[str, Any]) -> dict[str, Any]:
    """Never reports progress: a cancel reaches it through its lease."""
    async with task.databases.write(task.scope) as write:
        write.audit(EFFECT, object_type="job", object_id=task.job_id)
        await asyncio.sleep(30)
    return {}


@job("test:hold", attempts=3)
async def hold_long(task: Task, payload: dict[str, Any]) -> dict[str, Any]:
    """One long transaction that holds the job from its first statement to its last."""
    async with task.databases.write(task.scope) as write:
        await task.hold(write)
        write.audit(EFFECT, object_type="job", object_id=task.job_id)
        if payload.get("blocks"):
            time.sleep(payload["seconds"])  # noqa: ASYNC251 - a function that hogs the event loop, as it must not
        else:
            await asyncio.sleep(payload["seconds"])
        return await task.complete(write, {"attempt": task.attempt})


def enterprise(tenant: str = "wuxi", **facts: Any) -> Scope:
    permissions = frozenset({"jobs:read", "jobs:cancel"})
    return Scope(tenant, Kind.ENTERPRISE, organisation_id=uuid4(), actor_id=uuid4(), permissions=permissions, **facts)


async def ask(databases: Databases, scope: Scope, kind: str, payload: dict[str, Any] | None = None) -> UUID:
    async with databases.write(scope) as write:
        return await enqueue(write, kind, payload or {})


async def state(databases: Databases, scope: Scope, job_id: UUID) -> JobValue:
    async with databases.read(scope) as read:
        found = await read_job(read, scope, job_id)
    assert found is not None
    return found


async def when(
    databases: Databases, scope: Scope, job_id: UUID, test: Callable[[JobValue], bool], *, seconds: float = 20
) -> JobValue:
    """Wait until the job's record passes the test."""
    limit = asyncio.get_running_loop().time() + seconds
    while not test(found := await state(databases, scope, job_id)):
        assert asyncio.get_running_loop().time() < limit, found
        await asyncio.sleep(0.05)
    return found


async def until(databases: Databases, scope: Scope, job_id: UUID, *states: str, seconds: float = 20) -> JobValue:
    """Wait for one of the states (or any final one)."""
    return await when(
        databases,
        scope,
        job_id,
        lambda job: job.state in states or (not states and job.state.is_final),
        seconds=seconds,
    )


async def count(databases: Databases, scope: Scope, action: str, job_id: UUID | None = None) -> int:
    tests = [AuditEvent.action == action]
    if job_id is not None:
        tests.append(AuditEvent.object_id == str(job_id))
    async with databases.read(scope) as read:
        return await read.value(select(func.count()).select_from(AuditEvent).where(*tests))


@asynccontextmanager
async def working(
    databases: Databases, settings: Settings, redis_url: str, **changes: Any
) -> AsyncIterator[asyncio.Task]:
    """Run a worker beside the test; the context's end stops it in good order."""
    stopping = asyncio.Event()
    work = asyncio.create_task(
        serve(databases, Storage.of(settings), settings.model_copy(update=changes), redis_url, stopping), name="worker"
    )
    try:
        yield work
    finally:
        stopping.set()
        await asyncio.wait_for(work, 20)
