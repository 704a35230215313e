"""A bank's loans, its portfolio and its terms on the wire."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from uuid import UUID

import strawberry

from backend.accounts.schema_types import After, First, text_after
from backend.kit.clock import today
from backend.kit.db import Write
from backend.lending import service
from backend.lending.loans.values import (
    BorrowerPlace,
    GradeTerms,
    GradeTotal,
    LoanDraft,
    LoanKind,
    LoanValue,
    TermsValue,
)
from backend.lending.rules import financed as pcaf
from backend.wire.commands import command
from backend.wire.connections import Connection, Page, connect, page
from backend.wire.context import Context, Info
from backend.wire.nodes import node_id

# pyright: reportGeneralTypeIssues=false, reportSelfClsParameterName=false
# ruff: noqa: A002, N805
# `command` makes static functions whose argument is called `input` on the wire.


@strawberry.enum(name="LoanKind", description="What a loan is for.")
class LoanKindEnum(Enum):
    """What a loan is for."""

    WORKING_CAPITAL = "working_capital"
    FIXED_ASSET = "fixed_asset"
    PROJECT = "project"
    OTHER = "other"


@strawberry.enum(name="FinancedMissing", description="Why nothing can be told of a borrower's financed emissions.")
class MissingEnum(Enum):
    """Why nothing can be told."""

    CONSENT = "consent"
    SEVERAL_ACCOUNTS = "several_accounts"
    INVENTORY = "inventory"
    BALANCE_SHEET = "balance_sheet"
    VALUE_NOT_POSITIVE = "value_not_positive"
    PROJECT = "project"


@strawberry.enum(name="AttributionBase", description="What the outstanding amount is set against.")
class BaseEnum(Enum):
    """What the outstanding amount is set against."""

    EQUITY_AND_DEBT = "equity_and_debt"
    ENTERPRISE_VALUE = "enterprise_value"


@strawberry.type(description="A loan of your bank. Nobody else sees it.")
class Loan:
    """A loan."""

    id: strawberry.ID = strawberry.field(description="Global id.")
    reference: str = strawberry.field(description="Your own number of it.")
    credit_code: str = strawberry.field(description="The borrower's unified social credit code.")
    kind: LoanKindEnum = strawberry.field(description="What it is for.")
    opened_on: date = strawberry.field(description="Day it was paid out.")
    ends_on: date | None = strawberry.field(description="Last day of its term.")
    grade_at_grant: str = strawberry.field(description="The borrower's grade when it was granted, as you stated it.")
    as_of: date | None = strawberry.field(description="Day of the balance that counts.")
    outstanding: Decimal | None = strawberry.field(description="Outstanding that day, in CNY.")


@strawberry.type(description="What you offer a grade.")
class LoanGradeTerms:
    """What a bank offers a grade."""

    grade: str = strawberry.field(description="The model's code of the grade.")
    limit_cny: Decimal | None = strawberry.field(description="Most you lend, in CNY.")
    rate_offset_bp: Decimal | None = strawberry.field(
        description="Basis points against your own rate; minus is cheaper."
    )
    tenor_months: int | None = strawberry.field(description="Longest term, in months.")
    note: str = strawberry.field(description="Your note.")


@strawberry.type(description="A version of your terms for the grades of a model.")
class LoanTerms:
    """A version of terms."""

    id: strawberry.ID = strawberry.field(description="Global id.")
    model_code: str = strawberry.field(description="The score model.")
    version: int = strawberry.field(description="Counts your versions for this model.")
    valid_from: date = strawberry.field(description="First day.")
    note: str = strawberry.field(description="Your note.")
    grades: list[LoanGradeTerms] = strawberry.field(description="A grade that is not named is offered nothing.")
    recorded_at: datetime = strawberry.field(description="When it was recorded.")


@strawberry.type(
    description="Financed emissions by PCAF's attribution for business loans. Loans for projects are not attributed: PCAF "
    "sets them against the project's own emissions."
)
class FinancedEmissions:
    """A borrower's financed emissions."""

    attribution: Decimal | None = strawberry.field(description="Your share, 0 to 1: outstanding over the base.")
    base: BaseEnum | None = strawberry.field(description="What the outstanding amount was set against.")
    scope12_t: Decimal | None = strawberry.field(description="Your share of scopes 1 and 2 (location-based), in tCO2e.")
    scope3_t: Decimal | None = strawberry.field(
        description="Your share of scope 3, in tCO2e; null where the inventory does not account for it."
    )
    quality: int | None = strawberry.field(
        description="Score of data quality: 1 verified, 2 computed and not verified."
    )
    missing: MissingEnum | None = strawberry.field(description="Why nothing can be told; null when it is.")
    is_capped: bool = strawberry.field(description="More is outstanding than the base; all emissions are attributed.")
    attributed: Decimal = strawberry.field(
        description="What of the outstanding amount the attribution is of, in CNY: all but loans for projects."
    )
    confidence: str = strawberry.field(description="How sure the formula's source is, in the words of `parameters`.")


@strawberry.type(description="A borrower of your portfolio, all its loans together.")
class PortfolioBorrower:
    """A borrower of the portfolio."""

    credit_code: str = strawberry.field(description="Unified social credit code.")
    name: str = strawberry.field(description="Registered name; empty without a consent.")
    accounts: int = strawberry.field(
        description="Carbon accounts of it opened to you. With more than one, ask for each by its number: nothing of a single "
        "one is told here."
    )
    account_id: strawberry.ID | None = strawberry.field(
        description="The account opened to you; null without a consent, or with several accounts."
    )
    loans: int = strawberry.field(description="Loans with something outstanding.")
    outstanding: Decimal = strawberry.field(description="In CNY.")
    project_outstanding: Decimal = strawberry.field(description="The part of it lent for projects, in CNY.")
    scopes: list[str] = strawberry.field(description="What the consent opens; empty without one.")
    consent_ends_on: date | None = strawberry.field(description="Last day of the consent.")
    state: str | None = strawberry.field(description="`graded`, `gated`, `cannot_tell`; null: no score is open to you.")
    grade: str | None = strawberry.field(description="The grade while it is valid.")
    points: Decimal | None = strawberry.field(description="Points, as the model counts them.")
    model_code: str | None = strawberry.field(description="The model that made it.")
    valid_until: date | None = strawberry.field(description="Last day of the score.")
    grade_at_grant: str = strawberry.field(description="Grade when the oldest loan was granted, as you stated it.")
    inventory_year: int | None = strawberry.field(description="Year of the inventory the emissions are of.")
    inventory_state: str | None = strawberry.field(description="How far that inventory is.")
    financed: FinancedEmissions = strawberry.field(description="Needs a consent for `statement`.")
    terms: LoanGradeTerms | None = strawberry.field(description="What your terms of today offer the grade.")


@strawberry.type(description="How much of the portfolio has a grade.")
class PortfolioGrade:
    """How much of the portfolio has a grade."""

    model_code: str | None = strawberry.field(description="The model; null: no score is open to you.")
    grade: str | None = strawberry.field(description="The grade; null: none.")
    borrowers: int = strawberry.field(description="How many.")
    outstanding: Decimal = strawberry.field(description="In CNY.")


@strawberry.type(description="How many borrowers' emissions cannot be told, and why.")
class PortfolioMissing:
    """Borrowers whose emissions cannot be told."""

    reason: MissingEnum = strawberry.field(description="Why.")
    borrowers: int = strawberry.field(description="How many.")


@strawberry.type(description="The whole portfolio: what it finances, and how much of it could be told.")
class PortfolioSummary:
    """The whole portfolio."""

    on: date = strawberry.field(description="The day of the balances.")
    borrowers: int = strawberry.field(description="Borrowers with something outstanding.")
    outstanding: Decimal = strawberry.field(description="In CNY.")
    told: Decimal = strawberry.field(description="Outstanding of borrowers whose emissions are told, in CNY.")
    coverage: Decimal | None = strawberry.field(description="That share, 0 to 1.")
    scope12_t: Decimal = strawberry.field(description="Financed emissions, scopes 1 and 2, in tCO2e, of what is told.")
    scope3_t: Decimal | None = strawberry.field(
        description="The same of scope 3, of borrowers whose inventories account for it; null where none does."
    )
    scope3_told: Decimal = strawberry.field(description="Outstanding of those borrowers, in CNY.")
    quality: Decimal | None = strawberry.field(description="Mean score of data quality, weighted by outstanding.")
    missing: list[PortfolioMissing] = strawberry.field(description="What is not told.")
    grades: list[PortfolioGrade] = strawberry.field(description="By model and grade.")
    document: str = strawberry.field(description="Where the formula is from.")
    confidence: str = strawberry.field(description="How sure it is.")


@strawberry.input(description="A loan, and what is outstanding on it on a day.")
class LoanInput:
    """A loan and a balance."""

    reference: str = strawberry.field(description="Your own number of the loan, 1 to 64 characters.")
    credit_code: str = strawberry.field(description="The borrower's unified social credit code.")
    kind: LoanKindEnum = strawberry.field(description="What it is for.")
    opened_on: date = strawberry.field(description="Day it was paid out.")
    as_of: date = strawberry.field(description="Day of the balance, today at the latest.")
    outstanding: Decimal = strawberry.field(description="In CNY, to the fen.")
    ends_on: date | None = strawberry.field(default=None, description="Last day of its term.")
    grade_at_grant: str = strawberry.field(default="", description="The borrower's grade when it was granted.")


@strawberry.input(description="Loans and balances, all of them or none.")
class RecordLoansInput:
    """Loans and balances."""

    loans: list[LoanInput] = strawberry.field(description="At most 20,000.")


@strawberry.type(description="Stored.")
class LoansRecorded:
    """Stored."""

    loans: int = strawberry.field(description="Loans that were not known.")
    balances: int = strawberry.field(description="Balances that say something new.")


@strawberry.input(description="What you offer a grade.")
class LoanGradeTermsInput:
    """What a bank offers a grade."""

    grade: str = strawberry.field(description="The model's code of the grade.")
    limit_cny: Decimal | None = strawberry.field(default=None, description="Most you lend, in CNY.")
    rate_offset_bp: Decimal | None = strawberry.field(default=None, description="Basis points against your own rate.")
    tenor_months: int | None = strawberry.field(default=None, description="Longest term, in months.")
    note: str = strawberry.field(default="", description="Your note.")


@strawberry.input(description="The next version of your terms for a model.")
class RecordLoanTermsInput:
    """The next version of terms."""

    model_code: str = strawberry.field(description="The score model's code; one that is or was in force.")
    valid_from: date = strawberry.field(description="First day, today at the earliest, within five years.")
    grades: list[LoanGradeTermsInput] = strawberry.field(description="Each grade of the model once, by its code.")
    note: str = strawberry.field(default="", description="Your note, at most 500 characters.")
    is_replacing: bool = strawberry.field(
        default=False,
        description="From its first day on, let it stand in the place of versions that begin that day or later.",
    )


@strawberry.type(description="Recorded; the versions before it stay.")
class LoanTermsRecorded:
    """Recorded."""

    terms: LoanTerms = strawberry.field(description="The new version.")


@strawberry.type
class PortfolioQuery:
    """A bank's portfolio."""

    @strawberry.field(description="Your loans, oldest first, with what was outstanding on a day.")
    async def loans(
        self, info: Info, first: First = 50, after: After = None, on: date | None = None, credit_code: str | None = None
    ) -> Connection[Loan]:
        """Return a page of loans."""
        context, asked = info.context, page(first, after)
        async with context.read() as read:
            rows = await service.loans(
                read, context.scope, on=on, credit_code=credit_code, after=_after(asked), limit=asked.fetch
            )
        return connect(rows, asked, key=lambda each: [each.id], make=loan)

    @strawberry.field(description="Your terms for the grades of models, newest version first.")
    async def loan_terms(
        self, info: Info, first: First = 50, after: After = None, model_code: str | None = None
    ) -> Connection[LoanTerms]:
        """Return a page of versions of terms."""
        context, asked = info.context, page(first, after)
        async with context.read() as read:
            rows = await service.terms_versions(
                read, context.scope, after=_after(asked), model_code=model_code, limit=asked.fetch
            )
        return connect(rows, asked, key=lambda each: [each.id], make=terms)

    @strawberry.field(
        description="Borrowers something is outstanding of on a day, by credit code, with what is known of them now: score, "
        "terms, financed emissions (inventories of that day's year or before). Who is shown finds the read in its log."
    )
    async def loan_portfolio(
        self, info: Info, first: First = 50, after: After = None, on: date | None = None
    ) -> Connection[PortfolioBorrower]:
        """Return a page of the portfolio."""
        context, asked = info.context, page(first, after)
        async with context.databases.write(context.scope) as write:
            found = await service.portfolio(
                write, context.scope, on=on, after=text_after(asked) or "", limit=asked.limit
            )
        shown = connect(found.borrowers, asked, key=lambda each: [each.credit_code], make=place)
        shown.page_info.has_next_page = found.has_more
        return shown

    @strawberry.field(description="The whole portfolio in sums. It reads every borrower, and each finds it in its log.")
    async def loan_portfolio_summary(self, info: Info, on: date | None = None) -> PortfolioSummary:
        """Return the sums of the portfolio."""
        context = info.context
        async with context.databases.write(context.scope) as write:
            found = await service.portfolio(write, context.scope, on=on)
        return summary(on or today(), found.borrowers)


@strawberry.type
class PortfolioMutation:
    """A bank's own records."""

    @command("lending:record_loans")
    async def record_loans(context: Context, write: Write, input: RecordLoansInput) -> LoansRecorded:
        """Store loans and what is outstanding on them; a known reference gets another balance."""
        drafts = [
            LoanDraft(
                each.reference, each.credit_code, LoanKind(each.kind.value), each.opened_on, each.ends_on, each.as_of,
                each.outstanding, each.grade_at_grant,
            )
            for each in input.loans
        ]  # fmt: skip
        stored = await service.record_loans(write, context.scope, drafts)
        return LoansRecorded(loans=stored.loans, balances=stored.balances)

    @command("lending:record_terms")
    async def record_loan_terms(context: Context, write: Write, input: RecordLoanTermsInput) -> LoanTermsRecorded:
        """Store the next version of your terms for the grades of a model."""
        made = await service.record_terms(
            write, context.scope, model_code=input.model_code, valid_from=input.valid_from, note=input.note,
            is_replacing=input.is_replacing,
            grades=[
                GradeTerms(each.grade, each.limit_cny, each.rate_offset_bp, each.tenor_months, each.note)
                for each in input.grades
            ],
        )  # fmt: skip
        return LoanTermsRecorded(terms=terms(made))


def loan(value: LoanValue) -> Loan:
    """Return a loan as the wire has it."""
    return Loan(
        id=node_id("Loan", value.id), reference=value.reference, credit_code=value.credit_code,
        kind=LoanKindEnum(value.kind.value), opened_on=value.opened_on, ends_on=value.ends_on,
        grade_at_grant=value.grade_at_grant, as_of=value.as_of, outstanding=value.outstanding,
    )  # fmt: skip


def grade_terms(value: GradeTerms) -> LoanGradeTerms:
    """Return what a grade is offered as the wire has it."""
    return LoanGradeTerms(
        grade=value.grade, limit_cny=value.limit_cny, rate_offset_bp=value.rate_offset_bp,
        tenor_months=value.tenor_months, note=value.note,
    )  # fmt: skip


def terms(value: TermsValue) -> LoanTerms:
    """Return a version of terms as the wire has it."""
    return LoanTerms(
        id=node_id("LoanTerms", value.id), model_code=value.model_code, version=value.version,
        valid_from=value.valid_from, note=value.note, grades=[grade_terms(each) for each in value.grades],
        recorded_at=value.recorded_at,
    )  # fmt: skip


def place(value: BorrowerPlace) -> PortfolioBorrower:
    """Return a borrower of the portfolio as the wire has it."""
    told = value.financed
    return PortfolioBorrower(
        credit_code=value.credit_code, name=value.name, loans=value.loans, outstanding=value.outstanding,
        project_outstanding=value.project_outstanding, accounts=value.accounts,
        account_id=None if value.account_id is None else node_id("CarbonAccount", value.account_id),
        scopes=list(value.scopes), consent_ends_on=value.ends_on, state=value.state, grade=value.grade,
        points=value.points, model_code=value.model_code, valid_until=value.valid_until,
        grade_at_grant=value.grade_at_grant, inventory_year=value.inventory_year,
        inventory_state=value.inventory_state,
        financed=FinancedEmissions(
            attribution=told.attribution, base=None if told.base is None else BaseEnum(told.base.value),
            scope12_t=told.scope12, scope3_t=told.scope3, quality=told.quality,
            missing=None if told.missing is None else MissingEnum(told.missing.value), is_capped=told.is_capped,
            attributed=told.attributed, confidence=pcaf.CONFIDENCE,
        ),
        terms=None if value.terms is None else grade_terms(value.terms),
    )  # fmt: skip


def summary(day: date, places: Sequence[BorrowerPlace]) -> PortfolioSummary:
    """Return the sums of a portfolio as the wire has them."""
    sums, grades = service.total(places)
    return PortfolioSummary(
        on=day, borrowers=len(places), outstanding=sums.outstanding, told=sums.told, coverage=sums.coverage,
        scope12_t=sums.scope12, scope3_t=sums.scope3, scope3_told=sums.scope3_told, quality=sums.quality,
        missing=[PortfolioMissing(reason=MissingEnum(why.value), borrowers=many) for why, many in sums.missing.items()],
        grades=[_grade(each) for each in grades], document=pcaf.DOCUMENT, confidence=pcaf.CONFIDENCE,
    )  # fmt: skip


def _grade(value: GradeTotal) -> PortfolioGrade:
    return PortfolioGrade(
        model_code=value.model_code, grade=value.grade, borrowers=value.borrowers, outstanding=value.outstanding
    )


def _after(asked: Page) -> UUID | None:
    key = asked.key(UUID)
    return None if key is None else key[0]
