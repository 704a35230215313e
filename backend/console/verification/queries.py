"""The verification desk in one statement: every open account of a year, how far it is, and who verifies it until when.

What an account has of a year is its newest inventory that was not withdrawn or restated. `since` is when it came into its
state; findings count on whichever version of the year they were raised. Row-level security shows an authority its region, a verifier the accounts it is engaged on.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import text

from backend.console.values import AssignmentState, DeskRow, DeskState
from backend.kit.clock import today
from backend.kit.db import Read
from backend.kit.scope import Scope

_COLUMNS = {
    "account_id": "uuid", "number": "text", "name": "text", "organisation_id": "uuid", "division_code": "text",
    "sector": "text", "state": "text", "inventory_id": "uuid", "version": "bigint", "computed_at": "timestamptz",
    "moved_version": "bigint", "moved_at": "timestamptz", "findings_open": "bigint", "findings_answered": "bigint",
    "assignment_id": "uuid", "assignment_state": "text", "verifier_id": "uuid", "verifier_name": "text",
    "due_on": "date",
}  # fmt: skip


def _part(source: str, **given: str) -> str:
    """Return a part of an account's row: the columns it fills, and nothing in the others."""
    shown = (f"{given.get(name, f'cast(null as {kind})')} as {name}" for name, kind in _COLUMNS.items())
    return f"select {', '.join(shown)} {source}"


# The parts are put on top of each other and grouped once, not joined: of rows behind row-level security the planner
# expects a handful, and would compare ten thousand accounts with ten thousand inventories one by one.
_PARTS = " union all ".join((
    _part(
        "from carbon_account where closed_at is null"
        " and (cast(:under as text) is null or starts_with(division_path, :under))",
        account_id="id", number="number", name="name", organisation_id="organisation_id",
        division_code="division_code", sector="sector",
    ),
    _part(
        "from (select distinct on (account_id) account_id, id, version, state, computed_at from inventory"
        " where year = :year and state not in ('withdrawn', 'restated') order by account_id, version desc) newest",
        account_id="account_id", state="state", inventory_id="id", version="version", computed_at="computed_at",
    ),
    _part(
        "from (select distinct on (t.account_id) t.account_id, v.version, t.at from inventory_transition t"
        " join inventory v on v.account_id = t.account_id and v.id = t.inventory_id and v.state = t.to_state"
        " where v.year = :year and v.state not in ('withdrawn', 'restated')"
        " order by t.account_id, v.version desc, t.at desc) moved",
        account_id="account_id", moved_version="version", moved_at="at",
    ),
    _part(
        "from (select f.account_id, count(*) filter (where f.state = 'open') as open,"
        " count(*) filter (where f.state = 'answered') as answered from finding f"
        " join inventory v on v.account_id = f.account_id and v.id = f.inventory_id"
        " where v.year = :year and f.state <> 'resolved' group by f.account_id) found",
        account_id="account_id", findings_open="open", findings_answered="answered",
    ),
    _part(
        "from (select distinct on (account_id) account_id, id, state, verifier_id, verifier_name, due_on"
        " from verification_assignment where year = :year and state <> 'withdrawn'"
        " order by account_id, proposed_at desc) assigned",
        account_id="account_id", assignment_id="id", assignment_state="state", verifier_id="verifier_id",
        verifier_name="verifier_name", due_on="due_on",
    ),
))  # fmt: skip
_WHOLE = ", ".join(f"any_value({name}) as {name}" for name in _COLUMNS if name != "account_id")
DESK = f"""
whole as (select account_id, {_WHOLE} from ({_PARTS}) parts group by account_id),
desk as (
    select account_id, number, name, organisation_id, division_code, sector, coalesce(state, 'missing') as state,
        inventory_id, version, case when moved_version = version then moved_at else computed_at end as since,
        coalesce(findings_open, 0) as findings_open, coalesce(findings_answered, 0) as findings_answered,
        assignment_id, assignment_state, verifier_id, verifier_name, due_on
    from whole where number is not null
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
