"""What targets are measured by: emissions of whole years by footing, gross domestic product. A few statements for any number."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from uuid import UUID

from backend.budgets import service as budgets
from backend.budgets.service import Counted
from backend.kit.db import Read
from backend.kit.scope import Scope
from backend.regions import service as regions
from backend.regions.values import FigureKind
from backend.targets import queries
from backend.targets.values import EMISSIONS, Footing
from backend.tenants.service import DivisionRow

Years = dict[int, Decimal]


@dataclass(slots=True)
class Measured:
    """Emissions (tCO2e, of whole years) and gross domestic product (万CNY), by division code or account."""

    accounts: dict[str, Years] = field(default_factory=dict[str, Years])
    stated: dict[str, Years] = field(default_factory=dict[str, Years])
    units: dict[UUID, Years] = field(default_factory=dict[UUID, Years])
    gdp: dict[str, Years] = field(default_factory=dict[str, Years])

    def emissions(self, code: str, account_id: UUID | None, footing: Footing) -> Years:
        """Return what is known of a subject."""
        if account_id is not None:
            return self.units.get(account_id, {})
        return (self.accounts if footing is Footing.ACCOUNTS else self.stated).get(code, {})


async def measured(
    read: Read,
    scope: Scope,
    divisions: Sequence[DivisionRow],
    years: Sequence[int],
    *,
    footings: frozenset[Footing] = frozenset(Footing),
    account_ids: Sequence[UUID] = (),
) -> Measured:
    """Return what is known of divisions' (and key units') years. What the caller may not read is left out."""
    found = Measured()
    if not years:
        return found
    wanted, codes = sorted(set(years)), sorted({each.code for each in divisions})
    first, last = date(wanted[0], 1, 1), date(wanted[-1], 12, 31)
    if codes and scope.allows("regions:read"):
        if Footing.ACCOUNTS in footings:
            rows = await regions.months(read, scope, first, last, common([each.path for each in divisions]))
            by_path = budgets.of_divisions(rows, "")
            found.accounts = {
                each.code: _whole(by_path[each.path], wanted) for each in divisions if each.path in by_path
            }
        for (code, year), of_year in (await regions.activity(read, scope, codes, wanted)).items():
            if FigureKind.GDP in of_year:
                found.gdp.setdefault(code, {})[year] = of_year[FigureKind.GDP]
    if codes and Footing.STATED in footings:
        found.stated = await queries.stated(read, scope, codes, wanted, EMISSIONS)
    if account_ids and scope.allows("emissions:read"):
        months = await regions.account_months(read, scope, list(account_ids), first, last)
        found.units = {key: _whole(own, wanted) for key, own in budgets.of_accounts(months).items()}
    return found


def common(paths: Sequence[str]) -> str:
    """Return the path of the nearest division over all of them."""
    low, high = min(paths), max(paths)
    length = next((at for at, sign in enumerate(low) if at >= len(high) or high[at] != sign), len(low))
    return low[: low.rfind("/", 0, length) + 1]


def _whole(counted: Counted, years: Sequence[int]) -> Years:
    """Return the years all of whose months are known."""
    return {year: tonnes for year in years if (tonnes := counted.whole(year)) is not None}
