"""The ledger of a division and of those directly below it, year by year: both accounts of each beside each other."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from backend.emissions.methods.arithmetic import WORKING, add, quantised
from backend.kit.db import Read
from backend.kit.scope import Scope
from backend.regions.balances.queries import top_downs_of
from backend.regions.balances.values import TopDown
from backend.regions.errors import PeriodInvalid
from backend.regions.figures.queries import standing
from backend.regions.ledger.rules import total
from backend.regions.places import check_year, own_division
from backend.regions.rollups.queries import years as rolled_years
from backend.regions.values import POWER, SINKS, FigureKind, FigureValue, RegionYear, less
from backend.tenants import service as tenants

MOST_YEARS = 10


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """A division's year. From below its whole subtree, tCO2e; from above its own energy balance in force, tCO2.

    `scope1_power` is the part of `scope1` that the power sector burnt: the scope 2 of others. `top_down` is combustion,
    `processes` the stated industrial processes; `difference` and `covered` are of direct emissions, as in the ledger of a
    year. None: it was not entered, or cannot be told.
    """

    division_code: str
    year: int
    accounts: int
    verified_accounts: int
    scope1: Decimal
    scope1_power: Decimal
    scope2_location: Decimal
    scope2_market: Decimal
    energy_tce: Decimal
    verified_scope1_2: Decimal
    top_down: Decimal | None
    is_complete: bool | None
    net_inflow: Decimal | None
    processes: Decimal | None
    difference: Decimal | None
    covered: Decimal | None
    sinks: Decimal


async def city_ledger_overview(
    read: Read, scope: Scope, division_code: str, first: int, last: int
) -> list[LedgerEntry]:
    """Return the ledger of a division and of each directly below it, by division and year.

    Raises:
        Unauthenticated, Forbidden: without `regions:read`.
        DivisionUnknown: no division of the caller's region.
        RegionYearInvalid: before 2005 or after this year.
        PeriodInvalid: years that follow each other wrongly, or more than ten.
    """
    scope.require("regions:read")
    division = await own_division(read, scope, division_code)
    for each in (first, last):
        check_year(each)
    if not 0 <= last - first < MOST_YEARS:
        raise PeriodInvalid(first=first, last=last, most=MOST_YEARS * 12, path=("first",))
    below = [each for each in await tenants.divisions(read, scope, division.path) if each.parent_code == division.code]
    places = [(division.code, division.path), *((each.code, each.path) for each in below)]
    wanted = list(range(first, last + 1))
    rolled = await rolled_years(read, scope, first, last, under=division.path)
    above = await top_downs_of(read, scope, [code for code, _ in places], wanted)
    stated: dict[tuple[str, int], list[FigureValue]] = defaultdict(list)
    for figure in await standing(read, scope, division_codes=[code for code, _ in places], years=wanted):
        stated[figure.division_code, figure.year].append(figure)
    return [
        _entry(
            code, year, [each for each in rolled if each.year == year and each.division_path.startswith(path)],
            above.get((code, year)), stated[code, year],
        )
        for code, path in places
        for year in wanted
    ]  # fmt: skip


def _entry(
    code: str, year: int, below: Sequence[RegionYear], above: TopDown | None, figures: Sequence[FigureValue]
) -> LedgerEntry:
    scope1 = total(each.scope1 for each in below)
    stated = [each.quantity for each in figures if each.kind is FigureKind.INDUSTRIAL_PROCESSES]
    whole = None if above is None else add(above.direct, total(stated))
    accounts = sum(each.accounts for each in below)
    return LedgerEntry(
        division_code=code, year=year, accounts=accounts,
        verified_accounts=sum(each.verified_accounts for each in below), scope1=scope1,
        scope1_power=total(each.scope1 for each in below if each.sector == POWER),
        scope2_location=total(each.scope2_location for each in below),
        scope2_market=total(each.scope2_market for each in below), energy_tce=total(each.energy_tce for each in below),
        verified_scope1_2=total(each.verified_scope1_2 for each in below),
        top_down=None if above is None else above.direct, is_complete=None if above is None else above.is_complete,
        net_inflow=None if above is None else above.net_inflow, processes=total(stated) if stated else None,
        difference=less(whole, scope1) if whole is not None and accounts else None,
        covered=quantised(WORKING.divide(scope1, whole)) if whole and accounts else None,
        sinks=total(each.quantity for each in figures if each.kind in SINKS),
    )  # fmt: skip


__all__ = ["LedgerEntry", "city_ledger_overview"]
