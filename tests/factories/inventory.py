"""Accounts with activity data, made straight in the tables: for what is tested above accounts and activity."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import insert, select, text

from backend.accounts.models import Calibration, CarbonAccount, Meter, ReportingYear, Site, Source
from backend.emissions.inventory import service
from backend.emissions.inventory.values import Computed, Request
from backend.emissions.models import ActivityBatch, ActivityRecord, Approval, Inventory, InventoryLine
from backend.identity.models import Engagement, Organisation
from backend.identity.values import ROLES
from backend.kit.db import Databases
from backend.kit.ids import new_id
from backend.kit.scope import Kind, Scope

EARLY = datetime(2024, 1, 1, tzinfo=UTC)
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


@dataclass(slots=True)
class Place:
    """An account of its own, and the people around it."""

    tenant: str
    account_id: UUID
    organisation_id: UUID
    site_id: UUID
    verifier_id: UUID
    sources: dict[str, UUID] = field(default_factory=dict)
    division_path: str = ""

    @property
    def system(self) -> Scope:
        return Scope.system(self.tenant)

    def enterprise(self, actor: UUID | None = None, role: str = "administrator") -> Scope:
        granted = ROLES[Kind.ENTERPRISE][role]
        return Scope(self.tenant, Kind.ENTERPRISE, self.organisation_id, actor or uuid4(), "", granted)

    def verifier(self) -> Scope:
        granted = ROLES[Kind.VERIFIER]["verifier"]
        return Scope(self.tenant, Kind.VERIFIER, self.verifier_id, uuid4(), "", granted)

    def authority(self) -> Scope:
        granted = ROLES[Kind.AUTHORITY]["administrator"]
        return Scope(self.tenant, Kind.AUTHORITY, uuid4(), uuid4(), self.division_path, granted)


def code() -> str:
    number, letters = uuid4().int, ""
    for _ in range(18):
        number, digit = divmod(number, len(ALPHABET))
        letters += ALPHABET[digit]
    return letters


async def make_place(
    databases: Databases,
    tenant: str = "wuxi",
    *,
    division: str = "320206",
    pack: str = "general",
    table: str = "C_INDUSTRY_OTHER",
    years: tuple[int, ...] = (2025,),
    separation: bool = False,
) -> Place:
    """Open an account with one site, an engaged verifier and open years."""
    scope = Scope.system(tenant)
    async with databases.write(scope) as write:
        path = await write.value(text("select path from division where code = :code"), {"code": division})
        place = Place(tenant, new_id(), new_id(), new_id(), new_id(), division_path=path)
        for kind, one in (("enterprise", place.organisation_id), ("verifier", place.verifier_id)):
            await write.run(
                insert(Organisation).values(
                    id=one,
                    kind=kind,
                    name=f"示例{kind}{one}",
                    credit_code=code(),
                    division_code=division,
                    division_path=path,
                    created_at=EARLY,
                )
            )
        await write.run(
            insert(CarbonAccount).values(
                id=place.account_id,
                organisation_id=place.organisation_id,
                number=f"CA-{place.account_id}",
                name="示例账户",
                division_code=division,
                division_path=path,
                sector="general",
                method_pack=pack,
                fuel_table=table,
                province_code=f"{division[:2]}0000",
                grid_region="华东",
                has_separation_of_duties=separation,
                opened_at=EARLY,
            )
        )
        await write.run(
            insert(Site).values(
                account_id=place.account_id,
                id=place.site_id,
                code="S1",
                name="厂区",
                division_code=division,
                created_at=EARLY,
            )
        )
        for year in years:
            await write.run(insert(ReportingYear).values(account_id=place.account_id, year=year, opened_at=EARLY))
        await write.run(
            insert(Engagement).values(
                id=new_id(),
                enterprise_id=place.organisation_id,
                verifier_id=place.verifier_id,
                division_path=path,
                purpose="年度核查",
                starts_on=date(2024, 1, 1),
                ends_on=date(2030, 1, 1),
                created_at=EARLY,
            )
        )
    return place


async def add_source(
    databases: Databases,
    place: Place,
    name: str,
    method: str,
    unit: str,
    *,
    key: str = "",
    scope: int = 2,
    category: str = "",
    parameters: dict[str, str] | None = None,
) -> UUID:
    """Add a source."""
    source_id = new_id()
    async with databases.write(place.system) as write:
        await write.run(
            insert(Source).values(
                account_id=place.account_id,
                id=source_id,
                site_id=place.site_id,
                code=name,
                name=name,
                method=method,
                scope=scope,
                category=category,
                key=key,
                unit=unit,
                parameters=parameters or {},
                created_at=EARLY,
            )
        )
    place.sources[name] = source_id
    return source_id


async def add_meter(
    databases: Databases,
    place: Place,
    source_id: UUID,
    unit: str,
    multiplier: str = "1",
    valid: tuple[date, date] | None = None,
) -> UUID:
    """Add a meter, calibrated over `valid` if given."""
    meter_id = new_id()
    async with databases.write(place.system) as write:
        await write.run(
            insert(Meter).values(
                account_id=place.account_id,
                id=meter_id,
                source_id=source_id,
                code=str(meter_id),
                name="表",
                unit=unit,
                multiplier=Decimal(multiplier),
                created_at=EARLY,
            )
        )
        if valid:
            await write.run(
                insert(Calibration).values(
                    account_id=place.account_id,
                    id=new_id(),
                    meter_id=meter_id,
                    calibrated_on=valid[0],
                    valid_until=valid[1],
                    recorded_at=EARLY,
                )
            )
    return meter_id


async def add_records(
    databases: Databases,
    place: Place,
    source_id: UUID,
    unit: str,
    quantities: dict[str, str],
    *,
    tier: str = "invoiced",
    meter_id: UUID | None = None,
    parameters: dict[str, str] | None = None,
    decision: str | None = "approved",
    by: UUID | None = None,
    approved_by: UUID | None = None,
    supersedes: dict[str, UUID] | None = None,
) -> dict[str, UUID]:
    """Record month -> quantity in one batch and decide on it; return the records' ids by month."""
    batch_id, at = new_id(), datetime.now(UTC)
    ids = {month: new_id() for month in quantities}
    async with databases.write(place.system) as write:
        await write.run(
            insert(ActivityBatch).values(
                account_id=place.account_id,
                id=batch_id,
                origin="bulk",
                state="stored",
                created_at=at,
                created_by=by,
            )
        )
        await write.run(
            insert(ActivityRecord),
            [
                {
                    "account_id": place.account_id,
                    "id": ids[month],
                    "batch_id": batch_id,
                    "source_id": source_id,
                    "meter_id": meter_id,
                    "month": date.fromisoformat(f"{month}-01"),
                    "quantity": Decimal(quantity),
                    "unit": unit,
                    "tier": tier,
                    "parameters": parameters or {},
                    "recorded_at": at,
                    "recorded_by": by,
                    "supersedes_id": (supersedes or {}).get(month),
                    "reason": "更正" if (supersedes or {}).get(month) else "",
                }
                for month, quantity in quantities.items()
            ],
        )
        if decision:
            await write.run(
                insert(Approval).values(
                    account_id=place.account_id,
                    id=new_id(),
                    batch_id=batch_id,
                    decision=decision,
                    decided_at=datetime.now(UTC),
                    decided_by=approved_by,
                )
            )
    return ids


def whole_year(year: int, quantity: str) -> dict[str, str]:
    """The same quantity in every month."""
    return {f"{year}-{month:02d}": quantity for month in range(1, 13)}


DAY = date(2026, 3, 1)
"""The day the tests' reports are made: 2023 is then the newest data year of the grid factors."""


async def compute(databases: Databases, place: Place, year: int = 2025, day: date = DAY) -> Computed:
    async with databases.write(place.system) as write:
        return await service.compute(write, place.system, place.account_id, Request(year, "published", day))


async def lines_of(databases: Databases, place: Place, computed: Computed) -> list[Any]:
    async with databases.read(place.enterprise()) as read:
        return list(
            await read.rows(
                select(InventoryLine.__table__)
                .where(InventoryLine.inventory_id == computed.inventory_id)
                .order_by(InventoryLine.source_id, InventoryLine.basis, InventoryLine.gas)
            )
        )


async def inventory_of(databases: Databases, place: Place, computed: Computed) -> Any:
    async with databases.read(place.enterprise()) as read:
        return await read.row(select(Inventory.__table__).where(Inventory.id == computed.inventory_id))
