"""Listings are answered; each side takes its own step, and the seller's own command moves the units."""

from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert

from backend.accounts import service as accounts
from backend.credits.market import queries, rules
from backend.credits.market.errors import (
    ListingNotFound,
    ListingNotOpen,
    MatchEnded,
    MatchNotFound,
    MatchNotWithdrawable,
    NotYourStep,
    OwnListing,
    QuantityGone,
    UnitsOnlyFromSeller,
)
from backend.credits.market.models import MarketMatch
from backend.credits.market.service.common import (
    change_listing,
    change_match,
    class_of,
    end_proposals,
    give_back,
    is_over,
    lapses,
    locked_listing,
    name_of,
    reopen,
    reserve,
    settle,
)
from backend.credits.market.values import (
    LIVE,
    PURPOSE,
    Answered,
    Attributes,
    ListingState,
    ListingValue,
    MatchState,
    MatchValue,
    OwnerValue,
    Party,
    Side,
)
from backend.kit.clock import now
from backend.kit.db import Write
from backend.kit.ids import new_id
from backend.kit.scope import Scope
from backend.ledger import service as ledger
from backend.ledger.values import HoldState, MovementKind, MovementValue, Reason, Selection

PARTY_ZH = {Party.SELLER: "卖方", Party.BUYER: "买方"}


async def respond(write: Write, scope: Scope, account_id: UUID, listing_id: UUID, given: Answered) -> MatchValue:
    """Answer a listing: take (part of) an offer, or bring units to a request; theirs are reserved at once.

    Several may answer the same units: nothing is promised until the lister confirms.

    Raises:
        Unauthenticated, Forbidden: without `credits:offer`.
        AccountNotFound, AccountNotYours, AccountClosed: the answering account.
        ListingNotFound, OwnListing, ListingNotOpen: in this order.
        ListingQuantityInvalid, LotInvalid, PriceInvalid, MarketTextTooLong, UnitsOnlyFromSeller: in this order.
        whatever `ledger.reserve` refuses, OfferedUnitsBound: the seller's units.
    """
    scope.require("credits:offer")
    account = await accounts.own_account(write, scope, account_id)
    listing = (await queries.listings_by_id(write, scope, [listing_id]))[0]
    if listing is None:
        raise ListingNotFound
    if (await queries.owners_by_listing(write, scope, [listing_id]))[0] is not None:
        raise OwnListing
    if is_over(listing):
        raise ListingNotOpen(state=_ended(listing))
    of = await class_of(write, scope, listing.class_code)
    rules.check_quantity(given.quantity, of)
    rules.check_lot(given.quantity, listing)
    rules.check_price(given.price)
    note = rules.check_note(given.note)
    match_id, hold_id = new_id(), None
    told = Attributes(
        listing.vintage, listing.produced_from, listing.produced_to, listing.technologies, listing.units_valid_until
    )
    if listing.side is Side.REQUEST:
        selection = Selection(of.code, given.quantity, given.batch_id, given.serials)
        hold_id, told = await reserve(write, scope, account_id, of, selection, match_id)
    elif given.batch_id is not None or given.serials:
        raise UnitsOnlyFromSeller(path=("input",))
    price = listing.price if given.price is None else given.price
    await write.run(
        insert(MarketMatch).values(
            responder_account_id=account_id, id=match_id, listing_id=listing_id, side=listing.side.value,
            class_code=of.code, quantity=given.quantity, price=price, state=MatchState.PROPOSED.value,
            responder_name=await name_of(write, scope, account.organisation_id), lister_name="", hold_id=hold_id,
            note=note, proposed_at=now(), proposed_by=scope.actor_id, lapses_at=lapses(),
            **{**asdict(told), "technologies": list(told.technologies)},
        )
    )  # fmt: skip
    write.audit("credits:respond", object_type="MarketMatch", object_id=match_id, listing=str(listing_id),
                quantity=given.quantity, price=price)  # fmt: skip
    return queries.match_of(await write.row(queries.MATCH.where(MarketMatch.id == match_id)))


async def confirm(write: Write, scope: Scope, match_id: UUID) -> MatchValue:
    """Take the step that is one's own: the lister agrees, the seller delivers, the buyer accepts the delivery.

    Agreeing to a proposal for one's offer delivers at once. A delivery to an account that receives automatically is the
    sale; to any other it is an offer in the ledger, and the buyer's acceptance is, here or there.

    Raises:
        Unauthenticated, Forbidden: without `credits:offer`; to deliver or accept, without `ledger:transfer`.
        MatchNotFound, MatchEnded, NotYourStep: in this order.
        ListingNotOpen, QuantityGone: the listing is over, or others were faster.
        whatever `ledger.transfer`, or `ledger.accept`, refuses.
    """
    scope.require("credits:offer")
    match, listing, owner = await _locked(write, scope, match_id)
    _check_step(match, is_lister=owner is not None)
    if match.state is MatchState.PROPOSED and listing is not None and owner is not None:
        return await _agree(write, scope, match, listing, owner)
    if match.state is MatchState.CONFIRMED:
        return await _deliver(write, scope, match, match.hold_id)
    assert match.hold_id is not None  # noqa: S101 - what is offered has a hold
    movement = await _accepted(write, scope, match.hold_id)
    if movement is None:
        movement = await ledger.accept(write, scope, match.hold_id, _reason(match))
    return await settle(write, match, movement)


async def _accepted(write: Write, scope: Scope, hold_id: UUID) -> MovementValue | None:
    """Return the movement by which the buyer accepted the delivery in the ledger itself, if that was done."""
    hold = (await ledger.holds_by_id(write, scope, [hold_id])).get(hold_id)
    if hold is None or hold.state is not HoldState.SETTLED or hold.closed_by is None:
        return None
    return (await ledger.movements_by_id(write, scope, [hold.closed_by])).get(hold.closed_by)


async def refuse(write: Write, scope: Scope, match_id: UUID, note: str = "") -> MatchValue:
    """Refuse a proposal for one's listing, or a delivery; the seller's units are free again.

    Raises:
        Unauthenticated, Forbidden: without `credits:offer`; to refuse a delivery, without `ledger:transfer`.
        MatchNotFound, MatchEnded, NotYourStep: in this order.
        MatchNotWithdrawable: the seller of an agreed sale delivers, or lets it lapse.
        MarketTextTooLong: the reason.
    """
    scope.require("credits:offer")
    match, listing, owner = await _locked(write, scope, match_id)
    _check_step(match, is_lister=owner is not None)
    if match.state is MatchState.CONFIRMED:
        raise MatchNotWithdrawable(state=match.state.value, lapses_at=match.lapses_at.isoformat())
    said = rules.check_note(note)
    if match.state is MatchState.PROPOSED:
        await give_back(write, scope, [match.hold_id])
    elif match.hold_id is not None:
        hold = (await ledger.holds_by_id(write, scope, [match.hold_id])).get(match.hold_id)
        if hold is None or hold.state is not HoldState.RELEASED:  # declined in the ledger itself already
            await ledger.decline(write, scope, match.hold_id, _reason(match))
        if listing is not None:
            await reopen(write, listing, match.quantity)
    write.audit("credits:refuse_match", object_type="MarketMatch", object_id=match_id, reason=said)
    return await change_match(write, match, state=MatchState.REFUSED.value, ended_at=now(), note=said or match.note)


async def withdraw_match(write: Write, scope: Scope, match_id: UUID) -> MatchValue:
    """Take back a proposal of one's own before the lister has agreed.

    Raises:
        Unauthenticated, Forbidden: without `credits:offer`.
        MatchNotFound, MatchEnded: in this order.
        NotYourStep: the proposal was made to one's own listing; refuse it.
        MatchNotWithdrawable: both sides have agreed.
    """
    scope.require("credits:offer")
    match, _listing, owner = await _locked(write, scope, match_id)
    _check_live(match)
    if owner is not None:
        raise NotYourStep(party="responder", party_zh="应答方")
    if match.state is not MatchState.PROPOSED:
        raise MatchNotWithdrawable(state=match.state.value, lapses_at=match.lapses_at.isoformat())
    if match.hold_id is not None:
        await ledger.free(write, scope, match.hold_id)
    write.audit("credits:withdraw_match", object_type="MarketMatch", object_id=match_id)
    return await change_match(write, match, state=MatchState.WITHDRAWN.value, ended_at=now())


async def _locked(
    write: Write, scope: Scope, match_id: UUID
) -> tuple[MatchValue, ListingValue | None, OwnerValue | None]:
    """Lock a match, its listing before it if that is one's own; what comes back beside the match is the lister's only.

    Raises:
        MatchNotFound: not there, or not visible.
    """
    found = (await queries.matches_by_id(write, scope, [match_id]))[0]
    if found is None:
        raise MatchNotFound
    owner = (await queries.owners_by_listing(write, scope, [found.listing_id]))[0]
    listing = None if owner is None else await locked_listing(write, scope, found.listing_id)
    if listing is not None and found.state is MatchState.PROPOSED:
        await queries.proposals(write, scope, listing.id)  # all of them, in one order: agreeing may end the others
    row = await write.row(queries.MATCH.where(MarketMatch.id == match_id).with_for_update())
    if row is None:
        raise MatchNotFound
    return queries.match_of(row), listing, owner


def _check_live(match: MatchValue) -> None:
    if match.state not in LIVE:
        raise MatchEnded(state=match.state.value)
    if match.lapses_at <= now():
        raise MatchEnded(state=MatchState.LAPSED.value)


def _check_step(match: MatchValue, *, is_lister: bool) -> None:
    _check_live(match)
    mine = Party.SELLER if (match.side is Side.OFFER) is is_lister else Party.BUYER
    due = match.waits_for
    if due is not None and due is not mine:
        raise NotYourStep(party=due.value, party_zh=PARTY_ZH[due])


def _ended(listing: ListingValue) -> str:
    return (ListingState.LAPSED if listing.state is ListingState.OPEN else listing.state).value


def _reason(match: MatchValue) -> Reason:
    price = None if match.price is None else format(match.price, "f")
    return Reason(purpose=PURPOSE, reference=f"market {match.id}", facts={"yuan_a_unit": price} if price else {})


async def _agree(write: Write, scope: Scope, match: MatchValue, listing: ListingValue, owner: OwnerValue) -> MatchValue:
    if is_over(listing):
        raise ListingNotOpen(state=_ended(listing))
    left = listing.open_quantity - match.quantity
    if left < 0:
        raise QuantityGone(open=format(listing.open_quantity, "f"), quantity=format(match.quantity, "f"))
    account = await accounts.own_account(write, scope, owner.account_id)
    agreed: dict[str, Any] = {
        "lister_account_id": owner.account_id, "lister_name": await name_of(write, scope, account.organisation_id),
        "confirmed_at": now(), "confirmed_by": scope.actor_id,
    }  # fmt: skip
    await change_listing(
        write, listing.id, open_quantity=left,
        **({} if left else {"state": ListingState.MATCHED.value, "closed_at": now()}),
    )  # fmt: skip
    others: list[UUID] = []
    if not left:
        proposals = await queries.proposals(write, scope, listing.id)
        others = await end_proposals(write, [each for each in proposals if each.id != match.id], MatchState.REFUSED)
    write.audit("credits:agree", object_type="MarketMatch", object_id=match.id, quantity=match.quantity)
    if listing.side is Side.OFFER:
        changed = await change_match(write, match, **agreed)
        return await _deliver(write, scope, changed, owner.hold_id)
    await give_back(write, scope, others)
    return await change_match(write, match, state=MatchState.CONFIRMED.value, lapses_at=lapses(), **agreed)


async def _deliver(write: Write, scope: Scope, match: MatchValue, hold_id: UUID | None) -> MatchValue:
    """Transfer out of the seller's reservation, under the seller's own scope."""
    assert match.seller_id is not None  # noqa: S101 - both are told once the lister has agreed
    assert match.buyer_id is not None  # noqa: S101
    until: datetime = lapses()
    selection = Selection(match.class_code, match.quantity, hold_id=hold_id)
    movement = await ledger.transfer(
        write, scope, match.seller_id, selection, to_account_id=match.buyer_id, expires_at=until, reason=_reason(match)
    )
    if movement.kind is MovementKind.TRANSFER:
        return await settle(write, match, movement)
    write.audit("credits:deliver_match", object_type="MarketMatch", object_id=match.id, movement=movement.number)
    return await change_match(write, match, state=MatchState.OFFERED.value, hold_id=movement.hold_id, lapses_at=until)
