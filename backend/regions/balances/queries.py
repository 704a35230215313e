"""Reads of energy balances, and what those in force come to."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import JSONB

from backend.factors import service as factors
from backend.kit.clock import CHINA
from backend.kit.db import Read
from backend.kit.scope import Scope
from backend.regions.balances import emissions, rules
from backend.regions.balances.values import Assumption, BalanceValue, Cell, Flow, LineKind, TopDown
from backend.regions.errors import BalanceNotFound

COLUMNS = (
    "b.id, b.division_code, b.division_path, b.year, b.version, b.fuel_table, b.assumptions, b.document,"
    " b.document_number, b.document_date, b.note, b.recorded_at, b.recorded_by, d.is_accepted,"
    " d.reason as decision_reason, d.decided_at, d.decided_by"
)
FROM = "region_balance b left join region_balance_decision d on d.balance_id = b.id"
IN_FORCE = text(f"""
select distinct on (division_code, year) {COLUMNS} from {FROM}
where division_code = any(cast(:codes as text[])) and year = any(cast(:years as bigint[])) and d.is_accepted
order by division_code, year, version desc""").columns(assumptions=JSONB)
VERSIONS = text(f"""
select {COLUMNS} from {FROM}
where (cast(:code as text) is null or division_code = :code) and (cast(:year as bigint) is null or year = :year)
    and (cast(:is_awaiting as boolean) is null or (d.is_accepted is null) = cast(:is_awaiting as boolean))
    and (cast(:after_at as timestamptz) is null or (recorded_at, id) < (:after_at, cast(:after_id as uuid)))
order by recorded_at desc, id desc
limit :limit""").columns(assumptions=JSONB)
BY_ID = text(f"select {COLUMNS} from {FROM} where b.id = any(cast(:ids as uuid[]))").columns(assumptions=JSONB)
CELLS = text("""
select balance_id, flow, energy, quantity, unit, sector from region_balance_cell
where balance_id = any(cast(:ids as uuid[]))
order by balance_id, flow, sector, energy""")


def _value(row: Any) -> BalanceValue:  # noqa: ANN401 - a row of `COLUMNS`
    given: dict[str, Any] = {**row._mapping, "assumptions": [Assumption(**each) for each in row.assumptions]}  # noqa: SLF001 - a row's public spelling as a mapping
    return BalanceValue(**given)


async def balances(
    read: Read, scope: Scope, *, division_code: str | None = None, year: int | None = None,
    is_awaiting: bool | None = None, after: tuple[Any, UUID] | None = None, limit: int,
) -> list[BalanceValue]:  # fmt: skip
    """Return versions of energy balances, the newest recorded first; `is_awaiting`: only those without a decision, or with one.

    Raises Unauthenticated, Forbidden.
    """
    scope.require("regions:read")
    asked = {
        "code": division_code, "year": year, "limit": limit, "is_awaiting": is_awaiting, "after_at": after[0] if after else None,
        "after_id": after[1] if after else None,
    }  # fmt: skip
    return [_value(row) for row in await read.rows(VERSIONS, asked)]


async def balance_batch(read: Read, scope: Scope, ids: list[UUID]) -> list[BalanceValue | None]:
    """Return the balance of each id, None for an invisible one; for a loader."""
    scope.require("regions:read")
    found = {row.id: _value(row) for row in await read.rows(BY_ID, {"ids": ids})}
    return [found.get(each) for each in ids]


async def cell_batch(read: Read, scope: Scope, ids: list[UUID]) -> list[list[Cell]]:
    """Return the cells of each balance; for a loader."""
    scope.require("regions:read")
    found: defaultdict[UUID, list[Cell]] = defaultdict(list)
    for row in await read.rows(CELLS, {"ids": ids}):
        found[row.balance_id].append(Cell(Flow(row.flow), row.energy, row.quantity, row.unit, row.sector))
    return [found[each] for each in ids]


async def top_down(read: Read, scope: Scope, division_code: str, year: int) -> TopDown | None:
    """Return what a division's energy balance in force comes to; None where none was entered.

    Raises:
        Unauthenticated, Forbidden: without `regions:read`.
    """
    return (await top_downs(read, scope, division_code, [year])).get(year)


async def top_downs(read: Read, scope: Scope, division_code: str, years: Sequence[int]) -> dict[int, TopDown]:
    """Return what a division's energy balances in force come to, by year; years without one are left out.

    Raises:
        Unauthenticated, Forbidden: without `regions:read`.
    """
    found = await top_downs_of(read, scope, [division_code], years)
    return {year: each for (_, year), each in found.items()}


async def top_downs_of(
    read: Read, scope: Scope, division_codes: Sequence[str], years: Sequence[int]
) -> dict[tuple[str, int], TopDown]:
    """Return what energy balances in force come to, by division and year; where there is none, nothing is told.

    Raises:
        Unauthenticated, Forbidden: without `regions:read`.
    """
    scope.require("regions:read")
    rows = await read.rows(IN_FORCE, {"codes": list(division_codes), "years": list(years)})
    values = [_value(row) for row in rows]
    made = await _computed(read, scope, values)
    return {(each.division_code, each.year): above for each, above in zip(values, made, strict=True)}


async def computed(read: Read, scope: Scope, balance_id: UUID) -> TopDown:
    """Return what one version comes to. Raises Unauthenticated, Forbidden, BalanceNotFound."""
    [value] = await balance_batch(read, scope, [balance_id])
    if value is None:
        raise BalanceNotFound
    return (await _computed(read, scope, [value]))[0]


async def _computed(read: Read, scope: Scope, values: Sequence[BalanceValue]) -> list[TopDown]:
    if not values:
        return []
    cells = await cell_batch(read, scope, [each.id for each in values])
    # The factors are the product's own reference: whoever may read the balance may be told what it comes to.
    system = scope.as_system()
    grid = await factors.grid_region_of(read, system, values[0].division_code)
    found: list[TopDown] = []
    books: dict[datetime, factors.Book] = {}
    for value, kept in zip(values, cells, strict=True):
        day = value.recorded_at.astimezone(CHINA).date()
        # Versions entered together (an import of many years) were reckoned with the same book.
        book = books.get(value.recorded_at)
        if book is None:
            book = books[value.recorded_at] = await factors.book(
                read, system, published_by=day, known_at=value.recorded_at, names=list(emissions.FAMILIES)
            )
        asked = emissions.Factors(
            book, day.replace(value.year, 7, 1), value.fuel_table, value.division_code[:2] + "0000", grid,
            {each.energy: each for each in value.assumptions},
        )  # fmt: skip
        lines = emissions.lines(kept, asked)
        found.append(
            TopDown(
                balance=value, lines=lines, direct=emissions.total(lines, LineKind.DIRECT),
                net_inflow=emissions.total(lines, LineKind.NET_INFLOW),
                recovered=emissions.total(lines, LineKind.RECOVERED),
                is_complete=all(each.tonnes is not None for each in lines),
                by_flow=emissions.by_flow(lines), by_sector=emissions.by_sector(lines), gaps=rules.gaps(kept),
            )
        )  # fmt: skip
    return found
