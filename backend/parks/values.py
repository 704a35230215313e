"""Words and values of parks.

A park is judged by 31 indicators of three kinds. Mandatory ones (约束性指标) come first: who misses one may not apply
for acceptance. Reference ones (重要参考指标) may be left out where the conditions are not there, with an explanation and
proof the authority accepts. Incentive ones (激励性指标) add points and never stand in the way.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

ACTIONS = (
    "parks:apply",
    "parks:decide",
    "parks:manage",
    "parks:read",
)
"""Permissions this noun knows."""

FIRST_YEAR = 2005
ZERO = Decimal(0)
HUNDRED = Decimal(100)


class Category(StrEnum):
    """The kinds of indicators."""

    MANDATORY = "mandatory"
    REFERENCE = "reference"
    INCENTIVE = "incentive"


class Horizon(StrEnum):
    """Which targets count."""

    NEAR = "near"
    LONG = "long"


class Level(StrEnum):
    """The rungs of the ladder (市级—省级—国家级)."""

    MUNICIPAL = "municipal"
    PROVINCIAL = "provincial"
    NATIONAL = "national"


class Outcome(StrEnum):
    """What a check came to. What cannot be told stands in the way as a failure does."""

    PASS = "pass"  # noqa: S105 - an outcome, not a password
    FAIL = "fail"
    UNKNOWN = "unknown"


class ValueKind(StrEnum):
    """Where a value comes from."""

    COMPUTED = "computed"
    """From the members' accounts."""
    ENTERED = "entered"
    """By the operator or the authority, with evidence."""


class Step(StrEnum):
    """The seven steps, in their order."""

    APPLY = "apply"
    REVIEW = "review"
    PUBLICISE = "publicise"
    BUILD = "build"
    ACCEPT = "accept"
    EVALUATE = "evaluate"
    RECHECK = "recheck"


class ProgrammeKind(StrEnum):
    """What stands beside the parks."""

    FACTORY = "zero_carbon_factory"
    PROJECT = "source_grid_load_storage"
    POWER_PLANT = "virtual_power_plant"
    SERVICE_BODY = "service_body"
    PLATFORM = "innovation_platform"
    GREEN_FACTORY = "green_factory"
    GREEN_SUPPLY_CHAIN = "green_supply_chain"


STEPPED = frozenset(
    {ProgrammeKind.FACTORY, ProgrammeKind.PROJECT, ProgrammeKind.POWER_PLANT, ProgrammeKind.SERVICE_BODY}
)
"""Programmes whose items go through the seven steps; the others are recognised elsewhere and entered here."""


class EntryStatus(StrEnum):
    """Where an item of a programme stands."""

    SELECTED = "selected"
    BUILDING = "building"
    COMPLETED = "completed"
    REGISTERED = "registered"
    WITHDRAWN = "withdrawn"


# What is not an indicator itself but feeds conditions and denominators.
ENERGY = "annual_energy"
ENTERPRISES = "enterprises"
ABOVE_SCALE = "above_scale_enterprises"
BASES = ("", "daily_average_electricity", "maximum_load")


@dataclass(frozen=True, slots=True)
class Document:
    """A document: its title, its number where it has one, its day of issue."""

    title: str
    number: str
    issued_on: date


@dataclass(frozen=True, slots=True)
class Target:
    """What an indicator must come to: `comparator` one of >=, <=, =, rule, meets_or_better."""

    comparator: str
    value: str


@dataclass(frozen=True, slots=True)
class Criterion:
    """One line of the table: the targets of an indicator under a condition (empty: always)."""

    near: Target
    long: Target
    applies_when: str
    basis: str

    def target(self, horizon: Horizon) -> Target:
        """Return the target of a horizon."""
        return self.near if horizon is Horizon.NEAR else self.long


@dataclass(frozen=True, slots=True)
class Indicator:
    """An indicator of the programme with all its lines, as the document prints it."""

    number: int
    name: str
    category: Category
    unit: str
    value_type: str
    criteria: Sequence[Criterion]
    source: str
    confidence: str
    note: str

    def basis(self, horizon: Horizon) -> str:
        """Return of which denominator the target is, where it changes; empty where there is one alone."""
        if self.number != 23:  # noqa: PLR2004 - the one indicator whose denominator changes between horizons
            return ""
        return "daily_average_electricity" if horizon is Horizon.NEAR else "maximum_load"


@dataclass(frozen=True, slots=True)
class ParkRow:
    """A park."""

    id: UUID
    name: str
    division_code: str
    division_path: str
    operator_id: UUID | None
    recorded_at: datetime
    recorded_by: UUID | None


@dataclass(frozen=True, slots=True)
class BoundaryRow:
    """A park's boundary; the area is in m2."""

    id: UUID
    park_id: UUID
    polygon: Mapping[str, Any]
    area: Decimal
    document: str
    document_number: str
    document_date: date
    recorded_at: datetime
    recorded_by: UUID | None


@dataclass(frozen=True, slots=True)
class MemberRow:
    """An account in a park."""

    id: UUID
    park_id: UUID
    account_id: UUID
    is_above_scale: bool
    starts_on: date
    ends_on: date | None
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class ValueRow:
    """A value of an item of a park's year; see the table."""

    id: UUID
    park_id: UUID
    year: int
    item: str
    basis: str
    kind: ValueKind
    quantity: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None
    unit: str
    confidence: str
    is_complete: bool
    evidence_account_id: UUID | None
    evidence_id: UUID | None
    note: str
    document: str
    document_number: str
    document_date: date
    recorded_at: datetime
    recorded_by: UUID | None
    is_lower_bound: bool = False


@dataclass(frozen=True, slots=True)
class ValueDraft:
    """A value somebody enters: a quantity, or numerator and denominator in the item's own units. All None takes it away."""

    item: str
    quantity: Decimal | None = None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    basis: str = ""
    note: str = ""
    evidence: tuple[UUID, UUID] | None = None

    @property
    def is_withdrawal(self) -> bool:
        """Whether it takes away what stands."""
        return self.quantity is None and self.numerator is None and self.denominator is None


@dataclass(frozen=True, slots=True)
class PartRow:
    """What an account adds to a computed value."""

    account_id: UUID
    value_id: UUID
    inventory_id: UUID | None
    numerator: Decimal
    denominator: Decimal | None


@dataclass(frozen=True, slots=True)
class WaiverRow:
    """A request to leave an indicator out, and what became of it (`is_approved` None: not decided)."""

    id: UUID
    park_id: UUID
    year: int
    indicator: int
    explanation: str
    document: str
    document_number: str
    document_date: date
    evidence_account_id: UUID | None
    evidence_id: UUID | None
    recorded_at: datetime
    recorded_by: UUID | None
    is_approved: bool | None
    reason: str | None
    decided_at: datetime | None
    decided_by: UUID | None


@dataclass(frozen=True, slots=True)
class Judgement:
    """What an indicator came to: the value, the target it was held against, the outcome and why."""

    number: int
    name: str
    category: Category
    unit: str
    outcome: Outcome
    target: str
    value: Decimal | None
    value_id: UUID | None
    is_waived: bool
    points: Decimal
    reason_zh: str
    reason_en: str


@dataclass(frozen=True, slots=True)
class Evaluated:
    """All indicators of a park's year against the targets of a horizon at a level of the ladder."""

    year: int
    horizon: Horizon
    level: Level
    lines: Sequence[Judgement]
    mandatory: Outcome
    reference: Outcome
    points: Decimal
    points_confidence: str
    annual_energy: Decimal | None

    @property
    def outcome(self) -> Outcome:
        """Return the worse of the mandatory and the reference block; incentives never stand in the way."""
        both = (self.mandatory, self.reference)
        return next((each for each in (Outcome.FAIL, Outcome.UNKNOWN) if each in both), Outcome.PASS)

    @property
    def may_apply_for_acceptance(self) -> bool:
        """Whether every mandatory indicator is met."""
        return self.mandatory is Outcome.PASS


@dataclass(frozen=True, slots=True)
class EvaluationRow:
    """A stored evaluation; `content` is all of it as JSON."""

    id: UUID
    park_id: UUID
    year: int
    horizon: Horizon
    level: Level
    outcome: Outcome
    mandatory: Outcome
    points: Decimal
    content: Mapping[str, Any]
    sha256: str
    recorded_at: datetime
    recorded_by: UUID | None


@dataclass(frozen=True, slots=True)
class Requirement:
    """What a programme asks of an item, in the document's own words; with a `limit` it is a number at least so high."""

    code: str
    name_zh: str
    name_en: str
    quote: str
    document: str
    unit: str = ""
    limit: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """What a requirement came to: the outcome, the number where it is one (in the requirement's unit), and on what."""

    code: str
    outcome: Outcome
    remark: str
    quantity: Decimal | None = None


@dataclass(frozen=True, slots=True)
class StepRow:
    """A step as proposed, and the second person's word (`is_confirmed` None: still waiting)."""

    id: UUID
    application_id: UUID
    step: Step
    is_passed: bool
    happened_on: date
    reason: str
    evaluation_id: UUID | None
    document: str
    document_number: str
    document_date: date
    recorded_at: datetime
    recorded_by: UUID | None
    is_confirmed: bool | None
    decision: str | None
    decided_at: datetime | None
    decided_by: UUID | None
    findings: Sequence[Finding] = ()


@dataclass(frozen=True, slots=True)
class ApplicationRow:
    """The way of a park (`park_id`, with a horizon) or of an item of a programme (`item_id`) through the steps."""

    id: UUID
    park_id: UUID | None
    item_id: UUID | None
    division_path: str
    operator_id: UUID | None
    level: Level
    horizon: Horizon | None
    statement: str
    recorded_at: datetime
    recorded_by: UUID | None
    steps: Sequence[StepRow] = field(default_factory=tuple[StepRow, ...])


@dataclass(frozen=True, slots=True)
class ObjectionRow:
    """An objection and its answer (`answer` None: not answered)."""

    id: UUID
    notice_id: UUID
    objector: str
    contact: str
    text: str
    recorded_at: datetime
    answer: str | None
    is_upheld: bool | None
    answered_at: datetime | None
    answered_by: UUID | None


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """A public notice; `subject` is the park's or the item's name, `kind` the item's programme (None: a park)."""

    id: UUID
    application_id: UUID
    subject: str
    kind: ProgrammeKind | None
    level: Level
    division_code: str
    division_path: str
    operator_id: UUID | None
    opens_on: date
    closes_on: date
    text: str
    contact: str
    document: str
    document_number: str
    document_date: date
    recorded_at: datetime
