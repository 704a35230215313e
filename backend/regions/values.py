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

ACTIONS = (
    "regions:read",
    "regions:record",
)
"""Permissions this noun knows."""

POWER = "power"
"""The sector whose scope 1 is the scope 2 of others."""

ZERO = Decimal(0)


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
class Difference:
    """A row of a roll-up that is not what it should be: its table and key, what is stored and what it comes to."""

    table: str
    key: str
    stored: str
    computed: str


class ActivityKind(StrEnum):
    """What a division's emissions are set in relation to."""

    GDP = "gdp"
    """Gross regional product (地区生产总值), in 万CNY."""
    INDUSTRIAL_VALUE_ADDED = "industrial_value_added"
    """Value added of industry above designated size (规模以上工业增加值), in 万CNY."""
    POPULATION = "population"
    """Permanent residents (常住人口) at the year's end, in `person`."""


ACTIVITY_UNITS: Mapping[ActivityKind, str] = {
    ActivityKind.GDP: "万CNY",
    ActivityKind.INDUSTRIAL_VALUE_ADDED: "万CNY",
    ActivityKind.POPULATION: "person",
}
"""The unit each kind is kept in."""


@dataclass(frozen=True, slots=True)
class Document:
    """The document a figure was taken from: its title, its number where it has one, the day it was issued."""

    title: str
    number: str
    issued_on: date


@dataclass(frozen=True, slots=True)
class ActivityValue:
    """A figure of a division's year as entered; the newest of (division, year, kind) counts."""

    id: UUID
    division_code: str
    division_path: str
    year: int
    kind: ActivityKind
    quantity: Decimal
    unit: str
    document: str
    document_number: str
    document_date: date
    note: str
    is_withdrawn: bool
    recorded_at: datetime
    recorded_by: UUID | None
