"""Words of targets.

A **target** is what a division (or a key unit) was set for a period: a reduction of its carbon intensity in percent of a
base year, or a limit on its tonnes over all years of the period. A **scheme** is the comprehensive evaluation's list of
indicators with weights; an **evaluation** applies it to the divisions below an authority for a year. A **plan target** is
a number a government document names, followed year by year.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

ACTIONS = (
    "targets:draft",
    "targets:evaluate",
    "targets:read",
    "targets:set",
)
"""Permissions this noun knows: drafting what is handed down, values and evaluations, reading, deciding as second person."""

ZERO = Decimal(0)
FIRST_YEAR, LAST_YEAR = 2005, 2100
"""2005 is the base year of the national intensity targets."""
EMISSIONS = "emissions"
"""The item of a stated figure that holds a division's emissions of a year, in tCO2e."""


@dataclass(frozen=True, slots=True)
class Words:
    """A text in both languages."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Paper:
    """The document something rests on: number, date and title."""

    number: str
    dated: date
    title: str


class TargetKind(StrEnum):
    """What is set: percent less carbon intensity than in the base year, or tonnes over the period."""

    INTENSITY = "intensity"
    TOTAL = "total"


class Footing(StrEnum):
    """Which emissions a target is measured by; never a mixture.

    `accounts`: the roll-up of carbon accounts. `stated`: what the accounting authority stated, entered with its document.
    """

    ACCOUNTS = "accounts"
    STATED = "stated"


class TargetMethod(StrEnum):
    """How a target was arrived at; the first four decompose tonnes, `equal` and `weighted` reductions of intensity."""

    HISTORY = "history"
    BENCHMARK = "benchmark"
    OUTPUT = "output"
    MANUAL = "manual"
    EQUAL = "equal"
    WEIGHTED = "weighted"


class TargetPlanState(StrEnum):
    """Where a plan stands; a decision is for good."""

    DRAFT = "draft"
    APPROVED = "approved"
    REJECTED = "rejected"


class TargetVerdict(StrEnum):
    """How a target is kept; what cannot be told is not kept.

    `on_track` and `behind` are told while the period runs, `reached` and `missed` by its last year. `elastic_used`: a total
    is exceeded within what the jurisdiction allows.
    """

    ON_TRACK = "on_track"
    BEHIND = "behind"
    REACHED = "reached"
    MISSED = "missed"
    ELASTIC_USED = "elastic_used"
    CANNOT_TELL = "cannot_tell"


@dataclass(frozen=True, slots=True)
class TargetLine:
    """A target as drafted: `value` is percent (intensity) or tCO2e over all years together (total)."""

    division_code: str
    kind: TargetKind
    first_year: int
    last_year: int
    value: Decimal
    base_year: int | None = None
    account_id: UUID | None = None
    footing: Footing = Footing.ACCOUNTS
    method: TargetMethod = TargetMethod.MANUAL
    basis: Mapping[str, Any] = field(default_factory=dict[str, Any])

    @property
    def key(self) -> tuple[str, UUID | None, TargetKind, int, int]:
        """What a plan has one line of."""
        return (self.division_code, self.account_id, self.kind, self.first_year, self.last_year)


@dataclass(frozen=True, slots=True)
class TargetPlanValue:
    """A plan by which targets are handed down: lines drafted together, decided on together. `revision` is the newest."""

    id: UUID
    name: str
    division_code: str
    division_path: str
    document_number: str
    document_dated: date
    document_title: str
    effective_on: date
    created_at: datetime
    created_by: UUID | None
    revision: int
    lines: tuple[TargetLine, ...]
    sha256: str
    revised_at: datetime
    revised_by: UUID | None
    state: TargetPlanState
    decided_at: datetime | None
    decided_by: UUID | None
    decision_reason: str | None


@dataclass(frozen=True, slots=True)
class TargetValue:
    """A target in force; of a key the one that took effect last counts, earlier ones stay on record."""

    id: UUID
    plan_id: UUID
    division_code: str
    division_path: str
    account_id: UUID | None
    kind: TargetKind
    first_year: int
    last_year: int
    base_year: int | None
    value: Decimal
    footing: Footing
    method: TargetMethod
    basis: Mapping[str, Any]
    document_number: str
    document_dated: date
    document_title: str
    effective_on: date
    approved_at: datetime
    approved_by: UUID | None

    @property
    def key(self) -> tuple[str, UUID | None, TargetKind, int, int]:
        """What there is one target of at a time."""
        return (self.division_code, self.account_id, self.kind, self.first_year, self.last_year)


@dataclass(frozen=True, slots=True)
class YearStanding:
    """A year of a target's period. None: not known.

    `intensity` is tCO2e per 10,000 yuan. `reached` and `due` are percent less than in the base year (intensity), or tonnes
    since the first year (total).
    """

    year: int
    emissions: Decimal | None
    gdp: Decimal | None
    intensity: Decimal | None
    reached: Decimal | None
    due: Decimal


@dataclass(frozen=True, slots=True)
class TargetProgress:
    """How far a target is: as of `through`, the last year that can be told (None: none can).

    `completion` is percent: of the reduction that is due (intensity), of the tonnes that are (total).
    """

    verdict: TargetVerdict
    through: int | None
    reached: Decimal | None
    due: Decimal | None
    completion: Decimal | None
    base_intensity: Decimal | None
    years: Sequence[YearStanding]
    note: Words


@dataclass(frozen=True, slots=True)
class FigureDraft:
    """A figure of a division's year as somebody gives it. Without a value: it does not apply there."""

    item: str
    value: Decimal | None
    note: str = ""


@dataclass(frozen=True, slots=True)
class StatedFigure:
    """A figure of a division's year as entered, with its document; of (division, year, item) the newest counts.

    `value` None: the item does not apply to the division, for the reason in `note`. `entered_from` is the path of the
    region whose authority entered it.
    """

    id: UUID
    division_code: str
    division_path: str
    year: int
    item: str
    value: Decimal | None
    unit: str
    note: str
    document_number: str
    document_dated: date
    document_title: str
    entered_from: str
    recorded_at: datetime
    recorded_by: UUID | None
