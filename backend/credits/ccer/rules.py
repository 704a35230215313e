"""Rules of CCER by Order 31: who takes which step from where, dates, conditions. Pure.

Days of publicity: the day of publication does not count, and the step after it is lawful from the day after the last
of the 20 working days on. The registry answers an application within 15 working days; that it is late stops nobody.
"""

import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import Enum, auto

from backend.credits.ccer import errors
from backend.credits.ccer.values import (
    EXCLUSIVE_METHODOLOGIES,
    OLD_REGISTERED_BEFORE,
    PUBLICITY_DAYS,
    REDUCED_AFTER,
    REGISTRATION_DAYS,
    STARTED_AFTER,
    YEARS_BEFORE_APPLICATION,
    Action,
    Methodology,
    ProjectFacts,
    ProjectState,
    ReductionState,
)
from backend.kit.workdays import ONE_DAY, CalendarUnknown, add_workdays
from backend.ledger import ports

PLANT = re.compile(r"[0-9A-Z]{17}")
"""The project's part of a green certificate's code."""
FAR = date.max - timedelta(days=365)


class Who(Enum):
    """Who takes a step."""

    OWNER = auto()
    BODY = auto()
    REGISTRAR = auto()


@dataclass(frozen=True, slots=True)
class Path:
    """A step: from which states, to which, by whom; whether publicity must be over, and words be given."""

    sources: tuple[str, ...]
    target: str
    who: Who
    waits: bool = False
    needs_note: bool = False


P, R = ProjectState, ReductionState

PROJECT_PATHS: Mapping[Action, Path] = {
    Action.PUBLICISE: Path((P.DRAFT,), P.PUBLICISED, Who.OWNER),
    Action.VALIDATE: Path((P.PUBLICISED,), P.VALIDATED, Who.BODY, waits=True),
    Action.APPLY: Path((P.VALIDATED,), P.APPLIED, Who.OWNER),
    Action.RETURN: Path((P.APPLIED,), P.VALIDATED, Who.REGISTRAR, needs_note=True),
    Action.REGISTER: Path((P.APPLIED,), P.REGISTERED, Who.REGISTRAR),
    Action.DEREGISTER: Path((P.REGISTERED,), P.DEREGISTERED, Who.REGISTRAR, needs_note=True),
    Action.WITHDRAW: Path((P.DRAFT, P.PUBLICISED, P.VALIDATED), P.WITHDRAWN, Who.OWNER, needs_note=True),
}
REDUCTION_PATHS: Mapping[Action, Path] = {
    Action.PUBLICISE: Path((R.REPORTED,), R.PUBLICISED, Who.OWNER),
    Action.VERIFY: Path((R.PUBLICISED,), R.VERIFIED, Who.BODY, waits=True),
    Action.APPLY: Path((R.VERIFIED,), R.APPLIED, Who.OWNER),
    Action.RETURN: Path((R.APPLIED,), R.VERIFIED, Who.REGISTRAR, needs_note=True),
    Action.REGISTER: Path((R.APPLIED,), R.REGISTERED, Who.REGISTRAR),
    Action.ISSUE: Path((R.REGISTERED,), R.ISSUED, Who.REGISTRAR),
    Action.ANNUL: Path((R.ISSUED,), R.REGISTERED, Who.REGISTRAR, needs_note=True),
    Action.WITHDRAW: Path((R.REPORTED, R.PUBLICISED, R.VERIFIED), R.WITHDRAWN, Who.OWNER, needs_note=True),
}


def permission(path: Path) -> str:
    """Return the permission a step takes."""
    return "credits:register" if path.who is Who.OWNER else "credits:review"


def path_from(paths: Mapping[Action, Path], action: Action, state: str) -> Path:
    """Return the step from a state.

    Raises:
        StepNotAllowed: the state does not allow it; says what is possible.
    """
    path = paths[action]
    if state not in path.sources:
        possible = ", ".join(each.value for each, other in paths.items() if state in other.sources) or "-"
        raise errors.StepNotAllowed(action=action.value, state=str(state), possible=possible)
    return path


def step_day(given: date | None, previous: date, today: date) -> date:
    """Return the day of a step.

    Raises:
        StepInFuture: after today.
        StepBeforePrevious: before the step before.
    """
    on = given or today
    if on > today:
        raise errors.StepInFuture(on=str(on), today=str(today), path=("input", "on"))
    if on < previous:
        raise errors.StepBeforePrevious(on=str(on), previous=str(previous), path=("input", "on"))
    return on


def after_publicity(since: date) -> date:
    """Return the first day on which publicity since a day is over.

    Raises:
        CalendarUnknown: the working days cannot be told.
    """
    return add_workdays(since, PUBLICITY_DAYS) + ONE_DAY


def check_publicity(since: date, on: date) -> None:
    """Refuse a step while publicity runs.

    Raises:
        TooEarly: names the first lawful day.
        CalendarUnknown: the working days cannot be told.
    """
    first = after_publicity(since)
    if on < first:
        raise errors.TooEarly(
            since=str(since), days=PUBLICITY_DAYS, first_day=str(first), on=str(on), path=("input", "on")
        )


def answer_due(applied_on: date) -> date | None:
    """Return the last day for the registry's answer; None when that year's calendar is not known."""
    try:
        return add_workdays(applied_on, REGISTRATION_DAYS)
    except CalendarUnknown:
        return None


def years_after(day: date, years: int) -> date:
    """Return the same day of a later (or, negative, earlier) year; 29 February becomes 28."""
    year = day.year + years
    return (
        day.replace(year=year, day=28)
        if (day.month, day.day) == (2, 29) and not _leap(year)
        else day.replace(year=year)
    )


def _leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def words(text: str, field: str, *, least: int = 0, most: int = 200) -> str:
    """Return a text trimmed.

    Raises:
        CcerTextInvalid: shorter or longer than the field takes.
    """
    plain = text.strip()
    if not least <= len(plain) <= most:
        raise errors.CcerTextInvalid(field=field, least=least, most=most, found=len(plain), path=("input", field))
    return plain


@dataclass(frozen=True, slots=True)
class Crediting:
    """How many years a methodology credits: at least, surely at most, possibly at most. None: not stated."""

    least: int
    surely: int | None
    possibly: int | None


def crediting(text: str) -> Crediting:
    """Read the years from a methodology's words (`10 y`, `<=10 y`, `20-40 y`, `see text`).

    Where sources disagree, the smallest number is sure and the largest possible; one that is not confirmed is possible
    only.
    """
    numbers = [int(each) for each in re.findall(r"(\d+)(?=(?:-\d+)? y\b)", text)]
    span = re.fullmatch(r"(\d+)-(\d+) y", text)
    if span:
        return Crediting(int(span[1]), int(span[2]), int(span[2]))
    if not numbers:
        return Crediting(0, None, None)
    return Crediting(0, None if "not confirmed" in text else min(numbers), max(numbers))


def crediting_zh(rule: Crediting) -> str:
    """Say in Chinese how many years are credited."""
    if rule.possibly is None:
        return "未列明年数"
    if rule.least:
        return f"为 {rule.least} 至 {rule.possibly} 年"
    if rule.surely not in {None, rule.possibly}:
        return f"有不超过 {rule.surely} 年与不超过 {rule.possibly} 年两种说法"
    return f"不超过 {rule.possibly} 年"


def check_crediting(methodology: Methodology, first: date, last: date) -> None:
    """Refuse a crediting period the methodology does not allow, or of which that cannot be told.

    Raises:
        CreditingPeriodRefused: longer or shorter than it says.
        CannotTell: it states no number, or one that is not confirmed.
    """
    rule = crediting(methodology.period)
    too_short = last < years_after(first, rule.least) - ONE_DAY
    if too_short or (rule.possibly is not None and last >= years_after(first, rule.possibly)):
        raise errors.CreditingPeriodRefused(
            first=str(first), last=str(last), methodology=methodology.code, period=methodology.period,
            period_zh=crediting_zh(rule),
        )  # fmt: skip
    if rule.surely is None or last >= years_after(first, rule.surely):
        raise errors.CannotTell(
            reason_en=f"the crediting period of {methodology.code} is recorded as '{methodology.period}'. "
            "The authority can activate the confirmed figure among the parameters.",
            reason_zh=f"方法学 {methodology.code} 的计入期{crediting_zh(rule)}，尚未确认，"
            "请主管部门在参数库中启用经核实的数值。",
        )


def is_exclusive(methodology: str) -> bool:
    """Tell whether the methodology's energy is certified green or reduces as CCER, never both."""
    return methodology.startswith(EXCLUSIVE_METHODOLOGIES)


def check_facts(facts: ProjectFacts, today: date) -> None:
    """Refuse a draft that cannot be.

    Raises:
        ProjectDatesInvalid: started on or before 2012-11-08, or in the future of its own crediting period.
        OldRegistrationInvalid: not before 2017-03-14.
        PlantCodeInvalid: not named as certificates name it; solar thermal and offshore wind name theirs.
    """

    def wrong(field: str, reason_en: str, reason_zh: str) -> errors.ProjectDatesInvalid:
        return errors.ProjectDatesInvalid(reason_en=reason_en, reason_zh=reason_zh, path=("input", "facts", field))

    if facts.started_on <= STARTED_AFTER:
        raise wrong(
            "startedOn", f"The project started on {facts.started_on}; only projects after {STARTED_AFTER} qualify.",
            f"项目于 {facts.started_on} 开工，仅 {STARTED_AFTER} 之后开工的项目符合条件。",
        )  # fmt: skip
    if facts.started_on > today:
        raise wrong("startedOn", "The project has not started yet.", "项目尚未开工。")
    if not facts.started_on <= facts.starts_on < facts.ends_on < FAR:
        raise wrong(
            "startsOn", "The crediting period begins on or after the day the project started, and ends later.",
            "计入期不得早于项目开工日期，且结束日期须晚于开始日期。",
        )  # fmt: skip
    if facts.old_registered_on is not None and facts.old_registered_on >= OLD_REGISTERED_BEFORE:
        raise errors.OldRegistrationInvalid(
            on=str(facts.old_registered_on),
            limit=str(OLD_REGISTERED_BEFORE),
            path=("input", "facts", "oldRegisteredOn"),
        )
    check_plant(facts.methodology, facts.plant_code, ("input", "facts", "plantCode"))


def check_plant(methodology: str, plant_code: str, path: tuple[str, ...]) -> None:
    """Refuse a plant that certificates of the same energy would not be found by.

    Raises:
        PlantCodeInvalid: a plant is named, or must be because the energy is exclusive, and the code is not the 17
            positions certificates begin with.
    """
    if (plant_code or is_exclusive(methodology)) and not PLANT.fullmatch(plant_code):
        raise errors.PlantCodeInvalid(value=plant_code[:60], methodology=methodology, path=path)


def check_conditions(*, is_ets_managed: bool | None, is_legal_duty: bool | None) -> None:
    """Refuse what Order 31 excludes, and what cannot be judged.

    Raises:
        ProjectExcluded: a legal duty, or managed by the emissions trading market.
        CannotTell: one of both is not known.
    """
    for value, en, zh in (
        (is_legal_duty, "reducing is a legal duty", "属于法律法规要求的减排义务"),
        (is_ets_managed, "it is managed by the emissions trading market", "已纳入碳排放权交易市场配额管理"),
    ):
        if value:
            raise errors.ProjectExcluded(reason_en=en, reason_zh=zh)
    for value, en, zh in (
        (is_legal_duty, "whether reducing is a legal duty is not stated", "未说明是否属于法定减排义务"),
        (is_ets_managed, "whether the trading market manages it is not stated", "未说明是否纳入碳市场配额管理"),
    ):
        if value is None:
            raise errors.CannotTell(
                reason_en=f"{en}. State it in the draft (`changeCcerProject`), then repeat the step.",
                reason_zh=f"{zh}，请先在项目草稿中补充（changeCcerProject），再重新办理。",
            )


def whole_tonnes(quantity: Decimal, field: str) -> Decimal:
    """Return a quantity of whole tCO2e.

    Raises:
        TonnesNotWhole: a fraction, nothing, less, or no number anybody writes.
    """
    if not quantity.is_finite() or not 0 < quantity < 10**15 or quantity != quantity.to_integral_value():
        raise errors.TonnesNotWhole(quantity=str(quantity)[:40], path=("input", field))
    return Decimal(int(quantity))


def check_period(first: date, last: date, crediting_from: date, crediting_to: date, today: date) -> None:
    """Refuse a monitoring period that cannot be.

    Raises:
        PeriodInvalid: it ends before it begins, or is not over.
        ReductionTooEarly: it begins on or before 2020-09-22.
        OutsideCrediting: not within the project's crediting period.
    """
    if not first <= last < today:
        raise errors.PeriodInvalid(first=str(first), last=str(last), path=("input", "periodTo"))
    if first <= REDUCED_AFTER:
        raise errors.ReductionTooEarly(limit=str(REDUCED_AFTER), first=str(first), path=("input", "periodFrom"))
    if first < crediting_from or last > crediting_to:
        raise errors.OutsideCrediting(first=str(crediting_from), last=str(crediting_to), path=("input", "periodFrom"))


def check_age(first: date, applied_on: date) -> None:
    """Refuse an application for reductions of more than five years before it.

    Raises:
        ReductionTooOld: names the first day that counts.
    """
    limit = years_after(applied_on, -YEARS_BEFORE_APPLICATION)
    if first < limit:
        raise errors.ReductionTooOld(on=str(applied_on), limit=str(limit), first=str(first), path=("input", "on"))


def serial_run(first: str, last: str, row: int, path: tuple[str, ...] = ()) -> tuple[str, int, int]:
    """Return the part of two serials that stays, and the numbers that count on; `path` is where they stand in a form.

    Raises:
        SerialsUnreadable: the two do not form a run.
    """
    found = ports.serial_run(first, last)
    if found is None:
        at = path or ("input", "rows", str(row - 1))
        raise errors.SerialsUnreadable(row=row, first=first[:80], last=last[:80], path=at)
    return found


def check_overlap(runs: Sequence[tuple[str, int, int]]) -> None:
    """Refuse rows of one import that share serials.

    Raises:
        SerialsOverlap: names both rows.
    """
    ordered = sorted(range(len(runs)), key=lambda at: runs[at])
    for before, after in itertools.pairwise(ordered):
        if runs[before][0] == runs[after][0] and runs[after][1] <= runs[before][2]:
            row, other = sorted((before + 1, after + 1))
            raise errors.SerialsOverlap(row=row, other=other, serial=f"{runs[after][0]} {runs[after][1]}",
                                        path=("input", "rows", str(other - 1)))  # fmt: skip
