"""The cheapest choice of one way for each of several things, such that the gains add up to what is needed. Exact.

    minimise    sum of cost         (whole numbers; then the number of changes)
    such that   sum of gain >= need (whole numbers)

A multiple-choice knapsack, the other way round. What the remaining things can do at best is known from the relaxed problem
(parts of a choice allowed), whose answer is read from one sorted list of the convex hulls' edges; rounding that answer up
gives a first solution. From there, thing by thing, only those partial choices are kept that no other beats in both cost and
gain and that can still beat the best solution known. Everything is whole numbers, so nothing is rounded.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Generic, NamedTuple, TypeVar

T = TypeVar("T")
RATE_BITS = 128


class Choice(NamedTuple, Generic[T]):
    """One way: its cost, how many changes it is, its gain, and what it stands for."""

    cost: int
    changes: int
    gain: int
    what: T


class Partial(NamedTuple, Generic[T]):
    """Choices made so far, the last first: a linked list."""

    cost: int
    changes: int
    gain: int
    choice: "Choice[T] | None" = None
    before: "Partial[T] | None" = None


class _Edge(NamedTuple):
    """From one corner of a thing's hull to the next, at which it is so many changes; `rate` is its cost for a gain."""

    rate: int
    cost: int
    gain: int
    place: int
    changes: int


@dataclass(frozen=True, slots=True)
class _Rest:
    """What the things from here on can do: at least `cost`, at most `most`; the hulls' edges summed up, best first."""

    cost: int
    gain: int
    most: int
    gains: list[int]
    costs: list[int]
    edges: list[_Edge]

    def beats(self, partial: "Partial[T]", need: int, limit: tuple[int, int]) -> bool:
        """Tell whether the partial choice could still end below the limit, in the relaxed problem."""
        cost = partial.cost + self.cost
        missing = need - partial.gain - self.gain
        if missing > 0:
            place = bisect_left(self.gains, missing)
            if place == len(self.gains):
                return False
            edge = self.edges[place]
            whole_gain = self.gains[place] - edge.gain
            # cost + costs before + edge.cost * (missing - whole_gain) / edge.gain <= limit, without dividing
            spent = cost + self.costs[place] - edge.cost
            return spent * edge.gain + edge.cost * (missing - whole_gain) <= limit[0] * edge.gain
        return (cost, partial.changes) <= limit


def cheapest(
    things: Sequence[Sequence[Choice[T]]], need: int, limit: tuple[int, int] | None = None
) -> tuple[tuple[int, int], list[T]] | None:
    """Return the least (cost, changes) that reaches the need, with the choice for each thing; None where none does.

    Each thing's choices rise in gain, and none costs less than the one before it. With a limit only what is below it is
    looked for.
    """
    rests = _rests(things)
    if rests[0].most < need:
        return None
    # One more change than the rounded solution, so that a solution as good as it is still found by the search.
    first = _rounded(things, rests[0], need)
    bound = (first[0], first[1] + 1) if limit is None or first < limit else limit
    front: list[Partial[T]] = [Partial(0, 0, 0)]
    for place, choices in enumerate(things):
        rest = rests[place + 1]
        most, least = bound[0] - rest.cost, need - rest.most
        grown: list[Partial[T]] = []
        for partial in front:
            for choice in choices:
                cost, gain = partial.cost + choice.cost, partial.gain + choice.gain
                if cost > most:
                    break
                if gain >= least:
                    grown.append(Partial(cost, partial.changes + choice.changes, gain, choice, partial))
        grown.sort(key=_order)
        front, reached = [], -1
        for partial in grown:
            if partial.gain > reached and rest.beats(partial, need, bound):
                front.append(partial)
                reached = partial.gain
    best = min((each for each in front if (each.cost, each.changes) < bound), key=lambda each: each[:2], default=None)
    return None if best is None else ((best.cost, best.changes), _unrolled(best))


def _order(partial: Partial[T]) -> tuple[int, int, int]:
    return partial.cost, partial.changes, -partial.gain


def _unrolled(partial: Partial[T]) -> list[T]:
    found: list[T] = []
    while partial.choice is not None and partial.before is not None:
        found.append(partial.choice.what)
        partial = partial.before
    return found[::-1]


def _hull(choices: Sequence[Choice[T]], place: int) -> list[_Edge]:
    """Return the edges of the lower convex hull of a thing's choices: each further gain at a worse rate."""
    corners: list[Choice[T]] = []
    for choice in choices:
        while len(corners) > 1 and (corners[-1].cost - corners[-2].cost) * (choice.gain - corners[-2].gain) >= (
            choice.cost - corners[-2].cost
        ) * (corners[-1].gain - corners[-2].gain):
            corners.pop()
        corners.append(choice)
    return [
        _Edge((cost << RATE_BITS) // gain, cost, gain, place, after.changes)
        for before, after in pairwise(corners)
        for cost, gain in ((after.cost - before.cost, after.gain - before.gain),)
    ]


def _rests(things: Sequence[Sequence[Choice[T]]]) -> list[_Rest]:
    """Return what the things from each one on can do."""
    found = [_Rest(0, 0, 0, [], [], [])]
    edges: list[_Edge] = []
    for place in range(len(things) - 1, -1, -1):
        choices, last = things[place], found[-1]
        edges = edges + _hull(choices, place)
        # Whole numbers of less than 64 bits: rates that differ do so within 128.
        edges.sort()
        found.append(
            _Rest(
                last.cost + choices[0].cost, last.gain + choices[0].gain, last.most + choices[-1].gain,
                list(accumulate(edge.gain for edge in edges)), list(accumulate(edge.cost for edge in edges)), edges,
            )
        )  # fmt: skip
    return found[::-1]


def _rounded(things: Sequence[Sequence[Choice[T]]], rest: _Rest, need: int) -> tuple[int, int]:
    """Return (cost, changes) of the relaxed answer with its last part made whole."""
    missing, cost = need - rest.gain, rest.cost
    changes = [choices[0].changes for choices in things]
    for edge in rest.edges:
        if missing <= 0:
            break
        missing -= edge.gain
        cost += edge.cost
        changes[edge.place] = edge.changes
    return cost, sum(changes)
