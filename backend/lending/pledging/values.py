"""Words of pledging: what could be pledged, and what a bank asks to be pledged to it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from backend.ledger.values import BatchValue, Selection, Serials, UnitClass

ANSWERED_WITHIN = timedelta(days=14)
"""How long a request stands when the bank does not say."""
LONGEST_WAIT = timedelta(days=90)
LONGEST_PLEDGE_YEARS = 30
LONGEST_REFERENCE, LONGEST_PURPOSE, LONGEST_REASON = 64, 500, 500
MOST_OPEN = 20
"""Requests of one bank to one account that wait for an answer."""
LARGEST_PRICE, PRICE_PLACES = Decimal("1e9"), 4


@dataclass(frozen=True, slots=True)
class PledgeableValue:
    """Units of one batch that their holder could pledge now: `quantity` of them are available."""

    unit_class: UnitClass
    batch: BatchValue
    quantity: Decimal


class PledgeRequestState(StrEnum):
    """How far a request for a pledge has come. Whether an accepted pledge still stands is told by its hold."""

    ASKED = "asked"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


STATE_NAMES = {
    PledgeRequestState.ASKED: "待答复", PledgeRequestState.ACCEPTED: "已同意", PledgeRequestState.DECLINED: "已拒绝",
    PledgeRequestState.WITHDRAWN: "已撤回", PledgeRequestState.LAPSED: "已失效",
}  # fmt: skip


class LapsedBecause(StrEnum):
    """Why a request lapsed: nobody answered in time, or the consent it rested on ended."""

    TIME = "time"
    CONSENT_ENDED = "consent_ended"


@dataclass(frozen=True, slots=True)
class PledgeDraft:
    """What a bank asks for. `reference` is its own number of the loan, `purpose` its words to the holder.

    `pledged_until` is the day until which it expects to keep the pledge, which only its release ends; `answer_by` the
    last day to answer. `price_cny` is the bank's own valuation of one unit in CNY, None where it makes none.
    """

    units: Selection
    reference: str
    purpose: str
    pledged_until: date | None = None
    answer_by: date | None = None
    price_cny: Decimal | None = None


@dataclass(frozen=True, slots=True)
class PledgeRequestValue:
    """A request for a pledge as it stands; `lapses_at` is never after the consent's last day.

    `serials` are the very units asked for, empty where any of the class (or batch) will do. `hold_id` is the pledge it
    led to.
    """

    id: UUID
    bank_id: UUID
    account_id: UUID
    account_number: str
    consent_id: UUID
    class_code: str
    quantity: Decimal
    batch_id: UUID | None
    serials: tuple[Serials, ...]
    reference: str
    purpose: str
    pledged_until: date | None
    price_cny: Decimal | None
    state: PledgeRequestState
    asked_at: datetime
    lapses_at: datetime
    ended_at: datetime | None
    lapsed_because: LapsedBecause | None
    answer: str
    hold_id: UUID | None

    @property
    def value_cny(self) -> Decimal | None:
        """What the units asked for come to at the bank's own price, in CNY."""
        return None if self.price_cny is None else self.price_cny * self.quantity
