"""What a request for a pledge must say, and whether the account has what is asked for. Pure.

The books judge again when the holder accepts; this is for whoever asks, so that nobody is asked for what is not there.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import pairwise
from uuid import UUID

from backend.kit.clock import CHINA
from backend.ledger.errors import (
    ClassFrozen,
    ClassNotSerialised,
    ClassUnknown,
    InsufficientUnits,
    QuantityMismatch,
    QuantityTooPrecise,
    SerialsNotHere,
    SerialsRepeated,
    UnitsNotWhole,
)
from backend.ledger.values import Selection, Serials, UnitClass
from backend.lending.pledging.errors import (
    PledgeDatesInvalid,
    PledgePriceInvalid,
    PledgeReasonMissing,
    PledgeTextInvalid,
)
from backend.lending.pledging.values import (
    ANSWERED_WITHIN,
    LARGEST_PRICE,
    LONGEST_PLEDGE_YEARS,
    LONGEST_PURPOSE,
    LONGEST_REASON,
    LONGEST_REFERENCE,
    LONGEST_WAIT,
    PRICE_PLACES,
    LapsedBecause,
    PledgeableValue,
    PledgeDraft,
    PledgeRequestState,
)

LINE_BREAKS = str.maketrans("", "", "\n\r\t")


def checked(draft: PledgeDraft, day: date) -> PledgeDraft:
    """Return the draft with its texts stripped.

    Raises:
        PledgeTextInvalid: the reference or the purpose.
        PledgeDatesInvalid: to be answered before tomorrow or after 90 days; or pledged until a day past, or 30 years on.
        PledgePriceInvalid: not above zero, or finer than four decimals.
    """
    reference = _words(draft.reference, "reference", LONGEST_REFERENCE)
    purpose = _words(draft.purpose, "purpose", LONGEST_PURPOSE)
    _within(draft.answer_by, "answerBy", day + timedelta(days=1), day + LONGEST_WAIT)
    _within(draft.pledged_until, "pledgedUntil", day, day + timedelta(days=366 * LONGEST_PLEDGE_YEARS))
    price = draft.price_cny
    if price is not None and not (price.is_finite() and 0 < price <= LARGEST_PRICE and _places(price) <= PRICE_PLACES):
        raise PledgePriceInvalid(path=("input", "priceCny"))
    return PledgeDraft(draft.units, reference, purpose, draft.pledged_until, draft.answer_by, draft.price_cny)


def reason(given: str) -> str:
    """Return why a holder declines, or a bank withdraws. Raises PledgeReasonMissing: nothing said, or too much."""
    words = given.strip()
    if not 0 < len(words) <= LONGEST_REASON:
        raise PledgeReasonMissing(longest=LONGEST_REASON, path=("input", "reason"))
    return words


def lapses_at(asked_at: datetime, answer_by: date | None, consent_ends_on: date) -> datetime:
    """Return when a request lapses: after the day to answer by, and never after the consent's last day."""
    over = asked_at + ANSWERED_WITHIN if answer_by is None else _end_of(answer_by)
    return min(over, _end_of(consent_ends_on))


def state_of(stored: str, lapses_at: datetime, moment: datetime) -> PledgeRequestState:
    """Return how far a request has come at a moment: one nobody answered in time has lapsed, whatever is stored."""
    state = PledgeRequestState(stored)
    return PledgeRequestState.LAPSED if state is PledgeRequestState.ASKED and lapses_at <= moment else state


def because_of(stored: str, state: PledgeRequestState) -> LapsedBecause | None:
    """Return why a request lapsed, None when it did not."""
    if state is not PledgeRequestState.LAPSED:
        return None
    return LapsedBecause(stored) if stored else LapsedBecause.TIME


def quantity_asked(units: Selection, unit_class: UnitClass | None) -> Decimal:
    """Return how many units a selection means, as far as its class alone can tell.

    Raises:
        ClassUnknown: no such class.
        ClassFrozen: nothing of it moves now.
        ClassNotSerialised, SerialsRepeated, QuantityMismatch: the serials.
        UnitsNotWhole, QuantityTooPrecise: more decimals than the class has.
    """
    here = ("input", "units")
    if unit_class is None:
        raise ClassUnknown(path=(*here, "unitClass"), **{"class": units.class_code})
    named = {"class": unit_class.code}
    if unit_class.frozen_at is not None:
        raise ClassFrozen(reason=unit_class.frozen_reason, path=(*here, "unitClass"), **named)
    quantity = units.quantity
    if units.serials:
        if not unit_class.is_serialised:
            raise ClassNotSerialised(path=(*here, "serials"), **named)
        ordered = sorted(units.serials)
        if any(after[0] <= before[1] for before, after in pairwise(ordered)):
            raise SerialsRepeated(path=(*here, "serials"))
        count = sum(last - first + 1 for first, last in ordered)
        if quantity is not None and quantity != count:
            raise QuantityMismatch(quantity=quantity, serials=count, path=(*here, "serials"))
        quantity = Decimal(count)
    if quantity is None:
        quantity = Decimal(0)
    if _places(quantity) > unit_class.scale:
        refusal = QuantityTooPrecise if unit_class.scale else UnitsNotWhole
        raise refusal(quantity=quantity, scale=unit_class.scale, path=(*here, "quantity"), **named)
    return quantity


def check_there(
    units: Selection,
    quantity: Decimal,
    holdings: Sequence[PledgeableValue],
    lots: Mapping[UUID, Sequence[Serials]],
) -> None:
    """Refuse units that the account does not have available; `holdings` are what it could pledge, `lots` its serials.

    Raises:
        SerialsNotHere: of the serials named, some are not available here: held elsewhere, locked, used, or unknown.
        InsufficientUnits: less is available than is asked for.
    """
    usable = [
        each for each in holdings
        if each.unit_class.code == units.class_code and units.batch_id in (None, each.batch.id)
    ]  # fmt: skip
    named = {"class": units.class_code}
    if units.serials:
        runs = sorted(run for each in usable for run in lots.get(each.batch.id, ()))
        if not all(_covered(each, runs) for each in units.serials):
            raise SerialsNotHere(path=("input", "units", "serials"), **named)
        return
    there = sum((each.quantity for each in usable), Decimal(0))
    if there < quantity:
        raise InsufficientUnits(usable=there, wanted=quantity, path=("input", "units", "quantity"), **named)


def _covered(wanted: Serials, runs: Sequence[Serials]) -> bool:
    """Tell whether ordered runs, which may touch, hold all of a range."""
    first, last = wanted
    for start, end in runs:
        if start <= first <= end:
            first = end + 1
        if first > last:
            return True
    return False


def _words(given: str, field: str, longest: int) -> str:
    words = given.strip()
    if not 0 < len(words) <= longest or not words.translate(LINE_BREAKS).isprintable():
        raise PledgeTextInvalid(field=field, shortest=1, longest=longest, path=("input", field))
    return words


def _within(given: date | None, field: str, first: date, last: date) -> None:
    if given is not None and not first <= given <= last:
        raise PledgeDatesInvalid(field=field, first=first.isoformat(), last=last.isoformat(), path=("input", field))


def _places(number: Decimal) -> int:
    """Return how many decimals a finite number really has."""
    exponent = number.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def _end_of(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), CHINA)
