"""The pages of a statement: what the template is given, and setting it. The same statement gives the same bytes."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from backend.statements import typesetting
from backend.statements.account.chapters import day_and_time, present
from backend.statements.account.encoding import mark_of
from backend.statements.account.presenting import Cell, Presentation, Section, Speaker, Table, signs
from backend.statements.account.values import Figure, Op, Source, StatementData

_TEMPLATE = Path(__file__).with_name("account.typ")
MOST_OPERANDS, MOST_SOURCES = 6, 2
OPERATIONS = {
    Op.SUM: ("＋", " + "), Op.DIFFERENCE: ("－", " - "), Op.RATIO: ("÷", " / "), Op.PERCENT: ("÷", " / "),
    Op.CHANGE: ("→", " -> "), Op.REMAINDER: ("－", " - "),
}  # fmt: skip
TAILS = {
    Op.PERCENT: ("×100", " x 100"), Op.CHANGE: ("（变化%）", " (change, %)"),
    Op.REMAINDER: ("（向上取整，不小于零）", " (rounded up, not below zero)"),
}  # fmt: skip


def typeset(data: StatementData, language: str, content: bytes, number: str, issued_at: datetime, url: str) -> bytes:
    """Return the unsigned PDF of a statement in a language, with its JSON `content` attached. Blocks.

    Raises:
        DocumentNotMade: the engine refuses; its reason is logged.
    """
    shown = present(data, language)
    inputs = {
        "sheet": json.dumps(sheet(data, shown, content, number, issued_at, url), ensure_ascii=False),
        "statement": content.decode(),
        "qr": typesetting.qr_code(url),
    }
    return typesetting.compiled(_TEMPLATE, inputs, issued_at)


def sheet(
    data: StatementData, shown: Presentation, content: bytes, number: str, issued_at: datetime, url: str
) -> dict[str, Any]:
    """Return what the template shows."""
    speak = Speaker(shown.language)
    subject, issuer = data.subject, data.issuer
    holder = (subject.holder_en or subject.holder) if shown.language == "en" else subject.holder
    period = f"{data.period_from} – {data.period_to}"
    return {
        "language": shown.language,
        "number": number,
        "mark": mark_of(content),
        "verify_url": url,
        "is_demonstration": subject.is_demonstration,
        "issuer": issuer.name.zh,
        "issuer_line": speak.say(f"{issuer.name.zh}碳账户", f"Carbon account of {issuer.name.en}"),
        "account_number": subject.number,
        "period": period,
        "period_long": speak.say(f"报告期间 {data.period_from} 至 {data.period_to}", f"Period {data.period_from} to {data.period_to}"),
        "about": [
            [speak.say("账户持有人", "Holder"), holder],
            [speak.say("报告编号", "Number"), number],
            [speak.say("统一社会信用代码", "Credit code"), subject.credit_code],
            [speak.say("出具时间", "Issued"), day_and_time(issued_at)],
            [speak.say("碳账户", "Account"), f"{subject.number} {subject.name}"],
            [speak.say("数据知悉时点", "As known at"), day_and_time(data.known_at)],
        ],
        "words": _words(speak),
        "tiles": [
            {"label": each.label, "cell": _cell(each.cell), "unit": each.unit, "below": each.below}
            for each in shown.tiles
        ],
        "remarks": list(shown.remarks),
        "summary": _summary(shown),
        "sections": [_section(each) for each in shown.sections],
        "marks": [list(each) for each in shown.marks],
        "lineage": [_lineage(each, speak) for each in _printed(shown)],
    }  # fmt: skip


def _summary(shown: Presentation) -> list[dict[str, Any]]:
    """Return the tables of the first page: totals by scope, and the holdings' overview."""
    found = [each for each in shown.sections if each.code in {"emissions", "holdings"} and each.tables]
    return [_table(each.tables[0]) for each in found]


def _section(section: Section) -> dict[str, Any]:
    return {"title": section.title, "text": section.text, "tables": [_table(each) for each in section.tables]}


def _table(table: Table) -> dict[str, Any]:
    return {
        "title": table.title, "columns": list(table.columns), "note": table.note, "wide": list(table.wide),
        "rows": [{"total": row.is_total, "cells": [_cell(each) for each in row.cells]} for row in table.rows],
    }  # fmt: skip


def _cell(cell: Cell) -> dict[str, Any]:
    return {"t": cell.shown, "n": cell.is_number, "m": signs(cell), "f": "" if cell.figure is None else cell.figure.id}


def _printed(shown: Presentation) -> list[Figure]:
    """Return the figures on the pages and all they follow from, in the statement's order."""
    known = {each.id: each for each in shown.figures}
    cells = [cell for part in shown.sections for table in part.tables for row in table.rows for cell in row.cells]
    waiting = [each.figure.id for each in (*cells, *(tile.cell for tile in shown.tiles)) if each.figure is not None]
    wanted: set[str] = set()
    while waiting:
        figure_id = waiting.pop()
        if figure_id not in wanted:
            wanted.add(figure_id)
            waiting += known[figure_id].formula.operands
    return [each for each in shown.figures if each.id in wanted]


def _named(source: Source) -> str:
    """Return a record in short: movements and inventories by their number or version, others by the end of their id."""
    if source.kind == "UnitMovement" and source.version:
        return f"{source.kind} {source.version}"
    version = f" v{source.version}" if source.kind == "Inventory" and source.version else ""
    return f"{source.kind} …{source.id[-8:]}{version}"


def _lineage(figure: Figure, speak: Speaker) -> dict[str, str]:
    """Return where a figure comes from in a line: its formula over figures, or the records it was taken from."""
    formula, words = figure.formula, speak.of(figure.formula.words)
    if formula.operands:
        zh, en = OPERATIONS[formula.op]
        tail_zh, tail_en = TAILS.get(formula.op, ("", ""))
        named = list(formula.operands[:MOST_OPERANDS])
        left = len(formula.operands) - len(named)
        more = speak.say(f" …（另 {left} 项）", f" ... ({left} more)") if left else ""
        told = speak.say(f" {zh} ".join(named) + more + tail_zh, en.join(named) + more + tail_en)
    else:
        told = words or speak.say("取自记录", "taken from records")
    sources = [_named(each) for each in figure.sources[:MOST_SOURCES]]
    more = len(figure.sources) - len(sources)
    tail = speak.say(f" 等 {len(figure.sources)} 条", f" and {more} more") if more else ""
    cell = Cell(figure=figure)
    return {
        "id": figure.id, "value": cell.shown, "unit": "" if figure.value is None else speak.unit(figure.unit), "marks": signs(cell),
        "formula": speak.of(figure.note) if figure.value is None and speak.of(figure.note) else told,
        "sources": "" if not sources else f"← {'; '.join(sources)}{tail}",
    }  # fmt: skip


def _words(speak: Speaker) -> dict[str, Any]:
    return {
        "title": speak.say("碳账户报告", "Carbon Account Statement"),
        "subtitle": speak.say("Carbon Account Statement", "碳账户报告"),
        "scan": speak.say("扫码查验", "Scan to verify"),
        "mark": speak.say("内容校验码", "Content mark"),
        "page": speak.say("第 {now} 页，共 {last} 页", "Page {now} of {last}"),
        "attached": speak.say("报告数据（机器可读）", "The statement as data, for machines"),
        "remarks": speak.say("阅读提示", "What to know first"),
        "marks": speak.say("标记：", "Marks:"),
        "demonstration": speak.say("演示数据：本报告不代表任何真实的企业或排放。", "Demonstration: this statement is of no real enterprise and no real emissions."),
        "legal": speak.say(
            "本报告由系统依据账簿自动出具并附数字签名，修改任何内容将使签名失效；其后如有重述，以查验页面为准：",
            "Made from the books and signed digitally: any change breaks the signature. Whether figures were restated since is told at",
        ),
        "lineage": speak.say("数据溯源", "Where each number comes from"),
        "lineage_text": speak.say(
            "正文中每个数字均可点击跳转至此。显示值四舍五入；精确值、全部来源与公式见本文件所附 statement.json。",
            "Every number in the text leads here. What is shown is rounded half up; exact values, all sources and formulas are in the attached statement.json.",
        ),
        "lineage_columns": [speak.say("标识", "Identifier"), speak.say("数值", "Value"), speak.say("公式或来源", "Formula or source")],
    }  # fmt: skip
