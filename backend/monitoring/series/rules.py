"""Months summed over a subtree, and growth of like with like. Pure.

Growth compares the accounts that have both months: a new account in the city's books is no growth of emissions. It is told
only of months that enough of last year's accounts have reported; what cannot be told has no percent and says why.
Electricity counts where it is used, as against budgets: what power plants burn is the scope 2 of others and left out of
sums over all sectors; the power sector's own series counts both.
"""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal

from backend.kit.months import Month
from backend.monitoring.series.values import ALL_SECTORS, Growth, LikeMonth, Subject
from backend.monitoring.values import Words
from backend.regions.values import POWER

ZERO = Decimal(0)
HUNDRED = Decimal(100)
PLACES = Decimal("0.0001")
"""Percentages are given to four places; sums are exact."""
_WIDE = Context(prec=100, rounding=ROUND_HALF_UP)

NO_MONTHS = Words("没有覆盖充分的月份。", "No month is covered well enough.")
NOTHING_BEFORE = Words("上年同期排放为零，增速无法得出。", "The year before came to nothing: no growth can be told.")


def counted_of(sector: str, scope1: Decimal, scope2: Decimal, *, of: str) -> Decimal:
    """Return what a row of `sector` adds to a series `of` a sector, in tCO2e."""
    is_double = sector == POWER and of != POWER
    return scope2 if is_double else _WIDE.add(scope1, scope2)


def percent(part: Decimal, whole: Decimal) -> Decimal | None:
    """Return a share in percent to four places; None of nothing."""
    if not whole:
        return None
    return _WIDE.divide(_WIDE.multiply(part, HUNDRED), whole).quantize(PLACES, ROUND_HALF_UP, _WIDE)


def summed(rows: Iterable[LikeMonth], subjects: Iterable[Subject]) -> dict[Subject, dict[date, LikeMonth]]:
    """Return the sum of each subject's subtree by month; scopes stay apart, but what is double counts as scope 2 alone."""
    wanted = set(subjects)
    found: dict[Subject, dict[date, LikeMonth]] = {each: {} for each in wanted}
    for row in rows:
        for path, of in subjects_of(row.division_path, row.sector, wanted):
            months = found[path, of]
            is_double = row.sector == POWER and of != POWER
            months[row.month] = _added(months.get(row.month), row, path, of, is_double=is_double)
    return found


def subjects_of(path: str, sector: str, wanted: AbstractSet[Subject]) -> list[Subject]:
    """Return the wanted subjects a row of a division and sector belongs to: those at and above it, of it and of all sectors."""
    return [each for above in _above(path) for of in {ALL_SECTORS, sector} if (each := (above, of)) in wanted]


def _above(path: str) -> Iterable[str]:
    at = 0
    while (at := path.find("/", at) + 1) > 0:
        yield path[:at]


def _added(known: LikeMonth | None, row: LikeMonth, path: str, of: str, *, is_double: bool) -> LikeMonth:
    base = known or LikeMonth(path, of, row.month, 0, 0, ZERO, ZERO, ZERO, ZERO)
    return LikeMonth(
        path, of, row.month, base.usual + row.usual, base.accounts + row.accounts,
        base.scope1 if is_double else _WIDE.add(base.scope1, row.scope1), _WIDE.add(base.scope2, row.scope2),
        base.scope1_before if is_double else _WIDE.add(base.scope1_before, row.scope1_before),
        _WIDE.add(base.scope2_before, row.scope2_before),
    )  # fmt: skip


def is_covered(month: LikeMonth, coverage: Decimal) -> bool:
    """Tell whether enough of last year's accounts have reported."""
    return month.accounts > 0 and month.accounts * HUNDRED >= month.usual * coverage


def growth(months: Sequence[LikeMonth]) -> Growth:
    """Return the growth of these months together."""
    current = total(_WIDE.add(each.scope1, each.scope2) for each in months)
    before = total(_WIDE.add(each.scope1_before, each.scope2_before) for each in months)
    accounts = max((each.accounts for each in months), default=0)
    shares = [share for each in months if (share := percent(Decimal(each.accounts), Decimal(each.usual))) is not None]
    told = percent(_WIDE.subtract(current, before), before)
    note = None if told is not None else NOTHING_BEFORE if accounts else NO_MONTHS
    return Growth(
        told, current, before, accounts, min(shares, default=None), tuple(each.month for each in months), note
    )


def total(given: Iterable[Decimal]) -> Decimal:
    """Return the exact sum."""
    found = ZERO
    for each in given:
        found = _WIDE.add(found, each)
    return found


def recent(months: Mapping[date, LikeMonth], asked: date, *, window: int, latest: int, coverage: Decimal) -> Growth:
    """Return the growth of the newest `window` months together that end no more than `latest` months before the asked one.

    All of them must be covered; otherwise nothing is told, and the note says what was missing.
    """
    covered = {month for month, row in months.items() if month <= asked and is_covered(row, coverage)}
    if not covered:
        since = Month.of(asked).plus(-latest)
        return Growth(
            None, ZERO, ZERO, 0, None, (),
            Words(
                f"{since} 至 {asked:%Y-%m} 没有覆盖充分的月份。",
                f"No month from {since} to {asked:%Y-%m} is covered well enough.",
            ),
        )  # fmt: skip
    newest = Month.of(max(covered))
    if newest.until(Month.of(asked)) > latest:
        return Growth(
            None, ZERO, ZERO, 0, None, (newest.first_day,),
            Words(
                f"最近覆盖充分的月份为 {newest}，早于允许的 {latest} 个月，不作结论。",
                f"The newest month covered well enough is {newest}, more than {latest} months back: nothing is told.",
            ),
        )  # fmt: skip
    wanted = [newest.plus(-back).first_day for back in reversed(range(window))]
    missing = [each for each in wanted if each not in covered]
    if missing:
        listed = ", ".join(f"{each:%Y-%m}" for each in missing)
        return Growth(
            None, ZERO, ZERO, 0, None, tuple(wanted),
            Words(f"{listed} 覆盖不足，不作结论。", f"{listed}: not covered well enough, so nothing is told."),
        )  # fmt: skip
    return growth([months[each] for each in wanted])


def to_date(months: Mapping[date, LikeMonth], last: date, *, coverage: Decimal) -> Growth:
    """Return the growth of the year's covered months up to the last one together."""
    own = [
        row for month, row in sorted(months.items())
        if month.year == last.year and month <= last and is_covered(row, coverage)
    ]  # fmt: skip
    return growth(own)
