"""Where the checks draw their lines for one account: read from the reference parameters, once per import or command.

    check.entry           minimum_history, unusual, absurd
    check.limit           report_tolerance (as the inventory's checks have it)
    check.sector_ceiling  <sector or method pack>/<base unit>: the most one source can plausibly use in a month

A ceiling of the account's own sector goes before one of its method pack, and both before `general`; within each
the nearest place wins: county, city, province, grid region, nation, anywhere. All are placeholders that an
administrator replaces by proposing a new version.
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from backend.emissions.activity.directory import Directory
from backend.emissions.activity.errors import CheckLimitMissing
from backend.emissions.activity.values import EntryLimits, Limit
from backend.emissions.values import FactorRequest
from backend.factors import service as factors
from backend.factors.service import Book
from backend.factors.values import Choice
from backend.kit.db import Read
from backend.kit.scope import Scope

ENTRY, LIMIT, CEILING = "check.entry", "check.limit", "check.sector_ceiling"
GENERAL = "general"


async def entry_limits(read: Read, scope: Scope, account: Directory, on: date) -> EntryLimits:
    """Return the limits for the account's entries as they count on a day; one statement.

    Raises:
        CheckLimitMissing: a limit is not among the reference parameters.
    """
    book = await factors.book(read, scope, published_by=on, names=[ENTRY, LIMIT, CEILING])
    return EntryLimits(
        minimum_history=int(limit(book, account, ENTRY, "minimum_history", on).value),
        unusual=limit(book, account, ENTRY, "unusual", on),
        absurd=limit(book, account, ENTRY, "absurd", on),
        report_tolerance=limit(book, account, LIMIT, "report_tolerance", on).value,
        ceilings=ceilings(book, account, on),
    )


def limit(book: Book, account: Directory, name: str, key: str, on: date) -> Limit:
    """Return a limit that must exist, of the nearest place that has one.

    Raises:
        CheckLimitMissing: it is not among the reference parameters.
    """
    found = book.first([FactorRequest(name, key, place, on, "place") for place in account.places], on)
    if not isinstance(found, Choice) or found.value is None:
        raise CheckLimitMissing(parameter=f"{name} {key}")
    return _limit(found, found.value)


def ceilings(book: Book, account: Directory, on: date) -> dict[str, Limit]:
    """Return the most a source of the account's sector can use in a month, by base unit; a unit may have none."""
    found: dict[str, Limit] = {}
    for unit in {source.base_unit for source in account.sources.values()}:
        answer = book.first(list(_levels(account, unit, on)), on)
        if isinstance(answer, Choice) and answer.value is not None:
            found[unit] = _limit(answer, answer.value)
    return found


def _levels(account: Directory, unit: str, on: date) -> Iterator[FactorRequest]:
    own = dict.fromkeys(each for each in (account.sector, account.method_pack) if each != GENERAL)
    for sector in (*own, GENERAL):
        for place in account.places:
            yield FactorRequest(CEILING, f"{sector}/{unit}", place, on, "sector and place")


def _limit(answer: Choice, value: Decimal) -> Limit:
    return Limit(f"{answer.name} {answer.key}", value, answer.confidence)
