"""The Excel workbook: instructions, data with drop-downs, lists; written row by row in constant memory.

Template, export and annotated copy are the same workbook with other rows. The drop-downs of meter and unit
depend on the source chosen in the same row: the lists sheet keeps them beside the source's code.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from backend.emissions.activity import columns
from backend.emissions.activity.cells import Cell
from backend.emissions.activity.columns import Column
from backend.emissions.activity.directory import Directory
from backend.emissions.activity.guidance import GUIDANCE
from backend.emissions.activity.reading import DATA_SHEET
from backend.emissions.values import Tier

GUIDE_SHEET = "填写说明 Guide"
LISTS_SHEET = "选项 Lists"
LISTS = f"'{LISTS_SHEET}'"
SPARE_ROWS = 2000
"""Empty rows below the data that still have drop-downs."""

MOST_DIGITS = 15
"""Significant digits a workbook's number keeps; longer decimals are written as text."""

INK, PAPER, BAND, RED, PALE_RED = "#1F3A34", "#E8F1EE", "#F6F9F8", "#9C1C1C", "#FBE3E3"


class ActivityWorkbook:
    """A workbook being written. Use as a context manager; rows must come from top to bottom."""

    def __init__(self, path: Path, directory: Directory, layout: Sequence[Column]) -> None:
        options = {
            "constant_memory": True, "strings_to_numbers": False, "strings_to_formulas": False,
            "strings_to_urls": False, "default_date_format": "yyyy-mm-dd",
        }  # fmt: skip
        self._book = xlsxwriter.Workbook(str(path), options)
        self._book.set_properties({"title": f"活动数据 {directory.number}", "subject": directory.name})
        self.directory = directory
        self.layout = layout
        self._formats = self._make_formats()
        self._guide = self._book.add_worksheet(GUIDE_SHEET)
        self._data = self._book.add_worksheet(DATA_SHEET)
        self._lists = self._book.add_worksheet(LISTS_SHEET)
        self._next = 0

    def __enter__(self) -> Self:
        self._write_guide()
        self._write_lists()
        self._data.activate()
        self._data.set_first_sheet()
        return self

    def __exit__(self, *_: object) -> None:
        self._book.close()

    def _make_formats(self) -> dict[str, Any]:
        make = self._book.add_format
        title: dict[str, Any] = {
            "bold": True, "font_color": "#FFFFFF", "bg_color": INK, "valign": "vcenter", "text_wrap": True, "border": 1,
            "border_color": "#FFFFFF",
        }  # fmt: skip
        return {
            "title": make(title),
            "needed": make({**title, "bg_color": "#8A5A00"}),
            "fault_title": make({**title, "bg_color": RED}),
            "english": make({"font_color": INK, "bg_color": PAPER, "italic": True, "text_wrap": True}),
            "key": make({"font_color": "#7A8B86", "font_size": 8, "bg_color": PAPER, "bottom": 1}),
            "text": make({"num_format": "@", "valign": "top"}),
            "number": make({"num_format": "#,##0.###############", "valign": "top"}),
            "quiet": make({"font_color": "#7A8B86", "num_format": "@", "valign": "top"}),
            "month": make({"num_format": "yyyy-mm", "valign": "top"}),
            "fault": make({"bg_color": PALE_RED, "font_color": RED, "valign": "top", "border": 1, "border_color": RED}),
            "sentence": make({"font_color": RED, "text_wrap": True, "valign": "top"}),
            "h1": make({"bold": True, "font_size": 16, "font_color": INK}),
            "h2": make({"bold": True, "font_color": INK, "bottom": 1, "bottom_color": INK}),
            "body": make({"text_wrap": True, "valign": "top"}),
        }  # fmt: skip

    def titles(self) -> None:
        """Write our own three title rows: Chinese, English, keys."""
        sheet, formats = self._data, self._formats
        sheet.set_row(0, 30)
        for index, column in enumerate(self.layout):
            sheet.write_string(0, index, column.zh + (" *" if column.is_required else ""),
                               formats["needed" if column.is_required else "title"])  # fmt: skip
        for index, column in enumerate(self.layout):
            sheet.write_string(1, index, column.en + (" *" if column.is_required else ""), formats["english"])
        for index, column in enumerate(self.layout):
            sheet.write_string(2, index, column.key, formats["key"])
        self._next = 3
        self._dress({column.key: index for index, column in enumerate(self.layout)}, 3)

    def their_titles(self, rows: Sequence[Sequence[Cell]], positions: Mapping[str, int], faults_at: int) -> None:
        """Write the title rows of a user's own file, and the titles of the two problem columns."""
        for number, row in enumerate(rows):
            is_last = number == len(rows) - 1
            for index, cell in enumerate(row[:faults_at]):
                if cell not in (None, ""):
                    self._data.write_string(
                        number, index, str(cell), self._formats["key" if is_last and number else "title"]
                    )
            if number == 0 or is_last:
                for offset, column in enumerate(columns.ANNOTATION):
                    text = column.key if is_last and number else column.zh if offset == 0 else column.en
                    self._data.write_string(number, faults_at + offset, text, self._formats["fault_title"])
        self._next = len(rows)
        self._dress(positions, len(rows))
        self._data.set_column(faults_at, faults_at + 1, columns.PROBLEM_ZH.width)

    def row(self, values: Sequence[Cell]) -> None:
        """Write a row in the order of the layout."""
        for index, (column, value) in enumerate(zip(self.layout, values, strict=True)):
            self._cell(index, value, "quiet" if column.key in QUIET else None)
        self._next += 1

    def their_row(
        self, number: int, values: Sequence[Cell], faulty: Sequence[int], sentences: Sequence[str], faults_at: int
    ) -> None:
        """Write row `number` (from 1) of a user's own file, its faulty cells marked, its problems beside it."""
        self._next = number - 1
        for index, value in enumerate(values[:faults_at]):
            self._cell(index, value, "fault" if index in faulty else None)
        for index in faulty:
            if index >= len(values) or values[index] in (None, ""):
                self._data.write_blank(self._next, index, None, self._formats["fault"])
        for offset, sentence in enumerate(sentences):
            self._data.write_string(self._next, faults_at + offset, sentence, self._formats["sentence"])

    def _cell(self, index: int, value: Cell, style: str | None) -> None:
        if value is None or value == "":
            return
        sheet, formats = self._data, self._formats
        if isinstance(value, str):
            sheet.write_string(self._next, index, value, formats[style or "text"])
        elif isinstance(value, bool):
            sheet.write_boolean(self._next, index, value, formats[style or "text"])
        elif hasattr(value, "year"):
            sheet.write_datetime(self._next, index, value, formats[style or "month"])  # type: ignore[arg-type]
        elif isinstance(value, float | int):
            sheet.write_number(self._next, index, value, formats[style or "number"])
        elif not hasattr(value, "as_tuple"):
            sheet.write_string(self._next, index, str(value), formats[style or "text"])
        elif _fits(value):
            sheet.write_number(self._next, index, value, formats[style or "number"])  # type: ignore[arg-type]
        else:
            sheet.write_string(self._next, index, format(value, "f"), formats[style or "text"])

    def _dress(self, positions: Mapping[str, int], first_row: int) -> None:
        """Set widths, frozen titles, filter, help sentences and drop-downs of the data sheet."""
        sheet, formats = self._data, self._formats
        last_row = first_row + SPARE_ROWS + 100_000
        known = {column.key: column for column in self.layout}
        for key, index in positions.items():
            column = known.get(key)
            if column is None:
                continue
            base = "quiet" if key in QUIET else "number" if column.is_number else "text"
            sheet.set_column(index, index, column.width, formats[base], {"hidden": key == "record"})
            rule = self._rule(key, xl_col_to_name(positions.get("source", 0)), first_row + 1)
            rule.update(
                input_title=column.zh[:32], input_message=f"{column.help_zh}\n{column.help_en}"[:255],
                error_type="warning", ignore_blank=True,
            )  # fmt: skip
            if column.help_zh:
                sheet.data_validation(first_row, index, last_row, index, rule)
        sheet.freeze_panes(first_row, positions.get("source", -1) + 1)
        sheet.set_zoom(110)

    def _rule(self, key: str, source: str, row: int) -> dict[str, Any]:
        """Return the validation of a column; `source` is the column letter of the source, `row` the first row."""
        counts = {"source": len(self.directory.sources), "site": len(self.directory.sites),
                  "evidence": len(self.directory.evidence), "tier": len(Tier)}  # fmt: skip
        if counts.get(key):
            letter = xl_col_to_name(LIST_COLUMNS[key])
            return {"validate": "list", "source": f"={LISTS}!${letter}$2:${letter}${counts[key] + 1}"}
        at = f"MATCH(${source}{row},{LISTS}!$A:$A,0)-1"
        if key == "unit":
            return {"validate": "list", "source": f"=OFFSET({LISTS}!$D$1,{at},0,1,OFFSET({LISTS}!$C$1,{at},0))"}
        if key == "meter":
            letter = xl_col_to_name(LIST_COLUMNS["meter_source"])
            meters = f"{LISTS}!${letter}:${letter}"
            first = f"OFFSET({LISTS}!${xl_col_to_name(LIST_COLUMNS['meter'])}$1,MATCH(${source}{row},{meters},0)-1,0,"
            return {"validate": "list", "source": f"={first}COUNTIF({meters},${source}{row}),1)"}
        return {"validate": "any"}

    def _write_lists(self) -> None:
        """Write what the drop-downs choose from. Column A: source codes; C, D...: how many units, and the units."""
        sheet, style = self._lists, self._formats
        names = {0: "source", 1: "source_name", 2: "units", 3: "unit"}
        names |= {LIST_COLUMNS[key]: key for key in ("site", "tier", "evidence", "meter_source", "meter")}
        for index in sorted(names):
            sheet.write_string(0, index, names[index], style["title"])
        sources = list(self.directory.sources.values())
        sites = list(self.directory.sites)
        labels = list(self.directory.evidence.values())
        meters = [(source.code, meter.code) for source in sources for meter in source.meters.values()]
        tiers = [tier.value for tier in Tier]
        for number in range(max(map(len, (sources, sites, labels, meters, tiers)))):
            if number < len(sources):
                source = sources[number]
                for index, value in enumerate((source.code, source.name)):
                    sheet.write_string(number + 1, index, value)
                units = source.units[:MOST_UNITS]
                sheet.write_number(number + 1, 2, len(units))
                for index, unit in enumerate(units, start=3):
                    sheet.write_string(number + 1, index, unit.code)
            pairs = ((sites, "site"), (tiers, "tier"), (labels, "evidence"))
            for values, key in pairs:
                if number < len(values):
                    sheet.write_string(number + 1, LIST_COLUMNS[key], values[number])
            if number < len(meters):
                sheet.write_string(number + 1, LIST_COLUMNS["meter_source"], meters[number][0])
                sheet.write_string(number + 1, LIST_COLUMNS["meter"], meters[number][1])
        sheet.set_column(0, LIST_COLUMNS["meter"], 16)
        sheet.freeze_panes(1, 0)

    def _write_guide(self) -> None:
        sheet, style = self._guide, self._formats
        sheet.hide_gridlines(2)
        sheet.set_column(0, 0, 24)
        sheet.set_column(1, 2, 70)
        sheet.write_string(0, 0, f"{self.directory.name}　{self.directory.number}", style["h1"])
        number = 2
        for zh, en in GUIDANCE:
            sheet.set_row(number, 34)
            sheet.write_string(number, 1, zh, style["body"])
            sheet.write_string(number, 2, en, style["body"])
            number += 1
        number += 1
        for index, text in enumerate(("列 / Column", "填写要求", "What to write")):
            sheet.write_string(number, index, text, style["h2"])
        for column in self.layout:
            number += 1
            sheet.write_string(number, 0, f"{column.zh}\n{column.en}", style["body"])
            needed_zh, needed_en = ("必填。", "Required. ") if column.is_required else ("", "")
            sheet.write_string(number, 1, needed_zh + column.help_zh, style["body"])
            sheet.write_string(number, 2, needed_en + column.help_en, style["body"])


MOST_UNITS = 12
LIST_COLUMNS = {"source": 0, "site": 16, "tier": 17, "evidence": 18, "meter_source": 19, "meter": 20}
"""Columns of the lists sheet; the units of a source stand in D to O of its row."""

QUIET = frozenset({"source_name", "record"})
"""Columns filled by the product, shown in grey."""


def _fits(value: Any) -> bool:  # noqa: ANN401 - a Decimal, told from the other cells by the caller
    """Say whether a workbook's binary number keeps every digit of a decimal."""
    digits = len(value.normalize().as_tuple().digits) if value else 1
    return digits <= MOST_DIGITS and -300 < value.adjusted() < 300  # noqa: PLR2004 - the range of a binary float
