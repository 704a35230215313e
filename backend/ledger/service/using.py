"""Units are used up: retired, surrendered, expired. What is used up never comes back, except by the registrar."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

from sqlalchemy import select

from backend.kit.db import Write
from backend.kit.ids import new_id
from backend.kit.scope import Scope
from backend.ledger.errors import MovementOwned, ReasonMissing
from backend.ledger.models import LedgerBalance, LedgerBatch
from backend.ledger.queries import movements_by_id
from backend.ledger.service.posting import order, post, record, selected
from backend.ledger.values import NO_REASON, UNDONE_BY, Bucket, MovementKind, MovementValue, Reason, Selection

LIVING = (Bucket.AVAILABLE, Bucket.OFFERED, Bucket.PLEDGED, Bucket.RESERVED)


async def retire(
    write: Write, scope: Scope, account_id: UUID, selections: Sequence[Selection], reason: Reason = NO_REASON
) -> list[MovementValue]:
    """Retire one's own units for a purpose (注销/核销); one movement a selection, tied by one group id.

    Raises:
        Forbidden: without `ledger:retire`.
        SelectionEmpty, QuantityNotPositive, TooManyRanges, SerialsInvalid, TextTooLong: as they say.
        ClassUnknown, AccountUnknown, HoldUnknown, HoldNotOpen, ClassMismatch, AccountClosed, ClassFrozen,
        EffectiveInFuture, UnitsNotWhole, QuantityTooPrecise, UnitsExpired, SerialsUnknown, SerialsNotHere,
        InsufficientUnits: by the books.
    """
    scope.require("ledger:retire")
    return await _use(write, scope, MovementKind.RETIRE, account_id, selections, reason)


async def surrender(
    write: Write, scope: Scope, account_id: UUID, selections: Sequence[Selection], reason: Reason = NO_REASON
) -> list[MovementValue]:
    """Surrender one's own units for an obligation; the noun above checks its own permission. Refuses as `retire` does."""
    return await _use(write, scope, MovementKind.SURRENDER, account_id, selections, reason)


async def _use(
    write: Write, scope: Scope, kind: MovementKind, account_id: UUID, selections: Sequence[Selection], reason: Reason
) -> list[MovementValue]:
    reason = reason if reason.group_id else replace(reason, group_id=new_id())
    orders = [order(scope, kind, reason, **{"from": account_id}, **selected(each)) for each in selections]
    movements = await post(write, scope, orders)
    record(write, movements)
    return movements


async def expire(write: Write, scope: Scope, on: date) -> list[MovementValue]:
    """Expire what was valid until a day before `on`, wherever it lies; under the service's scope. Safe to repeat.

    What moves meanwhile, or lies in a frozen book, is left for the next time.
    """
    over = await write.rows(
        select(LedgerBalance.account_id, LedgerBalance.batch_id, LedgerBalance.bucket, LedgerBalance.amount,
               LedgerBalance.class_code, LedgerBatch.valid_until)
        .join(LedgerBatch, LedgerBatch.id == LedgerBalance.batch_id)
        .where(LedgerBatch.valid_until < on, LedgerBalance.bucket.in_(LIVING), LedgerBalance.amount > 0)
        .order_by(LedgerBalance.account_id, LedgerBalance.batch_id, LedgerBalance.bucket)
    )  # fmt: skip
    orders = [
        order(
            scope, MovementKind.EXPIRE, replace(NO_REASON, facts={"valid_until": row.valid_until.isoformat()}),
            **{"from": row.account_id, "class": row.class_code, "batch": row.batch_id, "bucket": row.bucket},
            quantity=row.amount,
        )
        for row in over
    ]  # fmt: skip
    movements = await post(write, scope, orders)
    record(write, movements)
    return movements


async def reverse(write: Write, scope: Scope, movement_id: UUID, reason: Reason) -> MovementValue:
    """Undo a movement by a new one that names it, as long as its units still lie where it put them; the registrar's.

    A noun that keeps a record of the movement names its own command in `reason.undone_by`, and changes the record in
    the same transaction.

    Raises:
        Forbidden: without `ledger:reverse`.
        ReasonMissing: without a note that says why.
        MovementOwned: another command takes it back.
        MovementUnknown, MovementNotReversible, MovementAlreadyReversed: by the books.
    """
    scope.require("ledger:reverse")
    if not reason.note.strip():
        raise ReasonMissing(path=("note",))
    check_owner((await movements_by_id(write, scope, [movement_id])).get(movement_id), reason)
    movements = await post(write, scope, [order(scope, MovementKind.REVERSE, reason, reverses=movement_id)])
    record(write, movements)
    return movements[0]


def check_owner(found: MovementValue | None, reason: Reason) -> None:
    """Refuse to reverse what another noun keeps a record of, which would not follow. Raises MovementOwned."""
    undo = found.facts.get(UNDONE_BY) if found is not None else None
    if found is not None and undo and undo != reason.undone_by:
        raise MovementOwned(number=found.number, undo=undo)
