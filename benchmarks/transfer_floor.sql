create schema bare;
create table bare.account (id int primary key, at timestamptz) with (fillfactor = 70);
create table bare.balance (
    account int, batch int, bucket text, amount numeric check (amount >= 0), primary key (account, batch, bucket)
) with (fillfactor = 70);
create table bare.movement (id uuid primary key, giver int, taker int, amount numeric, at timestamptz);
create table bare.posting (
    account int, movement uuid, batch int, bucket text, amount numeric, balance numeric, at timestamptz,
    serials int8range, primary key (account, movement, batch, bucket)
);
create index on bare.posting (movement);
create table bare.lot (
    id bigint generated always as identity primary key, account int, batch int, serials int8range,
    exclude using gist (serials with &&)
) with (fillfactor = 70);
create index on bare.lot (account, batch, lower(serials));
create table bare.key (organisation int, key text, answer text, primary key (organisation, key));
create table bare.head (position bigint, hash bytea);
create table bare.link (position bigint primary key, movement uuid unique, hash bytea);
insert into bare.head values (0, decode(repeat('00', 32), 'hex'));
insert into bare.account select n from generate_series(1, {accounts}) n;
insert into bare.balance
    select a, b, 'available', case when a = b then {units} else 0 end
        from generate_series(1, {accounts}) a, generate_series(1, {accounts}) b;
insert into bare.lot (account, batch, serials)
    select n, n, int8range(n * {units}::bigint, (n + 1) * {units}::bigint) from generate_series(1, {accounts}) n
