"""The worker's part: endpoints with something due are found, and a job for each sends what is due.

Nothing is kept open while a message is on its way. The consent is looked at in a transaction of its own right before each
attempt, through the same function as every read of a bank, and the attempt is in the enterprise's log.
"""

import asyncio
from dataclasses import replace
from time import monotonic
from typing import Any
from uuid import UUID

import httpx

from backend.kit import hooks
from backend.kit.clock import now
from backend.kit.db import Databases
from backend.kit.logs import log
from backend.kit.outbox import enqueue
from backend.kit.posting import address_of, send, sender
from backend.kit.scope import Kind, Scope
from backend.kit.tasks import Task, job
from backend.lending.reading.opening import opened_many
from backend.lending.values import ReadKind
from backend.lending.webhooks import deliveries, endpoints, rules
from backend.lending.webhooks.terms import terms
from backend.lending.webhooks.values import Due, EventKind, Failure, Sent, Target

KIND = "lending:deliver"
LONGEST_SECONDS = 600
"""A job ends by then; what is left is found again."""
BUSY_SECONDS = 180

logger = log(__name__)


async def wake(databases: Databases, tenant: str) -> int:
    """Ask for a job for each endpoint that has something due; return how many."""
    scope = Scope.system(tenant)
    async with databases.write(scope) as write:
        due = await deliveries.endpoints_due(write, scope, BUSY_SECONDS)
        for endpoint_id in due:
            await enqueue(write, KIND, {"endpoint_id": str(endpoint_id)})
    return len(due)


@job(KIND, timeout=2 * LONGEST_SECONDS)
async def deliver(task: Task, payload: dict[str, Any]) -> dict[str, Any]:
    """Send what is due to an endpoint; run again, it goes on with what has not arrived."""
    endpoint_id, until = UUID(payload["endpoint_id"]), monotonic() + LONGEST_SECONDS
    system = task.scope.as_system()
    counts = {"delivered": 0, "failed": 0, "dropped": 0}
    async with sender(terms().timeout) as client:
        while monotonic() < until:
            async with task.databases.write(system) as write:
                target = await endpoints.target(write, system, task.settings, endpoint_id)
                taken = [] if target is None else await deliveries.take(write, system, endpoint_id)
                await deliveries.leave(write, system, endpoint_id, BUSY_SECONDS if taken else None)
            if target is None or not taken:
                break
            for start in range(0, len(taken), terms().at_once):
                part = taken[start : start + terms().at_once]
                sent = await asyncio.gather(*(_attempt(task, client, target, each) for each in part))
                ended = [(due, each) for due, each in zip(part, sent, strict=True) if each is not None]
                async with task.databases.write(system) as write:
                    await deliveries.settle(write, system, endpoint_id, ended)
                for each in sent:
                    name = "dropped" if each is None else "failed" if each.failure else "delivered"
                    counts[name] += 1
    return counts


async def _attempt(task: Task, client: httpx.AsyncClient, target: Target, due: Due) -> Sent | None:
    """Send one message; None when it may not be told any more."""
    if not target.secrets:
        return Sent(None, Failure.SECRET_LOST)
    found = await address_of(target.url, is_private_allowed=task.settings.webhook_allow_private)
    # Last of all, after whatever takes time: the consent, at this second.
    if not await _may_be_told(task, due):
        return None
    if isinstance(found, hooks.Failure):
        return Sent(None, found)
    body = rules.body_of(due.event)
    headers = rules.signed_headers(str(due.id), int(now().timestamp()), body, target.secrets)
    return await send(client, target.url, found, headers, body, terms().timeout)


async def _may_be_told(task: Task, due: Due) -> bool:
    """Tell whether the bank may still be told; a change of a score that it may not is dropped, and that is recorded.

    That a consent was given or ended is the bank's own affair, and a credential's revocation is published anyway.
    """
    event = due.event
    if event.kind is not EventKind.SCORE_CHANGED or event.account_id is None:
        return True
    bank = replace(
        task.scope, kind=Kind.BANK, organisation_id=event.bank_id, actor_id=None,
        permissions=frozenset({"lending:read"}),
    )  # fmt: skip
    async with task.databases.write(bank) as write:
        held = await opened_many(write, bank, [event.account_id], "score", "", ReadKind.WEBHOOK)
    if held:
        return True
    system = task.scope.as_system()
    async with task.databases.write(system) as write:
        await deliveries.drop(write, system, due)
    logger.info("webhook_dropped", delivery_id=str(due.id), endpoint_kind=event.kind.value)
    return False
