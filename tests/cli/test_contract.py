"""The public contract: what is exported, and what counts as breaking."""

import re

from backend.cli import contract

BEFORE = "type Query { a(x: Int): String! b: Int } union U = V | W type V { c: Int } type W { c: Int }"


def test_additions_break_nobody() -> None:
    after = BEFORE.replace("b: Int", "b: Int new: String").replace("a(x: Int)", "a(x: Int, y: Int)")
    assert contract.breaking_changes(BEFORE, after) == []


def test_removals_and_new_duties_break() -> None:
    after = BEFORE.replace(" b: Int", "").replace("x: Int", "x: Int!").replace("V | W", "V")
    words = " ".join(contract.breaking_changes(BEFORE, after))
    assert "Query.b was removed" in words
    assert "Query.a(x:)" in words
    assert "W was removed from union type U" in words


def test_every_error_speaks_both_languages_and_keeps_its_kind() -> None:
    kinds: dict[str, set[str]] = {}
    for each in contract.error_classes():
        assert each.en, each
        sentence = re.sub(r"\{\w+\}", "", each.zh)
        # A sentence may be made of its details alone: `{zh}`, `{field}：{reason}`.
        assert not re.search(r"\w", sentence) or any("\u4e00" <= character <= "\u9fff" for character in sentence), each
        kinds.setdefault(each.code, set()).add(contract._kind(each))
    assert {code: kind for code, kind in kinds.items() if len(kind) > 1} == {}
