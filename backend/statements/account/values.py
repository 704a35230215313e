"""Words of the account statement: figures with their lineage, and the parts a statement is made of.

A **figure** is one number of a statement. Its `id` is stable (`emissions.scope1.2025`), so that a reader, a workbook, a
page and a checker mean the same number. Its `formula` says how it follows from other figures of the same statement
(`operands` are their ids); a figure without operands is *taken* from the records named in `sources`.

Every value is exact. A quotient is no finite decimal: it keeps `DIVISION.prec` digits, rounded half up, and whoever
divides again with as many digits gets the same ones. Display rounds; what is displayed is never fed back.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Context, Decimal
from enum import StrEnum
from uuid import UUID

from backend.scores.values import Source, Words

FORMAT = "carbon-statement/1"
"""The layout of a statement's JSON."""

DIVISION = Context(prec=34, rounding=ROUND_HALF_UP)
"""How quotients are cut: 34 digits (those of IEEE 754 decimal128), half up."""


UNSAID = Words("", "")
"""No words."""


class Op(StrEnum):
    """How a figure follows from its operands."""

    TAKEN = "taken"
    """From the records named in `sources`; no operands."""
    SUM = "sum"
    """All operands added up."""
    DIFFERENCE = "difference"
    """The first less all others."""
    RATIO = "ratio"
    """The first over the second."""
    PERCENT = "percent"
    """100 x first / second."""
    CHANGE = "change"
    """100 x (first - second) / second."""
    REMAINDER = "remainder"
    """The first rounded up to whole units, less all others, and never below nothing."""


class Mark(StrEnum):
    """What a reader must know of a figure before relying on it; the documents print a sign and a footnote for each."""

    PLACEHOLDER = "placeholder"
    """It rests on a configurable placeholder: no official figure is known."""
    UNVERIFIED = "unverified"
    """No other organisation has verified it."""
    RESTATED = "restated"
    """It was restated: an earlier version said otherwise."""
    PROVISIONAL = "provisional"
    """It may still change: the year or the month is not over, or its records are not all in."""
    UNCERTAIN = "uncertain"
    """Parameters or formulas it rests on were not confirmed at their source."""


@dataclass(frozen=True, slots=True)
class Formula:
    """How a figure was made: the operation, the ids of the figures it takes, in order, and the same in words."""

    op: Op
    operands: tuple[str, ...] = ()
    words: Words = UNSAID


TAKEN = Formula(Op.TAKEN)
"""From the records named in `sources`."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of a statement. `value` is None where it cannot be told; `note` then says why."""

    id: str
    value: Decimal | None
    unit: str
    formula: Formula = TAKEN
    sources: tuple[Source, ...] = ()
    marks: tuple[Mark, ...] = ()
    note: Words = UNSAID


@dataclass(frozen=True, slots=True)
class Issuer:
    """The jurisdiction whose books these are."""

    tenant: str
    name: Words
    division_code: str


@dataclass(frozen=True, slots=True)
class Subject:
    """The account a statement is about, and who holds it."""

    account_id: UUID
    number: str
    name: str
    holder: str
    holder_en: str
    credit_code: str
    sector: str
    division_code: str
    method_pack: str
    is_demonstration: bool


@dataclass(frozen=True, slots=True)
class Inventory:
    """The version of a year's inventory that counted at the moment of knowledge.

    `restates_version` is the version it replaces, None for none (or an unknown one); `computed_with` the moment whose
    records it was computed from.
    """

    id: UUID
    year: int
    version: int
    state: str
    computed_with: datetime
    computed_at: datetime
    state_at: datetime
    verifier_id: UUID | None
    verified_at: datetime | None
    restates_id: UUID | None
    months_covered: int
    record_count: int
    excluded_count: int


@dataclass(frozen=True, slots=True)
class Totals:
    """Emissions in tCO2e and energy in tce: of a year's inventory, or of the months of it inside the period.

    `location` = scope 1 + scope 2 location-based, `market` = scope 1 + scope 2 market-based; scope 3 stands apart.
    """

    scope1: Figure
    scope2_location: Figure
    scope2_market: Figure
    scope3: Figure
    location: Figure
    market: Figure
    energy: Figure


@dataclass(frozen=True, slots=True)
class SourceLine:
    """What one source contributed to a year's inventory, tCO2e; both bases agree except in scope 2."""

    source_id: UUID
    code: str
    name: str
    scope: int
    category: str
    location: Figure
    market: Figure


@dataclass(frozen=True, slots=True)
class CategoryLine:
    """What one category of one scope contributed to a year's inventory, tCO2e."""

    scope: int
    category: str
    location: Figure
    market: Figure


@dataclass(frozen=True, slots=True)
class YearEmissions:
    """Emissions of a calendar year the period touches.

    `first` and `last` are the first days of the first and last month of the period in this year. `inventory` is None
    where there is none; `year` and everything below is then None or empty. `period` are the months' own totals where the
    period takes only a part of the year, else None: the year's totals are the period's.
    """

    calendar_year: int
    first: date
    last: date
    inventory: Inventory | None
    year: Totals | None
    period: Totals | None
    categories: tuple[CategoryLine, ...]
    sources: tuple[SourceLine, ...]
    quality: Figure | None
    metered_share: Figure | None


@dataclass(frozen=True, slots=True)
class Intensity:
    """Emissions over value added, or over the output of a product, of one year, compared.

    `kind` is `value_added` or `output` (of `product`); `basis` is `location`. `emissions` and `activity` are numerator and
    denominator. `change` is against the year before in percent; `sector_mean` and `against_sector` (own over mean, in
    percent) are None where the sector has fewer than five accounts to tell of, or is not rolled up.
    """

    calendar_year: int
    kind: str
    product: str
    is_main: bool
    basis: str
    emissions: Figure
    activity: Figure
    value: Figure
    change: Figure | None
    sector_mean: Figure | None
    against_sector: Figure | None


@dataclass(frozen=True, slots=True)
class KindTotal:
    """What the movements of one kind did in the period to the units held (signed); `movements` is how many there were."""

    kind: str
    name: Words
    movements: int
    change: Figure


@dataclass(frozen=True, slots=True)
class BucketTotal:
    """What lies in one bucket at the end of the period."""

    bucket: str
    name: Words
    amount: Figure


@dataclass(frozen=True, slots=True)
class MovementLine:
    """One movement of the period: `quantity` moved, `change` of the units held (signed), and what was held afterwards.

    Ordered by the day it took effect, then by number. `purpose`, `beneficiary`, `period` say what units were used for.
    """

    movement_id: UUID
    number: int
    kind: str
    name: Words
    effective_on: date
    recorded_at: datetime
    quantity: Decimal
    change: Decimal
    balance: Decimal
    purpose: Words
    beneficiary: str
    period: int | None
    reference: str
    reverses: int | None


@dataclass(frozen=True, slots=True)
class Holding:
    """The units of one class: opening + changes by kind = closing, `closing` = the sum of its buckets.

    Held are units available, offered, pledged and reserved; `used` are those retired, surrendered or expired in the
    period. `left_out` counts movements beyond `MOST_LINES`, which `changes` have and `lines` do not.
    """

    class_code: str
    name: Words
    unit: str
    confidence: str
    opening: Figure
    changes: tuple[KindTotal, ...]
    closing: Figure
    buckets: tuple[BucketTotal, ...]
    used: tuple[BucketTotal, ...]
    lines: tuple[MovementLine, ...]
    left_out: int


@dataclass(frozen=True, slots=True)
class EnergyCover:
    """Certificates claimed against the purchased electricity of a year, MWh and percent."""

    calendar_year: int
    purchased: Figure
    claimed: Figure
    share: Figure


@dataclass(frozen=True, slots=True)
class Use:
    """Units used for something: certificates for electricity, credits retired, allowances surrendered.

    `against` says for what (`electricity`, `obligation`, `purpose`), `calendar_year` of which year; `undone` is true when
    the movement was reversed later, as far as was known.
    """

    kind: str
    class_code: str
    class_name: Words
    quantity: Figure
    against: Words
    calendar_year: int | None
    beneficiary: str
    movement_id: UUID
    number: int
    effective_on: date
    is_undone: bool


@dataclass(frozen=True, slots=True)
class QuotaPosition:
    """How the account stands in a compliance year of the carbon market, in tCO2 and whole units.

    `basis` is where the obligation's figure comes from. `gap` is what lacks (positive) or is left (negative). `settled_on` is
    the day the surrender was done, of a year for which nothing is owed any more.
    """

    calendar_year: int
    basis: str
    obligation: Figure
    surrendered_cea: Figure
    surrendered_ccer: Figure
    remaining: Figure
    usable_cea: Figure
    usable_ccer: Figure
    gap: Figure
    due_on: date | None
    settled_on: date | None
    is_closed: bool


@dataclass(frozen=True, slots=True)
class Budget:
    """An emission budget and what is left of it. `allowed` is None where none is set; `note` says so."""

    calendar_year: int
    allowed: Figure | None
    used: Figure | None
    note: Words


@dataclass(frozen=True, slots=True)
class DutyLine:
    """Something due: of the carbon market (`kind` = `quota`) or a disclosure (`kind` = `disclosure`).

    What is `is_official` the authority does to the holder: it is not held against the holder.
    """

    kind: str
    code: str
    name: Words
    calendar_year: int
    month: int | None
    due_on: date | None
    done_on: date | None
    state: str
    is_official: bool


@dataclass(frozen=True, slots=True)
class ScoreLine:
    """The green score that stood at the moment of knowledge; `grade` and `points` are empty where it could not be told."""

    score_id: UUID
    number: int
    calendar_year: int
    model_code: str
    model_version: int
    model_name: Words
    state: str
    grade: str
    grade_name: Words
    points: Figure
    computed_at: datetime
    valid_until: date
    helps: tuple[Words, ...]
    harms: tuple[Words, ...]


@dataclass(frozen=True, slots=True)
class StatementData:
    """An account statement as plain data.

    `period_from`..`period_to` are days, both included, when things were true; `known_at` is the moment whose knowledge
    it states: what was recorded later is not in it. `score_note` says why there is no score.
    """

    issuer: Issuer
    subject: Subject
    period_from: date
    period_to: date
    known_at: datetime
    emissions: tuple[YearEmissions, ...]
    intensities: tuple[Intensity, ...]
    holdings: tuple[Holding, ...]
    cover: tuple[EnergyCover, ...]
    uses: tuple[Use, ...]
    quotas: tuple[QuotaPosition, ...]
    budgets: tuple[Budget, ...]
    duties: tuple[DutyLine, ...]
    score: ScoreLine | None
    score_note: Words
    format: str = FORMAT
