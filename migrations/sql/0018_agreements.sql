-- Whom a bank asks, by the credit code of the public register or an account's number. The bank does not see the
-- enterprise's row before it consents, so the search runs as the service and tells nothing but the id.
create function consent_enterprise(written text) returns uuid language plpgsql
security definer set search_path = public, pg_catalog as $$
declare
    caller text := current_setting('carbon.kind', true);
    found_id uuid;
begin
    if caller is null or caller not in ('bank', 'system') then
        return null;
    end if;
    perform set_config('carbon.kind', 'system', true);
    select o.id into found_id from organisation o
        where o.kind = 'enterprise' and o.suspended_at is null and (
            o.credit_code = upper(btrim(written))
            or o.id = (select a.organisation_id from carbon_account a
                where a.number = upper(btrim(written)) and a.closed_at is null)
        );
    perform set_config('carbon.kind', caller, true);
    return found_id;
end $$;
