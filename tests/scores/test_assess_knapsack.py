"""The search for the cheapest changes, against trying everything."""

from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from backend.scores.rules.knapsack import Choice, cheapest


@st.composite
def things(draw):
    """Choices of rising cost and gain, mostly not convex; the first may cost something (a gate to open)."""
    found = []
    for _ in range(draw(st.integers(1, 5))):
        spent = st.tuples(st.integers(1, 12), st.integers(1, 3))
        costs = sorted(draw(st.sets(st.one_of(spent, st.just((0, 0))), min_size=1, max_size=5)))
        gains = sorted(draw(st.sets(st.integers(0, 30), min_size=len(costs), max_size=len(costs))))
        found.append(
            [Choice(cost, changes, gain, (cost, gain)) for (cost, changes), gain in zip(costs, gains, strict=True)]
        )
    return found


def tried(ways, need, limit=None):
    costs = [
        (sum(each.cost for each in mix), sum(each.changes for each in mix))
        for mix in product(*ways)
        if sum(each.gain for each in mix) >= need
    ]
    return min((each for each in costs if limit is None or each < limit), default=None)


@settings(max_examples=1000, deadline=None)
@given(ways=things(), need=st.integers(0, 100))
def test_nothing_cheaper_reaches_the_need(ways, need) -> None:
    found = cheapest(ways, need)
    assert (None if found is None else found[0]) == tried(ways, need)
    if found is not None:
        cost, chosen = found
        assert len(chosen) == len(ways)
        assert sum(gain for _, gain in chosen) >= need
        assert sum(spent for spent, _ in chosen) == cost[0]


@settings(max_examples=500, deadline=None)
@given(ways=things(), need=st.integers(0, 100), limit=st.tuples(st.integers(0, 40), st.integers(0, 5)))
def test_only_what_is_below_the_limit_is_found(ways, need, limit) -> None:
    found = cheapest(ways, need, limit)
    assert (None if found is None else found[0]) == tried(ways, need, limit)
