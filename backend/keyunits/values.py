"""Words of key energy and carbon units (重点用能和碳排放单位).

A unit is on the list when a year's figures reach a threshold and another person of the authority confirmed it. Its file
holds who answers for energy and carbon, what its meters, duties and diagnoses wait for, what it plans to change and what
that saved, how it stands beside its sector, and what it agreed to show in public.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

ACTIONS = (
    "keyunits:manage",
    "keyunits:read",
    "keyunits:supervise",
)
"""Permissions this noun knows."""

FIRST_YEAR = 2005
ZERO = Decimal(0)
MONTHS = 12
FEWEST = 5
"""Accounts a comparison is made of at least."""


@dataclass(frozen=True, slots=True)
class Words:
    """A text in both languages."""

    zh: str
    en: str


class Measure(StrEnum):
    """What a threshold is held against: energy in tce, or direct emissions (scope 1) in tCO2e, of a year."""

    ENERGY = "energy"
    DIRECT_EMISSIONS = "direct_emissions"


class Reach(StrEnum):
    """Whether a year reached a threshold. With fewer than twelve months below it, nobody can tell."""

    REACHED = "reached"
    BELOW = "below"
    UNKNOWN = "unknown"


class ChangeKind(StrEnum):
    """What becomes of a unit on the list."""

    ENTER = "enter"
    STAY = "stay"
    LEAVE = "leave"


class ProposalState(StrEnum):
    """Where a proposal stands; a newer one of the same year takes the place of one nobody decided on."""

    WAITING = "waiting"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    REPLACED = "replaced"


class PostKind(StrEnum):
    """Posts a key unit keeps. Its chief carbon officer (首席双碳官) is appointed in the disclosures' own register."""

    ENERGY_MANAGER = "energy_manager"
    """Head of energy management (能源管理负责人)."""
    CARBON_MANAGER = "carbon_manager"
    """Carbon emission management post (碳排放管理岗位)."""
    METERING_MANAGER = "metering_manager"
    """Post for measuring instruments (计量管理岗位)."""


class FindingArea(StrEnum):
    """What a diagnosis looked at."""

    MANAGEMENT = "management"
    METERING = "metering"
    EQUIPMENT = "equipment"
    PROCESS = "process"
    ENERGY_STRUCTURE = "energy_structure"
    OTHER = "other"


class FindingState(StrEnum):
    """How far a finding has come. The unit plans and does; the authority closes it, or opens it again."""

    OPEN = "open"
    PLANNED = "planned"
    DONE = "done"
    CLOSED = "closed"


class RetrofitKind(StrEnum):
    """The two kinds of projects of the rolling reserve list (储备清单)."""

    RETROFIT = "retrofit"
    """节能降碳改造."""
    EQUIPMENT = "equipment"
    """用能设备更新."""


class RetrofitState(StrEnum):
    """How far a project has come: in reserve, being built, completed, or withdrawn."""

    RESERVED = "reserved"
    BUILDING = "building"
    COMPLETED = "completed"
    WITHDRAWN = "withdrawn"


class Metric(StrEnum):
    """What is compared within a sector: per 10,000 yuan of value added."""

    CARBON = "carbon_per_value_added"
    """(scope 1 + location-based scope 2) ÷ value added, tCO2e/万CNY."""
    ENERGY = "energy_per_value_added"
    """Energy ÷ value added, tce/万CNY."""


class Quarter(StrEnum):
    """In which quarter of its sector an intensity lies; the first has the lowest intensities."""

    FIRST = "first"
    SECOND = "second"
    THIRD = "third"
    LAST = "last"


class ReferenceKind(StrEnum):
    """Levels a product's intensity is held against."""

    LEADING = "leading"
    """标杆水平: who is at or below it leads."""
    BASELINE = "baseline"
    """基准水平: who is above it has to change."""


class ReferenceMetric(StrEnum):
    """What a reference level limits, for each unit of the product."""

    ENERGY = "energy_per_product"
    """kgce for each unit."""
    CARBON = "carbon_per_product"
    """kgCO2e (scope 1 + location-based scope 2) for each unit."""


class ReferenceOutcome(StrEnum):
    """How a product lies to its reference levels."""

    LEADING = "leading"
    BETWEEN = "between"
    BEHIND = "behind"
    UNKNOWN = "unknown"


class PassportField(StrEnum):
    """What an enterprise may agree to show on its public page, besides its name."""

    DIVISION = "division"
    SECTOR = "sector"
    LISTING = "listing"
    EFFICIENCY_CODE = "efficiency_code"
    EMISSIONS = "emissions"
    ENERGY = "energy"
    SAVINGS = "savings"
    CHIEF_OFFICER = "chief_officer"


class OverdueKind(StrEnum):
    """What a unit is late with."""

    METERS = "meters"
    """Meters without a valid calibration."""
    DUTY = "duty"
    """A report that was due."""
    FINDING = "finding"
    """A finding whose day is over."""
    RETROFIT = "retrofit"
    """A project that should be completed."""
    POST = "post"
    """A post nobody holds."""


@dataclass(frozen=True, slots=True)
class Document:
    """A document: its title, its number where it has one, its day of issue."""

    title: str
    number: str
    issued_on: date


@dataclass(frozen=True, slots=True)
class YearFacts:
    """What a year of an account comes to. Energy in tce, emissions in tCO2e; `months` that have anything."""

    account_id: UUID
    inventory_id: UUID | None
    energy: Decimal
    direct: Decimal
    location: Decimal
    months: int
    is_verified: bool


@dataclass(frozen=True, slots=True)
class Crossing:
    """A threshold held against a year."""

    threshold: str
    measure: Measure
    value: Decimal | None
    limit: Decimal
    reach: Reach


@dataclass(frozen=True, slots=True)
class ProposalDraft:
    """What a year's figures propose for an account."""

    account_id: UUID
    kind: ChangeKind
    crossings: Sequence[Crossing]
    reason: Words
    facts: YearFacts | None


@dataclass(frozen=True, slots=True)
class ProposalRow:
    """A proposal for the list of a year, with what became of it."""

    account_id: UUID
    id: UUID
    year: int
    kind: ChangeKind
    crossings: Sequence[Crossing]
    energy: Decimal | None
    direct: Decimal | None
    months: int
    is_verified: bool
    inventory_id: UUID | None
    reason: Words
    is_manual: bool
    division_code: str
    division_path: str
    sector: str
    recorded_at: datetime
    recorded_by: UUID | None
    state: ProposalState
    decision: str | None
    decided_at: datetime | None
    decided_by: UUID | None
    document: str | None
    document_number: str | None
    document_date: date | None


@dataclass(frozen=True, slots=True)
class FileRow:
    """A unit on the list: the proposal that put or keeps it there, and since which year without a break."""

    account_id: UUID
    proposal_id: UUID
    year: int
    since: int
    crossings: Sequence[Crossing]
    energy: Decimal | None
    direct: Decimal | None
    is_verified: bool
    reason: Words
    division_code: str
    division_path: str
    sector: str
    document: str
    document_number: str
    document_date: date
    decided_at: datetime


@dataclass(frozen=True, slots=True)
class PostRow:
    """Who holds a post; the newest of a kind counts. Both days belong to it."""

    account_id: UUID
    id: UUID
    kind: PostKind
    person_name: str
    title: str
    contact: str
    starts_on: date
    ends_on: date | None
    document: str
    document_number: str
    document_date: date
    recorded_at: datetime
    recorded_by: UUID | None


@dataclass(frozen=True, slots=True)
class ChiefOfficer:
    """The chief carbon officer as the disclosures' register names them."""

    person_name: str
    title: str
    starts_on: date
    ends_on: date | None
    document: str


@dataclass(frozen=True, slots=True)
class MeterStanding:
    """The meters of a unit: how many there are, not under a valid calibration today, and not any more by a day."""

    account_id: UUID
    meters: int
    uncalibrated: int
    due: int
    due_by: date


@dataclass(frozen=True, slots=True)
class ReportRow:
    """A report a unit filed for a duty of a year; the newest counts."""

    account_id: UUID
    id: UUID
    duty: str
    year: int
    filed_on: date
    note: str
    evidence_id: UUID | None
    recorded_at: datetime
    recorded_by: UUID | None


@dataclass(frozen=True, slots=True)
class BenchmarkRow:
    """How the accounts of a sector lie in a year: a quarter of them up to `low`, half up to `middle`, three up to `high`.

    Of at least five accounts, and to two figures alone, so that none of them can be read from it.
    """

    id: UUID
    year: int
    sector: str
    metric: Metric
    division_code: str
    division_path: str
    accounts: int
    low: Decimal
    middle: Decimal
    high: Decimal
    recorded_at: datetime
    recorded_by: UUID | None


@dataclass(frozen=True, slots=True)
class Standing:
    """A unit's intensity of a year beside its sector; None where it cannot be told, `note` says why."""

    metric: Metric
    year: int
    intensity: Decimal | None
    benchmark: BenchmarkRow | None
    quarter: Quarter | None
    note: Words


@dataclass(frozen=True, slots=True)
class ReferenceRow:
    """A reference level of a product from a day on, with its document; the newest counts. kgce or kgCO2e for each unit."""

    id: UUID
    division_code: str
    division_path: str
    product: str
    product_unit: str
    metric: ReferenceMetric
    kind: ReferenceKind
    quantity: Decimal
    starts_on: date
    document: str
    document_number: str
    document_date: date
    recorded_at: datetime
    recorded_by: UUID | None


@dataclass(frozen=True, slots=True)
class ReferenceStanding:
    """A year's product beside its reference levels; `intensity` is None where it cannot be told, `note` says why."""

    year: int
    product: str
    product_unit: str
    metric: ReferenceMetric
    intensity: Decimal | None
    leading: ReferenceRow | None
    baseline: ReferenceRow | None
    outcome: ReferenceOutcome
    note: Words


@dataclass(frozen=True, slots=True)
class CodeRow:
    """A carbon-efficiency code of a year, as it was given."""

    account_id: UUID
    id: UUID
    year: int
    scheme: str
    level: int
    name: Words
    ratio: Decimal
    intensity: Decimal
    benchmark_id: UUID
    inventory_id: UUID | None
    is_placeholder: bool
    recorded_at: datetime
    recorded_by: UUID | None


@dataclass(frozen=True, slots=True)
class PassportRow:
    """What an enterprise agreed to show, until when. `passport_id` stays the same, the newest row of it counts."""

    account_id: UUID
    id: UUID
    passport_id: UUID
    fields: Sequence[PassportField]
    valid_until: date
    is_withdrawn: bool
    recorded_at: datetime
    recorded_by: UUID | None


@dataclass(frozen=True, slots=True)
class OverdueItem:
    """Something a unit is late with: since which day, where there is one, and how many."""

    account_id: UUID
    kind: OverdueKind
    name: Words
    due_on: date | None
    count: int
    object_id: UUID | None
