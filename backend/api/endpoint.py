"""POST /graphql: one operation a request, named or (where allowed) written out."""

from typing import Any

import msgspec
from graphql import OperationType
from litestar import Request, Response, get, post
from litestar.datastructures import State
from litestar.exceptions import ClientException, SerializationException
from litestar.response import Response as Answer

from backend.api import callers, explorer
from backend.api.documents import DocumentInvalid, OperationUnknown, Prepared
from backend.api.door import ROUTE
from backend.api.execution import refusal, run
from backend.api.failures import business, status_of
from backend.api.surroundings import Surroundings
from backend.kit.errors import CarbonError, Invalid
from backend.kit.scope import Scope

MAX_BODY = 2 * 1024 * 1024
JSON = "application/json"


class BodyInvalid(Invalid):
    """The body is not a GraphQL request."""

    code = "body_invalid"
    en = "Send one JSON object with operationName, documentId or query, and variables: {reason}"
    zh = "请发送一个 JSON 对象，包含 operationName、documentId 或 query，以及 variables：{reason}"


async def _body(request: Request[Any, Any, State]) -> dict[str, Any]:
    """Read the request's object.

    Raises:
        BodyInvalid: not JSON, not an object, or variables that are no object.
    """
    if request.content_type[0] != JSON:
        raise BodyInvalid(reason=f"Content-Type must be {JSON}")
    try:
        body = msgspec.json.decode(await request.body())
    except (msgspec.DecodeError, UnicodeDecodeError, SerializationException) as error:
        raise BodyInvalid(reason=str(error)) from None
    if not isinstance(body, dict):
        raise BodyInvalid(reason="one operation a request")
    if any(not isinstance(body.get(part), dict | None) for part in ("variables", "extensions")):
        raise BodyInvalid(reason="variables and extensions must be objects")
    return body


def _operation(here: Surroundings, body: dict[str, Any]) -> Prepared:
    """Return the query or mutation asked for. Raises what `Documents.find` raises; DocumentInvalid."""
    prepared = here.documents.find(body)
    if prepared.type is OperationType.SUBSCRIPTION:
        raise DocumentInvalid(reason="subscriptions need a web socket (graphql-transport-ws)")
    return prepared


def _json(body: object, status: int) -> Response[bytes]:
    return Answer(msgspec.json.encode(body), status_code=status, media_type=JSON)


@post("/graphql", status_code=200, request_max_body_size=MAX_BODY)
async def endpoint(request: Request[Any, Any, State], state: State) -> Response[bytes]:
    """Run one operation as the caller."""
    here: Surroundings = state.here
    asgi: Any = request.scope
    asgi[ROUTE] = "/graphql"
    asking: Scope = callers.nobody(asgi)
    try:
        token = callers.bearer(request.headers.get("authorization"))
        asking = await callers.scope_of(here.databases, asgi, token)
        body = await _body(request)
        prepared = _operation(here, body)
    except ClientException:
        raise
    except Exception as error:  # noqa: BLE001 - every way to fail before the operation ends here
        told = business(error, asking)
        status = 400 if isinstance(told, OperationUnknown) else status_of(told)
        return _json(refusal(told, asking), status)
    asgi["carbon.operation"] = prepared.label
    answer, is_away = await run(here, prepared, body.get("variables") or {}, here.context(asking, request))
    return _json(answer, 503 if is_away else 200)


@get("/graphql", status_code=200)
async def page(request: Request[Any, Any, State], state: State) -> Response[bytes]:
    """Show the explorer, where free operations are allowed."""
    here: Surroundings = state.here
    asgi: Any = request.scope
    asgi[ROUTE] = "/graphql"
    if not here.documents.allows_free:
        told: CarbonError = OperationUnknown(name="explorer")
        return _json(refusal(told, callers.nobody(asgi)), 404)
    headers = {"content-security-policy": explorer.POLICY}
    return Answer(explorer.page(here.documents.names), media_type="text/html", headers=headers)
