-- What a bank reads goes through here and nowhere else: it has no row of a score. Each function asks who is calling,
-- checks the consent at that moment, writes the read into the log, and answers: one transaction, all or nothing. Unknown,
-- not consented and revoked are one and the same: no row.
--
-- Reads of a bank and revocations towards it take turns at the bank's gate. A read holds it with the others, a revocation
-- alone, both until they commit. So whatever was answered was read before the consent's revocation, and by one clock.
create function lending_gate(bank uuid) returns bigint language sql immutable parallel safe as $$
    select hashtextextended('lending gate ' || bank::text, 0)
$$;

-- The bank whose scope this is; anybody else is refused.
create function lending_reader() returns uuid language plpgsql stable as $$
begin
    if current_setting('carbon.kind', true) is distinct from 'bank' then
        raise exception 'only a bank reads under consents' using errcode = 'insufficient_privilege';
    end if;
    return current_setting('carbon.organisation', true)::uuid;
end $$;

-- Passes the gate and returns the moment at which consents are looked at: never before what is seen.
create function lending_passed(bank uuid) returns timestamptz language plpgsql as $$
begin
    perform pg_advisory_xact_lock_shared(lending_gate(bank));
    return clock_timestamp();
end $$;

-- Every consent says who the enterprise is; indicators are told with the score they make.
create function lending_covers(scopes text[], needed text) returns boolean language sql immutable parallel safe as $$
    select case needed when 'account' then true when 'score' then scopes && '{score,indicators}'::text[]
        else needed = any (scopes) end
$$;

-- The accounts meant by the keys (id, number, or the holder's credit code, which means each of its accounts), as far as a
-- consent in force opens them; without keys, the bank's whole portfolio. Consents of a pair in force on one day are one:
-- identity grants no second.
create function lending_admitted(bank uuid, keys text[], needed text, moment timestamptz) returns table (
    place bigint, account_id uuid, account_number text, account_name text, holder_id uuid, consent_id uuid,
    scopes text[], purpose text, starts_on date, ends_on date
) language sql stable as $$
    with opened as (
        select * from consent c
            where c.bank_id = bank and c.revoked_at is null and lending_covers(c.scopes, needed)
                and (moment at time zone 'Asia/Shanghai')::date between c.starts_on and c.ends_on
    )
    select k.place, a.id, a.number, a.name, a.organisation_id, c.id, c.scopes, c.purpose, c.starts_on, c.ends_on
        from unnest(keys) with ordinality k (key, place) join carbon_account a on a.number = k.key
            join opened c on c.enterprise_id = a.organisation_id
        where k.key like 'CA-%'
    union all
    select k.place, a.id, a.number, a.name, a.organisation_id, c.id, c.scopes, c.purpose, c.starts_on, c.ends_on
        from unnest(keys) with ordinality k (key, place) join organisation h on h.credit_code = k.key
            join carbon_account a on a.organisation_id = h.id join opened c on c.enterprise_id = h.id
        where length(k.key) = 18
    union all
    select k.place, a.id, a.number, a.name, a.organisation_id, c.id, c.scopes, c.purpose, c.starts_on, c.ends_on
        from unnest(keys) with ordinality k (key, place) join carbon_account a on a.id = (
                case when k.key ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then k.key::uuid end)
            join opened c on c.enterprise_id = a.organisation_id
        where length(k.key) = 36
    union all
    select 0, a.id, a.number, a.name, a.organisation_id, c.id, c.scopes, c.purpose, c.starts_on, c.ends_on
        from opened c join carbon_account a on a.organisation_id = c.enterprise_id
        where keys is null
$$;

-- One borrower as JSON: who, under which consent, and the score's own text as it was stored. Made by joining texts: of the
-- words in it only names need JSON's marks.
create function lending_entry(
    account uuid, number text, name text, code text, holder text, consent uuid, scopes text[], ends_on date,
    valid_until date, moment timestamptz, answer text, indicators text
) returns text language sql stable as $$
    select concat('{"account":{"id":"', account, '","number":"', number, '","name":', to_json(name), ',"holder":',
        to_json(holder), ',"credit_code":"', code, '"},"consent":{"id":"', consent, '","scopes":["',
        array_to_string(scopes, '","'), '"],"ends_on":"', ends_on, '"},"is_valid":',
        case when (moment at time zone 'Asia/Shanghai')::date <= valid_until then 'true' else 'false' end,
        ',"score":', coalesce(answer, 'null'), ',"indicators":' || indicators, '}')
$$;

-- Reads of one borrower each, of several people of a bank at once: what each is answered, ready to be sent. An entry
-- that is missing is not to be had. `unissued`: there is a score, and no credential of it yet; nothing was read, so
-- nothing is logged. Planning would cost what the work does: the plan is made once, and never one that reads a whole table.
create function lending_serve(keys text[], whats text[], actors uuid[], correlations text[])
returns table (place bigint, outcome text, body text) language plpgsql
security definer set search_path = public, pg_catalog set plan_cache_mode = force_generic_plan set enable_seqscan = off
as $$
#variable_conflict use_column
declare
    bank uuid := lending_reader();
    moment timestamptz := lending_passed(bank);
begin
    return query
    with admitted as materialized (
        select m.*, min(m.account_number) over w <> max(m.account_number) over w as is_several
            from lending_admitted(bank, keys, 'score', moment) m
            window w as (partition by m.place)
    ),
    found as materialized (
        select m.place, m.account_id, m.consent_id,
            case when m.is_several then 'ambiguous'
                when s.id is null then 'no_score'
                when whats[m.place] <> 'credential' then 'served'
                when (moment at time zone 'Asia/Shanghai')::date > s.valid_until then 'expired'
                when c.id is null then 'unissued'
                else 'served' end as outcome,
            case when m.is_several or s.id is null then null
                when whats[m.place] = 'credential' then c.served
                else lending_entry(m.account_id, m.account_number, m.account_name, h.credit_code, h.name, m.consent_id,
                    m.scopes, m.ends_on, s.valid_until, moment, s.answer,
                    case when 'indicators' = any (m.scopes) then s.indicators end) end as body
            from admitted m
                join organisation h on h.id = m.holder_id
                left join lateral (
                    select l.id, l.valid_until, l.answer, l.indicators from score l where l.account_id = m.account_id
                        order by l.number desc limit 1
                ) s on true
                left join score_credential c on whats[m.place] = 'credential' and c.score_id = s.id
                    and c.consent_id = m.consent_id and c.revoked_at is null and c.expires_at > moment
                    and exists (select from document_key d where d.id = c.key_id and d.revoked_at is null)
    ),
    logged as (
        insert into consent_read (id, bank_id, actor_id, at, what, needed, account_ids, consent_ids, correlation_id)
            select uuidv7(), bank, actors[f.place], moment, whats[f.place], 'score', array_agg(f.account_id),
                array_agg(f.consent_id), correlations[f.place]
                from found f where f.outcome <> 'unissued' group by f.place
    )
    select f.place, min(f.outcome), min(f.body) from found f group by f.place;
end $$;

-- The newest scores of the accounts named, or of a page of the portfolio (by account number, after one); one row in the
-- log, of what is answered. `has_more` tells whether the portfolio goes on.
create function lending_told(
    keys text[], after text, most bigint, needed text, what text, purpose text, actor uuid, correlation text
) returns table (
    place bigint, has_more boolean, read_at timestamptz, account_id uuid, account_number text, account_name text,
    holder_id uuid, holder_name text, credit_code text, consent_id uuid, scopes text[], consent_purpose text,
    starts_on date, ends_on date, score_id uuid, number bigint, year bigint, model_code text, model_version bigint,
    state text, grade text, points numeric, computed_at timestamptz, known_at timestamptz, valid_until date, answer text,
    indicators text
) language plpgsql
security definer set search_path = public, pg_catalog as $$
#variable_conflict use_column
declare
    bank uuid := lending_reader();
    moment timestamptz := lending_passed(bank);
begin
    return query
    with ranked as materialized (
        select m.*, row_number() over (order by m.place, m.account_number) as rank
            from lending_admitted(bank, keys, lending_told.needed, moment) m
            where lending_told.after is null or m.account_number > lending_told.after
            order by m.place, m.account_number
            limit lending_told.most + 1
    ),
    admitted as materialized (
        select * from ranked r where lending_told.most is null or r.rank <= lending_told.most
    ),
    logged as (
        insert into consent_read (
            id, bank_id, actor_id, at, what, needed, purpose, account_ids, consent_ids, correlation_id
        ) select uuidv7(), bank, actor, moment, lending_told.what, lending_told.needed, lending_told.purpose,
                array_agg(u.account_id), array_agg(u.consent_id), correlation
            from (select distinct m.account_id, m.consent_id from admitted m) u
            having count(*) > 0
    )
    select m.place, (select count(*) from ranked) > (select count(*) from admitted), moment, m.account_id,
        m.account_number, m.account_name, m.holder_id, h.name, h.credit_code, m.consent_id, m.scopes, m.purpose,
        m.starts_on, m.ends_on, s.id, s.number, s.year, s.model_code, s.model_version, s.state, s.grade, s.points,
        s.computed_at, s.as_of, s.valid_until, s.answer, case when 'indicators' = any (m.scopes) then s.indicators end
        from admitted m
            join organisation h on h.id = m.holder_id
            left join lateral (
                select * from score l where l.account_id = m.account_id and lending_covers(m.scopes, 'score')
                    order by l.number desc limit 1
            ) s on true
        order by m.rank;
end $$;

-- Consents to read something else of the accounts (a statement, holdings); one row in the log.
create function lending_open(keys text[], needed text, what text, purpose text, actor uuid, correlation text)
returns table (
    place bigint, read_at timestamptz, account_id uuid, consent_id uuid, enterprise_id uuid, bank_id uuid, scopes text[],
    consent_purpose text, starts_on date, ends_on date
) language plpgsql
security definer set search_path = public, pg_catalog as $$
#variable_conflict use_column
declare
    bank uuid := lending_reader();
    moment timestamptz := lending_passed(bank);
begin
    return query
    with admitted as materialized (
        select * from lending_admitted(bank, keys, needed, moment)
    ),
    logged as (
        insert into consent_read (
            id, bank_id, actor_id, at, what, needed, purpose, account_ids, consent_ids, correlation_id
        ) select uuidv7(), bank, actor, moment, lending_open.what, lending_open.needed, lending_open.purpose,
                array_agg(u.account_id), array_agg(u.consent_id), correlation
            from (select distinct m.account_id, m.consent_id from admitted m) u
            having count(*) > 0
    )
    select m.place, moment, m.account_id, m.consent_id, m.holder_id, bank, m.scopes, m.purpose, m.starts_on, m.ends_on
        from admitted m order by m.place, m.account_number;
end $$;

-- An account's scores, newest first, before one of its numbers; one row in the log. No row: not to be had.
create function lending_history(key text, before bigint, most bigint, actor uuid, correlation text)
returns table (account_id uuid, read_at timestamptz, many bigint, numbers bigint[], body text) language plpgsql
security definer set search_path = public, pg_catalog as $$
#variable_conflict use_column
begin
    return query
    select o.account_id, o.read_at, count(*) over (), s.numbers, s.body
        from lending_open(array[lending_history.key], 'score', 'history', '', actor, correlation) o
            cross join lateral (
                select array_agg(l.number order by l.number desc) as numbers,
                    '[' || coalesce(string_agg(l.answer, ',' order by l.number desc), '') || ']' as body
                    from (
                        select h.number, h.answer from score h
                            where h.account_id = o.account_id and (before is null or h.number < before)
                            order by h.number desc limit most
                    ) l
            ) s;
end $$;

-- The scores of many borrowers as one text in pieces, ready to be signed and sent: of the keys, or of the whole portfolio.
-- What is not to be had is listed by its key alone, as it was given. One row in the log, under the id given. Planned for
-- the keys at hand. In pieces (what is before the borrowers, each of them, what is after), because joining megabytes costs
-- here what fetching them does.
create function lending_batch(
    keys text[], given text[], has_indicators boolean, head text, own uuid, actor uuid, correlation text
) returns setof bytea language plpgsql
security definer set search_path = public, pg_catalog set plan_cache_mode = force_custom_plan set work_mem = '64MB' set jit = off
as $$
declare
    bank uuid := lending_reader();
    moment timestamptz := lending_passed(bank);
    today date := (moment at time zone 'Asia/Shanghai')::date;
begin
    return query
    with admitted as materialized (
        select * from lending_admitted(bank, keys, 'score', moment)
    ),
    logged as (
        insert into consent_read (id, bank_id, actor_id, at, what, needed, account_ids, consent_ids, correlation_id)
            select own, bank, actor, moment, 'batch', 'score', array_agg(u.account_id), array_agg(u.consent_id), correlation
                from (
                    select m.account_id, m.consent_id from admitted m where keys is null
                    union all
                    select distinct m.account_id, m.consent_id from admitted m where keys is not null
                ) u
                having count(*) > 0
    )
    select textsend(concat('{', head, '"read":{"id":"', own, '","at":', to_json(moment), E'},"borrowers":[\n'))
    union all
    select textsend(concat('{"account":"', m.account_number, '","credit_code":"', h.credit_code, '","consent":"',
        m.consent_id, '","is_valid":', case when today <= s.valid_until then 'true' else 'false' end, ',"score":',
        coalesce(s.answer, 'null'),
        case when has_indicators and 'indicators' = any (m.scopes) then ',"indicators":' || s.indicators end, '}'))
        from admitted m
            join organisation h on h.id = m.holder_id
            left join lateral (
                select l.valid_until, l.answer, l.indicators from score l where l.account_id = m.account_id
                    order by l.number desc limit 1
            ) s on true
    union all
    select textsend(concat(E'\n],"not_available":', coalesce(json_agg(k.key order by k.place), '[]'), E'}\n'))
        from unnest(given) with ordinality k (key, place)
        where k.place not in (select m.place from admitted m);
end $$;

-- What a credential of a score is made of besides what its bank was told, for the service alone: the indicators, shown or
-- not, the records the score rests on, and the next place in the status lists, 131,072 to a list. Places are handed out
-- scattered over a list (an odd multiple walks through all of them), so that neighbours in time are no neighbours there.
create function lending_material(account uuid, score uuid)
returns table (indicators text, inputs text, status_list bigint, status_index bigint) language plpgsql
security definer set search_path = public, pg_catalog as $$
#variable_conflict use_column
declare
    n bigint;
begin
    if current_setting('carbon.kind', true) is distinct from 'system' then
        raise exception 'only the service makes credentials' using errcode = 'insufficient_privilege';
    end if;
    n := nextval('score_credential_slot');
    return query
    select s.indicators, s.inputs::text, n / 131072, (n % 131072) * 79259 % 131072
        from score s where s.account_id = lending_material.account and s.id = lending_material.score;
end $$;

-- Keeps a credential that was just signed, and returns what is served: this one, or the one somebody else made meanwhile.
-- Null when the score is not the newest any more. A score is stored under a key lock on its account; the lock here waits
-- for it, so that no score slips in between unseen and leaves a credential standing that it supersedes.
create function lending_keep(c jsonb) returns text language plpgsql
security definer set search_path = public, pg_catalog as $$
declare
    bank uuid := lending_reader();
    answer text;
begin
    perform 1 from carbon_account where id = (c->>'account_id')::uuid for update;
    if (c->>'score_id')::uuid is distinct from (
        select s.id from score s where s.account_id = (c->>'account_id')::uuid order by s.number desc limit 1
    ) then
        return null;
    end if;
    insert into score_credential (
        account_id, id, bank_id, consent_id, score_id, key_id, status_list, status_index, served, withheld, issued_at,
        expires_at
    ) select (c->>'account_id')::uuid, (c->>'id')::uuid, bank, k.id, (c->>'score_id')::uuid, c->>'key_id',
            (c->>'status_list')::bigint, (c->>'status_index')::bigint, c->>'served',
            array(select jsonb_array_elements_text(c->'withheld')), (c->>'issued_at')::timestamptz,
            (c->>'expires_at')::timestamptz
        from consent k join carbon_account a on a.organisation_id = k.enterprise_id
        where k.id = (c->>'consent_id')::uuid and k.bank_id = bank and k.revoked_at is null
            and a.id = (c->>'account_id')::uuid
        on conflict (score_id, consent_id, key_id) do nothing;
    select s.served into answer from score_credential s
        where s.score_id = (c->>'score_id')::uuid and s.consent_id = (c->>'consent_id')::uuid and s.bank_id = bank
            and s.key_id = c->>'key_id' and s.revoked_at is null;
    return answer;
end $$;

-- An enterprise's own part of the log, newest first: of one of its accounts or of all; never who else was in the same read.
create function lending_reads_of(account uuid, before uuid, most bigint) returns table (
    id uuid, at timestamptz, bank_id uuid, what text, needed text, purpose text, account_ids uuid[], consent_ids uuid[]
) language plpgsql
security definer set search_path = public, pg_catalog as $$
#variable_conflict use_column
declare
    mine uuid[];
begin
    select coalesce(array_agg(a.id), '{}') into mine from carbon_account a
        where a.organisation_id = nullif(current_setting('carbon.organisation', true), '')::uuid
            and current_setting('carbon.kind', true) = 'enterprise' and (account is null or a.id = account);
    return query
    select r.id, r.at, r.bank_id, r.what, r.needed, r.purpose, own.accounts, own.consents
        from consent_read r
            cross join lateral (
                select array_agg(u.account_id) as accounts, array_agg(u.consent_id) as consents
                    from (
                        select distinct on (e.account_id) e.account_id, e.consent_id
                            from unnest(r.account_ids, r.consent_ids) e (account_id, consent_id)
                            where e.account_id = any (mine)
                    ) u
            ) own
        where r.account_ids && mine and (before is null or r.id < before)
        order by r.id desc
        limit most;
end $$;

-- A consent that ends takes its credentials with it, in the same transaction; the moment is the database's own, after
-- every read that was under way.
create function lending_consent_ended() returns trigger language plpgsql
security definer set search_path = public, pg_catalog as $$
begin
    perform pg_advisory_xact_lock(lending_gate(old.bank_id));
    new.revoked_at := clock_timestamp();
    update score_credential c set revoked_at = new.revoked_at, revoked_because = 'consent_revoked'
        from (select s.account_id, s.id from score_credential s where s.consent_id = old.id and s.revoked_at is null
            order by s.account_id, s.id for update) gone
        where c.account_id = gone.account_id and c.id = gone.id;
    return new;
end $$;

create trigger consent_ended before update of revoked_at on consent
    for each row when (old.revoked_at is null and new.revoked_at is not null) execute function lending_consent_ended();

-- A score that says something else than the one before, and any score an appeal led to, ends the credentials of the
-- older ones of its account in the same transaction.
create function lending_score_stored() returns trigger language plpgsql
security definer set search_path = public, pg_catalog as $$
begin
    update score_credential c set revoked_at = clock_timestamp(), revoked_because = 'score_superseded'
        from (
            select s.account_id, s.id from made m
                join score_credential s on s.account_id = m.account_id and s.score_id <> m.id and s.revoked_at is null
                join score o on o.account_id = s.account_id and o.id = s.score_id and o.number < m.number
                where m.cause = 'appeal' or (o.state, o.grade, o.model_code, o.year) is distinct from
                    (m.state, m.grade, m.model_code, m.year)
                order by s.account_id, s.id for update of s
        ) gone
        where c.account_id = gone.account_id and c.id = gone.id;
    return null;
end $$;

create trigger score_stored after insert on score referencing new table as made
    for each statement execute function lending_score_stored();
