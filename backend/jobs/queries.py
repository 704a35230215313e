"""Reading job records; row-level security shows an organisation its own, and the operator all."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, func, select

from backend.jobs.values import JobState, JobValue
from backend.kit.db import Read
from backend.kit.outbox import Job
from backend.kit.scope import Scope

COLUMNS = (
    Job.id, Job.kind, Job.state, Job.organisation_id, Job.account_id, Job.progress_done, Job.progress_total,
    Job.progress_note, Job.result, Job.error, Job.attempts, Job.is_cancel_requested, Job.correlation_id,
    Job.created_at, Job.started_at, Job.finished_at,
)  # fmt: skip


def value(row: Row[Any]) -> JobValue:
    """Return the record a row of `COLUMNS` holds."""
    facts: tuple[Any, ...] = tuple(row)
    return JobValue(facts[0], facts[1], JobState(facts[2]), *facts[3:])


async def job(read: Read, scope: Scope, job_id: UUID) -> JobValue | None:
    """Return the job, or None when it is not there or not the caller's to see."""
    row = await read.row(select(*COLUMNS).where(Job.id == job_id))
    return value(row) if row else None


async def jobs(
    read: Read,
    scope: Scope,
    *,
    limit: int,
    before: UUID | None = None,
    state: JobState | None = None,
    kind: str | None = None,
    account_id: UUID | None = None,
) -> list[JobValue]:
    """Return jobs, newest first (their ids sort by time of birth), those before a given one."""
    tests: list[ColumnElement[bool]] = []
    if before is not None:
        tests.append(Job.id < before)
    if state is not None:
        tests.append(Job.state == state.value)
    if kind is not None:
        tests.append(Job.kind == kind)
    if account_id is not None:
        tests.append(Job.account_id == account_id)
    statement = select(*COLUMNS).where(*tests).order_by(Job.id.desc()).limit(limit)
    return [value(row) for row in await read.rows(statement)]


async def counts(read: Read, scope: Scope) -> dict[tuple[str, str], int]:
    """Return the number of visible jobs by kind and state."""
    rows = await read.rows(select(Job.kind, Job.state, func.count()).group_by(Job.kind, Job.state))
    return {(kind, state): number for kind, state, number in (tuple[Any, ...](row) for row in rows)}
