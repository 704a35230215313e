"""The dated rules of claiming, read from the reference parameters."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from backend.factors import service as factors
from backend.kit.clock import today
from backend.kit.db import Read
from backend.kit.scope import Scope

RULE, USE = "certificate.rule", "certificate.use"


async def rules(read: Read, scope: Scope) -> factors.Book:
    """Return the rules as they are known today."""
    return await factors.book(read, scope, published_by=today(), names=(RULE, USE))


def is_same_year(book: factors.Book, year: int) -> bool | None:
    """Tell whether electricity of a year takes certificates of that year only; None when no rule is known."""
    found = book.find(RULE, "same_year", [""], date(year, 12, 31))
    return None if isinstance(found, factors.Missing) or found.value is None else found.value != 0


def same_year_later(book: factors.Book, year: int, until: int) -> dict[int, bool | None]:
    """Return the same for each year after one, up to another: certificates produced then are under that year's rule."""
    return {each: is_same_year(book, each) for each in range(year + 1, until + 1)}


def mwh_each(book: factors.Book, year: int) -> Decimal:
    """Return the MWh of a certificate.

    Raises:
        RuntimeError: the parameter every installation ships is missing.
    """
    found = book.find(RULE, "mwh", [""], date(year, 12, 31))
    if isinstance(found, factors.Missing) or found.value is None:
        message = "the reference parameter 'certificate.rule mwh' is missing: run `carbon reference load`"
        raise RuntimeError(message)
    return found.value


def use(book: factors.Book, need: str, division_path: str, year: int) -> factors.Choice | None:
    """Return the rule of a need in the smallest division that has one, else everywhere; None when none is on record."""
    places: Sequence[str] = [*reversed([part for part in division_path.split("/") if part]), ""]
    found = book.find(USE, need, places, date(year, 12, 31))
    return None if isinstance(found, factors.Missing) else found
