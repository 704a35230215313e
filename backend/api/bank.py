"""A bank's reads of scores at the network's door, by tokens of client credentials.

    GET  /bank/scores/{borrower}            the signed credential; with `accept: application/json` the score as JSON
    GET  /bank/scores/{borrower}/history    the borrower's scores as JSON, newest first (`?before=` a number)
    POST /bank/scores/batch                 {"borrowers": [...], "indicators": false}: up to 10,000, or the whole portfolio
    GET  /bank/status-lists/{number}        which credentials hold no more: public

`borrower` is the account's number or id, or the enterprise's credit code. Whatever is not opened by a consent at that
second is not there: 404, whatever the cause. Nothing may be kept between the bank and us: answers are `no-store`, and a
condition (`if-none-match`) is not looked at, so that no copy outlives a consent by a *not modified*.
"""

import asyncio
import base64
from collections.abc import AsyncIterator
from time import monotonic
from typing import Annotated, Any, ClassVar

import msgspec
from litestar import Controller, Request, Response, get, post
from litestar.datastructures import State
from litestar.params import FromPath, QueryParameter
from litestar.response import Stream

from backend.api import callers
from backend.api.door import CORRELATION, ROUTE, TENANT
from backend.api.refusals import ACTION
from backend.api.surroundings import Surroundings
from backend.kit.scope import Scope
from backend.lending import service
from backend.lending.errors import BatchesTooMany, BatchInvalid
from backend.lending.rules.listing import STALE_AFTER
from backend.lending.schema_serving import batched, served
from backend.lending.values import CREDENTIAL_MEDIA, STATUS_MEDIA, ReadKind, StatusList
from backend.wire.nodes import NodeIdInvalid, uuids

AnyRequest = Request[Any, Any, State]
Before = Annotated[int | None, QueryParameter(name="before", ge=1, le=2**62)]
JSON = "application/json"
GLOBAL_ID = base64.urlsafe_b64encode(b"CarbonAccount")[:16].decode()
"""How the global id of an account begins: what twelve letters of its type become."""
SIGNATURE = "carbon-signature"
"""The header of a batch with its JWS; the payload names the SHA-256 of the body."""
AT_A_TIME = 4
"""Batches a process makes at a time; each holds its whole text in memory, some twenty megabytes."""
SIGNED_AGAIN_AFTER = STALE_AFTER.total_seconds() / 4
_NO_STORE = {"cache-control": "no-store", "vary": "accept, authorization"}


class BatchAsked(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    """Body of a batch. Without `borrowers` the whole portfolio; `indicators` where the consent covers them."""

    borrowers: list[Annotated[str, msgspec.Meta(max_length=200)]] | None = None
    indicators: bool = False


def borrower_key(given: str) -> str:
    """Return a borrower's key as the bank gave it, a global id of an account as the id inside."""
    if not given.startswith(GLOBAL_ID):  # of ten thousand keys, trying each would cost more than the database does
        return given
    try:
        return str(uuids(given, "CarbonAccount")[0])
    except NodeIdInvalid:
        return given


class Scores(Controller):
    """Scores of borrowers who consented."""

    path = "/bank/scores"
    tags: ClassVar[list[str]] = ["bank"]

    @get("/{borrower:str}", opt={ACTION: "lending:read"})
    async def score(self, request: AnyRequest, state: State, borrower: FromPath[str]) -> Response[bytes]:
        """Give a borrower's newest score: the credential, or as JSON if that is what is accepted."""
        here: Surroundings = state.here
        asgi: Any = request.scope
        asgi[ROUTE] = "/bank/scores/{borrower}"
        scope = await _caller(request, here)
        accepted = request.headers.get("accept", "")
        is_json = JSON in accepted and CREDENTIAL_MEDIA not in accepted
        what = ReadKind.SCORE if is_json else ReadKind.CREDENTIAL
        text = await served(here.databases, here.settings, scope, borrower_key(borrower), what)
        return Response(text.encode(), media_type=JSON if is_json else CREDENTIAL_MEDIA, headers=_NO_STORE)

    @get("/{borrower:str}/history", opt={ACTION: "lending:read"})
    async def history(
        self, request: AnyRequest, state: State, borrower: FromPath[str], before: Before = None
    ) -> Response[bytes]:
        """Give a borrower's scores as they were computed, newest first, a hundred at a time."""
        here: Surroundings = state.here
        asgi: Any = request.scope
        asgi[ROUTE] = "/bank/scores/{borrower}/history"
        scope = await _caller(request, here)
        async with here.databases.write(scope) as write:
            found = await service.history(write, scope, borrower_key(borrower), before=before)
        following = "null" if found.next_before is None else str(found.next_before)
        body = f'{{"account":"{found.account_id}","scores":{found.body},"next_before":{following}}}'
        return Response(body.encode(), media_type=JSON, headers=_NO_STORE)

    @post("/batch", status_code=200, opt={ACTION: "lending:read"})
    async def batch(self, request: AnyRequest, state: State) -> Stream:
        """Give the newest scores of many borrowers as one signed text."""
        here: Surroundings = state.here
        asgi: Any = request.scope
        asgi[ROUTE] = "/bank/scores/batch"
        scope = await _caller(request, here)
        asked = _asked(await request.body())
        keys = None if asked.borrowers is None else [borrower_key(each) for each in asked.borrowers]
        under_way: list[None] = here.databases.companions.setdefault(("batches", scope.tenant), [])
        if len(under_way) >= AT_A_TIME:
            raise BatchesTooMany
        under_way.append(None)
        try:
            made = await batched(here.databases, here.settings, scope, keys, has_indicators=asked.indicators)
        finally:
            under_way.pop()
        headers = {
            **_NO_STORE, SIGNATURE: made.signature, "content-length": str(sum(map(len, made.pieces))),
            "repr-digest": f"sha-256=:{base64.b64encode(made.sha256).decode()}:",
        }  # fmt: skip
        return Stream(_each(made.pieces), media_type=JSON, headers=headers)


class StatusLists(Controller):
    """What holds no more, for whoever was handed a credential."""

    path = "/bank/status-lists"
    tags: ClassVar[list[str]] = ["bank"]

    @get("/{number:int}")
    async def status_list(self, request: AnyRequest, state: State, number: FromPath[int]) -> Response[bytes]:
        """Give a status list as a signed token.

        It is signed anew when a bit was set or its key revoked, which the database is asked each time, or when it grows old.
        """
        here: Surroundings = state.here
        asgi: Any = request.scope
        asgi[ROUTE] = "/bank/status-lists/{number}"
        scope = Scope.system(str(asgi[TENANT]), correlation_id=asgi[CORRELATION])
        async with here.databases.read(scope) as read:
            revoked, lost_keys = await service.standing(read, scope, number)
        place = ("status list", scope.tenant, number)
        lock = here.databases.companions.setdefault((*place, asyncio.get_running_loop()), asyncio.Lock())
        async with lock:
            held, until = here.databases.companions.get(place, (StatusList(-1, "", ""), 0.0))
            if held.revoked < revoked or held.key_id in lost_keys or monotonic() > until:
                async with here.databases.write(scope) as write:
                    held = await service.status_list(write, scope, here.settings, number)
                here.databases.companions[place] = (held, monotonic() + SIGNED_AGAIN_AFTER)
        headers = {"cache-control": "no-cache", "access-control-allow-origin": "*"}
        return Response(held.signed.encode(), media_type=STATUS_MEDIA, headers=headers)


async def _caller(request: AnyRequest, here: Surroundings) -> Scope:
    return await callers.scope_of(
        here.databases, request.scope, callers.bearer(request.headers.get("authorization"))
    )  # fmt: skip


def _asked(body: bytes) -> BatchAsked:
    try:
        return msgspec.json.decode(body or b"{}", type=BatchAsked)
    except msgspec.MsgspecError as error:
        raise BatchInvalid(reason=str(error)) from None


async def _each(pieces: tuple[bytes, ...]) -> AsyncIterator[bytes]:
    for piece in pieces:
        yield piece


CONTROLLERS = (Scores, StatusLists)
"""What the application mounts."""
