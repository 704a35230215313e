"""Loan files at the network's door.

    GET /bank/loan-files/{file}    the signed archive, by a token of the bank that asked for it

The consent is looked at each time. When it has ended, the answer is 404 and the file is deleted; nothing may be kept
between the bank and us.
"""

from typing import Any, ClassVar

from litestar import Controller, Request, Response, get
from litestar.datastructures import State
from litestar.params import FromPath

from backend.api import callers
from backend.api.door import ROUTE
from backend.api.files import disposition, plain_id
from backend.api.refusals import ACTION
from backend.api.surroundings import Surroundings
from backend.lending.loan_files.jobs_making import download
from backend.lending.loan_files.values import MEDIA_TYPE

AnyRequest = Request[Any, Any, State]


class LoanFiles(Controller):
    """Archives of borrowers' documents."""

    path = "/bank/loan-files"
    tags: ClassVar[list[str]] = ["bank"]

    @get("/{file:str}", opt={ACTION: "lending:loan_file"})
    async def content(self, request: AnyRequest, state: State, file: FromPath[str]) -> Response[bytes]:
        """Give a loan file."""
        here: Surroundings = state.here
        asgi: Any = request.scope
        asgi[ROUTE] = "/bank/loan-files/{file}"
        scope = await callers.scope_of(here.databases, asgi, callers.bearer(request.headers.get("authorization")))
        found, content = await download(here.databases, here.storage, scope, plain_id(file, "LoanFile", "file"))
        headers = {
            "cache-control": "no-store", "x-content-type-options": "nosniff",
            "content-disposition": disposition(f"loan-file-{found.id}.zip"),
        }  # fmt: skip
        return Response(content, media_type=MEDIA_TYPE, headers=headers)


CONTROLLERS = (LoanFiles,)
"""What the application mounts."""
