"""Targets, evaluations and the annual report as files: workbooks and pages of what their reader may see."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from uuid import UUID

from backend.accounts import service as accounts
from backend.kit.clock import now, today
from backend.kit.db import Read
from backend.kit.scope import Kind, Scope
from backend.targets import queries_evaluations as evaluations
from backend.targets import service
from backend.targets.rules import checking
from backend.targets.values import (
    EMISSIONS,
    FIRST_YEAR,
    Footing,
    TargetKind,
    TargetMethod,
    TargetProgress,
    TargetValue,
    TargetVerdict,
    Words,
)
from backend.targets.values_evaluation import (
    EvaluationField,
    EvaluationState,
    EvaluationValue,
    IndicatorOutcome,
    RemarkValue,
    SheetValue,
    SheetVerdict,
    ValueSource,
)
from backend.targets.values_plans import PlanStanding, PlanTargetOutcome, PlanTargetSource
from backend.tenants import service as tenants
from backend.tenants.values import BudgetRules
from backend.wire.nodes import uuids
from backend.wire.reports import Report, pages
from backend.wire.workbooks import Asked, Cell, Heading, Making, QuestionInvalid, Sheet, download, workbook

MOST_TARGETS = 2_000
KINDS = {
    TargetKind.INTENSITY: Words("强度降低", "Intensity reduction"), TargetKind.TOTAL: Words("总量控制", "Total"),
}  # fmt: skip
UNITS = {TargetKind.INTENSITY: "%", TargetKind.TOTAL: "tCO2e"}
FOOTINGS = {
    Footing.ACCOUNTS: Words("碳账户汇总", "Carbon accounts"), Footing.STATED: Words("主管部门核定", "As stated"),
}  # fmt: skip
METHODS = {
    TargetMethod.HISTORY: Words("历史法", "History"), TargetMethod.BENCHMARK: Words("基准法", "Benchmark"),
    TargetMethod.OUTPUT: Words("产出法", "Output"), TargetMethod.MANUAL: Words("人工填写", "By hand"),
    TargetMethod.EQUAL: Words("同幅", "Equal"), TargetMethod.WEIGHTED: Words("系数法", "Weighted"),
}  # fmt: skip
VERDICTS = {
    TargetVerdict.ON_TRACK: Words("达到进度", "On track"), TargetVerdict.BEHIND: Words("滞后", "Behind"),
    TargetVerdict.REACHED: Words("已完成", "Reached"), TargetVerdict.MISSED: Words("未完成", "Missed"),
    TargetVerdict.ELASTIC_USED: Words("已用弹性", "Elastic band used"),
    TargetVerdict.CANNOT_TELL: Words("无法判断", "Cannot be told"),
}  # fmt: skip
OUTCOMES = {
    IndicatorOutcome.MET: Words("达标", "Met"), IndicatorOutcome.MISSED: Words("未达标", "Missed"),
    IndicatorOutcome.CANNOT_TELL: Words("无法判断", "Cannot be told"),
    IndicatorOutcome.NOT_APPLICABLE: Words("不适用", "Not applicable"),
}  # fmt: skip
SHEET_VERDICTS = {
    SheetVerdict.MET: Words("达标", "Met"), SheetVerdict.MISSED: Words("未达标", "Missed"),
    SheetVerdict.CANNOT_TELL: Words("无法判断", "Cannot be told"),
}  # fmt: skip
SOURCES = {
    ValueSource.COMPUTED: Words("系统核算", "Computed"), ValueSource.STATED: Words("填报", "Stated"),
    ValueSource.NONE: Words("缺失", "Missing"),
}  # fmt: skip
FIELDS = {
    EvaluationField.DUAL_CONTROL: Words("碳排放双控", "Dual control"),
    EvaluationField.ENERGY_STRUCTURE: Words("能源结构", "Energy structure"),
    EvaluationField.ENERGY_INTENSITY: Words("能耗强度", "Energy intensity"),
    EvaluationField.RESOURCE_EFFICIENCY: Words("资源利用效率", "Resource efficiency"),
    EvaluationField.SINKS: Words("生态系统碳汇", "Sinks"), EvaluationField.KEY_FIELDS: Words("重点领域绿色转型", "Key fields"),
}  # fmt: skip
STATES = {
    EvaluationState.DRAFT: Words("编制中", "Draft"), EvaluationState.OPEN: Words("征求意见中", "Open to remarks"),
    EvaluationState.APPROVED: Words("已批准", "Approved"),
}  # fmt: skip
PLAN_OUTCOMES = {
    PlanTargetOutcome.MET: Words("已达到", "Met"), PlanTargetOutcome.NOT_YET: Words("推进中", "Not yet"),
    PlanTargetOutcome.MISSED: Words("未达到", "Missed"), PlanTargetOutcome.CANNOT_TELL: Words("无法判断", "Cannot be told"),
}  # fmt: skip
PLAN_SOURCES = {
    PlanTargetSource.COUNTED: Words("系统统计", "Counted"), PlanTargetSource.ENTERED: Words("填报", "Entered"),
    PlanTargetSource.NONE: Words("缺失", "Missing"),
}  # fmt: skip
SIGNS = {">=": "≥", ">": ">", "<=": "≤", "<": "<"}
PACE = (
    "应达进度按规划期逐年均分，为产品口径，文件未规定路径；总量目标为规划期各年合计。",
    "What is due grows evenly over the period (the product's own path); a total is over all years of the period together.",
)
FOOTED = (
    "按碳账户汇总时，电力计入用电侧，不含电厂自身燃烧；账户未覆盖的排放不在其中，不与核定值混用。",
    "By accounts electricity counts where it is used, without power plants' burning; stated emissions are never mixed in.",
)


@dataclass(frozen=True, slots=True)
class Names:
    """What divisions and accounts are called in a language."""

    language: str
    divisions: dict[str, str]
    units: dict[UUID, str]

    def say(self, words: Words) -> str:
        """Return a text in the language."""
        return words.zh if self.language == "zh" else words.en

    def of(self, code: str, account_id: UUID | None = None) -> str:
        """Return who something is of."""
        name = self.units.get(account_id, "") if account_id else self.divisions.get(code, "")
        return f"{code} {name}".strip()


async def _names(read: Read, scope: Scope, language: str, account_ids: Sequence[UUID | None] = ()) -> Names:
    ids = list({each for each in account_ids if each is not None})
    units = [each for each in await accounts.accounts_by_id(read, scope, ids) if each] if ids else []
    is_zh = language == "zh"
    return Names(
        language,
        {each.code: each.name_zh if is_zh else each.name_en for each in await tenants.divisions(read, scope)},
        {each.id: each.name for each in units},
    )


def _targets(found: Sequence[TargetValue], far: Sequence[TargetProgress], rules: BudgetRules, names: Names) -> Sheet:
    headings = (
        Heading("区划或单位", "Division or unit", width=28), Heading("目标", "Target", width=12),
        Heading("期间", "Period", width=11), Heading("基年", "Base year", width=8), Heading("目标值", "Value", width=14),
        Heading("单位", "Unit", width=8), Heading("约束", "Binding", width=8), Heading("口径", "Measured by", width=14),
        Heading("截至", "Through", width=8), Heading("已达", "Reached", width=12), Heading("应达", "Due", width=12),
        Heading("完成率", "Completion", "%", 11), Heading("结论", "Verdict", width=12),
        Heading("文号", "Document", width=20), Heading("生效", "Effective", width=11), Heading("方法", "Method", width=10),
    )  # fmt: skip
    rows: list[Sequence[Cell]] = [
        (
            names.of(each.division_code, each.account_id), names.say(KINDS[each.kind]),
            checking.span(each.first_year, each.last_year), str(each.base_year or ""), each.value, UNITS[each.kind],
            service.is_binding(each, rules), names.say(FOOTINGS[each.footing]), str(own.through or ""), own.reached,
            own.due, own.completion, names.say(VERDICTS[own.verdict]), each.document_number, each.effective_on,
            names.say(METHODS[each.method]),
        )
        for each, own in zip(found, far, strict=True)
    ]  # fmt: skip
    return Sheet("双控目标及进展", "Targets and how far they are", headings, rows, [PACE, FOOTED])


def _years(found: Sequence[TargetValue], far: Sequence[TargetProgress], names: Names) -> Sheet:
    headings = (
        Heading("区划或单位", "Division or unit", width=28), Heading("目标", "Target", width=12),
        Heading("年度", "Year", width=8), Heading("排放量", "Emissions", "tCO2e"),
        Heading("地区生产总值", "Gross domestic product", "万CNY"), Heading("强度", "Intensity", "tCO2e/万CNY"),
        Heading("已达", "Reached"), Heading("应达", "Due"),
    )  # fmt: skip
    rows: list[Sequence[Cell]] = [
        (
            names.of(each.division_code, each.account_id), names.say(KINDS[each.kind]), str(year.year), year.emissions,
            year.gdp, year.intensity, year.reached, year.due,
        )
        for each, own in zip(found, far, strict=True)
        for year in own.years
    ]  # fmt: skip
    return Sheet("逐年", "Year by year", headings, rows)


def _standing(sheets: Sequence[SheetValue], names: Names) -> Sheet:
    headings = (
        Heading("位次", "Place", width=8), Heading("区划", "Division", width=28), Heading("得分", "Score", "/100", 10),
        Heading("主要指标结论", "Main indicators", width=14), Heading("无法判断的指标", "Cannot be told", width=40),
    )  # fmt: skip
    rows: list[Sequence[Cell]] = [
        (
            each.place, names.of(each.division_code), each.score, names.say(SHEET_VERDICTS[each.verdict]),
            "、".join(
                names.say(Words(line.indicator.name_zh, line.indicator.name_en))
                for line in each.lines if line.outcome is IndicatorOutcome.CANNOT_TELL
            ),
        )
        for each in sheets
    ]  # fmt: skip
    return Sheet("综合评价", "Comprehensive evaluation", headings, rows)


def _lines(sheets: Sequence[SheetValue], names: Names) -> Sheet:
    headings = (
        Heading("区划", "Division", width=24), Heading("指标", "Indicator", width=34), Heading("权重", "Weight", width=8),
        Heading("数值", "Value", width=12), Heading("单位", "Unit", width=7), Heading("得分", "Points", width=10),
        Heading("结论", "Outcome", width=10), Heading("来源", "Source", width=10), Heading("依据", "Document", width=28),
    )  # fmt: skip
    rows: list[Sequence[Cell]] = [
        (
            names.of(each.division_code), names.say(Words(line.indicator.name_zh, line.indicator.name_en)),
            line.indicator.weight, line.value, line.indicator.unit, line.points, names.say(OUTCOMES[line.outcome]),
            names.say(SOURCES[line.source]), str(line.facts.get("document", "")),
        )
        for each in sheets
        for line in each.lines
    ]  # fmt: skip
    return Sheet("评价指标得分", "Points by indicator", headings, rows)


def _remarks(found: Sequence[RemarkValue], sheets: Sequence[SheetValue], names: Names) -> Sheet:
    called = {
        line.indicator.code: names.say(Words(line.indicator.name_zh, line.indicator.name_en))
        for each in sheets
        for line in each.lines
    }
    headings = (
        Heading("区划", "Division", width=24), Heading("指标", "Indicator", width=20), Heading("意见", "Remark", width=40),
        Heading("采纳", "Accepted", width=8), Heading("答复", "Answer", width=40), Heading("时间", "When", width=18),
    )  # fmt: skip
    rows: list[Sequence[Cell]] = [
        (
            names.of(each.division_code), called.get(each.indicator, each.indicator), each.said, each.is_accepted,
            each.answer, each.recorded_at,
        )
        for each in found
    ]  # fmt: skip
    return Sheet("意见与答复", "Remarks and answers", headings, rows)


def _plan(found: Sequence[PlanStanding], names: Names) -> Sheet:
    headings = (
        Heading("目标", "Target", width=36), Heading("年份", "Year", width=8), Heading("要求", "Wanted", width=14),
        Heading("单位", "Unit", width=8), Heading("现值", "Value", width=12), Heading("截至", "As of", width=11),
        Heading("完成率", "Share", "%", 10), Heading("结论", "Outcome", width=12), Heading("来源", "Source", width=10),
        Heading("文件", "Document", width=32), Heading("条款", "Item", width=12), Heading("原文", "Words", width=44),
    )  # fmt: skip
    rows: list[Sequence[Cell]] = [
        (
            names.say(Words(each.named.name_zh, each.named.name_en)),
            names.say(Words("每年", "yearly")) if each.named.is_yearly else str(each.named.year or ""),
            f"{SIGNS[each.named.comparator]} {checking.plain(each.named.quantity)}", each.named.unit, each.value, each.as_of,
            each.percent, names.say(PLAN_OUTCOMES[each.outcome]), names.say(PLAN_SOURCES[each.source]),
            each.named.document, each.named.place, each.named.quote,
        )
        for each in found
    ]  # fmt: skip
    return Sheet("文件目标", "Targets of the documents", headings, rows)


@download("dual-targets.xlsx")
async def dual_targets(read: Read, scope: Scope, asked: Asked) -> Making:
    """Make `?year=&division=`: targets that count, how far they are, year by year."""
    year = asked.number("year", FIRST_YEAR, 2100)
    found = await service.targets(read, scope, year=year, division_code=asked.text("division"), limit=MOST_TARGETS)
    far = await service.progress_of(read, scope, found)
    names = await _names(read, scope, asked.language, [each.account_id for each in found])
    rules = await service.rules_of(read, scope)
    return partial(workbook, [_targets(found, far, rules, names), _years(found, far, names)], asked.language)


@download("target-plan.xlsx")
async def target_plan(read: Read, scope: Scope, asked: Asked) -> Making:
    """Make `?id=`: a plan's lines, with the inputs and the formula of each."""
    found = await service.target_plan(read, scope, uuids(_needed(asked, "id"), "TargetPlan", path=("id",))[0])
    names = await _names(read, scope, asked.language, [each.account_id for each in found.lines])
    key = "zh" if asked.language == "zh" else "en"
    headings = (
        Heading("区划或单位", "Division or unit", width=28), Heading("目标", "Target", width=12),
        Heading("期间", "Period", width=11), Heading("基年", "Base year", width=8), Heading("目标值", "Value", width=14),
        Heading("单位", "Unit", width=8), Heading("口径", "Measured by", width=14), Heading("方法", "Method", width=10),
        Heading("公式", "Formula", width=60), Heading("输入", "Inputs", width=44),
    )  # fmt: skip
    rows: list[Sequence[Cell]] = [
        (
            names.of(each.division_code, each.account_id), names.say(KINDS[each.kind]),
            checking.span(each.first_year, each.last_year), str(each.base_year or ""), each.value, UNITS[each.kind],
            names.say(FOOTINGS[each.footing]), names.say(METHODS[each.method]),
            each.basis.get("formula", {}).get(key, ""),
            "; ".join(f"{of['name'][key]} {of['value']} {of['unit']}".strip() for of in each.basis.get("inputs", ())),
        )
        for each in found.lines
    ]  # fmt: skip
    about = (
        f"{found.name}：{found.document_number}，{found.document_dated:%Y-%m-%d}，第 {found.revision} 版，SHA-256 {found.sha256}",
        f"{found.name}: {found.document_number}, {found.document_dated:%Y-%m-%d}, revision {found.revision}, SHA-256 {found.sha256}",
    )
    return partial(workbook, [Sheet("目标分解方案", "Plan of targets", headings, rows, [about])], asked.language)


@download("evaluation.xlsx")
async def evaluation(read: Read, scope: Scope, asked: Asked) -> Making:
    """Make `?id=`: an evaluation's sheets that the reader sees, with remarks and answers."""
    found = await service.evaluation(read, scope, uuids(_needed(asked, "id"), "Evaluation", path=("id",))[0])
    sheets, remarks = await _of_evaluation(read, scope, found)
    names = await _names(read, scope, asked.language)
    made = [_standing(sheets, names), _lines(sheets, names), _remarks(remarks, sheets, names)]
    return partial(workbook, made, asked.language)


@download("stated-figures.xlsx")
async def stated_figures(read: Read, scope: Scope, asked: Asked) -> Making:
    """Make `?year=&division=`: figures of divisions' years that accounts do not feed, with their documents."""
    year = asked.number("year", FIRST_YEAR, 2100)
    found = await service.stated_figures(read, scope, year=year, division_code=asked.text("division"))
    names = await _names(read, scope, asked.language)
    called = await _called(read, scope, {each.year for each in found}, names)
    headings = (
        Heading("区划", "Division", width=28), Heading("年度", "Year", width=8), Heading("项目", "Item", width=24),
        Heading("数值", "Value", width=16), Heading("单位", "Unit", width=8), Heading("本级填报", "Own", width=10),
        Heading("说明", "Note", width=32), Heading("文号", "Document", width=20), Heading("文件日期", "Dated", width=11),
        Heading("文件标题", "Title", width=32), Heading("录入时间", "Recorded", width=18),
    )  # fmt: skip
    rows: list[Sequence[Cell]] = [
        (
            names.of(each.division_code), str(each.year), called.get((each.year, each.item), each.item), each.value, each.unit,
            each.entered_from == each.division_path, each.note, each.document_number, each.document_dated,
            each.document_title, each.recorded_at,
        )
        for each in found
    ]  # fmt: skip
    return partial(workbook, [Sheet("填报数据", "Stated figures", headings, rows)], asked.language)


async def _called(read: Read, scope: Scope, years: Collection[int], names: Names) -> dict[tuple[int, str], str]:
    """Return what stated figures are called: the indicators of each year's scheme, and emissions."""
    found = {(year, EMISSIONS): names.say(Words("考核用排放量", "Emissions it is measured by")) for year in years}
    for year in sorted(years):
        scheme = (await service.scheme_of(read, scope, year)).scheme
        found |= {(year, each.code): names.say(Words(each.name_zh, each.name_en)) for each in scheme.indicators}
    return found


@download("evaluation-scheme.xlsx")
async def evaluation_scheme(read: Read, scope: Scope, asked: Asked) -> Making:
    """Make `?year=`: the scheme for a year's evaluations."""
    found = await service.scheme_of(read, scope, asked.needed_number("year", FIRST_YEAR, 2100))
    names = await _names(read, scope, asked.language)
    headings = (
        Heading("指标", "Indicator", width=40), Heading("方面", "Field", width=20), Heading("单位", "Unit", width=8),
        Heading("来源", "Source", width=12), Heading("主要指标", "Main", width=10), Heading("权重", "Weight", width=8),
        Heading("零分值", "No points at", width=12), Heading("满分值", "All points at", width=12),
    )  # fmt: skip
    rows: list[Sequence[Cell]] = [
        (
            names.say(Words(each.name_zh, each.name_en)), names.say(FIELDS[each.field]), each.unit,
            names.say(SOURCES[ValueSource.COMPUTED if each.formula else ValueSource.STATED]), each.is_main, each.weight,
            each.zero_at, each.full_at,
        )
        for each in found.scheme.indicators
    ]  # fmt: skip
    own = found.scheme
    notes = [(f"{own.name_zh}：{own.document}。{own.note_zh}", f"{own.name_en}: {own.document}. {own.note_en}")]
    return partial(workbook, [Sheet("评价指标体系", "Evaluation scheme", headings, rows, notes)], asked.language)


@download("plan-targets.xlsx")
async def plan_targets(read: Read, scope: Scope, asked: Asked) -> Making:
    """Make `?year=`: the numbers of the jurisdiction's documents beside where they stand."""
    found = await service.plan_targets(read, scope, year=asked.number("year", FIRST_YEAR, 2100))
    return partial(workbook, [_plan(found, await _names(read, scope, asked.language))], asked.language)


@download("dual-control-report.xlsx")
async def report_workbook(read: Read, scope: Scope, asked: Asked) -> Making:
    """Make `?year=&division=`: the annual report of dual control as a workbook."""
    made = await _report(read, scope, asked)
    return partial(workbook, made.sheets, asked.language)


@download("dual-control-report.pdf")
async def report_pages(read: Read, scope: Scope, asked: Asked) -> Making:
    """Make `?year=&division=`: the annual report of dual control as pages."""
    return partial(pages, await _report(read, scope, asked))


async def _report(read: Read, scope: Scope, asked: Asked) -> Report:
    if scope.kind not in {Kind.AUTHORITY, Kind.SYSTEM}:
        scope.require("targets:evaluate")
    year = asked.needed_number("year", FIRST_YEAR, today().year)
    division = asked.text("division")
    on = min(date(year, 12, 31), today())
    found = [
        each
        for each in await service.targets(read, scope, year=year, division_code=division, on=on, limit=MOST_TARGETS)
        if each.account_id is None
    ]
    far = await service.progress_of(read, scope, found, until=year)
    rules = await service.rules_of(read, scope)
    names = await _names(read, scope, asked.language)
    under = None if division is None else await service.path_of(read, scope, division)
    held = await evaluations.evaluations(read, scope, year=year, limit=MOST_TARGETS)
    sheets: list[Sheet] = [_targets(found, far, rules, names)]
    notices = _notices(rules, names)
    for own in held:
        of_own, remarks = await _of_evaluation(read, scope, own)
        of_own = [each for each in of_own if under is None or each.division_path.startswith(under)]
        if not of_own:
            continue
        notices.append(_state(own, names))
        sheets += [_standing(of_own, names), _lines(of_own, names)]
        if remarks:
            own_remarks = [each for each in remarks if under is None or each.division_path.startswith(under)]
            sheets.append(_remarks(own_remarks, of_own, names))
    if not held:
        notices.append(names.say(Words(f"{year} 年度尚无综合评价。", f"There is no evaluation of {year} yet.")))
    if scope.allows("parks:read"):
        sheets.append(_plan(await service.plan_targets(read, scope), names))
    pack = await tenants.pack_in_force(read, scope)
    whole = names.say(Words(pack.name_zh, pack.name_en))
    of = names.of(division) if division else names.of(scope.region.rstrip("/").rsplit("/", 1)[-1]) or whole
    return Report(
        title=names.say(Words("碳排放双控年度报告", "Annual report of dual control")), subtitle=f"{of} · {year}",
        about=[
            (names.say(Words("年度", "Year")), str(year)), (names.say(Words("范围", "Of")), of),
            (names.say(Words("管控方式", "Rule")), names.say(Words(rules.mode_zh, rules.mode_en))),
        ],
        notices=notices, sheets=sheets, made_at=now(), language=asked.language,
    )  # fmt: skip


def _notices(rules: BudgetRules, names: Names) -> list[str]:
    found: list[Words] = []
    if rules.elastic_percent is None:
        found.append(
            Words("本地区尚未设定总量弹性幅度。", "By how much totals are elastic nobody has set here.")
        )  # fmt: skip
    return [names.say(each) for each in found]


def _state(own: EvaluationValue, names: Names) -> str:
    said = Words(
        f"综合评价“{own.name}”：{STATES[own.state].zh}，第 {own.revision} 版"
        + (f"，{own.approved_document}" if own.approved_document else "，不作为考核结论")
        + (f"。{own.scheme.note_zh}" if own.scheme.is_placeholder else "。"),
        f"Evaluation '{own.name}': {STATES[own.state].en}, revision {own.revision}"
        + (f", {own.approved_document}" if own.approved_document else ", no conclusion yet")
        + (f". {own.scheme.note_en}" if own.scheme.is_placeholder else "."),
    )
    return names.say(said)


async def _of_evaluation(
    read: Read, scope: Scope, own: EvaluationValue
) -> tuple[list[SheetValue], list[RemarkValue]]:  # fmt: skip
    scope.require("targets:read")
    [remarks] = await evaluations.remarks_of(read, scope, [own.id])
    return await evaluations.sheets(read, scope, [own.id]), remarks


def _needed(asked: Asked, name: str) -> str:
    found = asked.text(name)
    if found is None:
        raise QuestionInvalid(name=name, value="", reason_en="it is missing", reason_zh="缺少该参数", path=(name,))
    return found
