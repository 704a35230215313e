"""An account's year on one screen: one SQL statement that shapes the JSON, whatever the size of the account."""

import json
from typing import Any
from uuid import UUID

from sqlalchemy import text

from backend.kit.db import Read
from backend.kit.scope import Scope

OVERVIEW = text("""
-- Every table is named once: each mention brings its row-level security into the plan anew.
with both_years as materialized (
    select * from inventory
    where account_id = :account_id and year between cast(:year as int) - 1 and cast(:year as int)
),
newest as (
    select * from both_years where year = cast(:year as int) order by version desc limit 1
),
previous as (
    select * from both_years
    where year = cast(:year as int) - 1 and state not in ('withdrawn', 'restated')
    order by version desc limit 1
),
changed as (
    -- Batches and decisions are few; records are looked at only where some came after the calculation.
    select b.id from activity_batch b join newest v on v.account_id = b.account_id
    where b.state = 'stored' and coalesce(b.finished_at, b.created_at) > v.as_of
    union all
    select p.batch_id from approval p join newest v on v.account_id = p.account_id where p.decided_at > v.as_of
),
lines as (
    select l.* from inventory_line l join newest v on v.account_id = l.account_id and v.id = l.inventory_id
),
monthly as (
    select m.* from inventory_month m join newest v on v.account_id = m.account_id and v.id = m.inventory_id
),
by_source as (
    select l.source_id, s.code, s.name, l.scope, l.category,
        sum(co2e_t) filter (where basis <> 'market') as location,
        sum(co2e_t) filter (where basis <> 'location') as market,
        sum(l.energy_tce) as energy_tce
    from lines l join source s on s.account_id = l.account_id and s.id = l.source_id
    group by 1, 2, 3, 4, 5
    order by abs(sum(co2e_t) filter (where basis <> 'market')) desc nulls last, s.code
    limit 100
),
by_category as (
    select scope, category, sum(co2e_t) filter (where basis <> 'market') as location,
        sum(co2e_t) filter (where basis <> 'location') as market
    from lines group by 1, 2 order by 1, 2
),
by_gas as (
    select gas, sum(co2e_t) filter (where basis <> 'market') as location,
        sum(co2e_t) filter (where basis <> 'location') as market
    from lines group by 1 order by 1
)
select json_build_object(
    'account_id', a.id, 'organisation_id', a.organisation_id, 'number', a.number, 'name', a.name,
    'is_open', exists (select from reporting_year y where y.account_id = a.id and y.year = cast(:year as int)),
    'inventory', (select json_build_object(
        'id', v.id, 'version', v.version, 'state', v.state, 'as_of', v.as_of, 'computed_at', v.computed_at,
        'factor_policy', v.factor_policy, 'factor_date', v.factor_date, 'reason', v.reason,
        'scope1', trim_scale(v.scope1)::text, 'scope2_location', trim_scale(v.scope2_location)::text,
        'scope2_market', trim_scale(v.scope2_market)::text, 'scope3', trim_scale(v.scope3)::text,
        'energy_tce', trim_scale(v.energy_tce)::text, 'record_count', v.record_count,
        'excluded_count', v.excluded_count, 'uncertainty', v.uncertainty, 'checks', v.checks,
        'quality_score', v.quality_score::text,
        'is_claim_outdated', exists (
            select from energy_claim c where c.account_id = v.account_id and c.year = v.year
            and (c.recorded_at > v.as_of or c.withdrawn_at > v.as_of)),
        'is_outdated', exists (select from changed) and exists (
            select from changed c join activity_record r on r.batch_id = c.id
            where r.account_id = v.account_id
            and r.month between make_date(cast(:year as int), 1, 1) and make_date(cast(:year as int), 12, 31))
        ) from newest v),
    'previous', (select json_build_object(
        'id', p.id, 'version', p.version, 'state', p.state, 'scope1', trim_scale(p.scope1)::text,
        'scope2_location', trim_scale(p.scope2_location)::text, 'scope2_market', trim_scale(p.scope2_market)::text,
        'scope3', trim_scale(p.scope3)::text, 'energy_tce', trim_scale(p.energy_tce)::text) from previous p),
    'months', (select json_agg(json_build_object(
        'month', m.month, 'scope1', m.scope1::text,
        'scope2_location', m.scope2_location::text,
        'scope2_market', m.scope2_market::text,
        'scope3', m.scope3::text,
        'energy_tce', m.energy_tce::text) order by m.month) from monthly m),
    'by_source', (select json_agg(json_build_object(
        'source_id', b.source_id, 'code', b.code, 'name', b.name, 'scope', b.scope, 'category', b.category,
        'location', trim_scale(coalesce(b.location, 0))::text, 'market', trim_scale(coalesce(b.market, 0))::text,
        'energy_tce', trim_scale(coalesce(b.energy_tce, 0))::text)) from by_source b),
    'by_category', (select json_agg(json_build_object(
        'scope', b.scope, 'category', b.category, 'location', trim_scale(coalesce(b.location, 0))::text,
        'market', trim_scale(coalesce(b.market, 0))::text)) from by_category b),
    'by_gas', (select json_agg(json_build_object(
        'gas', b.gas, 'location', trim_scale(coalesce(b.location, 0))::text,
        'market', trim_scale(coalesce(b.market, 0))::text)) from by_gas b),
    'versions', (select json_agg(json_build_object(
        'id', v.id, 'version', v.version, 'state', v.state, 'computed_at', v.computed_at, 'reason', v.reason,
        'location', trim_scale(v.scope1 + v.scope2_location)::text) order by v.version desc)
        from (select * from both_years where year = cast(:year as int) order by version desc limit 50) v),
    'findings', (select json_build_object(
        'major', count(*) filter (where f.severity = 'major'), 'minor', count(*) filter (where f.severity = 'minor'),
        'note', count(*) filter (where f.severity = 'note'),
        'unanswered', count(*) filter (where f.state = 'open'))
        from finding f join both_years v on v.id = f.inventory_id
        where f.account_id = :account_id and v.year = cast(:year as int) and f.state <> 'resolved'),
    'review_round', (select count(*) from inventory_transition t
        join both_years v on v.id = t.inventory_id
        where t.account_id = :account_id and v.year = cast(:year as int) and t.to_state = 'submitted')
)::text as document
from carbon_account a where a.id = :account_id""")

DUTIES: dict[str, tuple[str, str]] = {
    "answer_findings": ("请答复核查机构提出的意见。", "Answer the verifier's findings."),
    "approve_data": ("有活动数据待审核，尚未计入合计。", "Records wait for approval and are not counted."),
    "await_closing": ("等待主管部门归档。", "The authority closes the year next."),
    "await_verification": ("等待核查机构核查。", "The verifier examines the inventory next."),
    "compute": ("请计算本年度排放清单。", "Compute the inventory of this year."),
    "mend_checks": ("有检查未通过或无法判断，处理后方可提交。", "Some checks fail or cannot tell; mend them before submitting."),
    "open_year": ("请先开启本报告年度。", "Open the reporting year first."),
    "recompute": ("计算之后数据又有变化，请重新计算。", "Data changed after the calculation; compute again."),
    "submit": ("清单可以提交核查。", "The inventory can be submitted for verification."),
}  # fmt: skip
"""What an account's people have to do next, by code: zh, en."""


async def overview(read: Read, scope: Scope, account_id: UUID, year: int) -> dict[str, Any] | None:
    """Return the year of an account as JSON (decimals as text), None where no such account is visible."""
    scope.require("emissions:read")
    document = await read.value(OVERVIEW, {"account_id": account_id, "year": year})
    if document is None:
        return None
    found = json.loads(document)
    if found["inventory"] and found["inventory"].pop("is_claim_outdated"):
        found["inventory"]["is_outdated"] = True
    found["duties"] = duties(found)
    return found


def duties(found: dict[str, Any]) -> list[str]:  # noqa: C901 - one branch a duty
    """Return the codes of what has to be done next, in order."""
    inventory = found["inventory"]
    if not found["is_open"]:
        return ["open_year"]
    if inventory is None:
        return ["compute"]
    due: list[str] = []
    state = inventory["state"]
    if found["findings"]["unanswered"]:
        due.append("answer_findings")
    if inventory["excluded_count"]:
        due.append("approve_data")
    if state in ("computed", "withdrawn"):
        if inventory["is_outdated"] or state == "withdrawn":
            due.append("recompute")
        if any(each["outcome"] != "pass" for each in inventory["checks"]):
            due.append("mend_checks")
        if not {"recompute", "mend_checks"} & set(due):
            due.append("submit")
    if state == "submitted":
        due.append("await_verification")
    if state == "verified":
        due.append("await_closing")
    return due
