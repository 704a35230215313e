"""Regulated enterprises with units, data and verified figures, made by the service's own commands.

plant = await regulated(databases)                         # Regulated: .held .bureau .second, one coal unit
await known_year(databases, plant, 2024)                   # its data and verified emissions
allocation = await issued(databases, plant, 2024)          # proposed by one person, issued by another
"""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from uuid import UUID

from factories import accounts, identity
from factories.accounts import Held
from factories.identity import Made

from backend.kit.db import Databases
from backend.kit.ids import new_id
from backend.kit.scope import Scope
from backend.ledger import service as ledger
from backend.ledger.values import CCER, CEA, BatchSpec, MovementValue, OriginRange
from backend.quotas import rules, service
from backend.quotas.values import AllocationValue, FacilityValue, Stage

DIVISION = "320206"


@dataclass(frozen=True, slots=True)
class Regulated:
    """An enterprise with one unit or line; `bureau` and `second` are two persons of its authority."""

    held: Held
    facility: FacilityValue
    authority: Made
    second: Scope

    @property
    def id(self) -> UUID:
        return self.held.id

    @property
    def scope(self) -> Scope:
        return self.held.scope

    @property
    def bureau(self) -> Scope:
        return self.authority.scope


async def unit_of(databases: Databases, held: Held, code: str = "U1", **given: object) -> FacilityValue:
    """Add a unit of conventional coal, or what is given."""
    asked = {
        "code": code, "name": "一号机组", "sector": rules.Sector.POWER, "since": date(2010, 1, 1),
        "unit_class": rules.UnitClass.COAL_GT300, "capacity": Decimal(600), "capacity_unit": "MW", **given,
    }  # fmt: skip
    async with databases.write(held.scope) as write:
        return await service.add_facility(write, held.scope, account_id=held.id, **asked)


async def line_of(databases: Databases, held: Held, code: str = "L1", **given: object) -> FacilityValue:
    """Add a regular line of steel, or what is given."""
    asked = {
        "sector": rules.Sector.STEEL, "unit_class": None, "line": rules.LineKind.REGULAR, "capacity": None,
        "capacity_unit": "", **given,
    }  # fmt: skip
    return await unit_of(databases, held, code, **asked)


async def regulated(databases: Databases, *, is_power: bool = True, **given: object) -> Regulated:
    """Make an enterprise with one unit (or line), and its district's authority with two persons."""
    held = await accounts.held_account(databases, division=DIVISION)
    facility = await (unit_of if is_power else line_of)(databases, held, **given)
    authority = await identity.authority(databases, division=DIVISION)
    return Regulated(held, facility, authority, await identity.colleague(databases, authority, "officer"))


async def state(
    databases: Databases, plant: Regulated, year: int, *, month: int | None = None, **given: object
) -> None:
    """Record production data of the plant's unit: 1,300,000 MWh, 500,000 GJ at 70 % load unless given."""
    reason = str(given.pop("reason", "更正"))
    stated = {
        "basis": rules.Basis.GROSS, "mwh": Decimal(1_300_000), "gj": Decimal(500_000), "load": Decimal("0.7"), **given,
    }  # fmt: skip
    async with databases.write(plant.scope) as write:
        await service.record_output(
            write, plant.scope, account_id=plant.id, facility_id=plant.facility.id, year=year, month=month,
            stated=service.Output(**stated), reason=reason,
        )  # fmt: skip


async def verify(
    databases: Databases, plant: Regulated, year: int, emissions: str | Decimal, *, of_facility: bool = True,
    intensity: Decimal | None = None,
) -> None:  # fmt: skip
    """Enter verified emissions as the authority."""
    async with databases.write(plant.bureau) as write:
        await service.enter_verified(
            write, plant.bureau, account_id=plant.id, year=year, facility_id=plant.facility.id if of_facility else None,
            emissions=Decimal(emissions), document="核查报告", intensity=intensity,
        )  # fmt: skip


async def known_year(databases: Databases, plant: Regulated, year: int, emissions: str = "1000000") -> None:
    """Record a year's data and verified emissions."""
    await state(databases, plant, year)
    await verify(databases, plant, year, emissions)


async def proposed(
    databases: Databases, plant: Regulated, year: int, stage: Stage = Stage.FINAL, quantity: Decimal | None = None
) -> AllocationValue:
    """Propose an allocation as the first person of the authority."""
    async with databases.write(plant.bureau) as write:
        return await service.propose(
            write, plant.bureau, account_id=plant.id, year=year, stage=stage, document="分配通知", quantity=quantity
        )


async def issued(
    databases: Databases, plant: Regulated, year: int, stage: Stage = Stage.FINAL, quantity: Decimal | None = None
) -> AllocationValue:
    """Propose an allocation and issue it as the second person."""
    made = await proposed(databases, plant, year, stage, quantity)
    async with databases.write(plant.second) as write:
        return await service.issue(write, plant.second, account_id=plant.id, allocation_id=made.id)


async def given_units(
    databases: Databases, plant: Regulated, quantity: int, *, vintage: int, class_code: str = CEA, **attributes: object
) -> MovementValue:
    """Issue units to the plant directly, as its authority would for an allocation made elsewhere."""
    spec = BatchSpec(
        vintage=vintage, produced_from=date(vintage, 1, 1), produced_to=date(vintage, 12, 31), attributes=attributes
    )
    async with databases.write(plant.bureau) as write:
        if class_code == CEA:
            return await ledger.issue(write, plant.bureau, plant.id, CEA, Decimal(quantity), spec)
    frame = OriginRange("ccer", new_id().hex, 1, quantity)
    async with databases.write(plant.scope) as write:
        batch = replace(spec, origins=(frame,), project_code="CCER-TEST")
        return (await ledger.import_units(write, plant.scope, plant.id, CCER, [(Decimal(quantity), batch)]))[0]


GOOD_CCER = {"registered_on": "2025-06-01", "methodology": "CCER-01-001-V01", "is_ets_managed": False}
"""Attributes of a CCER that may settle 2025."""


async def taking_part(
    databases: Databases, held: Held
) -> tuple[dict[str, tuple[str, tuple[UUID, ...]]], dict[str, str]]:
    """Give an account one of everything of a compliance year; return the global ids' parts, and other names."""
    facility = await unit_of(databases, held, name="受害者机组")
    authority = await identity.authority(databases, division=DIVISION)
    plant = Regulated(held, facility, authority, await identity.colleague(databases, authority, "officer"))
    await state(databases, plant, 2024)
    await verify(databases, plant, 2024, "7654.321", of_facility=False)
    await verify(databases, plant, 2024, "7654.321")
    allocation = await issued(databases, plant, 2024)
    waiting = await proposed(databases, plant, 2025, Stage.PRE)
    evidence = await accounts.evidence_of(databases, held, b"carried over")
    async with databases.write(plant.scope) as write:
        applied = await service.apply(
            write, plant.scope, account_id=held.id, sector=rules.Sector.POWER, net_sales=Decimal(0),
            quantity=Decimal(10), document="受害者净卖出证明", lodged_on=date(2026, 6, 1), evidence_id=evidence.id,
        )  # fmt: skip
    async with databases.write(plant.scope) as write:
        receipt = await service.surrender(
            write, plant.scope, account_id=held.id, year=2024, parts=[service.Part(CEA, Decimal(3))]
        )
    ids = {
        "quota_facility": ("QuotaFacility", (held.id, facility.id)),
        "quota_allocation": ("QuotaAllocation", (held.id, allocation.id)),
        "waiting_allocation": ("QuotaAllocation", (held.id, waiting.id)),
        "quota_receipt": ("QuotaReceipt", (held.id, receipt.value.id)),
        "quota_carry_over": ("QuotaCarryOver", (held.id, applied.id)),
    }
    return ids, {"receipt_number": receipt.value.number}
