"""The journal at the network's door.

    GET /ledger/checkpoints           the signed checkpoints, newest first: public
    GET /ledger/proofs/{movement}     the proof that a movement is in the journal, for whoever sees the movement

Checkpoints state hashes and counts, nothing of anybody. Whoever keeps a copy can tell later whether the journal was
rewritten or cut.
"""

import json
from typing import Annotated, Any, ClassVar

from litestar import Controller, Request, Response, get
from litestar.datastructures import CacheControlHeader, State
from litestar.params import FromPath, QueryParameter

from backend.api import callers
from backend.api.door import CORRELATION, ROUTE, TENANT
from backend.api.files import disposition, plain_id
from backend.api.refusals import ACTION
from backend.api.surroundings import Surroundings
from backend.kit.scope import Scope
from backend.ledger import service
from backend.ledger.journal import signing

AnyRequest = Request[Any, Any, State]
PAGE = 100
"""Checkpoints in one answer."""
_MAY_BE_CACHED = 300


class Checkpoints(Controller):
    """How far the journal was, signed."""

    path = "/ledger/checkpoints"
    tags: ClassVar[list[str]] = ["ledger"]

    @get("/", cache_control=CacheControlHeader(public=True, max_age=_MAY_BE_CACHED))
    async def newest(
        self, request: AnyRequest, state: State, before: Annotated[int | None, QueryParameter(name="before")] = None
    ) -> dict[str, Any]:
        """Return up to a hundred checkpoints, newest first; `before` is the number of the last one seen."""
        here: Surroundings = state.here
        asgi: Any = request.scope
        asgi[ROUTE] = "/ledger/checkpoints"
        scope = Scope.nobody(str(asgi[TENANT]), correlation_id=asgi[CORRELATION])
        async with here.databases.read(scope) as read:
            found = await service.checkpoints(read, scope, before=before, limit=PAGE)
        return {"checkpoints": [{**signing.facts(scope.tenant, each), "signed": each.signed} for each in found]}


class Proofs(Controller):
    """Entries taken out of the journal, for strangers."""

    path = "/ledger/proofs"
    tags: ClassVar[list[str]] = ["ledger"]

    @get("/{movement:str}", opt={ACTION: "ledger:prove"})
    async def proof(self, request: AnyRequest, state: State, movement: FromPath[str]) -> Response[bytes]:
        """Give the proof of a movement as a file, for docs/verify/verify_entry.py."""
        here: Surroundings = state.here
        asgi: Any = request.scope
        asgi[ROUTE] = "/ledger/proofs/{movement}"
        scope = await callers.scope_of(here.databases, asgi, callers.bearer(request.headers.get("authorization")))
        movement_id = plain_id(movement, "UnitMovement", "movement")
        async with here.databases.read(scope) as read:
            found = await service.prove(read, scope, movement_id)
        body = json.dumps(found.document(), ensure_ascii=False, indent=1).encode()
        name = f"{scope.tenant}-{found.link.position}.json"
        return Response(body, media_type="application/json", headers={"content-disposition": disposition(name)})


CONTROLLERS = (Checkpoints, Proofs)
"""What the application mounts."""
