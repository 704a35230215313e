"""The data points of a disclosure as a workbook: every figure as a number to reckon with and, exact, as text."""

import io
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from backend.esg.exports.chapters import present, why
from backend.esg.exports.speaking import PILLARS, REQUIRED, STATES, Speaker, clean
from backend.esg.exports.values import Paper, Shown, Table

FONT = "Microsoft YaHei"
INK, ACCENT, QUIET, BAD = "#16241F", "#1F6F54", "#5B6D66", "#B42323"
LONGEST = 32_767
"""Signs Excel keeps in a cell."""
CUT = "…"
_SHEET_NAME = 31
Cell = str | Decimal | None


def workbook(paper: Paper, language: str) -> bytes:
    """Return the workbook of a disclosure in a language. Blocks; call it in a thread."""
    return _Writer(paper, language).made()


class _Writer:
    def __init__(self, paper: Paper, language: str) -> None:
        import xlsxwriter  # noqa: PLC0415 - only a process that makes documents needs it

        self._paper, self._speak = paper, Speaker(language)
        self._shown: Shown = present(paper, language)
        self._out = io.BytesIO()
        self._book: Any = xlsxwriter.Workbook(
            self._out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        )
        base = {"font_name": FONT, "font_size": 10, "font_color": INK, "valign": "top"}
        add = self._book.add_format
        self._text = add({**base, "text_wrap": True})
        self._number = add({**base, "num_format": "#,##0.##########"})
        self._quiet = add({**base, "font_color": QUIET})
        self._bad = add({**base, "font_color": BAD, "bold": True})
        self._title = add({**base, "font_size": 16, "font_color": ACCENT})
        self._head = add({**base, "bold": True, "font_color": "#FFFFFF", "bg_color": ACCENT, "text_wrap": True})

    def made(self) -> bytes:
        shown = self._shown
        self._book.set_properties(
            {"title": shown.heading, "author": shown.subtitle, "created": self._paper.made_at.replace(tzinfo=None)}
        )
        say = self._speak.say
        self._cover()
        self._sheet(say("数据点", "Data points"), _columns(self._speak), list(self._points()))
        self._sheet(say("标准对照", "Index"), _index_columns(self._speak), list(self._index()))
        for chapter in shown.chapters:
            for at, table in enumerate(chapter.tables):
                if chapter.title in self._kept():
                    self._plain(chapter.title if at == 0 else f"{chapter.title} {at + 1}", table)
        self._book.close()
        return self._out.getvalue()

    def _kept(self) -> Sequence[str]:
        say = self._speak.say
        return (
            say("编制依据与适用性", "Standards and whether they bind"),
            say("双重重要性评估", "Double materiality"),
            say("披露质量评级", "Rating of disclosure quality"),
        )

    def _page(self, name: str) -> Any:  # noqa: ANN401 - the library's own kind
        page = self._book.add_worksheet(name[:_SHEET_NAME])
        page.set_landscape()
        page.set_paper(9)
        page.fit_to_pages(1, 0)
        if self._shown.watermark:
            page.set_header(f'&C&"{FONT},Bold"&28&KB42323{self._shown.watermark}')
        return page

    def _cover(self) -> None:
        page = self._page(self._speak.say("说明", "About"))
        page.hide_gridlines(2)
        page.set_column(0, 0, 22)
        page.set_column(1, 1, 90)
        page.write_string(0, 0, self._shown.title, self._title)
        line = 1
        if self._shown.watermark:
            page.write_string(line, 0, self._shown.watermark, self._bad)
        for name, told in self._shown.about:
            line += 1
            page.write_string(line, 0, name, self._quiet)
            page.write_string(line, 1, told, self._text)
        line += 1
        is_first = bool(self._shown.watermark)
        for each in self._shown.notices:
            line += 1
            page.write_string(line, 1, each, self._bad if is_first else self._text)
            is_first = False
        for each in self._shown.chapters:
            for passage in each.passages if each.text == "" and not each.tables else ():
                line += 1
                page.write_string(line, 0, cut(passage.heading), self._quiet)
                page.write_string(line, 1, cut(f"{passage.text}\n{passage.note}".strip()), self._text)

    def _sheet(self, name: str, columns: Sequence[tuple[str, int]], rows: Sequence[Sequence[Cell]]) -> None:
        page = self._page(name)
        for at, (title, width) in enumerate(columns):
            page.set_column(at, at, width)
            page.write_string(0, at, title, self._head)
        for line, row in enumerate(rows, 1):
            for at, each in enumerate(row):
                if isinstance(each, Decimal):
                    # A workbook keeps fifteen digits; the column of exact values has them all, as text.
                    page.write_number(line, at, each, self._number)
                elif each:
                    page.write_string(line, at, cut(each), self._text)
        page.freeze_panes(1, 2)
        page.autofilter(0, 0, max(len(rows), 1), len(columns) - 1)

    def _plain(self, name: str, table: Table) -> None:
        widths = [48 if at in table.wide else 16 for at in range(len(table.columns))]
        exact = table.exact or [{}] * len(table.rows)
        rows = [
            [Decimal(known[at]) if at in known else each for at, each in enumerate(row)]
            for row, known in zip(table.rows, exact, strict=True)
        ]
        self._sheet(name, list(zip(table.columns, widths, strict=True)), rows)

    def _points(self) -> Iterator[Sequence[Cell]]:
        speak = self._speak
        for each in self._paper.content["points"]:
            before = each["comparative"] or {}
            prefill = each["prefill"] or {}
            is_filled = prefill.get("value") is not None or prefill.get("text", {"zh": ""})["zh"] != ""
            yield (
                each["point"], speak.of(each["name"]), speak.of(PILLARS[each["pillar"]]), _number(each["topic"]),
                speak.of(REQUIRED[each["kind"]]), speak.of(STATES[each["state"]]), speak.yes(each["is_mandatory"]), _number(each["value"]),
                each["value"], each["unit"], speak.of(each["text"]), _number(before.get("published")),
                _number(before.get("current")), speak.yes(before.get("is_restated", False)),
                speak.yes(each["is_overridden"]), why(speak, each), speak.of(prefill.get("formula")) if is_filled else "",
                "\n".join(speak.source(one) for one in prefill.get("sources", ())),
                "\n".join(_file(one) for one in each["evidence"]), "\n".join(each["answers"]), each["covered_by"],
            )  # fmt: skip

    def _index(self) -> Iterator[Sequence[Cell]]:
        speak = self._speak
        rows = [
            (*key.split(":", 1), each["point"], speak.of(each["name"]), speak.of(STATES[each["state"]]))
            for each in self._paper.content["points"]
            for key in each["answers"]
        ]
        yield from sorted(rows)


def _columns(speak: Speaker) -> list[tuple[str, int]]:
    say = speak.say
    return [
        (say("数据点", "Data point"), 26), (say("名称", "Name"), 34), (say("范畴", "Pillar"), 8),
        (say("议题", "Topic"), 8), (say("类型", "Kind"), 12), (say("状态", "State"), 12),
        (say("必披露", "Mandatory"), 9), (say("数值", "Value"), 18), (say("精确值", "Exact value"), 26),
        (say("单位", "Unit"), 12), (say("文字", "Text"), 50), (say("上年（已发布）", "Prior year, published"), 18),
        (say("上年（现值）", "Prior year, now"), 18), (say("上年已重述", "Prior year restated"), 10),
        (say("替换账户数据", "Overridden"), 10), (say("说明", "Why"), 36), (say("公式", "Formula"), 40),
        (say("来源", "Sources"), 50), (say("证明材料", "Evidence"), 50), (say("对应标准条目", "Answers"), 24),
        (say("由此项涵盖", "Covered by"), 18),
    ]  # fmt: skip


def _index_columns(speak: Speaker) -> list[tuple[str, int]]:
    say = speak.say
    return [
        (say("标准", "Standard"), 14), (say("条目", "Item"), 14), (say("数据点", "Data point"), 28),
        (say("名称", "Name"), 50), (say("状态", "State"), 14),
    ]  # fmt: skip


def _number(value: str | int | None) -> Decimal | None:
    return None if value is None else Decimal(value)


def _file(evidence: Mapping[str, Any]) -> str:
    return clean(f"{evidence.get('file_name', evidence['id'])} {evidence.get('sha256', '')}").strip()


def cut(text: str) -> str:
    """Return a text as long as a cell takes; one that is cut says so."""
    return text if len(text) <= LONGEST else text[: LONGEST - len(CUT)] + CUT
