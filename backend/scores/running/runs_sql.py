"""The statements of a run: each for a whole chunk of accounts, rows travelling as an array for each column."""

from sqlalchemy import text

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
select s.account_id, s.id, s.fingerprint, s.valid_until, s.grade, s.state, s.model_code, s.model_version, s.year,
    jsonb_path_query_array(cast(s.answer as jsonb), '$.gates[*] ? (@.is_open == false).code') as shut
from score_standing t
join score s on s.account_id = t.account_id and s.id = t.score_id
where t.account_id = any(cast(:accounts as uuid[]))""")

STORE = text("""
insert into score (account_id, id, number, year, model_code, model_version, state, points, grade, computed_at,
    valid_until, cause, inputs, answer, indicators, as_of, fingerprint)
select r.account_id, r.id, r.number, :year, :model_code, :model_version, r.state, r.points, r.grade, :known_at, :valid_until,
    :cause, cast(r.inputs as jsonb), r.answer, r.indicators, :known_at, r.fingerprint
from unnest(cast(:accounts as uuid[]), cast(:ids as uuid[]), cast(:numbers as bigint[]), cast(:states as text[]),
    cast(:points as numeric[]), cast(:grades as text[]), cast(:inputs as text[]), cast(:answers as text[]),
    cast(:indicators as text[]), cast(:fingerprints as text[]))
    as r (account_id, id, number, state, points, grade, inputs, answer, indicators, fingerprint)""")

CHECKED = text("""
update score_standing t set checked_at = :known_at, model_code = :model_code, model_version = :model_version,
    score_id = coalesce(r.score_id, t.score_id), number = coalesce(r.number, t.number),
    positions = cast(r.positions as jsonb), signs = cast(r.signs as jsonb)
from unnest(cast(:accounts as uuid[]), cast(:ids as uuid[]), cast(:numbers as bigint[]), cast(:positions as text[]),
    cast(:signs as text[])) as r (account_id, score_id, number, positions, signs)
where t.account_id = r.account_id and t.account_id = any(cast(:accounts as uuid[]))""")
"""The rows are found by key: of arrays the planner knows no size, and would go through the whole table for each."""

STORE_SIGNS = text("""
insert into score_sign (account_id, id, year, kind, fingerprint, numbers, zh, en, found_at)
select r.account_id, uuidv7(), r.year, r.kind, r.fingerprint, r.numbers, r.zh, r.en, :found_at
from jsonb_to_recordset(cast(:rows as jsonb)) as r (
    account_id uuid, year bigint, kind text, fingerprint text, numbers jsonb, zh text, en text)
on conflict (account_id, year, kind, fingerprint) do nothing""")
