"""The tables of knowledge as workbooks, and the template of an import."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

from backend.accounts.service import accounts_by_id
from backend.identity import service as identity
from backend.kit import sheets
from backend.kit.db import Read
from backend.kit.scope import Scope
from backend.knowledge.errors import KnowledgeEntryNotFound
from backend.knowledge.library import queries, training
from backend.knowledge.library.importing import KIND_NAMES, LAYOUT, STANDING_NAMES
from backend.knowledge.requests import queries as requests
from backend.knowledge.values import EntryKind, Filter, RequestState
from backend.wire.nodes import uuids
from backend.wire.workbooks import Asked, Cell, Heading, Making, QuestionInvalid, Sheet, download, workbook

MOST_ROWS = 20_000
CONFIDENCE = (
    "可信度：verified-by-lookup 已查证；verified-by-lookup(secondary) 二手来源；from-memory 凭记忆，未查证；tenant-entered 由主管部门录入。",
    "Confidence: verified-by-lookup; verified-by-lookup(secondary); from-memory, not looked up; tenant-entered by an authority.",
)
STATES = {
    RequestState.OPEN: "待处理", RequestState.PROPOSED: "已提议", RequestState.ANSWERED: "已答复",
    RequestState.REFUSED: "已拒绝", RequestState.WITHDRAWN: "已撤回",
}  # fmt: skip


@download("knowledge-entries.xlsx")
async def knowledge_entries(read: Read, scope: Scope, asked: Asked) -> Making:
    """Make `?kind=`: the documents of the library the reader may see; the columns of an import come first."""
    scope.require("knowledge:read")
    given = asked.text("kind")
    if given is not None and given not in set(EntryKind):
        raise QuestionInvalid(
            name="kind", value=given[:40], reason_en="it is no kind", reason_zh="类别不存在", path=("kind",)
        )  # fmt: skip
    wanted = Filter(kinds=None if given is None else [EntryKind(given)])
    found = await queries.entries(read, scope, wanted, limit=MOST_ROWS)
    is_zh = asked.language == "zh"
    headings = [Heading(each.zh, each.en, width=each.width) for each in LAYOUT.columns]
    headings += [
        Heading("可信度", "Confidence", width=24),
        Heading("仅内部", "Internal"),
        Heading("区划代码", "Division"),
    ]
    rows: list[Sequence[Cell]] = [
        (
            KIND_NAMES[each.kind] if is_zh else each.kind.value, each.number, each.title_zh, each.title_en, each.issuer,
            STANDING_NAMES[each.standing] if is_zh else each.standing.value, each.published_on, each.effective_on,
            "；".join(each.replaces), each.summary, "；".join(each.keywords), each.source, each.note, each.confidence,
            each.is_internal, each.division_code,
        )
        for each, _ in found
    ]  # fmt: skip
    return lambda: workbook([Sheet(LAYOUT.sheet, "Library", headings, rows, [CONFIDENCE])], asked.language)


@download("knowledge-template.xlsx")
async def knowledge_template(read: Read, scope: Scope, asked: Asked) -> Making:  # noqa: ARG001 - every offered file is asked for alike
    """Make the empty file an import takes."""
    scope.require("knowledge:read")
    return _template


def _template() -> bytes:
    with tempfile.TemporaryDirectory(prefix="carbon-template-") as folder:
        path = Path(folder) / "file"
        sheets.write_template(LAYOUT, "xlsx", path)
        return path.read_bytes()


@download("training-completions.xlsx")
async def training_completions(read: Read, scope: Scope, asked: Asked) -> Making:
    """Make `?entry=`: who completed a training; an organisation's own people, for its authority everybody."""
    given = asked.text("entry")
    if given is None:
        raise QuestionInvalid(
            name="entry", value="", reason_en="it is missing", reason_zh="缺少该参数", path=("entry",)
        )  # fmt: skip
    own_id = uuids(given, "KnowledgeEntry", path=("entry",))[0]
    entry = (await queries.by_id(read, scope, [own_id])).get(own_id)
    if entry is None:
        raise KnowledgeEntryNotFound(path=("entry",))
    found = await training.completions(read, scope, own_id, limit=MOST_ROWS)
    organisations = await identity.organisations_by_id(read, scope, [each.organisation_id for each in found])
    rows: list[Sequence[Cell]] = [
        (entry.title_zh, each.name, "" if of is None else of.name, each.version, each.completed_at)
        for each, of in zip(found, organisations, strict=True)
    ]
    headings = (
        Heading("培训资料", "Training", width=40), Heading("姓名", "Name", width=20),
        Heading("单位", "Organisation", width=40), Heading("资料版本", "Version"),
        Heading("完成时间", "Completed at", width=20),
    )  # fmt: skip
    return lambda: workbook([Sheet("学习完成情况", "Completions", headings, rows)], asked.language)


@download("factor-requests.xlsx")
async def factor_requests(read: Read, scope: Scope, asked: Asked) -> Making:
    """Make the requests for factors the reader may see, the newest first."""
    found = await requests.requests(read, scope, limit=MOST_ROWS)
    accounts = await accounts_by_id(read, scope, [each.account_id for each in found])
    headings = (
        Heading("账户编号", "Account", width=22), Heading("账户名称", "Name", width=36),
        Heading("所需因子", "Wanted", width=40), Heading("单位", "Unit"), Heading("用途", "Purpose", width=40),
        Heading("建议值", "Suggested value"), Heading("建议值来源", "Its source", width=30),
        Heading("申请时间", "Asked at", width=20), Heading("状态", "State"), Heading("原因", "Reason", width=40),
        Heading("处理时间", "Decided at", width=20),
    )  # fmt: skip
    rows: list[Sequence[Cell]] = [
        (
            "" if of is None else of.number, "" if of is None else of.name, each.wanted, each.unit, each.purpose, each.suggested_value, each.suggested_source, each.asked_at,
            STATES[each.state] if asked.language == "zh" else each.state.value, each.reason, each.decided_at,
        )
        for each, of in zip(found, accounts, strict=True)
    ]  # fmt: skip
    return lambda: workbook([Sheet("因子申请", "Requests for factors", headings, rows)], asked.language)
