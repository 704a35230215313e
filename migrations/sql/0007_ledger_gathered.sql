-- Orders of several callers in one transaction: [{"order": ..., "key": ..., "hash": ..., "command": ...}]. Each has a
-- savepoint; a refused one is answered with its code while the others go on. A key that was used before gives the first
-- answer again, or is refused when it came with another input. An order whose accounts another transaction holds is
-- answered `busy` and not applied, so that it does not keep the others waiting; and so is one whose key another
-- transaction is just using. A patient caller, with one order, waits: for its key first and then for its accounts, in
-- the order in which every other command takes them.
create function ledger_post_gathered(items jsonb, is_patient boolean) returns setof jsonb language plpgsql
security definer set search_path = public, pg_catalog as $$
declare
    item jsonb;
    owner uuid;
    known command_key;
    locked uuid[];
    moved jsonb;
    answer jsonb;
    code text;
    details text;
    is_claimed boolean := false;
begin
    perform set_config('lock_timeout', '10s', true);  -- then the caller is told to try again
    if is_patient and items->0->>'key' is not null then
        insert into command_key (organisation_id, key, command, input_hash, created_at) values (
            (items->0->'order'->'caller'->>'organisation')::uuid, items->0->>'key', items->0->>'command',
            decode(items->0->>'hash', 'hex'), clock_timestamp()) on conflict do nothing;
        is_claimed := found;
    end if;
    locked := ledger_lock((select jsonb_agg(e->'order') from jsonb_array_elements(items) e), is_patient);
    for item in select value from jsonb_array_elements(items) loop
        if locked is not null and exists (select from ledger_touched(item->'order') t join ledger_account a on a.id = t
            where a.id <> all (locked))
        then
            return next '{"busy": true}'::jsonb;
            continue;
        end if;
        begin
            owner := (item->'order'->'caller'->>'organisation')::uuid;
            known := null;
            if item->>'key' is not null and not is_claimed then
                select * into known from command_key k where k.organisation_id = owner and k.key = item->>'key';
            end if;
            if known.key is not null then
                if known.input_hash <> decode(item->>'hash', 'hex') or known.answer->'movement' is null then
                    perform ledger_refuse('idempotency_key_reused', jsonb_build_object('key', item->>'key'));
                end if;
                answer := jsonb_build_object('movement', known.answer->'movement', 'is_replay', true);
            else
                moved := ledger_apply(item->'order');
                if is_claimed then
                    update command_key k set answer = jsonb_build_object('movement', moved)
                        where k.organisation_id = owner and k.key = item->>'key';
                elsif item->>'key' is not null then
                    perform set_config('lock_timeout', '20ms', true);
                    insert into command_key (organisation_id, key, command, input_hash, answer, created_at) values (
                        owner, item->>'key', item->>'command', decode(item->>'hash', 'hex'),
                        jsonb_build_object('movement', moved), clock_timestamp());
                    perform set_config('lock_timeout', '10s', true);
                end if;
                answer := jsonb_build_object('movement', moved, 'is_replay', false);
            end if;
        exception
            when sqlstate 'LG001' then
                get stacked diagnostics code = message_text, details = pg_exception_detail;
                answer := jsonb_build_object('refused', code, 'details', details::jsonb);
                if is_claimed then
                    delete from command_key k where k.organisation_id = owner and k.key = item->>'key';
                end if;
            when lock_not_available then
                answer := '{"busy": true}';  -- its key is in other hands
            when unique_violation then
                -- another input came first with this key: had it been the same, its accounts had waited
                answer := jsonb_build_object('refused', 'idempotency_key_reused',
                    'details', jsonb_build_object('key', item->>'key'));
        end;
        return next answer;
    end loop;
end $$;
