"""Words of loan files."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

KEPT = timedelta(days=7)
"""How long a made file can be downloaded; a bank that needs it longer keeps its own copy."""
LARGEST_MB = 64
"""Megabytes of a statement's files that one archive takes: it is put together in memory, one at a time in a job."""
MEDIA_TYPE = "application/zip"
FORMAT = "carbon-loan-file/1"


class LoanFileState(StrEnum):
    """How far a loan file is; `DELETED` ones were made and are no more."""

    ASKED = "asked"
    READY = "ready"
    REFUSED = "refused"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True)
class LoanFileValue:
    """A loan file and the consent it rests on; `reason` says why there is none (any more)."""

    id: UUID
    bank_id: UUID
    account_id: UUID
    consent_id: UUID
    purpose: str
    state: LoanFileState
    job_id: UUID
    object_key: str
    sha256: str
    size: int
    reason: str
    asked_at: datetime
    made_at: datetime | None
    expires_at: datetime | None
    ended_at: datetime | None
