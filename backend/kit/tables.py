"""Rows of a file, one at a time: workbooks and CSV, without ever holding the whole file.

A workbook's sheet of ordinary size is decoded by calamine (a second for 100,000 rows; its cells stay outside
Python); a larger one is streamed by openpyxl, ten times slower and in constant memory. What a workbook unpacks
to is measured before anything is unpacked.
"""

import csv
import zipfile
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from unicodedata import normalize

import openpyxl
import python_calamine
from openpyxl.utils.exceptions import InvalidFileException

from backend.kit.errors import Invalid, Limited

HEADER_ROWS = 10
"""The titles stand within so many rows of the top."""

SHEET_IN_MEMORY = 120 * 1024 * 1024
"""Bytes of a sheet's XML (and of its shared texts) up to which calamine may decode it at once."""

LARGEST_UNPACKED = 4 * 1024 * 1024 * 1024
"""More than any honest workbook of a million rows: a decompression bomb."""

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv"

Cell = str | float | int | bool | date | datetime | time | timedelta | Decimal | None

Row = Sequence[Cell]


class FileUnreadable(Invalid):
    """The file is not a workbook or CSV we can read."""

    code = "file_unreadable"
    en = "The file cannot be read: {reason_en}. Save it as .xlsx or as CSV (UTF-8 or GB18030) and send it again."
    zh = "无法读取该文件：{reason_zh}。请另存为 .xlsx 或 CSV（UTF-8 或 GB18030 编码）后重新上传。"


class HeaderMissing(Invalid):
    """The file has no row with our column titles."""

    code = "header_missing"
    en = "No row has the titles of our template (at least: {needed}). Download the template and keep its title rows."
    zh = "未找到模板的标题行（至少需要：{needed}）。请下载模板，并保留其标题行。"


class TooManyRows(Limited):
    """More rows than one file or command may have."""

    code = "too_many_rows"
    en = "More than {limit} rows. Send them in parts."
    zh = "数据超过 {limit} 行，请分批提交。"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: stable key, titles, the sentence shown when its cell is chosen, width in characters."""

    key: str
    zh: str
    en: str
    help_zh: str
    help_en: str
    width: int = 14
    is_required: bool = False
    is_number: bool = False
    unit: str = ""
    spellings: tuple[str, ...] = ()


def is_blank(cell: Cell) -> bool:
    """Say whether a cell holds nothing but blanks."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


def word(cell: Cell) -> str:
    """Return a code as text: whole numbers without a point, so that a code typed as 12 is '12'."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return cell.strip()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def plain(title: object) -> str:
    """Fold what people vary in a title without meaning it."""
    return "".join(normalize("NFKC", str(title)).replace("*", "").split()).casefold()


def positions(columns: Sequence[Column], titles: Sequence[object]) -> dict[str, int]:
    """Return where each known column stands in a row of titles; the first of two equal titles counts."""
    names: dict[str, str] = {}
    for column in columns:
        for name in (column.key, column.zh, column.en, *column.spellings):
            names.setdefault(plain(name), column.key)
    found: dict[str, int] = {}
    for index, title in enumerate(titles):
        key = names.get(plain(title)) if title not in (None, "") else None
        if key is not None:
            found.setdefault(key, index)
    return found


@dataclass(frozen=True, slots=True)
class Table:
    """An opened file: where its columns stand, its title rows, and the rows below them with their numbers."""

    positions: dict[str, int]
    titles: tuple[Row, ...]
    title_row: int
    """Number (from 1) of the title row the columns were found by; the last one, when there are several."""
    rows: Iterator[tuple[int, Row]]
    expected: int
    """About how many rows there are, for progress only."""


class _Rows:
    """Rows of a file, with a guess how many they are."""

    expected = 0

    def __init__(self, path: Path, sheet: str) -> None:
        self.path, self.sheet = path, sheet

    def __iter__(self) -> Iterator[Row]:
        return self.workbook() if is_workbook(self.path) else self.text()

    def workbook(self) -> Iterator[Row]:
        """Give the rows of a workbook's data sheet."""
        sizes = _unpacked(self.path)
        if sum(sizes.values()) > LARGEST_UNPACKED:
            raise FileUnreadable(reason_zh="解压后过大", reason_en="it unpacks to an unreasonable size")
        parts = ("xl/worksheets/", "xl/sharedS")
        largest = max((size for name, size in sizes.items() if name.startswith(parts)), default=0)
        try:
            yield from self._streamed() if largest > SHEET_IN_MEMORY else self._decoded()
        except (
            python_calamine.CalamineError,
            zipfile.BadZipFile,
            InvalidFileException,
            KeyError,
            ValueError,
            OSError,
        ) as error:
            reason_zh, reason_en = "工作簿已损坏或受密码保护", "the workbook is damaged or has a password"
            raise FileUnreadable(reason_zh=reason_zh, reason_en=reason_en) from error

    def named(self, names: Sequence[str]) -> str:
        """Return the data sheet: the expected one by name, else the first."""
        return self.sheet if self.sheet in names else names[0]

    def _decoded(self) -> Iterator[Row]:
        with python_calamine.CalamineWorkbook.from_path(self.path) as workbook:
            sheet: Any = workbook.get_sheet_by_name(self.named(workbook.sheet_names))
            self.expected = sheet.total_height
            yield from sheet.iter_rows()

    def _streamed(self) -> Iterator[Row]:
        # A path would have to end in .xlsx; an open file is taken as it is.
        with self.path.open("rb") as file:
            workbook = openpyxl.load_workbook(file, read_only=True, data_only=True)
            sheet: Any = workbook[self.named(workbook.sheetnames)]
            self.expected = sheet.max_row or 0
            yield from sheet.iter_rows(values_only=True)

    def text(self) -> Iterator[Row]:
        """Give the rows of a CSV."""
        encoding, self.expected = encoding_of(self.path)
        csv.field_size_limit(1 << 20)
        with self.path.open(encoding=encoding, newline="") as file:
            first = file.readline()
            file.seek(0)
            delimiter = max(",;\t", key=first.count)
            try:
                for row in csv.reader(file, delimiter=delimiter, strict=True):
                    yield [cell if cell[:1] != "'" else _unguarded(cell) for cell in row]
            except csv.Error as error:
                raise FileUnreadable(reason_zh=f"CSV 格式错误（{error}）", reason_en=f"broken CSV ({error})") from error


def is_workbook(path: Path) -> bool:
    """Say whether the file is a zip container, as every .xlsx is."""
    with path.open("rb") as file:
        return file.read(4) == b"PK\x03\x04"


def _unpacked(path: Path) -> dict[str, int]:
    try:
        with zipfile.ZipFile(path) as archive:
            return {item.filename: item.file_size for item in archive.infolist()}
    except zipfile.BadZipFile as error:
        raise FileUnreadable(reason_zh="不是有效的 xlsx 文件", reason_en="not a valid .xlsx file") from error


def encoding_of(path: Path) -> tuple[str, int]:
    """Return the encoding of a CSV, UTF-8 if all of it is, else GB18030, and how many lines it has.

    Raises:
        FileUnreadable: it is neither.
    """
    for encoding in ("utf-8-sig", "gb18030"):
        lines = 0
        try:
            with path.open(encoding=encoding, newline="") as file:
                while piece := file.read(1 << 18):
                    if "\0" in piece:
                        raise FileUnreadable(reason_zh="不是文本文件", reason_en="it is not text")
                    lines += piece.count("\n")
        except UnicodeDecodeError:
            continue
        return encoding, lines
    raise FileUnreadable(reason_zh="文字编码无法识别", reason_en="its text encoding is unknown")


GUARDED = ("=", "+", "-", "@", "\t", "\r")
"""What makes a spreadsheet take a CSV cell for a formula."""


def guarded(text: str) -> str:
    """Return text that no spreadsheet takes for a formula: one apostrophe more before a dangerous start."""
    return f"'{text}" if text.lstrip("'").startswith(GUARDED) else text


def _unguarded(text: str) -> str:
    return text[1:] if text.startswith("'") and text.lstrip("'").startswith(GUARDED) else text


@contextmanager
def open_table(path: Path, columns: Sequence[Column], needed: Sequence[Column], *, sheet: str = "") -> Generator[Table]:
    """Open a workbook or CSV and find its titles; close it on the way out.

    The columns may stand in any order, among others; `needed` must be there. `sheet` is the name of a workbook's data
    sheet, the first one if none is called so.

    Raises:
        FileUnreadable: not a file we can read.
        HeaderMissing: no row near the top has the titles of the needed columns.
    """
    rows, keys = _Rows(path, sheet), {column.key for column in needed}
    numbered = enumerate(rows, start=1)
    titles: list[Row] = []
    best: dict[str, int] = {}
    title_row = 0
    held: list[tuple[int, Row]] = []
    for number, row in numbered:
        found = positions(columns, row)
        if keys <= found.keys():
            # Titles in two languages and keys stand below each other: the data begin under the last of them.
            best, title_row = (found if len(found) >= len(best) else best), number
            titles = [*titles, *(each for _, each in held), row]
            held = []
        elif best or number >= HEADER_ROWS:
            held.append((number, row))
            break
        else:
            held.append((number, row))
    if not best:
        raise HeaderMissing(needed=", ".join(f"{column.key} {column.zh}" for column in needed))

    def data() -> Iterator[tuple[int, Row]]:
        yield from held
        yield from numbered

    yield Table(best, tuple(titles), title_row, data(), rows.expected)
