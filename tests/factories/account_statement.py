"""A steel works with everything an account statement tells of.

works = await steelworks(databases)        # Works: .held .place .scope .inventories (2024 verified, 2025 verified)
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from factories import accounts, identity, inventory, ledger, quotas
from factories.inventory import Place
from sqlalchemy import insert, update

from backend.accounts import service as accounts_service
from backend.accounts.models import Source, YearFigure
from backend.credits.gec import claiming
from backend.credits.gec.claiming import Wanted
from backend.emissions import service as emissions
from backend.emissions.inventory.values import Computed
from backend.identity.models import Engagement
from backend.kit.clock import today
from backend.kit.db import Databases
from backend.kit.ids import new_id
from backend.kit.scope import Scope
from backend.ledger import service as ledger_service
from backend.ledger.values import BatchSpec, MovementValue, Reason, Selection

D = Decimal
YEARS = (2024, 2025)
MEASURES = {
    2024: {"value_added": ("412000000", "CNY", ""), "output": ("305000", "t", "粗钢")},
    2025: {"value_added": ("438500000", "CNY", ""), "output": ("318400", "t", "粗钢")},
}


@dataclass(slots=True)
class Works:
    """The account, the place of its data, and its inventories by year."""

    held: accounts.Held
    place: Place
    inventories: dict[int, Computed] = field(default_factory=dict)

    @property
    def id(self) -> UUID:
        return self.held.id

    @property
    def scope(self) -> Scope:
        return self.held.scope


async def with_data(databases: Databases, **given: object) -> Works:
    """Open an account with data of two years: electricity, coal, gas, heat, commuting; yearly figures."""
    held = await accounts.held_account(databases, **given)  # type: ignore[arg-type] - keywords of another factory
    site = await accounts.site_of(databases, held)
    async with databases.write(held.scope) as write:
        for year in YEARS:
            await accounts_service.open_year(write, held.scope, account_id=held.id, year=year)
    body = await identity.verifier(databases)
    place = Place("wuxi", held.id, held.holder.id, site.id, body.id, {}, held.holder.path)
    async with databases.write(place.system) as write:
        await write.run(
            insert(Engagement).values(
                id=new_id(), enterprise_id=held.holder.id, verifier_id=body.id, division_path=held.holder.path,
                purpose="年度核查", starts_on=date(2024, 1, 1), ends_on=date(2030, 1, 1), created_at=inventory.EARLY,
            )
        )  # fmt: skip
    kinds = (
        ("E01", "购入电力", "purchased_electricity", "MWh", 2, "electricity", "", "4200", "metered"),
        ("F01", "高炉喷吹无烟煤", "fuel_combustion", "t", 1, "combustion", "无烟煤", "520", "metered"),
        ("F02", "加热炉天然气", "fuel_combustion", "万Nm3", 1, "combustion", "天然气", "16", "invoiced"),
        ("H01", "外购蒸汽热量", "purchased_heat", "GJ", 2, "heat", "", "920", "metered"),
    )
    for code, name, method, unit, scope, category, key, monthly, tier in kinds:
        own = await inventory.add_source(databases, place, code, method, unit, key=key, scope=scope, category=category)
        async with databases.write(place.system) as write:
            await write.run(update(Source).where(Source.account_id == held.id, Source.id == own).values(name=name))
        meter = None
        if tier == "metered":
            valid = (date(2023, 12, 1), date(2027, 12, 31))
            meter = await inventory.add_meter(databases, place, own, unit, valid=valid)
        for later, year in enumerate(YEARS):
            amounts = inventory.whole_year(year, str(D(monthly) * (D(1) - D("0.03") * later)))
            await inventory.add_records(databases, place, own, unit, amounts, tier=tier, meter_id=meter)
    await record_measures(databases, held.id, place.system)
    return Works(held, place)


async def record_measures(databases: Databases, account_id: UUID, scope: Scope) -> None:
    """Record yearly figures."""
    async with databases.write(scope) as write:
        for year, measures in MEASURES.items():
            for kind, (quantity, unit, product) in measures.items():
                await write.run(
                    insert(YearFigure).values(
                        account_id=account_id, id=new_id(), year=year, kind=kind, product=product, unit=unit,
                        quantity=D(quantity), is_main=bool(product), recorded_at=datetime.now(UTC),
                    )
                )  # fmt: skip


async def computed(databases: Databases, works: Works, year: int, *, is_verified: bool = True) -> Computed:
    """Compute a year's inventory, and have it verified."""
    found = await inventory.compute(databases, works.place, year)
    works.inventories[year] = found
    if is_verified:
        enterprise, verifier = works.place.enterprise(), works.place.verifier()
        asked = {"account_id": works.id, "inventory_id": found.inventory_id}
        async with databases.write(enterprise) as write:
            await emissions.submit(write, enterprise, **asked)
        async with databases.write(verifier) as write:
            await emissions.verify(write, verifier, **asked, statement="核查无误")
    return found


async def steelworks(databases: Databases, **asked: object) -> Works:
    """Make the whole: inventories, allowances, certificates claimed, credits retired, a line in the market."""
    works = await with_data(databases, **asked)
    await computed(databases, works, 2024)
    await quotas.line_of(databases, works.held, since=date(2010, 1, 1), unit_class=None)
    await given(databases, works, "CEA", 60000, date(2025, 3, 20), vintage=2025)
    await given(databases, works, "CCER", 900, date(2024, 12, 1), vintage=2024)
    await retired(databases, works, 120, date(2025, 6, 18))
    await ledger.imported(
        databases, works.scope, works.id, "GEC", 5000, vintage=2025, produced_from=date(2025, 3, 1),
        produced_to=date(2025, 3, 31), valid_until=date(2098, 2, 28), project_code="11320000000000001",
        attributes={"technology": "wind", "kind": "grid_fed"},
    )  # fmt: skip
    await claimed(databases, works, 2025, 3000)
    await computed(databases, works, 2025)
    return works


async def given(databases: Databases, works: Works, code: str, quantity: int, on: date, **batch: Any) -> None:
    """Issue units that take effect on a day of the past."""
    scope = works.place.system
    async with databases.write(scope) as write:
        await ledger_service.issue(
            write, scope, works.id, code, D(quantity), BatchSpec(**batch), Reason(effective_on=on)
        )


async def retired(databases: Databases, works: Works, quantity: int, on: date) -> MovementValue:
    """Retire credits on a day of the past, for an event."""
    reason = Reason(purpose="event", beneficiary="年度股东大会", period=on.year, effective_on=on)
    async with databases.write(works.scope) as write:
        (found,) = await ledger_service.retire(write, works.scope, works.id, [Selection("CCER", D(quantity))], reason)
    return found


async def claimed(databases: Databases, works: Works, year: int, quantity: int) -> None:
    """Claim certificates for electricity."""
    async with databases.write(works.scope) as write:
        await claiming.claim_certificates(
            write, works.scope, account_id=works.id, year=year, wanted=Wanted(quantity=D(quantity))
        )


__all__ = ["D", "Works", "claimed", "computed", "given", "retired", "steelworks", "today", "with_data"]
