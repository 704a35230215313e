"""Movements and holds, a page at a time or by what a page of the wire needs; newest first."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select, union

from backend.kit.db import Read
from backend.kit.scope import Kind, Scope
from backend.ledger.models import (
    LedgerAccount,
    LedgerBatch,
    LedgerClass,
    LedgerHold,
    LedgerHoldPart,
    LedgerLot,
    LedgerMovement,
)
from backend.ledger.queries import (
    batches,
    hold,
    holds_by_id,
    movements_by_id,
    postings_of,
    unit_class,
    with_postings,
)
from backend.ledger.values import (
    BatchValue,
    HoldKind,
    HoldState,
    HoldValue,
    MovementKind,
    MovementValue,
    PostingValue,
    Serials,
    UnitClass,
)


@dataclass(frozen=True, slots=True)
class MovementFilter:
    """Which movements; what is None does not restrict. `since`..`until` is when they were recorded."""

    account_id: UUID | None = None
    class_code: str | None = None
    kind: MovementKind | None = None
    since: datetime | None = None
    until: datetime | None = None
    group_id: UUID | None = None
    beneficiary: str | None = None
    period: int | None = None


@dataclass(frozen=True, slots=True)
class HoldFilter:
    """Which holds; with an account those of its units and the offers made to it."""

    account_id: UUID | None = None
    kind: HoldKind | None = None
    state: HoldState | None = None


@dataclass(frozen=True, slots=True)
class PartValue:
    """What an open hold keeps of one batch."""

    batch_id: UUID
    quantity: Decimal
    serials: tuple[Serials, ...]


async def movements(
    read: Read, scope: Scope, wanted: MovementFilter, *, before: int | None = None, limit: int
) -> list[MovementValue]:
    """Return the movements the caller sees, newest first; `before` is the number of the last one seen."""
    conditions = conditions_of(wanted)
    if before is not None:
        conditions.append(LedgerMovement.number < before)
    accounts = await _sides(read, scope, wanted)
    if accounts is None:
        statement = select(LedgerMovement.__table__).where(*conditions)
    else:
        newest = [
            select(LedgerMovement.number)
            .where(side.in_(accounts), *conditions)
            .order_by(LedgerMovement.number.desc())
            .limit(limit)
            for side in (LedgerMovement.from_account_id, LedgerMovement.to_account_id)
        ]
        statement = select(LedgerMovement.__table__).where(LedgerMovement.number.in_(union(*newest)))
    rows = await read.rows(statement.order_by(LedgerMovement.number.desc()).limit(limit))
    return await with_postings(read, scope, rows)


async def _sides(read: Read, scope: Scope, wanted: MovementFilter) -> list[UUID] | None:
    """Return the accounts whose movements are wanted, None for all that the caller sees.

    An enterprise's few accounts are named, so that the index by account finds its movements among everybody's.
    """
    if wanted.account_id is not None:
        return [wanted.account_id]
    if scope.kind is not Kind.ENTERPRISE or wanted.group_id is not None:
        return None
    return [row.id for row in await read.rows(select(LedgerAccount.id))]


def conditions_of(wanted: MovementFilter) -> list[ColumnElement[bool]]:
    """Return the tests of a filter, except for the account's."""
    found: list[ColumnElement[bool]] = []
    equal: dict[Any, Any] = {
        LedgerMovement.class_code: wanted.class_code,
        LedgerMovement.kind: wanted.kind,
        LedgerMovement.group_id: wanted.group_id,
        LedgerMovement.period: wanted.period,
    }
    found += [column == value for column, value in equal.items() if value is not None]
    if wanted.since is not None:
        found.append(LedgerMovement.recorded_at >= wanted.since)
    if wanted.until is not None:
        found.append(LedgerMovement.recorded_at <= wanted.until)
    if wanted.beneficiary is not None and wanted.beneficiary.strip():
        found.append(LedgerMovement.beneficiary.icontains(wanted.beneficiary.strip(), autoescape=True))
    return found


async def movement_by_number(read: Read, scope: Scope, number: int) -> MovementValue | None:
    """Return the movement with this lasting number, None when it is not there or not visible."""
    rows = await read.rows(select(LedgerMovement.__table__).where(LedgerMovement.number == number))
    return next(iter(await with_postings(read, scope, rows)), None)


async def load_movements(read: Read, scope: Scope, ids: list[UUID]) -> list[MovementValue | None]:
    """Return the movement of each id, None for one that is not visible; for a loader."""
    found = await movements_by_id(read, scope, ids)
    return [found.get(each) for each in ids]


async def load_reversals(read: Read, scope: Scope, ids: list[UUID]) -> list[MovementValue | None]:
    """Return what reversed each movement, None if nothing did; for a loader."""
    rows = await read.rows(select(LedgerMovement.__table__).where(LedgerMovement.reverses_id.in_(ids)))
    found = {each.reverses_id: each for each in await with_postings(read, scope, rows)}
    return [found.get(each) for each in ids]


async def load_postings(read: Read, scope: Scope, ids: list[UUID]) -> list[list[PostingValue]]:
    """Return the visible postings of each movement; for a loader."""
    found = await postings_of(read, scope, ids)
    return [found[each] for each in ids]


async def load_batches(read: Read, scope: Scope, ids: list[UUID]) -> list[BatchValue | None]:
    """Return the batch of each id, None for one that is not visible; for a loader."""
    found = await batches(read, scope, ids)
    return [found.get(each) for each in ids]


async def load_classes(read: Read, _scope: Scope, codes: list[str]) -> list[UnitClass | None]:
    """Return the class of each code; for a loader."""
    rows = await read.rows(select(LedgerClass.__table__).where(LedgerClass.code.in_(codes)))
    found = {row.code: unit_class(row) for row in rows}
    return [found.get(each) for each in codes]


async def holds(
    read: Read, scope: Scope, wanted: HoldFilter, *, before: UUID | None = None, limit: int
) -> list[HoldValue]:
    """Return the holds the caller sees, newest first; `before` is the id of the last one seen."""
    scope.require("ledger:read")
    statement = select(LedgerHold.__table__).order_by(LedgerHold.id.desc()).limit(limit)
    if wanted.account_id is not None:
        sides = (LedgerHold.account_id, LedgerHold.counterparty_id)
        statement = statement.where(or_(*(side == wanted.account_id for side in sides)))
    if wanted.kind is not None:
        statement = statement.where(LedgerHold.kind == wanted.kind)
    if wanted.state is not None:
        statement = statement.where(LedgerHold.state == wanted.state)
    if before is not None:
        statement = statement.where(LedgerHold.id < before)
    return [hold(row) for row in await read.rows(statement)]


async def load_holds(read: Read, scope: Scope, ids: list[UUID]) -> list[HoldValue | None]:
    """Return the hold of each id, None for one that is not visible; for a loader."""
    found = await holds_by_id(read, scope, ids)
    return [found.get(each) for each in ids]


async def load_parts(read: Read, _scope: Scope, ids: list[UUID]) -> list[list[PartValue]]:
    """Return what each open hold keeps, batch by batch with its serials; for a loader."""
    lots = (
        select(LedgerLot.hold_id, LedgerLot.batch_id, func.range_agg(LedgerLot.serials).label("serials"))
        .where(LedgerLot.hold_id.in_(ids))
        .group_by(LedgerLot.hold_id, LedgerLot.batch_id)
        .subquery("lots")
    )
    rows = await read.rows(
        select(LedgerHoldPart.hold_id, LedgerHoldPart.batch_id, LedgerHoldPart.quantity, lots.c.serials)
        .join(LedgerBatch, LedgerBatch.id == LedgerHoldPart.batch_id)
        .outerjoin(lots, (lots.c.hold_id == LedgerHoldPart.hold_id) & (lots.c.batch_id == LedgerHoldPart.batch_id))
        .where(LedgerHoldPart.hold_id.in_(ids))
        .order_by(LedgerBatch.valid_until.nulls_last(), LedgerBatch.id)
    )
    found: dict[UUID, list[PartValue]] = {each: [] for each in ids}
    for row in rows:
        pieces = tuple((each.lower, each.upper - 1) for each in row.serials or ())
        found[row.hold_id].append(PartValue(row.batch_id, row.quantity, pieces))
    return [found[each] for each in ids]
