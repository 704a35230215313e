"""What an enterprise can do about its facts, by the levers of the model: values within reach, and their effort.

Some facts are made from others, so that a lever moves them too. By definition, with value added, output, the sector's mean
and last year as they are:

    intensity, sector ratio   rise and fall in the ratio k in which what they are made from does
    change against last year  (100 + change) x k - 100

Levers are pulled one after the other, those before whose facts others follow from; each is asked what it can reach from
where the ones before it have led.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Context, Decimal

from backend.scores.modelling.content import HUNDRED, Lever, ModelContent, is_number, read_value
from backend.scores.rules.points import code_of, is_known
from backend.scores.values import FACTS, FOLLOWERS, Change, Fact, Quality

REACHED = Decimal("0.0001")
"""A value within reach is rounded to four decimals, towards the better."""
FOLLOWED = Decimal("0.000001")
"""A value that follows is rounded as facts are."""
WORKING = Context(prec=60, rounding=ROUND_HALF_UP)
LARGEST = Decimal(10) ** 20
Value = Decimal | str | bool

DEPTHS: Mapping[str, int] = {code: sum(code in each for each in FOLLOWERS.values()) for code in FACTS}
"""From how many facts each may follow: who has fewer is pulled first."""


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


def in_turn(content: ModelContent) -> list[Lever]:
    """Return the levers in the order they are pulled: those that touch many facts, then by what follows from what."""
    return sorted(content.levers, key=lambda lever: (not lever.is_wide, DEPTHS[lever.fact]))


def touched(lever: Lever) -> set[str]:
    """Return every fact the lever may change: its own, what comes with it, what it verifies, what follows."""
    moved = {lever.fact, *lever.also}
    return moved.union(lever.verifies, *(FOLLOWERS.get(code, ()) for code in moved))


def together(levers: Sequence[Lever]) -> list[list[Lever]]:
    """Return the levers in groups of which no two touch a fact in common, each in the order given."""
    groups: list[tuple[set[str], list[Lever]]] = []
    for lever in levers:
        own, joined = touched(lever), [lever]
        for group in [each for each in groups if each[0] & own]:
            groups.remove(group)
            own, joined = own | group[0], group[1] + joined
        groups.append((own, joined))
    return [[lever for lever in levers if lever in joined] for _, joined in groups]


def apply(content: ModelContent, facts: Mapping[str, Fact], changes: Sequence[Change]) -> dict[str, Fact]:
    """Return the facts as they are once all changes are made: new values, what comes with them and follows, what they verify."""
    after, wanted = dict(facts), {change.fact: change.after for change in changes}
    for lever in in_turn(content):
        if lever.fact in wanted:
            pull(lever, wanted[lever.fact], after)
    return after


def pull(lever: Lever, value: Value, facts: dict[str, Fact]) -> None:
    """Bring the lever's fact to the value, with all that comes with it and follows from it."""
    _bring(lever.fact, value, facts[lever.fact].quality, facts)
    for code, text in lever.also.items():
        _bring(code, read_value(code, text), facts[lever.fact].quality, facts)
    for code in lever.verifies:
        fact = facts.get(code)
        if fact is not None and is_known(fact):
            facts[code] = Fact(code, fact.value, fact.unit, Quality.VERIFIED, fact.sources, fact.note)


def _bring(code: str, value: Value, quality: Quality, facts: dict[str, Fact]) -> None:
    """Bring a fact to a value, and what is made from it to what follows; `quality` is that of one that was missing."""
    was = facts.get(code) or Fact(code, None, FACTS[code].unit, Quality.MISSING)
    quality = quality if was.quality is Quality.MISSING else was.quality
    facts[code] = Fact(code, value, was.unit, quality, was.sources, was.note)
    if not isinstance(value, Decimal) or not isinstance(was.value, Decimal) or was.value <= 0:
        return
    for follower in FOLLOWERS.get(code, ()):
        fact = facts.get(follower)
        if fact is None or not isinstance(fact.value, Decimal) or not _is_of(fact, code):
            continue
        base = fact.value + HUNDRED if follower.endswith("_change") else fact.value
        after = WORKING.divide(WORKING.multiply(base, value), was.value)
        after = (after - HUNDRED if follower.endswith("_change") else after).quantize(FOLLOWED, ROUND_HALF_UP, WORKING)
        facts[follower] = Fact(follower, after, fact.unit, fact.quality, fact.sources, fact.note)


def _is_of(fact: Fact, code: str) -> bool:
    """Tell whether a fact is made from this one: a change of intensity is of value added, unless it names the product."""
    if fact.code != "intensity_change" or code == "emissions_location":
        return True
    is_of_product = FACTS["output_intensity"].name.zh in fact.note.zh
    return is_of_product == (code == "output_intensity")


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
    rounding = ROUND_FLOOR if is_lower else ROUND_CEILING
    found, limit = list[Option](), lever.limit
    for count in range(1, lever.most + 1):
        value = (before - count * size if is_lower else before + count * size).quantize(REACHED, rounding)
        is_last = limit is not None and (value <= limit if is_lower else value >= limit)
        if is_last and limit is not None:
            value = limit
        if not (value < before if is_lower else value > before):
            return found
        found.append(Option(value, count * lever.effort))
        if is_last:
            return found
    return found
