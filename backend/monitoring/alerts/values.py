"""Words of warnings: what they are raised for, how grave they are, where they stand, what was done."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from backend.monitoring.values import Words

ALL_SECTORS = ""
NO_YEAR = 0
"""The year of a cause that goes on from year to year."""
REOPENED_WITHIN_DAYS = 366
"""A cause that comes back within a year of its closing reopens the old warning; later it is a new one."""


class CauseKind(StrEnum):
    """What a warning is raised for."""

    GROWTH = "growth"
    """Emissions grow fast (碳排放增长较快)."""
    BUDGET = "budget"
    """The year's projected end exceeds the budget."""
    INTENSITY = "intensity"
    """The projected intensity exceeds its target."""


class WarningState(StrEnum):
    """Where a warning stands."""

    OPEN = "open"
    RESPONDING = "responding"
    CLOSING = "closing"
    CLOSED = "closed"


class StepKind(StrEnum):
    """What happened to a warning."""

    RAISED = "raised"
    WORSENED = "worsened"
    EASED = "eased"
    CONFIRMED = "confirmed"
    CLEARED = "cleared"
    REOPENED = "reopened"
    ASSIGNED = "assigned"
    RESPONDED = "responded"
    FOLLOWED_UP = "followed_up"
    ESCALATED = "escalated"
    CLOSURE_PROPOSED = "closure_proposed"
    CLOSURE_REFUSED = "closure_refused"
    CLOSED = "closed"


class Outcome(StrEnum):
    """What an evaluation says of a cause; what cannot be told neither raises nor clears anything."""

    FOUND = "found"
    CLEAR = "clear"
    CANNOT_TELL = "cannot_tell"


class TermsState(StrEnum):
    """Where drafted levels stand; a decision is for good."""

    DRAFT = "draft"
    APPROVED = "approved"
    REJECTED = "rejected"


KIND_NAMES: Mapping[CauseKind, Words] = {
    CauseKind.GROWTH: Words("碳排放增长较快", "Fast growth of emissions"),
    CauseKind.BUDGET: Words("预计超出碳排放预算", "Projected beyond the carbon budget"),
    CauseKind.INTENSITY: Words("碳排放强度高于目标", "Intensity above its target"),
}


@dataclass(frozen=True, slots=True)
class Level:
    """A level of warning: beyond which percentages it is reached (None: never), and in how many days an answer is due."""

    code: str
    name_zh: str
    name_en: str
    growth: Decimal | None
    budget: Decimal | None
    intensity: Decimal | None
    answer_days: int


@dataclass(frozen=True, slots=True)
class Terms:
    """Levels of warning, the mildest first, and how growth is told; see the pack's `WarningRules`.

    `id` is the approved version of the authority's own, None for the pack's, which are placeholders.
    """

    id: UUID | None
    levels: tuple[Level, ...]
    window_months: int
    latest_months: int
    coverage_percent: Decimal
    is_placeholder: bool
    document: Words
    effective_on: date | None


@dataclass(frozen=True, slots=True)
class TermsValue:
    """Levels as the authority drafted them, and what was decided."""

    id: UUID
    terms: Terms
    document_number: str
    document_dated: date
    document_title: str
    effective_on: date
    reason: str
    state: TermsState
    drafted_at: datetime
    drafted_by: UUID | None
    decided_at: datetime | None
    decided_by: UUID | None
    decision_reason: str | None


@dataclass(frozen=True, slots=True)
class Cause:
    """What there is one open warning of: a kind of cause at a division, a sector or a key unit, in a year where years count."""

    kind: CauseKind
    division_code: str
    division_path: str
    sector: str = ALL_SECTORS
    account_id: UUID | None = None
    year: int = NO_YEAR


@dataclass(frozen=True, slots=True)
class Figure:
    """A number a warning rests on: what it is, its value and unit, and where it comes from."""

    code: str
    name: Words
    value: str
    unit: str
    source: str


@dataclass(frozen=True, slots=True)
class Finding:
    """What an evaluation found of a cause; `value` is in percent and is beyond `threshold` of the level.

    `figures` are the numbers and where they come from; `note` says why nothing can be told.
    """

    cause: Cause
    outcome: Outcome
    value: Decimal | None
    level: Level | None
    rank: int
    threshold: Decimal | None
    month: date
    figures: tuple[Figure, ...]
    note: Words | None = None


@dataclass(frozen=True, slots=True)
class WarningValue:
    """A warning as it stands. `is_present`: the newest evaluation that could tell still found its cause.

    `rank` orders levels (0 is the mildest). `evidence` is what the newest finding rests on. `is_placeholder`: its thresholds
    are the product's, not the authority's own. `escalations` counts how often an answer was overdue.
    """

    id: UUID
    cause: Cause
    state: WarningState
    level: str
    level_zh: str
    level_en: str
    rank: int
    is_present: bool
    month: date
    value: Decimal
    evidence: Mapping[str, Any]
    is_placeholder: bool
    owner_id: UUID | None
    owner_person_id: UUID | None
    response: str
    measure: str
    due_on: date
    raised_at: datetime
    escalations: int
    closing_by: UUID | None
    closed_at: datetime | None
    closed_by: UUID | None
    former_id: UUID | None


@dataclass(frozen=True, slots=True)
class StepValue:
    """Something that happened to a warning, for good."""

    id: UUID
    warning_id: UUID
    kind: StepKind
    note: str
    facts: Mapping[str, Any]
    at: datetime
    by: UUID | None
    organisation_id: UUID | None


@dataclass(frozen=True, slots=True)
class EvaluationValue:
    """An evaluation of a division's subtree: of which month, by which levels, what came of it, and what cannot be told."""

    id: UUID
    division_code: str
    division_path: str
    month: date
    terms_id: UUID | None
    is_placeholder: bool
    looked_at: int
    raised: int
    reopened: int
    worsened: int
    cleared: int
    untold: tuple[Mapping[str, Any], ...]
    evaluated_at: datetime
    evaluated_by: UUID | None
