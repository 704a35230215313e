"""The way into the books: orders become movements by one call of the server function `ledger_post`.

The function locks every account the orders touch, in one order, checks ownership and rules against the caller, splits
serial ranges and appends the postings; the journal chain is linked when the transaction commits.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import DBAPIError

from backend.kit.db import Write
from backend.kit.errors import CarbonError
from backend.kit.ids import new_id
from backend.kit.scope import Scope
from backend.ledger.errors import (
    BY_CODE,
    SelectionEmpty,
    TextTooLong,
)
from backend.ledger.rules import check_quantity, check_reason, check_serials
from backend.ledger.values import UNDONE_BY, MovementKind, MovementValue, Reason, Selection

REFUSED = "LG001"
MOST_CHARACTERS = {"purpose": 100, "beneficiary": 200, "reference": 200, "note": 1000}
POST = text("select ledger_post(:orders)").bindparams(bindparam("orders", type_=JSONB))

Order = dict[str, Any]


def caller(scope: Scope) -> dict[str, str | None]:
    """Return who orders, as the server function takes it."""
    return {
        "kind": scope.kind.value,
        "organisation": str(scope.organisation_id) if scope.organisation_id else None,
        "actor": str(scope.actor_id) if scope.actor_id else None,
        "region": scope.region,
        "correlation": scope.correlation_id,
    }


def order(scope: Scope, kind: MovementKind, reason: Reason, **given: Any) -> Order:  # noqa: ANN401 - the order's own fields
    """Return an order as the server function takes it; ids become text, and every order gets the id of its movement.

    Raises:
        TextTooLong: a text of the reason.
        EffectiveTooEarly, PeriodInvalid: a day or year that cannot be meant.
    """
    check_reason(reason)
    for field, allowed in MOST_CHARACTERS.items():
        if len(getattr(reason, field)) > allowed:
            raise TextTooLong(field=field, allowed=allowed, path=(field,))
    return {
        "kind": kind.value,
        "caller": caller(scope),
        "id": str(new_id()),
        "effective_on": reason.effective_on.isoformat() if reason.effective_on else None,
        "purpose": reason.purpose,
        "beneficiary": reason.beneficiary,
        "period": reason.period,
        "reference": reason.reference,
        "note": reason.note,
        "group": str(reason.group_id) if reason.group_id else None,
        "facts": json.loads(json.dumps(reason.facts, default=str))
        | ({UNDONE_BY: reason.undone_by} if reason.undone_by else {}),
        **{name: _plain(value) for name, value in given.items()},
    }


def selected(selection: Selection) -> dict[str, Any]:
    """Return the part of an order that says which units.

    Raises:
        SelectionEmpty: neither quantity, serials nor hold.
        QuantityNotPositive, QuantityTooLarge: zero, less, not a number, or more than the books can count.
        TooManyRanges: more than 1,000.
        SerialsInvalid: a range that ends before it begins.
    """
    if selection.quantity is None and not selection.serials and selection.hold_id is None:
        raise SelectionEmpty(path=("quantity",))
    if selection.quantity is not None:
        check_quantity(selection.quantity)
    check_serials(selection.serials, "serials")
    return {
        "class": selection.class_code or None,
        "quantity": selection.quantity,
        "batch": selection.batch_id,
        "serials": [list(each) for each in selection.serials] or None,
        "hold": selection.hold_id,
    }


async def post(write: Write, scope: Scope, orders: Sequence[Order]) -> list[MovementValue]:  # noqa: ARG001 - no scope, no posting: the orders carry it
    """Apply the orders, all or none; return their movements in the same order.

    Raises:
        CarbonError: what the server function refuses, by its code (`errors.BY_CODE`).
    """
    if not orders:
        return []
    try:
        answers = await write.rows(POST, {"orders": list(orders)})
    except DBAPIError as error:
        raise refusal(error) from error
    return [movement(each.ledger_post) for each in answers]


def refusal(error: DBAPIError) -> BaseException:
    """Return what the server function refused as an error of ours; any other failure as it is."""
    cause = getattr(error.orig, "__cause__", None)
    if getattr(cause, "sqlstate", "") != REFUSED:
        return error
    return refused(str(getattr(cause, "message", "")), json.loads(getattr(cause, "detail", "") or "{}"))


def refused(code: str, details: Mapping[str, Any]) -> CarbonError:
    """Return the error of a code of the server functions."""
    return BY_CODE[code](**details)


def movement(given: Mapping[str, Any]) -> MovementValue:
    """Read a movement as the server function answers it."""

    def uuid(name: str) -> UUID | None:
        return UUID(given[name]) if given[name] else None

    return MovementValue(
        id=UUID(given["id"]),
        number=given["number"],
        kind=MovementKind(given["kind"]),
        class_code=given["class_code"],
        quantity=Decimal(given["quantity"]),
        from_account_id=uuid("from_account_id"),
        to_account_id=uuid("to_account_id"),
        hold_id=uuid("hold_id"),
        batch_ids=tuple(UUID(each) for each in given["batch_ids"]),
        serials=tuple((first, last) for first, last in given["serials"] or ()),
        effective_on=date.fromisoformat(given["effective_on"]),
        recorded_at=datetime.fromisoformat(given["recorded_at"]),
        purpose=given["purpose"],
        beneficiary=given["beneficiary"],
        period=given["period"],
        reference=given["reference"],
        note=given["note"],
        group_id=uuid("group_id"),
        reverses_id=uuid("reverses_id"),
        facts=given["facts"],
        organisation_id=uuid("organisation_id"),
        actor_id=uuid("actor_id"),
    )


def _plain(value: Any) -> Any:  # noqa: ANN401 - any field of an order
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value) if isinstance(value, UUID | Decimal) else value


def record(write: Write, movements: Sequence[MovementValue]) -> None:
    """Leave an event in the audit of whoever ordered; the journal itself has the rest."""
    for each in movements:
        write.audit(
            f"ledger:{each.kind}", object_type="LedgerMovement", object_id=each.id, number=each.number,
            unit_class=each.class_code, quantity=str(each.quantity),
        )  # fmt: skip
