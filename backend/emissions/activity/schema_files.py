"""Files out, for whoever stands at a door: written to a temporary place, streamed from there, then gone.

The permission is asked and the account is looked up before the first byte, so that a refusal is still an answer.
"""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from backend.emissions.activity import exporting
from backend.emissions.activity.directory import directory
from backend.emissions.activity.errors import FormatUnknown
from backend.emissions.activity.exporting import FORMATS, file_name
from backend.kit.db import Databases
from backend.kit.scope import Scope

CHUNK_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True)
class Download:
    """A file for a caller: its name, its type, and its bytes when they are asked for."""

    file_name: str
    media_type: str
    chunks: AsyncIterator[bytes]


async def _stream(path: Path) -> AsyncIterator[bytes]:
    with path.open("rb") as file:
        while chunk := await asyncio.to_thread(file.read, CHUNK_BYTES):
            yield chunk


async def template(
    databases: Databases, scope: Scope, account_id: UUID, *, year: int | None = None, kind: str = "xlsx"
) -> Download:
    """Return an account's template; with an open year its rows are prefilled with what can still be entered.

    Raises:
        Unauthenticated, Forbidden: the caller may not read activity data.
        FormatUnknown: neither `xlsx` nor `csv`.
        AccountNotFound: no such account, or not yours.
    """
    scope.require("emissions:read")
    if kind not in FORMATS:
        raise FormatUnknown(value=kind)
    async with databases.read(scope) as read:
        account = await directory(read, scope, account_id)
        taken: set[Any] = set() if year is None else await exporting.taken_months(read, account, year)

    async def chunks() -> AsyncIterator[bytes]:
        with tempfile.TemporaryDirectory(prefix="carbon-export-") as folder:
            path = Path(folder) / "file"
            await asyncio.to_thread(exporting.write_template, account, year, taken, kind, path)
            async for chunk in _stream(path):
                yield chunk

    return Download(file_name(account, "activity-template", year, kind), FORMATS[kind], chunks())


async def export(
    databases: Databases, scope: Scope, account_id: UUID, *, year: int | None = None, kind: str = "xlsx"
) -> Download:
    """Return an account's records of a year (all years, without one) in the layout of the template.

    Raises:
        Unauthenticated, Forbidden: the caller may not export.
        FormatUnknown: neither `xlsx` nor `csv`.
        AccountNotFound: no such account, or not yours.
    """
    scope.require("emissions:export")
    if kind not in FORMATS:
        raise FormatUnknown(value=kind)
    async with databases.read(scope) as read:
        account = await directory(read, scope, account_id)

    async def chunks() -> AsyncIterator[bytes]:
        with tempfile.TemporaryDirectory(prefix="carbon-export-") as folder:
            path = Path(folder) / "file"
            async with databases.read(scope) as read:
                await exporting.write_export(read, account, year, kind, path)
            async for chunk in _stream(path):
                yield chunk

    return Download(file_name(account, "activity", year, kind), FORMATS[kind], chunks())
