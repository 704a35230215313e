"""Parks on the wire, all of it."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import strawberry

from backend.accounts.schema_types import After, First
from backend.kit.clock import today
from backend.kit.db import Read
from backend.kit.scope import Scope
from backend.parks import catalogue, queries, queries_programmes, queries_workflow, service, tables, tables_file
from backend.parks.schema_commands import ParksMutation
from backend.parks.schema_types import (
    PARK,
    Park,
    ParkEvaluation,
    ParkEvaluationResult,
    ParkIndicator,
    ParkValue,
    ParkWaiver,
    evaluation,
    indicator,
    load_park,
    park,
    result,
    value,
    waiver,
)
from backend.parks.schema_workflow import (
    ITEM,
    ParkApplication,
    ParkNotice,
    ParkProgrammeItem,
    ParkProgrammeProgress,
    ParkRequirement,
    application,
    item,
    notice,
    progress,
    requirement,
)
from backend.parks.values import Horizon, Level, ProgrammeKind
from backend.tenants import service as tenants
from backend.wire.connections import Connection, Page, connect, page
from backend.wire.context import Info
from backend.wire.nodes import uuids

__all__ = ["TABLES", "ParksMutation", "ParksQuery"]
TABLES = (tables, tables_file)
"""The files this noun offers; importing them is offering them."""

Code = Annotated[str | None, strawberry.argument(description="Only of this division and those below it.")]
ParkId = Annotated[strawberry.ID, strawberry.argument(description="The park's global id.")]
Year = Annotated[int, strawberry.argument(description="The year.")]


async def _under(read: Read, scope: Scope, code: str | None) -> str | None:
    return None if code is None else (await tenants.required_division(read, scope, code)).path


def _moment(asked_for: Page) -> tuple[datetime, UUID] | None:
    key = asked_for.key(datetime.fromisoformat, UUID)
    return None if key is None else (key[0], key[1])


@strawberry.type
class ParksQuery:
    """Reading parks."""

    @strawberry.field(
        description="Parks, the newest first: of an authority's region, run by an enterprise, or it is in."
    )
    async def parks(
        self, info: Info, division_code: Code = None, first: First = 20, after: After = None
    ) -> Connection[Park]:
        """List parks."""
        scope, wanted = info.context.scope, page(first, after)
        async with info.context.read() as read:
            rows = await queries.parks(
                read, scope, under=await _under(read, scope, division_code), after=_moment(wanted), limit=wanted.fetch
            )
        return connect(rows, wanted, key=lambda row: [row.recorded_at, row.id], make=park)

    @strawberry.field(description="A park, or null when it is not there or not yours to see.")
    async def park(self, info: Info, id: ParkId) -> Park | None:  # noqa: A002 - the wire's word
        """Return a park."""
        return await load_park(info.context, uuids(id, PARK, path=("id",))[0])

    @strawberry.field(description="The 31 indicators of the programme with their targets, as the document prints them.")
    async def park_indicators(self, info: Info) -> list[ParkIndicator]:
        """Return the indicators."""
        info.context.scope.require("parks:read")
        return [indicator(each) for each in catalogue.indicators().values()]

    @strawberry.field(description="What stands of a park's year; for authorities and the operator.")
    async def park_values(self, info: Info, park_id: ParkId, year: Year) -> list[ParkValue]:
        """Return values."""
        async with info.context.read() as read:
            rows = await queries.values(read, info.context.scope, uuids(park_id, PARK, path=("parkId",))[0], year)
        return [value(each) for each in rows]

    @strawberry.field(
        description="Requests to leave indicators of a park's year out; for authorities and the operator."
    )
    async def park_waivers(self, info: Info, park_id: ParkId, year: Year) -> list[ParkWaiver]:
        """Return requests."""
        async with info.context.read() as read:
            rows = await queries.waivers(read, info.context.scope, uuids(park_id, PARK, path=("parkId",))[0], year)
        return [waiver(each) for each in rows]

    @strawberry.field(description="A park's year against the indicators as it stands now; nothing is kept.")
    async def park_standing(
        self, info: Info, park_id: ParkId, year: Year, horizon: Horizon = Horizon.NEAR, level: Level = Level.MUNICIPAL
    ) -> ParkEvaluationResult:
        """Return what an evaluation would come to."""
        own_id = uuids(park_id, PARK, path=("parkId",))[0]
        async with info.context.read() as read:
            return result(
                await service.evaluated(read, info.context.scope, own_id, year=year, horizon=horizon, level=level)
            )

    @strawberry.field(description="Evaluations of a park as they were kept, the newest first.")
    async def park_evaluations(
        self, info: Info, park_id: ParkId, first: First = 10, after: After = None
    ) -> Connection[ParkEvaluation]:
        """List evaluations."""
        wanted = page(first, after)
        own_id = uuids(park_id, PARK, path=("parkId",))[0]
        async with info.context.read() as read:
            rows = await queries.evaluations(
                read, info.context.scope, own_id, after=_moment(wanted), limit=wanted.fetch
            )
        return connect(rows, wanted, key=lambda row: [row.recorded_at, row.id], make=evaluation)

    @strawberry.field(description="Applications with their steps, the newest first.")
    async def park_applications(
        self,
        info: Info,
        park_id: Annotated[strawberry.ID | None, strawberry.argument(description="Only of this park.")] = None,
        item_id: Annotated[
            strawberry.ID | None, strawberry.argument(description="Only of this item of a programme.")
        ] = None,
        level: Annotated[Level | None, strawberry.argument(description="Only at this rung.")] = None,
        first: First = 20,
        after: After = None,
    ) -> Connection[ParkApplication]:
        """List applications."""
        wanted = page(first, after)
        own_id = None if park_id is None else uuids(park_id, PARK, path=("parkId",))[0]
        of_item = None if item_id is None else uuids(item_id, ITEM, path=("itemId",))[0]
        async with info.context.read() as read:
            rows = await queries_workflow.applications(
                read, info.context.scope, park_id=own_id, item_id=of_item, level=level, after=_moment(wanted),
                limit=wanted.fetch,
            )  # fmt: skip
        return connect(rows, wanted, key=lambda row: [row.recorded_at, row.id], make=application)

    @strawberry.field(description="Public notices of the applications you see, the newest first.")
    async def park_notices(self, info: Info, first: First = 20, after: After = None) -> Connection[ParkNotice]:
        """List notices."""
        wanted = page(first, after)
        async with info.context.read() as read:
            rows = await queries_workflow.notices(read, info.context.scope, after=_moment(wanted), limit=wanted.fetch)
        return connect(rows, wanted, key=lambda row: [row.recorded_at, row.id], make=notice)

    @strawberry.field(description="Factories, projects, virtual power plants, service bodies and platforms on a day.")
    async def park_programme_items(
        self,
        info: Info,
        kind: Annotated[ProgrammeKind | None, strawberry.argument(description="Only of this programme.")] = None,
        division_code: Code = None,
        on: Annotated[date | None, strawberry.argument(description="As they stood on this day; today.")] = None,
        first: First = 50,
        after: After = None,
    ) -> Connection[ParkProgrammeItem]:
        """List items."""
        scope, wanted = info.context.scope, page(first, after)
        async with info.context.read() as read:
            rows = await queries_programmes.items(
                read, scope, kind=kind, under=await _under(read, scope, division_code), on=on or today(),
                after=_moment(wanted), limit=wanted.fetch,
            )  # fmt: skip
        return connect(rows, wanted, key=lambda row: [row.recorded_at, row.id], make=item)

    @strawberry.field(description="What the plan asks of an item of a programme, for its review and acceptance.")
    async def park_requirements(
        self, info: Info, kind: Annotated[ProgrammeKind, strawberry.argument(description="Which programme.")]
    ) -> list[ParkRequirement]:
        """Return the requirements."""
        scope = info.context.scope
        scope.require("parks:read")
        return [requirement(each) for each in catalogue.requirements(scope.tenant, kind)]

    @strawberry.field(description="The plan's targets beside what you see of it on a day.")
    async def park_programme_progress(
        self,
        info: Info,
        division_code: Code = None,
        on: Annotated[date | None, strawberry.argument(description="As it stood on this day; today.")] = None,
    ) -> list[ParkProgrammeProgress]:
        """Return the targets."""
        scope = info.context.scope
        async with info.context.read() as read:
            found = await service.progress(
                read, scope, under=await _under(read, scope, division_code), on=on or today()
            )
        return [progress(each) for each in found]
