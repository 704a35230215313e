"""Reads of claims: "already claimed?" has one answer."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import and_, or_, select
from sqlalchemy.dialects.postgresql import Range

from backend.kit.db import Read
from backend.kit.scope import Scope
from backend.ledger.claims.models import Claim, ClaimExtent
from backend.ledger.claims.values import ClaimValue, Extent, Use


def covering(extents: Sequence[Extent]) -> list[object]:
    """Return the tests that a claim's extent touches one of these."""
    return [
        and_(
            ClaimExtent.subject == each.subject,
            ClaimExtent.extent.op("&&")(Range(each.first, each.last + 1)),
        )
        for each in extents
    ]


async def claims_on(read: Read, scope: Scope, extents: Sequence[Extent]) -> list[ClaimValue]:
    """Return the standing claims on any of these benefits that the caller sees, oldest first."""
    scope.require("ledger:read")
    if not extents:
        return []
    found = await read.rows(
        select(ClaimExtent.claim_id).where(ClaimExtent.is_live, or_(*covering(extents))).distinct()  # type: ignore[arg-type]  # tests of two columns each
    )
    by_id = await claims_by_id(read, scope, [row.claim_id for row in found])
    return sorted(by_id.values(), key=lambda each: each.claimed_at)


async def claims_by_id(read: Read, _scope: Scope, ids: Sequence[UUID]) -> dict[UUID, ClaimValue]:
    """Return claims by id, withdrawn ones too."""
    rows = await read.rows(select(Claim.__table__).where(Claim.id.in_(ids)))
    extents: dict[UUID, list[Extent]] = {}
    for row in await read.rows(
        select(ClaimExtent.claim_id, ClaimExtent.subject, ClaimExtent.extent)
        .where(ClaimExtent.claim_id.in_(ids))
        .order_by(ClaimExtent.subject, ClaimExtent.extent)
    ):
        extents.setdefault(row.claim_id, []).append(Extent(row.subject, row.extent.lower, row.extent.upper - 1))
    return {
        row.id: ClaimValue(
            id=row.id, use=Use(row.use), owner_id=row.owner_id, period=row.period,
            extents=tuple(extents.get(row.id, ())), movement_id=row.movement_id, claimed_at=row.claimed_at,
            withdrawn_at=row.withdrawn_at, facts=row.facts,
        )
        for row in rows
    }  # fmt: skip


async def claims_of_movements(read: Read, scope: Scope, movement_ids: Sequence[UUID]) -> dict[UUID, list[ClaimValue]]:
    """Return the claims each movement made."""
    rows = await read.rows(select(Claim.id).where(Claim.movement_id.in_(movement_ids)))
    found: dict[UUID, list[ClaimValue]] = {each: [] for each in movement_ids}
    for value in (await claims_by_id(read, scope, [row.id for row in rows])).values():
        if value.movement_id is not None:
            found[value.movement_id].append(value)
    return found
