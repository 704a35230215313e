"""Prices: averages as exchanges state them, and the scenarios a position is valued with."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from backend.quotas.errors import NothingTraded
from backend.quotas.rules.figures import Book, check, need
from backend.quotas.rules.rounding import ZERO, of_fraction, plain
from backend.quotas.rules.terms import Amount, Figure

FAMILY = "ets.price"


def average_price(value: Decimal, volume: Decimal) -> Amount:
    """Return the average price in CNY/t of a turnover in CNY and a volume in t.

    Raises:
        QuotaInputImpossible: a negative turnover or volume.
        NothingTraded: no volume.
    """
    check("value", value, ZERO)
    check("volume", volume, ZERO)
    if not volume:
        raise NothingTraded(volume=plain(volume), path=("input", "volume"))
    return Amount(
        value=of_fraction(Fraction(value) / Fraction(volume)),
        unit="CNY/t",
        factors=(),
        formula=f"{plain(value)} ÷ {plain(volume)}",
    )


class ScenarioCode(StrEnum):
    """Which of the recorded prices: the lowest seen, the latest, the highest."""

    LOW = "low"
    CENTRAL = "central"
    HIGH = "high"


@dataclass(frozen=True, slots=True)
class Scenario:
    """A price of CEA and of CCER in CNY/t: prices seen, dated and marked, not forecasts."""

    code: ScenarioCode
    cea: Figure
    ccer: Figure


def price_scenarios(book: Book, on: date) -> tuple[Scenario, ...]:
    """Return the scenarios in force on a day, lowest first.

    Raises:
        QuotaRuleUnknown: no prices are recorded for the day.
    """
    return tuple(
        Scenario(code, *(need(book, FAMILY, f"{unit}/{code.value}", on) for unit in ("CEA", "CCER")))
        for code in ScenarioCode
    )
