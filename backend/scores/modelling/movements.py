"""Where accounts would go from one model to another: pure counting."""

from collections import Counter
from collections.abc import Iterable

from backend.scores.modelling.content import ModelContent
from backend.scores.modelling.values import BacktestLine, Movement, Outcome

NO_GRADE = "-"
"""Stands for no grade where outcomes are counted by grade."""


def movement(before: tuple[ModelContent, Outcome] | None, after: tuple[ModelContent, Outcome]) -> Movement:
    """Return where an account goes.

    Grades of two models are compared by their place between best and worst (the second of three lies where the third of
    five does); two models with the same grades are thus compared grade by grade.
    """
    new_content, new = after
    old = None if before is None else before[1]
    if old is None or old.grade is None or before is None:
        return Movement.NONE if new.grade is None else Movement.GAINED
    if new.grade is None:
        return Movement.LOST
    # place / last place of the one against that of the other, without a division
    old_place = before[0].ranks[old.grade] * (len(new_content.grades) - 1)
    new_place = new_content.ranks[new.grade] * (len(before[0].grades) - 1)
    if new_place == old_place:
        return Movement.SAME
    return Movement.UP if new_place < old_place else Movement.DOWN


def counted(lines: Iterable[BacktestLine]) -> dict[str, dict[str, int]]:
    """Return how many accounts moved which way (`movements`), and how many had each grade before and after."""
    every = list(lines)
    return {
        "movements": {each.value: sum(line.movement is each for line in every) for each in Movement},
        "before": dict(Counter(_grade(line.before) for line in every)),
        "after": dict(Counter(_grade(line.after) for line in every)),
    }


def _grade(found: Outcome | None) -> str:
    return NO_GRADE if found is None or found.grade is None else found.grade
