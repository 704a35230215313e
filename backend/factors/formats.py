"""Reading files of parameters: bytes in, entries or every fault out. Pure.

A layout is known by its header. Every fault of every row is collected, with line and column, before anything
is refused.
"""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from backend.factors import rules
from backend.factors.layouts import FORMATS, Defaults, Format, Row
from backend.factors.values import Entry, Fault, Validity

_NOT_TEXT = Fault(
    1,
    "file",
    "is neither UTF-8 nor GB18030 text; save it as CSV UTF-8.",
    "不是 UTF-8 或 GB18030 文本，请另存为 CSV UTF-8。",
)


@dataclass(frozen=True, slots=True)
class Parsed:
    """A file that was read: its layout, how many rows it has, and what they say."""

    format: str
    rows: int
    entries: list[Entry]


def parse(content: bytes, defaults: Defaults, most_rows: int) -> Parsed | list[Fault] | None:
    """Read a file. Returns its entries, or every fault, or None when it has more than `most_rows` rows."""
    text = decode(content)
    if text is None:
        return [_NOT_TEXT]
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    table: list[tuple[int, list[str]]] = []
    try:
        header = [column.strip() for column in next(reader, [])]
        for cells in reader:
            if any(cell.strip() for cell in cells):
                table.append((reader.line_num, cells))
            if len(table) > most_rows:
                return None
    except csv.Error as error:
        return [Fault(reader.line_num, "row", f"is not CSV: {error}.", f"不是有效的 CSV：{error}。")]
    layout = _format(header)
    if isinstance(layout, Fault):
        return [layout]
    if not table:
        return [Fault(2, "row", "there is no row.", "没有数据行。")]
    return _read(layout, header, table, defaults)


def _read(
    layout: Format, header: Sequence[str], table: Sequence[tuple[int, list[str]]], defaults: Defaults
) -> Parsed | list[Fault]:
    faults: list[Fault] = []
    entries: list[Entry] = []
    lines: list[int] = []
    for line, cells in table:
        row = _row(line, header, cells, defaults, faults)
        if row is None:
            continue
        found = list(layout.read(row))
        # A cell read twice (a row can make several entries) is wrong once.
        faults += dict.fromkeys(row.faults)
        entries += found
        lines += [line] * len(found)
    if faults:
        return faults
    entries = _closed(_sourced(entries))
    return _repeated(entries, lines) or Parsed(layout.name, len(table), entries)


def decode(content: bytes) -> str | None:
    """Return the text of a file as spreadsheets write it: UTF-8 with or without mark, or GB18030."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return None if "\0" in text else text
    return None


def _format(header: Sequence[str]) -> Format | Fault:
    """Return the format with this header, else what the nearest one lacks."""
    columns = set(header)
    if len(columns) != len(header):
        twice = next(column for column in header if header.count(column) > 1)
        return Fault(1, twice or "header", "the column is there twice.", "该列重复。")
    nearest = max(FORMATS, key=lambda each: len(columns & set(each.columns)))
    missing = [column for column in nearest.columns if column not in columns]
    unknown = [column for column in header if column not in (*nearest.columns, *nearest.optional)]
    if not missing and not unknown:
        return nearest
    said_en = [f"missing: {', '.join(missing)}" if missing else "", f"unknown: {', '.join(unknown)}" if unknown else ""]
    said_zh = [f"缺少：{', '.join(missing)}" if missing else "", f"未知：{', '.join(unknown)}" if unknown else ""]
    return Fault(
        1,
        "header",
        f"the columns must be {', '.join(nearest.columns)} ({'; '.join(part for part in said_en if part)}).",
        f"列应为 {', '.join(nearest.columns)}（{'；'.join(part for part in said_zh if part)}）。",
    )


def _row(line: int, header: Sequence[str], cells: Sequence[str], defaults: Defaults, faults: list[Fault]) -> Row | None:
    if len(cells) != len(header):
        faults.append(
            Fault(
                line,
                "row",
                f"has {len(cells)} cells, the header {len(header)}; put a cell with a comma in quotation marks.",
                f"有 {len(cells)} 个单元格，表头为 {len(header)} 个；含逗号的内容请加引号。",
            )
        )
        return None
    return Row(line, dict(zip(header, cells, strict=True)), defaults)


def _sourced(entries: Sequence[Entry]) -> list[Entry]:
    """Replace a source that only points at the row above ("as above") by what that row says."""
    found: list[Entry] = []
    above = ""
    for entry in entries:
        above = above if entry.source == "as above" and above else entry.source
        found.append(entry if entry.source == above else replace(entry, source=above))
    return found


def _closed(entries: Sequence[Entry]) -> list[Entry]:
    """Let a value without an end hold until the file's next value of the same parameter starts."""
    starts: dict[tuple[str, str, str], list[date]] = {}
    for entry in entries:
        if entry.valid.start is not None:
            starts.setdefault(entry.identity, []).append(entry.valid.start)
    found: list[Entry] = []
    for entry in entries:
        start, end = entry.valid.start, entry.valid.end
        later = [day for day in starts.get(entry.identity, ()) if start is None or day > start]
        if end is None and later:
            found.append(replace(entry, valid=Validity(start, min(later))))
        else:
            found.append(entry)
    return found


def _repeated(entries: Sequence[Entry], lines: Sequence[int]) -> list[Fault]:
    return [
        Fault(
            lines[second],
            entries[second].name,
            f"'{entries[second].key}' is stated on line {lines[first]} already for overlapping times.",
            f"“{entries[second].key}”已在第 {lines[first]} 行给出，有效期重叠。",
        )
        for first, second in rules.conflicting(entries)
    ]
