"""What the commands of parks begin with: who may, which park, and that nobody else changes the same thing meanwhile."""

from typing import Any
from uuid import UUID

from sqlalchemy import text

from backend.accounts import service as accounts
from backend.kit.clock import now
from backend.kit.db import Read, Write
from backend.kit.errors import Forbidden
from backend.kit.scope import Kind, Scope
from backend.parks import queries, queries_workflow
from backend.parks.errors import ParkApplicationNotFound, ParkNotFound
from backend.parks.values import ApplicationRow, Document, ParkRow

_LOCK = text("select pg_advisory_xact_lock(hashtextextended(:name, 330033))")


def of_authority(scope: Scope, permission: str) -> None:
    """Let authorities (and the service itself) pass. Raises Unauthenticated, Forbidden."""
    scope.require(permission)
    if scope.kind not in {Kind.AUTHORITY, Kind.SYSTEM}:
        raise Forbidden(permission=permission)


def of_operator(scope: Scope) -> None:
    """Let operators (`parks:apply`) and authorities (`parks:manage`) pass. Raises Unauthenticated, Forbidden."""
    scope.require("parks:apply" if scope.kind is Kind.ENTERPRISE else "parks:manage")


async def visible(read: Read, scope: Scope, park_id: UUID) -> ParkRow:
    """Return a park the caller sees. Raises ParkNotFound."""
    (found,) = await queries.parks_by_id(read, scope, [park_id])
    if found is None:
        raise ParkNotFound
    return found


async def changeable(read: Read, scope: Scope, park_id: UUID) -> ParkRow:
    """Return a park the caller runs or oversees; to a mere member it is as if it were not there. Raises ParkNotFound."""
    found = await visible(read, scope, park_id)
    if scope.kind is Kind.ENTERPRISE and found.operator_id != scope.organisation_id:
        raise ParkNotFound
    return found


async def own_application(read: Read, scope: Scope, application_id: UUID) -> ApplicationRow:
    """Return an application the caller sees. Raises ParkApplicationNotFound."""
    found = await queries_workflow.application(read, scope, application_id)
    if found is None:
        raise ParkApplicationNotFound
    return found


async def lock(write: Write, what: UUID) -> None:
    """Wait until nobody else changes a thing, and keep it so until the command ends."""
    await write.value(_LOCK, {"name": str(what)})


async def check_evidence(read: Read, scope: Scope, evidence: tuple[UUID, UUID] | None) -> None:
    """Refuse evidence the caller cannot read. Raises EvidenceNotFound."""
    if evidence is not None:
        await accounts.evidence(read, scope, *evidence)


def place(of: ParkRow | ApplicationRow) -> dict[str, Any]:
    """Return the columns that say where a row belongs."""
    return {"division_path": of.division_path, "operator_id": of.operator_id}


def paper(source: Document) -> dict[str, Any]:
    """Return the columns of a document."""
    return {"document": source.title, "document_number": source.number, "document_date": source.issued_on}


def recorded(scope: Scope) -> dict[str, Any]:
    """Return the columns of who records, and when."""
    return {"recorded_at": now(), "recorded_by": scope.actor_id}


def note(write: Write, action: str, kind: str, own_id: UUID, **facts: Any) -> None:  # noqa: ANN401 - facts of any kind
    """Leave an audit event."""
    write.audit(action, object_type=kind, object_id=str(own_id), **facts)
