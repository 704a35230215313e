"""Where an organisation's notices are sent: addresses with a secret each, told once."""

import secrets as random
from uuid import UUID

from sqlalchemy import func, insert, select, text, update

from backend.identity import service as identity
from backend.kit import hooks
from backend.kit.clock import now
from backend.kit.db import Write
from backend.kit.ids import new_id
from backend.kit.scope import Scope
from backend.kit.settings import Settings
from backend.monitoring.alerts.terms import of_authority
from backend.monitoring.errors import NoticeEndpointNotFound, NoticeEndpointsTooMany, NoticeEndpointUrlInvalid
from backend.monitoring.notices.models import NoticeDelivery, NoticeEndpoint
from backend.monitoring.notices.terms import terms
from backend.monitoring.notices.values import MadeEndpoint, NoticeFailure, NoticeState

LONGEST_DESCRIPTION = 200
_LOCK = text("select pg_advisory_xact_lock(hashtextextended('notice endpoints ' || :organisation, 0))")


def bound_to(tenant: str, endpoint_id: UUID) -> str:
    """Return what an endpoint's sealed secret is bound to."""
    return f"{tenant}:notices:{endpoint_id}"


async def create_endpoint(
    write: Write, scope: Scope, settings: Settings, url: str, description: str = ""
) -> MadeEndpoint:
    """Have the authority's notices sent to an address from now on; return the endpoint and its secret.

    Raises:
        Unauthenticated, Forbidden: without `monitoring:configure`.
        MonitoringOfAuthorities: not an authority.
        NoticeEndpointUrlInvalid: not https, not public, or not an address.
        NoticeEndpointsTooMany: there are as many as there may be.
    """
    of_authority(scope, "monitoring:configure")
    fault = hooks.url_fault(url, is_private_allowed=settings.webhook_allow_private)
    if fault is not None:
        raise NoticeEndpointUrlInvalid(reason_en=fault.en, reason_zh=fault.zh, path=("input", "url"))
    await write.run(_LOCK, {"organisation": str(scope.organisation_id)})
    count = await write.value(
        select(func.count()).where(
            NoticeEndpoint.organisation_id == scope.organisation_id, NoticeEndpoint.removed_at.is_(None)
        )
    )
    if count >= terms().most:
        raise NoticeEndpointsTooMany(most=terms().most)
    own_id, raw = new_id(), random.token_bytes(hooks.SECRET_BYTES)
    sealed = identity.seal_of(settings).close(raw, bound_to(scope.tenant, own_id))
    await write.run(
        insert(NoticeEndpoint).values(
            id=own_id, organisation_id=scope.organisation_id, url=url,
            description=description.strip()[:LONGEST_DESCRIPTION], secret_sealed=sealed, created_at=now(),
            created_by=scope.actor_id,
        )
    )  # fmt: skip
    write.audit("monitoring:create_endpoint", object_type="NoticeEndpoint", object_id=own_id, url=url)
    return MadeEndpoint(own_id, hooks.told_secret(raw))


async def enable_endpoint(write: Write, scope: Scope, endpoint_id: UUID) -> None:
    """Send to an endpoint again that was disabled because nothing arrived; what was dead stays dead until it is sent again.

    Raises:
        Unauthenticated, Forbidden: without `monitoring:configure`.
        MonitoringOfAuthorities: not an authority.
        NoticeEndpointNotFound: not this organisation's.
    """
    of_authority(scope, "monitoring:configure")
    await _changed(write, scope, endpoint_id, disabled_at=None, failing_since=None)
    write.audit("monitoring:enable_endpoint", object_type="NoticeEndpoint", object_id=endpoint_id)


async def remove_endpoint(write: Write, scope: Scope, endpoint_id: UUID) -> None:
    """Send nothing more to an endpoint; what waits is dead, its records stay.

    Raises:
        Unauthenticated, Forbidden: without `monitoring:configure`.
        MonitoringOfAuthorities: not an authority.
        NoticeEndpointNotFound: not this organisation's.
    """
    of_authority(scope, "monitoring:configure")
    await _changed(write, scope, endpoint_id, removed_at=now())
    await give_up(write, endpoint_id)
    write.audit("monitoring:remove_endpoint", object_type="NoticeEndpoint", object_id=endpoint_id)


async def _changed(write: Write, scope: Scope, endpoint_id: UUID, **values: object) -> None:
    touched = await write.run(
        update(NoticeEndpoint)
        .where(
            NoticeEndpoint.id == endpoint_id, NoticeEndpoint.organisation_id == scope.organisation_id,
            NoticeEndpoint.removed_at.is_(None),
        )
        .values(**values)
    )  # fmt: skip
    if not touched:
        raise NoticeEndpointNotFound


async def give_up(write: Write, endpoint_id: UUID) -> None:
    """Let what waits for an endpoint be dead."""
    await write.run(
        update(NoticeDelivery)
        .where(NoticeDelivery.endpoint_id == endpoint_id, NoticeDelivery.state == NoticeState.WAITING.value)
        .values(
            state=NoticeState.DEAD.value, next_at=None, ended_at=now(), last_failure=NoticeFailure.ENDPOINT_GONE.value
        )
    )


async def send_again(write: Write, scope: Scope) -> int:
    """Have the organisation's dead notices sent again, under their old ids; return how many.

    Those of endpoints that are disabled or removed stay dead.

    Raises:
        Unauthenticated, Forbidden: without `monitoring:configure`.
        MonitoringOfAuthorities: not an authority.
    """
    of_authority(scope, "monitoring:configure")
    open_ = select(NoticeEndpoint.id).where(
        NoticeEndpoint.organisation_id == scope.organisation_id, NoticeEndpoint.removed_at.is_(None),
        NoticeEndpoint.disabled_at.is_(None),
    )  # fmt: skip
    table = NoticeDelivery
    count = await write.run(
        update(table)
        .where(
            table.organisation_id == scope.organisation_id, table.state == NoticeState.DEAD.value,
            table.endpoint_id.is_(None) | table.endpoint_id.in_(open_),
        )
        .values(state=NoticeState.WAITING.value, attempts=0, next_at=func.clock_timestamp(), ended_at=None)
    )  # fmt: skip
    write.audit("monitoring:send_again", count=count)
    return count
