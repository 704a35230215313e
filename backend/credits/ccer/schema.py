"""China Certified Emission Reductions (CCER) on the wire: reads; the commands are in `schema_commands`."""

from typing import Annotated

import strawberry

from backend.accounts.schema_types import After, First, id_after
from backend.credits.ccer import queries, service
from backend.credits.ccer.queries import ProjectFilter
from backend.credits.ccer.schema_commands import CcerMutation
from backend.credits.ccer.schema_types import (
    CcerEligibility,
    CcerMethodology,
    CcerProject,
    CcerProjectState,
    CcerReduction,
    WorkCalendar,
    calendar,
    eligible,
    load_project,
    load_reduction,
    methodology,
    own_key,
    project,
)
from backend.kit.workdays import CALENDARS
from backend.wire.connections import LARGEST_PAGE, Connection, PageInvalid, connect, page
from backend.wire.context import Info
from backend.wire.nodes import uuids

__all__ = ["CcerMutation", "CcerQuery"]

BATCH = "UnitBatch"
"""The node of a batch, as the ledger's answers name it."""


@strawberry.input(description="Which CCER projects; what is left out does not restrict.")
class CcerProjectsFilter:
    """Which projects."""

    account_id: strawberry.ID | None = strawberry.field(default=None, description="The owner's account.")
    state: CcerProjectState | None = strawberry.field(default=None, description="How far.")  # type: ignore[valid-type]
    search: str | None = strawberry.field(default=None, description="A part of code or name.")


@strawberry.type
class CcerQuery:
    """Reads of CCER."""

    @strawberry.field(description="The CCER projects you may see, in the order of their recording.")
    async def ccer_projects(
        self,
        info: Info,
        where: Annotated[CcerProjectsFilter | None, strawberry.argument(description="Which.")] = None,
        first: First = 50,
        after: After = None,
    ) -> Connection[CcerProject]:
        """List projects."""
        scope = info.context.scope
        scope.require("credits:read")
        asked = page(first, after)
        wanted = where or CcerProjectsFilter()
        account_id = (
            None
            if wanted.account_id is None
            else uuids(wanted.account_id, "CarbonAccount", path=("where", "accountId"))[0]
        )
        async with info.context.read() as read:
            rows = await queries.projects(
                read,
                scope,
                ProjectFilter(account_id, wanted.state, wanted.search),
                after=id_after(asked),
                limit=asked.fetch,
            )
        return connect(rows, asked, key=lambda row: [row.id], make=project)

    @strawberry.field(description="One CCER project with its steps and reductions; null when it is not yours to see.")
    async def ccer_project(self, info: Info, id: strawberry.ID) -> CcerProject | None:  # noqa: A002 - the wire's word
        """Return one project."""
        info.context.scope.require("credits:read")
        return await load_project(info.context, *own_key(id, "CcerProject", path=("id",)))

    @strawberry.field(description="One reduction of a CCER project; null when it is not yours to see.")
    async def ccer_reduction(self, info: Info, id: strawberry.ID) -> CcerReduction | None:  # noqa: A002 - the wire's word
        """Return one reduction."""
        info.context.scope.require("credits:read")
        return await load_reduction(info.context, *own_key(id, "CcerReduction", path=("id",)))

    @strawberry.field(description="The published CCER methodologies in force today, by code, each with its source.")
    async def ccer_methodologies(self, info: Info) -> list[CcerMethodology]:
        """List methodologies."""
        async with info.context.read() as read:
            return [methodology(each) for each in await service.methodologies(read, info.context.scope)]

    @strawberry.field(description="The years whose official working-day calendar is recorded, each with its document.")
    async def work_calendars(self, info: Info) -> list[WorkCalendar]:
        """List the known calendars."""
        info.context.scope.require("credits:read")
        return [calendar(CALENDARS[year]) for year in sorted(CALENDARS)]

    @strawberry.field(
        description="Whether the units of CCER batches may offset a compliance year's surrender, with the reason of "
        "each check. Batches you do not see, and batches of other units, are left out."
    )
    async def ccer_eligibility(
        self,
        info: Info,
        batch_ids: Annotated[list[strawberry.ID], strawberry.argument(description="At most 100 batches.")],
        compliance_year: Annotated[int, strawberry.argument(description="The year that is settled.")],
    ) -> list[CcerEligibility]:
        """Judge batches."""
        scope = info.context.scope
        scope.require("credits:read")
        if len(batch_ids) > LARGEST_PAGE:
            raise PageInvalid(reason=f"{len(batch_ids)} batches", path=("batchIds",))
        by_id = {uuids(each, BATCH, path=("batchIds",))[0]: each for each in batch_ids}
        async with info.context.read() as read:
            found = await service.eligibility(read, scope, list(by_id), compliance_year)
        return [eligible(each, by_id[each.batch.id]) for each in found]
