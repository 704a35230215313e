"""What can be said about an order or a question before the books are asked."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from backend.kit.clock import CHINA, today
from backend.ledger.errors import (
    EffectiveInFuture,
    EffectiveTooEarly,
    PeriodInvalid,
    ProductionInvalid,
    QuantityNotPositive,
    QuantityTooLarge,
    SerialsInvalid,
    StatementDaysInvalid,
    TooManyRanges,
    VintageInvalid,
)
from backend.ledger.values import BatchSpec, Reason, Serials

LARGEST_QUANTITY = Decimal(10**15)
"""More than any registry ever issued; the serials of a tenant end at 2^62."""
MOST_RANGES = 1000
LARGEST_SERIAL = 2**62
EARLIEST, LATEST = date(1900, 1, 1), date(9000, 1, 1)
"""The books know nothing before and nothing after; a calendar's own ends cannot be moved between time zones."""
OLDEST = date(2000, 1, 1)
"""Older than any unit of any class; a day or year before it is a slip of the pen."""
A_MOMENT = timedelta(microseconds=1)


def check_quantity(quantity: Decimal) -> None:
    """Refuse a quantity no order can have.

    Raises:
        QuantityNotPositive: zero, less, or not a number.
        QuantityTooLarge: more than 10^15.
    """
    if not (quantity.is_finite() and quantity > 0):
        raise QuantityNotPositive(quantity=str(quantity), path=("quantity",))
    if quantity > LARGEST_QUANTITY:
        raise QuantityTooLarge(quantity=str(quantity), allowed=str(LARGEST_QUANTITY), path=("quantity",))


def check_serials(serials: Sequence[Serials], *path: str) -> None:
    """Refuse what are no runs of serials.

    Raises:
        TooManyRanges: more than 1,000.
        SerialsInvalid: a range that ends before it begins.
    """
    if len(serials) > MOST_RANGES:
        raise TooManyRanges(allowed=MOST_RANGES, found=len(serials), path=path)
    for first, last in serials:
        if not 0 < first <= last < LARGEST_SERIAL:
            raise SerialsInvalid(first=first, last=last, path=path)


def check_reason(reason: Reason) -> None:
    """Refuse a day or a year that cannot be meant; a day that has not come is refused by the books.

    Raises:
        EffectiveTooEarly: a day before any unit there is.
        PeriodInvalid: a year before any unit there is, or after the next one.
    """
    if reason.effective_on is not None and reason.effective_on < OLDEST:
        raise EffectiveTooEarly(day=reason.effective_on.isoformat(), first=OLDEST.isoformat(), path=("effectiveOn",))
    last = today().year + 1
    if reason.period is not None and not OLDEST.year <= reason.period <= last:
        raise PeriodInvalid(period=reason.period, first=OLDEST.year, last=last, path=("period",))


def check_days(first: date | None, last: date | None) -> None:
    """Refuse a statement that ends before it begins. Raises StatementDaysInvalid."""
    if first is not None and last is not None and first > last:
        raise StatementDaysInvalid(first=first.isoformat(), last=last.isoformat(), path=("to",))


def check_batch(batch: BatchSpec) -> None:
    """Refuse a batch that was produced backwards. Raises ProductionInvalid."""
    first, last = batch.produced_from, batch.produced_to
    if first is not None and last is not None and first > last:
        raise ProductionInvalid(first=first.isoformat(), last=last.isoformat(), path=("producedTo",))


def check_issued(batch: BatchSpec) -> None:
    """Refuse years and days that units issued by hand cannot be of.

    Raises:
        VintageInvalid: a year before any unit there is, or after the next one.
        EffectiveTooEarly, EffectiveInFuture: produced before any unit there is, or not yet.
    """
    last = today().year + 1
    if batch.vintage is not None and not OLDEST.year <= batch.vintage <= last:
        raise VintageInvalid(vintage=batch.vintage, first=OLDEST.year, last=last, path=("vintage",))
    for day, field in ((batch.produced_from, "producedFrom"), (batch.produced_to, "producedTo")):
        if day is not None and day < OLDEST:
            raise EffectiveTooEarly(day=day.isoformat(), first=OLDEST.isoformat(), path=(field,))
        if day is not None and day > today():
            raise EffectiveInFuture(day=day.isoformat(), today=today().isoformat(), path=(field,))


def instant(at: datetime) -> datetime:
    """Return a moment in UTC; without an offset it is taken as China's time."""
    bounded = datetime.combine(min(max(at.date(), EARLIEST), LATEST), at.timetz())
    return (bounded if bounded.tzinfo else bounded.replace(tzinfo=CHINA)).astimezone(UTC)


def begins(day: date) -> datetime:
    """Return the moment a day begins in China."""
    return instant(datetime.combine(min(max(day, EARLIEST), LATEST), time.min, CHINA))


def ends(day: date) -> datetime:
    """Return the last moment of a day in China."""
    return begins(min(max(day, EARLIEST), LATEST) + timedelta(days=1)) - A_MOMENT
