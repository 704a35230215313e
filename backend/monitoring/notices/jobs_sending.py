"""The worker's part: what is due is taken, sent side by side with no transaction open, and each ending stored."""

import asyncio
import json
from datetime import timedelta

import httpx

from backend.identity import service as identity
from backend.kit import hooks
from backend.kit.clock import now
from backend.kit.db import Databases
from backend.kit.posting import address_of, send, sender
from backend.kit.scope import Scope
from backend.kit.settings import Settings
from backend.monitoring.notices import deliveries, mailing
from backend.monitoring.notices.endpoints import bound_to
from backend.monitoring.notices.terms import terms
from backend.monitoring.notices.values import Channel, Due, NoticeFailure, Tried
from backend.tenants import service as tenants
from backend.wire.nodes import node_id

MOST_TURNS = 20
"""Batches in a row before the other tenants have their turn."""
FORGOTTEN_AT_ONCE = 2_000


async def send_notices(databases: Databases, settings: Settings, tenant: str) -> dict[str, int]:
    """Send what is due in a tenant; return what was delivered, and what failed or was dropped.

    Safe beside other processes: each takes others. A process that dies leaves what it took to the next.
    """
    scope, counts = Scope.system(tenant), {"notices_delivered": 0, "notices_failed": 0}
    for _ in range(MOST_TURNS):
        async with databases.write(scope) as write:
            taken = await deliveries.take(write, scope)
            pack = await tenants.pack_in_force(write, scope) if taken else None
        if pack is None:
            break
        async with sender(terms().timeout) as client:
            for start in range(0, len(taken), terms().at_once):
                part = taken[start : start + terms().at_once]
                tried = await asyncio.gather(
                    *(_attempt(settings, client, tenant, (pack.name_zh, pack.name_en), each) for each in part)
                )
                async with databases.write(scope) as write:
                    await deliveries.settle(write, scope, list(zip(part, tried, strict=True)))
                for each in tried:
                    counts["notices_failed" if each.failure else "notices_delivered"] += 1
        if len(taken) < terms().batch:
            break
    return {name: each for name, each in counts.items() if each}


async def _attempt(
    settings: Settings, client: httpx.AsyncClient, tenant: str, names: tuple[str, str], due: Due
) -> Tried:
    if due.is_addressee_gone:
        is_mail = due.channel is Channel.EMAIL
        return Tried(None, NoticeFailure.PERSON_GONE if is_mail else NoticeFailure.ENDPOINT_GONE, is_final=True)
    if due.channel is Channel.EMAIL:
        return await _mail(settings, names, due)
    return await _hook(settings, client, tenant, due)


async def _mail(settings: Settings, names: tuple[str, str], due: Due) -> Tried:
    if settings.smtp_host is None:
        return Tried(None, NoticeFailure.MAIL_OFF)
    return await mailing.post(settings, mailing.message(due, settings.smtp_sender, *names), terms().timeout)


async def _hook(settings: Settings, client: httpx.AsyncClient, tenant: str, due: Due) -> Tried:
    secret = None
    if due.secret is not None and due.endpoint_id is not None:
        secret = identity.seal_of(settings).open(due.secret, bound_to(tenant, due.endpoint_id))
    if secret is None:
        return Tried(None, NoticeFailure.SECRET_LOST)
    found = await address_of(due.url, is_private_allowed=settings.webhook_allow_private)
    if isinstance(found, hooks.Failure):
        return Tried(None, NoticeFailure(found.value))
    body = body_of(due)
    headers = hooks.signed_headers(str(due.id), int(now().timestamp()), body, [secret])
    sent = await send(client, due.url, found, headers, body, terms().timeout)
    return Tried(sent.status, None if sent.failure is None else NoticeFailure(sent.failure))


def body_of(due: Due) -> bytes:
    """Return what is sent of a notice."""
    notice = due.notice
    link = None if notice.link is None else node_id(notice.link.type_name, *notice.link.ids)
    told = {
        "type": notice.kind, "timestamp": notice.created_at.isoformat(),
        "data": {
            "notice_id": node_id("Notice", notice.id), "organisation_id": node_id("Organisation", due.organisation_id),
            "subject_zh": notice.subject.zh, "subject_en": notice.subject.en, "text_zh": notice.text.zh,
            "text_en": notice.text.en, "link": link,
        },
    }  # fmt: skip
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


async def forget_notices(databases: Databases, settings: Settings, tenant: str) -> dict[str, int]:
    """Forget notices whose days are over, with what was sent of them; return how many."""
    scope, before, count = Scope.system(tenant), now() - timedelta(days=settings.notice_kept_days), 0
    for _ in range(MOST_TURNS):
        async with databases.write(scope) as write:
            gone = await deliveries.forget(write, scope, before, FORGOTTEN_AT_ONCE)
        count += gone
        if gone < FORGOTTEN_AT_ONCE:
            break
    return {"notices_forgotten": count} if count else {}
