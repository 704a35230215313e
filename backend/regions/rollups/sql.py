"""The statements behind the roll-ups. What counts is said once, in `CURRENT`; rolling, rebuilding and checking share it."""

COLUMNS = (
    "account_id, month, inventory_id, year, division_code, division_path, sector, is_verified, scope1, scope2_location,"
    " scope2_market, energy_tce"
)
PLACE = "division_code, division_path, sector"

CURRENT = """
counting as materialized (
    -- Of a year's versions the newest counts that is neither withdrawn nor restated.
    select distinct on (v.account_id, v.year) v.account_id, v.id as inventory_id, v.year,
        v.state in ('verified', 'closed') as is_verified
    from asked a join inventory v on v.account_id = a.account_id
    where v.state not in ('withdrawn', 'restated')
    order by v.account_id, v.year, v.version desc
),
current as materialized (
    select m.account_id, m.month, c.inventory_id, c.year, a.division_code, a.division_path, a.sector, c.is_verified,
        trim_scale(m.scope1) as scope1, trim_scale(m.scope2_location) as scope2_location,
        trim_scale(m.scope2_market) as scope2_market, trim_scale(m.energy_tce) as energy_tce
    from counting c
    join carbon_account a on a.id = c.account_id
    join inventory_month m on m.account_id = c.account_id and m.inventory_id = c.inventory_id
),
placed as materialized (
    select c.id as account_id, c.division_code, c.division_path, c.sector, c.closed_at is null as is_open
    from asked a join carbon_account c on c.id = a.account_id
)"""

ADDED = """count(*) as accounts, count(*) filter (where is_verified) as verified_accounts,
    trim_scale(sum(scope1)) as scope1, trim_scale(sum(scope2_location)) as scope2_location,
    trim_scale(sum(scope2_market)) as scope2_market, trim_scale(sum(energy_tce)) as energy_tce,
    trim_scale(coalesce(sum(scope1 + scope2_location) filter (where is_verified), 0)) as verified_scope1_2"""
"""What rows of accounts and months come to."""

ROLL = f"""
with taken as (
    delete from region_change
    where id in (select id from region_change order by id limit :batch)
    returning account_id
),
asked as materialized (select distinct account_id from taken),
{CURRENT},
kept as materialized (
    select {COLUMNS} from region_account_month where account_id in (select account_id from asked)
),
come as materialized (select * from current except select * from kept),
gone as materialized (select * from kept except select * from current),
-- What is gone and did not come again. As a set: the planner would compare each row of one with each of the other.
vanished as materialized (select account_id, month from gone except select account_id, month from come),
removed as (
    delete from region_account_month m using vanished v where m.account_id = v.account_id and m.month = v.month
),
stored as (
    insert into region_account_month ({COLUMNS}) select {COLUMNS} from come
    on conflict (account_id, month) do update set inventory_id = excluded.inventory_id, year = excluded.year,
        division_code = excluded.division_code, division_path = excluded.division_path, sector = excluded.sector,
        is_verified = excluded.is_verified, scope1 = excluded.scope1, scope2_location = excluded.scope2_location,
        scope2_market = excluded.scope2_market, energy_tce = excluded.energy_tce
),
signed as (select 1 as sign, * from come union all select -1, * from gone),
monthly as (
    merge into region_month t using (
        select {PLACE}, month, sum(sign) as accounts, coalesce(sum(sign) filter (where is_verified), 0) as verified_accounts,
            sum(sign * scope1) as scope1, sum(sign * scope2_location) as scope2_location,
            sum(sign * scope2_market) as scope2_market, sum(sign * energy_tce) as energy_tce,
            coalesce(sum(sign * (scope1 + scope2_location)) filter (where is_verified), 0) as verified_scope1_2
        from signed group by {PLACE}, month
    ) d on t.division_path = d.division_path and t.sector = d.sector and t.month = d.month
    when matched and t.accounts + d.accounts = 0 then delete
    when matched then update set accounts = t.accounts + d.accounts,
        verified_accounts = t.verified_accounts + d.verified_accounts, scope1 = trim_scale(t.scope1 + d.scope1),
        scope2_location = trim_scale(t.scope2_location + d.scope2_location),
        scope2_market = trim_scale(t.scope2_market + d.scope2_market),
        energy_tce = trim_scale(t.energy_tce + d.energy_tce),
        verified_scope1_2 = trim_scale(t.verified_scope1_2 + d.verified_scope1_2)
    when not matched then insert (division_code, division_path, sector, month, accounts, verified_accounts, scope1,
        scope2_location, scope2_market, energy_tce, verified_scope1_2)
        values (d.division_code, d.division_path, d.sector, d.month, d.accounts, d.verified_accounts,
            trim_scale(d.scope1), trim_scale(d.scope2_location), trim_scale(d.scope2_market), trim_scale(d.energy_tce),
            trim_scale(d.verified_scope1_2))
),
yearly as (
    merge into region_year t using (
        select {PLACE}, year, sum(sign) as accounts, coalesce(sum(sign) filter (where is_verified), 0) as verified_accounts
        from (
            select 1 as sign, account_id, {PLACE}, year, bool_and(is_verified) as is_verified from current
            group by account_id, {PLACE}, year
            union all
            select -1, account_id, {PLACE}, year, bool_and(is_verified) from kept group by account_id, {PLACE}, year
        ) each
        group by {PLACE}, year
        having sum(sign) <> 0 or coalesce(sum(sign) filter (where is_verified), 0) <> 0
    ) d on t.division_path = d.division_path and t.sector = d.sector and t.year = d.year
    when matched and t.accounts + d.accounts = 0 then delete
    when matched then update set accounts = t.accounts + d.accounts,
        verified_accounts = t.verified_accounts + d.verified_accounts
    when not matched then insert (division_code, division_path, sector, year, accounts, verified_accounts)
        values (d.division_code, d.division_path, d.sector, d.year, d.accounts, d.verified_accounts)
),
stood as materialized (
    select account_id, {PLACE}, is_open from region_account where account_id in (select account_id from asked)
),
standing as (
    merge into region_standing t using (
        select {PLACE}, sum(sign) as accounts, coalesce(sum(sign) filter (where is_open), 0) as open_accounts
        from (
            select 1 as sign, {PLACE}, is_open from placed union all select -1, {PLACE}, is_open from stood
        ) each
        group by {PLACE}
        having sum(sign) <> 0 or coalesce(sum(sign) filter (where is_open), 0) <> 0
    ) d on t.division_path = d.division_path and t.sector = d.sector
    when matched and t.accounts + d.accounts = 0 then delete
    when matched then update set accounts = t.accounts + d.accounts, open_accounts = t.open_accounts + d.open_accounts
    when not matched then insert (division_code, division_path, sector, accounts, open_accounts)
        values (d.division_code, d.division_path, d.sector, d.accounts, d.open_accounts)
),
put as (
    insert into region_account (account_id, {PLACE}, is_open)
    select * from placed except select * from stood
    on conflict (account_id) do update set division_code = excluded.division_code,
        division_path = excluded.division_path, sector = excluded.sector, is_open = excluded.is_open
)
select (select count(*) from taken) as changes, (select count(*) from asked) as accounts"""
"""Take up to `batch` changes and bring the roll-ups up to them, all in one snapshot: a change that commits later has
its own row, so nothing is lost and nothing counted twice."""

ALL = "asked as materialized (select id as account_id from carbon_account)"

FORGET = tuple(
    f"delete from {table}"
    for table in ("region_account_month", "region_account", "region_month", "region_year", "region_standing")
)

REBUILD = (
    f"""
with {ALL}, {CURRENT}, put as (
    insert into region_account (account_id, {PLACE}, is_open) select * from placed
)
insert into region_account_month ({COLUMNS}) select {COLUMNS} from current""",
    f"""
insert into region_month (division_code, division_path, sector, month, accounts, verified_accounts, scope1,
    scope2_location, scope2_market, energy_tce, verified_scope1_2)
select {PLACE}, month, {ADDED} from region_account_month group by {PLACE}, month""",
    f"""
insert into region_year (division_code, division_path, sector, year, accounts, verified_accounts)
select {PLACE}, year, count(*), count(*) filter (where is_verified)
from (
    select account_id, {PLACE}, year, bool_and(is_verified) as is_verified from region_account_month
    group by account_id, {PLACE}, year
) each
group by {PLACE}, year""",
    f"""
insert into region_standing (division_code, division_path, sector, accounts, open_accounts)
select {PLACE}, count(*), count(*) filter (where is_open) from region_account group by {PLACE}""",
)

CHECK = f"""
with waiting as materialized (select distinct account_id from region_change),
asked as materialized (
    -- An account whose change waits is not yet what it will be; it is looked at when its turn has come.
    select id as account_id from carbon_account where id not in (select account_id from waiting)
),
{CURRENT},
kept as (select {COLUMNS} from region_account_month where account_id in (select account_id from asked)),
stood as (select account_id, {PLACE}, is_open from region_account where account_id in (select account_id from asked)),
summed as (select {PLACE}, month, {ADDED} from region_account_month group by {PLACE}, month),
years as (
    select {PLACE}, year, count(*) as accounts, count(*) filter (where is_verified) as verified_accounts
    from (
        select account_id, {PLACE}, year, bool_and(is_verified) as is_verified from region_account_month
        group by account_id, {PLACE}, year
    ) each
    group by {PLACE}, year
),
standing as (
    select {PLACE}, count(*) as accounts, count(*) filter (where is_open) as open_accounts from region_account
    group by {PLACE}
),
told as (
    select 'region_account_month' as name, concat_ws('/', account_id, month) as key, cast(c as text) as computed,
        cast(null as text) as stored from current c
    union all select 'region_account_month', concat_ws('/', account_id, month), null, cast(k as text) from kept k
    union all select 'region_account', cast(account_id as text), cast(p as text), null from placed p
    union all select 'region_account', cast(account_id as text), null, cast(s as text) from stood s
    union all select 'region_month', concat_ws('/', division_path, sector, month), cast(s as text), null from summed s
    union all select 'region_month', concat_ws('/', division_path, sector, month), null, cast(row(
        division_code, division_path, sector, month, accounts, verified_accounts, scope1, scope2_location,
        scope2_market, energy_tce, verified_scope1_2) as text) from region_month
    union all select 'region_year', concat_ws('/', division_path, sector, year), cast(y as text), null from years y
    union all select 'region_year', concat_ws('/', division_path, sector, year), null,
        cast(row(division_code, division_path, sector, year, accounts, verified_accounts) as text) from region_year
    union all select 'region_standing', concat_ws('/', division_path, sector), cast(s as text), null from standing s
    union all select 'region_standing', concat_ws('/', division_path, sector), null,
        cast(row(division_code, division_path, sector, accounts, open_accounts) as text) from region_standing
)
select name, key, max(stored) as stored, max(computed) as computed from told
group by name, key
having max(stored) is distinct from max(computed)
order by name, key
limit :limit"""
"""Every row that is not what it should be, in one snapshot; no row where all is well."""
