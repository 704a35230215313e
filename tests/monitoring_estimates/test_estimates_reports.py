"""Quick reports: what each account rests on, exact sums, issue as versions, the difference to what was verified since."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from factories.estimates import LAST, history, listed, prepared, reported, used, user, verified
from factories.inventory import Place, add_records, add_source, compute
from factories.regions import change_account, officer, path_of, roll_all, store_inventory
from sqlalchemy import insert, select

from backend.accounts.models import ReportingYear
from backend.emissions import service as emissions
from backend.emissions.models import InventoryMonth
from backend.kit.clock import now, today
from backend.kit.db import Databases
from backend.kit.errors import Forbidden
from backend.kit.scope import Kind, Scope
from backend.monitoring.estimates import jobs, queries, service
from backend.monitoring.estimates.errors import (
    QuickReportEmpty,
    QuickReportIssued,
    QuickReportMonthInvalid,
    QuickReportNotFound,
    QuickReportOutdated,
)
from backend.monitoring.estimates.models import QuickReportOutcome
from backend.monitoring.estimates.schema_types import QuickReportSums, sums
from backend.monitoring.estimates.values import Basis, QuickReportValue, Standing

FACTOR = Decimal("0.5683")
"""Guizhou's newest published grid factor (2023), tCO2/MWh."""


@dataclass
class Town:
    """A county's authority and the accounts of its large industry, one of each basis, and one that cannot be told."""

    scope: Scope
    complete: Place
    estimated: Place
    partial: Place
    missing: Place
    small: Place
    unknown: Place


async def town(databases: Databases, division: str) -> Town:
    scope = officer(await path_of(databases, division, "guizhou"), "guizhou")
    made = Town(scope, *[await user(databases, division) for _ in range(6)])
    await listed(databases, scope, made.complete, made.estimated, made.partial, made.missing)
    await listed(databases, scope, made.small, is_large=False)
    before = LAST.plus(-12)
    await store_inventory(databases, made.complete, before.year, 1, {before.month: ("40", "60", "60", "1")})
    await used(databases, made.complete, {str(before): "90", str(LAST): "100"})
    await used(databases, made.unknown, {str(LAST): "10"}, decision=None)
    await used(databases, made.small, {str(LAST): "1"})
    await verified(databases, made.estimated, history(13))
    await used(databases, made.estimated, {str(LAST): "150"})
    await used(databases, made.partial, {str(LAST): "20"})
    for each in (made.estimated, made.partial):
        await add_source(databases, each, "coal", "fuel_combustion", "万Nm3", key="天然气", scope=1)
        await used(databases, each, {str(LAST.plus(-1)): "5"}, "coal", unit="万Nm3")
    await roll_all(databases, "guizhou")
    return made


async def issued(databases: Databases, scope: Scope, report_id: UUID, note: str = "") -> QuickReportValue:
    async with databases.write(scope) as write:
        return await service.issue(write, scope, report_id, note)


async def sums_of(databases: Databases, scope: Scope, report_id: UUID, standing: Standing) -> QuickReportSums:
    async with databases.read(scope) as read:
        _, lines = await service.shown(read, scope, report_id)
    return sums(each for each in lines if each.standing is standing)


async def test_each_account_and_the_exact_sums(databases: Databases) -> None:
    made = await town(databases, "522628")
    report_id = await prepared(databases, made.scope)
    rows = await reported(databases, made.scope, report_id)
    assert made.small.account_id not in rows
    shown = {
        name: (rows[place.account_id].basis, rows[place.account_id].scope1, rows[place.account_id].scope2)
        for name, place in vars(made).items()
        if isinstance(place, Place) and place is not made.small
    }
    assert shown == {
        "complete": (Basis.COMPLETE, 0, 100 * FACTOR), "estimated": (Basis.ESTIMATED, 310, 75),
        "partial": (Basis.PARTIAL, 0, 20 * FACTOR), "missing": (Basis.MISSING, None, None),
        "unknown": (Basis.COMPLETE, 0, 10 * FACTOR),
    }  # fmt: skip
    assert rows[made.unknown.account_id].standing is Standing.UNKNOWN
    whole = await sums_of(databases, made.scope, report_id, Standing.LARGE)
    assert (whole.accounts, whole.complete, whole.estimated, whole.partial, whole.missing) == (4, 1, 1, 1, 1)
    assert (whole.coverage_percent, whole.scope1, whole.scope2) == (50, 0, Decimal("56.83"))
    assert whole.energy_tce == Decimal("12.29")
    assert (whole.estimated_scope1, whole.estimated_scope2, whole.estimated_low, whole.estimated_high) == (
        310, 75, 385, 385,
    )  # fmt: skip
    assert (whole.partial_scope1, whole.partial_scope2) == (0, Decimal("11.366"))
    # Like for like: the energy entered a year before, not the inventory of 40 + 60 that holds processes too; of the estimated
    # one, whose model is of the whole inventory, 230 + 55.
    assert (whole.before_accounts, whole.before, whole.beside) == (2, 90 * FACTOR + 285, Decimal("441.83"))
    assert (whole.growth_percent, whole.pending_accounts, whole.verified_accounts) == (Decimal("31.44"), 0, 0)
    assert whole.latest_input_at is not None
    apart = await sums_of(databases, made.scope, report_id, Standing.UNKNOWN)
    assert (apart.accounts, apart.scope2, apart.pending_accounts) == (1, Decimal("5.683"), 1)


async def test_versions_are_issued_once_and_in_order(databases: Databases) -> None:
    made = await town(databases, "522629")
    older, newer = await prepared(databases, made.scope), await prepared(databases, made.scope)
    first = await issued(databases, made.scope, newer, " 初步数据 ")
    assert (first.version, first.note, first.is_newest, first.issued_by) == (1, "初步数据", True, made.scope.actor_id)
    with pytest.raises(QuickReportIssued, match="version 1"):
        await issued(databases, made.scope, newer)
    with pytest.raises(QuickReportOutdated):
        await issued(databases, made.scope, older)
    await used(databases, made.missing, {str(LAST): "7"})
    latest = await prepared(databases, made.scope)
    second = await issued(databases, made.scope, latest)
    assert (second.version, second.is_newest) == (2, True)
    async with databases.read(made.scope) as read:
        kept, lines = await service.shown(read, made.scope, newer)
        again = (await queries.lines(read, made.scope, [latest]))[latest]
    assert (kept.version, kept.is_newest, kept.sha256) == (1, False, service.sealed(kept, lines))
    assert second.sha256 == service.sealed(second, again)
    assert second.sha256 != kept.sha256
    assert (sums(lines).complete, sums(again).complete) == (2, 3)


async def test_the_difference_to_what_was_verified_is_kept(databases: Databases) -> None:
    made = await town(databases, "522630")
    report_id, draft = await prepared(databases, made.scope), await prepared(databases, made.scope)
    await issued(databases, made.scope, report_id)
    spent = {month: each for month, each in history(13).items() if month.startswith(str(LAST.year))}
    spent[str(LAST)] = ("150", "320", "80")
    await verified(databases, made.estimated, spent, 2, is_again=True)
    (own,) = await verified(databases, made.complete, {str(LAST): ("100", "0", "56")}, 2, is_again=True)
    await jobs.keep_compared(databases, "guizhou")
    whole = await sums_of(databases, made.scope, report_id, Standing.LARGE)
    # 310 + 75 - 400, and 56.83 - 56.
    assert (whole.verified_accounts, whole.verified, whole.difference) == (2, 456, Decimal("-14.17"))
    assert whole.difference_percent == Decimal("-3.11")
    rows = await reported(databases, made.scope, report_id)
    assert rows[made.complete.account_id].difference == Decimal("0.83")
    # What was never issued is not compared, and what was is compared once.
    assert (await sums_of(databases, made.scope, draft, Standing.LARGE)).verified_accounts == 0
    await jobs.keep_compared(databases, "guizhou")
    async with databases.read(made.scope) as read:
        kept = await read.rows(select(QuickReportOutcome.__table__).where(QuickReportOutcome.report_id == report_id))
    assert len(kept) == 2
    assert own in {each.inventory_id for each in kept}


async def test_who_sees_a_report(databases: Databases) -> None:
    made = await town(databases, "522631")
    report_id = await prepared(databases, made.scope)
    above = officer(await path_of(databases, "522600", "guizhou"), "guizhou")
    assert len(await reported(databases, above, report_id)) == 5
    neighbour = officer(await path_of(databases, "522632", "guizhou"), "guizhou")
    plant, body = made.complete.enterprise(), made.complete.verifier()
    for scope in (neighbour, plant, body):
        async with databases.read(scope) as read:
            assert await queries.report(read, scope, report_id) is None
        assert await reported(databases, scope, report_id) == {}
    granted = frozenset({"monitoring:issue", "monitoring:read"})
    with pytest.raises(QuickReportNotFound):
        await issued(databases, neighbour, report_id)
    lender = Scope("guizhou", Kind.BANK, uuid4(), uuid4(), "", granted)
    async with databases.read(lender) as read:
        assert await queries.newest_models(read, lender, under=None, state=None, after=None, limit=10) == []
    viewer = officer(made.scope.region, "guizhou", role="viewer")
    with pytest.raises(Forbidden):
        await issued(databases, viewer, report_id)
    # The city above prepares one of its own, which its county does not see.
    city = await prepared(databases, above)
    async with databases.read(made.scope) as read:
        assert await queries.report(read, made.scope, city) is None
    # The enterprise sees its own model and nobody else's.
    holder = made.estimated.enterprise()
    async with databases.read(holder) as read:
        found = await queries.newest_models(read, holder, under=None, state=None, after=None, limit=10)
    assert [each.account_id for each in found] == [made.estimated.account_id]


async def test_nothing_is_issued_of_nobody(databases: Databases) -> None:
    scope = officer(await path_of(databases, "522633", "guizhou"), "guizhou")
    place = await user(databases, "522633")
    await listed(databases, scope, place)
    report_id = await prepared(databases, scope)
    with pytest.raises(QuickReportEmpty, match="None of the 1 accounts"):
        await issued(databases, scope, report_id)
    with pytest.raises(QuickReportMonthInvalid):
        async with databases.write(scope) as write:
            await service.prepare(write, scope, "522633", LAST.plus(1).first_day)
    async with databases.read(scope) as read:
        found = await queries.report(read, scope, report_id)
    assert found is not None
    assert found.version is None


async def test_energy_so_far_is_what_the_inventory_of_the_month_says(databases: Databases) -> None:
    place = await user(databases, "522634")
    await change_account(databases, place, sector="steel")
    coal = await add_source(databases, place, "coal", "fuel_combustion", "万Nm3", key="天然气", scope=1)
    heat = await add_source(databases, place, "heat", "purchased_heat", "GJ", scope=2)
    sold = await add_source(databases, place, "sold", "sold_electricity", "MWh", scope=2)
    year = today().year - 1
    months = {f"{year}-{month:02d}": str(100 + month) for month in (2, 3, 7)}
    await used(databases, place, months)
    for source, unit in ((coal, "万Nm3"), (heat, "GJ"), (sold, "kWh")):
        await add_records(databases, place, source, unit, months)
    async with databases.write(place.system) as write:
        await write.run(insert(ReportingYear).values(account_id=place.account_id, year=year, opened_at=now()))
    computed = await compute(databases, place, year, today())
    async with databases.read(place.system) as read:
        stored = await read.rows(
            select(InventoryMonth.__table__).where(InventoryMonth.inventory_id == computed.inventory_id)
        )
        found = await emissions.energy_months(
            read, place.system, [place.account_id], date(year, 1, 1), date(year, 12, 1), now()
        )
        power = await emissions.electricity_months(
            read, place.system, [place.account_id], date(year, 1, 1), date(year, 12, 1), now()
        )
    assert {each.month: (each.scope1, each.scope2_location, each.energy_tce) for each in stored} == {
        month: (each.scope1, each.scope2_location, each.energy_tce) for (_, month), each in found.items()
    }
    assert len(found) == 3
    assert all(each.scope1 > 0 and not each.unresolved and len(each.sources) == 4 for each in found.values())
    assert {month: each.mwh for month, each in power[place.account_id].items()} == {
        date(year, month, 1): Decimal(100 + month) - Decimal(100 + month) / 1000 for month in (2, 3, 7)
    }
