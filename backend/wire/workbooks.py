"""Tables as Excel workbooks, and the register of files to download that a noun offers at the network's door.

    @download("region-months.xlsx")
    async def months(read: Read, scope: Scope, asked: Asked) -> Making:
        rows = await service.months(read, scope, ...)          # within the transaction
        return lambda: workbook([Sheet(...)], asked.language)  # in a thread, after it

Headings stand in the asked language with the other below them, the unit in a line of its own; numbers are numbers, so
that people can reckon with them.
"""

import io
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar

from backend.kit.clock import CHINA
from backend.kit.db import Read
from backend.kit.errors import Invalid
from backend.kit.scope import Scope

FONT = "Microsoft YaHei"
INK, ACCENT, QUIET = "#16241F", "#1F6F54", "#5B6D66"
LONGEST = 32_767
"""Signs Excel keeps in a cell."""
EXACT_DIGITS = 15
"""Digits Excel keeps of a number; the whole of a longer one stands in the cell's comment."""
LONGEST_SHEET_NAME = 31
_NOT_IN_SHEET_NAMES = str.maketrans(dict.fromkeys("[]:*?/\\'", "-"))

Cell = str | int | Decimal | bool | date | None
"""What a cell holds. A moment is written in the jurisdictions' own time; nothing leaves the cell empty."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A column: its name in both languages, the unit of its numbers, its width in signs."""

    zh: str
    en: str
    unit: str = ""
    width: int = 16


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table: its name in both languages, its columns, its rows, and sentences (zh, en) that stand below it."""

    zh: str
    en: str
    headings: Sequence[Heading]
    rows: Iterable[Sequence[Cell]]
    notes: Sequence[tuple[str, str]] = ()


def workbook(sheets: Sequence[Sheet], language: str = "zh") -> bytes:
    """Return a workbook of some tables in a language (`zh`, `en`). Blocks; call it in a thread.

    Raises:
        ValueError: a row has more or fewer cells than there are headings.
    """
    import xlsxwriter  # noqa: PLC0415 - only a process that makes files needs it

    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book: Any = xlsxwriter.Workbook(out, options)
    formats = _Formats.of(book)
    taken: set[str] = set()
    for each in sheets:
        _write(
            book.add_worksheet(_sheet_name(each.zh if language == "zh" else each.en, taken)), each, language, formats
        )
    book.close()
    return out.getvalue()


@dataclass(frozen=True, slots=True)
class _Formats:
    """The looks of cells."""

    head: Any
    quiet: Any
    text: Any
    number: Any
    day: Any
    moment: Any

    @classmethod
    def of(cls, book: Any) -> "_Formats":  # noqa: ANN401 - the library's own kind
        base = {"font_name": FONT, "font_size": 10, "font_color": INK, "valign": "top"}
        add = book.add_format
        return cls(
            head=add({**base, "bold": True, "font_color": "#FFFFFF", "bg_color": ACCENT, "text_wrap": True}),
            quiet=add({**base, "font_color": QUIET, "italic": True}),
            text=add({**base, "text_wrap": True}),
            number=add({**base, "num_format": "#,##0.##########"}),
            day=add({**base, "num_format": "yyyy-mm-dd"}),
            moment=add({**base, "num_format": "yyyy-mm-dd hh:mm:ss"}),
        )


def _sheet_name(name: str, taken: set[str]) -> str:
    """Return a name Excel takes, unlike those before it."""
    plain = name.translate(_NOT_IN_SHEET_NAMES)[:LONGEST_SHEET_NAME] or "-"
    found, number = plain, 2
    while found.lower() in taken:
        found, number = f"{plain[: LONGEST_SHEET_NAME - 4]} {number}", number + 1
    taken.add(found.lower())
    return found


def _write(page: Any, sheet: Sheet, language: str, formats: _Formats) -> None:  # noqa: ANN401 - the library's own kind
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    for at, heading in enumerate(sheet.headings):
        names = (heading.zh, heading.en) if language == "zh" else (heading.en, heading.zh)
        page.set_column(at, at, heading.width)
        page.write_string(0, at, names[0], formats.head)
        page.write_string(1, at, names[1], formats.quiet)
        page.write_string(2, at, heading.unit, formats.quiet)
    page.freeze_panes(3, 0)
    line = 3
    for row in sheet.rows:
        for at, (cell, _) in enumerate(zip(row, sheet.headings, strict=True)):
            _put(page, line, at, cell, language, formats)
        line += 1
    if sheet.headings:
        page.autofilter(0, 0, max(line - 1, 2), len(sheet.headings) - 1)
    for zh, en in sheet.notes:
        line += 1
        page.write_string(line, 0, zh if language == "zh" else en, formats.quiet)


def _put(page: Any, line: int, at: int, cell: Cell, language: str, formats: _Formats) -> None:  # noqa: ANN401 - the library's own kind; a cell and where it stands
    match cell:
        case None:
            return
        case bool():
            page.write_string(line, at, ("是" if cell else "否") if language == "zh" else str(cell), formats.text)
        case int() | Decimal():
            number = Decimal(cell)
            page.write_number(line, at, number, formats.number)
            if len(number.normalize().as_tuple().digits) > EXACT_DIGITS:
                page.write_comment(line, at, format(number, "f"))
        case datetime():
            page.write_datetime(line, at, cell.astimezone(CHINA).replace(tzinfo=None), formats.moment)
        case date():
            page.write_datetime(line, at, datetime.combine(cell, datetime.min.time()), formats.day)
        case _:
            page.write_string(line, at, cell[:LONGEST], formats.text)


class QuestionInvalid(Invalid):
    """A word of a file's address that cannot be read."""

    code = "download_question_invalid"
    en = "'{value}' cannot be '{name}': {reason_en}."
    zh = "参数“{name}”的取值“{value}”无效：{reason_zh}。"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a file's address asks for: the language, and the words after the question mark."""

    language: str
    words: Mapping[str, str] = field(default_factory=dict[str, str])

    def text(self, name: str) -> str | None:
        """Return a word, None where it is left out or empty."""
        return self.words.get(name) or None

    def number(self, name: str, first: int, last: int) -> int | None:
        """Return a whole number between two others, None where it is left out.

        Raises:
            QuestionInvalid: it is none, or lies outside.
        """
        given = self.text(name)
        if given is None:
            return None
        if not (given.isascii() and given.isdigit() and len(given) <= EXACT_DIGITS and first <= int(given) <= last):
            raise QuestionInvalid(
                name=name, value=given[:40], reason_en=f"a whole number from {first} to {last} is needed",
                reason_zh=f"须为 {first} 至 {last} 之间的整数", path=(name,),
            )  # fmt: skip
        return int(given)

    def needed_number(self, name: str, first: int, last: int) -> int:
        """Return a whole number that must be there. Raises QuestionInvalid."""
        found = self.number(name, first, last)
        if found is None:
            raise QuestionInvalid(
                name=name, value="", reason_en="it is missing", reason_zh="缺少该参数", path=(name,)
            )  # fmt: skip
        return found


Making = Callable[[], bytes]
"""Makes the bytes of a file from what was read before; blocks, and is called in a thread."""
Reading = Callable[[Read, Scope, Asked], Awaitable[Making]]
R = TypeVar("R", bound=Reading)

DOWNLOADS: dict[str, Reading] = {}
"""Every file the nouns offer, by its name with its ending."""


def download(name: str) -> Callable[[R], R]:
    """Offer a file at `GET /downloads/{name}`; the function checks who asks (`scope.require`) before it reads.

    Raises:
        ValueError: another function offers a file of this name.
    """

    def register(function: R) -> R:
        known: Any = DOWNLOADS.get(name)
        if known is not None and (known.__module__, known.__qualname__) != (function.__module__, function.__qualname__):
            message = f"two functions offer the file {name}"
            raise ValueError(message)
        DOWNLOADS[name] = function
        return function

    return register
