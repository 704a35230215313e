"""What the commands of the board share: who may, rows locked in one order, units reserved and given back.

A listing is locked before its matches, matches in the order of their ids, and all of them before the ledger is called.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import insert, update

from backend.credits.market import queries, rules
from backend.credits.market.errors import BoardNotOpen, ListingNotFound, ListingNotYours
from backend.credits.market.models import MarketListing, MarketMatch, MarketTrade
from backend.credits.market.values import PURPOSE, Attributes, ListingState, ListingValue, MatchState, MatchValue, Side
from backend.identity import service as identity
from backend.kit.clock import now, today
from backend.kit.db import Read, Write
from backend.kit.scope import Kind, Scope
from backend.ledger import service as ledger
from backend.ledger.errors import ClassUnknown
from backend.ledger.service.posting import order, post, record
from backend.ledger.values import NO_REASON, HoldState, MovementKind, MovementValue, Reason, Selection, UnitClass


def check_board(scope: Scope) -> None:
    """Check that the caller may read the board.

    Raises:
        Unauthenticated, Forbidden: without `credits:read`.
        BoardNotOpen: a bank, a verifier, an operator.
    """
    scope.require("credits:read")
    if scope.kind not in {Kind.ENTERPRISE, Kind.AUTHORITY, Kind.SYSTEM}:
        raise BoardNotOpen


async def class_of(read: Read, scope: Scope, code: str) -> UnitClass:
    """Return a class of units.

    Raises:
        ClassUnknown: there is none of this code.
    """
    found = next((each for each in await ledger.unit_classes(read, scope) if each.code == code), None)
    if found is None:
        raise ClassUnknown(path=("input", "unitClass"), **{"class": code})
    return found


async def name_of(read: Read, scope: Scope, organisation_id: UUID) -> str:
    """Return an organisation's name."""
    found = await identity.organisation(read, scope, organisation_id)
    return "" if found is None else found.name


async def locked_listing(write: Write, _scope: Scope, listing_id: UUID) -> ListingValue:
    """Lock a listing of one's own; the service itself locks any.

    Raises:
        ListingNotFound: not there, or not visible.
        ListingNotYours: somebody else's.
    """
    wanted = queries.LISTING.where(MarketListing.id == listing_id)
    if await write.row(wanted) is None:
        raise ListingNotFound
    row = await write.row(wanted.with_for_update())
    if row is None:
        raise ListingNotYours
    return queries.listing_of(row)


async def change_listing(write: Write, listing_id: UUID, **given: Any) -> None:  # noqa: ANN401 - columns of the table
    """Write columns of a locked listing."""
    await write.run(update(MarketListing).where(MarketListing.id == listing_id).values(**given))


async def change_match(write: Write, match: MatchValue, **given: Any) -> MatchValue:  # noqa: ANN401 - columns of the table
    """Write columns of a locked match; return it as it is then."""
    where = (MarketMatch.responder_account_id == match.responder_account_id, MarketMatch.id == match.id)
    await write.run(update(MarketMatch).where(*where).values(**given))
    return queries.match_of(await write.row(queries.MATCH.where(*where)))


def lapses() -> datetime:
    """Return when the next step of a match lapses."""
    return now() + timedelta(days=rules.TERMS.match_days)


def is_over(listing: ListingValue) -> bool:
    """Tell whether a listing takes no more proposals."""
    return listing.state is not ListingState.OPEN or listing.valid_until < today()


async def reserve(
    write: Write, scope: Scope, account_id: UUID, of: UnitClass, selection: Selection, reference: UUID
) -> tuple[UUID, Attributes]:
    """Reserve units that may be sold; return the hold and what the other side is told of them.

    Raises:
        whatever `ledger.reserve` refuses.
        OfferedUnitsBound: units that cannot change hands.
    """
    kept = await ledger.reserve(
        write, scope, account_id, selection, Reason(purpose=PURPOSE, reference=f"market {reference}")
    )
    assert kept.hold_id is not None  # noqa: S101 - a reservation makes a hold
    batches = [*(await ledger.batches(write, scope, list(kept.batch_ids))).values()]
    hands = max(await queries.hands_of(write, scope, kept.hold_id), *(each.transfers_used for each in batches))
    rules.check_sellable(batches, of, hands)
    return kept.hold_id, rules.attributes_of(batches)


async def give_back(write: Write, scope: Scope, holds: Sequence[UUID | None]) -> None:
    """Free reservations of others under the service's scope, by one call: the units go back to where they are from.

    Only what its holder alone could use is freed, so that nobody's units move by the command of another.
    """
    acting = scope.as_system()
    orders = [order(acting, MovementKind.FREE, NO_REASON, hold=each) for each in holds if each is not None]
    record(write, await post(write, acting, orders))


async def still_open(read: Read, scope: Scope, holds: Sequence[UUID | None]) -> list[UUID]:
    """Return those of the holds that keep units; expired units have left theirs."""
    known = await ledger.holds_by_id(read, scope, [each for each in holds if each is not None])
    return [each.id for each in known.values() if each.state is HoldState.OPEN]


async def end_proposals(write: Write, proposals: Sequence[MatchValue], state: MatchState) -> list[UUID]:
    """End locked proposals; return the reservations to give back."""
    for_all = [each.id for each in proposals]
    if for_all:
        await write.run(
            update(MarketMatch).where(MarketMatch.id.in_(for_all)).values(state=state.value, ended_at=now())
        )
    return [each.hold_id for each in proposals if each.hold_id is not None]


async def reopen(write: Write, listing: ListingValue, quantity: Decimal) -> None:
    """Put back on a locked request what was agreed and did not come; units of an offer are their seller's again."""
    if listing.side is Side.REQUEST and listing.state in {ListingState.OPEN, ListingState.MATCHED}:
        await change_listing(
            write, listing.id, open_quantity=listing.open_quantity + quantity, state=ListingState.OPEN.value,
            closed_at=None,
        )  # fmt: skip


async def settle(write: Write, match: MatchValue, movement: MovementValue) -> MatchValue:
    """Write down that the units are the buyer's: the movement's number on the match, a line in the volumes."""
    done = await change_match(
        write, match, state=MatchState.SETTLED.value, movement_id=movement.id, movement_number=movement.number,
        ended_at=now(),
    )  # fmt: skip
    await write.run(
        insert(MarketTrade).values(
            match_id=match.id, class_code=match.class_code, quantity=match.quantity, price=match.price,
            settled_on=today(),
        )
    )  # fmt: skip
    write.audit("credits:settle_match", object_type="MarketMatch", object_id=match.id, movement=movement.number,
                quantity=match.quantity, price=match.price)  # fmt: skip
    return done
