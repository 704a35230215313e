"""Deliveries on their way: taken by one worker at a time, each ending stored, what keeps failing given up.

All of it under the service's scope. What a worker took is its own for a while (`terms.taken`); when it dies, another takes the same
deliveries afterwards and sends them under the same ids.
"""

import secrets as random
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy import BigInteger, bindparam, func, select, text, update

from backend.identity.errors import SystemOnly
from backend.kit.clock import now
from backend.kit.db import Write
from backend.kit.scope import Kind, Scope
from backend.lending.webhooks import rules
from backend.lending.webhooks.endpoints import disable
from backend.lending.webhooks.models import BankEvent, WebhookDelivery, WebhookEndpoint
from backend.lending.webhooks.terms import terms
from backend.lending.webhooks.values import (
    DeliveryState,
    DisabledBecause,
    Due,
    EventKind,
    EventValue,
    Failure,
    Sent,
)

ENDPOINTS_DUE = text("select endpoint_id from lending_endpoints_due(:seconds)").bindparams(
    bindparam("seconds", type_=BigInteger)
)
GONE = 410
_DRAWS = 2000


def check_service(scope: Scope) -> None:
    """Refuse everybody but the service. Raises SystemOnly."""
    if scope.kind is not Kind.SYSTEM:
        raise SystemOnly


async def endpoints_due(write: Write, scope: Scope, seconds: int) -> list[UUID]:
    """Take the endpoints that have something due and nobody at it, for so many seconds. Raises SystemOnly."""
    check_service(scope)
    return [row.endpoint_id for row in await write.rows(ENDPOINTS_DUE, {"seconds": seconds})]


async def leave(write: Write, scope: Scope, endpoint_id: UUID, seconds: int | None = None) -> None:
    """Say that a worker goes on with an endpoint for so many seconds, or is done with it. Raises SystemOnly."""
    check_service(scope)
    until = None if seconds is None else now() + timedelta(seconds=seconds)
    await write.run(update(WebhookEndpoint).where(WebhookEndpoint.id == endpoint_id).values(busy_until=until))


async def take(write: Write, scope: Scope, endpoint_id: UUID) -> list[Due]:
    """Take an endpoint's due deliveries, oldest first; nobody else gets them for a while. Raises SystemOnly."""
    check_service(scope)
    table = WebhookDelivery
    moment = await write.value(select(func.clock_timestamp()))
    chosen = (
        select(table.id)
        .where(
            table.endpoint_id == endpoint_id, table.state == DeliveryState.WAITING.value, table.next_at <= moment
        )
        .order_by(table.next_at)
        .limit(terms().batch)
        .with_for_update(skip_locked=True)
    )  # fmt: skip
    ids = [row.id for row in await write.rows(chosen)]
    if not ids:
        return []
    await write.run(update(table).where(table.id.in_(ids)).values(next_at=moment + timedelta(seconds=terms().taken)))
    rows = await write.rows(
        select(
            table.id.label("own_id"), table.attempts, BankEvent.id, BankEvent.bank_id, BankEvent.kind, BankEvent.at,
            BankEvent.account_id, BankEvent.consent_id, BankEvent.score_id, BankEvent.facts,
        )
        .join(BankEvent, BankEvent.id == table.event_id)
        .where(table.id.in_(ids))
        .order_by(table.id)
    )  # fmt: skip
    return [
        Due(
            row.own_id,
            row.attempts,
            EventValue(
                row.id, row.bank_id, EventKind(row.kind), row.at, row.account_id, row.consent_id, row.score_id,
                row.facts,
            ),
        )
        for row in rows
    ]  # fmt: skip


async def drop(write: Write, scope: Scope, due: Due) -> None:
    """End a delivery that may not be told any more; the bank's records say that it was not sent. Raises SystemOnly."""
    check_service(scope)
    moment = now()
    await write.run(
        update(WebhookDelivery)
        .where(WebhookDelivery.id == due.id, WebhookDelivery.state == DeliveryState.WAITING.value)
        .values(
            state=DeliveryState.DROPPED.value, next_at=None, ended_at=moment, last_at=moment,
            last_failure=Failure.CONSENT_MISSING.value,
        )
    )  # fmt: skip
    write.audit(
        "lending:drop_webhook", object_type="WebhookDelivery", object_id=due.id, organisation_id=due.event.bank_id,
        kind=due.event.kind.value,
    )  # fmt: skip


async def settle(write: Write, scope: Scope, endpoint_id: UUID, ended: Sequence[tuple[Due, Sent]]) -> None:
    """Store what came of attempts: arrived, to be tried again, or given up; disable what has failed for long.

    Raises:
        SystemOnly: anybody but the service.
    """
    check_service(scope)
    table, moment = WebhookDelivery, now()
    for due, sent in ended:
        attempts = due.attempts + 1
        values: dict[str, object] = {
            "attempts": attempts, "last_at": moment, "last_status": sent.status, "last_failure": sent.failure or "",
        }  # fmt: skip
        draw = Decimal(random.randbelow(_DRAWS + 1)) / (_DRAWS // 2) - 1
        wait = None if sent.failure is None else rules.pause(terms().pauses, terms().jitter, attempts, draw)
        if sent.failure is None:
            values |= {"state": DeliveryState.DELIVERED.value, "next_at": None, "ended_at": moment}
        elif wait is None:
            values |= {"state": DeliveryState.DEAD.value, "next_at": None, "ended_at": moment}
        else:
            values |= {"next_at": moment + timedelta(milliseconds=int(wait * 1000))}
        await write.run(
            update(table).where(table.id == due.id, table.state == DeliveryState.WAITING.value).values(values)
        )
    await _judge(write, endpoint_id, [sent for _, sent in ended])


async def _judge(write: Write, endpoint_id: UUID, sent: Sequence[Sent]) -> None:
    """Note since when an endpoint fails; disable it when it said that it is gone, or failed for long."""
    table, moment = WebhookEndpoint, now()
    own = update(table).where(table.id == endpoint_id)
    if any(each.status == GONE for each in sent):
        await _give_up(write, endpoint_id, DisabledBecause.GONE)
    elif any(each.failure is None for each in sent):
        await write.run(own.values(failing_since=None))
    elif sent:
        await write.run(own.values(failing_since=func.coalesce(table.failing_since, moment)))
        since = await write.value(select(table.failing_since).where(table.id == endpoint_id))
        if since is not None and moment - since >= terms().disabled_after:
            await _give_up(write, endpoint_id, DisabledBecause.FAILING)


async def _give_up(write: Write, endpoint_id: UUID, because: DisabledBecause) -> None:
    bank_id = await write.value(select(WebhookEndpoint.bank_id).where(WebhookEndpoint.id == endpoint_id))
    await disable(write, endpoint_id, because)
    write.audit(
        "lending:disable_webhook", object_type="WebhookEndpoint", object_id=endpoint_id, organisation_id=bank_id,
        because=because.value,
    )  # fmt: skip
