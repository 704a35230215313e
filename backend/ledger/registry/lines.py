"""A line of a registry's export: its cells as texts, days, years and truths, each refusal said in its own place."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from unicodedata import normalize

from backend.kit.tables import Cell, Column, is_blank, word
from backend.ledger.registry.problems import Wrong, problem

LONGEST_TEXT = 200
DAY = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
YES, NO = frozenset({"是", "Y", "YES", "TRUE", "1"}), frozenset({"否", "N", "NO", "FALSE", "0"})
EARLIEST = 2000
"""No registry of ours knows an earlier year."""


def fold(text: str) -> str:
    """Fold what people and programs vary without meaning it."""
    return "".join(normalize("NFKC", text).split()).upper()


@dataclass(frozen=True, slots=True)
class Line:
    """The cells of a line by their columns' keys, and the day it is read."""

    cells: dict[str, Cell]
    today: date

    def text(self, column: Column, *, most: int = LONGEST_TEXT) -> str:
        """Return a cell as text, empty where it may be."""
        said = word(self.cells.get(column.key))
        if not said and column.is_required:
            raise Wrong(problem("cell_missing", column))
        if len(said) > most:
            raise Wrong(problem("text_too_long", column, found=len(said), limit=most))
        return said

    def day(self, column: Column) -> date | None:
        """Return a day that has come; None for an empty cell where it may be empty."""
        cell = self.cells.get(column.key)
        if isinstance(cell, datetime):
            found: date | None = cell.date()
        elif isinstance(cell, date):
            found = cell
        elif is_blank(cell) and not column.is_required:
            return None
        else:
            found = _day(self.text(column))
        if found is None or found.year < EARLIEST:
            raise Wrong(problem("date_malformed", column, value=word(cell)[:60]))
        if found > self.today:
            raise Wrong(problem("date_future", column, value=found))
        return found

    def year(self, column: Column, first: int) -> int:
        """Return a year from `first` to this one."""
        said = normalize("NFKC", self.text(column))
        if not re.fullmatch(r"[0-9]{4}", said) or not first <= int(said) <= self.today.year:
            raise Wrong(problem("year_wrong", column, value=said[:60], first=first, last=self.today.year))
        return int(said)

    def truth(self, column: Column) -> bool | None:
        """Return yes or no; None for an empty cell."""
        said = fold(self.text(column))
        if said in YES or said in NO:
            return said in YES
        if not said:
            return None
        raise Wrong(problem("word_unknown", column, value=said[:60]))

    def holder(self, column: Column, names: Collection[str], holder: str) -> None:
        """Check that the account's holder is named."""
        said = self.text(column)
        if fold(said) not in names:
            raise Wrong(problem("holder_other", column, value=said[:60], holder=holder))


def not_before(column: Column, value: date, earlier: Column, limit: date) -> None:
    """Refuse a day before the one it follows."""
    if value < limit:
        raise Wrong(problem("dates_order", column, value=value, limit=limit, earlier_zh=f"“{earlier.zh}”",
                            earlier_en=f"'{earlier.en}'"))  # fmt: skip


def _day(text: str) -> date | None:
    found = DAY.fullmatch(normalize("NFKC", text))
    if found is None:
        return None
    try:
        return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return None
