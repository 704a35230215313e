"""Deliveries on their way: taken by one worker at a time, each ending stored, what keeps failing given up.

All of it under the service's scope. What a worker took is its own for a while (`terms.taken`); when it dies, another takes
the same deliveries afterwards and sends them under the same ids.
"""

import secrets as random
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, bindparam, delete, func, select, text, update

from backend.identity.errors import SystemOnly
from backend.kit import hooks
from backend.kit.clock import now
from backend.kit.db import Write
from backend.kit.scope import Kind, Scope
from backend.monitoring.notices.endpoints import give_up
from backend.monitoring.notices.models import Notice, NoticeDelivery, NoticeEndpoint, NoticeReader
from backend.monitoring.notices.queries import notice_of
from backend.monitoring.notices.terms import terms
from backend.monitoring.notices.values import Channel, Due, NoticeFailure, NoticeState, Tried

_DRAWS = 2000
DROPPED = frozenset({NoticeFailure.MAIL_OFF, NoticeFailure.PERSON_GONE})
"""Failures that no other attempt mends and nobody asks for again."""

TAKEN = text("""
select d.id as own_id, d.organisation_id, d.channel, d.attempts, d.endpoint_id, n.id, n.kind, n.subject_zh, n.subject_en,
    n.text_zh, n.text_en, n.link, n.created_at, null::timestamptz as read_at,
    coalesce(e.url, '') as url, e.secret_sealed,
    coalesce(p.email, '') as address, coalesce(p.name, '') as name, coalesce(p.language, 'zh') as language,
    case when d.channel = 'webhook' then e.disabled_at is not null or e.removed_at is not null
        else p.disabled_at is not null or not exists (select from membership m
            where m.organisation_id = d.organisation_id and m.person_id = d.person_id and m.revoked_at is null)
        end as is_addressee_gone
from notice_delivery d
join notice n on n.id = d.notice_id
left join notice_endpoint e on e.id = d.endpoint_id
left join person p on p.id = d.person_id
where d.id = any(:ids)
order by d.id""").bindparams(bindparam("ids", type_=ARRAY(Uuid)))


def check_service(scope: Scope) -> None:
    """Refuse everybody but the service. Raises SystemOnly."""
    if scope.kind is not Kind.SYSTEM:
        raise SystemOnly


async def take(write: Write, scope: Scope) -> list[Due]:
    """Take the deliveries that are due, the oldest first; nobody else gets them for a while. Raises SystemOnly."""
    check_service(scope)
    table = NoticeDelivery
    moment: datetime = await write.value(select(func.clock_timestamp()))
    chosen = (
        select(table.id)
        .where(table.state == NoticeState.WAITING.value, table.next_at <= moment)
        .order_by(table.next_at)
        .limit(terms().batch)
        .with_for_update(skip_locked=True)
    )
    ids = [row.id for row in await write.rows(chosen)]
    if not ids:
        return []
    await write.run(update(table).where(table.id.in_(ids)).values(next_at=moment + timedelta(seconds=terms().taken)))
    return [
        Due(
            row.own_id, row.organisation_id, notice_of(row), Channel(row.channel), row.attempts, row.endpoint_id, row.url,
            row.secret_sealed, row.address, row.name, row.language, row.is_addressee_gone,
        )
        for row in await write.rows(TAKEN, {"ids": ids})
    ]  # fmt: skip


async def settle(write: Write, scope: Scope, ended: Sequence[tuple[Due, Tried]]) -> None:
    """Store what came of attempts: arrived, to be tried again, or given up; disable endpoints that fail for long.

    Raises:
        SystemOnly: anybody but the service.
    """
    check_service(scope)
    table, moment = NoticeDelivery, now()
    for due, tried in ended:
        await write.run(
            update(table)
            .where(table.id == due.id, table.state == NoticeState.WAITING.value)
            .values(_ending(due, tried, moment))
        )
    for endpoint_id in sorted({due.endpoint_id for due, _ in ended if due.endpoint_id is not None}):
        own = [tried for due, tried in ended if due.endpoint_id == endpoint_id]
        await _judge(write, endpoint_id, has_arrived=any(each.failure is None for each in own))


def _ending(due: Due, tried: Tried, moment: datetime) -> dict[str, Any]:
    attempts = due.attempts + 1
    values: dict[str, Any] = {
        "attempts": attempts, "last_at": moment, "last_status": tried.status, "last_failure": tried.failure or "",
    }  # fmt: skip
    draw = Decimal(random.randbelow(_DRAWS + 1)) / (_DRAWS // 2) - 1
    wait = None
    if tried.failure is None:
        state = NoticeState.DELIVERED
    elif tried.failure in DROPPED:
        state = NoticeState.DROPPED
    else:
        wait = None if tried.is_final else hooks.pause(terms().pauses, terms().jitter, attempts, draw)
        state = NoticeState.DEAD if wait is None else NoticeState.WAITING
    if wait is not None:
        return values | {"next_at": moment + timedelta(milliseconds=int(wait * 1000))}
    return values | {"state": state.value, "next_at": None, "ended_at": moment}


async def _judge(write: Write, endpoint_id: UUID, *, has_arrived: bool) -> None:
    """Note since when an endpoint fails; disable it when that has been long."""
    table, moment = NoticeEndpoint, now()
    own = update(table).where(table.id == endpoint_id)
    if has_arrived:
        await write.run(own.values(failing_since=None))
        return
    await write.run(own.values(failing_since=func.coalesce(table.failing_since, moment)))
    row = await write.row(select(table.failing_since, table.organisation_id).where(table.id == endpoint_id))
    if row is not None and moment - row.failing_since >= terms().disabled_after:
        await write.run(own.where(table.disabled_at.is_(None)).values(disabled_at=moment))
        await give_up(write, endpoint_id)
        write.audit(
            "monitoring:disable_endpoint", object_type="NoticeEndpoint", object_id=endpoint_id,
            organisation_id=row.organisation_id,
        )  # fmt: skip


async def forget(write: Write, scope: Scope, before: datetime, most: int) -> int:
    """Forget notices told before a moment, with their readers and deliveries; return how many. Raises SystemOnly."""
    check_service(scope)
    old = select(Notice.id).where(Notice.created_at < before).order_by(Notice.created_at).limit(most)
    ids = [row.id for row in await write.rows(old)]
    if ids:
        await write.run(delete(NoticeDelivery).where(NoticeDelivery.notice_id.in_(ids)))
        await write.run(delete(NoticeReader).where(NoticeReader.notice_id.in_(ids)))
        await write.run(delete(Notice).where(Notice.id.in_(ids)))
    return len(ids)
