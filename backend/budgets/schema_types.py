"""Budgets on the wire: lines with their positions, plans, entries of the ledger, reservations."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import strawberry

from backend.accounts.schema_types import CarbonAccount, load_account
from backend.budgets import queries
from backend.budgets.rules.judging import Judgement, Verdict
from backend.budgets.rules.supposing import Outlook
from backend.budgets.service.viewing import BudgetView
from backend.budgets.values import (
    ALL_SECTORS,
    DraftLine,
    EntryKind,
    EntryValue,
    KeptProjection,
    Level,
    LevelStanding,
    Method,
    PlanState,
    PlanValue,
    Pocket,
    Posting,
    ReservationValue,
    Words,
)
from backend.tenants.schema import Division, load_division
from backend.tenants.values import BudgetRules
from backend.wire.context import Info
from backend.wire.nodes import node_id
from backend.wire.scalars import JSON, Month

LINE, PLAN, ENTRY, RESERVATION = "CarbonBudget", "BudgetPlan", "BudgetEntry", "BudgetReservation"
PROJECTION = "BudgetProjection"
strawberry.enum(Level, name="BudgetLevel", description="Whose budget it is.")
strawberry.enum(
    Method,
    name="BudgetMethod",
    description="How its tonnes were arrived at: shares of past emissions, a benchmark, shares of output, or by hand.",
)
strawberry.enum(PlanState, name="BudgetPlanState", description="Where a plan stands; a decision is for good.")
strawberry.enum(EntryKind, name="BudgetEntryKind", description="What an entry of the ledger did.")
strawberry.enum(
    Pocket,
    name="BudgetPocket",
    description="A part of a budget: approved, adjusted and moved say where its tonnes came from, the others where they are.",
)
strawberry.enum(
    LevelStanding,
    name="BudgetLevelStanding",
    description="Whether the jurisdiction's document has budgets of a level: now, later, or says nothing of it.",
)
strawberry.enum(Verdict, name="BudgetVerdict", description="How a budget is kept; `CANNOT_TELL` is not kept.")


@strawberry.type(description="A text in both languages.")
class BudgetText:
    """A text in both languages."""

    zh: str = strawberry.field(description="中文。")
    en: str = strawberry.field(description="English.")


def words(text: Words) -> BudgetText:
    """Return a text as the wire has it."""
    return BudgetText(zh=text.zh, en=text.en)


@strawberry.type(name="BudgetRules", description="The jurisdiction's rules of budgets, with the document they rest on.")
class BudgetRulesNode:
    """The jurisdiction's rules."""

    mode: str = strawberry.field(
        description="`intensity_rigid_total_elastic`, `intensity_first` or `total_and_intensity`: which target binds."
    )
    mode_text: BudgetText = strawberry.field(description="The rule in the document's words.")
    levels: list[str] = strawberry.field(description="Levels that have budgets.")
    planned_levels: list[str] = strawberry.field(description="Levels that shall have them.")
    elastic_percent: Decimal | None = strawberry.field(
        description="By how much a total may be exceeded where it is elastic; null: nobody has set it."
    )
    replacement_ratio: Decimal | None = strawberry.field(
        description="Tonnes a reduced replacement gives up for one; null: each states its own."
    )
    document: str | None = strawberry.field(description="The code of the document among the jurisdiction's.")
    is_placeholder: bool = strawberry.field(description="Whether something of it awaits an administrator.")
    confidence: str = strawberry.field(description="How sure the source is.")
    note: BudgetText | None = strawberry.field(description="What is missing.")


def rules_node(rules: BudgetRules) -> BudgetRulesNode:
    """Return the rules as the wire has them."""
    return BudgetRulesNode(
        mode=rules.mode, mode_text=BudgetText(zh=rules.mode_zh, en=rules.mode_en), levels=list(rules.levels),
        planned_levels=list(rules.planned_levels), elastic_percent=rules.elastic_percent,
        replacement_ratio=rules.replacement_ratio, document=rules.document, is_placeholder=rules.is_placeholder,
        confidence=rules.confidence.value,
        note=BudgetText(zh=rules.note_zh, en=rules.note_en) if rules.note_zh else None,
    )  # fmt: skip


@strawberry.type(description="The verdict on a year, by the rule the jurisdiction's document states.")
class BudgetJudgement:
    """The verdict on a year."""

    overall: Verdict = strawberry.field(description="The verdict by that rule.")
    intensity: Verdict = strawberry.field(description="Projected intensity against its target.")
    total: Verdict = strawberry.field(description="Projected tonnes against the budget.")
    note: BudgetText = strawberry.field(description="The rule in words, and what of it is not set.")


def judgement(value: Judgement) -> BudgetJudgement:
    """Return a verdict as the wire has it."""
    return BudgetJudgement(
        overall=value.overall, intensity=value.intensity, total=value.total, note=words(value.note)
    )  # fmt: skip


@strawberry.type(
    description="A carbon budget (碳排放预算) in force, in tCO2e, with where it stands. Approved, adjusted and moved tonnes "
    "equal handed, withheld, reserved, posted, retired and available ones."
)
class CarbonBudget:
    """A carbon budget."""

    division_key: strawberry.Private[str]
    account_key: strawberry.Private[UUID | None]
    id: strawberry.ID = strawberry.field(description="Its identifier.")
    level: Level = strawberry.field(description="Whose budget it is.")
    level_standing: LevelStanding = strawberry.field(description="Whether the jurisdiction's document has this level.")
    division_code: str = strawberry.field(description="The division's code; a key unit's is that of its seat.")
    sector: str | None = strawberry.field(description="The sector's code; null: all sectors.")
    first_year: int = strawberry.field(description="The first year.")
    last_year: int = strawberry.field(description="The last year; the first one again for an annual budget.")
    method: Method = strawberry.field(description="How its tonnes were arrived at.")
    basis: JSON = strawberry.field(description="The formula, its inputs with units, the total decomposed and the step.")
    effective_on: date = strawberry.field(description="From when it is in force.")
    approved_at: datetime = strawberry.field(description="When it was approved.")
    total: Decimal = strawberry.field(description="Approved, adjusted and moved.")
    approved: Decimal = strawberry.field(description="As approved.")
    adjusted: Decimal = strawberry.field(description="By adjustments; may be negative.")
    moved: Decimal = strawberry.field(description="Received less given by replacement (置换); may be negative.")
    handed: Decimal = strawberry.field(description="Handed down to lower budgets.")
    withheld: Decimal = strawberry.field(description="Kept for emitters that are there already (存量).")
    reserved: Decimal = strawberry.field(description="Held for approved projects.")
    posted: Decimal = strawberry.field(description="Used by accepted projects.")
    retired: Decimal = strawberry.field(description="Given up by reduced replacement (减量置换).")
    available: Decimal = strawberry.field(description="What can be reserved, handed down or moved.")
    actual: Decimal | None = strawberry.field(
        description="Emissions of the months so far; null: none is known. Electricity counts where it is used: power plants' "
        "own burning is left out, except in a budget of that sector or of a key unit."
    )
    actual_through: Month | None = strawberry.field(description="The last month with emissions.")
    projected_low: Decimal | None = strawberry.field(description="The band's lower end; null: the error is not known.")
    projected: Decimal | None = strawberry.field(description="The year's end as projected; null: it cannot be told.")
    projected_high: Decimal | None = strawberry.field(description="The band's upper end; null: the error is not known.")
    intensity_target: Decimal | None = strawberry.field(description="tCO2e per 10,000 yuan; null: none was set.")
    intensity_projected: Decimal | None = strawberry.field(
        description="Projected tonnes per 10,000 yuan of the gross domestic product entered for the year; null: none was."
    )
    projection_note: BudgetText | None = strawberry.field(description="How it was projected, and what is missing.")
    judgement: BudgetJudgement | None = strawberry.field(description="The verdict; null for a five-year budget.")

    @strawberry.field(description="The division.")
    async def division(self, info: Info) -> Division | None:
        """Return the division."""
        return await load_division(info.context, self.division_key)

    @strawberry.field(description="The key unit's carbon account.")
    async def account(self, info: Info) -> CarbonAccount | None:
        """Return the account."""
        return None if self.account_key is None else await load_account(info.context, self.account_key)


def budget(view: BudgetView) -> CarbonBudget:
    """Return a budget as the wire has it."""
    line, at = view.line, view.position
    return CarbonBudget(
        division_key=line.division_code, account_key=line.account_id, id=node_id(LINE, line.id), level=line.level,
        level_standing=view.level_standing,
        division_code=line.division_code, sector=line.sector or None, first_year=line.first_year,
        last_year=line.last_year, method=line.method, basis=JSON(dict(line.basis)), effective_on=line.effective_on,
        approved_at=line.approved_at, total=at.total, approved=at.approved, adjusted=at.adjusted, moved=at.moved,
        handed=at.handed, withheld=at.withheld, reserved=at.reserved, posted=at.posted, retired=at.retired,
        available=at.available, actual=at.actual,
        actual_through=Month(at.actual_through) if at.actual_through else None, projected_low=at.projected_low,
        projected=at.projected, projected_high=at.projected_high, intensity_target=at.intensity_target,
        intensity_projected=at.intensity_projected, projection_note=words(at.note) if at.note else None,
        judgement=judgement(view.judgement) if view.judgement else None,
    )  # fmt: skip


@strawberry.type(description="A line of a plan, or of a decomposition.")
class BudgetPlanLine:
    """A line as drafted."""

    account_key: strawberry.Private[UUID | None]
    division_code: str = strawberry.field(description="The division's code.")
    sector: str | None = strawberry.field(description="The sector's code; null: all sectors.")
    first_year: int = strawberry.field(description="The first year.")
    last_year: int = strawberry.field(description="The last year.")
    tonnes: Decimal = strawberry.field(description="tCO2e.")
    withheld: Decimal = strawberry.field(description="Of these kept for emitters that are there already, tCO2e.")
    intensity_target: Decimal | None = strawberry.field(description="tCO2e per 10,000 yuan.")
    method: Method = strawberry.field(description="How its tonnes were arrived at.")
    basis: JSON = strawberry.field(description="The formula, its inputs with units, the total decomposed and the step.")

    @strawberry.field(description="The key unit's carbon account.")
    async def account(self, info: Info) -> CarbonAccount | None:
        """Return the account."""
        return None if self.account_key is None else await load_account(info.context, self.account_key)


def plan_line(line: DraftLine) -> BudgetPlanLine:
    """Return a drafted line as the wire has it."""
    return BudgetPlanLine(
        account_key=line.account_id, division_code=line.division_code,
        sector=None if line.sector == ALL_SECTORS else line.sector, first_year=line.first_year,
        last_year=line.last_year, tonnes=line.tonnes, withheld=line.withheld, intensity_target=line.intensity_target,
        method=line.method, basis=JSON(dict(line.basis)),
    )  # fmt: skip


@strawberry.type(description="A document something rests on.")
class BudgetDocument:
    """A document."""

    number: str = strawberry.field(description="Its number (文号).")
    dated: date = strawberry.field(description="Its date.")
    title: str = strawberry.field(description="Its title.")


@strawberry.type(
    description="A plan (预算方案): drafted by one person, decided on by another; the newest revision counts."
)
class BudgetPlan:
    """A plan."""

    division_key: strawberry.Private[str]
    id: strawberry.ID = strawberry.field(description="Its identifier.")
    name: str = strawberry.field(description="What it is called.")
    document: BudgetDocument = strawberry.field(description="What it rests on.")
    effective_on: date = strawberry.field(description="From when its budgets are in force, once approved.")
    state: PlanState = strawberry.field(description="Where it stands.")
    revision: int = strawberry.field(description="The newest revision: what is decided on.")
    sha256: str = strawberry.field(description="SHA-256 over the lines' canonical JSON.")
    lines: list[BudgetPlanLine] = strawberry.field(description="As of the newest revision.")
    created_at: datetime = strawberry.field(description="When it was drafted.")
    revised_at: datetime = strawberry.field(description="When it was edited last.")
    decided_at: datetime | None = strawberry.field(description="When it was decided on.")
    decision_reason: str | None = strawberry.field(description="Why it was approved or rejected.")

    @strawberry.field(description="The division whose plan it is.")
    async def division(self, info: Info) -> Division | None:
        """Return the division."""
        return await load_division(info.context, self.division_key)


def plan(value: PlanValue) -> BudgetPlan:
    """Return a plan as the wire has it."""
    return BudgetPlan(
        division_key=value.division_code, id=node_id(PLAN, value.id), name=value.name,
        document=BudgetDocument(
            number=value.document_number, dated=value.document_dated, title=value.document_title
        ),
        effective_on=value.effective_on, state=value.state, revision=value.revision, sha256=value.sha256,
        lines=[plan_line(each) for each in value.lines], created_at=value.created_at, revised_at=value.revised_at,
        decided_at=value.decided_at, decision_reason=value.decision_reason,
    )  # fmt: skip


@strawberry.type(description="Tonnes on a part of a budget; may be negative.")
class BudgetPosting:
    """A posting."""

    budget_id: strawberry.ID = strawberry.field(description="The budget.")
    pocket: Pocket = strawberry.field(description="The part of it.")
    tonnes: Decimal = strawberry.field(description="tCO2e.")


def _posting(value: Posting) -> BudgetPosting:
    return BudgetPosting(budget_id=node_id(LINE, value.line_id), pocket=value.pocket, tonnes=value.tonnes)


@strawberry.type(description="An entry of the budget ledger (预算台账); never changed.")
class BudgetEntry:
    """An entry of the ledger."""

    key: strawberry.Private[UUID]
    id: strawberry.ID = strawberry.field(description="Its identifier.")
    kind: EntryKind = strawberry.field(description="What it did.")
    reason: str = strawberry.field(description="Why.")
    document: BudgetDocument | None = strawberry.field(description="What it rests on; null for projects' own entries.")
    effective_on: date = strawberry.field(description="From when it takes effect.")
    recorded_at: datetime = strawberry.field(description="When it was recorded.")

    @strawberry.field(description="Its postings on budgets you see.")
    async def postings(self, info: Info) -> list[BudgetPosting]:
        """Return the postings."""
        found: list[Posting] = await info.context.loader(queries.postings_of).load(self.key)
        return [_posting(each) for each in found]


def entry(value: EntryValue) -> BudgetEntry:
    """Return an entry as the wire has it."""
    document = None
    if value.document_dated is not None:
        document = BudgetDocument(
            number=value.document_number, dated=value.document_dated, title=value.document_title
        )  # fmt: skip
    return BudgetEntry(
        key=value.id, id=node_id(ENTRY, value.id), kind=value.kind, reason=value.reason, document=document,
        effective_on=value.effective_on, recorded_at=value.recorded_at,
    )  # fmt: skip


@strawberry.type(description="A year of a reservation.")
class BudgetReservationYear:
    """A year of a reservation."""

    year: int = strawberry.field(description="The year.")
    reserved: Decimal = strawberry.field(description="Still held, tCO2e.")
    posted: Decimal = strawberry.field(description="Posted at acceptance, tCO2e.")


@strawberry.type(description="Tonnes held for something, such as an approved project.")
class BudgetReservation:
    """A reservation."""

    key: strawberry.Private[UUID]
    division_key: strawberry.Private[str]
    id: strawberry.ID = strawberry.field(description="Its identifier.")
    reference_kind: str = strawberry.field(description="What kind of thing it is for.")
    reference_name: str = strawberry.field(description="What it is for.")
    reason: str = strawberry.field(description="Why.")
    sector: str | None = strawberry.field(description="The sector whose budget is held as well.")
    recorded_at: datetime = strawberry.field(description="Since when.")

    @strawberry.field(description="Year by year.")
    async def years(self, info: Info) -> list[BudgetReservationYear]:
        """Return the years."""
        found: Any = await info.context.loader(queries.reservation_years).load(self.key)
        return [BudgetReservationYear(year=each.year, reserved=each.reserved, posted=each.posted) for each in found]

    @strawberry.field(description="The division it was asked for.")
    async def division(self, info: Info) -> Division | None:
        """Return the division."""
        return await load_division(info.context, self.division_key)


def reservation(value: ReservationValue) -> BudgetReservation:
    """Return a reservation as the wire has it."""
    return BudgetReservation(
        key=value.id, division_key=value.division_code, id=node_id(RESERVATION, value.id),
        reference_kind=value.reference_kind, reference_name=value.reference_name, reason=value.reason,
        sector=value.sector or None, recorded_at=value.recorded_at,
    )  # fmt: skip


@strawberry.type(description="Where a year would stand; nothing is stored.")
class BudgetOutlook:
    """Where a year would stand."""

    budget: CarbonBudget = strawberry.field(description="Where it stands.")
    available: Decimal = strawberry.field(description="What would be left for projects, tCO2e; may be negative.")
    projected_low: Decimal | None = strawberry.field(description="The band's lower end, tCO2e.")
    projected: Decimal | None = strawberry.field(description="The year's end, tCO2e; null: it cannot be told.")
    projected_high: Decimal | None = strawberry.field(description="The band's upper end, tCO2e.")
    intensity: Decimal | None = strawberry.field(description="tCO2e per 10,000 yuan; null: it cannot be told.")
    judgement: BudgetJudgement = strawberry.field(description="The verdict.")


def outlook(view: BudgetView, then: Outlook) -> BudgetOutlook:
    """Return an outlook as the wire has it."""
    return BudgetOutlook(
        budget=budget(view), available=then.available, projected_low=then.projected_low, projected=then.projected,
        projected_high=then.projected_high, intensity=then.intensity, judgement=judgement(then.judgement),
    )  # fmt: skip


@strawberry.type(description="A past year projected from the same months, beside what it was.")
class BudgetTestedYear:
    """A back-tested year."""

    year: int = strawberry.field(description="The year.")
    projected: Decimal = strawberry.field(description="As it would have been projected, tCO2e.")
    actual: Decimal = strawberry.field(description="What it was, tCO2e.")
    error: Decimal = strawberry.field(description="The difference in percent of what it was.")


@strawberry.type(description="A year's end as it was projected one day, with the back-test it rests on; never changed.")
class BudgetProjection:
    """A kept projection."""

    id: strawberry.ID = strawberry.field(description="Its identifier.")
    budget_id: strawberry.ID = strawberry.field(description="The budget.")
    method: str = strawberry.field(description="Name and version of the method.")
    through: Month | None = strawberry.field(description="The last month that was known; null: none.")
    missing: list[int] = strawberry.field(description="Months before it that were missing.")
    low: Decimal | None = strawberry.field(description="The band's lower end, tCO2e; null: the error was not known.")
    projected: Decimal | None = strawberry.field(description="The year's end, tCO2e; null: it could not be told.")
    high: Decimal | None = strawberry.field(description="The band's upper end, tCO2e; null: the error was not known.")
    error_percent: Decimal | None = strawberry.field(description="The band's half-width in percent.")
    tested: list[BudgetTestedYear] = strawberry.field(description="The past years it was tested on.")
    note: BudgetText = strawberry.field(description="How it was projected, and what was missing.")
    kept_at: datetime = strawberry.field(description="When it was kept.")
    actual: Decimal | None = strawberry.field(
        description="What the year came to, tCO2e; null while months are missing."
    )
    difference_percent: Decimal | None = strawberry.field(description="Projected less actual, in percent of actual.")


def projection(actual: Decimal | None, value: KeptProjection) -> BudgetProjection:
    """Return a kept projection as the wire has it, beside what the year came to."""
    difference = None
    if actual and value.projected is not None:
        difference = ((value.projected - actual) / actual * 100).quantize(Decimal("0.01"))
    return BudgetProjection(
        id=node_id(PROJECTION, value.id), budget_id=node_id(LINE, value.line_id), method=value.method,
        through=Month(value.through) if value.through else None, missing=list(value.missing), low=value.low,
        projected=value.projected, high=value.high, error_percent=value.error_percent,
        tested=[
            BudgetTestedYear(year=each.year, projected=each.projected, actual=each.actual, error=each.error)
            for each in value.tested
        ],
        note=BudgetText(zh=value.note_zh, en=value.note_en), kept_at=value.kept_at, actual=actual,
        difference_percent=difference,
    )  # fmt: skip
