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

    def source(self, source: Mapping[str, Any]) -> str:
        """Return a record in short."""
        version = f" {source['version']}" if source["version"] else ""
        note = f"（{source['note']}）" if source["note"] and self.language == "zh" else ""
        if source["note"] and not note:
            note = f" ({source['note']})"
        return clean(f"{source['kind']} …{str(source['id'])[-12:]}{version}{note}")


def mark_of(sha256: str) -> str:
    """Return the beginning of a hash for reading aloud: four groups of four signs."""
    return "-".join(sha256[at : at + 4].upper() for at in range(0, 16, 4))
