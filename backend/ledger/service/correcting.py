"""The registrar's own correction of a movement that no other book follows."""

from uuid import UUID

from backend.kit.db import Write
from backend.kit.scope import Scope
from backend.ledger.claims.queries import claims_of_movements
from backend.ledger.errors import MovementClaimed, MovementNotReversible
from backend.ledger.queries import movements_by_id
from backend.ledger.service.using import reverse
from backend.ledger.values import MovementKind, MovementValue, Reason


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
