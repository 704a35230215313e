"""The statements behind the facts: one for each kind, whatever the number of accounts and years."""

FACTS = """
with moment as materialized (
    select coalesce(cast(:as_of as timestamptz), cast('infinity' as timestamptz)) as at
),
chosen as materialized (
    select distinct on (v.account_id, v.year) v.account_id, v.id as inventory_id, v.year, v.version,
        s.to_state as state, v.as_of, v.computed_at, s.at as state_at, v.factor_policy, v.factor_date, v.scope1,
        v.scope2_location, v.scope2_market, v.scope3, v.energy_tce, v.quality_score, v.record_count,
        v.excluded_count, v.restates_id, m.at as moment
    from moment m
    join inventory v on v.computed_at <= m.at
    cross join lateral (
        select t.to_state, t.at from inventory_transition t
        where t.account_id = v.account_id and t.inventory_id = v.id and t.at <= m.at
        order by t.at desc, t.id desc
        limit 1
    ) s
    where v.account_id = any(cast(:account_ids as uuid[])) and v.year = any(cast(:years as bigint[]))
        and s.to_state not in ('withdrawn', 'restated')
    order by v.account_id, v.year, v.version desc
),
line as materialized (
    -- The location side holds every line once: what is claimed is a part of what is bought.
    select l.account_id, l.inventory_id, l.method, l.base_quantity, l.tiers, abs(l.coefficient * l.gwp) as weight
    from chosen c
    join inventory_line l on l.account_id = c.account_id and l.inventory_id = c.inventory_id and l.basis <> 'market'
),
electricity as (
    select account_id, inventory_id,
        sum(base_quantity) filter (where method in ('purchased_electricity', 'purchased_green_electricity')) as bought,
        sum(base_quantity) filter (where method = 'purchased_green_electricity') as green,
        sum(base_quantity) filter (where method = 'sold_electricity') as sold
    from line
    group by 1, 2
),
weighed as (
    -- |co2e| of a tier: base quantity x |coefficient x GWP|, exact; the line's own sum is the same product.
    select account_id, inventory_id, jsonb_object_agg(tier, cast(trim_scale(weight) as text)) as tiers
    from (
        select l.account_id, l.inventory_id, split_part(t.key, '/', 1) as tier,
            sum(l.weight * cast(t.value ->> 1 as numeric)) as weight
        from line l cross join jsonb_each(l.tiers) t
        group by 1, 2, 3
    ) summed
    group by 1, 2
),
covered as (
    select m.account_id, m.inventory_id, count(*) as months
    from chosen c
    join inventory_month m on m.account_id = c.account_id and m.inventory_id = c.inventory_id
    group by 1, 2
),
claimed as (
    select k.account_id, k.year, sum(k.mwh) as mwh
    from chosen c
    join energy_claim k on k.account_id = c.account_id and k.year = c.year
    where k.recorded_at <= c.moment and (k.withdrawn_at is null or k.withdrawn_at > c.moment)
    group by 1, 2
)
select c.account_id, c.inventory_id, c.year, c.version, c.state, c.as_of, c.computed_at, c.state_at, c.factor_policy,
    c.factor_date, c.scope1, c.scope2_location, c.scope2_market, c.scope3, c.energy_tce,
    trim_scale(greatest(coalesce(e.bought, 0) - coalesce(e.sold, 0), 0)) as electricity_mwh,
    trim_scale(coalesce(k.mwh, 0)) as claimed_mwh, c.quality_score, coalesce(w.tiers, '{}') as tiers,
    coalesce(m.months, 0) as months_covered, c.record_count, c.excluded_count, p.verifier_id, p.verified_at,
    c.restates_id, trim_scale(coalesce(e.green, 0)) as green_mwh
from chosen c
left join electricity e on e.account_id = c.account_id and e.inventory_id = c.inventory_id
left join weighed w on w.account_id = c.account_id and w.inventory_id = c.inventory_id
left join covered m on m.account_id = c.account_id and m.inventory_id = c.inventory_id
left join claimed k on k.account_id = c.account_id and k.year = c.year
left join lateral (
    select t.organisation_id as verifier_id, t.at as verified_at from inventory_transition t
    where t.account_id = c.account_id and t.inventory_id = c.inventory_id and t.to_state = 'verified'
        and t.at <= c.moment
    order by t.at desc, t.id desc
    limit 1
) p on true
order by c.account_id, c.year"""
"""Bind `account_ids`, `years` and `as_of`; None is now, with whatever is known by then."""

KEYS = """(select * from unnest(cast(:accounts as uuid[]), cast(:inventories as uuid[]))
    as asked(account_id, inventory_id)) a"""

MONTHS = f"""
select m.account_id, m.inventory_id, m.month, m.scope1, m.scope2_location, m.scope2_market, m.scope3, m.energy_tce
from {KEYS}
join inventory_month m on m.account_id = a.account_id and m.inventory_id = a.inventory_id
order by m.account_id, m.inventory_id, m.month"""

LINES = f"""
select l.account_id, l.inventory_id, l.id, l.source_id, s.code, s.name, l.scope, l.category, l.method, l.key, l.gas,
    l.basis, l.base_quantity, l.base_unit, l.coefficient, l.coefficient_unit, l.result_t, l.gwp, l.co2e_t,
    l.energy_tce, l.formula, l.formula_source, l.parameters, l.tiers, l.quality_score
from {KEYS}
join inventory_line l on l.account_id = a.account_id and l.inventory_id = a.inventory_id
join source s on s.account_id = l.account_id and s.id = l.source_id
order by l.account_id, l.inventory_id, l.scope, l.category, s.code, l.basis, l.gas, l.id"""
