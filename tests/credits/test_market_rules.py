"""The board's pure rules: what may be listed and sold, which lots, and which counter-listing fits best."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from backend.credits.market import errors, rules
from backend.credits.market.values import ListingState, ListingValue, MatchState, Party, Side, Wanted
from backend.emissions.values import Outcome
from backend.kit.errors import CarbonError
from backend.kit.ids import new_id
from backend.ledger.values import BatchValue, Dimension, UnitClass

GEC = UnitClass("GEC", "绿证", "Certificate", Dimension.CERTIFICATE, "MWh", 0, is_serialised=True, max_transfers=1)
TONNES = UnitClass("X", "测试", "Test", Dimension.TONNE, "t", 2, is_serialised=False)
TODAY = date(2026, 11, 21)
NOON = datetime(2026, 11, 21, 4, tzinfo=UTC)


def listing(side: Side = Side.OFFER, **given: Any) -> ListingValue:
    known: dict[str, Any] = {
        "id": new_id(), "side": side, "class_code": "GEC", "quantity": Decimal(100), "open_quantity": Decimal(100),
        "minimum": None, "price": None, "vintage": None, "produced_from": None, "produced_to": None, "technologies": (),
        "units_valid_until": None, "valid_until": TODAY, "display_name": "", "note": "", "state": ListingState.OPEN,
        "posted_at": NOON, "closed_at": None, **given,
    }  # fmt: skip
    return ListingValue(**known)


def batch(**given: Any) -> BatchValue:
    known: dict[str, Any] = {
        "id": new_id(), "class_code": "GEC", "origin": "imported", "quantity": Decimal(10), "vintage": 2026,
        "produced_from": date(2026, 3, 1), "produced_to": date(2026, 3, 31), "valid_until": date(2028, 2, 29),
        "is_transferable": True, "transfers_used": 0, "project_code": None, "attributes": {"technology": "wind"},
        "serials": (1, 10), "created_at": NOON, **given,
    }  # fmt: skip
    return BatchValue(**known)


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"quantity": "0"}, errors.ListingQuantityInvalid),
        ({"quantity": "1.5"}, errors.ListingQuantityInvalid),
        ({"quantity": "1e18"}, errors.ListingQuantityInvalid),
        ({"minimum": "11"}, errors.MinimumInvalid),
        ({"minimum": "0"}, errors.MinimumInvalid),
        ({"minimum": "1.5"}, errors.MinimumInvalid),
        ({"price": "0"}, errors.PriceInvalid),
        ({"price": "1000000.01"}, errors.PriceInvalid),
        ({"price": "1.00001"}, errors.PriceInvalid),
        ({"valid_until": TODAY - timedelta(days=1)}, errors.ListingDateInvalid),
        ({"valid_until": TODAY + timedelta(days=366)}, errors.ListingDateInvalid),
        ({"note": "长" * 501}, errors.MarketTextTooLong),
        ({"vintage": 2026}, errors.WishesNotForOffer),
        ({"technologies": ("wind",)}, errors.WishesNotForOffer),
        ({"side": Side.REQUEST, "serials": ((1, 2),)}, errors.UnitsOnlyFromSeller),
        ({"side": Side.REQUEST, "technologies": ("",)}, errors.WishesInvalid),
        (
            {"side": Side.REQUEST, "produced_from": date(2026, 3, 1), "produced_to": date(2026, 2, 28)},
            errors.WishesInvalid,
        ),
    ],
)
def test_what_may_not_be_listed(given: dict[str, Any], error: type[CarbonError]) -> None:
    numbers = {name: Decimal(value) for name, value in given.items() if name in {"quantity", "minimum", "price"}}
    known: dict[str, Any] = {
        "side": Side.OFFER, "class_code": "GEC", "quantity": Decimal(10), "valid_until": TODAY, **given, **numbers,
    }  # fmt: skip
    with pytest.raises(error) as caught:
        rules.check_listing(Wanted(**known), GEC, TODAY)
    assert type(caught.value) is error


def test_decimals_of_the_class_and_of_the_price_may_be_used() -> None:
    wanted = Wanted(
        Side.OFFER, "X", Decimal("1.250"), TODAY + timedelta(days=365), minimum=Decimal("0.01"), price=Decimal("4.0512")
    )
    rules.check_listing(wanted, TONNES, TODAY)


@pytest.mark.parametrize(
    ("given", "hands", "zh"),
    [
        ({"attributes": {"is_bundled": True}}, 0, "证电合一"),
        ({"attributes": {"kind": "self_use"}}, 0, "自发自用"),
        ({"is_transferable": False}, 0, "不可交易"),
        ({}, 1, "已交易 1 次，最多 1 次"),
    ],
)
def test_units_that_cannot_change_hands(given: dict[str, Any], hands: int, zh: str) -> None:
    with pytest.raises(errors.OfferedUnitsBound) as caught:
        rules.check_sellable([batch(), batch(**given)], GEC, hands)
    assert zh in caught.value.message("zh")


def test_units_that_may_be_sold() -> None:
    rules.check_sellable([batch()], GEC, 0)
    rules.check_sellable([batch()], TONNES, 9)


def test_of_units_is_told_what_holds_of_all() -> None:
    april = batch(vintage=2025, produced_from=date(2025, 4, 1), produced_to=date(2025, 4, 30), valid_until=None,
                  attributes={"technology": "solar"})  # fmt: skip
    told = rules.attributes_of([batch(), april])
    assert (told.vintage, told.produced_from, told.produced_to) == (None, date(2025, 4, 1), date(2026, 3, 31))
    assert (told.technologies, told.units_valid_until) == (("solar", "wind"), date(2028, 2, 29))
    unknown = rules.attributes_of([batch(), batch(attributes={}, produced_from=None)])
    assert (unknown.vintage, unknown.technologies, unknown.produced_from) == (2026, (), None)


@pytest.mark.parametrize(("quantity", "fits"), [("9", False), ("10", True), ("100", True), ("101", False)])
def test_lots(quantity: str, *, fits: bool) -> None:
    board = listing(minimum=Decimal(10))
    if fits:
        rules.check_lot(Decimal(quantity), board)
    else:
        with pytest.raises(errors.LotInvalid):
            rules.check_lot(Decimal(quantity), board)


def test_the_last_lot_may_be_smaller() -> None:
    rules.check_lot(Decimal(3), listing(minimum=Decimal(10), open_quantity=Decimal(3)))
    with pytest.raises(errors.LotInvalid):
        rules.check_lot(Decimal(2), listing(minimum=Decimal(10), open_quantity=Decimal(3)))


WIND = {
    "vintage": 2026, "produced_from": date(2026, 3, 1), "produced_to": date(2026, 3, 31), "technologies": ("wind",),
    "price": Decimal(4),
}  # fmt: skip


@pytest.mark.parametrize(
    ("offer", "request_", "aspect", "outcome"),
    [
        ({}, {"vintage": 2026}, "vintage", Outcome.PASS),
        ({}, {"vintage": 2025}, "vintage", Outcome.FAIL),
        ({"vintage": None}, {"vintage": 2025}, "vintage", Outcome.CANNOT_TELL),
        ({}, {}, "production", Outcome.PASS),
        ({}, {"produced_from": date(2026, 1, 1), "produced_to": date(2026, 12, 31)}, "production", Outcome.PASS),
        ({}, {"produced_from": date(2026, 4, 1)}, "production", Outcome.FAIL),
        ({}, {"produced_to": date(2026, 2, 28)}, "production", Outcome.FAIL),
        ({"produced_from": date(2025, 12, 1)}, {"produced_from": date(2026, 1, 1)}, "production", Outcome.CANNOT_TELL),
        ({"produced_from": None}, {"produced_from": date(2026, 1, 1)}, "production", Outcome.CANNOT_TELL),
        ({}, {"technologies": ("solar", "wind")}, "technology", Outcome.PASS),
        ({}, {"technologies": ("solar",)}, "technology", Outcome.FAIL),
        ({"technologies": ("solar", "wind")}, {"technologies": ("solar",)}, "technology", Outcome.CANNOT_TELL),
        ({"technologies": ()}, {"technologies": ("solar",)}, "technology", Outcome.CANNOT_TELL),
        ({}, {"price": Decimal(4)}, "price", Outcome.PASS),
        ({}, {"price": Decimal("3.99")}, "price", Outcome.FAIL),
        ({}, {}, "price", Outcome.CANNOT_TELL),
        ({"minimum": Decimal(60)}, {"quantity": Decimal(50), "open_quantity": Decimal(50)}, "quantity", Outcome.FAIL),
        ({"minimum": Decimal(50)}, {"quantity": Decimal(50), "open_quantity": Decimal(50)}, "quantity", Outcome.PASS),
    ],
)
def test_one_aspect_of_a_fit(offer: dict[str, Any], request_: dict[str, Any], aspect: str, outcome: Outcome) -> None:
    one, other = listing(**{**WIND, **offer}), listing(Side.REQUEST, **request_)
    for found in (rules.fit(one, other), rules.fit(other, one)):
        assert {each.code: each.outcome for each in found.aspects}[aspect] is outcome


def test_the_best_counter_listing_comes_first() -> None:
    own = listing(Side.REQUEST, technologies=("wind",), price=Decimal(5))
    cheap = listing(**{**WIND, "price": Decimal(3)})
    dear = listing(**{**WIND, "price": Decimal(5)})
    small = listing(**{**WIND, "price": Decimal(3), "open_quantity": Decimal(10)})
    unpriced = listing(**{**WIND, "price": None})
    solar = listing(**{**WIND, "technologies": ("solar",), "price": Decimal(1)})
    other_class, same_side = listing(class_code="CCER"), listing(Side.REQUEST)
    found = rules.ranked(own, [solar, unpriced, other_class, dear, small, same_side, cheap], 20)
    assert [each.listing for each in found] == [cheap, small, dear, unpriced, solar]
    assert len(rules.ranked(own, [solar, unpriced, dear], 2)) == 2


def test_a_seller_sees_the_higher_price_first() -> None:
    low, high = listing(Side.REQUEST, price=Decimal(5)), listing(Side.REQUEST, price=Decimal(6))
    assert [each.listing for each in rules.ranked(listing(**WIND), [low, high], 20)] == [high, low]


def test_the_terms_say_that_they_are_the_services_own() -> None:
    assert (rules.TERMS.match_days, rules.TERMS.longest_days, rules.TERMS.confidence) == (7, 365, "placeholder")


def test_every_live_state_waits_for_somebody() -> None:
    assert {each.value for each in MatchState} == {
        "proposed", "confirmed", "offered", "settled", "refused", "withdrawn", "lapsed",
    }  # fmt: skip
    assert {each.value for each in Party} == {"seller", "buyer"}
