-- Holds the rows of the citizens with these very numbers, in the order of their ids. It runs as the owner: who runs a
-- scene is shown no register of citizens, and learns of one by the number they were given.
create function citizens_locked(of_programme text, numbers text[])
returns table (id uuid, number text, division_path text, closed_at timestamptz)
language sql security definer set search_path = public, pg_catalog as $$
    select c.id, c.number, c.division_path, c.closed_at from citizen c
        where c.programme = of_programme and c.number = any (numbers) order by c.id for update of c
$$;

-- Which of the platform's keys a programme has a citizen of, wherever that one lives.
create function citizen_subjects(of_programme text, subjects text[]) returns setof text
language sql stable security definer set search_path = public, pg_catalog as $$
    select c.subject from citizen c where c.programme = of_programme and c.subject = any (subjects)
$$;

-- What citizens have of a scene on each day of a span, whoever told of it: caps count all of it.
create function citizen_used(of_programme text, of_scene text, citizens uuid[], first date, last date)
returns table (account_id uuid, day date, points numeric)
language sql stable security definer set search_path = public, pg_catalog as $$
    select a.account_id, a.day, sum(a.points) from citizen_act a
        where a.account_id = any (citizens) and a.programme = of_programme and a.scene = of_scene
            and a.day between first and last and a.revoked_at is null
        group by a.account_id, a.day
$$;

-- The acts of a scene with these keys, whoever told of them.
create function citizen_keys(of_programme text, of_scene text, keys text[])
returns table (key text, id uuid, account_id uuid, day date, quantity numeric, points numeric, is_revoked boolean)
language sql stable security definer set search_path = public, pg_catalog as $$
    select a.key, a.id, a.account_id, a.day, a.quantity, a.points, a.revoked_at is not null from citizen_act a
        where a.programme = of_programme and a.scene = of_scene and a.key = any (keys)
$$;

-- Where the points of a programme's citizens at or below a place are: earned, redeemed and cancelled by the records here,
-- expired and held by the ledger. It runs as the caller, who sees what row-level security shows them.
create function citizen_standing(of_programme text, path text)
returns table (citizens bigint, earned numeric, redeemed numeric, cancelled numeric, expired numeric, held numeric)
language sql stable set search_path = public, pg_catalog as $$
    select
        (select count(*) from citizen c where c.programme = of_programme and starts_with(c.division_path, path)),
        (select coalesce(sum(a.points), 0) from citizen_act a
            where a.programme = of_programme and starts_with(a.division_path, path) and a.revoked_at is null),
        (select coalesce(sum(r.points), 0) from citizen_redemption r
            where r.programme = of_programme and starts_with(r.division_path, path) and r.cancelled_at is null),
        (select coalesce(sum(c.cancelled_points), 0) from citizen c
            where c.programme = of_programme and starts_with(c.division_path, path)),
        (select coalesce(sum(b.amount), 0) from citizen c join ledger_balance b on b.account_id = c.id
            where c.programme = of_programme and starts_with(c.division_path, path) and b.bucket = 'expired'),
        (select coalesce(sum(b.amount), 0) from citizen c join ledger_balance b on b.account_id = c.id
            where c.programme = of_programme and starts_with(c.division_path, path)
                and b.bucket in ('available', 'offered', 'pledged', 'reserved'))
$$;
