"""Investment projects on the wire: reads; the commands are in `schema_commands`, the files in `tables`."""

from datetime import date
from decimal import Decimal
from typing import Annotated

import strawberry

from backend.accounts.schema_types import After, First, id_after, own_key
from backend.projects import queries, tables, tables_reports
from backend.projects.queries import ProjectFilter
from backend.projects.rules import stating, tiers
from backend.projects.schema_commands import PROJECT, ProjectCommands
from backend.projects.schema_oversight import ProjectOversight
from backend.projects.schema_types import (
    AdmissionLevel,
    InvestmentProject,
    InvestmentProjectState,
    ProjectReview,
    admission_level,
    load_project,
    project,
    review,
)
from backend.tenants import service as tenants
from backend.wire.connections import Connection, connect, page
from backend.wire.context import Info
from backend.wire.nodes import uuids

__all__ = ["ProjectsMutation", "ProjectsQuery"]

TABLES = tables, tables_reports
"""The files this noun offers; importing them is offering them."""


@strawberry.type
class ProjectsMutation(ProjectCommands, ProjectOversight):
    """Commands of investment projects."""


@strawberry.input(description="Which investment projects; what is left out does not restrict.")
class InvestmentProjectsFilter:
    """Which projects."""

    account_id: strawberry.ID | None = strawberry.field(default=None, description="The enterprise's account.")
    division_code: str | None = strawberry.field(default=None, description="In this division or below.")
    state: InvestmentProjectState | None = strawberry.field(default=None, description="How far.")  # type: ignore[valid-type]
    sector: str | None = strawberry.field(default=None, description="Code of the sector.")
    due_before: date | None = strawberry.field(default=None, description="Whose time runs out before this day.")
    search: str | None = strawberry.field(default=None, description="A part of code or name.")


@strawberry.input(description="The size of a project, a year at full production; what is left out is not known.")
class ProjectSizeInput:
    """The size of a project."""

    tce: Decimal | None = strawberry.field(default=None, description="Energy by calorific value, tce.")
    tce_equivalent: Decimal | None = strawberry.field(default=None, description="Energy by equivalent value, tce.")
    coal: Decimal | None = strawberry.field(default=None, description="Coal, t.")
    is_key_field: bool | None = strawberry.field(
        default=None, description="Whether it is of a key field the nation reviews."
    )


@strawberry.type
class ProjectsQuery:
    """Reads of investment projects."""

    @strawberry.field(description="The investment projects you may see, in the order of their recording.")
    async def investment_projects(
        self,
        info: Info,
        where: Annotated[InvestmentProjectsFilter | None, strawberry.argument(description="Which.")] = None,
        first: First = 50,
        after: After = None,
    ) -> Connection[InvestmentProject]:
        """List projects."""
        scope = info.context.scope
        scope.require("projects:read")
        asked, wanted = page(first, after), where or InvestmentProjectsFilter()
        account_id = (
            None
            if wanted.account_id is None
            else uuids(wanted.account_id, "CarbonAccount", path=("where", "accountId"))[0]
        )
        async with info.context.read() as read:
            path = None
            if wanted.division_code is not None:
                path = (await tenants.required_division(read, scope, wanted.division_code)).path
            chosen = ProjectFilter(account_id, path, wanted.state, wanted.sector, wanted.due_before, wanted.search)
            rows = await queries.projects(read, scope, chosen, after=id_after(asked), limit=asked.fetch)
        return connect(rows, asked, key=lambda row: [row.id], make=project)

    @strawberry.field(description="One investment project; null when it is not yours to see.")
    async def investment_project(self, info: Info, id: strawberry.ID) -> InvestmentProject | None:  # noqa: A002 - the wire's word
        """Return one project."""
        info.context.scope.require("projects:read")
        return await load_project(info.context, *own_key(id, PROJECT, path=("id",)))

    @strawberry.field(description="Who reviews a project of a size, before anything is recorded.")
    async def project_review_tier(
        self, info: Info, size: Annotated[ProjectSizeInput, strawberry.argument(description="Its size.")]
    ) -> ProjectReview:
        """Tell who reviews a project."""
        scope = info.context.scope
        scope.require("projects:read")
        stating.size(tce=size.tce, tce_equivalent=size.tce_equivalent, coal=size.coal)
        found = tiers.review(
            scope.tenant, tce=size.tce, tce_equivalent=size.tce_equivalent, coal=size.coal,
            is_key_field=size.is_key_field,
        )  # fmt: skip
        return review(found)

    @strawberry.field(description="The admission levels you may see, by sector and product, older ones too.")
    async def admission_levels(
        self,
        info: Info,
        sector: Annotated[str | None, strawberry.argument(description="Of this sector.")] = None,
    ) -> list[AdmissionLevel]:
        """List admission levels."""
        scope = info.context.scope
        scope.require("projects:read")
        async with info.context.read() as read:
            return [admission_level(each) for each in await queries.levels(read, scope, sector=sector)]
