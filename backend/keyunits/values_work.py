"""What a key unit works at: findings of diagnoses, projects of the rolling list, and what these saved."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from backend.keyunits.values import ZERO, FindingArea, FindingState, RetrofitKind, RetrofitState


@dataclass(frozen=True, slots=True)
class FindingRow:
    """A finding of a diagnosis with where it stands. Potentials are for a year: tce and tCO2e, None where not told."""

    account_id: UUID
    id: UUID
    area: FindingArea
    title: str
    detail: str
    diagnosed_on: date
    body: str
    potential_tce: Decimal | None
    potential_tco2: Decimal | None
    evidence_id: UUID | None
    recorded_at: datetime
    recorded_by: UUID | None
    state: FindingState
    due_on: date | None
    steps: Sequence["FindingStep"] = ()


@dataclass(frozen=True, slots=True)
class FindingStep:
    """What was done about a finding."""

    id: UUID
    finding_id: UUID
    state: FindingState
    note: str
    due_on: date | None
    recorded_at: datetime
    recorded_by: UUID | None


@dataclass(frozen=True, slots=True)
class RetrofitDraft:
    """A project somebody enters. Investment in CNY; what it is expected to save a year in tce and tCO2e."""

    kind: RetrofitKind
    name: str
    content: str
    investment: Decimal
    expected_tce: Decimal
    expected_tco2: Decimal
    basis: str
    starts_on: date
    ends_on: date
    finding_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class RetrofitRow:
    """A project as it stands. `saved_tce` and `saved_tco2` are confirmed savings of a year; None: none is yet."""

    account_id: UUID
    id: UUID
    finding_id: UUID | None
    kind: RetrofitKind
    name: str
    content: str
    investment: Decimal
    expected_tce: Decimal
    expected_tco2: Decimal
    basis: str
    starts_on: date
    ends_on: date
    division_code: str
    division_path: str
    recorded_at: datetime
    recorded_by: UUID | None
    state: RetrofitState
    moved_on: date
    saved_tce: Decimal | None
    saved_tco2: Decimal | None


@dataclass(frozen=True, slots=True)
class Period:
    """A period before or after a project: what was used and emitted, and what was made meanwhile."""

    first: date
    last: date
    tce: Decimal
    tco2: Decimal
    output: Decimal


@dataclass(frozen=True, slots=True)
class SavingDraft:
    """A comparison of before and after. Adjustments are added to the savings, with their reason."""

    before: Period
    after: Period
    output_unit: str
    adjustment_tce: Decimal = ZERO
    adjustment_tco2: Decimal = ZERO
    adjustment_reason: str = ""


@dataclass(frozen=True, slots=True)
class SavingRow:
    """A comparison as recorded, with what became of it. Savings are of the period after, in tce and tCO2e."""

    account_id: UUID
    id: UUID
    retrofit_id: UUID
    before_first: date
    before_last: date
    before_tce: Decimal
    before_tco2: Decimal
    before_output: Decimal
    after_first: date
    after_last: date
    after_tce: Decimal
    after_tco2: Decimal
    after_output: Decimal
    output_unit: str
    adjustment_tce: Decimal
    adjustment_tco2: Decimal
    adjustment_reason: str
    saved_tce: Decimal
    saved_tco2: Decimal
    formula: str
    evidence_id: UUID | None
    recorded_at: datetime
    recorded_by: UUID | None
    is_confirmed: bool | None
    decision: str | None
    decided_at: datetime | None
    decided_by: UUID | None
