"""Words of ESG disclosure: standards, data points, materiality, review, publication, assurance, ratings.

A **requirement** is what a standard asks for, a **point** what is answered once for every requirement that asks for the
same: the metric's code (`ghg.scope1`) where a metric feeds it, else the requirement's own key (`gri305:305-5.c`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

ACTIONS = (
    "esg:assure",
    "esg:disclose",
    "esg:publish",
    "esg:read",
    "esg:review",
    "esg:supervise",
)
"""The permissions of this noun: filling a disclosure, reviewing it, publishing it, a verifier's assurance statement,
and what an authority keeps (listed firms, service bodies, white papers)."""

FIRST_YEAR = 2020
"""The earliest year a disclosure is kept for."""

TOPICS = 21
"""Topics of the exchanges' guidelines."""


class Pillar(StrEnum):
    """Environment, society, governance."""

    ENVIRONMENT = "e"
    SOCIETY = "s"
    GOVERNANCE = "g"


class RequirementKind(StrEnum):
    """What answers a requirement: a figure, a text, or a plain fact."""

    QUANTITATIVE = "quantitative"
    NARRATIVE = "narrative"
    FACT = "fact"


class Level(StrEnum):
    """How strongly a standard asks, of whom it applies to. `MATERIAL`: mandatory when the topic is material."""

    MANDATORY = "mandatory"
    MATERIAL = "material"
    ENCOURAGED = "encouraged"


class Relation(StrEnum):
    """How a requirement relates to one of another standard.

    `NARROWER`: an answer to the other answers this one too, not the other way round. `PARTIAL`: they overlap.
    """

    SAME = "same"
    NARROWER = "narrower"
    PARTIAL = "partial"


class Applies(StrEnum):
    """Whether a standard binds an account for a year. What cannot be told blocks a publication as a duty would."""

    MANDATORY = "mandatory"
    VOLUNTARY = "voluntary"
    CANNOT_TELL = "cannot_tell"


class DutyState(StrEnum):
    """How a disclosure that is due stands."""

    DONE = "done"
    DONE_LATE = "done_late"
    DUE = "due"
    LATE = "late"
    VOLUNTARY = "voluntary"
    CANNOT_TELL = "cannot_tell"


class State(StrEnum):
    """A disclosure on its way: filled, reviewed by a second person in rounds, published for good."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    APPROVED = "approved"
    PUBLISHED = "published"


class EntryKind(StrEnum):
    """What was said of a point.

    `PREFILL` came from the account, `ANSWER` from the owner where nothing is prefilled, `OVERRIDE` from the owner against
    what is prefilled, `OMISSION` says why it is left out, `WITHDRAWAL` takes the owner's last word back.
    """

    PREFILL = "prefill"
    ANSWER = "answer"
    OVERRIDE = "override"
    OMISSION = "omission"
    WITHDRAWAL = "withdrawal"


class PointState(StrEnum):
    """How a point stands. `RESTATED`: its source was restated after it was filled in. `UNKNOWN`: it cannot be told."""

    MISSING = "missing"
    UNKNOWN = "unknown"
    FILLED = "filled"
    OMITTED = "omitted"
    RESTATED = "restated"


class GapKind(StrEnum):
    """What a disclosure lacks."""

    APPLICABILITY = "applicability"
    MISSING_MANDATORY = "missing_mandatory"
    MISSING = "missing"
    MISSING_EVIDENCE = "missing_evidence"
    RESTATED = "restated"
    UNASSESSED = "unassessed"
    UNREVIEWED = "unreviewed"


class Step(StrEnum):
    """What moved a disclosure on."""

    OPEN = "open"
    SUBMIT = "submit"
    RETURN = "return"
    APPROVE = "approve"
    PUBLISH = "publish"
    CORRECT = "correct"


class AssuranceLevel(StrEnum):
    """How sure a verifier is."""

    LIMITED = "limited"
    REASONABLE = "reasonable"


class Exchange(StrEnum):
    """Where shares are listed. `NONE`: nowhere; `ELSEWHERE`: only outside the three mainland exchanges."""

    SSE = "sse"
    SZSE = "szse"
    BSE = "bse"
    ELSEWHERE = "elsewhere"
    NONE = "none"


class Index(StrEnum):
    """Indices whose members must report."""

    SSE180 = "sse180"
    STAR50 = "star50"
    SZSE100 = "szse100"
    CHINEXT = "chinext"


class Grade(StrEnum):
    """Grades of disclosure quality, best first."""

    AAA = "AAA"
    AA = "AA"
    A = "A"
    BBB = "BBB"
    BB = "BB"
    B = "B"
    CCC = "CCC"
    CC = "CC"
    C = "C"


@dataclass(frozen=True, slots=True)
class Words:
    """A text in both languages."""

    zh: str
    en: str

    def __call__(self, language: str) -> str:
        """Return the text in `zh` or `en`."""
        return self.zh if language.startswith("zh") else self.en


@dataclass(frozen=True, slots=True)
class Requirement:
    """What a standard asks for.

    `metric` feeds it from the account; without one the owner answers. `topic` is the exchanges' topic (1 to 21) or None.
    `may_explain`: a reason may stand in its place. `clause` is where the standard says so.
    """

    standard: str
    code: str
    name: Words
    pillar: Pillar
    kind: RequirementKind
    level: Level
    topic: int | None
    metric: str | None
    unit: str
    may_explain: bool
    needs_evidence: bool
    clause: str
    mandatory_for: Words
    source: str
    confidence: str
    confidence_note: str

    @property
    def key(self) -> str:
        """Standard and code: its name among all standards."""
        return f"{self.standard}:{self.code}"

    @property
    def point(self) -> str:
        """The point that answers it."""
        return self.metric or self.key


@dataclass(frozen=True, slots=True)
class Test:
    """One fact of an account's profile that makes a standard bind: a flag that is set, or membership in an index."""

    fact: str
    among: tuple[str, ...]
    reason: Words


@dataclass(frozen=True, slots=True)
class Binding:
    """Whom a standard binds, from which year, and by which day of the year after. No tests: nobody, it is voluntary."""

    tests: tuple[Test, ...]
    first_year: int
    due_month: int | None
    due_day: int | None
    otherwise: Words


@dataclass(frozen=True, slots=True)
class Standard:
    """A version of a standard; it never changes: another version is another file."""

    code: str
    version: str
    name: Words
    document: str
    issued_on: date | None
    valid_from: date | None
    source: str
    confidence: str
    confidence_note: str
    binding: Binding
    requirements: tuple[Requirement, ...]
    sha256: str


@dataclass(frozen=True, slots=True)
class Topic:
    """One of the exchanges' 21 topics, as the guidelines number and name it."""

    number: int
    pillar: Pillar
    name: Words
    article: str
    mapping: str
    note: str
    source: str
    confidence: str
    confidence_note: str


@dataclass(frozen=True, slots=True)
class Crossing:
    """How requirement `from_key` relates to `to_key` of another standard."""

    from_key: str
    to_key: str
    relation: Relation
    confidence: str
    note: str


@dataclass(frozen=True, slots=True)
class Metric:
    """A data point the account can feed, or the owner enters with evidence. `rule` names how it is prefilled."""

    code: str
    name: Words
    unit: str
    kind: RequirementKind
    pillar: Pillar
    topic: int | None
    rule: str | None
    formula: Words
    confidence: str


@dataclass(frozen=True, slots=True)
class MaterialityTerms:
    """How topics are judged: scores `low`..`high`; `threshold` and above is material. A placeholder until confirmed."""

    version: str
    low: Decimal
    high: Decimal
    threshold: Decimal
    document: str
    confidence: str
    is_placeholder: bool


@dataclass(frozen=True, slots=True)
class Library:
    """All reference data of disclosure in force: standards by code, topics, metrics, crosswalk, terms of materiality."""

    standards: Mapping[str, Standard]
    topics: Mapping[int, Topic]
    metrics: Mapping[str, Metric]
    crossings: tuple[Crossing, ...]
    materiality: MaterialityTerms
    versions: Mapping[str, str]
    """Version in force of each reference file, by `kind:code`."""


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
    """Something said of a point; append-only. Of prefills the newest counts, of the owner's words the newest too."""

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
    """What moved a disclosure on; append-only. `remarks` are `{point, text}` of a returning reviewer."""

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
