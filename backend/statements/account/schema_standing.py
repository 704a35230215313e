"""Quota, budget, duties and score of a statement on the wire; and the statement they are parts of."""

from datetime import date, datetime

import strawberry

from backend.statements.account import schema_emissions, schema_units, values
from backend.statements.account.schema_emissions import StatementIntensity, StatementYear
from backend.statements.account.schema_figures import StatementFigure, StatementWords, figure, maybe, words
from backend.statements.account.schema_units import StatementCover, StatementHolding, StatementUse
from backend.wire.nodes import node_id


@strawberry.type(description="How the account stands in a compliance year of the carbon market.")
class StatementQuota:
    """A compliance year."""

    year: int = strawberry.field(description="The compliance year.")
    basis: str = strawberry.field(
        description="Where the obligation's figure comes from: entered, verified, provisional, none."
    )
    obligation: StatementFigure = strawberry.field(description="What is owed, tCO2.")
    surrendered_cea: StatementFigure = strawberry.field(description="Allowances surrendered.")
    surrendered_ccer: StatementFigure = strawberry.field(description="CCER surrendered.")
    remaining: StatementFigure = strawberry.field(description="What is still owed, in whole units.")
    usable_cea: StatementFigure = strawberry.field(description="Allowances that might settle it.")
    usable_ccer: StatementFigure = strawberry.field(description="CCER that might settle it.")
    gap: StatementFigure = strawberry.field(description="What lacks (positive) or is left (negative).")
    due_on: date | None = strawberry.field(description="The last day of surrender; null when not on record.")
    settled_on: date | None = strawberry.field(
        description="The day the surrender was done; null while something is owed, or may be."
    )
    is_closed: bool = strawberry.field(description="The authority closed the year.")


@strawberry.type(description="An emission budget of a year.")
class StatementBudget:
    """An emission budget."""

    year: int = strawberry.field(description="The calendar year.")
    allowed: StatementFigure | None = strawberry.field(description="The budget; null where none is set.")
    used: StatementFigure | None = strawberry.field(description="What was used of it.")
    note: StatementWords = strawberry.field(description="Says so where none is set.")


@strawberry.type(description="Something due: of the carbon market, or a disclosure.")
class StatementDuty:
    """Something due."""

    kind: str = strawberry.field(description="`quota` or `disclosure`.")
    code: str = strawberry.field(description="Code of the duty, or of the standard.")
    name: StatementWords = strawberry.field(description="What has to be done.")
    year: int = strawberry.field(description="Of which year.")
    month: int | None = strawberry.field(description="Of which month, for monthly ones.")
    due_on: date | None = strawberry.field(description="The last day; null when not on record.")
    done_on: date | None = strawberry.field(description="When it was done.")
    state: str = strawberry.field(description="How it stood at the moment of knowledge.")
    is_official: bool = strawberry.field(
        description="The authority does it to the holder (verification, allocation): it is not held against the holder."
    )


@strawberry.type(description="The green score that stood at the moment of knowledge.")
class StatementScore:
    """A green score."""

    year: int = strawberry.field(description="The year it is of.")
    model_code: str = strawberry.field(description="Code of the model.")
    model_version: int = strawberry.field(description="Version of the model.")
    model_name: StatementWords = strawberry.field(description="Name of the model.")
    state: str = strawberry.field(description="graded, gated or cannot_tell.")
    grade: str = strawberry.field(description="The grade; empty where it could not be told.")
    grade_name: StatementWords = strawberry.field(description="Its name.")
    points: StatementFigure = strawberry.field(description="The points.")
    computed_at: datetime = strawberry.field(description="When it was computed.")
    valid_until: date = strawberry.field(description="Its last day.")
    helps: list[StatementWords] = strawberry.field(description="What helps most.")
    harms: list[StatementWords] = strawberry.field(description="What harms most.")


@strawberry.type(
    description="An account's statement for a period (真实发生) as it was known at a moment (知悉时点); every number has its lineage."
)
class AccountStatementData:
    """A statement as data."""

    account_id: strawberry.ID = strawberry.field(description="Global id of the account.")
    account_number: str = strawberry.field(description="Number of the account.")
    account_name: str = strawberry.field(description="Name of the account.")
    holder: StatementWords = strawberry.field(description="Who holds it.")
    is_demonstration: bool = strawberry.field(description="Made up, for demonstration.")
    period_from: date = strawberry.field(description="First day of the period.")
    period_to: date = strawberry.field(description="Last day of the period.")
    known_at: datetime = strawberry.field(description="The moment whose knowledge it states.")
    emissions: list[StatementYear] = strawberry.field(description="Emissions of each year the period touches.")
    intensities: list[StatementIntensity] = strawberry.field(description="Intensities, four earlier years among them.")
    holdings: list[StatementHolding] = strawberry.field(description="Units by class.")
    cover: list[StatementCover] = strawberry.field(description="Electricity covered by certificates.")
    uses: list[StatementUse] = strawberry.field(description="What was claimed against what.")
    quotas: list[StatementQuota] = strawberry.field(
        description="Compliance years, the one before the period among them."
    )
    budgets: list[StatementBudget] = strawberry.field(description="Budgets; says where none is set.")
    duties: list[StatementDuty] = strawberry.field(description="What is due, the earliest first.")
    score: StatementScore | None = strawberry.field(description="The green score.")
    score_note: StatementWords = strawberry.field(description="Why there is no score or no grade.")


def statement_data(value: values.StatementData) -> AccountStatementData:
    """Return a statement as the wire has it."""
    subject = value.subject
    return AccountStatementData(
        account_id=node_id("CarbonAccount", subject.account_id),
        account_number=subject.number,
        account_name=subject.name,
        holder=StatementWords(zh=subject.holder, en=subject.holder_en),
        is_demonstration=subject.is_demonstration,
        period_from=value.period_from,
        period_to=value.period_to,
        known_at=value.known_at,
        emissions=[schema_emissions.year_emissions(each, subject.account_id) for each in value.emissions],
        intensities=[schema_emissions.intensity(each) for each in value.intensities],
        holdings=[schema_units.holding(each) for each in value.holdings],
        cover=[schema_units.cover(each) for each in value.cover],
        uses=[schema_units.use(each) for each in value.uses],
        quotas=[_quota(each) for each in value.quotas],
        budgets=[
            StatementBudget(
                year=each.calendar_year, allowed=maybe(each.allowed), used=maybe(each.used), note=words(each.note)
            )
            for each in value.budgets
        ],
        duties=[
            StatementDuty(
                kind=each.kind, code=each.code, name=words(each.name), year=each.calendar_year, month=each.month,
                due_on=each.due_on, done_on=each.done_on, state=each.state, is_official=each.is_official,
            )
            for each in value.duties
        ],
        score=None if value.score is None else _score(value.score),
        score_note=words(value.score_note),
    )  # fmt: skip


def _quota(each: values.QuotaPosition) -> StatementQuota:
    return StatementQuota(
        year=each.calendar_year, basis=each.basis, obligation=figure(each.obligation),
        surrendered_cea=figure(each.surrendered_cea), surrendered_ccer=figure(each.surrendered_ccer),
        remaining=figure(each.remaining), usable_cea=figure(each.usable_cea), usable_ccer=figure(each.usable_ccer),
        gap=figure(each.gap), due_on=each.due_on, settled_on=each.settled_on, is_closed=each.is_closed,
    )  # fmt: skip


def _score(value: values.ScoreLine) -> StatementScore:
    return StatementScore(
        year=value.calendar_year, model_code=value.model_code, model_version=value.model_version,
        model_name=words(value.model_name), state=value.state, grade=value.grade, grade_name=words(value.grade_name),
        points=figure(value.points), computed_at=value.computed_at, valid_until=value.valid_until,
        helps=[words(each) for each in value.helps], harms=[words(each) for each in value.harms],
    )  # fmt: skip
