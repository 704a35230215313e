"""From which state which step leads where, by whom, and when its time runs out."""

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, Decimal
from enum import Enum, auto

from backend.kit.workdays import CalendarUnknown, add_workdays
from backend.projects.errors import ProjectDayInvalid, ProjectStepNotAllowed
from backend.projects.values import Action, ProjectState
from backend.projects.wording import ACTIONS_ZH, STATES_ZH

P = ProjectState
CHECK_WORKDAYS = 5
"""Working days for the check of the materials."""
VALID_YEARS = 2
"""An approval without a start lapses (Order 31, article 19). There is no prolongation; consent to a change begins them anew."""
ACCEPTANCE_MONTHS = 6
"""From the start of the trial run."""
TOLERANCE = Decimal("1.1")
"""More than ten percent above what was approved: rectify, or have the change reviewed."""
MONTHS = 12
PLACES = 4
TONNES = Decimal("0.0001")
"""The smallest amount a budget holds."""


class Who(Enum):
    """Whose step it is."""

    OWNER = auto()
    REVIEWER = auto()
    DECIDER = auto()
    SYSTEM = auto()


PERMISSIONS = {
    Who.OWNER: "projects:apply",
    Who.REVIEWER: "projects:review",
    Who.DECIDER: "projects:decide",
    Who.SYSTEM: "projects:decide",
}


@dataclass(frozen=True, slots=True)
class Path:
    """From which states a step is possible, and whose it is."""

    sources: tuple[ProjectState, ...]
    who: Who


OVERSEEN = (P.APPROVED, P.STARTED, P.TRIAL, P.REPORTED, P.RECTIFYING, P.CHANGING, P.ACCEPTED)
"""What is approved is inspected (articles 22 and 26), and revoked where it was obtained by false materials (article 25)."""
PATHS: Mapping[Action, Path] = {
    Action.REVISE: Path((P.DRAFT, P.RETURNED), Who.OWNER),
    Action.SUBMIT: Path((P.DRAFT, P.RETURNED), Who.OWNER),
    Action.WITHDRAW: Path((P.DRAFT, P.SUBMITTED, P.RETURNED, P.IN_REVIEW), Who.OWNER),
    Action.RETURN: Path((P.SUBMITTED,), Who.REVIEWER),
    Action.TAKE: Path((P.SUBMITTED,), Who.REVIEWER),
    Action.OPINION: Path((P.IN_REVIEW, P.CHANGING), Who.REVIEWER),
    Action.APPROVE: Path((P.IN_REVIEW, P.CHANGING), Who.DECIDER),
    Action.REFUSE: Path((P.IN_REVIEW, P.CHANGING), Who.DECIDER),
    Action.START: Path((P.APPROVED,), Who.OWNER),
    Action.TRIAL: Path((P.STARTED,), Who.OWNER),
    Action.CHANGE: Path((P.APPROVED, P.STARTED, P.TRIAL, P.RECTIFYING), Who.OWNER),
    Action.REPORT: Path((P.TRIAL, P.RECTIFYING), Who.OWNER),
    Action.CONCLUDE: Path((P.REPORTED,), Who.DECIDER),
    Action.LAPSE: Path((P.APPROVED, P.CHANGING), Who.SYSTEM),
    Action.INSPECT: Path(OVERSEEN, Who.REVIEWER),
    Action.REVOKE: Path(OVERSEEN, Who.DECIDER),
}


def check_path(action: Action, state: ProjectState) -> None:
    """Refuse a step the state does not allow.

    Raises:
        ProjectStepNotAllowed: says what is possible.
    """
    if state not in PATHS[action].sources:
        possible = [each for each, path in PATHS.items() if state in path.sources]
        raise ProjectStepNotAllowed(
            action=action.value, action_zh=ACTIONS_ZH[action], state=state.value, state_zh=STATES_ZH[state],
            possible=", ".join(each.value for each in possible) or "-",
            possible_zh="、".join(ACTIONS_ZH[each] for each in possible) or "无",
        )  # fmt: skip


def step_day(given: date | None, previous: date, today: date) -> date:
    """Return the day of a step.

    Raises:
        ProjectDayInvalid: after today, or before the step before.
    """
    on = given or today
    if not previous <= on <= today:
        raise ProjectDayInvalid(
            on=on.isoformat(), first=previous.isoformat(), last=today.isoformat(), path=("input", "on")
        )
    return on


def check_due(submitted_on: date) -> date | None:
    """Return the last day of the check of materials; None where the official calendar is not recorded."""
    try:
        return add_workdays(submitted_on, CHECK_WORKDAYS)
    except CalendarUnknown:
        return None


def valid_until(approved_on: date) -> date:
    """Return the last day on which the project may start under its approval."""
    return _after_months(approved_on, VALID_YEARS * MONTHS)


def acceptance_due(trial_on: date) -> date:
    """Return the last day of the acceptance of a project that began its trial run."""
    return _after_months(trial_on, ACCEPTANCE_MONTHS)


def exceeds(measured: Decimal, approved: Decimal) -> bool:
    """Tell whether an amount is more than ten percent above the approved one."""
    return measured > approved * TOLERANCE


def drawn(tonnes: Decimal, existing: Decimal | None) -> Decimal:
    """Return what a project draws on its division's budget: all of it, or what it adds to what was there before."""
    return tonnes if existing is None else max(tonnes - existing, Decimal(0))


def tonnes_of_years(tonnes: Decimal, produces_on: date) -> list[tuple[int, Decimal]]:
    """Return what a project holds of each year, from the year it produces to the end of that five-year period.

    Every year counts as one of full production, the first one too: what is not used is released at acceptance.
    """
    first = produces_on.year
    last = first + (-first) % 5
    amount = tonnes.quantize(TONNES, ROUND_CEILING)
    return [(year, amount) for year in range(first, last + 1)] if amount > 0 else []


def _after_months(day: date, months: int) -> date:
    """Return the same day some months later, or the last day of that month."""
    count = day.year * MONTHS + day.month - 1 + months
    year, month = divmod(count, MONTHS)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
