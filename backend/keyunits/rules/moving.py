"""From where a finding and a project may go where, and by whom."""

from datetime import date

from backend.keyunits.catalogue import Duty
from backend.keyunits.errors import KeyUnitStepNotNow
from backend.keyunits.names import FINDING_NAMES, RETROFIT_NAMES
from backend.keyunits.values import FindingState, RetrofitState

BY_UNIT = {
    FindingState.OPEN: {FindingState.PLANNED, FindingState.DONE},
    FindingState.PLANNED: {FindingState.PLANNED, FindingState.DONE},
}
BY_AUTHORITY = {FindingState.DONE: {FindingState.CLOSED, FindingState.OPEN}}
RETROFIT_WAYS = {
    RetrofitState.RESERVED: {RetrofitState.BUILDING, RetrofitState.WITHDRAWN},
    RetrofitState.BUILDING: {RetrofitState.COMPLETED, RetrofitState.WITHDRAWN},
}


def check_finding(state: FindingState, following: FindingState, *, is_authority: bool) -> None:
    """Refuse a step a finding cannot take. Raises KeyUnitStepNotNow."""
    own, other = (BY_AUTHORITY, BY_UNIT) if is_authority else (BY_UNIT, BY_AUTHORITY)
    if following in own.get(state, ()):
        return
    is_others = following in other.get(state, ())
    side_zh, side_en = ("企业", "the unit's") if is_authority else ("主管部门", "the authority's")
    raise KeyUnitStepNotNow(
        state=state.value, next=following.value, state_zh=FINDING_NAMES[state].zh, next_zh=FINDING_NAMES[following].zh,
        reason_zh=f"该步骤由{side_zh}办理" if is_others else "不是下一步",
        reason_en=f"that step is {side_en}" if is_others else "it is not a next step",
        path=("input", "state"),
    )  # fmt: skip


def check_retrofit(state: RetrofitState, following: RetrofitState) -> None:
    """Refuse a step a project cannot take. Raises KeyUnitStepNotNow."""
    if following not in RETROFIT_WAYS.get(state, ()):
        raise KeyUnitStepNotNow(
            state=state.value, next=following.value, state_zh=RETROFIT_NAMES[state].zh,
            next_zh=RETROFIT_NAMES[following].zh, reason_zh="不是下一步", reason_en="it is not a next step", path=("input", "state"),
        )  # fmt: skip


def due_on(duty: Duty, year: int) -> date:
    """Return the day a duty of a year is due."""
    return date(year + duty.years_later, duty.month, duty.day)


def last_due(duty: Duty, on: date) -> int:
    """Return the newest year whose report was due before a day."""
    year = on.year - duty.years_later
    return year if due_on(duty, year) < on else year - 1
