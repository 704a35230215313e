"""Enter, correct and take away what an authority adds to the library."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from sqlalchemy import text

from backend.kit.clock import now
from backend.kit.db import Read, Write
from backend.kit.ids import new_id
from backend.kit.scope import Kind, Scope
from backend.knowledge.errors import (
    SHOWN,
    KnowledgeDivisionInvalid,
    KnowledgeEntryInvalid,
    KnowledgeEntryNotFound,
    KnowledgeEntryNotOwn,
    KnowledgeEntryWithdrawn,
    KnowledgeReasonMissing,
)
from backend.knowledge.library.rows import COLUMNS, Stored, store, value_of
from backend.knowledge.rules.checking import Fault, checked
from backend.knowledge.rules.searching import number_key
from backend.knowledge.values import EntryDraft, EntryKind, EntryValue
from backend.tenants import service as tenants
from backend.tenants.service import DivisionRow

LONGEST_REASON = 300
_LOCK = text("select pg_advisory_xact_lock(hashtext('knowledge_entry'))")
_SAME = text(
    f"select {COLUMNS}, e.number_key from knowledge_entry e where e.parent_id is null and e.withdrawn_at is null"
    " and e.number_key = any(cast(:keys as text[]))"
)
_ONE = text(f"select {COLUMNS} from knowledge_entry e where e.id = :id")
_AWAY = text(
    "update knowledge_entry set withdrawn_at = :at, withdrawn_reason = :reason, version = version + 1"
    " where id = :id or (parent_id = :id and withdrawn_at is null)"
)
_GIVEN = (
    "number", "title_zh", "title_en", "issuer", "standing", "published_on", "effective_on", "replaces", "summary",
    "keywords", "source", "note",
)  # fmt: skip
"""What a draft says; a correction changes some of it."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """What recording did, or would do: the entries as they stand now, and how many were new, corrected, left alone."""

    entries: list[EntryValue]
    added: int
    changed: int
    unchanged: int


async def record_entry(
    write: Write, scope: Scope, draft: EntryDraft, *, is_internal: bool = False, division_code: str = ""
) -> EntryValue:
    """Enter an entry, or correct the authority's own one of the same kind and number (title, where it has none).

    Raises:
        Unauthenticated, Forbidden: without `knowledge:publish`.
        KnowledgeDivisionInvalid: a division outside the caller's region.
        KnowledgeEntryInvalid: fields that cannot be right, or another's entry of this number.
    """
    recorded, faults = await record_entries(write, scope, [draft], is_internal=is_internal, division_code=division_code)
    if faults:
        told = [{"field": _sent(each.field), "zh": each.zh, "en": each.en} for _, each in faults]
        raise KnowledgeEntryInvalid(
            count=len(told), first_zh=f"{told[0]['field']}：{told[0]['zh']}。",
            first_en=f"{told[0]['field']}: {told[0]['en']}.", faults=told[:SHOWN], path=("input", told[0]["field"]),
        )  # fmt: skip
    return recorded.entries[0]


def _sent(field: str) -> str:
    """Return a field as the caller sent it: `title_zh` is `titleZh`."""
    first, *rest = field.split("_")
    return first + "".join(each.title() for each in rest)


async def record_entries(
    write: Write, scope: Scope, drafts: Sequence[EntryDraft], *, is_internal: bool, division_code: str = "",
    is_dry: bool = False,
) -> tuple[Recorded, list[tuple[int, Fault]]]:  # fmt: skip
    """Enter or correct entries, all or none; return what was done, or each fault with the place of its draft.

    Raises:
        Unauthenticated, Forbidden: without `knowledge:publish`.
        KnowledgeDivisionInvalid: a division outside the caller's region.
    """
    scope.require("knowledge:publish")
    division = await _division(write, scope, division_code)
    await lock(write)  # two imports of the same numbers follow each other
    clean: list[EntryDraft] = []
    faults: list[tuple[int, Fault]] = []
    for place, draft in enumerate(drafts):
        kept, wrong = checked(draft)
        clean.append(kept)
        faults += [(place, each) for each in wrong]
    keys = [number_key(each.number or each.title_zh) for each in clean]
    known = await _known(write, keys)
    faults += _repeated(clean, keys)
    entries: list[EntryValue] = []
    changed: dict[UUID, list[str]] = {}
    added: set[UUID] = set()
    for place, (draft, key) in enumerate(zip(clean, keys, strict=True)):
        same = known.get((draft.kind, key), [])
        own = next((each for each in same if each.division_path == division.path), None)
        if own is None and same:
            title = same[0].title_zh
            faults.append((place, Fault("number", f"知识库中已有该条目：“{title}”", f"the library has it: '{title}'")))
            continue
        value = _value(draft, own, scope, division, is_internal=is_internal)
        if own is None:
            added.add(value.id)
        elif names := [name for name in (*_GIVEN, "is_internal") if getattr(own, name) != getattr(value, name)]:
            changed[value.id] = names
        else:
            value = own
        entries.append(value)
    if faults:
        return Recorded([], 0, 0, 0), sorted(faults, key=lambda each: each[0])
    done = Recorded(entries, len(added), len(changed), len(entries) - len(added) - len(changed))
    if not is_dry:
        await store(write, [
            Stored(each, number_key(each.number or each.title_zh))
            for each in entries
            if each.id in added or each.id in changed
        ])  # fmt: skip
        if done.added or done.changed:
            _audit(write, done, known, changed, division)
    return done, []


async def withdraw_entry(write: Write, scope: Scope, entry_id: UUID, reason: str) -> EntryValue:
    """Take an entry of the authority's own region away: it is found no more, and stays to be read by its id.

    Raises:
        Unauthenticated, Forbidden: without `knowledge:publish`.
        KnowledgeReasonMissing: without a reason, or with one too long.
        KnowledgeEntryNotFound: no such entry, or one the caller may not see.
        KnowledgeEntryNotOwn: shipped, a clause, or another authority's.
        KnowledgeEntryWithdrawn: taken away already.
    """
    scope.require("knowledge:publish")
    said = reason.strip()
    if not said or len(said) > LONGEST_REASON:
        raise KnowledgeReasonMissing(longest=LONGEST_REASON, path=("input", "reason"))
    await lock(write)
    value = await own_entry(write, scope, entry_id)
    at = now()
    await write.run(_AWAY, {"id": entry_id, "at": at, "reason": said})
    write.audit(
        "knowledge:withdraw", object_type="knowledge_entry", object_id=entry_id, number=value.number,
        title=value.title_zh, reason=said,
    )  # fmt: skip
    return replace(value, withdrawn_at=at, withdrawn_reason=said, version=value.version + 1)


async def lock(write: Write) -> None:
    """Let changes of the library follow each other."""
    await write.value(_LOCK)


async def own_entry(read: Read, scope: Scope, entry_id: UUID) -> EntryValue:
    """Return a document of the caller's own region that was not taken away.

    Raises:
        KnowledgeEntryNotFound: no such entry, or one the caller may not see.
        KnowledgeEntryNotOwn: shipped, a clause, or another authority's.
        KnowledgeEntryWithdrawn: taken away already.
    """
    row = await read.row(_ONE, {"id": entry_id})
    if row is None:
        raise KnowledgeEntryNotFound(path=("input", "id"))
    value = value_of(row)
    is_own = value.division_path != "" and (
        scope.kind is Kind.SYSTEM or (scope.region != "" and value.division_path.startswith(scope.region))
    )
    if not is_own or value.kind is EntryKind.CLAUSE:
        raise KnowledgeEntryNotOwn(title=value.title_zh, path=("input", "id"))
    if value.withdrawn_at is not None:
        raise KnowledgeEntryWithdrawn(title=value.title_zh, path=("input", "id"))
    return value


async def _division(read: Read, scope: Scope, code: str) -> DivisionRow:
    """Return the division an entry is to belong to: that of the caller's region unless another of it is named."""
    own = scope.region.rstrip("/").rsplit("/", 1)[-1]
    found = await tenants.division(read, scope, code or own)
    if found is None or not scope.region or not found.path.startswith(scope.region):
        raise KnowledgeDivisionInvalid(division=code or own, path=("input", "divisionCode"))
    return found


async def _known(read: Read, keys: Sequence[str]) -> dict[tuple[EntryKind, str], list[EntryValue]]:
    found: dict[tuple[EntryKind, str], list[EntryValue]] = {}
    for row in await read.rows(_SAME, {"keys": list(keys)}):
        found.setdefault((EntryKind(row.kind), row.number_key), []).append(value_of(row))
    return found


def _repeated(drafts: Sequence[EntryDraft], keys: Sequence[str]) -> list[tuple[int, Fault]]:
    first: dict[tuple[EntryKind, str], int] = {}
    found: list[tuple[int, Fault]] = []
    for place, (draft, key) in enumerate(zip(drafts, keys, strict=True)):
        if first.setdefault((draft.kind, key), place) != place:
            found.append((place, Fault("number", "与前面的条目重复", "it is given twice")))
    return found


def _value(
    draft: EntryDraft, own: EntryValue | None, scope: Scope, division: DivisionRow, *, is_internal: bool
) -> EntryValue:
    return EntryValue(
        id=new_id() if own is None else own.id, parent_id=None, kind=draft.kind, code="", place=0, number=draft.number,
        title_zh=draft.title_zh, title_en=draft.title_en, issuer=draft.issuer, standing=draft.standing,
        published_on=draft.published_on, effective_on=draft.effective_on, replaces=list(draft.replaces),
        summary=draft.summary, keywords=list(draft.keywords), body="", source=draft.source,
        confidence=draft.confidence.value, note=draft.note, is_internal=is_internal, division_code=division.code,
        division_path=division.path, version=1 if own is None else own.version + 1, recorded_at=now(),
        recorded_by=scope.actor_id, withdrawn_at=None, withdrawn_reason="",
    )  # fmt: skip


def _audit(
    write: Write, done: Recorded, known: dict[tuple[EntryKind, str], list[EntryValue]],
    changed: dict[UUID, list[str]], division: DivisionRow,
) -> None:  # fmt: skip
    """Record what was entered; of a correction, what it said before."""
    before = {each.id: each for values in known.values() for each in values}
    corrections: list[dict[str, Any]] = [
        {
            "id": str(one),
            "number": before[one].number,
            "before": {name: str(getattr(before[one], name)) for name in names},
        }
        for one, names in list(changed.items())[:SHOWN]
    ]
    write.audit(
        "knowledge:record", object_type="division", object_id=division.code, added=done.added, changed=done.changed,
        corrections=corrections,
    )  # fmt: skip
