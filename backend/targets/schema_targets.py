"""Dual-control targets on the wire: reading them, and their commands."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import strawberry

from backend.accounts.schema_types import After, First
from backend.kit.db import Read, Write
from backend.kit.scope import Scope
from backend.targets import queries_plans, service
from backend.targets.schema_inputs import (
    DecideTargetPlanInput,
    DraftTargetPlanInput,
    RecordStatedFiguresInput,
    ReviseTargetPlanInput,
    TargetDecompositionInput,
    lines_of,
    wanted,
)
from backend.targets.schema_types import (
    PLAN,
    TARGET,
    DualTarget,
    StatedFigureNode,
    TargetPlan,
    TargetPlanLine,
    figure,
    paper,
    plan,
    plan_line,
    target,
)
from backend.targets.values import FigureDraft, TargetKind
from backend.wire.commands import command
from backend.wire.connections import Connection, Page, connect, page
from backend.wire.context import Context, Info
from backend.wire.nodes import uuids

# pyright: reportGeneralTypeIssues=false, reportSelfClsParameterName=false
# ruff: noqa: A002, N805
# `command` makes static functions whose argument is called `input` on the wire.

Code = Annotated[str | None, strawberry.argument(description="Only of this division and those below it.")]


@strawberry.type(description="The plan was drafted.")
class TargetPlanDrafted:
    """The plan was drafted."""

    plan: TargetPlan = strawberry.field(description="As drafted.")


@strawberry.type(description="The plan was revised.")
class TargetPlanRevised:
    """The plan was revised."""

    plan: TargetPlan = strawberry.field(description="As revised.")


@strawberry.type(description="The plan was decided on.")
class TargetPlanDecided:
    """The plan was decided on."""

    plan: TargetPlan = strawberry.field(description="As decided on; approved, its targets count from the day it names.")


@strawberry.type(description="The figures were entered.")
class StatedFiguresRecorded:
    """The figures were entered."""

    figures: list[StatedFigureNode] = strawberry.field(description="All that count of the division's year now.")


async def under(read: Read, scope: Scope, code: str | None) -> str | None:
    """Return the path of a division of the caller's region, None for all of it. Raises DivisionUnknown."""
    return None if code is None else await service.path_of(read, scope, code)


def moment(asked: Page) -> tuple[datetime, UUID] | None:
    """Return the place a page begins after."""
    key = asked.key(datetime.fromisoformat, UUID)
    return None if key is None else (key[0], key[1])


@strawberry.type
class DualTargetsQuery:
    """Reading targets."""

    @strawberry.field(
        description="Dual-control targets that count, a division before those below it: an authority's own subtree, an "
        "enterprise's own as a key unit."
    )
    async def dual_targets(
        self,
        info: Info,
        year: Annotated[int | None, strawberry.argument(description="Only those whose period covers it.")] = None,
        kind: Annotated[TargetKind | None, strawberry.argument(description="Only of this kind.")] = None,
        division_code: Code = None,
        on: Annotated[date | None, strawberry.argument(description="As they counted on this day.")] = None,
        known_at: Annotated[datetime | None, strawberry.argument(description="As was known at this moment.")] = None,
        first: First = 50,
        after: After = None,
    ) -> Connection[DualTarget]:
        """List targets."""
        asked = page(first, after)
        key = asked.key(str, UUID)
        async with info.context.read() as read:
            rows = await service.targets(
                read, info.context.scope, year=year, kind=kind, division_code=division_code, on=on, known_at=known_at,
                after=None if key is None else (key[0], key[1]), limit=asked.fetch,
            )  # fmt: skip
        return connect(rows, asked, key=lambda row: [row.division_path, row.id], make=target)

    @strawberry.field(description="Every target there was in a target's place, the newest first.")
    async def dual_target_history(self, info: Info, id: strawberry.ID) -> list[DualTarget]:
        """Return the history of a target."""
        async with info.context.read() as read:
            found = await service.target_history(read, info.context.scope, uuids(id, TARGET, path=("id",))[0])
        return [target(each) for each in found]

    @strawberry.field(
        description="Plans by which targets are handed down, the newest first. For authorities, of their region."
    )
    async def target_plans(
        self, info: Info, division_code: Code = None, first: First = 20, after: After = None
    ) -> Connection[TargetPlan]:
        """List plans."""
        scope, asked = info.context.scope, page(first, after)
        scope.require("targets:read")
        async with info.context.read() as read:
            rows = await queries_plans.plans(
                read, scope, under=await under(read, scope, division_code), after=moment(asked), limit=asked.fetch
            )
        return connect(rows, asked, key=lambda row: [row.created_at, row.id], make=plan)

    @strawberry.field(description="A plan with the lines of its newest revision.")
    async def target_plan(self, info: Info, id: strawberry.ID) -> TargetPlan:
        """Return a plan."""
        async with info.context.read() as read:
            return plan(await service.target_plan(read, info.context.scope, uuids(id, PLAN, path=("id",))[0]))

    @strawberry.field(
        description="A target decomposed, nothing stored. Tonnes sum to it exactly; reductions, weighted by base-year "
        "emissions, carry it."
    )
    async def target_decomposition(self, info: Info, input: TargetDecompositionInput) -> list[TargetPlanLine]:
        """Return a decomposition."""
        async with info.context.read() as read:
            found = await service.decomposed_target(read, info.context.scope, wanted(input))
        return [plan_line(each) for each in found]

    @strawberry.field(description="Figures of divisions' years that accounts do not feed, as entered. For authorities.")
    async def stated_figures(
        self,
        info: Info,
        year: Annotated[int | None, strawberry.argument(description="Only of this year.")] = None,
        division_code: Code = None,
        first: First = 100,
        after: After = None,
    ) -> Connection[StatedFigureNode]:
        """List stated figures."""
        asked = page(first, after)
        key = asked.key(str, int, str)
        async with info.context.read() as read:
            rows = await service.stated_figures(
                read, info.context.scope, year=year, division_code=division_code,
                after=None if key is None else (key[0], key[1], key[2]), limit=asked.fetch,
            )  # fmt: skip
        return connect(rows, asked, key=lambda row: [row.division_path, row.year, row.item], make=figure)


@strawberry.type
class DualTargetsMutation:
    """Commands of targets."""

    @command("targets:draft")
    async def draft_target_plan(context: Context, write: Write, input: DraftTargetPlanInput) -> TargetPlanDrafted:
        """Draft a plan by which targets are handed down; another person decides on it."""
        value = await service.draft_plan(
            write, context.scope, name=input.name, document=paper(input.document), effective_on=input.effective_on,
            lines=await lines_of(write, context.scope, input), reason=input.reason,
        )  # fmt: skip
        return TargetPlanDrafted(plan=plan(value))

    @command("targets:draft")
    async def revise_target_plan(context: Context, write: Write, input: ReviseTargetPlanInput) -> TargetPlanRevised:
        """Replace the lines of a draft; every revision stays on record."""
        value = await service.revise_plan(
            write, context.scope, uuids(input.plan_id, PLAN, path=("input", "planId"))[0],
            lines=await lines_of(write, context.scope, input), reason=input.reason,
        )  # fmt: skip
        return TargetPlanRevised(plan=plan(value))

    @command("targets:set")
    async def decide_target_plan(context: Context, write: Write, input: DecideTargetPlanInput) -> TargetPlanDecided:
        """Approve or reject a plan, once and for good; approved, its targets count from the day it names."""
        value = await service.decide_plan(
            write, context.scope, uuids(input.plan_id, PLAN, path=("input", "planId"))[0], revision=input.revision,
            is_approved=input.is_approved, reason=input.reason,
        )  # fmt: skip
        return TargetPlanDecided(plan=plan(value))

    @command("targets:evaluate")
    async def record_stated_figures(
        context: Context, write: Write, input: RecordStatedFiguresInput
    ) -> StatedFiguresRecorded:
        """Enter or correct figures of a division's year, each with its document; what was said before stays on record."""
        drafts = [FigureDraft(each.item, each.value, each.note) for each in input.figures]
        found = await service.record_stated(
            write, context.scope, division_code=input.division_code, year=input.year, drafts=drafts,
            document=paper(input.document),
        )  # fmt: skip
        return StatedFiguresRecorded(figures=[figure(each) for each in found])
