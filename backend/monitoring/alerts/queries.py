"""Reads of warnings, their steps and evaluations. Row-level security leaves an authority its subtree."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, func, select, tuple_
from sqlalchemy.dialects.postgresql import distinct_on

from backend.kit.db import Read
from backend.kit.scope import Scope
from backend.monitoring.alerts.models import MonitoringEvaluation, MonitoringStep, MonitoringWarning
from backend.monitoring.alerts.values import (
    Cause,
    CauseKind,
    EvaluationValue,
    StepKind,
    StepValue,
    WarningState,
    WarningValue,
)

WARNING = select(*(each for each in MonitoringWarning.__table__.columns if each.name != "escalated_for"))
STEP = select(
    MonitoringStep.id, MonitoringStep.warning_id, MonitoringStep.kind, MonitoringStep.note, MonitoringStep.facts,
    MonitoringStep.at, MonitoringStep.by, MonitoringStep.organisation_id,
)  # fmt: skip
Place = tuple[datetime, UUID]
CAUSE = ("kind", "division_code", "division_path", "sector", "account_id", "year")


def warning_of(row: Row[Any]) -> WarningValue:
    """Return a row as a warning."""
    given: dict[str, Any] = {**row._mapping, "kind": CauseKind(row.kind), "state": WarningState(row.state)}  # noqa: SLF001 - a row's public spelling as a mapping
    given["cause"] = Cause(**{name: given.pop(name) for name in CAUSE})
    return WarningValue(**given)


async def warning(read: Read, _scope: Scope, warning_id: UUID, *, is_held: bool = False) -> WarningValue | None:
    """Return a warning, None where the caller sees none; `is_held` locks it."""
    wanted = WARNING.where(MonitoringWarning.id == warning_id)
    row = await read.row(wanted.with_for_update() if is_held else wanted)
    return None if row is None else warning_of(row)


async def newest_of_causes(read: Read, _scope: Scope, under: str) -> dict[Cause, WarningValue]:
    """Return the newest warning of each cause in a subtree, locked."""
    table = MonitoringWarning
    cause = (table.kind, table.division_code, table.sector, table.account_id, table.year)
    newest = (
        select(table.id)
        .ext(distinct_on(*cause))
        .where(func.starts_with(table.division_path, under))
        .order_by(*cause, table.raised_at.desc(), table.id.desc())
    )
    rows = await read.rows(WARNING.where(table.id.in_(newest)).order_by(table.id).with_for_update())
    return {each.cause: each for each in map(warning_of, rows)}


async def warnings(
    read: Read,
    _scope: Scope,
    *,
    under: str | None = None,
    states: Sequence[WarningState] = (),
    kinds: Sequence[CauseKind] = (),
    levels: Sequence[str] = (),
    account_id: UUID | None = None,
    due_before: date | None = None,
    after: Place | None = None,
    limit: int,
) -> list[WarningValue]:
    """Return warnings, the newest first; empty lists do not restrict. `due_before`: open ones whose answer was due by then."""
    table = MonitoringWarning
    wanted: Select[Any] = WARNING.order_by(table.raised_at.desc(), table.id.desc()).limit(limit)
    if under is not None:
        wanted = wanted.where(func.starts_with(table.division_path, under))
    if states:
        wanted = wanted.where(table.state.in_([each.value for each in states]))
    if kinds:
        wanted = wanted.where(table.kind.in_([each.value for each in kinds]))
    if levels:
        wanted = wanted.where(table.level.in_(list(levels)))
    if account_id is not None:
        wanted = wanted.where(table.account_id == account_id)
    if due_before is not None:
        wanted = wanted.where(table.state != WarningState.CLOSED.value, table.due_on < due_before)
    if after is not None:
        wanted = wanted.where(tuple_(table.raised_at, table.id) < after)
    return [warning_of(row) for row in await read.rows(wanted)]


async def overdue(read: Read, _scope: Scope, on: date, limit: int) -> list[WarningValue]:
    """Return open warnings whose answer is overdue and was not escalated for this due date, locked."""
    table = MonitoringWarning
    rows = await read.rows(
        WARNING.where(
            table.state != WarningState.CLOSED.value, table.due_on < on, table.escalated_for.is_distinct_from(table.due_on)
        )
        .order_by(table.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )  # fmt: skip
    return [warning_of(row) for row in rows]


async def steps_of(read: Read, _scope: Scope, keys: list[UUID]) -> list[list[StepValue]]:
    """Return the steps of each warning, the oldest first; for a loader."""
    rows = await read.rows(
        STEP.where(MonitoringStep.warning_id.in_(keys)).order_by(MonitoringStep.at, MonitoringStep.id)
    )
    found: dict[UUID, list[StepValue]] = {key: [] for key in keys}
    for row in rows:
        found[row.warning_id].append(
            StepValue(
                row.id, row.warning_id, StepKind(row.kind), row.note, row.facts, row.at, row.by, row.organisation_id
            )
        )
    return [found[key] for key in keys]


async def evaluations(
    read: Read, _scope: Scope, *, under: str | None = None, after: Place | None = None, limit: int
) -> list[EvaluationValue]:
    """Return evaluations, the newest first."""
    table = MonitoringEvaluation
    wanted = select(*table.__table__.columns).order_by(table.evaluated_at.desc(), table.id.desc()).limit(limit)
    if under is not None:
        wanted = wanted.where(func.starts_with(table.division_path, under))
    if after is not None:
        wanted = wanted.where(tuple_(table.evaluated_at, table.id) < after)
    found: list[EvaluationValue] = []
    for row in await read.rows(wanted):
        given: dict[str, Any] = {**row._mapping, "untold": tuple(row.untold)}  # noqa: SLF001 - a row's public spelling as a mapping
        found.append(EvaluationValue(**given))
    return found
