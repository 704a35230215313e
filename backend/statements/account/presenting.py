"""A statement as people read it, in one language: sections of tables, for the pages and the workbook alike. Pure.

Numbers are rounded half up here, and only here; what is exact stays in the figures a cell names.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import ROUND_HALF_UP, Context, Decimal

from backend.kit.clock import CHINA
from backend.scores.values import Words
from backend.statements.account.values import UNSAID, Figure, Mark
from backend.statements.account.wording import MARKS

PLACES = {"%": 2, "tCO2e": 2, "tCO2": 2, "tce": 2, "MWh": 2, "万CNY": 2, "": 2}
RATIO_PLACES, MOST_PLACES = 4, 6
COUNTED = ("holdings.", "uses.", "quota.surrendered.", "quota.remaining.", "quota.usable.", "quota.gap.")
"""Figures that count units: shown with the decimals they have."""
EXACT_ENOUGH = Context(prec=200)
"""Wide enough for any number of a statement: rounding for display never meets its limit."""
WHOLE = "1"
"""The unit of plain numbers that count something."""
UNITS = {
    "unit": Words("吨", "t"),
    "万CNY": Words("万元", "CNY 10k"),
    "CNY": Words("元", "CNY"),
    "person": Words("人", "persons"),
}
"""Units that are written otherwise for people."""


def day_of(moment: datetime) -> str:
    """Return the day of a moment as the jurisdictions write it."""
    return moment.astimezone(CHINA).date().isoformat()


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell: words, or a figure (`figure`), or a plain number (`number`, in `unit`)."""

    text: str = ""
    figure: Figure | None = None
    number: Decimal | None = None
    unit: str = ""

    @property
    def is_number(self) -> bool:
        """Whether it stands at the right."""
        return self.figure is not None or self.number is not None

    @property
    def value(self) -> Decimal | None:
        """The exact number, None for words and for what cannot be told."""
        return self.figure.value if self.figure is not None else self.number

    @property
    def measured_in(self) -> str:
        """The unit of the number."""
        return self.figure.unit if self.figure is not None else self.unit

    @property
    def marks(self) -> tuple[Mark, ...]:
        """The marks of the figure."""
        return () if self.figure is None else self.figure.marks

    @property
    def shown(self) -> str:
        """The cell as it is printed, without its marks."""
        if not self.is_number:
            return self.text
        if self.value is None:
            return "—"
        is_counted = self.figure is not None and self.figure.id.startswith(COUNTED)
        return grouped(self.value, WHOLE if is_counted else self.measured_in)


@dataclass(frozen=True, slots=True)
class Row:
    """A row; `is_total` rows are set apart."""

    cells: tuple[Cell, ...]
    is_total: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table: titles of its columns, its rows, words under it. `wide` are columns that take what room there is."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    note: str = ""
    wide: tuple[int, ...] = (0,)


@dataclass(frozen=True, slots=True)
class Section:
    """A section: a sheet of the workbook, a chapter of the pages. `text` stands where there is no table, or before one."""

    code: str
    title: str
    tables: tuple[Table, ...]
    text: str = ""


@dataclass(frozen=True, slots=True)
class Tile:
    """A headline number of the first page, with a line under it."""

    label: str
    cell: Cell
    unit: str
    below: str = ""


@dataclass(frozen=True, slots=True)
class Presentation:
    """Everything the pages and the workbook show, in one language."""

    language: str
    tiles: tuple[Tile, ...]
    remarks: tuple[str, ...]
    sections: tuple[Section, ...]
    marks: tuple[tuple[str, str], ...]
    figures: tuple[Figure, ...] = field(default=())


def places_of(unit: str) -> int | None:
    """Return how many decimals a unit is shown with; None: as many as the number has, six at most."""
    if "/" in unit:
        return RATIO_PLACES
    return PLACES.get(unit)


def grouped(value: Decimal, unit: str) -> str:
    """Return a number as it is printed: rounded half up, thousands apart."""
    places = places_of(unit)
    if places is None:
        exponent = value.as_tuple().exponent
        places = min(-exponent, MOST_PLACES) if isinstance(exponent, int) and exponent < 0 else 0
    return f"{value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP, EXACT_ENOUGH):,f}"


class Speaker:
    """Says things in one language."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._is_english = language == "en"

    def say(self, zh: str, en: str) -> str:
        """Return the words of the language."""
        return en if self._is_english else zh

    def of(self, words: Words) -> str:
        """Return words in the language, in the other one when they are missing."""
        return (words.en or words.zh) if self._is_english else (words.zh or words.en)

    def unit(self, unit: str) -> str:
        """Return a unit as it is written for people."""
        parts = [self.of(UNITS[each]) if each in UNITS else each for each in unit.split("/")]
        return "/".join(parts)

    def cell(self, zh: str, en: str) -> Cell:
        """Return a cell of words."""
        return Cell(self.say(zh, en))

    def words(self, words: Words) -> Cell:
        """Return a cell of words."""
        return Cell(self.of(words))

    def marks(self, figures: Sequence[Figure]) -> tuple[tuple[str, str], ...]:
        """Return the footnotes of the marks that occur."""
        used = {mark for each in figures for mark in each.marks}
        return tuple((MARKS[each][0], self.of(MARKS[each][1])) for each in Mark if each in used)

    def note(self, *figures: Figure | None) -> str:
        """Return why figures cannot be told, once each."""
        found = [self.of(each.note) for each in figures if each is not None and each.note != UNSAID]
        return " ".join(dict.fromkeys(found))


def signs(cell: Cell) -> str:
    """Return the signs printed behind a figure."""
    return "".join(MARKS[each][0] for each in cell.marks)
