"""Webhooks on the wire: a bank's endpoints, what was sent to them, and their commands."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import strawberry

from backend.kit.db import Write
from backend.lending import service
from backend.lending.webhooks.values import (
    DeliveryState,
    DeliveryValue,
    DisabledBecause,
    EndpointValue,
    EventKind,
    Failure,
)
from backend.wire.commands import command
from backend.wire.connections import Connection, connect, page
from backend.wire.context import Context, Info
from backend.wire.nodes import node_id, uuids
from backend.wire.stored import SHOWN_ONCE

# Each command is a plain function that `command` turns into a field: its first argument is the context, not `self`, and
# `input` is the wire's word.
# pyright: reportGeneralTypeIssues=false, reportSelfClsParameterName=false
# ruff: noqa: A002, N805

First = Annotated[int, strawberry.argument(description="How many, 1 to 100.")]
After = Annotated[str | None, strawberry.argument(description="A cursor from an earlier answer.")]
strawberry.enum(
    EventKind,
    name="BankEventKind",
    description="What a bank is told of: a borrower's score changed (its grade, state, shut gates, year or model; points "
    "alone do not count), a consent was given or ended, a credential holds "
    "no more, a request for a pledge was answered. The message says that, never what a score or an answer is.",
)
strawberry.enum(
    DeliveryState,
    name="WebhookDeliveryState",
    description="How far a message is. DEAD ones wait for redeliverWebhooks, DROPPED ones were not to be told any more.",
)
strawberry.enum(DisabledBecause, name="WebhookDisabledBecause", description="Why nothing is sent to an endpoint.")
strawberry.enum(Failure, name="WebhookFailure", description="Why an attempt did not arrive, or why there is none.")


@strawberry.type(description="Where messages to your bank are sent (Webhook 接收端).")
class WebhookEndpoint:
    """Where messages are sent."""

    id: strawberry.ID = strawberry.field(description="Global id.")
    url: str = strawberry.field(description="The address.")
    description: str = strawberry.field(description="Your own words about it.")
    events: list[EventKind] = strawberry.field(description="What it is told of.")
    created_at: datetime = strawberry.field(description="Since when.")
    secret_at: datetime = strawberry.field(description="Since when its secret is the one in force.")
    former_until: datetime | None = strawberry.field(
        description="Until then messages carry a second signature, made with the former secret."
    )
    failing_since: datetime | None = strawberry.field(description="Since when no message has arrived.")
    disabled_at: datetime | None = strawberry.field(description="Since when nothing is sent.")
    disabled_because: DisabledBecause | None = strawberry.field(description="Why nothing is sent.")


@strawberry.type(description="One message to one endpoint (投递记录).")
class WebhookDelivery:
    """One message to one endpoint."""

    id: strawberry.ID = strawberry.field(description="Global id.")
    message_id: str = strawberry.field(description="The `webhook-id` of every attempt: what you had already, ignore.")
    kind: EventKind = strawberry.field(description="What it tells of.")
    account_id: strawberry.ID | None = strawberry.field(description="The account it is about, if one.")
    state: DeliveryState = strawberry.field(description="How far it is.")
    attempts: int = strawberry.field(description="How often it was tried (again from 0 after a redelivery).")
    created_at: datetime = strawberry.field(description="When it happened.")
    next_at: datetime | None = strawberry.field(description="When it is tried next.")
    last_at: datetime | None = strawberry.field(description="When it was tried last.")
    last_status: int | None = strawberry.field(description="The HTTP status of the last answer.")
    last_failure: Failure | None = strawberry.field(description="Why the last attempt did not arrive.")
    ended_at: datetime | None = strawberry.field(description="When it arrived, was dropped or given up.")


def endpoint(value: EndpointValue) -> WebhookEndpoint:
    """Return an endpoint as the wire has it."""
    return WebhookEndpoint(
        id=node_id("WebhookEndpoint", value.id),
        url=value.url,
        description=value.description,
        events=list(value.events),
        created_at=value.created_at,
        secret_at=value.secret_at,
        former_until=value.former_until,
        failing_since=value.failing_since,
        disabled_at=value.disabled_at,
        disabled_because=DisabledBecause(value.disabled_because) if value.disabled_because else None,
    )


def delivery(value: DeliveryValue) -> WebhookDelivery:
    """Return a delivery as the wire has it."""
    return WebhookDelivery(
        id=node_id("WebhookDelivery", value.id),
        message_id=str(value.id),
        kind=value.kind,
        account_id=None if value.account_id is None else node_id("CarbonAccount", value.account_id),
        state=value.state,
        attempts=value.attempts,
        created_at=value.created_at,
        next_at=value.next_at,
        last_at=value.last_at,
        last_status=value.last_status,
        last_failure=Failure(value.last_failure) if value.last_failure else None,
        ended_at=value.ended_at,
    )


@strawberry.type
class WebhooksQuery:
    """Webhooks."""

    @strawberry.field(description="Your bank's webhook endpoints, oldest first.")
    async def webhook_endpoints(
        self, info: Info, first: First = 50, after: After = None
    ) -> Connection[WebhookEndpoint]:
        """List the endpoints."""
        asked = page(first, after)
        key = asked.key(UUID)
        async with info.context.read() as read:
            rows: Sequence[Any] = await service.endpoints(
                read, info.context.scope, after=None if key is None else key[0], limit=asked.fetch
            )
        return connect(rows, asked, key=lambda row: [row.id], make=endpoint)

    @strawberry.field(
        description="What was or will be sent to an endpoint, newest first; `state: DEAD` is what was given up."
    )
    async def webhook_deliveries(
        self,
        info: Info,
        endpoint_id: strawberry.ID,
        state: DeliveryState | None = None,
        first: First = 50,
        after: After = None,
    ) -> Connection[WebhookDelivery]:
        """List deliveries."""
        asked = page(first, after)
        key = asked.key(UUID)
        (own, *_) = uuids(endpoint_id, "WebhookEndpoint", path=("endpointId",))
        async with info.context.read() as read:
            rows: Sequence[Any] = await service.deliveries(
                read, info.context.scope, own, state=state, before=None if key is None else key[0], limit=asked.fetch
            )
        return connect(rows, asked, key=lambda row: [row.id], make=delivery)


@strawberry.input(description="Where messages are to be sent.")
class CreateWebhookEndpointInput:
    """Where messages are to be sent."""

    url: str = strawberry.field(description="An https address of the public internet.")
    events: list[EventKind] = strawberry.field(description="What it is told of.")
    description: str = strawberry.field(default="", description="Your own words about it; 200 characters are kept.")


@strawberry.input(description="Which endpoint.")
class WebhookEndpointInput:
    """Which endpoint."""

    id: strawberry.ID = strawberry.field(description="The endpoint's global id.")


@strawberry.input(description="Which dead messages of which endpoint.")
class RedeliverWebhooksInput:
    """Which dead messages."""

    endpoint_id: strawberry.ID = strawberry.field(description="The endpoint's global id.")
    delivery_ids: list[strawberry.ID] | None = strawberry.field(
        default=None, description="Global ids of dead deliveries; without them, every dead one."
    )


@strawberry.type(description="The endpoint's secret. Keep it: nobody can show it again.")
class WebhookSecret:
    """The endpoint's secret."""

    id: strawberry.ID = strawberry.field(description="The endpoint's global id.")
    secret: str | None = strawberry.field(
        description="`whsec_` and the base64 of the key of HMAC-SHA256. Null when the answer is repeated.",
        metadata=SHOWN_ONCE,
    )


@strawberry.type(description="Done.")
class WebhookEndpointChanged:
    """Done."""

    id: strawberry.ID = strawberry.field(description="The endpoint's global id.")


@strawberry.type(description="These messages are sent again.")
class WebhooksRedelivered:
    """These messages are sent again."""

    count: int = strawberry.field(description="How many.")


def _own(given: strawberry.ID, *path: str) -> UUID:
    return uuids(given, "WebhookEndpoint", path=path or ("input", "id"))[0]


@strawberry.type
class WebhooksMutation:
    """Commands on webhooks."""

    @command("lending:create_webhook")
    async def create_webhook_endpoint(
        context: Context, write: Write, input: CreateWebhookEndpointInput
    ) -> WebhookSecret:
        """Have your bank told of changes at an address (创建 Webhook 接收端); the secret is shown once."""
        made = await service.create_endpoint(
            write, context.scope, context.settings, input.url, input.events, input.description
        )
        return WebhookSecret(id=node_id("WebhookEndpoint", made.endpoint_id), secret=made.secret)

    @command("lending:rotate_webhook_secret")
    async def rotate_webhook_secret(context: Context, write: Write, input: WebhookEndpointInput) -> WebhookSecret:
        """Give an endpoint a new secret (更换签名密钥); for a day messages carry signatures with both."""
        made = await service.rotate_secret(write, context.scope, context.settings, _own(input.id))
        return WebhookSecret(id=input.id, secret=made.secret)

    @command("lending:enable_webhook")
    async def enable_webhook_endpoint(
        context: Context,
        write: Write,
        input: WebhookEndpointInput,
    ) -> WebhookEndpointChanged:
        """Send to an endpoint again (启用接收端). What was not sent meanwhile is not sent later: read the scores anew."""
        await service.set_endpoint_enabled(write, context.scope, _own(input.id), is_enabled=True)
        return WebhookEndpointChanged(id=input.id)

    @command("lending:disable_webhook")
    async def disable_webhook_endpoint(
        context: Context,
        write: Write,
        input: WebhookEndpointInput,
    ) -> WebhookEndpointChanged:
        """Send nothing to an endpoint (停用接收端); what waits is dead."""
        await service.set_endpoint_enabled(write, context.scope, _own(input.id), is_enabled=False)
        return WebhookEndpointChanged(id=input.id)

    @command("lending:remove_webhook")
    async def remove_webhook_endpoint(
        context: Context,
        write: Write,
        input: WebhookEndpointInput,
    ) -> WebhookEndpointChanged:
        """Remove an endpoint for good (删除接收端)."""
        await service.remove_endpoint(write, context.scope, _own(input.id))
        return WebhookEndpointChanged(id=input.id)

    @command("lending:redeliver_webhooks")
    async def redeliver_webhooks(context: Context, write: Write, input: RedeliverWebhooksInput) -> WebhooksRedelivered:
        """Have dead messages sent again under their old ids (重新投递)."""
        named = None
        if input.delivery_ids is not None:
            path = ("input", "deliveryIds")
            named = [uuids(each, "WebhookDelivery", path=path)[0] for each in input.delivery_ids]
        count = await service.redeliver(write, context.scope, _own(input.endpoint_id, "input", "endpointId"), named)
        return WebhooksRedelivered(count=count)
