-- The posting engine again, with fewer statements for an order. Nothing of what is checked, written or answered is new.
--
-- Most of what an order cost were not its rows but the statements around them: each is looked up, its plan proved to be
-- still good, started and ended. What can be an expression is therefore one (an expression without a sub-select runs
-- without a plan), what is known of a range is not asked of a query, and keys are looked up once for all orders.
-- A plan may have been made while a table was empty and be kept while it grows; `enable_seqscan` off keeps such a plan
-- from reading a whole table for each order.

-- A part of a lot leaves for another place, and the lot shrinks to what stays. What is in one piece, as it nearly
-- always is, costs one statement less.
create function ledger_carry(
    lot ledger_lot, taken int8multirange, to_account uuid, to_bucket text, to_hold uuid, hands integer
) returns void language plpgsql as $$
declare
    rest int8multirange := int8multirange(lot.serials) - taken;
    piece int8range;
    is_first boolean := true;
begin
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
    piece := range_merge(taken);
    if int8multirange(piece) = taken then
        insert into ledger_lot (account_id, batch_id, bucket, hold_id, transfers, serials)
            values (to_account, lot.batch_id, to_bucket, to_hold, greatest(lot.transfers + hands, 0), piece);
    else
        insert into ledger_lot (account_id, batch_id, bucket, hold_id, transfers, serials)
            select to_account, lot.batch_id, to_bucket, to_hold, greatest(lot.transfers + hands, 0), part
                from unnest(taken) part order by part;
    end if;
end $$;

-- One order becomes one movement. Its accounts are locked already, so nothing here can change under our hands.
create function ledger_apply(o jsonb) returns jsonb language plpgsql as $$
declare
    verb text := o->>'kind';
    caller jsonb := o->'caller';
    is_system boolean := o->'caller'->>'kind' = 'system';
    today date := (clock_timestamp() at time zone 'Asia/Shanghai')::date;
    effective date := coalesce((o->>'effective_on')::date, today);
    q numeric := (o->>'quantity')::numeric;
    c ledger_class;
    giver ledger_account;
    taker ledger_account;
    h ledger_hold;
    old ledger_movement;
    made ledger_batch;
    p record;
    lot ledger_lot;
    out_of text := 'available';
    into_bucket text := 'available';
    new_hold uuid;
    home uuid;
    hands integer := 0;
    wanted int8multirange;
    caps jsonb;
    piece int8multirange;
    taken int8multirange;
    n numeric;
    took numeric;
    remaining numeric;
    expired numeric := 0;
    untransferable numeric := 0;
    spent numeric := 0;
    is_named boolean;
    part_batches uuid[] := '{}';  -- what is taken, batch by batch
    part_amounts numeric[] := '{}';
    part_serials int8multirange[] := '{}';
    part_batch uuid;
    batches jsonb := '[]';
    moved int8multirange;
    parts jsonb;
    at timestamptz;
    left_balance numeric;
    new_balance numeric;
    m ledger_movement;
begin
    -- 1. Who gives, who takes, from which bucket into which.
    if o->>'hold' is not null then
        select * into h from ledger_hold where id = (o->>'hold')::uuid;
        select * into giver from ledger_account where id = h.account_id;
        if h.id is null
            or h.kind is distinct from (case when verb in ('accept', 'decline', 'withdraw', 'lapse') then 'offer'
                when verb = 'release' then 'pledge' else 'reservation' end)
            or not (is_system or (case
                when verb in ('accept', 'decline') then exists (select from ledger_account a
                    where a.id = h.counterparty_id and a.organisation_id = (caller->>'organisation')::uuid)
                when verb = 'release' then h.beneficiary_id = (caller->>'organisation')::uuid
                else giver.organisation_id = (caller->>'organisation')::uuid end))
        then
            perform ledger_refuse('hold_unknown', jsonb_build_object('hold', o->>'hold'));
        end if;
        if h.state <> 'open' then
            perform ledger_refuse('hold_not_open', jsonb_build_object('state', h.state));
        end if;
        if verb = 'reserve' then  -- what is reserved already would move from its bucket into the same
            perform ledger_refuse('hold_not_open', jsonb_build_object('state', 'reserved'));
        end if;
        if verb = 'accept' and h.expires_at <= clock_timestamp() then
            perform ledger_refuse('offer_expired', jsonb_build_object('expires_at', h.expires_at));
        end if;
        if o->>'class' is not null and o->>'class' <> h.class_code then
            perform ledger_refuse('class_mismatch', jsonb_build_object('class', o->>'class', 'held', h.class_code));
        end if;
        select * into c from ledger_class where code = h.class_code;
        out_of := case h.kind when 'offer' then 'offered' when 'pledge' then 'pledged' else 'reserved' end;
        select jsonb_object_agg(batch_id, quantity) into caps from ledger_hold_part where hold_id = h.id;
        q := coalesce(q, h.quantity);
    elsif verb = 'reverse' then
        select * into old from ledger_movement where id = (o->>'reverses')::uuid;
        select * into giver from ledger_account where id = old.to_account_id;
        select * into taker from ledger_account where id = old.from_account_id;
        if old.id is null or not ledger_may(giver, caller, true)
            or not (taker.kind = 'origin' or ledger_may(taker, caller, true))
        then
            perform ledger_refuse('movement_unknown', jsonb_build_object('movement', o->>'reverses'));
        end if;
        if old.kind not in ('issue', 'import', 'transfer', 'accept', 'retire', 'surrender', 'expire') then
            perform ledger_refuse('movement_not_reversible', jsonb_build_object('kind', old.kind, 'number', old.number));
        end if;
        if exists (select from ledger_movement where reverses_id = old.id) then
            perform ledger_refuse('movement_already_reversed', jsonb_build_object('number', old.number));
        end if;
        select * into c from ledger_class where code = old.class_code;
        q := old.quantity;
        select min(bucket), jsonb_object_agg(batch_id, amount), range_agg(serials) filter (where serials is not null)
            into out_of, caps, wanted from ledger_posting where movement_id = old.id and amount > 0;
        into_bucket := case when taker.kind = 'origin' then 'origin' else 'available' end;
        hands := case when old.kind in ('transfer', 'accept') and giver.organisation_id is distinct from taker.organisation_id
            then -1 else 0 end;
    else
        select * into c from ledger_class where code = o->>'class';
        if c.code is null then
            perform ledger_refuse('class_unknown', jsonb_build_object('class', o->>'class'));
        end if;
        select * into giver from ledger_account
            where id = case when verb in ('issue', 'import') then '00000000-0000-0000-0000-000000000000'
                else (o->>'from')::uuid end;
    end if;
    if o->>'to_number' is not null then
        select a.* into taker from ledger_account a join carbon_account k on k.id = a.id where k.number = o->>'to_number';
    elsif o->>'to' is not null then
        select * into taker from ledger_account where id = (o->>'to')::uuid;
    elsif verb = 'accept' then
        select * into taker from ledger_account where id = h.counterparty_id;
    elsif verb <> 'reverse' then
        taker := giver;
    end if;
    if verb in ('issue', 'import') then
        if taker.id is null or taker.kind = 'origin'
            or not (ledger_may(taker, caller, verb = 'issue'))
        then
            perform ledger_refuse('account_unknown', jsonb_build_object('account', coalesce(o->>'to_number', o->>'to')));
        end if;
        out_of := 'origin';
    elsif verb in ('transfer', 'pledge', 'reserve', 'retire', 'surrender') and o->>'hold' is null then
        if giver.id is null or giver.kind = 'origin' or not ledger_may(giver, caller, false)
            or caller->>'kind' = 'authority'
        then
            perform ledger_refuse('account_unknown', jsonb_build_object('account', o->>'from'));
        end if;
    elsif verb = 'expire' and not is_system then
        perform ledger_refuse('account_unknown', jsonb_build_object('account', o->>'from'));
    end if;
    if taker.id is null or taker.kind = 'origin' and verb <> 'reverse' then
        perform ledger_refuse('account_unknown', jsonb_build_object('account', coalesce(o->>'to_number', o->>'to')));
    end if;
    if verb = 'transfer' and taker.id = giver.id then
        perform ledger_refuse('transfer_to_self', jsonb_build_object('account', taker.number));
    end if;
    if verb not in ('expire', 'lapse', 'release', 'free', 'reverse') then
        select a.number into p from ledger_account a left join carbon_account k on k.id = a.id
            where a.id in (giver.id, taker.id) and coalesce(a.closed_at, k.closed_at) is not null limit 1;
        if found then
            perform ledger_refuse('account_closed', jsonb_build_object('account', p.number));
        end if;
    end if;
    if c.frozen_at is not null and verb <> 'reverse' then
        perform ledger_refuse('class_frozen', jsonb_build_object('class', c.code, 'reason', c.frozen_reason));
    end if;
    if effective > today then
        perform ledger_refuse('effective_in_future', jsonb_build_object('day', effective, 'today', today));
    end if;

    -- 2. How much, of what.
    if o->'serials' <> 'null' and verb <> 'reverse' then
        if not c.is_serialised then
            perform ledger_refuse('class_not_serialised', jsonb_build_object('class', c.code));
        end if;
        select range_agg(int8range((e->>0)::bigint, (e->>1)::bigint, '[]')), sum((e->>1)::bigint - (e->>0)::bigint + 1)
            into wanted, n from jsonb_array_elements(o->'serials') e;
        if n <> ledger_size(wanted) then
            perform ledger_refuse('serials_repeated', '{}');
        end if;
        if q is not null and q <> n and o->>'quantity' is not null then
            perform ledger_refuse('quantity_mismatch', jsonb_build_object('quantity', q, 'serials', n));
        end if;
        q := n;
    end if;
    if q is null or q <= 0 then
        perform ledger_refuse('quantity_not_positive', jsonb_build_object('quantity', q));
    elsif scale(trim_scale(q)) > c.scale then
        perform ledger_refuse(case c.scale when 0 then 'units_not_whole' else 'quantity_too_precise' end,
            jsonb_build_object('quantity', q, 'class', c.code, 'scale', c.scale));
    end if;
    if verb = 'transfer' and not (is_system or giver.organisation_id is not distinct from taker.organisation_id
        or taker.accepts = 'automatically')
    then
        verb := 'offer';
        if (o->>'expires_at')::timestamptz <= clock_timestamp() then
            perform ledger_refuse('offer_expired', jsonb_build_object('expires_at', o->>'expires_at'));
        end if;
    end if;
    if verb in ('transfer', 'accept') and giver.organisation_id is distinct from taker.organisation_id then
        hands := 1;
    end if;
    if verb in ('offer', 'pledge', 'reserve') then
        new_hold := (o->>'new_hold')::uuid;
        into_bucket := case verb when 'offer' then 'offered' when 'pledge' then 'pledged' else 'reserved' end;
    elsif verb in ('retire', 'surrender', 'expire') then
        into_bucket := case verb when 'retire' then 'retired' when 'surrender' then 'surrendered' else 'expired' end;
    end if;
    if verb = 'expire' then
        out_of := o->>'bucket';
    end if;
    home := case verb when 'offer' then giver.id else taker.id end;  -- what is offered stays until it is accepted
    is_named := wanted is not null or o->>'batch' is not null or o->>'hold' is not null;

    -- 3. Take it: a new batch, or what lies there, the soonest to expire first.
    remaining := q;
    if verb in ('issue', 'import') then
        made := ledger_make_batch(o, c, q, today);
        if c.is_serialised then
            insert into ledger_lot (account_id, batch_id, bucket, transfers, serials)
                values (taker.id, made.id, 'available', made.transfers_used, made.serials);
        end if;
        moved := int8multirange(made.serials);
        part_batches := array[made.id];
        part_amounts := array[q];
        part_serials := array[moved];
        remaining := 0;
    else
        for p in
            select b.batch_id, b.amount, t.valid_until, t.is_transferable
                from ledger_balance b join ledger_batch t on t.id = b.batch_id
                where b.account_id = giver.id and b.class_code = c.code and b.bucket = out_of and b.amount > 0
                    and (o->>'batch' is null or b.batch_id = (o->>'batch')::uuid)
                    and (wanted is null or t.serials && wanted)
                    and (caps is null or caps ? b.batch_id::text)
                order by t.valid_until nulls last, t.vintage nulls first, t.created_at, t.id
        loop
            exit when remaining = 0;
            if p.valid_until < today and verb not in ('expire', 'reverse', 'release', 'free', 'decline', 'withdraw', 'lapse') then
                if is_named then
                    perform ledger_refuse('units_expired', jsonb_build_object('valid_until', p.valid_until));
                end if;
                expired := expired + p.amount;
                continue;
            end if;
            if verb in ('transfer', 'offer') and not p.is_transferable and giver.organisation_id is distinct from taker.organisation_id then
                if is_named then
                    perform ledger_refuse('units_not_transferable', jsonb_build_object('class', c.code));
                end if;
                untransferable := untransferable + p.amount;
                continue;
            end if;
            if not c.is_serialised then
                n := least(remaining, p.amount, coalesce((caps->>p.batch_id::text)::numeric, p.amount));
                part_batches := array_append(part_batches, p.batch_id);
                part_amounts := array_append(part_amounts, n);
                part_serials := array_append(part_serials, null::int8multirange);
                remaining := remaining - n;
                continue;
            end if;
            taken := '{}';
            took := 0;
            for lot in
                select * from ledger_lot l
                    where l.account_id = giver.id and l.batch_id = p.batch_id and l.bucket = out_of
                        and (verb = 'expire' or l.hold_id is not distinct from h.id)
                        and (wanted is null or l.serials && wanted)
                    order by lower(l.serials)
            loop
                exit when remaining = 0;
                if lot.transfers >= c.max_transfers and (verb = 'transfer' and hands = 1
                    or verb = 'offer' and giver.organisation_id is distinct from taker.organisation_id)
                then
                    if is_named then
                        perform ledger_refuse('units_already_transferred',
                            jsonb_build_object('class', c.code, 'allowed', c.max_transfers));
                    end if;
                    spent := spent + upper(lot.serials) - lower(lot.serials);
                    continue;
                end if;
                if wanted is null then
                    n := least(upper(lot.serials) - lower(lot.serials), remaining);
                    piece := int8multirange(int8range(lower(lot.serials), lower(lot.serials) + n::bigint));
                else
                    piece := int8multirange(lot.serials) * wanted;
                    n := ledger_size(piece);
                end if;
                if n = upper(lot.serials) - lower(lot.serials) then  -- the lot goes as a whole
                    update ledger_lot set account_id = home, bucket = into_bucket, hold_id = new_hold,
                        transfers = greatest(lot.transfers + hands, 0) where id = lot.id;
                else
                    perform ledger_carry(lot, piece, home, into_bucket, new_hold, hands);
                end if;
                taken := taken + piece;
                took := took + n;
                remaining := remaining - n;
            end loop;
            if took > 0 then
                part_batches := array_append(part_batches, p.batch_id);
                part_amounts := array_append(part_amounts, took);
                part_serials := array_append(part_serials, taken);
                moved := coalesce(moved + taken, taken);
            end if;
        end loop;
    end if;
    if remaining > 0 then
        if verb = 'reverse' then
            perform ledger_refuse('movement_not_reversible', jsonb_build_object('kind', old.kind, 'number', old.number));
        elsif wanted is not null then
            select range_agg(serials) into piece from ledger_batch where class_code = c.code and serials && wanted;
            perform ledger_refuse(
                case when piece is null or not piece @> wanted then 'serials_unknown' else 'serials_not_here' end,
                jsonb_build_object('class', c.code));
        end if;
        perform ledger_refuse(
            case when expired >= remaining then 'units_expired' when spent >= remaining then 'units_already_transferred'
                when untransferable >= remaining then 'units_not_transferable' else 'insufficient_units' end,
            jsonb_build_object('class', c.code, 'wanted', q, 'usable', q - remaining, 'allowed', c.max_transfers));
    end if;

    -- 4. Write it down. Time never runs backwards within an account, whatever the clock does.
    at := greatest(clock_timestamp(), giver.last_posted_at + interval '1 microsecond',
        taker.last_posted_at + interval '1 microsecond');
    update ledger_account set last_posted_at = at where id in (giver.id, taker.id);
    insert into ledger_movement (
        id, number, kind, class_code, quantity, from_account_id, to_account_id, hold_id, group_id, reverses_id,
        effective_on, recorded_at, purpose, beneficiary, period, reference, note, facts,
        organisation_id, actor_id, actor_kind, correlation_id
    ) values (
        (o->>'id')::uuid, nextval('ledger_movement_number'), verb, c.code, trim_scale(q), giver.id, taker.id,
        coalesce(new_hold, h.id), (o->>'group')::uuid, old.id, effective, at,
        o->>'purpose', o->>'beneficiary', (o->>'period')::bigint, o->>'reference', o->>'note',
        o->'facts' || jsonb_build_object('from_number', giver.number, 'to_number', taker.number),
        (caller->>'organisation')::uuid, (caller->>'actor')::uuid, caller->>'kind', caller->>'correlation'
    ) returning * into m;
    for i in 1 .. cardinality(part_batches) loop
        part_batch := part_batches[i];
        took := part_amounts[i];
        taken := part_serials[i];
        batches := batches || to_jsonb(part_batch);
        if out_of = 'origin' then
            insert into ledger_balance as b (account_id, batch_id, bucket, class_code, amount)
                values (giver.id, part_batch, out_of, c.code, -took) returning amount into left_balance;
        else
            update ledger_balance set amount = amount - took
                where account_id = giver.id and batch_id = part_batch and bucket = out_of returning amount into left_balance;
        end if;
        insert into ledger_balance as b (account_id, batch_id, bucket, class_code, amount)
            values (home, part_batch, into_bucket, c.code, took)
            on conflict (account_id, batch_id, bucket) do update set amount = b.amount + excluded.amount
            returning amount into new_balance;
        insert into ledger_posting (account_id, movement_id, batch_id, bucket, class_code, amount, balance, recorded_at, serials)
            values (giver.id, m.id, part_batch, out_of, c.code, -took, left_balance, at, taken),
                (home, m.id, part_batch, into_bucket, c.code, took, new_balance, at, taken);
    end loop;

    -- 5. Holds and origins follow.
    if new_hold is not null then
        insert into ledger_hold (
            id, kind, state, account_id, class_code, quantity, counterparty_id, beneficiary_id, reference, facts,
            expires_at, opened_at, opened_by
        ) values (
            new_hold, case verb when 'reserve' then 'reservation' else verb end, 'open', giver.id, c.code, q,
            case verb when 'offer' then taker.id end, (o->>'beneficiary_id')::uuid, o->>'reference', o->'facts',
            case verb when 'offer' then (o->>'expires_at')::timestamptz end, at, m.id
        );
        insert into ledger_hold_part (hold_id, batch_id, quantity)
            select new_hold, part.batch, part.amount from unnest(part_batches, part_amounts) part (batch, amount);
    end if;
    if h.id is not null or verb = 'expire' and out_of in ('offered', 'pledged', 'reserved') then
        select jsonb_agg(jsonb_build_array(part.batch, part.amount)) into parts
            from unnest(part_batches, part_amounts) part (batch, amount);
        perform ledger_shrink_holds(h.id, giver.id, out_of, parts, m, case when verb in ('accept', 'offer', 'transfer', 'retire', 'surrender') then 'settled'
            when verb in ('lapse', 'expire') then 'lapsed' else 'released' end);
    end if;
    if verb = 'reverse' and into_bucket = 'origin' then
        update ledger_origin set is_live = false
            where batch_id = any (part_batches);
    end if;
    return jsonb_build_object(
        'id', m.id, 'number', m.number, 'kind', m.kind, 'class_code', m.class_code, 'quantity', m.quantity::text,
        'from_account_id', m.from_account_id, 'to_account_id', m.to_account_id, 'hold_id', m.hold_id,
        'batch_ids', batches,
        'serials', case when moved = int8multirange(range_merge(moved))
            then jsonb_build_array(jsonb_build_array(lower(moved), upper(moved) - 1)) else ledger_pairs(moved) end,
        'effective_on', m.effective_on, 'recorded_at', m.recorded_at, 'purpose', m.purpose, 'beneficiary', m.beneficiary,
        'period', m.period, 'reference', m.reference, 'note', m.note, 'group_id', m.group_id, 'reverses_id', m.reverses_id,
        'facts', m.facts, 'organisation_id', m.organisation_id, 'actor_id', m.actor_id
    );
end $$;

-- All orders or none: the first refusal ends the transaction. One row for each movement.
create function ledger_post(orders jsonb) returns setof jsonb language plpgsql
security definer set search_path = public, pg_catalog set enable_seqscan = off as $$
declare
    o jsonb;
begin
    perform ledger_lock(orders, true);
    for o in select value from jsonb_array_elements(orders) loop
        if o->>'kind' in ('expire', 'lapse') then
            o := ledger_due(o);
            continue when o is null;
        end if;
        return next ledger_apply(o);
    end loop;
end $$;

-- The audit events of what was posted, each in the chain of its caller's organisation: as `kit.audit` writes them for
-- every other command, and as it verifies them. The text that is hashed is the facts as JSON, keys in order, no spaces.
-- Heads are locked in the order of their chains, after the accounts and before the journal's head.
create function ledger_audit(done jsonb) returns void language plpgsql as $$
declare
    wanted uuid[];
    chains uuid[];
    sequences bigint[];
    hashes bytea[];
    each jsonb;
    caller jsonb;
    movement jsonb;
    event audit_event;
    events audit_event[] := '{}';
    place integer;
    asking text := coalesce(current_setting('carbon.kind', true), '');
    setting text;
begin
    setting := set_config('carbon.kind', 'system', true);  -- policies of the audit bind the owner, too
    select array_agg(distinct coalesce((value->'caller'->>'organisation')::uuid, '00000000-0000-0000-0000-000000000000'))
        into wanted from jsonb_array_elements(done);
    for attempt in 1 .. 2 loop
        select array_agg(h.chain_id), array_agg(h.sequence), array_agg(h.hash) into chains, sequences, hashes
            from (select * from audit_head where chain_id = any (wanted) order by chain_id for update) h;
        exit when cardinality(chains) = cardinality(wanted);
        insert into audit_head (chain_id, sequence, hash)
            select w, 0, decode(repeat('00', 32), 'hex') from unnest(wanted) w order by w on conflict do nothing;
    end loop;
    for each in select value from jsonb_array_elements(done) loop
        caller := each->'caller';
        movement := each->'movement';
        event.organisation_id := (caller->>'organisation')::uuid;
        event.chain_id := coalesce(event.organisation_id, '00000000-0000-0000-0000-000000000000');
        place := array_position(chains, event.chain_id);
        event.sequence := sequences[place] + 1;
        event.id := uuidv7();
        event.at := clock_timestamp();
        event.actor_id := (caller->>'actor')::uuid;
        event.actor_kind := caller->>'kind';
        event.action := 'ledger:' || (movement->>'kind');
        event.outcome := 'done';
        event.object_type := 'LedgerMovement';
        event.object_id := movement->>'id';
        event.correlation_id := caller->>'correlation';
        event.details := jsonb_build_object('number', movement->'number', 'quantity', movement->'quantity',
            'unit_class', movement->'class_code');
        event.previous_hash := hashes[place];
        event.hash := sha256(event.previous_hash || convert_to(concat(
            '{"action":', to_json(event.action), ',"actor":', coalesce(to_json(event.actor_id)::text, 'null'),
            ',"at":"', to_char(event.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), '+00:00"',
            ',"chain":', to_json(event.chain_id), ',"correlation":', to_json(event.correlation_id),
            ',"details":{"number":', movement->'number', ',"quantity":', to_json(movement->>'quantity'),
            ',"unit_class":', to_json(movement->>'class_code'), '},"id":', to_json(event.id),
            ',"kind":', to_json(event.actor_kind), ',"object":', to_json(event.object_id),
            ',"organisation":', coalesce(to_json(event.organisation_id)::text, 'null'), ',"outcome":"done","sequence":',
            event.sequence, ',"type":"LedgerMovement"}'
        ), 'UTF8'));
        events := array_append(events, event);
        sequences[place] := event.sequence;
        hashes[place] := event.hash;
    end loop;
    insert into audit_event (
        chain_id, sequence, id, at, actor_id, actor_kind, organisation_id, action, outcome, object_type, object_id,
        details, correlation_id, previous_hash, hash
    )
        select e.chain_id, e.sequence, e.id, e.at, e.actor_id, e.actor_kind, e.organisation_id, e.action, e.outcome,
                e.object_type, e.object_id, e.details, e.correlation_id, e.previous_hash, e.hash
            from unnest(events) e;
    update audit_head h set sequence = n.sequence, hash = n.hash
        from unnest(chains, sequences, hashes) n (chain_id, sequence, hash) where h.chain_id = n.chain_id;
    setting := set_config('carbon.kind', asking, true);
end $$;

-- Orders of several callers in one transaction: [{"order": ..., "key": ..., "hash": ..., "command": ...}]. Each has a
-- savepoint; a refused one is answered with its code while the others go on. A key that was used before gives the first
-- answer again, or is refused when it came with another input. An order whose accounts another transaction holds is
-- answered `busy` and not applied, so that it does not keep the others waiting; and so is one whose key another
-- transaction is just using. A patient caller, with one order, waits: for its key first and then for its accounts, in
-- the order in which every other command takes them. The audit events are written here as well, so that one statement
-- is the whole transaction.
create function ledger_post_gathered(items jsonb, is_patient boolean) returns setof jsonb language plpgsql
security definer set search_path = public, pg_catalog set enable_seqscan = off as $$
declare
    item jsonb;
    owner uuid;
    known command_key;
    locked uuid[];
    moved jsonb;
    answer jsonb;
    code text;
    details text;
    setting text;
    used text[];
    has_twins boolean;
    done jsonb := '[]';
    is_claimed boolean := false;
begin
    setting := set_config('lock_timeout', '10s', true);  -- then the caller is told to try again
    if is_patient and items->0->>'key' is not null then
        insert into command_key (organisation_id, key, command, input_hash, created_at) values (
            (items->0->'order'->'caller'->>'organisation')::uuid, items->0->>'key', items->0->>'command',
            decode(items->0->>'hash', 'hex'), clock_timestamp()) on conflict do nothing;
        is_claimed := found;
    end if;
    locked := ledger_lock((select jsonb_agg(e->'order') from jsonb_array_elements(items) e), is_patient);
    -- Which keys were used before is asked once for all: who has the same order with the same key takes the same
    -- accounts, which are ours by now. One key twice in this very call is asked for again, after the first.
    -- (The limit keeps the planner from reading all keys there are.)
    select array_agg(k.used), count(distinct (e.owner, e.key)) < count(*) into used, has_twins
        from (
            select (value->'order'->'caller'->>'organisation')::uuid as owner, value->>'key' as key
                from jsonb_array_elements(items)
        ) e left join lateral (
            select c.organisation_id || c.key as used from command_key c
                where c.organisation_id = e.owner and c.key = e.key limit 1
        ) k on true
        where e.key is not null;
    for item in select value from jsonb_array_elements(items) loop
        if locked is not null then
            if exists (select from ledger_touched(item->'order') t join ledger_account a on a.id = t
                where a.id <> all (locked))
            then
                return next '{"busy": true}'::jsonb;
                continue;
            end if;
        end if;
        begin
            owner := (item->'order'->'caller'->>'organisation')::uuid;
            known := null;
            if not is_claimed and (has_twins or (owner || (item->>'key')) = any (used)) then
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
                    setting := set_config('lock_timeout', '20ms', true);
                    insert into command_key (organisation_id, key, command, input_hash, answer, created_at) values (
                        owner, item->>'key', item->>'command', decode(item->>'hash', 'hex'),
                        jsonb_build_object('movement', moved), clock_timestamp());
                    setting := set_config('lock_timeout', '10s', true);
                end if;
                answer := jsonb_build_object('movement', moved, 'is_replay', false);
                done := done || jsonb_build_object('caller', item->'order'->'caller', 'movement', moved);
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
    if done <> '[]' then
        perform ledger_audit(done);
    end if;
end $$;
