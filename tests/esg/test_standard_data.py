"""The reference files as shipped: complete, readable, honest about what is from memory; a version never changes."""

import csv
import hashlib
from contextlib import suppress
from decimal import Decimal

import pytest
from factories.standards import content, standards
from sqlalchemy import insert, select, text, update
from sqlalchemy.exc import DBAPIError

from backend.esg import service, shipped
from backend.esg.errors import ReferenceUnreadable, StandardChanged
from backend.esg.models import EsgReference
from backend.esg.rules import prefilling, reading
from backend.esg.values import Level, Relation, RequirementKind
from backend.kit.clock import now
from backend.kit.db import Databases
from backend.kit.scope import Scope

TOPICS_SHA256 = "c877aca875faea01a684587eb3bfbe9340d2ec6923810fb3531dd7d92fbd38e4"
"""Of the file as it was received."""


def test_the_topics_are_the_received_file_unchanged() -> None:
    file = shipped.FOLDER / "esg_topics.csv"
    assert hashlib.sha256(file.read_bytes()).hexdigest() == TOPICS_SHA256
    topics = reading.topics(content("topics", "topics"))
    assert len(topics) == 21
    assert (topics[1].name.zh, topics[1].article, topics[21].pillar) == ("应对气候变化", "21-28", "g")


def test_every_standard_is_there_with_its_document() -> None:
    found = standards()
    assert {code: (each.version, str(each.issued_on)) for code, each in found.items()} == {
        "exchanges": ("2024", "2024-04-12"),
        "basic": ("2024", "2024-11-20"),
        "climate": ("2025", "2025-12-19"),
        "ifrs-s2": ("2023", "2023-06-26"),
        "gri305": ("2016", "2016-10-19"),
        "order24": ("2022", "2021-12-11"),
        "changzhou": ("2025", "None"),
    }
    assert found["basic"].document == "财会〔2024〕17号"
    assert found["climate"].document == "财会〔2025〕34号"
    assert {f"305-{number}" for number in range(1, 8)} == {each.code[:5] for each in found["gri305"].requirements}


def test_the_exchanges_ask_by_every_topic_and_for_scope_1_and_2() -> None:
    found = {each.code: each for each in standards()["exchanges"].requirements}
    assert sum(1 for code in found if code.startswith("T")) == 21
    assert found["T01"].clause == "第21-28条"
    assert (found["E1.1"].metric, found["E1.1"].level, found["E1.1"].may_explain) == (
        "ghg.scope1",
        Level.MANDATORY,
        False,
    )
    assert found["E1.4"].level is Level.ENCOURAGED


def test_nothing_from_memory_passes_as_looked_up() -> None:
    """A document that was looked up does not vouch for the wording of its single requirements."""
    found = standards()
    wording = {each.confidence for each in found["basic"].requirements} | {
        each.confidence for each in found["climate"].requirements
    }
    assert wording == {"from-memory"}
    assert {each.confidence for each in found["ifrs-s2"].requirements} == {
        "from-memory",
        "verified-by-lookup(secondary)",
    }
    assert all(each.source and each.confidence and each.clause for one in found.values() for each in one.requirements)
    assert reading.materiality(content("materiality", "materiality")).is_placeholder


def test_every_metric_a_standard_names_is_in_the_catalogue_and_every_rule_is_known() -> None:
    metrics = reading.metrics(content("metrics", "metrics"))
    assert {each.rule for each in metrics.values() if each.rule} <= set(prefilling.RULES)
    assert set(prefilling.RULES) == {each.rule for each in metrics.values() if each.rule}
    assert metrics["product.footprint"].rule is None
    for one in standards().values():
        for each in one.requirements:
            assert each.kind is RequirementKind.NARRATIVE or each.unit or each.metric, each.key
            if each.metric:
                assert metrics[each.metric].kind is each.kind, each.key


def test_changzhou_asks_for_trading_compliance_and_footprints() -> None:
    found = {each.metric for each in standards()["changzhou"].requirements}
    assert {"market.cea_bought", "market.cea_sold", "ets.obligation", "ets.surrendered", "ets.compliance",
            "product.footprint", "ghg.scope1"} <= found  # fmt: skip


def test_the_crosswalk_relates_requirements_that_exist_and_agrees_with_the_metrics() -> None:
    found = {each.key: each for one in standards().values() for each in one.requirements}
    pairs = reading.crosswalk(content("crosswalk", "crosswalk"))
    seen: set[frozenset[str]] = set()
    for each in pairs:
        one, other = found[each.from_key], found[each.to_key]
        assert each.confidence in {"verified-by-lookup", "verified-by-lookup(secondary)", "from-memory"}
        if each.relation is Relation.SAME and (one.metric or other.metric):
            assert one.metric == other.metric, each
        pair = frozenset({each.from_key, each.to_key})
        assert pair not in seen, f"{pair} is there twice"
        seen.add(pair)
    with (shipped.FOLDER / "crosswalk-2026.1.csv").open(encoding="utf-8") as file:
        assert len(pairs) == sum(1 for _ in csv.DictReader(file))


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        ("code = 'x'", "version"),
        ("code = ", "Invalid"),
        ("code = 'x'\nversion = '1'", "KeyError"),
    ],
)
def test_a_broken_standard_is_refused_with_the_reason(broken: str, said: str) -> None:
    with pytest.raises(ReferenceUnreadable, match=said):
        reading.standard(broken, {}, {})


def test_a_standard_with_a_metric_nobody_knows_is_refused() -> None:
    text_ = content("standard", "gri305").replace('metric = "ghg.gases"', 'metric = "ghg.nothing"')
    with pytest.raises(ReferenceUnreadable, match="nothing"):
        reading.standard(text_, {}, reading.metrics(content("metrics", "metrics")))


def test_a_threshold_outside_the_scale_is_refused() -> None:
    broken = content("materiality", "materiality").replace('threshold = "3"', 'threshold = "6"')
    with pytest.raises(ReferenceUnreadable, match="outside"):
        reading.materiality(broken)


@pytest.mark.parametrize("tenant", ["changzhou", "wuxi"])
async def test_a_jurisdiction_has_its_own_standards_beside_the_common_ones(databases: Databases, tenant: str) -> None:
    scope = Scope.system(tenant)
    async with databases.read(scope) as read:
        books = await service.library(read, scope)
    is_there = tenant == "changzhou"
    assert ("changzhou" in books.standards) is is_there
    assert list(books.standards)[:2] == ["exchanges", "order24"]
    assert books.materiality.threshold == Decimal(3)
    assert books.versions == {
        "topics:topics": "2024", "metrics:metrics": "2026.1", "crosswalk:crosswalk": "2026.1",
        "materiality:materiality": "2026.1",
    }  # fmt: skip
    assert any(each.from_key.startswith("changzhou:") for each in books.crossings) is is_there


async def test_loading_again_changes_nothing_and_a_changed_file_needs_another_version(
    databases: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    scope = Scope.system("chengdu")
    count = select(EsgReference.kind, EsgReference.code, EsgReference.version, EsgReference.loaded_at)
    async with databases.write(scope) as write:
        before = await write.rows(count)
        await service.furnish(write, scope)
        assert sorted(await write.rows(count)) == sorted(before)
    first, *others = shipped.shipped()
    other = shipped.Shipped(first.kind, first.code, first.version, "x", "0" * 64)
    monkeypatch.setattr("backend.esg.service.furnishing.shipped", lambda: (other, *others))
    with pytest.raises(StandardChanged, match="2024"):
        async with databases.write(scope) as write:
            await service.furnish(write, scope)


async def test_a_loaded_version_cannot_be_changed_or_loaded_by_anybody_else(
    databases: Databases, system: Scope
) -> None:
    with pytest.raises(DBAPIError, match="permission denied"):
        async with databases.write(system) as write:
            await write.run(update(EsgReference).values(version="9"))
    nobody = Scope.nobody("wuxi")
    with pytest.raises(DBAPIError, match="row-level security"):
        async with databases.write(nobody) as write:
            await write.run(text("insert into esg_reference values ('standard', 'x', '1', '', repeat('0', 64), now())"))


class Enough(Exception):
    """Takes a test's own rows back."""


async def test_a_newer_version_counts_from_its_day_and_a_disclosure_keeps_its_own(databases: Databases) -> None:
    scope = Scope.system("guizhou")
    shipped_text = content("standard", "gri305")
    seen: list[str] = []
    with suppress(Enough):
        async with databases.write(scope) as write:
            for version, day in (("2025.9", "2025-09-01"), ("2099", "2099-01-01")):
                changed = shipped_text.replace('version = "2016"', f'version = "{version}"')
                changed = changed.replace("valid_from = 2018-07-01", f"valid_from = {day}")
                await write.run(
                    insert(EsgReference).values(
                        kind="standard", code="gri305", version=version, content=changed,
                        sha256=reading.sha256(changed), loaded_at=now(),
                    )
                )  # fmt: skip
            books = await service.library(write, scope)
            seen.append(books.standards["gri305"].version)
            kept = await service.library(write, scope, {"gri305": "2016"}, books.versions)
            seen += [f"{code} {each.version}" for code, each in kept.standards.items()]
            seen += [each.version for each in await service.versions(write, scope) if each.code == "gri305"]
            raise Enough
    assert seen == ["2025.9", "gri305 2016", "2016", "2025.9", "2099"]
