"""What is known of a group of accounts: who they are, their verified months, their electricity. A statement a question."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import text

from backend.accounts import service as accounts
from backend.accounts.values import FigureKind
from backend.emissions import service as emissions
from backend.kit.db import Read
from backend.kit.scope import Scope
from backend.monitoring.estimates.values import Point
from backend.regions import service as regions

NOBODY = UUID(int=0)
"""Comes before every account."""
REVENUE_YEARS = 2
"""A revenue of the month's year or one of so many years before counts, the newest first."""
RECORDS, GRID = "records", "grid"

_CHUNK = text("""
select id, division_code, division_path, sector from carbon_account
where starts_with(division_path, :under) and closed_at is null and id > :after order by id limit :limit""")
_COUNT = text("select count(*) from carbon_account where starts_with(division_path, :under) and closed_at is null")
_LISTED = text("""
select distinct on (account_id) account_id, is_large from large_industry_entry
where account_id = any(cast(:account_ids as uuid[])) and recorded_at <= :as_of
order by account_id, recorded_at desc, id desc""")
_GRID = text("""
select distinct on (account_id, month) account_id, month, mwh, recorded_at from electricity_entry
where account_id = any(cast(:account_ids as uuid[])) and month between :first and :last and recorded_at <= :as_of
order by account_id, month, recorded_at desc, id desc""")


@dataclass(frozen=True, slots=True)
class Subject:
    """An open account and where it stands."""

    id: UUID
    division_code: str
    division_path: str
    sector: str


@dataclass(frozen=True, slots=True)
class Reading:
    """A month's electricity: what the holder entered, or, where nothing was, what the grid company told."""

    mwh: Decimal
    source: str


@dataclass(frozen=True, slots=True)
class History:
    """An account's verified months with electricity, and the electricity of months that are not verified yet."""

    points: Sequence[Point]
    waiting: dict[date, Reading]


async def count(read: Read, under: str) -> int:
    """Return how many open accounts lie below a division."""
    return await read.value(_COUNT, {"under": under})


async def subjects(read: Read, under: str, after: UUID, limit: int) -> list[Subject]:
    """Return the next open accounts below a division."""
    return [Subject(*row) for row in await read.rows(_CHUNK, {"under": under, "after": after, "limit": limit})]


async def histories(
    read: Read, scope: Scope, account_ids: Sequence[UUID], first: date, last: date, as_of: datetime
) -> dict[UUID, History]:
    """Return what models are fitted on and asked about. Four statements for all accounts.

    A verified month is no point where its holder entered no electricity, or sold more than it bought.
    """
    months = await regions.account_months(read, scope, account_ids, first, last)
    own = await emissions.electricity_months(read, scope, account_ids, first, last, as_of)
    told = await grid(read, account_ids, first, last, as_of)
    found: dict[UUID, History] = {}
    for account_id in account_ids:
        readings, verified = own[account_id], {each.month for each in months[account_id] if each.is_verified}
        points = [
            Point(each.month, readings[each.month].mwh, each.scope1, each.scope2_location, each.inventory_id)
            for each in months[account_id]
            if each.is_verified and each.month in readings and readings[each.month].mwh >= 0
        ]
        waiting = {month: Reading(mwh, GRID) for month, mwh in told.get(account_id, {}).items()}
        waiting |= {month: Reading(each.mwh, RECORDS) for month, each in readings.items()}
        found[account_id] = History(points, {each: waiting[each] for each in sorted(waiting) if each not in verified})
    return found


async def grid(
    read: Read, account_ids: Sequence[UUID], first: date, last: date, as_of: datetime
) -> dict[UUID, dict[date, Decimal]]:
    """Return the electricity the grid company told, in MWh, by account and month. One statement."""
    asked = {"account_ids": list(account_ids), "first": first, "last": last, "as_of": as_of}
    found: dict[UUID, dict[date, Decimal]] = {}
    for row in await read.rows(_GRID, asked):
        found.setdefault(row.account_id, {})[row.month] = row.mwh
    return found


async def listed(read: Read, account_ids: Sequence[UUID], as_of: datetime) -> dict[UUID, bool]:
    """Return what the authority's roster says of accounts. One statement."""
    rows: Sequence[Any] = await read.rows(_LISTED, {"account_ids": list(account_ids), "as_of": as_of})
    return {row.account_id: row.is_large for row in rows}


async def revenues(
    read: Read, scope: Scope, account_ids: Sequence[UUID], year: int, as_of: datetime
) -> dict[UUID, Decimal]:
    """Return each account's newest yearly revenue (CNY) of the last years. One statement."""
    years = [year - back for back in range(REVENUE_YEARS + 1)]
    figures = await accounts.figures(read, scope, account_ids, years, as_of)
    found: dict[UUID, Decimal] = {}
    for each in reversed(years):
        for account_id in account_ids:
            for figure in figures.get((account_id, each), ()):
                if figure.kind is FigureKind.REVENUE:
                    found[account_id] = figure.quantity
    return found
