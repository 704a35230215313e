"""Reads of appeals and corrections. Row-level security has decided what is visible."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any
from uuid import UUID

from sqlalchemy import select, text, tuple_

from backend.kit.db import Read
from backend.kit.scope import Scope
from backend.scores.appeals.models import ScoreAppeal, ScoreOverride
from backend.scores.appeals.values import AppealState, AppealValue, OverrideValue

APPEAL = select(*(ScoreAppeal.__table__.columns[each.name] for each in fields(AppealValue)))
OVERRIDE = select(*(ScoreOverride.__table__.columns[each.name] for each in fields(OverrideValue)))

RECORDERS = text("""
select document from score_penalty
where account_id = :account_id and withdrawn_at is null and recorded_by = :actor order by document limit 1""")


@dataclass(frozen=True, slots=True)
class AppealFilter:
    """Which appeals; what is None does not restrict."""

    account_id: UUID | None = None
    state: AppealState | None = None
    is_overdue: bool | None = None


def appeal_of(row: Any) -> AppealValue:  # noqa: ANN401 - a row
    """Return a row as a value."""
    named: dict[str, Any] = {**row._mapping, "state": AppealState(row.state)}  # noqa: SLF001 - a row's public mapping
    return AppealValue(**named)


async def appeals(
    read: Read, scope: Scope, wanted: AppealFilter, *, before: UUID | None = None, limit: int
) -> list[AppealValue]:
    """Return the appeals the caller sees, newest first.

    Raises:
        Unauthenticated, Forbidden: without `scores:read`.
    """
    scope.require("scores:read")
    statement = APPEAL
    if wanted.account_id is not None:
        statement = statement.where(ScoreAppeal.account_id == wanted.account_id)
    if wanted.state is not None:
        statement = statement.where(ScoreAppeal.state == wanted.state.value)
    if wanted.is_overdue is not None:
        overdue = (ScoreAppeal.state == AppealState.OPEN.value) & (
            ScoreAppeal.due_on < text("(now() at time zone 'Asia/Shanghai')::date")
        )
        statement = statement.where(overdue if wanted.is_overdue else ~overdue)
    if before is not None:
        statement = statement.where(ScoreAppeal.id < before)
    return [appeal_of(row) for row in await read.rows(statement.order_by(ScoreAppeal.id.desc()).limit(limit))]


async def appeals_by_id(read: Read, scope: Scope, keys: Sequence[tuple[UUID, UUID]]) -> list[AppealValue | None]:
    """Return the appeal of each (account, appeal), None for one that is not visible; for a loader."""
    scope.require("scores:read")
    rows = await read.rows(APPEAL.where(tuple_(ScoreAppeal.account_id, ScoreAppeal.id).in_(keys)))
    found = {(row.account_id, row.id): appeal_of(row) for row in rows}
    return [found.get(key) for key in keys]


async def overrides_of(read: Read, scope: Scope, keys: Sequence[tuple[UUID, UUID]]) -> list[OverrideValue | None]:
    """Return what each (account, appeal) corrected, None for nothing; for a loader."""
    scope.require("scores:read")
    rows = await read.rows(OVERRIDE.where(tuple_(ScoreOverride.account_id, ScoreOverride.appeal_id).in_(keys)))
    found = {(row.account_id, row.appeal_id): OverrideValue(*row) for row in rows}
    return [found.get(key) for key in keys]


async def own_penalty(read: Read, scope: Scope, account_id: UUID) -> str | None:
    """Return the document of a standing penalty of the account that the caller recorded, None for none."""
    return await read.value(RECORDERS, {"account_id": account_id, "actor": scope.actor_id})
