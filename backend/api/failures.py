"""Every error's one way out: business errors by class, outages as such, our own faults masked and logged."""

from typing import Any

from graphql import GraphQLError
from pydantic import ValidationError

from backend.kit.errors import (
    CarbonError,
    Conflict,
    Forbidden,
    Invalid,
    Limited,
    NotFound,
    Unauthenticated,
    Unavailable,
)
from backend.kit.logs import log
from backend.kit.outages import is_not_text, is_outage
from backend.kit.scope import Scope
from backend.kit.storage import FileTooLarge
from backend.wire.commands import DatabaseUnavailable
from backend.wire.errors import TextInvalid, describe, of_validation

STATUSES: tuple[tuple[type[CarbonError], int], ...] = (
    (FileTooLarge, 413), (Unauthenticated, 401), (Forbidden, 403), (NotFound, 404), (Conflict, 409), (Limited, 429), (Invalid, 400),
    (Unavailable, 503),
)  # fmt: skip

logger = log(__name__)


class Internal(CarbonError):
    """A fault of ours; the log has the rest under the correlation id."""

    code = "internal"
    en = "A fault of the service. Report the number {correlation_id} to the operator."
    zh = "服务内部错误，请将编号 {correlation_id} 告知运营方。"


class InputNotUnderstood(Invalid):
    """The variables do not fit the operation."""

    code = "graphql_input_invalid"
    en = "{reason}"
    zh = "输入与操作不符：{reason}"


def status_of(error: CarbonError) -> int:
    """Return the HTTP status of a business error."""
    return next((status for kind, status in STATUSES if isinstance(error, kind)), 500)


def business(error: BaseException, scope: Scope) -> CarbonError:
    """Return what the caller is told of any exception; what is our fault is logged here."""
    if isinstance(error, GraphQLError):
        if error.original_error is None:
            return InputNotUnderstood(reason=error.message)
        return business(error.original_error, scope)
    if isinstance(error, CarbonError):
        return error
    if isinstance(error, ValidationError) or is_not_text(error):
        return of_validation(error) if isinstance(error, ValidationError) else TextInvalid()
    if is_outage(error):
        logger.warning("outage", reason=str(error).split("\n")[0])
        return DatabaseUnavailable()
    logger.error("request_failed", exc_info=error)
    return Internal(correlation_id=scope.correlation_id)


def graphql_error(error: CarbonError, scope: Scope, cause: GraphQLError | None = None) -> dict[str, Any]:
    """Return the error as a member of a GraphQL answer's `errors`."""
    facts = describe(error, scope)
    shown: dict[str, Any] = {
        "message": facts["message"],
        "extensions": {
            "code": facts["code"],
            "messageZh": facts["message_zh"],
            "messageEn": facts["message_en"],
            "path": facts["path"],
            "details": facts["details"],
            "correlationId": scope.correlation_id,
        },
    }
    if cause is not None and cause.path is not None:
        shown["path"] = list(cause.path)
    if cause is not None and cause.locations:
        shown["locations"] = [{"line": place.line, "column": place.column} for place in cause.locations]
    return shown


def problem(error: CarbonError, scope: Scope) -> dict[str, Any]:
    """Return the error as an `application/problem+json` body (RFC 9457)."""
    facts = describe(error, scope)
    return {
        "type": "about:blank",
        "title": facts["message_en"],
        "status": status_of(error),
        "detail": facts["message"],
        "code": facts["code"],
        "messageZh": facts["message_zh"],
        "messageEn": facts["message_en"],
        "path": facts["path"],
        "details": facts["details"],
        "correlationId": scope.correlation_id,
    }
