"""Values of the city's ledger.

Two accounts of the same division and year stand side by side. From below: the sum of its accounts' inventories. From
above: its energy balance by reference factors, and what is stated beside it. Neither corrects the other; the difference
is shown with its known causes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from backend.regions.balances.values import TopDown
from backend.regions.values import FigureKind, FigureValue


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """A sector of the ledger, tCO2e from below and tCO2 from above.

    `sector` is empty for what is of no sector: of the energy balance agriculture, trade, households and the part of
    industry no sector is named for. `top_down` None: the balance has nothing for the sector, or there is none.
    """

    sector: str
    accounts: int
    verified_accounts: int
    open_accounts: int
    scope1: Decimal
    scope2_location: Decimal
    scope2_market: Decimal
    energy_tce: Decimal
    verified_scope1_2: Decimal
    top_down: Decimal | None


class Cause(StrEnum):
    """Why the two accounts differ."""

    NO_BALANCE = "no_balance"
    NO_ACCOUNTS = "no_accounts"
    SMALL_EMITTERS = "small_emitters"
    MONTHS_MISSING = "months_missing"
    UNVERIFIED = "unverified"
    LINES_CANNOT_TELL = "lines_cannot_tell"
    PROCESSES_NOT_STATED = "processes_not_stated"
    INDUSTRY_NOT_SPLIT = "industry_not_split"
    RECOVERED_GASES = "recovered_gases"


@dataclass(frozen=True, slots=True)
class KnownCause:
    """A known cause of the difference, with a sentence that says how far it goes."""

    cause: Cause
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """Direct emissions from below (scope 1 of all accounts) beside those from above (combustion and stated processes).

    `difference` = from above - from below; `covered` = from below / from above, 0 to 1 and more; None where one is missing.
    Power stands apart as well: its scope 1 is what others buy as scope 2.
    """

    bottom_up: Decimal | None
    top_down: Decimal | None
    difference: Decimal | None
    covered: Decimal | None
    power_bottom_up: Decimal | None
    power_top_down: Decimal | None
    causes: Sequence[KnownCause]


@dataclass(frozen=True, slots=True)
class Intensity:
    """Tonnes per unit of an activity, from above: direct emissions and the net inflow of electricity and heat.

    `value` None cannot be told: a line of the balance, or the activity, is missing.
    """

    of: FigureKind
    unit: str
    value: Decimal | None


@dataclass(frozen=True, slots=True)
class CityLedger:
    """A division's ledger of a year."""

    division_code: str
    division_path: str
    year: int
    rows: Sequence[LedgerRow]
    months: int
    top_down: TopDown | None
    figures: Sequence[FigureValue]
    stated_sources: Decimal
    sinks: Decimal
    reconciliation: Reconciliation
    intensities: Sequence[Intensity]
