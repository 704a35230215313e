"""Enterprises with verified months and electricity, and a division's quick report of them, at Guizhou unless told otherwise."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from factories.accounts import Held
from factories.inventory import Place, add_records, add_source
from factories.regions import counted_account, roll_all, store_inventory
from sqlalchemy import insert, select

from backend.kit.clock import now
from backend.kit.db import Databases
from backend.kit.ids import new_id
from backend.kit.months import Month
from backend.kit.scope import Scope
from backend.kit.tasks import Task
from backend.monitoring.estimates import jobs, queries
from backend.monitoring.estimates.models import (
    CarbonEstimate,
    CarbonModel,
    QuickReport,
    QuickReportAccount,
)
from backend.monitoring.estimates.service import ElectricityDraft, Paper, RosterDraft, record_electricity, record_roster
from backend.monitoring.estimates.values import QuickReportAccount as Reported
from backend.wire.nodes import node_id

PAPER = Paper("统函〔2026〕1号", date(2026, 1, 5), "规模以上工业企业名录")
LAST = Month.of(now().date()).plus(-1)
"""The newest month that is over."""
SECRET = Decimal("7654.321")
Spent = dict[str, tuple[str, str, str]]
"""By month: electricity in MWh, scope 1, scope 2 in tCO2e."""


def history(months: int = 13, last: Month = LAST) -> Spent:
    """Months up to the one before `last`: 100, 110, ... MWh, of which scope 1 is twice as many tonnes and ten, scope 2 half."""
    found: Spent = {}
    for at in range(months):
        mwh = 100 + 10 * at
        found[str(last.plus(at - months))] = (str(mwh), str(2 * mwh + 10), str(Decimal(mwh) / 2))
    return found


async def user(databases: Databases, division: str, tenant: str = "guizhou", sector: str = "chemicals") -> Place:
    """Open an account that buys electricity."""
    place = await counted_account(databases, tenant, division=division, sector=sector)
    await add_source(databases, place, "grid", "purchased_electricity", "MWh")
    return place


async def used(databases: Databases, place: Place, given: dict[str, str], source: str = "grid", **more: Any) -> None:
    """Record quantities by month (YYYY-MM)."""
    await add_records(databases, place, place.sources[source], more.pop("unit", "MWh"), given, **more)


async def verified(databases: Databases, place: Place, spent: Spent, version: int = 1, **more: Any) -> list[UUID]:
    """Give an account verified inventories of these months, and the electricity of each; return the inventories."""
    if not more.get("is_again"):
        await used(databases, place, {month: mwh for month, (mwh, _, _) in spent.items()})
    by_year: dict[int, dict[int, tuple[str, str, str, str]]] = {}
    for month, (_, scope1, scope2) in spent.items():
        each = Month.parse(month)
        by_year.setdefault(each.year, {})[each.month] = (scope1, scope2, scope2, "1")
    found = [
        await store_inventory(databases, place, year, version, months, state="verified")
        for year, months in by_year.items()
    ]
    await roll_all(databases, place.tenant)
    return found


async def listed(databases: Databases, scope: Scope, *places: Place, is_large: bool = True) -> None:
    """Enter accounts into the authority's roster."""
    async with databases.write(scope) as write:
        await record_roster(write, scope, [RosterDraft(each.account_id, is_large) for each in places], PAPER)


async def told_by_the_grid(databases: Databases, scope: Scope, place: Place, given: dict[str, str]) -> None:
    """Enter electricity as the grid company told it."""
    async with databases.write(scope) as write:
        entries = [
            ElectricityDraft(place.account_id, Month.parse(month).first_day, Decimal(mwh))
            for month, mwh in given.items()
        ]
        await record_electricity(write, scope, entries, PAPER)


def task(databases: Databases, scope: Scope, settings: Any = None) -> Task:
    """One attempt at a job, run by hand."""
    return Task(databases, scope, None, settings, new_id())


async def estimated(databases: Databases, scope: Scope) -> dict[str, Any]:
    """Fit and estimate the accounts of an authority's region, as a worker does."""
    return await jobs.estimate(task(databases, scope), {"division_path": scope.region})


async def prepared(databases: Databases, scope: Scope, month: Month = LAST) -> UUID:
    """Prepare the quick report of an authority's region, as a worker does."""
    code = scope.region.rstrip("/").rpartition("/")[2]
    asked = {"division_code": code, "division_path": scope.region, "month": month.first_day.isoformat()}
    return UUID((await jobs.quick_report(task(databases, scope), asked))["report_id"])


async def reported(databases: Databases, scope: Scope, report_id: UUID) -> dict[UUID, Reported]:
    """Return a report's accounts."""
    async with databases.read(scope) as read:
        return {each.account_id: each for each in await queries.accounts(read, scope, report_id, limit=1000)}


async def models_of(databases: Databases, place: Place) -> list[Any]:
    """Return the rows of an account's models, the oldest first."""
    async with databases.read(place.system) as read:
        statement = select(CarbonModel.__table__).where(CarbonModel.account_id == place.account_id)
        return list(await read.rows(statement.order_by(CarbonModel.version)))


async def estimates_of(databases: Databases, place: Place) -> list[Any]:
    """Return the rows of an account's estimates, the oldest first."""
    async with databases.read(place.system) as read:
        statement = select(CarbonEstimate.__table__).where(CarbonEstimate.account_id == place.account_id)
        return list(await read.rows(statement.order_by(CarbonEstimate.month, CarbonEstimate.estimated_at)))


async def in_a_quick_report(databases: Databases, held: Held, month: date = date(2025, 3, 1)) -> dict[str, str]:
    """Put an account into a quick report of its division, with a model and an estimate; return the report's global id."""
    account, scope, at = held.account, Scope.system("wuxi"), now()
    model_id, estimate_id, report_id = new_id(), new_id(), new_id()
    tonnes = {"scope1": SECRET, "scope2": SECRET, "low": SECRET, "high": SECRET}
    async with databases.write(scope) as write:
        await write.run(
            insert(CarbonModel).values(
                account_id=held.id, id=model_id, version=1, state="usable", method="theil_sen/1", library="scipy",
                terms_version="1.0.0", months=12, first_month=month, last_month=month, lowest_mwh=SECRET,
                highest_mwh=SECRET, scope1_intercept=SECRET, scope1_slope=SECRET, scope2_intercept=SECRET,
                scope2_slope=SECRET, error_percent=Decimal(1), bias_percent=Decimal(0), half_width=Decimal(1),
                points=[["2025-02", str(SECRET), "1", "1", str(new_id())]], sha256="0" * 64, fitted_at=at,
            )
        )  # fmt: skip
        await write.run(
            insert(CarbonEstimate).values(
                account_id=held.id, id=estimate_id, month=month, model_id=model_id, mwh=SECRET, source="records",
                state="told", estimated_at=at, **tonnes,
            )
        )  # fmt: skip
        await write.run(
            insert(QuickReport).values(
                id=report_id, division_code=account.division_code, division_path=account.division_path, month=month,
                terms_version="1.0.0", is_placeholder=True, known_at=at, prepared_by=None,
            )
        )  # fmt: skip
        await write.run(
            insert(QuickReportAccount).values(
                account_id=held.id, report_id=report_id, division_code=account.division_code,
                division_path=account.division_path, sector=account.sector, standing="large", basis="estimated",
                estimate_id=estimate_id, pending=0, **tonnes,
            )
        )  # fmt: skip
    return {"quick_report": str(node_id("QuickReport", report_id))}
