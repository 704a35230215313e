"""A bank's file of loans at the network's door.

    GET  /bank/loans/template.xlsx    an empty file with the titles the import recognises; .csv as well
    POST /bank/loans                  the file as the body, or as `file` of a form

The file is read in a thread and stored in one transaction, all of it or nothing: a list of loans has no use half. Sent
again, a file stores nothing new.
"""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, ClassVar

import msgspec
from litestar import Controller, Request, Response, get, post
from litestar.datastructures import State

from backend.api.activity_files import caller_of, content_of
from backend.api.files import disposition
from backend.api.refusals import ACTION
from backend.api.surroundings import Surroundings
from backend.kit import sheets
from backend.kit.storage import FileTooLarge
from backend.kit.tables import CSV, XLSX
from backend.lending import service

AnyRequest = Request[Any, Any, State]
FORMATS = {"xlsx": XLSX, "csv": CSV}
MEGABYTES = 16
LARGEST = MEGABYTES * 1024 * 1024
"""Bytes of a file; 20,000 rows are two."""


class LoansStored(msgspec.Struct, rename="camel"):
    """What a file of loans came to."""

    rows: int
    loans: int
    balances: int


class Loans(Controller):
    """Files of loans."""

    path = "/bank/loans"
    tags: ClassVar[list[str]] = ["bank"]

    @get([f"/template.{kind}" for kind in FORMATS], opt={ACTION: "lending:template"})
    async def template(self, request: AnyRequest, state: State) -> Response[bytes]:
        """Return an empty file with the titles the import recognises."""
        here: Surroundings = state.here
        service.check_bank(await caller_of(request, here), "lending:manage")
        kind = request.url.path.rpartition(".")[2]
        with tempfile.TemporaryDirectory(prefix="carbon-template-") as folder:
            path = Path(folder) / "file"
            await asyncio.to_thread(sheets.write_template, service.LOANS_FILE, kind, path)
            content = await asyncio.to_thread(path.read_bytes)
        headers = {
            "content-disposition": disposition(f"loans-template.{kind}"), "x-content-type-options": "nosniff",
        }  # fmt: skip
        return Response(content, media_type=FORMATS[kind], headers=headers)

    @post("/", status_code=200, opt={ACTION: "lending:record_loans"})
    async def upload(self, request: AnyRequest, state: State) -> Response[LoansStored]:
        """Store the loans of a file."""
        here: Surroundings = state.here
        scope = await caller_of(request, here)
        # Asked before a single byte is taken.
        service.check_bank(scope, "lending:manage")
        content, _ = await content_of(request)
        whole = await _whole(content)
        with tempfile.TemporaryDirectory(prefix="carbon-loans-") as folder:
            path = Path(folder) / "file"
            await asyncio.to_thread(path.write_bytes, whole)
            given = await asyncio.to_thread(service.read_loans, path)
        async with here.databases.write(scope) as write:
            stored = await service.record_file(write, scope, given)
        return Response(LoansStored(len(given.drafts), stored.loans, stored.balances))


async def _whole(content: AsyncIterator[bytes]) -> bytes:
    """Return the file. Raises FileTooLarge."""
    found = bytearray()
    async for piece in content:
        found += piece
        if len(found) > LARGEST:
            raise FileTooLarge(megabytes=MEGABYTES, limit=LARGEST)
    return bytes(found)


CONTROLLERS = (Loans,)
"""What the application mounts."""
