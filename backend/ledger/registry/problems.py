"""What can be wrong with a line of a registry's export, in words: what, where, and how to mend it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from backend.kit.tables import Column

CATALOGUE: dict[str, tuple[str, str]] = {
    "cell_missing": ("未填写“{title_zh}”。请使用登记系统导出的完整文件，或按模板补齐。",
                     "'{title_en}' is missing. Use the registry's whole export, or fill the template's column."),
    "text_too_long": ("文字为 {found} 个字符，最多 {limit} 个。", "The text has {found} characters; at most {limit}."),
    "serial_not_text": ("序列号被存为数字，前导零或末尾数位可能已丢失。请将该列设为文本格式后重新导出。",
                        ("The serial was stored as a number and may have lost leading zeros or digits. Export again with "
                         "that column as text.")),
    "serials_unreadable": (("“{first}”至“{last}”不是一段序列号：两者须以数字结尾、其余部分相同、数字位数相同，且起始不大于截止。"
                           "位数不同时请拆成两行。"),
                           ("'{first}' to '{last}' is no run of serials: both end in digits, are alike before them, have as "
                            "many digits, and the first is not above the last. Where the digits grow in number, write two "
                            "lines.")),
    "quantity_wrong": ("数量“{value}”不是正整数。", "The quantity '{value}' is not a whole, positive number."),
    "quantity_other": ("数量为 {value}，而序列号 {first} 至 {last} 共 {counted} 个，二者不符。",
                       "The quantity is {value}, yet {first} to {last} are {counted} units."),
    "date_malformed": ("“{value}”不是有效的日期，请按 YYYY-MM-DD 填写。", "'{value}' is not a date. Write YYYY-MM-DD."),
    "date_future": ("日期 {value} 晚于今天。", "The day {value} has not come yet."),
    "dates_order": ("{value} 早于{earlier_zh}（{limit}），请核对。", "{value} lies before {earlier_en} ({limit}). Check both."),
    "year_wrong": ("年份“{value}”无效，应为 {first} 至 {last} 之间的四位年份。",
                   "The year '{value}' cannot be; write four digits, {first} to {last}."),
    "word_unknown": ("“{value}”不是“{title_zh}”的有效取值，请填“是”或“否”，或留空。",
                     "'{value}' is no value of '{title_en}'. Write 是 (yes) or 否 (no), or leave it empty."),
    "holder_other": ("持有人“{value}”不是本账户的持有单位（{holder}），不能导入他人的单位。",
                     "The holder '{value}' is not the holder of this account ({holder}). Import your own units."),
    "duplicate_in_file": ("与第 {other} 行的序列号 {first} 至 {last} 重叠：同一单位只能出现一次。",
                          "Overlaps row {other} ({first} to {last}): a unit may stand once."),
    "imported_before": ("{first} 至 {last} 中有单位已在本地区账簿中，未导入任何内容。请删除已导入的行。",
                        ("Some of {first} to {last} are in the books of this jurisdiction already. Nothing was imported; "
                         "remove the lines imported before.")),
    "held_elsewhere": ("{first} 至 {last} 中有单位已登记在本系统其他地区的账簿中，未导入任何内容。请向登记机构核实持有人。",
                       ("Some of {first} to {last} are in the books of another jurisdiction. Nothing was imported; ask the "
                        "registry who holds them.")),
    "energy_elsewhere": (("电站 {plant} 在 {month} 的电量已在本系统其他地区账簿中有绿证登记，绿证与 CCER 只能二选一，未导入任何内容。"
                         "请核对电站编码与监测期；如无误，请向绿证核发机构核实。"),
                         ("Green certificates stand on the energy of the plant {plant} in {month} in the books of another "
                          "jurisdiction: certificates or CCER, never both. Nothing was imported. Check the plant's code and the "
                          "days; if they are right, ask the body that issues certificates.")),
}  # fmt: skip
"""Sentences every class shares; a class adds its own."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with one cell. `column` is the column's key; details fill the sentences."""

    code: str
    column: str
    zh: str
    en: str
    details: Mapping[str, Any] = field(default_factory=dict[str, Any])

    def message(self, language: str) -> str:
        """Return the sentence in `zh` or `en`."""
        return (self.zh if language.startswith("zh") else self.en).format(**self.details)


def problem(code: str, column: Column, words: tuple[str, str] | None = None, **details: object) -> Problem:
    """Return what is wrong with a cell; `words` (Chinese, English) are those of a class, the shared ones without."""
    zh, en = words or CATALOGUE[code]
    return Problem(code, column.key, zh, en, {"title_zh": column.zh, "title_en": column.en, **details})


class Wrong(Exception):
    """A cell cannot be what it is."""

    def __init__(self, found: Problem) -> None:
        self.problem = found
        super().__init__(found.code)


class Clash(Exception):
    """The books refuse a batch for what it says; `place` is its number among the file's batches."""

    def __init__(self, place: int, found: Problem) -> None:
        self.place, self.problem = place, found
        super().__init__(found.code)


def describe(row: int, found: Problem) -> dict[str, Any]:
    """Return a problem as JSON for an answer or an import's summary."""
    return {
        "row": row,
        "column": found.column,
        "code": found.code,
        "message_zh": found.message("zh"),
        "message_en": found.message("en"),
        "details": {name: str(value) for name, value in found.details.items()},
    }
