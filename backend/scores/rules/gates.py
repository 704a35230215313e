"""Conditions above the points: whether a gate is open."""

from collections.abc import Callable, Mapping
from decimal import Decimal

from backend.scores.modelling.content import Gate
from backend.scores.rules.points import applies, code_of, is_known
from backend.scores.values import Fact, Quality

ORDER = (Quality.MISSING, Quality.ESTIMATED, Quality.COMPUTED, Quality.VERIFIED)
"""Qualities of data, worst first."""

NUMBERS: Mapping[str, Callable[[Decimal, Decimal], bool]] = {
    "above": lambda value, limit: value > limit,
    "at_least": lambda value, limit: value >= limit,
    "below": lambda value, limit: value < limit,
    "at_most": lambda value, limit: value <= limit,
}
"""Tests of a number, by the word a model writes."""


def is_open(gate: Gate, fact: Fact) -> bool:
    """Tell whether the gate lets through; what is not known shuts it, unless it does not apply and the model says so."""
    if not is_known(fact):
        return gate.when_missing == "open" and not applies(fact)
    if gate.test == "quality_below":
        return ORDER.index(fact.quality) >= ORDER.index(Quality(gate.values[0]))
    if gate.test in NUMBERS:
        return isinstance(fact.value, Decimal) and not NUMBERS[gate.test](fact.value, gate.number)
    if isinstance(fact.value, Decimal):
        is_named = any(fact.value == Decimal(each) for each in gate.values)
    else:
        is_named = code_of(fact.value) in gate.values
    return is_named if gate.test == "is_not" else not is_named
