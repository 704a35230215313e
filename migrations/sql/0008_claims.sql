-- One use of a benefit. The guards' exclusion constraints decide; the search afterwards only finds the words for it.
create function ledger_claim(c jsonb) returns void language plpgsql
security definer set search_path = public, pg_catalog as $$
declare
    clash record;
begin
    insert into claim (id, use, owner_id, period, movement_id, facts, claimed_at, claimed_by) values (
        (c->>'id')::uuid, c->>'use', (c->>'owner')::uuid, (c->>'period')::bigint, (c->>'movement')::uuid, c->'facts',
        clock_timestamp(), (c->>'actor')::uuid
    );
    insert into claim_extent (claim_id, subject, extent, is_live)
        select (c->>'id')::uuid, e->>0, int8range((e->>1)::bigint, (e->>2)::bigint, '[]'), true
            from jsonb_array_elements(c->'extents') e;
    begin
        insert into claim_guard (claim_id, rule, subject, extent, test, use, owner_id, is_live)
            select (c->>'id')::uuid, r.code, x.subject, x.extent, r.test, c->>'use', (c->>'owner')::uuid, true
                from claim_extent x, claim_rule r
                where x.claim_id = (c->>'id')::uuid and c->>'use' in (r.use_a, r.use_b)
                order by r.code, x.subject, x.extent;  -- in one order for all, so that claims wait and do not collide
    exception when exclusion_violation then
        select r.code, r.reason_zh, r.reason_en, g.use, other.period, g.subject, g.extent * x.extent as both into clash
            from claim_extent x
                join claim_guard g on g.is_live and g.subject = x.subject and g.extent && x.extent
                join claim_rule r on r.code = g.rule and c->>'use' in (r.use_a, r.use_b)
                join claim other on other.id = g.claim_id
            where x.claim_id = (c->>'id')::uuid and (
                r.test = 'repeat' or g.use <> c->>'use'
                    and (r.test = 'any_owner' or g.owner_id <> (c->>'owner')::uuid)
            )
            limit 1;
        perform ledger_refuse('already_claimed', jsonb_build_object(
            'use', c->>'use', 'other', clash.use, 'period', clash.period, 'subject', clash.subject,
            'first', lower(clash.both), 'last', upper(clash.both) - 1, 'rule', clash.code,
            'reason_zh', clash.reason_zh, 'reason_en', clash.reason_en));
    end;
end $$;

create function ledger_withdraw_claims(movement uuid) returns bigint language plpgsql
security definer set search_path = public, pg_catalog as $$
declare
    gone uuid[];
begin
    with withdrawn as (
        update claim set withdrawn_at = clock_timestamp() where movement_id = movement and withdrawn_at is null returning id
    )
    select array_agg(id) into gone from withdrawn;
    update claim_extent set is_live = false where claim_id = any (gone);
    update claim_guard set is_live = false where claim_id = any (gone);
    return coalesce(cardinality(gone), 0);
end $$;

-- A new rule holds for the claims that stand already; if two of them break it, it cannot be loaded.
create function ledger_load_claim_rule(r jsonb) returns boolean language plpgsql
security definer set search_path = public, pg_catalog as $$
begin
    insert into claim_rule (code, use_a, use_b, test, reason_zh, reason_en, document, confidence, loaded_at)
        values (r->>'code', least(r->>'use_a', r->>'use_b'), greatest(r->>'use_a', r->>'use_b'), r->>'test',
            r->>'reason_zh', r->>'reason_en', r->>'document', r->>'confidence', clock_timestamp())
        on conflict (code) do nothing;
    if not found then
            return false;
    end if;
    insert into claim_guard (claim_id, rule, subject, extent, test, use, owner_id, is_live)
        select c.id, r->>'code', x.subject, x.extent, r->>'test', c.use, c.owner_id, true
            from claim c join claim_extent x on x.claim_id = c.id and x.is_live
            where c.use in (r->>'use_a', r->>'use_b');
    return true;
end $$;

-- "Already claimed?" has one answer for everybody: the standing claims on these extents, with use, period and the part
-- they cover. Whose they are is not told; the id opens nothing to whoever may not see the claim.
create function ledger_claimed(extents jsonb) returns table (id uuid, use text, period bigint, subject text, part int8range)
language sql stable security definer set search_path = public, pg_catalog as $$
    select c.id, c.use, c.period, x.subject, x.extent * asked.extent
        from (
            select e->>0 as subject, int8range((e->>1)::bigint, (e->>2)::bigint, '[]') as extent
                from jsonb_array_elements(extents) e
        ) asked
            join claim_extent x on x.is_live and x.subject = asked.subject and x.extent && asked.extent
            join claim c on c.id = x.claim_id
        where coalesce(current_setting('carbon.kind', true), '') not in ('', 'nobody')
        order by c.claimed_at, c.id, x.subject, lower(x.extent * asked.extent)
$$;
