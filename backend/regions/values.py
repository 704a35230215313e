"""Values of regions: what a division's accounts come to, month by month, and what it is set in relation to.

Scope 1 and scope 2 are kept apart in every value. What one account buys as electricity another account of the same
jurisdiction may have made by burning coal: the power sector's scope 1 is therefore never added to the scope 2 of others
without saying so.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from backend.kit.quantities import EXACT

ACTIONS = (
    "regions:approve",
    "regions:publish",
    "regions:read",
    "regions:record",
)
"""Permissions this noun knows."""

POWER = "power"
"""The sector whose scope 1 is the scope 2 of others."""

ZERO = Decimal(0)


def less(first: Decimal, second: Decimal) -> Decimal:
    """Subtract exactly. A bare minus sign would round to the 28 digits of Python's own arithmetic."""
    return EXACT.subtract(first, second)


@dataclass(frozen=True, slots=True)
class RegionMonth:
    """The exact sum of what all accounts of a division and sector add to a month.

    Emissions are in tCO2e, energy in tce; `month` is its first day. `accounts` is how many add something.
    `verified_scope1_2` is the part of `scope1 + scope2_location` that comes from verified inventories.
    """

    division_code: str
    division_path: str
    sector: str
    month: date
    accounts: int
    verified_accounts: int
    scope1: Decimal
    scope2_location: Decimal
    scope2_market: Decimal
    energy_tce: Decimal
    verified_scope1_2: Decimal


@dataclass(frozen=True, slots=True)
class RegionYear:
    """The exact sum of a year's months of a division and sector; `months` is how many of the twelve have anything.

    `accounts` add something to at least one month; `verified_accounts` are those all of whose months are verified.
    """

    division_code: str
    division_path: str
    sector: str
    year: int
    accounts: int
    verified_accounts: int
    months: int
    scope1: Decimal
    scope2_location: Decimal
    scope2_market: Decimal
    energy_tce: Decimal
    verified_scope1_2: Decimal


@dataclass(frozen=True, slots=True)
class Standing:
    """How many accounts of a division and sector there are, and how many of them are open."""

    division_code: str
    division_path: str
    sector: str
    accounts: int
    open_accounts: int


@dataclass(frozen=True, slots=True)
class AccountMonth:
    """What an account adds to a month: of its year's inventory that counts.

    Of a year's versions the newest counts that is neither withdrawn nor restated. `is_verified`: it is verified or closed.
    """

    account_id: UUID
    month: date
    inventory_id: UUID
    year: int
    division_code: str
    division_path: str
    sector: str
    is_verified: bool
    scope1: Decimal
    scope2_location: Decimal
    scope2_market: Decimal
    energy_tce: Decimal


@dataclass(frozen=True, slots=True)
class AccountYear:
    """What an account adds to a year, summed over its `months`; `is_verified` when the inventory of each is."""

    account_id: UUID
    inventory_id: UUID
    year: int
    months: int
    is_verified: bool
    scope1: Decimal
    scope2_location: Decimal
    scope2_market: Decimal
    energy_tce: Decimal


@dataclass(frozen=True, slots=True)
class Difference:
    """A row of a roll-up that is not what it should be: its table and key, what is stored and what it comes to."""

    table: str
    key: str
    stored: str
    computed: str


class FigureKind(StrEnum):
    """A figure of a division's year that the authority enters with the document it was taken from.

    Some are what emissions are set in relation to, some are removals by sinks, some are emissions an energy balance does
    not hold.
    """

    GDP = "gdp"
    """Gross regional product (地区生产总值), in 万CNY."""
    INDUSTRIAL_VALUE_ADDED = "industrial_value_added"
    """Value added of industry above designated size (规模以上工业增加值), in 万CNY."""
    POPULATION = "population"
    """Permanent residents (常住人口) at the year's end, in `person`."""
    FOREST_SINK = "forest_sink"
    """Removals by forest land (林地碳汇), in tCO2e, positive."""
    GRASSLAND_SINK = "grassland_sink"
    WETLAND_SINK = "wetland_sink"
    CROPLAND_SINK = "cropland_sink"
    OTHER_SINK = "other_sink"
    INDUSTRIAL_PROCESSES = "industrial_processes"
    """Emissions of industrial processes (工业生产过程), in tCO2e."""
    AGRICULTURE = "agriculture"
    """Emissions of agriculture that are no energy (农业活动), in tCO2e."""
    WASTE = "waste"
    """Emissions of waste treatment (废弃物处理), in tCO2e."""


ActivityKind = FigureKind
"""The same by the name of its first three members, which `activity` answers with."""

ACTIVITIES = frozenset({FigureKind.GDP, FigureKind.INDUSTRIAL_VALUE_ADDED, FigureKind.POPULATION})
SINKS = frozenset({
    FigureKind.FOREST_SINK, FigureKind.GRASSLAND_SINK, FigureKind.WETLAND_SINK, FigureKind.CROPLAND_SINK,
    FigureKind.OTHER_SINK,
})  # fmt: skip
STATED_SOURCES = frozenset({FigureKind.INDUSTRIAL_PROCESSES, FigureKind.AGRICULTURE, FigureKind.WASTE})
"""Emissions that are stated as tonnes, not computed from an energy balance."""

FIGURE_UNITS: Mapping[FigureKind, str] = {
    kind: "person" if kind is FigureKind.POPULATION else "万CNY" if kind in ACTIVITIES else "tCO2e"
    for kind in FigureKind
}
"""The unit each kind is kept in."""

FIRST_YEAR = 2005
"""The base year of the national intensity targets: no figure is of an earlier one."""


@dataclass(frozen=True, slots=True)
class Document:
    """The document a figure was taken from: its title, its number where it has one, the day it was issued."""

    title: str
    number: str
    issued_on: date


@dataclass(frozen=True, slots=True)
class FigureDraft:
    """A figure as somebody gives it; without a quantity it takes the standing one away."""

    kind: FigureKind
    quantity: Decimal | None
    unit: str = ""


@dataclass(frozen=True, slots=True)
class FigureValue:
    """A figure of a division's year as entered; the newest of (division, year, kind) counts."""

    id: UUID
    division_code: str
    division_path: str
    year: int
    kind: FigureKind
    quantity: Decimal
    unit: str
    document: str
    document_number: str
    document_date: date
    note: str
    is_withdrawn: bool
    recorded_at: datetime
    recorded_by: UUID | None
