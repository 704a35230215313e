"""The cheapest set of changes that leads to a better grade, exactly.

Each lever of the model brings one fact to one of few values at an effort. Wanted is the choice of least effort (then of
fewest changes, then in the model's order) with which the account reaches the target:

    minimise    sum of efforts
    such that   every gate in the way is open
                sum of weight x points >= threshold      (a grade by points)
                or the bands, or the ratio, of the grade (a grade by table or ratio)

Levers that touch more than their own fact (a verification that raises the quality of all data) are tried in every
combination; with these fixed, the others are independent of each other, and what is left is a multiple-choice knapsack.
It is solved in exact decimals by keeping, lever by lever, only choices that no other beats in both effort and points, and
dropping those that can no more reach the target or beat the best found. Nothing is rounded, so the answer is the optimum
on the model's own grid.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import product

from backend.scores.modelling.content import HUNDRED, ByMatrix, ByRatio, Gate, Indicator, Lever, ModelContent
from backend.scores.rules import words
from backend.scores.rules.gates import is_open
from backend.scores.rules.grading import band, fact_of, ratio_rank
from backend.scores.rules.levers import Option, Value, options, pull
from backend.scores.rules.points import Measured, measure
from backend.scores.values import Change, Fact, Peers

ZERO = Decimal(0)
Demand = Mapping[str, Callable[[Measured], bool]]
"""What indicators, by code, must come out as."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One way to leave a fact: what it costs, how many changes it is (0 or 1), the points x weight it earns."""

    effort: Decimal
    count: int
    gain: Decimal
    lever: Lever | None = None
    value: Value | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """Choices made so far."""

    effort: Decimal
    count: int
    gain: Decimal
    pulled: tuple[tuple[Lever, Value, Decimal], ...] = ()

    @property
    def cost(self) -> tuple[Decimal, int]:
        """Effort first, then the number of changes."""
        return self.effort, self.count

    def plus(self, choice: Choice) -> "Plan":
        """Return the plan with one more choice."""
        pulled = self.pulled
        if choice.lever is not None and choice.value is not None:
            pulled = (*pulled, (choice.lever, choice.value, choice.effort))
        return Plan(self.effort + choice.effort, self.count + choice.count, self.gain + choice.gain, pulled)


def cheapest(content: ModelContent, facts: Mapping[str, Fact], peers: Peers, target: int) -> tuple[Change, ...] | None:
    """Return the cheapest changes after which the grade's place is `target` or better; None where none on the grid is."""
    gates = [gate for gate in content.gates if gate.effect == "block" or content.ranks[str(gate.grade)] > target]
    best: Plan | None = None
    for start, changed in _wide(content, facts):
        if best is not None and start.cost >= best.cost:
            continue
        for demand, need in _demands(content, target):
            best = _fill(_Case(content, changed, peers, gates, demand, need), start, best)
    if best is None:
        return None
    order = {lever.code: place for place, lever in enumerate(content.levers)}
    pulled = sorted(best.pulled, key=lambda each: order[each[0].code])
    return tuple(_change(content, facts, *each) for each in pulled)


@dataclass(frozen=True, slots=True)
class _Case:
    """The question once the wide levers are set."""

    content: ModelContent
    facts: Mapping[str, Fact]
    peers: Peers
    gates: Sequence[Gate]
    demand: Demand
    need: Decimal

    def judge(self, code: str, fact: Fact, indicators: Sequence[Indicator]) -> Decimal | None:
        """Return the points x weight the fact earns, None where a gate stays shut or an indicator is not as demanded."""
        if not all(is_open(gate, fact) for gate in self.gates if gate.fact == code):
            return None
        gain = ZERO
        for indicator in indicators:
            told = measure(self.content, indicator, fact, self.peers)
            if indicator.code in self.demand and not self.demand[indicator.code](told):
                return None
            gain += ZERO if told.points is None else told.points * indicator.weight
        return gain


def _wide(content: ModelContent, facts: Mapping[str, Fact]) -> Iterator[tuple[Plan, dict[str, Fact]]]:
    """Give every combination of the wide levers, none of them first, with the facts as they then are."""
    levers = [lever for lever in content.levers if lever.is_wide]
    ways = [[None, *options(lever, fact_of(facts, lever.fact))] for lever in levers]
    for combination in product(*ways):
        plan, changed = Plan(ZERO, 0, ZERO), dict(facts)
        for lever, option in zip(levers, combination, strict=True):
            if option is not None:
                pull(lever, option.value, changed)
                plan = plan.plus(Choice(option.effort, 1, ZERO, lever, option.value))
        yield plan, changed


def _demands(content: ModelContent, target: int) -> list[tuple[Demand, Decimal]]:
    """Return the ways the target is reached: what indicators must be, and the points x weight needed."""
    rule = content.grading
    if isinstance(rule, ByRatio):
        return [({rule.indicator: lambda told: told.x is not None and ratio_rank(content, told.x) <= target}, ZERO)]
    if isinstance(rule, ByMatrix):
        row_cuts, column_cuts = rule.row_cuts, rule.column_cuts
        return [
            ({rule.rows: _in_band(row_cuts, row), rule.columns: _in_band(column_cuts, column)}, ZERO)
            for row, cells in enumerate(rule.cells)
            for column, grade in enumerate(cells)
            if content.ranks[grade] <= target
        ]
    threshold = content.grades[target].threshold
    return [({}, ZERO if threshold is None else threshold * HUNDRED)]


def _in_band(cuts: Sequence[Decimal], wanted: int) -> Callable[[Measured], bool]:
    return lambda told: told.points is not None and band(cuts, told.points) == wanted


def _fill(case: _Case, start: Plan, best: Plan | None) -> Plan | None:
    """Return the cheapest plan from the start on, or the best so far where none is cheaper."""
    ways = _ways(case)
    if ways is None:
        return best
    ahead = [ZERO]
    for choices in reversed(ways):
        ahead.append(ahead[-1] + max(choice.gain for choice in choices))
    ahead.reverse()
    front = [start]
    for place, choices in enumerate(ways):
        rest, grown = ahead[place + 1], list[Plan]()
        for plan in front:
            for choice in choices:
                if plan.gain + choice.gain + rest < case.need:
                    continue
                cost = (plan.effort + choice.effort, plan.count + choice.count)
                if best is None or cost < best.cost:
                    grown.append(plan.plus(choice))
        front = _undominated(grown)
    done = [plan for plan in front if plan.gain >= case.need]
    found = min(done, key=lambda plan: plan.cost, default=None)
    return found if found is not None and (best is None or found.cost < best.cost) else best


def _undominated(plans: list[Plan]) -> list[Plan]:
    """Return the plans no other beats in both cost and gain, cheapest first."""
    plans.sort(key=lambda plan: (plan.effort, plan.count, -plan.gain))
    front = list[Plan]()
    for plan in plans:
        if not front or plan.gain > front[-1].gain:
            front.append(plan)
    return front


def _ways(case: _Case) -> list[list[Choice]] | None:
    """Return each fact's choices, only those that fit; None where a fact has none that fits."""
    content = case.content
    narrow = {lever.fact: lever for lever in content.levers if not lever.is_wide}
    codes = dict.fromkeys([each.fact for each in content.indicators] + [gate.fact for gate in case.gates])
    found = list[list[Choice]]()
    for code in codes:
        fact, indicators = fact_of(case.facts, code), [each for each in content.indicators if each.fact == code]
        choices = list[Choice]()
        gain = case.judge(code, fact, indicators)
        if gain is not None:
            choices.append(Choice(ZERO, 0, gain))
        lever = narrow.get(code)
        for option in options(lever, fact) if lever is not None else ():
            gain = case.judge(code, _moved(fact, option), indicators)
            if gain is not None and (not choices or gain > choices[-1].gain):
                choices.append(Choice(option.effort, 1, gain, lever, option.value))
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
