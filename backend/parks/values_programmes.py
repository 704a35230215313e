"""Values of the programmes beside the parks: items on the registers, targets of plans and what there is."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from backend.parks.values import ZERO, EntryStatus, ProgrammeKind


@dataclass(frozen=True, slots=True)
class ItemRow:
    """An item of a programme as it stands; without an entry up to the day asked for, `status` is None."""

    id: UUID
    kind: ProgrammeKind
    name: str
    division_code: str
    division_path: str
    account_id: UUID | None
    park_id: UUID | None
    recorded_at: datetime
    status: EntryStatus | None
    effective_on: date | None
    capacity: Decimal | None
    document: str | None
    document_number: str | None
    document_date: date | None
    note: str | None


@dataclass(frozen=True, slots=True)
class ProgrammeTarget:
    """A target of the plan as the document prints it; `place` is the item it stands in."""

    year: int
    measure: str
    name_zh: str
    name_en: str
    comparator: str
    quantity: Decimal
    unit: str
    place: str
    quote: str
    document: str
    confidence: str


@dataclass(frozen=True, slots=True)
class Progress:
    """A target beside what there is on a day, and what there was on its last day once that is over.

    Targets are of the whole jurisdiction. Who sees, or asks for, a part of it (`is_whole` is false) is told what is there, and
    that a target is met where the part alone meets it; what is missing cannot be told.
    """

    target: ProgrammeTarget
    found: Decimal
    found_by_deadline: Decimal | None
    on: date
    is_whole: bool

    @property
    def counted(self) -> Decimal:
        """Return the number the target is held against."""
        return self.found if self.found_by_deadline is None else self.found_by_deadline

    @property
    def is_met(self) -> bool | None:
        """Whether there is, or by its last day was, enough; None where a part does not tell."""
        is_enough = self.counted >= self.target.quantity
        return is_enough if is_enough or self.is_whole else None

    @property
    def missing(self) -> Decimal | None:
        """Return how much was or is missing, never below nothing; None where a part does not tell."""
        return None if self.is_met is None else max(self.target.quantity - self.counted, ZERO)
