"""Commands of the board on the wire."""

from datetime import date
from decimal import Decimal

import strawberry

from backend.credits.market import service
from backend.credits.market.schema_types import (
    LISTING,
    MATCH,
    MarketListing,
    MarketMatch,
    listing,
    match,
    own_id,
)
from backend.credits.market.values import Answered, Side, Wanted
from backend.kit.db import Write
from backend.kit.months import Month as CalendarMonth
from backend.ledger.schema_claims import SerialRangeInput, serial_runs
from backend.wire.commands import command
from backend.wire.context import Context
from backend.wire.nodes import uuids
from backend.wire.scalars import Month

# pyright: reportGeneralTypeIssues=false, reportSelfClsParameterName=false
# ruff: noqa: A002, N805
# `command` makes static functions whose argument is called `input` on the wire.


@strawberry.input(
    description="Post an offer or a request. What an offer says of its units is read from them; vintage, production and "
    "technologies are wishes of a request. The price is information: no payment runs here."
)
class PostListingInput:
    """Post a listing."""

    account_id: strawberry.ID = strawberry.field(description="Your carbon account.")
    side: Side = strawberry.field(description="Offer or request.")
    unit_class: str = strawberry.field(description="The class's code: `GEC`, or any whose units may change hands.")
    quantity: Decimal = strawberry.field(description="How many units.")
    valid_until: date = strawberry.field(description="The last day it stands: a year ahead at most.")
    minimum: Decimal | None = strawberry.field(default=None, description="The smallest lot.")
    price: Decimal | None = strawberry.field(default=None, description="Yuan a unit.")
    vintage: int | None = strawberry.field(default=None, description="Wish: the year of the benefit.")
    produced_from: Month | None = strawberry.field(default=None, description="Wish: produced from this month on.")
    produced_to: Month | None = strawberry.field(default=None, description="Wish: produced up to this month.")
    technologies: list[str] = strawberry.field(default_factory=list, description="Wish: any of these.")
    batch_id: strawberry.ID | None = strawberry.field(default=None, description="Offer units of this batch.")
    serials: list[SerialRangeInput] = strawberry.field(default_factory=list, description="Offer these very units.")
    is_anonymous: bool = strawberry.field(default=True, description="Whether your name is kept from the board.")
    note: str = strawberry.field(default="", description="In words, for everybody on the board; 500 characters.")


@strawberry.input(description="Name a listing of yours.")
class WithdrawListingInput:
    """Withdraw a listing."""

    listing_id: strawberry.ID = strawberry.field(description="The listing's global id.")


@strawberry.type(description="The listing was posted or withdrawn.")
class MarketListingChanged:
    """The listing was posted or withdrawn."""

    listing: MarketListing = strawberry.field(description="As it is now.")


@strawberry.input(
    description="Take (part of) an offer, or bring units to a request. Batch and serials are the seller's to name."
)
class RespondToListingInput:
    """Answer a listing."""

    listing_id: strawberry.ID = strawberry.field(description="The listing's global id.")
    account_id: strawberry.ID = strawberry.field(description="Your carbon account: it buys from an offer.")
    quantity: Decimal = strawberry.field(description="How many units.")
    price: Decimal | None = strawberry.field(default=None, description="Yuan a unit; left out: the listing's.")
    batch_id: strawberry.ID | None = strawberry.field(default=None, description="Sell units of this batch.")
    serials: list[SerialRangeInput] = strawberry.field(default_factory=list, description="Sell these very units.")
    note: str = strawberry.field(default="", description="In words, for the lister; 500 characters.")


@strawberry.input(description="Name a match you take part in.")
class MarketMatchInput:
    """Name a match."""

    match_id: strawberry.ID = strawberry.field(description="The match's global id.")


@strawberry.input(description="Refuse a proposal for your listing, or a delivery to you.")
class RefuseMatchInput:
    """Refuse a match."""

    match_id: strawberry.ID = strawberry.field(description="The match's global id.")
    note: str = strawberry.field(default="", description="Why; the other side reads it.")


@strawberry.type(description="The match went on, or ended.")
class MarketMatchChanged:
    """The match went on, or ended."""

    match: MarketMatch = strawberry.field(description="As it is now.")


def _last_day(month: Month | None) -> date | None:
    return None if month is None else CalendarMonth.of(month).last_day


@strawberry.type
class MarketMutation:
    """Commands."""

    @command(
        "credits:post_listing",
        description="Post an offer, whose units are reserved in the ledger, or a request (发布供需挂牌).",
    )
    async def post_listing(context: Context, write: Write, input: PostListingInput) -> MarketListingChanged:
        """Post a listing."""
        batch = None if input.batch_id is None else uuids(input.batch_id, "UnitBatch", path=("input", "batchId"))[0]
        wanted = Wanted(
            side=input.side, class_code=input.unit_class, quantity=input.quantity, valid_until=input.valid_until,
            minimum=input.minimum, price=input.price, vintage=input.vintage, produced_from=input.produced_from,
            produced_to=_last_day(input.produced_to), technologies=tuple(input.technologies), batch_id=batch,
            serials=serial_runs(input.serials), is_anonymous=input.is_anonymous, note=input.note,
        )  # fmt: skip
        account_id = uuids(input.account_id, "CarbonAccount", path=("input", "accountId"))[0]
        return MarketListingChanged(
            listing=listing(await service.post_listing(write, context.scope, account_id, wanted))
        )

    @command(
        "credits:withdraw_listing",
        description="Withdraw a listing of yours: reserved units are free again, proposals refused, agreements stand.",
    )
    async def withdraw_listing(context: Context, write: Write, input: WithdrawListingInput) -> MarketListingChanged:
        """Withdraw a listing."""
        listing_id = own_id(input.listing_id, LISTING, path=("input", "listingId"))
        return MarketListingChanged(listing=listing(await service.withdraw_listing(write, context.scope, listing_id)))

    @command(
        "credits:respond",
        description="Answer a listing (应答挂牌): a proposal that binds nobody until the lister confirms. A seller's units are "
        "reserved at once.",
    )
    async def respond_to_listing(context: Context, write: Write, input: RespondToListingInput) -> MarketMatchChanged:
        """Answer a listing."""
        batch = None if input.batch_id is None else uuids(input.batch_id, "UnitBatch", path=("input", "batchId"))[0]
        account_id = uuids(input.account_id, "CarbonAccount", path=("input", "accountId"))[0]
        listing_id = own_id(input.listing_id, LISTING, path=("input", "listingId"))
        given = Answered(input.quantity, input.price, batch, serial_runs(input.serials), input.note)
        return MarketMatchChanged(
            match=match(await service.respond(write, context.scope, account_id, listing_id, given))
        )

    @command(
        "credits:confirm_match",
        description="Take the step of a match that is yours (`waitsFor`): the lister agrees, the seller delivers, the buyer "
        "accepts. Agreeing to a proposal for your offer delivers at once.",
    )
    async def confirm_match(context: Context, write: Write, input: MarketMatchInput) -> MarketMatchChanged:
        """Take one's step."""
        match_id = own_id(input.match_id, MATCH, path=("input", "matchId"))
        return MarketMatchChanged(match=match(await service.confirm(write, context.scope, match_id)))

    @command(
        "credits:refuse_match",
        description="Refuse a proposal for your listing, or a delivery to you; the seller's units are free again.",
    )
    async def refuse_match(context: Context, write: Write, input: RefuseMatchInput) -> MarketMatchChanged:
        """Refuse a match."""
        match_id = own_id(input.match_id, MATCH, path=("input", "matchId"))
        return MarketMatchChanged(match=match(await service.refuse(write, context.scope, match_id, input.note)))

    @command("credits:withdraw_match", description="Take back a proposal of yours before the lister has agreed.")
    async def withdraw_match(context: Context, write: Write, input: MarketMatchInput) -> MarketMatchChanged:
        """Take back a proposal."""
        match_id = own_id(input.match_id, MATCH, path=("input", "matchId"))
        return MarketMatchChanged(match=match(await service.withdraw_match(write, context.scope, match_id)))
