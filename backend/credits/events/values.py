"""Words of events and their neutrality: what they emit line by line, which units may neutralise them, how far they are."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

REVERSE_RETIREMENT = "reverseEventRetirement"
"""The command that alone takes back a retirement for an event."""
PURPOSE = "event"
"""The purpose of such a retirement."""


class EventState(StrEnum):
    """How far an event is: drafted and changed, submitted, confirmed by the authority, neutral; or sent back."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    CONFIRMED = "confirmed"
    NEUTRAL = "neutral"
    RETURNED = "returned"


CHANGEABLE = frozenset({EventState.DRAFT, EventState.RETURNED})
"""States in which the holder still changes the event and its lines."""


@dataclass(frozen=True, slots=True)
class EventCategory:
    """A group of an event's sources."""

    code: str
    name_zh: str
    name_en: str


@dataclass(frozen=True, slots=True)
class Shipped:
    """What holds until an authority sets its own: groups of sources, accepted classes, where they come from."""

    categories: tuple[EventCategory, ...]
    classes: tuple[str, ...]
    document: str
    confidence: str
    is_placeholder: bool
    note_zh: str
    note_en: str


@dataclass(frozen=True, slots=True)
class RuleValue:
    """What an authority set for events from a day on.

    Units of `classes` neutralise; a batch's vintage lies at most `vintage_years` before the event's year (None: any); every
    group of `required` must be reckoned, or left out with a reason.
    """

    id: UUID
    version: int
    classes: tuple[str, ...]
    vintage_years: int | None
    required: tuple[str, ...]
    valid_from: date
    document_title: str
    document_number: str
    document_dated: date
    reason: str
    set_at: datetime
    set_by: UUID | None


@dataclass(frozen=True, slots=True)
class RuleInForce:
    """The rule of a day: the authority's, or the product's default, which is marked."""

    classes: tuple[str, ...]
    vintage_years: int | None
    required: tuple[str, ...]
    document: str
    confidence: str
    is_placeholder: bool
    note_zh: str
    note_en: str
    setting: RuleValue | None


@dataclass(frozen=True, slots=True)
class EventFacts:
    """What a holder says of an event."""

    name: str
    place: str
    organiser: str
    boundary: str
    first_day: date
    last_day: date
    participants: int


@dataclass(frozen=True, slots=True)
class OwnFactor:
    """A factor of the holder's own: in kilograms or tonnes of CO2(e) for a unit of the activity (`kgCO2e/pkm`)."""

    value: Decimal
    unit: str
    document: str


@dataclass(frozen=True, slots=True)
class LineDraft:
    """A line to be: an activity with a factor, published (`parameter_id`) or own; or a group left out, with the reason."""

    category: str
    description: str
    quantity: Decimal | None = None
    unit: str = ""
    parameter_id: UUID | None = None
    factor: OwnFactor | None = None
    exclusion: str = ""


@dataclass(frozen=True, slots=True)
class LineValue:
    """A line of a footprint: activity x factor, in tonnes of CO2e; `revision` counts how often the lines were set.

    `parameter_id` names the published version the factor came from; without it the holder gave it, from `factor_document`.
    """

    account_id: UUID
    event_id: UUID
    revision: int
    position: int
    category: str
    description: str
    quantity: Decimal | None
    unit: str
    parameter_id: UUID | None
    factor: Decimal | None
    factor_unit: str
    factor_document: str
    factor_confidence: str
    tonnes: Decimal
    exclusion: str


@dataclass(frozen=True, slots=True)
class EventValue:
    """An event. `tonnes` is its footprint (exact), `required` the whole tonnes that neutralise it, `retired` so far."""

    account_id: UUID
    id: UUID
    number: str
    division_code: str
    division_path: str
    name: str
    place: str
    organiser: str
    boundary: str
    first_day: date
    last_day: date
    participants: int
    state: EventState
    revision: int
    tonnes: Decimal
    required: Decimal
    retired: Decimal
    drafted_at: datetime
    drafted_by: UUID | None
    submitted_at: datetime | None
    submitted_by: UUID | None
    decided_at: datetime | None
    decided_by: UUID | None
    decision: str
    neutral_at: datetime | None


@dataclass(frozen=True, slots=True)
class RetirementValue:
    """Units retired for an event, by the movement of the ledger that did it."""

    account_id: UUID
    event_id: UUID
    movement_id: UUID
    class_code: str
    quantity: Decimal
    retired_at: datetime
    retired_by: UUID | None
    reversed_at: datetime | None
    reversed_by: UUID | None
    reversal: str
