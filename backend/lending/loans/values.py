"""Words of a bank's loans: drafts, loans with what is outstanding, terms for grades, a borrower's place."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from backend.lending.rules.financed import Financed

MOST_LOANS = 20_000
"""Loans in one file or command."""
LONGEST_REFERENCE, LONGEST_GRADE = 64, 32
LARGEST_AMOUNT = Decimal("1e15")
"""CNY; more is a slip of the decimal point."""


class LoanKind(StrEnum):
    """What a loan is for."""

    WORKING_CAPITAL = "working_capital"
    FIXED_ASSET = "fixed_asset"
    PROJECT = "project"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class LoanDraft:
    """A loan as the bank states it, with what was outstanding on a day, in CNY.

    A known `reference` gets another balance; what else is stated of it must then be what is known.
    """

    reference: str
    credit_code: str
    kind: LoanKind
    opened_on: date
    ends_on: date | None
    as_of: date
    outstanding: Decimal
    grade_at_grant: str = ""


@dataclass(frozen=True, slots=True)
class Stored:
    """What a file or command of loans came to."""

    loans: int
    balances: int


@dataclass(frozen=True, slots=True)
class LoanValue:
    """A loan and what is outstanding on it, in CNY, on the last day told up to the day asked about."""

    id: UUID
    reference: str
    credit_code: str
    kind: LoanKind
    opened_on: date
    ends_on: date | None
    grade_at_grant: str
    as_of: date | None
    outstanding: Decimal | None
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class GradeTerms:
    """What a bank offers a grade: most it lends in CNY, basis points off its own rate, longest term in months."""

    grade: str
    limit_cny: Decimal | None
    rate_offset_bp: Decimal | None
    tenor_months: int | None
    note: str = ""


@dataclass(frozen=True, slots=True)
class TermsValue:
    """A version of a bank's terms for the grades of a model."""

    id: UUID
    model_code: str
    version: int
    valid_from: date
    note: str
    grades: tuple[GradeTerms, ...]
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class BorrowerPlace:
    """A borrower of the portfolio: its loans together, its score as far as a consent opens it, its financed emissions.

    `accounts` is how many accounts of it a consent opens; with more than one each is asked for by its number, and
    nothing of a single one is told here. `account_id` and what follows are None without a consent. `project_outstanding` is the part of `outstanding` lent for
    projects. `grade` is the one valid today, `grade_at_grant` what the bank stated of the oldest loan. `terms` are what
    the bank offers the grade on the day asked about.
    """

    credit_code: str
    loans: int
    outstanding: Decimal
    project_outstanding: Decimal
    accounts: int
    account_id: UUID | None
    name: str
    scopes: tuple[str, ...]
    ends_on: date | None
    state: str | None
    grade: str | None
    points: Decimal | None
    model_code: str | None
    valid_until: date | None
    grade_at_grant: str
    inventory_year: int | None
    inventory_state: str | None
    financed: Financed
    terms: GradeTerms | None


@dataclass(frozen=True, slots=True)
class Places:
    """A page of a portfolio, or all of it; `has_more` tells whether it goes on."""

    borrowers: Sequence[BorrowerPlace]
    has_more: bool


@dataclass(frozen=True, slots=True)
class GradeTotal:
    """How much of a portfolio has a grade of a model; `grade` None: no score is open to the bank, or none was told."""

    model_code: str | None
    grade: str | None
    borrowers: int
    outstanding: Decimal
