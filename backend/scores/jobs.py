"""Scores in the background: the sweep every few minutes, the nightly run, and who asks for them.

    scores:run      the accounts whose inputs or model changed, or those named
    scores:nightly  the roll-ups of sectors, then every account

Both go through the accounts by id, a chunk a transaction. Each chunk leaves out what this job has looked at already, so a
job that is run again goes on where it stopped, and one that was over stores nothing.
"""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text

from backend.kit.clock import CHINA, now
from backend.kit.db import Databases, Read
from backend.kit.outbox import enqueue
from backend.kit.scope import Scope
from backend.kit.tasks import Task, job
from backend.scores.modelling.content import year_on
from backend.scores.peers.rollups import Key, publish
from backend.scores.running import sweeping
from backend.scores.running.running import model_in_force
from backend.scores.running.scoring import Model, score_with
from backend.scores.running.sweeping import FIRST, Due
from backend.scores.running.values import Cause

RUN, NIGHTLY = "scores:run", "scores:nightly"
CHUNK = 500
"""Accounts in one transaction: long enough for set-wise speed, short enough for locks and progress."""
SWEEP_LOCK = 320231
PENDING = text("select exists (select from job where kind = any(:kinds) and state in ('queued', 'running'))")
LAST_NIGHT = text("select exists (select from job where kind = :kind and created_at >= :since)")
COUNT = text("select count(*) from carbon_account where closed_at is null")
ASKED_AT = text("select created_at from job where id = :id")

Next = Callable[[Read, UUID], Awaitable[list[Due]]]


@job(RUN, timeout=6 * 3600)
async def run(task: Task, payload: dict[str, Any]) -> dict[str, Any]:
    """Score the accounts whose inputs or model are newer than their last look; or, where the payload names some, those."""
    scope = task.scope.as_system()
    named = [UUID(each) for each in payload.get("account_ids", ())]
    if named:
        async with task.databases.write(scope) as write:
            await task.hold(write)
            model = await model_in_force(write, scope)
            cause = Cause(payload.get("cause", Cause.ASKED))
            stored = await score_with(write, scope, named, model, cause)
            return await task.complete(write, {"accounts": len(named), "scores": len(stored)})
    asked_at, model = await _begin(task, scope)

    async def following(read: Read, after: UUID) -> list[Due]:
        code, version = model.content.code, model.version
        return await sweeping.due(read, scope, code, version, asked_at=asked_at, after=after, limit=CHUNK)

    return await _score_all(task, scope, model, following)


@job(NIGHTLY, timeout=12 * 3600)
async def nightly(task: Task, _payload: dict[str, Any]) -> dict[str, Any]:
    """Publish what is new of the sectors, then score every account."""
    scope = task.scope.as_system()
    asked_at, model = await _begin(task, scope)
    year = year_on(model.content, asked_at.astimezone(CHINA).date())
    groups = sum([await _publish(task, scope, each, asked_at) for each in (year - 1, year)])

    async def following(read: Read, after: UUID) -> list[Due]:
        return await sweeping.of_the_night(read, scope, asked_at=asked_at, after=after, limit=CHUNK)

    return {"groups": groups, **await _score_all(task, scope, model, following)}


async def _begin(task: Task, scope: Scope) -> tuple[datetime, Model]:
    """Return the moment the job was asked for (its first attempt and every later one have the same), and the model."""
    async with task.databases.read(scope) as read:
        asked_at = await read.value(ASKED_AT, {"id": task.job_id})
        return asked_at or now(), await model_in_force(read, scope)


async def _score_all(task: Task, scope: Scope, model: Model, following: Next) -> dict[str, Any]:
    async with task.databases.read(scope) as read:
        total = await read.value(COUNT)
    after, looked_at, stored = FIRST, 0, 0
    while True:
        await task.progress(looked_at, total, f"{stored} scores")
        async with task.databases.write(scope) as write:
            await task.hold(write)
            chunk = await following(write, after)
            for cause, accounts in _by_cause(chunk).items():
                stored += len(await score_with(write, scope, accounts, model, cause))
        if not chunk:
            break
        after, looked_at = chunk[-1].account_id, looked_at + len(chunk)
    await task.progress(total, total, f"{stored} scores")
    return {"accounts": looked_at, "scores": stored}


def _by_cause(chunk: Sequence[Due]) -> dict[Cause, list[UUID]]:
    found: dict[Cause, list[UUID]] = defaultdict(list)
    for each in chunk:
        found[each.cause].append(each.account_id)
    return found


async def _publish(task: Task, scope: Scope, year: int, asked_at: datetime) -> int:
    """Gather what every open account brings to its sector's groups, and publish those of which enough is new."""
    values: dict[Key, list[tuple[Decimal, UUID]]] = defaultdict(list)
    after = FIRST
    while True:
        async with task.databases.read(scope) as read:
            chunk = await sweeping.open_accounts(read, scope, after=after, limit=CHUNK)
            for key, pairs in (await sweeping.compared(read, scope, chunk, year)).items():
                values[key] += pairs
        if len(chunk) < CHUNK:
            break
        after = chunk[-1]
    async with task.databases.write(scope) as write:
        await task.hold(write)
        return await publish(write, scope, year, asked_at.astimezone(CHINA).date(), values)


async def keep_scores(databases: Databases, tenant: str) -> dict[str, int | str]:
    """Ask for the nightly run once a day and for a run whenever inputs or the model changed; return what was asked for.

    Safe beside other processes: one at a time looks, and none asks while a run waits or is under way.
    """
    scope = Scope.system(tenant)
    async with databases.write(scope) as write:
        if not await write.value(select(func.pg_try_advisory_xact_lock(SWEEP_LOCK))):
            return {}
        if await write.value(PENDING, {"kinds": [RUN, NIGHTLY]}):
            return {}
        if not await write.value(LAST_NIGHT, {"kind": NIGHTLY, "since": sweeping.night_of(now())}):
            return {"scores": str(await enqueue(write, NIGHTLY, {}))}
        model = await model_in_force(write, scope)
        if await sweeping.is_due(write, scope, model.content.code, model.version):
            return {"scores": str(await enqueue(write, RUN, {}))}
    return {}


__all__ = ["NIGHTLY", "RUN", "keep_scores", "nightly", "run"]
