"""The nodes of the inventory: `Inventory`, `InventoryLine`, `Finding`, each with what hangs below it."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import strawberry

from backend.emissions.inventory import queries
from backend.emissions.inventory.queries import LineFilter
from backend.emissions.inventory.schema_types import (
    ACCOUNT,
    EVIDENCE,
    FINDING,
    INVENTORY,
    LINE,
    SITE,
    SOURCE,
    BasisEnum,
    FindingMessage,
    InventoryAccount,
    InventoryCheck,
    InventoryMonth,
    InventoryTransition,
    InventoryUncertainty,
    LineParameter,
    LineQuantity,
    LineRecord,
    LineTier,
    SeverityEnum,
    StateEnum,
    check_shown,
    method_label,
    months_shown,
    one_id,
    pair,
    parameter_shown,
    quantity_shown,
    record_shown,
    tier_shown,
    transition_shown,
    uncertainty_shown,
)
from backend.emissions.inventory.values import Severity, State
from backend.emissions.methods.arithmetic import add
from backend.emissions.values import Basis
from backend.wire.connections import Connection, connect, page
from backend.wire.context import Context, Info
from backend.wire.nodes import Node, node_id, node_loader
from backend.wire.scalars import Month

PAIR = 2
"""Ids of things under an account carry the account's and their own."""


@strawberry.type(
    description="One number of an inventory and everything that explains it (清单条目): "
    "baseQuantity x coefficient = resultT, exactly; resultT x gwp = co2eT."
)
class InventoryLine(Node):
    """One number of an inventory."""

    account_id: strawberry.ID
    inventory_id: strawberry.ID
    source_id: strawberry.ID
    source_code: str
    source_name: str
    site_id: strawberry.ID
    site_name: str
    scope: int
    category: str
    method: str
    method_zh: str
    method_en: str
    key: str = strawberry.field(description="The fuel, energy or material in the method's own table.")
    gas: str
    basis: BasisEnum  # type: ignore[valid-type]
    months: list[Month]
    record_count: int
    quantities: list[LineQuantity] = strawberry.field(description="By recorded unit, each with its conversion.")
    base_quantity: Decimal
    base_unit: str
    coefficient: Decimal = strawberry.field(description="t of gas per base unit, rounded once to 20 decimals.")
    coefficient_unit: str
    result_t: Decimal = strawberry.field(description="t of the gas.")
    gwp: Decimal
    co2e_t: Decimal
    energy_tce: Decimal = strawberry.field(
        description="Standard coal, counted once for a quantity: on its first gas and not on the market side."
    )
    formula: str = strawberry.field(description="With the values that went in.")
    formula_source: str
    parameters: list[LineParameter]
    tiers: list[LineTier]
    quality_score: Decimal | None = strawberry.field(description="0..100.")
    uncertainty: Decimal | None = strawberry.field(description="Relative half-width at 95 %.")

    @strawberry.field(description="The activity records it was summed from, as they were known then.")
    async def records(self, info: Info, first: int = 50, after: str | None = None) -> Connection[LineRecord]:
        """List the records behind the line."""
        account_id, line_id = pair(self.id, LINE)
        asked = page(first, after)
        async with info.context.read() as read:
            rows = await queries.line_records(
                read, info.context.scope, account_id, line_id, limit=asked.fetch, after=asked.after
            )
        return connect(rows, asked, key=lambda row: (row.month, row.id), make=lambda row: record_shown(row, account_id))


@strawberry.type(description="A verifier's finding (核查意见) and its thread; rounds may loop until it is resolved.")
class Finding(Node):
    """A finding."""

    account_id: strawberry.ID
    inventory_id: strawberry.ID
    year: int
    version: int = strawberry.field(description="The version it was raised on.")
    line_id: strawberry.ID | None = strawberry.field(description="The line it is about; null: the whole inventory.")
    review_round: int
    severity: SeverityEnum  # type: ignore[valid-type]
    state: str = strawberry.field(description="`open`, `answered`, `resolved`.")
    raised_at: datetime
    raised_by: UUID | None
    verifier_id: UUID

    @strawberry.field(description="The thread, oldest first; at most 100.")
    async def messages(self, info: Info) -> list[FindingMessage]:
        """List the thread."""
        account_id, finding_id = pair(self.id, FINDING)
        rows = await info.context.loader(queries.message_batch).load((account_id, finding_id))
        return [
            FindingMessage(
                author_kind=row.author_kind, author_id=row.author_id, organisation_id=row.organisation_id,
                text=row.text, at=row.at,
                evidence_id=node_id(EVIDENCE, account_id, row.evidence_id) if row.evidence_id else None,
            )
            for row in rows[-100:]
        ]  # fmt: skip

    @strawberry.field(description="The line it is about.")
    async def line(self, info: Info) -> InventoryLine | None:
        """Fetch the line."""
        if self.line_id is None:
            return None
        row = await info.context.loader(queries.line_batch).load(pair(self.line_id, LINE))
        return None if row is None else line_shown(row)


@strawberry.type(description="One version of a year's inventory (排放清单). Totals are exact sums of its lines, tCO2e.")
class Inventory(Node):
    """One version of a year's inventory."""

    account_id: strawberry.ID
    year: int
    version: int
    state: StateEnum  # type: ignore[valid-type]
    as_of: datetime = strawberry.field(description="The knowledge it was computed with.")
    factor_policy: str
    factor_date: date
    method_pack: str
    fuel_table: str = strawberry.field(description="The fuel table its report names.")
    scope1: Decimal
    scope2_location: Decimal
    scope2_market: Decimal
    scope3: Decimal = strawberry.field(description="Kept apart; never part of the totals of scope 1+2.")
    total_location: Decimal = strawberry.field(description="Scope 1 + scope 2 location-based.")
    total_market: Decimal = strawberry.field(description="Scope 1 + scope 2 market-based.")
    energy_tce: Decimal
    record_count: int
    excluded_count: int = strawberry.field(description="Records that are there but not approved, and not counted.")
    uncertainty: InventoryUncertainty
    checks: list[InventoryCheck]
    quality_score: Decimal | None
    restates_id: strawberry.ID | None = strawberry.field(description="The version it replaces after verification.")
    reason: str
    computed_at: datetime
    computed_by: UUID | None

    @strawberry.field(description="Its lines, by scope and category.")
    async def lines(
        self, info: Info, scope: int | None = None, category: str | None = None,
        source_id: strawberry.ID | None = None, gas: str | None = None,
        basis: BasisEnum | None = None,  # type: ignore[valid-type]
        first: int = 50, after: str | None = None,
    ) -> Connection[InventoryLine]:  # fmt: skip
        """List the lines."""
        account_id, inventory_id = pair(self.id, INVENTORY)
        asked = page(first, after)
        wanted = LineFilter(
            scope, category, pair(source_id, SOURCE)[-1] if source_id else None, gas, basis.value if basis else None
        )
        async with info.context.read() as read:
            rows = await queries.lines(
                read, info.context.scope, account_id, inventory_id, wanted, limit=asked.fetch, after=asked.after
            )
        return connect(rows, asked, key=lambda row: (row.scope, row.category, row.id), make=line_shown)

    @strawberry.field(description="Month by month.")
    async def months(self, info: Info) -> list[InventoryMonth]:
        """List the months."""
        account_id, inventory_id = pair(self.id, INVENTORY)
        async with info.context.read() as read:
            return months_shown(await queries.months(read, info.context.scope, account_id, inventory_id))

    @strawberry.field(description="Every change of its state, oldest first.")
    async def transitions(self, info: Info) -> list[InventoryTransition]:
        """List the transitions."""
        rows = await info.context.loader(queries.transition_batch).load(pair(self.id, INVENTORY))
        return [transition_shown(row) for row in rows[-100:]]

    @strawberry.field(description="Findings raised on this version, oldest first.")
    async def findings(self, info: Info, first: int = 50, after: str | None = None) -> Connection[Finding]:
        """List the findings."""
        account_id, inventory_id = pair(self.id, INVENTORY)
        asked = page(first, after)
        async with info.context.read() as read:
            rows = await queries.findings(
                read, info.context.scope, account_id, self.year, inventory_id=inventory_id, limit=asked.fetch,
                after=asked.after,
            )  # fmt: skip
        return connect(rows, asked, key=lambda row: (row.id,), make=finding_shown)

    @strawberry.field(description="The account, in short.")
    async def account(self, info: Info) -> InventoryAccount | None:
        """Fetch the account's name."""
        row = await info.context.loader(queries.account_batch).load(one_id(self.account_id, ACCOUNT))
        if row is None:
            return None
        return InventoryAccount(
            id=self.account_id, number=row.number, name=row.name, sector=row.sector, division_code=row.division_code
        )


def inventory_shown(row: Any) -> Inventory:  # noqa: ANN401 - a row of `inventory`
    """Return an inventory as the wire has it."""
    return Inventory(
        id=node_id(INVENTORY, row.account_id, row.id),
        account_id=node_id(ACCOUNT, row.account_id),
        year=row.year, version=row.version, state=State(row.state), as_of=row.as_of,
        factor_policy=row.factor_policy, factor_date=row.factor_date, method_pack=row.method_pack,
        fuel_table=row.fuel_table, scope1=row.scope1, scope2_location=row.scope2_location,
        scope2_market=row.scope2_market, scope3=row.scope3, total_location=add(row.scope1, row.scope2_location),
        total_market=add(row.scope1, row.scope2_market), energy_tce=row.energy_tce, record_count=row.record_count,
        excluded_count=row.excluded_count, uncertainty=uncertainty_shown(row.uncertainty),
        checks=[check_shown(each) for each in row.checks], quality_score=row.quality_score,
        restates_id=node_id(INVENTORY, row.account_id, row.restates_id) if row.restates_id else None,
        reason=row.reason, computed_at=row.computed_at, computed_by=row.computed_by,
    )  # fmt: skip


def line_shown(row: Any) -> InventoryLine:  # noqa: ANN401 - a row of `queries.lines`
    """Return a line as the wire has it."""
    return InventoryLine(
        id=node_id(LINE, row.account_id, row.id),
        account_id=node_id(ACCOUNT, row.account_id),
        inventory_id=node_id(INVENTORY, row.account_id, row.inventory_id),
        source_id=node_id(SOURCE, row.account_id, row.source_id), source_code=row.source_code,
        source_name=row.source_name, site_id=node_id(SITE, row.account_id, row.site_id), site_name=row.site_name,
        scope=row.scope, category=row.category, method=row.method, method_zh=method_label(row.method, "zh"),
        method_en=method_label(row.method, "en"), key=row.key, gas=row.gas, basis=Basis(row.basis),
        months=[Month(each) for each in row.months], record_count=row.record_count,
        quantities=[quantity_shown(each) for each in row.quantities], base_quantity=row.base_quantity,
        base_unit=row.base_unit, coefficient=row.coefficient, coefficient_unit=row.coefficient_unit,
        result_t=row.result_t, gwp=row.gwp, co2e_t=row.co2e_t, energy_tce=row.energy_tce, formula=row.formula,
        formula_source=row.formula_source, parameters=[parameter_shown(each) for each in row.parameters],
        tiers=[tier_shown(code, each) for code, each in row.tiers.items()], quality_score=row.quality_score,
        uncertainty=row.uncertainty,
    )  # fmt: skip


def finding_shown(row: Any) -> Finding:  # noqa: ANN401 - a row of `queries.findings`
    """Return a finding as the wire has it."""
    return Finding(
        id=node_id(FINDING, row.account_id, row.id),
        account_id=node_id(ACCOUNT, row.account_id),
        inventory_id=node_id(INVENTORY, row.account_id, row.inventory_id),
        year=row.year, version=row.version,
        line_id=node_id(LINE, row.account_id, row.line_id) if row.line_id else None,
        review_round=row.review_round, severity=Severity(row.severity), state=row.state, raised_at=row.raised_at,
        raised_by=row.raised_by, verifier_id=row.verifier_id,
    )  # fmt: skip


@node_loader(INVENTORY)
async def load_inventory(context: Context, *ids: UUID) -> Inventory | None:
    """Fetch an inventory for `node(id:)`."""
    row = await context.loader(queries.inventory_batch).load((ids[0], ids[1])) if len(ids) == PAIR else None
    return None if row is None else inventory_shown(row)


@node_loader(LINE)
async def load_line(context: Context, *ids: UUID) -> InventoryLine | None:
    """Fetch a line for `node(id:)`."""
    row = await context.loader(queries.line_batch).load((ids[0], ids[1])) if len(ids) == PAIR else None
    return None if row is None else line_shown(row)


@node_loader(FINDING)
async def load_finding(context: Context, *ids: UUID) -> Finding | None:
    """Fetch a finding for `node(id:)`."""
    row = await context.loader(queries.finding_batch).load((ids[0], ids[1])) if len(ids) == PAIR else None
    return None if row is None else finding_shown(row)
