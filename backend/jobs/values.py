"""What a job is to those who ask about it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from backend.kit.scope import Kind, Scope

READ = "jobs:read"
CANCEL = "jobs:cancel"
OPERATE = "jobs:operate"
PERMISSIONS = frozenset({READ, CANCEL, OPERATE})


class JobState(StrEnum):
    """How far a job is; the last three are final (until somebody retries it)."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_final(self) -> bool:
        """Whether nothing more will happen by itself."""
        return self not in (JobState.QUEUED, JobState.RUNNING)


@dataclass(frozen=True, slots=True)
class JobValue:
    """A job as recorded.

    `done` of `total` counts the job's own units. `error` holds code, zh, en, path and details. `attempts` is
    how often a worker took it.
    """

    id: UUID
    kind: str
    state: JobState
    organisation_id: UUID | None
    account_id: UUID | None
    done: int
    total: int
    note: str
    result: dict[str, Any] | None
    error: dict[str, Any] | None
    attempts: int
    is_cancel_requested: bool
    correlation_id: str
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None

    def belongs_to(self, scope: Scope) -> bool:
        """Tell whether the scope may see what the job is about, not only how it fares."""
        return scope.kind is Kind.SYSTEM or (
            self.organisation_id is not None and self.organisation_id == scope.organisation_id
        )


@dataclass(frozen=True, slots=True)
class Claim:
    """A job a worker has taken: `lease` names this very attempt."""

    job_id: UUID
    kind: str
    scope: Scope
    payload: dict[str, Any]
    attempt: int
    lease: str
    is_cancel_requested: bool
