-- The posting engine. `ledger_post` takes orders as JSON, locks every account they touch in the order of their ids,
-- and applies them one by one. It runs as the owner, to whom row-level security is open, because the
-- other side of a transfer is hidden from the caller; who may do what is therefore checked here, against `caller`.

create function ledger_refuse(code text, details jsonb default '{}') returns void language plpgsql as $$
begin
    raise exception using errcode = 'LG001', message = code, detail = details::text;
end $$;

create function ledger_size(serials int8multirange) returns numeric language sql immutable strict parallel safe as $$
    select coalesce(sum(upper(part) - lower(part)), 0) from unnest(serials) part
$$;

create function ledger_pairs(serials int8multirange) returns jsonb language sql immutable strict parallel safe as $$
    select coalesce(jsonb_agg(jsonb_build_array(lower(part), upper(part) - 1) order by part), '[]') from unnest(serials) part
$$;

-- A posting as the entry of its movement names it: the hash of its text, in which a salt of its own keeps a balance from
-- being guessed. Who sees the posting can open it; to anybody else the hash tells nothing.
create function ledger_line(p ledger_posting) returns text language sql stable as $$
    select encode(sha256(convert_to(json_build_array(
        'carbon-posting/1', p.salt, p.account_id, p.batch_id, p.bucket, trim_scale(p.amount)::text,
        trim_scale(p.balance)::text, p.serials::text
    )::text, 'UTF8')), 'hex')
$$;

-- The entry of a movement as it is hashed: JSON text, in this order and no other. Its lines are in the order of account,
-- batch, bucket.
create function ledger_entry(m ledger_movement, lines json) returns text language sql stable as $$
    select json_build_array(
        'carbon-ledger/1', m.id, m.number, m.kind, m.class_code, trim_scale(m.quantity)::text,
        m.from_account_id, m.to_account_id, m.hold_id, m.group_id, m.reverses_id, m.effective_on,
        to_char(m.recorded_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
        m.purpose, m.beneficiary, m.period, m.reference, m.note, m.facts,
        m.organisation_id, m.actor_id, m.actor_kind, m.correlation_id, lines
    )::text
$$;

-- Runs when the transaction commits, for each movement: the journal grows by one link, and a movement whose postings
-- do not add up to nothing cannot be committed. The chain's head is the last thing a transaction locks.
create function ledger_link_movement() returns trigger language plpgsql
security definer set search_path = public, pg_catalog as $$
declare
    entry bytea;
    head ledger_head;
    total numeric;
    count bigint;
    lines json;
begin
    select sum(p.amount), count(*), json_agg(ledger_line(p) order by p.account_id, p.batch_id, p.bucket)
        into total, count, lines from ledger_posting p where p.movement_id = new.id;
    if count < 2 or total <> 0 then
        raise exception using errcode = 'LG002', message = 'a movement whose postings do not balance: ' || new.id;
    end if;
    entry := sha256(convert_to(ledger_entry(new, lines), 'UTF8'));
    update ledger_head set position = position + 1, hash = sha256(hash || entry) returning * into head;
    insert into ledger_link (position, movement_id, entry_hash, hash) values (head.position, new.id, entry, head.hash);
    return null;
end $$;

create function ledger_may(account ledger_account, caller jsonb, is_registrar boolean) returns boolean
language sql immutable as $$
    select case caller->>'kind'
        when 'system' then true
        when 'enterprise' then not is_registrar and account.organisation_id = (caller->>'organisation')::uuid
        when 'authority' then starts_with(account.division_path, nullif(caller->>'region', ''))
        else false
    end
$$;

-- Units leave a lot for another place: the lot shrinks to what stays, or goes as a whole. What stays in one piece,
-- as it nearly always does, costs one statement less.
create function ledger_carry(
    lot ledger_lot, taken int8multirange, to_account uuid, to_bucket text, to_hold uuid, hands integer
) returns void language plpgsql as $$
declare
    rest int8multirange := int8multirange(lot.serials) - taken;
    piece int8range;
    is_first boolean := true;
begin
    if isempty(rest) then
        update ledger_lot set account_id = to_account, bucket = to_bucket, hold_id = to_hold,
            transfers = greatest(lot.transfers + hands, 0) where id = lot.id;
        return;
    end if;
    piece := range_merge(rest);
    if int8multirange(piece) = rest then
        update ledger_lot set serials = piece where id = lot.id;
    else
        for piece in select part from unnest(rest) part order by part loop
            if is_first then
                update ledger_lot set serials = piece where id = lot.id;
                is_first := false;
            else
                insert into ledger_lot (account_id, batch_id, bucket, hold_id, transfers, serials)
                    values (lot.account_id, lot.batch_id, lot.bucket, lot.hold_id, lot.transfers, piece);
            end if;
        end loop;
    end if;
    insert into ledger_lot (account_id, batch_id, bucket, hold_id, transfers, serials)
        select to_account, lot.batch_id, to_bucket, to_hold, greatest(lot.transfers + hands, 0), part
            from unnest(taken) part order by part;
end $$;

-- A new batch: its block of serials, and the registry's own codes.
create function ledger_make_batch(o jsonb, c ledger_class, q numeric, today date) returns ledger_batch
language plpgsql as $$
declare
    spec jsonb := o->'batch_spec';
    made ledger_batch;
    first bigint;
    clash record;
begin
    if (spec->>'valid_until')::date < today then
        perform ledger_refuse('units_expired', jsonb_build_object('valid_until', spec->>'valid_until'));
    end if;
    if c.is_serialised then
        update ledger_serials set next = next + q::bigint returning next - q::bigint into first;
    end if;
    insert into ledger_batch (
        id, class_code, origin, quantity, vintage, produced_from, produced_to, valid_until, is_transferable,
        transfers_used, project_code, attributes, serials, created_at
    ) values (
        (spec->>'id')::uuid, c.code, case when o->>'kind' = 'import' then 'imported' else 'issued' end, q,
        (spec->>'vintage')::bigint, (spec->>'produced_from')::date, (spec->>'produced_to')::date,
        (spec->>'valid_until')::date, (spec->>'is_transferable')::boolean, (spec->>'transfers_used')::bigint,
        spec->>'project_code', spec->'attributes', case when first is not null then int8range(first, first + q::bigint) end,
        clock_timestamp()
    ) returning * into made;
    if jsonb_array_length(spec->'origins') = 0 then
        if o->>'kind' = 'import' then
            perform ledger_refuse('origins_incomplete', jsonb_build_object('quantity', q, 'named', 0));
        end if;
        return made;
    end if;
    begin
        insert into ledger_origin (batch_id, first_serial, registry_code, frame, numbers, is_live)
            select made.id, coalesce(first, 1) + runs.before, runs.registry, runs.frame,
                    int8range(runs.low, runs.high, '[]'), true
                from (
                    select r.*, (sum(high - low + 1) over (order by place) - (high - low + 1))::bigint as before
                        from jsonb_array_elements(spec->'origins') with ordinality as e(value, place),
                            lateral (select e.value->>0 as registry, e.value->>1 as frame,
                                (e.value->>2)::bigint as low, (e.value->>3)::bigint as high) r
                ) runs;
    exception when exclusion_violation then
        select e.value->>0 as registry, e.value->>1 as frame, e.value->>2 as low, e.value->>3 as high into clash
            from jsonb_array_elements(spec->'origins') e
                join ledger_origin known on known.is_live and known.registry_code = e.value->>0
                    and known.frame = e.value->>1
                    and known.numbers && int8range((e.value->>2)::bigint, (e.value->>3)::bigint, '[]')
            limit 1;
        perform ledger_refuse('origin_overlap', jsonb_build_object(
            'registry', clash.registry, 'frame', clash.frame, 'first', clash.low, 'last', clash.high));
    end;
    if (select sum(upper(numbers) - lower(numbers)) from ledger_origin where batch_id = made.id) <> q then
        perform ledger_refuse('origins_incomplete', jsonb_build_object('quantity', q, 'named',
            (select sum(upper(numbers) - lower(numbers)) from ledger_origin where batch_id = made.id)));
    end if;
    return made;
end $$;
