"""Reads of the ledger: balances now and then, batches, movements, postings, holds, serials."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select, true
from sqlalchemy.dialects.postgresql import Range

from backend.kit.db import Read
from backend.kit.scope import Scope
from backend.ledger.models import (
    LedgerBalance,
    LedgerBatch,
    LedgerClass,
    LedgerHold,
    LedgerMovement,
    LedgerPosting,
)
from backend.ledger.values import (
    BalanceValue,
    BatchValue,
    Bucket,
    Dimension,
    HoldKind,
    HoldState,
    HoldValue,
    MovementKind,
    MovementValue,
    PostingValue,
    Serials,
    UnitClass,
)


async def unit_classes(read: Read, scope: Scope) -> list[UnitClass]:
    """Return every class of units of the jurisdiction, by code."""
    scope.require("ledger:read")
    rows = await read.rows(select(LedgerClass.__table__).order_by(LedgerClass.code))
    return [unit_class(row) for row in rows]


def unit_class(row: Any) -> UnitClass:  # noqa: ANN401 - a row of ledger_class
    """Return a row of a class as a value."""
    return UnitClass(
        code=row.code, name_zh=row.name_zh, name_en=row.name_en, dimension=Dimension(row.dimension), unit=row.unit,
        scale=row.scale, is_serialised=row.is_serialised, max_transfers=row.max_transfers, programme=row.programme,
        source=row.source, confidence=row.confidence, frozen_at=row.frozen_at, frozen_reason=row.frozen_reason,
    )  # fmt: skip


async def balances(
    read: Read, scope: Scope, account_ids: Sequence[UUID], class_code: str | None = None, at: datetime | None = None
) -> list[BalanceValue]:
    """Return what lies in each bucket of the accounts the caller sees, now or as the books knew it at a moment."""
    scope.require("ledger:read")
    amount, source = at_moment(at)
    statement = (
        select(LedgerBalance.account_id, LedgerBalance.class_code, LedgerBalance.batch_id, LedgerBalance.bucket, amount.label("amount"))
        .select_from(source)
        .where(LedgerBalance.account_id.in_(account_ids), amount != 0)
        .order_by(LedgerBalance.account_id, LedgerBalance.class_code, LedgerBalance.batch_id, LedgerBalance.bucket)
    )  # fmt: skip
    if class_code is not None:
        statement = statement.where(LedgerBalance.class_code == class_code)
    return [
        BalanceValue(row.account_id, row.class_code, row.batch_id, Bucket(row.bucket), row.amount)
        for row in await read.rows(statement)
    ]


def at_moment(at: datetime | None) -> tuple[Any, Any]:
    """Return the column with the amount of a balance at a moment (None: now), and what to select it from.

    The last posting before the moment carries the balance: one read of an index for each batch and bucket.
    """
    if at is None:
        return LedgerBalance.amount, LedgerBalance.__table__
    last = (
        select(LedgerPosting.balance)
        .where(
            LedgerPosting.account_id == LedgerBalance.account_id,
            LedgerPosting.batch_id == LedgerBalance.batch_id,
            LedgerPosting.bucket == LedgerBalance.bucket,
            LedgerPosting.recorded_at <= at,
        )
        .order_by(LedgerPosting.recorded_at.desc())
        .limit(1)
        .lateral("last")
    )
    return last.c.balance, LedgerBalance.__table__.join(last, true())


async def batches(read: Read, _scope: Scope, ids: Sequence[UUID]) -> dict[UUID, BatchValue]:
    """Return batches by id, those the caller sees."""
    rows = await read.rows(select(LedgerBatch.__table__).where(LedgerBatch.id.in_(ids)))
    return {row.id: batch(row) for row in rows}


def batch(row: Any) -> BatchValue:  # noqa: ANN401 - a row of ledger_batch
    """Return a row of a batch as a value."""
    return BatchValue(
        id=row.id, class_code=row.class_code, origin=row.origin, quantity=row.quantity, vintage=row.vintage,
        produced_from=row.produced_from, produced_to=row.produced_to, valid_until=row.valid_until,
        is_transferable=row.is_transferable, transfers_used=row.transfers_used, project_code=row.project_code,
        attributes=row.attributes, serials=run(row.serials), created_at=row.created_at,
    )  # fmt: skip


async def movements_by_id(read: Read, scope: Scope, ids: Sequence[UUID]) -> dict[UUID, MovementValue]:
    """Return movements by id with their batches and serials, those the caller sees."""
    rows = await read.rows(select(LedgerMovement.__table__).where(LedgerMovement.id.in_(ids)))
    return {each.id: each for each in await with_postings(read, scope, rows)}


async def with_postings(read: Read, scope: Scope, rows: Sequence[Any]) -> list[MovementValue]:
    """Return rows of movements as values; batches and serials come from their postings, one statement for all."""
    lines = await postings_of(read, scope, [row.id for row in rows])
    return [movement(row, lines[row.id]) for row in rows]


def movement(row: Any, lines: Sequence[PostingValue]) -> MovementValue:  # noqa: ANN401 - a row of ledger_movement
    """Return a row of a movement as a value.

    Either side's postings name the batches and serials, so that whoever sees one side knows them.
    """
    is_arrival = any(each.amount > 0 for each in lines)
    side = [each for each in lines if (each.amount > 0) == is_arrival]
    return MovementValue(
        id=row.id, number=row.number, kind=MovementKind(row.kind), class_code=row.class_code, quantity=row.quantity,
        from_account_id=row.from_account_id, to_account_id=row.to_account_id, hold_id=row.hold_id,
        batch_ids=tuple(each.batch_id for each in side), serials=merged(side),
        effective_on=row.effective_on, recorded_at=row.recorded_at, purpose=row.purpose, beneficiary=row.beneficiary,
        period=row.period, reference=row.reference, note=row.note, group_id=row.group_id, reverses_id=row.reverses_id,
        facts=row.facts, organisation_id=row.organisation_id, actor_id=row.actor_id,
    )  # fmt: skip


def merged(lines: Sequence[PostingValue]) -> tuple[Serials, ...]:
    """Return the serials of postings in order, neighbours joined."""
    found: list[Serials] = []
    for first, last in sorted(each for line in lines for each in line.serials):
        if found and found[-1][1] + 1 == first:
            found[-1] = (found[-1][0], last)
        else:
            found.append((first, last))
    return tuple(found)


async def postings_of(read: Read, _scope: Scope, movement_ids: Sequence[UUID]) -> dict[UUID, list[PostingValue]]:
    """Return the postings of each movement that the caller sees, in the order of account, batch, bucket."""
    found: dict[UUID, list[PostingValue]] = {each: [] for each in movement_ids}
    rows = await read.rows(
        select(LedgerPosting.__table__)
        .where(LedgerPosting.movement_id.in_(movement_ids))
        .order_by(LedgerPosting.account_id, LedgerPosting.batch_id, LedgerPosting.bucket)
    )
    for row in rows:
        found[row.movement_id].append(posting(row))
    return found


def posting(row: Any) -> PostingValue:  # noqa: ANN401 - a row of ledger_posting
    """Return a row of a posting as a value."""
    return PostingValue(
        row.account_id, row.batch_id, Bucket(row.bucket), row.amount, row.balance,
        tuple((each.lower, each.upper - 1) for each in row.serials or ()),
    )  # fmt: skip


async def holds_by_id(read: Read, _scope: Scope, ids: Sequence[UUID]) -> dict[UUID, HoldValue]:
    """Return holds by id, those the caller sees."""
    return {row.id: hold(row) for row in await read.rows(select(LedgerHold.__table__).where(LedgerHold.id.in_(ids)))}


def hold(row: Any) -> HoldValue:  # noqa: ANN401 - a row of ledger_hold
    """Return a row of a hold as a value."""
    return HoldValue(
        id=row.id, kind=HoldKind(row.kind), state=HoldState(row.state), account_id=row.account_id,
        class_code=row.class_code, quantity=row.quantity, counterparty_id=row.counterparty_id,
        beneficiary_id=row.beneficiary_id, reference=row.reference, expires_at=row.expires_at, opened_at=row.opened_at,
        opened_by=row.opened_by, closed_at=row.closed_at, closed_by=row.closed_by,
    )  # fmt: skip


def life(serial: int) -> Select[Any]:
    """Return the statement of a serial's whole life: the postings by which it arrived somewhere, in order."""
    return (
        select(LedgerPosting.__table__)
        .where(
            LedgerPosting.amount > 0,
            LedgerPosting.serials.is_not(None),
            LedgerPosting.serials.op("&&")(func.int8multirange(func.int8range(serial, serial + 1))),
        )
        .order_by(LedgerPosting.recorded_at)
    )


def leaving(serial: int) -> Select[Any]:
    """Return the statement of the last posting by which a serial left where it lay."""
    return (
        select(LedgerPosting.movement_id)
        .where(
            LedgerPosting.amount < 0,
            LedgerPosting.serials.is_not(None),
            LedgerPosting.serials.op("&&")(func.int8multirange(func.int8range(serial, serial + 1))),
        )
        .order_by(LedgerPosting.recorded_at.desc())
        .limit(1)
    )


def run(serials: Range[int] | None) -> Serials | None:
    """Return a range of the database (upper end excluded) as a run of serials (both ends included)."""
    if serials is None or serials.lower is None or serials.upper is None:
        return None
    return serials.lower, serials.upper - 1
