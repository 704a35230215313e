"""Reads of investment projects. Row-level security has decided what is visible before any condition here."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy import tuple_ as pair

from backend.kit.clock import today
from backend.kit.db import Read
from backend.kit.orm import Base
from backend.kit.scope import Scope
from backend.projects.models import (
    AdmissionLevel,
    InvestmentProject,
    InvestmentProjectStep,
    InvestmentProjectVersion,
)
from backend.projects.values import (
    Action,
    LevelValue,
    Measure,
    ProjectState,
    ProjectValue,
    StepValue,
    VersionValue,
)

OwnKey = tuple[UUID, UUID]
"""(account, own id): the key of a project."""
VersionKey = tuple[UUID, UUID, int]
"""(account, project, version)."""


def _columns(table: type[Base], value: type[Any]) -> list[Any]:
    return [table.__table__.columns[each.name] for each in fields(value)]


PROJECT = select(*_columns(InvestmentProject, ProjectValue))
VERSION = select(*_columns(InvestmentProjectVersion, VersionValue))
STEP = select(*_columns(InvestmentProjectStep, StepValue))
LEVEL = select(*_columns(AdmissionLevel, LevelValue))


def project_of(row: Any) -> ProjectValue:  # noqa: ANN401 - a row of PROJECT
    """Return a row of `PROJECT` as a value."""
    return _project(row)


def _step_of(row: Any) -> StepValue:  # noqa: ANN401 - a row of STEP
    named: dict[str, Any] = {**row._mapping, "action": Action(row.action)}  # noqa: SLF001 - SQLAlchemy's public name
    return StepValue(**named)


def _level_of(row: Any) -> LevelValue:  # noqa: ANN401 - a row of LEVEL
    named: dict[str, Any] = {**row._mapping, "measure": Measure(row.measure)}  # noqa: SLF001 - SQLAlchemy's public name
    return LevelValue(**named)


@dataclass(frozen=True, slots=True)
class ProjectFilter:
    """Which projects; None does not restrict."""

    account_id: UUID | None = None
    division_path: str | None = None
    state: ProjectState | None = None
    sector: str | None = None
    due_before: date | None = None
    search: str | None = None


async def projects(
    read: Read, _scope: Scope, wanted: ProjectFilter, *, after: str | None, limit: int
) -> list[ProjectValue]:
    """Return visible projects in the order of their recording."""
    statement = PROJECT.where(*_conditions(wanted)).order_by(InvestmentProject.id).limit(limit)
    if after is not None:
        statement = statement.where(InvestmentProject.id > UUID(after))
    return [project_of(row) for row in await read.rows(statement)]


def _conditions(wanted: ProjectFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.account_id is not None:
        found.append(InvestmentProject.account_id == wanted.account_id)
    if wanted.division_path is not None:
        found.append(InvestmentProject.division_path.startswith(wanted.division_path, autoescape=True))
    if wanted.state is not None:
        found.append(InvestmentProject.state == wanted.state.value)
    if wanted.sector is not None:
        found.append(InvestmentProject.sector == wanted.sector)
    if wanted.due_before is not None:
        found.append(InvestmentProject.due_on < wanted.due_before)
    if wanted.search:
        found.append(
            or_(
                InvestmentProject.name.icontains(wanted.search, autoescape=True),
                InvestmentProject.code.icontains(wanted.search, autoescape=True),
            )
        )
    return found


async def projects_by_id(read: Read, _scope: Scope, keys: list[OwnKey]) -> list[ProjectValue | None]:
    """Return projects in the order of their keys."""
    rows = await read.rows(PROJECT.where(pair(InvestmentProject.account_id, InvestmentProject.id).in_(keys)))
    found = {(row.account_id, row.id): project_of(row) for row in rows}
    return [found.get(key) for key in keys]


async def versions_by_key(read: Read, _scope: Scope, keys: list[VersionKey]) -> list[VersionValue | None]:
    """Return versions of applications in the order of their keys."""
    table = InvestmentProjectVersion
    rows = await read.rows(VERSION.where(pair(table.account_id, table.project_id, table.version).in_(keys)))
    found = {(row.account_id, row.project_id, row.version): VersionValue(*row) for row in rows}
    return [found.get(key) for key in keys]


async def steps_below(read: Read, _scope: Scope, keys: list[OwnKey]) -> list[list[StepValue]]:
    """Return the steps of projects, oldest first, in the order of their keys."""
    table = InvestmentProjectStep
    found: dict[OwnKey, list[StepValue]] = defaultdict(list)
    rows = await read.rows(STEP.where(pair(table.account_id, table.project_id).in_(keys)).order_by(table.id))
    for row in rows:
        found[row.account_id, row.project_id].append(_step_of(row))
    return [found[key] for key in keys]


async def levels(
    read: Read, _scope: Scope, *, sector: str | None = None, on: date | None = None
) -> list[LevelValue]:  # fmt: skip
    """Return the admission levels that the caller sees, by sector and product; those in force on a day."""
    statement = LEVEL.order_by(AdmissionLevel.sector, AdmissionLevel.product, AdmissionLevel.id)
    if sector is not None:
        statement = statement.where(AdmissionLevel.sector == sector)
    if on is not None:
        statement = statement.where(AdmissionLevel.effective_on <= on)
    return [_level_of(row) for row in await read.rows(statement)]


async def levels_by_sector(read: Read, _scope: Scope, sectors: list[str]) -> list[list[LevelValue]]:
    """Return the admission levels in force today of each sector; for a loader."""
    rows = await read.rows(
        LEVEL.where(AdmissionLevel.sector.in_(sectors), AdmissionLevel.effective_on <= today()).order_by(
            AdmissionLevel.product, AdmissionLevel.id
        )
    )
    known = [_level_of(row) for row in rows]
    return [[each for each in known if each.sector == sector] for sector in sectors]


async def levels_by_id(read: Read, _scope: Scope, ids: list[UUID]) -> list[LevelValue | None]:
    """Return admission levels in the order of their ids."""
    found = {row.id: _level_of(row) for row in await read.rows(LEVEL.where(AdmissionLevel.id.in_(ids)))}
    return [found.get(each) for each in ids]


async def current_versions(
    read: Read, _scope: Scope, wanted: ProjectFilter, limit: int
) -> list[tuple[ProjectValue, VersionValue]]:
    """Return visible projects with their newest versions, in the order of their recording."""
    table, number = InvestmentProjectVersion, len(fields(ProjectValue))
    statement = (
        select(*_columns(InvestmentProject, ProjectValue), *_columns(table, VersionValue))
        .join(
            table,
            and_(
                table.account_id == InvestmentProject.account_id, table.project_id == InvestmentProject.id,
                table.version == InvestmentProject.version,
            ),
        )
        .where(*_conditions(wanted))
        .order_by(InvestmentProject.id)
        .limit(limit)
    )  # fmt: skip
    return [(_project(row[:number]), VersionValue(*row[number:])) for row in await read.rows(statement)]


def _project(cells: Sequence[Any]) -> ProjectValue:
    named: dict[str, Any] = dict(zip((each.name for each in fields(ProjectValue)), cells, strict=True))
    named["state"] = ProjectState(named["state"])
    named["prior_state"] = named["prior_state"] and ProjectState(named["prior_state"])
    return ProjectValue(**named)


async def lapsed(read: Read, _scope: Scope, day: date, limit: int) -> Sequence[OwnKey]:
    """Return projects that did not start while their approval was valid, one whose change waits among them."""
    is_waiting = or_(
        InvestmentProject.state == ProjectState.APPROVED.value,
        InvestmentProject.prior_state == ProjectState.APPROVED.value,
    )
    rows = await read.rows(
        select(InvestmentProject.account_id, InvestmentProject.id)
        .where(is_waiting, InvestmentProject.due_on < day)
        .order_by(InvestmentProject.id)
        .limit(limit)
    )
    return [(row.account_id, row.id) for row in rows]


async def unanswered(read: Read, _scope: Scope, day: date, limit: int) -> Sequence[OwnKey]:
    """Return submitted projects whose check of the materials ended before a day."""
    rows = await read.rows(
        select(InvestmentProject.account_id, InvestmentProject.id)
        .where(InvestmentProject.state == ProjectState.SUBMITTED.value, InvestmentProject.due_on < day)
        .order_by(InvestmentProject.id)
        .limit(limit)
    )
    return [(row.account_id, row.id) for row in rows]
