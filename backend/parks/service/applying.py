"""The seven steps: a park applies, somebody proposes what a step came to, another person confirms it."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import insert

from backend.kit.clock import today
from backend.kit.db import Read, Write
from backend.kit.ids import new_id
from backend.kit.scope import Scope
from backend.parks import queries, queries_workflow
from backend.parks.errors import (
    ParkApplicationOpen,
    ParkDecided,
    ParkEvaluationNotFound,
    ParkMandatoryMissed,
    ParkNoticeNeeded,
    ParkObjectionsOpen,
    ParkReferenceOpen,
    ParkSecondPerson,
    ParkStepNotFound,
)
from backend.parks.models import ParkApplication, ParkStep, ParkStepDecision
from backend.parks.rules import checking, walking
from backend.parks.service.common import (
    changeable,
    lock,
    note,
    of_authority,
    of_operator,
    own_application,
    paper,
    place,
    recorded,
)
from backend.parks.service.evaluating import evaluated
from backend.parks.values import (
    ApplicationRow,
    Category,
    Document,
    Evaluated,
    EvaluationRow,
    Horizon,
    Level,
    Outcome,
    Step,
    StepRow,
)

JUDGED = frozenset({Step.REVIEW, Step.ACCEPT, Step.EVALUATE, Step.RECHECK})
"""Steps that rest on an evaluation."""


async def apply_for_park(
    write: Write, scope: Scope, park_id: UUID, *, level: Level, horizon: Horizon, statement: str, document: Document
) -> ApplicationRow:
    """Apply for a park at a level of the ladder; the first step waits for the authority's word.

    Raises:
        Unauthenticated, Forbidden: without `parks:apply` (the operator) or `parks:manage`.
        ParkNotFound, ParkTextInvalid, ParkDocumentInvalid: in this order.
        ParkNotOnMunicipalList: above the municipal rung, and not on its list.
        ParkApplicationOpen: one at this level and horizon is on its way.
    """
    of_operator(scope)
    park = await changeable(write, scope, park_id)
    said, source = checking.text(statement, "statement"), checking.document(document)
    await lock(write, park_id)
    known = await queries_workflow.applications_of(write, scope, park_id)
    walking.check_ladder(known, level)
    if any(each.level is level and each.horizon is horizon and not walking.has_ended(each.steps) for each in known):
        raise ParkApplicationOpen(path=("input", "level"))
    own_id, told = new_id(), recorded(scope)
    await write.run(
        insert(ParkApplication).values(
            id=own_id, park_id=park_id, level=level.value, horizon=horizon.value, statement=said, **place(park), **told
        )
    )
    await write.run(
        insert(ParkStep).values(
            id=new_id(), application_id=own_id, step=Step.APPLY.value, is_passed=True, happened_on=today(),
            reason=said, evaluation_id=None, **place(park), **paper(source), **told,
        )
    )  # fmt: skip
    note(write, "parks:apply", "park_application", own_id, park=str(park_id), level=level.value, horizon=horizon.value)
    return await own_application(write, scope, own_id)


async def propose_step(
    write: Write, scope: Scope, application_id: UUID, *, step: Step, is_passed: bool, happened_on: date, reason: str,
    document: Document, evaluation_id: UUID | None = None,
) -> ApplicationRow:  # fmt: skip
    """Propose what the next step came to.

    Raises:
        Unauthenticated, Forbidden: without `parks:manage`.
        ParkApplicationNotFound, ParkTextInvalid, ParkDocumentInvalid, ParkDatesInvalid: in this order.
        ParkStepWaiting, ParkStepNotNow: one waits for the second person, or another comes first.
        ParkEvaluationNotFound: the step rests on an evaluation of this park, level and horizon, and none is named.
        ParkMandatoryMissed: acceptance, and a mandatory indicator is not met: it may not even be applied for.
        ParkReferenceOpen: acceptance as passed, and a reference indicator is neither met nor left out with approval.
        ParkNoticeNeeded, ParkObjectionsOpen: the notice as passed, and it cannot be yet.
    """
    of_authority(scope, "parks:manage")
    found = await own_application(write, scope, application_id)
    why, source = checking.text(reason, "reason"), checking.document(document)
    checking.not_to_come(happened_on, "happenedOn")
    await lock(write, application_id)
    found = await own_application(write, scope, application_id)
    walking.check_next(found.steps, step, happened_on)
    evaluation = await _evaluation(write, scope, found, step, evaluation_id)
    await _check(write, scope, found, step, is_passed=is_passed, evaluation=evaluation)
    own_id = new_id()
    await write.run(
        insert(ParkStep).values(
            id=own_id, application_id=application_id, step=step.value, is_passed=is_passed, happened_on=happened_on,
            reason=why, evaluation_id=evaluation_id, **place(found), **paper(source), **recorded(scope),
        )
    )  # fmt: skip
    note(write, "parks:propose_step", "park_application", application_id, step=step.value, is_passed=is_passed)
    return await own_application(write, scope, application_id)


async def decide_step(write: Write, scope: Scope, step_id: UUID, *, is_confirmed: bool, reason: str) -> ApplicationRow:
    """Confirm or reject what was proposed of a step. What it rests on is checked again; a rejected one is proposed anew.

    Raises:
        Unauthenticated, Forbidden: without `parks:decide`.
        ParkStepNotFound, ParkDecided: in this order.
        ParkSecondPerson: the caller proposed it.
        ParkTextInvalid: no reason.
        ParkMandatoryMissed, ParkReferenceOpen, ParkNoticeNeeded, ParkObjectionsOpen: it does not hold any more.
    """
    of_authority(scope, "parks:decide")
    found = await _step(write, scope, step_id)
    await lock(write, found.application_id)
    found = await _step(write, scope, step_id)
    if found.decided_at is not None:
        raise ParkDecided
    if found.recorded_by == scope.actor_id:
        raise ParkSecondPerson
    why = checking.text(reason, "reason")
    application = await own_application(write, scope, found.application_id)
    if is_confirmed:
        evaluation = await _evaluation(write, scope, application, found.step, found.evaluation_id)
        await _check(write, scope, application, found.step, is_passed=found.is_passed, evaluation=evaluation)
    await write.run(
        insert(ParkStepDecision).values(
            step_id=step_id, is_confirmed=is_confirmed, reason=why, **place(application), **recorded(scope)
        )
    )
    note(
        write, "parks:decide_step", "park_application", application.id, step=found.step.value, is_confirmed=is_confirmed
    )
    return await own_application(write, scope, application.id)


async def _step(read: Read, scope: Scope, step_id: UUID) -> StepRow:
    found = await queries_workflow.step(read, scope, step_id)
    if found is None:
        raise ParkStepNotFound
    return found


async def _evaluation(
    read: Read, scope: Scope, application: ApplicationRow, step: Step, evaluation_id: UUID | None
) -> EvaluationRow | None:
    """Return the evaluation a step rests on. Raises ParkEvaluationNotFound: none, or of something else."""
    if evaluation_id is None and step not in JUDGED:
        return None
    found = None if evaluation_id is None else await queries.evaluation(read, scope, evaluation_id)
    if found is None or (found.park_id, found.level, found.horizon) != (
        application.park_id, application.level, application.horizon,
    ):  # fmt: skip
        raise ParkEvaluationNotFound(path=("input", "evaluationId"))
    return found


async def _check(
    read: Read, scope: Scope, application: ApplicationRow, step: Step, *, is_passed: bool,
    evaluation: EvaluationRow | None,
) -> None:  # fmt: skip
    if step is Step.ACCEPT and evaluation is not None:
        # Judged by what stands today, not by what stood when the evaluation was kept.
        found = await evaluated(
            read, scope, application.park_id, year=evaluation.year, horizon=evaluation.horizon, level=evaluation.level
        )
        if not found.may_apply_for_acceptance:
            raise ParkMandatoryMissed(**_open(found, Category.MANDATORY))
        if is_passed and found.outcome is not Outcome.PASS:
            raise ParkReferenceOpen(**_open(found, Category.REFERENCE))
    if step is Step.PUBLICISE and is_passed:
        await _check_notice(read, scope, application)


def _open(found: Evaluated, category: Category) -> dict[str, Any]:
    """Return the numbers of a kind's indicators that are not met, and the worst outcome among them."""
    missed = [
        each for each in found.lines
        if each.category is category and each.outcome is not Outcome.PASS and not each.is_waived
    ]  # fmt: skip
    return {
        "numbers": ", ".join(str(each.number) for each in missed),
        "outcome": (found.mandatory if category is Category.MANDATORY else found.reference).value,
    }


async def _check_notice(read: Read, scope: Scope, application: ApplicationRow) -> None:
    notices = await queries_workflow.notices(read, scope, application_id=application.id, limit=1)
    if not notices:
        raise ParkNoticeNeeded(reason_zh="尚未发布公示", reason_en="there is none yet")
    (notice,) = notices
    if notice.closes_on >= today():
        raise ParkNoticeNeeded(
            reason_zh=f"公示至 {notice.closes_on} 止", reason_en=f"it is open up to {notice.closes_on}"
        )
    (objections,) = await queries_workflow.objections(read, scope, [notice.id])
    unanswered = sum(each.answer is None for each in objections)
    upheld = sum(bool(each.is_upheld) for each in objections)
    if unanswered or upheld:
        raise ParkObjectionsOpen(unanswered=unanswered, upheld=upheld)
