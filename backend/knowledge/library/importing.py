"""Entries from a workbook or CSV: its template, and its rows as drafts with what is wrong in each cell."""

from datetime import date, datetime
from pathlib import Path

from backend.kit.db import Write
from backend.kit.scope import Scope
from backend.kit.sheets import Layout
from backend.kit.tables import Cell, Column, TooManyRows, is_blank, open_table, word
from backend.knowledge.errors import KnowledgeFileInvalid
from backend.knowledge.library.recording import Recorded, record_entries
from backend.knowledge.values import CellFault, EntryDraft, EntryKind, Standing

MOST_ROWS = 10_000
KINDS = {
    "标准": EntryKind.STANDARD, "方法学": EntryKind.METHODOLOGY, "政策": EntryKind.POLICY, "培训": EntryKind.TRAINING,
    **{each.value: each for each in EntryKind if each is not EntryKind.CLAUSE},
}  # fmt: skip
STANDINGS = {
    "现行": Standing.CURRENT, "被代替": Standing.REPLACED, "废止": Standing.REPLACED, "征求意见": Standing.DRAFT,
    "草案": Standing.DRAFT, "未知": Standing.UNKNOWN, **{each.value: each for each in Standing},
}  # fmt: skip
KIND_NAMES = {
    EntryKind.STANDARD: "标准", EntryKind.METHODOLOGY: "方法学", EntryKind.POLICY: "政策", EntryKind.CLAUSE: "条款",
    EntryKind.TRAINING: "培训",
}  # fmt: skip
STANDING_NAMES = {
    Standing.CURRENT: "现行", Standing.REPLACED: "被代替", Standing.DRAFT: "征求意见", Standing.UNKNOWN: "未知",
}  # fmt: skip
COLUMNS = (
    Column("kind", "类别", "Kind", "标准、方法学、政策或培训", "standard, methodology, policy or training", 10, is_required=True),
    Column("number", "编号", "Number", "标准号或文号；标准必填", "Its number; a standard has one", 24),
    Column("title_zh", "名称", "Title", "中文名称", "Title in Chinese", 50, is_required=True),
    Column("title_en", "英文名称", "English title", "可留空", "May be empty", 50),
    Column("issuer", "发布机构", "Issuer", "可留空", "May be empty", 24),
    Column("standing", "状态", "Standing", "现行、被代替、征求意见或未知", "current, replaced, draft or unknown", 10),
    Column("published_on", "发布日期", "Published on", "如 2025-11-20", "As 2025-11-20", 14),
    Column("effective_on", "实施日期", "Effective on", "如 2026-07-01", "As 2026-07-01", 14),
    Column("replaces", "代替", "Replaces", "被代替的编号，用分号分隔", "Numbers, divided by semicolons", 24),
    Column("summary", "适用范围", "Scope", "摘要，不得抄录受版权保护的全文", "A summary, not a text under copyright", 50),
    Column("keywords", "关键词", "Keywords", "用分号分隔", "Divided by semicolons", 24),
    Column("source", "来源", "Source", "信息来自何处", "Where this was read", 30, is_required=True),
    Column("note", "备注", "Note", "可留空", "May be empty", 30),
)  # fmt: skip
LAYOUT = Layout(COLUMNS, "知识库条目")
_TITLES = {each.key: each.zh for each in COLUMNS}


def read_file(path: Path) -> tuple[list[EntryDraft], list[int]]:
    """Return the drafts of a file and the row each stands in. Blocks; call it in a thread.

    Raises:
        FileUnreadable, HeaderMissing: see `kit.tables.open_table`.
        TooManyRows: more than `MOST_ROWS`.
        KnowledgeFileInvalid: cells that are no kind, standing or day, or a file without rows.
    """
    drafts: list[EntryDraft] = []
    rows: list[int] = []
    faults: list[CellFault] = []
    with open_table(path, COLUMNS, LAYOUT.needed, sheet=LAYOUT.sheet) as table:
        for number, row in table.rows:
            cells = {key: row[place] if place < len(row) else None for key, place in table.positions.items()}
            if all(map(is_blank, cells.values())):
                continue
            if len(drafts) >= MOST_ROWS:
                raise TooManyRows(limit=MOST_ROWS)
            drafts.append(_draft(number, cells, faults))
            rows.append(number)
    if not drafts:
        faults.append(CellFault(1, "", "文件中没有条目", "the file has no rows"))
    if faults:
        raise KnowledgeFileInvalid(faults, path=("input", "content"))
    return drafts, rows


async def import_entries(
    write: Write, scope: Scope, drafts: list[EntryDraft], rows: list[int], *, is_internal: bool, division_code: str = "",
    is_dry: bool = False,
) -> Recorded:  # fmt: skip
    """Enter the entries of a file, all or none.

    Raises:
        Unauthenticated, Forbidden: without `knowledge:publish`.
        KnowledgeDivisionInvalid: a division outside the caller's region.
        KnowledgeFileInvalid: cells that cannot be right, each with its row and column.
    """
    recorded, faults = await record_entries(
        write, scope, drafts, is_internal=is_internal, division_code=division_code, is_dry=is_dry
    )
    if faults:
        told = [CellFault(rows[place], _TITLES.get(each.field, each.field), each.zh, each.en) for place, each in faults]
        raise KnowledgeFileInvalid(told, path=("input", "content"))
    return recorded


def _draft(row: int, cells: dict[str, Cell], faults: list[CellFault]) -> EntryDraft:
    def told(key: str, zh: str, en: str) -> None:
        faults.append(CellFault(row, _TITLES[key], zh, en))

    kind, standing = word(cells.get("kind")), word(cells.get("standing"))
    if kind.lower() not in KINDS:
        told("kind", f"“{kind[:40]}”不是有效的类别", f"'{kind[:40]}' is no kind")
    if standing and standing.lower() not in STANDINGS:
        told("standing", f"“{standing[:40]}”不是有效的状态", f"'{standing[:40]}' is no standing")
    days: dict[str, date | None] = {}
    for key in ("published_on", "effective_on"):
        try:
            days[key] = _day(cells.get(key))
        except ValueError:
            given = word(cells.get(key))[:40]
            told(key, f"“{given}”不是有效的日期，请填写如 2025-11-20", f"'{given}' is no day; write it as 2025-11-20")
    texts = {
        key: word(cells.get(key)) for key in ("number", "title_zh", "title_en", "issuer", "summary", "source", "note")
    }
    return EntryDraft(
        kind=KINDS.get(kind.lower(), EntryKind.STANDARD), number=texts["number"], title_zh=texts["title_zh"],
        title_en=texts["title_en"], issuer=texts["issuer"], standing=STANDINGS.get(standing.lower(), Standing.UNKNOWN),
        published_on=days.get("published_on"), effective_on=days.get("effective_on"),
        replaces=_parts(cells.get("replaces")), summary=texts["summary"], keywords=_parts(cells.get("keywords")),
        source=texts["source"], note=texts["note"],
    )  # fmt: skip


def _day(cell: Cell) -> date | None:
    """Return a day. Raises ValueError."""
    if is_blank(cell):
        return None
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    return date.fromisoformat(word(cell).replace("/", "-").replace(".", "-"))


def _parts(cell: Cell) -> list[str]:
    return [each.strip() for each in word(cell).replace("；", ";").split(";") if each.strip()]
