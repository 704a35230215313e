"""A disclosure as it stands: applicability, points with what fills them, gaps, comparatives, tasks, ratings."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from backend.esg.values.rows import (
    AssessmentValue,
    AssuranceValue,
    DisclosureValue,
    EntryValue,
    ProfileValue,
    PublicationValue,
    StepValue,
)
from backend.esg.values.standards import Requirement, Topic, Words
from backend.esg.values.words import Applies, DutyState, GapKind, Grade, Pillar, PointState, RequirementKind, State

STATE_WORDS: Mapping[State, Words] = {
    State.DRAFT: Words("填报中", "being filled"),
    State.IN_REVIEW: Words("审核中", "in review"),
    State.APPROVED: Words("已批准", "approved"),
    State.PUBLISHED: Words("已发布", "published"),
}
"""Where a disclosure stands, for people."""


@dataclass(frozen=True, slots=True)
class Applicability:
    """Whether a standard binds an account for a year, why, and by when its disclosure is due."""

    standard: str
    version: str
    year: int
    outcome: Applies
    reason: Words
    due_on: date | None


@dataclass(frozen=True, slots=True)
class DisclosureDuty:
    """A disclosure that is due or not: for the account's statement."""

    standard: str
    year: int
    name: Words
    due_on: date | None
    state: DutyState


@dataclass(frozen=True, slots=True)
class Source:
    """Where a value comes from: `kind` is a noun of the house (`inventory`, `figure`, `movement`, `surrender`...)."""

    kind: str
    id: str
    version: str
    note: str = ""

    def as_json(self) -> dict[str, str]:
        """Return the source as it is kept."""
        return {"kind": self.kind, "id": self.id, "version": self.version, "note": self.note}


@dataclass(frozen=True, slots=True)
class Prefill:
    """What the account says of a metric: a figure or a fact, or why it cannot be told."""

    metric: str
    value: Decimal | None
    unit: str
    text: Words | None
    reason: Words | None
    formula: Words
    sources: tuple[Source, ...]

    @property
    def is_known(self) -> bool:
        """Whether it says anything."""
        return self.value is not None or self.text is not None


@dataclass(frozen=True, slots=True)
class Comparative:
    """The prior year's figure of a point as it was published, and as the account says it today.

    `is_restated` when both are known and differ.
    """

    year: int
    published: Decimal | None
    current: Decimal | None
    unit: str
    publication_id: UUID | None
    is_restated: bool


@dataclass(frozen=True, slots=True)
class PointValue:
    """A point of a disclosure as it stands.

    `value`/`text` is what counts (the owner's word, else the prefill). `prefill` is the newest stored prefill, `fresh`
    what the account says now where that differs from it. `covered_by` is the point of another standard whose answer
    stands for this one (by the crosswalk).
    """

    point: str
    name: Words
    pillar: Pillar
    topic: int | None
    kind: RequirementKind
    unit: str
    state: PointState
    is_mandatory: bool
    is_cannot_tell: bool
    requirements: tuple[Requirement, ...]
    value: Decimal | None
    text: Words | None
    prefill: EntryValue | None
    entry: EntryValue | None
    fresh: Prefill | None
    evidence_ids: tuple[UUID, ...]
    covered_by: str | None
    comparative: Comparative | None
    owner_id: UUID | None
    due_on: date | None

    @property
    def is_answered(self) -> bool:
        """Whether it says something: a figure, a text, a reason for leaving it out, or another point's answer."""
        return self.state in {PointState.FILLED, PointState.OMITTED, PointState.RESTATED}


@dataclass(frozen=True, slots=True)
class Gap:
    """Something a disclosure lacks. A blocking gap keeps it from being submitted, or (`UNREVIEWED`) published."""

    kind: GapKind
    point: str | None
    topic: int | None
    standard: str | None
    is_blocking: bool
    words: Words


@dataclass(frozen=True, slots=True)
class MatrixCell:
    """A topic in the matrix of double materiality; scores None until it is judged."""

    topic: Topic
    assessment: AssessmentValue | None
    is_impact_material: bool | None
    is_financially_material: bool | None

    @property
    def is_material(self) -> bool | None:
        """Whether either view finds it material; None while it is not judged."""
        if self.assessment is None:
            return None
        return bool(self.is_impact_material or self.is_financially_material)


@dataclass(frozen=True, slots=True)
class DisclosureView:
    """A disclosure with everything below it, as it stands now."""

    disclosure: DisclosureValue
    profile: ProfileValue | None
    applicability: tuple[Applicability, ...]
    matrix: tuple[MatrixCell, ...]
    points: tuple[PointValue, ...]
    gaps: tuple[Gap, ...]
    steps: tuple[StepValue, ...]
    publications: tuple[PublicationValue, ...]
    assurances: tuple[AssuranceValue, ...]


@dataclass(frozen=True, slots=True)
class TaskValue:
    """A point somebody answers for, in an open disclosure."""

    account_id: UUID
    disclosure_id: UUID
    year: int
    point: str
    owner_id: UUID
    due_on: date
    is_answered: bool
    is_overdue: bool


@dataclass(frozen=True, slots=True)
class RatingValue:
    """What a published rubric makes of a disclosure's quality; a placeholder rubric is marked."""

    account_id: UUID
    year: int
    grade: Grade
    points: Decimal
    rubric_code: str
    rubric_version: str
    is_placeholder: bool
    rated_at: datetime
    disclosure_id: UUID
    reasons: Mapping[str, Any] = field(default_factory=dict[str, Any])
