-- Tells people something: a notice for each organisation that is meant and was not told this key before, a row for each of
-- its people that it is for, and a delivery for each who wants e-mail and for each endpoint. Returns how many people.
-- Whoever says it learns nothing of whom it reaches; an empty list does not restrict.
create function monitoring_notify(
    given_key text, given_kind text, subject_zh text, subject_en text, text_zh text, text_en text, given_link jsonb,
    organisations uuid[], account uuid, division text, roles text[], people uuid[]
) returns bigint language plpgsql
security definer set search_path = public, pg_catalog as $$
declare
    moment timestamptz := clock_timestamp();
    told bigint;
begin
    if coalesce(current_setting('carbon.kind', true), '') in ('', 'nobody') then
        raise exception 'nobody tells anything' using errcode = 'insufficient_privilege';
    end if;
    with over as (
        select o.id, length(o.division_path) as depth from organisation o
            where division is not null and o.kind = 'authority' and o.suspended_at is null
                and starts_with(division, o.division_path)
    ), meant as (
        select unnest(organisations) as id
        union
        select c.organisation_id from carbon_account c where c.id = account
        union
        select id from over where depth = (select max(depth) from over)
    ), noted as (
        insert into notice (id, organisation_id, key, kind, subject_zh, subject_en, text_zh, text_en, link, created_at)
            select uuidv7(), o.id, given_key, given_kind, $3, $4, $5, $6, given_link, moment
                from meant m join organisation o on o.id = m.id and o.suspended_at is null
                order by o.id
            on conflict (organisation_id, key) do nothing
            returning id, organisation_id
    ), readers as (
        insert into notice_reader (person_id, notice_id, organisation_id)
            select distinct m.person_id, n.id, n.organisation_id
                from noted n
                    join membership m on m.organisation_id = n.organisation_id and m.revoked_at is null
                        and (cardinality(roles) = 0 or m.role = any (roles))
                        and (cardinality(people) = 0 or m.person_id = any (people))
                    join person p on p.id = m.person_id and p.disabled_at is null
            returning person_id, notice_id, organisation_id
    ), mailed as (
        insert into notice_delivery (id, organisation_id, notice_id, channel, person_id, state, attempts, created_at, next_at, last_failure)
            select uuidv7(), r.organisation_id, r.notice_id, 'email', r.person_id, 'waiting', 0, moment, moment, ''
                from readers r
                where not exists (select from notice_preference f where f.person_id = r.person_id and not f.by_email)
    ), hooked as (
        insert into notice_delivery (id, organisation_id, notice_id, channel, endpoint_id, state, attempts, created_at, next_at, last_failure)
            select uuidv7(), n.organisation_id, n.id, 'webhook', e.id, 'waiting', 0, moment, moment, ''
                from noted n join notice_endpoint e on e.organisation_id = n.organisation_id
                    and e.disabled_at is null and e.removed_at is null
    )
    select count(*) into told from readers;
    return told;
end $$;
