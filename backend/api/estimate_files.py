"""The roster of large industry and the grid's electricity as files at the network's door.

    POST /large-industry?title=&number=&dated=      the roster (规上工业名录) as the body, or as `file` of a form
    POST /grid-electricity?title=&number=&dated=    electricity by account and month, the same way

The empty tables are `GET /downloads/large-industry-template.xlsx` and `grid-electricity-template.xlsx`. A file is read in a
thread and stored in one transaction, all of it or nothing; wrong rows are named in `details.faults`.
"""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any, ClassVar

import msgspec
from litestar import Controller, Request, Response, post
from litestar.datastructures import State

from backend.api.activity_files import caller_of, content_of
from backend.api.refusals import ACTION
from backend.api.surroundings import Surroundings
from backend.kit.scope import Scope
from backend.kit.storage import FileTooLarge
from backend.monitoring.estimates import importing, service
from backend.monitoring.estimates.importing import MOST_ROWS, FileRow
from backend.monitoring.estimates.service import Paper
from backend.wire.workbooks import QuestionInvalid

AnyRequest = Request[Any, Any, State]
MEGABYTES = 4
LARGEST = MEGABYTES * 1024 * 1024
"""Bytes of a file; 20,000 rows are about half a megabyte."""


class EntriesStored(msgspec.Struct, rename="camel"):
    """How many entries a file came to."""

    count: int


class EstimateFiles(Controller):
    """Files quick reports and estimates rest on."""

    path = "/"
    tags: ClassVar[list[str]] = ["monitoring"]

    @post("/large-industry", status_code=200, opt={ACTION: "monitoring:record_roster"})
    async def roster(self, request: AnyRequest, state: State) -> Response[EntriesStored]:
        """Store the roster of a file."""
        scope, paper, rows = await _taken(request, state, importing.read_roster)
        here: Surroundings = state.here
        async with here.databases.write(scope) as write:
            entries = await importing.roster(write, rows)
            return Response(EntriesStored(await service.record_roster(write, scope, entries, paper, most=MOST_ROWS)))

    @post("/grid-electricity", status_code=200, opt={ACTION: "monitoring:record_electricity"})
    async def electricity(self, request: AnyRequest, state: State) -> Response[EntriesStored]:
        """Store the electricity of a file."""
        scope, paper, rows = await _taken(request, state, importing.read_grid)
        here: Surroundings = state.here
        async with here.databases.write(scope) as write:
            entries = await importing.grid(write, rows)
            return Response(
                EntriesStored(await service.record_electricity(write, scope, entries, paper, most=MOST_ROWS))
            )


async def _taken(
    request: AnyRequest, state: State, read: Callable[[Path], list[FileRow]]
) -> tuple[Scope, Paper, list[FileRow]]:
    here: Surroundings = state.here
    scope = await caller_of(request, here)
    # Asked before a single byte is taken.
    scope.require("monitoring:estimate")
    paper = _document(dict(request.query_params))
    content, _ = await content_of(request)
    whole = await _whole(content)
    with tempfile.TemporaryDirectory(prefix="carbon-estimates-") as folder:
        path = Path(folder) / "file"
        await asyncio.to_thread(path.write_bytes, whole)
        return scope, paper, await asyncio.to_thread(read, path)


def _document(words: Mapping[str, str]) -> Paper:
    """Return the document the address names. Raises QuestionInvalid: its day is none."""
    given = words.get("dated", "")
    try:
        dated = date.fromisoformat(given)
    except ValueError:
        raise QuestionInvalid(
            name="dated", value=given[:40], reason_en="a day as YYYY-MM-DD is needed", reason_zh="须为 YYYY-MM-DD 格式的日期",
            path=("dated",),
        ) from None  # fmt: skip
    return Paper(words.get("number", ""), dated, words.get("title", ""))


async def _whole(content: AsyncIterator[bytes]) -> bytes:
    """Return the file. Raises FileTooLarge."""
    found = bytearray()
    async for piece in content:
        found += piece
        if len(found) > LARGEST:
            raise FileTooLarge(megabytes=MEGABYTES, limit=LARGEST)
    return bytes(found)


CONTROLLERS = (EstimateFiles,)
"""What the application mounts."""
