"""Reads of the rules an authority set."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from backend.budgets.values import RuleKind, RuleValue
from backend.kit.db import Read
from backend.kit.scope import Scope

COLUMNS = (
    "r.id, r.kind, r.value, r.document_number, r.document_dated, r.document_title, r.effective_on, r.reason,"
    " r.recorded_at, r.recorded_by, d.is_approved, d.reason as decision_reason, d.decided_at, d.decided_by"
)
FROM = "budget_rule r left join budget_rule_decision d on d.rule_id = r.id"
IN_FORCE = text(f"""
select distinct on (r.kind) {COLUMNS} from {FROM}
where d.is_approved and r.effective_on <= :on
order by r.kind, r.effective_on desc, d.decided_at desc""")
LISTED = text(f"""
select {COLUMNS} from {FROM}
where (cast(:after_at as timestamptz) is null or (r.recorded_at, r.id) < (:after_at, cast(:after_id as uuid)))
order by r.recorded_at desc, r.id desc
limit :limit""")
ONE = text(f"select {COLUMNS} from {FROM} where r.id = :id")


def _rule(row: Any) -> RuleValue:  # noqa: ANN401 - a row of `COLUMNS`
    given: dict[str, Any] = {**row._mapping, "kind": RuleKind(row.kind)}  # noqa: SLF001 - SQLAlchemy's public name of a row's mapping
    return RuleValue(**given)


async def rules_in_force(read: Read, _scope: Scope, on: date) -> dict[RuleKind, RuleValue]:
    """Return the rules in force on a day, by kind."""
    return {RuleKind(row.kind): _rule(row) for row in await read.rows(IN_FORCE, {"on": on})}


async def rules(
    read: Read, _scope: Scope, *, after: tuple[datetime, UUID] | None = None, limit: int
) -> Sequence[RuleValue]:
    """Return rules as they were proposed, the newest first."""
    asked = {"after_at": after[0] if after else None, "after_id": after[1] if after else None, "limit": limit}
    return [_rule(row) for row in await read.rows(LISTED, asked)]


async def rule(read: Read, _scope: Scope, rule_id: UUID) -> RuleValue | None:
    """Return a rule, None where there is none."""
    row = await read.row(ONE, {"id": rule_id})
    return None if row is None else _rule(row)
