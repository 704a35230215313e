"""Reads of CCER. Row-level security has decided what is visible before any condition here."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy import tuple_ as pair
from sqlalchemy.orm import aliased

from backend.credits.ccer.models import CcerComment, CcerProject, CcerReduction, CcerTransition
from backend.credits.ccer.values import (
    Action,
    CommentValue,
    ProjectState,
    ProjectValue,
    ReductionState,
    ReductionValue,
    TransitionValue,
)
from backend.kit.db import Read
from backend.kit.orm import Base
from backend.kit.scope import Scope

OwnKey = tuple[UUID, UUID]
"""(account, own id): the key of anything below an account."""
V = TypeVar("V")


def _columns(table: type[Base], value: type[Any]) -> list[Any]:
    return [table.__table__.columns[each.name] for each in fields(value)]


PROJECT = select(*_columns(CcerProject, ProjectValue))
REDUCTION = select(*_columns(CcerReduction, ReductionValue))
TRANSITION = select(*_columns(CcerTransition, TransitionValue))
COMMENT = select(*_columns(CcerComment, CommentValue))


def _facts(row: Any, **changes: object) -> dict[str, Any]:  # noqa: ANN401 - a row of any of the above
    return {**row._mapping, **changes}  # noqa: SLF001 - SQLAlchemy's public name


def project_of(row: Any) -> ProjectValue:  # noqa: ANN401 - a row of PROJECT
    """Return a row of `PROJECT` as a value."""
    return ProjectValue(**_facts(row, state=ProjectState(row.state)))


def reduction_of(row: Any) -> ReductionValue:  # noqa: ANN401 - a row of REDUCTION
    """Return a row of `REDUCTION` as a value."""
    return ReductionValue(**_facts(row, state=ReductionState(row.state)))


def _transition_of(row: Any) -> TransitionValue:  # noqa: ANN401 - a row of TRANSITION
    return TransitionValue(**_facts(row, action=Action(row.action)))


def _comment_of(row: Any) -> CommentValue:  # noqa: ANN401 - a row of COMMENT
    return CommentValue(**_facts(row))


@dataclass(frozen=True, slots=True)
class ProjectFilter:
    """Which projects a list shows; what is None does not restrict."""

    account_id: UUID | None = None
    state: ProjectState | None = None
    search: str | None = None


async def projects(
    read: Read, scope: Scope, wanted: ProjectFilter, *, after: str | None, limit: int
) -> list[ProjectValue]:
    """Return a page of projects in the order of their recording."""
    conditions: list[ColumnElement[bool]] = []
    if wanted.account_id is not None:
        conditions.append(CcerProject.account_id == wanted.account_id)
    if wanted.state is not None:
        conditions.append(CcerProject.state == wanted.state.value)
    if wanted.search:
        conditions.append(
            or_(
                func.strpos(func.lower(CcerProject.name), wanted.search.lower()) > 0,
                func.strpos(func.lower(CcerProject.code), wanted.search.lower()) > 0,
            )
        )
    if after is not None:
        conditions.append(CcerProject.id > UUID(after))
    rows = await read.rows(PROJECT.where(*conditions).order_by(CcerProject.id).limit(limit))
    return [project_of(row) for row in rows]


async def projects_by_id(read: Read, scope: Scope, keys: list[OwnKey]) -> list[ProjectValue | None]:
    """Return projects in the order of the keys."""
    rows = await read.rows(PROJECT.where(pair(CcerProject.account_id, CcerProject.id).in_(keys)))
    found = {(row.account_id, row.id): project_of(row) for row in rows}
    return [found.get(key) for key in keys]


async def reductions_by_id(read: Read, scope: Scope, keys: list[OwnKey]) -> list[ReductionValue | None]:
    """Return reductions in the order of the keys."""
    rows = await read.rows(REDUCTION.where(pair(CcerReduction.account_id, CcerReduction.id).in_(keys)))
    found = {(row.account_id, row.id): reduction_of(row) for row in rows}
    return [found.get(key) for key in keys]


async def reductions_below(read: Read, scope: Scope, keys: list[OwnKey]) -> list[list[ReductionValue]]:
    """Return the reductions of each project, by period."""
    rows = await read.rows(
        REDUCTION.where(pair(CcerReduction.account_id, CcerReduction.project_id).in_(keys)).order_by(
            CcerReduction.period_from, CcerReduction.id
        )
    )
    return _grouped(keys, [((row.account_id, row.project_id), reduction_of(row)) for row in rows])


ChildKey = tuple[UUID, UUID, UUID | None]
"""(account, project, reduction): None for what is of the project itself."""


async def transitions_below(read: Read, scope: Scope, keys: list[ChildKey]) -> list[list[TransitionValue]]:
    """Return the steps of each project or reduction, oldest first."""
    parents = [key[:2] for key in keys]
    rows = await read.rows(
        TRANSITION.where(pair(CcerTransition.account_id, CcerTransition.project_id).in_(parents)).order_by(
            CcerTransition.id
        )
    )
    return _grouped(keys, [((row.account_id, row.project_id, row.reduction_id), _transition_of(row)) for row in rows])


async def comments_below(read: Read, scope: Scope, keys: list[ChildKey]) -> list[list[CommentValue]]:
    """Return the comments on each project or reduction and their answers, oldest first."""
    parents = [key[:2] for key in keys]
    rows = await read.rows(
        COMMENT.where(pair(CcerComment.account_id, CcerComment.project_id).in_(parents)).order_by(CcerComment.id)
    )
    return _grouped(keys, [((row.account_id, row.project_id, row.reduction_id), _comment_of(row)) for row in rows])


async def comment(read: Read, scope: Scope, account_id: UUID, comment_id: UUID) -> CommentValue | None:
    """Return a comment of the public, None when it is not there or not visible."""
    row = await read.row(
        COMMENT.where(
            CcerComment.account_id == account_id, CcerComment.id == comment_id, CcerComment.answers_id.is_(None)
        )
    )
    return None if row is None else _comment_of(row)


async def unanswered(read: Read, scope: Scope, account_id: UUID, project_id: UUID, reduction_id: UUID | None) -> int:
    """Return how many comments on a project itself, or on one of its reductions, wait for an answer."""
    answer = aliased(CcerComment)
    return int(
        await read.value(
            select(func.count()).where(
                CcerComment.account_id == account_id,
                CcerComment.project_id == project_id,
                CcerComment.reduction_id.is_not_distinct_from(reduction_id),
                CcerComment.answers_id.is_(None),
                ~exists().where(answer.account_id == CcerComment.account_id, answer.answers_id == CcerComment.id),
            )
        )
    )


def _grouped(keys: Sequence[Any], rows: Sequence[tuple[Any, V]]) -> list[list[V]]:
    found: dict[Any, list[V]] = defaultdict(list)
    for key, value in rows:
        found[key].append(value)
    return [found[key] for key in keys]
