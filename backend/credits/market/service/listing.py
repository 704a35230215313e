"""Listings are posted, and withdrawn by who posted them."""

from dataclasses import asdict
from uuid import UUID

from sqlalchemy import insert

from backend.accounts import service as accounts
from backend.credits.market import queries, rules
from backend.credits.market.errors import ListingDateInvalid, ListingNotFound, ListingNotOpen
from backend.credits.market.models import MarketListing, MarketOwner
from backend.credits.market.service.common import (
    change_listing,
    class_of,
    end_proposals,
    give_back,
    locked_listing,
    name_of,
    reserve,
    still_open,
)
from backend.credits.market.values import Attributes, ListingState, ListingValue, MatchState, Side, Wanted
from backend.kit.clock import now, today
from backend.kit.db import Write
from backend.kit.ids import new_id
from backend.kit.scope import Scope
from backend.ledger import service as ledger
from backend.ledger.values import Selection


async def post_listing(write: Write, scope: Scope, account_id: UUID, wanted: Wanted) -> ListingValue:
    """Post an offer, whose units are reserved in the ledger, or a request.

    Raises:
        Unauthenticated, Forbidden: without `credits:offer`.
        AccountNotFound, AccountNotYours, AccountClosed, ClassUnknown: in this order.
        whatever `rules.check_listing` refuses.
        whatever `ledger.reserve` refuses: InsufficientUnits, UnitsExpired, SerialsNotHere, ClassFrozen...
        OfferedUnitsBound: units that cannot change hands.
        ListingDateInvalid: an offer that would stand longer than its units.
    """
    scope.require("credits:offer")
    account = await accounts.own_account(write, scope, account_id)
    of = await class_of(write, scope, wanted.class_code)
    rules.check_listing(wanted, of, today())
    shown = "" if wanted.is_anonymous else await name_of(write, scope, account.organisation_id)
    listing_id, hold_id = new_id(), None
    told = Attributes(wanted.vintage, wanted.produced_from, wanted.produced_to, tuple(sorted(set(wanted.technologies))))
    if wanted.side is Side.OFFER:
        selection = Selection(of.code, wanted.quantity, wanted.batch_id, wanted.serials)
        hold_id, told = await reserve(write, scope, account_id, of, selection, listing_id)
        if told.units_valid_until is not None and told.units_valid_until < wanted.valid_until:
            raise ListingDateInvalid(
                valid_until=str(wanted.valid_until), latest=str(told.units_valid_until), path=("input", "validUntil")
            )
    await write.run(
        insert(MarketListing).values(
            id=listing_id, side=wanted.side.value, class_code=of.code, quantity=wanted.quantity,
            open_quantity=wanted.quantity, minimum=wanted.minimum, price=wanted.price, valid_until=wanted.valid_until,
            display_name=shown, note=wanted.note.strip(), state=ListingState.OPEN.value, posted_at=now(),
            **{**asdict(told), "technologies": list(told.technologies)},
        )
    )  # fmt: skip
    await write.run(
        insert(MarketOwner).values(
            account_id=account_id, listing_id=listing_id, hold_id=hold_id, listed_by=scope.actor_id
        )
    )
    write.audit("credits:post_listing", object_type="MarketListing", object_id=listing_id, side=wanted.side.value,
                unit_class=of.code, quantity=wanted.quantity, price=wanted.price)  # fmt: skip
    return queries.listing_of(await write.row(queries.LISTING.where(MarketListing.id == listing_id)))


async def withdraw_listing(write: Write, scope: Scope, listing_id: UUID) -> ListingValue:
    """Withdraw a listing of one's own: what it reserves is free again, proposals are refused, agreements stand.

    Raises:
        Unauthenticated, Forbidden: without `credits:offer`.
        ListingNotFound, ListingNotYours, ListingNotOpen: in this order.
        ClassFrozen: the book is frozen; nothing moves until it is opened.
    """
    scope.require("credits:offer")
    listing = await locked_listing(write, scope, listing_id)
    if listing.state is not ListingState.OPEN:
        raise ListingNotOpen(state=listing.state.value)
    await end_listing(write, scope, listing, ListingState.WITHDRAWN)
    write.audit("credits:withdraw_listing", object_type="MarketListing", object_id=listing_id)
    found = (await queries.listings_by_id(write, scope, [listing_id]))[0]
    if found is None:
        raise ListingNotFound
    return found


async def end_listing(write: Write, scope: Scope, listing: ListingValue, state: ListingState) -> None:
    """End a locked listing, its proposals, and every reservation behind them; one call of the ledger."""
    proposals = await queries.proposals(write, scope, listing.id)
    reserved = await end_proposals(write, proposals, MatchState.REFUSED)
    await change_listing(write, listing.id, state=state.value, closed_at=now())
    owner = (await queries.owners_by_listing(write, scope, [listing.id]))[0]
    own = await still_open(write, scope, [owner.hold_id if owner else None])
    if listing.side is Side.REQUEST:
        await give_back(write, scope, reserved)
    elif own:
        await ledger.free(write, scope, own[0])
