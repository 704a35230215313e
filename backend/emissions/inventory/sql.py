"""The calculation as SQL: one pass over the records, then everything on groups; NUMERIC, exact.

Temporary tables live for one transaction:

    calculation_calibrated  validity of each meter's calibrations
    calculation_group   records summed by account, source, month, unit, measured parameters and quality
    calculation_claim   what the covered lines of an account say of its certificates
    calculation_unit    its distinct sources, units and parameters, numbered by *parameter set*
    calculation_item    what a set resolves to, filled by Python: coefficient, GWP, tce, explanation
    calculation_use     which items a set uses, and the conversion of its unit to the item's base unit
    calculation_line    the lines of the inventories, ready to be written

A million records become a few thousand sets; only those travel to Python and back (see `resolve`).
"""

from backend.emissions.activity.sql import current_records

DROP = """drop table if exists calculation_calibrated, calculation_group, calculation_unit, calculation_item, calculation_use,
    calculation_line, calculation_note, calculation_claim"""

QUALITIES = (
    "metered/valid/missing", "metered/valid/present", "metered/expired/missing", "metered/expired/present",
    "metered/unknown/missing", "metered/unknown/present", "invoiced/not_needed/missing", "invoiced/not_needed/present",
    "estimated/not_needed/missing", "estimated/not_needed/present",
)  # fmt: skip
"""Tier, calibration and evidence of a record; counted in SQL by its place in this list, from 1."""

QUALITY = """case c.tier
        when 'metered' then case
            when k.valid is null then 5
            when k.is_whole_year or k.valid @> daterange(c.month, (c.month + interval '1 month')::date) then 1
            else 3 end
        when 'invoiced' then 7 else 9 end + case when c.evidence_id is null then 0 else 1 end"""
"""A reading counts as calibrated when its meter is through the whole month."""

CALIBRATED = """
create temporary table calculation_calibrated on commit drop as
select account_id, meter_id, valid,
    valid @> daterange(cast(:first_month as date), (cast(:last_month as date) + interval '1 month')::date)
        as is_whole_year
from (
    select account_id, meter_id, range_agg(daterange(calibrated_on, valid_until, '[]')) as valid
    from calibration
    where account_id = any(cast(:account_ids as uuid[])) and recorded_at <= :as_of
    group by account_id, meter_id
) joined"""
"""When each meter was calibrated, as far as it was known. A table, so that the join after it is planned by its size."""

GROUP = f"""
create temporary table calculation_group on commit drop as
with {current_records()},
summed as (
    select c.account_id, c.source_id, c.month, c.unit, c.parameters, c.is_approved, {QUALITY} as quality,
        sum(c.quantity * c.multiplier) as quantity, count(*) as records
    from current_records c
    left join calculation_calibrated k on k.account_id = c.account_id and k.meter_id = c.meter_id
    group by 1, 2, 3, 4, 5, 6, 7
)
select *, (cast(:epochs as int[]))[extract(month from month)::int] as epoch,
    1 << (extract(month from month)::int - 1) as month_bit, false as is_covered
from summed"""
"""Bind `activity.sql.parameters_of` and `epochs`: for each month the stretch of the year it lies in. A new stretch
begins when any reference parameter changes. `is_covered` rows come after: what claimed certificates cover."""

SET_COLUMNS = (
    "method, key, scope, category, fuel_table, province_code, grid_region, is_certificate_claimed, is_covered, unit, epoch,"
    " source_parameters, record_parameters"
)
"""A parameter set: whatever can change a coefficient. Accounts that agree in all of it share the set."""

UNIT = f"""
create temporary table calculation_unit on commit drop as
with summed as (
    select account_id, source_id, unit, parameters as record_parameters, epoch, quality, is_covered,
        sum(quantity) as quantity, sum(records)::bigint as records, bit_or(month_bit) as months,
        -- Both arrays are filled in one order: they are read side by side for the monthly roll-up.
        array_agg(month) as month_list, array_agg(quantity) as quantity_list
    from calculation_group
    where is_approved
    group by 1, 2, 3, 4, 5, 6, 7
),
described as (
    select u.*, s.site_id, s.method, s.key, s.scope, s.category, s.parameters as source_parameters,
        a.fuel_table, a.province_code, a.grid_region,
        bool_or(s.method = 'purchased_green_electricity') over (partition by u.account_id)
            or u.account_id = any(cast(:claiming as uuid[])) as is_certificate_claimed
    from summed u
    join source s on s.account_id = u.account_id and s.id = u.source_id
    join carbon_account a on a.id = u.account_id
)
select *, dense_rank() over (order by {SET_COLUMNS})::int as set_id from described"""

READ_SETS = f"select distinct on (set_id) set_id, {SET_COLUMNS} from calculation_unit order by set_id"

ITEM = """
create temporary table calculation_item on commit drop as
select * from jsonb_to_recordset(cast(:rows as jsonb)) as i(
    item_id int, scope bigint, category text, method text, key text, gas text, basis text, base_unit text,
    coefficient numeric, coefficient_unit text, gwp numeric, coal numeric, formula text, formula_source text,
    parameters jsonb)"""

USE = """
create temporary table calculation_use on commit drop as
select * from jsonb_to_recordset(cast(:rows as jsonb)) as u(set_id int, item_id int, conversion numeric)"""

LINE = """
create temporary table calculation_line on commit drop as
with used as (
    select u.account_id, u.source_id, u.site_id, i.item_id, u.unit, u.record_parameters as parameters, u.quality,
        i.conversion, u.quantity, u.records, u.months, u.is_covered
    from calculation_unit u join calculation_use i on i.set_id = u.set_id
),
by_unit as (
    select account_id, source_id, site_id, item_id, unit, parameters, conversion,
        sum(quantity) as quantity, bit_or(months) as months,
        -- What is covered and the rest come from the same records: on a line that holds both they count once.
        coalesce(sum(records) filter (where not is_covered), sum(records))::bigint as records
    from used
    group by 1, 2, 3, 4, 5, 6, 7
),
by_quality as (
    select account_id, source_id, item_id,
        jsonb_object_agg(
            (cast(:qualities as text[]))[quality], jsonb_build_array(records, trim_scale(base_quantity)::text)
        ) as tiers
    from (
        select account_id, source_id, item_id, quality, sum(quantity * conversion) as base_quantity,
            coalesce(sum(records) filter (where not is_covered), sum(records))::bigint as records
        from used
        group by 1, 2, 3, 4
    ) counted
    group by 1, 2, 3
),
line as (
    select account_id, source_id, site_id, item_id, bit_or(months) as months, sum(records)::bigint as records,
        sum(quantity * conversion) as base_quantity,
        jsonb_agg(jsonb_build_object(
            'unit', unit, 'parameters', parameters, 'quantity', trim_scale(quantity)::text, 'conversion', conversion::text,
            'base_quantity', trim_scale(quantity * conversion)::text, 'records', records
        ) order by unit, parameters) as quantities
    from by_unit
    group by 1, 2, 3, 4
)
select row_number() over (order by l.account_id, l.source_id, l.item_id)::int as line_no,
    l.account_id, l.source_id, l.site_id, l.item_id, l.months, l.records, q.tiers, l.quantities, l.base_quantity,
    i.scope, i.basis,
    l.base_quantity * i.coefficient as result_t,
    l.base_quantity * i.coefficient * i.gwp as co2e_t,
    l.base_quantity * i.coal as energy_tce
from line l
join by_quality q on q.account_id = l.account_id and q.source_id = l.source_id and q.item_id = l.item_id
join calculation_item i on i.item_id = l.item_id"""

READ_LINES = """
select line_no, account_id, source_id, item_id, tiers, trim_scale(co2e_t) as co2e_t
from calculation_line
order by line_no"""

NOTE = """
create temporary table calculation_note on commit drop as
select * from jsonb_to_recordset(cast(:rows as jsonb)) as n(
    line_no int, quality_score numeric, uncertainty numeric)"""

WRITE_INVENTORIES = """
insert into inventory (account_id, id, year, version, state, as_of, factor_policy, factor_date, method_pack,
    fuel_table, scope1, scope2_location, scope2_market, scope3, energy_tce, record_count, excluded_count,
    uncertainty, checks, quality_score, restates_id, reason, job_id, computed_at, computed_by)
select n.account_id, n.id, :year, n.version, 'computed', :as_of, :factor_policy, :factor_date, a.method_pack,
    a.fuel_table, coalesce(t.scope1, 0), coalesce(t.scope2_location, 0), coalesce(t.scope2_market, 0),
    coalesce(t.scope3, 0), coalesce(t.energy_tce, 0), coalesce(c.included, 0), coalesce(c.excluded, 0),
    n.uncertainty, n.checks, n.quality_score, n.restates_id, :reason, :job_id, :as_of, :computed_by
from jsonb_to_recordset(cast(:rows as jsonb)) as n(
    account_id uuid, id uuid, version bigint, uncertainty jsonb, checks jsonb, quality_score numeric,
    restates_id uuid)
join carbon_account a on a.id = n.account_id
left join (
    select account_id,
        trim_scale(sum(co2e_t) filter (where scope = 1 and basis <> 'market')) as scope1,
        trim_scale(sum(co2e_t) filter (where scope = 2 and basis <> 'market')) as scope2_location,
        trim_scale(sum(co2e_t) filter (where scope = 2 and basis <> 'location')) as scope2_market,
        trim_scale(sum(co2e_t) filter (where scope = 3 and basis <> 'market')) as scope3,
        trim_scale(sum(energy_tce)) as energy_tce
    from calculation_line
    group by account_id
) t on t.account_id = n.account_id
left join (
    select account_id, sum(records) filter (where is_approved)::bigint as included,
        sum(records) filter (where not is_approved)::bigint as excluded
    from calculation_group
    where not is_covered
    group by account_id
) c on c.account_id = n.account_id"""

WRITE_LINES = """
insert into inventory_line (account_id, id, inventory_id, source_id, site_id, scope, category, method, key, gas,
    basis, months, record_count, quantities, base_quantity, base_unit, coefficient, coefficient_unit, result_t,
    gwp, co2e_t, energy_tce, formula, formula_source, parameters, tiers, quality_score, uncertainty)
select l.account_id, uuidv7(), v.id, l.source_id, l.site_id, i.scope, i.category, i.method, i.key, i.gas,
    i.basis,
    array(select make_date(:year, m, 1) from generate_series(1, 12) m where l.months & (1 << (m - 1)) <> 0),
    l.records, l.quantities, trim_scale(l.base_quantity), i.base_unit, i.coefficient, i.coefficient_unit,
    trim_scale(l.result_t), i.gwp, trim_scale(l.co2e_t), trim_scale(l.energy_tce), i.formula, i.formula_source,
    case when c.documents is null then i.parameters else i.parameters || c.documents end, l.tiers, n.quality_score,
    n.uncertainty
from calculation_line l
join calculation_item i on i.item_id = l.item_id
join calculation_note n on n.line_no = l.line_no
left join calculation_claim c on c.account_id = l.account_id and i.method = 'claimed_electricity'
join jsonb_to_recordset(cast(:inventories as jsonb)) as v(account_id uuid, id uuid) on v.account_id = l.account_id
order by l.account_id, v.id, l.source_id"""

WRITE_MONTHS = """
insert into inventory_month (account_id, inventory_id, month, scope1, scope2_location, scope2_market, scope3,
    energy_tce)
with rate as (
    -- What one unit of a set's quantity comes to, all its gases together: one row a set, so months need one join.
    select i.set_id,
        coalesce(sum(i.conversion * t.coefficient * t.gwp) filter (where t.scope = 1 and t.basis <> 'market'), 0)
            as scope1,
        coalesce(sum(i.conversion * t.coefficient * t.gwp) filter (where t.scope = 2 and t.basis <> 'market'), 0)
            as scope2_location,
        coalesce(sum(i.conversion * t.coefficient * t.gwp) filter (where t.scope = 2 and t.basis <> 'location'), 0)
            as scope2_market,
        coalesce(sum(i.conversion * t.coefficient * t.gwp) filter (where t.scope = 3 and t.basis <> 'market'), 0)
            as scope3,
        sum(i.conversion * t.coal) as energy_tce
    from calculation_use i join calculation_item t on t.item_id = i.item_id
    group by i.set_id
)
select u.account_id, v.id, m.month,
    coalesce(trim_scale(sum(m.quantity * r.scope1) filter (where r.scope1 <> 0)), 0),
    coalesce(trim_scale(sum(m.quantity * r.scope2_location) filter (where r.scope2_location <> 0)), 0),
    coalesce(trim_scale(sum(m.quantity * r.scope2_market) filter (where r.scope2_market <> 0)), 0),
    coalesce(trim_scale(sum(m.quantity * r.scope3) filter (where r.scope3 <> 0)), 0),
    coalesce(trim_scale(sum(m.quantity * r.energy_tce) filter (where r.energy_tce <> 0)), 0)
from calculation_unit u
join rate r on r.set_id = u.set_id
join jsonb_to_recordset(cast(:inventories as jsonb)) as v(account_id uuid, id uuid) on v.account_id = u.account_id
cross join unnest(u.month_list, u.quantity_list) as m(month, quantity)
group by u.account_id, v.id, m.month"""

LATEST = """
select distinct on (v.account_id) v.account_id, v.id, v.version, v.state, v.job_id
from inventory v
where v.account_id = any(cast(:account_ids as uuid[])) and v.year = :year
order by v.account_id, v.version desc"""

TUNE = "select set_config('work_mem', '128MB', true), set_config('jit', 'off', true)"
"""For this transaction: aggregates stay in memory, and no time goes into compiling what runs once."""

COUNT_LINES = "select account_id, count(*) as lines from calculation_line group by account_id"

WRITE_TRANSITIONS = """
insert into inventory_transition (account_id, id, inventory_id, from_state, to_state, reason, at, actor_id,
    organisation_id)
select account_id, id, inventory_id, from_state, to_state, reason, :as_of, :actor_id, :organisation_id
from jsonb_to_recordset(cast(:rows as jsonb)) as t(
    account_id uuid, id uuid, inventory_id uuid, from_state text, to_state text, reason text)"""

END_INVENTORIES = """
update inventory v set state = e.to_state
from jsonb_to_recordset(cast(:rows as jsonb)) as e(account_id uuid, inventory_id uuid, to_state text)
where v.account_id = e.account_id and v.id = e.inventory_id and e.to_state <> 'computed'"""
