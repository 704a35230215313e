"""Documents as items, words of a text and of a question, what is shipped."""

import csv
import hashlib
from pathlib import Path

import pytest

from backend.knowledge.library import shipped
from backend.knowledge.library.shipped import FOLDER, ITEM, explaining, links
from backend.knowledge.rules import searching
from backend.knowledge.rules.checking import checked
from backend.knowledge.rules.splitting import numeral, split
from backend.knowledge.values import EntryDraft, EntryKind

BACKEND = Path(shipped.__file__).parents[2]
DIGESTS = {
    "changzhou-peak-pilot": "9ec23a53602abd66", "chengdu-peak-pilot": "f5751b58b4a694e1", "guizhou-dual-control": "e26a6ee6032e6e13",
    "wuxi-dual-control": "0ef62fea431f181a", "wuxi-zero-carbon-parks": "801c0903e960d8d5",
}  # fmt: skip
ITEMS = {
    "changzhou-peak-pilot": 77, "chengdu-peak-pilot": 50, "guizhou-dual-control": 26, "wuxi-dual-control": 24,
    "wuxi-zero-carbon-parks": 52,
}  # fmt: skip


def test_numerals() -> None:
    assert [numeral(each) for each in ("一", "九", "十", "十二", "二十", "三十一")] == [1, 9, 10, 12, 20, 31]


def test_the_texts_are_unchanged() -> None:
    found = {
        path.stem: hashlib.sha256(path.read_bytes()).hexdigest()[:16] for path in (FOLDER / "policies").glob("*.txt")
    }
    assert found == DIGESTS


@pytest.mark.parametrize("code", sorted(ITEMS))
def test_items_partition_their_document(code: str) -> None:
    (one,) = [each for each in shipped.shipped() if each.code == code]
    text = (FOLDER / "policies" / f"{code}.txt").read_text(encoding="utf-8")
    assert "".join(each.text for each in one.pieces) == text
    labels = [each.label for each in one.pieces]
    assert len(labels) == len(set(labels)) == ITEMS[code]
    assert all(each.heading for each in one.pieces)


def test_an_item_may_begin_in_the_midst_of_a_line_but_a_decimal_or_a_year_begins_none() -> None:
    text = "前\n一、甲\n1.子。(单位)2.丑。\n0.5 万\n2025.6\n3、寅\n5.卯\n"
    found = split(text)
    assert [(each.label, each.text) for each in found] == [
        ("前言", "前\n"), ("一", "一、甲\n"), ("一1", "1.子。(单位)"), ("一2", "2.丑。\n0.5 万\n2025.6\n"), ("一3", "3、寅\n5.卯\n"),
    ]  # fmt: skip


def test_every_link_leads_to_something_shipped_of_a_noun_of_the_house() -> None:
    known = {each.code for each in shipped.shipped()} | {
        f"{each.code}{ITEM}{piece.label}" for each in shipped.shipped() for piece in each.pieces
    }
    assert {code for codes in links().values() for code in codes} - known == set()
    nouns = {path.name for path in BACKEND.iterdir() if path.is_dir()}
    assert {key.partition(".")[0] for key in links()} <= nouns


def test_a_key_has_the_links_of_the_key_above_it() -> None:
    assert explaining("parks.indicator.2") == ("wuxi-zero-carbon-parks#附件2", "wuxi-zero-carbon-parks#附件说明")
    assert explaining("parks.indicator.2.near_term") == explaining("parks.indicator.2")
    assert explaining("parks.boundary") == explaining("parks") != ()
    assert explaining("nothing.of.ours") == ()


def test_what_is_shipped_says_how_sure_it_is_and_marks_titles_nobody_looked_up() -> None:
    found = [each.draft for each in shipped.shipped()]
    assert all(each.source and each.confidence for each in found)
    assert [each for each in found if "未核实" in each.title_zh and not each.note] == []
    assert all(not checked(each)[1] for each in found)


def test_methodologies_are_those_of_the_reference() -> None:
    path = BACKEND / "factors" / "reference" / "ccer_methodologies.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        reference = {(row["code"], row["name_cn"], row["confidence"]) for row in csv.DictReader(file)}
    found = {
        (each.draft.number, each.draft.title_zh, each.draft.confidence.value)
        for each in shipped.shipped()
        if each.draft.number.startswith("CCER-")
    }
    assert found == reference


def test_words_of_a_text() -> None:
    assert searching.pairs("碳排放") == ["碳排", "排放"]
    assert searching.pairs("碳") == ["碳"]
    vector = searching.chinese_vector([("碳排放，核算", "A"), ("碳排\n\n放", "C")])
    assert vector == "'碳排':2A,7C '排放':3A,8C '核算':5A"
    assert searching.latin("ＧＢ／Ｔ 32150—2025 碳 CO₂") == "gb t 32150 2025 co2"
    assert searching.number_key("GB/T 32150—2025") == searching.number_key("gb/t 32150-2025") == "gbt321502025"
    assert searching.number_key("常政发〔2025〕43号") == "常政发202543号"


def test_a_question() -> None:
    asked = searching.question("碳排放 Emissions的核算")
    assert asked.exact == "('碳排' <-> '排放') & ('的核' <-> '核算')"
    assert asked.loose == "'碳排' | '排放' | '的核' | '核算'"
    assert asked.english == "emissions"
    # A space parts two words, in Chinese too: a text need not hold them next to each other.
    assert searching.question("零碳园区 验收").exact == "('零碳' <-> '碳园' <-> '园区') & ('验收')"
    for short in ("", "碳", "a", "碳 b", "，。"):
        assert searching.is_too_short(searching.question(short)), short
    for enough in ("碳汇", "CO", "12"):
        assert not searching.is_too_short(searching.question(enough)), enough


def test_hits_are_marked_where_they_stand() -> None:
    asked = searching.question("碳排放 emission")
    text = "关于碳\n排放与 Emissions 的核算"
    spans = searching.hits(text, asked, {"emissions": "emiss"}, {"emiss"})
    shown = searching.segments(text, spans)
    assert "".join(each.text for each in shown) == text
    assert [each.text for each in shown if each.is_hit] == ["碳\n排放", "Emissions"]
    cut = searching.excerpt("甲" * 300 + "碳排放" + "乙" * 300, [(300, 303)])
    assert [each.text for each in cut if each.is_hit] == ["碳排放"]
    assert (cut[0].text, cut[-1].text, len("".join(each.text for each in cut))) == ("…", "…", 162)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"title_zh": " "}, "title_zh"),
        ({"source": ""}, "source"),
        ({"number": ""}, "number"),
        ({"kind": EntryKind.CLAUSE}, "kind"),
        ({"title_en": "x" * 301}, "title_en"),
        ({"note": "a\x07"}, "note"),
        ({"keywords": ["x"] * 3 + [str(each) for each in range(31)]}, "keywords"),
    ],
)
def test_an_entry_that_cannot_be_right_is_named(given: dict, field: str) -> None:
    draft = EntryDraft(**{"kind": EntryKind.STANDARD, "number": "X 1", "title_zh": "题", "source": "源", **given})
    assert [each.field for each in checked(draft)[1]] == [field]
