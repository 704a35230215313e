"""What other nouns ask of many at once: where serials lie, and which movements were reversed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from backend.kit.db import Read
from backend.kit.scope import Scope
from backend.ledger.models import LedgerBatch, LedgerLot, LedgerMovement
from backend.ledger.values import Bucket, Serials


@dataclass(frozen=True, slots=True)
class LotValue:
    """The serials of one batch that lie in one bucket of an account, in order."""

    account_id: UUID
    batch_id: UUID
    class_code: str
    bucket: Bucket
    serials: tuple[Serials, ...]


@dataclass(frozen=True, slots=True)
class ReversalValue:
    """The movement that reversed another one."""

    movement_id: UUID
    number: int
    recorded_at: datetime


async def lots_of(
    read: Read,
    _scope: Scope,
    account_ids: Sequence[UUID],
    class_codes: Sequence[str],
    bucket: Bucket = Bucket.AVAILABLE,
) -> list[LotValue]:
    """Return the serials of some classes in a bucket of the accounts the caller sees, soonest to expire and oldest first."""
    rows = await read.rows(
        select(LedgerLot.account_id, LedgerLot.batch_id, LedgerBatch.class_code,
               func.range_agg(LedgerLot.serials).label("serials"))
        .join(LedgerBatch, LedgerBatch.id == LedgerLot.batch_id)
        .where(LedgerLot.account_id.in_(account_ids), LedgerLot.bucket == bucket,
               LedgerBatch.class_code.in_(class_codes))
        .group_by(LedgerLot.account_id, LedgerLot.batch_id, LedgerBatch.id)
        .order_by(LedgerBatch.valid_until.nulls_last(), LedgerBatch.vintage.nulls_first(), LedgerBatch.created_at,
                  LedgerBatch.id)
    )  # fmt: skip
    return [
        LotValue(
            row.account_id, row.batch_id, row.class_code, bucket,
            tuple((each.lower, each.upper - 1) for each in row.serials),
        )
        for row in rows
    ]  # fmt: skip


async def reversals_of(read: Read, _scope: Scope, movement_ids: Sequence[UUID]) -> dict[UUID, ReversalValue]:
    """Return, for each movement that was reversed, the movement that did it; those the caller sees."""
    rows = await read.rows(
        select(
            LedgerMovement.reverses_id, LedgerMovement.id, LedgerMovement.number, LedgerMovement.recorded_at
        ).where(LedgerMovement.reverses_id.in_(movement_ids))
    )  # fmt: skip
    return {row.reverses_id: ReversalValue(row.id, row.number, row.recorded_at) for row in rows}
