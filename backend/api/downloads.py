"""Tables and reports of the nouns, as files at the network's door.

    GET /downloads/{name}?lang=zh|en&...    e.g. /downloads/region-months.xlsx?first=2023&last=2025

The nouns say which files there are (`backend.wire.workbooks.download`) and what each may be asked for; each holds what its
reader may see, nothing else. They are made when they are asked for.
"""

import asyncio
from pathlib import PurePath
from typing import Any, ClassVar

from litestar import Controller, Request, Response, get
from litestar.datastructures import State
from litestar.params import FromPath

from backend.api import callers
from backend.api.door import ROUTE
from backend.api.files import disposition
from backend.api.languages import language_of
from backend.api.refusals import ACTION
from backend.api.surroundings import Surroundings
from backend.kit.errors import NotFound
from backend.wire.workbooks import DOWNLOADS, Asked

AnyRequest = Request[Any, Any, State]
MEDIA_TYPES = {
    ".csv": "text/csv",
    ".json": "application/json",
    ".pdf": "application/pdf",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_MADE_AT_ONCE = asyncio.Semaphore(2)
"""Making a file takes a processor for a while; others wait their turn."""


class DownloadNotFound(NotFound):
    """No file of this name is offered."""

    code = "download_not_found"
    en = "There is no file of this name to download."
    zh = "没有该名称的下载文件。"


class Downloads(Controller):
    """Files the nouns offer."""

    path = "/downloads"
    tags: ClassVar[list[str]] = ["downloads"]

    @get("/{name:str}", opt={ACTION: "downloads:get"})
    async def content(self, request: AnyRequest, state: State, name: FromPath[str]) -> Response[bytes]:
        """Give a file, in Chinese unless `lang=en`."""
        here: Surroundings = state.here
        asgi: Any = request.scope
        asgi[ROUTE] = "/downloads/{name}"
        scope = await callers.scope_of(here.databases, asgi, callers.bearer(request.headers.get("authorization")))
        reading = DOWNLOADS.get(name)
        if reading is None:
            raise DownloadNotFound
        words = dict(request.query_params)
        asked = Asked(language_of(words.pop("lang", None)), words)
        async with here.databases.read(scope) as read:
            making = await reading(read, scope, asked)
        async with _MADE_AT_ONCE:
            content = await asyncio.to_thread(making)
        headers = {
            "cache-control": "no-store", "x-content-type-options": "nosniff", "content-disposition": disposition(name),
        }  # fmt: skip
        return Response(content, media_type=MEDIA_TYPES[PurePath(name).suffix], headers=headers)


CONTROLLERS = (Downloads,)
"""What the application mounts."""
