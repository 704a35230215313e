"""An account's own postings by the day they took effect: for whoever adds its holdings up again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import func, select

from backend.kit.db import Read
from backend.kit.scope import Scope
from backend.ledger.models import LedgerMovement, LedgerPosting
from backend.ledger.queries import movement, postings_of
from backend.ledger.values import Bucket, MovementValue, PostingValue


@dataclass(frozen=True, slots=True)
class OpeningValue:
    """What lay in one bucket of a class before the first day asked for."""

    class_code: str
    bucket: Bucket
    amount: Decimal


@dataclass(frozen=True, slots=True)
class EntryValue:
    """A movement with the account's own postings; those of the other side are not among them."""

    movement: MovementValue
    postings: tuple[PostingValue, ...]


async def openings(
    read: Read, scope: Scope, account_id: UUID, first: date, known_at: datetime
) -> Sequence[OpeningValue]:
    """Return what an account had before a day, by class and bucket, as the books knew it at a moment.

    Raises:
        Unauthenticated, Forbidden: without `ledger:read`.
    """
    scope.require("ledger:read")
    rows = await read.rows(
        select(LedgerPosting.class_code, LedgerPosting.bucket, func.sum(LedgerPosting.amount).label("amount"))
        .join(LedgerMovement, LedgerMovement.id == LedgerPosting.movement_id)
        .where(
            LedgerPosting.account_id == account_id,
            LedgerMovement.effective_on < first,
            LedgerPosting.recorded_at <= known_at,
        )
        .group_by(LedgerPosting.class_code, LedgerPosting.bucket)
        .order_by(LedgerPosting.class_code, LedgerPosting.bucket)
    )
    return [OpeningValue(row.class_code, Bucket(row.bucket), row.amount) for row in rows]


async def entries(
    read: Read, scope: Scope, account_id: UUID, first: date, last: date, known_at: datetime
) -> Sequence[EntryValue]:
    """Return the movements that touched an account's units on these days, both included, by number.

    Raises:
        Unauthenticated, Forbidden: without `ledger:read`.
    """
    scope.require("ledger:read")
    touched = select(LedgerPosting.movement_id).where(
        LedgerPosting.account_id == account_id, LedgerPosting.recorded_at <= known_at
    )
    rows = await read.rows(
        select(LedgerMovement.__table__)
        .where(LedgerMovement.id.in_(touched), LedgerMovement.effective_on.between(first, last))
        .order_by(LedgerMovement.number)
    )
    lines = await postings_of(read, scope, [row.id for row in rows])
    return [
        EntryValue(movement(row, lines[row.id]), tuple(each for each in lines[row.id] if each.account_id == account_id))
        for row in rows
    ]
