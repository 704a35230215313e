"""Jobs on the wire: look, watch, stop, run again."""

from collections.abc import AsyncGenerator
from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry

from backend.jobs import queries, service
from backend.jobs.values import READ, JobState, JobValue
from backend.jobs.watch import watch
from backend.kit.db import Write
from backend.kit.errors import Invalid
from backend.kit.scope import Scope
from backend.wire.commands import command
from backend.wire.connections import Connection, connect, page
from backend.wire.context import Context, Info
from backend.wire.nodes import Node, node_id, node_loader, uuids
from backend.wire.scalars import JSON

strawberry.enum(JobState, name="JobState", description="How far a job is; SUCCEEDED, FAILED and CANCELLED are final.")


@strawberry.type(description="Why a job failed, and how to mend it.")
class JobFailure:
    """Why a job failed."""

    code: str = strawberry.field(description="Stable; docs/errors.md lists them all.")
    message: str = strawberry.field(description="For a person, in the request's language.")
    message_zh: str = strawberry.field(description="中文说明。")
    message_en: str = strawberry.field(description="English text.")
    path: list[str] = strawberry.field(description="The input field, outermost first; empty if no single one.")
    details: JSON = strawberry.field(description="The facts the message was built from.")


@strawberry.type(
    description="A piece of background work (任务): import, calculation, export. The operator sees how it fares, only "
    "its organisation sees what it is about."
)
class Job(Node):
    """A piece of background work."""

    kind: str = strawberry.field(description="What it does, `noun:verb`, e.g. `emissions:import`.")
    state: JobState = strawberry.field(description="How far it is.")
    account_id: strawberry.ID | None = strawberry.field(description="The carbon account it works on, if one.")
    done: int = strawberry.field(description="Progress in the job's own units (rows, accounts).")
    total: int = strawberry.field(description="The units there are; 0 while unknown.")
    note: str = strawberry.field(description="What it is doing now.")
    result: JSON | None = strawberry.field(description="What it returned, once it succeeded.")
    error: JobFailure | None = strawberry.field(description="Why it failed, once it failed.")
    attempts: int = strawberry.field(description="How often a worker took it.")
    is_cancel_requested: bool = strawberry.field(description="Somebody asked for it to stop.")
    correlation_id: str = strawberry.field(description="Ties it to the request that asked for it, in every log.")
    created_at: datetime = strawberry.field(description="When it was asked for.")
    started_at: datetime | None = strawberry.field(description="When a worker first took it.")
    finished_at: datetime | None = strawberry.field(description="When it ended.")


def shown(job: JobValue, scope: Scope) -> Job:
    """Return the job as this caller may see it: what it is about belongs to its organisation."""
    is_own = job.belongs_to(scope)
    return Job(
        id=node_id("Job", job.id),
        kind=job.kind,
        state=job.state,
        account_id=node_id("CarbonAccount", job.account_id) if is_own and job.account_id else None,
        done=job.done,
        total=job.total,
        note=job.note if is_own else "",
        result=JSON(job.result) if is_own and job.result is not None else None,
        error=_failure(job.error, scope, is_own=is_own) if job.error else None,
        attempts=job.attempts,
        is_cancel_requested=job.is_cancel_requested,
        correlation_id=job.correlation_id,
        created_at=job.created_at,
        started_at=job.started_at,
        finished_at=job.finished_at,
    )


def _failure(error: dict[str, object], scope: Scope, *, is_own: bool) -> JobFailure:
    code, zh, en = (str(error.get(key, "")) for key in ("code", "zh", "en"))
    path, details = error.get("path"), error.get("details")
    if not is_own:
        # The sentence and its facts may quote the enterprise's own data.
        zh, en, path, details = "任务失败。", "The job failed.", [], {}
    return JobFailure(
        code=code,
        message=zh if scope.language.startswith("zh") else en,
        message_zh=zh,
        message_en=en,
        path=[str(part) for part in path] if isinstance(path, list) else [],
        details=JSON(details or {}),
    )


@node_loader("Job")
async def load_job(context: Context, job_id: UUID) -> Job | None:
    """Fetch a job for `node(id:)`."""
    context.scope.require(READ)
    async with context.read() as read:
        found = await queries.job(read, context.scope, job_id)
    return shown(found, context.scope) if found else None


First = Annotated[int, strawberry.argument(description="How many, 1 to 100.")]
After = Annotated[str | None, strawberry.argument(description="A cursor from an earlier answer.")]


@strawberry.type
class JobsQuery:
    """Reading jobs."""

    @strawberry.field(description="One job (任务), or null when it is not there or not yours.")
    async def job(self, info: Info, id: strawberry.ID) -> Job | None:  # noqa: A002 - the wire's word
        """Return one job."""
        (job_id, *_) = uuids(id, "Job", path=("id",))
        return await load_job(info.context, job_id)

    @strawberry.field(description="Your organisation's jobs (the operator: all), newest first.")
    async def jobs(
        self,
        info: Info,
        first: First = 50,
        after: After = None,
        state: JobState | None = None,
        kind: str | None = None,
        account_id: strawberry.ID | None = None,
    ) -> Connection[Job]:
        """Return a page of jobs."""
        context = info.context
        context.scope.require(READ)
        asked = page(first, after)
        account = uuids(account_id, "CarbonAccount", path=("accountId",))[0] if account_id else None
        async with context.read() as read:
            rows = await queries.jobs(
                read, context.scope, limit=asked.fetch, before=_before(asked.after), state=state, kind=kind,
                account_id=account,
            )  # fmt: skip
        return connect(rows, asked, key=lambda job: [job.id], make=lambda job: shown(job, context.scope))


def _before(after: list[object] | None) -> UUID | None:
    if not after:
        return None
    try:
        return UUID(str(after[0]))
    except ValueError:
        raise Invalid(reason="after is not a cursor of this list", path=("after",)) from None


@strawberry.input(description="Which job.")
class JobInput:
    """Which job."""

    id: strawberry.ID = strawberry.field(description="The job's global id.")


@strawberry.type(description="The job was asked to stop (or had been already).")
class JobCancelled:
    """The job was asked to stop."""

    id: strawberry.ID = strawberry.field(description="The job's global id.")
    state: JobState = strawberry.field(description="CANCELLED, or RUNNING until its next step.")


@strawberry.type(description="The job waits for a worker again.")
class JobRetried:
    """The job waits for a worker again."""

    id: strawberry.ID = strawberry.field(description="The job's global id.")
    state: JobState = strawberry.field(description="How far it is.")


@strawberry.type
class JobsMutation:
    """Commands on jobs."""

    @command("jobs:cancel")
    async def cancel_job(context: Context, write: Write, input: JobInput) -> JobCancelled:  # noqa: A002, N805 - the wire's word  # pyright: ignore[reportGeneralTypeIssues]
        """Stop a job: at once while it waits, at its next step while it runs; what it had not committed is undone."""
        (job_id, *_) = uuids(input.id, "Job", path=("input", "id"))
        job = await service.cancel(write, context.scope, job_id)
        return JobCancelled(id=node_id("Job", job.id), state=job.state)

    @command("jobs:retry")
    async def retry_job(context: Context, write: Write, input: JobInput) -> JobRetried:  # noqa: A002, N805 - the wire's word  # pyright: ignore[reportGeneralTypeIssues]
        """Run a failed or cancelled job again, as whoever first asked for it."""
        (job_id, *_) = uuids(input.id, "Job", path=("input", "id"))
        job = await service.retry(write, context.scope, job_id)
        return JobRetried(id=node_id("Job", job.id), state=job.state)


@strawberry.type
class JobsSubscription:
    """Watching jobs."""

    @strawberry.subscription(description="The job now and after each change; ends when the job has ended.")
    async def job_progress(self, info: Info, id: strawberry.ID) -> AsyncGenerator[Job]:  # noqa: A002 - the wire's word
        """Yield the job until it ends."""
        context = info.context
        (job_id, *_) = uuids(id, "Job", path=("id",))
        async for job in watch(context.databases, context.scope, context.redis, job_id):
            yield shown(job, context.scope)
