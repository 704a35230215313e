"""Reads of the library: search, lists, items of a document, what explains a field."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import text

from backend.kit.db import Read
from backend.kit.scope import Scope
from backend.knowledge.errors import SearchTooCommon, SearchTooLong, SearchTooShort
from backend.knowledge.library.rows import COLUMNS, value_of
from backend.knowledge.library.shipped import explaining
from backend.knowledge.rules import searching
from backend.knowledge.rules.searching import Question
from backend.knowledge.values import EntryKind, EntryValue, Filter, Found, Matching, SearchPage

LONGEST_SEARCH = 100

# Ranks are rounded once, so that a page's last one can be said exactly in the cursor of the next.
_SEARCH = """
with asked as materialized (select {query} as query),
matched as materialized (
    select e.id, round(m.rank, 6) as rank
    from asked, knowledge_matching(asked.query, :number) m join knowledge_entry e on e.id = m.id
    where {filter}
)
select (select count(*) from matched) as total, (select numnode(query) from asked) as nodes, p.rank, {columns}
from (
    select id, rank from matched
    where cast(:after_rank as numeric) is null or (rank, id) < (cast(:after_rank as numeric), cast(:after_id as uuid))
    order by rank desc, id desc limit :limit
) p join knowledge_entry e on e.id = p.id
order by p.rank desc, p.id desc"""
_FILTER = """(cast(:kinds as text[]) is null or e.kind = any(cast(:kinds as text[])))
    and (cast(:standing as text) is null or e.standing = :standing)
    and (cast(:issuer as text) is null or strpos(e.issuer, :issuer) > 0)
    and (cast(:since as date) is null or e.published_on >= :since)
    and (cast(:until as date) is null or e.published_on <= :until)
    and (cast(:document as uuid) is null or e.id = :document or e.parent_id = :document)
    and e.withdrawn_at is null"""
_ALL = text(_SEARCH.format(
    query="cast(:chinese as tsquery) && plainto_tsquery('pg_catalog.english', :english)", filter=_FILTER, columns=COLUMNS
))  # fmt: skip
_SOME = text(_SEARCH.format(
    query="cast(:chinese as tsquery) || to_tsquery('pg_catalog.english', :english)", filter=_FILTER, columns=COLUMNS
))  # fmt: skip
_NODES = text("select numnode(cast(:chinese as tsquery) && plainto_tsquery('pg_catalog.english', :english))")
_STEMS = text(
    "select word, (ts_lexize('pg_catalog.english_stem', word))[1] as stem from unnest(cast(:words as text[])) as word"
)
_LIST = text(
    f"select {COLUMNS}, e.number_key from knowledge_entry e where {_FILTER} and e.parent_id is null"
    " and (cast(:after_key as text) is null or (e.kind, e.number_key, e.id) > (:after_kind, :after_key, :after_id))"
    " order by e.kind, e.number_key, e.id limit :limit"
)
_BY_ID = text(f"select {COLUMNS} from knowledge_entry e where e.id = any(cast(:ids as uuid[]))")
_BY_CODE = text(
    f"select {COLUMNS} from knowledge_entry e where e.code = any(cast(:codes as text[])) and e.withdrawn_at is null"
)
# Items an earlier text had are left out; those of a document taken away went with it, and are still read with it.
_CLAUSES = text(
    f"select {COLUMNS} from knowledge_entry e join knowledge_entry p on p.id = e.parent_id"
    " where e.parent_id = any(cast(:ids as uuid[]))"
    " and e.withdrawn_at is not distinct from p.withdrawn_at order by e.parent_id, e.place"
)


async def search(
    read: Read, scope: Scope, asked: str, wanted: Filter, *, limit: int, after: tuple[Decimal, UUID, Matching] | None = None
) -> SearchPage:  # fmt: skip
    """Return what fits a search best, in Chinese, English or both.

    Where nothing holds all of what was asked, what holds parts of it is returned and marked so. Three statements at most
    besides that second look: what is found, the stems of its English words, the documents its items belong to.

    Raises:
        Unauthenticated, Forbidden: without `knowledge:read`.
        SearchTooLong, SearchTooShort, SearchTooCommon: nothing that can be looked for.
    """
    scope.require("knowledge:read")
    if len(asked) > LONGEST_SEARCH:
        raise SearchTooLong(length=len(asked), longest=LONGEST_SEARCH, path=("search",))
    question = searching.question(asked)
    if searching.is_too_short(question):
        raise SearchTooShort(search=asked.strip(), path=("search",))
    if after is not None:
        rows = await _found(read, question, wanted, after[2], limit, after)
        return await _page(read, scope, rows, question, after[2])
    rows = await _found(read, question, wanted, Matching.ALL, limit, None)
    if rows:
        return await _page(read, scope, rows, question, Matching.ALL)
    if not await read.value(_NODES, {"chinese": question.exact, "english": question.english}):
        raise SearchTooCommon(search=asked.strip(), path=("search",))
    rows = await _found(read, question, wanted, Matching.SOME, limit, None)
    return await _page(read, scope, rows, question, Matching.SOME if rows else Matching.ALL)


async def _found(
    read: Read, question: Question, wanted: Filter, matching: Matching, limit: int,
    after: tuple[Decimal, UUID, Matching] | None,
) -> Sequence[Any]:  # fmt: skip
    is_all = matching is Matching.ALL
    given = {
        **_conditions(wanted), "number": question.number, "limit": limit,
        "chinese": question.exact if is_all else question.loose,
        "english": question.english if is_all else question.english.replace(" ", " | "),
        "after_rank": None if after is None else after[0], "after_id": None if after is None else after[1],
    }  # fmt: skip
    return await read.rows(_ALL if is_all else _SOME, given)


def _conditions(wanted: Filter) -> dict[str, Any]:
    return {
        "kinds": None if wanted.kinds is None else [each.value for each in wanted.kinds],
        "standing": None if wanted.standing is None else wanted.standing.value, "issuer": wanted.issuer,
        "since": wanted.since, "until": wanted.until, "document": wanted.document_id,
    }  # fmt: skip


async def _page(read: Read, scope: Scope, rows: Sequence[Any], question: Question, matching: Matching) -> SearchPage:
    entries = [value_of(row) for row in rows]
    words = set(question.english.split())
    stems: dict[str, str] = {}
    if words:
        for each in entries:
            words |= searching.words_of(f"{each.title_zh} {each.number} {each.title_en} {each.summary} {each.body}")
        stems = {row.word: row.stem for row in await read.rows(_STEMS, {"words": sorted(words)}) if row.stem}
    looked = {stems[word] for word in question.english.split() if word in stems}
    parents = await by_id(read, scope, [each.parent_id for each in entries if each.parent_id is not None])
    found = [
        _shown(entry, Decimal(row.rank), question, stems, looked, parents)
        for entry, row in zip(entries, rows, strict=True)
    ]
    return SearchPage(found, matching, rows[0].total if rows else 0)


def _shown(
    entry: EntryValue, rank: Decimal, question: Question, stems: dict[str, str], looked: set[str],
    parents: dict[UUID, EntryValue],
) -> Found:  # fmt: skip
    """Return an entry with its hits marked: in the title, and in the first text that has one."""

    def spans(shown: str) -> list[tuple[int, int]]:
        return searching.hits(shown, question, stems, looked)

    texts = [each for each in (entry.body, entry.summary, entry.title_en) if each]
    shown = next((each for each in texts if spans(each)), texts[0] if texts else "")
    return Found(
        entry=entry, rank=rank, title=searching.segments(entry.title_zh, spans(entry.title_zh)),
        excerpt=searching.excerpt(shown, spans(shown)),
        document=None if entry.parent_id is None else parents.get(entry.parent_id),
    )  # fmt: skip


async def entries(
    read: Read, scope: Scope, wanted: Filter, *, limit: int, after: tuple[str, str, UUID] | None = None
) -> list[tuple[EntryValue, str]]:
    """Return documents (no items of them) by kind and number, each with the key its number is ordered by.

    Raises:
        Unauthenticated, Forbidden: without `knowledge:read`.
    """
    scope.require("knowledge:read")
    kind, key, last = after or (None, None, None)
    given = {**_conditions(wanted), "limit": limit, "after_kind": kind, "after_key": key, "after_id": last}
    return [(value_of(row), row.number_key) for row in await read.rows(_LIST, given)]


async def by_id(read: Read, scope: Scope, ids: Sequence[UUID]) -> dict[UUID, EntryValue]:
    """Return the entries with these ids that the caller may see, those taken away too."""
    if not ids:
        return {}
    return {row.id: value_of(row) for row in await read.rows(_BY_ID, {"ids": list(dict.fromkeys(ids))})}


async def entry_batch(read: Read, scope: Scope, ids: list[UUID]) -> list[EntryValue | None]:
    """Return the entry of each id, None where there is none; for a loader."""
    found = await by_id(read, scope, ids)
    return [found.get(each) for each in ids]


async def clause_batch(read: Read, scope: Scope, ids: list[UUID]) -> list[list[EntryValue]]:
    """Return the items of each document, in its order; for a loader."""
    found: dict[UUID, list[EntryValue]] = {}
    for row in await read.rows(_CLAUSES, {"ids": ids}):
        found.setdefault(row.parent_id, []).append(value_of(row))
    return [found.get(each, []) for each in ids]


async def explains(read: Read, scope: Scope, key: str) -> list[EntryValue]:
    """Return the entries that explain a field, the nearest first; none where nothing is linked.

    Raises:
        Unauthenticated, Forbidden: without `knowledge:read`.
    """
    scope.require("knowledge:read")
    codes = explaining(key)
    if not codes:
        return []
    found = {row.code: value_of(row) for row in await read.rows(_BY_CODE, {"codes": list(codes)})}
    return [found[each] for each in codes if each in found]


__all__ = [
    "EntryKind", "by_id", "clause_batch", "entries", "entry_batch", "explains", "search",
]  # fmt: skip
