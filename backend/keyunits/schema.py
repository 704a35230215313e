"""Key units on the wire, all of it."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import strawberry

from backend.accounts.schema_types import After, First
from backend.keyunits import queries, queries_standing, queries_work, service, tables
from backend.keyunits.schema_commands import KeyunitsMutation
from backend.keyunits.schema_references import KeyUnitReference, reference
from backend.keyunits.schema_types import (
    KeyUnitBenchmark,
    KeyUnitOverdue,
    KeyUnitProposal,
    KeyUnitRules,
    benchmark,
    overdue,
    proposal,
    rules,
)
from backend.keyunits.schema_units import KeyUnit, load_unit, unit
from backend.keyunits.schema_work import KeyUnitRetrofit, retrofit
from backend.keyunits.values import OverdueItem, RetrofitKind, RetrofitState
from backend.kit.clock import today
from backend.kit.db import Read
from backend.kit.scope import Scope
from backend.tenants import service as tenants
from backend.wire.connections import Connection, Page, connect, page
from backend.wire.context import Info
from backend.wire.nodes import uuids

__all__ = ["TABLES", "KeyunitsMutation", "KeyunitsQuery"]
TABLES = tables
"""The files this noun offers; importing them is offering them."""

Code = Annotated[str | None, strawberry.argument(description="Only of this division and those below it.")]
Sector = Annotated[str | None, strawberry.argument(description="Only of this sector.")]
AsOf = Annotated[datetime | None, strawberry.argument(description="As the list stood at this moment; now.")]
Year = Annotated[int | None, strawberry.argument(description="Only of this year.")]


async def _under(read: Read, scope: Scope, code: str | None) -> str | None:
    return None if code is None else (await tenants.required_division(read, scope, code)).path


def _moment(wanted: Page) -> tuple[datetime, UUID] | None:
    key = wanted.key(datetime.fromisoformat, UUID)
    return None if key is None else (key[0], key[1])


def _place(one: OverdueItem) -> list[str]:
    """Return what a late thing is told apart by within its sorted list."""
    return [
        "" if one.due_on is None else one.due_on.isoformat(), str(one.account_id), one.kind.value, one.name.zh,
        str(one.object_id or ""),
    ]  # fmt: skip


@strawberry.type
class KeyunitsQuery:
    """Reading key units."""

    @strawberry.field(description="The thresholds, duties and code scheme of key units here, each with its source.")
    async def key_unit_rules(self, info: Info) -> KeyUnitRules:
        """Return the rules."""
        info.context.scope.require("keyunits:read")
        return rules(info.context.scope.tenant)

    @strawberry.field(description="Key units by account: of an authority's region, or the enterprise's own.")
    async def key_units(
        self, info: Info, division_code: Code = None, sector: Sector = None, as_of: AsOf = None, first: First = 20,
        after: After = None,
    ) -> Connection[KeyUnit]:  # fmt: skip
        """List key units."""
        scope, wanted = info.context.scope, page(first, after)
        key = wanted.key(UUID)
        async with info.context.read() as read:
            rows = await queries.page(
                read, scope, under=await _under(read, scope, division_code), sector=sector, as_of=as_of,
                after=None if key is None else key[0], limit=wanted.fetch,
            )  # fmt: skip
        return connect(rows, wanted, key=lambda row: [row.account_id], make=unit)

    @strawberry.field(description="An account's file, or null when it is no key unit, or not yours to see.")
    async def key_unit(
        self,
        info: Info,
        account_id: Annotated[strawberry.ID, strawberry.argument(description="The account's global id.")],
    ) -> KeyUnit | None:
        """Return a key unit."""
        return await load_unit(info.context, uuids(account_id, "CarbonAccount", path=("accountId",))[0])

    @strawberry.field(description="Proposals for the list, the newest first.")
    async def key_unit_proposals(
        self,
        info: Info,
        year: Year = None,
        division_code: Code = None,
        is_waiting: Annotated[bool | None, strawberry.argument(description="Only those nobody decided on.")] = None,
        first: First = 20,
        after: After = None,
    ) -> Connection[KeyUnitProposal]:
        """List proposals."""
        scope, wanted = info.context.scope, page(first, after)
        async with info.context.read() as read:
            rows = await queries.proposals(
                read, scope, year=year, under=await _under(read, scope, division_code), is_waiting=bool(is_waiting),
                after=_moment(wanted), limit=wanted.fetch,
            )  # fmt: skip
        return connect(rows, wanted, key=lambda row: [row.recorded_at, row.id], make=proposal)

    @strawberry.field(description="Projects of the rolling list (储备清单), the newest first.")
    async def key_unit_retrofits(
        self,
        info: Info,
        division_code: Code = None,
        state: Annotated[RetrofitState | None, strawberry.argument(description="Only in this state.")] = None,
        kind: Annotated[RetrofitKind | None, strawberry.argument(description="Only of this kind.")] = None,
        first: First = 20,
        after: After = None,
    ) -> Connection[KeyUnitRetrofit]:
        """List projects."""
        scope, wanted = info.context.scope, page(first, after)
        async with info.context.read() as read:
            rows = await queries_work.retrofit_page(
                read, scope, under=await _under(read, scope, division_code), state=state, kind=kind,
                after=_moment(wanted), limit=wanted.fetch,
            )  # fmt: skip
        return connect(rows, wanted, key=lambda row: [row.recorded_at, row.id], make=retrofit)

    @strawberry.field(description="What key units are late with: what is due without a day first, then the oldest.")
    async def key_unit_overdue(
        self, info: Info, division_code: Code = None, first: First = 50, after: After = None
    ) -> Connection[KeyUnitOverdue]:
        """List what is late."""
        scope, wanted = info.context.scope, page(first, after)
        key = wanted.key(str, str, str, str, str)
        async with info.context.read() as read:
            found = await service.overdue(read, scope, path=await _under(read, scope, division_code))
        ordered = sorted(found, key=_place)
        rest = [each for each in ordered if key is None or tuple(_place(each)) > key]
        return connect(rest[: wanted.fetch], wanted, key=_place, make=overdue)

    @strawberry.field(description="How sectors lie, of at least five accounts each; the newest comparison counts.")
    async def key_unit_benchmarks(self, info: Info, year: Year = None, sector: Sector = None) -> list[KeyUnitBenchmark]:
        """Return comparisons."""
        async with info.context.read() as read:
            rows = await queries_standing.benchmarks(
                read, info.context.scope, year=year, sectors=None if sector is None else [sector]
            )
        return [benchmark(each) for each in rows]

    @strawberry.field(description="Reference levels of products in force on a day, by product.")
    async def key_unit_references(
        self,
        info: Info,
        on: Annotated[date | None, strawberry.argument(description="The day; today.")] = None,
        product: Annotated[str | None, strawberry.argument(description="Only of this product.")] = None,
    ) -> list[KeyUnitReference]:
        """Return reference levels."""
        async with info.context.read() as read:
            rows = await queries_standing.references(
                read, info.context.scope, on=on or today(), products=None if product is None else [product]
            )
        return [reference(each) for each in rows]
