"""Words of investment projects (固定资产投资项目).

Energy is in tonnes of standard coal (tce), coal in tonnes, emissions in tCO2e, all of a year of full production. What
cannot be told is None and never zero.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

ACTIONS = (
    "projects:apply",
    "projects:decide",
    "projects:read",
    "projects:review",
)
"""Permissions this noun knows."""

REFERENCE = "investment_project"
"""What a budget's reservation for a project is called."""
VALUE_ADDED, OUTPUT_VALUE = "value_added", "output_value"
"""What intensities are of that are of no product: 增加值, 产值."""
OF_MONEY = frozenset({VALUE_ADDED, OUTPUT_VALUE})


@dataclass(frozen=True, slots=True)
class Words:
    """A sentence in both languages."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Source:
    """The document a rule comes from: its words, since when, where it was read, and how sure that is."""

    document: str
    since: date
    source: str
    confidence: str
    note: str = ""


class Outcome(StrEnum):
    """Pass, fail, or cannot tell; the last two block."""

    PASS = "pass"  # noqa: S105 - an outcome, not a password
    FAIL = "fail"
    UNKNOWN = "unknown"


class Tier(StrEnum):
    """Who reviews a project: nobody apart, the local level, the province, the nation."""

    NONE = "none"
    LOCAL = "local"
    PROVINCIAL = "provincial"
    NATIONAL = "national"


class ProjectState(StrEnum):
    """How far a project is."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    IN_REVIEW = "in_review"
    APPROVED = "approved"
    STARTED = "started"
    TRIAL = "trial"
    REPORTED = "reported"
    RECTIFYING = "rectifying"
    CHANGING = "changing"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"
    EXEMPT = "exempt"
    REVOKED = "revoked"


class Action(StrEnum):
    """What moves a project on."""

    DRAFT = "draft"
    REVISE = "revise"
    SUBMIT = "submit"
    WITHDRAW = "withdraw"
    RETURN = "return"
    TAKE = "take"
    OPINION = "opinion"
    APPROVE = "approve"
    REFUSE = "refuse"
    START = "start"
    TRIAL = "trial"
    CHANGE = "change"
    REPORT = "report"
    CONCLUDE = "conclude"
    LAPSE = "lapse"
    INSPECT = "inspect"
    REVOKE = "revoke"


class Nature(StrEnum):
    """New construction, extension, or retrofit (新建、扩建、改建)."""

    NEW = "new"
    EXTENSION = "extension"
    RETROFIT = "retrofit"


class LineKind(StrEnum):
    """What a line of a project's energy and emissions is."""

    FUEL = "fuel"
    ELECTRICITY = "electricity"
    HEAT = "heat"
    PROCESS = "process"


class DocumentKind(StrEnum):
    """What a file of an application is; a combined report holds the energy review and the carbon evaluation."""

    ENERGY_REPORT = "energy_report"
    CARBON_EVALUATION = "carbon_evaluation"
    COMBINED_REPORT = "combined_report"
    COMMITMENT = "commitment"
    EIA_SECTION = "eia_section"
    ACCEPTANCE_REPORT = "acceptance_report"
    OTHER = "other"


class Stance(StrEnum):
    """What an expert says of a project."""

    SUPPORT = "support"
    CONDITIONAL = "conditional"
    OPPOSE = "oppose"


class Finding(StrEnum):
    """What an inspection of an approved project found: all as approved, or something to be rectified by a day."""

    IN_ORDER = "in_order"
    RECTIFY = "rectify"


class CarbonClass(StrEnum):
    """A project beside its place: emissions of a unit of value added above the intensity target there, or not."""

    HIGH = "high"
    LOW = "low"
    UNKNOWN = "unknown"


class Measure(StrEnum):
    """What an admission level limits: energy or emissions of a product's unit."""

    ENERGY = "energy"
    CARBON = "carbon"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a year's energy or process emissions as the enterprise states it.

    `key` is the fuel's name in the account's fuel table, or what a process emits from. `factor` is a process's tCO2 per
    unit with the `document` it comes from.
    """

    kind: LineKind
    key: str
    quantity: Decimal
    unit: str
    factor: Decimal | None = None
    document: str = ""


@dataclass(frozen=True, slots=True)
class Output:
    """A product of a year: its quantity, and which share (of 1) of the energy and the emissions is its own."""

    product: str
    quantity: Decimal
    unit: str
    share: Decimal = Decimal(1)


@dataclass(frozen=True, slots=True)
class Paper:
    """A file of an application: evidence of the enterprise's account."""

    kind: DocumentKind
    evidence_id: UUID


@dataclass(frozen=True, slots=True)
class EiaReference:
    """What a product's emissions are compared with in the prediction: tCO2e a unit, the level's word, its document."""

    product: str
    tonnes: Decimal
    unit: str
    level: str
    document: str


@dataclass(frozen=True, slots=True)
class EiaReduction:
    """A measure of the prediction and what it saves, tCO2e a year."""

    what: str
    tonnes: Decimal


@dataclass(frozen=True, slots=True)
class ProjectFacts:
    """What an application says.

    `code` is the investment project's national code. `value_added` is in 10,000 yuan a year. `is_key_field` tells whether
    it belongs to the key fields the nation reviews. `electricity_equivalent` is the equivalent value (等价值) in kgce/kWh
    with the document it comes from. `eia_level` says how high its emissions are for its kind, `eia_measures` what is done
    about them: the greenhouse gas part of the environmental impact assessment, with its references and reductions.

    `output_value` is in 10,000 yuan a year. `keeps_process` tells that a retrofit changes neither place nor main process nor
    main equipment, so that only what it adds is counted; `existing_*` is a year of what is there before it.
    """

    code: str
    name: str
    division_code: str
    sector: str
    nature: Nature
    starts_on: date
    produces_on: date
    lines: Sequence[Line]
    outputs: Sequence[Output]
    value_added: Decimal | None = None
    is_key_field: bool | None = None
    electricity_equivalent: Decimal | None = None
    electricity_equivalent_document: str = ""
    environmental_grade: str = ""
    eia_level: str = ""
    eia_measures: str = ""
    papers: Sequence[Paper] = ()
    output_value: Decimal | None = None
    keeps_process: bool | None = None
    existing_tce: Decimal | None = None
    existing_coal: Decimal | None = None
    existing_tonnes: Decimal | None = None
    eia_references: Sequence[EiaReference] = ()
    eia_reductions: Sequence[EiaReduction] = ()


@dataclass(frozen=True, slots=True)
class Factor:
    """A number of a line's formula: its letter, value, unit, and where it comes from."""

    letter: str
    value: Decimal
    unit: str
    version_id: UUID | None
    document: str
    confidence: str


@dataclass(frozen=True, slots=True)
class MethodLine:
    """A line as it was reckoned: the formula, its factors, the tonnes and the standard coal; or why it cannot be told."""

    kind: LineKind
    key: str
    quantity: Decimal
    unit: str
    formula: str
    formula_source: str
    factors: Sequence[Factor]
    tonnes: Decimal | None
    tce: Decimal | None
    tce_rule: str
    reason: Words | None = None


@dataclass(frozen=True, slots=True)
class Intensity:
    """A year's energy, fossil energy and emissions by a unit of a product, of value added or of output value."""

    what: str
    unit: str
    tce: Decimal | None
    tonnes: Decimal | None
    fossil_tce: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Share:
    """A part of the energy structure, or of the emissions: of 1."""

    energy: str
    share: Decimal


@dataclass(frozen=True, slots=True)
class Assessment:
    """What an application comes to; None where it cannot be told.

    `fossil_tce` is what fuels hold, `carbon` the structure of its emissions: each fuel, electricity, heat, processes.
    """

    tce: Decimal | None
    tce_equivalent: Decimal | None
    coal: Decimal | None
    scope1: Decimal | None
    scope2: Decimal | None
    tonnes: Decimal | None
    lines: Sequence[MethodLine]
    intensities: Sequence[Intensity]
    structure: Sequence[Share]
    fossil_tce: Decimal | None = None
    carbon: Sequence[Share] = ()


@dataclass(frozen=True, slots=True)
class Review:
    """Who reviews a project and whether its carbon is evaluated; None: it cannot be told, `missing` says for want of what.

    `is_increment`: a retrofit that keeps its process is measured by what it adds.
    """

    tier: Tier | None
    has_carbon_evaluation: bool | None
    missing: Sequence[Words]
    source: Source
    carbon_source: Source | None
    is_increment: bool = False


@dataclass(frozen=True, slots=True)
class Check:
    """A condition of a project's approval."""

    code: str
    outcome: Outcome
    reason: Words
    source: Source | None = None


@dataclass(frozen=True, slots=True)
class ProjectValue:
    """A project. `approved_*` are what its last approval was of; `due_on` is the day its state's time runs out."""

    account_id: UUID
    id: UUID
    division_code: str
    division_path: str
    code: str
    name: str
    sector: str
    state: ProjectState
    prior_state: ProjectState | None
    state_on: date
    due_on: date | None
    version: int
    approved_version: int | None
    approved_on: date | None
    approved_tce: Decimal | None
    approved_tonnes: Decimal | None
    reservation_id: UUID | None
    is_returned_before: bool
    created_at: datetime
    created_by: UUID | None


@dataclass(frozen=True, slots=True)
class VersionValue:
    """What an application said at one time, and what that came to then. `facts` and `result` are JSON."""

    account_id: UUID
    project_id: UUID
    version: int
    facts: Mapping[str, Any]
    result: Mapping[str, Any]
    tier: str | None
    has_carbon_evaluation: bool | None
    tce: Decimal | None
    tce_equivalent: Decimal | None
    coal: Decimal | None
    tonnes: Decimal | None
    sha256: str
    recorded_at: datetime
    recorded_by: UUID | None


@dataclass(frozen=True, slots=True)
class StepValue:
    """A step a project took. `facts` is JSON: what was missing, opinions, conditions, measured amounts."""

    account_id: UUID
    id: UUID
    project_id: UUID
    version: int
    action: Action
    from_state: str
    to_state: str
    on: date
    due_on: date | None
    reference: str
    note: str
    facts: Mapping[str, Any]
    organisation_id: UUID | None
    actor_id: UUID | None
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class LevelValue:
    """An admission level (准入水平): the most energy or emissions a unit of a product may take, by which document."""

    id: UUID
    division_code: str
    division_path: str
    sector: str
    product: str
    measure: Measure
    most: Decimal
    unit: str
    level: str
    document_number: str
    document_dated: date
    document_title: str
    confidence: str
    effective_on: date
    recorded_at: datetime
    recorded_by: UUID | None
