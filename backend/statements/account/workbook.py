"""The workbook of a statement: a sheet for each chapter, one of every figure with its exact value and where it is from."""

import io
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from backend.statements.account.chapters import day_and_time, present
from backend.statements.account.encoding import mark_of
from backend.statements.account.presenting import (
    COUNTED,
    Cell,
    Presentation,
    Row,
    Section,
    Speaker,
    Table,
    places_of,
    signs,
)
from backend.statements.account.values import Figure, StatementData
from backend.statements.account.wording import MARKS

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FONT = "Microsoft YaHei"
INK, ACCENT, PALE, QUIET = "#16241F", "#1F6F54", "#EEF5F1", "#5B6D66"
WIDEST, NARROWEST = 46, 11
_SHEET_NAME = 31
"""The longest name Excel gives a sheet."""


def workbook(data: StatementData, language: str, content: bytes, number: str, issued_at: datetime, url: str) -> bytes:
    """Return the workbook of a statement in a language. Blocks; call it in a thread."""
    return _Writer(data, language).made(content, number, issued_at, url)


class _Writer:
    def __init__(self, data: StatementData, language: str) -> None:
        import xlsxwriter  # noqa: PLC0415 - only a process that makes documents needs it

        self._data, self._speak = data, Speaker(language)
        self._shown: Presentation = present(data, language, is_whole=True)
        self._out = io.BytesIO()
        # A workbook that never saw a clock: the same statement gives the same bytes.
        self._book: Any = xlsxwriter.Workbook(
            self._out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        )
        base = {"font_name": FONT, "font_size": 10, "font_color": INK, "valign": "vcenter"}
        add = self._book.add_format
        self._text = add(base)
        self._wrapped = add({**base, "text_wrap": True, "valign": "top"})
        self._quiet = add({**base, "font_color": QUIET, "font_size": 9})
        self._title = add({**base, "font_size": 16, "font_color": ACCENT})
        self._heading = add({**base, "font_size": 11, "font_color": ACCENT, "bold": True})
        self._head = add({**base, "bold": True, "font_color": "#FFFFFF", "bg_color": ACCENT, "text_wrap": True})
        self._numbers: dict[tuple[str, bool], Any] = {}
        self._base = base

    def made(self, content: bytes, number: str, issued_at: datetime, url: str) -> bytes:
        title = self._speak.say("碳账户报告", "Carbon Account Statement")
        self._book.set_properties(
            {
                "title": f"{title} {number}",
                "author": self._data.issuer.name.zh,
                "created": issued_at.replace(tzinfo=None),
            }
        )
        self._cover(title, content, number, issued_at, url)
        for each in self._shown.sections:
            self._section(each)
        self._lineage()
        self._book.close()
        return self._out.getvalue()

    def _cover(self, title: str, content: bytes, number: str, issued_at: datetime, url: str) -> None:
        say, data = self._speak.say, self._data
        subject = data.subject
        holder = (subject.holder_en or subject.holder) if self._speak.language == "en" else subject.holder
        page = self._sheet(say("摘要", "Summary"))
        page.set_column(0, 0, 30)
        page.set_column(1, 1, 26)
        page.set_column(2, 2, 20)
        page.set_column(3, 3, 52)
        page.write_string(0, 0, title, self._title)
        about = [
            (say("报告编号", "Number"), number),
            (say("账户持有人", "Holder"), holder),
            (say("统一社会信用代码", "Credit code"), subject.credit_code),
            (say("碳账户", "Account"), f"{subject.number} {subject.name}"),
            (say("报告期间", "Period"), f"{data.period_from} – {data.period_to}"),
            (say("数据知悉时点", "As known at"), day_and_time(data.known_at)),
            (say("出具时间", "Issued"), day_and_time(issued_at)),
            (say("出具辖区", "Jurisdiction"), self._speak.of(data.issuer.name)),
            (say("内容校验码", "Content mark"), mark_of(content)),
            (say("查验地址", "Verify at"), url),
        ]
        line = 2
        if subject.is_demonstration:
            about.insert(
                0,
                (
                    say("演示数据", "Demonstration"),
                    say("本报告不代表任何真实的企业或排放。", "Of no real enterprise and no real emissions."),
                ),
            )
        for name, told in about:
            page.write_string(line, 0, name, self._quiet)
            page.write_string(line, 1, told, self._text)
            line += 1
        line += 1
        for at, each in enumerate(
            (say("指标", "Figure"), say("数值", "Value"), say("单位", "Unit"), say("说明与标识", "About, identifier"))
        ):
            page.write_string(line, at, each, self._head)
        for tile in self._shown.tiles:
            line += 1
            page.write_string(line, 0, tile.label, self._text)
            self._write(page, line, 1, tile.cell)
            page.write_string(line, 2, tile.unit, self._text)
            figure_id = "" if tile.cell.figure is None else tile.cell.figure.id
            page.write_string(line, 3, f"{tile.below} · {figure_id} {signs(tile.cell)}".strip(), self._quiet)
        line += 2
        for each in self._shown.remarks:
            page.write_string(line, 0, f"• {each}", self._text)
            line += 1
        line += 1
        for sign, told in self._shown.marks:
            page.write_string(line, 0, f"{sign}  {told}", self._quiet)
            line += 1

    def _sheet(self, name: str) -> Any:  # noqa: ANN401 - the library's own kind
        page = self._book.add_worksheet(name[:_SHEET_NAME])
        page.hide_gridlines(2)
        page.set_landscape()
        page.set_paper(9)
        page.fit_to_pages(1, 0)
        return page

    def _section(self, section: Section) -> None:
        page = self._sheet(section.title)
        for at, width in enumerate(_widths(section.tables)):
            page.set_column(at, at, width)
        line = 0
        page.write_string(line, 0, section.title, self._title)
        line += 2
        if section.text:
            page.write_string(line, 0, section.text, self._text)
            line += 2
        for table in section.tables:
            line = self._table(page, table, line) + 1

    def _table(self, page: Any, table: Table, line: int) -> int:  # noqa: ANN401 - the library's own kind
        if table.title:
            page.write_string(line, 0, table.title, self._heading)
            line += 1
        has_ids = any(cell.figure is not None for row in table.rows for cell in row.cells)
        ids = (self._speak.say("标识", "Identifiers"), self._speak.say("标记", "Marks")) if has_ids else ()
        for at, each in enumerate((*table.columns, *ids)):
            page.write_string(line, at, each, self._head)
        for row in table.rows:
            line += 1
            for at, cell in enumerate(row.cells):
                self._write(page, line, at, cell, is_total=row.is_total)
            if has_ids:
                told, marks = _ids(row)
                page.write_string(line, len(row.cells), told, self._quiet)
                page.write_string(line, len(row.cells) + 1, marks, self._quiet)
        if table.note:
            line += 1
            page.write_string(line, 0, table.note, self._quiet)
        return line + 1

    def _write(self, page: Any, line: int, at: int, cell: Cell, *, is_total: bool = False) -> None:  # noqa: ANN401 - the library's own kind
        if cell.is_number and cell.value is not None:
            # A workbook keeps fifteen digits; every digit stands in the sheet of figures, as text.
            page.write_number(line, at, cell.value, self._number(_pattern(cell), is_total=is_total))
        else:
            page.write_string(line, at, cell.shown, self._number("", is_total=is_total) if is_total else self._text)

    def _number(self, pattern: str, *, is_total: bool) -> Any:  # noqa: ANN401 - the library's own kind
        if (pattern, is_total) not in self._numbers:
            asked: dict[str, Any] = {**self._base, **({"num_format": pattern} if pattern else {})}
            if is_total:
                asked |= {"bg_color": PALE, "bold": True}
            self._numbers[pattern, is_total] = self._book.add_format(asked)
        return self._numbers[pattern, is_total]

    def _lineage(self) -> None:
        say = self._speak.say
        page = self._sheet(say("数据溯源", "Figures"))
        titles = (
            say("标识", "Identifier"), say("精确值", "Exact value"), say("单位", "Unit"), say("运算", "Operation"),
            say("操作数", "Operands"), say("说明", "In words"), say("来源记录", "Source records"), say("标记", "Marks"), say("备注", "Note"),
        )  # fmt: skip
        for at, (title, width) in enumerate(zip(titles, (44, 34, 14, 12, 50, 40, 60, 8, 40), strict=True)):
            page.set_column(at, at, width)
            page.write_string(0, at, title, self._head)
        for line, each in enumerate(self._shown.figures, 1):
            for at, told in enumerate(self._told(each)):
                page.write_string(line, at, told, self._wrapped)
        page.freeze_panes(1, 1)
        page.autofilter(0, 0, max(len(self._shown.figures), 1), len(titles) - 1)

    def _told(self, figure: Figure) -> tuple[str, ...]:
        formula = figure.formula
        sources = "\n".join(f"{each.kind} {each.id} {each.version}".rstrip() for each in figure.sources)
        marks = "".join(MARKS[each][0] for each in figure.marks)
        value = "" if figure.value is None else format(figure.value, "f")
        return (
            figure.id, value, figure.unit, formula.op.value, "\n".join(formula.operands), self._speak.of(formula.words),
            sources, marks, self._speak.of(figure.note),
        )  # fmt: skip


def _pattern(cell: Cell) -> str:
    """Return the number format of a cell: thousands apart, as many decimals as the pages show."""
    is_counted = cell.figure is not None and cell.figure.id.startswith(COUNTED)
    places = None if is_counted else places_of(cell.measured_in)
    return (
        "#,##0.######"
        if places is None and not _is_whole(cell.value)
        else f"#,##0{'.' + '0' * places if places else ''}"
    )


def _is_whole(value: Decimal | None) -> bool:
    return value is None or value == value.to_integral_value()


def _ids(row: Row) -> tuple[str, str]:
    """Return the ids of a row's figures and the signs of their marks."""
    figures = [cell for cell in row.cells if cell.figure is not None]
    told = "; ".join(cell.figure.id for cell in figures if cell.figure is not None)
    return told, "".join(dict.fromkeys("".join(signs(cell) for cell in figures)))


def _widths(tables: Sequence[Table]) -> list[int]:
    """Return how wide the columns of a sheet are: as its longest words need, within reason; Chinese counts twice."""
    widths: list[int] = []
    for table in tables:
        for row in (table.columns, *([cell.shown for cell in row.cells] for row in table.rows)):
            for at, told in enumerate(row):
                if at == len(widths):
                    widths.append(NARROWEST)
                size = sum(2 if ord(sign) > 0x2E80 else 1 for sign in told) + 2  # noqa: PLR2004 - where wide signs begin
                widths[at] = min(max(widths[at], size), WIDEST)
    return widths
