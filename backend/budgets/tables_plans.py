"""A plan as pages to be read before it is decided on; the lists of plans, kept projections and rules as workbooks."""

from collections.abc import Sequence
from functools import partial

from backend.budgets import queries, queries_plans, queries_rules, service
from backend.budgets.rules import checking
from backend.budgets.tables import names_of, plan_sheets
from backend.budgets.values import FIRST_YEAR, LAST_YEAR, PlanState, PlanValue, RuleKind, RuleState, Words
from backend.kit.db import Read
from backend.kit.scope import Scope
from backend.wire.nodes import uuids
from backend.wire.reports import Report, pages
from backend.wire.workbooks import Asked, Cell, Heading, Making, QuestionInvalid, Sheet, download, workbook

MOST_ROWS = 2_000
MOST_KEPT = 20
"""Projections of a budget in one workbook."""
T = "tCO2e"
STATES = {
    PlanState.DRAFT: Words("编制中", "Draft"), PlanState.APPROVED: Words("已批准", "Approved"),
    PlanState.REJECTED: Words("已驳回", "Rejected"),
}  # fmt: skip
RULES = {
    RuleKind.ELASTIC_PERCENT: Words("总量弹性幅度（%）", "Elastic band of totals (%)"),
    RuleKind.REPLACEMENT_RATIO: Words("减量置换比例", "Ratio of a reduced replacement"),
}
RULE_STATES = {
    RuleState.PROPOSED: Words("待审批", "Proposed"), RuleState.APPROVED: Words("已批准", "Approved"),
    RuleState.REJECTED: Words("已驳回", "Rejected"),
}  # fmt: skip


def _say(words: Words, language: str) -> str:
    return words.zh if language == "zh" else words.en


@download("budget-plan.pdf")
async def budget_plan_pages(read: Read, scope: Scope, asked: Asked) -> Making:
    """Make `?id=`: a plan with its lines, inputs and formulas, and where its decision stands (碳排放预算方案)."""
    own, language = asked.text("id"), asked.language
    if own is None:
        raise QuestionInvalid(name="id", value="", reason_en="it is missing", reason_zh="缺少该参数", path=("id",))
    plan = await service.plan(read, scope, uuids(own, "BudgetPlan", path=("id",))[0])
    rules = await service.budget_rules(read, scope)
    names = await names_of(read, scope, [], language)
    division = names.divisions.get(plan.division_code, plan.division_code)
    about = [
        (_say(Words("编制区划", "Of"), language), division),
        (_say(Words("依据文件", "Rests on"), language), f"{plan.document_number} {plan.document_title}"),
        (_say(Words("文件日期", "Dated"), language), plan.document_dated.isoformat()),
        (_say(Words("生效日期", "Effective"), language), plan.effective_on.isoformat()),
        (_say(Words("版次", "Revision"), language), str(plan.revision)),
        (_say(Words("状态", "State"), language), _say(STATES[plan.state], language)),
        (_say(Words("管控方式", "Rule"), language), rules.mode_zh if language == "zh" else rules.mode_en),
    ]  # fmt: skip
    if plan.decision_reason:
        about.append((_say(Words("审批意见", "Decision"), language), plan.decision_reason))
    notices = [
        _say(
            Words(
                "各行分解合计等于总额；每行的方法、输入和公式列于分解输入表。预算生效后不得修改，仅可通过分录调整。",
                "Parts sum to their total exactly; methods, inputs and formulas are listed. In force, a budget is only adjusted by entries.",
            ),
            language,
        ),
        f"SHA-256 {plan.sha256}",
    ]
    report = Report(
        title=_say(Words("碳排放预算方案", "Plan of carbon budgets"), language), subtitle=plan.name, about=about,
        notices=notices, sheets=await plan_sheets(read, scope, plan, language), made_at=plan.decided_at or plan.revised_at,
        language=language,
    )  # fmt: skip
    return partial(pages, report)


@download("budget-plans.xlsx")
async def budget_plans(read: Read, scope: Scope, asked: Asked) -> Making:
    """Make `?division=` (may be left out): the plans, the newest first."""
    scope.require("budgets:read")
    division = asked.text("division")
    under = None if division is None else await service.path_of(read, scope, division)
    found = await queries_plans.plans(read, scope, under=under, limit=MOST_ROWS)
    names = await names_of(read, scope, [], asked.language)
    headings = (
        Heading("方案", "Plan", width=32), Heading("区划", "Division", width=22), Heading("文号", "Document", width=22),
        Heading("文件标题", "Title", width=32), Heading("文件日期", "Dated"), Heading("生效日期", "Effective"),
        Heading("版次", "Revision"), Heading("行数", "Lines"), Heading("年度", "Years"), Heading("状态", "State"),
        Heading("编制时间", "Drafted", width=20), Heading("审批时间", "Decided", width=20),
        Heading("审批意见", "Reason", width=32),
    )  # fmt: skip
    rows = [_plan_row(each, names.divisions, asked.language) for each in found]
    return partial(workbook, [Sheet("预算方案", "Plans", headings, rows, _cut(len(found)))], asked.language)


def _plan_row(each: PlanValue, divisions: dict[str, str], language: str) -> Sequence[Cell]:
    first, last = min(line.first_year for line in each.lines), max(line.last_year for line in each.lines)
    return (
        each.name, f"{each.division_code} {divisions.get(each.division_code, '')}", each.document_number,
        each.document_title, each.document_dated, each.effective_on, each.revision, len(each.lines),
        checking.span(first, last), _say(STATES[each.state], language), each.created_at, each.decided_at,
        each.decision_reason,
    )  # fmt: skip


@download("budget-projections.xlsx")
async def budget_projections(read: Read, scope: Scope, asked: Asked) -> Making:
    """Make `?year=&division=`: what was kept of each budget's projections, with the past years it was tested on."""
    scope.require("budgets:read")
    year, division, language = (
        asked.needed_number("year", FIRST_YEAR, LAST_YEAR),
        asked.text("division"),
        asked.language,
    )
    under = None if division is None else await service.path_of(read, scope, division)
    lines = await queries.lines_of_years(read, scope, year, year, under=under, limit=MOST_ROWS)
    names = await names_of(read, scope, lines, language)
    kept = await queries.projections_of(read, scope, [each.id for each in lines], most=MOST_KEPT)
    headings = (
        Heading("层级", "Level", width=10), Heading("区划或单位", "Division or unit", width=26),
        Heading("行业", "Sector", width=12), Heading("保存时间", "Kept", width=20), Heading("截至", "Through", width=10),
        Heading("缺失月份", "Missing months", width=14), Heading("预计下限", "Low", T), Heading("预计全年", "Projected", T),
        Heading("预计上限", "High", T), Heading("区间半宽", "Half-width", "%"), Heading("方法", "Method", width=18),
        Heading("回测", "Back-test", width=60), Heading("说明", "Note", width=50),
    )  # fmt: skip
    rows: list[Sequence[Cell]] = [
        (
            *names.place(line), each.kept_at, f"{each.through:%Y-%m}" if each.through else "",
            ", ".join(map(str, each.missing)), each.low, each.projected, each.high, each.error_percent, each.method,
            "; ".join(
                f"{one.year}: {one.projected:f} / {one.actual:f} ({one.error:+f} %)" for one in each.tested
            ),
            each.note_zh if language == "zh" else each.note_en,
        )
        for line in lines
        for each in kept.get(line.id, [])
    ]  # fmt: skip
    note = (
        "回测：以同样的月份推算历史年度，推算值／实际值（误差）；区间为其中最大误差。",
        "Back-test: past years projected from the same months, projected / actual (error); the band is the largest.",
    )
    return partial(workbook, [Sheet("年末预测", "Projections", headings, rows, [note])], language)


@download("budget-rules.xlsx")
async def budget_rules(read: Read, scope: Scope, asked: Asked) -> Making:
    """Make the rules of budgets as they were proposed and decided on, and those in force."""
    language = asked.language
    rules = await service.budget_rules(read, scope)
    found = await queries_rules.rules(read, scope, limit=MOST_ROWS)
    unset = _say(Words("未设定", "not set"), language)
    told: list[Sequence[Cell]] = [
        (_say(Words("管控方式", "Rule"), language), rules.mode_zh if language == "zh" else rules.mode_en),
        (_say(RULES[RuleKind.ELASTIC_PERCENT], language), unset if rules.elastic_percent is None else rules.elastic_percent),
        (
            _say(RULES[RuleKind.REPLACEMENT_RATIO], language),
            unset if rules.replacement_ratio is None else rules.replacement_ratio,
        ),
    ]  # fmt: skip
    headings = (
        Heading("规则", "Rule", width=26), Heading("数值", "Value"), Heading("文号", "Document", width=22),
        Heading("文件标题", "Title", width=32), Heading("文件日期", "Dated"), Heading("生效日期", "Effective"),
        Heading("理由", "Reason", width=32), Heading("提出时间", "Proposed", width=20), Heading("状态", "State"),
        Heading("审批意见", "Decision", width=32), Heading("审批时间", "Decided", width=20),
    )  # fmt: skip
    rows: list[Sequence[Cell]] = [
        (
            _say(RULES[each.kind], language), each.value, each.document_number, each.document_title,
            each.document_dated, each.effective_on, each.reason, each.recorded_at, _say(RULE_STATES[each.state], language),
            each.decision_reason, each.decided_at,
        )
        for each in found
    ]  # fmt: skip
    sheets = [
        Sheet(
            "现行规则", "In force", (Heading("规则", "Rule", width=30), Heading("现行数值", "In force", width=40)), told
        ),
        Sheet("提出与审批", "Proposals", headings, rows, _cut(len(found))),
    ]
    return partial(workbook, sheets, language)


def _cut(count: int) -> list[tuple[str, str]]:
    return [(f"仅列出最近 {MOST_ROWS} 项。", f"Only the newest {MOST_ROWS} are listed.")] if count == MOST_ROWS else []


__all__ = ["budget_plan_pages", "budget_plans", "budget_projections", "budget_rules"]
