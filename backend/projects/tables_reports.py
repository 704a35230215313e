"""The prediction of greenhouse gases and the conclusion of an acceptance as pages; admission levels as a workbook."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import partial
from typing import Any

from backend.kit.db import Read
from backend.kit.scope import Scope
from backend.projects import queries
from backend.projects.errors import ProjectNotConcluded
from backend.projects.rules import moving, predicting, writing
from backend.projects.rules.predicting import Prediction
from backend.projects.tables import TCE, T, asked_for
from backend.projects.values import (
    Action,
    Measure,
    Outcome,
    ProjectFacts,
    ProjectState,
    ProjectValue,
    StepValue,
    VersionValue,
)
from backend.projects.wording import LINES_ZH
from backend.tenants import service as tenants
from backend.wire.reports import Report, pages, rounded
from backend.wire.workbooks import Asked, Cell, Heading, Making, Sheet, download, workbook

COMPARED: Mapping[Outcome, tuple[str, str]] = {
    Outcome.PASS: ("不高于参照水平", "not above it"), Outcome.FAIL: ("高于参照水平", "above it"),
    Outcome.UNKNOWN: ("无法比较", "cannot be compared"),
}  # fmt: skip
MEASURES: Mapping[Measure, tuple[str, str]] = {
    Measure.ENERGY: ("能效", "Energy"), Measure.CARBON: ("碳排放", "Carbon"),
}  # fmt: skip


def _say(zh: str, en: str, language: str) -> str:
    return zh if language == "zh" else en


async def _version(read: Read, scope: Scope, project: ProjectValue, number: int) -> VersionValue:
    [found] = await queries.versions_by_key(read, scope, [(project.account_id, project.id, number)])
    assert found is not None  # noqa: S101 - versions are never removed
    return found


async def _about(
    read: Read, scope: Scope, project: ProjectValue, facts: ProjectFacts, language: str
) -> list[tuple[str, str]]:
    division = await tenants.required_division(read, scope, project.division_code)
    pack = await tenants.pack_in_force(read, scope)
    sectors = {each.code: each.name_zh if language == "zh" else each.name_en for each in pack.sectors}
    return [
        (_say("项目名称", "Project", language), facts.name), (_say("项目代码", "Code", language), facts.code),
        (_say("建设地点", "Place", language), division.name_zh if language == "zh" else division.name_en),
        (_say("行业", "Sector", language), sectors.get(facts.sector, facts.sector)),
        (_say("计划投产", "Produces on", language), facts.produces_on.isoformat()),
    ]  # fmt: skip


@download("project-eia.pdf")
async def prediction_pages(read: Read, scope: Scope, asked: Asked) -> Making:
    """Make `?project=` (a global id): the greenhouse gas part of the environmental impact assessment, of what it says now."""
    project, language = await asked_for(read, scope, asked), asked.language
    version = await _version(read, scope, project, project.version)
    facts, result = writing.facts_of(version.facts), writing.result_of(version.result)
    found = predicting.predict(facts, result)
    lines: list[Sequence[Cell]] = [
        (
            LINES_ZH[each.kind] if language == "zh" else each.kind.value, each.key, each.quantity, each.unit, each.formula,
            "; ".join(f"{one.letter}={one.value:f} {one.unit} ({one.document}, {one.confidence})" for one in each.factors),
            each.tonnes,
        )
        for each in result.lines
    ]  # fmt: skip
    named = (
        Heading("类别", "Kind", width=10), Heading("品种", "Energy or process"), Heading("数量", "Quantity"),
        Heading("单位", "Unit", width=10), Heading("公式", "Formula"),
        Heading("因子", "Factors", width=60), Heading("排放量", "Emissions", T),
    )  # fmt: skip
    sheets = [rounded(each) for each in (*_predicted(found, language), Sheet("预测明细", "Line by line", named, lines))]
    needed = (
        _say(f"依据：{found.source.document}（{found.source.note}）。", f"By {found.source.document}.", language)
        if found.is_needed
        else _say(
            "该行业不在文件所列重点行业内，预测为自愿填报。", "The sector is not among those it is asked of.", language
        )
    )
    stated = _say(
        "排放水平的参照值由建设单位连同来源文件填报，未经本系统核实。",
        "References are the applicant's, with their documents; nobody here has confirmed them.", language,
    )  # fmt: skip
    report = Report(
        title=_say("建设项目温室气体排放预测与评价", "Prediction of a project's greenhouse gases", language),
        subtitle=f"{facts.code} {facts.name}",
        about=[
            *await _about(read, scope, project, facts, language),
            (_say("排放水平（申报）", "Level, as stated", language), found.level_said or "-"),
            (_say("控制措施（申报）", "Measures, as stated", language), found.measures_said or "-"),
            ("SHA-256", version.sha256),
        ],
        notices=[needed, stated], sheets=sheets, made_at=version.recorded_at, language=language,
    )  # fmt: skip
    return partial(pages, report)


def _predicted(found: Prediction, language: str) -> list[Sheet]:
    none = _say("无法核算", "cannot be told", language)
    amounts: list[Sequence[Cell]] = [
        (_say(zh, en, language), none if value is None else value)
        for zh, en, value in (
            ("直接与过程排放", "Direct and process emissions", found.direct),
            ("外购电力热力排放", "Purchased electricity and heat", found.indirect),
            ("温室气体排放总量", "All emissions", found.total),
        )
    ]
    if found.before is not None:
        amounts.append((_say("现有工程排放量", "What is there before", language), found.before))
        amounts.append((_say("排放增减量", "What it adds", language), none if found.change is None else found.change))
    levels: list[Sequence[Cell]] = [
        (
            each.product, each.unit, none if each.own is None else each.own, each.reference, each.level, each.document,
            COMPARED[each.outcome][0 if language == "zh" else 1],
        )
        for each in found.levels
    ]  # fmt: skip
    measures: list[Sequence[Cell]] = [(each.what, each.tonnes) for each in found.reductions]
    measures.append((_say("合计", "Together", language), found.reduced))
    return [
        Sheet("温室气体排放量", "Emissions", (Heading("指标", "Figure", width=40), Heading("数值", "Value", T, 24)), amounts),
        Sheet(
            "排放水平评价", "How high that is",
            (
                Heading("产品", "Product", width=24), Heading("单位", "Unit", width=10),
                Heading("本项目单位产品排放", "Own, a unit", T), Heading("参照值", "Reference", T),
                Heading("参照水平", "Level", width=20), Heading("来源文件", "Document", width=36), Heading("结论", "Found"),
            ),
            levels,
        ),
        Sheet(
            "减污降碳措施", "Measures",
            (Heading("措施", "Measure", width=60), Heading("减排量", "Saved a year", T, 20)), measures,
            [("减排量已计入预测排放量，不再扣减。", "The amounts hold the savings already; they are not taken off again.")],
        ),
    ]  # fmt: skip


@download("project-acceptance.pdf")
async def acceptance_pages(read: Read, scope: Scope, asked: Asked) -> Making:
    """Make `?project=` (a global id): the conclusion of the last acceptance (节能审查验收结论).

    Raises:
        InvestmentProjectNotFound: not there, or not visible.
        ProjectNotConcluded: no acceptance was concluded.
    """
    project, language = await asked_for(read, scope, asked), asked.language
    [steps] = await queries.steps_below(read, scope, [(project.account_id, project.id)])
    concluded = next((each for each in reversed(steps) if each.action is Action.CONCLUDE), None)
    if concluded is None or project.approved_version is None:
        raise ProjectNotConcluded
    approved = await _version(read, scope, project, project.approved_version)
    is_accepted = concluded.to_state == ProjectState.ACCEPTED.value
    about = await _about(read, scope, project, writing.facts_of(approved.facts), language)
    about += [
        (_say("结论", "Conclusion", language), _say("验收通过", "accepted", language) if is_accepted
         else _say("责令整改", "to be rectified", language)),
        (_say("结论日期", "Concluded on", language), concluded.on.isoformat()),
        (_say("批复内容校验码", "Mark of what was approved", language), approved.sha256),
    ]  # fmt: skip
    report = Report(
        title=_say("固定资产投资项目节能审查验收结论", "Conclusion of an acceptance", language),
        subtitle=f"{project.code} {project.name}", about=about,
        notices=[
            _say(
                "年实际综合能源消费量或碳排放总量高于批复水平 10% 的，责令限期整改（国家发展改革委令2025年第31号第二十六条）。",
                "More than ten percent above what was approved is to be rectified (Order 31 of 2025, article 26).", language,
            ),
            *([concluded.note] if concluded.note else []),
        ],
        sheets=[rounded(_measured(concluded.facts, language)), _overseen(steps, language)], made_at=concluded.recorded_at,
        language=language,
    )  # fmt: skip
    return partial(pages, report)


def _measured(facts: Mapping[str, Any], language: str) -> Sheet:
    rows: list[Sequence[Cell]] = []
    for name, zh, en, unit in (("tce", "综合能源消费量", "Energy", TCE), ("tonnes", "碳排放总量", "Emissions", T)):
        measured, approved = Decimal(facts[name]), Decimal(facts[f"approved_{name}"])
        limit = approved * moving.TOLERANCE
        found = _say("超出", "beyond", language) if measured > limit else _say("未超出", "within", language)
        rows.append((_say(zh, en, language), unit, approved, limit, measured, found))
    headings = (
        Heading("指标", "Figure", width=24), Heading("单位", "Unit", width=10), Heading("批复值", "Approved"),
        Heading("上限（110%）", "At most (110 %)"), Heading("实测值", "Measured"), Heading("结论", "Found"),
    )  # fmt: skip
    return Sheet("实测与批复对照", "Measured beside approved", headings, rows)


def _overseen(steps: Sequence[StepValue], language: str) -> Sheet:
    shown = {Action.APPROVE: ("批复", "approved"), Action.START: ("开工", "started"), Action.TRIAL: ("试生产", "trial run"),
             Action.REPORT: ("申请验收", "reported"), Action.CONCLUDE: ("验收结论", "concluded"),
             Action.INSPECT: ("监督检查", "inspected")}  # fmt: skip
    rows: list[Sequence[Cell]] = [
        (shown[each.action][0 if language == "zh" else 1], each.on, each.due_on, each.reference, each.note)
        for each in steps
        if each.action in shown
    ]
    headings = (
        Heading("事项", "Step"), Heading("日期", "Day"), Heading("期限", "Due"), Heading("文号", "Document", width=24),
        Heading("说明", "Note", width=60),
    )  # fmt: skip
    return Sheet("办理过程", "Steps", headings, rows)


@download("admission-levels.xlsx")
async def admission_levels(read: Read, scope: Scope, asked: Asked) -> Making:
    """Make `?sector=` (may be left out): the admission levels with their documents, older ones too."""
    scope.require("projects:read")
    language = asked.language
    pack = await tenants.pack_in_force(read, scope)
    sectors = {each.code: each.name_zh if language == "zh" else each.name_en for each in pack.sectors}
    found = await queries.levels(read, scope, sector=asked.text("sector"))
    headings = (
        Heading("行业", "Sector"), Heading("产品或指标", "Product or figure", width=24), Heading("类别", "Measure"),
        Heading("限值", "At most"), Heading("单位", "Unit"), Heading("水平", "Level", width=20), Heading("适用区划", "Holds in"),
        Heading("文号", "Document", width=24), Heading("文件标题", "Title", width=36), Heading("文件日期", "Dated"),
        Heading("生效日期", "Since"), Heading("可信度", "Confidence"), Heading("录入时间", "Entered at", width=20),
    )  # fmt: skip
    rows: list[Sequence[Cell]] = [
        (
            sectors.get(each.sector, each.sector), each.product, MEASURES[each.measure][0 if language == "zh" else 1],
            each.most, each.unit, each.level, each.division_code, each.document_number, each.document_title,
            each.document_dated, each.effective_on, each.confidence, each.recorded_at,
        )
        for each in found
    ]  # fmt: skip
    note = (
        "准入水平由主管部门连同文件录入；产品填 value_added 表示单位增加值，填 output_value 表示单位产值。",
        "Entered by authorities with their documents; value_added and output_value stand for a unit of either.",
    )
    return partial(workbook, [Sheet("准入水平", "Admission levels", headings, rows, [note])], language)


__all__ = ["acceptance_pages", "admission_levels", "prediction_pages"]
