"""Inspections and revocations of approved projects on the wire."""

from datetime import date
from decimal import Decimal

import strawberry

from backend.accounts.schema_types import own_key
from backend.kit.db import Write
from backend.projects import service
from backend.projects.schema_commands import DAY, PROJECT, THE_PROJECT, InvestmentProjectChanged
from backend.projects.schema_types import project
from backend.projects.values import Finding
from backend.wire.commands import command
from backend.wire.context import Context

# pyright: reportGeneralTypeIssues=false, reportSelfClsParameterName=false
# ruff: noqa: A002, N805
# `command` makes static functions whose argument is called `input` on the wire.

strawberry.enum(
    Finding,
    name="ProjectFinding",
    description="What an inspection found: all as approved, or something to be rectified.",
)


@strawberry.input(description="Record an inspection of an approved project.")
class InspectInvestmentProjectInput:
    """Record an inspection."""

    project_id: strawberry.ID = strawberry.field(description=THE_PROJECT)
    finding: Finding = strawberry.field(
        description="What was found; amounts beyond ten percent are to be rectified anyway."
    )
    note: str = strawberry.field(description="In words.")
    tce: Decimal | None = strawberry.field(default=None, description="Energy of a year as measured, tce, calorific.")
    tonnes: Decimal | None = strawberry.field(default=None, description="Emissions of a year as measured, tCO2e.")
    rectify_by: date | None = strawberry.field(default=None, description="By when it is to be rectified.")
    on: date | None = strawberry.field(default=None, description=DAY)


@strawberry.input(description="Revoke the opinion on a project that was obtained by false materials.")
class RevokeInvestmentProjectInput:
    """Revoke an opinion."""

    project_id: strawberry.ID = strawberry.field(description=THE_PROJECT)
    reason: str = strawberry.field(description="Why.")
    reference: str = strawberry.field(description="The number of the decision's document.")
    on: date | None = strawberry.field(default=None, description=DAY)


@strawberry.type
class ProjectOversight:
    """Commands after the approval."""

    @command("projects:inspect")
    async def inspect_investment_project(
        context: Context, write: Write, input: InspectInvestmentProjectInput
    ) -> InvestmentProjectChanged:
        """Record an inspection (监督检查) of an approved project, with measured amounts where there are any."""
        key = own_key(input.project_id, PROJECT, path=("input", "projectId"))
        found = service.Inspection(input.finding, input.note, input.tce, input.tonnes, input.rectify_by)
        return InvestmentProjectChanged(
            project=project(await service.inspect(write, context.scope, *key, found, on=input.on))
        )

    @command("projects:revoke")
    async def revoke_investment_project(
        context: Context, write: Write, input: RevokeInvestmentProjectInput
    ) -> InvestmentProjectChanged:
        """Revoke the opinion on a project (撤销节能审查意见); what it still holds of budgets is available again."""
        key = own_key(input.project_id, PROJECT, path=("input", "projectId"))
        made = await service.revoke(
            write, context.scope, *key, reason=input.reason, reference=input.reference, on=input.on
        )
        return InvestmentProjectChanged(project=project(made))
