"""A park's file (PDF, Excel): boundary, members, values of a year, requests, steps, notices; and the ways of all."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from backend.accounts import service as accounts
from backend.kit.clock import now, today
from backend.kit.db import Read
from backend.kit.scope import Scope
from backend.parks import catalogue, queries, queries_programmes, queries_workflow
from backend.parks.drawing import extent, outline_svg, rings_of
from backend.parks.errors import ParkNotFound
from backend.parks.names import LEVEL_NAMES, PROGRAMME_NAMES, PROGRAMME_NAMES_EN, STEP_NAMES
from backend.parks.rules import walking
from backend.parks.values import (
    FIRST_YEAR,
    ApplicationRow,
    BoundaryRow,
    NoticeRow,
    ObjectionRow,
    ParkRow,
    StepRow,
    ValueKind,
    ValueRow,
    WaiverRow,
)
from backend.wire.nodes import uuids
from backend.wire.reports import Report, pages, rounded
from backend.wire.workbooks import Asked, Cell, Heading, Making, QuestionInvalid, Sheet, download, workbook

MOST = 10_000
"""Rows of a table at most."""
Rows = list[Sequence[Cell]]

MEMBERS = (
    Heading("账户编号", "Account", width=22), Heading("名称", "Name", width=36), Heading("规模以上", "Above scale"),
    Heading("起", "From"), Heading("止", "To"),
)  # fmt: skip
VALUES = (
    Heading("项目", "Item", width=8), Heading("指标", "Indicator", width=40), Heading("数值", "Value"),
    Heading("分子", "Numerator"), Heading("分母", "Denominator"), Heading("单位", "Unit", width=12),
    Heading("来源", "Kind", width=10), Heading("完整", "Complete", width=8), Heading("下限", "Lower bound", width=8),
    Heading("说明", "Note", width=40), Heading("依据文件", "Document", width=30), Heading("记录时间", "Recorded", width=18),
)  # fmt: skip
WAIVERS = (
    Heading("指标", "Indicator", width=8), Heading("情况说明", "Explanation", width=44),
    Heading("佐证材料", "Proof", width=30), Heading("批准", "Approved", width=10), Heading("理由", "Reason", width=36),
    Heading("申请时间", "Asked", width=18), Heading("审定时间", "Decided", width=18),
)  # fmt: skip
STEPS = (
    Heading("对象", "Of", width=32), Heading("类别", "Programme", width=22), Heading("级别", "Level", width=10),
    Heading("环节", "Step", width=14), Heading("结论通过", "Passed", width=10), Heading("日期", "On", width=14),
    Heading("理由", "Reason", width=36), Heading("依据文件", "Document", width=36), Heading("文号", "Number"),
    Heading("审定", "Confirmed", width=10), Heading("审定理由", "Decision", width=36),
    Heading("审定时间", "Decided", width=18),
)  # fmt: skip
NOTICES = (
    Heading("对象", "Of", width=32), Heading("类别", "Programme", width=22), Heading("级别", "Level", width=10),
    Heading("起", "Opens"), Heading("止", "Closes"), Heading("公示内容", "Text", width=44),
    Heading("异议数", "Objections"), Heading("已答复", "Answered"), Heading("成立", "Upheld"),
    Heading("依据文件", "Document", width=36),
)  # fmt: skip
OBJECTIONS = (
    Heading("对象", "Of", width=32), Heading("异议人", "Objector", width=20), Heading("联系方式", "Contact", width=20),
    Heading("异议内容", "Objection", width=44), Heading("收到时间", "Received", width=18),
    Heading("答复", "Answer", width=44), Heading("成立", "Upheld", width=8), Heading("答复时间", "Answered", width=18),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ParkFile:
    """Everything a park's file shows; of members and objections, what the reader may see."""

    park: ParkRow
    year: int
    boundary: BoundaryRow | None
    members: Rows
    values: list[ValueRow]
    waivers: list[WaiverRow]
    applications: list[ApplicationRow]
    made_at: datetime


async def _file(read: Read, scope: Scope, asked: Asked) -> ParkFile:
    """Return the file an address names. Raises QuestionInvalid, NodeIdInvalid, ParkNotFound."""
    scope.require("parks:read")
    given = asked.text("park")
    if given is None:
        raise QuestionInvalid(
            name="park", value="", reason_en="it is missing", reason_zh="缺少该参数", path=("park",)
        )  # fmt: skip
    own_id: UUID = uuids(given, "Park", path=("park",))[0]
    year = asked.number("year", FIRST_YEAR, today().year) or today().year
    (park,) = await queries.parks_by_id(read, scope, [own_id])
    if park is None:
        raise ParkNotFound
    (boundary,) = await queries.boundaries(read, scope, [own_id])
    (members,) = await queries.members(read, scope, [own_id])
    known = {
        each.id: each
        for each in await accounts.accounts_by_id(read, scope, [each.account_id for each in members])
        if each is not None
    }
    shown: Rows = [
        (known[each.account_id].number, known[each.account_id].name, each.is_above_scale, each.starts_on, each.ends_on)
        for each in members
        if each.account_id in known
    ]
    return ParkFile(
        park, year, boundary, shown, await queries.values(read, scope, own_id, year),
        await queries.waivers(read, scope, own_id, year), await queries_workflow.applications_of(read, scope, own_id),
        now(),
    )  # fmt: skip


def _about(found: ParkFile, language: str) -> list[tuple[str, str]]:
    is_zh, drawn = language == "zh", found.boundary
    sides = "—"
    if drawn is not None:
        west, east, south, north = extent(rings_of(drawn.polygon))
        sides = (
            f"东至 {east}，西至 {west}，南至 {south}，北至 {north}" if is_zh
            else f"E {east}, W {west}, S {south}, N {north}"
        )  # fmt: skip
    following = "；".join(
        f"{LEVEL_NAMES[each.level] if is_zh else each.level.value}：{_next(each, is_zh=is_zh)}"
        for each in found.applications
    )
    said = [
        ("园区", "Park", found.park.name), ("区划代码", "Division", found.park.division_code),
        ("四至（度）", "Extent, degrees", sides),
        ("边界面积（平方米）", "Area, m2", "—" if drawn is None else f"{drawn.area:,f}"),
        ("边界依据", "Boundary from", "—" if drawn is None else f"{drawn.document} {drawn.document_number} {drawn.document_date}"),
        ("指标年度", "Year of values", str(found.year)), ("成员账户数", "Members", str(len(found.members))),
        ("申报与下一环节", "Ways and next steps", following or "—"),
    ]  # fmt: skip
    return [(zh if is_zh else en, value) for zh, en, value in said]


def _next(way: ApplicationRow, *, is_zh: bool) -> str:
    step = walking.next_step(way.steps)
    if step is None:
        return "已终止" if is_zh else "ended"
    return STEP_NAMES[step] if is_zh else step.value


def _values(rows: Sequence[ValueRow], language: str) -> Rows:
    kinds = {ValueKind.COMPUTED: ("计算", "computed"), ValueKind.ENTERED: ("填报", "entered")}
    place = 0 if language == "zh" else 1
    return [
        (
            each.item, _name(each.item, place), each.quantity, each.numerator, each.denominator, each.unit,
            kinds[each.kind][place], each.is_complete, each.is_lower_bound, each.note, each.document, each.recorded_at,
        )
        for each in rows
    ]  # fmt: skip


def _name(item: str, place: int) -> str:
    if item in catalogue.SUPPORTING:
        return catalogue.SUPPORTING[item][place]
    return catalogue.indicators()[int(item)].name


def _waivers(rows: Sequence[WaiverRow]) -> Rows:
    return [
        (
            each.indicator, each.explanation, each.document, each.is_approved, each.reason or "", each.recorded_at,
            each.decided_at,
        )
        for each in rows
    ]  # fmt: skip


def _steps(ways: Sequence[ApplicationRow], names: dict[UUID, tuple[str, str]], language: str) -> Rows:
    def one(way: ApplicationRow, each: StepRow) -> Sequence[Cell]:
        name, kind = names.get(way.park_id or way.item_id or way.id, ("", ""))
        is_zh = language == "zh"
        return (
            name, kind, LEVEL_NAMES[way.level] if is_zh else way.level.value,
            STEP_NAMES[each.step] if is_zh else each.step.value, each.is_passed, each.happened_on, each.reason,
            each.document, each.document_number, each.is_confirmed, each.decision or "", each.decided_at,
        )  # fmt: skip

    return [one(way, each) for way in ways for each in way.steps]


def _sheets(found: ParkFile, language: str) -> list[Sheet]:
    names = {found.park.id: (found.park.name, "零碳园区" if language == "zh" else "zero-carbon park")}
    return [
        Sheet("成员", "Members", MEMBERS, found.members),
        Sheet("指标数据", "Values", VALUES, _values(found.values, language)),
        Sheet("不列入申请", "Left out", WAIVERS, _waivers(found.waivers)),
        Sheet("工作环节", "Steps", STEPS, _steps(found.applications, names, language)),
    ]


@download("park-file.pdf")
async def park_file_pdf(read: Read, scope: Scope, asked: Asked) -> Making:
    """Make `?park=&year=`: a park's file with its outline, of what the reader may see."""
    found, language = await _file(read, scope, asked), asked.language
    report = Report(
        title="零碳园区档案" if language == "zh" else "Zero-carbon park: file", subtitle=found.park.name,
        about=_about(found, language), notices=[], sheets=[rounded(each) for each in _sheets(found, language) if each.rows],
        made_at=found.made_at, language=language,
        drawing="" if found.boundary is None else outline_svg(found.boundary.polygon, language),
    )  # fmt: skip
    return lambda: pages(report)


@download("park-file.xlsx")
async def park_file_workbook(read: Read, scope: Scope, asked: Asked) -> Making:
    """Make `?park=&year=`: a park's file as a workbook."""
    found, language = await _file(read, scope, asked), asked.language
    about = Sheet(
        "概况", "Summary", (Heading("项目", "Item", width=28), Heading("内容", "Value", width=60)),
        _about(found, language),
    )  # fmt: skip
    return lambda: workbook([about, *_sheets(found, language)], language)


async def _names(
    read: Read, scope: Scope, ways: Sequence[ApplicationRow], language: str
) -> dict[UUID, tuple[str, str]]:
    """Return what applications are of: name and programme, by the id of the park or item."""
    parks = await queries.parks_by_id(read, scope, [each.park_id for each in ways if each.park_id is not None])
    items = await queries_programmes.items_by_id(
        read, scope, [each.item_id for each in ways if each.item_id is not None]
    )
    kinds: Any = PROGRAMME_NAMES if language == "zh" else PROGRAMME_NAMES_EN
    park = "零碳园区" if language == "zh" else "zero-carbon park"
    found = {each.id: (each.name, park) for each in parks if each is not None}
    return found | {each.id: (each.name, kinds[each.kind]) for each in items if each is not None}


@download("park-applications.xlsx")
async def applications_workbook(read: Read, scope: Scope, asked: Asked) -> Making:
    """Make every step of the applications the caller sees, of parks and of what stands beside them."""
    ways = await queries_workflow.applications(read, scope, limit=MOST)
    rows = _steps(ways, await _names(read, scope, ways, asked.language), asked.language)
    return lambda: workbook([Sheet("工作环节", "Steps", STEPS, rows)], asked.language)


@download("park-notices.xlsx")
async def notices_workbook(read: Read, scope: Scope, asked: Asked) -> Making:
    """Make the notices the caller sees; objections are in it for authorities alone."""
    notices = await queries_workflow.notices(read, scope, limit=MOST)
    told = await queries_workflow.objections(read, scope, [each.id for each in notices])
    shown = [_notice(each, of, asked.language) for each, of in zip(notices, told, strict=True)]
    objections: Rows = [
        (
            notice.subject, each.objector, each.contact, each.text, each.recorded_at, each.answer or "", each.is_upheld,
            each.answered_at,
        )
        for notice, of in zip(notices, told, strict=True) for each in of
    ]  # fmt: skip
    sheets = [Sheet("公示", "Notices", NOTICES, shown), Sheet("异议", "Objections", OBJECTIONS, objections)]
    return lambda: workbook(sheets, asked.language)


def _notice(notice: NoticeRow, objections: Sequence[ObjectionRow], language: str) -> Sequence[Cell]:
    is_zh = language == "zh"
    kind = "零碳园区" if is_zh else "zero-carbon park"
    if notice.kind is not None:
        kind = (PROGRAMME_NAMES if is_zh else PROGRAMME_NAMES_EN)[notice.kind]
    return (
        notice.subject, kind, LEVEL_NAMES[notice.level] if is_zh else notice.level.value, notice.opens_on,
        notice.closes_on, notice.text, Decimal(len(objections)), Decimal(sum(each.answer is not None for each in objections)),
        Decimal(sum(bool(each.is_upheld) for each in objections)),
        " ".join(each for each in (notice.document, notice.document_number) if each),
    )  # fmt: skip
