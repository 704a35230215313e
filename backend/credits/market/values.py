"""Words of the board: listings, matches, and how well two listings fit."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from backend.emissions.values import Outcome
from backend.ledger.values import Serials

PURPOSE = "market"
"""The purpose of reservations and transfers of the board, in the ledger's words."""


class Side(StrEnum):
    """What a listing is: units offered, or units requested."""

    OFFER = "offer"
    REQUEST = "request"


class ListingState(StrEnum):
    """How a listing stands; a matched one has nothing left."""

    OPEN = "open"
    MATCHED = "matched"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


class MatchState(StrEnum):
    """How a match stands.

    Proposed by who answered; confirmed by the buyer who requested, so that the seller may deliver; offered: the seller
    has delivered, the buyer's account receives by acceptance; settled: the units are the buyer's. The others are ends.
    """

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    OFFERED = "offered"
    SETTLED = "settled"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


LIVE = (MatchState.PROPOSED, MatchState.CONFIRMED, MatchState.OFFERED)


class Party(StrEnum):
    """A side of a sale."""

    SELLER = "seller"
    BUYER = "buyer"


@dataclass(frozen=True, slots=True)
class Terms:
    """The board's own terms; no official rule sets them."""

    match_days: int
    longest_days: int
    price_scale: int
    highest_price: Decimal
    source: str
    confidence: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to list. For a request the wishes are the buyer's; those of an offer are read from its units.

    Quantity and minimum in units of the class, the price in yuan a unit (information: no payment runs here).
    """

    side: Side
    class_code: str
    quantity: Decimal
    valid_until: date
    minimum: Decimal | None = None
    price: Decimal | None = None
    vintage: int | None = None
    produced_from: date | None = None
    produced_to: date | None = None
    technologies: tuple[str, ...] = ()
    batch_id: UUID | None = None
    serials: tuple[Serials, ...] = ()
    is_anonymous: bool = True
    note: str = ""


@dataclass(frozen=True, slots=True)
class Answered:
    """How a listing is answered; batch and serials are the seller's who answers a request. No price: the listing's."""

    quantity: Decimal
    price: Decimal | None = None
    batch_id: UUID | None = None
    serials: tuple[Serials, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Attributes:
    """What the other side is told of units; None or empty is not known, or not one for all of them."""

    vintage: int | None = None
    produced_from: date | None = None
    produced_to: date | None = None
    technologies: tuple[str, ...] = ()
    units_valid_until: date | None = None


@dataclass(frozen=True, slots=True)
class ListingValue:
    """A listing as everybody on the board sees it: `display_name` is empty when the lister chose so.

    `open_quantity` is what is not agreed yet. Of an offer, `vintage`, production and technologies are those of its units
    (vintage only when all are of one), `units_valid_until` the first last day among them.
    """

    id: UUID
    side: Side
    class_code: str
    quantity: Decimal
    open_quantity: Decimal
    minimum: Decimal | None
    price: Decimal | None
    vintage: int | None
    produced_from: date | None
    produced_to: date | None
    technologies: tuple[str, ...]
    units_valid_until: date | None
    valid_until: date
    display_name: str
    note: str
    state: ListingState
    posted_at: datetime
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class OwnerValue:
    """Whose listing it is, and the reservation that keeps its units; only the lister and its authority see this."""

    account_id: UUID
    listing_id: UUID
    hold_id: UUID | None
    listed_by: UUID | None


@dataclass(frozen=True, slots=True)
class MatchValue:
    """Part of a listing answered. `hold_id` keeps a responding seller's units, later the ledger's offer to the buyer.

    Vintage to last day are those of the seller's units. The lister (account and name) is told to the other side once it has confirmed.
    """

    responder_account_id: UUID
    id: UUID
    listing_id: UUID
    side: Side
    class_code: str
    quantity: Decimal
    price: Decimal | None
    state: MatchState
    lister_account_id: UUID | None
    responder_name: str
    lister_name: str
    vintage: int | None
    produced_from: date | None
    produced_to: date | None
    technologies: tuple[str, ...]
    units_valid_until: date | None
    hold_id: UUID | None
    movement_id: UUID | None
    movement_number: int | None
    note: str
    proposed_at: datetime
    proposed_by: UUID | None
    confirmed_at: datetime | None
    confirmed_by: UUID | None
    lapses_at: datetime
    ended_at: datetime | None

    @property
    def waits_for(self) -> Party | None:
        """Whose step is next; None at an end.

        A proposal waits for the lister: the seller of an offer, the buyer of a request.
        """
        if self.state is MatchState.PROPOSED:
            return Party.SELLER if self.side is Side.OFFER else Party.BUYER
        return {MatchState.CONFIRMED: Party.SELLER, MatchState.OFFERED: Party.BUYER}.get(self.state)

    @property
    def seller_id(self) -> UUID | None:
        """The selling account; None while the lister's is not told."""
        return self.lister_account_id if self.side is Side.OFFER else self.responder_account_id

    @property
    def buyer_id(self) -> UUID | None:
        """The buying account; None while the lister's is not told."""
        return self.responder_account_id if self.side is Side.OFFER else self.lister_account_id


@dataclass(frozen=True, slots=True)
class VolumeValue:
    """What was settled in a month (China's calendar) of a class.

    `yuan` is the exact sum of price x quantity over `priced_quantity`, the units settled with a price; `average_price` is
    their quotient, half up to six decimals, None when nothing had a price.
    """

    month: date
    class_code: str
    matches: int
    quantity: Decimal
    priced_quantity: Decimal
    yuan: Decimal
    average_price: Decimal | None


@dataclass(frozen=True, slots=True)
class Aspect:
    """One thing compared between two listings."""

    code: str
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Fit:
    """How well a counter-listing fits; `covered` is how many units the two could agree on."""

    listing: ListingValue
    aspects: tuple[Aspect, ...]
    covered: Decimal

    def count(self, outcome: Outcome) -> int:
        """Return how many aspects came out so."""
        return sum(each.outcome is outcome for each in self.aspects)
