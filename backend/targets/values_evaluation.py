"""Words of the comprehensive evaluation: schemes, sheets, steps, remarks."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID


class EvaluationField(StrEnum):
    """What an indicator is about: the fields the document names."""

    DUAL_CONTROL = "dual_control"
    ENERGY_STRUCTURE = "energy_structure"
    ENERGY_INTENSITY = "energy_intensity"
    RESOURCE_EFFICIENCY = "resource_efficiency"
    SINKS = "sinks"
    KEY_FIELDS = "key_fields"


class IndicatorFormula(StrEnum):
    """How a computed indicator's value comes about; an indicator without a formula is stated with a document."""

    INTENSITY_COMPLETION = "intensity_completion"
    TOTAL_USE = "total_use"
    BUDGET_USE = "budget_use"
    SINKS_CHANGE = "sinks_change"


class IndicatorOutcome(StrEnum):
    """What came of an indicator; what cannot be told is not met."""

    MET = "met"
    MISSED = "missed"
    CANNOT_TELL = "cannot_tell"
    NOT_APPLICABLE = "not_applicable"


class ValueSource(StrEnum):
    """Where an indicator's value came from: the product's own books, or a figure stated with its document."""

    COMPUTED = "computed"
    STATED = "stated"
    NONE = "none"


class SheetVerdict(StrEnum):
    """Whether a division met all main indicators."""

    MET = "met"
    MISSED = "missed"
    CANNOT_TELL = "cannot_tell"


class EvaluationState(StrEnum):
    """Where an evaluation stands: worked out, open to the divisions' remarks, approved for good."""

    DRAFT = "draft"
    OPEN = "open"
    APPROVED = "approved"


class StepKind(StrEnum):
    """A step of an evaluation; a rejected one is a draft again."""

    OPENED = "opened"
    APPROVED = "approved"
    REJECTED = "rejected"


class SchemeState(StrEnum):
    """Where a scheme stands; a decision is for good."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Indicator:
    """An indicator: points rise from none at `zero_at` to `weight` at `full_at`, which is met; beyond gives no more."""

    code: str
    field: EvaluationField
    name_zh: str
    name_en: str
    unit: str
    formula: IndicatorFormula | None
    is_main: bool
    weight: Decimal
    zero_at: Decimal
    full_at: Decimal


@dataclass(frozen=True, slots=True)
class Scheme:
    """Indicators whose weights sum to 100, with the document they rest on and what of them is a placeholder."""

    code: str
    name_zh: str
    name_en: str
    is_placeholder: bool
    document: str
    note_zh: str
    note_en: str
    indicators: tuple[Indicator, ...]


@dataclass(frozen=True, slots=True)
class SchemeValue:
    """A scheme as somebody proposed it, for evaluations of `first_year` on. None as id: the one shipped."""

    id: UUID | None
    first_year: int
    scheme: Scheme
    sha256: str
    document_number: str
    document_dated: date | None
    document_title: str
    reason: str
    proposed_at: datetime | None
    proposed_by: UUID | None
    state: SchemeState
    decided_at: datetime | None
    decided_by: UUID | None
    decision_reason: str | None


@dataclass(frozen=True, slots=True)
class Reading:
    """An indicator's value of a division's year, where it came from and what it was made of."""

    value: Decimal | None
    source: ValueSource
    is_applicable: bool = True
    facts: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True)
class SheetLine:
    """An indicator in a division's sheet."""

    indicator: Indicator
    value: Decimal | None
    points: Decimal | None
    outcome: IndicatorOutcome
    source: ValueSource
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class SheetValue:
    """A division's sheet in a working-out. `score` is out of 100 of the applicable weights; None: it cannot be told."""

    evaluation_id: UUID
    revision: int
    division_code: str
    division_path: str
    owner_path: str
    score: Decimal | None
    verdict: SheetVerdict
    place: int | None
    lines: tuple[SheetLine, ...]


@dataclass(frozen=True, slots=True)
class EvaluationValue:
    """An evaluation of the divisions directly below one, for a year, with the scheme as it was."""

    id: UUID
    name: str
    division_code: str
    division_path: str
    year: int
    scheme_id: UUID | None
    scheme: Scheme
    scheme_sha256: str
    created_at: datetime
    created_by: UUID | None
    revision: int
    made_at: datetime
    state: EvaluationState
    approved_at: datetime | None
    approved_document: str | None


@dataclass(frozen=True, slots=True)
class StepValue:
    """A step of an evaluation."""

    evaluation_id: UUID
    number: int
    revision: int
    kind: StepKind
    owner_path: str
    reason: str
    document_number: str
    document_dated: date | None
    document_title: str
    recorded_at: datetime
    recorded_by: UUID | None


@dataclass(frozen=True, slots=True)
class RemarkValue:
    """What an evaluated division says to its sheet, and the answer. `indicator` empty: to the sheet as a whole."""

    id: UUID
    evaluation_id: UUID
    division_code: str
    division_path: str
    owner_path: str
    indicator: str
    said: str
    document_number: str
    document_dated: date | None
    document_title: str
    recorded_at: datetime
    recorded_by: UUID | None
    is_accepted: bool | None
    answer: str | None
    answered_at: datetime | None
    answered_by: UUID | None
