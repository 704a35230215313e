"""What every step begins and ends with: the row held, the right party, the application reckoned, the step written down."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import insert, update

from backend.accounts import service as accounts
from backend.accounts.errors import EvidenceNotFound
from backend.accounts.values import AccountValue
from backend.factors import service as factors
from backend.kit.clock import now, today
from backend.kit.db import Read, Write
from backend.kit.ids import new_id
from backend.kit.scope import Kind, Scope
from backend.projects import queries
from backend.projects.errors import InvestmentProjectNotFound, ProjectOfAuthority
from backend.projects.models import InvestmentProject, InvestmentProjectStep, InvestmentProjectVersion
from backend.projects.rules import measuring, moving, tiers, writing
from backend.projects.values import (
    Action,
    Assessment,
    ProjectFacts,
    ProjectState,
    ProjectValue,
    Review,
    VersionValue,
)


async def held(write: Write, account_id: UUID, project_id: UUID) -> ProjectValue:
    """Return the project, its row held: steps of a project follow one another.

    Raises:
        InvestmentProjectNotFound: not there, or not visible.
    """
    row = await write.row(
        queries.PROJECT.where(
            InvestmentProject.account_id == account_id, InvestmentProject.id == project_id
        ).with_for_update()
    )
    if row is None:
        raise InvestmentProjectNotFound
    return queries.project_of(row)


async def stepping(write: Write, scope: Scope, account_id: UUID, project_id: UUID, action: Action) -> ProjectValue:
    """Return the project a step is about to be taken of, its row held.

    Raises:
        Unauthenticated, Forbidden: without the step's permission.
        InvestmentProjectNotFound: not there, or not visible.
        AccountNotFound, AccountNotYours, AccountClosed: a step of the owner's.
        ProjectOfAuthority: a step of the authority's.
        ProjectStepNotAllowed: the state does not allow it.
    """
    who = moving.PATHS[action].who
    scope.require(moving.PERMISSIONS[who])
    project = await held(write, account_id, project_id)
    if who is moving.Who.OWNER:
        await accounts.own_account(write, scope, account_id)
    elif scope.kind not in {Kind.AUTHORITY, Kind.SYSTEM}:
        raise ProjectOfAuthority(action=action.value)
    moving.check_path(action, project.state)
    return project


async def version_of(read: Read, scope: Scope, project: ProjectValue) -> VersionValue:
    """Return what a project's application says now."""
    [found] = await queries.versions_by_key(read, scope, [(project.account_id, project.id, project.version)])
    assert found is not None  # noqa: S101 - a project has its version from the first moment
    return found


async def facts_approved(read: Read, scope: Scope, project: ProjectValue) -> ProjectFacts:
    """Return what was approved of a project; it was approved before."""
    assert project.approved_version is not None  # noqa: S101 - whoever asks knows that it was approved
    [found] = await queries.versions_by_key(read, scope, [(project.account_id, project.id, project.approved_version)])
    assert found is not None  # noqa: S101 - versions are never removed
    return writing.facts_of(found.facts)


async def assessed(
    read: Read, scope: Scope, account: AccountValue, facts: ProjectFacts
) -> tuple[Assessment, Review]:  # fmt: skip
    """Return what an application comes to with today's factors, and who reviews it."""
    book = await factors.book(read, scope, published_by=today(), names=measuring.FAMILIES)
    asking = measuring.Asking(book, today(), account.fuel_table, account.province_code, account.grid_region)
    result = measuring.assess(
        facts.lines, facts.outputs, facts.value_added, facts.electricity_equivalent, asking, facts.output_value
    )
    return result, reviewed(scope, facts, result)


def reviewed(scope: Scope, facts: ProjectFacts, result: Assessment) -> Review:
    """Return who reviews a project whose application came to this."""
    return tiers.of_facts(scope.tenant, facts, result)


async def check_papers(read: Read, scope: Scope, account_id: UUID, evidence_ids: list[UUID]) -> None:
    """Refuse files that are no evidence of the account.

    Raises:
        EvidenceNotFound: one is not there, or not visible.
    """
    found = await accounts.evidence_by_id(read, scope, [(account_id, each) for each in evidence_ids])
    if None in found:
        raise EvidenceNotFound


async def store_version(
    write: Write, scope: Scope, account_id: UUID, project_id: UUID, version: int, facts: ProjectFacts,
    result: Assessment, review: Review,
) -> None:  # fmt: skip
    """Store what an application says and what it came to."""
    said, came_to = writing.as_json(facts), writing.as_json(result)
    await write.run(
        insert(InvestmentProjectVersion).values(
            account_id=account_id, project_id=project_id, version=version, facts=said, result=came_to,
            tier=None if review.tier is None else review.tier.value,
            has_carbon_evaluation=review.has_carbon_evaluation, tce=result.tce, tce_equivalent=result.tce_equivalent,
            coal=result.coal, tonnes=result.tonnes, sha256=writing.digest(said, came_to), recorded_at=now(),
            recorded_by=scope.actor_id,
        )
    )  # fmt: skip


async def move(
    write: Write,
    scope: Scope,
    project: ProjectValue,
    action: Action,
    target: ProjectState,
    on: date,
    *,
    due_on: date | None = None,
    reference: str = "",
    note: str = "",
    facts: Mapping[str, Any] | None = None,
    **changes: Any,  # noqa: ANN401 - columns of a project
) -> ProjectValue:
    """Store a step, the project's facts that change with it, and the audit event; return the project as it is then.

    The day its state's time runs out is `due_on`, none unless given.
    """
    stored: dict[str, Any] = {**changes, "state": target, "state_on": on, "due_on": due_on}
    after = replace(project, **stored)
    await write.run(
        update(InvestmentProject)
        .where(InvestmentProject.account_id == project.account_id, InvestmentProject.id == project.id)
        .values({name: each.value if isinstance(each, ProjectState) else each for name, each in stored.items()})
    )
    await note_step(write, scope, after, action, project.state.value, reference=reference, note=note, facts=facts)
    return after


async def note_step(
    write: Write,
    scope: Scope,
    project: ProjectValue,
    action: Action,
    before: str,
    *,
    reference: str = "",
    note: str = "",
    facts: Mapping[str, Any] | None = None,
) -> None:
    """Store a step and its audit event; `project` is as it is after the step."""
    said = writing.plain(facts or {})
    await write.run(
        insert(InvestmentProjectStep).values(
            account_id=project.account_id, id=new_id(), project_id=project.id, version=project.version,
            action=action.value, from_state=before, to_state=project.state.value, on=project.state_on,
            due_on=project.due_on, reference=reference, note=note, facts=said, organisation_id=scope.organisation_id,
            actor_id=scope.actor_id, recorded_at=now(),
        )
    )  # fmt: skip
    write.audit(
        f"projects:{action.value}", object_type="InvestmentProject", object_id=project.id,
        account=str(project.account_id), name=project.name, before=before, after=project.state.value,
        version=project.version, on=project.state_on, reference=reference, note=note, said=said,
    )  # fmt: skip
