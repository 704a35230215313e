"""Background work as a noun sees it: a function registered under a kind, and the `Task` it is given.

    @job("emissions:import", timeout=1800)
    async def import_activity(task: Task, payload: dict[str, Any]) -> dict[str, Any]: ...

`kit.outbox.enqueue` asks for the work, `backend/jobs` runs it. A job may be run again after a crash, so its
function must find what it did before and return the same result. Two tools make that easy:

- `task.hold(write)` locks the job inside the function's own transaction and refuses when the lease was lost
  meanwhile: two workers can then never apply the same step side by side, however long it takes.
- `task.complete(write, result)` stores the success in that same transaction: effect and completion are one commit.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Text, cast, func, select, update
from sqlalchemy.orm import InstrumentedAttribute

from backend.kit.db import Databases, Write
from backend.kit.outbox import Job
from backend.kit.scope import Scope
from backend.kit.settings import Settings

PROGRESS_SECONDS = 0.4
"""Progress is stored (and a cancel request seen) at most this often, and always at the last step."""

JOB_LOCKS = 320203
"""The seed that keeps the advisory locks of jobs apart from others."""

JSONObject = dict[str, Any]


class Cancelled(Exception):
    """Somebody asked for the job to stop; whatever transaction is open rolls back."""


class LeaseLost(Exception):
    """Another worker holds this job now (we were too slow or cut off); stop without a trace."""


def lock_key(job_id: UUID | ColumnElement[UUID] | InstrumentedAttribute[UUID]) -> ColumnElement[int]:
    """Return the key of a job's advisory lock, for one job or for a column of jobs."""
    name = str(job_id) if isinstance(job_id, UUID) else cast(job_id, Text)
    return func.hashtextextended(name, JOB_LOCKS)


Report = Callable[[int, int, str], Awaitable[bool]]
"""Stores progress and tells whether a cancel was asked for."""


@dataclass(slots=True)
class Task:
    """One attempt at one job.

    `scope` is the scope of the caller who asked for it: everything the function reads or writes happens under that
    caller's row-level security. `lease` names this attempt; it is empty when a test runs the function by hand,
    and then `hold` and `complete` do nothing.
    """

    databases: Databases
    scope: Scope
    storage: Any
    settings: Settings
    job_id: UUID
    attempt: int = 1
    lease: str = ""
    report: Report | None = None
    is_complete: bool = False
    _told_at: float = field(default=0.0)

    async def progress(self, done: int, total: int, note: str = "") -> None:
        """Tell how far the job is, in its own units (rows, accounts); cheap to call often.

        Raises:
            Cancelled: a cancel was asked for.
            LeaseLost: another worker holds the job now.
        """
        instant = monotonic()
        if self.report is None or (done < total and instant - self._told_at < PROGRESS_SECONDS):
            return
        self._told_at = instant
        if await self.report(done, total, note):
            raise Cancelled

    async def hold(self, write: Write) -> None:
        """Lock the job in this transaction, so that no other worker can take it before the transaction ends.

        The lock is an advisory one: a row lock would also stop the heartbeat that keeps the lease, and a long
        calculation would lose the very job it holds.

        Raises:
            LeaseLost: another worker holds the job now, or it is finished.
        """
        if not self.lease:
            return
        await write.value(select(func.pg_advisory_xact_lock(lock_key(self.job_id))))
        mine = select(Job.id).where(Job.id == self.job_id, Job.lease_owner == self.lease, Job.state == "running")
        if await write.value(mine) is None:
            raise LeaseLost

    async def complete(self, write: Write, result: JSONObject) -> JSONObject:
        """Store the success in this transaction, so that the effect and the completion are one commit.

        Return `result`, which the function should return as well.

        Raises:
            LeaseLost: another worker holds the job now, or it is finished.
        """
        if not self.lease:
            return result
        touched = await write.run(
            update(Job)
            .where(Job.id == self.job_id, Job.lease_owner == self.lease, Job.state == "running")
            .values(
                state="succeeded",
                result=result,
                error=None,
                lease_owner=None,
                lease_until=None,
                finished_at=func.clock_timestamp(),
            )
        )
        if not touched:
            raise LeaseLost
        self.is_complete = True
        return result


Function = Callable[[Task, JSONObject], Awaitable[JSONObject | None]]
F = TypeVar("F", bound=Function)


@dataclass(frozen=True, slots=True)
class Kind:
    """A registered kind of job.

    `timeout` is in seconds. `attempts` counts runs that ended without an answer (a killed worker, a lost
    connection); an answer, even a failure, is final until somebody retries the job.
    """

    name: str
    function: Function
    timeout: float
    attempts: int


KINDS: dict[str, Kind] = {}


def job(kind: str, *, timeout: float = 3600, attempts: int = 5) -> Callable[[F], F]:
    """Register the function that runs jobs of `kind` (`noun:verb`).

    Raises:
        ValueError: the kind is registered already by another function.
    """

    def register(function: F) -> F:
        known = KINDS.get(kind)
        if known is not None and (known.function.__module__, known.function.__qualname__) != (
            function.__module__,
            function.__qualname__,
        ):
            message = f"job kind {kind} is registered twice"
            raise ValueError(message)
        KINDS[kind] = Kind(kind, function, timeout, attempts)
        return function

    return register
