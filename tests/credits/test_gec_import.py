"""Files of the national platform into the books: whole or not at all, once, every wrong line said in its own place."""

import asyncio
import csv
import io
import time
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from factories.gec import Desk, code, csv_of, make_desk, project, row, xlsx_of
from factories.ledger import held
from sqlalchemy import text

from backend.credits.gec import queries
from backend.kit.clearing import ClearingAway
from backend.kit.db import Databases
from backend.kit.scope import Scope
from backend.kit.tables import HeaderMissing
from backend.ledger import service as ledger
from backend.ledger.values import GEC, Reason

MONTH = date(2026, 3, 1)


@pytest.fixture
async def desk(databases: Databases, servers: Any) -> Desk:
    return await make_desk(databases, servers.settings)


def lines(desk: Desk, first: int, last: int, of: str, month: date = MONTH, **changed: Any) -> list[dict[str, Any]]:
    return [row(code(number, month, of), desk.name, month, **changed) for number in range(first, last + 1)]


async def certificates(desk: Desk) -> dict[str, Decimal]:
    return await held(desk.databases, desk.held.id, GEC, tenant=desk.scope.tenant)


async def batches(desk: Desk) -> list[Any]:
    async with desk.databases.read(desk.scope) as read:
        ids = [each.batch_id for each in await ledger.balances(read, desk.scope, [desk.held.id], GEC)]
        found = await ledger.batches(read, desk.scope, ids)
    return sorted(found.values(), key=lambda each: (each.produced_from, each.quantity))


def codes_of(result: dict[str, Any]) -> list[tuple[int, str, str]]:
    return [(each["row"], each["column"], each["code"]) for each in result["problems"]]


async def test_a_file_becomes_one_batch_for_each_project_and_month(desk: Desk) -> None:
    of = project()
    april = date(2026, 4, 1)
    result = await desk.imported([
        *lines(desk, 1, 40, of), *lines(desk, 101, 110, of), *lines(desk, 1, 5, of, april, trade_count="0", status="已核发", buyer=""),
    ])  # fmt: skip
    assert (result["state"], result["rows"], result["certificates"], result["batches"]) == ("stored", 55, 55, 2)
    assert await certificates(desk) == {"available": Decimal(55)}
    first, second = await batches(desk)
    assert (first.quantity, first.vintage, first.produced_from, first.produced_to, first.valid_until) == (
        50, 2026, date(2026, 3, 1), date(2026, 3, 31), date(2028, 2, 29),
    )  # fmt: skip
    assert (first.transfers_used, second.transfers_used) == (1, 0)
    assert second.valid_until == date(2028, 3, 31)
    assert first.project_code == of
    assert first.is_transferable
    assert first.attributes == {
        "technology": "onshore_wind", "is_bundled": False, "project_name": "示范风电场",
        "project_owner": "示范发电有限公司", "province": "320000", "mechanism_energy": False,
    }  # fmt: skip
    async with desk.databases.read(desk.scope) as read:
        ranges = await read.rows(
            text("select lower(numbers) as low, upper(numbers) - 1 as high, frame from ledger_origin where batch_id = :id"
                 " order by numbers"), {"id": first.id},
        )  # fmt: skip
    assert [(each.low, each.high) for each in ranges] == [(1, 40), (101, 110)]
    assert {each.frame for each in ranges} == {f"{of}260311"}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
async def test_csv_in_every_usual_encoding(desk: Desk, encoding: str) -> None:
    accepted = await desk.ask(csv_of(lines(desk, 1, 3, project()), encoding))
    assert (await desk.run(accepted))["certificates"] == 3


async def test_workbook(desk: Desk, tmp_path: Path) -> None:
    rows = lines(desk, 7, 9, project(), energy_kwh=1000, trade_count=1, price=4.05)
    result = await desk.run(await desk.ask(xlsx_of(rows, tmp_path / "a.xlsx"), "a.xlsx"))
    assert result["state"] == "stored"
    assert await certificates(desk) == {"available": Decimal(3)}


@pytest.mark.parametrize(
    ("changed", "column", "problem"),
    [
        ({"cert_code": "1" * 31}, "cert_code", "code_length"),
        ({"cert_code": "1" * 33}, "cert_code", "code_length"),
        ({"cert_code": ""}, "cert_code", "cell_missing"),
        ({"cert_code": "1" * 31 + "A"}, "cert_code", "code_signs"),
        ({"cert_code": "110221133202000102603" + "0" * 9 + "11"}, "cert_code", "code_part"),
        ({"cert_code": "11022106320200010" + "2604" + "000000001" + "11"}, "cert_code", "code_month"),
        ({"energy_kwh": "999"}, "energy_kwh", "energy_wrong"),
        ({"energy_kwh": "1000.5"}, "energy_kwh", "energy_wrong"),
        ({"energy_kwh": "2000"}, "energy_kwh", "energy_wrong"),
        ({"production_month": "三月"}, "production_month", "month_malformed"),
        ({"production_month": "2199-01"}, "production_month", "month_future"),
        ({"issue_date": "2026-02-30"}, "issue_date", "date_malformed"),
        ({"issue_date": "2026-02-20"}, "issue_date", "issue_date_wrong"),
        ({"expiry_month": "2028-03"}, "expiry_month", "expiry_wrong"),
        ({"tradeable": "也许"}, "tradeable", "word_unknown"),
        ({"status": "挂牌中"}, "status", "status_refused"),
        ({"status": "已核销"}, "status", "status_refused"),
        ({"status": "已申报"}, "status", "status_refused"),
        ({"status": "已过期"}, "status", "status_refused"),
        ({"status": "异议"}, "status", "status_refused"),
        ({"status": "已核发"}, "status", "status_disagrees"),
        ({"technology": "核电"}, "technology", "word_unknown"),
        ({"trade_count": "2"}, "trade_count", "count_wrong"),
        ({"tradeable": "否"}, "trade_count", "not_tradeable_but_traded"),
        ({"energy_class": "离网", "trade_count": "0"}, "tradeable", "kind_not_tradeable"),
        ({"energy_class": "存量常规水电", "technology": "水电"}, "tradeable", "kind_not_tradeable"),
        ({"energy_class": "自发自用", "tradeable": "否", "trade_count": "0"}, "self_use_contract", "contract_missing"),
        ({"holder_account": "别家企业"}, "holder_account", "holder_other"),
        ({"buyer": "别家企业"}, "buyer", "buyer_other"),
        ({"ccer_claimed": "是"}, "ccer_claimed", "ccer_claimed"),
        ({"cancel_reason": "已申报"}, "cancel_reason", "used_already"),
        ({"declared_use_year": "2026"}, "declared_use_year", "used_already"),
        ({"mechanism_energy": ""}, "mechanism_energy", "cell_missing"),
        ({"price": "-1"}, "price", "price_wrong"),
        ({"project_name": "厂" * 201}, "project_name", "text_too_long"),
    ],
)  # fmt: skip
async def test_a_wrong_line_refuses_the_file(desk: Desk, changed: dict[str, Any], column: str, problem: str) -> None:
    of = "11022106320200010"
    bad = {**row(code(999_999, MONTH, of), desk.name), **changed}
    result = await desk.imported([*lines(desk, 900_001, 900_003, of), bad])
    assert result["state"] == "rejected"
    assert (5, column, problem) in codes_of(result)
    assert {each["row"] for each in result["problems"]} == {5}
    told = next(each for each in result["problems"] if each["code"] == problem)
    assert told["message_zh"] != told["message_en"]
    assert "{" not in told["message_zh"] + told["message_en"]
    assert (result["certificates"], await certificates(desk)) == (0, {})


async def test_placeholder_widths_are_said_where_they_refuse(desk: Desk) -> None:
    wrong = row("11022106320200010" + "2604" + "000000001" + "11", desk.name)
    told = (await desk.imported([wrong]))["problems"][0]
    assert "placeholders" in told["message_en"]
    assert "占位值" in told["message_zh"]


async def test_old_and_expired_certificates(desk: Desk) -> None:
    old, of = date(2023, 6, 1), project()
    result = await desk.imported([row(code(1, old, of), desk.name, old, expiry_month="2025-12")])
    assert codes_of(result) == [(2, "expiry_month", "expired")]
    wrong = await desk.imported([row(code(2, old, of), desk.name, old)])
    assert codes_of(wrong) == [(2, "expiry_month", "expiry_wrong")]


async def test_what_may_not_be_traded_on(desk: Desk) -> None:
    of = project()
    await desk.imported([
        *lines(desk, 1, 1, of, trade_mode="绿电交易"),
        *lines(desk, 2, 3, of, tradeable="否", trade_count="0", buyer="", energy_class="自发自用", project_owner=desk.name),
        *lines(desk, 4, 6, of, mechanism_energy="是", trade_count="0", buyer=""),
        *lines(desk, 7, 10, of, tradeable="否", trade_count="0", buyer="", energy_class="自发自用", self_use_contract="合同 7 号"),
    ])  # fmt: skip
    found = await batches(desk)
    assert [(each.quantity, each.is_transferable, each.attributes.get("kind")) for each in found] == [
        (1, False, None), (2, False, "self_use"), (3, False, None), (4, False, "self_use"),
    ]  # fmt: skip
    assert [each.attributes["is_bundled"] for each in found] == [True, False, False, False]
    assert found[3].attributes["self_use_contract"] == "合同 7 号"


async def test_code_stored_as_a_number_has_lost_digits(desk: Desk, tmp_path: Path) -> None:
    rows = [row(code(1), desk.name, cert_code=11022106320200010260300000000111)]
    content = xlsx_of([{**rows[0], "cert_code": 1.1022106320200010e31}], tmp_path / "a.xlsx")
    assert codes_of(await desk.run(await desk.ask(content))) == [(2, "cert_code", "code_not_text")]


async def test_a_code_stands_once(desk: Desk) -> None:
    of = project()
    result = await desk.imported([*lines(desk, 1, 2, of), *lines(desk, 1, 1, of)])
    assert codes_of(result) == [(4, "cert_code", "duplicate_in_file")]
    assert await certificates(desk) == {}


async def test_the_same_file_is_one_import(desk: Desk) -> None:
    content = csv_of(lines(desk, 1, 5, project()))
    first = await desk.ask(content)
    assert not first.is_repeat
    again = await desk.ask(content)
    assert (again.is_repeat, again.import_id) == (True, first.import_id) if again.is_repeat else True
    done = await desk.run(first)
    assert await desk.run(first) == done
    assert (await desk.ask(content)).is_repeat
    assert await certificates(desk) == {"available": Decimal(5)}


async def test_imported_before_names_the_first_row(desk: Desk) -> None:
    of, other = project(), project()
    await desk.imported(lines(desk, 1, 20, of))
    result = await desk.imported([*lines(desk, 1, 3, other), *lines(desk, 20, 25, of)])
    assert codes_of(result) == [(5, "cert_code", "imported_before")]
    assert code(20, MONTH, of) in result["problems"][0]["message_en"]
    assert await certificates(desk) == {"available": Decimal(20)}


async def test_another_account_of_the_jurisdiction_cannot_have_them_too(desk: Desk, servers: Any) -> None:
    of = project()
    await desk.imported(lines(desk, 1, 20, of))
    other = await make_desk(desk.databases, servers.settings)
    result = await other.imported(lines(other, 5, 6, of))
    assert codes_of(result) == [(2, "cert_code", "imported_before")]
    assert await certificates(other) == {}


async def test_another_jurisdiction_cannot_have_them_either(desk: Desk, servers: Any) -> None:
    of = project()
    chengdu = await make_desk(desk.databases, servers.settings, tenant="chengdu")
    await desk.imported(lines(desk, 1, 20, of))
    result = await chengdu.imported([*lines(chengdu, 30, 31, of), *lines(chengdu, 20, 20, of)])
    assert (result["state"], codes_of(result)) == ("rejected", [(4, "cert_code", "held_elsewhere")])
    assert "wuxi" not in str(result["problems"]).lower()
    assert "无锡" not in str(result["problems"])
    assert await certificates(chengdu) == {}
    assert (await chengdu.imported(lines(chengdu, 30, 31, of)))["state"] == "stored"


async def test_of_two_jurisdictions_at_once_exactly_one_has_them(desk: Desk, servers: Any) -> None:
    of = project()
    chengdu = await make_desk(desk.databases, servers.settings, tenant="chengdu")
    ends = await asyncio.gather(desk.imported(lines(desk, 1, 50, of)), chengdu.imported(lines(chengdu, 1, 50, of)))
    assert sorted(each["state"] for each in ends) == ["rejected", "stored"]
    total = [await certificates(each) for each in (desk, chengdu)]
    assert sorted(map(len, total)) == [0, 1]


async def test_a_dry_run_stores_nothing_here_or_there(desk: Desk, servers: Any) -> None:
    of = project()
    result = await desk.imported(lines(desk, 1, 20, of), dry=True)
    assert (result["state"], result["certificates"]) == ("checked", 20)
    assert await certificates(desk) == {}
    chengdu = await make_desk(desk.databases, servers.settings, tenant="chengdu")
    assert (await chengdu.imported(lines(chengdu, 1, 20, of)))["state"] == "stored"
    assert codes_of(await desk.imported(lines(desk, 1, 20, of), dry=True)) == [(2, "cert_code", "held_elsewhere")]


async def test_without_the_clearing_nothing_comes_in(desk: Desk) -> None:
    blind = Desk(desk.databases, desk.held, desk.storage, desk.settings.model_copy(update={"postgres_admin_url": None}))
    with pytest.raises(ClearingAway):
        await blind.imported(lines(desk, 1, 3, project()))
    assert await certificates(desk) == {}


async def test_energy_registered_for_ccer_gives_no_certificates(desk: Desk) -> None:
    of = project()
    system = Scope.system("wuxi")
    async with desk.databases.write(system) as write:
        extent = ledger.Extent(f"energy:{of}", date(2026, 1, 1).toordinal(), date(2026, 6, 30).toordinal())
        await ledger.claim(write, system, ledger.Use.CCER, desk.held.id, [extent], period=2026)
    for technology in ("海上风电", "陆上风电"):  # the same plant, whatever the file calls it
        result = await desk.imported(lines(desk, 1, 3, of, technology=technology))
        assert codes_of(result) == [(2, "ccer_claimed", "ccer_registered")]
    assert await certificates(desk) == {}
    assert (await desk.imported(lines(desk, 1, 3, of, date(2026, 7, 1))))["state"] == "stored"


async def test_energy_is_claimed_once_a_project_and_month(desk: Desk, servers: Any) -> None:
    of = project()
    other = await make_desk(desk.databases, servers.settings)
    await desk.imported(lines(desk, 1, 3, of, technology="光热"))
    await other.imported(lines(other, 4, 6, of, technology="光热"))
    async with desk.databases.read(Scope.system("wuxi")) as read:
        assert await read.value(
            text("select count(*) from claim_extent where subject = :of and is_live"), {"of": f"energy:{of}"}
        ) == 1  # fmt: skip
    assert await certificates(other) == {"available": Decimal(3)}


async def test_annotated_copy_marks_the_line(desk: Desk) -> None:
    accepted = await desk.ask(csv_of([*lines(desk, 1, 2, project()), row(code(3), "别家")]))
    await desk.run(accepted)
    async with desk.databases.read(desk.scope) as read:
        found = await queries.certificate_import(read, desk.scope, desk.held.id, accepted.import_id)
    assert found.annotated_key is not None
    content = (await desk.storage.read(found.annotated_key)).decode("utf-8-sig")
    marked = list(csv.reader(io.StringIO(content)))
    assert marked[0][-2:] == ["问题", "问题（英文）"]
    assert [len(each) for each in marked[1:]] == [22, 22, 24]
    assert "不是本账户的持有单位" in marked[3][22]
    assert "Import your own" in marked[3][23]


async def test_no_titles_no_import(desk: Desk) -> None:
    accepted = await desk.ask(b"a,b\n1,2\n")
    with pytest.raises(HeaderMissing):
        await desk.run(accepted)
    async with desk.databases.read(desk.scope) as read:
        found = await queries.certificate_import(read, desk.scope, desk.held.id, accepted.import_id)
    assert (found.state, found.summary["error"]["code"]) == ("failed", "header_missing")


async def test_after_a_reversal_another_jurisdiction_may_have_them(desk: Desk, servers: Any) -> None:
    of = project()
    chengdu = await make_desk(desk.databases, servers.settings, tenant="chengdu")
    rows = lines(desk, 1, 20, of)
    await desk.imported(rows)
    system = Scope.system("wuxi")
    async with desk.databases.read(system) as read:
        movement = await read.value(
            text("select id from ledger_movement where to_account_id = :id"), {"id": desk.held.id}
        )
    async with desk.databases.write(system) as write:
        await ledger.reverse(write, system, movement, Reason(note="误导入"))
    assert codes_of(await chengdu.imported(lines(chengdu, 1, 2, of))) == [(2, "cert_code", "held_elsewhere")]
    assert await ledger.give_back(desk.databases, servers.settings, "wuxi") >= 1
    assert (await chengdu.imported(lines(chengdu, 1, 2, of)))["state"] == "stored"
    assert not (await desk.ask(csv_of(rows))).is_repeat  # undone: the same file may come in again, and the books decide


async def test_one_wrong_line_in_a_hundred_thousand(desk: Desk) -> None:
    """It keeps the whole file out, and is named; without it the file comes in well under a minute."""
    of, bad = project(), 77_777
    rows = lines(desk, 1, 100_000, of)
    rows[bad - 2] = {**rows[bad - 2], "energy_kwh": "999"}
    result = await desk.imported(rows)
    assert (result["state"], result["rows"], result["errors"]) == ("rejected", 100_000, 1)
    assert codes_of(result) == [(bad, "energy_kwh", "energy_wrong")]
    assert await certificates(desk) == {}
    rows[bad - 2] = {**rows[bad - 2], "energy_kwh": "1000"}
    began = time.monotonic()
    result = await desk.imported(rows)
    assert time.monotonic() - began < 30
    assert (result["state"], result["certificates"], result["batches"]) == ("stored", 100_000, 1)
    assert await certificates(desk) == {"available": Decimal(100_000)}
