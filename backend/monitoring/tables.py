"""Warnings and the monthly series as files: workbooks, and the report on the situation (形势分析) as pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from backend.accounts import service as accounts
from backend.identity import service as identity
from backend.kit.clock import now
from backend.kit.db import Read
from backend.kit.months import InvalidMonth, Month
from backend.kit.scope import Scope
from backend.monitoring import service
from backend.monitoring.alerts import queries
from backend.monitoring.alerts.terms import of_authority
from backend.monitoring.alerts.values import KIND_NAMES, StepKind, WarningState, WarningValue
from backend.monitoring.series.values import ALL_SECTORS, Series
from backend.monitoring.values import Words
from backend.regions import service as regions
from backend.tenants import service as tenants
from backend.wire.reports import Report, pages, rounded
from backend.wire.workbooks import Asked, Cell, Heading, Making, QuestionInvalid, Sheet, download, workbook

MOST_WARNINGS = 2_000
T = "tCO2e"
STATES = {
    WarningState.OPEN: Words("待处置", "Open"), WarningState.RESPONDING: Words("处置中", "Responding"),
    WarningState.CLOSING: Words("待销号", "Waiting to be closed"), WarningState.CLOSED: Words("已销号", "Closed"),
}  # fmt: skip
STEPS = {
    StepKind.RAISED: Words("预警启动", "Raised"), StepKind.WORSENED: Words("等级升高", "Worsened"),
    StepKind.EASED: Words("等级降低", "Eased"), StepKind.CONFIRMED: Words("持续存在", "Confirmed"),
    StepKind.CLEARED: Words("原因消除", "Cleared"), StepKind.REOPENED: Words("重新启动", "Reopened"),
    StepKind.ASSIGNED: Words("交办", "Assigned"), StepKind.RESPONDED: Words("选定措施", "Answered"),
    StepKind.FOLLOWED_UP: Words("跟踪", "Followed up"), StepKind.ESCALATED: Words("逾期上报", "Escalated"),
    StepKind.CLOSURE_PROPOSED: Words("申请销号", "Closure proposed"),
    StepKind.CLOSURE_REFUSED: Words("退回", "Sent back"), StepKind.CLOSED: Words("销号", "Closed"),
}  # fmt: skip
PLACEHOLDER = Words(
    "预警等级与阈值未公布，所用阈值为产品占位值，不代表官方结论。",
    "No levels or thresholds are published: those used are the product's placeholders, no official judgement.",
)
LIKE = Words(
    "增速为同口径增速：仅比较两年均有数据的账户；覆盖不足的月份不作结论。",
    "Growth is of like with like: accounts with both years; months covered too little tell nothing.",
)
COUNTED = Words(
    "计入预算排放：范围一加位置法范围二，不含电厂自身燃烧（电力行业单列时计入）。",
    "Counted: scope 1 and location-based scope 2, without what power plants burn (but in the power sector's own).",
)

READING = Words(
    "报告中的数值四舍五入到四位小数，仅供阅读；完整数值见月度序列的 Excel 文件。",
    "Numbers of these pages are rounded half up to four places, for reading; the workbook of the monthly series has all digits.",
)


@dataclass(frozen=True, slots=True)
class Names:
    """What divisions and sectors are called in a language."""

    language: str
    divisions: dict[str, str]
    sectors: dict[str, str]
    whole: str

    def say(self, given: Words) -> str:
        """Return a text in the language."""
        return given.zh if self.language == "zh" else given.en

    def sector(self, code: str) -> str:
        """Return a sector's name."""
        return self.say(Words("全部", "All")) if code == ALL_SECTORS else self.sectors.get(code, code)

    def place(self, code: str) -> str:
        """Return a division's code and name."""
        return f"{code} {self.divisions.get(code, '')}".strip()


async def _names(read: Read, scope: Scope, language: str) -> Names:
    pack, is_zh = await tenants.pack_in_force(read, scope), language == "zh"
    return Names(
        language,
        {each.code: each.name_zh if is_zh else each.name_en for each in await tenants.divisions(read, scope)},
        {each.code: each.name_zh if is_zh else each.name_en for each in pack.sectors},
        pack.name_zh if is_zh else pack.name_en,
    )


def _needed(asked: Asked, name: str) -> str:
    found = asked.text(name)
    if found is None:
        raise QuestionInvalid(name=name, value="", reason_en="it is missing", reason_zh="缺少该参数", path=(name,))
    return found


def _month(asked: Asked, name: str) -> date:
    given = _needed(asked, name)
    try:
        return Month.parse(given).first_day
    except InvalidMonth:
        raise QuestionInvalid(
            name=name, value=given[:40], reason_en="a month is written YYYY-MM", reason_zh="月份须写作 YYYY-MM", path=(name,)
        ) from None  # fmt: skip


@download("monitoring-series.xlsx")
async def monitoring_series(read: Read, scope: Scope, asked: Asked) -> Making:
    """Make `?division=&first=&last=` (months): the division, its sectors and the divisions below, month by month."""
    found = await service.series(
        read, scope, _needed(asked, "division"), _month(asked, "first"), _month(asked, "last"), is_by_division=True,
        is_by_sector=True,
    )  # fmt: skip
    names = await _names(read, scope, asked.language)
    return partial(workbook, [_months(found, names), _outline(found, names)], asked.language)


def _months(found: Sequence[Series], names: Names) -> Sheet:
    headings = (
        Heading("区划", "Division", width=24), Heading("行业", "Sector"), Heading("月份", "Month", width=10),
        Heading("账户数", "Accounts", width=10), Heading("已核查账户数", "Verified accounts", width=12),
        Heading("覆盖率", "Coverage", "%", 10), Heading("范围一", "Scope 1", T), Heading("范围二（位置法）", "Scope 2, location", T),
        Heading("范围二（市场法）", "Scope 2, market", T), Heading("计入预算排放", "Counted", T),
        Heading("其中已核查", "Verified", T), Heading("能源消费", "Energy", "tce"),
        Heading("同口径上年同月", "A year before, like for like", T), Heading("同口径增速", "Growth, like for like", "%", 12),
    )  # fmt: skip
    rows: list[Sequence[Cell]] = [
        (
            names.place(each.division_code), names.sector(each.sector), f"{month.month:%Y-%m}", month.accounts,
            month.verified_accounts, month.coverage, month.scope1, month.scope2_location, month.scope2_market,
            month.counted, month.verified, month.energy_tce, month.growth.before if month.growth.accounts else None,
            month.growth.percent,
        )
        for each in found
        for month in each.months
    ]  # fmt: skip
    return Sheet("月度序列", "Months", headings, rows, [(LIKE.zh, LIKE.en), (COUNTED.zh, COUNTED.en)])


def _outline(found: Sequence[Series], names: Names) -> Sheet:
    headings = (
        Heading("区划", "Division", width=24), Heading("行业", "Sector", width=12),
        Heading("最新月份", "Newest month", width=11), Heading("最新数据时间", "Newest input", width=17),
        Heading("存续账户", "Open accounts", width=10), Heading("累计排放", "Year to date", T),
        Heading("上年同期", "A year before", T), Heading("累计增速", "Growth", "%", 10),
        Heading("覆盖率", "Coverage", "%", 10), Heading("说明", "Note", width=30),
    )  # fmt: skip
    rows: list[Sequence[Cell]] = [
        (
            names.place(each.division_code), names.sector(each.sector),
            f"{each.latest_month:%Y-%m}" if each.latest_month else "", each.latest_input_at, each.open_accounts,
            each.to_date.current, each.to_date.before, each.to_date.percent, each.to_date.coverage,
            names.say(each.to_date.note) if each.to_date.note else "",
        )
        for each in found
    ]  # fmt: skip
    return Sheet("年内累计（同口径）", "Year to date, like for like", headings, rows, [(LIKE.zh, LIKE.en)])


@download("emission-warnings.xlsx")
async def emission_warnings(read: Read, scope: Scope, asked: Asked) -> Making:
    """Make `?division=`: warnings, what they rest on, and what was done."""
    found = await service.warnings(read, scope, division_code=asked.text("division"), limit=MOST_WARNINGS)
    names = await _names(read, scope, asked.language)
    sheets = [await _listed(read, scope, found, names), _figures(found, names), await _done(read, scope, found, names)]
    return partial(workbook, sheets, asked.language)


async def _listed(read: Read, scope: Scope, found: Sequence[WarningValue], names: Names) -> Sheet:
    pack = await tenants.pack_in_force(read, scope)
    measures = {each.code: each.name_zh if names.language == "zh" else each.name_en for each in pack.warnings.responses}
    ids = sorted({each.owner_id for each in found if each.owner_id is not None})
    owners = {each.id: each.name for each in await identity.organisations_by_id(read, scope, ids) if each}
    units = sorted({each.cause.account_id for each in found if each.cause.account_id is not None})
    held = {each.id: each.name for each in await accounts.accounts_by_id(read, scope, units) if each} if units else {}
    headings = (
        Heading("等级", "Level", width=10), Heading("状态", "State", width=10), Heading("类型", "Kind", width=18),
        Heading("区划", "Division", width=20), Heading("行业或单位", "Sector or unit", width=18), Heading("年度", "Year", width=8),
        Heading("数据月份", "Month", width=10), Heading("幅度", "Value", "%", 10), Heading("阈值", "Threshold", "%", 10),
        Heading("是否仍存在", "Still there", width=10), Heading("责任单位", "Owner", width=20),
        Heading("响应措施", "Response", width=24), Heading("处置内容", "Measure", width=32), Heading("期限", "Due", width=11),
        Heading("启动时间", "Raised", width=17), Heading("销号时间", "Closed", width=17),
    )  # fmt: skip
    rows: list[Sequence[Cell]] = [
        (
            names.say(Words(each.level_zh, each.level_en)), names.say(STATES[each.state]),
            names.say(KIND_NAMES[each.cause.kind]), names.place(each.cause.division_code),
            held.get(each.cause.account_id, "") if each.cause.account_id else names.sector(each.cause.sector),
            str(each.cause.year or ""), f"{each.month:%Y-%m}", each.value, _threshold(each), each.is_present,
            owners.get(each.owner_id, "") if each.owner_id else "", measures.get(each.response, each.response),
            each.measure, each.due_on, each.raised_at, each.closed_at,
        )
        for each in found
    ]  # fmt: skip
    notes = [(PLACEHOLDER.zh, PLACEHOLDER.en)] if any(each.is_placeholder for each in found) else []
    if len(found) == MOST_WARNINGS:
        notes.append((f"至多列示 {MOST_WARNINGS} 项。", f"At most {MOST_WARNINGS} are listed."))
    return Sheet("碳排放预警", "Emission warnings", headings, rows, notes)


def _threshold(given: WarningValue) -> str:
    return given.evidence["threshold"] or ""


def _figures(found: Sequence[WarningValue], names: Names) -> Sheet:
    headings = (
        Heading("区划", "Division", width=20), Heading("行业", "Sector", width=12), Heading("类型", "Kind", width=18),
        Heading("项目", "Figure", width=22), Heading("数值", "Value", width=22), Heading("单位", "Unit", width=14),
        Heading("来源", "Source", width=50),
    )  # fmt: skip
    key = "zh" if names.language == "zh" else "en"
    rows: list[Sequence[Cell]] = [
        (
            names.place(each.cause.division_code), names.sector(each.cause.sector),
            names.say(KIND_NAMES[each.cause.kind]), own[key], own["value"], own["unit"], own["source"],
        )
        for each in found
        for own in each.evidence["figures"]
    ]  # fmt: skip
    return Sheet("预警依据", "What they rest on", headings, rows)


async def _done(read: Read, scope: Scope, found: Sequence[WarningValue], names: Names) -> Sheet:
    steps = await queries.steps_of(read, scope, [each.id for each in found])
    headings = (
        Heading("时间", "When", width=17), Heading("区划", "Division", width=20), Heading("行业", "Sector", width=12),
        Heading("类型", "Kind", width=18), Heading("事项", "Step", width=12), Heading("内容", "Note", width=60),
    )  # fmt: skip
    rows: list[Sequence[Cell]] = [
        (
            each.at, names.place(warning.cause.division_code), names.sector(warning.cause.sector),
            names.say(KIND_NAMES[warning.cause.kind]), names.say(STEPS[each.kind]), each.note,
        )
        for warning, own in zip(found, steps, strict=True)
        for each in own
    ]  # fmt: skip
    return Sheet("处置记录", "What was done", headings, rows)


@download("monitoring-report.pdf")
async def monitoring_report(read: Read, scope: Scope, asked: Asked) -> Making:
    """Make `?division=&month=`: the report on the situation: the year to date by sector and division, warnings, what was done."""
    of_authority(scope, "monitoring:read")
    month = _month(asked, "month")
    division = await regions.own_division(read, scope, _needed(asked, "division"))
    found = await service.series(
        read, scope, division.code, date(month.year, 1, 1), month, is_by_division=True, is_by_sector=True
    )
    names = await _names(read, scope, asked.language)
    warned = await service.open_warnings(read, scope, division_code=division.code, limit=MOST_WARNINGS)
    of = names.place(division.code)
    terms = await service.terms_in_force(read, scope)
    notices = [LIKE, COUNTED, READING, *([PLACEHOLDER] if terms.is_placeholder else [])]
    report = Report(
        title=names.say(Words("碳排放形势分析与预警", "Emissions: situation and warnings")),
        subtitle=f"{of} · {month:%Y-%m}",
        about=[
            (names.say(Words("区划", "Division")), of), (names.say(Words("截至月份", "Through")), f"{month:%Y-%m}"),
            (names.say(Words("分级依据", "Levels by")), names.say(terms.document)),
            (names.say(Words("未销号预警", "Open warnings")), str(len(warned))),
        ],
        notices=[names.say(each) for each in notices],
        sheets=[rounded(_outline(found, names)), rounded(_brief(warned, names))], made_at=now(), language=asked.language,
    )  # fmt: skip
    return partial(pages, report)


def _brief(found: Sequence[WarningValue], names: Names) -> Sheet:
    headings = (
        Heading("等级", "Level", width=10), Heading("状态", "State", width=10), Heading("类型", "Kind", width=18),
        Heading("区划", "Division", width=20), Heading("行业", "Sector", width=12), Heading("数据月份", "Month", width=10),
        Heading("幅度", "Value", "%", 10), Heading("处置内容", "Measure", width=32), Heading("期限", "Due", width=11),
    )  # fmt: skip
    rows: list[Sequence[Cell]] = [
        (
            names.say(Words(each.level_zh, each.level_en)), names.say(STATES[each.state]),
            names.say(KIND_NAMES[each.cause.kind]), names.place(each.cause.division_code),
            names.sector(each.cause.sector), f"{each.month:%Y-%m}", each.value, each.measure, each.due_on,
        )
        for each in found
    ]  # fmt: skip
    return Sheet("未销号预警", "Open warnings", headings, rows)


__all__ = ["emission_warnings", "monitoring_report", "monitoring_series"]
