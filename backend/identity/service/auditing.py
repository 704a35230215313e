"""Proving that the audit chains are whole."""

from uuid import UUID

from sqlalchemy import select

from backend.identity import queries
from backend.identity.errors import SystemOnly
from backend.identity.values import ChainReport
from backend.kit import audit
from backend.kit.db import Read
from backend.kit.errors import Unauthenticated
from backend.kit.scope import Kind, Scope


async def verify_chain(read: Read, scope: Scope) -> ChainReport:
    """Recompute the caller's own chain.

    Raises:
        Unauthenticated, Forbidden: without `identity:read_audit`.
    """
    scope.require("identity:read_audit")
    if scope.organisation_id is None:
        raise Unauthenticated
    return await _verify(read, scope.organisation_id)


async def verify_chains(read: Read, scope: Scope) -> list[ChainReport]:
    """Recompute every chain of the tenant, the tenant's own first.

    Heads are counted too: a chain whose events were all deleted is found by its head, and events without a
    head are found as well.

    Raises:
        SystemOnly: anybody but the service.
    """
    if scope.kind is not Kind.SYSTEM:
        raise SystemOnly
    rows = await read.rows(
        select(audit.AuditHead.chain_id).union(select(audit.AuditEvent.chain_id)).order_by("chain_id")
    )
    return [await _verify(read, row.chain_id) for row in rows]


async def _verify(read: Read, chain_id: UUID) -> ChainReport:
    broken_at = await audit.verify(read.connection, chain_id)
    return ChainReport(chain_id, await queries.chain_length(read, chain_id), broken_at)
