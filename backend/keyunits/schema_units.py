"""A key unit on the wire: why it is on the list, and everything in its file."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

import strawberry

from backend.accounts.schema_types import CarbonAccount, load_account
from backend.keyunits import ports, queries, queries_standing, queries_work, service
from backend.keyunits.schema_references import KeyUnitReferenceStanding, reference_standing
from backend.keyunits.schema_types import (
    KeyUnitChiefOfficer,
    KeyUnitCode,
    KeyUnitCrossing,
    KeyUnitDocument,
    KeyUnitMeters,
    KeyUnitPost,
    KeyUnitReport,
    KeyUnitStanding,
    UnitPassport,
    code,
    crossing,
    paper,
    passport,
    post,
    report,
    standing,
)
from backend.keyunits.schema_work import (
    KeyUnitFinding,
    KeyUnitRetrofit,
    KeyUnitSaving,
    KeyUnitText,
    finding,
    retrofit,
    saving,
    text,
)
from backend.keyunits.values import ChiefOfficer, FileRow, ReferenceStanding, Standing
from backend.kit.db import Read
from backend.kit.scope import Scope
from backend.tenants.schema import Division, load_division
from backend.wire.context import Context, Info
from backend.wire.nodes import Node, node_id, node_loader

UNIT = "KeyUnit"


async def _officers(read: Read, scope: Scope, account_ids: list[UUID]) -> list[ChiefOfficer | None]:
    """Return each account's chief carbon officer, None where nobody is or nobody knows; for a loader."""
    found = await ports.chief_officers(read, scope, account_ids) or {}
    return [found.get(one) for one in account_ids]


@strawberry.type(description="A key energy and carbon unit (重点用能和碳排放单位) with its file.")
class KeyUnit(Node):
    """A key unit."""

    account_id: strawberry.Private[UUID]
    division_code: strawberry.Private[str]
    year: int = strawberry.field(description="The year whose figures put or keep it on the list.")
    since: int = strawberry.field(description="On the list without a break since this year.")
    crossings: list[KeyUnitCrossing] = strawberry.field(description="That year against each threshold.")
    energy: Decimal | None = strawberry.field(description="Energy of that year, tce.")
    direct_emissions: Decimal | None = strawberry.field(description="Scope 1 of that year, tCO2e.")
    is_verified: bool = strawberry.field(description="Whether that year's inventory was verified when it was proposed.")
    reason: KeyUnitText = strawberry.field(description="Why it is on the list.")
    sector: str = strawberry.field(description="Its sector's code.")
    document: KeyUnitDocument = strawberry.field(description="The document of the decision.")
    decided_at: datetime = strawberry.field(description="When that was decided.")

    @strawberry.field(description="The account.")
    async def account(self, info: Info) -> CarbonAccount | None:
        """Return the account."""
        return await load_account(info.context, self.account_id)

    @strawberry.field(description="Its division.")
    async def division(self, info: Info) -> Division | None:
        """Return its division."""
        return await load_division(info.context, self.division_code)

    @strawberry.field(description="Who holds its posts, past holders too where nobody followed.")
    async def posts(self, info: Info) -> list[KeyUnitPost]:
        """Return its posts."""
        return [post(each) for each in await info.context.loader(queries_work.posts).load(self.account_id)]

    @strawberry.field(
        description="Its chief carbon officer (首席双碳官) today; null where there is none, or you may not know."
    )
    async def chief_officer(self, info: Info) -> KeyUnitChiefOfficer | None:
        """Return its chief carbon officer."""
        if not info.context.scope.allows("esg:read"):
            return None
        found = await info.context.loader(_officers).load(self.account_id)
        if found is None:
            return None
        return KeyUnitChiefOfficer(
            person_name=found.person_name, title=found.title, starts_on=found.starts_on, document=found.document
        )

    @strawberry.field(description="Its meters and their calibrations.")
    async def meters(self, info: Info) -> KeyUnitMeters:
        """Return how its meters stand."""
        found = await info.context.loader(service.meters).load(self.account_id)
        return KeyUnitMeters(meters=found.meters, uncalibrated=found.uncalibrated, due=found.due, due_by=found.due_by)

    @strawberry.field(description="Reports it filed, by duty, the newest year first.")
    async def reports(self, info: Info) -> list[KeyUnitReport]:
        """Return its reports."""
        return [report(each) for each in await info.context.loader(queries_work.reports).load(self.account_id)]

    @strawberry.field(description="Findings of diagnoses, in order.")
    async def findings(self, info: Info) -> list[KeyUnitFinding]:
        """Return its findings."""
        return [finding(each) for each in await info.context.loader(queries_work.findings).load(self.account_id)]

    @strawberry.field(description="Its projects, in order.")
    async def retrofits(self, info: Info) -> list[KeyUnitRetrofit]:
        """Return its projects."""
        return [retrofit(each) for each in await info.context.loader(queries_work.retrofits).load(self.account_id)]

    @strawberry.field(description="Comparisons of its projects' before and after, in order.")
    async def savings(self, info: Info) -> list[KeyUnitSaving]:
        """Return its comparisons."""
        return [saving(each) for each in await info.context.loader(queries_work.savings).load(self.account_id)]

    @strawberry.field(description="Its intensities of a year beside its sector.")
    async def standing(
        self,
        info: Info,
        year: Annotated[int | None, strawberry.argument(description="The year; by default that of the list.")] = None,
    ) -> list[KeyUnitStanding]:
        """Return how it stands."""
        found = await info.context.loader(_standings).load((self.account_id, year or self.year))
        return [standing(each) for each in found]

    @strawberry.field(description="Its products of a year beside their reference levels (标杆水平, 基准水平).")
    async def references(
        self,
        info: Info,
        year: Annotated[int | None, strawberry.argument(description="The year; by default that of the list.")] = None,
    ) -> list[KeyUnitReferenceStanding]:
        """Return how its products lie."""
        found = await info.context.loader(_references).load((self.account_id, year or self.year))
        return [reference_standing(each) for each in found]

    @strawberry.field(description="Its carbon-efficiency code (碳效码) of the newest year with one.")
    async def efficiency_code(self, info: Info) -> KeyUnitCode | None:
        """Return its code."""
        found = await info.context.loader(queries_standing.codes).load(self.account_id)
        return None if found is None else code(found)

    @strawberry.field(description="Its digital passport; null where it never had one.")
    async def passport(self, info: Info) -> UnitPassport | None:
        """Return its passport."""
        found = await info.context.loader(queries_standing.passports).load(self.account_id)
        return None if found is None else passport(found)


async def _standings(read: Read, scope: Scope, keys: list[tuple[UUID, int]]) -> list[list[Standing]]:
    """Return how each account's year lies in its sector; for a loader."""
    return await service.standings(read, scope, keys)


async def _references(read: Read, scope: Scope, keys: list[tuple[UUID, int]]) -> list[list[ReferenceStanding]]:
    """Return how the products of each account's year lie to their levels; for a loader."""
    return await service.reference_standings(read, scope, keys)


def unit(row: FileRow) -> KeyUnit:
    """Return a unit as the wire has it."""
    return KeyUnit(
        id=node_id(UNIT, row.account_id), account_id=row.account_id, division_code=row.division_code, year=row.year,
        since=row.since, crossings=[crossing(each) for each in row.crossings], energy=row.energy,
        direct_emissions=row.direct, is_verified=row.is_verified, reason=text(row.reason), sector=row.sector,
        document=paper(row), decided_at=row.decided_at,
    )  # fmt: skip


async def load_unit(context: Context, account_id: UUID) -> KeyUnit | None:
    """Return an account's file through the request's loader, None where it is no key unit or the caller sees none."""
    context.scope.require("keyunits:read")
    found = await context.loader(queries.files_by_account).load(account_id)
    return None if found is None else unit(found)


@node_loader(UNIT)
async def _load(context: Context, *ids: UUID) -> KeyUnit | None:
    return await load_unit(context, ids[0]) if len(ids) == 1 else None
