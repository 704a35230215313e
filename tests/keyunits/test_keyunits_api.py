"""Key units over the wire: the list as its people work at it, the file as workbook and pages, the public passport."""

import io
from datetime import timedelta
from typing import Any

import openpyxl
import pytest
from factories import identity
from factories.accounts import held_account, meter_of, site_of, source_of
from factories.api import Client
from factories.keyunits import (
    YEAR,
    bureau_of,
    completed,
    enlisted,
    found,
    posted,
    proposed,
    saved,
    shown,
    unit_of,
    yeared,
)
from sqlalchemy import event

from backend.api.unit_passports import draw
from backend.keyunits import service
from backend.keyunits.errors import KeyUnitDatesInvalid
from backend.keyunits.values import PassportField
from backend.kit.clock import today
from backend.kit.db import Databases
from backend.kit.errors import Forbidden
from backend.wire.nodes import node_id

PAPER = {"title": "名录文件", "issuedOn": "2026-04-01", "number": "锡发改〔2026〕12号"}


async def test_the_list_is_proposed_confirmed_and_read(databases: Databases, client: Client) -> None:
    made = await identity.authority(databases, division="320213")
    second = await client.signed_in(made)
    first = await client.signed_in(await identity.authority(databases, division="320213"))
    held = await held_account(databases, division="320213", sector="textiles")
    await yeared(databases, held, "12345.678")
    own = node_id("CarbonAccount", held.id)
    answer = (await first.named("ProposeKeyUnits", input={"year": YEAR, "divisionCode": "320213"}))["proposeKeyUnits"]
    assert answer["__typename"] == "KeyUnitsProposed", answer
    (row,) = [each for each in answer["proposals"] if each["account"]["id"] == own]
    assert (row["kind"], row["kindName"]["zh"], row["state"]) == ("ENTER", "纳入", "WAITING")
    given = {"proposalIds": [row["id"]], "isConfirmed": True, "reason": "属实", "document": PAPER}
    refused = (await first.named("DecideKeyUnits", input=given))["decideKeyUnits"]
    assert refused["code"] == "key_unit_second_person"
    told = (await second.named("DecideKeyUnits", input=given))["decideKeyUnits"]
    assert told["proposals"][0]["state"] == "CONFIRMED"
    holder = await client.signed_in(held.holder)
    file = (await holder.named("KeyUnit", accountId=own))["keyUnit"]
    assert (file["since"], file["energy"], file["document"]["number"]) == (YEAR, "12345.678", "锡发改〔2026〕12号")
    assert file["meters"] == {
        "meters": 0,
        "uncalibrated": 0,
        "due": 0,
        "dueBy": (today() + timedelta(days=90)).isoformat(),
    }
    rules = (await holder.named("KeyUnitRules"))["keyUnitRules"]
    assert rules["scheme"]["source"]["isPlaceholder"] is True
    nodes = (await holder.named("KeyUnits"))["keyUnits"]["nodes"]
    assert [each["account"]["id"] for each in nodes] == [own]
    late = (await holder.named("KeyUnitOverdue", first=1))["keyUnitOverdue"]
    assert late["pageInfo"]["hasNextPage"]
    rest = (await holder.named("KeyUnitOverdue", first=50, after=late["pageInfo"]["endCursor"]))["keyUnitOverdue"]
    assert late["nodes"][0] not in rest["nodes"]


async def test_a_list_costs_the_same_number_of_statements_whatever_its_length(databases: Databases) -> None:
    bureau = await bureau_of(databases, division="320200-JKQ")
    counts: list[int] = []

    async def count() -> int:
        seen: list[str] = []

        def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
            seen.append(statement)

        engine = databases.engine("wuxi").sync_engine
        event.listen(engine, "before_cursor_execute", note)
        try:
            async with databases.read(bureau.clerk) as read:
                await service.overdue(read, bureau.clerk)
                await service.standings(
                    read, bureau.clerk, [(each, YEAR) for each in await service.files(read, bureau.clerk)]
                )
            await proposed(databases, bureau.clerk)
        finally:
            event.remove(engine, "before_cursor_execute", note)
        return len(seen)

    for number in range(4):
        held = await held_account(databases, division="320200-JKQ", sector="textiles")
        await yeared(databases, held, f"1000{number}")
        await enlisted(databases, bureau, held)
        if number in {0, 3}:
            await found(databases, held)
            counts.append(await count())
    assert counts[0] == counts[1]
    assert counts[1] < 40


async def test_a_file_leaves_as_workbook_and_pages(databases: Databases, client: Client) -> None:
    _, held = await unit_of(databases)
    await posted(databases, held)
    await found(databases, held)
    await saved(databases, held, await completed(databases, held))
    await meter_of(databases, held, await source_of(databases, held, await site_of(databases, held)))
    holder = await client.signed_in(held.holder)
    account = node_id("CarbonAccount", held.id)
    answer = await holder.http.get(f"/wuxi/downloads/key-unit.xlsx?account={account}", headers=holder.headers)
    assert answer.status_code == 200, answer.text
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    assert {"概况", "管理岗位", "计量器具检定", "降碳诊断", "节能降碳项目", "节能降碳量核算"} <= set(book.sheetnames)
    for language in ("zh", "en"):
        url = f"/wuxi/downloads/key-unit.pdf?account={account}&lang={language}"
        answer = await holder.http.get(url, headers=holder.headers)
        assert (answer.status_code, answer.content[:5]) == (200, b"%PDF-")
    for name in ("key-units.xlsx", "key-unit-retrofits.xlsx", "key-unit-overdue.xlsx"):
        answer = await holder.http.get(f"/wuxi/downloads/{name}", headers=holder.headers)
        assert answer.status_code == 200, answer.text
    answer = await holder.http.get(f"/wuxi/downloads/key-unit-proposals.xlsx?year={YEAR}", headers=holder.headers)
    assert answer.status_code == 200, answer.text
    stranger = await client.signed_in(await identity.enterprise(databases, division="320206"))
    refused = await stranger.http.get(f"/wuxi/downloads/key-unit.pdf?account={account}", headers=stranger.headers)
    assert (refused.status_code, refused.json()["code"]) == (404, "key_unit_not_found")


async def test_anybody_with_the_address_reads_what_was_agreed_to_and_no_more(
    databases: Databases, client: Client
) -> None:
    _, held = await unit_of(databases)
    await yeared(databases, held, "777.7", "888.8", year=today().year - 1)
    holder = await client.signed_in(held.holder)
    account = node_id("CarbonAccount", held.id)
    given = {"accountId": account, "fields": ["LISTING", "ENERGY"], "validUntil": today().isoformat()}
    made = (await holder.named("ShowUnitPassport", input=given))["showUnitPassport"]
    path = made["passport"]["path"]
    page = await client.http.get(path)
    assert page.status_code == 200
    assert "777.70 tce" in page.text
    assert "888.8" not in page.text
    assert (await client.http.get(f"{path}?lang=en")).text.count("Energy, ") == 1
    svg, png = await client.http.get(f"{path}/qr.svg"), await client.http.get(f"{path}/qr.png")
    assert (svg.headers["content-type"], png.headers["content-type"]) == ("image/svg+xml", "image/png")
    assert png.content[:4] == b"\x89PNG"
    root, _, signature = path.rpartition("/")
    forged = f"{root}/{signature[:-1]}{'0' if signature[-1] != '0' else '1'}"
    assert (await client.http.get(forged)).status_code == 404
    assert (await client.http.get(f"{forged}/qr.svg")).status_code == 404
    again = await shown(databases, held, PassportField.EMISSIONS)
    assert f"/{again}/" in path  # the address stays
    page = await client.http.get(path)
    assert "888.80 tCO2e" in page.text
    assert "777.7" not in page.text
    await holder.named("WithdrawUnitPassport", input={"accountId": account})
    assert (await client.http.get(path)).status_code == 404
    assert (await client.http.get(f"{path}/qr.png")).status_code == 404


async def test_only_the_enterprise_agrees_and_not_for_ever(databases: Databases) -> None:
    bureau, held = await unit_of(databases)
    with pytest.raises(Forbidden):
        async with databases.write(bureau.clerk) as write:
            await service.show_passport(
                write, bureau.clerk, held.id, fields=[PassportField.ENERGY], valid_until=today()
            )
    for day in (today() - timedelta(days=1), today() + timedelta(days=365 * 5)):
        with pytest.raises(KeyUnitDatesInvalid):
            await shown(databases, held, PassportField.ENERGY, until=day)


def test_a_qr_code_is_a_picture() -> None:
    assert draw("https://example.org/unit-passports/1/2", "svg").lstrip().startswith(b"<?xml")
    assert draw("https://example.org/unit-passports/1/2", "png").startswith(b"\x89PNG")


async def test_a_city_reads_its_list_of_projects(databases: Databases, client: Client) -> None:
    _, held = await unit_of(databases)
    await completed(databases, held)
    city = await client.signed_in((await bureau_of(databases)).made)
    answer = await city.named("KeyUnitRetrofits", divisionCode="320206", state="COMPLETED", first=100)
    assert node_id("CarbonAccount", held.id) in {each["account"]["id"] for each in answer["keyUnitRetrofits"]["nodes"]}
    assert isinstance((await city.named("KeyUnitBenchmarks", year=2019))["keyUnitBenchmarks"], list)
    rows = (await city.named("KeyUnitProposals", year=YEAR, isWaiting=True, first=100))["keyUnitProposals"]["nodes"]
    assert held.id not in {each["account"]["id"] for each in rows}
