-- What a search of the library finds. Looking for words may not run below row-level security (the operator is not known to
-- tell nothing of the rows it sees), so that the index of words would not be used there. This function gives ids and ranks
-- alone; which of them the reader is shown, the policies of the table decide where they are joined.
-- A document whose number begins with what was asked comes first.
create function knowledge_matching(asked tsquery, asked_number text) returns table (id uuid, rank numeric)
language sql stable security definer set search_path = public, pg_catalog as $$
    select found.id, max(found.rank) from (
        select e.id, cast(ts_rank_cd('{0.05, 0.2, 0.5, 1.0}', e.words, asked) as numeric) as rank
        from knowledge_entry e where e.words @@ asked and e.withdrawn_at is null
        union all
        select e.id, case when e.number_key = asked_number then 1000 else 500 end
        from knowledge_entry e
        where length(asked_number) > 2 and e.number_key ~>=~ asked_number
            and e.number_key ~<~ (asked_number || chr(1114111)) and e.withdrawn_at is null
    ) found
    group by found.id
$$;
