"""Whether what was given can be right: amounts, years, texts, documents."""

from datetime import date
from decimal import Decimal

from backend.targets.errors import TargetDocumentInvalid, TargetTextInvalid, TargetYearInvalid
from backend.targets.values import FIRST_YEAR, LAST_YEAR, Paper

LONGEST_TEXT, LONGEST_NAME = 2_000, 200
MOST_DIGITS, MOST_PLACES = 13, 6


def text(field: str, value: str, *, most: int = LONGEST_TEXT) -> str:
    """Return a text without its margins. Raises TargetTextInvalid."""
    bare = value.strip()
    if not 1 <= len(bare) <= most:
        raise TargetTextInvalid(field=field, most=most, path=("input", field))
    return bare


def remark(field: str, value: str) -> str:
    """Return a text that may be empty. Raises TargetTextInvalid."""
    return text(field, value) if value.strip() else ""


def paper(given: Paper, today: date) -> Paper:
    """Return a document named in full. Raises TargetDocumentInvalid."""
    number, title = given.number.strip(), given.title.strip()
    if not (1 <= len(number) <= LONGEST_NAME and 1 <= len(title) <= LONGEST_NAME) or given.dated > today:
        raise TargetDocumentInvalid(path=("input", "document"))
    return Paper(number, given.dated, title)


def year(value: int, *, last: int = LAST_YEAR, field: str = "year") -> int:
    """Return a year. Raises TargetYearInvalid."""
    if not FIRST_YEAR <= value <= last:
        raise TargetYearInvalid(year=value, first=FIRST_YEAR, last=last, path=("input", field))
    return value


def is_number(value: Decimal) -> bool:
    """Tell whether a figure can be kept: finite, not too large, not too fine."""
    if not value.is_finite() or (value and value.adjusted() >= MOST_DIGITS):
        return False
    return value == round(value, MOST_PLACES)


def span(first: int, last: int) -> str:
    """Return a period as it is written."""
    return str(first) if first == last else f"{first}-{last}"


def plain(value: Decimal) -> str:
    """Return a number without an exponent or zeros at its end."""
    return format(value.normalize() if value else Decimal(0), "f")
