"""Accounts with inventories made straight in the tables, for the city's ledger: fast, and whatever history a test wants."""

from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID, uuid4

from factories.inventory import Place, make_place
from sqlalchemy import insert, text, update

from backend.accounts.models import CarbonAccount
from backend.emissions.models import Inventory, InventoryMonth
from backend.identity.values import ROLES
from backend.kit.db import Databases
from backend.kit.ids import new_id
from backend.kit.scope import Kind, Scope
from backend.regions import service
from backend.regions.balances.values import BalanceValue

AT = datetime(2026, 2, 1, tzinfo=UTC)


async def counted_account(databases: Databases, tenant: str = "wuxi", *, division: str, sector: str) -> Place:
    """Open an account in a sector."""
    place = await make_place(databases, tenant, division=division, years=())
    async with databases.write(place.system) as write:
        await write.run(update(CarbonAccount).where(CarbonAccount.id == place.account_id).values(sector=sector))
    return place


async def store_inventory(
    databases: Databases,
    place: Place,
    year: int,
    version: int,
    months: dict[int, tuple[str, str, str, str]],
    *,
    state: str = "computed",
) -> UUID:
    """Store a version whose months (by number) are (scope 1, scope 2 location, scope 2 market, tce)."""
    inventory_id = new_id()
    async with databases.write(place.system) as write:
        zero = Decimal(0)
        await write.run(
            insert(Inventory).values(
                account_id=place.account_id, id=inventory_id, year=year, version=version, state=state, as_of=AT,
                factor_policy="published", factor_date=AT.date(), method_pack="general", fuel_table="T", scope1=zero,
                scope2_location=zero, scope2_market=zero, scope3=zero, energy_tce=zero, record_count=0,
                excluded_count=0, uncertainty={}, checks=[], computed_at=AT,
            )
        )  # fmt: skip
        if months:
            await write.run(
                insert(InventoryMonth),
                [
                    {
                        "account_id": place.account_id, "inventory_id": inventory_id, "month": date(year, number, 1),
                        "scope1": Decimal(one), "scope2_location": Decimal(location),
                        "scope2_market": Decimal(market), "scope3": zero, "energy_tce": Decimal(tce),
                    }
                    for number, (one, location, market, tce) in months.items()
                ],
            )  # fmt: skip
    return inventory_id


async def change_state(databases: Databases, place: Place, inventory_id: UUID, state: str) -> None:
    """Give an inventory another state."""
    async with databases.write(place.system) as write:
        await write.run(update(Inventory).where(Inventory.id == inventory_id).values(state=state))


async def change_account(databases: Databases, place: Place, **values: object) -> None:
    """Change columns of an account."""
    async with databases.write(place.system) as write:
        await write.run(update(CarbonAccount).where(CarbonAccount.id == place.account_id).values(**values))


async def roll_all(databases: Databases, tenant: str = "wuxi", *, batch: int = 500) -> None:
    """Roll until nothing waits."""
    scope = Scope.system(tenant)
    while True:
        async with databases.write(scope) as write:
            await service.roll(write, scope, batch=batch)
        async with databases.read(scope) as read:
            if not await service.waits(read, scope):
                return


def officer(region: str, tenant: str = "wuxi", role: str = "officer") -> Scope:
    """Return an authority of a region."""
    return Scope(tenant, Kind.AUTHORITY, uuid4(), uuid4(), region, ROLES[Kind.AUTHORITY][role])


async def accepted(databases: Databases, balance: BalanceValue, tenant: str = "wuxi") -> BalanceValue:
    """Have a version of an energy balance accepted by another person of its division's authority."""
    other = officer(balance.division_path, tenant, role="administrator")
    async with databases.write(other) as write:
        return await service.decide_balance(write, other, balance.id, is_accepted=True, reason="数据已与年鉴核对")


async def path_of(databases: Databases, code: str, tenant: str = "wuxi") -> str:
    """Return a division's path."""
    async with databases.read(Scope.system(tenant)) as read:
        return await read.value(text("select path from division where code = :code"), {"code": code})


__all__ = [
    "accepted", "change_account", "change_state", "counted_account", "officer", "path_of", "roll_all", "store_inventory",
]  # fmt: skip
