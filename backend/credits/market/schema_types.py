"""The board on the wire: listings, matches, fits and volumes."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

import strawberry

from backend.accounts.schema_types import CarbonAccount, load_account
from backend.credits.market import queries
from backend.credits.market.service import check_board
from backend.credits.market.values import (
    Fit,
    ListingState,
    ListingValue,
    MatchState,
    MatchValue,
    Party,
    Side,
    VolumeValue,
)
from backend.emissions.values import Outcome
from backend.wire.context import Context, Info
from backend.wire.nodes import Node, NodeIdInvalid, node_id, node_loader, uuids
from backend.wire.scalars import BigInt, Month

LISTING, MATCH = "MarketListing", "MarketMatch"

strawberry.enum(Side, name="MarketSide", description="Units offered, or units requested.")
strawberry.enum(
    ListingState, name="MarketListingState", description="How a listing stands; a matched one has nothing left."
)
strawberry.enum(
    MatchState,
    name="MarketMatchState",
    description="`PROPOSED`: answered, waits for the lister. `CONFIRMED`: the buyer agreed, the seller delivers. `OFFERED`: "
    "delivered, the buyer's account receives by acceptance. `SETTLED`: the units are the buyer's. The others are ends.",
)
strawberry.enum(Party, name="MarketParty", description="A side of a sale.")


@strawberry.type(description="What the other side is told of units; null or empty is not known, or not one for all.")
class MarketAttributes:
    """What the other side is told of units."""

    vintage: int | None = strawberry.field(description="Year of the benefit.")
    produced_from: Month | None = strawberry.field(description="First month of production.")
    produced_to: Month | None = strawberry.field(description="Last month of production.")
    technologies: list[str] = strawberry.field(
        description="E.g. `wind`; of a request those that will do, any if empty."
    )
    units_valid_until: date | None = strawberry.field(description="The first last day among the units.")


@strawberry.type(
    name=LISTING,
    description="An offer or a request on the board (供需挂牌). The units of an offer are reserved in the ledger. The price is "
    "information: no payment runs here.",
)
class MarketListing(Node):
    """An offer or a request on the board."""

    own_id: strawberry.Private[UUID]
    side: Side = strawberry.field(description="Units offered, or requested.")
    unit_class: str = strawberry.field(description="The class of units.")
    quantity: Decimal = strawberry.field(description="Units listed.")
    open_quantity: Decimal = strawberry.field(description="Units not agreed on yet.")
    minimum: Decimal | None = strawberry.field(description="The smallest lot; the last lot may be smaller.")
    price: Decimal | None = strawberry.field(description="Yuan a unit, as the lister wishes it; null: to be agreed.")
    attributes: MarketAttributes = strawberry.field(description="Of an offer's units; wishes of a request.")
    valid_until: date = strawberry.field(description="The last day it stands.")
    display_name: str | None = strawberry.field(description="Who listed; null where it chose to be anonymous.")
    note: str = strawberry.field(description="In words.")
    state: ListingState = strawberry.field(description="How it stands.")
    posted_at: datetime = strawberry.field(description="When it was posted.")
    closed_at: datetime | None = strawberry.field(description="When it ended.")

    @strawberry.field(description="Whose it is; null unless you may see that account.")
    async def account(self, info: Info) -> CarbonAccount | None:
        """Return the lister's account."""
        owner = await info.context.loader(queries.owners_by_listing).load(self.own_id)
        return None if owner is None else await load_account(info.context, owner.account_id)


@strawberry.type(
    name=MATCH,
    description="A listing, or part of it, answered by another enterprise (撮合). Units move only after a command of each "
    "side. The price is information: no payment runs here.",
)
class MarketMatch(Node):
    """A listing answered."""

    listing_id: strawberry.Private[UUID]
    side: Side = strawberry.field(description="Side of the listing: the lister of an offer sells.")
    unit_class: str = strawberry.field(description="The class of units.")
    quantity: Decimal = strawberry.field(description="Units of the lot.")
    price: Decimal | None = strawberry.field(description="Yuan a unit, as agreed; null: settled elsewhere.")
    attributes: MarketAttributes = strawberry.field(description="Of the seller's units.")
    state: MatchState = strawberry.field(description="How it stands.")
    waits_for: Party | None = strawberry.field(description="Whose step is next; null at an end.")
    responder_name: str = strawberry.field(description="Who answered.")
    lister_name: str | None = strawberry.field(description="Who listed; null until it has agreed.")
    movement_number: BigInt | None = strawberry.field(description="The sale's lasting number; null until settled.")
    movement_id: strawberry.ID | None = strawberry.field(description="The sale in the ledger; null until settled.")
    hold_id: strawberry.ID | None = strawberry.field(description="The reservation, later the offer, of its units.")
    note: str = strawberry.field(description="In words.")
    proposed_at: datetime = strawberry.field(description="When it was proposed.")
    confirmed_at: datetime | None = strawberry.field(description="When the lister agreed.")
    lapses_at: datetime = strawberry.field(description="When the step that is due lapses.")
    ended_at: datetime | None = strawberry.field(description="When it ended.")

    @strawberry.field(description="The listing answered.")
    async def listing(self, info: Info) -> MarketListing | None:
        """Return the listing."""
        found = await info.context.loader(queries.listings_by_id).load(self.listing_id)
        return None if found is None else listing(found)


@strawberry.type(description="One thing compared between two listings.")
class MarketAspect:
    """One thing compared between two listings."""

    code: str = strawberry.field(description="`vintage`, `production`, `technology`, `price` or `quantity`.")
    outcome: Outcome = strawberry.field(description="Pass, fail, or cannot tell.")


@strawberry.type(description="A counter-listing and how well it fits.")
class MarketFit:
    """A counter-listing and how well it fits."""

    listing: MarketListing = strawberry.field(description="The counter-listing.")
    aspects: list[MarketAspect] = strawberry.field(description="What was compared.")
    covered_quantity: Decimal = strawberry.field(description="Units the two could agree on.")


@strawberry.type(description="What was settled on the board in a month (China's calendar), of a class.")
class MarketVolume:
    """What was settled in a month."""

    month: Month = strawberry.field(description="The month.")
    unit_class: str = strawberry.field(description="The class of units.")
    matches: int = strawberry.field(description="Sales.")
    quantity: Decimal = strawberry.field(description="Units.")
    priced_quantity: Decimal = strawberry.field(description="Units of sales that named a price.")
    yuan: Decimal = strawberry.field(description="Sum of price x quantity of those, exact.")
    average_price: Decimal | None = strawberry.field(
        description="`yuan` divided by `pricedQuantity`, half up to 6 decimals; null when no sale named a price. Prices are "
        "those the parties wrote: no payment runs here."
    )


def own_id(value: str, type_name: str, *, path: tuple[str, ...]) -> UUID:
    """Return the id inside the global id of a listing or match.

    Raises:
        NodeIdInvalid: not the global id of such a thing.
    """
    ids = uuids(value, type_name, path=path)
    if len(ids) != 1:
        raise NodeIdInvalid(id=value, expected=type_name, path=path)
    return ids[0]


def _attributes(value: ListingValue | MatchValue) -> MarketAttributes:
    def month(day: date | None) -> Month | None:
        return None if day is None else Month(day)

    return MarketAttributes(
        vintage=value.vintage, produced_from=month(value.produced_from), produced_to=month(value.produced_to),
        technologies=list(value.technologies), units_valid_until=value.units_valid_until,
    )  # fmt: skip


def listing(value: ListingValue) -> MarketListing:
    """Return a listing as the wire has it."""
    return MarketListing(
        id=node_id(LISTING, value.id), own_id=value.id, side=value.side, unit_class=value.class_code,
        quantity=value.quantity, open_quantity=value.open_quantity, minimum=value.minimum, price=value.price,
        attributes=_attributes(value), valid_until=value.valid_until, display_name=value.display_name or None,
        note=value.note, state=value.state, posted_at=value.posted_at, closed_at=value.closed_at,
    )  # fmt: skip


def match(value: MatchValue) -> MarketMatch:
    """Return a match as the wire has it."""
    moved, number = value.movement_id, value.movement_number
    return MarketMatch(
        id=node_id(MATCH, value.id), listing_id=value.listing_id, side=value.side, unit_class=value.class_code,
        quantity=value.quantity, price=value.price, attributes=_attributes(value), state=value.state,
        waits_for=value.waits_for, responder_name=value.responder_name, lister_name=value.lister_name or None,
        movement_number=None if number is None else BigInt(number),
        movement_id=None if moved is None else node_id("UnitMovement", moved),
        hold_id=None if value.hold_id is None else node_id("UnitHold", value.hold_id), note=value.note,
        proposed_at=value.proposed_at, confirmed_at=value.confirmed_at, lapses_at=value.lapses_at,
        ended_at=value.ended_at,
    )  # fmt: skip


def fits(values: Sequence[Fit]) -> list[MarketFit]:
    """Return counter-listings as the wire has them."""
    return [
        MarketFit(
            listing=listing(each.listing), covered_quantity=each.covered,
            aspects=[MarketAspect(code=one.code, outcome=one.outcome) for one in each.aspects],
        )
        for each in values
    ]  # fmt: skip


def volume(value: VolumeValue) -> MarketVolume:
    """Return a month's volume as the wire has it."""
    return MarketVolume(
        month=Month(value.month), unit_class=value.class_code, matches=value.matches, quantity=value.quantity,
        priced_quantity=value.priced_quantity, yuan=value.yuan, average_price=value.average_price,
    )  # fmt: skip


@node_loader(LISTING)
async def load_listing(context: Context, *ids: UUID) -> MarketListing | None:
    """Return a listing the caller may see."""
    check_board(context.scope)
    found = await context.loader(queries.listings_by_id).load(ids[0]) if len(ids) == 1 else None
    return None if found is None else listing(found)


@node_loader(MATCH)
async def load_match(context: Context, *ids: UUID) -> MarketMatch | None:
    """Return a match the caller may see."""
    context.scope.require("credits:read")  # nothing is told of a match to whom it is not: row-level security hides it
    found = await context.loader(queries.matches_by_id).load(ids[0]) if len(ids) == 1 else None
    return None if found is None else match(found)
