"""Commands given to the ledger itself: they refuse what has a book of its own in a noun above, which would not follow."""

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select

from backend.kit.db import Read, Write
from backend.kit.scope import Scope
from backend.ledger.claims.queries import claims_of_movements
from backend.ledger.errors import HoldUnknown, MovementClaimed, MovementNotReversible, ProgrammeUnits
from backend.ledger.models import LedgerClass
from backend.ledger.queries import holds_by_id, movements_by_id
from backend.ledger.service.issuing import issue
from backend.ledger.service.using import retire, reverse
from backend.ledger.values import NO_REASON, BatchSpec, MovementKind, MovementValue, Reason, Selection


async def issue_directly(
    write: Write,
    scope: Scope,
    to_account_id: UUID,
    class_code: str,
    quantity: Decimal,
    batch: BatchSpec,
    reason: Reason = NO_REASON,
) -> MovementValue:
    """Issue units of a class that belongs to no programme; the registrar's.

    Raises:
        Forbidden: without `ledger:issue`.
        ProgrammeUnits: a programme issues them, after its review.
        others: as `issue`.
    """
    scope.require("ledger:issue")
    await _refuse_programmes(write, [class_code])
    return await issue(write, scope, to_account_id, class_code, quantity, batch, reason)


async def retire_directly(
    write: Write, scope: Scope, account_id: UUID, selections: Sequence[Selection], reason: Reason = NO_REASON
) -> list[MovementValue]:
    """Retire one's own units of classes that belong to no programme.

    Raises:
        Forbidden: without `ledger:retire`.
        HoldUnknown: a hold to take them from that is not there, or not yours.
        ProgrammeUnits: a programme says what its units may be retired for, and keeps the claim.
        others: as `retire`.
    """
    scope.require("ledger:retire")
    wanted = [each.hold_id for each in selections if each.hold_id is not None]
    held = await holds_by_id(write, scope, wanted)
    for each in wanted:
        if each not in held:
            raise HoldUnknown(hold=str(each))
    await _refuse_programmes(
        write, [each.class_code for each in selections] + [each.class_code for each in held.values()]
    )
    return await retire(write, scope, account_id, selections, reason)


async def _refuse_programmes(read: Read, codes: Sequence[str]) -> None:
    found = await read.row(
        select(LedgerClass.code, LedgerClass.programme).where(
            LedgerClass.code.in_(codes), LedgerClass.programme.is_not(None)
        )
    )
    if found is not None:
        raise ProgrammeUnits(programme=found.programme, **{"class": found.code})


async def correct(write: Write, scope: Scope, movement_id: UUID, reason: Reason) -> MovementValue:
    """Reverse a movement, unless something stands on it that would be left behind.

    A retirement behind a claim is undone with its claim, a surrender with its obligation: their nouns call `reverse`
    in the same transaction.

    Raises:
        Forbidden: without `ledger:reverse`.
        MovementClaimed: a claim stands on it.
        MovementNotReversible: a surrender; or by the books.
        ReasonMissing, MovementUnknown, MovementAlreadyReversed: as `reverse`.
    """
    scope.require("ledger:reverse")
    found = (await movements_by_id(write, scope, [movement_id])).get(movement_id)
    if found is not None and found.kind is MovementKind.SURRENDER:
        raise MovementNotReversible(number=found.number, kind=found.kind.value)
    for each in (await claims_of_movements(write, scope, [movement_id]))[movement_id]:
        if found is not None and each.withdrawn_at is None:
            raise MovementClaimed(number=found.number, use=each.use.value, period=each.period)
    return await reverse(write, scope, movement_id, reason)
