"""How a document speaks: one language, figures for reading, words for states."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from backend.esg.values import (
    Applies,
    AssuranceLevel,
    PointState,
    RequirementKind,
    Words,
)
from backend.kit.clock import CHINA
from backend.kit.quantities import display

PLACES = 4
"""Decimal places shown to people; the workbook and the files for machines have every digit."""
NOTHING = "—"
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")

STATES: Mapping[str, Words] = {
    PointState.FILLED: Words("已披露", "Answered"),
    PointState.OMITTED: Words("以说明代替", "Explained"),
    PointState.MISSING: Words("未披露", "Not answered"),
    PointState.UNKNOWN: Words("无法判断", "Cannot be told"),
    PointState.RESTATED: Words("来源已重述", "Source restated"),
}
OUTCOMES: Mapping[str, Words] = {
    Applies.MANDATORY: Words("强制", "Binding"),
    Applies.VOLUNTARY: Words("自愿", "Voluntary"),
    Applies.CANNOT_TELL: Words("无法判断", "Cannot be told"),
}
LEVELS: Mapping[str, Words] = {
    AssuranceLevel.LIMITED: Words("有限保证", "Limited assurance"),
    AssuranceLevel.REASONABLE: Words("合理保证", "Reasonable assurance"),
}
PILLARS: Mapping[str, Words] = {
    "e": Words("环境", "Environment"),
    "s": Words("社会", "Society"),
    "g": Words("治理", "Governance"),
}


REQUIRED: Mapping[str, Words] = {
    RequirementKind.QUANTITATIVE: Words("定量", "Figure"),
    RequirementKind.NARRATIVE: Words("定性", "Narrative"),
    RequirementKind.FACT: Words("事实", "Fact"),
}
"""What a data point asks for."""
KINDS: Mapping[str, Words] = {
    "inventory": Words("排放清单", "inventory"),
    "figure": Words("年度经营数据", "yearly figure"),
    "movement": Words("账簿流水", "movement"),
    "ledger": Words("账簿", "ledger"),
    "holding": Words("持有量", "holding"),
    "verified_emissions": Words("核定排放量", "verified emissions"),
}
"""What a figure comes from."""
NOTES: Mapping[str, Words] = {
    "computed": Words("已核算", "computed"),
    "submitted": Words("已提交核查", "submitted"),
    "verified": Words("已核查", "verified"),
    "closed": Words("已归档", "closed"),
    "restated": Words("已重述", "restated"),
    "withdrawn": Words("已撤回", "withdrawn"),
    "placeholder": Words("依据占位参数，尚无官方数值", "rests on a placeholder: no official figure is known"),
    "unconfirmed": Words(
        "部分参数或公式尚未在原始文件中核实", "some parameters or formulas were not confirmed at their source"
    ),
    "entered": Words("主管部门录入", "entered by the authority"),
    "provisional": Words("暂定", "provisional"),
    "none": Words("尚无数据", "no figure yet"),
    "no movement": Words("无流水", "no movement"),
    "surrender": Words("清缴", "surrender"),
    "transfer": Words("划转", "transfer"),
    "accept": Words("要约成交", "offer accepted"),
    "retire": Words("注销", "retirement"),
    "value_added": Words("增加值", "value added"),
    "revenue": Words("营业收入", "revenue"),
    "output": Words("产量", "output"),
    "employees": Words("员工人数", "employees"),
}
"""The codes in a source's note."""
DOUBTS = ("placeholder", "unconfirmed")
"""Those that a reader must know of before relying on the figure."""
CONFIDENCES: Mapping[str, Words] = {
    "from-memory": Words("条款凭记忆整理，未与原文核对", "items written from memory, not checked against the text"),
    "verified-by-lookup(secondary)": Words("条款据二手资料核对", "items checked against a secondary source"),
    "placeholder": Words("占位内容", "placeholder"),
}
"""How sure the items of a standard are, where that must be said."""
UNITS: Mapping[str, Words] = {
    "万CNY": Words("万元", "CNY 10k"),
    "CNY": Words("元", "CNY"),
    "person": Words("人", "persons"),
    "unit": Words("吨", "t"),
}
"""Units that are written otherwise for people."""
SHORT = 12
"""Signs of an identifier that are printed; a shorter one is printed whole."""


def clean(text: str) -> str:
    """Return a text without signs no document takes."""
    return _UNPRINTABLE.sub("", text)


@dataclass(frozen=True, slots=True)
class Speaker:
    """A language, `zh` or `en`."""

    language: str

    def say(self, zh: str, en: str) -> str:
        """Return the words of the language."""
        return zh if self.language == "zh" else en

    def of(self, words: Words | Mapping[str, str] | None) -> str:
        """Return a text of the disclosure; what was said in the other language alone is told in that."""
        if words is None:
            return ""
        zh, en = (words.zh, words.en) if isinstance(words, Words) else (words["zh"], words["en"])
        return clean(self.say(zh or en, en or zh))

    def figure(self, value: str | None) -> str:
        """Return a figure for reading: thousands apart, rounded half up to four places, small ones to four digits."""
        if value is None:
            return NOTHING
        exact = Decimal(value)
        places = PLACES if exact == 0 else max(PLACES, PLACES - 1 - exact.adjusted())
        shown = display(exact, places)
        sign = "-" if shown.startswith("-") else ""
        whole, _, rest = shown.removeprefix("-").partition(".")
        rest = rest.rstrip("0")
        return f"{sign}{int(whole):,}{'.' + rest if rest else ''}"

    def yes(self, is_so: bool | None) -> str:  # noqa: FBT001 - a fact to be told
        """Return a fact in a word."""
        if is_so is None:
            return self.say("未评估", "Not judged")
        return self.say("是", "Yes") if is_so else self.say("否", "No")

    def moment(self, told: str | datetime | None) -> str:
        """Return a moment as the clock in China shows it."""
        if told is None:
            return NOTHING
        at = datetime.fromisoformat(told) if isinstance(told, str) else told
        return at.astimezone(CHINA).strftime("%Y-%m-%d %H:%M")

    def unit(self, unit: str) -> str:
        """Return a unit as it is written for people."""
        return "/".join(self.of(UNITS[each]) if each in UNITS else each for each in unit.split("/"))

    def source(self, source: Mapping[str, Any]) -> str:
        """Return a record in short: what it is, the end of its identifier, its version, and what is said of it, in words."""
        kind, version = str(source["kind"]), f" {source['version']}" if source["version"] else ""
        named = self.of(KINDS[kind]) if kind in KINDS else kind
        own = str(source["id"])
        told = self.say("，", ", ").join(self._part(kind, each) for each in str(source["note"]).split(", ") if each)
        note = self.say(f"（{told}）", f" ({told})") if told else ""
        return clean(f"{named} {own if len(own) <= SHORT else f'…{own[-SHORT:]}'}{version}{note}")

    def _part(self, kind: str, note: str) -> str:
        """Return a part of a source's note in words; a part is a code, codes apart by blanks, or plain text."""
        if kind == "inventory" and note.endswith("/12"):
            return self.say(f"覆盖 {note} 个月", f"{note} months")
        return " ".join(
            self.of(NOTES[each]) if each in NOTES else each for each in ([note] if note in NOTES else note.split(" "))
        )

    def doubt(self, point: Mapping[str, Any]) -> str:
        """Return what must be known of what a point rests on; empty where nothing must."""
        return self.say("；", "; ").join(self.of(NOTES[each]) for each in doubts(point))


def doubts(point: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the codes of what must be known of what a point rests on; none where the owner's word replaces it."""
    if point["prefill"] is None or point["is_overridden"]:
        return ()
    given = {part for each in point["prefill"]["sources"] for part in str(each["note"]).split(", ")}
    return tuple(each for each in DOUBTS if each in given)


def mark_of(sha256: str) -> str:
    """Return the beginning of a hash for reading aloud: four groups of four signs."""
    return "-".join(sha256[at : at + 4].upper() for at in range(0, 16, 4))
