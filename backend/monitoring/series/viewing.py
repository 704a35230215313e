"""The monthly series of a division: it with all below it, or each division directly below, by sector."""

from collections.abc import Sequence
from datetime import date, datetime

from backend.kit.db import Read
from backend.kit.months import Month, month_range
from backend.kit.scope import Scope
from backend.monitoring.alerts import terms
from backend.monitoring.errors import SeriesPeriodInvalid, SeriesSectorUnknown
from backend.monitoring.series import queries, rules
from backend.monitoring.series.values import ALL_SECTORS, LikeMonth, Series, SeriesMonth, Subject
from backend.regions import service as regions
from backend.regions.values import RegionMonth
from backend.tenants import service as tenants

MOST_MONTHS = 36


async def series(
    read: Read,
    scope: Scope,
    division_code: str,
    first: date,
    last: date,
    *,
    sector: str | None = None,
    is_by_division: bool = False,
    is_by_sector: bool = False,
) -> list[Series]:
    """Return the series of a division, of a sector of it, of each of its sectors, or of the divisions directly below.

    What has nothing at all in the months is left out, but for the division itself.

    Raises:
        Unauthenticated, Forbidden: without `monitoring:read` and `regions:read`.
        SeriesPeriodInvalid: the months do not follow each other, or are too many.
        SeriesSectorUnknown: the jurisdiction has no such sector.
        DivisionUnknown: there is none, or it lies outside the caller's region.
    """
    scope.require("monitoring:read")
    scope.require("regions:read")
    start, end = Month.of(first), Month.of(last)
    if not 0 <= start.until(end) < MOST_MONTHS:
        raise SeriesPeriodInvalid(first=str(start), last=str(end), most=MOST_MONTHS, path=("first",))
    pack = await tenants.pack_in_force(read, scope)
    if sector is not None and pack.sector(sector) is None:
        raise SeriesSectorUnknown(sector=sector, path=("sector",))
    top = await regions.own_division(read, scope, division_code)
    places = {top.path: top.code}
    if is_by_division:
        below = await tenants.divisions(read, scope, top.path)
        places |= {each.path: each.code for each in below if each.parent_code == top.code}
    sectors = [each.code for each in pack.sectors] if is_by_sector else [sector or ALL_SECTORS]
    if is_by_sector:
        sectors.insert(0, ALL_SECTORS)
    subjects = [(path, each) for path in places for each in sectors]
    # From the year's start, for what the year has come to so far.
    begin = min(start.first_day, date(end.year, 1, 1))
    like = await queries.like_months(read, scope, begin, end.first_day, top.path, sector)
    sums = rules.summed(like, subjects)
    rows = await regions.months(
        read, scope, start.first_day, end.first_day, top.path, None if sector is None else [sector]
    )
    inputs = await queries.latest_inputs(read, scope, start.first_day, end.first_day, top.path)
    standings = await regions.standings(read, scope, top.path, None if sector is None else [sector])
    in_force = await terms.in_force(read, scope)
    found: list[Series] = []
    for path, of in subjects:
        own = _of(rows, (path, of))
        if not own and (path, of) != (top.path, sectors[0]):
            continue
        months = _by_month(own)
        covered = sums[path, of]
        found.append(
            Series(
                division_code=places[path], division_path=path, sector=of,
                open_accounts=sum(
                    each.open_accounts for each in standings
                    if each.division_path.startswith(path) and of in {ALL_SECTORS, each.sector}
                ),
                latest_month=max(months, default=None), latest_input_at=_newest(inputs, (path, of)),
                months=tuple(
                    _month(each.first_day, months.get(each.first_day, []), covered.get(each.first_day), of)
                    for each in month_range(start, end)
                ),
                to_date=rules.to_date(covered, end.first_day, coverage=in_force.coverage_percent),
            )
        )  # fmt: skip
    return found


def _of(rows: Sequence[RegionMonth], subject: Subject) -> list[RegionMonth]:
    path, of = subject
    return [each for each in rows if each.division_path.startswith(path) and of in {ALL_SECTORS, each.sector}]


def _by_month(rows: Sequence[RegionMonth]) -> dict[date, list[RegionMonth]]:
    found: dict[date, list[RegionMonth]] = {}
    for each in rows:
        found.setdefault(each.month, []).append(each)
    return found


def _newest(inputs: dict[tuple[str, str], datetime], subject: Subject) -> datetime | None:
    path, of = subject
    own = [at for (place, sector), at in inputs.items() if place.startswith(path) and of in {ALL_SECTORS, sector}]
    return max(own, default=None)


def _month(month: date, rows: Sequence[RegionMonth], like: LikeMonth | None, of: str) -> SeriesMonth:
    total = rules.total
    growth = rules.growth([] if like is None else [like])
    return SeriesMonth(
        month=month, accounts=sum(each.accounts for each in rows),
        verified_accounts=sum(each.verified_accounts for each in rows), scope1=total(each.scope1 for each in rows),
        scope2_location=total(each.scope2_location for each in rows),
        scope2_market=total(each.scope2_market for each in rows), energy_tce=total(each.energy_tce for each in rows),
        verified=total(each.verified_scope1_2 for each in rows),
        counted=total(rules.counted_of(each.sector, each.scope1, each.scope2_location, of=of) for each in rows),
        coverage=growth.coverage, growth=growth,
    )  # fmt: skip
