"""The standing invariants of the books, one statement each, over all rows at once.

Every statement names what does not hold: `class_code` of the units concerned (null when it cannot be told) and `what`
in words. A statement sees one moment of the books, so work that goes on beside it is never taken for a fault. None of
them trusts a constraint, a trigger or a stored sum: what could have been switched off is looked at again.
"""

LOCKED = "('offered', 'pledged', 'reserved')"
BUCKET = "case h.kind when 'offer' then 'offered' when 'pledge' then 'pledged' else 'reserved' end"
SIZE = "upper(serials) - lower(serials)"
BEFORE = "max(upper({0})) over ({1} order by lower({0}), upper({0}) rows between unbounded preceding and 1 preceding)"
"""Where the ranges sorted before end; one that begins earlier overlaps with one of them."""

INVARIANTS: dict[str, str] = {
    # Issued = available + offered + pledged + reserved + retired + surrendered + expired: the origin is minus the issued.
    "units_conserved": """
        select class_code, format('batch %s: the buckets add up to %s instead of 0', batch_id, sum(amount)) as what
            from ledger_balance group by class_code, batch_id having sum(amount) <> 0
    """,
    "issued_as_batched": """
        select coalesce(t.class_code, b.class_code) as class_code,
                format('batch %s: %s units, %s at the origin', coalesce(t.id, b.batch_id), t.quantity, b.amount) as what
            from ledger_batch t
                full join (select * from ledger_balance where bucket = 'origin') b on b.batch_id = t.id
            where b.amount is null or t.id is null or b.amount not in (-t.quantity, 0) or b.class_code <> t.class_code
    """,
    "balances_as_posted": """
        select coalesce(b.class_code, l.class_code) as class_code,
                format('account %s, batch %s, %s: balance %s, postings %s', account_id, batch_id, bucket, b.amount, l.total)
                    as what
            from (
                select account_id, batch_id, bucket, min(class_code) as class_code, sum(amount) as total
                    from ledger_posting group by account_id, batch_id, bucket
            ) l full join ledger_balance b using (account_id, batch_id, bucket)
            where b.amount is distinct from l.total or b.class_code is distinct from l.class_code
    """,
    "running_balances": """
        select class_code, format('movement %s, account %s, %s: left %s, adds up to %s', movement_id, account_id, bucket,
                balance, running) as what
            from (
                select *, sum(amount) over (partition by account_id, batch_id, bucket order by recorded_at) as running
                    from ledger_posting
            ) p where balance <> running
    """,
    "movements_balance": """
        select coalesce(m.class_code, p.class_code) as class_code,
                format('movement %s: moves %s, its %s postings add up to %s', coalesce(m.id, p.movement_id), m.quantity,
                    coalesce(p.lines, 0), p.total) as what
            from ledger_movement m full join (
                select movement_id, min(class_code) as class_code, max(class_code) as other, sum(amount) as total,
                        sum(amount) filter (where amount > 0) as moved, count(*) as lines
                    from ledger_posting group by movement_id
            ) p on p.movement_id = m.id
            where m.id is null or p.movement_id is null or p.total <> 0 or p.lines < 2 or p.moved <> m.quantity
                or p.class_code <> m.class_code or p.other <> m.class_code
    """,
    "lots_as_balances": f"""
        select coalesce(b.class_code, t.class_code) as class_code,
                format('account %s, batch %s, %s: balance %s, %s serials', account_id, batch_id, bucket, b.amount,
                    coalesce(l.size, 0)) as what
            from (
                select account_id, batch_id, bucket, sum({SIZE}) as size
                    from ledger_lot where bucket <> 'origin' group by account_id, batch_id, bucket
            ) l full join (
                select b.* from ledger_balance b join ledger_class c on c.code = b.class_code and c.is_serialised
                    where b.bucket <> 'origin'
            ) b using (account_id, batch_id, bucket)
                left join ledger_batch t on t.id = batch_id
            where coalesce(l.size, 0) <> coalesce(b.amount, 0)
    """,
    "serials_once": f"""
        select t.class_code, format('serials %s of account %s lie somewhere else as well', l.serials, l.account_id) as what
            from (select *, {BEFORE.format("serials", "")} as before from ledger_lot) l
                left join ledger_batch t on t.id = l.batch_id
            where l.before > lower(l.serials)
    """,
    "lots_within_batches": """
        select t.class_code, format('serials %s are not of batch %s (%s)', l.serials, l.batch_id, t.serials) as what
            from ledger_lot l left join ledger_batch t on t.id = l.batch_id
            where t.serials is null or not l.serials <@ t.serials
    """,
    "batches_whole": f"""
        select t.class_code, format('batch %s: %s units, block %s, %s serials lie somewhere', t.id, t.quantity, t.serials,
                l.size) as what
            from ledger_batch t join ledger_class c on c.code = t.class_code
                left join (select batch_id, sum({SIZE}) as size from ledger_lot group by batch_id) l on l.batch_id = t.id
            where c.is_serialised <> (t.serials is not null)
                or t.serials is not null and (upper(t.serials) - lower(t.serials) <> t.quantity
                    or l.size is distinct from t.quantity)
    """,
    "batches_disjoint": f"""
        select class_code, format('batch %s: its block %s is also of another', id, serials) as what
            from (select *, {BEFORE.format("serials", "")} as before from ledger_batch where serials is not null) t
            where before > lower(serials)
    """,
    "registry_codes_once": f"""
        select t.class_code, format('%s %s: codes %s were imported twice', o.registry_code, o.frame, o.numbers) as what
            from (
                select *, {BEFORE.format("numbers", "partition by registry_code, frame")} as before
                    from ledger_origin where is_live
            ) o left join ledger_batch t on t.id = o.batch_id
            where o.before > lower(o.numbers)
    """,
    "holds_as_parts": """
        select h.class_code, format('hold %s is %s and keeps %s, its parts %s', h.id, h.state, h.quantity, p.kept) as what
            from ledger_hold h
                left join (select hold_id, sum(quantity) as kept from ledger_hold_part group by hold_id) p on p.hold_id = h.id
            where case when h.state = 'open' then p.kept is distinct from h.quantity
                else p.kept is not null or h.quantity <> 0 end
    """,
    "holds_as_balances": f"""
        select coalesce(b.class_code, k.class_code) as class_code,
                format('account %s, batch %s, %s: balance %s, kept by holds %s', account_id, batch_id, bucket, b.amount, k.kept)
                    as what
            from (
                select h.account_id, p.batch_id, {BUCKET} as bucket, min(h.class_code) as class_code,
                        sum(p.quantity) as kept
                    from ledger_hold_part p join ledger_hold h on h.id = p.hold_id and h.state = 'open'
                    group by 1, 2, 3
            ) k full join (select * from ledger_balance where bucket in {LOCKED}) b using (account_id, batch_id, bucket)
            where coalesce(k.kept, 0) <> coalesce(b.amount, 0)
    """,
    "holds_as_lots": f"""
        select coalesce(p.class_code, t.class_code) as class_code,
                format('hold %s, batch %s: keeps %s, %s serials', hold_id, batch_id, p.quantity, l.size) as what
            from (
                select hold_id, batch_id, sum({SIZE}) as size from ledger_lot where hold_id is not null group by 1, 2
            ) l full join (
                select p.*, h.class_code from ledger_hold_part p join ledger_hold h on h.id = p.hold_id
                    join ledger_class c on c.code = h.class_code and c.is_serialised
            ) p using (hold_id, batch_id)
                left join ledger_batch t on t.id = batch_id
            where coalesce(l.size, 0) <> coalesce(p.quantity, 0)
    """,
    "lots_held_where_locked": f"""
        select t.class_code, format('serials %s are %s, hold %s', l.serials, l.bucket, l.hold_id) as what
            from ledger_lot l left join ledger_batch t on t.id = l.batch_id left join ledger_hold h on h.id = l.hold_id
            where (l.bucket in {LOCKED}) <> (l.hold_id is not null)
                or h.id is not null and (h.account_id <> l.account_id or l.bucket <> {BUCKET})
    """,
    "movements_linked": """
        select m.class_code, format('movement %s is not in the chain', m.number) as what
            from ledger_movement m where not exists (select from ledger_link l where l.movement_id = m.id)
    """,
    "claims_guarded": """
        select coalesce(t.class_code, case w.use when 'ccer' then 'CCER' when 'gec' then 'GEC' end) as class_code, w.what
            from (
                select x.subject, x.extent, c.use,
                        format('claim %s: %s %s, rule %s: claimed %s, guarded %s', c.id, x.subject, x.extent, r.code,
                            x.is_live, g.is_live) as what
                    from claim_extent x join claim c on c.id = x.claim_id
                        join claim_rule r on c.use in (r.use_a, r.use_b)
                        left join claim_guard g on g.claim_id = x.claim_id and g.rule = r.code
                            and g.subject = x.subject and g.extent = x.extent
                    where x.is_live <> coalesce(g.is_live, false)
                        or g.is_live and (g.use, g.owner_id, g.test) is distinct from (c.use, c.owner_id, r.test)
                union all
                select g.subject, g.extent, g.use, format('guard of claim %s: %s %s is not claimed', g.claim_id, g.subject,
                        g.extent)
                    from claim_guard g left join claim_extent x using (claim_id, subject, extent)
                    where g.is_live and x.claim_id is null
                union all
                select x.subject, x.extent, c.use, format('claim %s was withdrawn %s, %s %s is live: %s', c.id,
                        c.withdrawn_at, x.subject, x.extent, x.is_live)
                    from claim_extent x join claim c on c.id = x.claim_id
                    where x.is_live <> (c.withdrawn_at is null)
            ) w left join ledger_batch t on w.subject = 'serials' and t.serials && w.extent
    """,
}
"""Each invariant by its name: a statement of what breaks it."""
