"""Is the process alive, and can it serve? For supervisors, load balancers and people."""

import asyncio
from typing import Any

from litestar import MediaType, Request, Response, get, head
from litestar.datastructures import State
from redis.exceptions import RedisError
from sqlalchemy import text

from backend.api.door import ROUTE, TENANT
from backend.api.metrics import CONTENT_TYPE
from backend.api.surroundings import Surroundings
from backend.kit.logs import log
from backend.tenants import provision

CHECK_SECONDS = 3.0

logger = log(__name__)


async def _tenant(here: Surroundings, tenant: str) -> str:
    """Return `ok`, or what a tenant's database lacks."""
    try:
        async with asyncio.timeout(CHECK_SECONDS), here.databases.engine(tenant).connect() as connection:
            found = await connection.scalar(text("select version_num from alembic_version"))
    except Exception as error:  # noqa: BLE001 - whatever it is, the tenant cannot be served
        logger.warning("tenant_not_ready", tenant=tenant, reason=str(error).split("\n")[0])
        return "unreachable"
    return "ok" if found == provision.head() else "migration pending"


async def _redis(here: Surroundings) -> str:
    if here.redis is None:
        return "not set"
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            await here.redis.ping()
    except (RedisError, OSError, TimeoutError):
        return "unreachable"
    return "ok"


@get("/health/live")
async def live(request: Request[Any, Any, State]) -> dict[str, str]:
    """Answer as long as the process runs its event loop."""
    _routed(request, "/health/live")
    return {"status": "ok"}


@get("/health/ready")
async def ready(request: Request[Any, Any, State], state: State) -> Response[dict[str, Any]]:
    """Say of each part whether it can serve; below a tenant's address, of that tenant alone.

    503 only when no tenant can be served: one tenant's database being away must not take the others' processes out of
    the load balancer, and without Redis requests are still answered (jobs start later).
    """
    _routed(request, "/health/ready")
    return await _readiness(request, state.here)


async def _readiness(request: Request[Any, Any, State], here: Surroundings) -> Response[dict[str, Any]]:
    asked: str | None = request.scope.get(TENANT)
    tenants = (asked,) if asked else here.databases.tenants
    *found, redis = await asyncio.gather(*(_tenant(here, tenant) for tenant in tenants), _redis(here))
    is_any_ok = "ok" in found
    is_all_ok = set(found) <= {"ok"} and redis in ("ok", "not set")
    status = "ok" if is_all_ok else "degraded" if is_any_ok else "unavailable"
    body = {"status": status, "tenants": dict(zip(tenants, found, strict=True)), "redis": redis}
    return Response(body, status_code=200 if is_any_ok else 503)


@head("/health/live")
async def live_head(request: Request[Any, Any, State]) -> None:
    """Answer as `live` does, without the words: some load balancers ask so."""
    _routed(request, "/health/live")


@head("/health/ready")
async def ready_head(request: Request[Any, Any, State], state: State) -> Response[None]:
    """Answer as `ready` does, by the status alone."""
    _routed(request, "/health/ready")
    return Response(None, status_code=(await _readiness(request, state.here)).status_code)


@get("/metrics")
async def metrics(request: Request[Any, Any, State], state: State) -> Response[bytes]:
    """Show the process's figures to Prometheus; they hold no business data."""
    _routed(request, "/metrics")
    here: Surroundings = state.here
    body = await here.metrics.exposition(here.databases)
    return Response(body, media_type=MediaType.TEXT, headers={"content-type": CONTENT_TYPE})


def _routed(request: Request[Any, Any, State], route: str) -> None:
    scope: Any = request.scope
    scope[ROUTE] = route


HANDLERS = (live, live_head, ready, ready_head)
"""Everything under `/health`."""
