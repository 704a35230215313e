"""The library: what is shipped, found, linked, entered, imported, taken away; who sees what."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from factories import identity
from factories.knowledge import draft, entered, own_number
from sqlalchemy import text

from backend.kit.clock import today
from backend.kit.db import Databases
from backend.kit.errors import Forbidden, Unauthenticated
from backend.kit.scope import Scope
from backend.kit.tables import HeaderMissing
from backend.knowledge import service
from backend.knowledge.errors import (
    KnowledgeDivisionInvalid,
    KnowledgeEntryInvalid,
    KnowledgeEntryNotFound,
    KnowledgeEntryNotOwn,
    KnowledgeEntryWithdrawn,
    KnowledgeFileInvalid,
    KnowledgeReasonMissing,
    SearchTooCommon,
    SearchTooLong,
    SearchTooShort,
)
from backend.knowledge.library import importing, queries, shipped
from backend.knowledge.library.shipped import entry_id
from backend.knowledge.values import EntryKind, Filter, Matching, SearchPage, Standing

SYSTEM = Scope.system("wuxi")


async def search(databases: Databases, scope: Scope, asked: str, limit: int = 20, **given: Any) -> SearchPage:
    after = given.pop("after", None)
    async with databases.read(scope) as read:
        return await service.search(read, scope, asked, Filter(**given), limit=limit, after=after)


def codes(page: SearchPage) -> list[str]:
    return [each.entry.code for each in page.found]


async def test_furnishing_again_does_nothing_and_what_is_there_is_what_is_shipped(databases: Databases) -> None:
    async with databases.write(SYSTEM) as write:
        assert await service.furnish(write, SYSTEM) == 0
    async with databases.read(SYSTEM) as read:
        clauses = await queries.clause_batch(read, SYSTEM, [entry_id("guizhou-dual-control")])
        stored_ids = await queries.by_id(read, SYSTEM, [entry_id(each.code) for each in shipped.shipped()])
    assert len(stored_ids) == len(shipped.shipped())
    stored = "".join(each.body for each in clauses[0])
    assert stored == (shipped.FOLDER / "policies" / "guizhou-dual-control.txt").read_text(encoding="utf-8")
    assert clauses[0][7].number == "一（二）4"


async def test_chinese_is_found_letter_by_letter_and_ranked(databases: Databases) -> None:
    reader = (await identity.bank(databases)).scope
    page = await search(databases, reader, "碳排放快报", document_id=entry_id("chengdu-peak-pilot"))
    assert page.matching is Matching.ALL
    assert set(codes(page)) == {"chengdu-peak-pilot", "chengdu-peak-pilot#三（一）23"}
    clause = next(each for each in page.found if each.entry.code == "chengdu-peak-pilot#三（一）23")
    assert clause.document is not None
    assert clause.document.code == "chengdu-peak-pilot"
    assert [each.text for each in clause.title if each.is_hit] == ["碳排放快报"]
    assert {"碳排放快报"} == {each.text for each in clause.excerpt if each.is_hit}
    # The same signs in another order are another word.
    none = await search(databases, reader, "报快放排碳", document_id=entry_id("chengdu-peak-pilot"))
    assert none.matching is not Matching.ALL or none.found == []


async def test_a_sentence_broken_by_a_page_is_found(databases: Databases) -> None:
    reader = (await identity.enterprise(databases)).scope
    page = await search(databases, reader, "提升运算、存储", document_id=entry_id("chengdu-peak-pilot"))
    assert codes(page) == ["chengdu-peak-pilot#二（一）4"]


async def test_english_is_found_by_its_stem_and_numbers_with_or_without_punctuation(databases: Databases) -> None:
    reader = (await identity.verifier(databases)).scope
    page = await search(databases, reader, "accounting cements", kinds=[EntryKind.STANDARD])
    assert "gbt-32151.8-2023" in codes(page)
    assert {"guide-power", "gbt-2589-2020"} & set(codes(page)) == set()
    for asked in ("GB/T 32151.8-2023", "gbt32151.8", "GB／T　32151.8—2023"):
        found = await search(databases, reader, asked)
        assert codes(found)[0].startswith("gbt-32151.8-"), asked
    exact = await search(databases, reader, "GB/T 32151.8-2023")
    assert codes(exact)[0] == "gbt-32151.8-2023"
    mixed = await search(databases, reader, "水泥 carbon", kinds=[EntryKind.STANDARD])
    assert "gbt-32151.8-2023" in codes(mixed)
    assert mixed.matching is Matching.ALL


async def test_where_nothing_holds_all_parts_are_found_and_said_to_be(databases: Databases) -> None:
    reader = (await identity.enterprise(databases)).scope
    page = await search(databases, reader, "虚拟电厂的可调节火星能力", document_id=entry_id("wuxi-zero-carbon-parks"))
    assert page.matching is Matching.SOME
    assert codes(page)[0] == "wuxi-zero-carbon-parks#二（二）3"
    nothing = await search(databases, reader, "zzyzxqq", limit=5)
    assert (nothing.found, nothing.total) == ([], 0)


@pytest.mark.parametrize(
    ("asked", "error"),
    [("碳", SearchTooShort), ("  ", SearchTooShort), ("x", SearchTooShort), ("the and of", SearchTooCommon),
     ("碳" * 101, SearchTooLong)],
)  # fmt: skip
async def test_a_search_nobody_can_answer_is_named(databases: Databases, asked: str, error: type[Exception]) -> None:
    reader = (await identity.enterprise(databases)).scope
    with pytest.raises(error):
        await search(databases, reader, asked)
    with pytest.raises(Unauthenticated):
        await search(databases, Scope.nobody("wuxi"), "碳排放")


async def test_pages_follow_each_other_without_a_gap(databases: Databases) -> None:
    reader = (await identity.enterprise(databases)).scope
    wanted = {"document_id": entry_id("wuxi-zero-carbon-parks")}
    whole = await search(databases, reader, "园区", 100, **wanted)
    assert whole.total == len(whole.found) > 20
    seen: list[str] = []
    after = None
    while page := (await search(databases, reader, "园区", 7, after=after, **wanted)).found:
        seen += [each.entry.code for each in page]
        after = (page[-1].rank, page[-1].entry.id, Matching.ALL)
    assert seen == codes(whole)
    assert [each.rank for each in whole.found] == sorted((each.rank for each in whole.found), reverse=True)


async def test_filters(databases: Databases) -> None:
    reader = (await identity.enterprise(databases)).scope
    replaced = await search(databases, reader, "温室气体排放", standing=Standing.REPLACED, kinds=[EntryKind.STANDARD])
    assert {"gbt-32150-2015", "gbt-32151.4-2015"} <= set(codes(replaced))
    assert {each.entry.standing for each in replaced.found} == {Standing.REPLACED}
    recent = await search(databases, reader, "准则", since=date(2025, 12, 1), until=date(2025, 12, 31))
    assert codes(recent) == ["caikuai-2025-34"]
    ministry = await search(databases, reader, "可持续披露", issuer="财政部", kinds=[EntryKind.STANDARD])
    assert set(codes(ministry)) == {"caikuai-2024-17", "caikuai-2025-34"}


async def test_what_explains_a_field(databases: Databases) -> None:
    reader = (await identity.bank(databases)).scope
    async with databases.read(reader) as read:
        found = await service.explains(read, reader, "budgets.intensity")
        assert [each.code for each in found] == ["chengdu-peak-pilot#三（一）24", "changzhou-peak-pilot#四（一）3"]
        assert "碳排放强度刚性平衡+碳排放总量弹性平衡" in found[0].body
        assert await service.explains(read, reader, "unknown.field") == []
        row = await service.explains(read, reader, "parks.indicator.19")
    assert "可再生电力消费占比（含绿证）" in row[0].body


async def test_an_authority_enters_corrects_and_takes_away_its_own(databases: Databases) -> None:
    bureau = (await identity.authority(databases, division="320206")).scope
    number = own_number()
    first = await entered(databases, bureau, number=number, title_zh="零碳充电站规范", keywords=["充电站"])
    assert (first.division_code, first.version, first.confidence) == ("320206", 1, "tenant-entered")
    same = await entered(databases, bureau, number=number, title_zh="零碳充电站规范", keywords=["充电站"])
    assert same == first
    second = await entered(databases, bureau, number=number.replace("/", " ").lower(), title_zh="零碳充电站规程")
    assert (second.id, second.version) == (first.id, 2)
    reader = (await identity.enterprise(databases)).scope
    page = await search(databases, reader, "零碳充电站规程", issuer=None, kinds=[EntryKind.STANDARD])
    assert [each.entry.id for each in page.found] == [first.id]
    assert (await search(databases, reader, number)).found[0].entry.id == first.id
    async with databases.write(bureau) as write:
        gone = await service.withdraw_entry(write, bureau, first.id, "已并入新标准")
    assert (gone.version, gone.withdrawn_reason) == (3, "已并入新标准")
    assert [each for each in (await search(databases, reader, number)).found if each.entry.id == first.id] == []
    async with databases.write(bureau) as write:
        with pytest.raises(KnowledgeEntryWithdrawn):
            await service.withdraw_entry(write, bureau, first.id, "再次")
        with pytest.raises(KnowledgeReasonMissing):
            await service.withdraw_entry(write, bureau, first.id, " ")
    again = await entered(databases, bureau, number=number)
    assert again.id != first.id


async def test_what_is_not_theirs_stays_as_it_is(databases: Databases) -> None:
    bureau = (await identity.authority(databases, division="320206")).scope
    neighbour = (await identity.authority(databases, division="320205")).scope
    mine = await entered(databases, bureau)
    before = await fingerprint(databases)
    with pytest.raises(KnowledgeEntryInvalid) as taken:
        await entered(databases, neighbour, number=mine.number)
    assert [each["field"] for each in taken.value.details["faults"]] == ["number"]  # type: ignore[attr-defined]
    with pytest.raises(KnowledgeEntryInvalid):
        await entered(databases, bureau, number="GB/T 2589-2020")
    async with databases.write(neighbour) as write:
        for own in (mine.id, entry_id("gbt-2589-2020"), entry_id("chengdu-peak-pilot#一")):
            with pytest.raises(KnowledgeEntryNotOwn):
                await service.withdraw_entry(write, neighbour, own, "越权")
        with pytest.raises(KnowledgeDivisionInvalid):
            await service.record_entry(write, neighbour, draft(), division_code="320206")
    with pytest.raises(KnowledgeEntryInvalid) as early:
        await entered(databases, bureau, published_on=today() + timedelta(days=1))
    assert early.value.path == ("input", "publishedOn")
    for stranger in (await identity.enterprise(databases), await identity.bank(databases)):
        with pytest.raises(Forbidden):
            await entered(databases, stranger.scope)
    assert await fingerprint(databases) == before


async def fingerprint(databases: Databases) -> Any:
    """Return what tells of a change of entries of these two districts and of what is shipped."""
    async with databases.read(SYSTEM) as read:
        return await read.row(
            text(
                "select count(*), sum(version), max(recorded_at) from knowledge_entry"
                " where division_code in ('', '320205', '320206')"
            )
        )


async def test_internal_material_stays_with_its_authority_and_those_above(databases: Databases) -> None:
    bureau = await identity.authority(databases, division="320206")
    made = await entered(
        databases,
        bureau.scope,
        kind=EntryKind.TRAINING,
        number=own_number(),
        title_zh="内部研讨材料甲乙",
        is_internal=True,
    )
    city = await identity.authority(databases)
    seen = {
        "itself": bureau, "city": city, "neighbour": await identity.authority(databases, division="320205"),
        "enterprise": await identity.enterprise(databases, division="320206"), "bank": await identity.bank(databases),
        "verifier": await identity.verifier(databases),
    }  # fmt: skip
    found = {
        who: [
            each.entry.id
            for each in (await search(databases, one.scope, made.number)).found
            if each.entry.id == made.id
        ]
        for who, one in seen.items()
    }
    assert found == {
        "itself": [made.id], "city": [made.id], "neighbour": [], "enterprise": [], "bank": [], "verifier": []
    }  # fmt: skip
    neighbour = seen["neighbour"].scope
    async with databases.write(neighbour) as write:
        assert await queries.by_id(write, neighbour, [made.id]) == {}
        with pytest.raises(KnowledgeEntryNotFound):
            await service.withdraw_entry(write, neighbour, made.id, "越权")


def workbook(path: Path, *rows: dict[str, Any]) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = importing.LAYOUT.sheet
    sheet.append([each.zh for each in importing.COLUMNS])
    for row in rows:
        sheet.append([row.get(each.key) for each in importing.COLUMNS])
    book.save(path)
    book.close()
    return path


async def brought(databases: Databases, scope: Scope, path: Path, *, is_dry: bool = False) -> tuple[int, int, int]:
    drafts, rows = importing.read_file(path)
    async with databases.write(scope) as write:
        done = await service.import_entries(write, scope, drafts, rows, is_internal=False, is_dry=is_dry)
    return done.added, done.changed, done.unchanged


async def test_a_workbook_comes_in_whole_or_not_at_all(databases: Databases, tmp_path: Path) -> None:
    bureau = (await identity.authority(databases, division="320213")).scope
    numbers = [own_number() for _ in range(3)]
    good = [
        {"kind": "标准", "number": each, "title_zh": f"导入规范{place}", "source": "公告", "standing": "现行",
         "published_on": date(2025, 3, 1), "effective_on": "2025/04/01", "keywords": "导入；规范"}
        for place, each in enumerate(numbers)
    ]  # fmt: skip
    path = workbook(tmp_path / "good.xlsx", *good)
    assert await brought(databases, bureau, path, is_dry=True) == (3, 0, 0)
    assert await brought(databases, bureau, path) == (3, 0, 0)
    assert await brought(databases, bureau, path) == (0, 0, 3)
    changed = workbook(tmp_path / "changed.xlsx", {**good[0], "standing": "被代替"}, *good[1:])
    assert await brought(databases, bureau, changed) == (0, 1, 2)
    async with databases.read(bureau) as read:
        found = await service.search(read, bureau, numbers[0], Filter(), limit=1)
    assert found.found[0].entry.standing is Standing.REPLACED
    assert found.found[0].entry.effective_on == date(2025, 4, 1)
    assert found.found[0].entry.keywords == ["导入", "规范"]


async def test_wrong_cells_are_named(databases: Databases, tmp_path: Path) -> None:
    bureau = (await identity.authority(databases, division="320213")).scope
    before = await fingerprint(databases)
    good = {"kind": "标准", "number": own_number(), "title_zh": "规范", "source": "公告"}
    path = workbook(
        tmp_path / "cells.xlsx",
        good,
        {**good, "kind": "传闻"},
        {**good, "published_on": "去年"},
        {**good, "standing": "？"},
    )
    with pytest.raises(KnowledgeFileInvalid) as wrong:
        importing.read_file(path)
    assert [(each["row"], each["column"]) for each in wrong.value.details["faults"]] == [  # type: ignore[attr-defined]
        (3, "类别"), (4, "发布日期"), (5, "状态"),
    ]  # fmt: skip
    rules = workbook(tmp_path / "rules.xlsx", good, {**good, "title_zh": None}, {**good, "number": "GB/T 2589-2020"})
    with pytest.raises(KnowledgeFileInvalid) as wrong:
        await brought(databases, bureau, rules)
    assert [(each["row"], each["column"]) for each in wrong.value.details["faults"]] == [  # type: ignore[attr-defined]
        (3, "名称"), (3, "编号"), (4, "编号"),
    ]  # fmt: skip
    empty = workbook(tmp_path / "empty.xlsx")
    with pytest.raises(KnowledgeFileInvalid):
        importing.read_file(empty)
    other = tmp_path / "other.csv"
    other.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(HeaderMissing):
        importing.read_file(other)
    assert await fingerprint(databases) == before


async def test_a_correction_leaves_what_it_replaced_in_the_audit_chain(databases: Databases) -> None:
    bureau = (await identity.authority(databases, division="320213")).scope
    first = await entered(databases, bureau, title_zh="旧名称")
    await entered(databases, bureau, number=first.number, title_zh="新名称")
    async with databases.read(bureau) as read:
        details = await read.rows(
            text(
                "select details from audit_event where action = 'knowledge:record' and actor_id = :actor order by sequence"
            ),
            {"actor": bureau.actor_id},
        )
    assert [each["before"] for each in details[-1].details["corrections"]] == [{"title_zh": "旧名称"}]
