"""Whether what was given can be right: amounts, years, texts, documents."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from backend.budgets.errors import BudgetDocumentInvalid, BudgetTextInvalid, BudgetTonnesInvalid, BudgetYearInvalid
from backend.budgets.values import FIRST_YEAR, FIVE_YEARS, LAST_YEAR, ZERO, Paper

PLACES = 4
"""Decimals of an amount of tonnes: a hundred grams."""
MOST = Decimal(10) ** 12
"""No budget reaches a million megatonnes."""
LONGEST_TEXT = 2_000
LONGEST_NAME = 200


def positive(tonnes: Decimal, *, path: tuple[str, ...] = ()) -> Decimal:
    """Return an amount of more than nothing.

    Raises:
        BudgetTonnesInvalid: it is none.
    """
    if tonnes <= ZERO:
        raise BudgetTonnesInvalid(
            tonnes=tonnes, wanted_en="more than zero", wanted_zh="大于零的数", places=PLACES, path=path
        )
    return amount(tonnes, path=path)


def amount(tonnes: Decimal, *, path: tuple[str, ...] = ()) -> Decimal:
    """Return an amount, of either sign, that a ledger can hold.

    Raises:
        BudgetTonnesInvalid: too large, or with too many decimals.
    """
    if abs(tonnes) >= MOST or tonnes != round(tonnes, PLACES):
        raise BudgetTonnesInvalid(
            tonnes=tonnes, wanted_en=f"less than {MOST:f}", wanted_zh=f"小于 {MOST:f} 的数", places=PLACES, path=path
        )
    return tonnes


def years(first: int, last: int, *, path: tuple[str, ...] = ()) -> None:
    """Accept a year, or a five-year span (2026 to 2030).

    Raises:
        BudgetYearInvalid: neither.
    """
    is_span = last == first + FIVE_YEARS - 1 and first % FIVE_YEARS == 1
    if not (first >= FIRST_YEAR and last <= LAST_YEAR and (first == last or is_span)):
        raise BudgetYearInvalid(years=span(first, last), first=FIRST_YEAR, last=LAST_YEAR, path=path)


def span(first: int, last: int) -> str:
    """Return a year, or a span, as it is written."""
    return str(first) if first == last else f"{first}-{last}"


def by_year(lines: Sequence[tuple[int, Decimal]]) -> dict[int, Decimal]:
    """Return positive tonnes by year, in the order of years; a year given twice is summed.

    Raises:
        BudgetTonnesInvalid, BudgetYearInvalid: none given, or one that cannot be.
    """
    if not lines:
        positive(ZERO, path=("input", "lines"))
    found: dict[int, Decimal] = {}
    for year, tonnes in sorted(lines):
        years(year, year, path=("input", "lines"))
        found[year] = found.get(year, ZERO) + positive(tonnes, path=("input", "lines"))
    return found


def text(field: str, value: str, *, most: int = LONGEST_TEXT) -> str:
    """Return a text without its margins.

    Raises:
        BudgetTextInvalid: nothing is left of it, or it is too long.
    """
    bare = value.strip()
    if not 1 <= len(bare) <= most:
        raise BudgetTextInvalid(field=field, most=most, path=("input", field))
    return bare


def paper(given: Paper, today: date) -> Paper:
    """Return a document named in full.

    Raises:
        BudgetDocumentInvalid: number or title is missing or too long, or it is of a day to come.
    """
    number, title = given.number.strip(), given.title.strip()
    if not (1 <= len(number) <= LONGEST_NAME and 1 <= len(title) <= LONGEST_NAME) or given.dated > today:
        raise BudgetDocumentInvalid(path=("input", "document"))
    return Paper(number, given.dated, title)
