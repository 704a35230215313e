"""Work leaves with the commit: a job record and an outbox row, written in the command's own transaction.

The relay (`backend/jobs`) reads the outbox and tells Redis; Redis is only for speed. The job record is the
truth: its state, progress, attempts and lease. `enqueue` is the only way to ask for background work.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, func, insert, select, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.clock import now
from backend.kit.db import Write
from backend.kit.ids import new_id
from backend.kit.orm import Base

RELAY_CHANNEL = "carbon_outbox"
"""PostgreSQL announces here, at the commit, that the outbox has something."""
JOB_STATES = ("queued", "running", "succeeded", "failed", "cancelled")


class Job(Base):
    """A piece of background work and everything known of it.

    `scope` is the caller's scope as JSON: the worker acts as that caller, under the same row-level security.
    `progress_done`/`progress_total` count the job's own units (rows, accounts). `result` and `error` are JSON
    for the caller: `error` has code, zh, en and details. `lease_until` belongs to the worker that runs it;
    when it passes, another may take the job.
    """

    __tablename__ = "job"
    __table_args__ = (
        CheckConstraint(f"state in {JOB_STATES}", name="state"),
        Index(None, "organisation_id", "created_at"),
        Index("ix_job_open", "lease_until", postgresql_where=text("state in ('queued', 'running')")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    state: Mapped[str]
    organisation_id: Mapped[UUID | None]
    account_id: Mapped[UUID | None]
    scope: Mapped[dict[str, Any]]
    payload: Mapped[dict[str, Any]]
    progress_done: Mapped[int] = mapped_column(server_default=text("0"))
    progress_total: Mapped[int] = mapped_column(server_default=text("0"))
    progress_note: Mapped[str] = mapped_column(server_default=text("''"))
    result: Mapped[dict[str, Any] | None]
    error: Mapped[dict[str, Any] | None]
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    is_cancel_requested: Mapped[bool] = mapped_column(server_default=text("false"))
    lease_owner: Mapped[str | None]
    lease_until: Mapped[datetime | None]
    correlation_id: Mapped[str]
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]


class Outbox(Base):
    """What must be told to the outside after the commit; the relay deletes what it has told."""

    __tablename__ = "outbox"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    topic: Mapped[str]
    payload: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]


async def enqueue(
    write: Write, kind: str, payload: dict[str, Any], *, account_id: UUID | None = None, total: int = 0
) -> UUID:
    """Record a job of `kind` (`noun:verb`, e.g. `emissions:import`) to start after the commit; return its id.

    The worker finds the function by `kind` and runs it under the caller's scope with `payload`
    (small ids only; large inputs go to storage first).
    """
    scope, job_id = write.scope, new_id()
    await write.run(
        insert(Job).values(
            id=job_id, kind=kind, state="queued", organisation_id=scope.organisation_id, account_id=account_id,
            scope=scope.dump(), payload=payload, progress_total=total, correlation_id=scope.correlation_id,
            created_at=now(),
        )
    )  # fmt: skip
    await write.run(insert(Outbox).values(id=new_id(), topic="job", payload={"job_id": str(job_id)}, created_at=now()))
    await wake_relay(write)
    return job_id


async def wake_relay(write: Write) -> None:
    """Wake the relay when this transaction commits; without it the relay would look in a second."""
    await write.value(select(func.pg_notify(RELAY_CHANNEL, "")))
