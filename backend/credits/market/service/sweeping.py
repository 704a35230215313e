"""What is over ends, under the service's scope: one listing, or one match, a transaction."""

from uuid import UUID

from backend.credits.market import queries
from backend.credits.market.models import MarketMatch
from backend.credits.market.service.common import (
    change_match,
    give_back,
    is_over,
    locked_listing,
    reopen,
    settle,
    still_open,
)
from backend.credits.market.service.listing import end_listing
from backend.credits.market.values import ListingState, ListingValue, MatchState, MatchValue
from backend.kit.clock import now
from backend.kit.db import Write
from backend.kit.scope import Scope
from backend.ledger import service as ledger
from backend.ledger.values import HoldState


async def lapse_listing(write: Write, scope: Scope, listing_id: UUID) -> bool:
    """End a listing whose last day is past, or whose units left their reservation; tell whether it was still due.

    Raises:
        Unauthenticated, Forbidden: without `jobs:operate`.
        ClassFrozen: the units stay reserved until the book is opened.
    """
    scope.require("jobs:operate")
    listing = await locked_listing(write, scope, listing_id)
    if listing.state is not ListingState.OPEN:
        return False
    owner = (await queries.owners_by_listing(write, scope, [listing_id]))[0]
    hold = None if owner is None else owner.hold_id
    if not is_over(listing) and (hold is None or await still_open(write, scope, [hold])):
        return False
    await end_listing(write, scope, listing, ListingState.LAPSED)
    write.audit("credits:lapse_listing", object_type="MarketListing", object_id=listing_id)
    return True


async def settle_or_lapse(write: Write, scope: Scope, match_id: UUID) -> bool:
    """End a match whose time is over, or that was ended in the ledger itself; tell whether anything changed.

    A delivery accepted, declined or lapsed in the ledger is taken over as it stands there.

    Raises:
        Unauthenticated, Forbidden: without `jobs:operate`.
        ClassFrozen: the units stay reserved until the book is opened.
    """
    scope.require("jobs:operate")
    found = (await queries.matches_by_id(write, scope, [match_id]))[0]
    if found is None:
        return False
    listing = await locked_listing(write, scope, found.listing_id)
    match = queries.match_of(await write.row(queries.MATCH.where(MarketMatch.id == match_id).with_for_update()))
    is_late = match.lapses_at <= now()
    if match.state is MatchState.OFFERED:
        return await _follow(write, scope, match, listing)
    if match.state is MatchState.PROPOSED and (is_late or is_over(listing)):
        return await _end(write, scope, match, MatchState.LAPSED if is_late else MatchState.REFUSED)
    if match.state is MatchState.CONFIRMED and is_late:
        await reopen(write, listing, match.quantity)
        return await _end(write, scope, match, MatchState.LAPSED)
    return False


async def _end(write: Write, scope: Scope, match: MatchValue, state: MatchState) -> bool:
    await give_back(write, scope, await still_open(write, scope, [match.hold_id]))
    await change_match(write, match, state=state.value, ended_at=now())
    write.audit("credits:lapse_match", object_type="MarketMatch", object_id=match.id, state=state.value)
    return True


async def _follow(write: Write, scope: Scope, match: MatchValue, listing: ListingValue) -> bool:
    assert match.hold_id is not None  # noqa: S101 - what is offered has a hold
    hold = (await ledger.holds_by_id(write, scope, [match.hold_id]))[match.hold_id]
    if hold.state is HoldState.OPEN:
        return False
    if hold.state is HoldState.SETTLED and hold.closed_by is not None:
        done = await ledger.movements_by_id(write, scope, [hold.closed_by])
        await settle(write, match, done[hold.closed_by])
        return True
    state = MatchState.LAPSED if hold.state is HoldState.LAPSED else MatchState.REFUSED
    await reopen(write, listing, match.quantity)
    await change_match(write, match, state=state.value, ended_at=now())
    write.audit("credits:lapse_match", object_type="MarketMatch", object_id=match.id, state=state.value)
    return True
