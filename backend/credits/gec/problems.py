"""What can be wrong with a line of certificates, in words: what, where, and how to mend it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

CATALOGUE: dict[str, tuple[str, str]] = {
    "cell_missing": ("未填写“{title_zh}”。请使用平台导出的完整文件。",
                     "'{title_en}' is missing. Use the platform's whole export."),
    "code_not_text": ("绿证编码被存为数字，末尾数位已丢失。请将该列设为文本格式后重新导出。",
                      "The code was stored as a number and has lost digits. Export again with that column as text."),
    "code_length": ("绿证编码“{value}”为 {length} 位，应为 32 位。", "The code '{value}' has {length} positions, not 32."),
    "code_signs": ("绿证编码“{value}”含有无效字符：前 17 位为数字或大写字母，后 15 位为数字。",
                   "The code '{value}' has signs it cannot have: 17 digits or capital letters, then 15 digits."),
    "code_part": ("编码第 {place} 位起的“{part_zh}”为“{value}”，无效。各段位宽为占位值（官方位宽未公布），如与实际不符，请管理员更正编码格式。",
                  ("'{part_en}', from position {place} of the code, is '{value}', which it cannot be. The widths of the "
                  "parts are placeholders (the official ones are not published): if they are wrong, ask the "
                  "administrator to correct the layout.")),
    "code_month": ("编码中的电量生产日期为“{value}”，与电量生产月 {month} 不符（应为“{expected}”）。编码位宽为占位值，如与实际不符，请管理员更正编码格式。",
                   ("The code says the production date '{value}', the line {month} ('{expected}'). The widths of the code's "
                   "parts are placeholders: if they are wrong, ask the administrator to correct the layout.")),
    "duplicate_in_file": ("与第 {first} 行重复：同一编码只能出现一次。", "Repeats row {first}: a code may stand once."),
    "energy_wrong": ("对应电量为“{value}”，每张绿证须恰为 1000 千瓦时。",
                     "The energy is '{value}'; a certificate stands for exactly 1,000 kWh."),
    "month_malformed": ("“{value}”不是有效的月份，请按 YYYY-MM 填写。", "'{value}' is not a month. Write YYYY-MM."),
    "month_future": ("电量生产月 {value} 尚未到来。", "The production month {value} has not come yet."),
    "date_malformed": ("“{value}”不是有效的日期，请按 YYYY-MM-DD 填写。", "'{value}' is not a date. Write YYYY-MM-DD."),
    "issue_date_wrong": ("核发日期 {value} 不合理：应在电量生产月之后且不晚于今天。",
                         "The date of issue {value} cannot be: it lies after the production month and not after today."),
    "expiry_wrong": ("有效期 {value} 与规则不符：{month} 生产的电量有效至 {expected}。",
                     "Valid until {value} does not agree with the rule: energy of {month} is valid until {expected}."),
    "expired": ("绿证有效期至 {value}，已过期，不能导入。", "The certificate was valid until {value} and may not come in."),
    "word_unknown": ("“{value}”不是“{title_zh}”的有效取值，可用：{accepted}。",
                     "'{value}' is no value of '{title_en}'. Known: {accepted}."),
    "status_refused": ("状态为“{value}”的绿证不能导入，仅“已核发”或“已划转”可导入。",
                       "A certificate whose status is '{value}' may not come in; only issued or transferred ones may."),
    "status_disagrees": ("状态为“已核发”但交易次数为 1，二者矛盾，请核对导出文件。",
                         "The status is issued, yet it was traded once. Check the export."),
    "kind_not_tradeable": ("“{value}”电量的绿证不可交易，但“是否可交易”为“是”，请核对。",
                           "Certificates of this class of energy ('{value}') are not tradeable, yet the line says so."),
    "not_tradeable_but_traded": ("不可交易的绿证交易次数应为 0。", "A certificate that is not tradeable was traded."),
    "count_wrong": ("交易次数为“{value}”，应为 0 或 1（绿证只能交易一次）。",
                    "Traded '{value}' times; a certificate is traded once at most: 0 or 1."),
    "price_wrong": ("价格“{value}”不是非负数。", "The price '{value}' is not a number of yuan, zero or more."),
    "holder_other": ("持有人“{value}”不是本账户的持有单位（{holder}），不能导入他人的绿证。",
                     "The holder '{value}' is not the holder of this account ({holder}). Import your own certificates."),
    "buyer_other": ("购买方“{value}”不是本账户的持有单位（{holder}）。",
                    "The buyer '{value}' is not the holder of this account ({holder})."),
    "contract_missing": ("自发自用电量的项目业主“{value}”与持有单位不同，须填写能源管理合同/结算证明。",
                         ("The energy of '{value}' was used on site by another legal entity: name the contract and proof of "
                         "payment.")),
    "used_already": ("该绿证已有核销原因或用能年份，不能导入。",
                     "The certificate has a reason of cancelling or a year it was declared for; it may not come in."),
    "ccer_claimed": ("该项目电量已申请 CCER，绿证与 CCER 只能二选一，不能导入。",
                     "CCER were applied for with this energy; certificates or CCER, never both."),
    "ccer_registered": ("该项目该月的电量已在本系统登记为 CCER，绿证与 CCER 只能二选一。",
                        "This project's energy of the month is registered for CCER here; certificates or CCER, never both."),
    "ccer_elsewhere": (("项目 {project} 在 {month} 的电量已在本系统其他地区账簿中登记为 CCER，绿证与 CCER 只能二选一，未导入任何内容。"
                       "请向减排量登记机构核实。"),
                       ("The energy of project {project} in {month} is registered for CCER in another jurisdiction: "
                        "certificates or CCER, never both. Nothing was imported; ask the registry of CCER.")),
    "imported_before": ("{first_code} 至 {last_code} 中有绿证已在本地区账簿中，未导入任何内容。请删除已导入的行。",
                        ("Some of {first_code} to {last_code} are in the books of this jurisdiction already. Nothing was "
                        "imported; remove the lines imported before.")),
    "held_elsewhere": ("{first_code} 至 {last_code} 中有绿证已登记在本系统其他地区的账簿中，未导入任何内容。请向签发机构核实持有人。",
                       ("Some of {first_code} to {last_code} are in the books of another jurisdiction. Nothing was imported; "
                       "ask the issuing body who holds them.")),
    "text_too_long": ("文字超过 {limit} 个字符。", "The text is longer than {limit} characters."),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with one cell. `column` is the column's key; details fill the sentence."""

    code: str
    column: str
    details: Mapping[str, Any] = field(default_factory=dict[str, Any])

    def message(self, language: str) -> str:
        """Return the sentence in `zh` or `en`."""
        return CATALOGUE[self.code][0 if language.startswith("zh") else 1].format(**self.details)


def describe(row: int, problem: Problem) -> dict[str, Any]:
    """Return a problem as JSON for an answer or an import's summary."""
    return {
        "row": row,
        "column": problem.column,
        "code": problem.code,
        "message_zh": problem.message("zh"),
        "message_en": problem.message("en"),
        "details": {name: str(value) for name, value in problem.details.items()},
    }
