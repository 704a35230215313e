"""Records out, in the layout they come in: importing an export again, unchanged, changes nothing.

A file is written row by row to a temporary place and streamed from there. What a year's export holds are the ends
of its chains, whatever was decided on them: exactly what a row of an import is compared with.
"""

import asyncio
import csv
import tempfile
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Self
from uuid import UUID

from sqlalchemy import text

from backend.emissions.activity import cells
from backend.emissions.activity.cells import Cell
from backend.emissions.activity.columns import Column, layout
from backend.emissions.activity.directory import Directory, Meter, Source, directory
from backend.emissions.activity.errors import FormatUnknown
from backend.emissions.activity.reading import CSV, XLSX, guarded
from backend.emissions.activity.workbook import ActivityWorkbook
from backend.emissions.models import ActivityRecord
from backend.kit.clock import today
from backend.kit.db import Databases, Read
from backend.kit.months import Month, months_of
from backend.kit.scope import Scope

FORMATS = {"xlsx": XLSX, "csv": CSV}
CHUNK_ROWS = 2000
CHUNK_BYTES = 256 * 1024

HEADS = """
select r.id, r.source_id, r.meter_id, r.month, r.quantity, r.unit, r.tier, r.parameters, r.evidence_id, r.note
from activity_record r
where r.account_id = :account_id and r.month between :first and :last and not r.is_withdrawn
    and not exists (select from activity_record n where n.account_id = r.account_id and n.supersedes_id = r.id)
order by r.month, r.source_id, r.meter_id, r.id"""

TAKEN = """
select distinct source_id, meter_id, month from activity_record r
where account_id = :account_id and month between :first and :last and not is_withdrawn
    and not exists (select from activity_record n where n.account_id = r.account_id and n.supersedes_id = r.id)"""


@dataclass(frozen=True, slots=True)
class Download:
    """A file for a caller: its name, its type, and its bytes when they are asked for."""

    file_name: str
    media_type: str
    chunks: AsyncIterator[bytes]


class CsvSheet:
    """Rows as CSV: UTF-8 with its mark, because spreadsheets take anything else for their own code page."""

    def __init__(self, path: Path, columns: Sequence[Column]) -> None:
        self._file = path.open("w", encoding="utf-8-sig", newline="")
        self._writer = csv.writer(self._file)
        self._columns = columns

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def titles(self) -> None:
        """Write the keys."""
        self._writer.writerow([column.key for column in self._columns])

    def row(self, values: Sequence[Cell]) -> None:
        """Write one row."""
        self._writer.writerow([guarded(value) if isinstance(value, str) else _written(value) for value in values])


def _written(value: Cell) -> str:
    if value is None:
        return ""
    return format(value, "f") if hasattr(value, "as_tuple") else str(value)  # type: ignore[arg-type]


Sheet = ActivityWorkbook | CsvSheet


def sheet(path: Path, account: Directory, columns: Sequence[Column], kind: str) -> Sheet:
    """Return the sheet of a format.

    Raises:
        FormatUnknown: neither `xlsx` nor `csv`.
    """
    if kind == "xlsx":
        return ActivityWorkbook(path, account, columns)
    if kind == "csv":
        return CsvSheet(path, columns)
    raise FormatUnknown(value=kind)


def _values(columns: Sequence[Column], known: dict[str, Cell]) -> list[Cell]:
    return [known.get(column.key) for column in columns]


def _of_source(source: Source, meter: str | None, month: date) -> dict[str, Cell]:
    return {
        "site": source.site.code, "source": source.code, "source_name": source.name, "meter": meter,
        "month": f"{month:%Y-%m}",
    }  # fmt: skip


def record_values(account: Directory, columns: Sequence[Column], row: Any) -> list[Cell]:  # noqa: ANN401 - a row
    """Return a stored record as a row of a file."""
    source = account.source_by_id[row.source_id]
    meter = account.meter_codes[row.meter_id] if row.meter_id else None
    known = _of_source(source, meter, row.month)
    known |= {"quantity": row.quantity, "unit": row.unit, "tier": row.tier, "note": row.note, "record": str(row.id)}
    if row.evidence_id:
        known["evidence"] = account.evidence[row.evidence_id]
    for name, value in (row.parameters or {}).items():
        is_number = source.method.parameter(name) is not None
        known[name] = cells.number(value, name) if is_number else str(value)
    return _values(columns, known)


def empty_rows(account: Directory, columns: Sequence[Column], year: int, taken: set[Any]) -> Iterable[list[Cell]]:
    """Give a template's rows of a year: every source and meter that is in use, every month that has begun."""
    this_month = Month.of(today())
    for month in months_of(year):
        if month > this_month:
            return
        first = month.first_day
        for source in account.sources.values():
            if source.ended_on is not None and first > source.ended_on:
                continue
            meters: list[Meter | None] = [*source.meters.values()] or [None]
            for meter in meters:
                if (source.id, meter.id if meter else None, first) in taken:
                    continue
                unit = meter.unit if meter else source.unit
                yield _values(columns, {**_of_source(source, meter.code if meter else None, first), "unit": unit})


def file_name(account: Directory, what: str, year: int | None, kind: str) -> str:
    """Return a file's name: what it is, whose, which year."""
    return "-".join(filter(None, (what, account.number, str(year) if year else ""))) + f".{kind}"


@asynccontextmanager
async def _file(kind: str) -> AsyncGenerator[Path]:
    with tempfile.TemporaryDirectory(prefix="carbon-export-") as folder:
        yield Path(folder) / f"file.{kind}"


async def _stream(path: Path) -> AsyncIterator[bytes]:
    with path.open("rb") as file:
        while chunk := await asyncio.to_thread(file.read, CHUNK_BYTES):
            yield chunk


async def template(
    databases: Databases, scope: Scope, account_id: UUID, *, year: int | None = None, kind: str = "xlsx"
) -> Download:
    """Return an account's template; with a year, its rows are prefilled with what can still be entered.

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
        taken: set[Any] = set()
        if year is not None:
            found = await read.rows(text(TAKEN), _bound(account_id, year))
            taken = {(each.source_id, each.meter_id, each.month) for each in found}
    columns = layout(account.methods)

    def write(path: Path) -> None:
        with sheet(path, account, columns, kind) as out:
            out.titles()
            for values in empty_rows(account, columns, year, taken) if year is not None else ():
                out.row(values)

    async def chunks() -> AsyncIterator[bytes]:
        async with _file(kind) as path:
            await asyncio.to_thread(write, path)
            async for chunk in _stream(path):
                yield chunk

    return Download(file_name(account, "activity-template", year, kind), FORMATS[kind], chunks())


def _bound(account_id: UUID, year: int | None) -> dict[str, Any]:
    first, last = (date(1900, 1, 1), date(2199, 12, 1)) if year is None else (date(year, 1, 1), date(year, 12, 1))
    return {"account_id": account_id, "first": first, "last": last}


async def write_export(read: Read, account: Directory, year: int | None, kind: str, path: Path) -> int:
    """Write a year's records (all, without a year) to a path; return how many."""
    columns = layout(account.methods)
    out = sheet(path, account, columns, kind)
    count = 0

    def put(rows: Sequence[Any]) -> None:
        for row in rows:
            out.row(record_values(account, columns, row))

    await asyncio.to_thread(out.__enter__)
    try:
        await asyncio.to_thread(out.titles)
        result = await read.connection.stream(_typed(), _bound(account.account_id, year))
        async for rows in result.partitions(CHUNK_ROWS):
            await asyncio.to_thread(put, rows)
            count += len(rows)
    finally:
        await asyncio.to_thread(out.__exit__, None, None, None)
    return count


def _typed() -> Any:  # noqa: ANN401 - a statement with the table's own column types
    names = ("id", "source_id", "meter_id", "month", "quantity", "unit", "tier", "parameters", "evidence_id", "note")
    return text(HEADS).columns(*(ActivityRecord.__table__.columns[name] for name in names))


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
        async with _file(kind) as path:
            async with databases.read(scope) as read:
                await write_export(read, account, year, kind, path)
            async for chunk in _stream(path):
                yield chunk

    return Download(file_name(account, "activity", year, kind), FORMATS[kind], chunks())
