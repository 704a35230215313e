"""Words of budgets.

A budget line is an amount of tonnes (tCO2e) for a division, a sector of it or a key unit, and a span of years. Where it
came from (`approved`, `adjusted`, `moved`) equals where it is: `handed` down to lower budgets, `withheld` for emitters
that are there already, `reserved` for projects, `posted` when they were accepted, `retired` by a reduced replacement,
and `available`. The database holds that sum on every line.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

ACTIONS = (
    "budgets:adjust",
    "budgets:approve",
    "budgets:draft",
    "budgets:read",
)
"""Permissions this noun knows."""

ALL_SECTORS = ""
"""The sector of a line that covers every sector."""
FIVE_YEARS = 5
FIRST_YEAR = 2016
"""The first year of the 13th five-year period: no budget is older."""
LAST_YEAR = 2100
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Words:
    """A text in both languages."""

    zh: str
    en: str


class Level(StrEnum):
    """Whose budget a line is."""

    PROVINCE = "province"
    CITY = "city"
    DISTRICT = "district"
    COUNTY = "county"
    ZONE = "zone"
    KEY_UNIT = "key_unit"


class LevelStanding(StrEnum):
    """Whether the jurisdiction's document has budgets of a level: now, later (研究推行), or says nothing of it."""

    NAMED = "named"
    PLANNED = "planned"
    NOT_NAMED = "not_named"


class PlanState(StrEnum):
    """Where a plan stands; a decision is for good."""

    DRAFT = "draft"
    APPROVED = "approved"
    REJECTED = "rejected"


class Method(StrEnum):
    """How a line's tonnes were arrived at: shares of past emissions, a benchmark, shares of output, or by hand."""

    HISTORY = "history"
    BENCHMARK = "benchmark"
    OUTPUT = "output"
    MANUAL = "manual"


class Pocket(StrEnum):
    """A part of a line: the first three say where its tonnes came from, the rest where they are."""

    APPROVED = "approved"
    ADJUSTED = "adjusted"
    MOVED = "moved"
    HANDED = "handed"
    WITHHELD = "withheld"
    AVAILABLE = "available"
    RESERVED = "reserved"
    POSTED = "posted"
    RETIRED = "retired"


SOURCES = frozenset({Pocket.APPROVED, Pocket.ADJUSTED, Pocket.MOVED})


class EntryKind(StrEnum):
    """What an entry of the ledger did."""

    APPROVE = "approve"
    ADJUST = "adjust"
    WITHHOLD = "withhold"
    RESERVE = "reserve"
    RELEASE = "release"
    POST = "post"
    TRANSFER = "transfer"


class Replacement(StrEnum):
    """How much a replacement gives up for what it takes: the same (等量置换), or more (减量置换)."""

    EQUAL = "equal"
    REDUCED = "reduced"


class RuleKind(StrEnum):
    """A figure no document publishes and the authority of the whole jurisdiction sets.

    By how much a total may be exceeded (percent), or how many tonnes a reduced replacement gives up for one.
    """

    ELASTIC_PERCENT = "elastic_percent"
    REPLACEMENT_RATIO = "replacement_ratio"


class RuleState(StrEnum):
    """Where a proposed rule stands; a decision is for good."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class RuleValue:
    """A figure as it was proposed, with its document; approved by a second person it holds from `effective_on`.

    Of a kind the newest in force counts; without a `value` it takes away what was set before.
    """

    id: UUID
    kind: RuleKind
    value: Decimal | None
    document_number: str
    document_dated: date
    document_title: str
    effective_on: date
    reason: str
    recorded_at: datetime
    recorded_by: UUID | None
    is_approved: bool | None = None
    decision_reason: str | None = None
    decided_at: datetime | None = None
    decided_by: UUID | None = None

    @property
    def state(self) -> RuleState:
        """Where it stands."""
        if self.is_approved is None:
            return RuleState.PROPOSED
        return RuleState.APPROVED if self.is_approved else RuleState.REJECTED


@dataclass(frozen=True, slots=True)
class Reference:
    """What a reservation is for: a kind (`project`), its id, and what it is called."""

    kind: str
    id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class Paper:
    """The document something rests on: number, date and title."""

    number: str
    dated: date
    title: str


@dataclass(frozen=True, slots=True)
class Balance:
    """Where a line's tonnes came from and where they are; all in tCO2e."""

    approved: Decimal = ZERO
    adjusted: Decimal = ZERO
    moved: Decimal = ZERO
    handed: Decimal = ZERO
    withheld: Decimal = ZERO
    available: Decimal = ZERO
    reserved: Decimal = ZERO
    posted: Decimal = ZERO
    retired: Decimal = ZERO

    @property
    def total(self) -> Decimal:
        """What the line amounts to now: approved, adjusted and moved."""
        return self.approved + self.adjusted + self.moved


@dataclass(frozen=True, slots=True)
class LineValue:
    """A line of a budget in force; never changed, only its balance grows by entries.

    `account_id` is a key unit's account. `first_year` and `last_year` are equal for an annual line.
    `intensity_target` is in tCO2e per 10,000 yuan of gross domestic product. `basis` is how `tonnes` were arrived at.
    """

    id: UUID
    plan_id: UUID
    level: Level
    division_code: str
    division_path: str
    account_id: UUID | None
    sector: str
    first_year: int
    last_year: int
    tonnes: Decimal
    withheld: Decimal
    intensity_target: Decimal | None
    method: Method
    basis: Mapping[str, Any]
    effective_on: date
    approved_at: datetime
    approved_by: UUID | None

    @property
    def is_annual(self) -> bool:
        """Whether the line is of one year."""
        return self.first_year == self.last_year


@dataclass(frozen=True, slots=True)
class Posting:
    """A signed amount on a pocket of a line."""

    line_id: UUID
    pocket: Pocket
    tonnes: Decimal


@dataclass(frozen=True, slots=True)
class EntryValue:
    """An entry of the ledger: what was done, why, by which document, from when."""

    id: UUID
    kind: EntryKind
    plan_id: UUID | None
    reservation_id: UUID | None
    reason: str
    document_number: str
    document_dated: date | None
    document_title: str
    effective_on: date
    facts: Mapping[str, Any]
    recorded_at: datetime
    recorded_by: UUID | None


@dataclass(frozen=True, slots=True)
class ReservationValue:
    """Tonnes held for something over one or more years; what of it is still held follows from the postings."""

    id: UUID
    division_code: str
    division_path: str
    sector: str
    reference_kind: str
    reference_id: UUID
    reference_name: str
    reason: str
    recorded_at: datetime
    recorded_by: UUID | None


@dataclass(frozen=True, slots=True)
class ReservationYear:
    """What a reservation holds of a year's budget of its division, and what became of the rest; tCO2e."""

    reservation_id: UUID
    line_id: UUID
    year: int
    reserved: Decimal
    posted: Decimal


@dataclass(frozen=True, slots=True)
class TestedYear:
    """A past year projected from the same months, beside what it was; tCO2e, the error in percent of it."""

    year: int
    projected: Decimal
    actual: Decimal
    error: Decimal


@dataclass(frozen=True, slots=True)
class KeptProjection:
    """A year's end as it was projected one day, with the back-test it rests on. None: it could not be told."""

    line_id: UUID
    id: UUID
    method: str
    through: date | None
    missing: tuple[int, ...]
    low: Decimal | None
    projected: Decimal | None
    high: Decimal | None
    error_percent: Decimal | None
    tested: tuple[TestedYear, ...]
    note_zh: str
    note_en: str
    kept_at: datetime
    kept_by: UUID | None


@dataclass(frozen=True, slots=True)
class BudgetPosition:
    """Where the budget of a division (or a key unit) stands in a year; tonnes are tCO2e.

    `actual` are the tonnes of the months up to `actual_through`; None: no month is known. `projected` is the year-end
    estimate between `projected_low` and `projected_high`; None: it cannot be told, `note` says why. Intensities are in
    tCO2e per 10,000 yuan.
    """

    line_id: UUID
    division_code: str
    account_id: UUID | None
    sector: str
    year: int
    approved: Decimal
    adjusted: Decimal
    moved: Decimal
    handed: Decimal
    withheld: Decimal
    reserved: Decimal
    posted: Decimal
    retired: Decimal
    available: Decimal
    actual: Decimal | None = None
    actual_through: date | None = None
    projected_low: Decimal | None = None
    projected: Decimal | None = None
    projected_high: Decimal | None = None
    intensity_target: Decimal | None = None
    intensity_projected: Decimal | None = None
    note: Words | None = None

    @property
    def total(self) -> Decimal:
        """What the budget amounts to now: approved, adjusted and moved."""
        return self.approved + self.adjusted + self.moved


@dataclass(frozen=True, slots=True)
class UnitTotal:
    """What a key unit's annual budget amounted to at a moment, in tCO2e."""

    line_id: UUID
    account_id: UUID
    year: int
    total: Decimal


@dataclass(frozen=True, slots=True)
class DraftLine:
    """A line as drafted. `key` in a plan is division, account, sector and years."""

    division_code: str
    first_year: int
    last_year: int
    tonnes: Decimal
    account_id: UUID | None = None
    sector: str = ALL_SECTORS
    withheld: Decimal = ZERO
    intensity_target: Decimal | None = None
    method: Method = Method.MANUAL
    basis: Mapping[str, Any] = field(default_factory=dict[str, Any])

    @property
    def key(self) -> tuple[str, UUID | None, str, int, int]:
        """What there is one line of."""
        return (self.division_code, self.account_id, self.sector, self.first_year, self.last_year)


@dataclass(frozen=True, slots=True)
class PlanValue:
    """A plan (预算方案): lines drafted together, decided on together. `revision` is the newest."""

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
    lines: tuple[DraftLine, ...]
    sha256: str
    revised_at: datetime
    revised_by: UUID | None
    state: PlanState
    decided_at: datetime | None
    decided_by: UUID | None
    decision_reason: str | None
