"""The application: Litestar behind the outermost door."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from typing import Any

from litestar import Litestar, Request, Response
from litestar.config.app import AppConfig
from litestar.datastructures import State
from litestar.exceptions import HTTPException
from redis.exceptions import RedisError

from backend.api import activity_files, auth, callers, endpoint, failures, files, health, landing, sockets
from backend.api.documents import Documents
from backend.api.door import Addresses, Door
from backend.api.metrics import Metrics
from backend.api.schema import schema
from backend.api.surroundings import Surroundings
from backend.jobs.surroundings import open_databases, open_storage
from backend.kit import broker, logging, telemetry
from backend.kit.db import Databases
from backend.kit.errors import CarbonError, Invalid, Limited, NotFound
from backend.kit.settings import Settings
from backend.tenants.packs import load_packs

SLACK = 1024 * 1024
"""What a form around an uploaded file may weigh."""
AnyRequest = Request[Any, Any, State]


class AddressUnknown(NotFound):
    """Nothing is served there."""

    code = "address_unknown"
    en = "Nothing is served at this address."
    zh = "该地址没有可用的服务。"


class BodyTooLarge(Limited):
    """The body is larger than this address takes."""

    code = "body_too_large"
    en = "The request body is larger than this address takes."
    zh = "请求内容超过该地址允许的大小。"


class RequestInvalid(Invalid):
    """The request does not fit the address."""

    code = "request_invalid"
    en = "The request does not fit this address: {reason}"
    zh = "请求与该地址不符：{reason}"


def _of_http(error: HTTPException) -> CarbonError:
    status = error.status_code
    if status in (404, 405):
        return AddressUnknown()
    if status == 413:  # noqa: PLR2004 - content too large
        return BodyTooLarge()
    return RequestInvalid(reason=error.detail)


def answer_error(request: AnyRequest, error: Exception) -> Response[dict[str, Any]]:
    """Answer any exception of a REST handler as problem details; what is our fault is logged and masked."""
    asking = callers.nobody(request.scope)
    if isinstance(error, HTTPException):
        told, status = _of_http(error), error.status_code
    else:
        told = failures.business(error, asking)
        status = failures.status_of(told)
    headers = {"www-authenticate": 'Bearer realm="carbon"'} if status == 401 else None  # noqa: PLR2004 - unauthorized
    body = {**failures.problem(told, asking), "status": status}
    return Response(body, status_code=status, media_type="application/problem+json", headers=headers)


def _controllers() -> list[Any]:
    found: list[Any] = [*auth.CONTROLLERS, endpoint.endpoint, endpoint.page, sockets.endpoint]
    found += [landing.landing, health.live, health.ready, health.metrics]
    return [*found, *files.CONTROLLERS, *activity_files.CONTROLLERS]


def create_app(settings: Settings, *, databases: Databases | None = None) -> Door:
    """Return the ASGI application; servers are reached at its start, and left at its end.

    `databases` are the caller's own to close (tests share theirs).

    Raises:
        SettingMissing: a served tenant's database is named nowhere.
        PackInvalid, PackMissing: a served tenant's pack cannot be read.
    """
    logging.configure(settings, "api")
    packs = load_packs(settings.packs_dir)
    opened = databases or open_databases(settings, "api")
    metrics = Metrics()
    here = Surroundings(
        settings=settings,
        databases=opened,
        storage=open_storage(settings),
        redis=broker.connect(settings.redis_url.get_secret_value()) if settings.redis_url else None,
        packs=packs,
        schema=schema,
        documents=Documents(schema._schema, allows_free=settings.allows_free_operations),  # noqa: SLF001 - graphql-core's schema
        metrics=metrics,
    )

    @asynccontextmanager
    async def lifespan(_app: Litestar) -> AsyncGenerator[None]:
        telemetry.configure(settings, "api")
        try:
            yield
        finally:
            if databases is None:
                await opened.close()
            if here.redis is not None:
                with suppress(RedisError, OSError):
                    await here.redis.aclose()
            telemetry.close()

    app = Litestar.from_config(
        AppConfig(
            route_handlers=_controllers(),
            lifespan=[lifespan],
            state=State(
                {"here": here, "databases": opened, "settings": settings, "storage": here.storage, "redis": here.redis}
            ),
            exception_handlers={Exception: answer_error},
            openapi_config=None,
            request_max_body_size=max(settings.import_max_bytes, settings.evidence_max_bytes) + SLACK,
            logging_config=None,
        )
    )
    return Door(app, Addresses(opened.tenants, settings.base_domain, packs), settings, metrics)
