"""Transfers that arrive together are posted together: one call of `ledger_post_gathered`, one commit.

Each order keeps its own savepoint, refusal, idempotency key and audit event. An order is posted under its own caller:
who may do what is checked by the server function for each order. The call is the whole transaction, audit events
included, so that its accounts are locked for no round trip.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import Text, bindparam, text

from backend.kit import idempotency
from backend.kit.db import Databases
from backend.kit.gathering import Answer, Gatherer
from backend.kit.idempotency import IdempotencyKeyReused
from backend.kit.outages import is_outage
from backend.kit.scope import Scope
from backend.ledger.service.posting import Order, movement, refused
from backend.ledger.values import MovementValue

# As text both ways: of the time a crowd of transfers takes here, the driver's JSON would be a tenth.
POST = text("select ledger_post_gathered(cast(:items as jsonb), :is_patient)::text").bindparams(
    bindparam("items", type_=Text)
)


@dataclass(frozen=True, slots=True)
class Item:
    """An order (its caller is in it), and the key and hash of the command it came from."""

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
    return await gatherer.submit(Item(order, command, key, hashed))


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
    told = await databases.at_once(
        tenant, POST, {"items": msgspec.json.encode(asked).decode(), "is_patient": is_patient}
    )
    return [_answer(msgspec.json.decode(found)) for (found,) in told]


def _answer(found: Mapping[str, Any]) -> MovementValue | BaseException | None:
    if "busy" in found:
        return None
    if "refused" in found:
        return _refusal(found["refused"], found["details"])
    return movement(found["movement"])


def _refusal(code: str, details: dict[str, Any]) -> BaseException:
    return IdempotencyKeyReused(**details) if code == IdempotencyKeyReused.code else refused(code, details)
