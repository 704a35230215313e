"""A division's work in one statement, and its budget in the budget's own: at most five statements a screen.

The one statement gives a JSON document: where the division is, open warnings by level, the verification desk's counts of
the year before, applications, assignments, projects and park steps that wait, all of the division's subtree.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import JSONB

from backend.budgets import service as budgets
from backend.budgets.values import BudgetPosition
from backend.console.access import of_authority
from backend.console.values import DeskState
from backend.console.verification.queries import DESK, LATE, DeskCount
from backend.kit.clock import today
from backend.kit.db import Read
from backend.kit.scope import Scope
from backend.regions import service as regions

_PATH = "(select path from place)"
_WORK = text(f"""
with place as materialized (select path from division where code = :code), {DESK.replace(":under", _PATH)},
warned as (
    select level, level_zh, level_en, rank, count(*) as open, count(*) filter (where due_on < :today) as overdue
    from monitoring_warning where state <> 'closed' and starts_with(division_path, {_PATH})
    group by level, level_zh, level_en, rank
),
counted as (
    select state, count(*) as accounts, count(*) filter (where {LATE}) as late,
        count(*) filter (where assignment_id is null or assignment_state = 'declined') as unassigned,
        coalesce(sum(findings_open), 0) as findings_open, min(since) as oldest
    from desk group by state
),
building as (
    select state, count(*) as projects, count(*) filter (where due_on < :today) as late
    from investment_project
    where state in ('submitted', 'in_review', 'reported', 'changing') and starts_with(division_path, {_PATH})
    group by state
)
select jsonb_build_object(
    'path', {_PATH},
    'warnings', (select coalesce(jsonb_agg(to_jsonb(w) order by rank desc, level), '[]') from warned w),
    'verification', (select coalesce(jsonb_agg(to_jsonb(c) order by state), '[]') from counted c),
    'projects', (select coalesce(jsonb_agg(to_jsonb(b) order by state), '[]') from building b),
    'applications', (
        select jsonb_build_object('waiting', count(*), 'oldest', min(received_at)) from join_application
        where state = 'received' and starts_with(division_path, {_PATH})
    ),
    'assignments', (
        select jsonb_build_object('open', count(*), 'late', count(*) filter (where due_on < :today))
        from verification_assignment
        where state in ('proposed', 'accepted', 'engaged') and starts_with(division_path, {_PATH})
    ),
    'park_steps', (
        select count(*) from park_step s where starts_with(s.division_path, {_PATH})
            and not exists (select 1 from park_step_decision d where d.step_id = s.id)
    )
) as work""").columns(work=JSONB)


@dataclass(frozen=True, slots=True)
class WarningCount:
    """How many warnings of a level are not closed, and of these not answered in time."""

    level: str
    level_zh: str
    level_en: str
    open: int
    overdue: int


@dataclass(frozen=True, slots=True)
class ProjectCount:
    """How many projects wait for the authority in a state, and of these beyond their day."""

    state: str
    projects: int
    late: int


@dataclass(frozen=True, slots=True)
class Work:
    """What there is to do in a division's subtree, and where its budget stands; no budget: none was approved."""

    budget: BudgetPosition | None
    warnings: tuple[WarningCount, ...]
    verification: tuple[DeskCount, ...]
    projects: tuple[ProjectCount, ...]
    applications: int
    oldest_application: datetime | None
    assignments_open: int
    assignments_late: int
    park_steps: int


async def work(read: Read, scope: Scope, division_code: str, year: int) -> Work:
    """Return a division's work: the budget of a year, the inventories of the year before. At most five statements.

    Raises:
        Unauthenticated, Forbidden, DeskOfAuthority: see `of_authority`.
        DivisionUnknown: no division of the caller's region.
    """
    of_authority(scope)
    given: dict[str, Any] = {"code": division_code, "year": year - 1, "today": today()}
    found: Mapping[str, Any] = await read.value(_WORK, given)
    if found["path"] is None or not found["path"].startswith(scope.region):
        await regions.own_division(read, scope, division_code)
    positions = await budgets.positions(read, scope, [division_code], [year])
    applications, assignments = found["applications"], found["assignments"]
    return Work(
        budget=positions.get((division_code, year)),
        warnings=tuple(
            WarningCount(each["level"], each["level_zh"], each["level_en"], each["open"], each["overdue"])
            for each in found["warnings"]
        ),
        verification=tuple(
            DeskCount(
                DeskState(each["state"]), each["accounts"], each["late"], each["unassigned"],
                int(each["findings_open"]), _moment(each["oldest"]),
            )
            for each in found["verification"]
        ),
        projects=tuple(ProjectCount(each["state"], each["projects"], each["late"]) for each in found["projects"]),
        applications=applications["waiting"], oldest_application=_moment(applications["oldest"]),
        assignments_open=assignments["open"], assignments_late=assignments["late"], park_steps=found["park_steps"],
    )  # fmt: skip


def _moment(written: str | None) -> datetime | None:
    return None if written is None else datetime.fromisoformat(written)
