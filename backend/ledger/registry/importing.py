"""Units on their way in: a registry's export is asked for by a command and read by a job.

    upload -> storage -> import `received` + job, one transaction
    job: file -> lines -> checks -> clearing -> one movement a batch, import `stored`, job done: one transaction
         or, with any problem: import `rejected` and the annotated file; or `checked`, for a dry run

All of a file comes in, or nothing of it. The same file stored once is one import.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, text, update

from backend.accounts import service as accounts
from backend.accounts.errors import AccountClosed, AccountNotYours
from backend.accounts.values import AccountValue
from backend.identity import service as identity
from backend.kit.clock import now
from backend.kit.db import Read, Write
from backend.kit.ids import new_id
from backend.kit.outbox import Job, enqueue
from backend.kit.scope import Kind, Scope
from backend.kit.storage import StoredFile
from backend.ledger.registry.checking import Ready
from backend.ledger.registry.lines import fold
from backend.ledger.registry.models import UnitImport
from backend.ledger.registry.sources import Source
from backend.ledger.service.issuing import import_units
from backend.ledger.values import MovementValue, Reason

KIND = "ledger:import"
UNDONE = text("""
select undone.id from ledger_movement made join ledger_movement undone on undone.reverses_id = made.id
where made.to_account_id = :account and made.group_id = :import limit 1""")


@dataclass(frozen=True, slots=True)
class UnitImportAccepted:
    """The import a file became. `is_repeat`: the same file was stored, or is being read, already."""

    import_id: UUID
    job_id: UUID | None
    state: str
    is_repeat: bool


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds the account: its name for a sentence, and what a registry may call it, folded."""

    name: str
    names: tuple[str, ...]


async def may_import(read: Read, scope: Scope, source: Source, account_id: UUID) -> AccountValue:
    """Return the account if the caller may bring units of a class to it: its holder, or its region's authority.

    Raises:
        Unauthenticated, Forbidden: without the class's permission.
        AccountNotFound: no such account, or not visible.
        AccountNotYours: visible, but somebody else's.
        AccountClosed: the account is closed.
    """
    scope.require(source.permission)
    account = await accounts.account(read, scope, account_id)
    if scope.kind not in (Kind.SYSTEM, Kind.AUTHORITY) and account.organisation_id != scope.organisation_id:
        raise AccountNotYours
    if account.closed_at is not None:
        raise AccountClosed(number=account.number)
    return account


async def request_import(
    write: Write,
    scope: Scope,
    source: Source,
    *,
    account_id: UUID,
    stored: StoredFile,
    file_name: str,
    media_type: str,
    is_dry_run: bool = False,
    is_queued: bool = True,
) -> UnitImportAccepted:
    """Ask for a stored file to be imported; the job starts after the commit. Not queued: the caller does the work.

    Raises:
        Unauthenticated, Forbidden, AccountNotFound, AccountNotYours, AccountClosed: as `may_import`.
    """
    await may_import(write, scope, source, account_id)
    open_job = select(Job.id).where(Job.id == UnitImport.job_id, Job.state.in_(("queued", "running"))).exists()
    first = await write.row(
        select(UnitImport.id, UnitImport.job_id, UnitImport.state)
        .where(
            UnitImport.account_id == account_id, UnitImport.class_code == source.class_code,
            UnitImport.sha256 == stored.sha256, UnitImport.is_dry_run == is_dry_run,
            (UnitImport.state == "received") & open_job | (UnitImport.state == "stored"),
        )
        .order_by(UnitImport.created_at.desc())
        .limit(1)
    )  # fmt: skip
    if first is not None and not await _is_undone(write, account_id, first.id, first.state):
        return UnitImportAccepted(first.id, first.job_id, first.state, is_repeat=True)
    import_id = new_id()
    payload = {"account_id": str(account_id), "import_id": str(import_id)}
    job_id = await enqueue(write, KIND, payload, account_id=account_id) if is_queued else None
    await write.run(
        insert(UnitImport).values(
            account_id=account_id, id=import_id, class_code=source.class_code, state="received", is_dry_run=is_dry_run,
            file_name=file_name, media_type=media_type, sha256=stored.sha256, object_key=stored.key, job_id=job_id,
            created_at=now(), created_by=scope.actor_id,
        )
    )  # fmt: skip
    write.audit(
        KIND, object_type="UnitImport", object_id=import_id, unit_class=source.class_code, file_name=file_name,
        sha256=stored.sha256, is_dry_run=is_dry_run,
    )  # fmt: skip
    return UnitImportAccepted(import_id, job_id, "received", is_repeat=False)


async def _is_undone(read: Read, account_id: UUID, import_id: UUID, state: str) -> bool:
    """Tell whether a stored import was reversed since; its file may then come in again, and the books decide."""
    if state != "stored":
        return False
    return await read.value(UNDONE, {"account": account_id, "import": import_id}) is not None


async def holder_of(read: Read, scope: Scope, account: AccountValue) -> Holder:
    """Return who holds the account."""
    found = await identity.organisation(read, scope, account.organisation_id)
    names = () if found is None else (found.name, found.credit_code)
    return Holder(names[0] if names else account.name, tuple(fold(each) for each in names if each))


async def bring(
    write: Write, scope: Scope, source: Source, account_id: UUID, import_id: UUID, found: Ready, *, reference: str, sha256: str
) -> list[MovementValue]:  # fmt: skip
    """Bring a file's units into the books, with what follows from them.

    Raises:
        OriginOverlap: some are in the books already.
        Clash: what follows cannot be.
        AccountUnknown, AccountClosed, ClassFrozen: by the books.
    """
    batches = [(Decimal(count), spec) for count, spec in zip(found.quantities, found.specs, strict=True)]
    reason = Reason(purpose="import", reference=reference[:200], group_id=import_id, facts={"sha256": sha256})
    movements = await import_units(write, scope, account_id, source.class_code, batches, reason)
    await source.settle(write, scope, account_id, found.specs, movements)
    return movements


async def finish(
    write: Write,
    account_id: UUID,
    import_id: UUID,
    state: str,
    summary: dict[str, Any],
    annotated_key: str | None = None,
) -> None:
    """Write down, once, how an import ended."""
    await write.run(
        update(UnitImport)
        .where(UnitImport.account_id == account_id, UnitImport.id == import_id, UnitImport.state == "received")
        .values(
            state=state, summary=summary, annotated_key=annotated_key, finished_at=now(),
            group_id=import_id if state == "stored" else None,
        )
    )  # fmt: skip
