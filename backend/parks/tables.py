"""The files of parks: an evaluation as a sheet (PDF, Excel), the parks and the programmes as tables."""

from uuid import UUID

from backend.kit.clock import today
from backend.kit.db import Read
from backend.kit.scope import Scope
from backend.parks import queries, queries_programmes, queries_workflow, service
from backend.parks.errors import ParkEvaluationNotFound
from backend.parks.names import LEVEL_NAMES, PROGRAMME_NAMES, PROGRAMME_NAMES_EN, STATUS_NAMES, STEP_NAMES
from backend.parks.rules import walking
from backend.parks.rules.keeping import kept
from backend.parks.sheet import EvaluationSheet, headings_of, report_of, rows_of, summary_of
from backend.parks.values import (
    Level,
    Step,
)
from backend.parks.values_programmes import ItemRow
from backend.wire.nodes import uuids
from backend.wire.reports import pages
from backend.wire.workbooks import Asked, Heading, Making, QuestionInvalid, Sheet, download, workbook

MOST = 10_000
"""Rows of a table at most."""


async def _evaluation(read: Read, scope: Scope, asked: Asked) -> EvaluationSheet:
    """Return the evaluation a file's address names. Raises QuestionInvalid, NodeIdInvalid, ParkEvaluationNotFound."""
    scope.require("parks:read")
    given = asked.text("evaluation")
    if given is None:
        raise QuestionInvalid(
            name="evaluation", value="", reason_en="it is missing", reason_zh="缺少该参数", path=("evaluation",)
        )
    own_id: UUID = uuids(given, "ParkEvaluation", path=("evaluation",))[0]
    found = await queries.evaluation(read, scope, own_id)
    if found is None:
        raise ParkEvaluationNotFound
    (park,) = await queries.parks_by_id(read, scope, [found.park_id])
    (boundary,) = await queries.boundaries(read, scope, [found.park_id])
    return EvaluationSheet(
        park="" if park is None else park.name, division=("" if park is None else park.division_code),
        area=None if boundary is None else boundary.area, made_at=found.recorded_at, sha256=found.sha256,
        found=kept(found), polygon=None if boundary is None else boundary.polygon,
    )  # fmt: skip


@download("park-evaluation.pdf")
async def evaluation_pdf(read: Read, scope: Scope, asked: Asked) -> Making:
    """Make `?evaluation=`: the evaluation sheet."""
    sheet = await _evaluation(read, scope, asked)
    return lambda: pages(report_of(sheet, asked.language))


@download("park-evaluation.xlsx")
async def evaluation_workbook(read: Read, scope: Scope, asked: Asked) -> Making:
    """Make `?evaluation=`: the evaluation sheet as a workbook."""
    sheet = await _evaluation(read, scope, asked)
    about = Sheet(
        "概况", "Summary", (Heading("项目", "Item", width=28), Heading("内容", "Value", width=60)),
        summary_of(sheet, asked.language),
    )  # fmt: skip
    lines = Sheet("指标评价", "Indicators", headings_of(), rows_of(sheet, asked.language))
    return lambda: workbook([about, lines], asked.language)


@download("parks.xlsx")
async def parks_workbook(read: Read, scope: Scope, asked: Asked) -> Making:
    """Make the parks the caller sees, with area, members and how far each has come at each rung. Four statements."""
    scope.require("parks:read")
    parks = await queries.parks(read, scope, limit=MOST)
    ids = [each.id for each in parks]
    boundaries = await queries.boundaries(read, scope, ids)
    members = await queries.members(read, scope, ids)
    ways = await queries_workflow.applications_by_park(read, scope, ids)
    day, is_zh = today(), asked.language == "zh"

    def level(one: Level | None) -> str:
        return "" if one is None else LEVEL_NAMES[one] if is_zh else one.value

    rows = [
        (
            each.name, each.division_code, None if drawn is None else drawn.area,
            sum(one.starts_on <= day and (one.ends_on is None or one.ends_on >= day) for one in of),
            level(walking.rung(way)), level(way[-1].level if way else None),
            _next(walking.next_step(way[-1].steps), is_zh=is_zh) if way else "", each.recorded_at,
        )
        for each, drawn, of, way in zip(parks, boundaries, members, ways, strict=True)
    ]  # fmt: skip
    headings = (
        Heading("园区", "Park", width=36), Heading("区划代码", "Division"), Heading("面积", "Area", "m2"),
        Heading("成员账户数", "Members"), Heading("已列入级别", "On the list of"), Heading("最近申报级别", "Last applied at"), Heading("下一环节", "Next step"),
        Heading("登记时间", "Entered"),
    )  # fmt: skip
    return lambda: workbook([Sheet("园区", "Parks", headings, rows)], asked.language)


def _next(step: Step | None, *, is_zh: bool) -> str:
    if step is None:
        return "已终止" if is_zh else "ended"
    return STEP_NAMES[step] if is_zh else step.value


def _status(item: ItemRow, *, is_zh: bool) -> str:
    if item.status is None:
        return "申报中" if is_zh else "candidate"
    return STATUS_NAMES[item.status] if is_zh else item.status.value


@download("park-programmes.xlsx")
async def programmes_workbook(read: Read, scope: Scope, asked: Asked) -> Making:
    """Make the registers the caller sees, and the plan's targets beside what there is today."""
    scope.require("parks:read")
    found = await queries_programmes.items(read, scope, on=today(), limit=MOST)
    progress = await service.progress(read, scope, under=None, on=today())
    is_zh = asked.language == "zh"
    items = [
        (
            (PROGRAMME_NAMES if is_zh else PROGRAMME_NAMES_EN)[each.kind], each.name, each.division_code,
            _status(each, is_zh=is_zh),
            each.effective_on, each.capacity, each.document or "", each.document_number or "", each.document_date,
        )
        for each in found
    ]  # fmt: skip
    targets = [
        (
            str(each.target.year), each.target.name_zh if asked.language == "zh" else each.target.name_en,
            each.target.quantity, each.found, each.found_by_deadline, each.missing, each.target.unit, each.is_met, each.target.quote, each.target.document,
        )
        for each in progress
    ]  # fmt: skip
    sheets = [
        Sheet(
            "配套行动登记", "Registers",
            (
                Heading("类别", "Programme", width=26), Heading("名称", "Name", width=36),
                Heading("区划代码", "Division"), Heading("状态", "Status"), Heading("起始日期", "Since"),
                Heading("最大可调能力", "Adjustable capacity", "万kW"), Heading("依据文件", "Document", width=36),
                Heading("文号", "Number"), Heading("日期", "Dated"),
            ), items,
        ),
        Sheet(
            "目标进展", "Targets",
            (
                Heading("年份", "Year"), Heading("目标", "Target", width=36), Heading("目标值", "Target value"),
                Heading("现状值", "Found"), Heading("期末值", "At its end"), Heading("尚缺", "Missing"),
                Heading("单位", "Unit"), Heading("是否达到", "Met"),
                Heading("原文", "Words", width=60), Heading("依据文件", "Document", width=40),
            ), targets,
        ),
    ]  # fmt: skip
    return lambda: workbook(sheets, asked.language)
