"""Attach files as evidence. The bytes go to storage first; here they become part of the account."""

from uuid import UUID

from backend.accounts import queries, rules
from backend.accounts.errors import EvidenceNotFound
from backend.accounts.models import Evidence
from backend.accounts.service.common import changeable, insert_new, note, own
from backend.accounts.values import AccountValue, EvidenceValue
from backend.kit.clock import now
from backend.kit.db import Read, Write
from backend.kit.scope import Scope


async def attachable(read: Read, scope: Scope, account_id: UUID) -> AccountValue:
    """Return the account the caller may attach files to: asked before a single byte is taken.

    Raises:
        Unauthenticated, Forbidden: without `accounts:attach`.
        AccountNotFound, AccountNotYours, AccountClosed: in this order.
    """
    scope.require("accounts:attach")
    return await own(read, scope, account_id)


async def attach_evidence(
    write: Write,
    scope: Scope,
    *,
    account_id: UUID,
    evidence_id: UUID,
    file_name: str,
    media_type: str,
    size: int,
    sha256: str,
    object_key: str,
    description: str = "",
) -> EvidenceValue:
    """Attach a stored file to the account. Content the account has already is not kept twice.

    Return the evidence: the earlier one when the content is known, and then its `id` is not `evidence_id` and the
    caller deletes what it stored under `object_key`.

    Raises:
        Unauthenticated, Forbidden: without `accounts:attach`.
        AccountNotFound, AccountNotYours, AccountClosed: in this order.
        TextMissing, TextTooLong: file name or description.
    """
    scope.require("accounts:attach")
    account = await changeable(write, scope, account_id)
    evidence = EvidenceValue(
        account_id=account_id,
        id=evidence_id,
        file_name=rules.file_name(file_name),
        media_type=media_type,
        size=size,
        sha256=sha256,
        object_key=object_key,
        description=rules.text(description, "description", most=rules.LONGEST_TEXT, is_needed=False),
        uploaded_at=now(),
        uploaded_by=scope.actor_id,
    )
    if not await insert_new(write, Evidence, evidence):
        known = await queries.evidence_by_hash(write, scope, account_id, sha256)
        if known is None:
            raise EvidenceNotFound
        return known
    note(
        write, account, "accounts:attach", "evidence", evidence_id,
        file_name=evidence.file_name, media_type=media_type, size=size, sha256=sha256,
    )  # fmt: skip
    return evidence


async def readable(read: Read, scope: Scope, account_id: UUID, evidence_id: UUID) -> EvidenceValue:
    """Return evidence the caller may download.

    Raises:
        Unauthenticated, Forbidden: without `accounts:read`.
        EvidenceNotFound: not there, or not visible.
    """
    scope.require("accounts:read")
    found = await queries.evidence(read, scope, account_id, evidence_id)
    if found is None:
        raise EvidenceNotFound
    return found
