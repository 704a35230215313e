"""Reads of the board. Row-level security has decided what is visible before any condition here."""

from collections.abc import Sequence
from dataclasses import fields
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import TIMESTAMP, Date, cast, func, select, text, tuple_

from backend.credits.market.models import MarketListing, MarketMatch, MarketOwner, MarketTrade
from backend.credits.market.values import (
    LIVE,
    ListingState,
    ListingValue,
    MatchState,
    MatchValue,
    OwnerValue,
    Side,
    VolumeValue,
)
from backend.kit.db import Read
from backend.kit.orm import Base
from backend.kit.scope import Scope

AVERAGE_DECIMALS = 6
MOST_COMPARED = 500
"""How many open counter-listings are compared at most, the newest first."""
MOST_AT_ONCE = 200
"""How many listings, and how many matches, one sweep ends at most."""

After = tuple[datetime, UUID] | None


def _columns(table: type[Base], value: type[Any]) -> list[Any]:
    return [table.__table__.columns[each.name] for each in fields(value)]


LISTING = select(*_columns(MarketListing, ListingValue))
OWNER = select(*_columns(MarketOwner, OwnerValue))
MATCH = select(*_columns(MarketMatch, MatchValue))


def listing_of(row: Any) -> ListingValue:  # noqa: ANN401 - a row
    """Return a row as a listing."""
    changed = {"side": Side(row.side), "state": ListingState(row.state), "technologies": tuple(row.technologies)}
    given: dict[str, Any] = {**row._mapping, **changed}  # noqa: SLF001 - SQLAlchemy's public name
    return ListingValue(**given)


def match_of(row: Any) -> MatchValue:  # noqa: ANN401 - a row
    """Return a row as a match."""
    changed = {"side": Side(row.side), "state": MatchState(row.state), "technologies": tuple(row.technologies)}
    given: dict[str, Any] = {**row._mapping, **changed}  # noqa: SLF001 - SQLAlchemy's public name
    return MatchValue(**given)


async def listings_by_id(read: Read, _scope: Scope, ids: Sequence[UUID]) -> list[ListingValue | None]:
    """Return the listing of each id, None for an invisible one; for a loader."""
    rows = await read.rows(LISTING.where(MarketListing.id.in_(set(ids))))
    found = {row.id: listing_of(row) for row in rows}
    return [found.get(each) for each in ids]


async def owners_by_listing(read: Read, _scope: Scope, ids: Sequence[UUID]) -> list[OwnerValue | None]:
    """Return whose each listing is, None where the caller may not know; for a loader."""
    rows = await read.rows(OWNER.where(MarketOwner.listing_id.in_(set(ids))))
    found = {row.listing_id: OwnerValue(*row) for row in rows}
    return [found.get(each) for each in ids]


async def matches_by_id(read: Read, _scope: Scope, ids: Sequence[UUID]) -> list[MatchValue | None]:
    """Return the match of each id, None for an invisible one; for a loader."""
    rows = await read.rows(MATCH.where(MarketMatch.id.in_(set(ids))))
    found = {row.id: match_of(row) for row in rows}
    return [found.get(each) for each in ids]


async def listings(
    read: Read,
    _scope: Scope,
    *,
    account_id: UUID | None = None,
    side: Side | None = None,
    class_code: str | None = None,
    state: ListingState | None = None,
    after: After = None,
    limit: int,
) -> list[ListingValue]:
    """Return listings, the newest first."""
    wanted = LISTING.order_by(MarketListing.posted_at.desc(), MarketListing.id.desc()).limit(limit)
    if account_id is not None:
        wanted = wanted.where(
            MarketListing.id.in_(select(MarketOwner.listing_id).where(MarketOwner.account_id == account_id))
        )
    if side is not None:
        wanted = wanted.where(MarketListing.side == side.value)
    if class_code is not None:
        wanted = wanted.where(MarketListing.class_code == class_code)
    if state is not None:
        wanted = wanted.where(MarketListing.state == state.value)
    if after is not None:
        wanted = wanted.where(tuple_(MarketListing.posted_at, MarketListing.id) < tuple_(*after))
    return [listing_of(row) for row in await read.rows(wanted)]


async def counterparts(read: Read, scope: Scope, listing: ListingValue) -> list[ListingValue]:
    """Return open listings of the other side and the same class, the newest 500; the caller's own are left out."""
    other = Side.REQUEST if listing.side is Side.OFFER else Side.OFFER
    found = await listings(
        read, scope, side=other, class_code=listing.class_code, state=ListingState.OPEN, limit=MOST_COMPARED
    )
    owners = await owners_by_listing(read, scope, [listing.id, *(each.id for each in found)])
    mine = {each.listing_id for each in owners if each is not None} if owners[0] is not None else set[UUID]()
    return [each for each in found if each.id not in mine]


def _of_account(account_id: UUID) -> Any:  # noqa: ANN401 - a condition
    listed = select(MarketOwner.listing_id).where(MarketOwner.account_id == account_id)
    return (MarketMatch.responder_account_id == account_id) | MarketMatch.listing_id.in_(listed)


async def matches(
    read: Read,
    _scope: Scope,
    account_id: UUID,
    *,
    listing_id: UUID | None = None,
    state: MatchState | None = None,
    after: After = None,
    limit: int,
) -> list[MatchValue]:
    """Return the matches an account takes part in, the newest first."""
    wanted = (
        MATCH.where(_of_account(account_id))
        .order_by(MarketMatch.proposed_at.desc(), MarketMatch.id.desc())
        .limit(limit)
    )
    if listing_id is not None:
        wanted = wanted.where(MarketMatch.listing_id == listing_id)
    if state is not None:
        wanted = wanted.where(MarketMatch.state == state.value)
    if after is not None:
        wanted = wanted.where(tuple_(MarketMatch.proposed_at, MarketMatch.id) < tuple_(*after))
    return [match_of(row) for row in await read.rows(wanted)]


async def proposals(read: Read, _scope: Scope, listing_id: UUID) -> list[MatchValue]:
    """Return the proposals of a listing that wait for its lister, locked in the order of their ids."""
    wanted = (
        MATCH.where(MarketMatch.listing_id == listing_id, MarketMatch.state == MatchState.PROPOSED.value)
        .order_by(MarketMatch.id)
        .with_for_update()
    )
    return [match_of(row) for row in await read.rows(wanted)]


async def hands_of(read: Read, _scope: Scope, hold_id: UUID) -> int:
    """Return how often the most travelled unit of a hold changed hands; 0 for units without serials."""
    # The ledger's front tells of batches, not of lots; the sealed table itself may be looked at.
    asked = text("select coalesce(max(transfers), 0) from ledger_lot where hold_id = :hold")
    return int(await read.value(asked, {"hold": hold_id}))


async def volumes(read: Read, _scope: Scope, year: int) -> list[VolumeValue]:
    """Return what was settled in each month of a year, by class."""
    table = MarketTrade
    month = cast(func.date_trunc("month", cast(table.settled_on, TIMESTAMP)), Date)
    priced = func.coalesce(func.sum(table.quantity).filter(table.price.is_not(None)), 0)
    yuan = func.coalesce(func.sum(table.quantity * table.price), 0)
    rows = await read.rows(
        select(
            month, table.class_code, func.count(), func.sum(table.quantity), priced, yuan,
            func.round(func.sum(table.quantity * table.price) / func.nullif(priced, 0), AVERAGE_DECIMALS),
        )
        .where(table.settled_on.between(date(year, 1, 1), date(year, 12, 31)))
        .group_by(month, table.class_code)
        .order_by(month, table.class_code)
    )  # fmt: skip
    return [VolumeValue(*row) for row in rows]


async def due_matches(read: Read, _scope: Scope, at: datetime) -> list[UUID]:
    """Return matches to look after: over, delivered by an offer, or proposed for a listing that is."""
    over = select(MarketListing.id).where(MarketListing.state != ListingState.OPEN.value)
    rows = await read.rows(
        select(MarketMatch.id)
        .where(MarketMatch.state.in_([each.value for each in LIVE]))
        .where(
            (MarketMatch.lapses_at <= at)
            | (MarketMatch.state == MatchState.OFFERED.value)
            | (MarketMatch.state == MatchState.PROPOSED.value) & MarketMatch.listing_id.in_(over)
        )
        .order_by(MarketMatch.lapses_at)
        .limit(MOST_AT_ONCE)
    )
    return [row.id for row in rows]


async def due_listings(read: Read, _scope: Scope, today: date) -> list[UUID]:
    """Return open listings whose last day is past, or whose units are reserved no more."""
    gone = text(
        "market_listing.id in (select o.listing_id from market_owner o join ledger_hold h on h.id = o.hold_id"
        " where h.state <> 'open')"
    )
    rows = await read.rows(
        select(MarketListing.id)
        .where(MarketListing.state == ListingState.OPEN.value)
        .where((MarketListing.valid_until < today) | gone)
        .order_by(MarketListing.valid_until)
        .limit(MOST_AT_ONCE)
    )
    return [row.id for row in rows]
