"""The board through the public API: whole sales from both sides, refusals, who sees what, volumes, audit."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import httpx
import pytest
from factories import identity
from factories.accounts import Held
from factories.api import Client
from factories.ledger import held as lies
from factories.market import answered, holder, listed
from factories.working import app, http  # noqa: F401 - fixtures
from sqlalchemy import select

from backend.credits.market.models import MarketMatch, MarketOwner, MarketTrade
from backend.credits.market.values import Side
from backend.kit.audit import AuditEvent
from backend.kit.clock import today
from backend.kit.db import Databases
from backend.kit.scope import Scope
from backend.wire.nodes import node_id


async def caller(http: httpx.AsyncClient, held: Held) -> Client:  # noqa: F811 - the fixture's value
    return await Client(http, "wuxi").signed_in(held.holder)


def account(held: Held) -> str:
    return str(node_id("CarbonAccount", held.id))


def offer(held: Held, **given: Any) -> dict[str, Any]:
    known = {"side": "OFFER", "unitClass": "GEC", "quantity": "100", "price": "4.05"}
    return {"accountId": account(held), "validUntil": str(today() + timedelta(days=30)), **known, **given}


async def command(client: Client, operation: str, **given: Any) -> dict[str, Any]:
    answer = await client.named(operation, input=given)
    (found,) = answer.values()
    return found


async def posted(client: Client, held: Held, **given: Any) -> dict[str, Any]:
    found = await command(client, "PostListing", **offer(held, **given))
    assert found["__typename"] == "MarketListingChanged", found
    return found["listing"]


async def matched(client: Client, operation: str, **given: Any) -> dict[str, Any]:
    found = await command(client, operation, **given)
    assert found["__typename"] == "MarketMatchChanged", found
    return found["match"]


async def amounts(databases: Databases, held: Held) -> dict[str, str]:
    return {bucket: str(amount) for bucket, amount in (await lies(databases, held.id, "GEC")).items() if amount}


async def test_an_offer_is_sold_in_part(databases: Databases, http: httpx.AsyncClient) -> None:  # noqa: F811
    seller, buyer = await holder(databases, 100), await holder(databases)
    selling, buying = await caller(http, seller), await caller(http, buyer)
    made = await posted(selling, seller, minimum="10", isAnonymous=False, note="三月风电")
    assert (made["state"], made["openQuantity"], made["account"]["number"]) == ("OPEN", "100", seller.account.number)
    assert made["attributes"] == {
        "vintage": 2026, "producedFrom": "2026-03", "producedTo": "2026-03", "technologies": ["wind"],
        "unitsValidUntil": "2098-02-28",
    }  # fmt: skip
    assert await amounts(databases, seller) == {"reserved": "100"}

    board = (await buying.named("MarketListings", unitClass="GEC", side="OFFER"))["marketListings"]["nodes"]
    seen = next(each for each in board if each["id"] == made["id"])
    assert (seen["account"], seen["price"]) == (None, "4.05")
    assert seen["displayName"]
    match = await matched(buying, "RespondToListing", listingId=made["id"], accountId=account(buyer), quantity="40")
    assert (match["state"], match["waitsFor"], match["price"], match["listerName"]) == (
        "PROPOSED",
        "SELLER",
        "4.05",
        None,
    )
    assert await amounts(databases, buyer) == {}

    # The seller agrees, and its command delivers; the buyer's account receives by acceptance.
    given = {"matchId": match["id"]}
    early = await command(buying, "ConfirmMatch", **given)
    assert (early["__typename"], early["code"]) == ("ForbiddenError", "market_not_your_step")
    agreed = await matched(selling, "ConfirmMatch", **given)
    assert (agreed["state"], agreed["waitsFor"], agreed["listing"]["openQuantity"]) == ("OFFERED", "BUYER", "60")
    assert await amounts(databases, seller) == {"reserved": "60", "offered": "40"}
    assert await amounts(databases, buyer) == {}
    done = await matched(buying, "ConfirmMatch", **given)
    assert (done["state"], done["waitsFor"]) == ("SETTLED", None)
    assert done["listerName"]
    assert await amounts(databases, seller) == {"reserved": "60"}
    assert await amounts(databases, buyer) == {"available": "40"}
    moved = (await buying.named("UnitMovement", number=done["movementNumber"]))["unitMovement"]
    assert (moved["id"], moved["kind"], moved["quantity"]) == (done["movementId"], "ACCEPT", "40")
    over = await command(buying, "ConfirmMatch", **given)
    assert (over["__typename"], over["code"]) == ("ConflictError", "market_match_ended")

    # A certificate is sold once: the buyer cannot list it again, and nothing stays reserved.
    again = await command(buying, "PostListing", **offer(buyer, quantity="1"))
    assert again["code"] == "market_units_bound"
    assert "已交易 1 次" in again["messageZh"]
    assert await amounts(databases, buyer) == {"available": "40"}

    # What was left is withdrawn: free again.
    closed = (await command(selling, "WithdrawListing", listingId=made["id"]))["listing"]
    assert (closed["state"], closed["openQuantity"]) == ("WITHDRAWN", "60")
    assert await amounts(databases, seller) == {"available": "60"}
    # The buyer still finds what it answered; a third one does not.
    assert (await buying.named("MarketListing", id=made["id"]))["marketListing"]["state"] == "WITHDRAWN"
    third = await caller(http, await holder(databases))
    assert (await third.ask("query($id: ID!) { marketListing(id: $id) { id } }", id=made["id"]))["data"][
        "marketListing"
    ] is None


async def test_a_buyer_that_receives_automatically(databases: Databases, http: httpx.AsyncClient) -> None:  # noqa: F811
    seller, buyer = await holder(databases, 10), await holder(databases, automatic=True)
    selling, buying = await caller(http, seller), await caller(http, buyer)
    made = await posted(selling, seller, quantity="10")
    match = await matched(
        buying, "RespondToListing", listingId=made["id"], accountId=account(buyer), quantity="10", price="4"
    )
    done = await matched(selling, "ConfirmMatch", matchId=match["id"])
    assert (done["state"], done["price"], done["listing"]["state"]) == ("SETTLED", "4", "MATCHED")
    assert await amounts(databases, seller) == {}
    assert await amounts(databases, buyer) == {"available": "10"}


async def test_a_request_is_answered(databases: Databases, http: httpx.AsyncClient) -> None:  # noqa: F811
    seller, rival, buyer = await holder(databases, 50), await holder(databases, 50), await holder(databases)
    selling, buying, losing = await caller(http, seller), await caller(http, buyer), await caller(http, rival)
    wish = {"side": "REQUEST", "quantity": "30", "technologies": ["wind"], "producedFrom": "2026-01", "price": None}
    made = await posted(buying, buyer, **wish)
    assert (made["displayName"], made["attributes"]["producedFrom"]) == (None, "2026-01")
    given = {"listingId": made["id"], "quantity": "30", "price": "5.5"}
    match = await matched(selling, "RespondToListing", accountId=account(seller), **given)
    other = await matched(losing, "RespondToListing", accountId=account(rival), **given)
    assert (match["state"], match["waitsFor"], match["attributes"]["vintage"]) == ("PROPOSED", "BUYER", 2026)
    assert await amounts(databases, seller) == {"available": "20", "reserved": "30"}
    assert (await command(selling, "ConfirmMatch", matchId=match["id"]))["code"] == "market_not_your_step"

    agreed = await matched(buying, "ConfirmMatch", matchId=match["id"])
    assert (agreed["state"], agreed["waitsFor"], agreed["listing"]["state"]) == ("CONFIRMED", "SELLER", "MATCHED")
    assert await amounts(databases, buyer) == {}
    # The request is filled: the other seller's proposal is refused and its units are free.
    lost = (await losing.named("MarketMatch", id=other["id"]))["marketMatch"]
    assert lost["state"] == "REFUSED"
    assert await amounts(databases, rival) == {"available": "50"}
    assert (await command(selling, "RefuseMatch", matchId=match["id"]))["code"] == "market_match_not_withdrawable"

    delivered = await matched(selling, "ConfirmMatch", matchId=match["id"])
    assert (delivered["state"], delivered["waitsFor"]) == ("OFFERED", "BUYER")
    done = await matched(buying, "ConfirmMatch", matchId=match["id"])
    assert done["state"] == "SETTLED"
    assert await amounts(databases, seller) == {"available": "20"}
    assert await amounts(databases, buyer) == {"available": "30"}
    own = (await buying.named("MarketMatches", accountId=account(buyer), state="SETTLED"))["marketMatches"]["nodes"]
    assert [each["id"] for each in own] == [match["id"]]


async def test_a_command_sent_twice_is_one(databases: Databases, http: httpx.AsyncClient) -> None:  # noqa: F811
    seller, buyer = await holder(databases, 10), await holder(databases)
    selling, buying = await caller(http, seller), await caller(http, buyer)
    given = offer(seller, quantity="4")
    first = (await selling.named("PostListing", input=given, idempotencyKey="board"))["postListing"]
    assert (await selling.named("PostListing", input=given, idempotencyKey="board"))["postListing"] == first
    assert await amounts(databases, seller) == {"available": "6", "reserved": "4"}
    answer = {"listingId": first["listing"]["id"], "accountId": account(buyer), "quantity": "4"}
    one = (await buying.named("RespondToListing", input=answer, idempotencyKey="take"))["respondToListing"]
    assert (await buying.named("RespondToListing", input=answer, idempotencyKey="take"))["respondToListing"] == one


async def test_a_delivery_ended_in_the_ledger_is_taken_over(databases: Databases, http: httpx.AsyncClient) -> None:  # noqa: F811
    """Whoever accepts or declines the offer itself finds the match waiting: its own step takes over what was done."""
    seller, buyer = await holder(databases, 50), await holder(databases)
    selling, buying = await caller(http, seller), await caller(http, buyer)
    made = await posted(buying, buyer, side="REQUEST", quantity="50")
    given = {"listingId": made["id"], "accountId": account(seller), "quantity": "20"}
    delivered: list[dict[str, Any]] = []
    for _ in range(2):
        match = await matched(selling, "RespondToListing", **given)
        await matched(buying, "ConfirmMatch", matchId=match["id"])
        delivered.append(await matched(selling, "ConfirmMatch", matchId=match["id"]))
    taken, refused = delivered
    accepted = await command(buying, "AcceptOffer", holdId=taken["holdId"])
    await command(buying, "DeclineOffer", holdId=refused["holdId"])

    done = await matched(buying, "ConfirmMatch", matchId=taken["id"])
    assert (done["state"], done["movementNumber"]) == ("SETTLED", accepted["movement"]["number"])
    over = await command(buying, "ConfirmMatch", matchId=refused["id"])
    assert (over["code"], over["messageZh"]) == ("hold_not_open", "该项已结束（已解除），不能再处理。")
    ended = await matched(buying, "RefuseMatch", matchId=refused["id"])
    assert (ended["state"], ended["listing"]["openQuantity"]) == ("REFUSED", "30")
    assert (await amounts(databases, seller), await amounts(databases, buyer)) == (
        {"available": "30"},
        {"available": "20"},
    )
    again = await command(buying, "ConfirmMatch", matchId=taken["id"])
    assert (again["code"], again["messageZh"]) == ("market_match_ended", "该撮合已结束（已成交）。")


async def test_refused_and_taken_back(databases: Databases, http: httpx.AsyncClient) -> None:  # noqa: F811
    seller, buyer = await holder(databases, 50), await holder(databases)
    selling, buying = await caller(http, seller), await caller(http, buyer)
    made = await posted(buying, buyer, side="REQUEST", quantity="50")
    given = {"listingId": made["id"], "accountId": account(seller), "quantity": "20"}
    first = await matched(selling, "RespondToListing", **given)
    second = await matched(selling, "RespondToListing", **given)
    refused = await matched(buying, "RefuseMatch", matchId=first["id"], note="价格不合适")
    assert (refused["state"], refused["note"]) == ("REFUSED", "价格不合适")
    assert (await command(buying, "WithdrawMatch", matchId=second["id"]))["code"] == "market_not_your_step"
    assert (await matched(selling, "WithdrawMatch", matchId=second["id"]))["state"] == "WITHDRAWN"
    assert await amounts(databases, seller) == {"available": "50"}
    # A delivery may be refused as well: the request is open for it again.
    third = await matched(selling, "RespondToListing", **given)
    await matched(buying, "ConfirmMatch", matchId=third["id"])
    assert (await command(selling, "WithdrawMatch", matchId=third["id"]))["code"] == "market_match_not_withdrawable"
    assert (await matched(selling, "ConfirmMatch", matchId=third["id"]))["listing"]["openQuantity"] == "30"
    assert (await matched(buying, "RefuseMatch", matchId=third["id"]))["listing"]["openQuantity"] == "50"
    assert await amounts(databases, seller) == {"available": "50"}
    # Withdrawing the request refuses what was proposed, and gives it back.
    fourth = await matched(selling, "RespondToListing", **given)
    await command(buying, "WithdrawListing", listingId=made["id"])
    assert (await selling.named("MarketMatch", id=fourth["id"]))["marketMatch"]["state"] == "REFUSED"
    assert await amounts(databases, seller) == {"available": "50"}


@pytest.mark.parametrize(
    ("given", "kind", "code"),
    [
        ({"quantity": "0"}, "InvalidError", "market_quantity_invalid"),
        ({"quantity": "1.5"}, "InvalidError", "market_quantity_invalid"),
        ({"quantity": "101"}, "ConflictError", "insufficient_units"),
        ({"minimum": "101"}, "InvalidError", "market_minimum_invalid"),
        ({"price": "-1"}, "InvalidError", "market_price_invalid"),
        ({"validUntil": "2020-01-01"}, "InvalidError", "market_date_invalid"),
        ({"unitClass": "NONE"}, "InvalidError", "class_unknown"),
        ({"vintage": 2026}, "InvalidError", "market_wishes_not_for_offer"),
        ({"note": "长" * 501}, "InvalidError", "market_text_too_long"),
        ({"serials": [{"first": "9", "last": "8"}]}, "InvalidError", "serials_invalid"),
        (
            {"side": "REQUEST", "serials": [{"first": "1", "last": "2"}]},
            "InvalidError",
            "market_units_only_from_seller",
        ),
        (
            {"side": "REQUEST", "producedFrom": "2026-03", "producedTo": "2026-02"},
            "InvalidError",
            "market_wishes_invalid",
        ),
    ],
)
async def test_a_listing_that_cannot_be(
    databases: Databases,
    http: httpx.AsyncClient,  # noqa: F811
    given: dict[str, Any],
    kind: str,
    code: str,
) -> None:
    seller = await holder(databases, 100)
    client = await caller(http, seller)
    found = await command(client, "PostListing", **offer(seller, **given))
    assert (found["__typename"], found["code"]) == (kind, code), found
    assert "{" not in found["messageZh"] + found["messageEn"]
    assert await amounts(databases, seller) == {"available": "100"}
    own = await client.named("MarketListings", accountId=account(seller))
    assert own["marketListings"]["nodes"] == []


@pytest.mark.parametrize(
    ("batch", "zh"),
    [
        ({"is_transferable": False}, "不可交易"),
        ({"attributes": {"kind": "self_use"}}, "自发自用"),
        ({"attributes": {"is_bundled": True}}, "证电合一"),
        ({"transfers_used": 1}, "已交易 1 次"),
    ],
)
async def test_units_that_cannot_change_hands_are_not_listed(
    databases: Databases,
    http: httpx.AsyncClient,  # noqa: F811
    batch: dict[str, Any],
    zh: str,
) -> None:
    seller, buyer = await holder(databases, 5, **batch), await holder(databases)
    client, buying = await caller(http, seller), await caller(http, buyer)
    found = await command(client, "PostListing", **offer(seller, quantity="5"))
    assert (found["__typename"], found["code"]) == ("ConflictError", "market_units_bound")
    assert zh in found["messageZh"]
    wanted = await posted(buying, buyer, side="REQUEST", quantity="5")
    answer = {"listingId": wanted["id"], "accountId": account(seller), "quantity": "5"}
    assert (await command(client, "RespondToListing", **answer))["code"] == "market_units_bound"
    assert await amounts(databases, seller) == {"available": "5"}


async def test_an_offer_does_not_outlast_its_units(databases: Databases, http: httpx.AsyncClient) -> None:  # noqa: F811
    seller = await holder(databases, 5, valid_until=today() + timedelta(days=10))
    found = await command(await caller(http, seller), "PostListing", **offer(seller, quantity="5"))
    assert found["code"] == "market_date_invalid"
    assert str(today() + timedelta(days=10)) in found["messageZh"]


async def test_answers_that_cannot_be(databases: Databases, http: httpx.AsyncClient) -> None:  # noqa: F811
    seller, buyer = await holder(databases, 100), await holder(databases)
    selling, buying = await caller(http, seller), await caller(http, buyer)
    made = await posted(selling, seller, minimum="10")
    known = {"listingId": made["id"], "accountId": account(buyer), "quantity": "10"}
    for client, given, code in (
        (buying, {"quantity": "9"}, "market_lot_invalid"),
        (buying, {"quantity": "101"}, "market_lot_invalid"),
        (buying, {"quantity": "10.5"}, "market_quantity_invalid"),
        (buying, {"price": "0"}, "market_price_invalid"),
        (buying, {"note": "长" * 501}, "market_text_too_long"),
        (buying, {"serials": [{"first": "1", "last": "10"}]}, "market_units_only_from_seller"),
        (buying, {"accountId": account(seller)}, "account_not_found"),
        (buying, {"listingId": str(node_id("MarketListing", buyer.id))}, "market_listing_not_found"),
        (buying, {"listingId": account(buyer)}, "node_id_invalid"),
        (selling, {"accountId": account(seller)}, "market_own_listing"),
    ):
        found = await command(client, "RespondToListing", **{**known, **given})
        assert found["code"] == code, found
        assert "{" not in found["messageZh"] + found["messageEn"]
    assert (await command(buying, "WithdrawListing", listingId=made["id"]))["code"] == "market_listing_not_yours"
    await command(selling, "WithdrawListing", listingId=made["id"])
    assert (await command(buying, "RespondToListing", **known))["code"] == "market_listing_not_found"
    assert (await command(selling, "WithdrawListing", listingId=made["id"]))["code"] == "market_listing_not_open"
    nodes = (await buying.named("MarketMatches", accountId=account(buyer)))["marketMatches"]["nodes"]
    assert nodes == []


async def test_who_sees_the_board(databases: Databases, http: httpx.AsyncClient) -> None:  # noqa: F811
    seller, buyer = await holder(databases, 10), await holder(databases)
    made = await listed(databases, seller, "10")
    match = await answered(databases, buyer, made.id, "5")
    key, match_key = str(node_id("MarketListing", made.id)), str(node_id("MarketMatch", match.id))
    board = "query { marketListings(first: 100) { nodes { id displayName account { id } } } }"
    one = "query($id: ID!) { marketMatch(id: $id) { id } }"
    stranger = await caller(http, await holder(databases))
    seen = next(each for each in (await stranger.ask(board))["data"]["marketListings"]["nodes"] if each["id"] == key)
    assert seen == {"id": key, "displayName": None, "account": None}
    assert (await stranger.ask(one, id=match_key))["data"]["marketMatch"] is None
    for make, code in ((identity.bank, "forbidden"), (identity.verifier, "market_board_not_open")):
        other = await Client(http, "wuxi").signed_in(await make(databases))
        answer = await other.ask(board)
        assert [each["extensions"]["code"] for each in answer["errors"]] == [code]
        assert (await other.ask(one, id=match_key))["data"]["marketMatch"] is None
    bureau = await Client(http, "wuxi").signed_in(await identity.authority(databases))
    nodes = (await bureau.ask(board))["data"]["marketListings"]["nodes"]
    assert key in [each["id"] for each in nodes]
    viewer = await identity.colleague(databases, seller.holder, "viewer")
    reading = Client(http, "wuxi").as_(await identity.token_of(databases, app_settings(http), seller.holder, viewer))
    assert (await command(reading, "WithdrawListing", listingId=key))["__typename"] == "ForbiddenError"


def app_settings(http: httpx.AsyncClient) -> Any:  # noqa: F811
    return http._transport.app.inner.state.here.settings  # type: ignore[attr-defined]


async def test_raw_rows_keep_an_anonymous_lister_unknown(databases: Databases) -> None:
    """The wall is the database's: another enterprise's transaction reads neither whose it is nor who answered."""
    seller, buyer, stranger = await holder(databases, 10), await holder(databases), await holder(databases)
    made = await listed(databases, seller, "10")
    await answered(databases, buyer, made.id, "5")
    async with databases.read(stranger.scope) as read:
        assert await read.rows(select(MarketOwner.account_id)) == []
        assert await read.rows(select(MarketMatch.id)) == []
        assert await read.rows(select(MarketTrade.match_id)) == []
    async with databases.read(buyer.scope) as read:
        assert await read.rows(select(MarketOwner.account_id)) == []


async def test_the_best_counter_listing_and_the_volumes(databases: Databases, http: httpx.AsyncClient) -> None:  # noqa: F811
    bureau = await Client(http, "wuxi").signed_in(await identity.authority(databases))

    async def volume() -> dict[str, Any]:
        found = (await bureau.named("MarketVolumes", year=today().year))["marketVolumes"]
        known = {(each["month"], each["unitClass"]): each for each in found}
        return known.get(
            (f"{today():%Y-%m}", "GEC"), {"matches": 0, "quantity": "0", "pricedQuantity": "0", "yuan": "0"}
        )

    before = await volume()
    buyer = await holder(databases, automatic=True)
    buying = await caller(http, buyer)
    wish = await posted(buying, buyer, side="REQUEST", quantity="30", technologies=["tidal"], price="9")
    fit, unfit = await holder(databases, 30, attributes={"technology": "tidal"}), await holder(databases, 30)
    good = await posted(await caller(http, fit), fit, quantity="30", price="8.123")
    bad = await posted(await caller(http, unfit), unfit, quantity="30", price="1")
    found = (await buying.named("ListingMatches", listingId=wish["id"]))["listingMatches"]
    assert found[0]["listing"]["id"] == good["id"]
    assert {each["code"]: each["outcome"] for each in found[0]["aspects"]} == {
        "vintage": "PASS", "production": "PASS", "technology": "PASS", "price": "PASS", "quantity": "PASS",
    }  # fmt: skip
    assert found[0]["coveredQuantity"] == "30"
    for made, lister, price in ((good, fit, "8.123"), (bad, unfit, None)):
        match = await matched(
            buying, "RespondToListing", listingId=made["id"], accountId=account(buyer), quantity="3", price=price
        )
        await matched(await caller(http, lister), "ConfirmMatch", matchId=match["id"])
    after = await volume()
    assert int(after["matches"]) - int(before["matches"]) == 2
    assert int(after["quantity"]) - int(before["quantity"]) == 6
    assert Decimal(after["yuan"]) - Decimal(before["yuan"]) == Decimal("27.369")  # 3 x 8.123 + 3 x 1
    quotient = Decimal(after["yuan"]) / Decimal(after["pricedQuantity"])
    assert Decimal(after["averagePrice"]) == quotient.quantize(Decimal("0.000001"), "ROUND_HALF_UP")
    refused = await buying.ask("query { marketVolumes(year: 2026) { month } }")
    assert refused["errors"][0]["extensions"]["code"] == "market_authority_volumes"


async def test_commands_are_audited(databases: Databases) -> None:
    seller = await holder(databases, 10)
    made = await listed(databases, seller, "10", side=Side.OFFER)
    async with databases.read(Scope.system("wuxi")) as read:
        rows = await read.rows(
            select(AuditEvent.action, AuditEvent.object_id).where(AuditEvent.organisation_id == seller.holder.id)
        )
    assert ("credits:post_listing", str(made.id)) in [tuple(row) for row in rows]
    assert "ledger:reserve" in [row.action for row in rows]
