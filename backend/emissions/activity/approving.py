"""Decisions on what was entered: given to a batch or to one record, never taken back, only followed by newer ones."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert

from backend.emissions.activity import books, queries
from backend.emissions.activity.directory import directory
from backend.emissions.activity.errors import (
    AccountClosed,
    BatchNotStored,
    DecidedAlready,
    OwnData,
    ReasonMissing,
    WarningsOpen,
)
from backend.emissions.models import Approval
from backend.kit.db import Write
from backend.kit.ids import new_id
from backend.kit.scope import Scope

APPROVED, REJECTED = "approved", "rejected"


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision that was taken; `record_id` when it is on one record only."""

    account_id: UUID
    batch_id: UUID
    record_id: UUID | None
    decision: str
    decided_at: datetime


async def decide_batch(
    write: Write, scope: Scope, account_id: UUID, batch_id: UUID, decision: str, reason: str = ""
) -> Decided:
    """Approve or reject all records of a batch.

    Raises:
        Unauthenticated, Forbidden: the caller may not approve data.
        AccountNotFound, BatchNotFound: no such account or batch, or not yours.
        AccountClosed: the account is closed.
        BatchNotStored: it holds no stored records.
        OwnData: duties are separated and the caller entered it.
        DecidedAlready: the same decision stands.
        ReasonMissing: a rejection without its reason.
        WarningsOpen: an approval of unusual rows without its reason.
    """
    scope.require("emissions:approve")
    instant = await books.enter(write, [account_id])
    account = await directory(write, scope, account_id)
    batch = await queries.batch(write, scope, account_id, batch_id)
    if account.is_closed:
        raise AccountClosed
    if not batch.record_count:
        raise BatchNotStored(state=batch.state)
    if account.has_separation_of_duties and _is_own(scope, batch.created_by):
        raise OwnData
    if batch.decision == decision:
        raise DecidedAlready(decision=decision)
    if decision == REJECTED and not reason.strip():
        raise ReasonMissing(path=("input", "reason"))
    warnings = int(batch.summary.get("warnings", 0))
    if decision == APPROVED and warnings and not reason.strip():
        raise WarningsOpen(count=warnings, path=("input", "reason"))
    return await _decide(write, scope, account_id, batch_id, None, decision, reason, instant)


async def decide_record(
    write: Write, scope: Scope, account_id: UUID, record_id: UUID, decision: str, reason: str = ""
) -> Decided:
    """Approve or reject one record, whatever was decided on its batch before.

    Raises:
        Unauthenticated, Forbidden: the caller may not approve data.
        AccountNotFound, RecordNotFound: no such account or record, or not yours.
        AccountClosed: the account is closed.
        OwnData: duties are separated and the caller entered it.
        DecidedAlready: the same decision stands.
        ReasonMissing: a single decision always says why it differs from its batch.
    """
    scope.require("emissions:approve")
    instant = await books.enter(write, [account_id])
    account = await directory(write, scope, account_id)
    record = await queries.record(write, scope, account_id, record_id)
    if account.is_closed:
        raise AccountClosed
    if account.has_separation_of_duties and _is_own(scope, record.recorded_by):
        raise OwnData
    if record.state == decision:
        raise DecidedAlready(decision=decision)
    if not reason.strip():
        raise ReasonMissing(path=("input", "reason"))
    return await _decide(write, scope, account_id, record.batch_id, record_id, decision, reason, instant)


def _is_own(scope: Scope, author: UUID | None) -> bool:
    """Tell whether the caller entered it; data of nobody known counts as one's own for nobody known."""
    return scope.actor_id == author


async def _decide(
    write: Write, scope: Scope, account_id: UUID, batch_id: UUID, record_id: UUID | None, decision: str, reason: str,
    instant: datetime,
) -> Decided:  # fmt: skip
    await write.run(
        insert(Approval).values(
            account_id=account_id, id=new_id(), batch_id=batch_id, record_id=record_id, decision=decision,
            reason=reason.strip(), decided_at=instant, decided_by=scope.actor_id,
        )
    )  # fmt: skip
    write.audit(
        "emissions:approve", object_type="activity_record" if record_id else "activity_batch",
        object_id=record_id or batch_id, decision=decision, reason=reason.strip(),
    )  # fmt: skip
    return Decided(account_id, batch_id, record_id, decision, instant)
