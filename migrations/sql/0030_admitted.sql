-- The accounts meant by the keys (id, number, or the holder's credit code, which means each of its accounts), as far as a
-- consent in force opens them; without keys, the bank's whole portfolio. Consents of a pair in force on one day are one:
-- identity grants no second. Of keys filtered by a pattern or an equality the planner expects one in two hundred, and looks
-- ten thousand of them up one by one; of `<>` it expects all. `keys is not null` lets it forget three of the four when it
-- plans for a portfolio.
create function lending_admitted(bank uuid, keys text[], needed text, moment timestamptz) returns table (
    place bigint, account_id uuid, account_number text, account_name text, holder_id uuid, consent_id uuid,
    scopes text[], purpose text, starts_on date, ends_on date
) language sql stable as $$
    with opened as not materialized (
        select c.id, c.enterprise_id, c.scopes, c.purpose, c.starts_on, c.ends_on from consent c
            where c.bank_id = bank and c.revoked_at is null and lending_covers(c.scopes, needed)
                and (moment at time zone 'Asia/Shanghai')::date between c.starts_on and c.ends_on
    )
    select k.place, a.id, a.number, a.name, a.organisation_id, c.id, c.scopes, c.purpose, c.starts_on, c.ends_on
        from unnest(keys) with ordinality k (key, place) join carbon_account a on a.number = k.key
            join opened c on c.enterprise_id = a.organisation_id
        where keys is not null and length(k.key) <> 36
    union all
    select k.place, a.id, a.number, a.name, a.organisation_id, c.id, c.scopes, c.purpose, c.starts_on, c.ends_on
        from unnest(keys) with ordinality k (key, place) join organisation h on h.credit_code = k.key
            join carbon_account a on a.organisation_id = h.id join opened c on c.enterprise_id = h.id
        where keys is not null and length(k.key) = 18
    union all
    select k.place, a.id, a.number, a.name, a.organisation_id, c.id, c.scopes, c.purpose, c.starts_on, c.ends_on
        from unnest(keys) with ordinality k (key, place) join carbon_account a on a.id = (
                case when k.key ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then k.key::uuid end)
            join opened c on c.enterprise_id = a.organisation_id
        where keys is not null and length(k.key) = 36
    union all
    select 0, a.id, a.number, a.name, a.organisation_id, c.id, c.scopes, c.purpose, c.starts_on, c.ends_on
        from opened c join carbon_account a on a.organisation_id = c.enterprise_id
        where keys is null
$$;

-- The scores of many borrowers as one text in pieces, ready to be signed and sent: of the keys, or of the whole portfolio.
-- Who is admitted is decided and logged here, under the id given, before anything is read; then a cursor stands open on
-- what was admitted, one piece a borrower, so that the caller takes pieces while the next are made and nothing is kept
-- here as a whole; in no order. The cursor ends with the transaction, and so do the bank's gate and the log's
-- row if it rolls back. What is not to be had is listed by its key alone, as it was given (both answers are JSON). Planned
-- for the keys at hand.
create function lending_batch(
    keys text[], given text[], has_indicators boolean, own uuid, actor uuid, correlation text, pieces refcursor
) returns table (read_at text, not_available text) language plpgsql
security definer set search_path = public, pg_catalog set plan_cache_mode = force_custom_plan set work_mem = '64MB' set jit = off
as $$
declare
    bank uuid := lending_reader();
    moment timestamptz := lending_passed(bank);
    today date := (moment at time zone 'Asia/Shanghai')::date;
    places bigint[];
    accounts uuid[];
    consents uuid[];
    shown boolean[];
    heads text[];
begin
    select array_agg(m.place), array_agg(m.account_id), array_agg(m.consent_id), array_agg('indicators' = any (m.scopes)),
            array_agg('{"account":"' || m.account_number || '","credit_code":"' || m.credit_code || '","consent":"'
                || m.consent_id || '","is_valid":')
        into places, accounts, consents, shown, heads
        from (
            select a.*, h.credit_code from lending_admitted(bank, keys, 'score', moment) a
                join organisation h on h.id = a.holder_id
        ) m;
    insert into consent_read (id, bank_id, actor_id, at, what, needed, account_ids, consent_ids, correlation_id)
        select own, bank, actor, moment, 'batch', 'score', l.account_ids, l.consent_ids, correlation
            from (
                select accounts, consents where keys is null and accounts is not null
                union all
                select array_agg(u.account_id), array_agg(u.consent_id)
                    from (select distinct * from unnest(accounts, consents) where keys is not null) u (account_id, consent_id)
                    having count(*) > 0
            ) l (account_ids, consent_ids);
    open pieces no scroll for
        select textsend(
            -- Joined from the left, the short texts first: the long one is copied least.
            u.head || case when today <= s.valid_until then 'true,"score":' else 'false,"score":' end
                || coalesce(s.answer, 'null')
                || case when has_indicators and u.is_shown and s.indicators is not null
                    then ',"indicators":' || s.indicators || '}' else '}' end)
            from unnest(accounts, heads, shown) u (account_id, head, is_shown)
                left join lateral (
                    select l.valid_until, l.answer, l.indicators from score l where l.account_id = u.account_id
                        order by l.number desc limit 1
                ) s on true;
    return query select to_json(moment)::text, (
        select coalesce(json_agg(k.key order by k.place), '[]')::text from unnest(given) with ordinality k (key, place)
            where k.place not in (select unnest(places))
    );
end $$;
