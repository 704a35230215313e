"""Files of disclosures: the same facts on pages, in text, in a workbook and for machines; a draft is marked everywhere."""

import io
import json
import zipfile
from dataclasses import replace
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree as ET

import docx
import msgspec
import pytest
from factories import disclosure as make
from python_calamine import CalamineWorkbook

from backend.esg import service
from backend.esg.errors import (
    DisclosureNotFound,
    DisclosureNotYours,
    DisclosureStateWrong,
    DraftHasNoData,
    PublicationNotFound,
)
from backend.esg.exports import pages
from backend.esg.exports.chapters import present
from backend.esg.exports.speaking import NOTES, Speaker
from backend.esg.exports.values import FileKind, Paper
from backend.esg.exports.workbook import LONGEST, cut
from backend.esg.exports.xbrl import DOCUMENT_TYPE, NAMESPACE, NAMESPACES, concept, measured, schema
from backend.esg.values import AssuranceLevel
from backend.kit.db import Databases

SCHEMA = "{http://www.w3.org/2001/XMLSchema}"


class About(msgspec.Struct, forbid_unknown_fields=True):
    concept: str
    entity: str
    period: str
    unit: str | None = None
    language: str | None = None


class AboutNote(msgspec.Struct, forbid_unknown_fields=True, rename="camel"):
    concept: str
    note_id: str
    language: str


class Fact(msgspec.Struct, forbid_unknown_fields=True):
    value: str
    dimensions: About
    links: dict[str, dict[str, list[str]]] | None = None


class Note(msgspec.Struct, forbid_unknown_fields=True):
    value: str
    dimensions: AboutNote


class DocumentInfo(msgspec.Struct, forbid_unknown_fields=True, rename="camel"):
    document_type: str
    namespaces: dict[str, str]
    link_types: dict[str, str]
    link_groups: dict[str, str]
    taxonomy: list[str]


class Report(msgspec.Struct, forbid_unknown_fields=True, rename="camel"):
    """The structure of an xBRL-JSON report, as far as ours uses it; nothing else may be in it."""

    document_info: DocumentInfo
    facts: dict[str, msgspec.Raw]


def told_in(report: Report) -> tuple[dict[str, Fact], dict[str, Note]]:
    """Return the facts and the footnotes of a report."""
    notes = {name for name, each in report.facts.items() if b'"xbrl:note"' in bytes(each)}
    return (
        {name: msgspec.json.decode(each, type=Fact) for name, each in report.facts.items() if name not in notes},
        {name: msgspec.json.decode(report.facts[name], type=Note) for name in notes},
    )


async def published(databases: Databases, firm: make.Firm) -> Paper:
    await make.profiled(databases, firm)
    one = await make.opened(databases, firm)
    await make.completed(databases, firm, one, "4")
    publication = await make.published(databases, firm, one)
    async with databases.write(firm.verifier) as write:
        await service.assure(
            write, firm.verifier, key=(firm.id, publication.id), level=AssuranceLevel.LIMITED, standard="ISAE 3000",
            extent="范围一、二", opinion="未发现重大错报。", evidence_ids=[],
        )  # fmt: skip
    async with databases.read(firm.writer) as read:
        return await service.published_paper(read, firm.writer, (firm.id, publication.id))


async def draft(databases: Databases, firm: make.Firm) -> Paper:
    await make.profiled(databases, firm)
    one = await make.opened(databases, firm)
    async with databases.read(firm.writer) as read:
        return await service.draft_paper(read, firm.writer, (firm.id, one.id))


def words_of(content: bytes) -> str:
    found = docx.Document(io.BytesIO(content))
    cells = [cell.text for table in found.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(each.text for each in found.paragraphs), *cells])


def sheets_of(content: bytes) -> dict[str, list[list[Any]]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


async def test_a_publication_leaves_as_every_kind_of_file(databases: Databases) -> None:
    firm = await make.firm_of(databases)
    paper = await published(databases, firm)
    assert not paper.is_draft
    pdf = service.made(paper, FileKind.PDF, "zh")
    assert pdf.startswith(b"%PDF-")
    assert pdf == service.made(paper, FileKind.PDF, "zh"), "the same publication gives the same pages"
    assert pdf != service.made(paper, FileKind.PDF, "en")
    told = words_of(service.made(paper, FileKind.DOCX, "zh"))
    for each in (
        "2025 年度可持续发展信息披露",
        paper.sha256,
        "6,992.4",
        "未发现重大错报。",
        "披露质量评级",
        "占位内容",
    ):
        assert each in told, each
    assert "草稿" not in told
    english = words_of(service.made(paper, FileKind.DOCX, "en"))
    assert "Sustainability disclosure 2025" in english
    assert "Limited assurance" in english
    sheets = sheets_of(service.made(paper, FileKind.XLSX, "en"))
    assert list(sheets)[:3] == ["About", "Data points", "Index"]
    head, *rows = sheets["Data points"]
    row = dict(zip(head, next(each for each in rows if each[0] == "ghg.scope2_location"), strict=True))
    assert (row["Value"], row["Exact value"], row["Unit"]) == (6992.4, "6992.4", "tCO2e")
    assert "gri305:305-2.a" in row["Answers"].split("\n")
    assert row["Formula"] == "sum of the inventory's scope 2 lines, location-based"
    head, first, *_ = sheets["Double materiality"]
    judged = dict(zip(head, first, strict=True))
    assert (judged["#"], judged["Impact"], judged["Financial"]) == (1.0, 4.0, 4.0)
    head, *rows = sheets["Rating of disclosure quality"]
    assert paper.rating is not None
    assert head[1:4] == ["Weight", "Reached (%)", "Points"]
    assert not any(isinstance(cell, str) for row in rows for cell in row[1:4])
    assert [[Decimal(str(cell)) for cell in row[1:4]] for row in rows] == [
        [Decimal(each["weight"]), Decimal(each["share"]), Decimal(each["points"])] for each in paper.rating.criteria
    ]
    assert service.made(paper, FileKind.JSON, "zh").decode() == paper.text
    assert service.file_name(paper, FileKind.PDF, "zh") == f"{paper.content['number']}-zh.pdf"


async def test_a_draft_is_marked_on_every_page_and_has_no_file_for_machines(databases: Databases) -> None:
    firm = await make.firm_of(databases)
    paper = await draft(databases, firm)
    assert paper.is_draft
    for language, mark in (("zh", "草稿"), ("en", "DRAFT")):
        shown = pages.sheet(paper, language)
        assert shown["watermark"] == mark
        assert shown["chapters"][-1]["title"] != Speaker(language).say("披露质量评级", "Rating of disclosure quality")
        with zipfile.ZipFile(io.BytesIO(service.made(paper, FileKind.DOCX, language))) as file:
            header = file.read("word/header1.xml").decode()
        assert f'string="{mark}"' in header
        sheets = zipfile.ZipFile(io.BytesIO(service.made(paper, FileKind.XLSX, language)))
        with sheets as file:
            every = [file.read(each).decode() for each in file.namelist() if each.startswith("xl/worksheets/sheet")]
        assert len(every) > 3
        assert all(f"{mark}</oddHeader>" in each for each in every)
        assert service.file_name(paper, FileKind.PDF, language).startswith("DRAFT-")
    assert service.made(paper, FileKind.PDF, "zh").startswith(b"%PDF-")
    for kind in (FileKind.JSON, FileKind.XBRL, FileKind.XSD):
        with pytest.raises(DraftHasNoData):
            service.made(paper, kind, "zh")


async def test_what_stands_for_no_real_firm_says_so_on_every_page(databases: Databases) -> None:
    firm = await make.firm_of(databases)
    paper = await published(databases, firm)
    shown = pages.sheet(paper, "zh")
    assert (shown["watermark"], paper.is_demonstration) == ("", False)
    made_up = replace(paper, is_demonstration=True)
    for language, mark in (("zh", "演示"), ("en", "DEMO")):
        told = present(made_up, language)
        assert told.watermark == mark
        assert told.notices[0].startswith(("演示数据", "Demonstration data"))
        assert service.made(made_up, FileKind.PDF, language).startswith(b"%PDF-")
    assert "不代表任何真实的企业" in words_of(service.made(made_up, FileKind.DOCX, "zh"))


async def test_the_report_for_machines_is_xbrl_with_concepts_that_exist(databases: Databases) -> None:
    firm = await make.firm_of(databases)
    paper = await published(databases, firm)
    raw = service.made(paper, FileKind.XBRL, "zh")
    assert b"E+" not in raw
    report = msgspec.json.decode(raw, type=Report)
    info = report.document_info
    assert (info.document_type, info.namespaces) == (DOCUMENT_TYPE, NAMESPACES)
    assert info.link_types == {"footnote": "http://www.xbrl.org/2003/arcrole/fact-footnote"}
    assert info.link_groups == {"_": "http://www.xbrl.org/2003/role/link"}
    facts, notes = told_in(report)
    assert set(notes) == {name for each in facts.values() if each.links for name in each.links["footnote"]["_"]}
    assert info.taxonomy == [service.file_name(paper, FileKind.XSD, "zh")]
    root = ET.fromstring(service.made(paper, FileKind.XSD, "zh"))
    assert root.attrib["targetNamespace"] == NAMESPACE
    kinds = {each.attrib["name"]: each.attrib["type"] for each in root.iter(f"{SCHEMA}element")}
    assert kinds["ghg.scope1"] == "xbrli:decimalItemType"
    assert kinds["exchanges_GOV"] == "xbrli:stringItemType"
    points = {concept(each["point"]): each for each in paper.content["points"]}
    assert set(kinds) == set(points)
    places = set()
    for fact in facts.values():
        about = fact.dimensions
        name = about.concept.removeprefix("ca:")
        assert name in kinds
        assert about.entity == f"account:{paper.content['account']['number']}"
        assert about.period in {
            "2025-01-01T00:00:00/2026-01-01T00:00:00", "2024-01-01T00:00:00/2025-01-01T00:00:00",
        }  # fmt: skip
        if kinds[name] == "xbrli:stringItemType":
            assert (about.unit, about.language) in {(None, "zh"), (None, "en")}
        else:
            Decimal(fact.value)
        for each in (about.unit or "unit:none").replace("/", "*").split("*"):
            assert each.split(":")[0] in NAMESPACES
        places.add((about.concept, about.period, about.language))
    assert len(places) == len(facts), "a concept is told once for a period and language"
    scope2 = next(
        each for each in facts.values()
        if each.dimensions.concept == "ca:ghg.scope2_location" and each.dimensions.period.startswith("2025")
    )  # fmt: skip
    assert (scope2.value, scope2.dimensions.unit) == ("6992.4", "unit:tCO2e")
    omitted = {f"ca:{name}" for name, each in points.items() if each["state"] == "omitted"}
    assert omitted
    assert not omitted & {each.dimensions.concept for each in facts.values()}


async def test_what_a_figure_rests_on_is_a_footnote_for_machines(databases: Databases) -> None:
    firm = await make.firm_of(databases)
    paper = await published(databases, firm)
    content = json.loads(paper.text)
    points = {each["point"]: each for each in content["points"]}
    points["ghg.scope1"]["prefill"]["sources"][0]["note"] = "computed, 12/12, unconfirmed, placeholder"
    points["ghg.scope2_location"]["prefill"]["sources"][0]["note"] = "computed, 12/12, unconfirmed"
    points["ghg.scope2_location"]["is_overridden"] = True
    raw = service.made(replace(paper, content=content), FileKind.XBRL, "zh")
    facts, notes = told_in(msgspec.json.decode(raw, type=Report))
    of_year = {
        each.dimensions.concept.removeprefix("ca:"): each.links
        for each in facts.values()
        if each.dimensions.period.startswith("2025")
    }
    named = ["placeholder-zh", "placeholder-en", "unconfirmed-zh", "unconfirmed-en"]
    assert of_year["ghg.scope1"] == {"footnote": {"_": named}}
    assert of_year["ghg.scope2_location"] is None, "the owner's own figure rests on the owner's evidence"
    assert set(named) <= set(notes)
    for name, note in notes.items():
        code, _, language = name.rpartition("-")
        assert note.dimensions == AboutNote("xbrl:note", name, language)
        assert note.value == getattr(NOTES[code], language)


@pytest.mark.parametrize(
    ("value", "unit", "told"),
    [
        ("12.5", "%", ("0.125", None)),
        ("72", "", ("72", None)),
        ("1.23", "万CNY", ("12300", "iso4217:CNY")),
        ("0.5", "tCO2e/万CNY", ("0.00005", "unit:tCO2e/iso4217:CNY")),
        ("100000000000000000000.000000000001", "tCO2e", ("100000000000000000000.000000000001", "unit:tCO2e")),
        ("3", "tCO2e/t", ("3", "unit:tCO2e/unit:t")),
    ],
)
def test_figures_are_told_exactly_in_units_xbrl_knows(value: str, unit: str, told: tuple[str, str | None]) -> None:
    found = measured(value, unit)
    assert (Decimal(found[0]), found[1]) == (Decimal(told[0]), told[1])
    assert "E" not in found[0]


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "—"), ("0", "0"), ("1234567.00005", "1,234,567.0001"), ("-0.5", "-0.5"), ("-1234.5", "-1,234.5"),
        ("0.000012345", "0.00001235"), ("10.0", "10"),
    ],
)  # fmt: skip
def test_figures_are_rounded_for_reading_alone(value: str | None, shown: str) -> None:
    assert Speaker("zh").figure(value) == shown


async def test_odd_signs_break_no_document(databases: Databases) -> None:
    firm = await make.firm_of(databases)
    paper = await published(databases, firm)
    content = json.loads(paper.text)
    odd = '=1+1 #link("x") $a$ <b>&amp;\x0b\x07 \\ *粗* _斜_ ]] ' + "长" * (LONGEST + 10)
    point = next(each for each in content["points"] if each["point"] == "exchanges:GOV")
    point["text"] = {"zh": odd, "en": odd}
    point["name"] = {"zh": odd[:40], "en": odd[:40]}
    strange = replace(paper, content=content)
    clean = odd.replace("\x0b", "").replace("\x07", "")
    assert any(each.text == clean for chapter in present(strange, "zh").chapters for each in chapter.passages)
    assert service.made(strange, FileKind.PDF, "zh").startswith(b"%PDF-")
    assert clean in words_of(service.made(strange, FileKind.DOCX, "zh"))
    rows = sheets_of(service.made(strange, FileKind.XLSX, "zh"))["数据点"]
    assert next(each for each in rows if each[0] == "exchanges:GOV")[10] == cut(clean)
    ET.fromstring(schema(strange))


async def test_who_may_not_read_has_no_file(databases: Databases) -> None:
    firm, stranger = await make.firm_of(databases), await make.firm_of(databases)
    await make.profiled(databases, firm)
    one = await make.opened(databases, firm)
    key = (firm.id, one.id)
    async with databases.read(firm.verifier) as read:
        assert (await service.draft_paper(read, firm.verifier, key)).is_draft
    async with databases.read(stranger.writer) as read:
        with pytest.raises(DisclosureNotFound):
            await service.draft_paper(read, stranger.writer, key)
    async with databases.read(firm.authority) as read:
        with pytest.raises(DisclosureNotYours):
            await service.draft_paper(read, firm.authority, key)
    await make.completed(databases, firm, one)
    publication = await make.published(databases, firm, one)
    async with databases.read(firm.writer) as read:
        with pytest.raises(DisclosureStateWrong):
            await service.draft_paper(read, firm.writer, key)
    async with databases.read(stranger.writer) as read:
        with pytest.raises(PublicationNotFound):
            await service.published_paper(read, stranger.writer, (firm.id, publication.id))
    async with databases.read(firm.authority) as read:
        assert not (await service.published_paper(read, firm.authority, (firm.id, publication.id))).is_draft


async def test_what_a_figure_rests_on_is_said_in_words(databases: Databases) -> None:
    firm = await make.firm_of(databases)
    paper = await published(databases, firm)
    content = json.loads(paper.text)
    (source,) = next(each for each in content["points"] if each["point"] == "ghg.scope1")["prefill"]["sources"]
    assert (source["kind"], source["note"]) == ("inventory", "computed, 12/12")
    source["note"] += ", unconfirmed"
    paper = replace(paper, content=content)
    zh, en = present(paper, "zh"), present(paper, "en")
    remarks = {row[0]: row[-1] for table in zh.chapters[2].tables for row in table.rows}
    assert remarks["范围一温室气体排放量"] == "部分参数或公式尚未在原始文件中核实"
    lineage = next(each for each in zh.chapters if each.title == "数据溯源").tables[0]
    told = {row[0]: row[-1] for row in lineage.rows}
    assert told["ghg.scope1"].startswith("排放清单 …")
    assert told["ghg.scope1"].endswith(" v1（已核算，覆盖 12/12 个月，部分参数或公式尚未在原始文件中核实）")
    assert not any(word in cell for cell in told.values() for word in ("inventory", "computed", "figure", "ledger"))
    english = next(each for each in en.chapters if each.title == "Where the figures come from").tables[0]
    assert not any("万" in cell for row in english.rows for cell in row)
    standards = {row[0]: row[1] for row in zh.chapters[0].tables[0].rows}
    assert any("条款凭记忆整理，未与原文核对" in each for each in standards.values())


@pytest.mark.parametrize(
    ("kind", "note", "zh", "en"),
    [
        (
            "inventory",
            "closed, 12/12",
            "排放清单 x v1（已归档，覆盖 12/12 个月）",
            "inventory x v1 (closed, 12/12 months)",
        ),
        ("ledger", "no movement", "账簿 x v1（无流水）", "ledger x v1 (no movement)"),
        ("movement", "transfer CEA", "账簿流水 x v1（划转 CEA）", "movement x v1 (transfer CEA)"),
        ("figure", "output 锂电池", "年度经营数据 x v1（产量 锂电池）", "yearly figure x v1 (output 锂电池)"),
        ("other", "", "other x v1", "other x v1"),
    ],
)
def test_sources_are_told_in_words(kind: str, note: str, zh: str, en: str) -> None:
    source = {"kind": kind, "id": "x", "version": "v1", "note": note}
    assert (Speaker("zh").source(source), Speaker("en").source(source)) == (zh, en)
    assert (Speaker("zh").unit("tCO2e/万CNY"), Speaker("en").unit("tCO2e/万CNY")) == ("tCO2e/万元", "tCO2e/CNY 10k")
