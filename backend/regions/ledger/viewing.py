"""The city's ledger of a division's year, for whoever may read the division."""

from backend.kit.db import Read
from backend.kit.scope import Scope
from backend.regions.balances.queries import top_downs
from backend.regions.figures.queries import standing
from backend.regions.ledger import rules
from backend.regions.ledger.values import CityLedger
from backend.regions.places import check_year, own_division
from backend.regions.rollups.queries import standings, years
from backend.regions.values import SINKS, STATED_SOURCES


async def city_ledger(read: Read, scope: Scope, division_code: str, year: int) -> CityLedger:
    """Return both accounts of a division's year beside each other, its whole subtree from below.

    Raises:
        Unauthenticated, Forbidden: without `regions:read`.
        DivisionUnknown: no division of the caller's region.
        RegionYearInvalid: before 2005 or after this year.
    """
    scope.require("regions:read")
    division = await own_division(read, scope, division_code)
    check_year(year)
    below = await years(read, scope, year, year, under=division.path)
    there = await standings(read, scope, under=division.path)
    above = (await top_downs(read, scope, division.code, [year])).get(year)
    figures = await standing(read, scope, division_codes=[division.code], years=[year])
    kept = rules.rows(below, there, above)
    months = max((each.months for each in below), default=0)
    return CityLedger(
        division_code=division.code, division_path=division.path, year=year, rows=kept, months=months, top_down=above,
        figures=figures, stated_sources=rules.total(each.quantity for each in figures if each.kind in STATED_SOURCES),
        sinks=rules.total(each.quantity for each in figures if each.kind in SINKS),
        reconciliation=rules.reconciled(kept, months, above, figures),
        intensities=rules.intensities(above, figures),
    )  # fmt: skip
