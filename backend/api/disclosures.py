"""Files of disclosures and of the draft table for the white paper, at the network's door.

    GET /accounts/{account}/disclosures/{disclosure}.pdf|.docx|.xlsx?lang=zh|en     a draft, marked as such on every page
    GET /accounts/{account}/publications/{publication}.pdf|.docx|.xlsx?lang=zh|en   what was published
    GET /accounts/{account}/publications/{publication}.json                         its text, as it was hashed
    GET /accounts/{account}/publications/{publication}.xbrl.json                    the same as an XBRL report
    GET /accounts/{account}/publications/{publication}.xsd                          the concepts of that report
    GET /white-papers/{white_paper}.xlsx|.json?lang=zh|en                           a draft of the white paper's table

`account`, `disclosure`, `publication` are global ids or plain ones. Who may read it may have the files, nobody else. They are
made when they are asked for: the same publication gives the same pages.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

from litestar import Controller, Request, Response, get
from litestar.datastructures import State
from litestar.params import FromPath

from backend.api import callers
from backend.api.door import ROUTE
from backend.api.files import disposition, plain_id
from backend.api.languages import Asked, language_of
from backend.api.refusals import ACTION
from backend.api.surroundings import Surroundings
from backend.esg import service
from backend.esg.errors import DisclosureNotFound, PublicationNotFound, WhitePaperNotFound
from backend.esg.exports.values import MEDIA_TYPES, FileKind, Paper
from backend.kit.db import Read
from backend.kit.errors import NotFound
from backend.kit.scope import Scope

AnyRequest = Request[Any, Any, State]
_KINDS = {each.value: each for each in FileKind}
_MADE_AT_ONCE = asyncio.Semaphore(2)
"""Setting pages takes a processor for a while; others wait their turn."""


@dataclass(frozen=True, slots=True)
class _Papers:
    """Of what files are handed out: the parameter of the address, the type of its id, how it is read, the usual file."""

    parameter: str
    type_name: str
    read: Callable[[Read, Scope, tuple[UUID, UUID]], Awaitable[Paper]]
    usual: FileKind
    missing: type[NotFound]


_DRAFTS = _Papers("disclosure", "Disclosure", service.draft_paper, FileKind.PDF, DisclosureNotFound)
_PUBLISHED = _Papers(
    "publication", "DisclosurePublication", service.published_paper, FileKind.JSON, PublicationNotFound
)


class DisclosureFiles(Controller):
    """The files of drafts."""

    path = "/accounts/{account:str}/disclosures"
    tags: ClassVar[list[str]] = ["esg"]

    @get("/{disclosure:str}", opt={ACTION: "esg:download"})
    async def draft(
        self, request: AnyRequest, state: State, account: FromPath[str], disclosure: FromPath[str], lang: Asked = None
    ) -> Response[bytes]:
        """Give a draft as PDF, Word or Excel, in Chinese unless `lang=en`; without an ending as PDF."""
        return await _file(request, state.here, _DRAFTS, account, disclosure, lang)


class PublicationFiles(Controller):
    """The files of publications."""

    path = "/accounts/{account:str}/publications"
    tags: ClassVar[list[str]] = ["esg"]

    @get("/{publication:str}", opt={ACTION: "esg:download"})
    async def published(
        self, request: AnyRequest, state: State, account: FromPath[str], publication: FromPath[str], lang: Asked = None
    ) -> Response[bytes]:
        """Give a file of a publication, in Chinese unless `lang=en`; without an ending its text."""
        return await _file(request, state.here, _PUBLISHED, account, publication, lang)


class WhitePaperFiles(Controller):
    """Drafts of the white paper's table."""

    path = "/white-papers"
    tags: ClassVar[list[str]] = ["esg"]

    @get("/{white_paper:str}", opt={ACTION: "esg:download"})
    async def draft(
        self, request: AnyRequest, state: State, white_paper: FromPath[str], lang: Asked = None
    ) -> Response[bytes]:
        """Give a draft as a workbook, or its JSON, in Chinese unless `lang=en`."""
        here: Surroundings = state.here
        scope, name, ending = await _asked(request, here, "/white-papers", "white_paper", white_paper)
        language = language_of(lang)
        own_id = plain_id(name, "EsgWhitePaper", "white_paper")
        async with here.databases.read(scope) as read:
            found = await service.white_paper(read, scope, own_id)
        if ending == FileKind.JSON.value:
            return _answer(found.content.encode(), FileKind.JSON, f"ESG-DRAFT-{found.year}.json")
        if ending not in {"", FileKind.XLSX.value}:
            raise WhitePaperNotFound
        async with _MADE_AT_ONCE:
            made = await asyncio.to_thread(service.white_paper_workbook, found, language)
        return _answer(made, FileKind.XLSX, f"ESG-DRAFT-{found.year}-{language}.xlsx")


async def _asked(
    request: AnyRequest, here: Surroundings, above: str, parameter: str, given: str
) -> tuple[Scope, str, str]:
    """Return who asks, and the id and the ending of the address.

    A refusal is about the thing, not about one of its files: the address keeps the id alone. The router has its own copy of
    the parameters, so they are replaced and not changed.
    """
    asgi: Any = request.scope
    asgi[ROUTE] = f"{above}/{{{parameter}}}"
    scope = await callers.scope_of(here.databases, asgi, callers.bearer(request.headers.get("authorization")))
    name, _, ending = given.partition(".")
    asgi["path_params"] = {**asgi["path_params"], parameter: name}
    return scope, name, ending


async def _file(
    request: AnyRequest, here: Surroundings, papers: _Papers, account: str, given: str, lang: str | None
) -> Response[bytes]:
    """Return a file of an account's disclosure.

    Raises:
        Unauthenticated, Forbidden: without `esg:read`.
        LanguageUnknown, NodeIdInvalid: in this order.
        DisclosureNotFound, PublicationNotFound: not there, not visible, or a file of no such kind.
        DisclosureNotYours, DisclosureStateWrong, DraftHasNoData: as `draft_paper` and `check_kind`.
        DisclosureFileNotMade: the typesetting engine refuses.
    """
    above = f"/accounts/{{account}}/{papers.parameter}s"
    scope, name, ending = await _asked(request, here, above, papers.parameter, given)
    language = language_of(lang)
    key = (plain_id(account, "CarbonAccount", "account"), plain_id(name, papers.type_name, papers.parameter))
    async with here.databases.read(scope) as read:
        paper = await papers.read(read, scope, key)
    kind = _KINDS.get(ending or papers.usual.value)
    if kind is None:
        raise papers.missing
    service.check_kind(paper, kind)
    async with _MADE_AT_ONCE:
        made = await asyncio.to_thread(service.made, paper, kind, language)
    return _answer(made, kind, service.file_name(paper, kind, language))


def _answer(made: bytes, kind: FileKind, name: str) -> Response[bytes]:
    headers = {"content-disposition": disposition(name), "x-content-type-options": "nosniff"}
    return Response(made, media_type=MEDIA_TYPES[kind], headers=headers)


CONTROLLERS = (DisclosureFiles, PublicationFiles, WhitePaperFiles)
"""What the application mounts."""
