"""Reads of claims: "already claimed?" has one answer."""

from collections.abc import Sequence
from dataclasses import fields
from uuid import UUID

from sqlalchemy import and_, bindparam, or_, select, text
from sqlalchemy.dialects.postgresql import JSONB, Range

from backend.kit.db import Read
from backend.kit.scope import Scope
from backend.ledger.claims.models import Claim, ClaimExtent, ClaimRule
from backend.ledger.claims.rules import Rule
from backend.ledger.claims.values import ClaimValue, Extent, StandingClaim, Use

CLAIMED = text("select * from ledger_claimed(:extents)").bindparams(bindparam("extents", type_=JSONB))


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


async def claimed(read: Read, scope: Scope, extents: Sequence[Extent]) -> list[StandingClaim]:
    """Return every standing claim on these benefits, oldest first; those of others without saying whose they are."""
    scope.require("ledger:read")
    asked = [[each.subject, each.first, each.last] for each in extents]
    rows = await read.rows(CLAIMED, {"extents": asked})
    visible = await claims_by_id(read, scope, sorted({row.id for row in rows}))
    return [
        StandingClaim(
            Use(row.use), row.period, Extent(row.subject, row.part.lower, row.part.upper - 1), visible.get(row.id)
        )
        for row in rows
    ]


async def claim_rules(read: Read, scope: Scope) -> list[Rule]:
    """Return the matrix of uses that exclude each other, as it is in force here."""
    scope.require("ledger:read")
    named = [ClaimRule.__table__.columns[each.name] for each in fields(Rule)]
    return [Rule(*row) for row in await read.rows(select(*named).order_by(ClaimRule.code))]


async def load_claims(read: Read, scope: Scope, ids: list[UUID]) -> list[ClaimValue | None]:
    """Return the claim of each id, None for one that is not visible; for a loader."""
    found = await claims_by_id(read, scope, ids)
    return [found.get(each) for each in ids]


async def load_claims_of_movements(read: Read, scope: Scope, ids: list[UUID]) -> list[list[ClaimValue]]:
    """Return the claims each movement made; for a loader."""
    found = await claims_of_movements(read, scope, ids)
    return [found[each] for each in ids]
