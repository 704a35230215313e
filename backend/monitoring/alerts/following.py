"""What people do about a warning: assign it, answer it with a measure of the document's list, follow up, close it in twos."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import insert, text, update

from backend.identity import service as identity
from backend.identity.errors import SystemOnly
from backend.kit.clock import now, today
from backend.kit.db import Read, Write
from backend.kit.notices import Addressee, Link, Notice, Said, tell
from backend.kit.scope import Kind, Scope
from backend.monitoring.alerts import naming, queries
from backend.monitoring.alerts.evaluating import ANSWERING, step_row
from backend.monitoring.alerts.models import MonitoringStep, MonitoringWarning
from backend.monitoring.alerts.terms import needed_text, of_authority
from backend.monitoring.alerts.values import KIND_NAMES, StepKind, WarningState, WarningValue
from backend.monitoring.errors import (
    MonitoringSecondPerson,
    OwnerInvalid,
    ResponseUnknown,
    WarningClosed,
    WarningDueInvalid,
    WarningNotAnswered,
    WarningNotClosing,
    WarningNotFound,
)
from backend.tenants import service as tenants

MOST_ESCALATED = 500
_MEMBER = text(
    "select exists (select from membership where organisation_id = :organisation and person_id = :person"
    " and revoked_at is null)"
)


async def held(write: Write, scope: Scope, warning_id: UUID) -> WarningValue:
    """Lock a warning.

    Raises:
        WarningNotFound: not there, or not visible.
        WarningClosed: it is closed.
    """
    found = await queries.warning(write, scope, warning_id, is_held=True)
    if found is None:
        raise WarningNotFound
    if found.state is WarningState.CLOSED:
        raise WarningClosed
    return found


async def assign(
    write: Write, scope: Scope, warning_id: UUID, *, organisation_id: UUID, person_id: UUID | None, note: str = ""
) -> WarningValue:
    """Give a warning to an authority of its division or above, and to a person of one's own organisation if one is named.

    Raises:
        Unauthenticated, Forbidden: without `monitoring:respond`.
        MonitoringOfAuthorities: not an authority.
        WarningNotFound: not there, or not visible.
        WarningClosed: it is closed.
        OwnerInvalid: no authority whose region holds the warning's division, or nobody of it the caller may name.
    """
    of_authority(scope, "monitoring:respond")
    found = await held(write, scope, warning_id)
    owner = await identity.organisation(write, scope, organisation_id)
    is_theirs = (
        owner is not None and owner.kind is Kind.AUTHORITY and owner.suspended_at is None
        and found.cause.division_path.startswith(owner.division_path)
    )  # fmt: skip
    if not is_theirs:
        raise OwnerInvalid(path=("input", "organisationId"))
    if person_id is not None:
        is_known = organisation_id == scope.organisation_id or scope.kind is Kind.SYSTEM
        if not is_known or not await write.value(_MEMBER, {"organisation": organisation_id, "person": person_id}):
            raise OwnerInvalid(path=("input", "personId"))
    await _now(write, warning_id, owner_id=organisation_id, owner_person_id=person_id)
    facts = {"owner_id": str(organisation_id), "person_id": str(person_id) if person_id else None}
    step = await _step(write, scope, found, StepKind.ASSIGNED, note.strip(), facts)
    await _tell(
        write, scope, found, "assigned", str(step), ("预警交由贵单位处理", "A warning was assigned to you"),
        Addressee(
            (organisation_id,), roles=() if person_id else ANSWERING, person_ids=(person_id,) if person_id else ()
        ),
    )  # fmt: skip
    return await _again(write, scope, warning_id)


async def respond(
    write: Write, scope: Scope, warning_id: UUID, *, response: str, measure: str, due_on: date
) -> WarningValue:
    """Answer a warning with a measure of the document's list and say what is done until when.

    A jurisdiction whose document lists no responses takes none; `measure` then says what is done.

    Raises:
        Unauthenticated, Forbidden: without `monitoring:respond`.
        MonitoringOfAuthorities: not an authority.
        MonitoringTextInvalid: it does not say what is done.
        WarningNotFound: not there, or not visible.
        WarningClosed: it is closed.
        ResponseUnknown: not of the document's list.
        WarningDueInvalid: the day is past, or more than a year off.
    """
    of_authority(scope, "monitoring:respond")
    done = needed_text("measure", measure)
    found = await held(write, scope, warning_id)
    listed = {each.code: each for each in (await tenants.pack_in_force(write, scope)).warnings.responses}
    if response not in (listed or {""}):
        raise ResponseUnknown(
            given=response, known=", ".join(listed), known_zh="、".join(each.name_zh for each in listed.values()),
            path=("input", "response"),
        )  # fmt: skip
    _check_due(due_on)
    await _now(
        write, warning_id, response=response, measure=done, due_on=due_on, state=WarningState.RESPONDING.value,
        closing_by=None,
    )  # fmt: skip
    chosen = listed.get(response)
    facts = {
        "response": response, "response_zh": chosen.name_zh if chosen else "",
        "response_en": chosen.name_en if chosen else "", "due_on": due_on.isoformat(),
    }  # fmt: skip
    await _step(write, scope, found, StepKind.RESPONDED, done, facts)
    return await _again(write, scope, warning_id)


async def follow_up(
    write: Write, scope: Scope, warning_id: UUID, *, note: str, due_on: date | None = None
) -> WarningValue:
    """Note what came of a measure, and by when the next note is due.

    Raises:
        Unauthenticated, Forbidden: without `monitoring:respond`.
        MonitoringOfAuthorities: not an authority.
        MonitoringTextInvalid: nothing is said.
        WarningNotFound: not there, or not visible.
        WarningClosed: it is closed.
        WarningNotAnswered: nobody has answered it yet.
        WarningDueInvalid: the day is past, or more than a year off.
    """
    of_authority(scope, "monitoring:respond")
    said = needed_text("note", note)
    found = await held(write, scope, warning_id)
    if found.state is WarningState.OPEN:
        raise WarningNotAnswered
    if due_on is not None:
        _check_due(due_on)
        await _now(write, warning_id, due_on=due_on)
    facts = {} if due_on is None else {"due_on": due_on.isoformat()}
    await _step(write, scope, found, StepKind.FOLLOWED_UP, said, facts)
    return await _again(write, scope, warning_id)


async def propose_closure(write: Write, scope: Scope, warning_id: UUID, *, reason: str) -> WarningValue:
    """Propose to close a warning that was answered; another person decides.

    Raises:
        Unauthenticated, Forbidden: without `monitoring:respond`.
        MonitoringOfAuthorities: not an authority.
        MonitoringTextInvalid: no reason.
        WarningNotFound: not there, or not visible.
        WarningClosed: it is closed.
        WarningNotAnswered: nobody has answered it yet.
    """
    of_authority(scope, "monitoring:respond")
    why = needed_text("reason", reason)
    found = await held(write, scope, warning_id)
    if found.state is WarningState.OPEN:
        raise WarningNotAnswered
    await _now(write, warning_id, state=WarningState.CLOSING.value, closing_by=scope.actor_id)
    facts = {"is_present": found.is_present, "level": found.level}
    step = await _step(write, scope, found, StepKind.CLOSURE_PROPOSED, why, facts)
    await _tell(
        write, scope, found, "closing", str(step), ("预警待第二人销号", "A warning waits to be closed by a second person"),
        Addressee(
            organisation_ids=(scope.organisation_id,) if scope.organisation_id else (), roles=ANSWERING
        ),
    )  # fmt: skip
    return await _again(write, scope, warning_id)


async def decide_closure(write: Write, scope: Scope, warning_id: UUID, *, is_closed: bool, reason: str) -> WarningValue:
    """Close a warning as another person than who proposed it, or send it back to be followed up.

    Raises:
        Unauthenticated, Forbidden: without `monitoring:respond`.
        MonitoringOfAuthorities: not an authority.
        MonitoringTextInvalid: no reason.
        WarningNotFound: not there, or not visible.
        WarningClosed: it is closed.
        WarningNotClosing: nobody proposed to close it.
        MonitoringSecondPerson: the caller proposed it.
    """
    of_authority(scope, "monitoring:respond")
    why = needed_text("reason", reason)
    found = await held(write, scope, warning_id)
    if found.state is not WarningState.CLOSING:
        raise WarningNotClosing
    if found.closing_by == scope.actor_id:
        raise MonitoringSecondPerson
    if is_closed:
        await _now(write, warning_id, state=WarningState.CLOSED.value, closed_at=now(), closed_by=scope.actor_id)
    else:
        await _now(write, warning_id, state=WarningState.RESPONDING.value, closing_by=None)
    kind = StepKind.CLOSED if is_closed else StepKind.CLOSURE_REFUSED
    facts = {"is_present": found.is_present, "level": found.level, "proposed_by": str(found.closing_by)}
    await _step(write, scope, found, kind, why, facts)
    write.audit(f"monitoring:{kind.value}", object_type="EmissionWarning", object_id=warning_id, reason=why)
    return await _again(write, scope, warning_id)


async def escalate(write: Write, scope: Scope, on: date) -> int:
    """Tell the authority above of every open warning whose answer is overdue, once for each due date; return how many.

    Raises:
        SystemOnly: anybody but the service.
    """
    if scope.kind is not Kind.SYSTEM:
        raise SystemOnly
    late = await queries.overdue(write, scope, on, MOST_ESCALATED)
    steps: list[dict[str, Any]] = []
    names = await naming.called(write, scope) if late else None
    for found in late:
        facts = {"due_on": found.due_on.isoformat(), "escalations": found.escalations + 1}
        steps.append(step_row(scope, found.id, found.cause.division_path, StepKind.ESCALATED, facts=facts))
        said = ("预警逾期未处理", "A warning is overdue")
        above = _parent(found.cause.division_path)
        for to in (
            Addressee((found.owner_id,), roles=ANSWERING) if found.owner_id else None,
            Addressee(division_path=above, roles=("administrator",)) if above else None,
        ):
            if to is not None:
                await _tell(write, scope, found, "overdue", str(found.due_on), said, to, names)
    if late:
        await write.run(
            update(MonitoringWarning)
            .where(MonitoringWarning.id.in_([each.id for each in late]))
            .values(escalated_for=MonitoringWarning.due_on, escalations=MonitoringWarning.escalations + 1)
        )
        await write.run(insert(MonitoringStep), steps)
    return len(late)


def _parent(path: str) -> str:
    """Return the path of the division above; nothing above the first."""
    return path[: path.rstrip("/").rfind("/") + 1]


def _check_due(due_on: date) -> None:
    first = today()
    if not 0 <= (due_on - first).days <= 366:  # noqa: PLR2004 - a leap year
        raise WarningDueInvalid(path=("input", "dueOn"))


async def _now(write: Write, warning_id: UUID, **values: Any) -> None:  # noqa: ANN401 - values of columns
    await write.run(update(MonitoringWarning).where(MonitoringWarning.id == warning_id).values(**values))


async def _step(
    write: Write, scope: Scope, found: WarningValue, kind: StepKind, note: str, facts: Mapping[str, Any]
) -> UUID:
    row = step_row(scope, found.id, found.cause.division_path, kind, note=note, facts=facts)
    await write.run(insert(MonitoringStep).values(**row))
    return row["id"]


async def _tell(
    write: Write, scope: Scope, found: WarningValue, what: str, once: str, said: tuple[str, str], to: Addressee,
    names: naming.Called | None = None,
) -> None:  # fmt: skip
    name, of = KIND_NAMES[found.cause.kind], (names or await naming.called(write, scope)).of(found.cause)
    await tell(
        write, scope,
        Notice(
            f"monitoring.warning_{what}", f"warning:{found.id}:{what}:{once}", Said(*said),
            Said(f"{of.zh} {name.zh}（{found.level_zh}）", f"{of.en}: {name.en} ({found.level_en})"),
            Link("EmissionWarning", (found.id,)),
        ),
        to,
    )  # fmt: skip


async def _again(read: Read, scope: Scope, warning_id: UUID) -> WarningValue:
    found = await queries.warning(read, scope, warning_id)
    if found is None:
        raise WarningNotFound
    return found
