"""Reads of yearly figures: those that counted at a moment, for many accounts and years in one statement."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, text, tuple_

from backend.accounts.models import YearFigure
from backend.accounts.values import FigureKind, FigureValue
from backend.kit.db import Read
from backend.kit.scope import Scope

COLUMNS = (
    "account_id, id, year, kind, product, quantity, unit, evidence_id, note, recorded_at, recorded_by, supersedes_id,"
    " is_main, is_withdrawn"
)

STANDING = text(f"""
select * from (
    select distinct on (a.place, f.kind, f.product) a.place, {", ".join(f"f.{each}" for each in COLUMNS.split(", "))}
    from unnest(cast(:accounts as uuid[]), cast(:years as bigint[]), cast(:moments as timestamptz[]))
        with ordinality as a(of_account, of_year, moment, place)
    join year_figure f on f.account_id = a.of_account and f.year = a.of_year
        and (a.moment is null or f.recorded_at <= a.moment)
    order by a.place, f.kind, f.product, f.recorded_at desc, f.id desc
) newest
where not is_withdrawn
order by place, is_main desc, product""")

_ORDER = {kind: place for place, kind in enumerate(FigureKind)}


@dataclass(frozen=True, slots=True)
class FiguresKey:
    """The figures of one account and year as they were known at a moment; None is now."""

    account_id: UUID
    year: int
    as_of: datetime | None = None


async def figures(
    read: Read, scope: Scope, account_ids: Sequence[UUID], years: Sequence[int], as_of: datetime | None = None
) -> dict[tuple[UUID, int], list[FigureValue]]:
    """Return the figures of each account and year that stood at `as_of` (None: now), by kind, the main product first.

    Years without figures are left out. One statement.

    Raises:
        Unauthenticated, Forbidden: without `accounts:read`.
    """
    keys = [FiguresKey(one, year, as_of) for one in dict.fromkeys(account_ids) for year in dict.fromkeys(years)]
    found = await figures_batch(read, scope, keys)
    return {(key.account_id, key.year): rows for key, rows in zip(keys, found, strict=True) if rows}


async def figures_batch(read: Read, scope: Scope, keys: Sequence[FiguresKey]) -> list[list[FigureValue]]:
    """Return the standing figures of each key; for a loader. Raises Unauthenticated, Forbidden."""
    scope.require("accounts:read")
    asked = {
        "accounts": [key.account_id for key in keys], "years": [key.year for key in keys],
        "moments": [key.as_of for key in keys],
    }  # fmt: skip
    grouped: defaultdict[int, list[FigureValue]] = defaultdict(list)
    for row in await read.rows(STANDING, asked) if keys else ():
        grouped[row.place].append(_value(*list(row)[1:]))
    return [sorted(grouped[place], key=lambda each: _ORDER[each.kind]) for place, _ in enumerate(keys, 1)]


async def newest(read: Read, account_id: UUID, year: int) -> dict[tuple[FigureKind, str], FigureValue]:
    """Return the last word on each figure of a year, withdrawn ones too: what a correction follows."""
    rows = await read.rows(
        text(
            f"select distinct on (kind, product) {COLUMNS} from year_figure"
            " where account_id = :account_id and year = :year"
            " order by kind, product, recorded_at desc, id desc"
        ),
        {"account_id": account_id, "year": year},
    )
    return {(value.kind, value.product): value for value in (_value(*row) for row in rows)}


async def figures_by_id(read: Read, scope: Scope, keys: list[tuple[UUID, UUID]]) -> list[FigureValue | None]:
    """Return the figure of each (account, figure), None for an invisible one; for a loader."""
    columns = [YearFigure.__table__.columns[each] for each in COLUMNS.split(", ")]
    rows = await read.rows(select(*columns).where(tuple_(YearFigure.account_id, YearFigure.id).in_(keys)))
    found = {(row.account_id, row.id): _value(*row) for row in rows}
    return [found.get(key) for key in keys]


def _value(account_id: UUID, own_id: UUID, year: int, kind: str, *rest: Any) -> FigureValue:  # noqa: ANN401 - the rest of a row of `COLUMNS`
    return FigureValue(account_id, own_id, year, FigureKind(kind), *rest)
