"""Budgets beside what was emitted: months so far, the year's end as projected, intensity."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import overload
from uuid import UUID

from backend.budgets.rules import counting, projecting
from backend.budgets.rules.counting import Counted
from backend.budgets.rules.projecting import Projection
from backend.budgets.values import ALL_SECTORS, BudgetPosition, LineValue, Words
from backend.kit.db import Read
from backend.kit.scope import Scope
from backend.regions import service as regions
from backend.regions.values import FigureKind

PLACES = Decimal("0.0001")
NO_GDP = Words(
    "未录入该年度地区生产总值，强度无法得出。",
    "No gross domestic product of the year was entered: the intensity cannot be told.",
)
Subject = tuple[str, UUID | None, str]
"""Division path, key unit, sector."""


def subject(line: LineValue) -> Subject:
    """Return what a line is of, whatever its year."""
    return (line.division_path, line.account_id, line.sector)


async def emitted(read: Read, scope: Scope, lines: Sequence[LineValue]) -> dict[Subject, Counted]:
    """Return what counts for each line's subject, with the years before. One statement a sector, one for key units.

    What the caller may not read of emissions is left out.
    """
    if not lines:
        return {}
    first = date(min(each.first_year for each in lines) - projecting.MOST_YEARS, 1, 1)
    last = date(max(each.last_year for each in lines), 12, 31)
    found: dict[Subject, Counted] = {}
    units = [each.account_id for each in lines if each.account_id is not None]
    if units and scope.allows("emissions:read"):
        months = await regions.account_months(read, scope, units, first, last)
        counted = counting.of_accounts(months)
        found |= {
            subject(each): counted[each.account_id] for each in lines if each.account_id and each.account_id in counted
        }
    divisions = [each for each in lines if each.account_id is None]
    if not divisions or not scope.allows("regions:read"):
        return found
    under = _common([each.division_path for each in divisions])
    for sector in sorted({each.sector for each in divisions}):
        rows = await regions.months(read, scope, first, last, under, None if sector == ALL_SECTORS else [sector])
        by_path = counting.of_divisions(rows, sector)
        own = (each for each in divisions if each.sector == sector)
        found |= {subject(each): by_path[each.division_path] for each in own if each.division_path in by_path}
    return found


def projected(counted: Counted, year: int) -> Projection:
    """Project a subject's year."""
    current = counted.tonnes.get(year, {})
    known = projecting.covered(counted.accounts.get(year, {}), counted.usual(year))
    return projecting.project(current, known, {past: each for past, each in counted.tonnes.items() if past < year})


async def tracked(
    read: Read, scope: Scope, lines: Sequence[LineValue], positions: Mapping[UUID, BudgetPosition]
) -> dict[UUID, BudgetPosition]:
    """Return positions with what was emitted, what the year will end with, and the intensity that comes to."""
    annual = [each for each in lines if each.is_annual and each.id in positions]
    counted = await emitted(read, scope, annual)
    codes = sorted({each.division_code for each in annual if each.account_id is None and each.sector == ALL_SECTORS})
    years = sorted({each.first_year for each in annual})
    activity = await regions.activity(read, scope, codes, years) if codes and scope.allows("regions:read") else {}
    found = dict(positions)
    for line in annual:
        own = counted.get(subject(line), Counted())
        year, outlook = line.first_year, projected(own, line.first_year)
        gdp: Decimal | None = None
        if line.account_id is None and line.sector == ALL_SECTORS:
            gdp = activity.get((line.division_code, year), {}).get(FigureKind.GDP)
        is_asked = line.intensity_target is not None and not gdp
        months = own.tonnes.get(year, {})
        found[line.id] = replace(
            positions[line.id], actual=own.total(year),
            actual_through=date(year, max(months), 1) if months else None,
            projected_low=rounded(outlook.low), projected=rounded(outlook.middle),
            projected_high=rounded(outlook.high),
            intensity_projected=rounded(outlook.middle / gdp) if outlook.middle is not None and gdp else None,
            note=Words(outlook.note.zh + NO_GDP.zh, f"{outlook.note.en} {NO_GDP.en}") if is_asked else outlook.note,
        )  # fmt: skip
    return found


@overload
def rounded(value: Decimal) -> Decimal: ...
@overload
def rounded(value: None) -> None: ...
def rounded(value: Decimal | None) -> Decimal | None:
    """Return a projected figure with four decimals."""
    return None if value is None else value.quantize(PLACES)


def _common(paths: Sequence[str]) -> str:
    """Return the path of the nearest division over all of them."""
    low, high = min(paths), max(paths)
    length = next((at for at, sign in enumerate(low) if at >= len(high) or high[at] != sign), len(low))
    return low[: low.rfind("/", 0, length) + 1]
