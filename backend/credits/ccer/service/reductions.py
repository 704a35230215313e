"""Reductions of a registered project: a monitoring period reported, moved step by step, and issued into the ledger."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from backend.accounts import service as accounts
from backend.credits.ccer import queries, rules
from backend.credits.ccer.errors import (
    PeriodTaken,
    SameBody,
    SerialsNotAsVerified,
    StepNotAllowed,
    VerifiedMoreThanReported,
)
from backend.credits.ccer.models import CcerReduction
from backend.credits.ccer.service.claims import claim_energy, facts_of
from backend.credits.ccer.service.common import (
    begin,
    check_answers,
    check_party,
    held_project,
    held_reduction,
    insert_new,
    move_reduction,
    said,
)
from backend.credits.ccer.values import (
    ANNUL_REDUCTION,
    Action,
    ProjectState,
    ProjectValue,
    ReductionState,
    ReductionValue,
    Step,
)
from backend.kit.clock import now, today
from backend.kit.db import Write
from backend.kit.ids import new_id
from backend.kit.scope import Scope
from backend.ledger import service as ledger
from backend.ledger.values import CCER, BatchSpec, MovementValue, OriginRange, Reason

REGISTRY = "ccer"
"""The registry's name in the ledger's origins."""


async def report_reduction(
    write: Write,
    scope: Scope,
    *,
    account_id: UUID,
    project_id: UUID,
    period_from: date,
    period_to: date,
    tonnes: Decimal,
) -> ReductionValue:
    """Report what a registered project reduced in a monitoring period, in whole tCO2e.

    Raises:
        Unauthenticated, Forbidden: without `credits:register`.
        ProjectNotFound: not there, or not visible.
        AccountNotFound, AccountNotYours, AccountClosed: in this order.
        StepNotAllowed: the project is not registered.
        TonnesNotWhole: the quantity.
        PeriodInvalid, ReductionTooEarly, OutsideCrediting: the period.
        PeriodTaken: another reduction of the project has days of it.
    """
    scope.require("credits:register")
    project = await held_project(write, account_id, project_id)
    await accounts.own_account(write, scope, account_id)
    _check_project(project, Action.REPORT)
    quantity = rules.whole_tonnes(tonnes, "tonnes")
    rules.check_period(period_from, period_to, project.starts_on, project.ends_on, today())
    reduction = ReductionValue(
        account_id=account_id,
        id=new_id(),
        project_id=project_id,
        period_from=period_from,
        period_to=period_to,
        reported=quantity,
        verified=None,
        state=ReductionState.REPORTED,
        # Nothing of a reduction happens before its period is over, nor before its project is registered.
        state_on=max(period_to, project.registered_on or period_to),
        verifier_id=None,
        applied_on=None,
        registered_on=None,
        created_at=now(),
        created_by=scope.actor_id,
    )
    if not await insert_new(write, CcerReduction, reduction):
        raise PeriodTaken(first=str(period_from), last=str(period_to), path=("input", "periodFrom"))
    await begin(write, scope, project, reduction, today())
    return reduction


async def advance_reduction(
    write: Write,
    scope: Scope,
    *,
    account_id: UUID,
    reduction_id: UUID,
    action: Action,
    step: Step,
    tonnes: Decimal | None = None,
) -> ReductionValue:
    """Take a reduction's next step; `tonnes` is what the body verified. Issuing is `issue_reduction`.

    Raises:
        Unauthenticated, Forbidden: without the step's permission (`credits:register`, or `credits:review`).
        ReductionNotFound: not there, or not visible.
        AccountNotFound, AccountNotYours, AccountClosed, BodyOnly, RegistrarOnly: not the party whose step it is.
        StepNotAllowed: the state of the reduction or of its project does not allow it.
        CcerTextInvalid: a text too long, or a reason that is missing.
        StepInFuture, StepBeforePrevious: the day.
        TooEarly, CalendarUnknown, CommentsUnanswered, SameBody, TonnesNotWhole, VerifiedMoreThanReported: to verify.
        ReductionTooOld: to apply.
    """
    path = rules.REDUCTION_PATHS[action]
    scope.require(rules.permission(path))
    project, reduction = await held_reduction(write, scope, account_id, reduction_id)
    await check_party(write, scope, path, action, account_id)
    rules.path_from(rules.REDUCTION_PATHS, action, reduction.state)
    if action is not Action.WITHDRAW:
        _check_project(project, action)
    on = rules.step_day(step.on, reduction.state_on, today())
    taken = replace(said(step, path), on=on)
    changes: dict[str, Any] = {}
    if path.waits:
        rules.check_publicity(reduction.state_on, on)
        await check_answers(write, scope, project, reduction.id)
        if scope.organisation_id == project.validator_id:
            raise SameBody
        changes |= {"verifier_id": scope.organisation_id, "verified": _verified(reduction, tonnes)}
    if action is Action.APPLY:
        rules.check_age(reduction.period_from, on)
        changes["applied_on"] = on
    if action is Action.REGISTER:
        changes["registered_on"] = on
    return await move_reduction(write, scope, project, reduction, action, path.target, taken, **changes)


async def issue_reduction(
    write: Write,
    scope: Scope,
    *,
    account_id: UUID,
    reduction_id: UUID,
    first_serial: str,
    last_serial: str,
    step: Step,
) -> tuple[ReductionValue, MovementValue]:
    """Issue a registered reduction: one CCER a tonne into the owner's account, under the registry's serials.

    The serials are recorded as the units' origin, so that a later import of the same units is refused here; the door
    reserves them in the clearing first (`issue_ahead`), so that it is refused in every other jurisdiction too. The
    energy of the project's plant, if it names one, is claimed for CCER at the same time, so that no green certificate
    stands on it. The vintage is the year in which the monitoring period begins.

    Raises:
        Unauthenticated, Forbidden: without `credits:review` and `ledger:issue`.
        ReductionNotFound, RegistrarOnly, StepNotAllowed, StepInFuture, StepBeforePrevious, CcerTextInvalid,
        SerialsUnreadable, SerialsNotAsVerified: as `issue_ahead`.
        AccountUnknown, AccountClosed, ClassFrozen, OriginOverlap: by the books.
        AlreadyClaimed: a green certificate stands on the energy.
    """
    path = rules.REDUCTION_PATHS[Action.ISSUE]
    project, reduction, taken, batch = await _ready(
        write, scope, account_id, reduction_id, first_serial, last_serial, step
    )
    quantity = reduction.verified or Decimal(0)
    movement = await ledger.issue(
        write, scope, account_id, CCER, quantity, batch,
        Reason(effective_on=taken.on, purpose="ccer_issuance", reference=taken.reference, note=taken.note,
               facts={"project": project.code, "reduction": str(reduction.id)}, undone_by=ANNUL_REDUCTION),
    )  # fmt: skip
    extent = ledger.energy_of(CCER, batch)
    if extent is not None:
        await claim_energy(write, scope, account_id, extent, movement_id=movement.id, facts=facts_of(batch))
    moved = await move_reduction(
        write, scope, project, reduction, Action.ISSUE, path.target, taken, movement_id=movement.id
    )
    return moved, movement


async def issue_ahead(
    write: Write, scope: Scope, *, account_id: UUID, reduction_id: UUID, first_serial: str, last_serial: str, step: Step
) -> BatchSpec:
    """Return the batch an issuance would become, for the clearing of its serials; the rows are held.

    Raises:
        Unauthenticated, Forbidden: without `credits:review` and `ledger:issue`.
        ReductionNotFound: not there, or not visible.
        RegistrarOnly: not the authority.
        StepNotAllowed: the reduction or its project is not registered.
        StepInFuture, StepBeforePrevious: the day.
        CcerTextInvalid: a text too long.
        SerialsUnreadable: the serials form no run.
        SerialsNotAsVerified: the run has not as many serials as tonnes were verified.
    """
    return (await _ready(write, scope, account_id, reduction_id, first_serial, last_serial, step))[3]


async def _ready(
    write: Write, scope: Scope, account_id: UUID, reduction_id: UUID, first_serial: str, last_serial: str, step: Step
) -> tuple[ProjectValue, ReductionValue, Step, BatchSpec]:
    path = rules.REDUCTION_PATHS[Action.ISSUE]
    scope.require(rules.permission(path))
    scope.require("ledger:issue")
    project, reduction = await held_reduction(write, scope, account_id, reduction_id)
    await check_party(write, scope, path, Action.ISSUE, account_id)
    rules.path_from(rules.REDUCTION_PATHS, Action.ISSUE, reduction.state)
    _check_project(project, Action.ISSUE)
    taken = replace(said(step, path), on=rules.step_day(step.on, reduction.state_on, today()))
    frame, first, last = rules.serial_run(first_serial, last_serial, 1, path=("input", "lastSerial"))
    if Decimal(last - first + 1) != reduction.verified:
        raise SerialsNotAsVerified(
            found=last - first + 1, verified=str(reduction.verified), path=("input", "lastSerial")
        )
    return (
        project,
        reduction,
        taken,
        BatchSpec(
            vintage=reduction.period_from.year,
            produced_from=reduction.period_from,
            produced_to=reduction.period_to,
            project_code=project.code,
            attributes={
                "registered_on": str(reduction.registered_on),
                "project_registered_on": str(project.registered_on),
                "methodology": project.methodology,
                "is_ets_managed": project.is_ets_managed,
                "old_scheme": False,
                "project_name": project.name,
                "plant_code": project.plant_code,
            },
            origins=(OriginRange(REGISTRY, frame, first, last),),
        ),
    )


async def annul_reduction(
    write: Write, scope: Scope, *, account_id: UUID, reduction_id: UUID, step: Step
) -> ReductionValue:
    """Take an issuance back while its units still lie where they were issued to: the reduction can be issued again.

    What was claimed of the energy is free again. The units' serials may be issued anew.

    Raises:
        Unauthenticated, Forbidden: without `credits:review` and `ledger:reverse`.
        ReductionNotFound: not there, or not visible.
        RegistrarOnly: not the authority.
        StepNotAllowed: the reduction is not issued.
        StepInFuture, StepBeforePrevious: the day.
        CcerTextInvalid: a text too long, or no reason.
        MovementNotReversible: the units have moved on.
    """
    path = rules.REDUCTION_PATHS[Action.ANNUL]
    scope.require(rules.permission(path))
    scope.require("ledger:reverse")
    project, reduction = await held_reduction(write, scope, account_id, reduction_id)
    await check_party(write, scope, path, Action.ANNUL, account_id)
    rules.path_from(rules.REDUCTION_PATHS, Action.ANNUL, reduction.state)
    taken = replace(said(step, path), on=rules.step_day(step.on, reduction.state_on, today()))
    ((*_, issued),) = await queries.transitions_below(write, scope, [(account_id, project.id, reduction_id)])
    assert issued.movement_id is not None  # noqa: S101 - the last step of an issued reduction is its issue
    undone = await ledger.reverse(
        write, scope, issued.movement_id,
        Reason(effective_on=taken.on, purpose="ccer_annulment", reference=taken.reference, note=taken.note[:1000],
               undone_by=ANNUL_REDUCTION),
    )  # fmt: skip
    await ledger.withdraw_claims(write, scope, issued.movement_id)
    return await move_reduction(
        write, scope, project, reduction, Action.ANNUL, path.target, taken, movement_id=undone.id
    )


def _check_project(project: ProjectValue, action: Action) -> None:
    if project.state is not ProjectState.REGISTERED:
        raise StepNotAllowed(action=action.value, state=project.state.value, possible="-")


def _verified(reduction: ReductionValue, tonnes: Decimal | None) -> Decimal:
    verified = rules.whole_tonnes(reduction.reported if tonnes is None else tonnes, "tonnes")
    if verified > reduction.reported:
        raise VerifiedMoreThanReported(
            verified=str(verified), reported=str(reduction.reported), path=("input", "tonnes")
        )
    return verified
