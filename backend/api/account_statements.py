"""Issued account statements at the network's door.

    GET /accounts/{account}/statements/{statement}.pdf?lang=zh|en    the signed pages
    GET /accounts/{account}/statements/{statement}.xlsx?lang=zh|en   the workbook
    GET /accounts/{account}/statements/{statement}.json              the statement itself (also without an ending)
    GET /accounts/{account}/statements/{statement}.jws               the detached signature over the JSON's bytes

`account` and `statement` are global ids or plain ones. Who may see the account may have the files, nobody else.
"""

from typing import Any, ClassVar

from litestar import Controller, Request, Response, get
from litestar.datastructures import State
from litestar.params import FromPath
from litestar.response import Stream

from backend.api import callers
from backend.api.door import ROUTE
from backend.api.files import disposition, plain_id
from backend.api.languages import Asked, language_of
from backend.api.refusals import ACTION
from backend.api.surroundings import Surroundings
from backend.statements import service
from backend.statements.account.issued import MEDIA_TYPES, FileKind
from backend.statements.errors import StatementNotFound

AnyRequest = Request[Any, Any, State]
JWS, JWS_MEDIA_TYPE = "jws", "application/jose"
_KINDS = {each.value: each for each in FileKind}


class AccountStatementFiles(Controller):
    """The files of issued statements."""

    path = "/accounts/{account:str}/statements"
    tags: ClassVar[list[str]] = ["statements"]

    @get("/{statement:str}", opt={ACTION: "statements:download"})
    async def content(
        self, request: AnyRequest, state: State, account: FromPath[str], statement: FromPath[str],
        lang: Asked = None,
    ) -> Response[Any]:  # fmt: skip
        """Give a file of a statement; pages and workbook in Chinese unless `lang=en`.

        Raises:
            Unauthenticated, Forbidden: without `statements:read`.
            LanguageUnknown: neither `zh` nor `en`.
            StatementNotFound: not there, not visible, or a file of no such kind.
        """
        here: Surroundings = state.here
        asgi: Any = request.scope
        asgi[ROUTE] = "/accounts/{account}/statements/{statement}"
        scope = await callers.scope_of(here.databases, asgi, callers.bearer(request.headers.get("authorization")))
        language = language_of(lang)
        name, point, ending = statement.rpartition(".")
        if not point:
            name, ending = statement, FileKind.JSON.value
        # A refusal is about the statement, not about one of its files; the router keeps its own copy, so it is replaced.
        asgi["path_params"] = {**asgi["path_params"], "statement": name}
        account_id = plain_id(account, "CarbonAccount", "account")
        own_id = plain_id(name, "AccountStatement", "statement")
        async with here.databases.read(scope) as read:
            found = await service.issued_statement(read, scope, account_id, own_id)
        if ending == JWS:
            return Response(found.jws, media_type=JWS_MEDIA_TYPE, headers=_headers(f"{found.number}.jws"))
        kind = _KINDS.get(ending)
        file = None if kind is None else found.file(kind, language)
        if kind is None or file is None:
            raise StatementNotFound
        tail = f"-{file.language}" if file.language else ""
        return Stream(
            here.storage.get(file.object_key), media_type=MEDIA_TYPES[kind],
            headers={**_headers(f"{found.number}{tail}.{kind.value}"), "content-length": str(file.size)},
        )  # fmt: skip


def _headers(name: str) -> dict[str, str]:
    return {"content-disposition": disposition(name), "x-content-type-options": "nosniff"}


CONTROLLERS = (AccountStatementFiles,)
"""What the application mounts."""
