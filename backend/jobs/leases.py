"""Who runs a job, and until when: claims, renewals, endings. All of it under the service's own scope.

Every change names the lease it was made under, so that a worker that comes back late changes nothing. Time is the
database's (`clock_timestamp`), so that workers on different machines agree.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Integer, and_, bindparam, case, func, or_, select, text, update
from sqlalchemy.sql.elements import BindParameter

from backend.jobs.values import Claim, JobState
from backend.kit.db import Read, Write
from backend.kit.outbox import Job
from backend.kit.scope import Scope
from backend.kit.tasks import lock_key

NOW: ColumnElement[datetime] = func.clock_timestamp()
OVERDUE = and_(Job.state == "running", Job.lease_until < NOW)
WAITING = and_(Job.state == "queued", or_(Job.lease_until.is_(None), Job.lease_until <= NOW))


def _in(seconds: float) -> ColumnElement[datetime]:
    """Return the database's time so many seconds from now."""
    milliseconds: BindParameter[int] = bindparam(None, round(seconds * 1000), type_=Integer)
    return NOW + milliseconds * text("interval '1 millisecond'")


def _mine(claim: Claim) -> ColumnElement[bool]:
    return and_(Job.id == claim.job_id, Job.lease_owner == claim.lease, Job.state == "running")


async def claim(write: Write, job_id: UUID, lease: str, seconds: float) -> Claim | None:
    """Take the job if it waits or its lease has run out; None when there is nothing to take.

    A job whose function is inside a transaction that holds it (`Task.hold`) is not taken, even when its lease has run
    out: that transaction may still commit.
    """
    if not await write.value(select(func.pg_try_advisory_xact_lock(lock_key(job_id)))):
        return None
    statement = (
        update(Job)
        .where(Job.id == job_id, or_(WAITING, OVERDUE))
        .values(
            state="running", lease_owner=lease, lease_until=_in(seconds), attempts=Job.attempts + 1,
            started_at=func.coalesce(Job.started_at, NOW),
        )
        .returning(Job.kind, Job.scope, Job.payload, Job.attempts, Job.is_cancel_requested)
    )  # fmt: skip
    row = await write.row(statement)
    if row is None:
        return None
    return Claim(job_id, row.kind, Scope.load(row.scope), row.payload, row.attempts, lease, row.is_cancel_requested)


async def renew(write: Write, held: Claim, seconds: float) -> bool | None:
    """Prolong the lease; tell whether a cancel was asked for, or None when the lease is gone."""
    statement = update(Job).where(_mine(held)).values(lease_until=_in(seconds)).returning(Job.is_cancel_requested)
    return await write.value(statement)


async def report(write: Write, held: Claim, done: int, total: int, note: str, seconds: float) -> bool | None:
    """Store progress and prolong the lease; tell whether a cancel was asked for, or None when the lease is gone."""
    statement = (
        update(Job)
        .where(_mine(held))
        .values(progress_done=done, progress_total=total, progress_note=note, lease_until=_in(seconds))
        .returning(Job.is_cancel_requested)
    )
    return await write.value(statement)


async def finish(
    write: Write,
    held: Claim,
    state: JobState,
    *,
    result: dict[str, Any] | None = None,
    error: dict[str, Any] | None = None,
) -> bool:
    """Store the ending; False when the lease is gone (or the job completed itself)."""
    touched = await write.run(
        update(Job)
        .where(_mine(held))
        .values(state=state.value, result=result, error=error, lease_owner=None, lease_until=None, finished_at=NOW)
    )
    return touched == 1


async def release(write: Write, held: Claim, *, delay: float = 0, is_refunded: bool = False) -> bool:
    """Put the job back to wait `delay` seconds; a refunded attempt (an orderly shutdown) does not count."""
    touched = await write.run(
        update(Job)
        .where(_mine(held))
        .values(
            state="queued",
            lease_owner=None,
            lease_until=_in(delay) if delay else None,
            attempts=case((Job.attempts > 0, Job.attempts - 1), else_=0) if is_refunded else Job.attempts,
        )
    )
    return touched == 1


async def reclaim_overdue(write: Write, *, alive: Collection[str] = ()) -> list[UUID]:
    """Put jobs whose worker fell silent back to wait; return them.

    `alive` are leases of this very process: when its event loop was busy for long, it is late, not dead.
    """
    overdue = (
        select(Job.id).where(OVERDUE, Job.lease_owner.not_in(alive)).with_for_update(skip_locked=True).cte("overdue")
    )
    free = select(overdue.c.id).where(func.pg_try_advisory_xact_lock(lock_key(overdue.c.id)))
    statement = (
        update(Job).where(Job.id.in_(free)).values(state="queued", lease_owner=None, lease_until=None).returning(Job.id)
    )
    return [row.id for row in await write.rows(statement)]


async def waiting(read: Read, *, older_than: float, limit: int) -> list[tuple[UUID, int]]:
    """Return (id, attempts) of jobs that should be in the queue by now, oldest first."""
    rows = await read.rows(
        select(Job.id, Job.attempts).where(WAITING, Job.created_at < _in(-older_than)).order_by(Job.id).limit(limit)
    )
    return [(row.id, row.attempts) for row in rows]
