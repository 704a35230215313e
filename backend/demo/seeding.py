"""Making the demonstration through the same services as in life, one enterprise a transaction.

A transaction holds everything of an enterprise, from its registration to its inventories' states: a seeding that
is interrupted leaves whole enterprises or none, and goes on where it stopped.
"""

import asyncio
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy import text

from backend.accounts import service as accounts
from backend.demo import people
from backend.demo.acting import acting
from backend.demo.city import seed_city
from backend.demo.people import Party
from backend.demo.plan import EnterprisePlan, SourcePlan, TenantPlan, load, meters, readings
from backend.demo.standing import seed_standing
from backend.demo.units import seed_units
from backend.emissions import service as emissions
from backend.emissions.activity import approving, entering
from backend.emissions.inventory.values import Request, Severity
from backend.kit.clock import today
from backend.kit.db import Databases, Write
from backend.kit.scope import Kind, Scope
from backend.kit.settings import Settings

YEARS = (2024, 2025)
STEPS = {"open": 0, "main_job": 0, "computed": 1, "submitted": 2, "verified": 3, "closed": 4, "restated": 5}
"""How far an enterprise's 2025 inventory goes; 2024 is closed wherever 2025 was begun."""


async def seed_tenant(databases: Databases, settings: Settings, tenant: str) -> int:
    """Create what is missing of the tenant's demonstration; return how many organisations were made."""
    plan = load(tenant)
    if plan is None:
        return 0
    scope = Scope.system(tenant, correlation_id="demonstration")
    made = 0
    async with databases.write(scope) as write:
        parties, new = await _parties(write, scope, settings, plan)
        made += new
    for number, enterprise in enumerate(plan.enterprises, 1):
        async with databases.write(scope) as write:
            if await people.find(write, enterprise.name) is None:
                await _enterprise(write, scope, settings, enterprise, number, parties)
                made += 1
    return made


async def _parties(write: Write, scope: Scope, settings: Settings, plan: TenantPlan) -> tuple[dict[str, Party], int]:
    """Return authorities, verifier and bank by code, registered now or before."""
    found: dict[str, Party] = {}
    made = 0
    for number, organisation in enumerate(plan.organisations, 101):
        known = await people.find(write, organisation.name)
        if known is None:
            found[organisation.code] = await people.register(write, scope, settings, organisation, number)
            made += 1
        else:
            kind = Kind(organisation.kind)
            found[organisation.code] = await people.party(write, scope, settings, known, kind, organisation.code)
    return found, made


async def _enterprise(
    write: Write, scope: Scope, settings: Settings, plan: EnterprisePlan, number: int, parties: dict[str, Party]
) -> None:
    party = await people.register(write, scope, settings, plan, number)
    await people.engage_verifier(write, scope, party, parties["verifier"], today() + timedelta(days=730))
    account_id = await _account(write, party, plan)
    if plan.state == "main_job":  # the past year alone: the other one is brought in through the public API
        await _enter(write, scope, party, account_id, plan, YEARS[:1])
        await _advance(write, party, parties, account_id, YEARS[0], STEPS["closed"])
        return
    await _enter(write, scope, party, account_id, plan, YEARS)
    if STEPS[plan.state] == 0:
        return
    await _advance(write, party, parties, account_id, YEARS[0], STEPS["closed"])
    inventory_id = await _advance(
        write,
        party,
        parties,
        account_id,
        2025,
        min(STEPS[plan.state], STEPS["verified"] if plan.state == "restated" else STEPS["closed"]),
    )
    if plan.state == "submitted":
        await _discuss(write, party, parties["verifier"], account_id, inventory_id)
    if plan.state == "restated":
        await _restate(write, party, account_id, inventory_id)


async def _account(write: Write, party: Party, plan: EnterprisePlan) -> UUID:
    """Open the account with its site, sources, meters, calibrations and years."""
    # Only the service itself may mark an account as a demonstration.
    account = await accounts.open_account(
        write, write.scope, organisation_id=party.id, name=plan.name, division_code=plan.division,
        sector=plan.sector, method_pack=plan.method_pack, is_demonstration=True,
    )  # fmt: skip
    async with acting(write, party, "officer") as (played, scope):
        site = await accounts.add_site(
            played, scope, account_id=account.id, code="S1", name="主厂区", division_code=plan.division
        )
        for source in plan.sources:
            await _source(played, scope, account.id, site.id, source)
        for year in YEARS:
            await accounts.open_year(played, scope, account_id=account.id, year=year, reason="演示")
    return account.id


async def _source(write: Write, scope: Scope, account_id: UUID, site_id: UUID, plan: SourcePlan) -> None:
    source = await accounts.add_source(
        write, scope, account_id=account_id, site_id=site_id, code=plan.code, name=plan.name, method=plan.method,
        unit=plan.unit, key=plan.key, parameters=plan.parameters,
    )  # fmt: skip
    for code in meters(plan):
        meter = await accounts.add_meter(
            write, scope, account_id=account_id, source_id=source.id, code=code, name=f"{plan.name} {code}",
            unit=plan.unit, multiplier=Decimal(1),
        )  # fmt: skip
        await accounts.record_calibration(
            write, scope, account_id=account_id, meter_id=meter.id, calibrated_on=date(2023, 12, 1),
            valid_until=date(2026, 11, 30),
        )  # fmt: skip


async def _enter(
    write: Write, scope: Scope, party: Party, account_id: UUID, plan: EnterprisePlan, years: Sequence[int]
) -> None:
    """Enter the years as the energy manager and have them approved by the officer."""
    rows = await write.rows(
        text("select s.id, s.code, m.id as meter_id, m.code as meter from source s left join meter m"
             " on m.account_id = s.account_id and m.source_id = s.id where s.account_id = :account"),
        {"account": account_id},
    )  # fmt: skip
    sources = {row.code: row.id for row in rows}
    meter_ids = {row.meter: row.meter_id for row in rows if row.meter}
    entries = [
        entering.Entry(
            source_id=sources[reading.source.code], month=reading.month, quantity=reading.quantity,
            unit=reading.source.unit, meter_id=meter_ids.get(reading.meter), tier=reading.source.tier,
        )
        for reading in readings(scope.tenant, plan)
        if reading.month.year in years
    ]  # fmt: skip
    async with acting(write, party, "manager") as (played, manager):
        entered = await entering.enter(played, manager, account_id, entries)
    if entered.batch_id is not None and plan.state != "open":
        async with acting(write, party, "officer") as (played, officer):
            await approving.decide_batch(
                played, officer, account_id, entered.batch_id, "approved", "已核对台账（演示）"
            )


async def _advance(
    write: Write, party: Party, parties: dict[str, Party], account_id: UUID, year: int, steps: int
) -> UUID:
    """Compute the year and take the inventory so many steps: 1 computed, 2 submitted, 3 verified, 4 closed."""
    request = Request(year=year, factor_policy="published", factor_date=today(), reason="演示")
    async with acting(write, party, "manager") as (played, manager):
        inventory_id = (await emissions.compute(played, manager, account_id, request)).inventory_id
    if steps >= STEPS["submitted"]:
        async with acting(write, party, "officer") as (played, officer):
            await emissions.submit(played, officer, account_id=account_id, inventory_id=inventory_id, note="提交核查")
    if steps >= STEPS["verified"]:
        async with acting(write, parties["verifier"], "admin") as (played, verifier):
            await emissions.verify(
                played,
                verifier,
                account_id=account_id,
                inventory_id=inventory_id,
                statement="核查意见：合理保证（演示）",
            )
    if steps >= STEPS["closed"]:
        async with acting(write, parties["city"], "admin") as (played, city):
            await emissions.close(played, city, account_id=account_id, inventory_id=inventory_id, note="年度归档")
    return inventory_id


async def _discuss(write: Write, party: Party, verifier: Party, account_id: UUID, inventory_id: UUID) -> None:
    """Raise a minor finding and answer it, so that a review round shows."""
    async with acting(write, verifier, "admin") as (played, scope):
        finding_id = await emissions.raise_finding(
            played, scope, account_id=account_id, inventory_id=inventory_id, severity=Severity.MINOR,
            message="请说明七、八月用电量高于上年同期的原因（演示）",
        )  # fmt: skip
    async with acting(write, party, "officer") as (played, scope):
        await emissions.answer_finding(
            played,
            scope,
            account_id=account_id,
            finding_id=finding_id,
            message="夏季制冷负荷增加，抄表记录已核对（演示）",
        )


async def _restate(write: Write, party: Party, account_id: UUID, inventory_id: UUID) -> None:
    """Correct one verified reading and restate the inventory with its reason."""
    row = (
        await write.rows(
            text("select id, quantity from activity_record where account_id = :account and month = '2025-08-01'"
                 " and supersedes_id is null order by source_id, meter_id limit 1"),
            {"account": account_id},
        )
    )[0]  # fmt: skip
    reason = "供电公司更正八月结算电量（演示）"
    async with acting(write, party, "manager") as (played, manager):
        corrected = await entering.correct(
            played, manager, account_id, row.id, entering.Correction(reason=reason, quantity=row.quantity + 12)
        )
    async with acting(write, party, "officer") as (played, officer):
        if corrected.batch_id is not None and not corrected.is_approved:
            await approving.decide_batch(played, officer, account_id, corrected.batch_id, "approved", reason)
        request = Request(
            year=2025,
            factor_policy="published",
            factor_date=today(),
            reason=reason,
            restates={account_id: inventory_id},
        )
        await emissions.compute(played, officer, account_id, request)


async def seed(databases: Databases, settings: Settings, tell: Callable[[str], None]) -> None:
    """Create the demonstration in every served tenant, side by side; what is there already stays."""

    async def one(tenant: str) -> None:
        made = await seed_tenant(databases, settings, tenant)
        units = await seed_units(databases, settings, tenant, tell)
        standing = await seed_standing(databases, settings, tenant, tell)
        city = await seed_city(databases, settings, tenant, tell)
        tell(
            f"{tenant}: {made} organisations, {units} of units, {standing} of standing and {city} of the jurisdiction made"
            if made or units or standing or city
            else f"{tenant}: there already"
        )

    await asyncio.gather(*(one(tenant) for tenant in databases.tenants))
