"""Reads of plans: what they say now and where they stand. Row-level security decides which a caller sees."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import JSONB

from backend.kit.db import Read
from backend.kit.scope import Scope
from backend.targets.rules import lines
from backend.targets.values import TargetPlanState, TargetPlanValue

_PLAN = """
select p.id, p.name, p.division_code, p.division_path, p.document_number, p.document_dated, p.document_title,
       p.effective_on, p.created_at, p.created_by, r.revision, r.lines, r.sha256, r.recorded_at as revised_at,
       r.recorded_by as revised_by, d.is_approved, d.decided_at, d.decided_by, d.reason as decision_reason
from target_plan p
join lateral (select * from target_plan_revision each where each.plan_id = p.id order by each.revision desc limit 1) r
    on true
left join target_plan_decision d on d.plan_id = p.id
"""
_ONE = text(f"{_PLAN} where p.id = :id").columns(lines=JSONB)
_SEVERAL = text(f"""{_PLAN}
where (cast(:under as text) is null or starts_with(p.division_path, :under))
  and (cast(:at as timestamptz) is null or (p.created_at, p.id) < (:at, cast(:id as uuid)))
order by p.created_at desc, p.id desc limit :limit""").columns(lines=JSONB)
_AUTHORS = text("select distinct recorded_by from target_plan_revision where plan_id = :id")
_REVISIONS = text("""
select revision, lines, sha256, reason, recorded_at, recorded_by from target_plan_revision
where plan_id = :id order by revision desc""").columns(lines=JSONB)
_STATES = {None: TargetPlanState.DRAFT, True: TargetPlanState.APPROVED, False: TargetPlanState.REJECTED}


def _value(row: Any) -> TargetPlanValue:  # noqa: ANN401 - a row
    given: dict[str, Any] = {**row._mapping, "lines": lines.loaded(row.lines), "state": _STATES[row.is_approved]}  # noqa: SLF001 - SQLAlchemy's public name of a row's mapping
    del given["is_approved"]
    return TargetPlanValue(**given)


async def plan(read: Read, _scope: Scope, plan_id: UUID) -> TargetPlanValue | None:
    """Return a plan with its newest lines, None where the caller sees none."""
    row = await read.row(_ONE, {"id": plan_id})
    return None if row is None else _value(row)


async def plans(
    read: Read, _scope: Scope, *, under: str | None = None, after: tuple[datetime, UUID] | None = None, limit: int
) -> list[TargetPlanValue]:
    """Return plans, the newest first."""
    at, own = after or (None, None)
    rows = await read.rows(_SEVERAL, {"under": under, "at": at, "id": own, "limit": limit})
    return [_value(row) for row in rows]


async def authors(read: Read, _scope: Scope, plan_id: UUID) -> set[UUID | None]:
    """Return who wrote a revision of a plan."""
    return {row.recorded_by for row in await read.rows(_AUTHORS, {"id": plan_id})}


async def revisions(read: Read, _scope: Scope, plan_id: UUID) -> Sequence[Any]:
    """Return every revision of a plan, the newest first."""
    return await read.rows(_REVISIONS, {"id": plan_id})
