-- A new line has an empty balance.
create function budget_balance_begins() returns trigger language plpgsql
security definer set search_path = public, pg_catalog as $$
begin
    insert into budget_balance values (new.id, 0, 0, 0, 0, 0, 0, 0, 0, 0, false);
    return null;
end $$;

-- Postings become balances, line by line in one order. What the rows' constraints hold: sources equal uses, nothing below
-- zero. What is held here: but for what is granted or taken back at the top, an entry neither makes nor destroys tonnes.
create function budget_balance_grows() returns trigger language plpgsql
security definer set search_path = public, pg_catalog as $$
declare
    odd uuid;
begin
    select p.entry_id into odd from posted p join budget_entry e on e.id = p.entry_id
        where e.kind not in ('approve', 'adjust') and p.pocket in ('approved', 'adjusted', 'moved', 'handed')
        group by p.entry_id
        having sum(case when p.pocket = 'handed' then -p.tonnes else p.tonnes end) <> 0;
    if odd is not null then
        raise exception 'entry % makes or destroys tonnes', odd using errcode = 'check_violation';
    end if;
    perform 1 from budget_balance b where b.line_id in (select line_id from posted) order by b.line_id for update;
    update budget_balance b set
        approved = b.approved + d.approved, adjusted = b.adjusted + d.adjusted, moved = b.moved + d.moved,
        handed = b.handed + d.handed, withheld = b.withheld + d.withheld, available = b.available + d.available,
        reserved = b.reserved + d.reserved, posted = b.posted + d.posted, retired = b.retired + d.retired
    from (
        select line_id,
            coalesce(sum(tonnes) filter (where pocket = 'approved'), 0) as approved,
            coalesce(sum(tonnes) filter (where pocket = 'adjusted'), 0) as adjusted,
            coalesce(sum(tonnes) filter (where pocket = 'moved'), 0) as moved,
            coalesce(sum(tonnes) filter (where pocket = 'handed'), 0) as handed,
            coalesce(sum(tonnes) filter (where pocket = 'withheld'), 0) as withheld,
            coalesce(sum(tonnes) filter (where pocket = 'available'), 0) as available,
            coalesce(sum(tonnes) filter (where pocket = 'reserved'), 0) as reserved,
            coalesce(sum(tonnes) filter (where pocket = 'posted'), 0) as posted,
            coalesce(sum(tonnes) filter (where pocket = 'retired'), 0) as retired
        from posted group by line_id
    ) d where b.line_id = d.line_id;
    return null;
end $$;
