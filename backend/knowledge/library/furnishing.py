"""Put what the product ships into a jurisdiction's library; what authorities entered stays as it is."""

from datetime import datetime

from sqlalchemy import text

from backend.kit.clock import now
from backend.kit.db import Write
from backend.kit.scope import Scope
from backend.knowledge.library.rows import Stored, store
from backend.knowledge.library.shipped import ITEM, Shipped, entry_id, fingerprint, shipped
from backend.knowledge.rules.searching import number_key
from backend.knowledge.values import EntryKind, EntryValue

_LOCK = text("select pg_advisory_xact_lock(hashtext('knowledge_shipment'))")
_NEWEST = text("select sha256 from knowledge_shipment order by loaded_at desc limit 1")
_NOTE = text(
    "insert into knowledge_shipment (sha256, entries, loaded_at) values (:sha256, :entries, :at)"
    " on conflict (sha256) do update set loaded_at = excluded.loaded_at"
)
_GONE = text(
    "update knowledge_entry set withdrawn_at = :at, withdrawn_reason = 'no longer shipped'"
    " where code <> '' and not code = any(cast(:codes as text[])) and withdrawn_at is null"
)


async def furnish(write: Write, scope: Scope) -> int:
    """Load what is shipped unless it is there already; return how many entries were loaded.

    Corrections of the product follow its releases; what it ships no more is withdrawn, not deleted.
    """
    scope.require("knowledge:publish")
    await write.value(_LOCK)
    sha256 = fingerprint()
    if await write.value(_NEWEST) == sha256:
        return 0
    at = now()
    entries = [each for one in shipped() for each in _entries(one, at)]
    await write.run(_GONE, {"at": at, "codes": [each.value.code for each in entries]})
    await store(write, [each for each in entries if each.value.parent_id is None])
    await store(write, [each for each in entries if each.value.parent_id is not None])
    await write.run(_NOTE, {"sha256": sha256, "entries": len(entries), "at": at})
    return len(entries)


def _entries(one: Shipped, at: datetime) -> list[Stored]:
    draft = one.draft
    document = EntryValue(
        id=entry_id(one.code), parent_id=None, kind=draft.kind, code=one.code, place=0, number=draft.number,
        title_zh=draft.title_zh, title_en=draft.title_en, issuer=draft.issuer, standing=draft.standing,
        published_on=draft.published_on, effective_on=draft.effective_on, replaces=list(draft.replaces),
        summary=draft.summary, keywords=list(draft.keywords), body="", source=draft.source,
        confidence=draft.confidence.value, note=draft.note, is_internal=False, division_code="", division_path="",
        version=1, recorded_at=at, recorded_by=None, withdrawn_at=None, withdrawn_reason="",
    )  # fmt: skip
    found = [Stored(document, number_key(draft.number or draft.title_zh))]
    for place, piece in enumerate(one.pieces, 1):
        code = f"{one.code}{ITEM}{piece.label}"
        found.append(Stored(
            EntryValue(
                id=entry_id(code), parent_id=document.id, kind=EntryKind.CLAUSE, code=code, place=place,
                number=piece.label, title_zh=piece.heading or piece.label, title_en="", issuer="",
                standing=draft.standing, published_on=draft.published_on, effective_on=draft.effective_on, replaces=[],
                summary="", keywords=[], body=piece.text, source=draft.source, confidence=draft.confidence.value,
                note="", is_internal=False, division_code="", division_path="", version=1, recorded_at=at,
                recorded_by=None, withdrawn_at=None, withdrawn_reason="",
            ),
            "",
        ))  # fmt: skip
    return found
