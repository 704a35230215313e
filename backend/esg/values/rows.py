"""What is kept of a disclosure: one value a table. All but the disclosure itself only append."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from backend.esg.values.words import AssuranceLevel, EntryKind, Exchange, Index, State, Step


@dataclass(frozen=True, slots=True)
class ProfileValue:
    """What an account says of its listing and its duties; append-only, the newest counts. None: not known."""

    account_id: UUID
    id: UUID
    exchange: Exchange | None
    stock_code: str
    indices: tuple[Index, ...] | None
    is_dual_listed: bool | None
    is_key_discharger: bool | None
    is_state_owned: bool | None
    is_foreign_invested: bool | None
    as_of: date
    evidence_id: UUID | None
    note: str
    recorded_at: datetime
    recorded_by: UUID | None


@dataclass(frozen=True, slots=True)
class DisclosureValue:
    """A version of an account's disclosure for a year.

    `standards` maps each standard to the version it was opened with, `reference_versions` every other reference file
    (`kind:code`) to its version.
    """

    account_id: UUID
    id: UUID
    year: int
    version: int
    state: State
    round: int
    standards: Mapping[str, str]
    reference_versions: Mapping[str, str]
    threshold: Decimal
    corrects_id: UUID | None
    correction_reason: str
    opened_at: datetime
    opened_by: UUID | None
    state_at: datetime


@dataclass(frozen=True, slots=True)
class EntryValue:
    """Something said of a point; append-only. Of prefills the newest counts, of the owner's words the newest too.

    `reason` says why a prefill cannot be told (then in both languages), or why the owner overrides, omits, withdraws.
    """

    account_id: UUID
    id: UUID
    disclosure_id: UUID
    point: str
    kind: EntryKind
    value: Decimal | None
    unit: str
    text_zh: str
    text_en: str
    reason: str
    reason_en: str
    formula_zh: str
    formula_en: str
    sources: Sequence[Mapping[str, str]]
    evidence_ids: tuple[UUID, ...]
    recorded_at: datetime
    recorded_by: UUID | None


@dataclass(frozen=True, slots=True)
class AssignmentValue:
    """Who answers for a point and by when; append-only, the newest counts."""

    account_id: UUID
    id: UUID
    disclosure_id: UUID
    point: str
    owner_id: UUID
    due_on: date
    recorded_at: datetime
    recorded_by: UUID | None


@dataclass(frozen=True, slots=True)
class AssessmentValue:
    """How a topic was judged for a disclosure: its impact and its financial effect; append-only, the newest counts."""

    account_id: UUID
    id: UUID
    disclosure_id: UUID
    topic: int
    impact: Decimal
    financial: Decimal
    impact_reason: str
    financial_reason: str
    recorded_at: datetime
    recorded_by: UUID | None


@dataclass(frozen=True, slots=True)
class StepValue:
    """What moved a disclosure on; append-only.

    `remarks` are `{point, text}`: of a returning reviewer, or, where it is submitted, what the owner answers to them.
    """

    account_id: UUID
    id: UUID
    disclosure_id: UUID
    round: int
    step: Step
    note: str
    remarks: Sequence[Mapping[str, str]]
    recorded_at: datetime
    recorded_by: UUID | None


@dataclass(frozen=True, slots=True)
class PublicationValue:
    """A published disclosure: `content` is its JSON, never changed, `sha256` over its UTF-8 bytes.

    A correction is another publication of the year that names the one it corrects.
    """

    account_id: UUID
    id: UUID
    disclosure_id: UUID
    number: str
    year: int
    version: int
    standards: Mapping[str, str]
    content: str
    sha256: str
    corrects_id: UUID | None
    published_at: datetime
    published_by: UUID | None


@dataclass(frozen=True, slots=True)
class AssuranceValue:
    """A verifier's statement on a publication, by its number and hash; append-only."""

    account_id: UUID
    id: UUID
    publication_id: UUID
    publication_sha256: str
    verifier_id: UUID
    level: AssuranceLevel
    standard: str
    scope: str
    opinion: str
    evidence_ids: tuple[UUID, ...]
    signed_at: datetime
    signed_by: UUID | None
