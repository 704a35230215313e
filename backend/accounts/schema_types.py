"""The carbon account on the wire: account, sites, sources, meters, calibrations, years, evidence."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar, cast
from uuid import UUID

import strawberry

from backend.accounts import queries
from backend.accounts.figures.queries import FiguresKey, figures_batch
from backend.accounts.queries import ChildrenKey, StateKey
from backend.accounts.schema_evidence import After, Evidence, First, evidence, id_after, own_key, text_after
from backend.accounts.schema_figures import YearFigure, year_figure
from backend.accounts.values import (
    AccountValue,
    CalibrationState,
    CalibrationValue,
    MeterValue,
    ReportingYearValue,
    SiteValue,
    SourceValue,
)
from backend.identity.schema_types import Organisation, load_organisation
from backend.kit.clock import today
from backend.tenants.schema import Division, load_division
from backend.wire.connections import Connection, Page, connect, page
from backend.wire.context import Context, Info
from backend.wire.nodes import Node, node_id, node_loader
from backend.wire.scalars import JSON

__all__ = [
    "After", "Calibration", "CarbonAccount", "EmissionSource", "Evidence", "First", "Meter", "ReportingYear", "Site",
    "account", "calibration", "evidence", "id_after", "load_account", "meter", "own_key", "reporting_year", "site",
    "source", "text_after",
]  # fmt: skip

A_FEW = 20
"""The usual page of a list below another list: fifty of fifty would be a long answer."""

CalibrationStateEnum = strawberry.enum(
    CalibrationState,
    name="CalibrationState",
    description="Whether a meter was under a valid calibration (检定) on a day: valid, expired, or none at all.",
)
V = TypeVar("V")


@strawberry.type(description="A year the account reports on (核算年度); once closed it takes no more activity data.")
class ReportingYear:
    """A year the account reports on."""

    year: int = strawberry.field(description="The calendar year.")
    opened_at: datetime = strawberry.field(description="Since when it can be reported on.")
    closed_at: datetime | None = strawberry.field(description="Since when it is closed; null while open.")


@strawberry.type(description="A calibration of a meter (检定/校准), valid on both days and between.")
class Calibration(Node):
    """A calibration of a meter."""

    account_id: strawberry.Private[UUID]
    evidence_id: strawberry.Private[UUID | None]
    calibrated_on: date = strawberry.field(description="First valid day.")
    valid_until: date = strawberry.field(description="Last valid day.")
    recorded_at: datetime = strawberry.field(description="When it was entered here.")

    @strawberry.field(description="The certificate, if it was attached.")
    async def evidence(self, info: Info) -> Evidence | None:
        """Return the certificate."""
        if self.evidence_id is None:
            return None
        key = (self.account_id, self.evidence_id)
        return _maybe(evidence, await info.context.loader(queries.evidence_by_id).load(key))


@strawberry.type(description="A measuring device (计量器具) on a source: reading x multiplier = quantity.")
class Meter(Node):
    """A measuring device on a source."""

    account_id: strawberry.Private[UUID]
    own_id: strawberry.Private[UUID]
    source_id: strawberry.Private[UUID]
    code: str = strawberry.field(description="Its code within the account, as used in workbooks.")
    name: str = strawberry.field(description="Its name.")
    unit: str = strawberry.field(description="Unit of its readings.")
    multiplier: Decimal = strawberry.field(description="Transformer ratio (倍率); never changes.")
    created_at: datetime = strawberry.field(description="When it was added.")

    @strawberry.field(description="The source it measures.")
    async def source(self, info: Info) -> "EmissionSource | None":
        """Return the source."""
        return _maybe(source, await info.context.loader(queries.sources_by_id).load((self.account_id, self.source_id)))

    @strawberry.field(description="Its calibrations in the order they were recorded.")
    async def calibrations(self, info: Info, first: First = A_FEW, after: After = None) -> Connection[Calibration]:
        """Return its calibrations."""
        asked = page(first, after)
        key = ChildrenKey(self.account_id, self.own_id, asked.fetch, id_after(asked))
        rows = await info.context.loader(queries.calibrations_below).load(key)
        return connect(rows, asked, key=lambda row: [row.id], make=calibration)

    @strawberry.field(description="Whether it was calibrated on a day; today unless given.")
    async def calibration_state(self, info: Info, on: date | None = None) -> CalibrationStateEnum:  # type: ignore[valid-type]
        """Return the calibration state on a day."""
        key = StateKey(self.account_id, self.own_id, on or today())
        return await info.context.loader(queries.calibration_states).load(key)


@strawberry.type(description="A source of emissions (排放源): one method applied to one thing at one site.")
class EmissionSource(Node):
    """A source of emissions."""

    account_id: strawberry.Private[UUID]
    own_id: strawberry.Private[UUID]
    site_id: strawberry.Private[UUID]
    code: str = strawberry.field(description="Its code within the account, as used in workbooks.")
    name: str = strawberry.field(description="Its name.")
    method: str = strawberry.field(description="Code of the calculation method.")
    scope: int = strawberry.field(description="1 direct, 2 purchased energy, 3 other indirect.")
    category: str = strawberry.field(description="Kind of emission within its scope.")
    key: str = strawberry.field(description="Fuel, energy or material in the method's own table; may be empty.")
    unit: str = strawberry.field(description="Unit its quantities are usually given in.")
    parameters: JSON = strawberry.field(description="Declared or measured values by name, decimals as text.")
    created_at: datetime = strawberry.field(description="When it was added.")
    ended_on: date | None = strawberry.field(description="Its last day; null while it runs.")

    @strawberry.field(description="Where it is.")
    async def site(self, info: Info) -> "Site | None":
        """Return its site."""
        return _maybe(site, await info.context.loader(queries.sites_by_id).load((self.account_id, self.site_id)))

    @strawberry.field(description="Its meters by code.")
    async def meters(self, info: Info, first: First = A_FEW, after: After = None) -> Connection[Meter]:
        """Return its meters."""
        asked = page(first, after)
        key = ChildrenKey(self.account_id, self.own_id, asked.fetch, text_after(asked))
        rows = await info.context.loader(queries.meters_below).load(key)
        return connect(rows, asked, key=lambda row: [row.code], make=meter)


@strawberry.type(description="A place where the account's activity happens (场所/厂区).")
class Site(Node):
    """A place where the account's activity happens."""

    account_id: strawberry.Private[UUID]
    own_id: strawberry.Private[UUID]
    code: str = strawberry.field(description="Its code within the account, as used in workbooks.")
    name: str = strawberry.field(description="Its name.")
    division_code: str = strawberry.field(description="The division it lies in.")
    address: str = strawberry.field(description="Its address; may be empty.")
    created_at: datetime = strawberry.field(description="When it was added.")

    @strawberry.field(description="The division it lies in.")
    async def division(self, info: Info) -> Division | None:
        """Return its division."""
        return await load_division(info.context, self.division_code)

    @strawberry.field(description="Its sources by code.")
    async def sources(self, info: Info, first: First = A_FEW, after: After = None) -> Connection[EmissionSource]:
        """Return its sources."""
        asked = page(first, after)
        key = ChildrenKey(self.account_id, self.own_id, asked.fetch, text_after(asked))
        rows = await info.context.loader(queries.sources_below).load(key)
        return connect(rows, asked, key=lambda row: [row.code], make=source)


@strawberry.type(description="A carbon account (碳账户): one enterprise, one organisational boundary.")
class CarbonAccount(Node):
    """A carbon account."""

    own_id: strawberry.Private[UUID]
    organisation_id: strawberry.Private[UUID]
    number: str = strawberry.field(description="Its number, e.g. `CA-320206-000123`.")
    name: str = strawberry.field(description="Its name.")
    division_code: str = strawberry.field(description="The division of its seat.")
    sector: str = strawberry.field(description="Sector code of the jurisdiction, or `other`.")
    method_pack: str = strawberry.field(description="The reporting guide (核算指南) it follows.")
    fuel_table: str = strawberry.field(description="The table its fuel defaults come from.")
    province_code: str = strawberry.field(description="Province, for provincial grid factors.")
    grid_region: str = strawberry.field(description="Regional grid (区域电网), for regional grid factors.")
    has_separation_of_duties: bool = strawberry.field(description="Whether nobody may approve data they entered.")
    is_demonstration: bool = strawberry.field(description="Made up, for demonstration.")
    opened_at: datetime = strawberry.field(description="When it was opened.")
    closed_at: datetime | None = strawberry.field(description="When it was closed for good; null while open.")

    @strawberry.field(description="The enterprise that holds it; null where you may not know it.")
    async def organisation(self, info: Info) -> Organisation | None:
        """Return its holder."""
        return await load_organisation(info.context, self.organisation_id)

    @strawberry.field(description="The division of its seat.")
    async def division(self, info: Info) -> Division | None:
        """Return the division of its seat."""
        return await load_division(info.context, self.division_code)

    @strawberry.field(description="Its reporting years, newest first.")
    async def reporting_years(self, info: Info) -> list[ReportingYear]:
        """Return its reporting years."""
        return [reporting_year(row) for row in await info.context.loader(queries.reporting_years).load(self.own_id)]

    @strawberry.field(
        description="Its figures of a year (年度经营数据) as they stood at a moment (now unless given), by kind, the main "
        "product first."
    )
    async def figures(self, info: Info, year: int, as_of: datetime | None = None) -> list[YearFigure]:
        """Return its figures of a year."""
        rows = await info.context.loader(figures_batch).load(FiguresKey(self.own_id, year, as_of))
        return [year_figure(row) for row in rows]

    @strawberry.field(description="Its sites by code.")
    async def sites(self, info: Info, first: First = A_FEW, after: After = None) -> Connection[Site]:
        """Return its sites."""
        asked = page(first, after)
        rows = await info.context.loader(queries.sites_below).load(self._page(asked, text_after(asked)))
        return connect(rows, asked, key=lambda row: [row.code], make=site)

    @strawberry.field(description="Its sources by code.")
    async def sources(self, info: Info, first: First = A_FEW, after: After = None) -> Connection[EmissionSource]:
        """Return its sources."""
        asked = page(first, after)
        rows = await info.context.loader(queries.sources_below).load(self._page(asked, text_after(asked)))
        return connect(rows, asked, key=lambda row: [row.code], make=source)

    @strawberry.field(description="Its meters by code.")
    async def meters(self, info: Info, first: First = A_FEW, after: After = None) -> Connection[Meter]:
        """Return its meters."""
        asked = page(first, after)
        rows = await info.context.loader(queries.meters_below).load(self._page(asked, text_after(asked)))
        return connect(rows, asked, key=lambda row: [row.code], make=meter)

    @strawberry.field(description="Its evidence in the order uploaded.")
    async def evidence(self, info: Info, first: First = A_FEW, after: After = None) -> Connection[Evidence]:
        """Return its evidence."""
        asked = page(first, after)
        rows = await info.context.loader(queries.evidence_below).load(self._page(asked, id_after(asked)))
        return connect(rows, asked, key=lambda row: [row.id], make=evidence)

    def _page(self, asked: Page, after: str | None) -> ChildrenKey:
        return ChildrenKey(self.own_id, None, asked.fetch, after)


def account(value: AccountValue) -> CarbonAccount:
    """Return an account as the wire has it."""
    return CarbonAccount(
        id=node_id("CarbonAccount", value.id),
        own_id=value.id,
        organisation_id=value.organisation_id,
        number=value.number,
        name=value.name,
        division_code=value.division_code,
        sector=value.sector,
        method_pack=value.method_pack,
        fuel_table=value.fuel_table,
        province_code=value.province_code,
        grid_region=value.grid_region,
        has_separation_of_duties=value.has_separation_of_duties,
        is_demonstration=value.is_demonstration,
        opened_at=value.opened_at,
        closed_at=value.closed_at,
    )


def site(value: SiteValue) -> Site:
    """Return a site as the wire has it."""
    return Site(
        id=node_id("Site", value.account_id, value.id),
        account_id=value.account_id,
        own_id=value.id,
        code=value.code,
        name=value.name,
        division_code=value.division_code,
        address=value.address,
        created_at=value.created_at,
    )


def source(value: SourceValue) -> EmissionSource:
    """Return a source as the wire has it."""
    return EmissionSource(
        id=node_id("EmissionSource", value.account_id, value.id),
        account_id=value.account_id,
        own_id=value.id,
        site_id=value.site_id,
        code=value.code,
        name=value.name,
        method=value.method,
        scope=value.scope,
        category=value.category,
        key=value.key,
        unit=value.unit,
        parameters=cast("JSON", dict(value.parameters)),
        created_at=value.created_at,
        ended_on=value.ended_on,
    )


def meter(value: MeterValue) -> Meter:
    """Return a meter as the wire has it."""
    return Meter(
        id=node_id("Meter", value.account_id, value.id),
        account_id=value.account_id,
        own_id=value.id,
        source_id=value.source_id,
        code=value.code,
        name=value.name,
        unit=value.unit,
        multiplier=value.multiplier,
        created_at=value.created_at,
    )


def calibration(value: CalibrationValue) -> Calibration:
    """Return a calibration as the wire has it."""
    return Calibration(
        id=node_id("Calibration", value.account_id, value.id),
        account_id=value.account_id,
        evidence_id=value.evidence_id,
        calibrated_on=value.calibrated_on,
        valid_until=value.valid_until,
        recorded_at=value.recorded_at,
    )


def reporting_year(value: ReportingYearValue) -> ReportingYear:
    """Return a reporting year as the wire has it."""
    return ReportingYear(year=value.year, opened_at=value.opened_at, closed_at=value.closed_at)


def _maybe(make: Any, value: Any) -> Any:  # noqa: ANN401 - any of the pairs above
    return None if value is None else make(value)


def _register(type_name: str, batch: Any, make: Any) -> None:  # noqa: ANN401 - any of the pairs above
    async def load(context: Context, *ids: UUID) -> Node | None:
        context.scope.require("accounts:read")
        if len(ids) != 2:  # noqa: PLR2004 - account and own
            return None
        return _maybe(make, await context.loader(batch).load((ids[0], ids[1])))

    node_loader(type_name)(load)


async def load_account(context: Context, *ids: UUID) -> CarbonAccount | None:
    """Return an account through the request's loader, None when the caller sees none."""
    context.scope.require("accounts:read")
    if len(ids) != 1:
        return None
    return _maybe(account, await context.loader(queries.accounts_by_id).load(ids[0]))


node_loader("CarbonAccount")(load_account)
_register("Site", queries.sites_by_id, site)
_register("EmissionSource", queries.sources_by_id, source)
_register("Meter", queries.meters_by_id, meter)
_register("Calibration", queries.calibrations_by_id, calibration)
_register("Evidence", queries.evidence_by_id, evidence)
