"""Drafts of a year's table for the regional white paper (区域ESG白皮书): counts for the public, kept as they were told."""

import io
import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import insert

from backend.esg import rules as text
from backend.esg.city import queries, rules
from backend.esg.city.registering import whole
from backend.esg.city.values import CityFigure, WhitePaperValue
from backend.esg.city.viewing import city_view
from backend.esg.errors import WhitePaperNotFound
from backend.esg.models import EsgWhitePaper
from backend.esg.rating.rubric import rubric
from backend.esg.service.common import columns
from backend.kit.clock import now, today
from backend.kit.db import Read, Write
from backend.kit.ids import new_id
from backend.kit.scope import Scope
from backend.tenants import service as tenants

FORMAT = "carbon-account/esg-white-paper/1"


async def draft_paper(write: Write, scope: Scope, *, year: int) -> WhitePaperValue:
    """Draft a year's table: counts alone, and none of a group of ratings below five.

    Raises:
        Unauthenticated, Forbidden: without `esg:supervise`.
        RegisterOfTheWhole: not the authority of the whole jurisdiction.
        DisclosureYearInvalid: no year one discloses.
    """
    scope.require("esg:supervise")
    path = await whole(write, scope)
    view = await city_view(write, scope, year)
    figures, grades = rules.told_to_the_public(view)
    pack, by, at = await tenants.pack_in_force(write, scope), rubric(today()), now()
    content = text.canonical({
        "format": FORMAT,
        "is_draft": True,
        "jurisdiction": {"zh": pack.name_zh, "en": pack.name_en},
        "year": year,
        "on": view.on,
        "made_at": at,
        "figures": [_told(each) for each in figures],
        "grades": grades,
        "grades_note": None if grades is not None else rules.HIDDEN,
        "rubric": {"code": by.code, "version": by.version, "is_placeholder": by.is_placeholder, "note": by.note},
    })  # fmt: skip
    value = WhitePaperValue(new_id(), year, path, content, text.sha256(content), at, scope.actor_id)
    await write.run(insert(EsgWhitePaper).values(columns(value)))
    write.audit("esg:draft_paper", object_type="esg_white_paper", object_id=value.id, year=year, sha256=value.sha256)
    return value


def _told(figure: CityFigure) -> Mapping[str, Any]:
    target = figure.target
    return {
        "code": figure.code, "name": figure.name, "value": figure.value, "unit": figure.unit, "note": figure.note,
        "target": None if target is None else {
            "value": target.value, "by_year": target.by_year, "document": target.document, "clause": target.clause,
            "is_reached": figure.is_reached,
        },
    }  # fmt: skip


async def papers(read: Read, scope: Scope, *, after: queries.Place | None, limit: int) -> list[WhitePaperValue]:
    """Return drafts, the newest first.

    Raises:
        Unauthenticated, Forbidden: without `esg:supervise`.
    """
    scope.require("esg:supervise")
    return await queries.papers(read, scope, after=after, limit=limit)


async def paper(read: Read, scope: Scope, own_id: UUID) -> WhitePaperValue:
    """Return a draft; only authorities see one.

    Raises:
        Unauthenticated, Forbidden: without `esg:read`.
        WhitePaperNotFound: not there, or not visible.
    """
    scope.require("esg:read")
    found = await queries.paper(read, scope, own_id)
    if found is None:
        raise WhitePaperNotFound
    return found


def workbook(paper_: WhitePaperValue, language: str) -> bytes:
    """Return a draft as a workbook, marked as one. Blocks; call it in a thread."""
    import xlsxwriter  # noqa: PLC0415 - only a process that makes documents needs it

    given = json.loads(paper_.content)

    def say(zh: str, en: str) -> str:
        return zh if language == "zh" else en

    def of(words: Mapping[str, str] | None) -> str:
        return "" if words is None else words[language]

    out = io.BytesIO()
    book: Any = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    font = {"font_name": "Microsoft YaHei", "font_size": 10, "valign": "top", "text_wrap": True}
    plain, head = (
        book.add_format(font),
        book.add_format({**font, "bold": True, "font_color": "#FFFFFF", "bg_color": "#1F6F54"}),
    )
    draft = book.add_format({**font, "bold": True, "font_color": "#B42323", "text_wrap": False})
    book.set_properties(
        {"title": f"{given['jurisdiction']['zh']} {given['year']}", "created": paper_.made_at.replace(tzinfo=None)}
    )
    page = book.add_worksheet(say("草稿", "DRAFT"))
    page.set_landscape()
    page.set_header(f"&C&28&KB42323{say('草稿', 'DRAFT')}")
    title = say(
        f"{given['year']} 年 ESG 白皮书数据表（草稿，不得发布）",
        f"ESG white paper {given['year']}: table (draft, not to be published)",
    )
    page.write_string(0, 0, f"{of(given['jurisdiction'])} · {title}", draft)
    about = say("统计截至", "As of"), given["on"], "SHA-256", paper_.sha256
    page.write_string(1, 0, " ".join(about), book.add_format({**font, "text_wrap": False}))
    columns_ = [
        (say("指标", "Figure"), 40), (say("数值", "Value"), 14), (say("单位", "Unit"), 8), (say("目标", "Target"), 12),
        (say("目标年", "By"), 8), (say("是否达成", "Reached"), 10), (say("依据", "Document"), 30), (say("说明", "Note"), 60),
    ]  # fmt: skip
    for at, (name, width) in enumerate(columns_):
        page.set_column(at, at, width)
        page.write_string(3, at, name, head)
    line = 3
    for each in given["figures"]:
        line += 1
        target = each["target"] or {}
        reached = {True: say("是", "Yes"), False: say("否", "No"), None: ""}[target.get("is_reached")]
        told = (
            of(each["name"]), each["value"] or say("不予列示", "not told"), each["unit"], target.get("value", ""),
            str(target.get("by_year", "")), reached, target.get("document", ""), of(each["note"]),
        )  # fmt: skip
        for at, cell in enumerate(told):
            page.write_string(line, at, cell, plain)
    line += 2
    page.write_string(line, 0, say("披露质量等级分布", "Disclosures by grade"), head)
    for grade, count in (given["grades"] or {}).items():
        line += 1
        page.write_string(line, 0, grade, plain)
        page.write_string(line, 1, str(count), plain)
    for each in (given["grades_note"], given["rubric"]["note"]):
        line += 1
        page.write_string(line, 0, of(each), book.add_format({**font, "text_wrap": False}))
    book.close()
    return out.getvalue()
