"""The monthly series of a division: it with all below it, or each division directly below, by sector."""

from collections import Counter
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
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
    known = await _known(read, scope, top.path, subjects, (start.first_day, end.first_day), sector)
    coverage = (await terms.in_force(read, scope)).coverage_percent
    found: list[Series] = []
    for subject in subjects:
        path, of = subject
        months, covered = known.months.get(subject, {}), known.like[subject]
        if not months and subject != subjects[0]:
            continue
        found.append(
            Series(
                division_code=places[path], division_path=path, sector=of, open_accounts=known.is_open[subject],
                latest_month=max(months, default=None), latest_input_at=known.newest.get(subject),
                months=tuple(
                    _month(each.first_day, months.get(each.first_day, []), covered.get(each.first_day), of)
                    for each in month_range(start, end)
                ),
                to_date=rules.to_date(covered, end.first_day, coverage=coverage),
            )
        )  # fmt: skip
    return found


@dataclass(frozen=True, slots=True)
class _Known:
    """What the roll-ups tell of each subject."""

    like: dict[Subject, dict[date, LikeMonth]]
    months: dict[Subject, dict[date, list[RegionMonth]]]
    newest: dict[Subject, datetime]
    is_open: Counter[Subject]


async def _known(
    read: Read, scope: Scope, under: str, subjects: Sequence[Subject], period: tuple[date, date], sector: str | None
) -> _Known:
    """Read what is known of subjects: four statements, however many there are."""
    first, last = period
    sectors, wanted = None if sector is None else [sector], set(subjects)
    # From the year's start, for what the year has come to so far.
    begin = min(first, date(last.year, 1, 1))
    like = await queries.like_months(read, scope, begin, last, under, sector)
    rows = await regions.months(read, scope, first, last, under, sectors)
    newest: dict[Subject, datetime] = {}
    for (path, own), at in (await queries.latest_inputs(read, scope, first, last, under)).items():
        for each in rules.subjects_of(path, own, wanted):
            newest[each] = max(newest.get(each, at), at)
    is_open: Counter[Subject] = Counter()
    for standing in await regions.standings(read, scope, under, sectors):
        for each in rules.subjects_of(standing.division_path, standing.sector, wanted):
            is_open[each] += standing.open_accounts
    return _Known(rules.summed(like, subjects), _by_month(rows, wanted), newest, is_open)


def _by_month(
    rows: Sequence[RegionMonth], wanted: AbstractSet[Subject]
) -> dict[Subject, dict[date, list[RegionMonth]]]:
    """Return the rows of each subject by month, in one pass."""
    found: dict[Subject, dict[date, list[RegionMonth]]] = {}
    for row in rows:
        for each in rules.subjects_of(row.division_path, row.sector, wanted):
            found.setdefault(each, {}).setdefault(row.month, []).append(row)
    return found


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
