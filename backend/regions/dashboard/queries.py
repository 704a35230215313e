"""The dashboard's two statements: whether the roll-ups changed, and if so the whole screen as one JSON document.

The second is asked only when the first tells that the roll-ups changed since this process read them: a busy morning's
thousand screens cost one reading.
"""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import JSONB

from backend.kit.db import Databases, Read
from backend.kit.scope import Scope
from backend.regions.places import is_own, own_division, unknown

MONTHS_SHOWN = 36
REMEMBERED = 256
"""Screens a process keeps: divisions and months people look at."""

STAMP = text("select s.version, d.path from region_stamp s left join division d on d.code = :code")

_SUMS = (
    "'scope1', cast(trim_scale(coalesce(sum(scope1) {f}, 0)) as text),"
    " 'scope2_location', cast(trim_scale(coalesce(sum(scope2_location) {f}, 0)) as text),"
    " 'scope2_market', cast(trim_scale(coalesce(sum(scope2_market) {f}, 0)) as text),"
    " 'energy_tce', cast(trim_scale(coalesce(sum(energy_tce) {f}, 0)) as text),"
    " 'verified', cast(trim_scale(coalesce(sum(verified_scope1_2) {f}, 0)) as text)"
)
_YTD = f"""'ytd', jsonb_build_object({_SUMS.format(f="filter (where age between 0 and ago)")}),
    'last', jsonb_build_object({_SUMS.format(f="filter (where age between 12 and ago + 12)")})"""
"""The year to the shown month, and the same months of the year before."""

SCREEN = text(f"""
with shown as materialized (
    select coalesce(cast(:month as date), (select max(month) from region_month where starts_with(division_path, :under)))
        as month
),
kept as materialized (
    -- `age`: months before the shown one; `ago`: how many months of its year came before it.
    select m.*, extract(month from s.month)::int - 1 as ago,
        (extract(year from s.month)::int - extract(year from m.month)::int) * 12
            + extract(month from s.month)::int - extract(month from m.month)::int as age,
        :under || case when m.division_path = :under then ''
            else split_part(substr(m.division_path, length(:under) + 1), '/', 1) || '/' end as child
    from region_month m cross join shown s
    where starts_with(m.division_path, :under) and m.month <= s.month
        and m.month > s.month - cast(:months || ' months' as interval)
),
counted as materialized (
    select y.*, :under || case when y.division_path = :under then ''
            else split_part(substr(y.division_path, length(:under) + 1), '/', 1) || '/' end as child
    from region_year y cross join shown s
    where starts_with(y.division_path, :under) and y.year = extract(year from s.month)
),
stood as materialized (
    select t.*, :under || case when t.division_path = :under then ''
            else split_part(substr(t.division_path, length(:under) + 1), '/', 1) || '/' end as child
    from region_standing t where starts_with(t.division_path, :under)
)
select jsonb_build_object(
    'month', (select month from shown),
    'months', (
        select coalesce(jsonb_agg(row order by month), '[]') from (
            select month, jsonb_build_object('month', month, 'accounts', sum(accounts),
                'verified_accounts', sum(verified_accounts), {_SUMS.format(f="")}) as row
            from kept group by month
        ) each
    ),
    'total', (select jsonb_build_object({_YTD}) from kept),
    'power', (select jsonb_build_object({_YTD}) from kept where sector = 'power'),
    'sectors', (
        select coalesce(jsonb_object_agg(sector, row), '{{}}') from (
            select sector, jsonb_build_object({_YTD}) as row from kept group by sector
        ) each
    ),
    'divisions', (
        select coalesce(jsonb_object_agg(child, row), '{{}}') from (
            select child, jsonb_build_object({_YTD}) as row from kept group by child
        ) each
    ),
    'sector_counts', (
        select coalesce(jsonb_object_agg(sector, jsonb_build_array(accounts, verified)), '{{}}') from (
            select sector, sum(accounts) as accounts, sum(verified_accounts) as verified from counted group by sector
        ) each
    ),
    'division_counts', (
        select coalesce(jsonb_object_agg(child, jsonb_build_array(accounts, verified)), '{{}}') from (
            select child, sum(accounts) as accounts, sum(verified_accounts) as verified from counted group by child
        ) each
    ),
    'sector_open', (
        select coalesce(jsonb_object_agg(sector, open), '{{}}')
        from (select sector, sum(open_accounts) as open from stood group by sector) each
    ),
    'division_open', (
        select coalesce(jsonb_object_agg(child, open), '{{}}')
        from (select child, sum(open_accounts) as open from stood group by child) each
    )
) as screen""").columns(screen=JSONB)


@dataclass(frozen=True, slots=True)
class Screen:
    """A division's screen: where it is, and its document."""

    path: str
    document: Mapping[str, Any]


T = TypeVar("T")


class _Kept:
    """Screens this process keeps for one set of databases."""

    def __init__(self) -> None:
        self.screens: OrderedDict[tuple[str, str, date | None], tuple[int, Any]] = OrderedDict()


async def screen_now(read: Read, scope: Scope, division_code: str, month: date | None) -> Screen:
    """Return a division's screen as of a month, read anew.

    Raises:
        Unauthenticated, Forbidden: without `regions:read`.
        DivisionUnknown: no division of the caller's region.
    """
    scope.require("regions:read")
    division = await own_division(read, scope, division_code)
    return await _asked(read, division.path, month)


async def _asked(read: Read, path: str, month: date | None) -> Screen:
    asked = {"under": path, "month": month, "months": str(MONTHS_SHOWN)}
    return Screen(path, await read.value(SCREEN, asked))


async def screen(
    read: Read, scope: Scope, division_code: str, month: date | None, make: Callable[[Screen], T], databases: Databases
) -> T:
    """Return what `make` makes of a division's screen as of a month (None: the newest with anything).

    Usually one statement, two when the roll-ups changed. What was made is kept until they change again. It holds nothing of
    the caller: the division lies in the caller's region, and so does all of its subtree.

    Raises:
        Unauthenticated, Forbidden: without `regions:read`.
        DivisionUnknown: no division of the caller's region.
    """
    scope.require("regions:read")
    row = await read.row(STAMP, {"code": division_code})
    if row is None or row.path is None or not is_own(scope, row.path):
        raise await unknown(read, scope, division_code)
    screens = databases.companions.setdefault(_Kept, _Kept()).screens
    key = (scope.tenant, row.path, month)
    known = screens.get(key)
    if known is not None and known[0] == row.version:
        screens.move_to_end(key)
        return known[1]
    made = make(await _asked(read, row.path, month))
    # The stamp was read first: should the roll-ups have changed since, the next caller reads again.
    screens[key] = (row.version, made)
    while len(screens) > REMEMBERED:
        screens.popitem(last=False)
    return made
