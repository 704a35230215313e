"""Which periods a statement can be about, and as of when. Pure."""

from datetime import date, datetime

from backend.accounts.values import FIRST_YEAR
from backend.kit.clock import CHINA
from backend.kit.months import Month
from backend.statements.account.gathered import Period
from backend.statements.errors import MomentInFuture, PeriodInvalid, PeriodNotOver

MOST_YEARS = 3
"""Calendar years a period may touch."""


def period_of(first: date, last: date, as_of: datetime | None, moment: datetime) -> Period:
    """Return a period and the moment of knowledge; `as_of` None is the present `moment`.

    Emissions are known by whole months: a period begins with a month and ends with one, or on the day of knowledge
    itself, when the month is not over.

    Raises:
        MomentInFuture: the moment of knowledge has not come.
        PeriodInvalid: it ends before it begins, cuts a month, is too long or too old.
        PeriodNotOver: it ends after the day of knowledge.
    """
    if as_of is not None and as_of.tzinfo is None:
        as_of = as_of.replace(tzinfo=CHINA)  # as the jurisdictions write it
    if as_of is not None and as_of > moment:
        raise MomentInFuture(given=as_of.isoformat(), path=("asOf",))
    known_at = as_of or moment
    day = known_at.astimezone(CHINA).date()
    if last < first or first.year < FIRST_YEAR or last.year - first.year >= MOST_YEARS or first.day != 1:
        raise PeriodInvalid(first=first.isoformat(), last=last.isoformat(), path=("from",))
    if last > day:
        raise PeriodNotOver(last=last.isoformat(), day=day.isoformat(), path=("to",))
    if last not in (day, Month.of(last).last_day):
        raise PeriodInvalid(first=first.isoformat(), last=last.isoformat(), path=("to",))
    return Period(first, last, known_at, day)
