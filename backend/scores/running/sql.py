"""The statements behind signs and sources, each for any number of accounts at once.

`KEYS` are (account, inventory, slot): slot 0 is the inventory of the year before, 1 of the year, 2 of the year after.
"""

KEYS = """(select * from unnest(cast(:accounts as uuid[]), cast(:inventories as uuid[]), cast(:slots as bigint[]))
    as asked(account_id, inventory_id, slot)) k"""

MONTHS = f"""
select k.account_id, k.slot, count(*) as months, sum(m.scope1 + m.scope2_location) as total,
    sum(m.scope1 + m.scope2_location) filter (where extract(month from m.month) = 1) as january,
    sum(m.scope1 + m.scope2_location) filter (where extract(month from m.month) in (2, 3)) as after_january,
    count(*) filter (where extract(month from m.month) <= 3) as first_months,
    sum(m.scope1 + m.scope2_location) filter (where extract(month from m.month) in (10, 11)) as before_december,
    sum(m.scope1 + m.scope2_location) filter (where extract(month from m.month) = 12) as december,
    count(*) filter (where extract(month from m.month) >= 10) as last_months
from {KEYS}
join inventory_month m on m.account_id = k.account_id and m.inventory_id = k.inventory_id
group by k.account_id, k.slot"""

KINDS = f"""
select k.account_id, k.slot, l.scope, l.category, l.gas, sum(l.co2e_t) as co2e
from {KEYS}
join inventory_line l on l.account_id = k.account_id and l.inventory_id = k.inventory_id and l.basis <> 'market'
where k.slot < 2
group by k.account_id, k.slot, l.scope, l.category, l.gas
order by k.account_id, k.slot, l.scope, l.category, l.gas"""

POOLS = f"""
with line as (
    -- A source has a line for each gas, all of the same quantity: the largest of their sums is the source's own.
    select k.account_id, k.slot, l.site_id, l.source_id, l.method, l.key, l.base_unit, l.gas,
        sum(l.base_quantity) as quantity
    from {KEYS}
    join inventory_line l on l.account_id = k.account_id and l.inventory_id = k.inventory_id and l.basis <> 'market'
    where k.slot < 2
    group by 1, 2, 3, 4, 5, 6, 7, 8
),
every_source as (
    select account_id, site_id, source_id, method, key, base_unit, max(quantity) filter (where slot = 0) as before,
        max(quantity) filter (where slot = 1) as now
    from line
    group by 1, 2, 3, 4, 5, 6
),
of_source as (
    -- A source with next to nothing is none in that year: who enters zeros for meters to come does not make them old.
    select account_id, site_id, source_id, method, key, base_unit,
        case when before > 0 and before >= :least_share * sum(before) over pool then before end as before,
        case when now > 0 and now >= :least_share * sum(now) over pool then now end as now
    from every_source
    window pool as (partition by account_id, site_id, method, key, base_unit)
),
by_account as (
    -- Where a site is new to its kind of source, a meter may have been split over sites.
    select account_id, cast(null as uuid) as site_id, concat_ws(':', method, nullif(key, '')) as what, base_unit,
        count(before) as sources_before, count(now) as sources_now,
        count(*) filter (where before is not null and now is not null) as kept,
        sum(before) as quantity_before, sum(now) as quantity_now
    from (
        select *, count(before) over (partition by account_id, site_id, method, key, base_unit) as before_at_site
        from of_source
    ) s
    group by account_id, method, key, base_unit
    having count(now) - count(before) >= :new_sources and count(before) > 0
        and bool_or(now is not null and before_at_site = 0)
),
by_source as (
    select account_id, site_id, concat_ws(':', method, nullif(key, '')) as what, base_unit, count(before) as sources_before,
        count(now) as sources_now, count(*) filter (where before is not null and now is not null) as kept,
        sum(before) as quantity_before, sum(now) as quantity_now
    from of_source
    group by 1, 2, 3, 4
    having count(now) - count(before) >= :new_sources and count(before) > 0
),
by_meter as (
    select s.account_id, s.site_id, 'meter:' || e.code as what, s.base_unit,
        count(*) filter (where m.created_at < :year_begins) as sources_before, count(*) as sources_now,
        count(*) filter (where m.created_at < :year_begins) as kept, s.before as quantity_before, s.now as quantity_now
    from of_source s
    join source e on e.account_id = s.account_id and e.id = s.source_id
    join meter m on m.account_id = s.account_id and m.source_id = s.source_id and m.created_at <= :known_at
    where s.before is not null and s.now is not null
    group by s.account_id, s.site_id, e.code, s.base_unit, s.before, s.now
    having count(*) filter (where m.created_at >= :year_begins) >= :new_sources
)
select p.account_id, coalesce(t.code, '') as site, p.what, p.base_unit, p.sources_before, p.sources_now, p.kept,
    p.quantity_before, p.quantity_now
from (select * from by_source union all select * from by_meter union all select * from by_account) p
left join site t on t.account_id = p.account_id and t.id = p.site_id
order by p.account_id, t.code, p.what"""

FIRST_YEARS = """
select asked.id as account_id
from unnest(cast(:accounts as uuid[])) as asked(id)
join carbon_account own on own.id = asked.id
where not exists (
        -- A closed account of the same holder is its past too: who opens another one does not begin anew.
        select from carbon_account a
        join inventory v on v.account_id = a.id and v.year < :year and v.computed_at <= :known_at
        where a.organisation_id = own.organisation_id and (a.id = own.id or a.closed_at is not null))
    and not exists (
        select from activity_record r
        where r.account_id = own.id and r.month < :year_begins and r.recorded_at <= :known_at)"""
"""The accounts of which nothing is known before the year: no inventory, not even a withdrawn one, and no activity."""

CLAIMS = """
select account_id, array_agg(movement_id order by movement_id) as movements
from energy_claim
where account_id = any(cast(:accounts as uuid[])) and year = :year and recorded_at <= :known_at
    and (withdrawn_at is null or withdrawn_at > :known_at)
group by account_id"""

PENALTIES = """
select account_id, id, document, severity, recorded_at
from score_penalty
where account_id = any(cast(:accounts as uuid[])) and recorded_at <= :known_at and from_on <= :day
    and (until_on is null or until_on >= :day) and (withdrawn_at is null or withdrawn_at > :known_at)
order by account_id, from_on, id"""

ACCEPTED = """
select s.account_id, s.id, s.kind, s.fingerprint
from score_sign s
cross join lateral (
    select e.kind from score_sign_entry e
    where e.account_id = s.account_id and e.sign_id = s.id and e.at <= :known_at
    order by e.at desc, e.id desc limit 1
) newest
where s.account_id = any(cast(:accounts as uuid[])) and s.year = :year and newest.kind = 'accepted'"""

OVERRIDES = """
select o.account_id, o.id, o.fact, o.value, o.unit, o.document, o.reason, o.recorded_at, p.effect -> 'corrects' as corrects,
    p.state = 'open' as is_new
from score_override o
join score_appeal p on p.account_id = o.account_id and p.id = o.appeal_id
where o.account_id = any(cast(:accounts as uuid[])) and o.year = :year and o.recorded_at <= :known_at
order by o.account_id, o.fact, o.recorded_at, o.id"""
"""Every correction, the newest of a fact last. Of an appeal that is still open it is this very transaction's, which has judged
the records there are."""
