"""Values of quick reports and of estimates from electricity. Emissions are in tCO2e, electricity in MWh, energy in tce.

An estimate is never a verified figure, and never takes its place: it stands beside it with its error, and when the verified
figure comes, the difference is kept.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

METHOD = "theil_sen/1"
"""Name and version of the fit: the median of all slopes between two months (scipy.stats.theilslopes, joint)."""


class ModelState(StrEnum):
    """Whether a model may be used. One that is refused cannot tell; it is kept with the reason."""

    USABLE = "usable"
    REFUSED = "refused"


class Refusal(StrEnum):
    """Why an enterprise's emissions cannot be told from its electricity."""

    TOO_SHORT = "too_short"
    """Fewer verified months with electricity than the terms ask for."""
    NO_SPREAD = "no_spread"
    """Its months are so alike in electricity that nothing can be read from them."""
    NO_EMISSIONS = "no_emissions"
    """Its verified months came to nothing."""
    NOT_RISING = "not_rising"
    """More electricity would mean less emissions: something else drives them."""
    TOO_UNCERTAIN = "too_uncertain"
    """The cross-validated error is above the limit."""


class EstimateState(StrEnum):
    """Whether a month could be told."""

    TOLD = "told"
    OUTSIDE_RANGE = "outside_range"
    """The month's electricity lies further beyond the history than the terms allow: it cannot be told."""


class Standing(StrEnum):
    """Whether an account is industry above designated size (规模以上工业)."""

    LARGE = "large"
    SMALL = "small"
    UNKNOWN = "unknown"
    """Neither the roster nor a yearly revenue tells: shown apart, never added to the large ones."""


class Basis(StrEnum):
    """What an account's month rests on in a quick report."""

    COMPLETE = "complete"
    """Every usual energy source has a record."""
    ESTIMATED = "estimated"
    """Records are missing; estimated from the month's electricity."""
    PARTIAL = "partial"
    """Some usual sources have no record, and nothing could be estimated."""
    MISSING = "missing"
    """No record and no estimate."""


COVERED = frozenset({Basis.COMPLETE, Basis.ESTIMATED})
"""What counts as covered."""


@dataclass(frozen=True, slots=True)
class Point:
    """A verified month: its electricity and what was emitted."""

    month: date
    mwh: Decimal
    scope1: Decimal
    scope2: Decimal
    inventory_id: UUID


@dataclass(frozen=True, slots=True)
class Line:
    """Tonnes = `intercept` + `slope` x MWh, never below zero."""

    intercept: Decimal
    slope: Decimal


@dataclass(frozen=True, slots=True)
class Fit:
    """What a fit found. `error_percent`: mean absolute error of months left out of the fit, of what was emitted.

    `bias_percent` is their mean error with its sign, `half_width` (tCO2e) what holds the asked share of them.
    """

    state: ModelState
    refusal: Refusal | None
    months: int
    first_month: date | None
    last_month: date | None
    lowest_mwh: Decimal | None = None
    highest_mwh: Decimal | None = None
    scope1: Line | None = None
    scope2: Line | None = None
    error_percent: Decimal | None = None
    bias_percent: Decimal | None = None
    half_width: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """What a model says of a month; without tonnes it cannot tell."""

    state: EstimateState
    scope1: Decimal | None = None
    scope2: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None


@dataclass(frozen=True, slots=True)
class CarbonModelValue:
    """A version of an enterprise's model, as stored, with how it did since: months compared and their error."""

    account_id: UUID
    id: UUID
    version: int
    number: str
    name: str
    division_code: str
    division_path: str
    sector: str
    state: ModelState
    refusal: Refusal | None
    method: str
    library: str
    terms_version: str
    fit: Fit
    points: list[Any]
    sha256: str
    fitted_at: datetime
    compared: int
    held: int
    compared_error_percent: Decimal | None


@dataclass(frozen=True, slots=True)
class CarbonEstimateValue:
    """A month estimated from electricity; `verified` is what the month came to once it was verified, with the difference.

    `difference` is estimate minus verified.
    """

    account_id: UUID
    id: UUID
    month: date
    model_id: UUID
    model_version: int
    mwh: Decimal
    source: str
    state: EstimateState
    scope1: Decimal | None
    scope2: Decimal | None
    low: Decimal | None
    high: Decimal | None
    error_percent: Decimal | None
    estimated_at: datetime
    inventory_id: UUID | None
    verified: Decimal | None
    difference: Decimal | None
    is_held: bool | None
    compared_at: datetime | None


@dataclass(frozen=True, slots=True)
class QuickReportValue:
    """A quick report of a division's month; `version` once it was issued. `known_at`: what was entered later is not in it."""

    id: UUID
    division_code: str
    division_path: str
    month: date
    terms_version: str
    is_placeholder: bool
    known_at: datetime
    prepared_by: UUID | None
    version: int | None
    note: str
    sha256: str | None
    issued_at: datetime | None
    issued_by: UUID | None
    is_newest: bool


@dataclass(frozen=True, slots=True)
class QuickReportLine:
    """A division's sector in a quick report: accounts by basis, tonnes by scope and by basis, growth like for like.

    `before_*` is the same month a year before, of those covered accounts that have one, `beside_*` what these same accounts
    come to now. `verified` and `difference` (quick minus verified) are of the `verified_accounts` of which the verified
    figure has come since the issue.
    """

    report_id: UUID
    division_code: str
    division_path: str
    sector: str
    standing: Standing
    accounts: int
    complete: int
    estimated: int
    partial: int
    missing: int
    scope1: Decimal
    scope2: Decimal
    energy_tce: Decimal
    estimated_scope1: Decimal
    estimated_scope2: Decimal
    estimated_low: Decimal
    estimated_high: Decimal
    partial_scope1: Decimal
    partial_scope2: Decimal
    before_accounts: int
    before_scope1: Decimal
    before_scope2: Decimal
    beside_scope1: Decimal
    beside_scope2: Decimal
    pending_accounts: int
    latest_input_at: datetime | None
    verified_accounts: int
    verified: Decimal
    difference: Decimal

    @property
    def covered(self) -> int:
        """Accounts that are complete or estimated."""
        return self.complete + self.estimated


@dataclass(frozen=True, slots=True)
class QuickReportAccount:
    """An account in a quick report: what it rests on, and the verified figure that came since, with the difference."""

    report_id: UUID
    account_id: UUID
    number: str
    name: str
    division_code: str
    sector: str
    standing: Standing
    basis: Basis
    scope1: Decimal | None
    scope2: Decimal | None
    low: Decimal | None
    high: Decimal | None
    energy_tce: Decimal | None
    latest_input_at: datetime | None
    verified: Decimal | None
    difference: Decimal | None
