"""A model applied to an account's facts: points, gates, grade, reasons, and the cheapest way to a better grade."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from backend.scores.modelling.content import HUNDRED, ModelContent
from backend.scores.modelling.content import Indicator as ModelIndicator
from backend.scores.rules import words
from backend.scores.rules.cheapest import cheapest
from backend.scores.rules.grading import Outcome, outcome
from backend.scores.rules.levers import apply
from backend.scores.rules.points import Measured
from backend.scores.values import Assessment, Change, Fact, Gate, Indicator, Peers, State, Words

MOST_REASONS = 3
ZERO = Decimal(0)
NAMELESS = {
    State.GATED: Words("不予评级", "No grade: a gate is shut"),
    State.CANNOT_TELL: Words("暂不能评定", "Cannot be told"),
}


def assess(content: ModelContent, facts: Mapping[str, Fact], peers: Peers, *, with_changes: bool = True) -> Assessment:
    """Return what the model makes of the facts. Pure and exact: the same facts and peers give the same answer.

    `points` and `grade` are None unless the state is `GRADED`. The helps and harms are the three that move the account
    furthest from neutral, missing essentials and the gates that hold the grade down first; gates that are shut above
    the grade reached come last. `next_grade` is the grade the changes lead to, or, where no set of changes on the model's
    grid does, the next better one.

    Args:
        content: The model.
        facts: By code; one that is absent is missing.
        peers: How the account's sector lies.
        with_changes: Whether to look for the cheapest way; without it there are no changes (back-tests need none).
    """
    found = outcome(content, facts, peers)
    indicators = tuple(_indicator(content, *each) for each in found.measured)
    gates = tuple(
        Gate(gate.code, gate.name, opened, gate.effect if gate.grade is None else f"cap:{gate.grade}",
             words.gate_reason(content, gate, fact, opened=opened))
        for gate, fact, opened in found.gates
    )  # fmt: skip
    helps, harms = _reasons(content, found, indicators, gates)
    grade = None if found.rank is None else content.grades[found.rank]
    next_grade, changes = _ahead(content, facts, peers, found, with_changes=with_changes)
    return Assessment(
        state=found.state,
        points=found.total if grade is not None else None,
        grade=grade.code if grade is not None else None,
        grade_name=Words(grade.name_zh, grade.name_en) if grade is not None else NAMELESS[found.state],
        colour=grade.colour if grade is not None else "",
        indicators=indicators,
        gates=gates,
        helps=helps,
        harms=harms,
        next_grade=next_grade,
        changes=changes,
    )


def _indicator(content: ModelContent, indicator: ModelIndicator, fact: Fact, told: Measured) -> Indicator:
    return Indicator(
        code=indicator.code,
        name=indicator.name,
        fact=fact,
        points=told.points,
        weight=indicator.weight,
        contribution=(told.points or ZERO) * indicator.weight / HUNDRED,
        best=indicator.weight,
        reason=words.reason(content, indicator, fact, told),
    )


def _reasons(
    content: ModelContent, found: Outcome, indicators: Sequence[Indicator], gates: Sequence[Gate]
) -> tuple[tuple[Words, ...], tuple[Words, ...]]:
    """Return the top helps and harms: by distance from neutral in points of the whole, the model's order among equals."""
    apart = [(each.contribution - content.neutral * each.weight / HUNDRED, each.reason) for each in indicators]
    ups = sorted((each for each in apart if each[0] > 0), key=lambda each: -each[0])
    downs = sorted((each for each in apart if each[0] < 0), key=lambda each: each[0])
    first = [words.missing(found.missing)] if found.missing else []
    shut = [
        (told.reason, found.holds(content, gate))
        for told, (gate, *_) in zip(gates, found.gates, strict=True)
        if not told.is_open
    ]
    first += [reason for reason, holds in shut if holds]
    last = [reason for reason, holds in shut if not holds]
    return (
        tuple(words.helped(reason, difference) for difference, reason in ups[:MOST_REASONS]),
        tuple([*first, *(words.harmed(reason, -difference) for difference, reason in downs), *last][:MOST_REASONS]),
    )


def _ahead(
    content: ModelContent, facts: Mapping[str, Fact], peers: Peers, found: Outcome, *, with_changes: bool
) -> tuple[str | None, tuple[Change, ...]]:
    """Return the next grade and the cheapest changes to it."""
    if found.missing or found.state is State.CANNOT_TELL or found.rank == 0:
        return None, ()
    target = len(content.grades) - 1 if found.rank is None else found.rank - 1
    changes = cheapest(content, facts, peers, target) if with_changes else None
    # What the search found is told only once the model itself, on the facts as they then are, says so.
    after = outcome(content, apply(content, facts, changes), peers).rank if changes else None
    if not changes or after is None or after > target:
        return (None if found.rank is None else content.grades[target].code), ()
    return content.grades[after].code, changes
