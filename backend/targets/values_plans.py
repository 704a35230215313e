"""Words of plan targets: numbers government documents name, beside where they stand."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID


class PlanTargetOutcome(StrEnum):
    """Where a number stands; what cannot be told is not met."""

    MET = "met"
    NOT_YET = "not_yet"
    MISSED = "missed"
    CANNOT_TELL = "cannot_tell"


class PlanTargetSource(StrEnum):
    """Where the value came from: counted in the product's own registers, or entered with a document."""

    COUNTED = "counted"
    ENTERED = "entered"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Named:
    """A number a document names, with its place in the document and its words."""

    item: str
    year: int | None
    is_yearly: bool
    comparator: str
    quantity: Decimal
    unit: str
    name_zh: str
    name_en: str
    document: str
    place: str
    quote: str
    confidence: str


@dataclass(frozen=True, slots=True)
class EnteredValue:
    """Where a number stood on a day, as entered; of an item the newest day counts, of a day the newest entry."""

    id: UUID
    division_code: str
    division_path: str
    item: str
    as_of: date
    value: Decimal
    note: str
    document_number: str
    document_dated: date
    document_title: str
    recorded_at: datetime
    recorded_by: UUID | None


@dataclass(frozen=True, slots=True)
class EnteredDraft:
    """A value as somebody gives it."""

    item: str
    as_of: date
    value: Decimal
    note: str = ""


@dataclass(frozen=True, slots=True)
class PlanStanding:
    """A number beside what there is. `percent` is the value in percent of the quantity; None: it cannot be told."""

    named: Named
    value: Decimal | None
    as_of: date | None
    source: PlanTargetSource
    document: str
    note: str
    percent: Decimal | None
    outcome: PlanTargetOutcome
