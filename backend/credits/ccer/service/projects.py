"""Projects: drafted, changed while drafts, and moved step by step up to registration and de-registration."""

from dataclasses import asdict, replace
from uuid import UUID

from sqlalchemy import and_, or_, update

from backend.accounts import service as accounts
from backend.credits.ccer import queries, rules
from backend.credits.ccer.errors import ProjectCodeTaken, ProjectDeregistered, StepNotAllowed
from backend.credits.ccer.models import CcerProject
from backend.credits.ccer.service.common import (
    begin,
    check_answers,
    check_party,
    held_project,
    insert_new,
    methodology,
    move_project,
    said,
)
from backend.credits.ccer.values import Action, ProjectFacts, ProjectState, ProjectValue, Step
from backend.kit.clock import now, today
from backend.kit.db import Write
from backend.kit.ids import new_id
from backend.kit.scope import Scope
from backend.ledger.ports import fold


async def draft_project(write: Write, scope: Scope, *, account_id: UUID, facts: ProjectFacts) -> ProjectValue:
    """Record a project as a draft of its owner's.

    Raises:
        Unauthenticated, Forbidden: without `credits:register`.
        AccountNotFound, AccountNotYours, AccountClosed: in this order.
        CcerTextInvalid: code, name or plant.
        ProjectDatesInvalid, OldRegistrationInvalid, PlantCodeInvalid: the facts.
        MethodologyUnknown: not among the published ones.
        ProjectDeregistered: a project of this code, name or plant was de-registered in this account.
        ProjectCodeTaken: another project has the code.
    """
    scope.require("credits:register")
    await accounts.own_account(write, scope, account_id)
    clean = _clean(facts)
    rules.check_facts(clean, today())
    await methodology(write, scope, clean.methodology, today())
    await _check_reapplication(write, account_id, clean)
    project = ProjectValue(
        account_id=account_id,
        id=new_id(),
        **asdict(clean),
        state=ProjectState.DRAFT,
        # A draft has no date of its own: its first step is taken on any day from the project's start on.
        state_on=clean.started_on,
        validator_id=None,
        registered_on=None,
        created_at=now(),
        created_by=scope.actor_id,
    )
    if not await insert_new(write, CcerProject, project):
        raise ProjectCodeTaken(value=clean.code, path=("input", "code"))
    await begin(write, scope, project, None, today())
    return project


async def change_project(
    write: Write, scope: Scope, *, account_id: UUID, project_id: UUID, facts: ProjectFacts
) -> ProjectValue:
    """Change what a draft says; its code stays.

    Raises:
        Unauthenticated, Forbidden: without `credits:register`.
        ProjectNotFound: not there, or not visible.
        AccountNotFound, AccountNotYours, AccountClosed: in this order.
        StepNotAllowed: it is no draft any more.
        CcerTextInvalid: name or plant.
        ProjectDatesInvalid, OldRegistrationInvalid, PlantCodeInvalid: the facts.
        MethodologyUnknown: not among the published ones.
        ProjectDeregistered: a project of this name or plant was de-registered in this account.
    """
    scope.require("credits:register")
    project = await held_project(write, account_id, project_id)
    await accounts.own_account(write, scope, account_id)
    if project.state is not ProjectState.DRAFT:
        raise StepNotAllowed(action="change", state=project.state.value, possible="-")
    clean = _clean(replace(facts, code=project.code))
    rules.check_facts(clean, today())
    await methodology(write, scope, clean.methodology, today())
    await _check_reapplication(write, account_id, clean)
    changes = {**asdict(clean), "state_on": clean.started_on}
    await write.run(
        update(CcerProject).where(CcerProject.account_id == account_id, CcerProject.id == project_id).values(**changes)
    )
    write.audit("credits:ccer_change", object_type="CcerProject", object_id=project_id, account=str(account_id),
                code=project.code, facts=asdict(clean))  # fmt: skip
    return replace(project, **changes)


async def advance_project(
    write: Write, scope: Scope, *, account_id: UUID, project_id: UUID, action: Action, step: Step
) -> ProjectValue:
    """Take a project's next step.

    Raises:
        Unauthenticated, Forbidden: without the step's permission (`credits:register`, or `credits:review`).
        ProjectNotFound: not there, or not visible.
        AccountNotFound, AccountNotYours, AccountClosed, BodyOnly, RegistrarOnly: not the party whose step it is.
        StepNotAllowed: the state does not allow it.
        CcerTextInvalid: a text too long, or a reason that is missing.
        StepInFuture, StepBeforePrevious: the day.
        PlantCodeInvalid, ProjectExcluded, CannotTell, MethodologyUnknown, CreditingPeriodRefused: to publicise.
        TooEarly, CalendarUnknown, CommentsUnanswered: to validate.
        ProjectDeregistered: to register, when the same project was de-registered, whoever's it was.
    """
    path = rules.PROJECT_PATHS[action]
    scope.require(rules.permission(path))
    project = await held_project(write, account_id, project_id)
    await check_party(write, scope, path, action, account_id)
    rules.path_from(rules.PROJECT_PATHS, action, project.state)
    taken = said(step, path)
    on = rules.step_day(step.on, project.state_on, today())
    taken = replace(taken, on=on)
    changes: dict[str, object] = {}
    if action is Action.PUBLICISE:
        rules.check_conditions(is_ets_managed=project.is_ets_managed, is_legal_duty=project.is_legal_duty)
        rules.check_crediting(
            await methodology(write, scope, project.methodology, on), project.starts_on, project.ends_on
        )
    if path.waits:
        rules.check_publicity(project.state_on, on)
        await check_answers(write, scope, project, None)
        changes["validator_id"] = scope.organisation_id
    if action is Action.REGISTER:
        await _check_reapplication_elsewhere(write, project)
        changes["registered_on"] = on
    return await move_project(write, scope, project, action, path.target, taken, **changes)


def _clean(facts: ProjectFacts) -> ProjectFacts:
    return replace(
        facts,
        code=rules.words(facts.code, "code", least=1, most=60).upper(),
        name=rules.words(facts.name, "name", least=1),
        methodology=rules.words(facts.methodology, "methodology", least=1, most=60).upper(),
        plant_code=fold(rules.words(facts.plant_code, "plantCode", most=60)),
    )


async def _check_reapplication_elsewhere(write: Write, project: ProjectValue) -> None:
    """Look for the project among other owners' de-registered ones: only the registrar sees them.

    The same plant is the same project; without a plant, the same name, methodology and start are.
    """
    same = [
        and_(
            CcerProject.name == project.name, CcerProject.methodology == project.methodology,
            CcerProject.started_on == project.started_on,
        )
    ]  # fmt: skip
    if project.plant_code:
        same.append(CcerProject.plant_code == project.plant_code)
    gone = await write.row(
        queries.PROJECT.where(CcerProject.state == ProjectState.DEREGISTERED.value, or_(*same)).limit(1)
    )
    if gone is not None:
        raise ProjectDeregistered(value=gone.code)


async def _check_reapplication(write: Write, account_id: UUID, facts: ProjectFacts) -> None:
    same = [CcerProject.code == facts.code, CcerProject.name == facts.name]
    if facts.plant_code:
        same.append(CcerProject.plant_code == facts.plant_code)
    gone = await write.row(
        queries.PROJECT.where(
            CcerProject.account_id == account_id, CcerProject.state == ProjectState.DEREGISTERED.value, or_(*same)
        ).limit(1)
    )
    if gone is not None:
        raise ProjectDeregistered(value=gone.code, path=("input", "code"))
