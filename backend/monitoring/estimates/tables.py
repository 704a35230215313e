"""Quick reports, models and estimates as files: workbooks, and the quick report as pages."""

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from uuid import UUID

from backend.kit.clock import CHINA, now, today
from backend.kit.db import Read
from backend.kit.scope import Scope
from backend.monitoring.estimates import importing, queries, rules, service
from backend.monitoring.estimates.schema_types import QuickReportSums, sums
from backend.monitoring.estimates.terms import Terms, terms
from backend.monitoring.estimates.values import (
    Basis,
    EstimateState,
    ModelState,
    QuickReportLine,
    QuickReportValue,
    Refusal,
    Standing,
)
from backend.regions import service as regions
from backend.regions.values import FIRST_YEAR
from backend.tenants import service as tenants
from backend.wire.nodes import uuids
from backend.wire.reports import Report, pages, rounded
from backend.wire.workbooks import Asked, Cell, Heading, Making, QuestionInvalid, Sheet, download, workbook

MOST_ROWS = 20_000
T, TCE, MWH = "tCO2e", "tce", "MWh"
APART = (
    "快报为初步测算，不是经核查的排放量；填报数、以电折碳测算数与不完整数分列，范围一与范围二分列，互不相加。",
    "A quick report is preliminary and no verified figure; entered, estimated and incomplete data stand apart, and so do the scopes.",
)
POWER = (
    "电力行业的范围一即其他用户的范围二，两者不得直接相加。",
    "What the power sector burns is the scope 2 of others: the two are not added.",
)
GROWTH = (
    "同比仅比较本月已覆盖且上年同月有同口径数据的账户：填报数比上年同月能源活动排放，测算数比上年同月清单排放。",
    "Growth compares the same accounts: entered energy with that of the month a year before, estimates with that month's inventory.",
)
ENERGY = (
    "填报数仅含能源活动排放，不含工业生产过程排放；与经核查排放量的差异包含该部分。",
    "What was entered is of energy alone, without industrial processes; the difference to verified figures holds these too.",
)
READING = (
    "报告中的数值四舍五入到四位小数，仅供阅读；完整数值见同一快报的 Excel 文件。",
    "Numbers of these pages are rounded half up to four places, for reading; the report's workbook has all digits.",
)
BAND = (
    "测算区间为各账户区间端点之和，宽于实际可能的总体区间。",
    "The band adds up the ends of each account's band: it is wider than what is likely for the sum.",
)
STANDINGS = {
    Standing.LARGE: ("规上工业", "Large industry"),
    Standing.UNKNOWN: ("无法判定是否规上", "Cannot be told"),
    Standing.SMALL: ("规下", "Small"),
}
BASES = {
    Basis.COMPLETE: ("填报完整", "Complete"), Basis.ESTIMATED: ("以电折碳测算", "Estimated"),
    Basis.PARTIAL: ("填报不完整", "Partial"), Basis.MISSING: ("无数据", "Missing"),
}  # fmt: skip
MODEL_STATES = {ModelState.USABLE: ("可用", "Usable"), ModelState.REFUSED: ("不可用", "Refused")}
ESTIMATE_STATES = {
    EstimateState.TOLD: ("已测算", "Told"),
    EstimateState.OUTSIDE_RANGE: ("超出历史用电范围，无法测算", "Outside its range"),
}
REFUSALS = {
    Refusal.TOO_SHORT: ("已核查月数不足", "Too few verified months"), Refusal.NO_SPREAD: ("各月用电量过于接近", "Electricity hardly varies"),
    Refusal.NO_EMISSIONS: ("历史排放为零", "Nothing was emitted"), Refusal.NOT_RISING: ("排放不随用电量增加", "Emissions do not rise with electricity"),
    Refusal.TOO_UNCERTAIN: ("交叉验证误差超限", "Error above the limit"),
}  # fmt: skip
Say = Callable[[tuple[str, str]], str]


def _say(language: str) -> Say:
    return lambda words: words[0] if language == "zh" else words[1]


def _asked_id(asked: Asked) -> UUID:
    own = asked.text("id")
    if own is None:
        raise QuestionInvalid(name="id", value="", reason_en="it is missing", reason_zh="缺少该参数", path=("id",))
    return uuids(own, "QuickReport", path=("id",))[0]


async def _names(read: Read, scope: Scope, path: str | None, language: str) -> tuple[dict[str, str], dict[str, str]]:
    """Return what divisions and sectors are called."""
    pack = await tenants.pack_in_force(read, scope)
    sectors = {each.code: each.name_zh if language == "zh" else each.name_en for each in pack.sectors}
    rows = await tenants.divisions(read, scope, path)
    return {each.code: each.name_zh if language == "zh" else each.name_en or each.name_zh for each in rows}, sectors


def _line_headings() -> tuple[Heading, ...]:
    return (
        Heading("账户数", "Accounts", width=9), Heading("覆盖率", "Covered", "%", 9), Heading("填报完整", "Complete", width=9),
        Heading("测算", "Estimated", width=9), Heading("范围一", "Scope 1", T, 14), Heading("范围二", "Scope 2", T, 14),
        Heading("能源消费", "Energy", TCE, 14), Heading("测算范围一", "Estimated scope 1", T, 14),
        Heading("测算范围二", "Estimated scope 2", T, 14), Heading("测算下限", "Estimated, low", T, 14),
        Heading("测算上限", "Estimated, high", T, 14), Heading("同比", "Growth", "%", 9),
        Heading("最近录入", "Latest input", width=12),
    )  # fmt: skip


def _line_cells(given: QuickReportSums) -> tuple[Cell, ...]:
    return (
        given.accounts, given.coverage_percent, given.complete, given.estimated, given.scope1, given.scope2,
        given.energy_tce, given.estimated_scope1, given.estimated_scope2,
        given.estimated_low, given.estimated_high, given.growth_percent,
        None if given.latest_input_at is None else given.latest_input_at.astimezone(CHINA).date(),
    )  # fmt: skip


def _grouped(lines: Sequence[QuickReportLine], standing: Standing, key: str) -> dict[str, list[QuickReportLine]]:
    found: dict[str, list[QuickReportLine]] = {}
    for each in lines:
        if each.standing is standing:
            found.setdefault(getattr(each, key), []).append(each)
    return found


def _summed(lines: Sequence[QuickReportLine], key: str, names: dict[str, str], say: Say) -> list[Sequence[Cell]]:
    """Return a row for each part, and one for all of them, of large industry; then those that cannot be told."""
    rows: list[Sequence[Cell]] = []
    for standing, whole in (
        (Standing.LARGE, ("规上工业合计", "Large industry")),
        (Standing.UNKNOWN, ("无法判定是否规上", "Cannot be told")),
    ):
        groups = _grouped(lines, standing, key)
        mark = (
            ""
            if standing is Standing.LARGE
            else say((f"（{STANDINGS[standing][0]}）", f" ({STANDINGS[standing][1].lower()})"))
        )
        rows += [(f"{names.get(code, code)}{mark}", *_line_cells(sums(each))) for code, each in sorted(groups.items())]
        if groups:
            rows.append((say(whole), *_line_cells(sums(one for each in groups.values() for one in each))))
    return rows


def _since(lines: Sequence[QuickReportLine], names: dict[str, str], say: Say) -> list[Sequence[Cell]]:
    rows: list[Sequence[Cell]] = []
    for code, each in sorted(_grouped(lines, Standing.LARGE, "sector").items()):
        one = sums(each)
        rows.append(
            (names.get(code, code), one.verified_accounts, one.verified, one.difference, one.difference_percent)
        )
    whole = sums(each for each in lines if each.standing is Standing.LARGE)
    rows.append(
        (
            say(("规上工业合计", "Large industry")),
            whole.verified_accounts,
            whole.verified,
            whole.difference,
            whole.difference_percent,
        )
    )
    return rows


def _sheets(
    lines: Sequence[QuickReportLine], divisions: dict[str, str], sectors: dict[str, str], say: Say
) -> list[Sheet]:
    sheets = [
        Sheet(
            "分行业", "By sector", (Heading("行业", "Sector", width=20), *_line_headings()),
            _summed(lines, "sector", sectors, say), [APART, POWER, BAND, GROWTH],
        ),
        Sheet(
            "分区划", "By division", (Heading("区划", "Division", width=20), *_line_headings()),
            _summed(lines, "division_code", divisions, say), [GROWTH],
        ),
    ]  # fmt: skip
    if any(each.verified_accounts for each in lines):
        headings = (
            Heading("行业", "Sector", width=20), Heading("已核查账户数", "Verified since"), Heading("核查数", "Verified", T),
            Heading("差额（快报减核查）", "Quick minus verified", T), Heading("相对差额", "Of verified", "%"),
        )  # fmt: skip
        sheets.append(Sheet("与核查数对照", "Beside verified figures", headings, _since(lines, sectors, say)))
    return sheets


@download("quick-report.xlsx")
async def quick_report(read: Read, scope: Scope, asked: Asked) -> Making:
    """Make `?id=`: a quick report by sector and division, every line with its bases, and its accounts."""
    found, lines = await service.shown(read, scope, _asked_id(asked))
    say = _say(asked.language)
    divisions, sectors = await _names(read, scope, found.division_path, asked.language)
    rows = await queries.accounts(read, scope, found.id, limit=MOST_ROWS)
    accounts: list[Sequence[Cell]] = [
        (
            each.number, each.name, divisions.get(each.division_code, each.division_code),
            sectors.get(each.sector, each.sector), say(STANDINGS[each.standing]), say(BASES[each.basis]), each.scope1,
            each.scope2, each.low, each.high, each.energy_tce, each.latest_input_at, each.verified, each.difference,
        )
        for each in rows
    ]  # fmt: skip
    headings = (
        Heading("账户编号", "Account", width=24), Heading("名称", "Name", width=28), Heading("区划", "Division"),
        Heading("行业", "Sector"), Heading("规模", "Size"), Heading("数据依据", "Rests on"), Heading("范围一", "Scope 1", T),
        Heading("范围二", "Scope 2", T), Heading("区间下限", "Low", T), Heading("区间上限", "High", T),
        Heading("能源消费", "Energy", TCE), Heading("最近录入", "Latest input", width=20), Heading("核查数", "Verified", T),
        Heading("差额（快报减核查）", "Quick minus verified", T),
    )  # fmt: skip
    sheets = [
        *_sheets(lines, divisions, sectors, say),
        Sheet(
            "分行业分区划",
            "Lines",
            _detail_headings(),
            [_detail(each, divisions, sectors, say) for each in lines],
            [BAND],
        ),
        Sheet("账户", "Accounts", headings, accounts, [APART]),
    ]
    return partial(workbook, sheets, asked.language)


def _detail_headings() -> tuple[Heading, ...]:
    return (
        Heading("区划", "Division"), Heading("行业", "Sector"), Heading("规模", "Size"), *_line_headings(),
        Heading("填报不完整", "Partial"), Heading("无数据", "Missing"), Heading("不完整填报范围一", "Partial scope 1", T),
        Heading("不完整填报范围二", "Partial scope 2", T), Heading("可比账户数", "Compared accounts"),
        Heading("上年同月", "A year before", T), Heading("同批账户本月", "The same now", T),
        Heading("含未审批数据的账户", "With pending records"),
    )  # fmt: skip


def _detail(line: QuickReportLine, divisions: dict[str, str], sectors: dict[str, str], say: Say) -> Sequence[Cell]:
    one = sums([line])
    return (
        divisions.get(line.division_code, line.division_code), sectors.get(line.sector, line.sector),
        say(STANDINGS[line.standing]), *_line_cells(one), one.partial, one.missing, one.partial_scope1,
        one.partial_scope2, one.before_accounts, one.before, one.beside,
        one.pending_accounts,
    )  # fmt: skip


@download("quick-report.pdf")
async def quick_report_pages(read: Read, scope: Scope, asked: Asked) -> Making:
    """Make `?id=`: the same as pages; without an issue it says that it is a draft."""
    found, lines = await service.shown(read, scope, _asked_id(asked))
    say = _say(asked.language)
    divisions, sectors = await _names(read, scope, found.division_path, asked.language)
    whole = sums(each for each in lines if each.standing is Standing.LARGE)
    division = divisions.get(found.division_code, found.division_code)
    report = Report(
        title=say(("工业碳排放快报", "Quick report of industrial emissions")),
        subtitle=f"{division} · {found.month:%Y-%m}",
        about=[
            (say(("版次", "Version")), _version(found, say)),
            (say(("数据截止", "Known at")), f"{found.known_at.astimezone(CHINA):%Y-%m-%d}"),
            (say(("覆盖率", "Covered")), "-" if whole.coverage_percent is None else f"{whole.coverage_percent} %"),
            (say(("规上工业账户", "Large industry")), str(whole.accounts)),
            (say(("编制说明", "Note")), found.note or "-"),
            ("SHA-256", "-" if found.sha256 is None else f"{found.sha256[:32]}…"),
        ],
        notices=[*_notices(terms(), say), say(READING)],
        sheets=[rounded(each) for each in _sheets(lines, divisions, sectors, say)], made_at=now(), language=asked.language,
    )  # fmt: skip
    return partial(pages, report)


def _version(found: QuickReportValue, say: Say) -> str:
    if found.version is None:
        return say(("未发布（草稿）", "Not issued (draft)"))
    return say((f"第 {found.version} 版", f"{found.version}"))


def _notices(asked: Terms, say: Say) -> list[str]:
    return [
        say(APART),
        say(ENERGY),
        say((asked.note_zh, asked.note_en)),
        say((asked.large_note_zh, asked.large_note_en)),
    ]


@download("carbon-models.xlsx")
async def carbon_models(read: Read, scope: Scope, asked: Asked) -> Making:
    """Make `?division=`: the newest model of every enterprise below a division, with its error then and since."""
    scope.require("monitoring:read")
    code = asked.text("division")
    under = None if code is None else (await regions.own_division(read, scope, code)).path
    say = _say(asked.language)
    found = await queries.newest_models(read, scope, under=under, state=None, after=None, limit=MOST_ROWS)
    divisions, sectors = await _names(read, scope, None, asked.language)
    rows: list[Sequence[Cell]] = [
        (
            each.number, each.name, divisions.get(each.division_code, each.division_code),
            sectors.get(each.sector, each.sector), each.version, say(MODEL_STATES[each.state]),
            None if each.refusal is None else say(REFUSALS[each.refusal]), each.fit.months,
            None if each.fit.last_month is None else f"{each.fit.last_month:%Y-%m}", each.fit.error_percent,
            each.fit.bias_percent, each.fit.half_width,
            None if each.fit.scope1 is None else each.fit.scope1.intercept,
            None if each.fit.scope1 is None else each.fit.scope1.slope,
            None if each.fit.scope2 is None else each.fit.scope2.intercept,
            None if each.fit.scope2 is None else each.fit.scope2.slope, each.compared, each.held,
            each.compared_error_percent, each.method, each.library,
        )
        for each in found
    ]  # fmt: skip
    headings = (
        Heading("账户编号", "Account", width=24), Heading("名称", "Name", width=28), Heading("区划", "Division"),
        Heading("行业", "Sector"), Heading("版本", "Version"), Heading("状态", "State"), Heading("不可用原因", "Why refused", width=24),
        Heading("已核查月数", "Verified months"), Heading("最近核查月", "Last verified"), Heading("交叉验证误差", "Error", "%"),
        Heading("偏差", "Bias", "%"), Heading("区间半宽", "Half the band", T), Heading("范围一截距", "Scope 1, intercept", T),
        Heading("范围一斜率", "Scope 1, slope", "tCO2e/MWh"), Heading("范围二截距", "Scope 2, intercept", T),
        Heading("范围二斜率", "Scope 2, slope", "tCO2e/MWh"), Heading("事后对照月数", "Compared since"),
        Heading("其中落在区间内", "Inside the band"), Heading("事后误差", "Error since", "%"), Heading("方法", "Method"),
        Heading("统计库", "Library"),
    )  # fmt: skip
    notes = [(terms().note_zh, terms().note_en)]
    return partial(workbook, [Sheet("以电折碳模型", "Models", headings, rows, notes)], asked.language)


@download("carbon-estimates.xlsx")
async def carbon_estimates(read: Read, scope: Scope, asked: Asked) -> Making:
    """Make `?division=&year=`: the newest estimate of every enterprise and month, beside the verified figure."""
    scope.require("monitoring:read")
    year = asked.needed_number("year", FIRST_YEAR, today().year)
    code = asked.text("division")
    if code is None:
        raise QuestionInvalid(
            name="division", value="", reason_en="it is missing", reason_zh="缺少该参数", path=("division",)
        )
    division, say = await regions.own_division(read, scope, code), _say(asked.language)
    found = await queries.newest_estimates(read, scope, division.path, date(year, 1, 1), date(year, 12, 1), MOST_ROWS)
    names = await queries.numbers(read, scope, list({each.account_id for each in found}))
    rows: list[Sequence[Cell]] = [
        (
            *names[each.account_id], f"{each.month:%Y-%m}", each.mwh, say(ESTIMATE_STATES[each.state]), each.scope1,
            each.scope2, each.low, each.high, each.error_percent, each.model_version, each.verified, each.difference,
            None if each.difference is None or each.verified is None else rules.percent(each.difference, each.verified),
            each.is_held,
        )
        for each in found
    ]  # fmt: skip
    headings = (
        Heading("账户编号", "Account", width=24), Heading("名称", "Name", width=28), Heading("月份", "Month"),
        Heading("用电量", "Electricity", MWH), Heading("状态", "State", width=24), Heading("范围一", "Scope 1", T),
        Heading("范围二", "Scope 2", T), Heading("区间下限", "Low", T), Heading("区间上限", "High", T),
        Heading("模型误差", "Model's error", "%"), Heading("模型版本", "Model's version"), Heading("核查数", "Verified", T),
        Heading("差额（测算减核查）", "Estimate minus verified", T), Heading("相对差额", "Of verified", "%"),
        Heading("落在区间内", "Inside the band"),
    )  # fmt: skip
    return partial(workbook, [Sheet("以电折碳测算", "Estimates", headings, rows, [APART])], asked.language)


@download("large-industry-template.xlsx")
async def roster_template(_read: Read, scope: Scope, asked: Asked) -> Making:
    """Make an empty roster, which `POST /large-industry` reads."""
    scope.require("monitoring:estimate")
    return partial(workbook, importing.roster_template(), asked.language)


@download("grid-electricity-template.xlsx")
async def grid_template(_read: Read, scope: Scope, asked: Asked) -> Making:
    """Make an empty table of electricity, which `POST /grid-electricity` reads."""
    scope.require("monitoring:estimate")
    return partial(workbook, importing.grid_template(), asked.language)


__all__ = [
    "carbon_estimates", "carbon_models", "grid_template", "quick_report", "quick_report_pages", "roster_template",
]  # fmt: skip
