"""Which electricity a year's certificates cover. Pure and exact.

1. A certificate whose production month lies in the year covers electricity of that same month first: in each month
   as much as was bought in it and was produced for it.
2. What is left (months with more certificates than electricity, certificates of another year or of an unknown month)
   is spread over all electricity of the year that is not covered yet.
3. Never more is covered than was claimed, nor than the account bought net of what it sold.

Spreading is in proportion to what is uncovered, cut to a watt-hour (six decimals of a MWh); the few watt-hours this
leaves go to the first places with room, by month, source, unit and parameters. So parts always add up to the whole,
nothing is covered twice, and whoever does it again gets the same. The allocation moves the monthly roll-up and says
which line a covered MWh stands in; the year's market-based total does not depend on it while one residual factor
holds for the whole year.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

from backend.emissions.claims.values import Cell, Part
from backend.emissions.methods.arithmetic import add
from backend.kit.quantities import EXACT

PLACES = 6
_STEP = 10**PLACES

Place = tuple[UUID, date, str, str]


def cover(cells: Sequence[Cell], parts: Sequence[Part], most: Decimal) -> dict[Place, Decimal]:
    """Return how many MWh of each cell are covered; cells nothing covers are left out. `most` is the net purchase."""
    ordered = sorted(
        (each for each in cells if each.mwh > 0),
        key=lambda each: (each.month, each.source_id, each.unit, each.parameters),
    )
    left = min(total(part.mwh for part in parts), most, total(each.mwh for each in ordered))
    produced: defaultdict[date, Decimal] = defaultdict(Decimal)
    for part in parts:
        if part.produced is not None:
            produced[part.produced] = add(produced[part.produced], part.mwh)
    by_month: defaultdict[date, list[Cell]] = defaultdict(list)
    for each in ordered:
        by_month[each.month].append(each)
    covered: dict[Place, Decimal] = {}
    for month, members in by_month.items():
        amount = min(produced[month], total(each.mwh for each in members), left)
        left = EXACT.subtract(left, amount)
        _note(covered, members, spread(amount, [each.mwh for each in members]))
    rooms = [EXACT.subtract(each.mwh, covered.get(each.place, Decimal(0))) for each in ordered]
    _note(covered, ordered, spread(left, rooms))
    return covered


def spread(amount: Decimal, rooms: Sequence[Decimal]) -> list[Decimal]:
    """Divide an amount over rooms in proportion to their size; it must not exceed them all together."""
    whole = total(rooms)
    if amount >= whole:
        return list(rooms)
    share = Fraction(amount) / Fraction(whole) if whole else Fraction(0)
    found = [EXACT.scaleb(Decimal(int(share * Fraction(room) * _STEP)), -PLACES) for room in rooms]
    rest = EXACT.subtract(amount, total(found))
    for position, room in enumerate(rooms):
        if not rest:
            break
        more = min(rest, EXACT.subtract(room, found[position]))
        found[position] = add(found[position], more)
        rest = EXACT.subtract(rest, more)
    return found


def total(amounts: Iterable[Decimal]) -> Decimal:
    """Return the exact sum."""
    found = Decimal(0)
    for each in amounts:
        found = add(found, each)
    return found


def _note(covered: dict[Place, Decimal], cells: Sequence[Cell], amounts: Sequence[Decimal]) -> None:
    for cell, amount in zip(cells, amounts, strict=True):
        if amount:
            covered[cell.place] = add(covered.get(cell.place, Decimal(0)), amount)
