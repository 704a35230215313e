"""Transfers that arrive together are posted together: one call of `ledger_post_gathered`, one commit.

Each order keeps its own savepoint, refusal, idempotency key and audit event. An order is posted under its own caller:
the transaction belongs to the service, and who may do what is checked by the server function for each order.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB

from backend.kit import idempotency
from backend.kit.audit import Event
from backend.kit.db import Databases
from backend.kit.gathering import Answer, Gatherer
from backend.kit.idempotency import IdempotencyKeyReused
from backend.kit.outages import is_outage
from backend.kit.scope import Scope
from backend.ledger.service.posting import Order, movement, refused
from backend.ledger.values import MovementValue

POST = text("select ledger_post_gathered(:items, :is_patient)").bindparams(bindparam("items", type_=JSONB))


@dataclass(frozen=True, slots=True)
class Item:
    """An order with its caller, and the key and hash of the command it came from."""

    scope: Scope
    order: Order
    command: str
    key: str | None
    hash: str | None


async def post_gathered(
    databases: Databases, scope: Scope, order: Order, command: str, key: str | None, given: object
) -> MovementValue:
    """Post an order together with whatever else arrives now; a repeated key returns its first movement.

    Raises:
        CarbonError: what the server function refuses; IdempotencyKeyReused.
    """
    hashed = idempotency.input_hash(command, {"actor": scope.actor_id, "input": given}).hex() if key else None
    place = ("ledger", scope.tenant, asyncio.get_running_loop())
    if place not in databases.companions:

        async def fly(items: Sequence[Item]) -> Sequence[Answer[MovementValue]]:
            return await _fly(databases, scope.tenant, items)

        databases.companions[place] = Gatherer(fly)
    gatherer: Gatherer[Item, MovementValue] = databases.companions[place]
    return await gatherer.submit(Item(scope, order, command, key, hashed))


async def _fly(databases: Databases, tenant: str, items: Sequence[Item]) -> list[Answer[MovementValue]]:
    """Post the items in one transaction; those whose accounts somebody else holds go alone, and wait for them.

    When one of them breaks the whole (a sign the database keeps in no text), each goes alone and only that one fails.
    """
    try:
        answers = await _post(databases, tenant, items, is_patient=False)
    except Exception as error:
        if is_outage(error):
            raise
        answers = [None] * len(items)
    return [
        asyncio.create_task(_alone(databases, tenant, item)) if answer is None else answer
        for item, answer in zip(items, answers, strict=True)
    ]


async def _alone(databases: Databases, tenant: str, item: Item) -> MovementValue:
    (answer,) = await _post(databases, tenant, [item], is_patient=True)
    if not isinstance(answer, MovementValue):
        raise answer or AssertionError("a patient order is never busy")
    return answer


async def _post(
    databases: Databases, tenant: str, items: Sequence[Item], *, is_patient: bool
) -> list[MovementValue | BaseException | None]:
    """Post the items in one transaction; None stands for an order whose accounts were not free."""
    asked = [{"order": each.order, "command": each.command, "key": each.key, "hash": each.hash} for each in items]
    answers: list[MovementValue | BaseException | None] = []
    async with databases.write(Scope.system(tenant)) as write:
        told = await write.rows(POST, {"items": asked, "is_patient": is_patient})
        for item, (found,) in zip(items, told, strict=True):
            if "busy" in found:
                answers.append(None)
                continue
            if "refused" in found:
                answers.append(_refusal(found["refused"], found["details"]))
                continue
            moved = movement(found["movement"])
            answers.append(moved)
            if not found["is_replay"]:
                write.events.append(_event(item.scope, moved))
    return answers


def _refusal(code: str, details: dict[str, Any]) -> BaseException:
    return IdempotencyKeyReused(**details) if code == IdempotencyKeyReused.code else refused(code, details)


def _event(scope: Scope, moved: MovementValue) -> Event:
    return Event.of(
        scope, f"ledger:{moved.kind}", object_type="LedgerMovement", object_id=moved.id, number=moved.number,
        unit_class=moved.class_code, quantity=str(moved.quantity),
    )  # fmt: skip
