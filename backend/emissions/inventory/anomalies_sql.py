"""Records that stand out, found set-wise: each record beside its own history, its sector, its meter and its proof.

A record is compared with the other months of its source and meter over three years, with its own month left out.
Leaving one out moves the median by at most one place, so what lies near the middle of the whole series cannot
stand out: only the few that do not are measured exactly. What is far from the history but near the same month of
another year is the season. The arithmetic is that of `rules.checks`, in NUMERIC.
"""

from backend.emissions.activity.sql import NO_METER, current_records
from backend.emissions.rules.checks import CONSISTENT

RANKS = {
    "unit_slip": 1, "quantity_history": 2, "quantity_band": 3, "metered_invoiced": 4, "quantity_zero": 5,
    "completeness": 6, "calibration": 7, "evidence": 8, "history_short": 9, "band_unknown": 10,
}  # fmt: skip
"""Order of the list: what fails first, then what cannot be told."""

FAILING = 4
"""Ranks up to here fail; the others cannot be told."""

_UNJUDGED = "null::numeric as base, null::numeric[] as others, null::numeric[] as season, null::numeric as metered, null::numeric as invoiced"

FOUND = f"""
with {current_records()},
unit as materialized (
    select * from jsonb_to_recordset(cast(:units as jsonb)) as u(
        source_id uuid, unit text, factor numeric, ceiling numeric)
),
entry as materialized (
    select c.id, c.source_id, c.meter_id, coalesce(c.meter_id, {NO_METER}) as meter, c.month, c.tier, c.evidence_id,
        c.is_approved, trim_scale(c.quantity * c.multiplier * u.factor) as base, u.ceiling
    from current_records c join unit u on u.source_id = c.source_id and u.unit = c.unit
    where c.state <> 'rejected'
),
own as (select * from entry where month >= cast(:year_start as date)),
standing as materialized (
    -- While a correction waits, the approved record is the month's history.
    select distinct on (source_id, meter, month) id, source_id, meter, month, tier, base from entry
    order by source_id, meter, month, is_approved desc
),
series as materialized (
    select source_id, meter, count(*)::int as months_known, array_agg(base order by base, month) as bases,
        array_agg(month order by base, month) as months
    from standing group by source_id, meter
),
suspect as materialized (
    select o.*, h.others, y.season
    from own o
    join series s on s.source_id = o.source_id and s.meter = o.meter
    cross join lateral (select array(
        select u.base from unnest(s.bases, s.months) as u(base, month) where u.month <> o.month order by u.base
    ) as others) h
    cross join lateral (select array(
        select u.base from unnest(s.bases, s.months) as u(base, month)
        where u.month <> o.month and extract(month from u.month) = extract(month from o.month) order by u.month
    ) as season) y
    where s.months_known > cast(:minimum_history as int)
        and not o.base between (1 - cast(:room as numeric)) * s.bases[least(s.months_known, s.months_known / 2 + 2)]
            and (1 + cast(:room as numeric)) * s.bases[greatest(1, s.months_known / 2)]
),
measured as (
    select s.*, m.median, d.mad, k.known, k.low, k.high, k.centre
    from suspect s
    cross join lateral (select cardinality(s.others) as n) c
    cross join lateral (select (s.others[(c.n + 1) / 2] + s.others[c.n / 2 + 1]) * 0.5 as median) m
    cross join lateral (select array(select abs(x - m.median) from unnest(s.others) x order by 1) as away) a
    cross join lateral (select (a.away[(c.n + 1) / 2] + a.away[c.n / 2 + 1]) * 0.5 as mad) d
    cross join lateral (select array(select x from unnest(s.others) x where x > 0 order by 1) as running) p
    cross join lateral (select cardinality(p.running) as known, p.running[1] as low,
        p.running[cardinality(p.running)] as high,
        (p.running[(cardinality(p.running) + 1) / 2] + p.running[cardinality(p.running) / 2 + 1]) * 0.5 as centre) k
),
outlier as (
    select *, case
        when base = 0 and median > 0 then 'quantity_zero'
        when base > 0 and known >= cast(:minimum_history as int) and not (low <= 2 * base and 2 * base <= 4 * high)
            and exists (select from unnest(cast(:slips as numeric[])) f
                where abs(base - centre * f) <= cast(:slip_tolerance as numeric) * centre * f
                or abs(base * f - centre) <= cast(:slip_tolerance as numeric) * centre) then 'unit_slip'
        when abs(base - median) > greatest(mad * {CONSISTENT}, abs(median) * cast(:spread_floor as numeric))
            * cast(:robust_z as numeric)
            and not exists (select from unnest(season) x
                where abs(base - x) <= x * cast(:season_tolerance as numeric)) then 'quantity_history'
        end as code
    from measured
),
entered as (
    select source_id, array_agg(distinct month) as months from standing where month >= cast(:year_start as date)
    group by source_id
),
calibrated as (
    select meter_id, range_agg(daterange(calibrated_on, valid_until, '[]')) as valid
    from calibration where account_id = any(cast(:account_ids as uuid[])) and recorded_at <= :as_of
    group by meter_id
),
found as (
    select code, source_id, meter, tier, array[month] as months, array[id] as record_ids,
        base, others, season, null::numeric as metered, null::numeric as invoiced
    from outlier where code is not null
    union all
    select 'quantity_band', source_id, meter, tier, array[month], array[id], base, null, null, null, null
    from own where base > ceiling
    union all
    select 'metered_invoiced', source_id, {NO_METER}, '', array[month], ids, null, null, null, metered, invoiced
    from (
        select source_id, month, array_agg(id order by id) as ids, sum(base) filter (where tier = 'metered') as metered,
            sum(base) filter (where tier = 'invoiced') as invoiced
        from standing where month >= cast(:year_start as date) group by source_id, month
    ) both_ways
    where abs(metered - invoiced) > greatest(metered, invoiced) * cast(:invoice_tolerance as numeric)
    union all
    select 'completeness', s.id, {NO_METER}, '', g.months, '{{}}'::uuid[], {_UNJUDGED}
    from source s
    left join entered e on e.source_id = s.id
    cross join lateral (select array(
        select m::date from generate_series(
            cast(:year_start as date), least(cast(:until as date), s.ended_on)::timestamp, interval '1 month') m
        where m::date <> all(coalesce(e.months, '{{}}'::date[]))) as months) g
    where s.account_id = any(cast(:account_ids as uuid[])) and cardinality(g.months) > 0
    union all
    select 'calibration', o.source_id, o.meter, case when k.valid is null then 'unknown' else 'expired' end,
        array_agg(o.month order by o.month, o.id), array_agg(o.id order by o.month, o.id), {_UNJUDGED}
    from own o left join calibrated k on k.meter_id = o.meter_id
    where o.tier = 'metered'
        and (k.valid is null or not k.valid @> daterange(o.month, (o.month + interval '1 month')::date))
    group by 2, 3, 4
    union all
    select 'evidence', source_id, meter, tier, array_agg(month order by month, id), array_agg(id order by month, id),
        {_UNJUDGED}
    from own where tier = any(cast(:needing as text[])) and evidence_id is null group by 2, 3, 4
    union all
    select 'history_short', o.source_id, o.meter, '', array_agg(distinct o.month),
        array_agg(o.id order by o.month, o.id), max(s.months_known - 1), null, null, null, null
    from own o join series s on s.source_id = o.source_id and s.meter = o.meter
    where s.months_known <= cast(:minimum_history as int) group by 2, 3
    union all
    select 'band_unknown', source_id, {NO_METER}, '', array_agg(distinct month), array_agg(id order by month, id),
        {_UNJUDGED}
    from own where ceiling is null group by source_id
),
ranked as (
    select f.*, array_position(cast(:codes as text[]), f.code) as rank, s.code collate "C" as source_code,
        s.name as source_name, coalesce(m.code, '') collate "C" as meter_code, m.id as meter_id,
        f.months[1] as month, coalesce(f.record_ids[1], {NO_METER}) as first_id
    from found f
    join source s on s.account_id = any(cast(:account_ids as uuid[])) and s.id = f.source_id
    left join meter m on m.account_id = any(cast(:account_ids as uuid[])) and m.id = f.meter
)"""

PLACE = "rank, source_code, meter_code, month, tier, first_id"
"""What orders the list: no two rows share it."""

PAGE = f"{FOUND} select * from ranked order by {PLACE} limit :limit"

NEXT_PAGE = f"""{FOUND}
select * from ranked
where ({PLACE}) > (cast(:rank as int), cast(:source_code as text), cast(:meter_code as text), cast(:month as date),
    cast(:tier as text), cast(:first_id as uuid))
order by {PLACE} limit :limit"""

COUNT = f"""{FOUND}
select count(*) filter (where rank <= {FAILING})::int as fails, count(*) filter (where rank > {FAILING})::int as untold
from ranked"""
