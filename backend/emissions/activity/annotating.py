"""A file that was refused, given back: the user's own rows and columns, the wrong cells marked, each row's problems.

Rows and problems are read side by side, both in the order of the file, so memory stays flat whatever is wrong.
"""

import csv
import json
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import text

from backend.emissions.activity import staging
from backend.emissions.activity.cells import Cell
from backend.emissions.activity.columns import ANNOTATION, PROBLEM_ZH, Column
from backend.emissions.activity.directory import Directory
from backend.emissions.activity.problems import Problem
from backend.emissions.activity.reading import Table, guarded, is_workbook, open_table
from backend.emissions.activity.workbook import ActivityWorkbook
from backend.kit.db import Read

SEPARATOR = "\n"


def problems_of(found: Any) -> list[Problem]:  # noqa: ANN401 - a row of `verdicts`
    """Return every problem of a row, its own first, then what the books say."""
    own, *books = (json.loads(each) if isinstance(each, str) else each for each in (
        found.problems, found.books, found.mixed, found.usual))  # fmt: skip
    return [staging.problem_of(each) for each in [*(own or []), *(each for each in books if each)]]


async def stream_problems(read: Read) -> AsyncIterator[tuple[int, list[Problem]]]:
    """Give row number and problems of every row that has some, in the order of the file, by a server-side cursor."""
    async with read.connection.stream(text(staging.PROBLEMS)) as result:
        async for found in result:
            yield found.row_no, problems_of(found)


def to_line(row: int, problems: Sequence[Problem]) -> str:
    """Write a row's problems as a line of the side file."""
    return json.dumps([row, [staging.problem_json(each) for each in problems]], ensure_ascii=False) + "\n"


def _lines(path: Path) -> Iterator[tuple[int, list[Problem]]]:
    with path.open(encoding="utf-8") as file:
        for line in file:
            row, problems = json.loads(line)
            yield row, [staging.problem_of(each) for each in problems]


def _side_by_side(table: Table, faults: Path) -> Iterator[tuple[int, Sequence[Cell], list[Problem]]]:
    problems = _lines(faults)
    ahead = next(problems, None)
    for number, row in table.rows:
        if ahead is not None and ahead[0] == number:
            yield number, row, ahead[1]
            ahead = next(problems, None)
        else:
            yield number, row, []


def _sentences(problems: Sequence[Problem]) -> list[str]:
    return [SEPARATOR.join(each.message(language) for each in problems) for language in ("zh", "en")]


def annotate(source: Path, faults: Path, target: Path, directory: Directory, layout: Sequence[Column]) -> None:
    """Write the annotated copy of a workbook (as workbook) or CSV (as CSV)."""
    with open_table(source, layout) as table:
        width = max(map(len, table.titles))
        at = table.positions.get(PROBLEM_ZH.key, width)
        if is_workbook(source):
            _annotate_workbook(table, faults, target, directory, layout, at)
        else:
            _annotate_csv(table, faults, target, at)


def _annotate_workbook(
    table: Table, faults: Path, target: Path, directory: Directory, layout: Sequence[Column], at: int
) -> None:
    with ActivityWorkbook(target, directory, layout) as book:
        book.their_titles(table.titles, table.positions, at)
        for number, row, problems in _side_by_side(table, faults):
            wrong = sorted({table.positions.get(each.column, -1) for each in problems} - {-1})
            book.their_row(number, row, wrong, _sentences(problems) if problems else [], at)


def _annotate_csv(table: Table, faults: Path, target: Path, at: int) -> None:
    with target.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        for title in table.titles:
            writer.writerow([*_padded(title, at), *(column.key for column in ANNOTATION)])
        for _number, row, problems in _side_by_side(table, faults):
            writer.writerow([guarded(str(each)) for each in (*_padded(row, at), *_sentences(problems))])


def _padded(row: Sequence[Cell], width: int) -> list[Cell]:
    return [*("" if each is None else each for each in row[:width]), *[""] * (width - len(row))]
