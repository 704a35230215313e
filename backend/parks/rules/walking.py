"""The seven steps in their order: which one is next, and what the way so far came to."""

from collections.abc import Iterable, Sequence
from datetime import date

from backend.parks.errors import ParkNotOnMunicipalList, ParkStepNotNow, ParkStepWaiting
from backend.parks.names import STEP_NAMES
from backend.parks.values import (
    ApplicationRow,
    EntryStatus,
    Level,
    ProgrammeKind,
    Step,
    StepRow,
)
from backend.parks.values_programmes import ItemRow

ORDER = tuple(Step)


def passed(steps: Sequence[StepRow]) -> list[Step]:
    """Return the steps that were confirmed as passed, in the order they were."""
    return [each.step for each in steps if each.is_confirmed and each.is_passed]


def has_ended(steps: Sequence[StepRow]) -> bool:
    """Tell whether a step was confirmed as not passed: the way ends there."""
    return any(each.is_confirmed and not each.is_passed for each in steps)


def next_step(steps: Sequence[StepRow]) -> Step | None:
    """Return the step that comes next; the re-check comes again and again, and after a failure comes nothing."""
    if has_ended(steps):
        return None
    done = passed(steps)
    return next((each for each in ORDER if each not in done), Step.RECHECK)


def check_next(steps: Sequence[StepRow], wanted: Step, on: date) -> None:
    """Refuse a step that is not next.

    Raises:
        ParkStepWaiting: one waits for the second person.
        ParkStepNotNow: another comes first, the way has ended, or the day is before that of the step before it.
    """
    waiting = [each for each in steps if each.is_confirmed is None]
    if waiting:
        raise ParkStepWaiting(step=waiting[0].step.value, name=STEP_NAMES[waiting[0].step])
    following = next_step(steps)

    def refuse(zh: str, en: str) -> ParkStepNotNow:
        return ParkStepNotNow(
            step=wanted.value, name=STEP_NAMES[wanted], reason_zh=zh, reason_en=en, path=("input", "step")
        )

    if following is None:
        raise refuse("该申报已终止", "the application has ended")
    if following is not wanted:
        raise refuse(f"下一环节是“{STEP_NAMES[following]}”", f"'{following.value}' is next")
    before = [each.happened_on for each in steps if each.is_confirmed]
    if before and on < max(before):
        raise refuse(
            f"日期早于上一环节（{max(before)}）", f"the day is before that of the step before it ({max(before)})"
        )


def is_listed(applications: Iterable[ApplicationRow], level: Level = Level.MUNICIPAL) -> bool:
    """Tell whether a park is on the list of a level: its notice there was confirmed, and the way did not end since."""
    return any(
        each.level is level and Step.PUBLICISE in passed(each.steps) and not has_ended(each.steps)
        for each in applications
    )


def rung(applications: Sequence[ApplicationRow]) -> Level | None:
    """Return the highest rung of the ladder a park stands on; none while it is not on the municipal list."""
    if not is_listed(applications):
        return None
    return [each for each in Level if is_listed(applications, each)][-1]


def status_after(item: ItemRow, step: StepRow) -> EntryStatus | None:
    """Return where an item stands after a confirmed step; None where the step changes nothing."""
    if not step.is_passed:
        return None if item.status is None else EntryStatus.WITHDRAWN
    done = EntryStatus.REGISTERED if item.kind is ProgrammeKind.POWER_PLANT else EntryStatus.COMPLETED
    return {
        Step.PUBLICISE: EntryStatus.SELECTED, Step.BUILD: EntryStatus.BUILDING, Step.ACCEPT: done,
    }.get(step.step)  # fmt: skip


def check_ladder(applications: Iterable[ApplicationRow], wanted: Level) -> None:
    """Refuse an application above the municipal rung of a park that is not on it.

    Source: 原则上未纳入市级零碳园区培育建设名单的不得申报省级、国家级零碳园区 (the programme document, part 3, section 3).

    Raises:
        ParkNotOnMunicipalList: it is not.
    """
    if wanted is not Level.MUNICIPAL and not is_listed(applications):
        raise ParkNotOnMunicipalList(path=("input", "level"))
