"""Words of the ledger: classes of units, batches, buckets, movements, holds.

A *class* is a kind of unit with a book of its own: CEA, CCER, GEC, a regional credit, points. A *batch* is what was
issued or imported at once: units alike in vintage, project and validity. A holder's units of a batch lie in *buckets*;
a *movement* moves them between buckets, of one holder or of two. A *hold* keeps units locked until it is settled.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

ACTIONS = (
    "ledger:check",
    "ledger:freeze",
    "ledger:issue",
    "ledger:pledge",
    "ledger:read",
    "ledger:release",
    "ledger:retire",
    "ledger:reverse",
    "ledger:transfer",
)
"""The permissions of this noun."""

ORIGIN = UUID(int=0)
"""The account every unit comes from: its balance is minus what was ever issued or imported."""

CEA, CCER, GEC = "CEA", "CCER", "GEC"
"""The national classes. Regional ones come from a jurisdiction's pack."""


class Dimension(StrEnum):
    """What a unit measures. Units of two dimensions are never added; nor are those of two classes."""

    TONNE = "tonne"
    CERTIFICATE = "certificate"
    POINT = "point"


class Bucket(StrEnum):
    """Where units of a holder lie. The first four are the holder's own, the last three are final."""

    ORIGIN = "origin"
    AVAILABLE = "available"
    OFFERED = "offered"
    PLEDGED = "pledged"
    RESERVED = "reserved"
    RETIRED = "retired"
    SURRENDERED = "surrendered"
    EXPIRED = "expired"


class MovementKind(StrEnum):
    """What a movement did."""

    ISSUE = "issue"
    IMPORT = "import"
    TRANSFER = "transfer"
    OFFER = "offer"
    ACCEPT = "accept"
    DECLINE = "decline"
    WITHDRAW = "withdraw"
    LAPSE = "lapse"
    PLEDGE = "pledge"
    RELEASE = "release"
    RESERVE = "reserve"
    FREE = "free"
    RETIRE = "retire"
    SURRENDER = "surrender"
    EXPIRE = "expire"
    REVERSE = "reverse"


class HoldKind(StrEnum):
    """Why units are locked: offered to somebody, pledged to a bank, reserved for a purpose."""

    OFFER = "offer"
    PLEDGE = "pledge"
    RESERVATION = "reservation"


class HoldState(StrEnum):
    """How a hold stands: open; settled (accepted, or used by a retirement or surrender); released; lapsed."""

    OPEN = "open"
    SETTLED = "settled"
    RELEASED = "released"
    LAPSED = "lapsed"


class Accepts(StrEnum):
    """How an account receives: at once, or only what it accepts (an offer)."""

    AUTOMATICALLY = "automatically"
    BY_ACCEPTANCE = "by_acceptance"


UNDONE_BY = "undone_by"
"""The fact of a movement that names the command which alone takes it back."""
CLAIMED_USE = "claimed_use"
"""The fact of a retirement that it claimed a use, about which nobody else keeps a record: its reversal ends the claim."""

Serials = tuple[int, int]
"""A run of serials of one tenant, both ends included."""


@dataclass(frozen=True, slots=True)
class UnitClass:
    """A kind of unit. `scale` is the number of decimals a quantity may have (0: whole units).

    `max_transfers` is how often a unit may change hands after it was issued (a GEC: once), None for no limit.
    """

    code: str
    name_zh: str
    name_en: str
    dimension: Dimension
    unit: str
    scale: int
    is_serialised: bool
    max_transfers: int | None = None
    programme: str | None = None
    source: str = ""
    confidence: str = ""
    frozen_at: datetime | None = None
    frozen_reason: str = ""


@dataclass(frozen=True, slots=True)
class OriginRange:
    """Units by their registry's own codes: `registry`, the part that stays (`frame`), and the numbers that count on.

    The units `first`..`last` of this frame exist once in the tenant, whatever the class: an import that overlaps is
    refused by the database. A GEC code of 32 digits becomes its frame with the sequence digits cut out.
    """

    registry: str
    frame: str
    first: int
    last: int

    @property
    def count(self) -> int:
        """Units in the range."""
        return self.last - self.first + 1


@dataclass(frozen=True, slots=True)
class BatchSpec:
    """Units alike, to be issued or imported at once.

    `vintage` is a year; `produced_from`..`produced_to` the days the benefit arose; `valid_until` the last day they can
    be used. `origins` are the registry's codes in order (their counts add up to the quantity), empty for units first
    issued here. `transfers_used` counts the changes of hands before they came here.
    """

    vintage: int | None = None
    produced_from: date | None = None
    produced_to: date | None = None
    valid_until: date | None = None
    is_transferable: bool = True
    transfers_used: int = 0
    project_code: str | None = None
    attributes: dict[str, Any] = field(default_factory=dict[str, Any])
    origins: tuple[OriginRange, ...] = ()


@dataclass(frozen=True, slots=True)
class Selection:
    """Which units: `quantity` of the class, oldest validity first; or of one batch; or these very serials.

    With `serials` the quantity may be left out; if given it must agree. `hold_id` takes them from an open hold.
    """

    class_code: str
    quantity: Decimal | None = None
    batch_id: UUID | None = None
    serials: tuple[Serials, ...] = ()
    hold_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a movement happens, in the words of whoever orders it; all of it is on the movement's page.

    `effective_on` is the day it was true (default: today), `reference` an outside number (contract, settlement,
    loan), `purpose` a word of the noun that orders it, `beneficiary` for whom units are used, `period` the year they
    are used for. `group_id` ties movements of one operation together.

    `undone_by` is the command that takes the movement back together with the record another noun keeps of it; only
    who names the same command may reverse it then. It is stored among the facts.
    """

    effective_on: date | None = None
    purpose: str = ""
    beneficiary: str = ""
    period: int | None = None
    reference: str = ""
    note: str = ""
    group_id: UUID | None = None
    facts: dict[str, Any] = field(default_factory=dict[str, Any])
    undone_by: str = ""


NO_REASON = Reason()


@dataclass(frozen=True, slots=True)
class PostingValue:
    """One line of a movement: `amount` (signed) came to the holder's bucket, which then held `balance`."""

    account_id: UUID
    batch_id: UUID
    bucket: Bucket
    amount: Decimal
    balance: Decimal
    serials: tuple[Serials, ...] = ()


@dataclass(frozen=True, slots=True)
class MovementValue:
    """A movement as it stands in the journal. `number` is its lasting number within the tenant."""

    id: UUID
    number: int
    kind: MovementKind
    class_code: str
    quantity: Decimal
    from_account_id: UUID | None
    to_account_id: UUID | None
    hold_id: UUID | None
    batch_ids: tuple[UUID, ...]
    serials: tuple[Serials, ...]
    effective_on: date
    recorded_at: datetime
    purpose: str = ""
    beneficiary: str = ""
    period: int | None = None
    reference: str = ""
    note: str = ""
    group_id: UUID | None = None
    reverses_id: UUID | None = None
    facts: dict[str, Any] = field(default_factory=dict[str, Any])
    organisation_id: UUID | None = None
    actor_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class BatchValue:
    """Units issued or imported at once; `serials` is their block of the tenant's serial space."""

    id: UUID
    class_code: str
    origin: str
    quantity: Decimal
    vintage: int | None
    produced_from: date | None
    produced_to: date | None
    valid_until: date | None
    is_transferable: bool
    transfers_used: int
    project_code: str | None
    attributes: dict[str, Any]
    serials: Serials | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class BalanceValue:
    """What lies in one bucket of a holder, of one batch."""

    account_id: UUID
    class_code: str
    batch_id: UUID
    bucket: Bucket
    amount: Decimal


@dataclass(frozen=True, slots=True)
class HoldValue:
    """Units locked: `beneficiary_id` is the bank of a pledge, `counterparty_id` the account an offer is made to."""

    id: UUID
    kind: HoldKind
    state: HoldState
    account_id: UUID
    class_code: str
    quantity: Decimal
    counterparty_id: UUID | None
    beneficiary_id: UUID | None
    reference: str
    expires_at: datetime | None
    opened_at: datetime
    opened_by: UUID
    closed_at: datetime | None
    closed_by: UUID | None
