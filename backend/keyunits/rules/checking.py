"""Texts, documents, years, days and quantities as key units take them."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import TypeVar

from backend.keyunits.errors import (
    KeyUnitChoiceInvalid,
    KeyUnitDatesInvalid,
    KeyUnitDocumentInvalid,
    KeyUnitQuantityInvalid,
    KeyUnitTextInvalid,
    KeyUnitYearInvalid,
)
from backend.keyunits.values import FIRST_YEAR, Document
from backend.kit.clock import today

LONGEST_NAME, LONGEST_TITLE, LONGEST_NUMBER, LONGEST_TEXT = 200, 200, 100, 2000
LARGEST = Decimal(10) ** 15
FINEST = 12
"""Decimal places at most."""
T = TypeVar("T")


def text(given: str, field: str, most: int = LONGEST_TEXT) -> str:
    """Return a text that must be there, trimmed. Raises KeyUnitTextInvalid."""
    found = given.strip()
    if not found or len(found) > most:
        raise KeyUnitTextInvalid(field=field, most=most, path=("input", field))
    return found


def note(given: str, field: str, most: int = LONGEST_TEXT) -> str:
    """Return a text that may be left out, trimmed. Raises KeyUnitTextInvalid: too long."""
    return text(given, field, most) if given.strip() else ""


def document(given: Document) -> Document:
    """Return a document with its texts trimmed. Raises KeyUnitDocumentInvalid."""

    def refuse(field: str, zh: str, en: str) -> KeyUnitDocumentInvalid:
        return KeyUnitDocumentInvalid(reason_zh=zh, reason_en=en, path=("input", "document", field))

    title, number = given.title.strip(), given.number.strip()
    if not title or len(title) > LONGEST_TITLE or not title.isprintable():
        raise refuse("title", "文件名称缺失、过长或含不可打印字符", "the title is missing, too long or not printable")
    if len(number) > LONGEST_NUMBER or not number.isprintable():
        raise refuse("number", "文号过长或含不可打印字符", "the number is too long or not printable")
    if given.issued_on > today():
        raise refuse("issuedOn", "文件日期晚于今天", "the day of issue is to come")
    return Document(title, number, given.issued_on)


def year(given: int, field: str = "year") -> int:
    """Return a year something may be of. Raises KeyUnitYearInvalid."""
    last = today().year
    if not FIRST_YEAR <= given <= last:
        raise KeyUnitYearInvalid(year=given, first=FIRST_YEAR, last=last, path=("input", field))
    return given


def in_order(first: date, last: date | None, field: str) -> None:
    """Refuse days that do not follow each other. Raises KeyUnitDatesInvalid."""
    if last is not None and last < first:
        raise KeyUnitDatesInvalid(
            reason_zh=f"{last} 早于 {first}", reason_en=f"{last} is before {first}", path=("input", field)
        )


def not_to_come(day: date, field: str) -> None:
    """Refuse a day to come. Raises KeyUnitDatesInvalid."""
    if day > today():
        raise KeyUnitDatesInvalid(reason_zh=f"{day} 晚于今天", reason_en=f"{day} is to come", path=("input", field))


def not_past(day: date, field: str) -> None:
    """Refuse a day that is over. Raises KeyUnitDatesInvalid."""
    if day < today():
        raise KeyUnitDatesInvalid(reason_zh=f"{day} 早于今天", reason_en=f"{day} is over", path=("input", field))


def quantity(given: Decimal, field: str, *, is_positive: bool = False, may_be_negative: bool = False) -> Decimal:
    """Return a finite quantity of a plausible size. Raises KeyUnitQuantityInvalid."""

    def refuse(zh: str, en: str) -> KeyUnitQuantityInvalid:
        return KeyUnitQuantityInvalid(
            field=field, value=str(given)[:40], reason_zh=zh, reason_en=en, path=("input", field)
        )

    if not given.is_finite() or abs(given) > LARGEST or given.as_tuple().exponent < -FINEST:  # type: ignore[operator] - a finite number's exponent is a number
        raise refuse("须为有限数值，不超过 10 的 15 次方且至多 12 位小数", "it is not finite, too large or too fine")
    if given < 0 and not may_be_negative:
        raise refuse("不能为负", "it is negative")
    if is_positive and not given:
        raise refuse("必须大于零", "it must be above zero")
    return given


def chosen(given: Sequence[T], most: int, field: str) -> list[T]:
    """Return what was chosen, each once. Raises KeyUnitChoiceInvalid."""
    if not 1 <= len(given) <= most or len(set(given)) != len(given):
        raise KeyUnitChoiceInvalid(most=most, given=len(given), path=("input", field))
    return list(given)
