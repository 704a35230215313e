"""What an enterprise can do about its facts, by the levers of the model: values within reach, and their effort."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from backend.scores.modelling.content import HUNDRED, Lever, ModelContent, is_number, read_value
from backend.scores.rules.points import code_of, is_known
from backend.scores.values import FACTS, Change, Fact, Quality

REACHED = Decimal("0.0001")
"""A value within reach is rounded to four decimals, towards the better."""
LARGEST = Decimal(10) ** 20
Value = Decimal | str | bool


@dataclass(frozen=True, slots=True)
class Option:
    """A value the lever can bring its fact to, and the effort of it all."""

    value: Value
    effort: Decimal


def options(lever: Lever, fact: Fact) -> list[Option]:
    """Return what the lever can reach from here, nearest and cheapest first; nothing for a fact that is not known."""
    if not is_known(fact) or fact.value is None:
        return []
    return _named(lever, fact.value) if lever.to else _steps(lever, fact.value)


def apply(content: ModelContent, facts: Mapping[str, Fact], changes: Sequence[Change]) -> dict[str, Fact]:
    """Return the facts as they are once the changes are made: new values, what comes with them, what they verify."""
    after = dict(facts)
    for change in changes:
        lever = next(each for each in content.levers if each.fact == change.fact)
        pull(lever, change.after, after)
    return after


def pull(lever: Lever, value: Value, facts: dict[str, Fact]) -> None:
    """Bring the lever's fact to the value, with all that comes with it."""
    facts[lever.fact] = replace(facts[lever.fact], value=value)
    for code, text in lever.also.items():
        kind = FACTS[code]
        was = facts.get(code) or Fact(code, None, kind.unit, Quality.MISSING)
        quality = facts[lever.fact].quality if was.quality is Quality.MISSING else was.quality
        facts[code] = replace(was, value=read_value(code, text), quality=quality)
    for code in lever.verifies:
        if code in facts and is_known(facts[code]):
            facts[code] = replace(facts[code], quality=Quality.VERIFIED)


def _named(lever: Lever, before: Value) -> list[Option]:
    """Return the named steps that lie ahead; the effort of one includes those passed on the way."""
    steps = list(lever.to)
    if isinstance(before, Decimal):
        is_lower = FACTS[lever.fact].better == "lower"
        steps = [step for step in steps if (Decimal(step.value) < before if is_lower else Decimal(step.value) > before)]
    else:
        places = [place for place, step in enumerate(steps) if step.value == code_of(before)]
        order = FACTS[lever.fact].choices
        if places:
            steps = steps[places[-1] + 1 :]
        elif code_of(before) in order:
            steps = [step for step in steps if order.index(step.value) > order.index(code_of(before))]
    found, effort = list[Option](), Decimal(0)
    for step in steps:
        effort += step.effort
        found.append(Option(read_value(lever.fact, step.value), effort))
    return found


def _steps(lever: Lever, before: Value) -> list[Option]:
    if not is_number(lever.fact) or not isinstance(before, Decimal) or lever.step is None or lever.effort is None:
        return []
    is_lower = FACTS[lever.fact].better == "lower"
    size = before * lever.step / HUNDRED if lever.is_relative else lever.step
    if size <= 0 or abs(before) >= LARGEST:
        return []
    found = list[Option]()
    for count in range(1, lever.most + 1):
        value = before - count * size if is_lower else before + count * size
        value = value.quantize(REACHED, ROUND_FLOOR if is_lower else ROUND_CEILING)
        is_last = lever.limit is not None and (value <= lever.limit if is_lower else value >= lever.limit)
        if is_last and lever.limit is not None:
            value = lever.limit
        if not (value < before if is_lower else value > before):
            return found
        found.append(Option(value, count * lever.effort))
        if is_last:
            return found
    return found
