"""A file of invitations on its way into the register: asked for, judged, stored whole or not at all, handed over."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import insert, select, text, update

from backend.console.errors import DeskOfAuthority, InvitationFileNotFound, InvitationFileNotStored
from backend.console.inviting import queries
from backend.console.inviting.models import InvitationFile, InvitedEnterprise
from backend.console.inviting.reading import (
    CREDIT_CODE,
    DIVISION,
    MOST_ROWS,
    SECTOR,
    Fault,
    InvitationRow,
    InvitationRows,
    cell_fault,
)
from backend.console.onboarding.deciding import registrar
from backend.console.values import InvitationFileState, InvitationFileValue
from backend.identity import service as identity
from backend.identity.errors import OrganisationExists
from backend.identity.values import Newcomer
from backend.kit.clock import now
from backend.kit.db import Read, Write
from backend.kit.ids import new_id
from backend.kit.outbox import Job, enqueue
from backend.kit.scope import Kind, Scope
from backend.kit.storage import StoredFile
from backend.tenants import service as tenants

KIND = "console:invite_file"
MOST_FAULTS = 100
"""Faults of a file that are listed; of the others their number is told, and the annotated copy shows them all."""
LONGEST_FILE_NAME = 200
_LOCK = text("select pg_advisory_xact_lock(hashtextextended(:file, 400002))")


@dataclass(frozen=True, slots=True)
class FileAccepted:
    """The file an upload became. `is_repeat`: the same content was stored, or is being read, already."""

    id: UUID
    job_id: UUID | None
    state: InvitationFileState
    is_repeat: bool


@dataclass(frozen=True, slots=True)
class Letter:
    """An enterprise's invitation as it is handed over; without a token its administrator has joined already."""

    row: int
    name: str
    credit_code: str
    administrator: str
    email: str
    token: str | None


def may_invite(scope: Scope) -> None:
    """Refuse whoever may not bring a file of invitations; asked before a single byte is taken.

    Raises:
        Unauthenticated, Forbidden: without `console:invite`.
        DeskOfAuthority: anybody but an authority.
    """
    scope.require("console:invite")
    if scope.kind is not Kind.AUTHORITY:
        raise DeskOfAuthority


async def request_file(write: Write, scope: Scope, file_name: str, stored: StoredFile) -> FileAccepted:
    """Ask for a stored file to be read; the job starts after the commit.

    Raises:
        Unauthenticated, Forbidden, DeskOfAuthority: see `may_invite`.
    """
    may_invite(scope)
    assert scope.organisation_id is not None  # noqa: S101 - an authority is an organisation
    await write.value(_LOCK, {"file": f"{scope.organisation_id}:{stored.sha256}"})
    is_open = select(Job.id).where(Job.id == InvitationFile.job_id, Job.state.in_(("queued", "running"))).exists()
    same = await write.row(
        select(InvitationFile.id, InvitationFile.job_id, InvitationFile.state)
        .where(
            InvitationFile.organisation_id == scope.organisation_id, InvitationFile.sha256 == stored.sha256,
            (InvitationFile.state == "stored") | ((InvitationFile.state == "received") & is_open),
        )
        .limit(1)
    )  # fmt: skip
    if same is not None:
        return FileAccepted(same.id, same.job_id, InvitationFileState(same.state), is_repeat=True)
    file_id = new_id()
    job_id = await enqueue(write, KIND, {"file_id": str(file_id)})
    await write.run(
        insert(InvitationFile).values(
            id=file_id, organisation_id=scope.organisation_id, division_path=scope.region,
            file_name=file_name[:LONGEST_FILE_NAME], sha256=stored.sha256, object_key=stored.key, state="received",
            row_count=0, fault_count=0, faults=[], job_id=job_id, created_at=now(), created_by=scope.actor_id,
        )
    )  # fmt: skip
    write.audit(
        "console:invite_file", object_type="InvitationFile", object_id=file_id, file_name=file_name,
        sha256=stored.sha256,
    )  # fmt: skip
    return FileAccepted(file_id, job_id, InvitationFileState.RECEIVED, is_repeat=False)


async def received(read: Read, scope: Scope, file_id: UUID) -> InvitationFileValue:
    """Return a file. Raises Unauthenticated, Forbidden, InvitationFileNotFound."""
    (found,) = await queries.file_batch(read, scope, [file_id])
    if found is None:
        raise InvitationFileNotFound
    return found


async def judged(write: Write, scope: Scope, given: InvitationRows) -> list[Fault]:
    """Return everything wrong with a file: its own faults, and what the jurisdiction and its register say.

    Raises:
        Unauthenticated, Forbidden, DeskOfAuthority: see `registrar`.
    """
    acting = registrar(scope)
    pack = await tenants.pack_in_force(write, scope)
    sectors = {each.code for each in pack.sectors}
    paths = {each.code: each.path for each in await tenants.divisions(write, scope, pack.region)}
    taken = await identity.taken_codes(write, acting, [each.credit_code for each in given.rows if each.credit_code])
    faults = list(given.faults)
    for each in given.rows:
        if each.division_code and not paths.get(each.division_code, "").startswith(scope.region):
            reasons = "不在本机关辖区内", "it is no division of your region"
            faults.append(cell_fault(each.row, DIVISION, each.division_code, *reasons))
        if each.sector and each.sector not in sectors:
            reasons = "不在行业名录内", "the jurisdiction has no such sector"
            faults.append(cell_fault(each.row, SECTOR, each.sector, *reasons))
        if each.credit_code in taken:
            exists = OrganisationExists(credit_code=each.credit_code, path=(CREDIT_CODE.key,))
            faults.append(Fault(each.row, CREDIT_CODE.key, exists))
    return sorted(faults, key=lambda each: each.row)


async def store(write: Write, scope: Scope, file: InvitationFileValue, rows: Sequence[InvitationRow]) -> None:
    """Register every enterprise of a file that has no fault.

    Raises:
        Unauthenticated, Forbidden, DeskOfAuthority: see `registrar`.
        OrganisationExists: one was registered since the file was judged.
    """
    acting = registrar(scope)
    pack = await tenants.pack_in_force(write, scope)
    paths = {each.code: each.path for each in await tenants.divisions(write, scope, pack.region)}
    made = await identity.register_enterprises(
        write, acting,
        [
            Newcomer(each.name, each.credit_code, each.division_code, paths[each.division_code], each.sector or None)
            for each in rows
        ],
    )  # fmt: skip
    await write.run(
        insert(InvitedEnterprise),
        [
            {
                "file_id": file.id, "row": each.row, "enterprise_id": own, "administrator": each.administrator,
                "email": each.email,
            }
            for own, each in zip(made, rows, strict=True)
        ],
    )  # fmt: skip


async def finish(
    write: Write, file_id: UUID, state: InvitationFileState, rows: int, faults: Sequence[Fault],
    annotated_key: str | None = None,
) -> None:  # fmt: skip
    """Write down what became of a file."""
    await write.run(
        update(InvitationFile)
        .where(InvitationFile.id == file_id)
        .values(
            state=state.value, row_count=rows, fault_count=len(faults), annotated_key=annotated_key,
            faults=[each.told() for each in faults[:MOST_FAULTS]], finished_at=now(),
        )
    )  # fmt: skip
    write.audit(
        f"console:invitations_{state.value}", object_type="InvitationFile", object_id=file_id, rows=rows,
        faults=len(faults), outcome="done" if state is InvitationFileState.STORED else "refused",
    )  # fmt: skip


async def hand_over(write: Write, scope: Scope, file_id: UUID) -> list[Letter]:
    """Make new invitations for every enterprise of a file whose administrator has not joined; older ones end now.

    Tokens are told this once: whoever holds one can accept.

    Raises:
        Unauthenticated, Forbidden, DeskOfAuthority: see `registrar`.
        InvitationFileNotFound: no such file, or not visible.
        InvitationFileNotStored: its enterprises are not registered.
    """
    acting = registrar(scope)
    file = await received(write, scope, file_id)
    if file.state is not InvitationFileState.STORED:
        raise InvitationFileNotStored(state=file.state.value)
    rows = await queries.invited(write, scope, file_id, limit=MOST_ROWS)
    named = await identity.organisations_by_id(write, scope, [each.enterprise_id for each in rows])
    offered = await identity.invite_administrators(
        write, acting, [(each.enterprise_id, each.email, each.administrator) for each in rows]
    )
    write.audit(
        "console:hand_over", object_type="InvitationFile", object_id=file_id,
        invitations=sum(each is not None for each in offered),
    )  # fmt: skip
    return [
        Letter(
            each.row, "" if of is None else of.name, "" if of is None else of.credit_code, each.administrator,
            each.email, None if made is None else made.token,
        )
        for each, of, made in zip(rows, named, offered, strict=True)
    ]  # fmt: skip
