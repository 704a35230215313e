"""The application: Litestar behind the outermost door."""

import re
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from typing import Any

from litestar import Litestar, Request, Response
from litestar.config.app import AppConfig
from litestar.datastructures import State
from litestar.exceptions import HTTPException, ValidationException
from redis.exceptions import RedisError

from backend.api import (
    account_statements,
    activity_files,
    auth,
    bank,
    bundles,
    callers,
    certificates,
    credit_files,
    disclosures,
    downloads,
    endpoint,
    energy_balances,
    estimate_files,
    failures,
    files,
    health,
    invitations,
    join,
    knowledge_files,
    landing,
    ledger_proofs,
    loan_files,
    loans,
    open_data,
    park_notices,
    refusals,
    sockets,
    unit_files,
    unit_passports,
)
from backend.api.documents import Documents
from backend.api.door import Addresses, Door
from backend.api.metrics import Metrics
from backend.api.schema import schema
from backend.api.surroundings import Surroundings
from backend.jobs.surroundings import open_databases, open_storage
from backend.kit import broker, logs, telemetry
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


class ParameterInvalid(Invalid):
    """A part of the address, or of the query behind it, is not of its kind."""

    code = "query_parameter_invalid"
    en = "'{value}' cannot be the parameter '{field}'. Write {wanted_en}."
    zh = "参数 {field} 的值“{value}”无效，请填写{wanted_zh}。"


WANTED = {
    "int": ("整数，例如 2025", "a whole number, such as 2025"),
    "bool": ("true 或 false", "true or false"),
    "uuid": ("UUID", "a UUID"),
}
"""What the framework's names of kinds mean for a person, zh and en."""
_EXPECTED = re.compile(r"Expected `(\w+)[^`]*`(?: (>=|<=|>|<) (-?\d+))?")
_BOUNDS = {
    ">=": ("不小于", "at least"),
    "<=": ("不大于", "at most"),
    ">": ("大于", "more than"),
    "<": ("小于", "less than"),
}


def _of_validation(error: ValidationException, request: AnyRequest) -> CarbonError:
    """Return which parameter does not fit and how to mend it; the framework's own words only where it names none."""
    first: Any = error.extra[0] if isinstance(error.extra, list) and error.extra else None
    if not isinstance(first, dict) or not first.get("key"):
        return RequestInvalid(reason=error.detail)
    name, reason = str(first["key"]), str(first.get("message", ""))
    found = _EXPECTED.search(reason)
    kind, bound, limit = found.groups() if found else ("", None, None)
    zh, en = WANTED.get(kind, (f"符合要求的值（{reason}）", f"what fits ({reason})"))
    if bound:
        zh, en = f"{_BOUNDS[bound][0]} {limit} 的整数", f"a whole number, {_BOUNDS[bound][1]} {limit}"
    handler: Any = request.scope.get("route_handler")
    fields = handler.parsed_fn_signature.parameters if handler else {}
    told = getattr(fields.get(name), "kwarg_definition", None)
    shown: str = getattr(told, "name", None) or name
    value = request.query_params.get(shown, request.path_params.get(shown, ""))
    return ParameterInvalid(field=shown, value=str(value)[:100], wanted_zh=zh, wanted_en=en, path=(shown,))


def _of_http(error: HTTPException, request: AnyRequest) -> CarbonError:
    status = error.status_code
    if isinstance(error, ValidationException):
        return _of_validation(error, request)
    if status in (404, 405):
        return AddressUnknown()
    if status == 413:  # noqa: PLR2004 - content too large
        return BodyTooLarge()
    return RequestInvalid(reason=error.detail)


def answer_error(request: AnyRequest, error: Exception) -> Response[dict[str, Any]]:
    """Answer any exception of a REST handler as problem details; what is our fault is logged and masked."""
    asking = callers.nobody(request.scope)
    if isinstance(error, HTTPException):
        told, status = _of_http(error, request), error.status_code
    else:
        told = failures.business(error, asking)
        status = failures.status_of(told)
    headers = {"www-authenticate": 'Bearer realm="carbon"'} if status == 401 else None  # noqa: PLR2004 - unauthorized
    body = {**failures.problem(told, asking), "status": status}
    return Response(body, status_code=status, media_type="application/problem+json", headers=headers)


def _controllers() -> list[Any]:
    found: list[Any] = [*auth.CONTROLLERS, endpoint.endpoint, endpoint.page, sockets.endpoint]
    found += [landing.landing, *health.HANDLERS, health.metrics]
    return [
        *found,
        *files.CONTROLLERS,
        *activity_files.CONTROLLERS,
        *credit_files.CONTROLLERS,
        *unit_files.CONTROLLERS,
        *certificates.CONTROLLERS,
        *account_statements.CONTROLLERS,
        *bundles.CONTROLLERS,
        *disclosures.CONTROLLERS,
        *downloads.CONTROLLERS,
        *energy_balances.CONTROLLERS,
        *estimate_files.CONTROLLERS,
        *invitations.CONTROLLERS,
        *join.CONTROLLERS,
        *open_data.CONTROLLERS,
        *ledger_proofs.CONTROLLERS,
        *bank.CONTROLLERS,
        *knowledge_files.CONTROLLERS,
        *loan_files.CONTROLLERS,
        *loans.CONTROLLERS,
        *park_notices.CONTROLLERS,
        *unit_passports.CONTROLLERS,
    ]


def check(settings: Settings) -> None:
    """Refuse settings with which no application can be made; nothing is connected to.

    Raises:
        SettingMissing: a served tenant's database is named nowhere.
        StorageAddressInvalid: the storage is of no kind there is.
        PackInvalid, PackMissing: a served tenant's pack cannot be read.
    """
    load_packs(settings.packs_dir)
    open_databases(settings, "api")
    open_storage(settings)


def create_app(settings: Settings, *, databases: Databases | None = None) -> Door:
    """Return the ASGI application; servers are reached at its start, and left at its end.

    `databases` are the caller's own to close (tests share theirs).

    Raises:
        SettingMissing, StorageAddressInvalid, PackInvalid, PackMissing: see `check`.
    """
    logs.configure(settings, "api")
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
            after_exception=[refusals.after_exception],
            openapi_config=None,
            request_max_body_size=max(settings.import_max_bytes, settings.evidence_max_bytes) + SLACK,
            logging_config=None,
        )
    )
    return Door(app, Addresses(opened.tenants, settings.base_domain, packs), settings, metrics)
