"""Facts, peers and small models for the rules of scores."""

from bisect import bisect_left
from decimal import Decimal

from backend.scores.modelling.content import ModelContent
from backend.scores.rules.grading import fact_of, outcome
from backend.scores.rules.levers import in_turn, options, pull
from backend.scores.values import FACTS, Fact, Quality, Source, State, Words

D = Decimal


class Group:
    """A sector: the values others have, by fact."""

    def __init__(self, **values):
        self.values = {code: sorted(map(D, each)) for code, each in values.items()}

    def size(self, fact):
        return len(self.values.get(fact, ()))

    def percentile(self, fact, value):
        group = self.values.get(fact, ())
        if len(group) < 5:
            return None
        below = bisect_left(group, value)
        worse = len(group) - below - group.count(value) if FACTS[fact].better == "lower" else below
        return D(100) * worse / len(group)

    def mean(self, fact):
        group = self.values.get(fact, ())
        return None if len(group) < 5 else sum(group, D(0)) / len(group)


SECTOR = Group(
    value_added_intensity=[1, 2, 3, 4, 5, 6, 7, 8, 9, 10], emissions_location=[100, 200, 300, 400, 500],
    sector_ratio=["0.5", "0.8", 1, "1.2", "1.5"],
)  # fmt: skip
NOBODY = Group()


def fact(code, value, quality=Quality.VERIFIED):
    if value is not None and FACTS[code].better:
        value = D(value)
    return Fact(
        code, value, FACTS[code].unit, Quality.MISSING if value is None else quality, (Source("Inventory", "i1", "3"),),
        Words("年度清单", "the year's inventory"),
    )  # fmt: skip


GOOD = {
    "inventory_state": "verified", "is_verified": True, "emissions_location": 120, "emissions_market": 100,
    "emissions_change": -8, "value_added_intensity": 1, "output_intensity": 1, "intensity_change": -10,
    "sector_ratio": "0.4", "energy_intensity": 1, "green_power_share": 100, "neutralised_share": 100,
    "data_quality": 100, "metered_share": 100, "months_covered": 12, "disclosure_rating": "AAA", "open_penalties": 0,
    "gaming_signs": 0,
}  # fmt: skip
"""An account nothing can be held against; it has no quota obligation."""


def facts(quality=Quality.VERIFIED, **changed):
    return {code: fact(code, value, quality) for code, value in {**GOOD, **changed}.items()}


def brute(content: ModelContent, given, peers, target: int):
    """The least effort on the whole grid that reaches the target, by trying everything on the facts as they then are."""
    best = None
    for cost, after in everything(in_turn(content), given):
        if best is not None and cost >= best:
            continue
        found = outcome(content, after, peers)
        if found.state is State.GRADED and found.rank <= target:
            best = cost
    return best


def everything(levers, given):
    """Every combination of the levers, one pulled after the other: (effort, changes) and the facts it leads to."""
    if not levers:
        yield (D(0), 0), given
        return
    for (effort, count), facts in everything(levers[:-1], given):
        yield (effort, count), facts
        for option in options(levers[-1], fact_of(facts, levers[-1].fact)):
            after = dict(facts)
            pull(levers[-1], option.value, after)
            yield (effort + option.effort, count + 1), after
