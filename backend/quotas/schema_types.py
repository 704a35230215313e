"""Facilities, their data, verified figures, allocations, duties, receipts and carry-overs on the wire."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

import strawberry

from backend.accounts.schema_types import CarbonAccount, Evidence, load_account
from backend.identity.schema_types import Person, load_person
from backend.quotas import queries, rules
from backend.quotas.queries import HistoryKey
from backend.quotas.schema_rules import CoolingEnum, ElectricityEnum, LineEnum, SectorEnum, UnitClassEnum
from backend.quotas.values import (
    AllocationLineValue,
    AllocationState,
    AllocationValue,
    BalanceValueValue,
    CarryOverState,
    CarryOverValue,
    FacilityValue,
    ObligationBasis,
    OutputValue,
    Stage,
    SurrenderLineValue,
    SurrenderValue,
    VerifiedValue,
)
from backend.wire.connections import Connection, Page, connect, page
from backend.wire.context import Context, Info
from backend.wire.nodes import Node, fetch, node_id, node_loader
from backend.wire.scalars import JSON

FACILITY, ALLOCATION, RECEIPT, CARRY_OVER = "QuotaFacility", "QuotaAllocation", "QuotaReceipt", "QuotaCarryOver"
MOVEMENT = "UnitMovement"
First = Annotated[int, strawberry.argument(description="How many, 1 to 100.")]
After = Annotated[str | None, strawberry.argument(description="A cursor from an earlier answer.")]

StageEnum = strawberry.enum(
    Stage, name="AllocationStage", description="PRE-allocation (预分配) or FINAL allocation (核定分配)."
)
AllocationStateEnum = strawberry.enum(
    AllocationState,
    name="AllocationState",
    description="PROPOSED by one person, ISSUED or REJECTED by another; REVOKED after issue.",
)
CarryOverStateEnum = strawberry.enum(
    CarryOverState, name="CarryOverState", description="APPLIED by the holder, APPROVED or REJECTED by the authority."
)
ObligationBasisEnum = strawberry.enum(
    ObligationBasis,
    name="ObligationBasis",
    description="ENTERED by a verifier or the authority, read from the VERIFIED inventory; PROVISIONAL and NONE cannot be "
    "settled on.",
)
DutyKindEnum = strawberry.enum(rules.DutyKind, name="QuotaDutyKind", description="What has to be done.")
DutyStateEnum = strawberry.enum(
    rules.DutyState, name="QuotaDutyState", description="UNKNOWN: not done, and its last day is not recorded."
)


def after_id(asked: Page) -> UUID | None:
    """Return the id a page begins after. Raises PageInvalid for a cursor of another list."""
    key = asked.key(UUID)
    return None if key is None else key[0]


@strawberry.type(description="A run of serials, both ends included.")
class SerialRun:
    """A run of serials."""

    first: str = strawberry.field(description="The first serial.")
    last: str = strawberry.field(description="The last serial.")


def runs(serials: tuple[tuple[int, int], ...]) -> list[SerialRun]:
    """Return runs of serials as the wire has them: as text, for they outgrow its integers."""
    return [SerialRun(first=str(first), last=str(last)) for first, last in serials]


@strawberry.type(description="Production data of a month, or of the whole year; the newest entry counts.")
class QuotaOutput(Node):
    """Production data."""

    account_id: strawberry.Private[UUID]
    evidence_key: strawberry.Private[UUID | None]
    recorder_id: strawberry.Private[UUID | None]
    year: int = strawberry.field(description="The year.")
    month: int | None = strawberry.field(description="1 to 12; null for the whole year.")
    basis: ElectricityEnum | None = strawberry.field(description="Which electricity.")  # type: ignore[valid-type]
    mwh: Decimal | None = strawberry.field(description="Electricity, MWh; null is not stated.")
    gj: Decimal | None = strawberry.field(description="Heat supplied, GJ.")
    heat_ratio: Decimal | None = strawberry.field(description="Share of heat supplied, 0 to 1.")
    load: Decimal | None = strawberry.field(description="Load (output) coefficient, 0 to 1.")
    output: Decimal | None = strawberry.field(description="Output, in `outputUnit`.")
    output_unit: str = strawberry.field(description="Its unit.")
    intensity: Decimal | None = strawberry.field(description="Emissions per output, in the balance value's unit.")
    emissions: Decimal | None = strawberry.field(description="tCO2 as the enterprise states it, not verified.")
    note: str = strawberry.field(description="Remarks.")
    reason: str = strawberry.field(description="Why it takes the place of an earlier entry.")
    recorded_at: datetime = strawberry.field(description="When.")

    @strawberry.field(description="The file that shows it.")
    async def evidence(self, info: Info) -> Evidence | None:
        """Return its evidence."""
        return await load_evidence(info.context, self.account_id, self.evidence_key)

    @strawberry.field(description="Who recorded it; null where you may not know them.")
    async def recorded_by(self, info: Info) -> Person | None:
        """Return who recorded it."""
        return await load_person(info.context, self.recorder_id)


@strawberry.type(description="A power unit (机组) or production line (生产线).")
class QuotaFacility(Node):
    """A power unit or production line."""

    account_id: strawberry.Private[UUID]
    own_id: strawberry.Private[UUID]
    code: str = strawberry.field(description="Its code within the account.")
    name: str = strawberry.field(description="Its name.")
    sector: SectorEnum = strawberry.field(description="Its sector.")  # type: ignore[valid-type]
    unit_class: UnitClassEnum | None = strawberry.field(description="A power unit's class.")  # type: ignore[valid-type]
    cooling: CoolingEnum | None = strawberry.field(description="A power unit's cooling.")  # type: ignore[valid-type]
    is_pure_condensing: bool | None = strawberry.field(description="Whether it supplies no heat; null: told from data.")
    line: LineEnum | None = strawberry.field(description="A line's kind.")  # type: ignore[valid-type]
    capacity: Decimal | None = strawberry.field(description="In `capacityUnit`.")
    capacity_unit: str = strawberry.field(description="Unit of the capacity, e.g. MW.")
    since: date = strawberry.field(description="First day.")
    until: date | None = strawberry.field(description="Last day; null while it runs.")
    created_at: datetime = strawberry.field(description="When it was added.")

    @strawberry.field(description="The account it belongs to.")
    async def account(self, info: Info) -> CarbonAccount | None:
        """Return its account."""
        return await load_account(info.context, self.account_id)

    @strawberry.field(description="Every entry ever made, newest first.")
    async def history(
        self, info: Info, year: int | None = None, first: First = 20, after: After = None
    ) -> Connection[QuotaOutput]:
        """Return its entries."""
        asked = page(first, after)
        key = HistoryKey(self.account_id, self.own_id, year, asked.fetch, after_id(asked))
        rows = await info.context.loader(queries.output_histories).load(key)
        return connect(rows, asked, key=lambda row: [row.id], make=output)


@strawberry.type(description="Verified emissions as a verifier or the authority entered them.")
class QuotaVerified(Node):
    """Verified emissions."""

    year: int = strawberry.field(description="The compliance year.")
    facility_id: strawberry.ID | None = strawberry.field(description="The unit or line; null for the whole account.")
    emissions: Decimal = strawberry.field(description="tCO2.")
    intensity: Decimal | None = strawberry.field(description="Emissions per output, in the balance value's unit.")
    document: str = strawberry.field(description="The report or decision it stands in.")
    entered_by_kind: str = strawberry.field(description="`verifier` or `authority`.")
    entered_at: datetime = strawberry.field(description="When.")


@strawberry.type(description="A balance value (行业平衡值), as the authority entered it.")
class QuotaBalanceValue(Node):
    """A balance value."""

    person_id: strawberry.Private[UUID | None]
    sector: SectorEnum = strawberry.field(description="The sector.")  # type: ignore[valid-type]
    year: int = strawberry.field(description="The compliance year.")
    value: Decimal = strawberry.field(description="In `unit`.")
    unit: str = strawberry.field(description="Its unit.")
    document: str = strawberry.field(description="Where it is published.")
    note: str = strawberry.field(description="Remarks.")
    confidence: str = strawberry.field(description="`tenant-entered`.")
    entered_at: datetime = strawberry.field(description="When.")

    @strawberry.field(description="Who entered it; null where you may not know them.")
    async def entered_by(self, info: Info) -> Person | None:
        """Return who entered it."""
        return await load_person(info.context, self.person_id)


@strawberry.type(description="What an allocation grants for one unit or line.")
class QuotaAllocationLine:
    """What an allocation grants for one unit or line."""

    facility_key: strawberry.Private[tuple[UUID, UUID]]
    computed: Decimal = strawberry.field(description="tCO2, unrounded.")
    verified: Decimal | None = strawberry.field(description="Verified emissions, tCO2.")
    explanation: JSON = strawberry.field(description="Every factor with its document and confidence, decimals as text.")

    @strawberry.field(description="The unit or line.")
    async def facility(self, info: Info) -> QuotaFacility | None:
        """Return its facility."""
        found = await info.context.loader(queries.facilities_by_id).load(self.facility_key)
        return None if found is None else facility(found)


@strawberry.type(description="A pre-allocation or final allocation of an account's year.")
class QuotaAllocation(Node):
    """An allocation."""

    account_id: strawberry.Private[UUID]
    own_id: strawberry.Private[UUID]
    proposer_id: strawberry.Private[UUID | None]
    decider_id: strawberry.Private[UUID | None]
    year: int = strawberry.field(description="The compliance year.")
    stage: StageEnum = strawberry.field(description="Pre or final.")  # type: ignore[valid-type]
    state: AllocationStateEnum = strawberry.field(description="How it stands.")  # type: ignore[valid-type]
    computed: Decimal = strawberry.field(description="What the rules give, tCO2, unrounded.")
    quantity: Decimal = strawberry.field(description="Whole units issued, or to be issued.")
    issued_before: Decimal = strawberry.field(description="What the pre-allocation issued.")
    return_due: Decimal = strawberry.field(description="Whole units the holder has to give back (应退回).")
    document: str = strawberry.field(description="The notice it rests on.")
    note: str = strawberry.field(description="Remarks.")
    explanation: JSON = strawberry.field(description="Amount and settlement, with every factor; decimals as text.")
    proposed_at: datetime = strawberry.field(description="When it was proposed.")
    decided_at: datetime | None = strawberry.field(description="When it was decided.")
    decision: str = strawberry.field(description="The decision in words.")
    movement_id: strawberry.ID | None = strawberry.field(description="The ledger's movement that issued the units.")
    revoked_at: datetime | None = strawberry.field(description="When it was revoked, its units taken back.")
    revocation: str = strawberry.field(description="Why it was revoked.")

    @strawberry.field(description="The account.")
    async def account(self, info: Info) -> CarbonAccount | None:
        """Return its account."""
        return await load_account(info.context, self.account_id)

    @strawberry.field(description="What it grants for each unit or line.")
    async def lines(self, info: Info) -> list[QuotaAllocationLine]:
        """Return its lines."""
        rows = await info.context.loader(queries.lines_of).load((self.account_id, self.own_id))
        return [allocation_line(row) for row in rows]

    @strawberry.field(description="Who proposed it; null where you may not know them.")
    async def proposed_by(self, info: Info) -> Person | None:
        """Return who proposed it."""
        return await load_person(info.context, self.proposer_id)

    @strawberry.field(description="Who decided it; null where you may not know them.")
    async def decided_by(self, info: Info) -> Person | None:
        """Return who decided it."""
        return await load_person(info.context, self.decider_id)


@strawberry.type(description="Units a surrender moved in the ledger.")
class QuotaReceiptLine:
    """Units a surrender moved."""

    movement_id: strawberry.ID = strawberry.field(description="The movement's global id.")
    movement_number: str = strawberry.field(description="The movement's lasting number.")
    class_code: str = strawberry.field(description="`CEA` or `CCER`.")
    vintage: int | None = strawberry.field(description="Their vintage.")
    quantity: Decimal = strawberry.field(description="Whole units.")
    serials: list[SerialRun] = strawberry.field(description="Their serials.")
    is_reversed: bool = strawberry.field(description="Whether the registrar took the movement back.")


@strawberry.type(description="A receipt of a surrender (清缴凭证).")
class QuotaReceipt(Node):
    """A receipt."""

    account_id: strawberry.Private[UUID]
    own_id: strawberry.Private[UUID]
    person_id: strawberry.Private[UUID | None]
    number: str = strawberry.field(description="Its lasting number, e.g. `QS-2025-000001`.")
    year: int = strawberry.field(description="The compliance year.")
    obligation: Decimal = strawberry.field(description="What was owed for the year, tCO2.")
    obligation_basis: ObligationBasisEnum = strawberry.field(description="Where that figure came from.")  # type: ignore[valid-type]
    settled_before: Decimal = strawberry.field(description="Units settled before this surrender.")
    cea: Decimal = strawberry.field(description="Allowances surrendered.")
    ccer: Decimal = strawberry.field(description="CCER surrendered.")
    surrendered_at: datetime = strawberry.field(description="When.")

    @strawberry.field(description="The account.")
    async def account(self, info: Info) -> CarbonAccount | None:
        """Return its account."""
        return await load_account(info.context, self.account_id)

    @strawberry.field(description="The movements with their serials.")
    async def lines(self, info: Info) -> list[QuotaReceiptLine]:
        """Return its lines."""
        rows = await info.context.loader(queries.surrender_lines).load((self.account_id, self.own_id))
        return [receipt_line(row) for row in rows]

    @strawberry.field(description="Who surrendered; null where you may not know them.")
    async def surrendered_by(self, info: Info) -> Person | None:
        """Return who surrendered."""
        return await load_person(info.context, self.person_id)


@strawberry.type(description="An application to carry old allowances over (结转申请).")
class QuotaCarryOver(Node):
    """An application to carry allowances over."""

    account_id: strawberry.Private[UUID]
    evidence_key: strawberry.Private[UUID | None]
    sector: SectorEnum = strawberry.field(description="The sector whose base was taken.")  # type: ignore[valid-type]
    net_sales: Decimal = strawberry.field(description="Net sales within the window, tCO2.")
    maximum: Decimal = strawberry.field(description="The most, in whole units.")
    quantity: Decimal = strawberry.field(description="Whole units applied for.")
    serials: list[SerialRun] = strawberry.field(description="Their serials.")
    lodged_on: date = strawberry.field(description="The day it was lodged with the authority.")
    document: str = strawberry.field(description="What shows the net sales.")
    explanation: JSON = strawberry.field(description="The maximum with every factor, decimals as text.")
    state: CarryOverStateEnum = strawberry.field(description="How it stands.")  # type: ignore[valid-type]
    applied_at: datetime = strawberry.field(description="When it was entered here.")
    decided_at: datetime | None = strawberry.field(description="When it was decided.")
    decision: str = strawberry.field(description="The decision in words.")

    @strawberry.field(description="The account.")
    async def account(self, info: Info) -> CarbonAccount | None:
        """Return its account."""
        return await load_account(info.context, self.account_id)

    @strawberry.field(description="The file that shows when it was lodged.")
    async def evidence(self, info: Info) -> Evidence | None:
        """Return its evidence."""
        return await load_evidence(info.context, self.account_id, self.evidence_key)


async def load_evidence(context: Context, account_id: UUID, evidence_id: UUID | None) -> Evidence | None:
    """Return evidence of an account, None without any or where none is visible."""
    if evidence_id is None:
        return None
    found: Any = await fetch(context, node_id("Evidence", account_id, evidence_id))
    return found


def facility(value: FacilityValue) -> QuotaFacility:
    """Return a facility as the wire has it."""
    return QuotaFacility(
        id=node_id(FACILITY, value.account_id, value.id), account_id=value.account_id, own_id=value.id,
        code=value.code, name=value.name, sector=rules.Sector(value.sector),
        unit_class=rules.UnitClass(value.unit_class) if value.unit_class else None,
        cooling=rules.Cooling(value.cooling) if value.cooling else None, is_pure_condensing=value.is_pure_condensing,
        line=rules.LineKind(value.line) if value.line else None, capacity=value.capacity,
        capacity_unit=value.capacity_unit, since=value.since, until=value.until, created_at=value.created_at,
    )  # fmt: skip


def output(value: OutputValue) -> QuotaOutput:
    """Return production data as the wire has it."""
    return QuotaOutput(
        id=node_id("QuotaOutput", value.account_id, value.id), account_id=value.account_id,
        evidence_key=value.evidence_id, recorder_id=value.recorded_by, year=value.year, month=value.month,
        basis=rules.Basis(value.basis) if value.basis else None, mwh=value.mwh, gj=value.gj,
        heat_ratio=value.heat_ratio, load=value.load, output=value.output, output_unit=value.output_unit,
        intensity=value.intensity, emissions=value.emissions, note=value.note, reason=value.reason,
        recorded_at=value.recorded_at,
    )  # fmt: skip


def verified(value: VerifiedValue) -> QuotaVerified:
    """Return verified emissions as the wire has them."""
    return QuotaVerified(
        id=node_id("QuotaVerified", value.account_id, value.id), year=value.year,
        facility_id=node_id(FACILITY, value.account_id, value.facility_id) if value.facility_id else None,
        emissions=value.emissions, intensity=value.intensity, document=value.document,
        entered_by_kind=value.entered_kind, entered_at=value.entered_at,
    )  # fmt: skip


def balance_value(value: BalanceValueValue) -> QuotaBalanceValue:
    """Return a balance value as the wire has it."""
    return QuotaBalanceValue(
        id=node_id("QuotaBalanceValue", value.id), person_id=value.entered_by, sector=rules.Sector(value.sector),
        year=value.year, value=value.value, unit=value.unit, document=value.document, note=value.note,
        confidence="tenant-entered", entered_at=value.entered_at,
    )  # fmt: skip


def allocation(value: AllocationValue) -> QuotaAllocation:
    """Return an allocation as the wire has it."""
    return QuotaAllocation(
        id=node_id(ALLOCATION, value.account_id, value.id), account_id=value.account_id, own_id=value.id,
        proposer_id=value.proposed_by, decider_id=value.decided_by, year=value.year, stage=value.stage,
        state=value.state, computed=value.computed, quantity=value.quantity, issued_before=value.issued_before,
        return_due=value.return_due, document=value.document, note=value.note,
        explanation=_json(value.explanation), proposed_at=value.proposed_at, decided_at=value.decided_at,
        decision=value.decision, movement_id=node_id(MOVEMENT, value.movement_id) if value.movement_id else None,
        revoked_at=value.revoked_at, revocation=value.revocation,
    )  # fmt: skip


def allocation_line(value: AllocationLineValue) -> QuotaAllocationLine:
    """Return an allocation's line as the wire has it."""
    return QuotaAllocationLine(
        facility_key=(value.account_id, value.facility_id), computed=value.computed, verified=value.verified,
        explanation=_json(value.explanation),
    )  # fmt: skip


def receipt(value: SurrenderValue) -> QuotaReceipt:
    """Return a receipt as the wire has it."""
    return QuotaReceipt(
        id=node_id(RECEIPT, value.account_id, value.id), account_id=value.account_id, own_id=value.id,
        person_id=value.surrendered_by, number=value.number, year=value.year, obligation=value.obligation,
        obligation_basis=value.obligation_basis, settled_before=value.settled_before, cea=value.cea,
        ccer=value.ccer, surrendered_at=value.surrendered_at,
    )  # fmt: skip


def receipt_line(value: SurrenderLineValue) -> QuotaReceiptLine:
    """Return a receipt's line as the wire has it."""
    return QuotaReceiptLine(
        movement_id=node_id(MOVEMENT, value.movement_id), movement_number=str(value.movement_number),
        class_code=value.class_code, vintage=value.vintage, quantity=value.quantity, serials=runs(value.serials),
        is_reversed=value.is_reversed,
    )  # fmt: skip


def carry_over(value: CarryOverValue) -> QuotaCarryOver:
    """Return an application to carry over as the wire has it."""
    return QuotaCarryOver(
        id=node_id(CARRY_OVER, value.account_id, value.id), account_id=value.account_id,
        evidence_key=value.evidence_id, sector=rules.Sector(value.sector), net_sales=value.net_sales,
        maximum=value.maximum, quantity=value.quantity, serials=runs(value.serials), lodged_on=value.lodged_on,
        document=value.document, explanation=_json(value.explanation), state=value.state,
        applied_at=value.applied_at, decided_at=value.decided_at, decision=value.decision,
    )  # fmt: skip


def _json(value: Any) -> Any:  # noqa: ANN401 - JSON as it is stored
    return value


def _register(type_name: str, batch: Any, make: Any) -> None:  # noqa: ANN401 - a batch query and what shows its rows
    async def load(context: Context, *ids: UUID) -> Node | None:
        context.scope.require("quotas:read")
        if len(ids) != 2:  # noqa: PLR2004 - account and own
            return None
        found = await context.loader(batch).load((ids[0], ids[1]))
        return None if found is None else make(found)

    node_loader(type_name)(load)


_register(FACILITY, queries.facilities_by_id, facility)
_register(ALLOCATION, queries.allocations_by_id, allocation)
_register(RECEIPT, queries.surrenders_by_id, receipt)
_register(CARRY_OVER, queries.carry_overs_by_id, carry_over)
