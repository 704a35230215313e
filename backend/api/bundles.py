"""Bundles of account statements at the network's door.

    GET  /accounts/{account}/statements/{statement}/bundle.zip   the signed archive, for docs/verify/check_bundle.py
    POST /accounts/{account}/statements/{statement}/bundle       have a job make it, where it is too large to wait for

Who may see the account's statement, records and units may have the bundle, nobody else. One that a job has made is kept and
handed out; the others are made anew, from what was known when the statement was. `carbon-bundle-movements` and
`carbon-bundle-proofs` of the answer say how many movements of units are in it and of how many the journal's proof: the newest 500
while a caller waits, 20,000 when a job makes it (its result says the same). The bundle names those that are not proven. What
is too large for a job as well is refused when it is asked for.
"""

from typing import Any, ClassVar
from uuid import UUID

import msgspec
from litestar import Controller, Request, Response, get, post
from litestar.datastructures import State
from litestar.params import FromPath
from litestar.response import Stream

from backend.api import callers
from backend.api.door import ROUTE
from backend.api.files import disposition, plain_id
from backend.api.refusals import ACTION
from backend.api.surroundings import Surroundings
from backend.kit.scope import Scope
from backend.statements.bundle import sessions
from backend.statements.bundle.values import MEDIA_TYPE
from backend.wire.nodes import node_id

AnyRequest = Request[Any, Any, State]
_PATH = "/accounts/{account}/statements/{statement}"


class BundleRequested(msgspec.Struct, rename="camel"):
    """The job that makes the bundle; `downloadUrl` has it when the job has succeeded."""

    job_id: str
    download_url: str


class Bundles(Controller):
    """Statements with everything they were computed from."""

    path = "/accounts/{account:str}/statements/{statement:str}"
    tags: ClassVar[list[str]] = ["statements"]

    @get("/bundle.zip", opt={ACTION: "statements:bundle"})
    async def content(
        self, request: AnyRequest, state: State, account: FromPath[str], statement: FromPath[str]
    ) -> Response[bytes] | Stream:
        """Give the bundle of a statement."""
        here: Surroundings = state.here
        scope, account_id, own_id = await _asked(request, here, account, statement, "/bundle.zip")
        async with here.databases.read(scope) as read:
            issued = await sessions.statement_of(read, scope, account_id, own_id)
        kept = await sessions.kept(here.storage, scope, account_id, own_id)
        if kept is not None:
            headers = _headers(sessions.file_name(issued.number), kept.movements, kept.proofs)
            return Stream(
                here.storage.get(kept.key), media_type=MEDIA_TYPE,
                headers={**headers, "content-length": str(kept.size)},
            )  # fmt: skip
        made = await sessions.make(here.databases, here.storage, here.settings, scope, account_id, own_id)
        headers = _headers(made.name, made.movements, made.proofs)
        return Response(made.content, media_type=MEDIA_TYPE, headers=headers)

    @post("/bundle", status_code=202, opt={ACTION: "statements:bundle"})
    async def have_made(
        self, request: AnyRequest, state: State, account: FromPath[str], statement: FromPath[str]
    ) -> BundleRequested:
        """Have a job make the bundle."""
        here: Surroundings = state.here
        scope, account_id, own_id = await _asked(request, here, account, statement, "/bundle")
        job_id = await sessions.request(here.databases, here.storage, scope, account_id, own_id)
        url = f"/{scope.tenant}/accounts/{account_id}/statements/{own_id}/bundle.zip"
        return BundleRequested(node_id("Job", job_id), url)


async def _asked(
    request: AnyRequest, here: Surroundings, account: str, statement: str, end: str
) -> tuple[Scope, UUID, UUID]:
    """Return who asks, and for which statement of which account."""
    asgi: Any = request.scope
    asgi[ROUTE] = f"{_PATH}{end}"
    scope = await callers.scope_of(here.databases, asgi, callers.bearer(request.headers.get("authorization")))
    return scope, plain_id(account, "CarbonAccount", "account"), plain_id(statement, "AccountStatement", "statement")


def _headers(name: str, movements: int | None, proofs: int | None) -> dict[str, str]:
    counts = {"carbon-bundle-movements": movements, "carbon-bundle-proofs": proofs}
    return {
        "content-disposition": disposition(name), "x-content-type-options": "nosniff",
        **{each: str(count) for each, count in counts.items() if count is not None},
    }  # fmt: skip


CONTROLLERS = (Bundles,)
"""What the application mounts."""
