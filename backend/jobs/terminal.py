"""Jobs as the operator sees them in a terminal: `carbon jobs`."""

import json
from typing import Any
from uuid import UUID

from rich.table import Column, Table

from backend.jobs import queries, service
from backend.jobs.errors import JobNotFound
from backend.jobs.values import JobState, JobValue
from backend.kit.clock import CHINA
from backend.kit.db import Databases
from backend.kit.errors import Invalid
from backend.kit.scope import Scope


class StateUnknown(Invalid):
    """No job state is called so."""

    code = "job_state_unknown"
    en = "'{state}' is no state of a job; it is one of {known}."
    zh = "“{state}”不是任务状态，应为 {known} 之一。"


class JobIdInvalid(Invalid):
    """Not a UUID."""

    code = "job_id_invalid"
    en = "'{id}' is not the id of a job; `carbon jobs list` shows them."
    zh = "“{id}”不是任务编号，请用 carbon jobs list 查看。"


async def list_jobs(databases: Databases, tenant: str, state: str | None, limit: int) -> Table:
    """Return a table of the newest jobs.

    Raises:
        StateUnknown: `state` is none.
    """
    try:
        wanted = JobState(state) if state else None
    except ValueError:
        raise StateUnknown(state=state, known=", ".join(JobState)) from None
    scope = Scope.system(tenant)
    async with databases.read(scope) as read:
        found = await queries.jobs(read, scope, limit=limit, state=wanted)
    # A shortened id would be of no use to `carbon jobs show`.
    table = Table(Column("id", no_wrap=True, min_width=36), "kind", "state", "progress", "attempts", "asked", "error")
    for job in found:
        asked = job.created_at.astimezone(CHINA).strftime("%Y-%m-%d %H:%M:%S")
        progress = f"{job.done}/{job.total}" if job.total else ""
        table.add_row(
            str(job.id), job.kind, job.state, progress, str(job.attempts), asked, str((job.error or {}).get("code", ""))
        )
    return table


async def show_job(databases: Databases, tenant: str, job: str) -> Table:
    """Return everything recorded of one job. Raises JobIdInvalid, JobNotFound."""
    scope = Scope.system(tenant)
    async with databases.read(scope) as read:
        found = await queries.job(read, scope, _id(job))
    if found is None:
        raise JobNotFound
    return _card(found)


async def retry_job(databases: Databases, tenant: str, job: str) -> Table:
    """Run a failed or cancelled job again. Raises JobIdInvalid and what `service.retry` raises."""
    scope = Scope.system(tenant)
    async with databases.write(scope) as write:
        return _card(await service.retry(write, scope, _id(job)))


async def cancel_job(databases: Databases, tenant: str, job: str) -> Table:
    """Stop a job. Raises JobIdInvalid and what `service.cancel` raises."""
    scope = Scope.system(tenant)
    async with databases.write(scope) as write:
        return _card(await service.cancel(write, scope, _id(job)))


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise JobIdInvalid(id=text) from None


def _card(job: JobValue) -> Table:
    table = Table(show_header=False)
    facts: dict[str, Any] = {
        "id": job.id, "kind": job.kind, "state": job.state, "progress": f"{job.done}/{job.total} {job.note}",
        "attempts": job.attempts, "cancel asked": job.is_cancel_requested, "asked": job.created_at,
        "started": job.started_at, "ended": job.finished_at, "correlation": job.correlation_id,
        "result": job.result, "error": job.error,
    }  # fmt: skip
    for name, fact in facts.items():
        shown = json.dumps(fact, ensure_ascii=False) if isinstance(fact, dict) else str("" if fact is None else fact)
        table.add_row(name, shown)
    return table
