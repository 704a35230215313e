"""The file: lines read and checked in a thread of their own; the template; the annotated copy of a refused file."""

import asyncio
import csv
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Self

import xlsxwriter

from backend.credits.gec.checking import LineChecker, Sorted, is_empty, lines_of
from backend.credits.gec.columns import ANNOTATION, COLUMNS, NEEDED, PROBLEM_ZH
from backend.credits.gec.problems import Problem
from backend.kit.tables import Cell, Table, TooManyRows, guarded, is_workbook, open_table

SHEET = "绿证 GEC"
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


class CertificateFile:
    """An open file whose lines are checked chunk by chunk. One thread: the decoders are not made to be handed on."""

    def __init__(self, path: Path, checker: LineChecker, most_rows: int) -> None:
        self.rows = self.expected = 0
        self._path, self._checker, self._most_rows = path, checker, most_rows
        self._stack = ExitStack()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="certificate-file")
        self._chunks: Iterator[int] = iter(())

    async def __aenter__(self) -> Self:
        await self._in_thread(self._open)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._in_thread(self._stack.close)
        self._thread.shutdown(wait=False)

    async def _in_thread(self, function: Any, *arguments: Any) -> Any:  # noqa: ANN401 - whatever the function returns
        return await asyncio.get_running_loop().run_in_executor(self._thread, function, *arguments)

    def _open(self) -> None:
        table = self._stack.enter_context(open_table(self._path, (*COLUMNS, *ANNOTATION), NEEDED, sheet=SHEET))
        self.expected = table.expected
        self._chunks = self._checked(table)

    def _checked(self, table: Table) -> Iterator[int]:
        at_code, at_price, at_facts = lines_of(table.positions)
        width = max(table.positions.values()) + 1
        for number, found in table.rows:
            # A column the file has not points at the last cell, which is always empty.
            cells: list[Cell] = [*found, *[None] * (width - len(found)), None]
            if is_empty(found):
                continue
            self.rows += 1
            if self.rows > self._most_rows:
                raise TooManyRows(limit=self._most_rows)
            self._checker.check(number, cells[at_code], cells[at_price], tuple([cells[index] for index in at_facts]))
            if self.rows % CHUNK_ROWS == 0:
                yield self.rows
        yield self.rows

    async def progress(self) -> AsyncIterator[int]:
        """Check the lines; give, from time to time, how many were.

        Raises:
            TooManyRows: more than the limit.
            FileUnreadable: the file breaks off.
        """
        while (rows := await self._in_thread(next, self._chunks, None)) is not None:
            yield rows

    async def sorted(self) -> Sorted:
        """Return the good lines put together."""
        return await self._in_thread(self._checker.sorted)


def write_template(kind: str, path: Path) -> None:
    """Write an empty file with the titles: Chinese, and in a workbook English and keys below them."""
    rows = [[each.zh for each in COLUMNS], [each.en for each in COLUMNS], [each.key for each in COLUMNS]]
    if kind == "csv":
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerow(rows[0])
        return
    with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as book:
        sheet = book.add_worksheet(SHEET)
        text, title = book.add_format(TEXT), book.add_format(TITLE)
        for index, column in enumerate(COLUMNS):
            sheet.set_column(index, index, column.width, text)
        for number, row in enumerate(rows):
            for index, cell in enumerate(row):
                sheet.write_string(
                    number, index, cell + (" *" if number == 0 and COLUMNS[index].is_required else ""), title
                )
        guide = book.add_worksheet("填写说明 Guide")
        guide.set_column(0, 0, 30)
        guide.set_column(1, 2, 60)
        for number, column in enumerate(COLUMNS):
            for index, cell in enumerate((column.zh, column.help_zh, column.help_en)):
                guide.write_string(number, index, cell)


def annotate(source: Path, problems: Mapping[int, Sequence[Problem]], target: Path) -> None:
    """Write the file again, each line's problems beside it; in a workbook the wrong cells are marked."""
    with open_table(source, (*COLUMNS, *ANNOTATION), NEEDED, sheet=SHEET) as table:
        at = table.positions.get(PROBLEM_ZH.key, max(map(len, table.titles)))
        if is_workbook(source):
            _annotate_workbook(table, problems, target, at)
        else:
            _annotate_csv(table, problems, target, at)


def _sentences(problems: Sequence[Problem]) -> list[str]:
    return (
        [SEPARATOR.join(each.message(language) for each in problems) for language in ("zh", "en")] if problems else []
    )


def _padded(row: Sequence[Cell], width: int) -> list[str]:
    cells = ["" if each is None else str(each) for each in row[:width]]
    return [*cells, *[""] * (width - len(cells))]


def _annotate_csv(table: Table, problems: Mapping[int, Sequence[Problem]], target: Path, at: int) -> None:
    with target.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        for title in table.titles:
            writer.writerow([*_padded(title, at), *(each.zh for each in ANNOTATION)])
        for number, row in table.rows:
            cells = (*_padded(row, at), *_sentences(problems.get(number, ())))
            writer.writerow([guarded(each) for each in cells])


def _annotate_workbook(table: Table, problems: Mapping[int, Sequence[Problem]], target: Path, at: int) -> None:
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(str(target), options) as book:
        sheet = book.add_worksheet(SHEET)
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
