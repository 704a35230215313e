"""Units come in: issued here, or imported from a registry that issued them."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from backend.kit.db import Write
from backend.kit.ids import new_id
from backend.kit.scope import Scope
from backend.ledger import rules
from backend.ledger.errors import SerialsInvalid
from backend.ledger.service.posting import Order, order, post, record
from backend.ledger.values import NO_REASON, BatchSpec, MovementKind, MovementValue, Reason


async def issue(
    write: Write,
    scope: Scope,
    to_account_id: UUID,
    class_code: str,
    quantity: Decimal,
    batch: BatchSpec,
    reason: Reason = NO_REASON,
) -> MovementValue:
    """Issue new units to an account of the registrar's region.

    Raises:
        Forbidden: without `ledger:issue`.
        QuantityNotPositive, QuantityTooLarge, ProductionInvalid, TextTooLong: as they say.
        AccountUnknown, AccountClosed, ClassUnknown, ClassFrozen, EffectiveInFuture, UnitsNotWhole, QuantityTooPrecise,
        UnitsExpired: by the books.
    """
    return (await issue_many(write, scope, [(to_account_id, class_code, quantity, batch)], reason))[0]


async def issue_many(
    write: Write,
    scope: Scope,
    issues: Sequence[tuple[UUID, str, Decimal, BatchSpec]],
    reason: Reason = NO_REASON,
) -> list[MovementValue]:
    """Issue several batches (account, class, quantity, batch) at once; refuses as `issue` does, and then all of them."""
    scope.require("ledger:issue")
    return await _bring(write, scope, MovementKind.ISSUE, issues, reason)


async def import_units(
    write: Write,
    scope: Scope,
    to_account_id: UUID,
    class_code: str,
    batches: Sequence[tuple[Decimal, BatchSpec]],
    reason: Reason = NO_REASON,
) -> list[MovementValue]:
    """Import units a registry issued into one's own account (or an account of the registrar's region).

    The noun above checks its own permission. Each batch names the registry's codes of all its units.

    Raises:
        QuantityNotPositive, QuantityTooLarge, ProductionInvalid, SerialsInvalid, TextTooLong: as they say.
        AccountUnknown, AccountClosed, ClassUnknown, ClassFrozen, EffectiveInFuture, UnitsNotWhole, UnitsExpired: by the
        books.
        OriginOverlap: some of the units are in the ledger already.
        OriginsIncomplete: the codes do not cover the quantity.
    """
    issues = [(to_account_id, class_code, quantity, batch) for quantity, batch in batches]
    return await _bring(write, scope, MovementKind.IMPORT, issues, reason)


async def _bring(
    write: Write,
    scope: Scope,
    kind: MovementKind,
    issues: Sequence[tuple[UUID, str, Decimal, BatchSpec]],
    reason: Reason,
) -> list[MovementValue]:
    orders: list[Order] = []
    for account_id, class_code, quantity, batch in issues:
        rules.check_quantity(quantity)
        rules.check_batch(batch)
        given = {"to": account_id, "class": class_code, "quantity": quantity, "batch_spec": _spec(batch)}
        orders.append(order(scope, kind, reason, **given))
    movements = await post(write, scope, orders)
    record(write, movements)
    return movements


def _spec(batch: BatchSpec) -> dict[str, Any]:
    for each in batch.origins:
        if not 0 <= each.first <= each.last < rules.LARGEST_SERIAL:
            raise SerialsInvalid(first=each.first, last=each.last, path=("origins",))
    return {
        "id": str(new_id()),
        "vintage": batch.vintage,
        "produced_from": batch.produced_from.isoformat() if batch.produced_from else None,
        "produced_to": batch.produced_to.isoformat() if batch.produced_to else None,
        "valid_until": batch.valid_until.isoformat() if batch.valid_until else None,
        "is_transferable": batch.is_transferable,
        "transfers_used": batch.transfers_used,
        "project_code": batch.project_code,
        "attributes": batch.attributes,
        "origins": [[each.registry, each.frame, each.first, each.last] for each in batch.origins],
    }
