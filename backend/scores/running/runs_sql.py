"""The statements of a run: each for a whole chunk of accounts, rows travelling as one JSON text."""

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import JSONB

MAKE_STANDINGS = text("""
insert into score_standing (account_id)
select a.id from carbon_account a
where a.id = any(cast(:accounts as uuid[])) and a.closed_at is null
order by a.id
on conflict do nothing""")

HOLD_STANDINGS = text("""
select t.account_id, t.score_id, t.number
from score_standing t
join carbon_account a on a.id = t.account_id and a.closed_at is null
where t.account_id = any(cast(:accounts as uuid[]))
order by t.account_id
for update of t""")

LAST = text("""
select s.* from score_standing t
join score s on s.account_id = t.account_id and s.id = t.score_id
where t.account_id = any(cast(:accounts as uuid[]))""").columns(inputs=JSONB)

STORE = text("""
insert into score (account_id, id, number, year, model_code, model_version, state, points, grade, computed_at,
    valid_until, cause, inputs, answer, indicators, as_of, fingerprint)
select * from jsonb_to_recordset(cast(:rows as jsonb)) as r (
    account_id uuid, id uuid, number bigint, year bigint, model_code text, model_version bigint, state text,
    points numeric, grade text, computed_at timestamptz, valid_until date, cause text, inputs jsonb, answer text,
    indicators text, as_of timestamptz, fingerprint text)""")

CHECKED = text("""
update score_standing t set checked_at = :known_at, model_code = :model_code, model_version = :model_version,
    score_id = coalesce(r.score_id, t.score_id), number = coalesce(r.number, t.number), positions = r.positions,
    signs = r.signs
from jsonb_to_recordset(cast(:rows as jsonb)) as r (account_id uuid, score_id uuid, number bigint, positions jsonb, signs jsonb)
where t.account_id = r.account_id""")

STORE_SIGNS = text("""
insert into score_sign (account_id, id, year, kind, fingerprint, numbers, zh, en, found_at)
select r.account_id, uuidv7(), r.year, r.kind, r.fingerprint, r.numbers, r.zh, r.en, :found_at
from jsonb_to_recordset(cast(:rows as jsonb)) as r (
    account_id uuid, year bigint, kind text, fingerprint text, numbers jsonb, zh text, en text)
on conflict (account_id, year, kind, fingerprint) do nothing""")
