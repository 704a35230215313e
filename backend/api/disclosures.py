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
from typing import Annotated, Any, ClassVar

from litestar import Controller, Request, Response, get
from litestar.datastructures import State
from litestar.params import FromPath, QueryParameter

from backend.api import callers
from backend.api.door import ROUTE
from backend.api.files import disposition, plain_id
from backend.api.refusals import ACTION
from backend.api.surroundings import Surroundings
from backend.esg import service
from backend.esg.errors import DisclosureNotFound, PublicationNotFound, WhitePaperNotFound
from backend.esg.exports.values import MEDIA_TYPES, FileKind, Paper

AnyRequest = Request[Any, Any, State]
Language = Annotated[str | None, QueryParameter(name="lang")]
_KINDS = {each.value: each for each in FileKind}
_MADE_AT_ONCE = asyncio.Semaphore(2)
"""Setting pages takes a processor for a while; others wait their turn."""


class DisclosureFiles(Controller):
    """The files of drafts."""

    path = "/accounts/{account:str}/disclosures"
    tags: ClassVar[list[str]] = ["esg"]

    @get("/{disclosure:str}", opt={ACTION: "esg:download"})
    async def draft(
        self,
        request: AnyRequest,
        state: State,
        account: FromPath[str],
        disclosure: FromPath[str],
        lang: Language = None,
    ) -> Response[bytes]:
        """Give a draft as PDF, Word or Excel, in Chinese unless `lang=en`; without an ending as PDF."""
        here: Surroundings = state.here
        asgi: Any = request.scope
        asgi[ROUTE] = "/accounts/{account}/disclosures/{disclosure}"
        scope = await callers.scope_of(here.databases, asgi, callers.bearer(request.headers.get("authorization")))
        name, _, ending = disclosure.partition(".")
        # A refusal is about the disclosure, not about one of its files; the router keeps its own copy, so it is replaced.
        asgi["path_params"] = {**asgi["path_params"], "disclosure": name}
        key = (plain_id(account, "CarbonAccount", "account"), plain_id(name, "Disclosure", "disclosure"))
        async with here.databases.read(scope) as read:
            paper = await service.draft_paper(read, scope, key)
        kind = _KINDS.get(ending or FileKind.PDF.value)
        if kind is None:
            raise DisclosureNotFound
        return await _file(paper, kind, lang)


class PublicationFiles(Controller):
    """The files of publications."""

    path = "/accounts/{account:str}/publications"
    tags: ClassVar[list[str]] = ["esg"]

    @get("/{publication:str}", opt={ACTION: "esg:download"})
    async def published(
        self,
        request: AnyRequest,
        state: State,
        account: FromPath[str],
        publication: FromPath[str],
        lang: Language = None,
    ) -> Response[bytes]:
        """Give a file of a publication, in Chinese unless `lang=en`; without an ending its text."""
        here: Surroundings = state.here
        asgi: Any = request.scope
        asgi[ROUTE] = "/accounts/{account}/publications/{publication}"
        scope = await callers.scope_of(here.databases, asgi, callers.bearer(request.headers.get("authorization")))
        name, _, ending = publication.partition(".")
        asgi["path_params"] = {**asgi["path_params"], "publication": name}
        key = (plain_id(account, "CarbonAccount", "account"), plain_id(name, "DisclosurePublication", "publication"))
        async with here.databases.read(scope) as read:
            paper = await service.published_paper(read, scope, key)
        kind = _KINDS.get(ending or FileKind.JSON.value)
        if kind is None:
            raise PublicationNotFound
        return await _file(paper, kind, lang)


class WhitePaperFiles(Controller):
    """Drafts of the white paper's table."""

    path = "/white-papers"
    tags: ClassVar[list[str]] = ["esg"]

    @get("/{white_paper:str}", opt={ACTION: "esg:download"})
    async def draft(
        self, request: AnyRequest, state: State, white_paper: FromPath[str], lang: Language = None
    ) -> Response[bytes]:
        """Give a draft as a workbook, or its JSON, in Chinese unless `lang=en`."""
        here: Surroundings = state.here
        asgi: Any = request.scope
        asgi[ROUTE] = "/white-papers/{white_paper}"
        scope = await callers.scope_of(here.databases, asgi, callers.bearer(request.headers.get("authorization")))
        name, _, ending = white_paper.partition(".")
        asgi["path_params"] = {**asgi["path_params"], "white_paper": name}
        own_id = plain_id(name, "EsgWhitePaper", "white_paper")
        async with here.databases.read(scope) as read:
            found = await service.white_paper(read, scope, own_id)
        language = "en" if lang == "en" else "zh"
        if ending == FileKind.JSON.value:
            return _answer(found.content.encode(), FileKind.JSON, f"ESG-DRAFT-{found.year}.json")
        if ending not in {"", FileKind.XLSX.value}:
            raise WhitePaperNotFound
        async with _MADE_AT_ONCE:
            made = await asyncio.to_thread(service.white_paper_workbook, found, language)
        return _answer(made, FileKind.XLSX, f"ESG-DRAFT-{found.year}-{language}.xlsx")


async def _file(paper: Paper, kind: FileKind, lang: str | None) -> Response[bytes]:
    language = "en" if lang == "en" else "zh"
    service.check_kind(paper, kind)
    async with _MADE_AT_ONCE:
        made = await asyncio.to_thread(service.made, paper, kind, language)
    return _answer(made, kind, service.file_name(paper, kind, language))


def _answer(made: bytes, kind: FileKind, name: str) -> Response[bytes]:
    headers = {"content-disposition": disposition(name), "x-content-type-options": "nosniff"}
    return Response(made, media_type=MEDIA_TYPES[kind], headers=headers)


CONTROLLERS = (DisclosureFiles, PublicationFiles, WhitePaperFiles)
"""What the application mounts."""
