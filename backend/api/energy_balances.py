"""A division's energy balance as a file at the network's door.

    POST /energy-balances?division=&year=&title=&issuedOn=&number=&fuelTable=&note=    the workbook as the body, or as `file`

The empty table is `GET /downloads/energy-balance-template.xlsx`. The file is read in a thread and stored in one
transaction, all of it or nothing; wrong cells are named by their addresses in `details.faults`.
"""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any, ClassVar

import msgspec
from litestar import Controller, Request, Response, post
from litestar.datastructures import State

from backend.api.activity_files import caller_of, content_of
from backend.api.refusals import ACTION
from backend.api.surroundings import Surroundings
from backend.kit.storage import FileTooLarge
from backend.regions import service
from backend.regions.values import FIRST_YEAR, Document
from backend.wire.nodes import node_id
from backend.wire.workbooks import Asked, QuestionInvalid

AnyRequest = Request[Any, Any, State]
MEGABYTES = 4
LARGEST = MEGABYTES * 1024 * 1024
"""Bytes of a file; a full table is a tenth of one megabyte."""


class BalanceStored(msgspec.Struct, rename="camel"):
    """What a file of an energy balance came to."""

    id: str
    division_code: str
    year: int
    version: int
    cells: int
    state: str


class EnergyBalances(Controller):
    """Files of energy balances."""

    path = "/energy-balances"
    tags: ClassVar[list[str]] = ["regions"]

    @post("/", status_code=200, opt={ACTION: "regions:record_balance"})
    async def upload(self, request: AnyRequest, state: State) -> Response[BalanceStored]:
        """Store the energy balance of a file."""
        here: Surroundings = state.here
        scope = await caller_of(request, here)
        # Asked before a single byte is taken.
        scope.require("regions:record")
        asked = Asked("zh", dict(request.query_params))
        year, document = asked.needed_number("year", FIRST_YEAR, 9000), _document(asked.words)
        content, _ = await content_of(request)
        whole = await _whole(content)
        with tempfile.TemporaryDirectory(prefix="carbon-balance-") as folder:
            path = Path(folder) / "file"
            await asyncio.to_thread(path.write_bytes, whole)
            given = await asyncio.to_thread(service.read_balance, path)
        async with here.databases.write(scope) as write:
            value = await service.record_balance(
                write, scope, division_code=asked.text("division") or "", year=year, cells=given.cells,
                document=document, fuel_table=asked.text("fuelTable") or "", assumptions=given.assumptions,
                note=asked.text("note") or "", places=given.places,
            )  # fmt: skip
        own = str(node_id("EnergyBalance", value.id))
        return Response(
            BalanceStored(own, value.division_code, value.year, value.version, len(given.cells), value.state.value)
        )


def _document(words: Mapping[str, str]) -> Document:
    """Return the document the address names. Raises QuestionInvalid: its day is none."""
    given = words.get("issuedOn", "")
    try:
        issued = date.fromisoformat(given)
    except ValueError:
        raise QuestionInvalid(
            name="issuedOn", value=given[:40], reason_en="a day as YYYY-MM-DD is needed", reason_zh="须为 YYYY-MM-DD 格式的日期",
            path=("issuedOn",),
        ) from None  # fmt: skip
    return Document(words.get("title", ""), words.get("number", ""), issued)


async def _whole(content: AsyncIterator[bytes]) -> bytes:
    """Return the file. Raises FileTooLarge."""
    found = bytearray()
    async for piece in content:
        found += piece
        if len(found) > LARGEST:
            raise FileTooLarge(megabytes=MEGABYTES, limit=LARGEST)
    return bytes(found)


CONTROLLERS = (EnergyBalances,)
"""What the application mounts."""
