"""The evaluation sheet (评价表): what it shows, as pages and as rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from backend.kit.clock import CHINA
from backend.parks import catalogue
from backend.parks.drawing import outline_svg
from backend.parks.names import CATEGORY_NAMES, HORIZON_NAMES, LEVEL_NAMES, OUTCOME_NAMES
from backend.parks.values import (
    Category,
    Evaluated,
    Outcome,
)
from backend.wire.reports import Report
from backend.wire.workbooks import Cell, Heading, Sheet

ENGLISH = {
    Outcome.PASS: "met", Outcome.FAIL: "missed", Outcome.UNKNOWN: "cannot be told", Category.MANDATORY: "Mandatory",
    Category.REFERENCE: "Reference", Category.INCENTIVE: "Incentive",
}  # fmt: skip


HASH_DIGITS = 64


@dataclass(frozen=True, slots=True)
class EvaluationSheet:
    """Everything the sheet shows. The area is in m2."""

    park: str
    division: str
    area: Decimal | None
    made_at: datetime
    sha256: str
    found: Evaluated
    polygon: Mapping[str, Any] | None = None


def _outcome(outcome: Outcome, language: str) -> str:
    return OUTCOME_NAMES[outcome] if language == "zh" else ENGLISH[outcome]


def _category(category: Category, language: str) -> str:
    return CATEGORY_NAMES[category] if language == "zh" else ENGLISH[category]


def summary_of(sheet: EvaluationSheet, language: str) -> list[tuple[str, str]]:
    """Return the sheet's head: names and values."""
    found, is_chinese = sheet.found, language == "zh"
    said = [
        ("园区", "Park", sheet.park), ("区划代码", "Division", sheet.division),
        ("边界面积（平方米）", "Area within the boundary, m2", "—" if sheet.area is None else f"{sheet.area:,f}"),
        ("评价年度", "Year", str(found.year)),
        ("目标", "Targets", HORIZON_NAMES[found.horizon] if is_chinese else found.horizon.value),
        ("级别", "Level", LEVEL_NAMES[found.level] if is_chinese else found.level.value),
        (
            "年综合能源消费量（吨标准煤）", "Annual energy, tce",
            "—" if found.annual_energy is None else f"{found.annual_energy:,f}",
        ),
        ("约束性指标", "Mandatory indicators", _outcome(found.mandatory, language)),
        ("重要参考指标", "Reference indicators", _outcome(found.reference, language)),
        ("总体", "Overall", _outcome(found.outcome, language)),
        (
            "可否申请验收", "May apply for acceptance",
            ("可以" if found.may_apply_for_acceptance else "不可以") if is_chinese
            else ("yes" if found.may_apply_for_acceptance else "no"),
        ),
        (
            "激励性指标加分", "Points of incentive indicators",
            f"{found.points:f}"
        ),
        ("评价时间", "Made at", f"{sheet.made_at.astimezone(CHINA):%Y-%m-%d %H:%M}"),
        ("内容 SHA-256", "SHA-256 of the content", sheet.sha256),
        ("依据", "Source", next(iter(catalogue.indicators().values())).source.partition(": ")[2]),
    ]  # fmt: skip
    return [(zh if is_chinese else en, value) for zh, en, value in said]


def headings_of() -> tuple[Heading, ...]:
    """Return the columns of the table of indicators."""
    return (
        Heading("序号", "No.", width=6), Heading("类别", "Kind", width=14), Heading("指标", "Indicator", width=44),
        Heading("单位", "Unit", width=10), Heading("目标", "Target", width=28), Heading("数值", "Value", width=14),
        Heading("结果", "Outcome", width=14), Heading("经批准不列入", "Left out", width=12),
        Heading("加分", "Points", width=8), Heading("说明", "Why", width=44),
    )  # fmt: skip


def rows_of(sheet: EvaluationSheet, language: str) -> list[Sequence[Cell]]:
    """Return the table of indicators."""
    return [
        (
            each.number, _category(each.category, language), each.name, each.unit, each.target, each.value,
            _outcome(each.outcome, language), each.is_waived, each.points,
            each.reason_zh if language == "zh" else each.reason_en,
        )
        for each in sheet.found.lines
    ]  # fmt: skip


def report_of(sheet: EvaluationSheet, language: str) -> Report:
    """Return the sheet as a report, in one language."""
    is_chinese = language == "zh"
    points = catalogue.points()
    notices = [points.note_zh if is_chinese else points.note_en]
    if sheet.found.mandatory is not Outcome.PASS:
        notices.insert(
            0,
            "约束性指标未全部达标，原则上不得申请验收评估。" if is_chinese
            else "Not every mandatory indicator is met: acceptance may not be applied for.",
        )  # fmt: skip
    return Report(
        title="零碳园区评价表" if is_chinese else "Zero-carbon park: evaluation", subtitle=sheet.park,
        about=[(name, _breakable(said)) for name, said in summary_of(sheet, language)], notices=notices,
        sheets=[Sheet("指标评价", "Indicators", headings_of(), rows_of(sheet, language))], made_at=sheet.made_at,
        language=language, drawing="" if sheet.polygon is None else outline_svg(sheet.polygon, language),
    )  # fmt: skip


def _breakable(text: str) -> str:
    """Return a text whose one long word, a hash, is told in groups, so that it stays within its column."""
    if len(text) != HASH_DIGITS or not text.isalnum():
        return text
    return " ".join(text[at : at + 16] for at in range(0, HASH_DIGITS, 16))
