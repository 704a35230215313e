"""Budgets on the wire: the tree with its positions, plans, the ledger, decomposition and what-if."""

from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import Annotated
from uuid import UUID

import strawberry

from backend.accounts.schema_types import After, First
from backend.budgets import queries, queries_plans, service, tables, tables_plans
from backend.budgets.rules.supposing import Supposed
from backend.budgets.schema_commands import BudgetCommands, BudgetDecompositionInput, asked
from backend.budgets.schema_rules import BudgetRulesMutation, BudgetRulesQuery
from backend.budgets.schema_types import (
    LINE,
    PLAN,
    BudgetEntry,
    BudgetOutlook,
    BudgetPlan,
    BudgetPlanLine,
    BudgetProjection,
    BudgetReservation,
    BudgetRulesNode,
    CarbonBudget,
    budget,
    entry,
    outlook,
    plan,
    plan_line,
    projection,
    reservation,
    rules_node,
)
from backend.budgets.values import ALL_SECTORS, FIVE_YEARS, ZERO, EntryKind
from backend.kit.db import Read
from backend.kit.scope import Scope
from backend.wire.connections import Connection, Page, connect, page
from backend.wire.context import Info
from backend.wire.nodes import uuids

__all__ = ["BudgetsMutation", "BudgetsQuery", "tables", "tables_plans"]


@strawberry.type
class BudgetsMutation(BudgetCommands, BudgetRulesMutation):
    """Commands of budgets."""


Code = Annotated[str | None, strawberry.argument(description="Only of this division and those below it.")]


@strawberry.input(description="What is supposed.")
class BudgetSupposedInput:
    """What is supposed."""

    division_code: str = strawberry.field(description="The division.")
    year: int = strawberry.field(description="The year.")
    sector: str | None = strawberry.field(default=None, description="A sector of it; left out: all.")
    emissions_percent: Decimal = strawberry.field(default=ZERO, description="Emissions of those there: percent more.")
    output_percent: Decimal = strawberry.field(default=ZERO, description="Gross domestic product: percent more.")
    projects: list[Decimal] = strawberry.field(default_factory=list[Decimal], description="New projects, tCO2e each.")


async def _under(read: Read, scope: Scope, code: str | None) -> str | None:
    return None if code is None else await service.path_of(read, scope, code)


def _moment(asked_for: Page) -> tuple[datetime, UUID] | None:
    key = asked_for.key(datetime.fromisoformat, UUID)
    return None if key is None else (key[0], key[1])


@strawberry.type
class BudgetsQuery(BudgetRulesQuery):
    """Reading budgets."""

    @strawberry.field(
        description="The carbon budgets of a year (or of the five years from it) with where they stand, a division before "
        "those below it: an authority's own subtree, an enterprise's own as a key unit."
    )
    async def budgets(
        self,
        info: Info,
        year: Annotated[int, strawberry.argument(description="The year, or the first of five.")],
        is_five_year: Annotated[bool, strawberry.argument(description="Budgets of five years.")] = False,  # noqa: FBT002 - an argument of the wire has a name
        division_code: Code = None,
        sector: Annotated[
            str | None, strawberry.argument(description='Only of this sector; "" for all sectors together.')
        ] = None,
        known_at: Annotated[
            datetime | None, strawberry.argument(description="As the ledger was recorded up to this moment.")
        ] = None,
        on: Annotated[date | None, strawberry.argument(description="As it was in effect on this day.")] = None,
        first: First = 50,
        after: After = None,
    ) -> Connection[CarbonBudget]:
        """List budgets."""
        wanted = page(first, after)
        key = wanted.key(str, UUID)
        async with info.context.read() as read:
            rows = await service.tree(
                read, info.context.scope, first_year=year, last_year=year + FIVE_YEARS - 1 if is_five_year else year,
                division_code=division_code, sector=sector, known_at=known_at, on=on,
                after=None if key is None else (key[0], key[1]), limit=wanted.fetch,
            )  # fmt: skip
        return connect(rows, wanted, key=lambda row: [row.line.division_path, row.line.id], make=budget)

    @strawberry.field(description="Plans of budgets (预算方案), the newest first. For authorities, of their region.")
    async def budget_plans(
        self, info: Info, division_code: Code = None, first: First = 20, after: After = None
    ) -> Connection[BudgetPlan]:
        """List plans."""
        scope, wanted = info.context.scope, page(first, after)
        scope.require("budgets:read")
        async with info.context.read() as read:
            rows = await queries_plans.plans(
                read, scope, under=await _under(read, scope, division_code), after=_moment(wanted), limit=wanted.fetch
            )
        return connect(rows, wanted, key=lambda row: [row.created_at, row.id], make=plan)

    @strawberry.field(description="A plan with the lines of its newest revision.")
    async def budget_plan(self, info: Info, id: strawberry.ID) -> BudgetPlan:  # noqa: A002 - the wire's word
        """Return a plan."""
        async with info.context.read() as read:
            return plan(await service.plan(read, info.context.scope, uuids(id, PLAN, path=("id",))[0]))

    @strawberry.field(
        description="Entries of the budget ledger (预算台账), the newest first: of a budget, or of divisions."
    )
    async def budget_entries(
        self,
        info: Info,
        budget_id: Annotated[strawberry.ID | None, strawberry.argument(description="Only of this budget.")] = None,
        division_code: Code = None,
        kinds: Annotated[list[EntryKind] | None, strawberry.argument(description="Only of these kinds.")] = None,
        first: First = 50,
        after: After = None,
    ) -> Connection[BudgetEntry]:
        """List entries."""
        scope, wanted = info.context.scope, page(first, after)
        scope.require("budgets:read")
        line_id = None if budget_id is None else uuids(budget_id, LINE, path=("budgetId",))[0]
        async with info.context.read() as read:
            rows = await queries.entries(
                read, scope, line_id=line_id, under=await _under(read, scope, division_code),
                kinds=[each.value for each in kinds or ()], after=_moment(wanted), limit=wanted.fetch,
            )  # fmt: skip
        return connect(rows, wanted, key=lambda row: [row.recorded_at, row.id], make=entry)

    @strawberry.field(
        description="What was projected for a budget's year and kept, the newest first, beside what the year came to."
    )
    async def budget_projections(
        self, info: Info, budget_id: strawberry.ID, first: First = 20, after: After = None
    ) -> Connection[BudgetProjection]:
        """List kept projections."""
        wanted = page(first, after)
        async with info.context.read() as read:
            rows, actual = await service.projections(
                read, info.context.scope, uuids(budget_id, LINE, path=("budgetId",))[0], after=_moment(wanted),
                limit=wanted.fetch,
            )  # fmt: skip
        return connect(rows, wanted, key=lambda row: [row.kept_at, row.id], make=partial(projection, actual))

    @strawberry.field(description="Tonnes held for projects, the newest first. For authorities, of their region.")
    async def budget_reservations(
        self, info: Info, division_code: Code = None, first: First = 50, after: After = None
    ) -> Connection[BudgetReservation]:
        """List reservations."""
        scope, wanted = info.context.scope, page(first, after)
        scope.require("budgets:read")
        async with info.context.read() as read:
            rows = await queries.reservations(
                read, scope, under=await _under(read, scope, division_code), after=_moment(wanted), limit=wanted.fetch
            )
        return connect(rows, wanted, key=lambda row: [row.recorded_at, row.id], make=reservation)

    @strawberry.field(
        description="A total decomposed, nothing stored: lines that sum to it exactly, each with inputs and formula."
    )
    async def budget_decomposition(self, info: Info, input: BudgetDecompositionInput) -> list[BudgetPlanLine]:  # noqa: A002 - the wire's word
        """Return a decomposition."""
        async with info.context.read() as read:
            return [plan_line(each) for each in await service.decomposed(read, info.context.scope, asked(input))]

    @strawberry.field(
        description="The jurisdiction's rules of budgets: which target binds, who has budgets, what is elastic."
    )
    async def budget_rules(self, info: Info) -> BudgetRulesNode:
        """Return the rules."""
        async with info.context.read() as read:
            return rules_node(await service.budget_rules(read, info.context.scope))

    @strawberry.field(description="Where a division's year stands and where it would; nothing is stored.")
    async def budget_what_if(self, info: Info, input: BudgetSupposedInput) -> BudgetOutlook:  # noqa: A002 - the wire's word
        """Return an outlook."""
        supposed = Supposed(input.emissions_percent, input.output_percent, input.projects)
        async with info.context.read() as read:
            view, then = await service.what_if(
                read, info.context.scope, input.division_code, input.year, supposed, sector=input.sector or ALL_SECTORS
            )
        return outlook(view, then)
