"""Rules of the board, pure: what may be listed, which lots, and how well two listings fit.

The terms (how long, how dear) are the service's own, in `data/market.toml`; no official rule sets them.
"""

import tomllib
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from backend.credits.market.errors import (
    ListingDateInvalid,
    ListingQuantityInvalid,
    LotInvalid,
    MarketTextTooLong,
    MinimumInvalid,
    OfferedUnitsBound,
    PriceInvalid,
    UnitsOnlyFromSeller,
    WishesInvalid,
    WishesNotForOffer,
)
from backend.credits.market.values import Aspect, Attributes, Fit, ListingValue, Side, Terms, Wanted
from backend.emissions.values import Outcome
from backend.ledger.values import BatchValue, UnitClass

FILE = Path(__file__).resolve().parents[1] / "data" / "market.toml"
MOST_CHARACTERS = 500
MOST_TECHNOLOGIES = 10
LONGEST_TECHNOLOGY = 40
BEYOND = Decimal(10) ** 18


def load_terms() -> Terms:
    """Read the board's terms."""
    given = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return Terms(
        match_days=given["match_days"], longest_days=given["longest_days"], price_scale=given["price_scale"],
        highest_price=Decimal(given["highest_price"]), source=given["source"], confidence=given["confidence"],
    )  # fmt: skip


TERMS = load_terms()


def decimals(value: Decimal) -> int:
    """Return how many decimals a number needs."""
    exponent = value.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def check_quantity(quantity: Decimal, of: UnitClass) -> None:
    """Check a quantity of a class.

    Raises:
        ListingQuantityInvalid: not above zero, more decimals than the class has, or more than the books count.
    """
    if not (quantity.is_finite() and 0 < quantity < BEYOND) or decimals(quantity) > of.scale:
        raise ListingQuantityInvalid(
            quantity=format(quantity, "f"), scale=of.scale, path=("input", "quantity"), **{"class": of.code}
        )


def check_price(price: Decimal | None) -> None:
    """Check a price in yuan a unit; none is fine.

    Raises:
        PriceInvalid: not above zero, above the highest, or too many decimals.
    """
    if price is None:
        return
    fits = price.is_finite() and 0 < price <= TERMS.highest_price and decimals(price) <= TERMS.price_scale
    if not fits:
        raise PriceInvalid(price=format(price, "f"), highest=format(TERMS.highest_price, "f"), scale=TERMS.price_scale,
                           path=("input", "price"))  # fmt: skip


def check_note(note: str) -> str:
    """Return the note without blanks around it.

    Raises:
        MarketTextTooLong: above 500 characters.
    """
    if len(note.strip()) > MOST_CHARACTERS:
        raise MarketTextTooLong(allowed=MOST_CHARACTERS, path=("input", "note"))
    return note.strip()


def check_listing(wanted: Wanted, of: UnitClass, today: date) -> None:
    """Check what is to be listed, before any unit is touched.

    Raises:
        ListingQuantityInvalid, MinimumInvalid, PriceInvalid, ListingDateInvalid, MarketTextTooLong: in this order.
        UnitsOnlyFromSeller, WishesInvalid: of a request.
        WishesNotForOffer: of an offer.
    """
    check_quantity(wanted.quantity, of)
    if wanted.minimum is not None:
        fits = wanted.minimum.is_finite() and 0 < wanted.minimum <= wanted.quantity
        if not fits or decimals(wanted.minimum) > of.scale:
            raise MinimumInvalid(minimum=format(wanted.minimum, "f"), quantity=format(wanted.quantity, "f"),
                                 path=("input", "minimum"))  # fmt: skip
    check_price(wanted.price)
    latest = today + timedelta(days=TERMS.longest_days)
    if not today <= wanted.valid_until <= latest:
        raise ListingDateInvalid(valid_until=str(wanted.valid_until), latest=str(latest), path=("input", "validUntil"))
    check_note(wanted.note)
    wishes = (wanted.vintage, wanted.produced_from, wanted.produced_to)
    if wanted.side is Side.OFFER:
        if any(each is not None for each in wishes) or wanted.technologies:
            raise WishesNotForOffer(path=("input",))
        return
    if wanted.batch_id is not None or wanted.serials:
        raise UnitsOnlyFromSeller(path=("input",))
    begin, end = wanted.produced_from, wanted.produced_to
    if begin is not None and end is not None and end < begin:
        raise WishesInvalid(field="producedTo", most=MOST_TECHNOLOGIES, path=("input", "producedTo"))
    if len(wanted.technologies) > MOST_TECHNOLOGIES or not all(
        0 < len(each) <= LONGEST_TECHNOLOGY for each in wanted.technologies
    ):
        raise WishesInvalid(field="technologies", most=MOST_TECHNOLOGIES, path=("input", "technologies"))


def check_sellable(batches: Iterable[BatchValue], of: UnitClass, hands: int) -> None:
    """Check that units may change hands; `hands` is how often the most travelled of them did.

    Raises:
        OfferedUnitsBound: not tradeable, self-use, bound to their energy, or sold as often as they may be.
    """
    for each in batches:
        bound = None
        if each.attributes.get("is_bundled") is True:
            bound = ("bound to their energy", "证电合一")
        elif each.attributes.get("kind") == "self_use":
            bound = ("generated for one's own use", "自发自用")
        elif not each.is_transferable:
            bound = ("not tradeable", "标记为不可交易")
        if bound is not None:
            raise OfferedUnitsBound(reason_en=bound[0], reason_zh=bound[1], path=("input",), **{"class": of.code})
    if of.max_transfers is not None and hands >= of.max_transfers:
        raise OfferedUnitsBound(
            reason_en=f"sold {hands} time(s) already, {of.max_transfers} allowed",
            reason_zh=f"已交易 {hands} 次，最多 {of.max_transfers} 次",
            path=("input",),
            **{"class": of.code},
        )


def attributes_of(batches: Sequence[BatchValue]) -> Attributes:
    """Return what the other side is told of units: what holds of all of them, or nothing."""
    vintages = {each.vintage for each in batches}
    begins = [each.produced_from for each in batches if each.produced_from is not None]
    ends = [each.produced_to for each in batches if each.produced_to is not None]
    technologies = [str(each.attributes.get("technology") or "") for each in batches]
    last_days = [each.valid_until for each in batches if each.valid_until is not None]
    return Attributes(
        vintage=vintages.pop() if len(vintages) == 1 else None,
        produced_from=min(begins) if len(begins) == len(batches) else None,
        produced_to=max(ends) if len(ends) == len(batches) else None,
        technologies=tuple(sorted(set(technologies))) if all(technologies) else (),
        units_valid_until=min(last_days, default=None),
    )


def check_lot(quantity: Decimal, listing: ListingValue) -> None:
    """Check a lot of a listing: at least its smallest lot, or all that is left.

    Raises:
        LotInvalid: outside.
    """
    least = min(listing.minimum or Decimal(0), listing.open_quantity)
    if not least <= quantity <= listing.open_quantity:
        raise LotInvalid(quantity=format(quantity, "f"), open=format(listing.open_quantity, "f"),
                         least=format(least, "f"), path=("input", "quantity"))  # fmt: skip


def fit(own: ListingValue, other: ListingValue) -> Fit:
    """Compare two listings of one class, one an offer and the other a request.

    Aspects, each pass, fail or cannot tell: the request's vintage, production months and technologies against the
    offer's units (not wished: pass; wished but not known of the units, or units of several kinds: cannot tell); the
    two prices (the request's at least the offer's; either missing: cannot tell); the quantity (what both could agree on
    reaches both smallest lots).
    """
    offer, request = (own, other) if own.side is Side.OFFER else (other, own)
    covered = min(offer.open_quantity, request.open_quantity)
    enough = all(covered >= min(each.minimum or Decimal(0), each.open_quantity) for each in (offer, request))
    prices = None if offer.price is None or request.price is None else request.price >= offer.price
    return Fit(
        other,
        (
            Aspect("vintage", _answer(request.vintage is None, _same(offer.vintage, request.vintage))),
            Aspect("production", _production(offer, request)),
            Aspect("technology", _technology(offer.technologies, request.technologies)),
            Aspect("price", _answer(False, prices)),  # noqa: FBT003 - never left open
            Aspect("quantity", Outcome.PASS if enough else Outcome.FAIL),
        ),
        covered,
    )


def _answer(is_open: bool, found: bool | None) -> Outcome:  # noqa: FBT001 - reads as a sentence where it is used
    if is_open:
        return Outcome.PASS
    if found is None:
        return Outcome.CANNOT_TELL
    return Outcome.PASS if found else Outcome.FAIL


def _same(found: int | None, wished: int | None) -> bool | None:
    return None if found is None else found == wished


def _production(offer: ListingValue, request: ListingValue) -> Outcome:
    """Units made wholly within the wished span pass, wholly outside fail; a mixture cannot be told."""
    first, last = request.produced_from, request.produced_to
    if first is None and last is None:
        return Outcome.PASS
    if offer.produced_from is None or offer.produced_to is None:
        return Outcome.CANNOT_TELL
    low, high = first or date.min, last or date.max
    if low <= offer.produced_from and offer.produced_to <= high:
        return Outcome.PASS
    return Outcome.FAIL if offer.produced_to < low or offer.produced_from > high else Outcome.CANNOT_TELL


def _technology(found: Sequence[str], wished: Sequence[str]) -> Outcome:
    if not wished:
        return Outcome.PASS
    if not found:
        return Outcome.CANNOT_TELL
    if set(found) <= set(wished):
        return Outcome.PASS
    return Outcome.CANNOT_TELL if set(found) & set(wished) else Outcome.FAIL


def ranked(own: ListingValue, others: Iterable[ListingValue], most: int) -> list[Fit]:
    """Return the best counter-listings, at most so many.

    First those with the fewest fails, then the fewest open questions, then the better price for the asker (lower to a
    buyer, higher to a seller; none last), then the more units covered, then the older listing. No weights: nothing is
    traded off against something else.
    """
    fits = (fit(own, each) for each in others if each.class_code == own.class_code and each.side is not own.side)
    turn = 1 if own.side is Side.REQUEST else -1

    def rank(each: Fit) -> tuple[object, ...]:
        price = each.listing.price
        return (each.count(Outcome.FAIL), each.count(Outcome.CANNOT_TELL), price is None,
                turn * price if price is not None else Decimal(0), -each.covered, each.listing.posted_at,
                each.listing.id)  # fmt: skip

    return sorted(fits, key=rank)[:most]
