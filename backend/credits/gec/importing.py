"""Certificates on their way in: a file of the national platform is asked for by a command and read by a job.

    upload -> storage -> import `received` + job, one transaction
    job: file -> lines -> checks -> clearing -> one movement a batch, import `stored`, job done: one transaction
         or, with any problem: import `rejected` and the annotated file; or `checked`, for a dry run

All of a file comes in, or nothing of it. The same file stored once is one import.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, text, update

from backend.accounts import service as accounts
from backend.accounts.errors import AccountClosed, AccountNotYours
from backend.accounts.values import AccountValue
from backend.credits.gec.checking import Sorted
from backend.credits.gec.import_errors import EnergyClaimedAsCcer
from backend.credits.gec.models import GecImport
from backend.credits.gec.words import fold
from backend.identity import service as identity
from backend.kit.clock import now
from backend.kit.db import Read, Write
from backend.kit.ids import new_id
from backend.kit.outbox import Job, enqueue
from backend.kit.scope import Kind, Scope
from backend.kit.storage import StoredFile
from backend.ledger import service as ledger
from backend.ledger.errors import AlreadyClaimed
from backend.ledger.service import Extent, Use, energy_of
from backend.ledger.values import GEC, BatchSpec, MovementValue, Reason

KIND = "credits:import"
UNDONE = text("""
select undone.id from ledger_movement made join ledger_movement undone on undone.reverses_id = made.id
where made.to_account_id = :account and made.group_id = :import limit 1""")


@dataclass(frozen=True, slots=True)
class CertificateImportAccepted:
    """The import a file became. `is_repeat`: the same file was stored, or is being read, already."""

    import_id: UUID
    job_id: UUID | None
    state: str
    is_repeat: bool


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds the account, and what the platform may call it: its name or its unified social credit code."""

    account: AccountValue
    name: str
    names: tuple[str, ...]


async def may_import(read: Read, scope: Scope, account_id: UUID) -> AccountValue:
    """Return the account if the caller may bring certificates to it: its holder, or its region's authority.

    Raises:
        Unauthenticated, Forbidden: without `credits:import`.
        AccountNotFound: no such account, or not visible.
        AccountNotYours: visible, but somebody else's.
        AccountClosed: the account is closed.
    """
    scope.require("credits:import")
    account = await accounts.account(read, scope, account_id)
    if scope.kind not in (Kind.SYSTEM, Kind.AUTHORITY) and account.organisation_id != scope.organisation_id:
        raise AccountNotYours
    if account.closed_at is not None:
        raise AccountClosed(number=account.number)
    return account


async def request_import(
    write: Write,
    scope: Scope,
    *,
    account_id: UUID,
    stored: StoredFile,
    file_name: str,
    media_type: str,
    is_dry_run: bool = False,
    is_queued: bool = True,
) -> CertificateImportAccepted:
    """Ask for a stored file to be imported; the job starts after the commit. Not queued: the caller does the work.

    Raises:
        Unauthenticated, Forbidden, AccountNotFound, AccountNotYours, AccountClosed: as `may_import`.
    """
    await may_import(write, scope, account_id)
    open_job = select(Job.id).where(Job.id == GecImport.job_id, Job.state.in_(("queued", "running"))).exists()
    first = await write.row(
        select(GecImport.id, GecImport.job_id, GecImport.state)
        .where(
            GecImport.account_id == account_id, GecImport.sha256 == stored.sha256,
            GecImport.is_dry_run == is_dry_run,
            (GecImport.state == "received") & open_job | (GecImport.state == "stored"),
        )
        .order_by(GecImport.created_at)
        .limit(1)
    )  # fmt: skip
    if first is not None and not await _is_undone(write, account_id, first.id, first.state):
        return CertificateImportAccepted(first.id, first.job_id, first.state, is_repeat=True)
    import_id = new_id()
    payload = {"account_id": str(account_id), "import_id": str(import_id)}
    job_id = await enqueue(write, KIND, payload, account_id=account_id) if is_queued else None
    await write.run(
        insert(GecImport).values(
            account_id=account_id, id=import_id, state="received", is_dry_run=is_dry_run, file_name=file_name,
            media_type=media_type, sha256=stored.sha256, object_key=stored.key, job_id=job_id, created_at=now(),
            created_by=scope.actor_id,
        )
    )  # fmt: skip
    write.audit(
        KIND, object_type="CertificateImport", object_id=import_id, file_name=file_name, sha256=stored.sha256,
        is_dry_run=is_dry_run,
    )  # fmt: skip
    return CertificateImportAccepted(import_id, job_id, "received", is_repeat=False)


async def _is_undone(read: Read, account_id: UUID, import_id: UUID, state: str) -> bool:
    """Tell whether a stored import was reversed since; its file may then come in again, and the books decide."""
    if state != "stored":
        return False
    return await read.value(UNDONE, {"account": account_id, "import": import_id}) is not None


async def holder_of(read: Read, scope: Scope, account: AccountValue) -> Holder:
    """Return who holds the account."""
    found = await identity.organisation(read, scope, account.organisation_id)
    names = () if found is None else (found.name, found.credit_code)
    return Holder(account, names[0] if names else account.name, tuple(fold(each) for each in names if each))


async def bring(
    write: Write, scope: Scope, account_id: UUID, import_id: UUID, found: Sorted, *, reference: str, sha256: str
) -> list[MovementValue]:
    """Bring a file's certificates into the books, and claim once a project and month the energy they stand for.

    Raises:
        OriginOverlap: some are in the books already.
        EnergyClaimedAsCcer: CCER were registered for a project's energy of a month.
        AccountUnknown, AccountClosed, ClassFrozen, UnitsExpired: by the books.
    """
    batches = [(Decimal(count), spec) for count, spec in zip(found.quantities, found.specs, strict=True)]
    reason = Reason(purpose="import", reference=reference, group_id=import_id, facts={"sha256": sha256})
    movements = await ledger.import_units(write, scope, account_id, GEC, batches, reason)
    await _claim_energy(write, scope, account_id, found.specs, movements)
    return movements


async def _claim_energy(
    write: Write, scope: Scope, account_id: UUID, specs: Sequence[BatchSpec], movements: Sequence[MovementValue]
) -> None:
    """Claim for certificates, once a project and month, the energy they stand for, so that no CCER can.

    Whatever the technology: the line that names it is the holder's file, and a plant at sea called one on land would
    otherwise be counted twice.
    """
    claimed: set[Extent] = set()
    for spec, movement in zip(specs, movements, strict=True):
        extent = energy_of(GEC, spec)
        if extent is None or extent in claimed:
            continue
        claimed.add(extent)
        point = await write.connection.begin_nested()
        try:
            await ledger.claim(
                write, scope, Use.GEC, account_id, [extent], period=spec.vintage, movement_id=movement.id,
                facts={"project": spec.project_code, "month": f"{spec.produced_from:%Y-%m}"},
            )  # fmt: skip
        except AlreadyClaimed as clash:
            await point.rollback()
            # Certificates of the same energy stand here already, and their claim guards ours as well.
            if clash.details.get("other") != Use.GEC.value:
                raise EnergyClaimedAsCcer(project=spec.project_code, month=f"{spec.produced_from:%Y-%m}") from clash
        else:
            await point.commit()


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
        update(GecImport)
        .where(GecImport.account_id == account_id, GecImport.id == import_id, GecImport.state == "received")
        .values(
            state=state, summary=summary, annotated_key=annotated_key, finished_at=now(),
            group_id=import_id if state == "stored" else None,
        )
    )  # fmt: skip
