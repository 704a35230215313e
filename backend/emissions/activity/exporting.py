"""Records out, in the layout they come in: importing an export again, unchanged, changes nothing.

A file is written row by row. What a year's export holds are the ends
of its chains, whatever was decided on them: exactly what a row of an import is compared with.
"""

import asyncio
import csv
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Self
from uuid import UUID

from sqlalchemy import text

from backend.emissions.activity import cells
from backend.emissions.activity.cells import Cell
from backend.emissions.activity.columns import Column, layout
from backend.emissions.activity.directory import Directory, Meter, Source
from backend.emissions.activity.errors import FormatUnknown
from backend.emissions.activity.reading import CSV, XLSX, guarded
from backend.emissions.activity.workbook import ActivityWorkbook
from backend.emissions.models import ActivityRecord
from backend.kit.clock import today
from backend.kit.db import Read
from backend.kit.months import Month, months_of

FORMATS = {"xlsx": XLSX, "csv": CSV}
CHUNK_ROWS = 2000

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
    return format(value, "f") if hasattr(value, "as_tuple") else str(value)


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


async def taken_months(read: Read, account: Directory, year: int) -> set[Any]:
    """Return (source, meter, month) of the year's records that stand."""
    found = await read.rows(text(TAKEN), _bound(account.account_id, year))
    return {(each.source_id, each.meter_id, each.month) for each in found}


def write_template(account: Directory, year: int | None, taken: set[Any], kind: str, path: Path) -> None:
    """Write an account's template to a path; with an open year, prefilled with what can still be entered.

    Raises:
        FormatUnknown: neither `xlsx` nor `csv`.
    """
    columns = layout(account.methods)
    with sheet(path, account, columns, kind) as out:
        out.titles()
        if year is not None and account.years.get(year) is False:
            for values in empty_rows(account, columns, year, taken):
                out.row(values)


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
