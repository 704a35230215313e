"""Which division somebody may ask about: one of their own region; another is as if it were not there."""

from datetime import date

from backend.kit.clock import today
from backend.kit.db import Read
from backend.kit.scope import Kind, Scope
from backend.regions.errors import DocumentInvalid, PeriodInvalid, RegionYearInvalid
from backend.regions.values import FIRST_YEAR, Document
from backend.tenants import service as tenants
from backend.tenants.errors import DivisionUnknown
from backend.tenants.service import DivisionRow

LONGEST_TITLE, LONGEST_NUMBER, LONGEST_NOTE = 200, 100, 1000
MOST_MONTHS = 240


def is_own(scope: Scope, path: str) -> bool:
    """Tell whether a division lies in the caller's region."""
    return scope.kind is Kind.SYSTEM or (
        scope.kind is Kind.AUTHORITY and scope.region != "" and path.startswith(scope.region)
    )


async def unknown(read: Read, scope: Scope, code: str) -> DivisionUnknown:
    """Return the refusal of a division that is not there, or not the caller's: one answer for both."""
    pack = await tenants.pack_in_force(read, scope)
    return DivisionUnknown(division=code, jurisdiction_en=pack.name_en, jurisdiction_zh=pack.name_zh)


async def own_division(read: Read, scope: Scope, code: str) -> DivisionRow:
    """Return a division of the caller's region.

    Raises:
        DivisionUnknown: there is none with this code, or it lies outside.
    """
    found = await tenants.division(read, scope, code)
    if found is None or not is_own(scope, found.path):
        raise await unknown(read, scope, code)
    return found


def check_year(year: int) -> None:
    """Refuse a year no figure is of. Raises RegionYearInvalid."""
    last = today().year
    if not FIRST_YEAR <= year <= last:
        raise RegionYearInvalid(year=year, first=FIRST_YEAR, last=last, path=("year",))


def check_period(first: date, last: date) -> None:
    """Refuse months that do not follow each other, or too many of them. Raises PeriodInvalid."""
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    if not 1 <= months <= MOST_MONTHS:
        raise PeriodInvalid(first=f"{first:%Y-%m}", last=f"{last:%Y-%m}", most=MOST_MONTHS, path=("first",))


def checked_document(given: Document) -> Document:
    """Return a document with its texts trimmed.

    Raises:
        DocumentInvalid: without a title, with one that is too long, or of a day to come.
    """

    def refuse(field: str, reason_en: str, reason_zh: str) -> DocumentInvalid:
        return DocumentInvalid(
            longest=LONGEST_TITLE, reason_en=reason_en, reason_zh=reason_zh, path=("input", "document", field)
        )

    title, number = given.title.strip(), given.number.strip()
    if not title or len(title) > LONGEST_TITLE or not title.isprintable():
        raise refuse("title", "the title is missing, too long or not printable", "文件名称缺失、过长或含不可打印字符")
    if len(number) > LONGEST_NUMBER or not number.isprintable():
        raise refuse("number", "the number is too long or not printable", "文号过长或含不可打印字符")
    if given.issued_on > today():
        raise refuse("issuedOn", "the day of issue is to come", "发布日期晚于今天")
    return Document(title, number, given.issued_on)


def checked_note(note: str, field: str = "note") -> str:
    """Return a note, trimmed. Raises DocumentInvalid: too long."""
    text = note.strip()
    if len(text) > LONGEST_NOTE:
        raise DocumentInvalid(
            longest=LONGEST_TITLE, reason_en=f"the {field} has more than {LONGEST_NOTE} characters",
            reason_zh=f"说明超过 {LONGEST_NOTE} 个字符", path=("input", field),
        )  # fmt: skip
    return text
