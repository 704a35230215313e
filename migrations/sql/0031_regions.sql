-- What changed an account's place in the roll-ups is noted in its own transaction: one appended row, nothing locked.
create function regions_note_inventories() returns trigger language plpgsql
security definer set search_path = public, pg_catalog as $$
begin
    insert into region_change (account_id) select distinct account_id from made;
    return null;
end $$;

create trigger inventory_stored_noted after insert on inventory referencing new table as made
    for each statement execute function regions_note_inventories();

create trigger inventory_changed_noted after update on inventory referencing new table as made
    for each statement execute function regions_note_inventories();

create function regions_note_account() returns trigger language plpgsql
security definer set search_path = public, pg_catalog as $$
begin
    insert into region_change (account_id) values (new.id);
    return null;
end $$;

create trigger account_opened_noted after insert on carbon_account
    for each row execute function regions_note_account();

create trigger account_moved_noted after update of division_code, division_path, sector, closed_at on carbon_account
    for each row when (
        (old.division_code, old.division_path, old.sector, old.closed_at is null)
        is distinct from (new.division_code, new.division_path, new.sector, new.closed_at is null)
    ) execute function regions_note_account();
