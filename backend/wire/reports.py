"""Tables as pages: the sheets of a workbook as a PDF that can be filed and signed.

Typst sets them with the packaged Noto fonts: nothing of the machine is used, and the same content gives the same bytes.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import cache
from pathlib import Path
from typing import Any

from backend.kit.clock import CHINA
from backend.kit.errors import Unavailable
from backend.kit.logs import log
from backend.wire.workbooks import Cell, Heading, Sheet

_TEMPLATE = Path(__file__).with_name("report.typ")
PLACES = 4
"""Places of a number that is shown to be read."""
STANDARD = "a-3b"
"""PDF/A-3: made to be kept."""

logger = log(__name__)


class ReportNotMade(Unavailable):
    """The pages could not be set."""

    code = "report_not_made"
    en = "The report could not be made. Try again; the service's log says why."
    zh = "报告暂时无法生成，请稍后重试；原因见服务日志。"


@dataclass(frozen=True, slots=True)
class Report:
    """A report: title and subtitle, facts about it (label, value), notices, and its tables; all in one language."""

    title: str
    subtitle: str
    about: Sequence[tuple[str, str]]
    notices: Sequence[str]
    sheets: Sequence[Sheet]
    made_at: datetime
    language: str = "zh"
    drawing: str = ""
    """An SVG shown above the tables; empty for none."""


@cache
def _fonts() -> Any:  # noqa: ANN401 - the library's own kind, loaded on first use
    import typst  # noqa: PLC0415 - 80 MB that only a process that makes documents needs
    from pylopdf_fonts_zh_cn import sans_path  # noqa: PLC0415 - the same

    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[sans_path().parent])


def pages(report: Report) -> bytes:
    """Return a report's PDF. Blocks; call it in a thread.

    Raises:
        ReportNotMade: the engine refuses; its reason is logged.
        ValueError: a row has more or fewer cells than there are headings.
    """
    import typst  # noqa: PLC0415 - see above

    try:
        made = typst.compile(
            _TEMPLATE, font_paths=_fonts(), ignore_system_fonts=True, format="pdf", pdf_standards=STANDARD,
            sys_inputs={"sheet": json.dumps(shown(report), ensure_ascii=False)},
            timestamp=report.made_at.replace(microsecond=0),
        )  # fmt: skip
    except RuntimeError as error:
        logger.error("report_not_typeset", reason=str(error))  # noqa: TRY400 - the engine's own words say more than the stack
        raise ReportNotMade from error
    return made


def rounded(sheet: Sheet, places: int = PLACES) -> Sheet:
    """Return a table as people read it: numbers rounded half up to some places. What is reckoned with is the workbook."""
    step = Decimal(1).scaleb(-places)
    # A value of any size: the context's precision must not be what limits the digits shown.
    wide = Context(prec=400)

    def short(cell: Cell) -> Cell:
        if not isinstance(cell, Decimal):
            return cell
        exponent = cell.as_tuple().exponent
        return cell.quantize(step, ROUND_HALF_UP, wide) if isinstance(exponent, int) and exponent < -places else cell

    return replace(sheet, rows=[[short(cell) for cell in row] for row in sheet.rows])


def shown(report: Report) -> dict[str, Any]:
    """Return what the template shows."""
    return {
        "language": report.language, "title": report.title, "subtitle": report.subtitle,
        "about": [list(each) for each in report.about], "notices": list(report.notices),
        "made_at": f"{report.made_at.astimezone(CHINA):%Y-%m-%d %H:%M}",
        "drawing": report.drawing, "tables": [_table(each, report.language) for each in report.sheets],
    }  # fmt: skip


def _table(sheet: Sheet, language: str) -> dict[str, Any]:
    rows = [tuple(row) for row in sheet.rows]
    cells = [[told(cell, language) for cell, _ in zip(row, sheet.headings, strict=True)] for row in rows]
    numbers = [
        at for at in range(len(sheet.headings))
        if any(_is_number(row[at]) for row in rows) and all(row[at] is None or _is_number(row[at]) for row in rows)
    ]  # fmt: skip
    return {
        "title": sheet.zh if language == "zh" else sheet.en,
        "columns": [_named(each, language) for each in sheet.headings],
        "wide": [at for at, each in enumerate(sheet.headings) if each.width > Heading("", "").width],
        "right": numbers, "rows": cells,
        "notes": [zh if language == "zh" else en for zh, en in sheet.notes],
    }  # fmt: skip


def _named(heading: Heading, language: str) -> str:
    name = heading.zh if language == "zh" else heading.en
    return f"{name}\n{heading.unit}" if heading.unit else name


def _is_number(cell: Cell) -> bool:
    return isinstance(cell, int | Decimal) and not isinstance(cell, bool)


def told(cell: Cell, language: str) -> str:
    """Return a cell as text: numbers with every digit and grouped, moments in the jurisdictions' own time."""
    words = {True: "是", False: "否", None: ""} if language == "zh" else {True: "yes", False: "no", None: ""}
    if cell is None or isinstance(cell, bool):
        return words[cell]
    if isinstance(cell, int | Decimal):
        number = Decimal(cell)
        return f"{number.normalize():,f}" if number else "0"
    if isinstance(cell, datetime):
        return f"{cell.astimezone(CHINA):%Y-%m-%d %H:%M}"
    return cell.isoformat() if isinstance(cell, date) else cell
