"""Files of lines as people send them: read and checked chunk by chunk; the template out; the annotated copy back.

What a file's columns are and what is wrong with a line is the caller's; how a file is opened, walked and written again
is the same for all.
"""

import asyncio
import csv
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, Self

import xlsxwriter

from backend.kit.tables import Cell, Column, Table, TooManyRows, guarded, is_blank, is_workbook, open_table

PROBLEM_ZH = Column("problem_zh", "问题", "Problem (zh)", "", "", 60)
PROBLEM_EN = Column("problem_en", "问题（英文）", "Problem (en)", "", "", 60)
ANNOTATION = (PROBLEM_ZH, PROBLEM_EN)
CHUNK_ROWS = 4000
SEPARATOR = "\n"
TEXT: dict[str, Any] = {"num_format": "@", "valign": "top"}
TITLE: dict[str, Any] = {
    "bold": True,
    "font_color": "#FFFFFF",
    "bg_color": "#1F3A34",
    "text_wrap": True,
    "valign": "vcenter",
}
RED: dict[str, Any] = {"bg_color": "#FBE3E3", "font_color": "#9C1C1C", "valign": "top", "num_format": "@"}

Check = Callable[[int, list[Cell]], None]
"""Checks a line: its row, and its cells; a column the file has not points (-1) at the last one, which is always empty."""


class Told(Protocol):
    """What is wrong with a cell: the column's key, and the sentence in a language."""

    @property
    def column(self) -> str:
        """Key of the column."""
        ...

    def message(self, language: str) -> str:
        """Return the sentence in `zh` or `en`."""
        ...


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns of a kind of file, and the name of a workbook's data sheet."""

    columns: tuple[Column, ...]
    sheet: str

    @property
    def needed(self) -> tuple[Column, ...]:
        """The columns no file may be without."""
        return tuple(column for column in self.columns if column.is_required)


class LineFile:
    """An open file whose lines are checked chunk by chunk. One thread: the decoders are not made to be handed on.

    `begin` is given where the known columns stand and returns the check of a line.
    """

    def __init__(self, path: Path, layout: Layout, begin: Callable[[dict[str, int]], Check], most_rows: int) -> None:
        self.rows = self.expected = 0
        self._path, self._layout, self._begin, self._most_rows = path, layout, begin, most_rows
        self._stack = ExitStack()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="line-file")
        self._chunks: Iterator[int] = iter(())

    async def __aenter__(self) -> Self:
        await self.in_thread(self._open)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.in_thread(self._stack.close)
        self._thread.shutdown(wait=False)

    async def in_thread(self, function: Callable[..., Any], *arguments: Any) -> Any:  # noqa: ANN401 - whatever the function returns
        """Run a function in the file's thread."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, function, *arguments)

    def _open(self) -> None:
        layout = self._layout
        known = (*layout.columns, *ANNOTATION)
        table = self._stack.enter_context(open_table(self._path, known, layout.needed, sheet=layout.sheet))
        self.expected = table.expected
        self._chunks = self._checked(table)

    def _checked(self, table: Table) -> Iterator[int]:
        check, width = self._begin(table.positions), max(table.positions.values()) + 1
        for number, found in table.rows:
            if all(map(is_blank, found)):
                continue
            self.rows += 1
            if self.rows > self._most_rows:
                raise TooManyRows(limit=self._most_rows)
            check(number, [*found, *[None] * (width - len(found)), None])
            if self.rows % CHUNK_ROWS == 0:
                yield self.rows
        yield self.rows

    async def progress(self) -> AsyncIterator[int]:
        """Check the lines; give, from time to time, how many were.

        Raises:
            TooManyRows: more than the limit.
            FileUnreadable: the file breaks off.
        """
        while (rows := await self.in_thread(next, self._chunks, None)) is not None:
            yield rows


def write_template(
    layout: Layout, kind: str, path: Path, *, lists: Sequence[tuple[str, Sequence[Sequence[str]]]] = ()
) -> None:
    """Write an empty file with the titles: Chinese, and in a workbook English and keys below them.

    `lists` are what cells may hold, each a sheet of a workbook's own: its name, its rows.
    """
    columns = layout.columns
    rows = [[each.zh for each in columns], [each.en for each in columns], [each.key for each in columns]]
    if kind == "csv":
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerow(rows[0])
        return
    with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as book:
        sheet = book.add_worksheet(layout.sheet)
        text, title = book.add_format(TEXT), book.add_format(TITLE)
        for index, column in enumerate(columns):
            sheet.set_column(index, index, column.width, text)
        for number, row in enumerate(rows):
            for index, cell in enumerate(row):
                mark = " *" if number == 0 and columns[index].is_required else ""
                sheet.write_string(number, index, cell + mark, title)
        guide = book.add_worksheet("填写说明 Guide")
        guide.set_column(0, 0, 30)
        guide.set_column(1, 2, 60)
        for number, column in enumerate(columns):
            for index, cell in enumerate((column.zh, column.help_zh, column.help_en)):
                guide.write_string(number, index, cell)
        for name, given in lists:
            page = book.add_worksheet(name)
            page.set_column(0, 2, 24)
            for number, row in enumerate(given):
                for index, cell in enumerate(row):
                    page.write_string(number, index, cell)


def annotate(layout: Layout, source: Path, problems: Mapping[int, Sequence[Told]], target: Path) -> None:
    """Write the file again, each line's problems beside it; in a workbook the wrong cells are marked."""
    with open_table(source, (*layout.columns, *ANNOTATION), layout.needed, sheet=layout.sheet) as table:
        at = table.positions.get(PROBLEM_ZH.key, max(map(len, table.titles)))
        if is_workbook(source):
            _annotate_workbook(layout.sheet, table, problems, target, at)
        else:
            _annotate_csv(table, problems, target, at)


def _sentences(problems: Sequence[Told]) -> list[str]:
    return (
        [SEPARATOR.join(each.message(language) for each in problems) for language in ("zh", "en")] if problems else []
    )


def _padded(row: Sequence[Cell], width: int) -> list[str]:
    cells = ["" if each is None else str(each) for each in row[:width]]
    return [*cells, *[""] * (width - len(cells))]


def _annotate_csv(table: Table, problems: Mapping[int, Sequence[Told]], target: Path, at: int) -> None:
    with target.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        for title in table.titles:
            writer.writerow([*_padded(title, at), *(each.zh for each in ANNOTATION)])
        for number, row in table.rows:
            cells = (*_padded(row, at), *_sentences(problems.get(number, ())))
            writer.writerow([guarded(each) for each in cells])


def _annotate_workbook(name: str, table: Table, problems: Mapping[int, Sequence[Told]], target: Path, at: int) -> None:
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(str(target), options) as book:
        sheet = book.add_worksheet(name)
        text, title, red = book.add_format(TEXT), book.add_format(TITLE), book.add_format({**RED, "text_wrap": True})
        for number, row in enumerate(table.titles):
            for index, cell in enumerate((*_padded(row, at), *(each.zh for each in ANNOTATION))):
                sheet.write_string(number, index, cell, title)
        sheet.set_column(0, at - 1, 16, text)
        sheet.set_column(at, at + 1, PROBLEM_ZH.width)
        sheet.freeze_panes(len(table.titles), 1)
        for number, row in table.rows:
            found = problems.get(number, ())
            wrong = {table.positions.get(each.column, -1) for each in found}
            for index, cell in enumerate((*_padded(row, at), *_sentences(found))):
                if cell or index in wrong:
                    sheet.write_string(number - 1, index, cell, red if index in wrong or index >= at else text)
