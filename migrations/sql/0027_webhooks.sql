-- What a bank is told of, written in the transaction of the change, with a delivery for each of its endpoints that asked
-- for this kind. Nothing here says what a score or a consent is, only that it changed.
create function lending_note(
    bank uuid, what text, account uuid, consent uuid, score uuid, more jsonb
) returns void language sql
security definer set search_path = public, pg_catalog as $$
    with noted as (
        insert into bank_event (id, bank_id, kind, at, account_id, consent_id, score_id, facts)
            values (uuidv7(), bank, what, clock_timestamp(), account, consent, score, more)
            returning id, kind, at
    )
    insert into webhook_delivery (id, bank_id, endpoint_id, event_id, state, created_at, next_at)
        select uuidv7(), bank, e.id, n.id, 'waiting', n.at, n.at
            from noted n join webhook_endpoint e on e.bank_id = bank and e.disabled_at is null
                and e.removed_at is null and n.kind = any (e.events)
$$;

-- Scores that changed, told to every bank whose consent opens them now. Returns how many were told of.
create function lending_note_scores(accounts uuid[], scores uuid[]) returns bigint language plpgsql
security definer set search_path = public, pg_catalog as $$
declare
    moment timestamptz := clock_timestamp();
    told bigint;
begin
    if current_setting('carbon.kind', true) is distinct from 'system' then
        raise exception 'only the service tells of scores' using errcode = 'insufficient_privilege';
    end if;
    with noted as (
        insert into bank_event (id, bank_id, kind, at, account_id, score_id)
            select uuidv7(), c.bank_id, 'score.changed', moment, a.id, g.score
                from unnest(accounts, scores) g (account, score)
                    join carbon_account a on a.id = g.account
                    join consent c on c.enterprise_id = a.organisation_id and c.revoked_at is null
                        and lending_covers(c.scopes, 'score')
                        and (moment at time zone 'Asia/Shanghai')::date between c.starts_on and c.ends_on
            returning id, bank_id
    ), queued as (
        insert into webhook_delivery (id, bank_id, endpoint_id, event_id, state, created_at, next_at)
            select uuidv7(), n.bank_id, e.id, n.id, 'waiting', moment, moment
                from noted n join webhook_endpoint e on e.bank_id = n.bank_id and e.disabled_at is null
                    and e.removed_at is null and 'score.changed' = any (e.events)
    )
    select count(*) into told from noted;
    return told;
end $$;

create function lending_consent_noted() returns trigger language plpgsql
security definer set search_path = public, pg_catalog as $$
begin
    perform lending_note(
        new.bank_id, case when tg_op = 'INSERT' then 'consent.granted' else 'consent.revoked' end, null, new.id, null, '{}'
    );
    return null;
end $$;

create trigger consent_granted_noted after insert on consent
    for each row when (new.revoked_at is null) execute function lending_consent_noted();

create trigger consent_revoked_noted after update of revoked_at on consent
    for each row when (old.revoked_at is null and new.revoked_at is not null) execute function lending_consent_noted();

-- Where the credential's revocation is published goes along; why it was revoked does not.
create function lending_credential_noted() returns trigger language plpgsql
security definer set search_path = public, pg_catalog as $$
begin
    perform lending_note(
        new.bank_id, 'credential.revoked', new.account_id, new.consent_id, new.score_id,
        jsonb_build_object('status_list', new.status_list, 'status_index', new.status_index)
    );
    return null;
end $$;

create trigger credential_revoked_noted after update of revoked_at on score_credential
    for each row when (old.revoked_at is null and new.revoked_at is not null) execute function lending_credential_noted();

-- Endpoints with something due and nobody at it, each taken for so many seconds. A suspended bank is told nothing.
create function lending_endpoints_due(seconds bigint) returns table (endpoint_id uuid) language plpgsql
security definer set search_path = public, pg_catalog as $$
#variable_conflict use_column
begin
    if current_setting('carbon.kind', true) is distinct from 'system' then
        raise exception 'only the service sends' using errcode = 'insufficient_privilege';
    end if;
    return query
    with free as (
        select e.id from webhook_endpoint e
            where e.disabled_at is null and e.removed_at is null
                and (e.busy_until is null or e.busy_until < clock_timestamp())
                and exists (select from webhook_delivery d
                    where d.endpoint_id = e.id and d.state = 'waiting' and d.next_at <= clock_timestamp())
                and exists (select from organisation o where o.id = e.bank_id and o.suspended_at is null)
            order by e.id for update of e skip locked
    )
    update webhook_endpoint e set busy_until = clock_timestamp() + seconds * interval '1 second'
        from free where e.id = free.id returning e.id;
end $$;

-- Loan files whose time is over, or whose consent is: no file outlives it. Nor one that was never finished.
create function lending_loan_files_over(most bigint) returns table (file_id uuid, account_id uuid, why text) language plpgsql
security definer set search_path = public, pg_catalog as $$
#variable_conflict use_column
declare
    moment timestamptz := clock_timestamp();
begin
    if current_setting('carbon.kind', true) is distinct from 'system' then
        raise exception 'only the service clears away' using errcode = 'insufficient_privilege';
    end if;
    return query
    select f.id, f.account_id, case when f.state = 'asked' then 'abandoned' when f.expires_at <= moment then 'expired'
            else 'consent_missing' end
        from loan_file f join consent c on c.id = f.consent_id
        where f.state = 'ready' and (f.expires_at <= moment or c.revoked_at is not null
                or (moment at time zone 'Asia/Shanghai')::date > c.ends_on)
            or f.state = 'asked' and f.asked_at < moment - interval '1 day'
        order by f.id limit most;
end $$;
