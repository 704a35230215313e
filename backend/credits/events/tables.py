"""The files of events: the neutrality report (PDF, Excel), and the events one sees as a table."""

from uuid import UUID

from backend.credits.events import queries, rules
from backend.credits.events.errors import EventNotFound
from backend.credits.events.service.configuring import rule_on
from backend.credits.events.values import EventState, EventValue, LineValue, RetirementValue
from backend.credits.programmes.schema_types import own_key
from backend.kit.clock import now
from backend.kit.db import Read
from backend.kit.scope import Scope
from backend.ledger import service as ledger
from backend.wire.reports import Report, pages
from backend.wire.workbooks import Asked, Cell, Heading, Making, QuestionInvalid, Sheet, download, workbook

MOST = 10_000
"""Rows of a table at most."""
STATES = {
    EventState.DRAFT: ("草稿", "Draft"), EventState.SUBMITTED: ("已提交", "Submitted"),
    EventState.CONFIRMED: ("排放量已确认", "Confirmed"), EventState.NEUTRAL: ("已中和", "Neutral"),
    EventState.RETURNED: ("已退回", "Sent back"),
}  # fmt: skip
T = "tCO2e"
SURE = {
    "administrator": ("管理员设定", "set by an administrator"), "from-memory": ("凭记忆，未查证", "from memory"),
    "placeholder": ("占位", "placeholder"), "tenant-entered": ("填报方提供", "given by the holder"),
    "verified-by-lookup": ("已查证", "verified"), "verified-by-lookup(secondary)": ("二手来源查证", "verified, second source"),
}  # fmt: skip
"""Confidences as people read them; any other is printed as it is written."""


def _sure(confidence: str, language: str) -> str:
    return SURE.get(confidence, (confidence, confidence))[language != "zh"]


async def _event(
    read: Read, scope: Scope, asked: Asked
) -> tuple[EventValue, list[LineValue], list[RetirementValue], dict[UUID, int]]:
    """Return an event, its lines, what was retired, and the movements' numbers. Raises QuestionInvalid, EventNotFound."""
    scope.require("credits:read")
    given = asked.text("event")
    if given is None:
        raise QuestionInvalid(
            name="event", value="", reason_en="it is missing", reason_zh="缺少该参数", path=("event",)
        )
    key = own_key(given, "CarbonEvent", path=("event",))
    (found,) = await queries.events_by_id(read, scope, [key])
    if found is None:
        raise EventNotFound
    (lines,) = await queries.lines_of(read, scope, [key])
    (retired,) = await queries.retirements_of(read, scope, [key])
    movements = await ledger.movements_by_id(read, scope, [each.movement_id for each in retired])
    return found, lines, retired, {each.id: each.number for each in movements.values()}


def _lines(lines: list[LineValue], language: str) -> Sheet:
    names = {each.code: each.name_zh if language == "zh" else each.name_en for each in rules.shipped().categories}
    left_out = "不计入：" if language == "zh" else "Left out: "
    rows: list[tuple[Cell, ...]] = [
        (
            each.position, names[each.category], each.description, each.quantity, each.unit, each.factor,
            each.factor_unit, f"{left_out}{each.exclusion}" if each.exclusion else each.factor_document,
            _sure(each.factor_confidence, language), each.tonnes,
        )
        for each in lines
    ]  # fmt: skip
    headings = (
        Heading("序号", "No.", width=6), Heading("排放源类别", "Group", width=18), Heading("内容", "What", width=28),
        Heading("活动水平", "Activity", width=12), Heading("单位", "Unit", width=10), Heading("排放因子", "Factor", width=12),
        Heading("因子单位", "Per", width=12), Heading("因子来源", "Source", width=34),
        Heading("可信度", "Confidence", width=14), Heading("排放量", "Emissions", T, 14),
    )  # fmt: skip
    return Sheet("活动排放清单", "Footprint", headings, rows)


def _retired(retired: list[RetirementValue], numbers: dict[UUID, int]) -> Sheet:
    rows: list[tuple[Cell, ...]] = [
        (str(numbers.get(each.movement_id, "")), each.class_code, each.quantity, each.retired_at, each.reversed_at, each.reversal)
        for each in retired
    ]  # fmt: skip
    headings = (
        Heading("注销编号", "Movement", width=12), Heading("单位种类", "Class", width=14),
        Heading("注销量", "Retired", T, 12), Heading("注销时间", "When", width=18),
        Heading("撤回时间", "Taken back", width=18), Heading("撤回理由", "Why", width=30),
    )  # fmt: skip
    return Sheet("抵销注销记录", "Units retired", headings, rows)


@download("event-report.xlsx")
async def report_workbook(read: Read, scope: Scope, asked: Asked) -> Making:
    """Make `?event=`: the footprint line by line, and the units retired for it."""
    _, lines, retired, numbers = await _event(read, scope, asked)
    return lambda: workbook([_lines(lines, asked.language), _retired(retired, numbers)], asked.language)


@download("event-report.pdf")
async def report_pages(read: Read, scope: Scope, asked: Asked) -> Making:
    """Make `?event=`: the same as a report with the rule it was judged by."""
    found, lines, retired, numbers = await _event(read, scope, asked)
    rule = await rule_on(read, scope, found.first_day)
    is_zh = asked.language == "zh"

    def say(zh: str, en: str) -> str:
        return zh if is_zh else en

    notices = [
        say("排放量逐行精确计算；中和所需量按吨向上取整，注销量恰好等于所需量时方为中和。",
            "Emissions are exact line by line; what neutralises them is rounded up to whole tonnes, and retired to the tonne."),
        say("每笔注销在台账中声明为本活动使用一次，可凭注销证书公开核验。",
            "Each retirement is claimed in the ledger for this event, once; its certificate can be verified by anybody."),
    ]  # fmt: skip
    if rule.is_placeholder:
        notices.append(say(rule.note_zh, rule.note_en))
    report = Report(
        title=say("活动碳中和报告", "Report on a carbon-neutral event"), subtitle=f"{found.name} · {found.number}",
        about=[
            (say("活动", "Event"), found.name), (say("地点", "Place"), found.place),
            (say("主办单位", "Organiser"), found.organiser),
            (say("日期", "Days"), f"{found.first_day:%Y-%m-%d} – {found.last_day:%Y-%m-%d}"),
            (say("参加人数", "People"), f"{found.participants:,}"), (say("核算边界", "Boundary"), found.boundary),
            (say("排放量", "Emissions"), f"{found.tonnes.normalize():,f} {T}"),
            (say("中和所需", "To neutralise"), f"{found.required:,f} {T}"),
            (say("已注销", "Retired"), f"{found.retired.normalize():,f} {T}"),
            (say("状态", "State"), say(*STATES[found.state])), (say("规则依据", "Rule"), rule.document),
            (say("规则可信度", "Confidence of the rule"), _sure(rule.confidence, asked.language)),
        ],
        notices=notices, sheets=[_lines(lines, asked.language), _retired(retired, numbers)], made_at=now(),
        language=asked.language,
    )  # fmt: skip
    return lambda: pages(report)


@download("carbon-events.xlsx")
async def events_workbook(read: Read, scope: Scope, asked: Asked) -> Making:
    """Make the events the caller sees, newest first."""
    scope.require("credits:read")
    found = await queries.events(read, scope, limit=MOST)
    rows: list[tuple[Cell, ...]] = [
        (
            each.number, each.name, each.organiser, each.division_code, each.first_day, each.last_day,
            each.participants, each.tonnes, each.required, each.retired, STATES[each.state][asked.language != "zh"],
        )
        for each in found
    ]  # fmt: skip
    headings = (
        Heading("编号", "Number", width=26), Heading("活动", "Event", width=32), Heading("主办单位", "Organiser", width=28),
        Heading("区划代码", "Division"), Heading("起", "From"), Heading("止", "To"), Heading("参加人数", "People"),
        Heading("排放量", "Emissions", T), Heading("中和所需", "To neutralise", T), Heading("已注销", "Retired", T),
        Heading("状态", "State"),
    )  # fmt: skip
    return lambda: workbook([Sheet("活动碳中和", "Events", headings, rows)], asked.language)
