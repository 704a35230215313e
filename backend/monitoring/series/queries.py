"""Reads behind the monthly series: like with like, and when data came in. Row-level security leaves each its own subtree."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import text

from backend.kit.db import Read
from backend.kit.scope import Scope
from backend.monitoring.series.values import LikeMonth

# Every account that had the month a year before; what it has now, if it has, is beside it.
LIKE = text("""
select b.division_path, b.sector, (b.month + interval '1 year')::date as month, count(*) as usual,
    count(m.account_id) as accounts,
    coalesce(sum(m.scope1), 0), coalesce(sum(m.scope2_location), 0),
    coalesce(sum(b.scope1) filter (where m.account_id is not null), 0),
    coalesce(sum(b.scope2_location) filter (where m.account_id is not null), 0)
from region_account_month b
left join region_account_month m
    on m.account_id = b.account_id and m.month = (b.month + interval '1 year')::date
where b.month between (cast(:first as date) - interval '1 year')::date and (cast(:last as date) - interval '1 year')::date
    and starts_with(b.division_path, :under)
    and (cast(:sector as text) is null or b.sector = cast(:sector as text))
group by b.division_path, b.sector, b.month
order by b.division_path, b.sector, b.month""")

INPUTS = text("""
select m.division_path, m.sector, max(i.as_of) as at
from (
    select distinct account_id, inventory_id, division_path, sector from region_account_month
    where month between :first and :last and starts_with(division_path, :under)
) m
join inventory i on i.account_id = m.account_id and i.id = m.inventory_id
group by m.division_path, m.sector""")


async def like_months(
    read: Read, scope: Scope, first: date, last: date, under: str, sector: str | None = None
) -> list[LikeMonth]:
    """Return, by division, sector and month, what the accounts that have both years came to. One statement.

    Raises:
        Unauthenticated, Forbidden: without `regions:read`.
    """
    scope.require("regions:read")
    asked = {"first": first, "last": last, "under": under, "sector": sector}
    return [LikeMonth(*row) for row in await read.rows(LIKE, asked)]


async def latest_inputs(
    read: Read, scope: Scope, first: date, last: date, under: str
) -> dict[tuple[str, str], datetime]:
    """Return, by division and sector, up to when the newest counted inventory took in what was entered. One statement.

    Raises:
        Unauthenticated, Forbidden: without `regions:read`.
    """
    scope.require("regions:read")
    rows = await read.rows(INPUTS, {"first": first, "last": last, "under": under})
    return {(row.division_path, row.sector): row.at for row in rows}


AUTHORITIES = text("""
select o.id, o.division_path from organisation o
where o.kind = 'authority' and o.suspended_at is null and starts_with(:path, o.division_path)
order by length(o.division_path) desc, o.created_at, o.id""")


async def authorities_over(read: Read, _scope: Scope, path: str) -> list[tuple[UUID, str]]:
    """Return the authorities at or above a division with their regions, the nearest first, the oldest of them first."""
    return [(row.id, row.division_path) for row in await read.rows(AUTHORITIES, {"path": path})]
