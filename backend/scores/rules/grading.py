"""From points to a grade: by the account's points, by a table of two indicators, or by one ratio; then the gates."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from backend.scores.modelling.content import HUNDRED, ByMatrix, ByPoints, Gate, Indicator, ModelContent
from backend.scores.rules.gates import is_open
from backend.scores.rules.points import Measured, is_known, measure
from backend.scores.values import Fact, Peers, Quality, State


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of the facts, before it is put in words.

    `rank` is the grade's place, 0 for the best; `reached` the one before any gate held it down.
    """

    state: State
    total: Decimal
    rank: int | None
    measured: tuple[tuple[Indicator, Fact, Measured], ...]
    gates: tuple[tuple[Gate, Fact, bool], ...]
    missing: tuple[str, ...]
    reached: int | None = None

    def holds(self, content: ModelContent, gate: Gate) -> bool:
        """Tell whether a shut gate counts: it blocks, nothing was graded, or its cap lies below what was reached."""
        return self.reached is None or gate.grade is None or content.ranks[gate.grade] > self.reached


def fact_of(facts: Mapping[str, Fact], code: str) -> Fact:
    """Return the fact, or the one that says that it is missing."""
    return facts.get(code) or Fact(code, None, "", Quality.MISSING)


def outcome(content: ModelContent, facts: Mapping[str, Fact], peers: Peers) -> Outcome:
    """Return state, points and grade.

    A gate that blocks and is shut by something known takes the grade away whatever else is missing. Where a fact that the
    model needs, or that a blocking gate asks for, is not known, nothing is told.
    """
    measured = tuple(
        (each, fact, measure(content, each, fact, peers))
        for each in content.indicators
        for fact in (fact_of(facts, each.fact),)
    )
    gates = tuple((each, fact, is_open(each, fact)) for each in content.gates for fact in (fact_of(facts, each.fact),))
    total = sum((told.points * each.weight for each, _, told in measured if told.points is not None), Decimal(0))
    total /= HUNDRED
    shut = [(gate, fact) for gate, fact, opened in gates if not opened]
    blocks = [is_known(fact) for gate, fact in shut if gate.effect == "block"]
    missing = tuple(code for code in content.needed if not is_known(fact_of(facts, code)))
    if any(blocks):
        return Outcome(State.GATED, total, None, measured, gates, missing)
    rank = None if blocks or missing else graded(content, total, measured)
    if rank is None:
        return Outcome(State.CANNOT_TELL, total, None, measured, gates, missing)
    caps = [content.ranks[gate.grade] for gate, _ in shut if gate.grade is not None]
    return Outcome(State.GRADED, total, max(rank, *caps) if caps else rank, measured, gates, missing, rank)


def graded(content: ModelContent, total: Decimal, measured: Sequence[tuple[Indicator, Fact, Measured]]) -> int | None:
    """Return the grade's place before the gates, None where an indicator the grade is read from could not be told."""
    rule = content.grading
    if isinstance(rule, ByPoints):
        return next(
            (
                place
                for place, grade in enumerate(content.grades)
                if grade.threshold is not None and total >= grade.threshold
            ),
            len(content.grades) - 1,
        )
    told = {each.code: result for each, _, result in measured}
    if isinstance(rule, ByMatrix):
        row, column = told[rule.rows].points, told[rule.columns].points
        if row is None or column is None:
            return None
        return content.ranks[rule.cells[band(rule.row_cuts, row)][band(rule.column_cuts, column)]]
    ratio = told[rule.indicator].x
    return None if ratio is None else ratio_rank(content, ratio)


def band(cuts: Sequence[Decimal], points: Decimal) -> int:
    """Return how many cuts the points reach."""
    return sum(points >= cut for cut in cuts)


def ratio_rank(content: ModelContent, ratio: Decimal) -> int:
    """Return the place of the best grade whose threshold the ratio does not exceed."""
    return next(
        place for place, grade in enumerate(content.grades) if grade.threshold is None or ratio <= grade.threshold
    )
