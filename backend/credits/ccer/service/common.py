"""What every step begins and ends with: the row held, the right party, the step written down."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import insert, literal, update
from sqlalchemy.dialects.postgresql import insert as upsert

from backend.accounts import service as accounts
from backend.credits.ccer import queries, rules
from backend.credits.ccer.errors import (
    BodyOnly,
    CommentsUnanswered,
    MethodologyUnknown,
    ProjectNotFound,
    ReductionNotFound,
    RegistrarOnly,
)
from backend.credits.ccer.models import CcerProject, CcerReduction, CcerTransition
from backend.credits.ccer.rules import Path, Who
from backend.credits.ccer.values import (
    Action,
    Methodology,
    ProjectValue,
    ReductionValue,
    Step,
    TransitionValue,
)
from backend.factors import service as factors
from backend.kit.clock import now, today
from backend.kit.db import Read, Write
from backend.kit.ids import new_id
from backend.kit.orm import Base
from backend.kit.scope import Kind, Scope

FAMILY = "ccer.methodologies"


async def methodologies(read: Read, scope: Scope, on: date | None = None) -> list[Methodology]:
    """Return the methodologies in force on a day (today), by code.

    Raises:
        Unauthenticated, Forbidden: without `credits:read`.
    """
    scope.require("credits:read")
    day = on or today()
    book = await factors.book(read, scope, published_by=day, names=(FAMILY,))
    chosen = [found for key in book.keys(FAMILY) if (found := book.find(FAMILY, key, (), day))]
    by_id = await factors.parameters_by_id(read, scope, [each.version_id for each in chosen])  # type: ignore[union-attr]  # a Missing is false
    return [
        Methodology(
            code=version.key,
            name=version.text_value or "",
            field=str(version.attributes.get("field", "")),
            period=str(version.attributes.get("crediting_period", "")),
            conditions=str(version.attributes.get("key_conditions", "")),
            document=version.document,
            published_on=version.published_on,
            source=version.source,
            confidence=version.confidence,
            note=version.note,
            is_uncertain=each.is_uncertain,  # type: ignore[union-attr]  # a Missing is false
        )
        for each in chosen
        if (version := by_id.get(each.version_id)) is not None  # type: ignore[union-attr]  # a Missing is false
    ]


async def methodology(read: Read, scope: Scope, code: str, on: date) -> Methodology:
    """Return a methodology in force on a day.

    Raises:
        MethodologyUnknown: not among those published by then.
    """
    for each in await methodologies(read, scope, on):
        if each.code == code:
            return each
    raise MethodologyUnknown(methodology=code[:80], on=str(on), path=("input", "facts", "methodology"))


async def held_project(write: Write, account_id: UUID, project_id: UUID) -> ProjectValue:
    """Return the project, its row held: steps of a project and of its reductions follow one another.

    Raises:
        ProjectNotFound: not there, or not visible.
    """
    row = await write.row(
        queries.PROJECT.where(CcerProject.account_id == account_id, CcerProject.id == project_id).with_for_update()
    )
    if row is None:
        raise ProjectNotFound
    return queries.project_of(row)


async def held_reduction(
    write: Write, scope: Scope, account_id: UUID, reduction_id: UUID
) -> tuple[ProjectValue, ReductionValue]:
    """Return a reduction and its project, both rows held, the project's first.

    Raises:
        ReductionNotFound: not there, or not visible.
    """
    (found,) = await queries.reductions_by_id(write, scope, [(account_id, reduction_id)])
    if found is None:
        raise ReductionNotFound
    project = await held_project(write, account_id, found.project_id)
    row = await write.row(
        queries.REDUCTION.where(
            CcerReduction.account_id == account_id, CcerReduction.id == reduction_id
        ).with_for_update()
    )
    if row is None:
        raise ReductionNotFound
    return project, queries.reduction_of(row)


async def check_party(read: Read, scope: Scope, path: Path, action: Action, account_id: UUID) -> None:
    """Refuse whoever a step is not for.

    Raises:
        AccountNotFound, AccountNotYours, AccountClosed: a step of the owner's.
        BodyOnly, RegistrarOnly: a step of a verification body's, of the authority's.
    """
    if path.who is Who.OWNER:
        await accounts.own_account(read, scope, account_id)
    elif path.who is Who.BODY:
        if scope.kind is not Kind.VERIFIER:
            raise BodyOnly(action=action.value)
    elif scope.kind not in {Kind.AUTHORITY, Kind.SYSTEM}:
        raise RegistrarOnly(action=action.value)


async def check_answers(read: Read, scope: Scope, project: ProjectValue, reduction_id: UUID | None) -> None:
    """Refuse to go on while comments wait.

    Raises:
        CommentsUnanswered: says how many.
    """
    count = await queries.unanswered(read, scope, project.account_id, project.id, reduction_id)
    if count:
        raise CommentsUnanswered(count=count)


def said(step: Step, path: Path) -> Step:
    """Return the step with its words trimmed.

    Raises:
        CcerTextInvalid: too long, or a reason that is needed and missing.
    """
    return replace(
        step,
        reference=rules.words(step.reference, "reference"),
        note=rules.words(step.note, "note", least=1 if path.needs_note else 0, most=2000),
    )


async def move_project(
    write: Write, scope: Scope, project: ProjectValue, action: Action, target: str, step: Step, **changes: object
) -> ProjectValue:
    """Store a step of a project, the facts that change with it, and the transition."""
    assert step.on is not None  # noqa: S101 - `rules.step_day` gave it
    await _store(write, CcerProject, project, {"state": target, "state_on": step.on, **changes})
    await _transit(write, scope, project, None, action, project.state, target, step)
    (found,) = await queries.projects_by_id(write, scope, [(project.account_id, project.id)])
    assert found is not None  # noqa: S101 - its row is held
    return found


async def move_reduction(
    write: Write,
    scope: Scope,
    project: ProjectValue,
    reduction: ReductionValue,
    action: Action,
    target: str,
    step: Step,
    *,
    movement_id: UUID | None = None,
    **changes: object,
) -> ReductionValue:
    """Store a step of a reduction, the facts that change with it, and the transition."""
    assert step.on is not None  # noqa: S101 - `rules.step_day` gave it
    await _store(write, CcerReduction, reduction, {"state": target, "state_on": step.on, **changes})
    await _transit(write, scope, project, reduction, action, reduction.state, target, step, movement_id)
    (found,) = await queries.reductions_by_id(write, scope, [(reduction.account_id, reduction.id)])
    assert found is not None  # noqa: S101 - its row is held
    return found


async def begin(write: Write, scope: Scope, project: ProjectValue, reduction: ReductionValue | None, on: date) -> None:
    """Store the first transition: a draft, a report."""
    action = Action.DRAFT if reduction is None else Action.REPORT
    target = project.state if reduction is None else reduction.state
    await _transit(write, scope, project, reduction, action, "", target, Step(on=on))


async def insert_new(write: Write, table: type[Base], value: Any) -> bool:  # noqa: ANN401 - a value of the table's shape
    """Insert a value; False when it clashes with a row that stands, and then nothing happened."""
    statement = upsert(table).values(asdict(value)).on_conflict_do_nothing().returning(literal(1))
    return await write.value(statement) is not None


async def _store(
    write: Write,
    table: type[CcerProject | CcerReduction],
    value: ProjectValue | ReductionValue,
    changes: Mapping[str, object],
) -> None:
    await write.run(
        update(table).where(table.account_id == value.account_id, table.id == value.id).values(**dict(changes))
    )


async def _transit(
    write: Write,
    scope: Scope,
    project: ProjectValue,
    reduction: ReductionValue | None,
    action: Action,
    source: str,
    target: str,
    step: Step,
    movement_id: UUID | None = None,
) -> None:
    assert step.on is not None  # noqa: S101 - a step has its day by now
    transition = TransitionValue(
        account_id=project.account_id,
        id=new_id(),
        project_id=project.id,
        reduction_id=None if reduction is None else reduction.id,
        action=action,
        from_state=str(source),
        to_state=str(target),
        on=step.on,
        due_on=rules.answer_due(step.on) if action is Action.APPLY else None,
        reference=step.reference,
        note=step.note,
        movement_id=movement_id,
        organisation_id=scope.organisation_id,
        actor_id=scope.actor_id,
        recorded_at=now(),
    )
    await write.run(insert(CcerTransition).values(asdict(transition)))
    write.audit(
        f"credits:ccer_{action.value}",
        object_type="CcerProject" if reduction is None else "CcerReduction",
        object_id=project.id if reduction is None else reduction.id,
        account=str(project.account_id), code=project.code, before=str(source), after=str(target), on=step.on,
        reference=step.reference, note=step.note,
    )  # fmt: skip
