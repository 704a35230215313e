"""The cheapest set of changes that leads to a better grade, exactly.

Each lever of the model brings one fact to one of few values at an effort. Wanted is the choice of least effort (then of
fewest changes) with which the account reaches the target:

    minimise    sum of efforts
    such that   every gate in the way is open
                sum of weight x points >= threshold      (a grade by points)
                or the bands, or the ratio, of the grade (a grade by table or ratio)

Levers that touch a fact in common are never counted each alone: they are pulled together, one after the other, and what
they come to is measured on the facts as they then are. Those that touch many facts (a verification that raises the quality
of all data) are tried in every combination; with these fixed, the others fall into `parts` that share no fact, each tried
in every combination of its own; what is left is a multiple-choice knapsack over the parts (`knapsack`) in whole numbers. So
the answer is the optimum on the model's own grid.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from math import ceil
from typing import Any, NamedTuple

from backend.scores.modelling.content import HUNDRED, ByMatrix, ByRatio, Gate, Indicator, Lever, ModelContent
from backend.scores.rules import knapsack, words
from backend.scores.rules.gates import is_open
from backend.scores.rules.grading import band, fact_of, ratio_rank
from backend.scores.rules.knapsack import Choice
from backend.scores.rules.levers import Value, in_turn, options, pull, together, touched
from backend.scores.rules.points import Measured, applies, compares, measure
from backend.scores.values import Change, Fact, Peers, Quality

EFFORTS = 100
"""Efforts have two decimals: so many times, they are whole."""
POINTS, WEIGHTS = Decimal(10) ** 2, Decimal(10) ** 10
"""Points have two decimals and weights up to ten: so many times, they are whole."""
GAINS = POINTS * WEIGHTS
FIRST_LOOK, NEXT_LOOK = 3, 4
"""The first look is for what costs three times the dearest first step, each further one for four times as much."""
MOST_KNOWN = 2000
"""Of so many values of a fact the ways ahead are remembered."""
Demand = Mapping[str, Callable[[Measured], bool]]
"""What indicators, by code, must come out as."""


Pull = tuple[Lever, Value, Decimal]
"""A lever brought to a value at an effort."""


@dataclass(frozen=True, slots=True)
class Part:
    """Levers that share facts with each other and with no other lever, and what looks at these facts.

    Indicators are there with their weights in whole numbers. `follows` is the one fact that all follows from, where there is
    one: the same value of it leads to the same ways, which are kept.
    """

    levers: tuple[Lever, ...]
    indicators: tuple[tuple[Indicator, int], ...]
    gates: tuple[Gate, ...]
    follows: str | None
    known: dict[tuple[Value | None, Quality, bool, int], "Ways"] = field(default_factory=dict[Any, "Ways"])


class Way(NamedTuple):
    """A combination of a part's levers: what it costs, and what its indicators then come to."""

    cost: int
    pulled: tuple[Pull, ...]
    measured: Sequence[tuple[Indicator, Measured]]
    gain: int

    def meets(self, demand: Demand) -> bool:
        """Tell whether every indicator is as demanded."""
        return all(demand[each.code](told) for each, told in self.measured if each.code in demand)


Ways = list[Way]


@dataclass(frozen=True, slots=True)
class Plan:
    """The question, apart from the account. `looks` are the efforts up to which is searched, one after the other."""

    wide: tuple[Lever, ...]
    parts: list[Part]
    demands: list[tuple[Demand, int]]
    looks: list[int]


def cheapest(content: ModelContent, facts: Mapping[str, Fact], peers: Peers, target: int) -> tuple[Change, ...] | None:
    """Return the cheapest changes after which the grade's place is `target` or better; None where none on the grid is."""
    plan: Plan = content.worked_out.get(target) or planned(content, target)
    content.worked_out[target] = plan
    found = None
    for most in plan.looks:
        found = _within(content, plan, facts, peers, most)
        # What costs no more than was looked at is the cheapest of all: whatever was left out costs more.
        if found is not None and found[0][0] <= most:
            break
    if found is None:
        return None
    order = {lever.code: place for place, lever in enumerate(content.levers)}
    steps = sorted(found[1], key=lambda each: order[each[0].code])
    return tuple(_change(content, facts, *each) for each in steps)


def _within(
    content: ModelContent, plan: Plan, facts: Mapping[str, Fact], peers: Peers, most: int
) -> tuple[tuple[int, int], list[Pull]] | None:
    """Return effort, changes and the cheapest of the combinations in which no part costs more than `most`."""
    found: tuple[tuple[int, int], list[Pull]] | None = None
    for spent, pulled, changed in _pulls(plan.wide, facts, most):
        ways = [_ways(content, part, changed, peers, most) for part in plan.parts]
        for demand, need in plan.demands:
            choices = [_choices(each, demand) for each in ways]
            if not all(choices):
                continue
            done, limit = len(pulled), None if found is None else found[0]
            left = None if limit is None else (limit[0] - spent, limit[1] - done)
            better = knapsack.cheapest(choices, need, left)
            if better is not None:
                (cost, count), chosen = better
                found = (cost + spent, count + done), [*pulled, *(one for each in chosen for one in each)]
    return found


def planned(content: ModelContent, target: int) -> Plan:
    """Return everything about the question that does not depend on the account."""
    levers = in_turn(content)
    first = [int((lever.to[0].effort if lever.to else lever.effort or 0) * EFFORTS) for lever in levers]
    whole = ceil(sum(sum(each.effort for each in lever.to) or lever.most * (lever.effort or 0) for lever in levers))
    looks, most = list[int](), FIRST_LOOK * max(first, default=0)
    while most < whole * EFFORTS:
        looks.append(most)
        most *= NEXT_LOOK
    wide = tuple(lever for lever in levers if lever.is_wide)
    return Plan(wide, parts(content, target), _demands(content, target), [*looks, most])


def parts(content: ModelContent, target: int) -> list[Part]:
    """Return what can be judged apart: groups of levers that share no fact, and last what no narrow lever touches."""
    gates = [gate for gate in content.gates if gate.effect == "block" or content.ranks[str(gate.grade)] > target]
    groups = together([lever for lever in in_turn(content) if not lever.is_wide])
    facts = [set[str]().union(*(touched(lever) for lever in levers)) for levers in groups]
    rest = {each.fact for each in (*content.indicators, *gates)}.difference(*facts)
    found = [
        _part(content, own, levers, [each for each in gates if each.fact in own])
        for own, levers in zip([*facts, rest], [*groups, []], strict=True)
    ]
    # A lever nothing looks at leads nowhere.
    return [each for each in found if each.indicators or each.gates]


def _part(content: ModelContent, own: set[str], levers: Sequence[Lever], gates: Sequence[Gate]) -> Part:
    indicators = [each for each in content.indicators if each.fact in own]
    fact = levers[0].fact if len(levers) == 1 else None
    is_alone = all(each.fact == fact and not compares(each.transform) for each in indicators)
    is_alone = is_alone and all(each.fact == fact for each in gates)
    weighted = tuple((each, int(each.weight * WEIGHTS)) for each in indicators)
    return Part(tuple(levers), weighted, tuple(gates), fact if is_alone else None)


def _pulls(
    levers: Sequence[Lever], facts: Mapping[str, Fact], most: int
) -> Iterator[tuple[int, tuple[Pull, ...], Mapping[str, Fact]]]:
    """Give every combination of the levers up to an effort, none first: effort, what is pulled, the facts as they then are."""
    if not levers:
        yield 0, (), facts
        return
    *before, lever = levers
    for spent, pulled, changed in _pulls(before, facts, most):
        yield spent, pulled, changed
        for option in options(lever, fact_of(changed, lever.fact)):
            cost = spent + int(option.effort * EFFORTS)
            if cost > most:
                break
            after = dict(changed)
            pull(lever, option.value, after)
            yield cost, (*pulled, (lever, option.value, option.effort)), after


def _ways(content: ModelContent, part: Part, facts: Mapping[str, Fact], peers: Peers, most: int) -> Ways:
    """Return the part's combinations, from memory where an account had the same value before."""
    if part.follows is None:
        return _tried(content, part, facts, peers, most)
    fact = fact_of(facts, part.follows)
    key = fact.value, fact.quality, applies(fact), most
    found = part.known.get(key)
    if found is None:
        found = _tried(content, part, facts, peers, most)
        if len(part.known) >= MOST_KNOWN:
            part.known.clear()
        part.known[key] = found
    return found


def _tried(content: ModelContent, part: Part, facts: Mapping[str, Fact], peers: Peers, most: int) -> Ways:
    """Return the part's combinations that leave every gate in the way open, as what they come to."""
    found = Ways()
    for cost, pulled, changed in _pulls(part.levers, facts, most):
        if part.gates and not all(is_open(gate, fact_of(changed, gate.fact)) for gate in part.gates):
            continue
        gain, measured = 0, list[tuple[Indicator, Measured]]()
        for indicator, weight in part.indicators:
            told = measure(content, indicator, fact_of(changed, indicator.fact), peers)
            measured.append((indicator, told))
            if told.points is not None:
                gain += int(told.points * POINTS) * weight
        found.append(Way(cost, pulled, measured, gain))
    return found


def _choices(ways: Ways, demand: Demand) -> list[Choice[tuple[Pull, ...]]]:
    """Return the ways that are as demanded and that no other beats in effort, changes and gain, cheapest first."""
    fit = [each for each in ways if each.meets(demand)] if demand else ways
    if any(len(each.pulled) > 1 for each in fit):
        # Ways of one lever are in order.
        fit = sorted(fit, key=lambda each: (each.cost, len(each.pulled), -each.gain))
    found: list[Choice[tuple[Pull, ...]]] = []
    for each in fit:
        if not found or each.gain > found[-1].gain:
            found.append(Choice(each.cost, len(each.pulled), each.gain, each.pulled))
    return found


def _demands(content: ModelContent, target: int) -> list[tuple[Demand, int]]:
    """Return the ways the target is reached: what indicators must be, and the points x weight needed."""
    rule = content.grading
    if isinstance(rule, ByRatio):
        return [({rule.indicator: lambda told: told.x is not None and ratio_rank(content, told.x) <= target}, 0)]
    if isinstance(rule, ByMatrix):
        row_cuts, column_cuts = rule.row_cuts, rule.column_cuts
        return [
            ({rule.rows: _in_band(row_cuts, row), rule.columns: _in_band(column_cuts, column)}, 0)
            for row, cells in enumerate(rule.cells)
            for column, grade in enumerate(cells)
            if content.ranks[grade] <= target
        ]
    threshold = content.grades[target].threshold
    return [({}, 0 if threshold is None else ceil(threshold * HUNDRED * GAINS))]


def _in_band(cuts: Sequence[Decimal], wanted: int) -> Callable[[Measured], bool]:
    return lambda told: told.points is not None and band(cuts, told.points) == wanted


def _change(content: ModelContent, facts: Mapping[str, Fact], lever: Lever, value: Value, effort: Decimal) -> Change:
    indicator = next((each.code for each in content.indicators if each.fact == lever.fact), "")
    gate = next((each.code for each in content.gates if each.fact == lever.fact), lever.code)
    fact = facts[lever.fact]
    return Change(
        indicator=indicator or gate, fact=lever.fact, before=fact.value, after=value, unit=fact.unit, effort=effort,
        words=words.step(lever, fact, value, effort),
    )  # fmt: skip
