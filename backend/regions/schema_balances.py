"""Energy balances on the wire: their cells, what they come to line by line, and the command that stores a version."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

import strawberry

from backend.kit.db import Write
from backend.regions import service
from backend.regions.balances import queries
from backend.regions.balances.values import (
    ENERGIES,
    FLOWS,
    LAYOUT_CONFIDENCE,
    Assumption,
    BalanceState,
    BalanceValue,
    Cell,
    Flow,
    LineKind,
    TopDown,
)
from backend.regions.values import Document
from backend.wire.commands import command
from backend.wire.connections import Connection, connect, page
from backend.wire.context import Context, Info
from backend.wire.nodes import Node, node_id, node_loader, uuids

# The body of a command is a plain function that `command` turns into a field; `input` is the wire's word.
# pyright: reportGeneralTypeIssues=false, reportSelfClsParameterName=false
# ruff: noqa: A002, N805

BALANCE = "EnergyBalance"
FlowEnum = strawberry.enum(Flow, name="EnergyFlow", description="A row of an energy balance.")
BalanceStateEnum = strawberry.enum(
    BalanceState, name="EnergyBalanceState", description="A version counts once a second person has accepted it."
)
LineKindEnum = strawberry.enum(
    LineKind,
    name="EnergyEmissionKind",
    description="What a line of emissions is: burnt here, bought from outside (net), or a recovered gas shown apart.",
)


@strawberry.type(description="A cell of an energy balance as printed; what leaves and what is transformed is negative.")
class EnergyBalanceCell:
    """A cell."""

    flow: FlowEnum = strawberry.field(description="Its row.")  # type: ignore[valid-type]
    flow_zh: str = strawberry.field(description="行名称。")
    sector: str = strawberry.field(description="A part of industry; empty for the whole row.")
    energy: str = strawberry.field(description="The code of its column.")
    energy_zh: str = strawberry.field(description="能源品种。")
    quantity: Decimal = strawberry.field(description="How much, in `unit`.")
    unit: str = strawberry.field(description="Its unit.")


@strawberry.type(description="As which fuel an energy is reckoned that has no row in the fuel table, and why.")
class EnergyAssumption:
    """An assumption."""

    energy: str = strawberry.field(description="The code of the energy.")
    fuel: str = strawberry.field(description="The fuel of the table.")
    reason: str = strawberry.field(description="Why.")


@strawberry.type(description="A parameter of a line, with the version it is of and how sure its source is.")
class EnergyLineParameter:
    """A parameter."""

    code: str = strawberry.field(description="Its symbol in the formula.")
    value: Decimal = strawberry.field(description="Its value, in `unit`.")
    unit: str = strawberry.field(description="Its unit.")
    version_id: strawberry.ID | None = strawberry.field(description="Global id of the reference parameter's version.")
    document: str = strawberry.field(description="The document it was printed in.")
    confidence: str = strawberry.field(description="How sure its source is.")


@strawberry.type(description="One number of a balance's emissions and everything that explains it.")
class EnergyEmissionLine:
    """A line of emissions."""

    kind: LineKindEnum = strawberry.field(description="What it is.")  # type: ignore[valid-type]
    flow: FlowEnum = strawberry.field(description="The row it comes from.")  # type: ignore[valid-type]
    sector: str = strawberry.field(description="The part of industry; empty for the rest.")
    energy: str = strawberry.field(description="The code of the energy.")
    quantity: Decimal = strawberry.field(description="How much, in `unit`.")
    unit: str = strawberry.field(description="The unit the factors are per.")
    tonnes: Decimal | None = strawberry.field(description="tCO2; null cannot be told, and is in no sum.")
    formula: str = strawberry.field(description="The formula.")
    formula_source: str = strawberry.field(description="Where it is printed.")
    parameters: list[EnergyLineParameter] = strawberry.field(description="What it was reckoned with.")
    reason_zh: str = strawberry.field(description="无法核算的原因。")
    reason_en: str = strawberry.field(description="Why it cannot be told.")


@strawberry.type(description="What a column lacks to balance (平衡差额).")
class EnergyGap:
    """What a column lacks."""

    energy: str = strawberry.field(description="The code of the energy.")
    gap: Decimal = strawberry.field(description="Supply and transformation less losses and final use, in `unit`.")
    unit: str = strawberry.field(description="Its unit.")


@strawberry.type(
    description="A version of a division's energy balance of a year (能源平衡表); the highest accepted version counts. Its "
    "rows and columns follow the statistical yearbook's, written down from memory."
)
class EnergyBalance(Node):
    """A version of an energy balance."""

    own_id: strawberry.Private[UUID]
    division_code: str = strawberry.field(description="The division.")
    year: int = strawberry.field(description="The year.")
    version: int = strawberry.field(description="From 1.")
    fuel_table: str = strawberry.field(description="The table of fuel defaults it is reckoned with.")
    assumptions: list[EnergyAssumption] = strawberry.field(description="As which fuels other energies are reckoned.")
    document: str = strawberry.field(description="The document it was taken from.")
    document_number: str = strawberry.field(description="Its number, where it has one.")
    document_date: date = strawberry.field(description="When it was issued.")
    note: str = strawberry.field(description="Why it follows another version.")
    recorded_at: datetime = strawberry.field(description="When it was entered; the factors known then count.")
    layout_confidence: str = strawberry.field(description="How sure the layout of rows and columns is.")
    state: BalanceStateEnum = strawberry.field(description="Where it stands.")  # type: ignore[valid-type]
    decision_reason: str | None = strawberry.field(description="Why it was accepted or rejected.")
    decided_at: datetime | None = strawberry.field(description="When.")

    @strawberry.field(description="Its cells.")
    async def cells(self, info: Info) -> list[EnergyBalanceCell]:
        """Return its cells."""
        order = {flow: place for place, flow in enumerate(FLOWS)}
        columns = {code: place for place, code in enumerate(ENERGIES)}
        found = await info.context.loader(queries.cell_batch).load(self.own_id)
        return [
            EnergyBalanceCell(
                flow=each.flow, flow_zh=FLOWS[each.flow].zh, sector=each.sector, energy=each.energy,
                energy_zh=ENERGIES[each.energy].zh, quantity=each.quantity, unit=each.unit,
            )
            for each in sorted(found, key=lambda one: (order[one.flow], one.sector, columns[one.energy]))
        ]  # fmt: skip


@strawberry.type(
    description="What an energy balance comes to, tCO2. Net inflow and recovered gases stand beside direct emissions, never in."
)
class EnergyBalanceResult:
    """What a balance comes to."""

    balance: EnergyBalance = strawberry.field(description="The version.")
    direct: Decimal = strawberry.field(description="Combustion, of all lines that can be told.")
    net_inflow: Decimal = strawberry.field(description="Electricity and heat bought from outside less sold.")
    recovered: Decimal = strawberry.field(description="Of recovered gases, whose carbon was counted with the coke.")
    is_complete: bool = strawberry.field(description="Whether every line can be told.")
    lines: list[EnergyEmissionLine] = strawberry.field(description="Every line, in the order of the table.")
    gaps: list[EnergyGap] = strawberry.field(description="What each column lacks to balance.")


def balance_shown(value: BalanceValue) -> EnergyBalance:
    """Return a balance as the wire has it."""
    return EnergyBalance(
        id=node_id(BALANCE, value.id), own_id=value.id, division_code=value.division_code, year=value.year,
        version=value.version, fuel_table=value.fuel_table,
        assumptions=[
            EnergyAssumption(energy=each.energy, fuel=each.fuel, reason=each.reason) for each in value.assumptions
        ],
        document=value.document, document_number=value.document_number, document_date=value.document_date,
        note=value.note, recorded_at=value.recorded_at, layout_confidence=LAYOUT_CONFIDENCE, state=value.state,
        decision_reason=value.decision_reason, decided_at=value.decided_at,
    )  # fmt: skip


def balance_result(one: TopDown) -> EnergyBalanceResult:
    """Return what a balance comes to as the wire has it."""
    return EnergyBalanceResult(
        balance=balance_shown(one.balance), direct=one.direct, net_inflow=one.net_inflow, recovered=one.recovered,
        is_complete=one.is_complete,
        lines=[
            EnergyEmissionLine(
                kind=each.kind, flow=each.flow, sector=each.sector, energy=each.energy, quantity=each.quantity,
                unit=each.unit, tonnes=each.tonnes, formula=each.formula, formula_source=each.formula_source,
                parameters=[
                    EnergyLineParameter(
                        code=of.code, value=of.value, unit=of.unit, document=of.document, confidence=of.confidence,
                        version_id=None if of.version_id is None else node_id("ReferenceParameter", of.version_id),
                    )
                    for of in each.parameters
                ],
                reason_zh=each.reason_zh, reason_en=each.reason_en,
            )
            for each in one.lines
        ],
        gaps=[EnergyGap(energy=each.energy, gap=each.gap, unit=each.unit) for each in one.gaps],
    )  # fmt: skip


async def _load(context: Context, *ids: UUID) -> EnergyBalance | None:
    context.scope.require("regions:read")
    found = await context.loader(queries.balance_batch).load(ids[0]) if len(ids) == 1 else None
    return None if found is None else balance_shown(found)


node_loader(BALANCE)(_load)
First = Annotated[int, strawberry.argument(description="At most so many, 1 to 100.")]
After = Annotated[str | None, strawberry.argument(description="The cursor of the last one seen.")]


@strawberry.type
class BalancesQuery:
    """Reading energy balances."""

    @strawberry.field(description="Versions of energy balances of your region, the newest entered first.")
    async def energy_balances(
        self,
        info: Info,
        division_code: Annotated[str | None, strawberry.argument(description="Only of this division.")] = None,
        year: Annotated[int | None, strawberry.argument(description="Only of this year.")] = None,
        is_awaiting: Annotated[
            bool | None, strawberry.argument(description="Only those that await their second person, or that do not.")
        ] = None,
        first: First = 20,
        after: After = None,
    ) -> Connection[EnergyBalance]:
        """List balances."""
        asked = page(first, after)
        key = asked.key(datetime.fromisoformat, UUID)
        async with info.context.read() as read:
            rows = await queries.balances(
                read, info.context.scope, division_code=division_code, year=year, is_awaiting=is_awaiting,
                after=None if key is None else (key[0], key[1]), limit=asked.fetch,
            )  # fmt: skip
        return connect(rows, asked, key=lambda row: [row.recorded_at, row.id], make=balance_shown)

    @strawberry.field(description="What a version of an energy balance comes to, line by line.")
    async def energy_balance_result(
        self, info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="The balance's global id.")]
    ) -> EnergyBalanceResult:  # fmt: skip
        """Return what a balance comes to."""
        (own_id, *_) = uuids(id, BALANCE, path=("id",))
        async with info.context.read() as read:
            return balance_result(await queries.computed(read, info.context.scope, own_id))


@strawberry.input(description="A cell as printed; what leaves the region and what is transformed is negative.")
class EnergyBalanceCellInput:
    """A cell."""

    flow: FlowEnum = strawberry.field(description="Its row.")  # type: ignore[valid-type]
    energy: str = strawberry.field(description="The code of its column, such as raw_coal.")
    quantity: Decimal = strawberry.field(description="How much.")
    unit: str = strawberry.field(default="", description="Its unit, e.g. 万t, 亿立方米; left out, the column's own.")
    sector: str = strawberry.field(default="", description="A part of industry by the sector's code.")


@strawberry.input(description="As which fuel of the fuel table an energy is reckoned, and why.")
class EnergyAssumptionInput:
    """An assumption."""

    energy: str = strawberry.field(description="The code of the energy.")
    fuel: str = strawberry.field(description="The fuel of the table.")
    reason: str = strawberry.field(description="Why, up to 300 characters.")


@strawberry.input(description="Store a version of a division's energy balance of a year.")
class RecordEnergyBalanceInput:
    """Store a balance."""

    division_code: str = strawberry.field(description="A division of your region.")
    year: int = strawberry.field(description="From 2005 to this year.")
    cells: list[EnergyBalanceCellInput] = strawberry.field(
        description="Up to 4,000; nothing is stored unless all can be."
    )
    document_title: str = strawberry.field(description="The document it was taken from.")
    document_issued_on: date = strawberry.field(description="When that was issued, up to today.")
    document_number: str = strawberry.field(default="", description="Its number, where it has one.")
    fuel_table: str = strawberry.field(
        default="", description="The table of fuel defaults; left out, that of other industry."
    )
    assumptions: list[EnergyAssumptionInput] = strawberry.field(
        default_factory=list, description="For energies without a row in the fuel table."
    )
    note: str = strawberry.field(default="", description="Why it follows another version; needed from the second on.")


@strawberry.type(description="The balance was stored.")
class EnergyBalanceRecorded:
    """The balance was stored."""

    balance: EnergyBalance = strawberry.field(description="The version.")


@strawberry.input(description="Accept or reject a version that somebody else entered.")
class DecideEnergyBalanceInput:
    """Decide on a balance."""

    balance_id: strawberry.ID = strawberry.field(description="The version.")
    is_accepted: bool = strawberry.field(description="Whether it counts from now on.")
    reason: str = strawberry.field(description="Why, up to 1,000 characters.")


@strawberry.type(description="The balance was decided on.")
class EnergyBalanceDecided:
    """The balance was decided on."""

    balance: EnergyBalance = strawberry.field(description="The version.")


@strawberry.type
class BalancesMutation:
    """Commands on energy balances."""

    @command("regions:record_balance")
    async def record_energy_balance(
        context: Context, write: Write, input: RecordEnergyBalanceInput
    ) -> EnergyBalanceRecorded:
        """Store a version of a division's energy balance of a year (能源平衡表), all of it or nothing; a second person accepts it."""
        value = await service.record_balance(
            write, context.scope, division_code=input.division_code, year=input.year, fuel_table=input.fuel_table,
            cells=[Cell(each.flow, each.energy, each.quantity, each.unit, each.sector) for each in input.cells],
            document=Document(input.document_title, input.document_number, input.document_issued_on),
            assumptions=[Assumption(each.energy, each.fuel, each.reason) for each in input.assumptions],
            note=input.note,
        )  # fmt: skip
        return EnergyBalanceRecorded(balance=balance_shown(value))

    @command("regions:decide_balance")
    async def decide_energy_balance(
        context: Context, write: Write, input: DecideEnergyBalanceInput
    ) -> EnergyBalanceDecided:
        """Accept a version of an energy balance, so that it counts, or reject it; who entered it cannot."""
        (own_id, *_) = uuids(input.balance_id, BALANCE, path=("input", "balanceId"))
        value = await service.decide_balance(
            write, context.scope, own_id, is_accepted=input.is_accepted, reason=input.reason
        )
        return EnergyBalanceDecided(balance=balance_shown(value))
