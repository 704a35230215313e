"""Commands of budgets on the wire."""

from datetime import date
from decimal import Decimal
from uuid import UUID

import strawberry

from backend.budgets import service
from backend.budgets.schema_types import LINE, PLAN, BudgetPlan, plan
from backend.budgets.values import ALL_SECTORS, ZERO, DraftLine, Method, Paper, Replacement
from backend.kit.db import Read, Write
from backend.kit.scope import Scope
from backend.wire.commands import command
from backend.wire.context import Context
from backend.wire.nodes import node_id, uuids

# pyright: reportGeneralTypeIssues=false, reportSelfClsParameterName=false
# ruff: noqa: A002, N805
# `command` makes static functions whose argument is called `input` on the wire.

strawberry.enum(
    Replacement,
    name="BudgetReplacement",
    description="How much a replacement gives up: the same, or more than it takes.",
)
strawberry.enum(service.Onto, name="BudgetOnto", description="What a total is decomposed onto.")


@strawberry.input(description="A document something rests on.")
class BudgetDocumentInput:
    """A document."""

    number: str = strawberry.field(description="Its number (文号).")
    dated: date = strawberry.field(description="Its date; not to come.")
    title: str = strawberry.field(description="Its title.")


@strawberry.input(description="A line of a plan.")
class BudgetLineInput:
    """A line of a plan."""

    first_year: int = strawberry.field(description="The year, or the first of five (2026 for 2026-2030).")
    last_year: int | None = strawberry.field(default=None, description="The last of five; left out: one year.")
    division_code: str = strawberry.field(default="", description="The division; not needed for a key unit.")
    account_id: strawberry.ID | None = strawberry.field(default=None, description="A key unit's carbon account.")
    sector: str | None = strawberry.field(default=None, description="A sector of the division; left out: all of them.")
    tonnes: Decimal = strawberry.field(description="tCO2e.")
    withheld: Decimal = strawberry.field(default=ZERO, description="Of these kept for emitters that are there already.")
    intensity_target: Decimal | None = strawberry.field(default=None, description="tCO2e per 10,000 yuan.")


@strawberry.input(description="What is given for a part of a decomposition.")
class BudgetPartInput:
    """What is given for a part."""

    division_code: str | None = strawberry.field(default=None, description="The part, when it is a division.")
    sector: str | None = strawberry.field(default=None, description="The part, when it is a sector.")
    account_id: strawberry.ID | None = strawberry.field(default=None, description="The part, when it is a key unit.")
    year: int | None = strawberry.field(default=None, description="The part, when it is a year of a five-year total.")
    tonnes: Decimal | None = strawberry.field(default=None, description="By hand: its tCO2e.")
    activity: Decimal | None = strawberry.field(default=None, description="Benchmark: how much it makes.")
    benchmark: Decimal | None = strawberry.field(default=None, description="Benchmark: tCO2e per unit of that.")
    output: Decimal | None = strawberry.field(default=None, description="Output: what counts.")
    unit: str = strawberry.field(default="", description="The unit of activity or output.")


@strawberry.input(description="A total to be decomposed, and how.")
class BudgetDecompositionInput:
    """A decomposition."""

    division_code: str = strawberry.field(description="The division whose total it is.")
    first_year: int = strawberry.field(description="The year, or the first of five.")
    last_year: int | None = strawberry.field(default=None, description="The last of five; left out: one year.")
    total: Decimal = strawberry.field(description="tCO2e; the parts sum to it exactly.")
    step: Decimal = strawberry.field(default=Decimal(1), description="What parts are rounded to, tCO2e.")
    method: Method = strawberry.field(description="How.")
    onto: service.Onto = strawberry.field(description="Onto what.")
    parts: list[BudgetPartInput] = strawberry.field(
        default_factory=list[BudgetPartInput],
        description="Which; left out: all divisions below, all sectors, or all years.",
    )
    base_years: list[int] = strawberry.field(default_factory=list[int], description="The years that count.")
    withheld_percent: Decimal = strawberry.field(
        default=ZERO, description="How much of each part is kept for emitters that are there already."
    )


@strawberry.input(description="Draft a plan of your division: of itself, what lies below it, and key units.")
class DraftBudgetPlanInput:
    """Draft a plan."""

    name: str = strawberry.field(description="What it is called.")
    document: BudgetDocumentInput = strawberry.field(description="What it rests on.")
    effective_on: date = strawberry.field(description="From when its budgets are to be in force.")
    lines: list[BudgetLineInput] = strawberry.field(default_factory=list[BudgetLineInput], description="Given by hand.")
    decompositions: list[BudgetDecompositionInput] = strawberry.field(
        default_factory=list[BudgetDecompositionInput],
        description="Worked out here; the lines keep inputs and formula.",
    )
    reason: str = strawberry.field(description="Why; kept with the revision.")


@strawberry.input(description="Replace the lines of a draft; what it said before stays on record.")
class ReviseBudgetPlanInput:
    """Revise a plan."""

    plan_id: strawberry.ID = strawberry.field(description="The plan.")
    lines: list[BudgetLineInput] = strawberry.field(default_factory=list[BudgetLineInput], description="Given by hand.")
    decompositions: list[BudgetDecompositionInput] = strawberry.field(
        default_factory=list[BudgetDecompositionInput], description="Worked out here."
    )
    reason: str = strawberry.field(description="Why; kept with the revision.")


@strawberry.input(description="Approve or reject a plan; you drafted no part of it.")
class DecideBudgetPlanInput:
    """Decide on a plan."""

    plan_id: strawberry.ID = strawberry.field(description="The plan.")
    revision: int = strawberry.field(description="The revision you read.")
    is_approved: bool = strawberry.field(description="Whether it is approved.")
    reason: str = strawberry.field(description="Why.")


@strawberry.input(description="Adjust a budget in force by an entry.")
class AdjustBudgetInput:
    """Adjust a budget."""

    budget_id: strawberry.ID = strawberry.field(description="The budget.")
    tonnes: Decimal = strawberry.field(default=ZERO, description="tCO2e more, or less when negative.")
    withheld: Decimal = strawberry.field(default=ZERO, description="tCO2e more (or less) kept for existing emitters.")
    reason: str = strawberry.field(description="Why.")
    document: BudgetDocumentInput = strawberry.field(description="What it rests on.")
    effective_on: date | None = strawberry.field(default=None, description="From when; not to come. Left out: today.")


@strawberry.input(description="Tonnes of a year.")
class BudgetYearInput:
    """Tonnes of a year."""

    year: int = strawberry.field(description="The year.")
    tonnes: Decimal = strawberry.field(description="tCO2e.")


@strawberry.input(description="Move tonnes between two divisions' budgets (等量置换, 减量置换).")
class TransferBudgetInput:
    """Transfer between budgets."""

    from_division: str = strawberry.field(description="Who gives up.")
    to_division: str = strawberry.field(description="Who receives.")
    lines: list[BudgetYearInput] = strawberry.field(description="What is received, year by year.")
    replacement: Replacement = strawberry.field(default=Replacement.EQUAL, description="Equal, or reduced.")
    ratio: Decimal | None = strawberry.field(
        default=None, description="Reduced: tonnes given up for one; left out: the jurisdiction's own, where it is set."
    )
    reason: str = strawberry.field(description="Why.")
    document: BudgetDocumentInput = strawberry.field(description="What it rests on.")


@strawberry.input(description="Keep what is projected for a year's budgets.")
class KeepBudgetProjectionsInput:
    """Keep projections."""

    year: int = strawberry.field(description="The year.")
    division_code: str | None = strawberry.field(
        default=None, description="Only of this division and those below it; left out: all you see."
    )


@strawberry.type(description="The plan was drafted.")
class BudgetPlanDrafted:
    """The plan was drafted."""

    plan: BudgetPlan = strawberry.field(description="As drafted.")


@strawberry.type(description="The plan was revised.")
class BudgetPlanRevised:
    """The plan was revised."""

    plan: BudgetPlan = strawberry.field(description="As revised.")


@strawberry.type(description="The plan was decided on.")
class BudgetPlanDecided:
    """The plan was decided on."""

    plan: BudgetPlan = strawberry.field(description="As decided on; approved, its budgets are in force.")


@strawberry.type(description="The entry was made.")
class BudgetBooked:
    """The entry was made."""

    entry_id: strawberry.ID = strawberry.field(description="The entry of the ledger.")


@strawberry.type(description="The projections were kept.")
class BudgetProjectionsKept:
    """The projections were kept."""

    count: int = strawberry.field(description="How many.")


def _paper(given: BudgetDocumentInput) -> Paper:
    return Paper(given.number, given.dated, given.title)


def _account(given: strawberry.ID | None, *path: str) -> UUID | None:
    return None if given is None else uuids(given, "CarbonAccount", path=("input", *path, "accountId"))[0]


def _part_key(given: BudgetPartInput, *path: str) -> str:
    if given.year is not None:
        return str(given.year)
    return str(_account(given.account_id, *path) or given.sector or given.division_code or "")


def asked(given: BudgetDecompositionInput, *path: str) -> service.Asked:
    """Return a decomposition as the service is asked for it."""
    return service.Asked(
        division_code=given.division_code, first_year=given.first_year,
        last_year=given.first_year if given.last_year is None else given.last_year, total=given.total, step=given.step,
        method=given.method, onto=given.onto, base_years=given.base_years, withheld_percent=given.withheld_percent,
        parts=[
            service.Given(
                _part_key(each, *path, "parts", str(at)),
                each.tonnes, each.activity, each.benchmark, each.output, each.unit,
            )
            for at, each in enumerate(given.parts)
        ],
    )  # fmt: skip


async def _lines(
    read: Read, scope: Scope, given: DraftBudgetPlanInput | ReviseBudgetPlanInput
) -> list[DraftLine]:  # fmt: skip
    found = [
        DraftLine(
            division_code=each.division_code, first_year=each.first_year,
            last_year=each.first_year if each.last_year is None else each.last_year, tonnes=each.tonnes,
            account_id=_account(each.account_id, "lines", str(at)), sector=each.sector or ALL_SECTORS,
            withheld=each.withheld, intensity_target=each.intensity_target,
        )
        for at, each in enumerate(given.lines)
    ]  # fmt: skip
    for at, each in enumerate(given.decompositions):
        found += await service.decomposed(read, scope, asked(each, "decompositions", str(at)))
    return found


@strawberry.type
class BudgetCommands:
    """Commands of budgets."""

    @command("budgets:draft")
    async def draft_budget_plan(context: Context, write: Write, input: DraftBudgetPlanInput) -> BudgetPlanDrafted:
        """Draft a plan of budgets; another person decides on it."""
        value = await service.draft(
            write, context.scope, name=input.name, document=_paper(input.document), effective_on=input.effective_on,
            lines=await _lines(write, context.scope, input), reason=input.reason,
        )  # fmt: skip
        return BudgetPlanDrafted(plan=plan(value))

    @command("budgets:draft")
    async def revise_budget_plan(context: Context, write: Write, input: ReviseBudgetPlanInput) -> BudgetPlanRevised:
        """Replace the lines of a draft; every revision stays on record."""
        value = await service.revise(
            write, context.scope, uuids(input.plan_id, PLAN, path=("input", "planId"))[0],
            lines=await _lines(write, context.scope, input), reason=input.reason,
        )  # fmt: skip
        return BudgetPlanRevised(plan=plan(value))

    @command("budgets:approve")
    async def decide_budget_plan(context: Context, write: Write, input: DecideBudgetPlanInput) -> BudgetPlanDecided:
        """Approve or reject a plan, once and for good; approved, its budgets are in force and handed down."""
        value = await service.decide(
            write, context.scope, uuids(input.plan_id, PLAN, path=("input", "planId"))[0], revision=input.revision,
            is_approved=input.is_approved, reason=input.reason,
        )  # fmt: skip
        return BudgetPlanDecided(plan=plan(value))

    @command("budgets:adjust")
    async def adjust_budget(context: Context, write: Write, input: AdjustBudgetInput) -> BudgetBooked:
        """Adjust a budget in force by an entry; what it gains comes from the budget above it, what it loses goes there."""
        entry_id = await service.adjust(
            write, context.scope, uuids(input.budget_id, LINE, path=("input", "budgetId"))[0], tonnes=input.tonnes,
            withheld=input.withheld, reason=input.reason, document=_paper(input.document),
            effective_on=input.effective_on,
        )  # fmt: skip
        return BudgetBooked(entry_id=node_id("BudgetEntry", entry_id))

    @command("budgets:adjust")
    async def transfer_budget(context: Context, write: Write, input: TransferBudgetInput) -> BudgetBooked:
        """Move tonnes between two divisions' budgets; by a reduced replacement the difference is retired."""
        entry_id = await service.transfer(
            write, context.scope, input.from_division, input.to_division,
            [(each.year, each.tonnes) for each in input.lines], input.reason, _paper(input.document),
            replacement=input.replacement, ratio=input.ratio,
        )  # fmt: skip
        return BudgetBooked(entry_id=node_id("BudgetEntry", entry_id))

    @command("budgets:adjust")
    async def keep_budget_projections(
        context: Context, write: Write, input: KeepBudgetProjectionsInput
    ) -> BudgetProjectionsKept:
        """Keep what is projected for a year's budgets with its back-test, to be held against what comes."""
        kept = await service.keep_projections(write, context.scope, input.year, division_code=input.division_code)
        return BudgetProjectionsKept(count=len(kept))
