"""The outermost door: which tenant, which correlation id, which language; headers that keep browsers safe.

A tenant answers on `<tenant>.<base domain>`, on the hosts its pack names, and below `/<tenant>/`. The prefix is taken
off here, so everything behind sees the same paths and finds the tenant in the ASGI scope under `carbon.tenant`. A
path that names another tenant than the host, and a path without any tenant, lead nowhere.
"""

from collections.abc import Iterable, Mapping
from time import perf_counter
from typing import Any

import msgspec
import structlog
from litestar.types import ASGIApp, Message, Receive, Send

from backend.api.failures import problem
from backend.api.metrics import Metrics
from backend.kit.errors import NotFound
from backend.kit.logs import correlation, log
from backend.kit.scope import Scope
from backend.kit.settings import Environment, Settings
from backend.kit.telemetry import span
from backend.tenants.values import Pack

SHARED = ("/health/", "/metrics")
"""Paths that belong to the process, not to a tenant."""
QUIET = ("/health/", "/metrics")
TENANT, CORRELATION, LANGUAGE, ROUTE = "carbon.tenant", "carbon.correlation_id", "carbon.language", "carbon.route"
HEADERS = (
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cache-control", b"no-store"),
)
"""Sent unless the answer set them itself."""
PRODUCTION_HEADERS = ((b"strict-transport-security", b"max-age=31536000; includeSubDomains"),)

logger = log(__name__)


class TenantUnknown(NotFound):
    """The address names no tenant of this process."""

    code = "tenant_unknown"
    en = "No tenant at this address. Tenants answer on <tenant>.<domain> and below /<tenant>/."
    zh = "该地址没有对应的租户。租户地址为 <租户>.<域名> 或 /<租户>/。"


def language_of(header: str) -> str | None:
    """Return `zh` or `en`, whichever the header names first; None when it names neither."""
    for part in header.lower().split(","):
        tag = part.split(";")[0].strip()
        if tag.startswith(("zh", "en")):
            return tag[:2]
    return None


class Addresses:
    """Which tenant a host and a path mean."""

    def __init__(self, tenants: Iterable[str], base_domain: str, packs: Mapping[str, Pack]) -> None:
        self.tenants = frozenset(tenants)
        self._hosts = {f"{tenant}.{base_domain}".lower(): tenant for tenant in self.tenants}
        for tenant in self.tenants & packs.keys():
            self._hosts |= {host.lower(): tenant for host in packs[tenant].hosts}

    def resolve(self, host: str, path: str) -> tuple[str | None, str]:
        """Return the tenant and the path below it; None when the address names none, or two."""
        by_host = self._hosts.get(host.rsplit(":", 1)[0].lower() if not host.endswith("]") else host.lower())
        first, _, rest = path.removeprefix("/").partition("/")
        if first in self.tenants:
            return (first if by_host in (None, first) else None), f"/{rest}"
        return by_host, path


class Door:
    """ASGI: finds tenant, correlation id and language, measures, logs, and adds headers."""

    def __init__(self, inner: ASGIApp, addresses: Addresses, settings: Settings, metrics: Metrics) -> None:
        self.inner, self.addresses, self.metrics = inner, addresses, metrics
        is_production = settings.environment is Environment.PRODUCTION
        self._headers = HEADERS + (PRODUCTION_HEADERS if is_production else ())

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:  # noqa: ANN401 - ASGI's scope is open
        """Serve one connection."""
        if scope["type"] not in ("http", "websocket"):
            await self.inner(scope, receive, send)
            return
        headers: dict[bytes, bytes] = dict(scope["headers"])
        tenant, path = self.addresses.resolve(headers.get(b"host", b"").decode("latin-1"), scope["path"])
        correlation_id = correlation(headers.get(b"x-correlation-id", b"").decode("latin-1"))
        scope[TENANT], scope[CORRELATION] = tenant, correlation_id
        scope[LANGUAGE] = language_of(headers.get(b"accept-language", b"").decode("latin-1"))
        scope["path"] = path
        scope["raw_path"] = path.encode()
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(service="api", correlation_id=correlation_id, tenant=tenant)
        if tenant is None and path != "/" and not path.startswith(SHARED):
            await self._refuse(scope, send)
        elif scope["type"] == "websocket":
            await self.inner(scope, receive, send)
        else:
            await self._serve(scope, receive, send)

    async def _serve(self, scope: Any, receive: Receive, send: Send) -> None:  # noqa: ANN401 - see above
        started, status = perf_counter(), 500
        correlation_id = scope[CORRELATION].encode()

        async def outward(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                present = {name.lower() for name, _ in message["headers"]}
                own = [pair for pair in self._headers if pair[0] not in present]
                message["headers"] = [*message["headers"], *own, (b"x-correlation-id", correlation_id)]
            await send(message)

        path: str = scope["path"]
        with span("request", method=scope["method"], path=path, tenant=scope[TENANT] or ""):
            try:
                await self.inner(scope, receive, outward)
            finally:
                seconds = perf_counter() - started
                route = scope.get(ROUTE) or "other"
                self.metrics.requests.labels(scope["method"], route, str(status)).inc()
                self.metrics.seconds.labels(route).observe(seconds)
                if not path.startswith(QUIET):
                    logger.info(
                        "request", method=scope["method"], path=path, status=status, ms=round(seconds * 1000, 2),
                        operation=scope.get("carbon.operation"),
                    )  # fmt: skip

    async def _refuse(self, scope: Any, send: Send) -> None:  # noqa: ANN401 - see above
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 4404, "reason": TenantUnknown.code})
            return
        asking = Scope.nobody("", correlation_id=scope[CORRELATION], language=scope[LANGUAGE] or "zh")
        body = msgspec.json.encode(problem(TenantUnknown(), asking))
        own = [(b"content-type", b"application/problem+json"), (b"content-length", str(len(body)).encode())]
        own.append((b"x-correlation-id", scope[CORRELATION].encode()))
        await send({"type": "http.response.start", "status": 404, "headers": [*own, *self._headers]})
        await send({"type": "http.response.body", "body": body, "more_body": False})
        self.metrics.requests.labels(scope["method"], "other", "404").inc()
