"""Facts, peers and small models for the rules of scores."""

from bisect import bisect_left
from decimal import Decimal
from itertools import product

from backend.scores.modelling.content import ModelContent
from backend.scores.rules.grading import fact_of, outcome
from backend.scores.rules.levers import apply, options
from backend.scores.values import FACTS, Change, Fact, Quality, Source, State, Words

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
    """The least effort on the whole grid that reaches the target, by trying everything."""
    ways = []
    for lever in content.levers:
        now = fact_of(given, lever.fact)
        ways.append([None, *((lever, option) for option in options(lever, now))])
    best = None
    for combination in product(*ways):
        pulled = [each for each in combination if each is not None]
        cost = (sum((option.effort for _, option in pulled), D(0)), len(pulled))
        if best is not None and cost >= best:
            continue
        changes = [
            Change("", lever.fact, None, option.value, "", option.effort, Words("", "")) for lever, option in pulled
        ]
        found = outcome(content, apply(content, given, changes), peers)
        if found.state is State.GRADED and found.rank <= target:
            best = cost
    return best
