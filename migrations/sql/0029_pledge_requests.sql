-- A consent that ends takes the requests for pledges that rest on it along, in the same transaction. Whoever answers one
-- holds its row: the answer is wholly before, or finds the request ended. A pledge that was made stays.
create function lending_pledge_requests_ended() returns trigger language plpgsql
security definer set search_path = public, pg_catalog as $$
begin
    update pledge_request p set state = 'lapsed', lapsed_because = 'consent_ended', ended_at = new.revoked_at
        where p.consent_id = new.id and p.state = 'asked' and p.lapses_at > new.revoked_at;
    return null;
end $$;

create trigger consent_ended_pledge_requests after update of revoked_at on consent
    for each row when (old.revoked_at is null and new.revoked_at is not null)
    execute function lending_pledge_requests_ended();

-- The bank is told that its request was answered; how, it reads.
create function lending_pledge_answered() returns trigger language plpgsql
security definer set search_path = public, pg_catalog as $$
begin
    perform lending_note(
        new.bank_id, 'pledge.answered', new.account_id, new.consent_id, null, jsonb_build_object('request_id', new.id)
    );
    return null;
end $$;

create trigger pledge_request_answered after update of state on pledge_request
    for each row when (old.state = 'asked' and new.state in ('accepted', 'declined'))
    execute function lending_pledge_answered();

-- Forgets deliveries that ended before a moment, dead ones before a moment of their own, and events older than the first
-- that nothing is left to deliver of; at most so many of each. The log of reads is no part of this: it is never forgotten.
create function lending_forget(ended_before timestamptz, dead_before timestamptz, most bigint)
returns table (deliveries bigint, events bigint) language plpgsql
security definer set search_path = public, pg_catalog as $$
#variable_conflict use_column
begin
    if current_setting('carbon.kind', true) is distinct from 'system' then
        raise exception 'only the service forgets' using errcode = 'insufficient_privilege';
    end if;
    with over as (
        select d.id from webhook_delivery d
            where d.ended_at < lending_forget.ended_before
                and (d.state in ('delivered', 'dropped') or d.state = 'dead' and d.ended_at < lending_forget.dead_before)
            order by d.ended_at limit most for update skip locked
    ), gone as (
        delete from webhook_delivery d using over where d.id = over.id returning d.id
    )
    select count(*) into deliveries from gone;
    with over as (
        select e.id from bank_event e
            where e.at < lending_forget.ended_before
                and not exists (select from webhook_delivery d where d.event_id = e.id)
            order by e.at limit most for update skip locked
    ), gone as (
        delete from bank_event e using over where e.id = over.id returning e.id
    )
    select count(*) into events from gone;
    return next;
end $$;
