"""What can be wrong with a row of activity data, in words: what, where, and how to mend it.

One catalogue serves files and single entries. An *error* keeps everything out; a *warning* is a check that
cannot tell: the row is stored, but its batch can only be approved by somebody who says why it is right.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Wording:
    """A problem's sentences; the templates may use the problem's details."""

    zh: str
    en: str
    is_warning: bool = False
    is_about_change: bool = False
    """It only matters if the row changes something: a row that says what is stored already is none the worse."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with one cell. `column` is the column's key; details fill the sentence."""

    code: str
    column: str
    details: Mapping[str, Any] = field(default_factory=dict[str, Any])

    @property
    def is_warning(self) -> bool:
        """Whether the row may be stored all the same."""
        return CATALOGUE[self.code].is_warning

    @property
    def is_about_change(self) -> bool:
        """Whether it is nothing to a row that changes nothing."""
        return CATALOGUE[self.code].is_about_change

    def message(self, language: str) -> str:
        """Return the sentence in `zh` or `en`."""
        wording = CATALOGUE[self.code]
        return (wording.zh if language.startswith("zh") else wording.en).format(**self.details)


CATALOGUE: dict[str, Wording] = {
    "source_missing": Wording(
        "未填写排放源编号，请从下拉列表中选择。", "The source is missing. Choose its code from the list."
    ),
    "source_unknown": Wording(
        "本账户没有编号为“{value}”的排放源，请从下拉列表中选择。",
        "This account has no source '{value}'. Choose a code from the list.",
    ),
    "source_ended": Wording(
        "排放源“{value}”已于 {ended_on} 停用，不能填报 {month} 的数据。",
        "The source '{value}' ended on {ended_on}; it has no data for {month}.",
        is_about_change=True,
    ),
    "site_mismatch": Wording(
        "排放源“{source}”属于场所“{expected}”，而非“{value}”，请更正场所或排放源。",
        "The source '{source}' stands at the site '{expected}', not '{value}'. Correct one of the two.",
    ),
    "meter_unknown": Wording(
        "排放源“{source}”没有编号为“{value}”的计量器具，请从下拉列表中选择或留空。",
        "The source '{source}' has no meter '{value}'. Choose one from the list or leave it empty.",
    ),
    "month_missing": Wording(
        "未填写月份，请按 YYYY-MM 填写，例如 2025-03。", "The month is missing. Write YYYY-MM, for example 2025-03."
    ),
    "month_malformed": Wording(
        "“{value}”不是有效的月份，请按 YYYY-MM 填写，例如 2025-03。",
        "'{value}' is not a month. Write YYYY-MM, for example 2025-03.",
    ),
    "month_future": Wording(
        "{value} 尚未到来，不能填报未来月份。", "{value} lies in the future; enter it when it has begun."
    ),
    "year_not_open": Wording(
        "{year} 年度尚未开启填报，请先开启该报告年度或更正月份。",
        "The reporting year {year} is not open. Open it first, or correct the month.",
        is_about_change=True,
    ),
    "year_closed": Wording(
        "{year} 年度已关闭，不能再填报；如确需更正，请申请重述。",
        "The reporting year {year} is closed. If it must be corrected, ask for a restatement.",
        is_about_change=True,
    ),
    "quantity_missing": Wording(
        "未填写数量；该月无消耗时请填 0。", "The quantity is missing. Write 0 if there was none."
    ),
    "not_a_number": Wording(
        "“{value}”不是数字，请填写十进制数，例如 1234.56。", "'{value}' is not a number. Write it as 1234.56."
    ),
    "quantity_negative": Wording(
        "数量 {value} 为负数；外供能源请使用“输出”类排放源，数量填正数。",
        "The quantity {value} is negative. Enter what was sold under a source for sold energy, as a positive number.",
    ),
    "number_too_long": Wording(
        "数字 {value} 过长：整数最多 {whole} 位，小数最多 {places} 位，请检查。",
        "The number {value} is too long: at most {whole} digits before and {places} after the point. Check it.",
    ),
    "unit_missing": Wording(
        "未填写计量单位，可用：{accepted}。", "The unit is missing. This source takes: {accepted}."
    ),
    "unit_unknown": Wording(
        "无法识别计量单位“{value}”，该排放源可用：{accepted}。",
        "'{value}' is not a unit we know. This source takes: {accepted}.",
    ),
    "unit_incompatible": Wording(
        "单位“{value}”不适用于该排放源，可用：{accepted}。",
        "The unit '{value}' does not measure this source. It takes: {accepted}.",
    ),
    "tier_unknown": Wording(
        "“{value}”不是有效的数据来源，请填写 metered（计量）、invoiced（票据）或 estimated（估算）。",
        "'{value}' is not a way data is known. Write metered, invoiced or estimated.",
    ),
    "parameter_not_of_method": Wording(
        "排放源“{source}”的核算方法不使用参数“{parameter}”，请清空该单元格。",
        "The method of the source '{source}' has no parameter '{parameter}'. Clear the cell.",
    ),
    "parameter_impossible": Wording(
        "{parameter} = {value} {unit} 不合理：应在 {low} 与 {high} 之间，请检查计量单位。",
        "{parameter} = {value} {unit} is not possible: it lies between {low} and {high}. Check the unit.",
    ),
    "text_missing": Wording(
        "填写“{parameter}”时须同时说明“{label_zh}”。", "With '{parameter}' you must also state '{label_en}'."
    ),
    "text_too_long": Wording(
        "文字超过 {limit} 个字符，请缩短。", "The text is longer than {limit} characters. Shorten it."
    ),
    "text_unreadable": Wording(
        "文字中含有不可显示的控制字符，请删除。", "The text has control characters nobody can read. Remove them."
    ),
    "evidence_unknown": Wording(
        "未找到凭证“{value}”，请先上传，再从下拉列表中选择。",
        "There is no evidence '{value}'. Upload it first, then choose it from the list.",
    ),
    "evidence_ambiguous": Wording(
        "有多个凭证名为“{value}”，请从下拉列表中选择（含校验码）。",
        "More than one evidence file is called '{value}'. Choose it from the list, with its check code.",
    ),
    "record_malformed": Wording(
        "“{value}”不是记录编号，请勿改动导出文件中的该列；新数据请留空。",
        "'{value}' is not a record id. Leave that column as exported, and empty for new data.",
    ),
    "record_unknown": Wording(
        "本账户没有编号为“{value}”的记录；新数据请将该列留空。",
        "This account has no record '{value}'. Leave the column empty for new data.",
    ),
    "record_moved": Wording(
        "记录“{value}”属于其他排放源、计量器具或月份，更正不能改变归属；请撤回原记录后重新填报。",
        "The record '{value}' belongs to another source, meter or month, which a correction cannot change. "
        "Withdraw it and enter a new one.",
    ),
    "record_outdated": Wording(
        "记录“{value}”已被更正或撤回，请重新导出后再修改。",
        "The record '{value}' was corrected or withdrawn meanwhile. Export again and change that.",
    ),
    "reason_missing": Wording(
        "该行更正了已有记录，请填写更正原因。", "This row corrects a record. State the reason of the correction."
    ),
    "duplicate_in_file": Wording(
        "与第 {first} 行重复：同一排放源、计量器具和月份只能填报一次。",
        "Repeats row {first}: a source, meter and month may be entered only once.",
    ),
    "overlap": Wording(
        "该排放源、计量器具和月份已有记录（{stored} {unit}）。如需更正，请导出后在原行修改并填写更正原因。",
        "This source, meter and month has a record already ({stored} {unit}). To correct it, export, "
        "change that row and state the reason.",
    ),
    "overlap_with_meters": Wording(
        "{month} 同一排放源既按整体又按计量器具填报，会重复计算，请只保留一种。",
        "In {month} this source is entered both as a whole and by meter, which counts it twice. Keep one of the two.",
    ),
    "withdrawn_before": Wording(
        "该月记录曾被撤回，重新填报须填写更正原因。",
        "The record of this month was withdrawn. State the reason for entering it again.",
    ),
    "quantity_absurd": Wording(
        "数量 {value} {unit} 约为该排放源平常月份（中位数 {median} {unit}）的 {ratio} 倍，疑似单位或小数点错误。"
        "如属实，请在更正原因列说明。",
        "{value} {unit} is about {ratio} times this source's usual month (median {median} {unit}): a unit or a "
        "decimal point may have slipped. If it is right, say why in the reason column.",
    ),
    "quantity_unusual": Wording(
        "数量 {value} {unit} 约为该排放源平常月份（中位数 {median} {unit}）的 {ratio} 倍，审批人须说明理由方可通过。",
        "{value} {unit} is about {ratio} times this source's usual month (median {median} {unit}). "
        "Whoever approves it must say why it is right.",
        is_warning=True,
    ),
    "quantity_above_sector": Wording(
        "数量 {value} {unit} 超过该行业单个排放源的月度上限 {limit} {limit_unit}（可配置），疑似单位错误。"
        "如属实，请在更正原因列说明。",
        "{value} {unit} in a month is more than a single source of this sector can use ({limit} {limit_unit}, "
        "configurable): the unit may be wrong. If it is right, say why in the reason column.",
        is_about_change=True,
    ),
    "quantity_explained": Wording(
        "异常数量已附说明，审批人须确认。", "An unusual quantity with an explanation; whoever approves it must agree.",
        is_warning=True,
        is_about_change=True,
    ),
    "reported_inconsistent": Wording(
        "填报排放量 {reported} t 与按数量和因子重新计算的结果 {recomputed} t 不一致，请核对数量、因子或排放量。",
        "The reported emission {reported} t does not agree with quantity times factor, {recomputed} t. "
        "Check the quantity, the factor or the emission.",
    ),
    "reported_unchecked": Wording(
        "填报排放量 {reported} t 无法核对：该行未给出完整的实测参数或申报因子。",
        "The reported emission {reported} t could not be checked: the row states no complete factor of its own.",
        is_warning=True,
    ),
}  # fmt: skip


def describe(row: int, problem: Problem, language: str = "zh") -> dict[str, Any]:
    """Return a problem as JSON for an answer or a batch's summary."""
    return {
        "row": row,
        "column": problem.column,
        "code": problem.code,
        "is_warning": problem.is_warning,
        "message": problem.message(language),
        "message_zh": problem.message("zh"),
        "message_en": problem.message("en"),
        "details": {name: str(value) for name, value in problem.details.items()},
    }
