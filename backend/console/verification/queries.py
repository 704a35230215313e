"""The verification desk in one statement: every open account of a year, how far it is, and who verifies it until when.

What an account has of a year is its newest inventory that was not withdrawn or restated. `since` is when it came into its
state. Row-level security shows an authority its region, a verifier the accounts it is engaged on.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import text

from backend.console.values import AssignmentState, DeskRow, DeskState
from backend.kit.clock import today
from backend.kit.db import Read
from backend.kit.scope import Scope

DESK = """
newest as materialized (
    select distinct on (account_id) account_id, id, version, state, computed_at
    from inventory where year = :year and state not in ('withdrawn', 'restated')
    order by account_id, version desc
),
moved as materialized (
    select t.account_id, max(t.at) as at
    from inventory_transition t join newest n on n.account_id = t.account_id and n.id = t.inventory_id
    where t.to_state = n.state group by t.account_id
),
found as materialized (
    select f.account_id, count(*) filter (where f.state = 'open') as open,
        count(*) filter (where f.state = 'answered') as answered
    from finding f join newest n on n.account_id = f.account_id and n.id = f.inventory_id
    where f.state <> 'resolved' group by f.account_id
),
assigned as materialized (
    select distinct on (account_id) account_id, id, state, verifier_id, verifier_name, due_on
    from verification_assignment where year = :year and state <> 'withdrawn'
    order by account_id, proposed_at desc
),
desk as (
    select a.id as account_id, a.number, a.name, a.organisation_id, a.division_code, a.sector,
        coalesce(n.state, 'missing') as state, n.id as inventory_id, n.version,
        coalesce(m.at, n.computed_at) as since, coalesce(f.open, 0) as findings_open,
        coalesce(f.answered, 0) as findings_answered, s.id as assignment_id, s.state as assignment_state,
        s.verifier_id, s.verifier_name, s.due_on
    from carbon_account a
    left join newest n on n.account_id = a.id
    left join moved m on m.account_id = a.id
    left join found f on f.account_id = a.id
    left join assigned s on s.account_id = a.id
    where a.closed_at is null and (cast(:under as text) is null or starts_with(a.division_path, :under))
)
"""
"""The rows of the desk as `desk`, for a `with`: of `:year`, below the path `:under`."""
LATE = "(due_on < :today and state in ('missing', 'computed', 'submitted'))"
_ROWS = text(f"""with {DESK}
select * from desk
where (cast(:states as text[]) is null or state = any(cast(:states as text[])))
    and (not :is_late or {LATE})
    and (not :is_unassigned or assignment_id is null or assignment_state = 'declined')
    and (cast(:after_day as date) is null or (coalesce(due_on, date '9999-12-31'), number) > (:after_day, :after_number))
order by coalesce(due_on, date '9999-12-31'), number limit :limit""")
_COUNTS = text(f"""with {DESK}
select state, count(*) as accounts, count(*) filter (where {LATE}) as late,
    count(*) filter (where assignment_id is null or assignment_state = 'declined') as unassigned,
    coalesce(sum(findings_open), 0) as findings_open, min(since) as oldest
from desk group by state order by state""")
NO_DAY = date(9999, 12, 31)
"""Where an account without a deadline stands: behind all others."""


@dataclass(frozen=True, slots=True)
class DeskFilter:
    """Which accounts; what is left out does not restrict."""

    states: tuple[DeskState, ...] = ()
    under: str | None = None
    is_late: bool = False
    is_unassigned: bool = False


@dataclass(frozen=True, slots=True)
class DeskCount:
    """How many accounts are in a state, of these late or without a verifier, their open findings, the oldest's moment."""

    state: DeskState
    accounts: int
    late: int
    unassigned: int
    findings_open: int
    oldest: Any


def _row(row: Any) -> DeskRow:  # noqa: ANN401 - a row of `_ROWS`
    given = dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's public name
    given["state"] = DeskState(row.state)
    given["assignment_state"] = None if row.assignment_state is None else AssignmentState(row.assignment_state)
    return DeskRow(**given)


async def desk(
    read: Read, scope: Scope, year: int, wanted: DeskFilter, *, limit: int, after: tuple[date, str] | None = None
) -> list[DeskRow]:
    """Return the accounts of a year, the earliest deadline first and those without one last, by number.

    Raises:
        Unauthenticated, Forbidden: without `emissions:read`.
    """
    scope.require("emissions:read")
    day, number = after or (None, None)
    given = {
        "year": year, "under": wanted.under, "today": today(), "is_late": wanted.is_late,
        "is_unassigned": wanted.is_unassigned, "states": [each.value for each in wanted.states] or None,
        "after_day": day, "after_number": number, "limit": limit,
    }  # fmt: skip
    return [_row(row) for row in await read.rows(_ROWS, given)]


async def counts(read: Read, scope: Scope, year: int, under: str | None) -> list[DeskCount]:
    """Return how many accounts of a year are in each state.

    Raises:
        Unauthenticated, Forbidden: without `emissions:read`.
    """
    scope.require("emissions:read")
    rows = await read.rows(_COUNTS, {"year": year, "under": under, "today": today()})
    return [
        DeskCount(DeskState(row.state), row.accounts, row.late, row.unassigned, int(row.findings_open), row.oldest)
        for row in rows
    ]
