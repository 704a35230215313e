"""What the enterprise does: draft, revise, submit, withdraw, start, trial run, report for acceptance, change."""

from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import insert

from backend.accounts import service as accounts
from backend.accounts.values import AccountValue
from backend.kit.clock import now, today
from backend.kit.db import Read, Write
from backend.kit.ids import new_id
from backend.kit.scope import Scope
from backend.projects.errors import (
    ProjectApprovalLapsed,
    ProjectDivisionOutside,
    ProjectMaterialsMissing,
    ProjectMeasuresMissing,
    ProjectNotReady,
    ProjectTierUnknown,
)
from backend.projects.models import InvestmentProject
from backend.projects.rules import changing, judging, moving, stating, writing
from backend.projects.service.common import (
    assessed,
    check_papers,
    facts_approved,
    held,
    move,
    note_step,
    reviewed,
    stepping,
    store_version,
    version_of,
)
from backend.projects.values import Action, ProjectFacts, ProjectState, ProjectValue, Tier
from backend.tenants import service as tenants

CHANGEABLE = frozenset(moving.PATHS[Action.CHANGE].sources)
PLACES = 4


@dataclass(frozen=True, slots=True)
class Measured:
    """What was measured over the trial run, of a year: tce, tCO2e, and the acceptance report."""

    tce: Decimal
    tonnes: Decimal
    evidence_id: UUID


async def draft(write: Write, scope: Scope, account_id: UUID, facts: ProjectFacts) -> ProjectValue:
    """Record an application as a draft, with what it comes to.

    Raises:
        Unauthenticated, Forbidden: without `projects:apply`.
        AccountNotFound, AccountNotYours, AccountClosed: in this order.
        ProjectTextInvalid, ProjectFactsInvalid, UnknownUnit: the facts.
        DivisionUnknown, ProjectDivisionOutside: the division.
        EvidenceNotFound: a file is no evidence of the account.
    """
    scope.require("projects:apply")
    account = await accounts.own_account(write, scope, account_id)
    clean, path = await _checked(write, scope, account, facts)
    result, review = await assessed(write, scope, account, clean)
    project = ProjectValue(
        account_id=account_id, id=new_id(), division_code=clean.division_code, division_path=path, code=clean.code,
        name=clean.name, sector=clean.sector, state=ProjectState.DRAFT, prior_state=None, state_on=today(), due_on=None,
        version=1, approved_version=None, approved_on=None, approved_tce=None, approved_tonnes=None,
        reservation_id=None, is_returned_before=False, created_at=now(), created_by=scope.actor_id,
    )  # fmt: skip
    await write.run(insert(InvestmentProject).values({**asdict(project), "state": project.state.value}))
    await store_version(write, scope, account_id, project.id, 1, clean, result, review)
    await note_step(write, scope, project, Action.DRAFT, "")
    return project


async def revise(
    write: Write, scope: Scope, account_id: UUID, project_id: UUID, facts: ProjectFacts, *, reason: str = "",
    is_major: bool = False,
) -> ProjectValue:  # fmt: skip
    """Say something else: of a draft or of returned materials at once; of an approved project as a change.

    A major change (of sector, nature, products, scale; of more than ten percent of energy or emissions; or what the
    applicant itself states by `is_major`: main equipment, process) waits for a review of its own, any other is noted.

    Raises:
        Unauthenticated, Forbidden: without `projects:apply`.
        InvestmentProjectNotFound: not there, or not visible.
        AccountNotFound, AccountNotYours, AccountClosed: in this order.
        ProjectStepNotAllowed: the state does not allow it.
        ProjectTextInvalid, ProjectFactsInvalid, UnknownUnit: the facts, or the reason of a change.
        DivisionUnknown, ProjectDivisionOutside: the division; an approved project stays in its own.
        EvidenceNotFound: a file is no evidence of the account.
        ProjectNotReady: what the change comes to cannot be told.
    """
    scope.require("projects:apply")
    found = await held(write, account_id, project_id)
    action = Action.CHANGE if found.state in CHANGEABLE else Action.REVISE
    project = await stepping(write, scope, account_id, project_id, action)
    account = await accounts.own_account(write, scope, account_id)
    why = stating.text("reason", reason, least=1 if action is Action.CHANGE else 0)
    clean, path = await _checked(write, scope, account, facts)
    if action is Action.CHANGE and path != project.division_path:
        raise ProjectDivisionOutside(division=clean.division_code, own=project.division_code, path=("input", "facts"))
    result, review = await assessed(write, scope, account, clean)
    version = project.version + 1
    await store_version(write, scope, account_id, project_id, version, clean, result, review)
    named: dict[str, Any] = {"code": clean.code, "name": clean.name, "version": version}
    if action is Action.REVISE:
        return await move(
            write, scope, project, action, project.state, project.state_on, note=why, sector=clean.sector,
            division_code=clean.division_code, division_path=path, **named,
        )  # fmt: skip
    if result.tce is None or result.tonnes is None:
        found_out = judging.checks(scope.tenant, clean, result, review, ())
        raise ProjectNotReady(
            **judging.told("reasons", (each.reason for each in judging.blocking(found_out) if each.code == "amounts"))
        )
    assert project.approved_tce is not None  # noqa: S101 - it was approved
    assert project.approved_tonnes is not None  # noqa: S101 - it was approved
    before = await facts_approved(write, scope, project)
    approved = (project.approved_tce, project.approved_tonnes)
    major = changing.major(before, clean, result, approved, is_stated=is_major)
    target = ProjectState.CHANGING if major else project.state
    return await move(
        write, scope, project, action, target, project.state_on, due_on=project.due_on, note=why, sector=clean.sector,
        facts={"tce": result.tce, "tonnes": result.tonnes, "approved_tce": project.approved_tce,
               "approved_tonnes": project.approved_tonnes, "major": [asdict(each) for each in major]},
        prior_state=project.state if target is ProjectState.CHANGING else None, **named,
    )  # fmt: skip


async def submit(
    write: Write, scope: Scope, account_id: UUID, project_id: UUID, *, on: date | None = None
) -> ProjectValue:  # fmt: skip
    """Submit an application; one so small that nobody reviews it apart is exempt at once.

    Raises:
        Unauthenticated, Forbidden: without `projects:apply`.
        InvestmentProjectNotFound: not there, or not visible.
        AccountNotFound, AccountNotYours, AccountClosed: in this order.
        ProjectStepNotAllowed: the state does not allow it.
        ProjectDayInvalid: the day.
        ProjectTierUnknown: who reviews it cannot be told; says for want of what.
        ProjectMaterialsMissing: says which.
    """
    project = await stepping(write, scope, account_id, project_id, Action.SUBMIT)
    day = moving.step_day(on, project.state_on, today())
    version = await version_of(write, scope, project)
    facts, result = writing.facts_of(version.facts), writing.result_of(version.result)
    review = reviewed(scope, facts, result)
    if review.tier is None:
        raise ProjectTierUnknown(**judging.told("missing", review.missing))
    if review.tier is Tier.NONE:
        return await move(write, scope, project, Action.SUBMIT, ProjectState.EXEMPT, day)
    lacking = judging.missing_materials(facts, review)
    if lacking:
        raise ProjectMaterialsMissing(**judging.told("missing", lacking))
    return await move(
        write, scope, project, Action.SUBMIT, ProjectState.SUBMITTED, day, due_on=moving.check_due(day),
        facts={"tier": review.tier},
    )  # fmt: skip


async def withdraw(
    write: Write, scope: Scope, account_id: UUID, project_id: UUID, *, reason: str, on: date | None = None
) -> ProjectValue:
    """Take an application back before it is decided on.

    Raises:
        Unauthenticated, Forbidden: without `projects:apply`.
        InvestmentProjectNotFound: not there, or not visible.
        AccountNotFound, AccountNotYours, AccountClosed: in this order.
        ProjectStepNotAllowed: the state does not allow it.
        ProjectDayInvalid, ProjectTextInvalid: the day, the reason.
    """
    project = await stepping(write, scope, account_id, project_id, Action.WITHDRAW)
    day = moving.step_day(on, project.state_on, today())
    why = stating.text("note", reason)
    return await move(write, scope, project, Action.WITHDRAW, ProjectState.WITHDRAWN, day, note=why)


async def start(
    write: Write, scope: Scope, account_id: UUID, project_id: UUID, *, on: date | None = None, note: str = ""
) -> ProjectValue:
    """Give notice that construction has started.

    Raises:
        Unauthenticated, Forbidden: without `projects:apply`.
        InvestmentProjectNotFound: not there, or not visible.
        AccountNotFound, AccountNotYours, AccountClosed: in this order.
        ProjectStepNotAllowed: the state does not allow it.
        ProjectDayInvalid, ProjectTextInvalid: the day, the note.
        ProjectApprovalLapsed: the day lies after the approval's last one.
    """
    project = await stepping(write, scope, account_id, project_id, Action.START)
    day = moving.step_day(on, project.state_on, today())
    said = stating.text("note", note, least=0)
    if project.due_on is not None and day > project.due_on:
        raise ProjectApprovalLapsed(until=project.due_on.isoformat())
    return await move(write, scope, project, Action.START, ProjectState.STARTED, day, note=said)


async def begin_trial(
    write: Write, scope: Scope, account_id: UUID, project_id: UUID, *, on: date | None = None, note: str = ""
) -> ProjectValue:
    """Give notice of the trial run; acceptance is due six months later.

    Raises:
        Unauthenticated, Forbidden: without `projects:apply`.
        InvestmentProjectNotFound: not there, or not visible.
        AccountNotFound, AccountNotYours, AccountClosed: in this order.
        ProjectStepNotAllowed: the state does not allow it.
        ProjectDayInvalid, ProjectTextInvalid: the day, the note.
    """
    project = await stepping(write, scope, account_id, project_id, Action.TRIAL)
    day = moving.step_day(on, project.state_on, today())
    said = stating.text("note", note, least=0)
    return await move(
        write, scope, project, Action.TRIAL, ProjectState.TRIAL, day, due_on=moving.acceptance_due(day), note=said
    )


async def report(
    write: Write, scope: Scope, account_id: UUID, project_id: UUID, measured: Measured, *, on: date | None = None,
    note: str = "",
) -> ProjectValue:  # fmt: skip
    """Report what was measured, for acceptance.

    Raises:
        Unauthenticated, Forbidden: without `projects:apply`.
        InvestmentProjectNotFound: not there, or not visible.
        AccountNotFound, AccountNotYours, AccountClosed: in this order.
        ProjectStepNotAllowed: the state does not allow it.
        ProjectDayInvalid, ProjectTextInvalid: the day, the note.
        ProjectMeasuresMissing: an amount that cannot be.
        EvidenceNotFound: the acceptance report is no evidence of the account.
    """
    project = await stepping(write, scope, account_id, project_id, Action.REPORT)
    day = moving.step_day(on, project.state_on, today())
    said = stating.text("note", note, least=0)
    for each in (measured.tce, measured.tonnes):
        if not 0 <= each < stating.MOST or each != round(each, PLACES):
            raise ProjectMeasuresMissing(places=PLACES, path=("input",))
    await check_papers(write, scope, account_id, [measured.evidence_id])
    return await move(
        write, scope, project, Action.REPORT, ProjectState.REPORTED, day, due_on=project.due_on, note=said,
        facts=asdict(measured),
    )  # fmt: skip


async def _checked(
    read: Read, scope: Scope, account: AccountValue, facts: ProjectFacts
) -> tuple[ProjectFacts, str]:  # fmt: skip
    """Return the facts with their texts trimmed, and the path of the project's division."""
    pack = await tenants.pack_in_force(read, scope)
    clean = stating.checked(facts, {each.code for each in pack.sectors})
    division = await tenants.required_division(read, scope, clean.division_code)
    if not division.path.startswith(account.division_path):
        raise ProjectDivisionOutside(
            division=clean.division_code, own=account.division_code, path=("input", "facts", "divisionCode")
        )
    if clean.papers:
        await check_papers(read, scope, account.id, [each.evidence_id for each in clean.papers])
    return clean, division.path
