"""The cheapest set of changes that leads to a better grade, exactly.

Each lever of the model brings one fact to one of few values at an effort. Wanted is the choice of least effort (then of
fewest changes) with which the account reaches the target:

    minimise    sum of efforts
    such that   every gate in the way is open
                sum of weight x points >= threshold      (a grade by points)
                or the bands, or the ratio, of the grade (a grade by table or ratio)

Levers that touch more than their own fact (a verification that raises the quality of all data) are tried in every
combination; with these fixed, the others are independent of each other, and what is left is a multiple-choice knapsack
(`knapsack`) in whole numbers. So the answer is the optimum on the model's own grid.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import product
from math import ceil

from backend.scores.modelling.content import HUNDRED, ByMatrix, ByRatio, Gate, Indicator, Lever, ModelContent
from backend.scores.rules import knapsack, words
from backend.scores.rules.gates import is_open
from backend.scores.rules.grading import band, fact_of, ratio_rank
from backend.scores.rules.knapsack import Choice
from backend.scores.rules.levers import Option, Value, options, pull
from backend.scores.rules.points import Measured, measure
from backend.scores.values import Change, Fact, Peers

ZERO = Decimal(0)
EFFORTS = 100
"""Efforts have two decimals: so many times, they are whole."""
GAINS = Decimal(10) ** 12
"""Points have two decimals and weights up to ten: so many times, their products are whole."""
Demand = Mapping[str, Callable[[Measured], bool]]
"""What indicators, by code, must come out as."""


Pull = tuple[Lever, Value, Decimal] | None
"""A lever brought to a value at an effort, or nothing done."""


def cheapest(content: ModelContent, facts: Mapping[str, Fact], peers: Peers, target: int) -> tuple[Change, ...] | None:
    """Return the cheapest changes after which the grade's place is `target` or better; None where none on the grid is."""
    gates = [gate for gate in content.gates if gate.effect == "block" or content.ranks[str(gate.grade)] > target]
    found: tuple[tuple[int, int], list[Pull]] | None = None
    for spent, pulled, changed in _wide(content, facts):
        for demand, need in _demands(content, target):
            ways = _ways(_Case(content, changed, peers, gates, demand))
            if ways is None:
                continue
            done, limit = len(pulled), None if found is None else found[0]
            left = None if limit is None else (limit[0] - spent, limit[1] - done)
            better = knapsack.cheapest(ways, need, left)
            if better is not None:
                found = (better[0][0] + spent, better[0][1] + done), [*pulled, *better[1]]
    if found is None:
        return None
    order = {lever.code: place for place, lever in enumerate(content.levers)}
    steps = sorted((each for each in found[1] if each is not None), key=lambda each: order[each[0].code])
    return tuple(_change(content, facts, *each) for each in steps)


@dataclass(frozen=True, slots=True)
class _Case:
    """The question once the wide levers are set."""

    content: ModelContent
    facts: Mapping[str, Fact]
    peers: Peers
    gates: Sequence[Gate]
    demand: Demand

    def judge(self, code: str, fact: Fact, indicators: Sequence[Indicator]) -> int | None:
        """Return the points x weight the fact earns, None where a gate stays shut or an indicator is not as demanded."""
        if not all(is_open(gate, fact) for gate in self.gates if gate.fact == code):
            return None
        gain = ZERO
        for indicator in indicators:
            told = measure(self.content, indicator, fact, self.peers)
            if indicator.code in self.demand and not self.demand[indicator.code](told):
                return None
            gain += ZERO if told.points is None else told.points * indicator.weight
        return int(gain * GAINS)


def _wide(content: ModelContent, facts: Mapping[str, Fact]) -> Iterator[tuple[int, list[Pull], dict[str, Fact]]]:
    """Give every combination of the wide levers, none of them first: effort, what is pulled, the facts as they then are."""
    levers = [lever for lever in content.levers if lever.is_wide]
    ways = [[None, *options(lever, fact_of(facts, lever.fact))] for lever in levers]
    for combination in product(*ways):
        spent, pulled, changed = 0, list[Pull](), dict(facts)
        for lever, option in zip(levers, combination, strict=True):
            if option is not None:
                pull(lever, option.value, changed)
                spent += int(option.effort * EFFORTS)
                pulled.append((lever, option.value, option.effort))
        yield spent, pulled, changed


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


def _ways(case: _Case) -> list[list[Choice[Pull]]] | None:
    """Return each fact's choices, only those that fit; None where a fact has none that fits."""
    content = case.content
    narrow = {lever.fact: lever for lever in content.levers if not lever.is_wide}
    codes = dict.fromkeys([each.fact for each in content.indicators] + [gate.fact for gate in case.gates])
    found: list[list[Choice[Pull]]] = []
    for code in codes:
        fact, indicators = fact_of(case.facts, code), [each for each in content.indicators if each.fact == code]
        choices: list[Choice[Pull]] = []
        gain = case.judge(code, fact, indicators)
        if gain is not None:
            choices.append(Choice(0, 0, gain, None))
        lever = narrow.get(code)
        for option in () if lever is None else options(lever, fact):
            gain = case.judge(code, _moved(fact, option), indicators)
            if lever is not None and gain is not None and (not choices or gain > choices[-1].gain):
                choices.append(Choice(int(option.effort * EFFORTS), 1, gain, (lever, option.value, option.effort)))
        if not choices:
            return None
        found.append(choices)
    return found


def _moved(fact: Fact, option: Option) -> Fact:
    return Fact(fact.code, option.value, fact.unit, fact.quality, fact.sources, fact.note)


def _change(content: ModelContent, facts: Mapping[str, Fact], lever: Lever, value: Value, effort: Decimal) -> Change:
    indicator = next((each.code for each in content.indicators if each.fact == lever.fact), "")
    gate = next((each.code for each in content.gates if each.fact == lever.fact), lever.code)
    fact = facts[lever.fact]
    return Change(
        indicator=indicator or gate, fact=lever.fact, before=fact.value, after=value, unit=fact.unit, effort=effort,
        words=words.step(lever, fact, value, effort),
    )  # fmt: skip
