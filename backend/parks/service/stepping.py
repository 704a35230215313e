"""The steps: somebody proposes what one came to, another person confirms it. Each rests on what stands on the day."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import insert

from backend.kit.clock import today
from backend.kit.db import Read, Write
from backend.kit.ids import new_id
from backend.kit.scope import Scope
from backend.parks import catalogue, queries, queries_programmes, queries_workflow
from backend.parks.errors import (
    ParkDecided,
    ParkEntryInvalid,
    ParkEvaluationNotFound,
    ParkItemNotFound,
    ParkMandatoryMissed,
    ParkNoticeNeeded,
    ParkObjectionsOpen,
    ParkReferenceOpen,
    ParkSecondPerson,
    ParkStepNotFound,
)
from backend.parks.models import ParkProgrammeEntry, ParkStep, ParkStepDecision
from backend.parks.rules import checking, requiring, walking
from backend.parks.service.common import (
    lock,
    note,
    of_authority,
    own_application,
    paper,
    place,
    recorded,
)
from backend.parks.service.evaluating import evaluated
from backend.parks.service.telling import tell_decided, tell_waiting
from backend.parks.values import (
    ApplicationRow,
    Category,
    Document,
    Evaluated,
    EvaluationRow,
    Finding,
    Outcome,
    ProgrammeKind,
    Requirement,
    Step,
    StepRow,
)
from backend.parks.values_programmes import ItemRow

JUDGED = frozenset({Step.REVIEW, Step.ACCEPT, Step.EVALUATE, Step.RECHECK})
"""Steps of a park that rest on an evaluation, and of an item on findings."""


async def propose_step(
    write: Write, scope: Scope, application_id: UUID, *, step: Step, is_passed: bool, happened_on: date, reason: str,
    document: Document, evaluation_id: UUID | None = None, findings: Sequence[Finding] = (),
) -> ApplicationRow:  # fmt: skip
    """Propose what the next step came to. Of an item it rests on `findings`, one for each requirement of its programme.

    Raises:
        Unauthenticated, Forbidden: without `parks:manage`.
        ParkApplicationNotFound, ParkTextInvalid, ParkDocumentInvalid, ParkDatesInvalid: in this order.
        ParkStepWaiting, ParkStepNotNow: one waits for the second person, or another comes first.
        ParkEvaluationNotFound: the step rests on an evaluation of this park, level and horizon, and none is named.
        ParkFindingsInvalid: the step rests on findings, and not every requirement is told of once.
        ParkMandatoryMissed: acceptance, and a mandatory indicator is not met: it may not even be applied for.
        ParkReferenceOpen: acceptance as passed, and a reference indicator is neither met nor left out with approval.
        ParkRequirementOpen: review or acceptance of an item as passed, and a requirement is not met.
        ParkEntryInvalid: acceptance of a virtual power plant whose adjustable capacity is not entered.
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
    item = await _item(write, scope, found)
    asked = () if item is None or step not in JUDGED else catalogue.requirements(scope.tenant, item.kind)
    told = requiring.checked(asked, findings)
    await _check(write, scope, found, step, is_passed=is_passed, evaluation=evaluation)
    if item is not None and is_passed:
        _check_item(item, step, asked, told)
    own_id = new_id()
    await write.run(
        insert(ParkStep).values(
            id=own_id, application_id=application_id, step=step.value, is_passed=is_passed, happened_on=happened_on,
            reason=why, evaluation_id=evaluation_id, findings=requiring.kept(told), **place(found), **paper(source),
            **recorded(scope),
        )
    )  # fmt: skip
    note(write, "parks:propose_step", "park_application", application_id, step=step.value, is_passed=is_passed)
    now_found = await own_application(write, scope, application_id)
    await tell_waiting(write, scope, now_found)
    return now_found


async def decide_step(write: Write, scope: Scope, step_id: UUID, *, is_confirmed: bool, reason: str) -> ApplicationRow:
    """Confirm or reject what was proposed of a step. What it rests on is checked again; a rejected one is proposed anew.

    Of an item, the confirmed step says where it stands: that is entered on its register.

    Raises:
        Unauthenticated, Forbidden: without `parks:decide`.
        ParkStepNotFound, ParkDecided: in this order.
        ParkSecondPerson: the caller proposed it.
        ParkTextInvalid: no reason.
        ParkMandatoryMissed, ParkReferenceOpen, ParkEntryInvalid, ParkNoticeNeeded, ParkObjectionsOpen: it does not
            hold any more.
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
    item = await _item(write, scope, application) if is_confirmed else None
    if item is not None and found.is_passed:
        _check_item(item, found.step, (), ())
    await write.run(
        insert(ParkStepDecision).values(
            step_id=step_id, is_confirmed=is_confirmed, reason=why, **place(application), **recorded(scope)
        )
    )
    if item is not None:
        await _enter(write, scope, item, found)
    note(
        write, "parks:decide_step", "park_application", application.id, step=found.step.value, is_confirmed=is_confirmed
    )
    await tell_decided(write, scope, application, found, holds=is_confirmed)
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
    if evaluation_id is None and (step not in JUDGED or application.park_id is None):
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
    if step is Step.ACCEPT and evaluation is not None and application.park_id is not None:
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


async def _item(read: Read, scope: Scope, application: ApplicationRow) -> ItemRow | None:
    """Return the item an application is of, None for a park. Raises ParkItemNotFound."""
    if application.item_id is None:
        return None
    found = await queries_programmes.item(read, scope, application.item_id, today())
    if found is None:
        raise ParkItemNotFound
    return found


def _check_item(item: ItemRow, step: Step, asked: Sequence[Requirement], findings: Sequence[Finding]) -> None:
    """Refuse to pass what does not hold. Raises ParkRequirementOpen, ParkEntryInvalid."""
    if step in {Step.REVIEW, Step.ACCEPT}:
        requiring.check_met(asked, findings)
    if step is Step.ACCEPT and item.kind is ProgrammeKind.POWER_PLANT and item.capacity is None:
        raise ParkEntryInvalid(
            reason_zh="虚拟电厂验收前须登记其最大可调能力（万千瓦）",
            reason_en="a virtual power plant is accepted with its adjustable capacity entered (in 10 MW units)",
            path=("input", "step"),
        )  # fmt: skip


async def _enter(write: Write, scope: Scope, item: ItemRow, step: StepRow) -> None:
    """Enter where an item stands after a confirmed step, with the step's own document and day."""
    status = walking.status_after(item, step)
    if status is None or status is item.status:
        return
    await write.run(
        insert(ParkProgrammeEntry).values(
            id=new_id(), item_id=item.id, division_path=item.division_path, account_id=item.account_id,
            status=status.value, effective_on=step.happened_on, capacity=item.capacity, note=step.reason,
            document=step.document, document_number=step.document_number, document_date=step.document_date,
            **recorded(scope),
        )
    )  # fmt: skip


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
