"""Reads of the roll-ups. Row-level security leaves an authority its own subtree, an enterprise its own accounts."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import text

from backend.kit.db import Read
from backend.kit.scope import Scope
from backend.regions.values import AccountMonth, AccountYear, RegionMonth, RegionYear, Standing


def _asked(table: str) -> str:
    """Return the test for rows of the asked subtree and sectors; None does not restrict."""
    return (
        f"(cast(:under as text) is null or starts_with({table}.division_path, :under))"
        f" and (cast(:sectors as text[]) is null or {table}.sector = any(cast(:sectors as text[])))"
    )


MONTHS = text(f"""
select division_code, division_path, sector, month, accounts, verified_accounts, scope1, scope2_location, scope2_market,
    energy_tce, verified_scope1_2
from region_month
where month between :first and :last and {_asked("region_month")}
order by division_path, sector, month""")

YEARS = text(f"""
select m.division_code, m.division_path, m.sector, y.year, y.accounts, y.verified_accounts, count(*) as months,
    trim_scale(sum(m.scope1)), trim_scale(sum(m.scope2_location)), trim_scale(sum(m.scope2_market)),
    trim_scale(sum(m.energy_tce)), trim_scale(sum(m.verified_scope1_2))
from region_month m
join region_year y on y.division_path = m.division_path and y.sector = m.sector
    and y.year = cast(extract(year from m.month) as bigint)
where m.month between make_date(cast(:first as int), 1, 1) and make_date(cast(:last as int), 12, 1)
    and {_asked("m")}
group by m.division_code, m.division_path, m.sector, y.year, y.accounts, y.verified_accounts
order by m.division_path, m.sector, y.year""")

STANDINGS = text(f"""
select division_code, division_path, sector, accounts, open_accounts from region_standing where {_asked("region_standing")}
order by division_path, sector""")

ACCOUNT_MONTHS = text("""
select account_id, month, inventory_id, year, division_code, division_path, sector, is_verified, scope1,
    scope2_location, scope2_market, energy_tce
from region_account_month
where account_id = any(cast(:account_ids as uuid[])) and month between :first and :last
order by account_id, month""")

ACCOUNT_YEARS = text("""
select account_id, (array_agg(inventory_id order by month desc))[1] as inventory_id, cast(:year as bigint) as year,
    count(*) as months, bool_and(is_verified) as is_verified, trim_scale(sum(scope1)), trim_scale(sum(scope2_location)),
    trim_scale(sum(scope2_market)), trim_scale(sum(energy_tce))
from region_account_month
where month between make_date(cast(:year as int), 1, 1) and make_date(cast(:year as int), 12, 1)
    and (cast(:under as text) is null or starts_with(division_path, :under))
    and (cast(:account_ids as uuid[]) is null or account_id = any(cast(:account_ids as uuid[])))
group by account_id order by account_id""")


async def months(
    read: Read, scope: Scope, first: date, last: date, under: str | None = None, sectors: Sequence[str] | None = None
) -> list[RegionMonth]:
    """Return the roll-ups from the month of `first` to that of `last`, by division, sector and month. One statement.

    `under` is a division's path: that division and all below it; None is everything the caller sees.

    Raises:
        Unauthenticated, Forbidden: without `regions:read`.
    """
    scope.require("regions:read")
    asked = {
        "first": first.replace(day=1), "last": last, "under": under,
        "sectors": None if sectors is None else list(sectors),
    }  # fmt: skip
    return [RegionMonth(*row) for row in await read.rows(MONTHS, asked)]


async def years(
    read: Read, scope: Scope, first: int, last: int, under: str | None = None, sectors: Sequence[str] | None = None
) -> list[RegionYear]:
    """Return the roll-ups of whole years, by division, sector and year. One statement.

    Raises:
        Unauthenticated, Forbidden: without `regions:read`.
    """
    scope.require("regions:read")
    asked = {"first": first, "last": last, "under": under, "sectors": None if sectors is None else list(sectors)}
    return [RegionYear(*row) for row in await read.rows(YEARS, asked)]


async def standings(
    read: Read, scope: Scope, under: str | None = None, sectors: Sequence[str] | None = None
) -> list[Standing]:
    """Return how many accounts there are, by division and sector. One statement.

    Raises:
        Unauthenticated, Forbidden: without `regions:read`.
    """
    scope.require("regions:read")
    asked = {"under": under, "sectors": None if sectors is None else list(sectors)}
    return [Standing(*row) for row in await read.rows(STANDINGS, asked)]


async def account_months(
    read: Read, scope: Scope, account_ids: Sequence[UUID], first: date, last: date
) -> dict[UUID, list[AccountMonth]]:
    """Return what each visible account adds to the months from `first` to `last`, in their order. One statement.

    An account without any has an empty list.

    Raises:
        Unauthenticated, Forbidden: without `emissions:read`.
    """
    scope.require("emissions:read")
    found: dict[UUID, list[AccountMonth]] = {each: [] for each in account_ids}
    asked = {"account_ids": list(found), "first": first.replace(day=1), "last": last}
    for row in await read.rows(ACCOUNT_MONTHS, asked) if found else ():
        found[row.account_id].append(AccountMonth(*row))
    return found


async def account_years(
    read: Read, scope: Scope, year: int, *, under: str | None = None, account_ids: Sequence[UUID] | None = None
) -> list[AccountYear]:
    """Return what each visible account adds to a year, by account; one without any month is left out. One statement.

    `under` is a division's path, None everything the caller sees; `account_ids` None does not restrict.

    Raises:
        Unauthenticated, Forbidden: without `emissions:read`.
    """
    scope.require("emissions:read")
    asked = {"year": year, "under": under, "account_ids": None if account_ids is None else list(account_ids)}
    return [AccountYear(*row) for row in await read.rows(ACCOUNT_YEARS, asked)]
