"""Rules of the desks: texts and days as they are kept. Pure."""

import unicodedata
from datetime import date

from backend.console.errors import DeskDayInvalid, DeskTextInvalid

LONGEST_NAME, LONGEST_TEXT = 200, 1000
NAMES = {
    "reason": ("原因", "reason"), "note": ("说明", "note"), "answer": ("答复", "answer"),
    "title": ("文件名称", "document's title"), "number": ("文号", "document's number"),
    "dueOn": ("完成期限", "day it is due"), "startsOn": ("起始日期", "first day"), "endsOn": ("终止日期", "last day"),
    "documentDate": ("文件日期", "document's day"),
}  # fmt: skip
"""What fields are called, zh and en."""


def text(value: str, field: str, *, least: int = 0, most: int = LONGEST_TEXT) -> str:
    """Return a text as it is kept: composed (NFC), without control signs, blanks collapsed.

    Raises:
        DeskTextInvalid: shorter or longer than it may be.
    """
    clean = plain(value)
    if not least <= len(clean) <= most:
        zh, en = NAMES.get(field, (field, field))
        raise DeskTextInvalid(field_zh=zh, field_en=en, least=least, most=most, path=("input", field))
    return clean


def plain(value: str) -> str:
    """Return a text composed, its control and direction signs as blanks, blanks collapsed."""
    composed = unicodedata.normalize("NFC", value)
    return " ".join("".join(" " if unicodedata.category(sign) in _HIDDEN else sign for sign in composed).split())


_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})


def day_between(given: date, field: str, first: date | None, last: date | None, reason: tuple[str, str]) -> None:
    """Refuse a day outside two others; `reason` says which days it lies between, zh and en.

    Raises:
        DeskDayInvalid: it lies outside.
    """
    if (first is not None and given < first) or (last is not None and given > last):
        zh, en = NAMES.get(field, (field, field))
        raise DeskDayInvalid(
            field_zh=zh, field_en=en, given=given.isoformat(), reason_zh=reason[0], reason_en=reason[1],
            path=("input", field),
        )  # fmt: skip
