"""Values of energy balances: flows (rows), energies (columns), what a table holds and what it comes to.

The rows and columns follow the regional balance of the China Energy Statistical Yearbook, written down from memory:
`LAYOUT_CONFIDENCE` says so wherever they are shown. As there, what leaves a region and what goes into a transformation
is negative.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

LAYOUT_CONFIDENCE = "from-memory"


class FlowGroup(StrEnum):
    """The parts of a balance."""

    SUPPLY = "supply"
    TRANSFORMATION = "transformation"
    LOSSES = "losses"
    FINAL = "final"


class Flow(StrEnum):
    """A row of a balance."""

    PRODUCTION = "production"
    INFLOW = "inflow"
    IMPORTS = "imports"
    OUTFLOW = "outflow"
    EXPORTS = "exports"
    STOCK_CHANGE = "stock_change"
    THERMAL_POWER = "thermal_power"
    HEATING = "heating"
    COAL_WASHING = "coal_washing"
    COKING = "coking"
    REFINING = "refining"
    GAS_WORKS = "gas_works"
    LIQUEFACTION = "liquefaction"
    BRIQUETTING = "briquetting"
    RECOVERY = "recovery"
    LOSSES = "losses"
    AGRICULTURE = "agriculture"
    INDUSTRY = "industry"
    FEEDSTOCK = "feedstock"
    """Of industry: what is used as raw material and not burnt (用作原料、材料)."""
    CONSTRUCTION = "construction"
    TRANSPORT = "transport"
    TRADE = "trade"
    OTHER = "other"
    URBAN_HOUSEHOLDS = "urban_households"
    RURAL_HOUSEHOLDS = "rural_households"


@dataclass(frozen=True, slots=True)
class FlowKind:
    """What a flow is: its group, its names, and the sector of the jurisdiction it belongs to, where it is one."""

    group: FlowGroup
    zh: str
    en: str
    sector: str = ""


FLOWS: Mapping[Flow, FlowKind] = {
    Flow.PRODUCTION: FlowKind(FlowGroup.SUPPLY, "一次能源生产量", "Primary energy output"),
    Flow.INFLOW: FlowKind(FlowGroup.SUPPLY, "外地调入量", "Inflow from other regions"),
    Flow.IMPORTS: FlowKind(FlowGroup.SUPPLY, "进口量", "Imports"),
    Flow.OUTFLOW: FlowKind(FlowGroup.SUPPLY, "本地调出量", "Outflow to other regions"),
    Flow.EXPORTS: FlowKind(FlowGroup.SUPPLY, "出口量", "Exports"),
    Flow.STOCK_CHANGE: FlowKind(FlowGroup.SUPPLY, "库存增减量", "Change of stocks"),
    Flow.THERMAL_POWER: FlowKind(FlowGroup.TRANSFORMATION, "火力发电", "Thermal power", "power"),
    Flow.HEATING: FlowKind(FlowGroup.TRANSFORMATION, "供热", "Heating supply", "power"),
    Flow.COAL_WASHING: FlowKind(FlowGroup.TRANSFORMATION, "洗选煤", "Coal washing"),
    Flow.COKING: FlowKind(FlowGroup.TRANSFORMATION, "炼焦", "Coking"),
    Flow.REFINING: FlowKind(FlowGroup.TRANSFORMATION, "炼油及煤制油", "Refining and coal to oil"),
    Flow.GAS_WORKS: FlowKind(FlowGroup.TRANSFORMATION, "制气", "Gas works"),
    Flow.LIQUEFACTION: FlowKind(FlowGroup.TRANSFORMATION, "天然气液化", "Natural gas liquefaction"),
    Flow.BRIQUETTING: FlowKind(FlowGroup.TRANSFORMATION, "煤制品加工", "Briquettes"),
    Flow.RECOVERY: FlowKind(FlowGroup.TRANSFORMATION, "回收能", "Recovered energy"),
    Flow.LOSSES: FlowKind(FlowGroup.LOSSES, "损失量", "Losses"),
    Flow.AGRICULTURE: FlowKind(FlowGroup.FINAL, "农、林、牧、渔业", "Agriculture, forestry, fishing"),
    Flow.INDUSTRY: FlowKind(FlowGroup.FINAL, "工业", "Industry"),
    Flow.FEEDSTOCK: FlowKind(FlowGroup.FINAL, "用作原料、材料", "Of industry: as raw material"),
    Flow.CONSTRUCTION: FlowKind(FlowGroup.FINAL, "建筑业", "Construction"),
    Flow.TRANSPORT: FlowKind(FlowGroup.FINAL, "交通运输、仓储和邮政业", "Transport, storage, post", "transport"),
    Flow.TRADE: FlowKind(FlowGroup.FINAL, "批发和零售业、住宿和餐饮业", "Trade, hotels, catering"),
    Flow.OTHER: FlowKind(FlowGroup.FINAL, "其他", "Others"),
    Flow.URBAN_HOUSEHOLDS: FlowKind(FlowGroup.FINAL, "城镇居民生活", "Urban households"),
    Flow.RURAL_HOUSEHOLDS: FlowKind(FlowGroup.FINAL, "乡村居民生活", "Rural households"),
}

LEAVING = frozenset({Flow.OUTFLOW, Flow.EXPORTS})
"""Never positive."""
BURNING = frozenset({Flow.THERMAL_POWER, Flow.HEATING})
"""Transformations whose input is burnt: what is negative there is fuel, what is positive is electricity or heat."""
SIGNED = frozenset(
    {Flow.STOCK_CHANGE, *(each for each, kind in FLOWS.items() if kind.group is FlowGroup.TRANSFORMATION)}
)
"""May have either sign."""


class EnergyForm(StrEnum):
    """How an energy's emissions come about."""

    FUEL = "fuel"
    RECOVERED = "recovered"
    """A gas whose carbon was counted with the coke or coal it came from: its emissions are shown apart, never added."""
    ELECTRICITY = "electricity"
    HEAT = "heat"
    UNKNOWN = "unknown"
    """A mixture without a composition: its emissions cannot be told."""


@dataclass(frozen=True, slots=True)
class Energy:
    """A column of a balance: its names, the unit it is reckoned in, its rows in the fuel tables."""

    code: str
    zh: str
    en: str
    unit: str
    form: EnergyForm = EnergyForm.FUEL
    fuels: tuple[str, ...] = ()


_GAS = "万Nm3"
ENERGIES: Mapping[str, Energy] = {
    each.code: each
    for each in (
        Energy("raw_coal", "原煤", "Raw coal", "t", fuels=("原煤",)),
        Energy("cleaned_coal", "洗精煤", "Cleaned coal", "t", fuels=("洗精煤",)),
        Energy("washed_coal", "其他洗煤", "Other washed coal", "t", fuels=("其他洗煤",)),
        Energy("briquettes", "型煤", "Briquettes", "t", fuels=("型煤",)),
        Energy("gangue", "煤矸石", "Gangue", "t", fuels=("煤矸石",)),
        Energy("coke", "焦炭", "Coke", "t", fuels=("焦炭",)),
        Energy("coke_oven_gas", "焦炉煤气", "Coke oven gas", _GAS, fuels=("焦炉煤气",)),
        Energy("blast_furnace_gas", "高炉煤气", "Blast furnace gas", _GAS, EnergyForm.RECOVERED, ("高炉煤气",)),
        Energy("converter_gas", "转炉煤气", "Converter gas", _GAS, EnergyForm.RECOVERED, ("转炉煤气",)),
        Energy("other_gas", "其他煤气", "Other coal gas", _GAS, fuels=("其他煤气",)),
        Energy("other_coking", "其他焦化产品", "Other coking products", "t"),
        Energy("crude_oil", "原油", "Crude oil", "t", fuels=("原油",)),
        Energy("gasoline", "汽油", "Gasoline", "t", fuels=("汽油",)),
        Energy("kerosene", "煤油", "Kerosene", "t", fuels=("一般煤油", "煤油")),
        Energy("diesel", "柴油", "Diesel oil", "t", fuels=("柴油",)),
        Energy("fuel_oil", "燃料油", "Fuel oil", "t", fuels=("燃料油",)),
        Energy("naphtha", "石脑油", "Naphtha", "t", fuels=("石脑油",)),
        Energy("petroleum_coke", "石油焦", "Petroleum coke", "t", fuels=("石油焦",)),
        Energy("lpg", "液化石油气", "LPG", "t", fuels=("液化石油气",)),
        Energy("refinery_gas", "炼厂干气", "Refinery gas", "t", fuels=("炼厂干气",)),
        Energy("other_petroleum", "其他石油制品", "Other petroleum products", "t", fuels=("其他石油制品",)),
        Energy("natural_gas", "天然气", "Natural gas", _GAS, fuels=("天然气",)),
        Energy("lng", "液化天然气", "LNG", "t", fuels=("液化天然气",)),
        Energy("heat", "热力", "Heat", "GJ", EnergyForm.HEAT),
        Energy("electricity", "电力", "Electricity", "MWh", EnergyForm.ELECTRICITY),
        Energy("other_energy", "其他能源", "Other energy", "tce", EnergyForm.UNKNOWN),
    )
}
PRINTED_UNITS: Mapping[str, tuple[str, Decimal]] = {
    "亿立方米": ("万Nm3", Decimal(10_000)), "亿m3": ("万Nm3", Decimal(10_000)), "亿Nm3": ("万Nm3", Decimal(10_000)),
    "亿千瓦时": ("万kWh", Decimal(10_000)), "亿kWh": ("万kWh", Decimal(10_000)),
    "万百万千焦": ("GJ", Decimal(10_000)), "万GJ": ("GJ", Decimal(10_000)),
}  # fmt: skip
"""Units yearbooks print: so many of a unit of the product."""

MOST_CELLS = 4000


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell as printed. `sector` names a part of industry, and is empty for a whole row."""

    flow: Flow
    energy: str
    quantity: Decimal
    unit: str = ""
    sector: str = ""


@dataclass(frozen=True, slots=True)
class Assumption:
    """As which fuel of the fuel table an energy is reckoned that has no row of its own there, and why."""

    energy: str
    fuel: str
    reason: str


class BalanceState(StrEnum):
    """Where a version stands: it counts once another person of the authority has accepted it."""

    AWAITING = "awaiting"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class BalanceValue:
    """A version of a division's energy balance of a year. `decided_*` are empty while it awaits its second person."""

    id: UUID
    division_code: str
    division_path: str
    year: int
    version: int
    fuel_table: str
    assumptions: Sequence[Assumption]
    document: str
    document_number: str
    document_date: date
    note: str
    recorded_at: datetime
    recorded_by: UUID | None
    is_accepted: bool | None = None
    decision_reason: str | None = None
    decided_at: datetime | None = None
    decided_by: UUID | None = None

    @property
    def state(self) -> BalanceState:
        """Where it stands."""
        if self.is_accepted is None:
            return BalanceState.AWAITING
        return BalanceState.ACCEPTED if self.is_accepted else BalanceState.REJECTED


class LineKind(StrEnum):
    """What a line of emissions is: burnt here, bought from outside, or shown apart."""

    DIRECT = "direct"
    NET_INFLOW = "net_inflow"
    """Of electricity and heat: inflow and imports less outflow and exports, by the grid's factor."""
    RECOVERED = "recovered"


@dataclass(frozen=True, slots=True)
class LineParameter:
    """A parameter of a line: its value and unit, the version it is of, its document and how sure it is."""

    code: str
    value: Decimal
    unit: str
    version_id: UUID | None
    document: str
    confidence: str


@dataclass(frozen=True, slots=True)
class EmissionLine:
    """One number of a balance's emissions and what explains it; `tonnes` None cannot be told, `reason` says why.

    `quantity` is in `unit`, the unit of the energy the factors are per. `tonnes` are tCO2.
    """

    kind: LineKind
    flow: Flow
    sector: str
    energy: str
    quantity: Decimal
    unit: str
    tonnes: Decimal | None
    formula: str
    formula_source: str
    parameters: Sequence[LineParameter] = ()
    reason_zh: str = ""
    reason_en: str = ""


@dataclass(frozen=True, slots=True)
class Gap:
    """What a column lacks to balance: supply and transformation less losses and final use, in the energy's unit."""

    energy: str
    unit: str
    gap: Decimal


@dataclass(frozen=True, slots=True)
class TopDown:
    """What a division's energy balance in force comes to, in tCO2.

    `direct` is the combustion of all lines that can be told; `is_complete` that all can. Net inflow of electricity and heat
    and recovered gases stand beside it, never in it. `by_sector` holds power, transport and the parts of industry.
    """

    balance: BalanceValue
    lines: Sequence[EmissionLine]
    direct: Decimal
    net_inflow: Decimal
    recovered: Decimal
    is_complete: bool
    by_flow: Mapping[Flow, Decimal] = field(default_factory=dict[Flow, Decimal])
    by_sector: Mapping[str, Decimal] = field(default_factory=dict[str, Decimal])
    gaps: Sequence[Gap] = ()
