"""Reads of a bank's endpoints and of what is on its way to them."""

from uuid import UUID

from sqlalchemy import select

from backend.kit.db import Read
from backend.kit.scope import Scope
from backend.lending.errors import EndpointNotFound
from backend.lending.reading.opening import check_bank
from backend.lending.webhooks.models import BankEvent, WebhookDelivery, WebhookEndpoint
from backend.lending.webhooks.values import DeliveryState, DeliveryValue, EndpointValue, EventKind


async def endpoints(read: Read, scope: Scope, *, after: UUID | None = None, limit: int) -> list[EndpointValue]:
    """Return the bank's endpoints, oldest first.

    Raises:
        Unauthenticated, Forbidden: without `lending:read`.
        BanksOnly: the caller is no bank.
    """
    check_bank(scope)
    table = WebhookEndpoint
    wanted = select(
        table.id, table.bank_id, table.url, table.description, table.events, table.created_at, table.secret_at,
        table.former_until, table.failing_since, table.disabled_at, table.disabled_because,
    ).where(table.bank_id == scope.organisation_id, table.removed_at.is_(None))  # fmt: skip
    if after is not None:
        wanted = wanted.where(table.id > after)
    return [
        EndpointValue(
            row.id, row.bank_id, row.url, row.description, tuple(EventKind(each) for each in row.events),
            row.created_at, row.secret_at, row.former_until, row.failing_since, row.disabled_at, row.disabled_because,
        )
        for row in await read.rows(wanted.order_by(table.id).limit(limit))
    ]  # fmt: skip


async def deliveries(
    read: Read,
    scope: Scope,
    endpoint_id: UUID,
    *,
    state: DeliveryState | None = None,
    before: UUID | None = None,
    limit: int,
) -> list[DeliveryValue]:
    """Return what was or will be sent to an endpoint, newest first; the dead ones with `state`.

    Raises:
        Unauthenticated, Forbidden, BanksOnly: see `endpoints`.
        EndpointNotFound: not this bank's.
    """
    check_bank(scope)
    own = select(WebhookEndpoint.id).where(
        WebhookEndpoint.id == endpoint_id, WebhookEndpoint.bank_id == scope.organisation_id
    )
    if await read.value(own) is None:
        raise EndpointNotFound
    table = WebhookDelivery
    wanted = (
        select(
            table.id, table.endpoint_id, BankEvent.kind, BankEvent.account_id, table.state, table.attempts,
            table.created_at, table.next_at, table.last_at, table.last_status, table.last_failure, table.ended_at,
        )
        .join(BankEvent, BankEvent.id == table.event_id)
        .where(table.endpoint_id == endpoint_id)
    )  # fmt: skip
    if state is not None:
        wanted = wanted.where(table.state == state.value)
    if before is not None:
        wanted = wanted.where(table.id < before)
    return [
        DeliveryValue(
            row.id, row.endpoint_id, EventKind(row.kind), row.account_id, DeliveryState(row.state), row.attempts,
            row.created_at, row.next_at, row.last_at, row.last_status, row.last_failure, row.ended_at,
        )
        for row in await read.rows(wanted.order_by(table.id.desc()).limit(limit))
    ]  # fmt: skip
