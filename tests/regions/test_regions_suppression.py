"""Open data: no hidden group follows from what is told, whatever the table."""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from backend.regions.opendata.rules import SMALLEST, TOTAL, Group, Place, hidden, is_told

ONE = Decimal("0.2")


def table(cells: dict[Place, int], dominated: Iterable[Place] = ()) -> dict[Place, Group]:
    """Return a table with its totals."""
    found: defaultdict[Place, int] = defaultdict(int)
    for (row, column), accounts in cells.items():
        for place in ((row, column), (row, TOTAL), (TOTAL, column), (TOTAL, TOTAL)):
            found[place] += accounts
    alone = set(dominated)
    return {place: Group(count, Decimal(1) if place in alone else ONE) for place, count in found.items()}


def rank(rows: list[list[Fraction]]) -> int:
    """Return the rank of a matrix, exactly."""
    found, rows = 0, [list(each) for each in rows]
    for column in range(len(rows[0]) if rows else 0):
        pivot = next((at for at in range(found, len(rows)) if rows[at][column]), None)
        if pivot is None:
            continue
        rows[found], rows[pivot] = rows[pivot], rows[found]
        for at in range(found + 1, len(rows)):
            if rows[at][column]:
                times = rows[at][column] / rows[found][column]
                rows[at] = [one - times * other for one, other in zip(rows[at], rows[found], strict=True)]
        found += 1
    return found


def lines(groups: dict[Place, Group]) -> list[dict[Place, int]]:
    """Return every line as its entries with their signs: the inner ones less the total are nothing."""
    found: defaultdict[tuple[int, str], dict[Place, int]] = defaultdict(dict)
    for place in groups:
        found[0, place[0]][place] = -1 if place[1] == TOTAL else 1
        found[1, place[1]][place] = -1 if place[0] == TOTAL else 1
    return list(found.values())


def cover(place: Place, groups: dict[Place, Group]) -> set[Place]:
    """Return the inner groups a place is the sum of."""
    return {
        each
        for each, group in groups.items()
        if TOTAL not in each and group.accounts and place[0] in {TOTAL, each[0]} and place[1] in {TOTAL, each[1]}
    }


def determined(groups: dict[Place, Group], unknown: set[Place]) -> list[Place]:
    """Return the hidden places that follow from the lines: adding them to the equations adds nothing."""
    order = sorted(unknown)
    matrix = [[Fraction(line.get(each, 0)) for each in order] for line in lines(groups)]
    whole = rank(matrix)
    return [
        place
        for at, place in enumerate(order)
        if rank([*matrix, [Fraction(int(at == other)) for other in range(len(order))]]) == whole
    ]


def test_a_small_group_takes_others_with_it() -> None:
    groups = table({("a", "x"): 2, ("a", "y"): 9, ("b", "x"): 8, ("b", "y"): 7, ("b", "z"): 20})
    assert hidden(groups) == {("a", "x"), ("a", "y"), ("b", "x"), ("b", "y")}


def test_nothing_is_hidden_where_all_are_large() -> None:
    assert hidden(table({("a", "x"): 5, ("b", "y"): 6})) == set()
    assert hidden({}) == set()


def test_a_lonely_group_hides_its_totals() -> None:
    groups = table({("a", "x"): 3, ("b", "y"): 30, ("b", "z"): 30})
    found = hidden(groups)
    assert ("a", "x") in found
    assert determined(groups, found) == []


def test_a_dominated_group_is_hidden() -> None:
    groups = table({("a", "x"): 50, ("a", "y"): 50, ("b", "x"): 50, ("b", "y"): 50}, [("a", "x")])
    assert not is_told(groups["a", "x"])
    assert hidden(groups) == {("a", "x"), ("a", "y"), ("b", "x"), ("b", "y")}


NAMES = ("a", "b", "c", "d", "e")
PLACES = st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES))


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(PLACES, st.integers(0, 12), max_size=20), st.sets(PLACES, max_size=3))
def test_no_hidden_entry_follows_from_what_is_told(cells: dict[Place, int], dominated: set[Place]) -> None:
    groups = table(cells, dominated & cells.keys())
    found = hidden(groups)
    assert {place for place, group in groups.items() if not is_told(group)} <= found
    assert all(groups[place].accounts for place in found)
    assert determined(groups, found) == []
    for line in lines(groups):
        total = next((place for place, sign in line.items() if sign < 0), None)
        inner = [place for place in line if place in found and place != total]
        if total is not None and total not in found and inner:
            assert sum(groups[place].accounts for place in inner) >= SMALLEST
    small = {place for place in found if not is_told(groups[place])}
    everything = {place for place, group in groups.items() if group.accounts}
    for alone in [each for each in small if groups[each].accounts == 1]:
        learnt = set(determined(groups, found - {alone})) & small
        assert found == everything or all(cover(each, groups) == cover(alone, groups) for each in learnt)
