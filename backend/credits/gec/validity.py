"""How long a certificate is valid, and how many a month's energy gives. Pure.

Sources: 《可再生能源绿色电力证书核发和交易规则》国能发新能规〔2024〕67号 (facts: 1,000 kWh each, the remainder carried to
the next month; two years from the production month, that month included; production before 2024-01 to the end of 2025).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from backend.kit.months import Month

KWH = Decimal(1000)
"""The energy of one certificate."""
VALID_MONTHS = 24
FIRST_OF_RULE = Month(2024, 1)
LAST_OF_OLD = Month(2025, 12)


def last_month(production: Month) -> Month:
    """Return the last month a certificate of this production month is valid in."""
    return LAST_OF_OLD if production < FIRST_OF_RULE else production.plus(VALID_MONTHS - 1)


@dataclass(frozen=True, slots=True)
class Issuable:
    """A month of a project: what it generated, what it brought along, what it gives, what it hands on. Energy in kWh."""

    month: date
    kwh: Decimal
    brought_kwh: Decimal
    certificates: int
    carried_kwh: Decimal
    is_forecast: bool


def issuable(months: Sequence[tuple[date, Decimal, bool]]) -> list[Issuable]:
    """Return how many certificates each month gives: whole 1,000 kWh, the remainder goes to the next month given.

    `months` are (first day, kWh, whether it is a forecast), one for each month, in order. Nothing is rounded, so all
    certificates together are the whole thousands of all the energy together.
    """
    found: list[Issuable] = []
    brought = Decimal(0)
    for month, kwh, is_forecast in months:
        count, carried = divmod(brought + kwh, KWH)
        found.append(Issuable(month, kwh, brought, int(count), carried, is_forecast))
        brought = carried
    return found
