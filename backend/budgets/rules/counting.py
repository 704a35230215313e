"""What counts against a budget, by year and month, with the months a projection may go by.

Electricity counts where it is used: a division's tonnes are the location-based scope 2 of all its accounts and their
scope 1, except that of power plants, whose burning is the scope 2 of others. A budget of the power sector, and that of a
key unit, counts both.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID

from backend.budgets.values import ZERO
from backend.regions.values import POWER, AccountMonth, RegionMonth

MONTHS = 12


@dataclass(slots=True)
class Counted:
    """Tonnes (tCO2e) and accounts that reported, by year and month."""

    tonnes: dict[int, dict[int, Decimal]] = field(default_factory=dict[int, dict[int, Decimal]])
    accounts: dict[int, dict[int, int]] = field(default_factory=dict[int, dict[int, int]])

    def add(self, year: int, month: int, tonnes: Decimal, accounts: int) -> None:
        """Add to a month."""
        by_month, reported = self.tonnes.setdefault(year, {}), self.accounts.setdefault(year, {})
        by_month[month] = by_month.get(month, ZERO) + tonnes
        reported[month] = reported.get(month, 0) + accounts

    def total(self, year: int) -> Decimal | None:
        """Return what a year's months come to so far, None where none is there."""
        months = self.tonnes.get(year)
        return None if not months else sum(months.values(), ZERO)

    def whole(self, year: int) -> Decimal | None:
        """Return what a year came to, None where one of its months is missing."""
        return self.total(year) if len(self.tonnes.get(year, {})) == MONTHS else None

    def usual(self, year: int) -> int:
        """Return how many accounts reported in the best month of the year before."""
        return max(self.accounts.get(year - 1, {}).values(), default=0)


def of_divisions(rows: Iterable[RegionMonth], sector: str) -> dict[str, Counted]:
    """Return what counts by division path: each division with all that lies below it."""
    found: dict[str, Counted] = {}
    for row in rows:
        is_power = row.sector == POWER and sector != POWER
        tonnes = row.scope2_location + (ZERO if is_power else row.scope1)
        at = 0
        while (at := row.division_path.find("/", at) + 1) > 0:
            found.setdefault(row.division_path[:at], Counted()).add(
                row.month.year, row.month.month, tonnes, row.accounts
            )
    return found


def of_accounts(months: Mapping[UUID, Iterable[AccountMonth]]) -> dict[UUID, Counted]:
    """Return what counts by account."""
    found: dict[UUID, Counted] = {}
    for key, rows in months.items():
        counted = found.setdefault(key, Counted())
        for row in rows:
            counted.add(row.month.year, row.month.month, row.scope1 + row.scope2_location, 1)
    return found
