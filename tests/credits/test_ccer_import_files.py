"""A registry's export of CCER into the books: whole or not at all, once, every wrong line said in its own place."""

import asyncio
import time
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from factories import identity
from factories.accounts import held_account
from factories.ledger import held
from factories.unit_files import Desk, ccer_row, csv_of, frame, make_desk, xlsx_of
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from backend.credits.ccer import service
from backend.credits.ccer.values import HoldingRow
from backend.kit.clearing import ClearingAway
from backend.kit.db import Databases
from backend.kit.errors import Forbidden, NotFound
from backend.kit.scope import Scope
from backend.kit.tables import HeaderMissing
from backend.ledger import errors as ledger_errors
from backend.ledger import service as ledger
from backend.ledger.registry import queries
from backend.ledger.registry.checking import LineChecker
from backend.ledger.registry.errors import TooManyRuns, UnitFileEmpty, UnitFileUnknown
from backend.ledger.registry.serials import serial_of, serial_run
from backend.ledger.registry.sources import source_of
from backend.ledger.values import CCER, Reason

OFFSHORE = "CCER-01-002-V01"


@pytest.fixture
async def desk(databases: Databases, servers: Any) -> Desk:
    return await make_desk(databases, servers.settings, CCER)


async def units(desk: Desk) -> dict[str, Decimal]:
    return await held(desk.databases, desk.held.id, CCER, tenant=desk.scope.tenant)


def row(desk: Desk, of: str, first: int, last: int, **changed: Any) -> dict[str, Any]:
    return ccer_row(of, first, last, desk.name, **changed)


def said(result: dict[str, Any]) -> list[tuple[int, str, str]]:
    return [(each["row"], each["column"], each["code"]) for each in result["problems"]]


async def tickets(desk: Desk) -> list[str]:
    async with desk.databases.read(Scope.system(desk.scope.tenant)) as read:
        found = await read.rows(
            text("select state from clearing_ticket where account_id = :id order by opened_at, id"),
            {"id": desk.held.id},
        )
    return [each.state for each in found]


async def test_lines_alike_become_one_batch(desk: Desk) -> None:
    of = frame()
    result = await desk.imported(
        [row(desk, of, 1, 100), row(desk, of, 101, 250), row(desk, of, 500, 509), row(desk, of, 300, 301, vintage="2025",
         produced_from="2025-01-01", produced_to="2025-03-31")]
    )  # fmt: skip
    assert (result["state"], result["rows"], result["units"], result["batches"]) == ("stored", 4, 262, 2)
    assert await units(desk) == {"available": Decimal(262)}
    async with desk.databases.read(desk.scope) as read:
        ids = [each.batch_id for each in await ledger.balances(read, desk.scope, [desk.held.id], CCER)]
        first, second = sorted(
            (await ledger.batches(read, desk.scope, ids)).values(), key=lambda each: each.vintage or 0
        )
        ranges = await read.rows(
            text("select frame, lower(numbers) as low, upper(numbers) - 1 as high from ledger_origin where batch_id = :id"
                 " order by numbers"), {"id": first.id},
        )  # fmt: skip
    assert (first.quantity, first.vintage, first.project_code) == (260, 2024, "PRJ-9")
    assert (first.produced_from, first.produced_to) == (date(2024, 1, 1), date(2024, 12, 31))
    assert first.attributes == {
        "registered_on": "2025-06-03", "methodology": "CCER-07-001-V01", "old_scheme": False, "project_name": "隧道照明",
        "plant_code": "", "is_ets_managed": False, "transferred_on": "2025-09-01",
    }  # fmt: skip
    assert (second.quantity, second.vintage) == (2, 2025)
    assert [(each.frame, each.low, each.high) for each in ranges] == [
        (f"{of}#9", 1, 100), (f"{of}#9", 101, 250), (f"{of}#9", 500, 509),
    ]  # fmt: skip


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
async def test_csv_in_every_usual_encoding(desk: Desk, encoding: str) -> None:
    content = csv_of(CCER, [row(desk, frame(), 1, 5)], encoding)
    assert (await desk.run(await desk.ask(content)))["units"] == 5


async def test_workbook_with_whole_serials_and_numbers(desk: Desk, tmp_path: Path) -> None:
    of = frame()
    line = row(desk, "", 1, 7, serial_first=f"{of}007", serial_last=f"{of}013", quantity=7, vintage=2024)
    result = await desk.run(await desk.ask(xlsx_of(CCER, [line], tmp_path / "a.xlsx"), "a.xlsx"))
    assert (result["state"], result["units"]) == ("stored", 7)


async def test_a_serial_stored_as_a_number_has_lost_its_zeros(desk: Desk, tmp_path: Path) -> None:
    content = xlsx_of(CCER, [row(desk, frame(), 1, 7, serial_first=1)], tmp_path / "a.xlsx")
    assert said(await desk.run(await desk.ask(content, "a.xlsx"))) == [(2, "serial_first", "serial_not_text")]


async def test_a_plant_stored_as_a_number_has_lost_its_digits(desk: Desk, tmp_path: Path) -> None:
    content = xlsx_of(CCER, [row(desk, frame(), 1, 7, plant_code=11022106320205021)], tmp_path / "a.xlsx")
    assert said(await desk.run(await desk.ask(content, "a.xlsx"))) == [(2, "plant_code", "plant_not_text")]
    assert await units(desk) == {}


@pytest.mark.parametrize(
    ("changed", "column", "problem"),
    [
        ({"serial_first": ""}, "serial_first", "cell_missing"),
        ({"serial_last": ""}, "serial_last", "cell_missing"),
        ({"serial_first": "000000009", "serial_last": "000000001"}, "serial_first", "serials_unreadable"),
        ({"serial_first": "1", "serial_last": "10"}, "serial_first", "serials_unreadable"),
        ({"serial_last": "00000000X"}, "serial_first", "serials_unreadable"),
        ({"serial_first": "A000000001"}, "serial_first", "serials_unreadable"),
        ({"serial_prefix": "P" * 101}, "serial_first", "serials_unreadable"),
        ({"quantity": ""}, "quantity", "cell_missing"),
        ({"quantity": "9"}, "quantity", "quantity_other"),
        ({"quantity": "10.5"}, "quantity", "quantity_wrong"),
        ({"quantity": "-10"}, "quantity", "quantity_wrong"),
        ({"quantity": "十"}, "quantity", "quantity_wrong"),
        ({"vintage": ""}, "vintage", "cell_missing"),
        ({"vintage": "24"}, "vintage", "year_wrong"),
        ({"vintage": "2011"}, "vintage", "year_wrong"),
        ({"vintage": "2199"}, "vintage", "year_wrong"),
        ({"vintage": "2023"}, "vintage", "vintage_other"),
        ({"vintage": "2026"}, "vintage", "vintage_late"),
        ({"project_code": ""}, "project_code", "cell_missing"),
        ({"project_code": "P" * 61}, "project_code", "text_too_long"),
        ({"methodology": ""}, "methodology", "cell_missing"),
        ({"registered_on": ""}, "registered_on", "cell_missing"),
        ({"registered_on": "2025-02-30"}, "registered_on", "date_malformed"),
        ({"registered_on": "昨天"}, "registered_on", "date_malformed"),
        ({"registered_on": "2199-01-01"}, "registered_on", "date_future"),
        ({"registered_on": "2024-12-30"}, "registered_on", "dates_order"),
        ({"transferred_on": "2025-06-02"}, "transferred_on", "dates_order"),
        ({"produced_to": "2023-12-31"}, "produced_to", "dates_order"),
        ({"produced_to": ""}, "produced_to", "production_half"),
        ({"produced_from": ""}, "produced_from", "production_half"),
        ({"is_ets_managed": "也许"}, "is_ets_managed", "word_unknown"),
        ({"holder": ""}, "holder", "cell_missing"),
        ({"holder": "别家企业"}, "holder", "holder_other"),
        ({"methodology": "ABC"}, "methodology", "methodology_unknown"),
        ({"methodology": "CCER-01-002"}, "methodology", "methodology_unknown"),
        ({"methodology": "CCER-01-002-V02"}, "methodology", "methodology_unknown"),
        ({"methodology": "海上风电"}, "methodology", "methodology_unknown"),
        ({"methodology": OFFSHORE}, "plant_code", "plant_wrong"),
        ({"methodology": "并网海上风力发电"}, "plant_code", "plant_wrong"),
        ({"methodology": "并网光热发电", "plant_code": "CSP-1"}, "plant_code", "plant_wrong"),
        ({"plant_code": "WIND-1"}, "plant_code", "plant_wrong"),
        ({"plant_code": "11022106320200010", "produced_from": "", "produced_to": ""}, "produced_from",
         "production_missing"),
        ({"methodology": OFFSHORE, "produced_from": "", "produced_to": ""}, "produced_from", "production_missing"),
    ],
)  # fmt: skip
async def test_a_wrong_line_refuses_the_file(desk: Desk, changed: dict[str, Any], column: str, problem: str) -> None:
    of = frame()
    result = await desk.imported([row(desk, of, 100, 199), {**row(desk, frame(), 1, 10), **changed}])
    assert (result["state"], said(result)) == ("rejected", [(3, column, problem)])
    told = result["problems"][0]
    assert told["message_zh"] != told["message_en"]
    assert "{" not in told["message_zh"] + told["message_en"]
    assert (result["units"], await units(desk), await tickets(desk)) == (0, {}, [])


async def test_the_annotated_copy_says_it_in_the_row(desk: Desk, tmp_path: Path) -> None:
    accepted = await desk.ask(csv_of(CCER, [row(desk, frame(), 1, 10), row(desk, frame(), 1, 10, quantity="9")]))
    await desk.run(accepted)
    async with desk.databases.read(desk.scope) as read:
        found = await queries.unit_import(read, desk.scope, desk.held.id, accepted.import_id)
    assert found.annotated_key is not None
    await desk.storage.save(found.annotated_key, tmp_path / "back.csv")
    lines = (tmp_path / "back.csv").read_text("utf-8-sig").splitlines()
    assert lines[0].endswith("问题,问题（英文）")
    assert "共 10 个" in "\n".join(lines[2:])
    assert "不符" not in lines[1]


async def test_a_file_without_lines_or_titles(desk: Desk) -> None:
    with pytest.raises(UnitFileEmpty):
        await desk.run(await desk.ask(csv_of(CCER, [row(desk, "X", 1, 2)]).splitlines(keepends=True)[0]))
    with pytest.raises(HeaderMissing):
        await desk.run(await desk.ask("编号,数量\n1,2\n".encode()))
    with pytest.raises(UnitFileUnknown):
        source_of("GEC")


async def test_lines_that_share_units_are_named(desk: Desk) -> None:
    of = frame()
    result = await desk.imported(
        [row(desk, of, 50, 60), row(desk, of, 1, 100), row(desk, of, 100, 120), row(desk, of, 121, 130)]
    )
    assert said(result) == [(3, "serial_first", "duplicate_in_file"), (4, "serial_first", "duplicate_in_file")]
    assert await units(desk) == {}


async def test_the_same_file_is_one_import(desk: Desk) -> None:
    content = csv_of(CCER, [row(desk, frame(), 1, 5)])
    first = await desk.ask(content)
    again = await desk.ask(content)
    assert (again.is_repeat, again.import_id) == (True, first.import_id)
    done = await desk.run(first)
    assert await desk.run(first) == done
    assert (await desk.ask(content)).is_repeat
    assert not (await desk.ask(content, dry=True)).is_repeat
    assert await units(desk) == {"available": Decimal(5)}


async def test_a_reversed_import_may_come_again(desk: Desk, servers: Any) -> None:
    content = csv_of(CCER, [row(desk, frame(), 1, 5)])
    await desk.run(await desk.ask(content))
    system = Scope.system("wuxi")
    async with desk.databases.write(system) as write:
        movement = await write.value(
            text("select id from ledger_movement where to_account_id = :id and kind = 'import'"), {"id": desk.held.id}
        )
        await ledger.reverse(write, system, movement, Reason(note="误导入"))
    assert await units(desk) == {}
    await ledger.give_back(desk.databases, servers.settings, "wuxi")
    again = await desk.ask(content)
    assert not again.is_repeat
    assert (await desk.run(again))["state"] == "stored"


async def test_imported_before_names_the_row(desk: Desk) -> None:
    of = frame()
    await desk.imported([row(desk, of, 1, 100)])
    result = await desk.imported(
        [row(desk, of, 201, 300), row(desk, of, 101, 200), row(desk, of, 100, 100), row(desk, frame(), 1, 9)]
    )
    assert (result["state"], said(result)) == ("rejected", [(4, "serial_first", "imported_before")])
    assert f"{of}000000100" in result["problems"][0]["message_zh"]
    assert (await units(desk), await tickets(desk)) == ({"available": Decimal(100)}, ["kept", "abandoned"])


async def test_rows_of_the_wire_and_files_know_the_same_serials(desk: Desk) -> None:
    of = frame()
    await desk.imported([row(desk, of, 1, 100)])
    line = HoldingRow(
        first_serial=f"{of}000000100", last_serial=f"{of}000000101", project_code="PRJ-9", methodology="CCER-07-001-V01",
        produced_from=date(2024, 1, 1), produced_to=date(2024, 12, 31), registered_on=date(2025, 6, 3),
    )  # fmt: skip
    with pytest.raises(ledger_errors.OriginOverlap):
        async with desk.databases.write(desk.scope) as write:
            await service.import_holdings(write, desk.scope, account_id=desk.held.id, rows=[line])


async def test_another_jurisdiction_cannot_have_them(desk: Desk, servers: Any) -> None:
    of = frame()
    other = await make_desk(desk.databases, servers.settings, CCER, tenant="chengdu")
    await desk.imported([row(desk, of, 1, 1_000_000)])
    result = await other.imported([row(other, frame(), 1, 5), row(other, of, 1_000_000, 1_000_001)])
    assert (result["state"], said(result)) == ("rejected", [(3, "serial_first", "held_elsewhere")])
    assert "wuxi" not in str(result["problems"]).lower()
    assert await units(other) == {}
    assert (await other.imported([row(other, of, 1_000_001, 1_000_002)]))["state"] == "stored"


async def test_of_two_jurisdictions_at_once_exactly_one_has_them(desk: Desk, servers: Any) -> None:
    of = frame()
    other = await make_desk(desk.databases, servers.settings, CCER, tenant="chengdu")
    ends = await asyncio.gather(
        desk.imported([row(desk, of, 1, 50)]), other.imported([row(other, of, 50, 60)]),
    )  # fmt: skip
    assert sorted(each["state"] for each in ends) == ["rejected", "stored"]


async def test_a_dry_run_stores_nothing_here_or_there(desk: Desk, servers: Any) -> None:
    of = frame()
    result = await desk.imported([row(desk, of, 1, 20)], dry=True)
    assert (result["state"], result["units"], await units(desk)) == ("checked", 20, {})
    other = await make_desk(desk.databases, servers.settings, CCER, tenant="chengdu")
    assert (await other.imported([row(other, of, 1, 20)]))["state"] == "stored"
    assert said(await desk.imported([row(desk, of, 1, 20)], dry=True)) == [(2, "serial_first", "held_elsewhere")]


async def test_without_the_clearing_nothing_comes_in(desk: Desk) -> None:
    settings = desk.settings.model_copy(update={"postgres_admin_url": None})
    blind = Desk(desk.databases, desk.held, desk.storage, settings, CCER)
    with pytest.raises(ClearingAway):
        await blind.imported([row(blind, frame(), 1, 3)])
    assert await units(desk) == {}


async def test_energy_of_certificates_gives_no_units(desk: Desk) -> None:
    plant, system = uuid4().hex[:17].upper(), Scope.system("wuxi")
    async with desk.databases.write(system) as write:
        extent = ledger.Extent(f"energy:{plant}", date(2024, 3, 1).toordinal(), date(2024, 3, 31).toordinal())
        await ledger.claim(write, system, ledger.Use.GEC, desk.held.id, [extent], period=2024)
    good = row(desk, frame(), 1, 10)
    result = await desk.imported([good, row(desk, frame(), 1, 3, methodology=OFFSHORE, plant_code=plant)])
    assert said(result) == [(3, "plant_code", "energy_certified")]
    assert await units(desk) == {}
    free = uuid4().hex[:17].upper()
    line = row(desk, frame(), 1, 3, methodology=OFFSHORE, plant_code=free)
    assert (await desk.imported([line, row(desk, frame(), 1, 3, methodology=OFFSHORE, plant_code=free,
                                          transferred_on="")]))["state"] == "stored"  # fmt: skip
    async with desk.databases.read(system) as read:
        extent = ledger.Extent(f"energy:{free}", date(2024, 1, 1).toordinal(), date(2024, 12, 31).toordinal())
        assert [each.use for each in await ledger.claims_on(read, system, [extent])] == [ledger.Use.CCER]


async def test_a_methodology_by_its_name_and_one_of_the_old_scheme(desk: Desk) -> None:
    plant = uuid4().hex[:17].upper()
    old = {"registered_on": "2016-05-03", "vintage": "2015", "produced_from": "2015-01-01", "produced_to": "2015-12-31"}
    result = await desk.imported(
        [
            row(desk, frame(), 1, 3, methodology="并网海上风力发电", plant_code=f" {plant.lower()} "),
            row(desk, frame(), 1, 5, methodology="cm-001-v01", **old),
        ]
    )
    assert (result["state"], result["units"]) == ("stored", 8)
    async with desk.databases.read(desk.scope) as read:
        ids = [each.batch_id for each in await ledger.balances(read, desk.scope, [desk.held.id], CCER)]
        found = {each.vintage: each.attributes for each in (await ledger.batches(read, desk.scope, ids)).values()}
    kept = {
        vintage: [each[name] for name in ("methodology", "plant_code", "old_scheme")] for vintage, each in found.items()
    }
    assert kept == {2024: [OFFSHORE, plant, False], 2015: ["CM-001-V01", "", True]}


async def test_a_plant_that_is_named_is_claimed_whatever_the_methodology(desk: Desk) -> None:
    plant, system = uuid4().hex[:17].upper(), Scope.system("wuxi")
    extent = ledger.Extent(f"energy:{plant}", date(2024, 7, 1).toordinal(), date(2024, 7, 31).toordinal())
    assert (await desk.imported([row(desk, frame(), 1, 3, plant_code=plant)]))["state"] == "stored"
    with pytest.raises(ledger_errors.AlreadyClaimed):
        async with desk.databases.write(system) as write:
            await ledger.claim(write, system, ledger.Use.GEC, desk.held.id, [extent], period=2024)


async def test_energy_is_claimed_once_for_many_lines(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    claim = ledger.claim

    async def counted(*given: Any, **named: Any) -> Any:
        asked.append(given)
        return await claim(*given, **named)

    monkeypatch.setattr(ledger, "claim", counted)
    plant, of = uuid4().hex[:17].upper(), frame()
    rows = [row(desk, of, number, number, plant_code=plant, project_code=f"P-{number}") for number in range(1, 201)]
    assert (await desk.imported(rows))["batches"] == 200
    assert len(asked) == 1


async def test_only_the_holder_brings_units(desk: Desk, databases: Databases) -> None:
    content = csv_of(CCER, [row(desk, frame(), 1, 3)])
    stranger = await held_account(databases)
    with pytest.raises(NotFound):
        await desk.ask(content, scope=stranger.scope)
    viewer = await identity.colleague(databases, desk.held.holder, "viewer")
    with pytest.raises(Forbidden):
        await desk.ask(content, scope=viewer)
    async with databases.read(stranger.scope) as read:
        assert (
            await read.value(text("select count(*) from unit_import where account_id = :id"), {"id": desk.held.id}) == 0
        )


async def test_a_million_units_cost_what_ten_do(desk: Desk) -> None:
    """The books keep one row of origin and one lot for a run, whatever its length; so does the clearing by its digits."""

    async def taken(count: int) -> float:
        before = time.perf_counter()
        assert (await desk.imported([row(desk, frame(), 1, count)]))["units"] == count
        return time.perf_counter() - before

    await taken(10)
    small = min([await taken(10) for _ in range(3)])
    large = min([await taken(1_000_000) for _ in range(3)])
    assert large < 3 * small + 0.2


async def test_one_bad_row_in_a_hundred_thousand_refuses_all(desk: Desk) -> None:
    of, bad = frame(), 71_234
    rows = [row(desk, of, 10 * number + 1, 10 * number + 10) for number in range(100_000)]
    rows[bad]["quantity"] = "11"
    result = await desk.imported(rows)
    assert (result["state"], result["rows"], result["errors"]) == ("rejected", 100_000, 1)
    assert said(result) == [(bad + 2, "quantity", "quantity_other")]
    assert await units(desk) == {}
    rows[bad]["quantity"] = "10"
    result = await desk.imported(rows)
    assert (result["state"], result["units"], result["batches"]) == ("stored", 1_000_000, 1)
    assert await units(desk) == {"available": Decimal(1_000_000)}


async def test_too_many_separate_runs_come_in_parts(desk: Desk) -> None:
    of = frame()
    with pytest.raises(TooManyRuns):
        await desk.imported([row(desk, of, 3 * number + 1, 3 * number + 1) for number in range(5001)])
    assert await units(desk) == {}


@given(st.text("ABC-0", max_size=6), st.integers(0, 10**6), st.integers(0, 10**6), st.integers(1, 9))
def test_serials_are_read_back(head: str, first: int, length: int, width: int) -> None:
    ends = [f"{head}{number:0{width}d}" for number in (first, first + length)]
    found = serial_run(*ends)
    if len(ends[0]) != len(ends[1]):
        assert found is None
    elif found is not None:
        assert [serial_of(found[0], each) for each in found[1:]] == ends
        assert found[2] - found[1] == length


RUNS = st.lists(st.tuples(st.sampled_from("AB"), st.integers(1, 60), st.integers(0, 20)), min_size=1, max_size=12)


@given(RUNS)
def test_overlaps_are_found_as_by_counting(runs: list[tuple[str, int, int]]) -> None:
    source = source_of(CCER)
    checker = LineChecker(source, frozenset({"H"}), "H", date(2026, 11, 21))
    keys = [each.key for each in source.layout.columns]
    check = checker.begin({key: place for place, key in enumerate(keys)})
    for number, (of, first, more) in enumerate(runs):
        line = ccer_row(f"{of}-", first, first + more, "H")
        check(number, [line.get(key, "") for key in keys] + [None])
    ready = checker.finish()
    counted = [(of, each) for of, first, more in runs for each in range(first, first + more + 1)]
    assert bool(checker.problems) == (len(set(counted)) < len(counted))
    if not checker.problems:
        assert sum(ready.quantities) == len(counted)
        [joined] = ready.joined()
        again = [(each.frame[0], number) for each in joined.origins for number in range(each.first, each.last + 1)]
        assert sorted(again) == sorted(counted)
        assert all(
            (one.frame, one.last + 1) != (two.frame, two.first) for one in joined.origins for two in joined.origins
        )
