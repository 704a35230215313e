"""From a cell as people fill it to a value: numbers, months, words. Pure; every reader returns or raises a problem.

A cell is what a workbook or CSV gives: text, a number, a date, a truth value, or nothing. Numbers of a workbook
arrive as binary floats; the shortest decimal that names the same float is what was typed, and that is taken.
"""

import re
from datetime import date, time, timedelta
from decimal import Decimal, InvalidOperation
from unicodedata import category, normalize

from backend.emissions.activity.problems import Problem
from backend.kit.months import InvalidMonth, Month
from backend.kit.tables import Cell, is_blank, word

__all__ = ["Cell", "Refused", "is_blank", "month", "number", "plain", "prose", "word"]

WHOLE_DIGITS = 24
"""Digits before the point a quantity may have: a tonne is 10^24 micrograms, more is a slip of the hand."""

DECIMAL_PLACES = 40
"""Digits after the point a quantity may have."""

TEXT_LIMIT = 2000

_GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?")
_PLAIN = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?")


class Refused(Exception):
    """A cell cannot be read."""

    def __init__(self, code: str, column: str, **details: object) -> None:
        self.problem = Problem(code, column, details)
        super().__init__(code)


def prose(cell: Cell, column: str) -> str:
    """Return free text, trimmed, with one kind of line end.

    Raises:
        Refused: too long, or with characters nobody can read.
    """
    text = word(cell)
    if not text:
        return ""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if len(text) > TEXT_LIMIT:
        raise Refused("text_too_long", column, limit=TEXT_LIMIT)
    if not text.isprintable() and any(category(each) in {"Cc", "Cs", "Cn"} and each not in "\n\t" for each in text):
        raise Refused("text_unreadable", column)
    return text


def number(cell: Cell, column: str) -> Decimal:
    """Return a cell's decimal, exactly as written. Thousands may be grouped by commas, digits may be full-width.

    Raises:
        Refused: not a number, or longer than any measurement.
    """
    if isinstance(cell, bool | date | time | timedelta):
        raise Refused("not_a_number", column, value=cell)
    if isinstance(cell, Decimal):
        value = cell
    elif isinstance(cell, float | int):
        value = Decimal(repr(cell))
    else:
        text = (cell or "").strip()
        if not text.isascii():
            text = normalize("NFKC", text).replace("\u2212", "-")
        if "," in text and _GROUPED.fullmatch(text):
            text = text.replace(",", "")
        if not _PLAIN.fullmatch(text):
            raise Refused("not_a_number", column, value=(cell or "")[:60])
        try:
            value = Decimal(text)
        except InvalidOperation:  # pragma: no cover - the pattern admits only what Decimal reads
            raise Refused("not_a_number", column, value=text) from None
    if not value.is_finite():
        raise Refused("not_a_number", column, value=value)
    if value and (value.adjusted() >= WHOLE_DIGITS or value.as_tuple().exponent < -DECIMAL_PLACES):  # type: ignore[operator]
        raise Refused("number_too_long", column, value=value, whole=WHOLE_DIGITS, places=DECIMAL_PLACES)
    return value


def plain(value: Decimal) -> str:
    """Return a decimal as digits without exponent, every digit kept, no needless zeros after the point."""
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text


def month(cell: Cell, column: str) -> date:
    """Return a month's first day from what people write or what a workbook made of it.

    Raises:
        Refused: empty, or not a month.
    """
    if isinstance(cell, date):
        return date(cell.year, cell.month, 1)
    text = normalize("NFKC", word(cell))
    if not text:
        raise Refused("month_missing", column)
    try:
        return Month.read(text).first_day
    except InvalidMonth:
        raise Refused("month_malformed", column, value=text[:60]) from None
