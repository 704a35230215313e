"""The board under haste and time: the same units for two, what lapses, what the ledger ended by itself."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from factories.accounts import Held
from factories.ledger import held as lies
from factories.market import answered, holder, listed, past, stepped
from sqlalchemy import text

from backend.credits.market import queries, service
from backend.credits.market.errors import ListingNotOpen, MatchEnded, QuantityGone
from backend.credits.market.jobs_sweep import sweep_market
from backend.credits.market.values import ListingState, MatchState, MatchValue, Side
from backend.jobs import schedule
from backend.kit.clock import now
from backend.kit.db import Databases
from backend.kit.scope import Scope
from backend.ledger import service as ledger
from backend.ledger.errors import HoldNotOpen
from backend.ledger.values import Selection

SYSTEM = Scope.system("wuxi")


async def amounts(databases: Databases, held: Held) -> dict[str, int]:
    return {name: int(amount) for name, amount in (await lies(databases, held.id, "GEC")).items() if amount}


async def match_now(databases: Databases, match: MatchValue) -> MatchValue:
    async with databases.read(SYSTEM) as read:
        found = (await queries.matches_by_id(read, SYSTEM, [match.id]))[0]
    assert found is not None
    return found


async def listing_now(databases: Databases, listing_id: Any) -> Any:
    async with databases.read(SYSTEM) as read:
        return (await queries.listings_by_id(read, SYSTEM, [listing_id]))[0]


async def test_two_buyers_never_get_the_same_units(databases: Databases) -> None:
    seller = await holder(databases, 100)
    buyers = [await holder(databases, automatic=True) for _ in range(4)]
    made = await listed(databases, seller, "100")
    proposed = [await answered(databases, each, made.id, "60") for each in buyers]
    done = await asyncio.gather(*(stepped(databases, seller, each.id) for each in proposed), return_exceptions=True)
    assert [type(each) for each in done].count(MatchValue) == 1
    assert [type(each) for each in done].count(QuantityGone) == 3
    assert sorted([(await amounts(databases, each)).get("available", 0) for each in buyers]) == [0, 0, 0, 60]
    assert await amounts(databases, seller) == {"reserved": 40}
    assert (await listing_now(databases, made.id)).open_quantity == 40


async def test_withdrawing_races_with_agreeing(databases: Databases) -> None:
    for _ in range(3):
        seller, buyer = await holder(databases, 10), await holder(databases, automatic=True)
        made = await listed(databases, seller, "10")
        match = await answered(databases, buyer, made.id, "10")

        async def withdrawn(seller: Held = seller, listing_id: Any = made.id) -> None:
            async with databases.write(seller.scope) as write:
                await service.withdraw_listing(write, seller.scope, listing_id)

        done = await asyncio.gather(withdrawn(), stepped(databases, seller, match.id), return_exceptions=True)
        assert [isinstance(each, ListingNotOpen | MatchEnded) for each in done].count(True) == 1, done
        sold = (await match_now(databases, match)).state is MatchState.SETTLED
        assert await amounts(databases, seller) == ({} if sold else {"available": 10})
        assert await amounts(databases, buyer) == ({"available": 10} if sold else {})


async def test_a_filled_listing_refuses_the_other_proposals(databases: Databases) -> None:
    seller, first, second = await holder(databases, 10), await holder(databases), await holder(databases)
    made = await listed(databases, seller, "10")
    one = await answered(databases, first, made.id, "10")
    two = await answered(databases, second, made.id, "10")
    await stepped(databases, seller, one.id)
    assert (await match_now(databases, two)).state is MatchState.REFUSED
    with pytest.raises(MatchEnded):
        await stepped(databases, seller, two.id)


async def test_a_listing_lapses_and_gives_back(databases: Databases, servers: Any) -> None:
    seller, buyer = await holder(databases, 10), await holder(databases)
    made = await listed(databases, seller, "10")
    match = await answered(databases, buyer, made.id, "4")
    assert not {"listings_lapsed", "matches_ended"} & (await sweep_market(databases, "wuxi")).keys()
    await past(servers, "update market_listing set valid_until = valid_until - 60 where id = :id", id=made.id)
    with pytest.raises(ListingNotOpen):
        await stepped(databases, seller, match.id)
    done = await sweep_market(databases, "wuxi")
    assert done["listings_lapsed"] == 1
    assert (await listing_now(databases, made.id)).state is ListingState.LAPSED
    assert (await match_now(databases, match)).state is MatchState.REFUSED
    assert await amounts(databases, seller) == {"available": 10}
    assert "listings_lapsed" not in await sweep_market(databases, "wuxi")


@pytest.mark.parametrize("steps", [0, 1])
async def test_what_nobody_answers_lapses(databases: Databases, servers: Any, steps: int) -> None:
    """A proposal the buyer leaves alone, and an agreed sale the seller does not deliver."""
    seller, buyer = await holder(databases, 10), await holder(databases)
    made = await listed(databases, buyer, "10", side=Side.REQUEST)
    match = await answered(databases, seller, made.id, "10")
    if steps:
        assert (await stepped(databases, buyer, match.id)).state is MatchState.CONFIRMED
        assert (await listing_now(databases, made.id)).state is ListingState.MATCHED
    assert timedelta(days=6, hours=23) < (await match_now(databases, match)).lapses_at - now() <= timedelta(days=7)
    await past(servers, "update market_match set lapses_at = now() - interval '1 s' where id = :id", id=match.id)
    with pytest.raises(MatchEnded):
        await stepped(databases, seller if steps else buyer, match.id)
    assert (await sweep_market(databases, "wuxi"))["matches_ended"] == 1
    assert (await match_now(databases, match)).state is MatchState.LAPSED
    assert await amounts(databases, seller) == {"available": 10}
    again = await listing_now(databases, made.id)
    assert (again.state, again.open_quantity) == (ListingState.OPEN, 10)


@pytest.mark.parametrize(("verb", "state"), [("accept", MatchState.SETTLED), ("decline", MatchState.REFUSED)])
async def test_a_delivery_ended_in_the_ledger_is_taken_over(databases: Databases, verb: str, state: MatchState) -> None:
    seller, buyer = await holder(databases, 10), await holder(databases)
    made = await listed(databases, seller, "10")
    match = await stepped(databases, seller, (await answered(databases, buyer, made.id, "10")).id)
    assert match.hold_id is not None
    async with databases.write(buyer.scope) as write:
        await getattr(ledger, verb)(write, buyer.scope, match.hold_id)
    if state is MatchState.REFUSED:
        with pytest.raises(HoldNotOpen):
            await stepped(databases, buyer, match.id)
    assert (await sweep_market(databases, "wuxi"))["matches_ended"] == 1
    found = await match_now(databases, match)
    assert found.state is state
    assert (found.movement_number is not None) == (state is MatchState.SETTLED)
    assert await amounts(databases, seller) == ({} if state is MatchState.SETTLED else {"available": 10})


async def test_a_delivery_nobody_accepts_lapses(databases: Databases, servers: Any) -> None:
    seller, buyer = await holder(databases, 10), await holder(databases)
    made = await listed(databases, seller, "10")
    match = await stepped(databases, seller, (await answered(databases, buyer, made.id, "10")).id)
    await past(servers, "update ledger_hold set expires_at = now() - interval '1 s' where id = :id", id=match.hold_id)
    done = await sweep_market(databases, "wuxi")
    assert (done["offers_lapsed"], done["matches_ended"]) == (1, 1)
    assert (await match_now(databases, match)).state is MatchState.LAPSED
    assert await amounts(databases, seller) == {"available": 10}


async def test_an_offer_whose_units_were_used_leaves_the_board(databases: Databases) -> None:
    seller = await holder(databases, 10)
    made = await listed(databases, seller, "10")
    async with databases.read(SYSTEM) as read:
        hold = await read.value(text("select hold_id from market_owner where listing_id = :id"), {"id": made.id})
    async with databases.write(seller.scope) as write:
        await ledger.retire(write, seller.scope, seller.id, [Selection("GEC", None, hold_id=hold)])
    assert (await sweep_market(databases, "wuxi"))["listings_lapsed"] == 1
    assert (await listing_now(databases, made.id)).state is ListingState.LAPSED
    assert await amounts(databases, seller) == {"retired": 10}


async def test_a_frozen_book_keeps_its_units_and_nobody_elses(databases: Databases, servers: Any) -> None:
    seller = await holder(databases, 10)
    made = await listed(databases, seller, "10")
    await past(servers, "update market_listing set valid_until = valid_until - 60 where id = :id", id=made.id)
    async with databases.write(SYSTEM) as write:
        await ledger.freeze(write, SYSTEM, "GEC", "盘点")
    try:
        assert "listings_lapsed" not in await sweep_market(databases, "wuxi")
        assert (await listing_now(databases, made.id)).state is ListingState.OPEN
    finally:
        async with databases.write(SYSTEM) as write:
            await ledger.unfreeze(write, SYSTEM, "GEC", "盘点结束")
    assert (await sweep_market(databases, "wuxi"))["listings_lapsed"] == 1
    assert await amounts(databases, seller) == {"available": 10}


def test_the_hourly_round_sweeps_the_board() -> None:
    assert schedule.sweep_market is sweep_market
