"""Rows of the library's table, written in one statement whatever their number."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from backend.kit.db import Write
from backend.knowledge.rules.searching import chinese_vector, latin
from backend.knowledge.values import EntryKind, EntryValue, Standing

FIELDS = (
    "id", "parent_id", "kind", "code", "place", "number", "title_zh", "title_en", "issuer", "standing", "published_on",
    "effective_on", "replaces", "summary", "keywords", "body", "source", "confidence", "note", "is_internal",
    "division_code", "division_path", "version", "recorded_at", "recorded_by", "withdrawn_at", "withdrawn_reason",
)  # fmt: skip
COLUMNS = ", ".join(f"e.{name}" for name in FIELDS)
"""What a value is read from; the table is called `e`."""
_KEPT = {"id", "code", "division_code", "division_path", "version"}
"""What a correction leaves as it is, or counts on."""
_CHANGED = ", ".join(f"{name} = excluded.{name}" for name in (*FIELDS, "number_key", "words") if name not in _KEPT)

# The Chinese pairs come as PostgreSQL spells a vector; the English words go through its dictionary, each part with the
# weight it has in the ranking: title and number A, keywords B, the rest C.
STORE = text(f"""
insert into knowledge_entry ({", ".join(FIELDS)}, number_key, words)
select {", ".join(f"row.{name}" for name in FIELDS)}, row.number_key,
    cast(row.chinese as tsvector)
    || setweight(to_tsvector('pg_catalog.english', row.english_a), 'A')
    || setweight(to_tsvector('pg_catalog.english', row.english_b), 'B')
    || setweight(to_tsvector('pg_catalog.english', row.english_c), 'C')
from jsonb_to_recordset(cast(:rows as jsonb)) as row (
    id uuid, parent_id uuid, kind text, code text, place bigint, number text, title_zh text, title_en text, issuer text,
    standing text, published_on date, effective_on date, replaces jsonb, summary text, keywords jsonb, body text,
    source text, confidence text, note text, is_internal boolean, division_code text, division_path text, version bigint,
    recorded_at timestamptz, recorded_by uuid, withdrawn_at timestamptz, withdrawn_reason text, number_key text,
    chinese text, english_a text, english_b text, english_c text)
on conflict (id) do update set {_CHANGED}, version = knowledge_entry.version + 1""")


@dataclass(frozen=True, slots=True)
class Stored:
    """An entry as it is to be stored, with the key its number is compared by (empty for a clause)."""

    value: EntryValue
    number_key: str


def value_of(row: Row[Any]) -> EntryValue:
    """Return a row of `COLUMNS` as a value."""
    given: dict[str, Any] = {name: getattr(row, name) for name in FIELDS}
    given |= {"kind": EntryKind(row.kind), "standing": Standing(row.standing)}
    return EntryValue(**given)


async def store(write: Write, entries: Sequence[Stored]) -> None:
    """Store entries: new ones, or corrections of those with the same id."""
    if entries:
        await write.run(STORE, {"rows": json.dumps([_row(each) for each in entries], ensure_ascii=False)})


def _row(entry: Stored) -> dict[str, Any]:
    value = entry.value
    first = f"{value.title_zh} {value.number}" if value.parent_id is None else value.title_zh
    rest = f"{value.summary} {value.body} {value.issuer} {value.note}"
    words = " ".join(value.keywords)
    row: dict[str, Any] = {name: _plain(getattr(value, name)) for name in FIELDS}
    return row | {
        "number_key": entry.number_key,
        "chinese": chinese_vector([(first, "A"), *((each, "B") for each in value.keywords), (rest, "C")]),
        "english_a": latin(f"{first} {value.title_en}"), "english_b": latin(words), "english_c": latin(rest),
    }  # fmt: skip


def _plain(given: object) -> object:
    if isinstance(given, UUID):
        return str(given)
    if isinstance(given, date | datetime):
        return given.isoformat()
    return list(given) if isinstance(given, Iterable) and not isinstance(given, str) else given
