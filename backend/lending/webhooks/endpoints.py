"""Commands on a bank's webhook endpoints. Secrets lie sealed; each is told once."""

import secrets as random
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, insert, select, text, update

from backend.identity import service as identity
from backend.kit.clock import now
from backend.kit.db import Read, Write
from backend.kit.ids import new_id
from backend.kit.scope import Scope
from backend.kit.settings import Settings
from backend.lending.errors import (
    DeliveryNotFound,
    EndpointDisabled,
    EndpointNotFound,
    EndpointsTooMany,
    EndpointUrlInvalid,
    EventsInvalid,
)
from backend.lending.reading.opening import check_bank
from backend.lending.webhooks import rules
from backend.lending.webhooks.models import WebhookDelivery, WebhookEndpoint
from backend.lending.webhooks.terms import terms
from backend.lending.webhooks.values import (
    DeliveryState,
    DisabledBecause,
    EventKind,
    Failure,
    MadeSecret,
    Target,
)

_LOCK = text("select pg_advisory_xact_lock(hashtextextended('webhook endpoints ' || :bank, 0))")
LONGEST_DESCRIPTION = 200


def bound_to(tenant: str, endpoint_id: UUID) -> str:
    """Return what an endpoint's sealed secrets are bound to."""
    return f"{tenant}:webhook:{endpoint_id}"


async def create_endpoint(
    write: Write, scope: Scope, settings: Settings, url: str, events: Sequence[EventKind], description: str = ""
) -> MadeSecret:
    """Have messages sent to an address from now on; return the endpoint and its secret.

    Raises:
        Unauthenticated, Forbidden: without `lending:manage`.
        BanksOnly: the caller is no bank.
        EndpointUrlInvalid: not https, not public, or not an address.
        EventsInvalid: no kind of event.
        EndpointsTooMany: the bank has as many as it may.
    """
    check_bank(scope, "lending:manage")
    fault = rules.url_fault(url, is_private_allowed=settings.webhook_allow_private)
    if fault is not None:
        raise EndpointUrlInvalid(reason_en=fault.en, reason_zh=fault.zh, path=("input", "url"))
    if not events:
        raise EventsInvalid(path=("input", "events"))
    await write.run(_LOCK, {"bank": str(scope.organisation_id)})
    count = await write.value(
        select(func.count()).where(
            WebhookEndpoint.bank_id == scope.organisation_id, WebhookEndpoint.removed_at.is_(None)
        )
    )
    if count >= terms().most:
        raise EndpointsTooMany(most=terms().most)
    own_id, raw, moment = new_id(), random.token_bytes(rules.SECRET_BYTES), now()
    seal = identity.seal_of(settings)
    await write.run(
        insert(WebhookEndpoint).values(
            id=own_id, bank_id=scope.organisation_id, url=url, description=description.strip()[:LONGEST_DESCRIPTION],
            events=sorted({each.value for each in events}), secret_at=moment, created_at=moment,
            secret_sealed=seal.close(raw, bound_to(scope.tenant, own_id)), created_by=scope.actor_id,
        )
    )  # fmt: skip
    write.audit("lending:create_webhook", object_type="WebhookEndpoint", object_id=own_id, url=url)
    return MadeSecret(own_id, rules.told_secret(raw))


async def _held(write: Write, scope: Scope, endpoint_id: UUID) -> Row[Any]:
    """Lock an endpoint of the calling bank. Raises EndpointNotFound."""
    table = WebhookEndpoint
    found = await write.row(
        select(table.id, table.secret_sealed, table.disabled_at)
        .where(table.id == endpoint_id, table.bank_id == scope.organisation_id, table.removed_at.is_(None))
        .with_for_update()
    )
    if found is None:
        raise EndpointNotFound
    return found


async def rotate_secret(write: Write, scope: Scope, settings: Settings, endpoint_id: UUID) -> MadeSecret:
    """Give an endpoint a new secret; for a day messages are signed with the former one as well.

    Raises:
        Unauthenticated, Forbidden: without `lending:manage`.
        BanksOnly: the caller is no bank.
        EndpointNotFound: not this bank's.
    """
    check_bank(scope, "lending:manage")
    held = await _held(write, scope, endpoint_id)
    raw, moment = random.token_bytes(rules.SECRET_BYTES), now()
    sealed = identity.seal_of(settings).close(raw, bound_to(scope.tenant, endpoint_id))
    await write.run(
        update(WebhookEndpoint)
        .where(WebhookEndpoint.id == endpoint_id)
        .values(
            secret_sealed=sealed, secret_at=moment, former_sealed=held.secret_sealed,
            former_until=moment + terms().overlap,
        )
    )  # fmt: skip
    write.audit("lending:rotate_webhook_secret", object_type="WebhookEndpoint", object_id=endpoint_id)
    return MadeSecret(endpoint_id, rules.told_secret(raw))


async def set_enabled(write: Write, scope: Scope, endpoint_id: UUID, *, is_enabled: bool) -> None:
    """Disable an endpoint, whose waiting messages are dead then, or enable it again; either is said twice without harm.

    What happens while it is disabled is not sent later: read the scores in a batch after enabling it.

    Raises:
        Unauthenticated, Forbidden: without `lending:manage`.
        BanksOnly: the caller is no bank.
        EndpointNotFound: not this bank's.
    """
    check_bank(scope, "lending:manage")
    held = await _held(write, scope, endpoint_id)
    if is_enabled == (held.disabled_at is None):
        return
    if is_enabled:
        await write.run(
            update(WebhookEndpoint)
            .where(WebhookEndpoint.id == endpoint_id)
            .values(disabled_at=None, disabled_because="", failing_since=None)
        )
    else:
        await disable(write, endpoint_id, DisabledBecause.ASKED)
    action = "enable" if is_enabled else "disable"
    write.audit(f"lending:{action}_webhook", object_type="WebhookEndpoint", object_id=endpoint_id)


async def disable(write: Write, endpoint_id: UUID, because: DisabledBecause) -> None:
    """Send nothing more to an endpoint; what waits is dead."""
    moment = now()
    await write.run(
        update(WebhookEndpoint)
        .where(WebhookEndpoint.id == endpoint_id, WebhookEndpoint.disabled_at.is_(None))
        .values(disabled_at=moment, disabled_because=because.value)
    )
    await write.run(
        update(WebhookDelivery)
        .where(WebhookDelivery.endpoint_id == endpoint_id, WebhookDelivery.state == DeliveryState.WAITING.value)
        .values(
            state=DeliveryState.DEAD.value, next_at=None, ended_at=moment,
            last_failure=func.coalesce(func.nullif(WebhookDelivery.last_failure, ""), Failure.ENDPOINT_DISABLED.value),
        )
    )  # fmt: skip


async def remove_endpoint(write: Write, scope: Scope, endpoint_id: UUID) -> None:
    """Remove an endpoint for good; its deliveries stay in the records.

    Raises:
        Unauthenticated, Forbidden: without `lending:manage`.
        BanksOnly: the caller is no bank.
        EndpointNotFound: not this bank's.
    """
    check_bank(scope, "lending:manage")
    await _held(write, scope, endpoint_id)
    await disable(write, endpoint_id, DisabledBecause.ASKED)
    await write.run(update(WebhookEndpoint).where(WebhookEndpoint.id == endpoint_id).values(removed_at=now()))
    write.audit("lending:remove_webhook", object_type="WebhookEndpoint", object_id=endpoint_id)


async def redeliver(write: Write, scope: Scope, endpoint_id: UUID, delivery_ids: Sequence[UUID] | None) -> int:
    """Have dead messages of an endpoint sent again, those named or all; their ids stay. Return how many.

    Raises:
        Unauthenticated, Forbidden: without `lending:manage`.
        BanksOnly: the caller is no bank.
        EndpointNotFound: not this bank's.
        EndpointDisabled: nothing is sent there.
        DeliveryNotFound: a named one is not there, or not dead.
    """
    check_bank(scope, "lending:manage")
    held = await _held(write, scope, endpoint_id)
    if held.disabled_at is not None:
        raise EndpointDisabled
    table = WebhookDelivery
    wanted = (table.endpoint_id == endpoint_id, table.state == DeliveryState.DEAD.value)
    if delivery_ids is not None:
        wanted = (*wanted, table.id.in_(set(delivery_ids)))
    count = await write.run(
        update(table)
        .where(*wanted)
        .values(state=DeliveryState.WAITING.value, attempts=0, next_at=func.clock_timestamp(), ended_at=None)
    )
    if delivery_ids is not None and count != len(set(delivery_ids)):
        raise DeliveryNotFound(path=("input", "deliveryIds"))
    write.audit("lending:redeliver_webhooks", object_type="WebhookEndpoint", object_id=endpoint_id, count=count)
    return count


async def target(read: Read, scope: Scope, settings: Settings, endpoint_id: UUID) -> Target | None:
    """Return where and with which secrets to send now, None where nothing is sent. Under the service's scope.

    A former secret counts until its overlap is over. A secret sealed by another installation is left out; without any, `secrets` is empty.
    """
    table = WebhookEndpoint
    row = await read.row(
        select(table.bank_id, table.url, table.secret_sealed, table.former_sealed, table.former_until).where(
            table.id == endpoint_id, table.disabled_at.is_(None), table.removed_at.is_(None)
        )
    )
    if row is None:
        return None
    sealed = [row.secret_sealed]
    if row.former_until is not None and row.former_until > now():
        sealed.append(row.former_sealed)
    seal, own = identity.seal_of(settings), bound_to(scope.tenant, endpoint_id)
    opened = [seal.open(each, own) for each in sealed]
    return Target(endpoint_id, row.bank_id, row.url, tuple(each for each in opened if each is not None))
