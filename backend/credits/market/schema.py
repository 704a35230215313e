"""The green certificate service's board (绿电绿证服务中心) on the wire: the reads; commands are beside them."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry

from backend.accounts.schema_types import After, First
from backend.accounts.service import account as visible_account
from backend.credits.market import queries, rules
from backend.credits.market.errors import AuthorityVolumes, ListingNotFound
from backend.credits.market.schema_commands import MarketMutation
from backend.credits.market.schema_types import (
    LISTING,
    MATCH,
    MarketFit,
    MarketListing,
    MarketMatch,
    MarketVolume,
    fits,
    listing,
    load_listing,
    load_match,
    match,
    own_id,
    volume,
)
from backend.credits.market.service import check_board
from backend.credits.market.values import ListingState, MatchState, Side
from backend.kit.scope import Kind
from backend.wire.connections import Connection, Page, connect, page
from backend.wire.context import Info
from backend.wire.nodes import uuids

BEST = 20
"""How many counter-listings are shown."""
FIRST_YEAR, LAST_YEAR = 2000, 2199

Account = Annotated[strawberry.ID | None, strawberry.argument(description="Only what this account of yours listed.")]
Class = Annotated[str | None, strawberry.argument(description="Only of this class.")]


def _after(asked: Page) -> queries.After:
    key = asked.key(datetime.fromisoformat, UUID)
    return None if key is None else (key[0], key[1])


def _account_id(value: str) -> UUID:
    return uuids(value, "CarbonAccount", path=("accountId",))[0]


@strawberry.type
class MarketQuery:
    """Reads."""

    @strawberry.field(
        description="Offers and requests on the board (供需板), the newest first. Enterprises see what is open and their own; "
        "the authority sees all; nobody else sees any. Prices are information: no payment runs here."
    )
    async def market_listings(
        self,
        info: Info,
        side: Side | None = None,
        unit_class: Class = None,
        state: ListingState | None = None,
        account_id: Account = None,
        first: First = 50,
        after: After = None,
    ) -> Connection[MarketListing]:
        """List listings."""
        scope = info.context.scope
        check_board(scope)
        asked = page(first, after)
        async with info.context.read() as read:
            of = None if account_id is None else (await visible_account(read, scope, _account_id(account_id))).id
            rows = await queries.listings(
                read, scope, account_id=of, side=side, class_code=unit_class, state=state, after=_after(asked),
                limit=asked.fetch,
            )  # fmt: skip
        return connect(rows, asked, key=lambda row: [row.posted_at, row.id], make=listing)

    @strawberry.field(description="One listing; null where there is none for you.")
    async def market_listing(self, info: Info, id: strawberry.ID) -> MarketListing | None:  # noqa: A002 - the wire's word
        """Return one listing."""
        return await load_listing(info.context, own_id(id, LISTING, path=("id",)))

    @strawberry.field(
        description="The best open counter-listings of a listing, 20 at most: the fewest fails first, then the fewest open "
        "questions, then the better price for the listing's side, the more units covered, the older."
    )
    async def listing_matches(self, info: Info, listing_id: strawberry.ID) -> list[MarketFit]:
        """Rank counter-listings."""
        scope = info.context.scope
        check_board(scope)
        key = own_id(listing_id, LISTING, path=("listingId",))
        async with info.context.read() as read:
            own = (await queries.listings_by_id(read, scope, [key]))[0]
            if own is None:
                raise ListingNotFound
            others = await queries.counterparts(read, scope, own)
        return fits(rules.ranked(own, others, BEST))

    @strawberry.field(description="One match you take part in; null where there is none for you.")
    async def market_match(self, info: Info, id: strawberry.ID) -> MarketMatch | None:  # noqa: A002 - the wire's word
        """Return one match."""
        return await load_match(info.context, own_id(id, MATCH, path=("id",)))

    @strawberry.field(description="Matches an account takes part in, as lister or as who answered; the newest first.")
    async def market_matches(
        self,
        info: Info,
        account_id: strawberry.ID,
        listing_id: strawberry.ID | None = None,
        state: MatchState | None = None,
        first: First = 50,
        after: After = None,
    ) -> Connection[MarketMatch]:
        """List matches."""
        scope = info.context.scope
        check_board(scope)
        asked = page(first, after)
        of_listing = None if listing_id is None else own_id(listing_id, LISTING, path=("listingId",))
        async with info.context.read() as read:
            of = await visible_account(read, scope, _account_id(account_id))
            rows = await queries.matches(
                read, scope, of.id, listing_id=of_listing, state=state, after=_after(asked), limit=asked.fetch
            )
        return connect(rows, asked, key=lambda row: [row.proposed_at, row.id], make=match)

    @strawberry.field(
        description="What was settled on the board in each month of a year (成交统计), by class; for the authority. Nobody is "
        "named."
    )
    async def market_volumes(self, info: Info, year: int) -> list[MarketVolume]:
        """Return volumes by month."""
        scope = info.context.scope
        scope.require("credits:read")
        if scope.kind is not Kind.AUTHORITY:
            raise AuthorityVolumes
        if not FIRST_YEAR <= year <= LAST_YEAR:
            return []
        async with info.context.read() as read:
            found = await queries.volumes(read, scope, year)
        return [volume(each) for each in found]


__all__ = ["MarketMutation", "MarketQuery"]
