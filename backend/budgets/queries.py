"""Reads of budgets. Row-level security decides which rows a caller sees; every list is one statement."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Executable, func, select, text, tuple_

from backend.budgets.models import (
    BudgetBalance,
    BudgetEntry,
    BudgetLine,
    BudgetPosting,
    BudgetProjection,
    BudgetReservation,
)
from backend.budgets.values import (
    Balance,
    EntryKind,
    EntryValue,
    KeptProjection,
    Level,
    LineValue,
    Method,
    Pocket,
    Posting,
    ReservationValue,
    ReservationYear,
    TestedYear,
)
from backend.kit.db import Read
from backend.kit.orm import Base
from backend.kit.scope import Scope

LineKey = tuple[str, UUID | None, str, int, int]
"""Division, key unit, sector, first and last year: there is one line of it."""
Place = tuple[str, UUID]
"""Division path and id of the last line seen."""


def of(table: type[Base], value: type[Any]) -> list[Any]:
    """Return a table's columns in the order of a value's fields."""
    return [table.__table__.columns[each.name] for each in fields(value)]


BALANCE = select(BudgetBalance.line_id, *of(BudgetBalance, Balance))
LINE = select(*of(BudgetLine, LineValue))
ENTRY = select(*of(BudgetEntry, EntryValue))


def line_of(row: Any) -> LineValue:  # noqa: ANN401 - a row
    """Return a row as a line."""
    given: dict[str, Any] = {**row._mapping, "level": Level(row.level), "method": Method(row.method)}  # noqa: SLF001 - SQLAlchemy's public name of a row's mapping
    return LineValue(**given)


def entry_of(row: Any) -> EntryValue:  # noqa: ANN401 - a row
    """Return a row as an entry."""
    given: dict[str, Any] = {**row._mapping, "kind": EntryKind(row.kind)}  # noqa: SLF001 - see above
    return EntryValue(**given)


async def _lines(read: Read, statement: Executable, parameters: Mapping[str, Any] | None = None) -> list[LineValue]:
    return [line_of(row) for row in await read.rows(statement, parameters)]


async def line(read: Read, _scope: Scope, line_id: UUID) -> LineValue | None:
    """Return a line, None where the caller sees none."""
    found = await _lines(read, LINE.where(BudgetLine.id == line_id))
    return found[0] if found else None


async def lines_by_id(read: Read, _scope: Scope, ids: list[UUID]) -> list[LineValue | None]:
    """Return the line of each id, None where the caller sees none; for a loader."""
    found = {each.id: each for each in await _lines(read, LINE.where(BudgetLine.id.in_(ids)))}
    return [found.get(each) for each in ids]


async def above(
    read: Read, _scope: Scope, path: str, years: Sequence[int], sectors: Sequence[str], on: date
) -> list[LineValue]:
    """Return the annual lines of divisions at or above a path, in force on a day, nearest first."""
    statement = (
        LINE.where(
            BudgetLine.account_id.is_(None), BudgetLine.first_year.in_(years),
            BudgetLine.last_year == BudgetLine.first_year, BudgetLine.sector.in_(sectors),
            BudgetLine.effective_on <= on, func.starts_with(path, BudgetLine.division_path),
        )
        .order_by(func.length(BudgetLine.division_path).desc(), BudgetLine.first_year, BudgetLine.sector)
    )  # fmt: skip
    return await _lines(read, statement)


async def of_spans(read: Read, _scope: Scope, first: int, last: int) -> list[LineValue]:
    """Return every visible line, annual or of five years, that lies within these years."""
    statement = LINE.where(BudgetLine.first_year >= first, BudgetLine.last_year <= last)
    return await _lines(read, statement.order_by(BudgetLine.division_path, BudgetLine.id))


async def lines_of_years(
    read: Read,
    _scope: Scope,
    first: int,
    last: int,
    *,
    under: str | None = None,
    sector: str | None = None,
    known_at: datetime | None = None,
    on: date | None = None,
    after: Place | None = None,
    limit: int,
) -> list[LineValue]:
    """Return the lines of exactly these years, a division before those below it."""
    path = BudgetLine.division_path.collate("C")
    statement = LINE.where(BudgetLine.first_year == first, BudgetLine.last_year == last)
    if under is not None:
        statement = statement.where(BudgetLine.division_path.startswith(under, autoescape=True))
    if sector is not None:
        statement = statement.where(BudgetLine.sector == sector)
    if known_at is not None:
        statement = statement.where(BudgetLine.approved_at <= known_at)
    if on is not None:
        statement = statement.where(BudgetLine.effective_on <= on)
    if after is not None:
        statement = statement.where(tuple_(path, BudgetLine.id) > after)
    return await _lines(read, statement.order_by(path, BudgetLine.id).limit(limit))


async def annual_lines(
    read: Read,
    _scope: Scope,
    years: Sequence[int],
    *,
    division_codes: Sequence[str] | None = None,
    account_ids: Sequence[UUID] | None = None,
    sector: str = "",
) -> list[LineValue]:
    """Return the annual lines of divisions, or of key units, in these years."""
    statement = LINE.where(
        BudgetLine.first_year.in_(years), BudgetLine.last_year == BudgetLine.first_year, BudgetLine.sector == sector
    )
    if division_codes is not None:
        statement = statement.where(BudgetLine.division_code.in_(division_codes), BudgetLine.account_id.is_(None))
    if account_ids is not None:
        statement = statement.where(BudgetLine.account_id.in_(account_ids))
    return await _lines(read, statement)


async def balances(read: Read, _scope: Scope, line_ids: Sequence[UUID]) -> dict[UUID, Balance]:
    """Return the balances of lines as they are now."""
    rows = await read.rows(BALANCE.where(BudgetBalance.line_id.in_(line_ids)))
    return {row[0]: Balance(*row[1:]) for row in rows}


_AS_OF = text("""
select p.line_id, p.pocket, sum(p.tonnes) as tonnes
from budget_posting p join budget_entry e on e.id = p.entry_id
where p.line_id = any(:lines) and e.recorded_at <= :known_at and e.effective_on <= :on
group by p.line_id, p.pocket""")


async def balances_as_of(
    read: Read, _scope: Scope, line_ids: Sequence[UUID], *, known_at: datetime, on: date
) -> dict[UUID, Balance]:
    """Return the balances of lines from the entries recorded up to a moment and in effect on a day.

    A line nothing is booked on by then is left out.
    """
    rows = await read.rows(_AS_OF, {"lines": list(line_ids), "known_at": known_at, "on": on})
    found: dict[UUID, dict[str, Decimal]] = {}
    for row in rows:
        found.setdefault(row.line_id, {})[row.pocket] = row.tonnes
    return {line_id: Balance(**parts) for line_id, parts in found.items()}


async def reservation(read: Read, _scope: Scope, reservation_id: UUID) -> ReservationValue | None:
    """Return a reservation, None where the caller sees none."""
    rows = await read.rows(
        select(*of(BudgetReservation, ReservationValue)).where(BudgetReservation.id == reservation_id)
    )
    return ReservationValue(*rows[0]) if rows else None


async def reservations(
    read: Read, _scope: Scope, *, under: str | None, after: tuple[datetime, UUID] | None, limit: int
) -> list[ReservationValue]:
    """Return reservations, the newest first."""
    statement = (
        select(*of(BudgetReservation, ReservationValue))
        .order_by(BudgetReservation.recorded_at.desc(), BudgetReservation.id.desc())
        .limit(limit)
    )
    if under is not None:
        statement = statement.where(BudgetReservation.division_path.startswith(under, autoescape=True))
    if after is not None:
        statement = statement.where(tuple_(BudgetReservation.recorded_at, BudgetReservation.id) < after)
    return [ReservationValue(*row) for row in await read.rows(statement)]


_HELD = text("""
select e.reservation_id, p.line_id, l.first_year as year, l.sector,
       coalesce(sum(p.tonnes) filter (where p.pocket = 'reserved'), 0) as reserved,
       coalesce(sum(p.tonnes) filter (where p.pocket = 'posted'), 0) as posted
from budget_entry e join budget_posting p on p.entry_id = e.id join budget_line l on l.id = p.line_id
where e.reservation_id = any(:ids)
group by e.reservation_id, p.line_id, l.first_year, l.sector
order by l.first_year, l.sector""")


async def held_lines(read: Read, _scope: Scope, reservation_id: UUID) -> dict[UUID, tuple[int, Decimal]]:
    """Return, for each line a reservation drew on, its year and what is held there now."""
    rows = await read.rows(_HELD, {"ids": [reservation_id]})
    return {row.line_id: (row.year, row.reserved) for row in rows}


async def reservation_years(read: Read, _scope: Scope, ids: list[UUID]) -> list[list[ReservationYear]]:
    """Return what each reservation holds, by year, of budgets over all sectors; for a loader."""
    found: dict[UUID, list[ReservationYear]] = {each: [] for each in ids}
    for row in await read.rows(_HELD, {"ids": ids}):
        if not row.sector:
            found[row.reservation_id].append(
                ReservationYear(row.reservation_id, row.line_id, row.year, row.reserved, row.posted)
            )
    return [found[each] for each in ids]


_OPEN = text("""
select r.id from budget_reservation r
where r.reference_kind = :kind and r.reference_id = :id and (
    select coalesce(sum(p.tonnes), 0) from budget_entry e join budget_posting p on p.entry_id = e.id
    where e.reservation_id = r.id and p.pocket = 'reserved') > 0
limit 1""")


async def open_reservation(read: Read, _scope: Scope, kind: str, reference_id: UUID) -> UUID | None:
    """Return the reservation that still holds tonnes for something, or None."""
    return await read.value(_OPEN, {"kind": kind, "id": reference_id})


async def entries(
    read: Read,
    _scope: Scope,
    *,
    line_id: UUID | None = None,
    under: str | None = None,
    kinds: Sequence[str] = (),
    after: tuple[datetime, UUID] | None = None,
    limit: int,
) -> list[EntryValue]:
    """Return entries of the ledger, the newest first: of a line, of divisions under a path, or all that are visible."""
    statement = ENTRY.order_by(BudgetEntry.recorded_at.desc(), BudgetEntry.id.desc()).limit(limit)
    if line_id is not None:
        statement = statement.where(
            BudgetEntry.id.in_(select(BudgetPosting.entry_id).where(BudgetPosting.line_id == line_id))
        )
    if under is not None:
        touched = select(BudgetPosting.entry_id).join(BudgetLine, BudgetLine.id == BudgetPosting.line_id)
        statement = statement.where(
            BudgetEntry.id.in_(touched.where(BudgetLine.division_path.startswith(under, autoescape=True)))
        )
    if kinds:
        statement = statement.where(BudgetEntry.kind.in_(kinds))
    if after is not None:
        statement = statement.where(tuple_(BudgetEntry.recorded_at, BudgetEntry.id) < after)
    return [entry_of(row) for row in await read.rows(statement)]


async def postings_of(read: Read, _scope: Scope, entry_ids: list[UUID]) -> list[list[Posting]]:
    """Return the visible postings of each entry; for a loader."""
    rows = await read.rows(
        select(BudgetPosting.entry_id, BudgetPosting.line_id, BudgetPosting.pocket, BudgetPosting.tonnes)
        .where(BudgetPosting.entry_id.in_(entry_ids))
        .order_by(BudgetPosting.line_id, BudgetPosting.pocket)
    )
    found: dict[UUID, list[Posting]] = {each: [] for each in entry_ids}
    for row in rows:
        found[row.entry_id].append(Posting(row.line_id, Pocket(row.pocket), row.tonnes))
    return [found[each] for each in entry_ids]


BookedRow = tuple[EntryValue, Posting]
"""A posting and the entry it is of."""


async def booked(read: Read, _scope: Scope, line_ids: Sequence[UUID], *, limit: int) -> list[BookedRow]:
    """Return every posting on lines with its entry, the oldest first."""
    statement = (
        select(*of(BudgetEntry, EntryValue), BudgetPosting.line_id, BudgetPosting.pocket, BudgetPosting.tonnes)
        .join(BudgetPosting, BudgetPosting.entry_id == BudgetEntry.id)
        .where(BudgetPosting.line_id.in_(line_ids))
        .order_by(BudgetEntry.recorded_at, BudgetEntry.id, BudgetPosting.line_id, BudgetPosting.pocket)
        .limit(limit)
    )
    found: list[BookedRow] = []
    for row in await read.rows(statement):
        given: dict[str, Any] = dict(row._mapping)  # noqa: SLF001 - see above
        posting = Posting(given.pop("line_id"), Pocket(given.pop("pocket")), given.pop("tonnes"))
        given["kind"] = EntryKind(row.kind)
        found.append((EntryValue(**given), posting))
    return found


async def projections(
    read: Read, _scope: Scope, line_id: UUID, *, after: tuple[datetime, UUID] | None = None, limit: int
) -> list[KeptProjection]:
    """Return the projections kept of a line, the newest first."""
    statement = (
        select(*of(BudgetProjection, KeptProjection))
        .where(BudgetProjection.line_id == line_id)
        .order_by(BudgetProjection.kept_at.desc(), BudgetProjection.id.desc())
        .limit(limit)
    )
    if after is not None:
        statement = statement.where(tuple_(BudgetProjection.kept_at, BudgetProjection.id) < after)
    return [_projection(row) for row in await read.rows(statement)]


async def projections_of(
    read: Read, _scope: Scope, line_ids: Sequence[UUID], *, most: int
) -> dict[UUID, list[KeptProjection]]:
    """Return the newest projections kept of each line, at most so many of one, the newest first. One statement."""
    newest = (
        func.row_number()
        .over(
            partition_by=BudgetProjection.line_id,
            order_by=(BudgetProjection.kept_at.desc(), BudgetProjection.id.desc()),
        )
        .label("place")
    )
    inner = (
        select(*of(BudgetProjection, KeptProjection), newest).where(BudgetProjection.line_id.in_(line_ids)).subquery()
    )
    kept = [inner.c[each.name] for each in fields(KeptProjection)]
    statement = select(*kept).where(inner.c.place <= most).order_by(inner.c.line_id, inner.c.place)
    found: dict[UUID, list[KeptProjection]] = {}
    for row in await read.rows(statement):
        found.setdefault(row.line_id, []).append(_projection(row))
    return found


def _projection(row: Any) -> KeptProjection:  # noqa: ANN401 - a row
    tested = tuple(
        TestedYear(each["year"], Decimal(each["projected"]), Decimal(each["actual"]), Decimal(each["error"]))
        for each in row.tested
    )
    given: dict[str, Any] = {**row._mapping, "missing": tuple(row.missing), "tested": tested}  # noqa: SLF001 - see above
    return KeptProjection(**given)
