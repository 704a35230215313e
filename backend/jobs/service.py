"""Commands on jobs: stop one, run one again."""

from uuid import UUID

from sqlalchemy import insert, select, update

from backend.jobs import queries
from backend.jobs.errors import JobFinished, JobNotFound, JobNotRetryable
from backend.jobs.values import CANCEL, OPERATE, READ, JobState, JobValue
from backend.kit.clock import now
from backend.kit.db import Read, Write
from backend.kit.ids import new_id
from backend.kit.outbox import Job, Outbox, wake_relay
from backend.kit.scope import Scope


async def job(read: Read, scope: Scope, job_id: UUID) -> JobValue:
    """Return a job the caller may see.

    Raises, in this order: Unauthenticated, Forbidden, JobNotFound.
    """
    scope.require(READ)
    found = await queries.job(read, scope, job_id)
    if found is None:
        raise JobNotFound
    return found


async def cancel(write: Write, scope: Scope, job_id: UUID) -> JobValue:
    """Stop a job: at once while it waits, at its next step while it runs. Asking twice is no error.

    Raises, in this order: Unauthenticated, Forbidden, JobNotFound, JobFinished.
    """
    _require(scope)
    found = await _locked(write, scope, job_id)
    if found.state is JobState.CANCELLED or (found.is_cancel_requested and not found.state.is_final):
        return found
    if found.state.is_final:
        raise JobFinished(state=found.state.value)
    changes: dict[str, object] = {"is_cancel_requested": True}
    if found.state is JobState.QUEUED:
        changes |= {"state": JobState.CANCELLED.value, "finished_at": now(), "lease_until": None}
    await write.run(update(Job).where(Job.id == job_id).values(**changes))
    write.audit(CANCEL, object_type="job", object_id=job_id, organisation_id=found.organisation_id, kind=found.kind)
    return await _reread(write, scope, job_id)


async def retry(write: Write, scope: Scope, job_id: UUID) -> JobValue:
    """Run a failed or cancelled job again, with fresh attempts, under the scope of whoever asked first.

    Raises, in this order: Unauthenticated, Forbidden, JobNotFound, JobNotRetryable.
    """
    _require(scope)
    found = await _locked(write, scope, job_id)
    if found.state not in (JobState.FAILED, JobState.CANCELLED):
        raise JobNotRetryable(state=found.state.value)
    await write.run(
        update(Job)
        .where(Job.id == job_id)
        .values(
            state=JobState.QUEUED.value, attempts=0, is_cancel_requested=False, error=None, result=None,
            finished_at=None, lease_owner=None, lease_until=None, progress_done=0, progress_note="",
        )
    )  # fmt: skip
    await write.run(insert(Outbox).values(id=new_id(), topic="job", payload={"job_id": str(job_id)}, created_at=now()))
    await wake_relay(write)
    write.audit(
        "jobs:retry", object_type="job", object_id=job_id, organisation_id=found.organisation_id, kind=found.kind
    )
    return await _reread(write, scope, job_id)


def _require(scope: Scope) -> None:
    """Let those pass who may cancel their own jobs, and those who operate everybody's."""
    scope.require(OPERATE if scope.allows(OPERATE) else CANCEL)


async def _locked(write: Write, scope: Scope, job_id: UUID) -> JobValue:
    locked = await write.value(select(Job.id).where(Job.id == job_id).with_for_update())
    if locked is None:
        raise JobNotFound
    return await _reread(write, scope, job_id)


async def _reread(write: Write, scope: Scope, job_id: UUID) -> JobValue:
    found = await queries.job(write, scope, job_id)
    if found is None:
        raise JobNotFound
    return found
