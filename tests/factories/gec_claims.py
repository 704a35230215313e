"""An enterprise with electricity and certificates to claim.

held = await consumer(databases, "100")                # 100 MWh in each month of 2025 and 2026
batch = await certified(databases, held, 50)            # 50 certificates of wind, produced in March 2026
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from factories import accounts, identity, inventory, ledger
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from backend.accounts import service as accounts_service
from backend.kit.clock import today
from backend.kit.db import Databases
from backend.kit.scope import Scope
from backend.ledger import service
from backend.ledger.values import BatchValue

YEARS = (2025, 2026)


@dataclass(frozen=True, slots=True)
class Consumer:
    """An enterprise, its account, and the place of its electricity."""

    held: accounts.Held
    place: inventory.Place

    @property
    def id(self) -> UUID:
        return self.held.id

    @property
    def scope(self) -> Scope:
        return self.held.scope


async def consumer(databases: Databases, monthly: str = "100", **given: Any) -> Consumer:
    """Open an account that bought the same electricity in each month of both years."""
    held = await accounts.held_account(databases, **given)
    site = await accounts.site_of(databases, held)
    async with databases.write(held.scope) as write:
        for year in YEARS:
            await accounts_service.open_year(write, held.scope, account_id=held.id, year=year)
    body = await identity.verifier(databases)
    place = inventory.Place("wuxi", held.id, held.holder.id, site.id, body.id, {}, held.holder.path)
    source = await inventory.add_source(databases, place, "E1", "purchased_electricity", "MWh")
    for year in YEARS:
        await inventory.add_records(databases, place, source, "MWh", inventory.whole_year(year, monthly))
    return Consumer(held, place)


async def holder_name(databases: Databases, held: Consumer) -> str:
    async with databases.read(held.place.system) as read:
        return await read.value(text("select name from organisation where id = :id"), {"id": held.held.holder.id})


async def certified(databases: Databases, held: Consumer, count: int, **given: Any) -> BatchValue:
    """Bring certificates into the account, as an import would; keywords are fields of the batch."""
    attributes = {"technology": "wind", "kind": "grid_fed", **given.pop("attributes", {})}
    batch = {
        "vintage": 2026, "produced_from": date(2026, 3, 1), "produced_to": date(2026, 3, 31),
        "valid_until": date(2098, 2, 28), "project_code": "11320000000000001", "attributes": attributes, **given,
    }  # fmt: skip
    movement = await ledger.imported(databases, held.scope, held.id, "GEC", count, **batch)
    async with databases.read(held.place.system) as read:
        return (await service.batches(read, held.place.system, movement.batch_ids))[movement.batch_ids[0]]


async def ended(servers: Any, batch_id: UUID, days: int) -> None:
    """Move a batch's last day to so many days from today, as the owner of the database: time passes in no test."""
    engine = create_async_engine(servers.addresses["wuxi"].owner.get_secret_value())
    async with engine.begin() as owner:
        await owner.execute(text("alter table ledger_batch no force row level security"))
        touched = await owner.execute(
            text("update ledger_batch set valid_until = cast(:on as date) where id = :id"),
            {"id": batch_id, "on": today() + timedelta(days=days)},
        )
        await owner.execute(text("alter table ledger_batch force row level security"))
        assert touched.rowcount == 1
    await engine.dispose()
