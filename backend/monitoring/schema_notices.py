"""Notices on the wire: one's own, where they are sent, and what was."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry

from backend.accounts.schema_types import After, First
from backend.kit.db import Write
from backend.kit.notices import Said
from backend.monitoring import service
from backend.monitoring.notices import queries
from backend.monitoring.notices.values import (
    Channel,
    NoticeDeliveryValue,
    NoticeEndpointValue,
    NoticeFailure,
    NoticeState,
    NoticeValue,
)
from backend.monitoring.schema_series import MonitoringText
from backend.wire.commands import command
from backend.wire.connections import Connection, connect, page
from backend.wire.context import Context, Info
from backend.wire.nodes import node_id, uuids
from backend.wire.stored import SHOWN_ONCE

# pyright: reportGeneralTypeIssues=false, reportSelfClsParameterName=false
# ruff: noqa: A002, N805
# `command` makes static functions whose argument is called `input` on the wire.

NOTICE, ENDPOINT, DELIVERY = "Notice", "NoticeEndpoint", "NoticeDelivery"
strawberry.enum(Channel, name="NoticeChannel", description="By which way a notice leaves the product.")
strawberry.enum(
    NoticeState,
    name="NoticeDeliveryState",
    description="How far it is. DEAD ones wait for sendNoticesAgain, DROPPED ones were not to be sent: e-mail is off here, or the "
    "person is gone.",
)
strawberry.enum(NoticeFailure, name="NoticeFailure", description="Why an attempt did not arrive, or why there is none.")


def _text(given: Said) -> MonitoringText:
    return MonitoringText(zh=given.zh, en=given.en)


@strawberry.type(description="Something you were told (通知).")
class Notice:
    """Something one was told."""

    id: strawberry.ID = strawberry.field(description="Global id.")
    kind: str = strawberry.field(description="`noun.what`, e.g. `monitoring.warning`.")
    subject: MonitoringText = strawberry.field(description="In a line.")
    text: MonitoringText = strawberry.field(description="In full.")
    link: strawberry.ID | None = strawberry.field(description="The global id of what it is about.")
    created_at: datetime = strawberry.field(description="When.")
    read_at: datetime | None = strawberry.field(description="Since when you have read it.")


def notice(given: NoticeValue) -> Notice:
    """Return a notice as the wire has it."""
    return Notice(
        id=node_id(NOTICE, given.id), kind=given.kind, subject=_text(given.subject), text=_text(given.text),
        link=None if given.link is None else node_id(given.link.type_name, *given.link.ids),
        created_at=given.created_at, read_at=given.read_at,
    )  # fmt: skip


@strawberry.type(description="Where your organisation's notices are sent (通知接收端), signed as webhooks are.")
class NoticeEndpoint:
    """Where notices are sent."""

    id: strawberry.ID = strawberry.field(description="Global id.")
    url: str = strawberry.field(description="The address.")
    description: str = strawberry.field(description="Your own words about it.")
    created_at: datetime = strawberry.field(description="Since when.")
    failing_since: datetime | None = strawberry.field(description="Since when nothing has arrived.")
    disabled_at: datetime | None = strawberry.field(
        description="Since when nothing is sent, because nothing arrived for long."
    )


def endpoint(given: NoticeEndpointValue) -> NoticeEndpoint:
    """Return an endpoint as the wire has it."""
    return NoticeEndpoint(
        id=node_id(ENDPOINT, given.id), url=given.url, description=given.description, created_at=given.created_at,
        failing_since=given.failing_since, disabled_at=given.disabled_at,
    )  # fmt: skip


@strawberry.type(description="One notice on its way to one person or endpoint.")
class NoticeDelivery:
    """One notice on its way."""

    id: strawberry.ID = strawberry.field(description="Global id.")
    message_id: str = strawberry.field(
        description="The `webhook-id` (in mail, the first part of `Message-ID`) of every attempt."
    )
    kind: str = strawberry.field(description="The notice's kind.")
    channel: Channel = strawberry.field(description="By which way.")
    person_id: strawberry.ID | None = strawberry.field(description="To whom, by mail.")
    endpoint_id: strawberry.ID | None = strawberry.field(description="To which endpoint.")
    state: NoticeState = strawberry.field(description="How far it is.")
    attempts: int = strawberry.field(description="How often it was tried.")
    created_at: datetime = strawberry.field(description="Since when it is to be sent.")
    next_at: datetime | None = strawberry.field(description="When it is tried next.")
    last_at: datetime | None = strawberry.field(description="When it was tried last.")
    last_status: int | None = strawberry.field(description="The last answer's status (of HTTP, or of SMTP).")
    last_failure: NoticeFailure | None = strawberry.field(description="Why the last attempt did not arrive.")
    ended_at: datetime | None = strawberry.field(description="When it arrived, was dropped or given up.")


def delivery(given: NoticeDeliveryValue) -> NoticeDelivery:
    """Return a delivery as the wire has it."""
    return NoticeDelivery(
        id=node_id(DELIVERY, given.id), message_id=str(given.id), kind=given.kind, channel=given.channel,
        person_id=None if given.person_id is None else node_id("Person", given.person_id),
        endpoint_id=None if given.endpoint_id is None else node_id(ENDPOINT, given.endpoint_id), state=given.state,
        attempts=given.attempts, created_at=given.created_at, next_at=given.next_at, last_at=given.last_at,
        last_status=given.last_status, last_failure=given.last_failure, ended_at=given.ended_at,
    )  # fmt: skip


@strawberry.type(description="How you want to be told.")
class NoticePreferences:
    """How one wants to be told."""

    by_email: bool = strawberry.field(description="By e-mail, too.")


@strawberry.type
class NoticesQuery:
    """Reading notices."""

    @strawberry.field(description="What you were told in the organisation you act for, the newest first.")
    async def notices(
        self,
        info: Info,
        is_unread_only: Annotated[bool, strawberry.argument(description="Only unread ones.")] = False,  # noqa: FBT002 - an argument of the wire has a name
        kinds: Annotated[list[str] | None, strawberry.argument(description="Only of these kinds.")] = None,
        first: First = 50,
        after: After = None,
    ) -> Connection[Notice]:
        """List one's own notices."""
        asked = page(first, after)
        key = asked.key(UUID)
        async with info.context.read() as read:
            rows = await service.notices(
                read, info.context.scope, is_unread_only=is_unread_only, kinds=kinds or (),
                before=None if key is None else key[0], limit=asked.fetch,
            )  # fmt: skip
        return connect(rows, asked, key=lambda row: [row.id], make=notice)

    @strawberry.field(description="How many of your notices are unread.")
    async def unread_notices(self, info: Info) -> int:
        """Count one's unread notices."""
        async with info.context.read() as read:
            return await service.unread(read, info.context.scope)

    @strawberry.field(description="How you want to be told.")
    async def notice_preferences(self, info: Info) -> NoticePreferences:
        """Return one's preferences."""
        async with info.context.read() as read:
            return NoticePreferences(by_email=await queries.by_email(read, info.context.scope))

    @strawberry.field(description="Where your authority's notices are sent, the oldest first.")
    async def notice_endpoints(self, info: Info) -> list[NoticeEndpoint]:
        """List the endpoints."""
        async with info.context.read() as read:
            return [endpoint(each) for each in await queries.endpoints(read, info.context.scope)]

    @strawberry.field(
        description="What was or will be sent to your authority's people and endpoints, the newest first."
    )
    async def notice_deliveries(
        self,
        info: Info,
        state: Annotated[NoticeState | None, strawberry.argument(description="Only so far.")] = None,
        first: First = 50,
        after: After = None,
    ) -> Connection[NoticeDelivery]:
        """List deliveries."""
        asked = page(first, after)
        key = asked.key(UUID)
        async with info.context.read() as read:
            rows = await queries.deliveries(
                read, info.context.scope, state=state, before=None if key is None else key[0], limit=asked.fetch
            )
        return connect(rows, asked, key=lambda row: [row.id], make=delivery)


@strawberry.input(description="Which of your notices you have read.")
class MarkNoticesReadInput:
    """Which notices."""

    notice_ids: list[strawberry.ID] | None = strawberry.field(
        default=None, description="Global ids, at most 500; left out: all of them."
    )


@strawberry.type(description="Marked.")
class NoticesMarked:
    """Marked."""

    count: int = strawberry.field(description="How many had been unread.")


@strawberry.input(description="How you want to be told.")
class SetNoticePreferencesInput:
    """How one wants to be told."""

    by_email: bool = strawberry.field(description="By e-mail, too.")


@strawberry.input(description="Where notices are to be sent.")
class CreateNoticeEndpointInput:
    """Where notices are to be sent."""

    url: str = strawberry.field(description="An https address of the public internet.")
    description: str = strawberry.field(default="", description="Your own words about it; 200 characters are kept.")


@strawberry.type(description="The endpoint's secret. Keep it: nobody can show it again.")
class NoticeSecret:
    """The endpoint's secret."""

    id: strawberry.ID = strawberry.field(description="The endpoint's global id.")
    secret: str | None = strawberry.field(
        description="`whsec_` and the base64 of the key of HMAC-SHA256. Null when the answer is repeated.",
        metadata=SHOWN_ONCE,
    )


@strawberry.input(description="Which endpoint.")
class NoticeEndpointInput:
    """Which endpoint."""

    id: strawberry.ID = strawberry.field(description="The endpoint's global id.")


@strawberry.type(description="Done.")
class NoticeEndpointChanged:
    """Done."""

    id: strawberry.ID = strawberry.field(description="The endpoint's global id.")


@strawberry.type(description="These notices are sent again.")
class NoticesSentAgain:
    """These notices are sent again."""

    count: int = strawberry.field(description="How many.")


def _own(given: strawberry.ID) -> UUID:
    return uuids(given, ENDPOINT, path=("input", "id"))[0]


@strawberry.type
class NoticesMutation:
    """Commands on notices."""

    @command("monitoring:mark_read")
    async def mark_notices_read(context: Context, write: Write, input: MarkNoticesReadInput) -> NoticesMarked:
        """Mark your own notices as read (标记已读)."""
        named = None
        if input.notice_ids is not None:
            named = [uuids(each, NOTICE, path=("input", "noticeIds"))[0] for each in input.notice_ids]
        return NoticesMarked(count=await service.mark_read(write, context.scope, named))

    @command("monitoring:set_preferences")
    async def set_notice_preferences(
        context: Context, write: Write, input: SetNoticePreferencesInput
    ) -> NoticePreferences:
        """Say whether your notices are sent by e-mail, too (通知设置)."""
        await service.set_by_email(write, context.scope, by_email=input.by_email)
        return NoticePreferences(by_email=input.by_email)

    @command("monitoring:create_endpoint")
    async def create_notice_endpoint(context: Context, write: Write, input: CreateNoticeEndpointInput) -> NoticeSecret:
        """Have your authority's notices sent to an address (创建通知接收端); the secret is shown once."""
        made = await service.create_endpoint(write, context.scope, context.settings, input.url, input.description)
        return NoticeSecret(id=node_id(ENDPOINT, made.id), secret=made.secret)

    @command("monitoring:enable_endpoint")
    async def enable_notice_endpoint(
        context: Context, write: Write, input: NoticeEndpointInput
    ) -> NoticeEndpointChanged:
        """Send to an endpoint again that was disabled because nothing arrived (启用接收端)."""
        await service.enable_endpoint(write, context.scope, _own(input.id))
        return NoticeEndpointChanged(id=input.id)

    @command("monitoring:remove_endpoint")
    async def remove_notice_endpoint(
        context: Context, write: Write, input: NoticeEndpointInput
    ) -> NoticeEndpointChanged:
        """Remove an endpoint for good (删除接收端)."""
        await service.remove_endpoint(write, context.scope, _own(input.id))
        return NoticeEndpointChanged(id=input.id)

    @command("monitoring:send_again")
    async def send_notices_again(context: Context, write: Write) -> NoticesSentAgain:
        """Have your authority's dead notices sent again under their old ids (重新发送)."""
        return NoticesSentAgain(count=await service.send_again(write, context.scope))
