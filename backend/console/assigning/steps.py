"""An assignment's way: proposed by the authority, answered by the verifier, engaged by the enterprise, done or withdrawn."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import insert, text, update

from backend.accounts import service as accounts
from backend.accounts.errors import AccountNotYours, YearOutOfRange
from backend.accounts.values import FIRST_YEAR, AccountValue
from backend.console import rules as desk
from backend.console.assigning import queries, rules, telling
from backend.console.assigning.models import VerificationAssignment
from backend.console.assigning.queries import ASSIGNMENT, assignment_of
from backend.console.errors import AssignmentNotFound, AssignmentOpen, DeskOfAuthority, DeskOfVerifier
from backend.console.values import AssignmentState, AssignmentValue
from backend.identity import service as identity
from backend.identity.errors import OrganisationNotFound, VerifierNotFound
from backend.identity.values import OrganisationValue
from backend.kit.clock import now, today
from backend.kit.db import Read, Write
from backend.kit.ids import new_id
from backend.kit.scope import Kind, Scope

_LOCK = text("select pg_advisory_xact_lock(hashtextextended(:pair, 400003))")
# Work is done when the verifier itself has put an inventory of the year on record as verified.
_SETTLE = text("""
update verification_assignment a set state = 'done', ended_at = t.at
from (
    select t.account_id, v.year, t.organisation_id, min(t.at) as at
    from inventory_transition t join inventory v on v.account_id = t.account_id and v.id = t.inventory_id
    join verification_assignment o on o.account_id = t.account_id and o.state = 'engaged'
    where t.to_state = 'verified' group by t.account_id, v.year, t.organisation_id
) t
where a.state = 'engaged' and t.account_id = a.account_id and t.year = a.year and t.organisation_id = a.verifier_id
    and t.at >= a.proposed_at""")


async def propose(
    write: Write, scope: Scope, *, account_id: UUID, year: int, verifier_id: UUID, due_on: date, note: str = ""
) -> AssignmentValue:
    """Propose a verifier for an account's year, to be done by a day. It opens none of the enterprise's books.

    Raises:
        Unauthenticated, Forbidden: without `console:assign`.
        DeskOfAuthority: anybody but an authority.
        DeskTextInvalid: the note.
        DeskDayInvalid: the day is over, or more than two years ahead.
        YearOutOfRange: before 2005, or not begun.
        AccountNotFound: no such account in the region.
        VerifierNotFound: no active verification body.
        AssignmentOpen: a verifier is proposed for this year already.
        VerifierNotIndependent: what is recorded speaks against it.
    """
    scope.require("console:assign")
    if scope.kind is not Kind.AUTHORITY or scope.organisation_id is None:
        raise DeskOfAuthority
    said = desk.text(note, "note")
    _check_due(due_on)
    if not FIRST_YEAR <= year <= today().year:
        raise YearOutOfRange(year=year, first=FIRST_YEAR, last=today().year, path=("input", "year"))
    account = await accounts.account(write, scope, account_id)
    holder, verifier = await _sides(write, scope, account, verifier_id)
    await write.value(_LOCK, {"pair": f"{account_id}:{year}"})
    await _check_open(write, scope, account, year)
    (checks,) = await queries.independence(
        write, scope, [(account_id, account.division_path, holder.credit_code, verifier_id, year)]
    )
    rules.require_independence(checks)
    value = AssignmentValue(
        account_id=account_id, id=new_id(), division_path=account.division_path, enterprise_id=holder.id,
        account_number=account.number, enterprise_name=holder.name, credit_code=holder.credit_code, year=year,
        verifier_id=verifier_id, verifier_name=verifier.name, state=AssignmentState.PROPOSED, due_on=due_on, note=said,
        proposed_at=now(), proposed_by=scope.actor_id, answered_at=None, answer="", engagement_id=None, ended_at=None,
    )  # fmt: skip
    columns = {name: getattr(value, name) for name in value.__slots__} | {"state": value.state.value}
    await write.run(insert(VerificationAssignment).values(authority_id=scope.organisation_id, **columns))
    _tell(write, "console:propose_verifier", value, due_on=due_on.isoformat())
    await telling.tell_of(write, scope, value)
    return value


def _check_due(due_on: date) -> None:
    day = today()
    last = date(day.year + 2, 12, 31)
    desk.day_between(
        due_on, "dueOn", day, last,
        (f"须在 {day.isoformat()} 至 {last.isoformat()} 之间", f"it must lie between {day.isoformat()} and {last.isoformat()}"),
    )  # fmt: skip


async def _sides(
    read: Read, scope: Scope, account: AccountValue, verifier_id: UUID
) -> tuple[OrganisationValue, OrganisationValue]:
    holder, verifier = await identity.organisations_by_id(read, scope, [account.organisation_id, verifier_id])
    if holder is None:
        raise OrganisationNotFound
    if verifier is None or verifier.kind is not Kind.VERIFIER or verifier.suspended_at is not None:
        raise VerifierNotFound(path=("input", "verifierId"))
    return holder, verifier


async def _check_open(read: Read, scope: Scope, account: AccountValue, year: int) -> None:
    known = await queries.assignments(read, scope, account_id=account.id, year=year, is_open=True, limit=1)
    if known:
        raise AssignmentOpen(
            number=account.number, year=year, verifier=known[0].verifier_name, path=("input", "accountId")
        )


async def answer(
    write: Write, scope: Scope, account_id: UUID, assignment_id: UUID, *, is_accepted: bool, is_independent: bool,
    text_given: str = "",
) -> AssignmentValue:  # fmt: skip
    """Accept a proposed assignment, which declares independence, or decline it with a reason.

    Raises:
        Unauthenticated, Forbidden: without `console:answer`.
        DeskTextInvalid: declined without a reason, or too long.
        AssignmentNotFound: no such assignment, or not visible.
        DeskOfVerifier: another's assignment.
        AssignmentStepNotAllowed: it was answered or withdrawn before.
        VerifierNotIndependent: accepted without declaring independence.
    """
    scope.require("console:answer")
    said = desk.text(text_given, "answer", least=0 if is_accepted else 1)
    found = await _held(write, account_id, assignment_id)
    if scope.kind is not Kind.VERIFIER or found.verifier_id != scope.organisation_id:
        raise DeskOfVerifier
    rules.check_step(found.state, AssignmentState.PROPOSED)
    if is_accepted and not is_independent:
        rules.require_independence([rules.check_declaration(found.state)])
    moment = now()
    state = AssignmentState.ACCEPTED if is_accepted else AssignmentState.DECLINED
    changed = await _change(
        write, found, state=state, answered_at=moment, answer=said, ended_at=None if is_accepted else moment
    )
    _tell(write, f"console:assignment_{state.value}", changed, answer=said)
    await telling.tell_of(write, scope, changed)
    return changed


async def engage(
    write: Write, scope: Scope, account_id: UUID, assignment_id: UUID, *, ends_on: date | None = None
) -> AssignmentValue:
    """Engage the verifier that accepted, from today until a day (else the assignment's own); it then sees the account.

    Raises:
        Unauthenticated, Forbidden: without `identity:engage`.
        AssignmentNotFound: no such assignment, or not visible.
        AccountNotYours, AccountClosed: another enterprise's account, or one that is closed.
        AssignmentStepNotAllowed: the verifier has not accepted, or it is engaged.
        VerifierNotIndependent: what was recorded since speaks against it.
        PeriodInvalid, VerifierNotFound: see `identity.service.engage`.
    """
    scope.require("identity:engage")
    found = await _held(write, account_id, assignment_id)
    if scope.kind is not Kind.ENTERPRISE or found.enterprise_id != scope.organisation_id:
        raise AccountNotYours
    rules.check_step(found.state, AssignmentState.ACCEPTED)
    account = await accounts.own_account(write, scope, account_id)
    (checks,) = await queries.independence(
        write, scope, [(account_id, account.division_path, found.credit_code, found.verifier_id, found.year)]
    )
    rules.require_independence([*checks, rules.check_declaration(found.state)])
    engagements = await identity.engagements_between(write, scope, [(found.enterprise_id, found.verifier_id)], today())
    engagement_id = engagements.get((found.enterprise_id, found.verifier_id))
    if engagement_id is None:
        engagement_id = await identity.engage(
            write, scope, verifier_id=found.verifier_id, purpose=f"{found.year} 年度碳排放核查",
            starts_on=today(), ends_on=ends_on or max(found.due_on, today()),
        )  # fmt: skip
    changed = await _change(write, found, state=AssignmentState.ENGAGED, engagement_id=engagement_id)
    _tell(write, "console:assignment_engaged", changed, engagement=str(engagement_id))
    await telling.tell_of(write, scope, changed)
    return changed


async def withdraw(write: Write, scope: Scope, account_id: UUID, assignment_id: UUID, reason: str) -> AssignmentValue:
    """Take an assignment back. An engagement that was made meanwhile is the enterprise's and stays.

    Raises:
        Unauthenticated, Forbidden: without `console:assign`.
        DeskTextInvalid: no reason, or too long.
        AssignmentNotFound: no such assignment, or not visible.
        DeskOfAuthority: anybody but an authority.
        AssignmentStepNotAllowed: it ended before.
    """
    scope.require("console:assign")
    why = desk.text(reason, "reason", least=1)
    found = await _held(write, account_id, assignment_id)
    if scope.kind is not Kind.AUTHORITY:
        raise DeskOfAuthority
    rules.check_step(found.state, *rules.OPEN)
    changed = await _change(write, found, state=AssignmentState.WITHDRAWN, answer=why, ended_at=now())
    _tell(write, "console:assignment_withdrawn", changed, reason=why)
    await telling.tell_of(write, scope, changed)
    return changed


async def settle(write: Write, scope: Scope) -> int:
    """End the assignments whose inventory the verifier has verified; return how many. For the service's own rounds.

    Raises:
        Unauthenticated, Forbidden: without `console:assign`.
    """
    scope.require("console:assign")
    return await write.run(_SETTLE)


async def remind(write: Write, scope: Scope) -> int:
    """Remind whoever has to act on an assignment, once for each of 30, 7 and 1 days before its day and once it is late.

    Return how many were reminded. For the service's own rounds: of several at once each assignment is reminded by one.

    Raises:
        Unauthenticated, Forbidden: without `console:assign`.
    """
    scope.require("console:assign")
    table, day, done = VerificationAssignment, today(), 0
    soon = ASSIGNMENT.add_columns(table.reminded).where(
        table.state.in_([each.value for each in rules.OPEN]), table.due_on <= day + timedelta(days=max(rules.REMINDERS)),
        table.reminded.is_distinct_from(rules.LATE),
    )  # fmt: skip
    for row in await write.rows(soon.order_by(table.due_on, table.id).with_for_update(skip_locked=True)):
        found, narrowest = assignment_of(row), rules.reminder((row.due_on - day).days)
        if narrowest is None or (row.reminded is not None and row.reminded <= narrowest):
            continue
        await telling.remind_of(write, scope, found, narrowest)
        await write.run(update(table).where(table.id == found.id).values(reminded=narrowest))
        done += 1
    return done


async def _held(write: Write, account_id: UUID, assignment_id: UUID) -> AssignmentValue:
    table = VerificationAssignment
    row = await write.row(ASSIGNMENT.where(table.account_id == account_id, table.id == assignment_id).with_for_update())
    if row is None:
        raise AssignmentNotFound(path=("input", "assignmentId"))
    return assignment_of(row)


async def _change(write: Write, found: AssignmentValue, **changes: Any) -> AssignmentValue:  # noqa: ANN401 - columns of an assignment
    table = VerificationAssignment
    # Another has to act now, who was not reminded.
    stored = {name: each.value if isinstance(each, AssignmentState) else each for name, each in changes.items()}
    stored["reminded"] = None
    await write.run(update(table).where(table.account_id == found.account_id, table.id == found.id).values(stored))
    return replace(found, **changes)


def _tell(write: Write, action: str, value: AssignmentValue, **facts: object) -> None:
    """Audit a step in the chains of enterprise and verifier, and in the actor's own."""
    for chain in dict.fromkeys((value.enterprise_id, value.verifier_id, write.scope.organisation_id)):
        write.audit(
            action, object_type="VerificationAssignment", object_id=value.id, organisation_id=chain,
            account=value.account_number, year=value.year, verifier=str(value.verifier_id), **facts,
        )  # fmt: skip
