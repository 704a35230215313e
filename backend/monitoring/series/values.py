"""Values of the monthly series."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from backend.monitoring.values import Words

ALL_SECTORS = ""
"""The sector of a series that covers every sector."""
Subject = tuple[str, str]
"""A division's path (it with all that lies below it) and a sector."""


@dataclass(frozen=True, slots=True)
class LikeMonth:
    """What the accounts of a division and sector that have both months came to, now and a year before; tCO2e.

    `usual` is how many accounts had the month a year before, `accounts` how many of those have this one, too.
    """

    division_path: str
    sector: str
    month: date
    usual: int
    accounts: int
    scope1: Decimal
    scope2: Decimal
    scope1_before: Decimal
    scope2_before: Decimal


@dataclass(frozen=True, slots=True)
class Growth:
    """Growth of the accounts that have both years, in percent; None: it cannot be told, `note` says why.

    `current` and `before` are what they came to (tCO2e) in `months` and in the same months of the year before,
    `coverage` is the smallest share (percent) of last year's accounts that have reported one of the months.
    """

    percent: Decimal | None
    current: Decimal
    before: Decimal
    accounts: int
    coverage: Decimal | None
    months: tuple[date, ...]
    note: Words | None = None


@dataclass(frozen=True, slots=True)
class SeriesMonth:
    """A month of a series, beside the same month of the year before. Tonnes are tCO2e, energy is tce.

    `counted` is what counts against a budget: electricity where it is used (`counted_of`). `coverage` is the share (percent)
    of last year's accounts that have reported; None: there were none.
    """

    month: date
    accounts: int
    verified_accounts: int
    scope1: Decimal
    scope2_location: Decimal
    scope2_market: Decimal
    energy_tce: Decimal
    verified: Decimal
    counted: Decimal
    coverage: Decimal | None
    growth: Growth


@dataclass(frozen=True, slots=True)
class Series:
    """The months of a division and sector.

    `open_accounts` are all that could report. `latest_month` is the newest with anything; `latest_input_at` the moment up
    to which the newest of the counted inventories took in what was entered. `to_date` is the growth of the year's months
    that are covered, up to the last one asked for.
    """

    division_code: str
    division_path: str
    sector: str
    open_accounts: int
    latest_month: date | None
    latest_input_at: datetime | None
    months: tuple[SeriesMonth, ...]
    to_date: Growth
