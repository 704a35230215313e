"""What the commands of key units begin with: who may, which account, and that nobody else changes the same thing meanwhile."""

from typing import Any
from uuid import UUID

from sqlalchemy import text

from backend.accounts import service as accounts
from backend.accounts.values import AccountValue
from backend.keyunits import queries
from backend.keyunits.errors import KeyUnitNotFound
from backend.keyunits.values import Document
from backend.kit.clock import now
from backend.kit.db import Read, Write
from backend.kit.errors import Forbidden
from backend.kit.scope import Kind, Scope
from backend.regions import service as regions

_LOCK = text("select pg_advisory_xact_lock(hashtextextended(:name, 350035))")


def of_authority(scope: Scope) -> None:
    """Let authorities (and the service itself) pass. Raises Unauthenticated, Forbidden."""
    scope.require("keyunits:supervise")
    if scope.kind not in {Kind.AUTHORITY, Kind.SYSTEM}:
        raise Forbidden(permission="keyunits:supervise")


def of_either(scope: Scope) -> None:
    """Let enterprises (`keyunits:manage`) and authorities (`keyunits:supervise`) pass. Raises Unauthenticated, Forbidden."""
    scope.require("keyunits:supervise" if scope.kind is Kind.AUTHORITY else "keyunits:manage")


async def seen(read: Read, scope: Scope, account_id: UUID) -> AccountValue:
    """Return an account the caller sees. Raises AccountNotFound."""
    return await accounts.account(read, scope, account_id)


async def changeable(read: Read, scope: Scope, account_id: UUID) -> AccountValue:
    """Return an account of the caller's own, or one an authority oversees.

    Raises:
        AccountNotFound, AccountNotYours, AccountClosed: in this order.
    """
    if scope.kind in {Kind.AUTHORITY, Kind.SYSTEM}:
        return await accounts.account(read, scope, account_id)
    return await accounts.own_account(read, scope, account_id)


async def listed(read: Read, scope: Scope, account_id: UUID) -> None:
    """Refuse an account that is no key unit. Raises KeyUnitNotFound."""
    if not await queries.files(read, scope, [account_id]):
        raise KeyUnitNotFound


async def under(read: Read, scope: Scope, division_code: str | None) -> str | None:
    """Return the path of a division of the caller's region, None for all of it. Raises DivisionUnknown."""
    return None if division_code is None else (await regions.own_division(read, scope, division_code)).path


async def check_evidence(read: Read, scope: Scope, account_id: UUID, evidence_id: UUID | None) -> UUID | None:
    """Return a file of the account the caller can read. Raises EvidenceNotFound."""
    if evidence_id is not None:
        await accounts.evidence(read, scope, account_id, evidence_id)
    return evidence_id


async def lock(write: Write, what: str) -> None:
    """Wait until nobody else changes a thing, and keep it so until the command ends."""
    await write.value(_LOCK, {"name": what})


def paper(source: Document) -> dict[str, Any]:
    """Return the columns of a document."""
    return {"document": source.title, "document_number": source.number, "document_date": source.issued_on}


def recorded(scope: Scope) -> dict[str, Any]:
    """Return the columns of who records, and when."""
    return {"recorded_at": now(), "recorded_by": scope.actor_id}


def note(write: Write, action: str, of: str, own_id: UUID, **facts: Any) -> None:  # noqa: ANN401 - facts of any kind
    """Leave an audit event."""
    write.audit(action, object_type=of, object_id=str(own_id), **facts)
