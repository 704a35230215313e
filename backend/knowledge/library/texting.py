"""The text of a document an authority may hold, parsed into its numbered items (结构化解析): searched and linked one by one."""

from dataclasses import replace
from uuid import UUID

from sqlalchemy import text

from backend.kit.clock import now
from backend.kit.db import Write
from backend.kit.ids import new_id
from backend.kit.scope import Scope
from backend.knowledge.errors import KnowledgeTextInvalid
from backend.knowledge.library.recording import lock, own_entry
from backend.knowledge.library.rows import Stored, store
from backend.knowledge.rules import splitting, splitting_standard
from backend.knowledge.rules.checking import is_printable
from backend.knowledge.rules.searching import number_key
from backend.knowledge.rules.splitting import PREFACE, Piece
from backend.knowledge.values import EntryKind, EntryValue, TextStyle

LONGEST_TEXT, LONGEST_BASIS, MOST_ITEMS = 500_000, 500, 2_000
_AWAY = text(
    "update knowledge_entry set withdrawn_at = :at, withdrawn_reason = 'another text', version = version + 1"
    " where parent_id = :id and withdrawn_at is null"
)


def items_of(given: str, style: TextStyle) -> list[Piece]:
    """Return the items of a text, which put together are the text.

    Raises:
        KnowledgeTextInvalid: empty, too long, not printable, or without a numbered item.
    """
    if not given.strip() or len(given) > LONGEST_TEXT:
        raise _invalid(f"正文须为 1 至 {LONGEST_TEXT} 个字符", f"it needs 1 to {LONGEST_TEXT} characters", "text")
    if not is_printable(given):
        raise _invalid("含有不可打印字符", "it has characters that cannot be printed", "text")
    parted = splitting.split(given) if style is TextStyle.POLICY else splitting_standard.split(given)
    found = [each for each in parted if each.text]
    if not any(each.label != PREFACE for each in found):
        raise _invalid(
            "未识别出带编号的条款，请核对正文的编号方式",
            "no numbered item was found in it; check how its items are numbered",
            "style",
        )
    if len(found) > MOST_ITEMS:
        raise _invalid(f"条款超过 {MOST_ITEMS} 条", f"it has more than {MOST_ITEMS} items", "text")
    return found


async def record_text(
    write: Write, scope: Scope, entry_id: UUID, given: str, *, style: TextStyle, basis: str, is_dry: bool = False
) -> tuple[EntryValue, list[Piece]]:
    """Hold the text of an own document as numbered items; an earlier text's items are taken away.

    `basis` says why the text may be held: an own document, a published one, a licence. It stands with every item.

    Raises:
        Unauthenticated, Forbidden: without `knowledge:publish`.
        KnowledgeTextInvalid: the text or its basis.
        KnowledgeEntryNotFound: no such entry, or one the caller may not see.
        KnowledgeEntryNotOwn: shipped, a clause, or another authority's.
        KnowledgeEntryWithdrawn: taken away already.
    """
    scope.require("knowledge:publish")
    why = basis.strip()
    if not why or len(why) > LONGEST_BASIS or not is_printable(why):
        raise _invalid(
            f"请说明可以收录全文的依据（1 至 {LONGEST_BASIS} 个字符）",
            f"say in 1 to {LONGEST_BASIS} characters why it may be held",
            "basis",
        )
    pieces = items_of(given, style)
    await lock(write)
    document = await own_entry(write, scope, entry_id)
    if is_dry:
        return document, pieces
    at = now()
    changed = replace(document, recorded_at=at, recorded_by=scope.actor_id)
    await write.run(_AWAY, {"id": entry_id, "at": at})
    await store(write, [Stored(changed, number_key(document.number or document.title_zh))])
    await store(write, [
        Stored(
            replace(
                changed, id=new_id(), parent_id=entry_id, kind=EntryKind.CLAUSE, place=place, number=each.label,
                title_zh=each.heading or each.label, title_en="", issuer="", replaces=[], summary="", keywords=[],
                body=each.text, source=why, note="", version=1,
            ),
            "",
        )
        for place, each in enumerate(pieces, 1)
    ])  # fmt: skip
    write.audit(
        "knowledge:record_text", object_type="knowledge_entry", object_id=entry_id, items=len(pieces), basis=why,
        title=document.title_zh,
    )  # fmt: skip
    return replace(changed, version=document.version + 1), pieces


def _invalid(zh: str, en: str, field: str) -> KnowledgeTextInvalid:
    return KnowledgeTextInvalid(reason_zh=zh, reason_en=en, path=("input", field))
