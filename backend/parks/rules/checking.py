"""Texts, documents, years and days as parks takes them."""

from datetime import date

from backend.kit.clock import today
from backend.parks.errors import ParkDatesInvalid, ParkDocumentInvalid, ParkTextInvalid, ParkYearInvalid
from backend.parks.values import FIRST_YEAR, Document

LONGEST_NAME, LONGEST_TITLE, LONGEST_NUMBER, LONGEST_TEXT = 200, 200, 100, 2000


def text(given: str, field: str, most: int = LONGEST_TEXT) -> str:
    """Return a text that must be there, trimmed. Raises ParkTextInvalid."""
    found = given.strip()
    if not found or len(found) > most:
        raise ParkTextInvalid(field=field, most=most, path=("input", field))
    return found


def note(given: str, field: str, most: int = LONGEST_TEXT) -> str:
    """Return a text that may be left out, trimmed. Raises ParkTextInvalid: too long."""
    return text(given, field, most) if given.strip() else ""


def document(given: Document) -> Document:
    """Return a document with its texts trimmed. Raises ParkDocumentInvalid."""

    def refuse(field: str, zh: str, en: str) -> ParkDocumentInvalid:
        return ParkDocumentInvalid(reason_zh=zh, reason_en=en, path=("input", "document", field))

    title, number = given.title.strip(), given.number.strip()
    if not title or len(title) > LONGEST_TITLE or not title.isprintable():
        raise refuse("title", "文件名称缺失、过长或含不可打印字符", "the title is missing, too long or not printable")
    if len(number) > LONGEST_NUMBER or not number.isprintable():
        raise refuse("number", "文号过长或含不可打印字符", "the number is too long or not printable")
    if given.issued_on > today():
        raise refuse("issuedOn", "文件日期晚于今天", "the day of issue is to come")
    return Document(title, number, given.issued_on)


def year(given: int) -> int:
    """Return a year values may be of. Raises ParkYearInvalid."""
    last = today().year
    if not FIRST_YEAR <= given <= last:
        raise ParkYearInvalid(year=given, first=FIRST_YEAR, last=last, path=("input", "year"))
    return given


def in_order(first: date, last: date, field: str) -> None:
    """Refuse days that do not follow each other. Raises ParkDatesInvalid."""
    if last < first:
        raise ParkDatesInvalid(
            reason_zh=f"{last} 早于 {first}", reason_en=f"{last} is before {first}", path=("input", field)
        )


def not_to_come(day: date, field: str) -> None:
    """Refuse a day to come. Raises ParkDatesInvalid."""
    if day > today():
        raise ParkDatesInvalid(
            reason_zh=f"{day} 晚于今天", reason_en=f"{day} is to come", path=("input", field)
        )  # fmt: skip
