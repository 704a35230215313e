"""Units change hands: at once, or by an offer the other side accepts."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from backend.kit.clock import now
from backend.kit.db import Write
from backend.kit.ids import new_id
from backend.kit.scope import Scope
from backend.ledger.errors import ExpiryInPast
from backend.ledger.models import LedgerClass, LedgerHold
from backend.ledger.service.posting import order, post, record, selected
from backend.ledger.values import NO_REASON, HoldKind, HoldState, MovementKind, MovementValue, Reason, Selection

OFFER_LASTS = timedelta(days=14)
"""How long an offer stands when its maker does not say."""
MOST_LAPSING = 500


def transfer_order(
    scope: Scope,
    from_account_id: UUID,
    selection: Selection,
    *,
    to_account_id: UUID | None = None,
    to_number: str | None = None,
    expires_at: datetime | None = None,
    reason: Reason = NO_REASON,
) -> dict[str, object]:
    """Return the order of `transfer`.

    Raises:
        Forbidden: without `ledger:transfer`.
        SelectionEmpty, QuantityNotPositive, TooManyRanges, SerialsInvalid, TextTooLong: as they say.
        ExpiryInPast: the offer would be over before it began.
    """
    scope.require("ledger:transfer")
    ends = expires_at or now() + OFFER_LASTS
    if ends <= now():
        raise ExpiryInPast(expires_at=ends.isoformat(), path=("expiresAt",))
    return order(
        scope, MovementKind.TRANSFER, reason, **{"from": from_account_id}, to=to_account_id, to_number=to_number,
        expires_at=ends, new_hold=new_id(), **selected(selection),
    )  # fmt: skip


async def transfer(
    write: Write,
    scope: Scope,
    from_account_id: UUID,
    selection: Selection,
    *,
    to_account_id: UUID | None = None,
    to_number: str | None = None,
    expires_at: datetime | None = None,
    reason: Reason = NO_REASON,
) -> MovementValue:
    """Transfer at once (both accounts of one owner, or a receiver that accepts automatically), or open an offer.

    The movement's kind tells which; an offer's units are locked under `hold_id` until it is accepted, declined,
    withdrawn, or over (by default after 14 days).

    Raises:
        Forbidden: without `ledger:transfer`.
        SelectionEmpty, QuantityNotPositive, TooManyRanges, SerialsInvalid, TextTooLong, ExpiryInPast: as they say.
        ClassUnknown, AccountUnknown, TransferToSelf, AccountClosed, ClassFrozen, EffectiveInFuture, UnitsNotWhole,
        QuantityTooPrecise, QuantityMismatch, SerialsRepeated: by the books.
        UnitsExpired, UnitsNotTransferable, UnitsAlreadyTransferred, SerialsUnknown, SerialsNotHere, InsufficientUnits:
        the units are not there to give.
    """
    given = transfer_order(
        scope, from_account_id, selection, to_account_id=to_account_id, to_number=to_number, expires_at=expires_at,
        reason=reason,
    )  # fmt: skip
    movements = await post(write, scope, [given])
    record(write, movements)
    return movements[0]


async def accept(write: Write, scope: Scope, hold_id: UUID, reason: Reason = NO_REASON) -> MovementValue:
    """Accept an offer made to one's account: the units come over.

    Raises:
        Forbidden: without `ledger:transfer`.
        HoldUnknown, HoldNotOpen, OfferExpired, AccountClosed, ClassFrozen, UnitsExpired: by the books.
    """
    return await _end(write, scope, MovementKind.ACCEPT, hold_id, reason)


async def decline(write: Write, scope: Scope, hold_id: UUID, reason: Reason = NO_REASON) -> MovementValue:
    """Decline an offer made to one's account: the units go back.

    Raises:
        Forbidden: without `ledger:transfer`.
        HoldUnknown, HoldNotOpen, AccountClosed, ClassFrozen: by the books.
    """
    return await _end(write, scope, MovementKind.DECLINE, hold_id, reason)


async def withdraw(write: Write, scope: Scope, hold_id: UUID, reason: Reason = NO_REASON) -> MovementValue:
    """Withdraw one's own offer: the units are available again.

    Raises:
        Forbidden: without `ledger:transfer`.
        HoldUnknown, HoldNotOpen, AccountClosed, ClassFrozen: by the books.
    """
    return await _end(write, scope, MovementKind.WITHDRAW, hold_id, reason)


async def _end(write: Write, scope: Scope, kind: MovementKind, hold_id: UUID, reason: Reason) -> MovementValue:
    scope.require("ledger:transfer")
    movements = await post(write, scope, [order(scope, kind, reason, hold=hold_id)])
    record(write, movements)
    return movements[0]


async def lapse_offers(write: Write, scope: Scope) -> list[MovementValue]:
    """Give back what offers kept whose time is over, oldest first, at most 500 at once; under the service's scope.

    What is answered meanwhile, or lies in a frozen book, is left out.
    """
    over = await write.rows(
        select(LedgerHold.id)
        .join(LedgerClass, LedgerClass.code == LedgerHold.class_code)
        .where(
            LedgerHold.kind == HoldKind.OFFER,
            LedgerHold.state == HoldState.OPEN,
            LedgerHold.expires_at <= now(),
            LedgerClass.frozen_at.is_(None),
        )
        .order_by(LedgerHold.expires_at)
        .limit(MOST_LAPSING)
    )
    movements = await post(write, scope, [order(scope, MovementKind.LAPSE, NO_REASON, hold=row.id) for row in over])
    record(write, movements)
    return movements
