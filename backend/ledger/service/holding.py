"""Units are locked: pledged to a bank, or reserved for a purpose."""

from uuid import UUID

from backend.identity import service as identity
from backend.kit.db import Write
from backend.kit.ids import new_id
from backend.kit.scope import Kind, Scope
from backend.ledger.errors import NotABank
from backend.ledger.service.posting import order, post, record, selected
from backend.ledger.values import NO_REASON, MovementKind, MovementValue, Reason, Selection


async def pledge(
    write: Write, scope: Scope, account_id: UUID, selection: Selection, bank_id: UUID, reason: Reason = NO_REASON
) -> MovementValue:
    """Lock units in favour of a bank; only the bank can release them (`reason.reference`: the loan's number).

    Raises:
        Forbidden: without `ledger:pledge`.
        NotABank: the beneficiary is no bank of this jurisdiction.
        SelectionEmpty, QuantityNotPositive, TooManyRanges, SerialsInvalid, TextTooLong: as they say.
        ClassUnknown, AccountUnknown, AccountClosed, ClassFrozen, EffectiveInFuture, UnitsNotWhole, QuantityTooPrecise,
        UnitsExpired, SerialsUnknown, SerialsNotHere, InsufficientUnits: by the books.
    """
    scope.require("ledger:pledge")
    found = await identity.organisation(write, scope, bank_id)
    if found is None or found.kind is not Kind.BANK or found.suspended_at is not None:
        raise NotABank(organisation=str(bank_id), path=("bankId",))
    return await _lock(write, scope, MovementKind.PLEDGE, account_id, selection, reason, bank_id)


async def release(write: Write, scope: Scope, hold_id: UUID, reason: Reason = NO_REASON) -> MovementValue:
    """Release a pledge made to one's bank: the units are available to their holder again.

    Raises:
        Forbidden: without `ledger:release`.
        HoldUnknown, HoldNotOpen, ClassFrozen: by the books.
    """
    scope.require("ledger:release")
    return await _unlock(write, scope, MovementKind.RELEASE, hold_id, reason)


async def reserve(
    write: Write, scope: Scope, account_id: UUID, selection: Selection, reason: Reason = NO_REASON
) -> MovementValue:
    """Lock one's own units for a purpose; the noun above checks its own permission. Refuses as `pledge` does."""
    return await _lock(write, scope, MovementKind.RESERVE, account_id, selection, reason, None)


async def free(write: Write, scope: Scope, hold_id: UUID, reason: Reason = NO_REASON) -> MovementValue:
    """Give back what a reservation kept.

    Raises:
        HoldUnknown, HoldNotOpen, ClassFrozen: by the books.
    """
    return await _unlock(write, scope, MovementKind.FREE, hold_id, reason)


async def _lock(
    write: Write, scope: Scope, kind: MovementKind, account_id: UUID, selection: Selection, reason: Reason,
    bank_id: UUID | None,
) -> MovementValue:  # fmt: skip
    given = order(
        scope, kind, reason, **{"from": account_id}, new_hold=new_id(), beneficiary_id=bank_id, **selected(selection)
    )
    movements = await post(write, scope, [given])
    record(write, movements)
    return movements[0]


async def _unlock(write: Write, scope: Scope, kind: MovementKind, hold_id: UUID, reason: Reason) -> MovementValue:
    movements = await post(write, scope, [order(scope, kind, reason, hold=hold_id)])
    record(write, movements)
    return movements[0]
