"""Reads of notices: one's own, an organisation's endpoints, and what was sent."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, select

from backend.kit.db import Read
from backend.kit.errors import Unauthenticated
from backend.kit.notices import Link, Said
from backend.kit.scope import Kind, Scope
from backend.monitoring.notices.models import Notice, NoticeDelivery, NoticeEndpoint, NoticePreference, NoticeReader
from backend.monitoring.notices.values import (
    Channel,
    NoticeDeliveryValue,
    NoticeEndpointValue,
    NoticeFailure,
    NoticeState,
    NoticeValue,
)

NOTICE = (
    Notice.id, Notice.kind, Notice.subject_zh, Notice.subject_en, Notice.text_zh, Notice.text_en, Notice.link,
    Notice.created_at,
)  # fmt: skip


def signed_in(scope: Scope) -> None:
    """Let everybody who is signed in pass. Raises Unauthenticated."""
    if scope.kind is Kind.NOBODY:
        raise Unauthenticated


def notice_of(row: Row[Any]) -> NoticeValue:
    """Return a row as a notice."""
    link = Link(row.link[0], tuple(UUID(each) for each in row.link[1:])) if row.link else None
    return NoticeValue(
        row.id, row.kind, Said(row.subject_zh, row.subject_en), Said(row.text_zh, row.text_en), link, row.created_at,
        row.read_at,
    )  # fmt: skip


async def notices(
    read: Read, scope: Scope, *, is_unread_only: bool = False, kinds: Sequence[str] = (), before: UUID | None = None, limit: int
) -> list[NoticeValue]:  # fmt: skip
    """Return the caller's own notices in the organisation acted for, the newest first.

    Raises:
        Unauthenticated: nobody is signed in.
    """
    signed_in(scope)
    wanted = (
        select(*NOTICE, NoticeReader.read_at)
        .join(NoticeReader, NoticeReader.notice_id == Notice.id)
        .where(NoticeReader.person_id == scope.actor_id, NoticeReader.organisation_id == scope.organisation_id)
        .order_by(Notice.id.desc())
        .limit(limit)
    )
    if is_unread_only:
        wanted = wanted.where(NoticeReader.read_at.is_(None))
    if kinds:
        wanted = wanted.where(Notice.kind.in_(list(kinds)))
    if before is not None:
        wanted = wanted.where(Notice.id < before)
    return [notice_of(row) for row in await read.rows(wanted)]


async def unread(read: Read, scope: Scope) -> int:
    """Return how many of the caller's own notices are unread. Raises Unauthenticated."""
    signed_in(scope)
    return await read.value(
        select(func.count()).where(
            NoticeReader.person_id == scope.actor_id, NoticeReader.organisation_id == scope.organisation_id,
            NoticeReader.read_at.is_(None),
        )
    )  # fmt: skip


async def by_email(read: Read, scope: Scope) -> bool:
    """Tell whether the caller wants notices by e-mail, too; who has never said does. Raises Unauthenticated."""
    signed_in(scope)
    found = await read.value(select(NoticePreference.by_email).where(NoticePreference.person_id == scope.actor_id))
    return found is not False


async def endpoints(read: Read, scope: Scope) -> list[NoticeEndpointValue]:
    """Return the organisation's endpoints, the oldest first.

    Raises:
        Unauthenticated, Forbidden: without `monitoring:configure`.
    """
    scope.require("monitoring:configure")
    table = NoticeEndpoint
    rows = await read.rows(
        select(table.id, table.url, table.description, table.created_at, table.failing_since, table.disabled_at)
        .where(table.organisation_id == scope.organisation_id, table.removed_at.is_(None))
        .order_by(table.id)
    )
    return [NoticeEndpointValue(*row) for row in rows]


async def deliveries(
    read: Read, scope: Scope, *, state: NoticeState | None = None, before: UUID | None = None, limit: int
) -> list[NoticeDeliveryValue]:
    """Return what was or will be sent to the organisation's people and endpoints, the newest first.

    Raises:
        Unauthenticated, Forbidden: without `monitoring:configure`.
    """
    scope.require("monitoring:configure")
    table = NoticeDelivery
    wanted = (
        select(
            table.id, table.notice_id, Notice.kind, table.channel, table.person_id, table.endpoint_id, table.state,
            table.attempts, table.created_at, table.next_at, table.last_at, table.last_status, table.last_failure,
            table.ended_at,
        )
        .join(Notice, Notice.id == table.notice_id)
        .where(table.organisation_id == scope.organisation_id)
        .order_by(table.id.desc())
        .limit(limit)
    )  # fmt: skip
    if state is not None:
        wanted = wanted.where(table.state == state.value)
    if before is not None:
        wanted = wanted.where(table.id < before)
    return [
        NoticeDeliveryValue(
            row.id, row.notice_id, row.kind, Channel(row.channel), row.person_id, row.endpoint_id,
            NoticeState(row.state), row.attempts, row.created_at, row.next_at, row.last_at, row.last_status,
            NoticeFailure(row.last_failure) if row.last_failure else None, row.ended_at,
        )
        for row in await read.rows(wanted)
    ]  # fmt: skip
