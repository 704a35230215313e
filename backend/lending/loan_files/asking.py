"""Asking for a loan file, and what becomes of it. The content is made by a job, see `jobs_making`."""

from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Row, Select, bindparam, case, insert, select, text, update

from backend.kit.clock import now
from backend.kit.db import Read, Write
from backend.kit.ids import new_id
from backend.kit.outbox import enqueue
from backend.kit.scope import Scope
from backend.kit.storage import StoredFile
from backend.lending.errors import ConsentMissing, LoanFileNotFound, LoanFileNotReady, LoanPurposeMissing
from backend.lending.loan_files.models import LoanFile
from backend.lending.loan_files.values import KEPT, LoanFileState, LoanFileValue
from backend.lending.reading.opening import check_bank, opened
from backend.lending.values import ReadConsent, ReadKind

KIND = "lending:loan_file"
LONGEST_PURPOSE = 500
OVER = text("select file_id, account_id, why from lending_loan_files_over(:most)").bindparams(
    bindparam("most", type_=BigInteger)
)
_COLUMNS = (
    LoanFile.id, LoanFile.bank_id, LoanFile.account_id, LoanFile.consent_id, LoanFile.purpose, LoanFile.state,
    LoanFile.job_id, LoanFile.object_key, LoanFile.sha256, LoanFile.size, LoanFile.reason, LoanFile.asked_at,
    LoanFile.made_at, LoanFile.expires_at, LoanFile.ended_at,
)  # fmt: skip


def _value(row: Row[Any]) -> LoanFileValue:
    """Return the loan file a row of `_COLUMNS` holds."""
    return LoanFileValue(
        row.id, row.bank_id, row.account_id, row.consent_id, row.purpose, LoanFileState(row.state), row.job_id,
        row.object_key, row.sha256, row.size, row.reason, row.asked_at, row.made_at, row.expires_at, row.ended_at,
    )  # fmt: skip


def _own(scope: Scope) -> Select[*tuple[Any, ...]]:
    return select(*_COLUMNS).where(LoanFile.bank_id == scope.organisation_id)


async def request_loan_file(write: Write, scope: Scope, account_id: UUID, purpose: str) -> LoanFileValue:
    """Have a borrower's loan file made; the enterprise finds the request in its log.

    Raises:
        Unauthenticated, Forbidden: without `lending:read`.
        BanksOnly: the caller is no bank.
        LoanPurposeMissing: nothing said, or too much.
        ConsentMissing: no consent in force opens the account's statement.
    """
    check_bank(scope)
    why = purpose.strip()
    if not 0 < len(why) <= LONGEST_PURPOSE:
        raise LoanPurposeMissing(path=("input", "purpose"))
    consent = await opened(write, scope, account_id, "statement", why, ReadKind.LOAN_FILE)
    own_id = new_id()
    job_id = await enqueue(write, KIND, {"loan_file_id": str(own_id)}, account_id=account_id)
    await write.run(
        insert(LoanFile).values(
            id=own_id, bank_id=scope.organisation_id, account_id=account_id, consent_id=consent.consent_id, purpose=why,
            state=LoanFileState.ASKED.value, job_id=job_id, asked_at=now(), asked_by=scope.actor_id,
        )
    )  # fmt: skip
    write.audit(KIND, object_type="LoanFile", object_id=own_id, account=str(account_id), job=str(job_id))
    return await loan_file(write, scope, own_id)


async def loan_file(read: Read, scope: Scope, file_id: UUID) -> LoanFileValue:
    """Return one of the bank's loan files.

    Raises:
        Unauthenticated, Forbidden, BanksOnly: see `request_loan_file`.
        LoanFileNotFound: not this bank's.
    """
    check_bank(scope)
    row = await read.row(_own(scope).where(LoanFile.id == file_id))
    if row is None:
        raise LoanFileNotFound
    return _value(row)


async def loan_files(
    read: Read, scope: Scope, *, account_id: UUID | None = None, before: UUID | None = None, limit: int
) -> list[LoanFileValue]:
    """Return the bank's loan files, newest first. Raises Unauthenticated, Forbidden, BanksOnly."""
    check_bank(scope)
    wanted = _own(scope).order_by(LoanFile.id.desc()).limit(limit)
    if account_id is not None:
        wanted = wanted.where(LoanFile.account_id == account_id)
    if before is not None:
        wanted = wanted.where(LoanFile.id < before)
    return [_value(row) for row in await read.rows(wanted)]


async def ready_loan_file(read: Read, scope: Scope, file_id: UUID) -> LoanFileValue:
    """Return a loan file that can be downloaded, as far as its own record says.

    Raises:
        Unauthenticated, Forbidden, BanksOnly: see `request_loan_file`.
        LoanFileNotFound: not this bank's, refused, deleted or past its days.
        LoanFileNotReady: it is still being made.
    """
    found = await loan_file(read, scope, file_id)
    if found.state is LoanFileState.ASKED:
        raise LoanFileNotReady
    if found.state is not LoanFileState.READY or found.expires_at is None or found.expires_at <= now():
        raise LoanFileNotFound
    return found


async def open_loan_file(write: Write, scope: Scope, found: LoanFileValue) -> ReadConsent:
    """Check, at this second, the very consent a loan file was asked under; the read is logged.

    Raises:
        Unauthenticated, Forbidden, BanksOnly: see `request_loan_file`.
        ConsentMissing: it is not in force any more; another one since does not open what was made under this.
    """
    consent = await opened(write, scope, found.account_id, "statement", found.purpose, ReadKind.LOAN_FILE)
    if consent.consent_id != found.consent_id:
        raise ConsentMissing
    return consent


async def mark_ready(write: Write, scope: Scope, file_id: UUID, stored: StoredFile) -> None:
    """Say that a loan file is in storage; it is kept for `KEPT`."""
    check_bank(scope)
    moment = now()
    await write.run(
        update(LoanFile)
        .where(LoanFile.id == file_id, LoanFile.state == LoanFileState.ASKED.value)
        .values(
            state=LoanFileState.READY.value, object_key=stored.key, sha256=stored.sha256, size=stored.size,
            made_at=moment, expires_at=moment + KEPT,
        )
    )  # fmt: skip


async def mark_ended(write: Write, scope: Scope, file_id: UUID, reason: str) -> None:
    """Say that there is no file (any more), and why; of the calling bank, or any under the service's scope."""
    scope.require("lending:read")
    is_asked = LoanFile.state == LoanFileState.ASKED.value
    state = case((is_asked, LoanFileState.REFUSED.value), else_=LoanFileState.DELETED.value)
    touched = await write.run(
        update(LoanFile)
        .where(LoanFile.id == file_id, LoanFile.ended_at.is_(None))
        .values(state=state, reason=reason, ended_at=now())
    )
    if touched:
        write.audit("lending:end_loan_file", object_type="LoanFile", object_id=file_id, reason=reason)


async def over(read: Read, scope: Scope, most: int) -> list[tuple[UUID, UUID, str]]:
    """Return loan files to be deleted: id, account, why. Under the service's scope."""
    scope.require("lending:read")
    return [(row.file_id, row.account_id, row.why) for row in await read.rows(OVER, {"most": most})]
