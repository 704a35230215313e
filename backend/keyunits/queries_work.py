"""Reads of what lies in a unit's file: posts, reports, findings, projects, savings. For many accounts in one statement."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import text

from backend.keyunits.queries import Moment, paged
from backend.keyunits.values import (
    FindingArea,
    FindingState,
    PostKind,
    PostRow,
    ReportRow,
    RetrofitKind,
    RetrofitState,
)
from backend.keyunits.values_work import FindingRow, FindingStep, RetrofitRow, SavingRow
from backend.kit.db import Read
from backend.kit.scope import Scope

POSTS = text("""
select distinct on (account_id, kind) account_id, id, kind, person_name, title, contact, starts_on, ends_on, document,
    document_number, document_date, recorded_at, recorded_by
from key_unit_post where account_id = any(cast(:ids as uuid[]))
order by account_id, kind, recorded_at desc, id desc""")

REPORTS = text("""
select distinct on (account_id, duty, year) account_id, id, duty, year, filed_on, note, evidence_id, recorded_at,
    recorded_by
from key_unit_report where account_id = any(cast(:ids as uuid[])) order by account_id, duty, year desc, recorded_at desc, id desc""")

FINDING = """
select f.account_id, f.id, f.area, f.title, f.detail, f.diagnosed_on, f.body, f.potential_tce, f.potential_tco2,
    f.evidence_id, f.recorded_at, f.recorded_by, coalesce(s.state, 'open') as state, s.due_on
from key_unit_finding f
left join lateral (
    select state, due_on from key_unit_finding_step one where one.account_id = f.account_id and one.finding_id = f.id
    order by one.recorded_at desc, one.id desc limit 1
) s on true"""
FINDINGS = text(f"{FINDING} where f.account_id = any(cast(:ids as uuid[])) order by f.account_id, f.recorded_at, f.id")
FINDING_BY_ID = text(f"{FINDING} where f.account_id = :account_id and f.id = :id")
FINDING_STEPS = text("""
select id, finding_id, state, note, due_on, recorded_at, recorded_by from key_unit_finding_step
where account_id = any(cast(:ids as uuid[])) order by recorded_at, id""")

RETROFIT = """
select r.account_id, r.id, r.finding_id, r.kind, r.name, r.content, r.investment, r.expected_tce, r.expected_tco2, r.basis,
    r.starts_on, r.ends_on, a.division_code, a.division_path, r.recorded_at, r.recorded_by,
    coalesce(s.state, 'reserved') as state, coalesce(s.happened_on, cast(r.recorded_at as date)) as moved_on,
    v.saved_tce, v.saved_tco2
from key_unit_retrofit r join carbon_account a on a.id = r.account_id
left join lateral (
    select state, happened_on from key_unit_retrofit_step one
    where one.account_id = r.account_id and one.retrofit_id = r.id order by one.recorded_at desc, one.id desc limit 1
) s on true
left join lateral (
    select one.saved_tce, one.saved_tco2 from key_unit_saving one
    join key_unit_saving_decision d on d.account_id = one.account_id and d.saving_id = one.id and d.is_confirmed
    where one.account_id = r.account_id and one.retrofit_id = r.id order by d.recorded_at desc, one.id desc limit 1
) v on true"""
RETROFITS = text(
    f"{RETROFIT} where r.account_id = any(cast(:ids as uuid[])) order by r.account_id, r.recorded_at, r.id"
)
RETROFIT_BY_ID = text(f"{RETROFIT} where r.account_id = :account_id and r.id = :id")
RETROFIT_PAGE = text(f"""
select * from ({RETROFIT}) each
where (cast(:at as timestamptz) is null or (recorded_at, id) < (:at, cast(:id as uuid)))
    and (cast(:under as text) is null or starts_with(division_path, :under))
    and (cast(:state as text) is null or state = :state) and (cast(:kind as text) is null or kind = :kind)
order by recorded_at desc, id desc limit :limit""")

SAVING = """
select s.account_id, s.id, s.retrofit_id, s.before_first, s.before_last, s.before_tce, s.before_tco2, s.before_output,
    s.after_first, s.after_last, s.after_tce, s.after_tco2, s.after_output, s.output_unit, s.adjustment_tce,
    s.adjustment_tco2, s.adjustment_reason, s.saved_tce, s.saved_tco2, s.formula, s.evidence_id, s.recorded_at,
    s.recorded_by, d.is_confirmed, d.reason as decision, d.recorded_at as decided_at, d.recorded_by as decided_by
from key_unit_saving s left join key_unit_saving_decision d on d.account_id = s.account_id and d.saving_id = s.id"""
SAVINGS = text(f"{SAVING} where s.account_id = any(cast(:ids as uuid[])) order by s.account_id, s.recorded_at, s.id")
SAVING_BY_ID = text(f"{SAVING} where s.account_id = :account_id and s.id = :id")


async def posts(read: Read, _scope: Scope, account_ids: Sequence[UUID]) -> list[list[PostRow]]:
    """Return the newest word on each post of each account; for a loader."""
    rows = await read.rows(POSTS, {"ids": list(account_ids)})
    return _grouped(account_ids, [_post(row) for row in rows])


async def reports(read: Read, _scope: Scope, account_ids: Sequence[UUID]) -> list[list[ReportRow]]:
    """Return the newest report of each duty and year of each account, the newest year first; for a loader."""
    rows = await read.rows(REPORTS, {"ids": list(account_ids)})
    return _grouped(account_ids, [ReportRow(*row) for row in rows])


async def findings(read: Read, _scope: Scope, account_ids: Sequence[UUID]) -> list[list[FindingRow]]:
    """Return the findings of each account with their steps, in their order; for a loader. Two statements."""
    rows = await read.rows(FINDINGS, {"ids": list(account_ids)})
    steps: defaultdict[UUID, list[FindingStep]] = defaultdict(list)
    for step in await read.rows(FINDING_STEPS, {"ids": list(account_ids)}):
        steps[step.finding_id].append(_step(step))
    return _grouped(account_ids, [_finding(row, steps[row.id]) for row in rows])


async def finding(read: Read, _scope: Scope, account_id: UUID, finding_id: UUID) -> FindingRow | None:
    """Return a finding without its steps, None when it is not there or not visible."""
    row = await read.row(FINDING_BY_ID, {"account_id": account_id, "id": finding_id})
    return None if row is None else _finding(row, [])


async def retrofits(read: Read, _scope: Scope, account_ids: Sequence[UUID]) -> list[list[RetrofitRow]]:
    """Return the projects of each account, in their order; for a loader."""
    rows = await read.rows(RETROFITS, {"ids": list(account_ids)})
    return _grouped(account_ids, [_retrofit(row) for row in rows])


async def retrofit(read: Read, _scope: Scope, account_id: UUID, retrofit_id: UUID) -> RetrofitRow | None:
    """Return a project, None when it is not there or not visible."""
    row = await read.row(RETROFIT_BY_ID, {"account_id": account_id, "id": retrofit_id})
    return None if row is None else _retrofit(row)


async def retrofit_page(
    read: Read, scope: Scope, *, under: str | None = None, state: RetrofitState | None = None,
    kind: RetrofitKind | None = None, after: Moment = None, limit: int = 50,
) -> list[RetrofitRow]:  # fmt: skip
    """Return the projects the caller sees, the newest first. Raises Unauthenticated, Forbidden."""
    scope.require("keyunits:read")
    given = {
        **paged(after, limit), "under": under, "state": None if state is None else state.value,
        "kind": None if kind is None else kind.value,
    }  # fmt: skip
    return [_retrofit(row) for row in await read.rows(RETROFIT_PAGE, given)]


async def savings(read: Read, _scope: Scope, account_ids: Sequence[UUID]) -> list[list[SavingRow]]:
    """Return the comparisons of each account, in their order; for a loader."""
    rows = await read.rows(SAVINGS, {"ids": list(account_ids)})
    return _grouped(account_ids, [SavingRow(*row) for row in rows])


async def saving(read: Read, _scope: Scope, account_id: UUID, saving_id: UUID) -> SavingRow | None:
    """Return a comparison, None when it is not there or not visible."""
    row = await read.row(SAVING_BY_ID, {"account_id": account_id, "id": saving_id})
    return None if row is None else SavingRow(*row)


def _grouped(account_ids: Sequence[UUID], rows: Sequence[Any]) -> list[list[Any]]:
    found: defaultdict[UUID, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.account_id].append(row)
    return [found[one] for one in account_ids]


def _post(row: Any) -> PostRow:  # noqa: ANN401 - a row of `POSTS`
    return PostRow(**_named(row, kind=PostKind(row.kind)))


def _step(row: Any) -> FindingStep:  # noqa: ANN401 - a row of `FINDING_STEPS`
    return FindingStep(**_named(row, state=FindingState(row.state)))


def _finding(row: Any, steps: Sequence[FindingStep]) -> FindingRow:  # noqa: ANN401 - a row of `FINDING`
    return FindingRow(**_named(row, area=FindingArea(row.area), state=FindingState(row.state), steps=steps))


def _retrofit(row: Any) -> RetrofitRow:  # noqa: ANN401 - a row of `RETROFIT`
    return RetrofitRow(**_named(row, kind=RetrofitKind(row.kind), state=RetrofitState(row.state)))


def _named(row: Any, **given: Any) -> dict[str, Any]:  # noqa: ANN401 - a row, and columns told otherwise
    found: dict[str, Any] = dict(row._mapping)  # noqa: SLF001 - a row's public spelling as a mapping
    return {**found, **given}
