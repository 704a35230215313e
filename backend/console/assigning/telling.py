"""Word to those whom an assignment concerns: that it moved on, and that its day comes near."""

from backend.console.assigning import rules
from backend.console.values import ASSIGNMENT_STATE_NAMES, AssignmentState, AssignmentValue
from backend.kit import notices
from backend.kit.db import Write
from backend.kit.notices import Addressee, Link, Notice, Said
from backend.kit.scope import Scope

KIND = "console.assignment"


def _actor(value: AssignmentValue) -> Addressee:
    """Return who has to act: the verifier on a proposal and while it verifies, the enterprise on an acceptance."""
    if value.state is AssignmentState.ACCEPTED:
        return Addressee(account_id=value.account_id, roles=("administrator",))
    return Addressee(organisation_ids=(value.verifier_id,))


def _overseer(value: AssignmentValue) -> Addressee:
    return Addressee(division_path=value.division_path, roles=("administrator", "officer"))


def _notice(value: AssignmentValue, key: str, zh: str, en: str) -> Notice:
    name = f"{value.enterprise_name}（{value.account_number}）"
    said = Said(
        f"{name} {value.year} 年度核查任务：{zh}。核查机构：{value.verifier_name}；期限：{value.due_on.isoformat()}。",
        f"Verification of {value.enterprise_name} ({value.account_number}) for {value.year}: {en}. "
        f"Verifier: {value.verifier_name}; due {value.due_on.isoformat()}.",
    )
    subject = Said(f"核查任务：{value.enterprise_name} {zh}", f"Verification of {value.enterprise_name}: {en}")
    link = Link("VerificationAssignment", (value.account_id, value.id))
    return Notice(KIND, f"assignment:{value.id}:{key}", subject, said, link)


async def tell_of(write: Write, scope: Scope, value: AssignmentValue) -> None:
    """Tell whoever has to act next that an assignment has moved on, and the authority what was answered."""
    state = value.state
    notice = _notice(value, state.value, ASSIGNMENT_STATE_NAMES[state], state.value)
    if state in rules.OPEN or state is AssignmentState.WITHDRAWN:
        await notices.tell(write, scope, notice, _actor(value))
    if state in {AssignmentState.ACCEPTED, AssignmentState.DECLINED, AssignmentState.ENGAGED}:
        await notices.tell(write, scope, notice, _overseer(value))


async def remind_of(write: Write, scope: Scope, value: AssignmentValue, days: int) -> None:
    """Remind whoever has to act; of what is late the authority hears too."""
    is_late = days == rules.LATE
    zh, en = ("已逾期", "it is late") if is_late else (f"距期限不足 {days} 天", f"due within {days} days")
    notice = _notice(value, f"{value.state.value}:{days}", zh, en)
    await notices.tell(write, scope, notice, _actor(value))
    if is_late:
        await notices.tell(write, scope, notice, _overseer(value))
