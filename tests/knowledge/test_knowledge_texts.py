"""Texts parsed into numbered items: partition, order of numbers, what is held, replaced and refused."""

import pytest
from factories import identity
from factories.knowledge import entered
from sqlalchemy import text as sql

from backend.kit.db import Databases
from backend.kit.errors import Forbidden
from backend.kit.scope import Scope
from backend.knowledge import service
from backend.knowledge.errors import (
    KnowledgeEntryNotFound,
    KnowledgeEntryNotOwn,
    KnowledgeEntryWithdrawn,
    KnowledgeTextInvalid,
)
from backend.knowledge.library import queries
from backend.knowledge.library.shipped import entry_id
from backend.knowledge.rules.splitting_standard import follows, split
from backend.knowledge.values import EntryKind, EntryValue, Filter, TextStyle

STANDARD = """前  言
本文件按照规定起草。
1 范围
本文件规定了示范企业的核算方法。
2 规范性引用文件
2.1 总则
下列文件适用。
3 术语和定义
3.1 活动数据
量化
3.1.1 燃料消耗量
12 t 以上的按实测。
3.2 排放因子
附录A 资料性附录
A.1 缺省值
A.2 计算示例
1 不是条款
附录B 参考文献
"""
LABELS = ["前言", "1", "2", "2.1", "3", "3.1", "3.1.1", "3.2", "附录A", "A.1", "A.2", "附录B"]
POLICY = "一、总体要求\n（一）目标\n到2030年完成试点。\n二、重点任务\n1. 建立核算制度。\n"


def test_a_standard_is_parted_at_its_numbers_and_nowhere_else() -> None:
    found = split(STANDARD)
    assert "".join(each.text for each in found) == STANDARD
    assert [each.label for each in found] == LABELS
    assert [each.heading for each in found][1:5] == ["范围", "规范性引用文件", "总则", "术语和定义"]


@pytest.mark.parametrize(
    ("last", "new", "does"),
    [
        ((), (1,), True), ((), (2,), False), ((1,), (1, 1), True), ((1,), (2,), True), ((1,), (3,), False),
        ((3, 1, 1), (3, 2), True), ((3, 1, 1), (4,), True), ((3, 1, 1), (3, 1, 2), True), ((3, 1), (3, 1), False),
        ((3, 1), (2, 1), False), ((3,), (3, 2), False),
    ],
)  # fmt: skip
def test_which_number_comes_after_which(last: tuple[int, ...], new: tuple[int, ...], does: bool) -> None:  # noqa: FBT001 - a column of the table
    assert follows(last, new) is does


async def held(
    databases: Databases, scope: Scope, entry: EntryValue, text: str = STANDARD, style: TextStyle = TextStyle.STANDARD,
    basis: str = "本单位起草", *, is_dry: bool = False,
) -> list[str]:  # fmt: skip
    async with databases.write(scope) as write:
        _, pieces = await service.record_text(write, scope, entry.id, text, style=style, basis=basis, is_dry=is_dry)
    return [each.label for each in pieces]


async def items(databases: Databases, scope: Scope, entry: EntryValue) -> list[EntryValue]:
    async with databases.read(scope) as read:
        return (await queries.clause_batch(read, scope, [entry.id]))[0]


async def test_a_text_is_held_item_by_item_and_another_takes_its_place(databases: Databases) -> None:
    bureau = await identity.authority(databases, division="320211")
    scope = bureau.scope
    entry = await entered(databases, scope)
    assert await held(databases, scope, entry, is_dry=True) == LABELS
    assert await items(databases, scope, entry) == []
    assert await held(databases, scope, entry) == LABELS
    bank = (await identity.bank(databases)).scope
    found = await items(databases, bank, entry)
    assert "".join(each.body for each in found) == STANDARD
    assert {(each.kind, each.source, each.division_code) for each in found} == {
        (EntryKind.CLAUSE, "本单位起草", "320211")
    }
    async with databases.read(bank) as read:
        page = await service.search(read, bank, "燃料消耗量", Filter(document_id=entry.id), limit=5)
    assert [each.entry.number for each in page.found] == ["3.1.1"]
    assert await held(databases, scope, entry, POLICY, TextStyle.POLICY) == ["一", "一（一）", "二", "二1"]
    assert [each.number for each in await items(databases, scope, entry)] == ["一", "一（一）", "二", "二1"]
    async with databases.read(scope) as read:
        count = await read.value(sql("select count(*) from knowledge_entry where parent_id = :id"), {"id": entry.id})
        page = await service.search(read, scope, "燃料消耗量", Filter(document_id=entry.id), limit=5)
        now = (await queries.by_id(read, scope, [entry.id]))[entry.id]
    assert (count, page.total, now.version) == (len(LABELS) + 4, 0, 3)
    async with databases.write(scope) as write:
        await service.withdraw_entry(write, scope, entry.id, "试验结束")
    assert [each.number for each in await items(databases, scope, entry)] == ["一", "一（一）", "二", "二1"]
    with pytest.raises(KnowledgeEntryWithdrawn):
        await held(databases, scope, entry)


@pytest.mark.parametrize(
    ("text", "style", "basis"),
    [
        (" ", TextStyle.STANDARD, "有权"), ("没有编号的正文", TextStyle.STANDARD, "有权"),
        ("没有编号的正文", TextStyle.POLICY, "有权"), (STANDARD, TextStyle.STANDARD, " "),
        (STANDARD + "\x07", TextStyle.STANDARD, "有权"), (STANDARD, TextStyle.STANDARD, "x" * 501),
        ("1 " + "长" * 500_000, TextStyle.STANDARD, "有权"),
    ],
)  # fmt: skip
async def test_a_text_that_cannot_be_held_is_named(
    databases: Databases, text: str, style: TextStyle, basis: str
) -> None:
    bureau = await identity.authority(databases, division="320211")
    entry = await entered(databases, bureau.scope)
    with pytest.raises(KnowledgeTextInvalid):
        await held(databases, bureau.scope, entry, text, style, basis)
    assert await items(databases, bureau.scope, entry) == []


async def test_only_its_authority_gives_a_document_its_text(databases: Databases) -> None:
    bureau = await identity.authority(databases, division="320211")
    entry = await entered(databases, bureau.scope)
    hidden = await entered(databases, bureau.scope, is_internal=True)
    neighbour = (await identity.authority(databases, division="320205")).scope
    with pytest.raises(KnowledgeEntryNotOwn):
        await held(databases, neighbour, entry)
    with pytest.raises(KnowledgeEntryNotFound):
        await held(databases, neighbour, hidden)
    enterprise = (await identity.enterprise(databases, division="320211")).scope
    with pytest.raises(Forbidden):
        await held(databases, enterprise, entry)
    await held(databases, bureau.scope, hidden)
    assert await items(databases, enterprise, hidden) == []
    async with databases.write(bureau.scope) as write:
        with pytest.raises(KnowledgeEntryNotOwn):
            await service.record_text(
                write, bureau.scope, entry_id("guizhou-dual-control"), POLICY, style=TextStyle.POLICY, basis="越权"
            )
