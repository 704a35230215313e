"""What of a table with totals may be told, so that no hidden cell can be worked out from the others. Pure.

A year's table has a row for each division and a column for each sector; the totals are one more row and one more column,
and each line sums to its total. Four rules:

1. A group of fewer than five accounts is hidden, and one in which one account makes up more than four fifths.
2. No hidden entry may follow from the others. Hidden entries are edges between their row and their column; what lies on a
   cycle of hidden entries can be shifted around it without changing any line, what lies on none (a *bridge*) follows from
   the lines. Bridges are therefore closed to cycles, by hiding the entries of the fewest accounts.
3. Where a line's total is told, what is hidden in it is known as a sum: it is of at least five accounts.
4. Who is alone in a group knows it: nobody learns another small group from knowing their own.
5. A year is published once. Two publications of one year would tell by their difference what changed.

An empty group is told as empty: it hides nobody, and is never used to hide others.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from heapq import heappop, heappush

SMALLEST = 5
DOMINANT = Decimal("0.8")
TOTAL = ""
"""The row and the column of totals."""
TOTAL_COST = 1_000_000
"""Hiding a total is the last resort: it costs more than any group."""

Place = tuple[str, str]
"""Division and sector; `TOTAL` stands for all of them."""
Node = tuple[bool, str]
"""A row (True) or a column (False)."""


@dataclass(frozen=True, slots=True)
class Group:
    """A group: how many accounts, and the share of the largest in its sum, by absolute values (0 to 1)."""

    accounts: int
    largest: Decimal


def is_told(group: Group) -> bool:
    """Tell whether a group may be told of for itself."""
    return not group.accounts or (group.accounts >= SMALLEST and group.largest <= DOMINANT)


def hidden(groups: Mapping[Place, Group]) -> set[Place]:
    """Return the places that are hidden, of a table with its totals; a place without a group is empty."""
    small = {place for place, group in groups.items() if not is_told(group)}
    found = set(small)
    while True:
        more = _next(groups, small, found)
        if not more:
            return found
        found |= more


def _next(groups: Mapping[Place, Group], small: set[Place], found: set[Place]) -> set[Place]:
    """Return what else must be hidden; nothing when all is well."""
    bridge = min(_bridges(found), default=None)
    if bridge is not None:
        return _detour(bridge, groups, found, set())
    thin = next(_thin(groups, found), None)
    if thin is not None:
        return {thin}
    for alone in sorted(each for each in small if groups[each].accounts == 1):
        told = _bridges(found - {alone}) & small
        learnt = min((each for each in told if _covers(each, groups) != _covers(alone, groups)), default=None)
        if learnt is not None:
            return _detour(learnt, groups, found, {alone})
    return set()


def _covers(place: Place, groups: Mapping[Place, Group]) -> frozenset[Place]:
    """Return the inner groups a place is the sum of: two places of the same ones are the same."""
    row, column = place
    return frozenset(
        each for each, group in groups.items()
        if TOTAL not in each and group.accounts and row in {TOTAL, each[0]} and column in {TOTAL, each[1]}
    )  # fmt: skip


def _ends(place: Place) -> tuple[Node, Node]:
    return (True, place[0]), (False, place[1])


def _neighbours(places: set[Place]) -> dict[Node, list[tuple[Node, Place]]]:
    found: defaultdict[Node, list[tuple[Node, Place]]] = defaultdict(list)
    for place in sorted(places):
        row, column = _ends(place)
        found[row].append((column, place))
        found[column].append((row, place))
    return found


def _bridges(found: set[Place]) -> set[Place]:
    """Return the hidden entries on no cycle: what is told determines them."""
    near, order, low = _neighbours(found), dict[Node, int](), dict[Node, int]()
    bridges: set[Place] = set()

    def visit(node: Node, came_by: Place | None) -> None:
        order[node] = low[node] = len(order)
        for other, place in near[node]:
            if place == came_by:
                continue
            if other not in order:
                visit(other, place)
                if low[other] > order[node]:
                    bridges.add(place)
            low[node] = min(low[node], low[other])

    for each in near:
        if each not in order:
            visit(each, None)
    return bridges


def _detour(place: Place, groups: Mapping[Place, Group], found: set[Place], known: set[Place]) -> set[Place]:
    """Return what else is hidden to join a place's row and column a second time, of the fewest accounts.

    Without `known` there is always a way: the totals of the row, of the column, and of all are never empty where a group is
    not. Where what is known leaves none, everything is hidden.
    """
    start, end = _ends(place)
    usable = {each for each, group in groups.items() if group.accounts} - known - {place}
    near = _neighbours(usable)
    heap: list[tuple[int, int, Node, list[Place]]] = [(0, 0, start, [])]
    done: set[Node] = set()
    step = 0
    while heap:
        cost, _, node, path = heappop(heap)
        if node == end:
            return set(path) - found
        if node in done:
            continue
        done.add(node)
        for other, through in near.get(node, ()):
            step += 1
            heappush(heap, (cost + _cost(through, groups, found), step, other, [*path, through]))
    return {each for each, group in groups.items() if group.accounts} - found


def _cost(place: Place, groups: Mapping[Place, Group], found: set[Place]) -> int:
    if place in found:
        return 0
    return groups[place].accounts + (TOTAL_COST if TOTAL in place else 0)


def _thin(groups: Mapping[Place, Group], found: set[Place]) -> Iterator[Place]:
    """Give what to hide next where what is hidden in a line is known as a sum of fewer than five accounts."""
    lines: defaultdict[Node, list[Place]] = defaultdict(list)
    for place in sorted(groups):
        for node in _ends(place):
            lines[node].append(place)
    for (is_row, name), places in lines.items():
        total = (name, TOTAL) if is_row else (TOTAL, name)
        inner = [each for each in places if each in found and each != total]
        if total in found or not inner or sum(groups[each].accounts for each in inner) >= SMALLEST:
            continue
        told = [each for each in places if each not in found and groups[each].accounts]
        inside = [each for each in told if each != total]
        yield min(inside, key=lambda each: (_cost(each, groups, found), each)) if inside else total
