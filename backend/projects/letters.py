"""The opinion letter of a decision on an investment project, as pages: Typst sets them with the packaged Noto fonts."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from backend.kit.logs import log
from backend.kit.quantities import display
from backend.projects.errors import ProjectLetterNotMade
from backend.projects.values import (
    OF_MONEY,
    OUTPUT_VALUE,
    VALUE_ADDED,
    Action,
    Assessment,
    Check,
    ProjectFacts,
    ProjectValue,
    Review,
    StepValue,
)
from backend.projects.wording import CLASSES, LINES_ZH, OUTCOMES_ZH, STANCES_ZH, TIERS_ZH

_TEMPLATE = Path(__file__).with_name("letter.typ")
STANDARD = "a-2b"
"""PDF/A-2: made to be kept."""
PLACES, INTENSITY, FINE = 2, 4, 6
NUMERALS = "一二三四五六七"
UNCONFIRMED = frozenset({"from-memory", "placeholder"})
"""What rests on such a source is marked in the letter."""

logger = log(__name__)


@dataclass(frozen=True, slots=True)
class Letter:
    """What a letter is made of. `mark` is the SHA-256 of the application that was decided on."""

    project: ProjectValue
    facts: ProjectFacts
    result: Assessment
    review: Review
    decided: StepValue
    opinions: Sequence[StepValue]
    checks: Sequence[Check]
    mark: str
    division: str
    applicant: str


@cache
def _fonts() -> Any:  # noqa: ANN401 - the library's own kind, loaded on first use
    import typst  # noqa: PLC0415 - 80 MB that only a process that makes documents needs
    from pylopdf_fonts_zh_cn import sans_path  # noqa: PLC0415 - the same

    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[sans_path().parent])


def pages(letter: Letter, language: str) -> bytes:
    """Return the PDF of a letter in a language. Blocks; call it in a thread.

    Raises:
        ProjectLetterNotMade: the engine refuses; its reason is logged.
    """
    import typst  # noqa: PLC0415 - see above

    try:
        made = typst.compile(
            _TEMPLATE, font_paths=_fonts(), ignore_system_fonts=True, format="pdf", pdf_standards=STANDARD,
            sys_inputs={"sheet": json.dumps(sheet(letter, language), ensure_ascii=False)},
            timestamp=letter.decided.recorded_at.replace(microsecond=0),
        )  # fmt: skip
    except RuntimeError as error:
        logger.error("letter_not_typeset", reason=str(error))  # noqa: TRY400 - the engine's own words say more than the stack
        raise ProjectLetterNotMade from error
    return made


def sheet(letter: Letter, language: str) -> dict[str, Any]:
    """Return what the template shows: headings, pairs, tables, sentences."""
    is_zh = language == "zh"

    def say(zh: str, en: str) -> str:
        return zh if is_zh else en

    def mark(confidence: str) -> str:
        return say("（待核实）", " (unconfirmed)") if confidence in UNCONFIRMED else ""

    project, decided, result = letter.project, letter.decided, letter.result
    is_approved = decided.action is Action.APPROVE
    tier = "" if letter.review.tier is None else letter.review.tier.value
    none = say("无法核算", "cannot be told")
    pairs = [
        (say("项目名称", "Project"), letter.facts.name), (say("项目代码", "Code"), letter.facts.code),
        (say("申请单位账户", "Applicant's account"), letter.applicant or "-"),
        (say("建设地点", "Place"), f"{letter.division} ({project.division_code})"),
        (say("审查层级", "Reviewed by"), TIERS_ZH.get(tier, "-") if is_zh else tier or "-"),
        (say("分级依据", "By"), letter.review.source.document),
        (say("碳排放评价依据", "Carbon evaluated by"),
         "-" if letter.review.carbon_source is None else letter.review.carbon_source.document),
        (say("决定文号", "Document"), decided.reference or "-"),
        (say("决定日期", "Decided on"), decided.on.isoformat()),
    ]  # fmt: skip
    if is_approved and decided.due_on is not None:
        pairs.append((say("开工期限", "Valid until"), decided.due_on.isoformat()))
    amounts = [
        (say("能源消费量（当量值）", "Energy, calorific"), "tce", result.tce),
        (say("能源消费量（等价值）", "Energy, equivalent"), "tce", result.tce_equivalent),
        (say("化石能源消费量", "Fossil energy"), "tce", result.fossil_tce),
        (say("煤炭消费量", "Coal"), "t", result.coal),
        (say("直接与过程排放", "Direct and process emissions"), "tCO2e", result.scope1),
        (say("外购电力热力排放", "Purchased electricity and heat"), "tCO2e", result.scope2),
        (say("碳排放总量", "All emissions"), "tCO2e", result.tonnes),
    ]
    facts = decided.facts
    money = {VALUE_ADDED: say("增加值", "value added"), OUTPUT_VALUE: say("产值", "output value")}
    named = {kind.value: name for kind, name in LINES_ZH.items()} if is_zh else {}
    return {
        "language": language,
        "title": say("固定资产投资项目节能审查和碳排放评价意见", "Opinion on an investment project's energy and carbon"),
        "verdict": say("同意", "Approved") if is_approved else say("不予批准", "Refused"),
        "is_approved": is_approved,
        "reason": decided.note,
        "pairs": [list(each) for each in pairs],
        "tables": _numbered([
            _table(say("达产年能源消费与碳排放", "A year of full production"),
                   [say("指标", "Figure"), say("单位", "Unit"), say("数值", "Value")],
                   [[name, unit, _shown(value, PLACES, none)] for name, unit, value in amounts], [2], [0]),
            _table(say("核算明细", "Line by line"),
                   [say("类别", "Kind"), say("品种", "Energy"), say("数量", "Quantity"), say("公式与因子", "Formula, factors"),
                    "tCO2e", "tce"],
                   [[LINES_ZH[each.kind] if is_zh else each.kind.value, each.key,
                     f"{format(each.quantity.normalize(), 'f')} {each.unit}",
                     f"{each.formula}; " + ", ".join(f"{one.letter}={format(one.value.normalize(), 'f')} {one.unit}{mark(one.confidence)}" for one in each.factors),
                     _shown(each.tonnes, PLACES, none), _shown(each.tce, PLACES, none)] for each in result.lines], [4, 5], [3]),
            _table(say("强度与能源结构", "Intensities and structure"),
                   [say("对象", "Of"), say("单位", "Unit"), "tce", "tCO2e"],
                   [[money[each.what] if each.what in OF_MONEY else each.what, each.unit,
                     _shown(each.tce, FINE, none), _shown(each.tonnes, FINE, none)] for each in result.intensities]
                   + [[named.get(each.energy, each.energy), say("占比", "share"), display(each.share * 100, PLACES) + "%", "-"] for each in result.structure],
                   [2, 3], [0]),
            _table(say("作出决定时的审查条件", "Conditions as they stood at the decision"),
                   [say("结论", "Found"), say("说明", "Why"), say("依据", "By")],
                   [[OUTCOMES_ZH[each.outcome] if is_zh else each.outcome.value, each.reason.zh if is_zh else each.reason.en,
                     "-" if each.source is None else each.source.document + mark(each.source.confidence)] for each in letter.checks], [], [1, 2]),
            _table(say("专家意见", "Experts"), [say("专家", "Expert"), say("意见", "Stance"), say("说明", "In words")],
                   [[str(each.facts.get("expert", "")),
                     STANCES_ZH.get(str(each.facts.get("stance")), "-") if is_zh else str(each.facts.get("stance", "-")),
                     each.note] for each in letter.opinions], [], [2]),
            _table(say("碳排放预算占用（按年）", "Tonnes held of the division's budget"),
                   [say("年度", "Year"), "tCO2e"],
                   [[str(year), display(Decimal(amount), PLACES)] for year, amount in facts.get("budget") or []], [1], [0]),
            *_impact(facts.get("impact"), language),
        ], language),
        "conditions_label": say("批复条件", "Conditions"),
        "conditions": [str(each) for each in facts.get("conditions") or []],
        "note": say(
            "项目实际能源消费量或碳排放量超过批复值 10% 的，应当整改或重新申请；试生产后 6 个月内完成验收。",
            "More than 10 % above what was approved is rectified or reviewed again; acceptance follows the trial run within"
            " 6 months.",
        ),
        "mark_label": say("申请内容校验码", "Mark of the application"),
        "mark": letter.mark,
    }  # fmt: skip


def _impact(given: Mapping[str, Any] | None, language: str) -> list[dict[str, Any]]:
    """Return what the project meant for its place when it was decided on, as it was kept with the decision."""
    if not given or not given["years"]:
        return []
    is_zh = language == "zh"
    called = CLASSES[given["carbon_class"]][0 if is_zh else 1]
    note = given["note"]["zh" if is_zh else "en"]

    def shown(name: str, value: str | None) -> str:
        if value is None:
            return "-"
        if name == "share":
            return display(Decimal(value) * 100, PLACES) + "%"
        return display(Decimal(value), PLACES if name in {"tonnes", "available"} else INTENSITY)

    columns = ["年度", "tCO2e", "可用预算", "占用比例", "强度目标", "预计强度", "含本项目"] if is_zh else [
        "Year", "tCO2e", "Left of the budget", "Share", "Target", "Projected", "With it"]  # fmt: skip
    rows = [
        [str(each["year"]), *(shown(name, each[name]) for name in
                              ("tonnes", "available", "share", "target", "projected", "with_project"))]
        for each in given["years"]
    ]  # fmt: skip
    title = f"对所在地碳排放总量和强度的影响：{called}（{note}）" if is_zh else f"For its place: {called} ({note})"
    return [_table(title, columns, rows, list(range(1, len(columns))), [])]


def _numbered(tables: list[dict[str, Any]], language: str) -> list[dict[str, Any]]:
    """Return the tables that say something, numbered without a gap."""
    said = [each for each in tables if each["rows"]]
    return [
        each | {"title": f"{NUMERALS[at]}、{each['title']}" if language == "zh" else f"{at + 1}. {each['title']}"}
        for at, each in enumerate(said)
    ]


def _table(title: str, columns: list[str], rows: list[list[str]], right: list[int], wide: list[int]) -> dict[str, Any]:
    """Return a table: which of its columns hold numbers, and which share what room is left."""
    return {"title": title, "columns": columns, "rows": rows, "right": right, "wide": wide}


def _shown(value: Decimal | None, places: int, none: str) -> str:
    return none if value is None else display(value, places)
