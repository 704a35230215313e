"""Reads of quick reports, models and estimates. Row-level security decides what a caller sees; one statement each."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import JSONB

from backend.kit.db import Read
from backend.kit.scope import Scope
from backend.monitoring.estimates.values import (
    Basis,
    CarbonEstimateValue,
    CarbonModelValue,
    EstimateState,
    Fit,
    Line,
    ModelState,
    QuickReportAccount,
    QuickReportLine,
    QuickReportValue,
    Refusal,
    Standing,
)

_MODEL = """
select m.account_id, m.id, m.version, a.number, a.name, a.division_code, a.division_path, a.sector, m.state, m.refusal,
    m.method, m.library, m.terms_version, m.months, m.first_month, m.last_month, m.lowest_mwh, m.highest_mwh,
    m.scope1_intercept, m.scope1_slope, m.scope2_intercept, m.scope2_slope, m.error_percent, m.bias_percent, m.half_width,
    m.points, m.sha256, m.fitted_at, coalesce(o.compared, 0) as compared, coalesce(o.held, 0) as held, o.error
from newest m
join carbon_account a on a.id = m.account_id
left join lateral (
    select count(*) as compared, count(*) filter (where each.is_held) as held,
        round(100 * sum(abs(each.difference)) / nullif(sum(each.verified), 0), 4) as error
    from (
        select distinct on (e.month) r.is_held, r.difference, r.verified
        from carbon_estimate e
        join carbon_estimate_outcome r on r.account_id = e.account_id and r.estimate_id = e.id
        where e.account_id = m.account_id and e.model_id = m.id
        order by e.month, e.estimated_at desc, r.compared_at desc
    ) each
) o on true
"""
_NEWEST = text(f"""
with newest as (
    select m.* from carbon_account a
    cross join lateral (
        select * from carbon_model each where each.account_id = a.id order by each.version desc limit 1
    ) m
    where (cast(:under as text) is null or starts_with(a.division_path, :under))
        and (cast(:state as text) is null or m.state = :state) and (cast(:after as uuid) is null or a.id > :after)
    order by a.id limit :limit
)
{_MODEL}
order by m.account_id""").columns(points=JSONB)
_VERSIONS = text(f"""
with newest as (select * from carbon_model where account_id = :account_id)
{_MODEL}
where cast(:before as bigint) is null or m.version < :before
order by m.version desc limit :limit""").columns(points=JSONB)

_ESTIMATE = """
select e.account_id, e.id, e.month, e.model_id, m.version as model_version, e.mwh, e.source, e.state, e.scope1, e.scope2,
    e.low, e.high, m.error_percent, e.estimated_at, o.inventory_id, o.verified, o.difference, o.is_held, o.compared_at
from {estimates} e
join carbon_model m on m.account_id = e.account_id and m.id = e.model_id
left join lateral (
    select * from carbon_estimate_outcome r where r.account_id = e.account_id and r.estimate_id = e.id
    order by r.compared_at desc limit 1
) o on true
"""
_ESTIMATES = text(f"""{_ESTIMATE.format(estimates="carbon_estimate")}
where e.account_id = :account_id
    and (cast(:month as date) is null or (e.month, e.estimated_at, e.id) < (:month, cast(:at as timestamptz), cast(:id as uuid)))
order by e.month desc, e.estimated_at desc, e.id desc limit :limit""")
_NEWEST_ESTIMATES = text(f"""
with newest as (
    select distinct on (e.account_id, e.month) e.* from carbon_estimate e join carbon_account a on a.id = e.account_id
    where starts_with(a.division_path, :under) and e.month between :first and :last
    order by e.account_id, e.month, e.estimated_at desc, e.id desc
)
{_ESTIMATE.format(estimates="newest")}
order by e.account_id, e.month limit :limit""")

_REPORT = """
select r.id, r.division_code, r.division_path, r.month, r.terms_version, r.is_placeholder, r.known_at, r.prepared_by,
    i.version, coalesce(i.note, '') as note, i.sha256, i.issued_at, i.issued_by,
    i.version is not null and not exists (
        select from quick_report_issue n where n.division_code = i.division_code and n.month = i.month and n.version > i.version
    ) as is_newest
from quick_report r
left join quick_report_issue i on i.report_id = r.id
"""
_ONE_REPORT = text(f"{_REPORT} where r.id = :id")
_REPORTS = text(f"""{_REPORT}
where (cast(:under as text) is null or starts_with(r.division_path, :under))
    and (not :is_issued or i.version is not null)
    and (cast(:month as date) is null or (r.month, r.known_at, r.id) < (:month, cast(:at as timestamptz), cast(:id as uuid)))
order by r.month desc, r.known_at desc, r.id desc limit :limit""")

_OUTCOME = """
    left join lateral (
        select verified, difference from quick_report_outcome o
        where o.account_id = q.account_id and o.report_id = q.report_id
        order by o.compared_at desc limit 1
    ) o on true"""


def _sum(column: str, test: str) -> str:
    return f"trim_scale(coalesce(sum({column}) filter (where {test}), 0))"


_COVERED = "q.basis in ('complete', 'estimated')"
_BESIDE = f"{_COVERED} and q.before_scope1 is not null"
_LINES = text(f"""
select q.report_id, q.division_code, q.division_path, q.sector, q.standing, count(*) as accounts,
    {", ".join(f"count(*) filter (where q.basis = '{each.value}') as {each.value}" for each in Basis)},
    {_sum("q.scope1", "q.basis = 'complete'")} as scope1, {_sum("q.scope2", "q.basis = 'complete'")} as scope2,
    {_sum("q.energy_tce", "q.basis = 'complete'")} as energy_tce,
    {_sum("q.scope1", "q.basis = 'estimated'")} as estimated_scope1,
    {_sum("q.scope2", "q.basis = 'estimated'")} as estimated_scope2,
    {_sum("q.low", "q.basis = 'estimated'")} as estimated_low, {_sum("q.high", "q.basis = 'estimated'")} as estimated_high,
    {_sum("q.scope1", "q.basis = 'partial'")} as partial_scope1, {_sum("q.scope2", "q.basis = 'partial'")} as partial_scope2,
    count(*) filter (where {_BESIDE}) as before_accounts,
    {_sum("q.before_scope1", _BESIDE)} as before_scope1, {_sum("q.before_scope2", _BESIDE)} as before_scope2,
    {_sum("q.scope1", _BESIDE)} as beside_scope1, {_sum("q.scope2", _BESIDE)} as beside_scope2,
    count(*) filter (where q.pending > 0) as pending_accounts, max(q.latest_input_at) as latest_input_at,
    count(o.verified) as verified_accounts, trim_scale(coalesce(sum(o.verified), 0)) as verified,
    trim_scale(coalesce(sum(o.difference), 0)) as difference
from quick_report_account q {_OUTCOME}
where q.report_id = any(cast(:report_ids as uuid[]))
group by q.report_id, q.division_code, q.division_path, q.sector, q.standing
order by q.report_id, q.standing, q.division_path, q.sector""")
_ACCOUNTS = text(f"""
select q.report_id, q.account_id, a.number, a.name, q.division_code, q.sector, q.standing, q.basis, q.scope1, q.scope2,
    q.low, q.high, q.energy_tce, q.latest_input_at, o.verified, o.difference
from quick_report_account q
join carbon_account a on a.id = q.account_id {_OUTCOME}
where q.report_id = :report_id and (cast(:after as uuid) is null or q.account_id > :after)
    and (cast(:basis as text) is null or q.basis = :basis)
order by q.account_id limit :limit""")

_NUMBERS = text("select id, number, name from carbon_account where id = any(cast(:account_ids as uuid[]))")


def _named(row: Any, **given: object) -> dict[str, Any]:  # noqa: ANN401 - a row
    """Return a row by the names of its columns, some of them replaced."""
    return {**row._mapping, **given}  # noqa: SLF001 - SQLAlchemy's public name of a row's mapping


def fit_of(row: Any) -> Fit:  # noqa: ANN401 - a row of `carbon_model`
    """Return what a stored model's fit found."""
    return Fit(
        ModelState(row.state), None if row.refusal is None else Refusal(row.refusal), row.months, row.first_month,
        row.last_month, row.lowest_mwh, row.highest_mwh,
        None if row.scope1_slope is None else Line(row.scope1_intercept, row.scope1_slope),
        None if row.scope2_slope is None else Line(row.scope2_intercept, row.scope2_slope),
        row.error_percent, row.bias_percent, row.half_width,
    )  # fmt: skip


def _model(row: Any) -> CarbonModelValue:  # noqa: ANN401 - a row
    fit = fit_of(row)
    return CarbonModelValue(
        row.account_id, row.id, row.version, row.number, row.name, row.division_code, row.division_path, row.sector,
        fit.state, fit.refusal, row.method, row.library, row.terms_version, fit, row.points, row.sha256, row.fitted_at,
        row.compared, row.held, row.error,
    )  # fmt: skip


async def newest_models(
    read: Read, scope: Scope, *, under: str | None, state: ModelState | None, after: UUID | None, limit: int
) -> list[CarbonModelValue]:
    """Return the newest model of each visible account, by account. Raises Unauthenticated, Forbidden."""
    scope.require("monitoring:read")
    asked = {"under": under, "state": state, "after": after, "limit": limit}
    return [_model(row) for row in await read.rows(_NEWEST, asked)]


async def versions(
    read: Read, scope: Scope, account_id: UUID, *, before: int | None, limit: int
) -> list[CarbonModelValue]:
    """Return every version of an account's model, the newest first. Raises Unauthenticated, Forbidden."""
    scope.require("monitoring:read")
    asked = {"account_id": account_id, "before": before, "limit": limit}
    return [_model(row) for row in await read.rows(_VERSIONS, asked)]


def _estimate(row: Any) -> CarbonEstimateValue:  # noqa: ANN401 - a row
    return CarbonEstimateValue(**_named(row, state=EstimateState(row.state)))


async def estimates(
    read: Read, scope: Scope, account_id: UUID, *, after: tuple[date, datetime, UUID] | None, limit: int
) -> list[CarbonEstimateValue]:
    """Return an account's estimates, the newest month first. Raises Unauthenticated, Forbidden."""
    scope.require("monitoring:read")
    month, at, own = after or (None, None, None)
    asked = {"account_id": account_id, "month": month, "at": at, "id": own, "limit": limit}
    return [_estimate(row) for row in await read.rows(_ESTIMATES, asked)]


async def newest_estimates(
    read: Read, scope: Scope, under: str, first: date, last: date, limit: int
) -> list[CarbonEstimateValue]:
    """Return the newest estimate of each account and month below a division. Raises Unauthenticated, Forbidden."""
    scope.require("monitoring:read")
    asked = {"under": under, "first": first, "last": last, "limit": limit}
    return [_estimate(row) for row in await read.rows(_NEWEST_ESTIMATES, asked)]


async def report(read: Read, scope: Scope, report_id: UUID) -> QuickReportValue | None:
    """Return a quick report, None where the caller sees none. Raises Unauthenticated, Forbidden."""
    scope.require("monitoring:read")
    row = await read.row(_ONE_REPORT, {"id": report_id})
    return None if row is None else QuickReportValue(*row)


async def reports(
    read: Read, scope: Scope, *, under: str | None, is_issued: bool, after: tuple[date, datetime, UUID] | None, limit: int
) -> list[QuickReportValue]:  # fmt: skip
    """Return quick reports, the newest month first. Raises Unauthenticated, Forbidden."""
    scope.require("monitoring:read")
    month, at, own = after or (None, None, None)
    asked = {"under": under, "is_issued": is_issued, "month": month, "at": at, "id": own, "limit": limit}
    return [QuickReportValue(*row) for row in await read.rows(_REPORTS, asked)]


async def lines(read: Read, scope: Scope, report_ids: Sequence[UUID]) -> dict[UUID, list[QuickReportLine]]:
    """Return the lines of quick reports: the large ones first, by division and sector. Raises Unauthenticated, Forbidden."""
    scope.require("monitoring:read")
    found: dict[UUID, list[QuickReportLine]] = {each: [] for each in report_ids}
    for row in await read.rows(_LINES, {"report_ids": list(found)}) if found else ():
        found[row.report_id].append(QuickReportLine(**_named(row, standing=Standing(row.standing))))
    return found


async def accounts(
    read: Read, scope: Scope, report_id: UUID, *, basis: Basis | None = None, after: UUID | None = None, limit: int
) -> list[QuickReportAccount]:
    """Return the accounts of a quick report. Raises Unauthenticated, Forbidden."""
    scope.require("monitoring:read")
    asked = {"report_id": report_id, "basis": basis, "after": after, "limit": limit}
    return [
        QuickReportAccount(**_named(row, standing=Standing(row.standing), basis=Basis(row.basis)))
        for row in await read.rows(_ACCOUNTS, asked)
    ]


async def numbers(read: Read, scope: Scope, account_ids: Sequence[UUID]) -> dict[UUID, tuple[str, str]]:
    """Return number and name of visible accounts. Raises Unauthenticated, Forbidden."""
    scope.require("monitoring:read")
    return {row.id: (row.number, row.name) for row in await read.rows(_NUMBERS, {"account_ids": list(account_ids)})}
