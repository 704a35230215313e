"""The city's ledger over the wire: the screen, the ledger, figures, tables; who sees what."""

import hashlib
import io
import json
from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import httpx
import openpyxl
import pytest
from factories import identity
from factories.api import Client
from factories.regions import change_state, counted_account, path_of, roll_all, store_inventory
from sqlalchemy import event

from backend.kit.db import Databases
from backend.kit.scope import Scope
from backend.regions import service

DIVISION = "320282"
"""Yixing. Others may have accounts there, but nobody else has anything in the years of these tests."""
SECTORS = {"power", "steel", "textiles"}


async def furnished(databases: Databases) -> dict[str, int]:
    """Make two sectors with something in two years, and roll; return how many accounts were open there before."""
    async with databases.read(Scope.system("wuxi")) as read:
        path = await path_of(databases, DIVISION)
        there = await service.standings(read, Scope.system("wuxi"), under=path)
    before: dict[str, int] = defaultdict(int)
    for each in there:
        before[each.sector] += each.open_accounts
    one = await counted_account(databases, division=DIVISION, sector="steel")
    two = await counted_account(databases, division=DIVISION, sector="power")
    await counted_account(databases, division=DIVISION, sector="textiles")
    first = await store_inventory(databases, one, 2013, 1, {1: ("10", "5", "4", "2"), 2: ("10", "5", "4", "2")})
    await store_inventory(databases, one, 2014, 1, {1: ("12", "6", "4", "2")})
    await store_inventory(databases, two, 2014, 1, {1: ("100", "1", "1", "30")})
    await change_state(databases, one, first, "verified")
    await roll_all(databases)
    return before


@pytest.fixture(scope="module")
async def stored(databases: Databases) -> dict[str, int]:
    await roll_all(databases)
    return await furnished(databases)


async def test_the_city_on_one_screen(databases: Databases, client: Client, stored: dict[str, int]) -> None:
    bureau = await client.signed_in(await identity.authority(databases, division=DIVISION))
    shown = (await bureau.named("CityDashboard", divisionCode=DIVISION, month="2014-01"))["cityDashboard"]
    open_accounts = sum(stored.values()) + 3
    share = (Decimal(200) / open_accounts).quantize(Decimal("0.1"), ROUND_HALF_UP)
    assert (shown["month"], Decimal(shown["coveragePercent"])) == ("2014-01", share)
    assert [(each["month"], each["accounts"], each["sums"]["scope1"]) for each in shown["months"]] == [
        ("2013-01", 1, "10"), ("2013-02", 1, "10"), ("2014-01", 2, "112"),
    ]  # fmt: skip
    assert shown["months"][0]["verifiedAccounts"] == 1
    total = shown["total"]
    assert (total["accounts"], total["verifiedAccounts"], total["openAccounts"]) == (2, 0, open_accounts)
    assert (total["yearToDate"]["scope1"], total["yearBefore"]["scope1"], total["changePercent"]) == (
        "112",
        "10",
        "693.3",
    )
    assert shown["power"]["yearToDate"]["scope1"] == "100"
    sectors = {each["code"]: (each["yearToDate"]["scope2Location"], each["openAccounts"]) for each in shown["sectors"]}
    assert {code: told for code, told in sectors.items() if code in SECTORS} == {
        "power": ("1", stored["power"] + 1), "steel": ("6", stored["steel"] + 1),
        "textiles": ("0", stored["textiles"] + 1),
    }  # fmt: skip
    assert {told for code, (told, _) in sectors.items() if code not in SECTORS} <= {"0"}
    assert [(each["code"], each["accounts"]) for each in shown["divisions"] if each["accounts"]] == [("", 2)]


async def test_the_screen_costs_two_statements_and_then_one_until_something_changes(
    databases: Databases, client: Client, stored: dict[str, int]
) -> None:
    bureau = await client.signed_in(await identity.authority(databases, division=DIVISION))
    statements: list[str] = []

    def note(*seen: Any) -> None:
        statements.append(seen[2])

    engine = databases.engine("wuxi").sync_engine

    async def counted(**more: Any) -> tuple[int, Any]:
        statements.clear()
        event.listen(engine, "before_cursor_execute", note)
        try:
            shown = await bureau.named("CityDashboard", divisionCode=DIVISION, **more)
        finally:
            event.remove(engine, "before_cursor_execute", note)
        return len([each for each in statements if "region_" in each]), shown["cityDashboard"]

    first, before = await counted(month="2014-03")
    again, same = await counted(month="2014-03")
    assert (first, again) == (2, 1)
    assert len(statements) <= 5
    assert same == before
    late = await counted_account(databases, division=DIVISION, sector="steel")
    await store_inventory(databases, late, 2014, 1, {3: ("1000", "0", "0", "0")})
    await roll_all(databases)
    changed, after = await counted(month="2014-03")
    assert changed == 2
    assert after["total"]["yearToDate"]["scope1"] == "1112"
    await store_inventory(databases, late, 2014, 2, {})
    await roll_all(databases)


async def test_the_ledger_figures_and_balances(databases: Databases, client: Client, stored: dict[str, int]) -> None:
    bureau = await client.signed_in(await identity.authority(databases, division=DIVISION))
    document = {"title": "统计公报", "issuedOn": "2015-03-01"}
    given = {
        "divisionCode": DIVISION, "year": 2013, "document": document,
        "figures": [{"kind": "GDP", "quantity": "100", "unit": "万元"}, {"kind": "FOREST_SINK", "quantity": "7"}],
    }  # fmt: skip
    stored_ = (await bureau.named("RecordRegionFigures", input=given))["recordRegionFigures"]
    assert [(each["kind"], each["quantity"], each["unit"]) for each in stored_["figures"]] == [
        ("FOREST_SINK", "7", "tCO2e"), ("GDP", "100", "万CNY"),
    ]  # fmt: skip
    balance = {
        "divisionCode": DIVISION, "year": 2013, "documentTitle": "年鉴", "documentIssuedOn": "2015-03-01",
        "cells": [
            {"flow": "INDUSTRY", "energy": "diesel", "quantity": "10", "unit": "t"},
            {"flow": "INDUSTRY", "energy": "diesel", "quantity": "4", "unit": "t", "sector": "steel"},
        ],
    }  # fmt: skip
    made = (await bureau.named("RecordEnergyBalance", input=balance))["recordEnergyBalance"]["balance"]
    assert made["state"] == "AWAITING"
    deciding = {"balanceId": made["id"], "isAccepted": True, "reason": "已与年鉴核对"}
    own = (await bureau.named("DecideEnergyBalance", input=deciding))["decideEnergyBalance"]
    assert own["code"] == "energy_balance_second_person"
    other = await client.signed_in(await identity.authority(databases, division=DIVISION))
    done = (await other.named("DecideEnergyBalance", input=deciding))["decideEnergyBalance"]["balance"]
    assert (done["state"], done["decisionReason"]) == ("ACCEPTED", "已与年鉴核对")
    wrong = {**balance, "cells": [{"flow": "INDUSTRY", "energy": "diesel", "quantity": "-1"}], "note": "更正"}
    refused = (await bureau.named("RecordEnergyBalance", input=wrong))["recordEnergyBalance"]
    assert (refused["code"], refused["details"]["faults"][0]["code"]) == (
        "energy_balance_invalid",
        "quantity_impossible",
    )
    ledger = (await bureau.named("CityLedger", divisionCode=DIVISION, year=2013))["cityLedger"]
    assert (ledger["sinks"], ledger["topDown"]["isComplete"], ledger["months"]) == ("7", True, 2)
    assert ledger["reconciliation"]["bottomUp"] == "20"
    told = (await bureau.named("EnergyBalanceResult", id=made["id"]))["energyBalanceResult"]
    assert [each["quantity"] for each in told["lines"]] == ["4", "6"]
    assert [each["code"] for each in told["lines"][0]["parameters"]] == ["NCV", "CC", "OF"]
    assert {each["quantity"] for each in told["balance"]["cells"]} == {"10", "4"}
    listed = (await bureau.named("EnergyBalances", divisionCode=DIVISION, year=2013))["energyBalances"]["nodes"]
    assert [each["id"] for each in listed] == [made["id"]]
    years = (await bureau.named("RegionYears", divisionCode=DIVISION, first=2013, last=2013))["regionYears"]
    assert [(each["sector"], each["months"], each["verifiedAccounts"]) for each in years] == [("steel", 2, 1)]
    months = (await bureau.named("RegionMonths", divisionCode=DIVISION, first="2013-02", last="2013-02"))[
        "regionMonths"
    ]
    assert [(each["month"], each["scope1"]) for each in months] == [("2013-02", "10")]
    figures = (await bureau.named("RegionFigures", divisionCode=DIVISION, years=[2013]))["regionFigures"]
    assert len(figures) == 2

    for name, query in {
        "region-years": "first=2013&last=2014", "region-months": "first=2013&last=2014", "region-figures": "",
        "city-ledger": "year=2013", "city-ledger-overview": "first=2012&last=2014", "energy-balances": "year=2013",
        "city-dashboard": "month=2014-01",
    }.items():  # fmt: skip
        address = f"/wuxi/downloads/{name}.xlsx?division={DIVISION}&lang=en&{query}"
        answer = await bureau.http.get(address, headers=bureau.headers)
        assert answer.status_code == 200, answer.text
        book = openpyxl.load_workbook(io.BytesIO(answer.content))
        assert book.worksheets[0]["A1"].value in {"Division", "Sector", "Month"}
        assert book.worksheets[0].max_row > 3
    overview = await bureau.named("CityLedgerOverview", divisionCode=DIVISION, first=2012, last=2014)
    entries = {(each["divisionCode"], each["year"]): each for each in overview["cityLedgerOverview"]}
    own = entries[DIVISION, 2013]
    assert (own["accounts"], own["scope1"], own["scope1Power"], own["sinks"]) == (1, "20", "0", "7")
    assert own["difference"] == ledger["reconciliation"]["difference"]
    assert (entries[DIVISION, 2014]["scope1"], entries[DIVISION, 2014]["topDown"]) == ("112", None)
    assert (entries[DIVISION, 2012]["accounts"], entries[DIVISION, 2012]["difference"]) == (0, None)
    for language in ("zh", "en"):
        address = f"/wuxi/downloads/city-ledger.pdf?division={DIVISION}&year=2013&lang={language}"
        pages = await bureau.http.get(address, headers=bureau.headers)
        assert (pages.status_code, pages.content[:5]) == (200, b"%PDF-"), pages.text[:300]


async def test_who_does_not_see_it(databases: Databases, client: Client, stored: dict[str, int]) -> None:
    neighbour = await client.signed_in(await identity.authority(databases, division="320281"))
    firm = await client.signed_in(await identity.enterprise(databases))
    lender = await client.signed_in(await identity.bank(databases))
    text = f'{{ cityDashboard(divisionCode: "{DIVISION}") {{ month }} }}'
    for caller, code in ((neighbour, "division_unknown"), (firm, "forbidden"), (lender, "forbidden")):
        answer = await caller.ask(text)
        assert answer["errors"][0]["extensions"]["code"] == code, answer
        file = f"/wuxi/downloads/region-years.xlsx?division={DIVISION}&first=2013&last=2014"
        assert (await caller.http.get(file, headers=caller.headers)).status_code in {400, 403, 404}
    assert (await client.http.get("/wuxi/downloads/region-years.xlsx")).status_code == 401
    assert (await neighbour.http.get("/wuxi/downloads/nothing.xlsx", headers=neighbour.headers)).status_code == 404
    city = await client.signed_in(await identity.authority(databases))
    shown = (await city.named("CityDashboard", divisionCode=DIVISION, month="2013-12"))["cityDashboard"]
    assert shown["total"]["yearToDate"]["scope1"] == "20"


async def test_a_balance_comes_and_goes_as_a_workbook(databases: Databases, client: Client) -> None:
    bureau = await client.signed_in(await identity.authority(databases, division="320281"))
    template = await bureau.http.get("/wuxi/downloads/energy-balance-template.xlsx", headers=bureau.headers)
    book = openpyxl.load_workbook(io.BytesIO(template.content))
    page = book["能源平衡表"]
    columns = {cell.value: cell.column for cell in page[1]}
    lines = {row[0].value: row[0].row for row in page.iter_rows(min_row=4)}
    page.cell(lines["火力发电"], columns["原煤"], -10)
    page.cell(lines["工业"], columns["柴油"], 1.5)
    page.cell(lines["外地调入量"], columns["电力"], 3)
    book["核算假设"].append(["原煤", "烟煤", "以烟煤为主"])

    async def send(note: str = "", year: int = 2012) -> httpx.Response:
        out = io.BytesIO()
        book.save(out)
        words = {"division": "320281", "year": str(year), "title": "年鉴", "issuedOn": "2013-10-01", "note": note}
        headers = {**bureau.headers, "content-type": "application/octet-stream"}
        return await bureau.http.post("/wuxi/energy-balances", params=words, content=out.getvalue(), headers=headers)

    answer = await send()
    assert answer.status_code == 200, answer.text
    stored = answer.json()
    assert (stored["version"], stored["cells"], stored["state"]) == (1, 3, "awaiting")
    told = (await bureau.named("EnergyBalanceResult", id=stored["id"]))["energyBalanceResult"]
    assert told["isComplete"]
    assert [(each["energy"], each["quantity"], each["unit"]) for each in told["lines"]] == [
        ("raw_coal", "100000", "t"), ("diesel", "15000", "t"), ("electricity", "300000", "MWh"),
    ]  # fmt: skip
    again = await bureau.http.get(f"/wuxi/downloads/energy-balance.xlsx?id={stored['id']}", headers=bureau.headers)
    kept = openpyxl.load_workbook(io.BytesIO(again.content))
    assert kept["能源平衡表"].cell(lines["工业"], columns["柴油"]).value == 1.5
    assert [cell.value for cell in kept["核算假设"][4]] == ["原煤", "烟煤", "以烟煤为主"]

    page.cell(lines["工业"], columns["柴油"], "许多")
    page.cell(lines["损失量"], 1, "别的")
    refused = (await send("更正")).json()
    assert refused["code"] == "energy_balance_invalid"
    column = page.cell(1, columns["柴油"]).column_letter
    assert [(each["cell"], each["code"]) for each in refused["details"]["faults"]] == [
        (f"A{lines['损失量']}", "flow_unknown"), (f"{column}{lines['工业']}", "not_a_number"),
    ]  # fmt: skip
    page.cell(lines["工业"], columns["柴油"], -2)
    page.cell(lines["损失量"], 1, "损失量")
    refused = (await send("更正")).json()
    assert [(each["cell"], each["code"]) for each in refused["details"]["faults"]] == [
        (f"{column}{lines['工业']}", "quantity_impossible")
    ]
    firm = await client.signed_in(await identity.enterprise(databases))
    assert (await firm.http.post("/wuxi/energy-balances", headers=firm.headers)).status_code == 403


async def test_a_year_is_published_once_and_hides_small_groups(databases: Databases, client: Client) -> None:
    year = 2011
    for division, sector, count in (
        ("320205", "steel", 5), ("320205", "textiles", 2), ("320206", "steel", 6), ("320206", "textiles", 7),
    ):  # fmt: skip
        for _ in range(count):
            place = await counted_account(databases, division=division, sector=sector)
            await store_inventory(databases, place, year, 1, {1: ("10.50", "1", "1", "1")})
    await roll_all(databases)
    city = await client.signed_in(await identity.authority(databases))
    district = await client.signed_in(await identity.authority(databases, division="320205"))
    preview = (await city.named("OpenDataPreview", year=year))["openDataPreview"]
    groups = {(each["division"], each["sector"]): each for each in json.loads(preview["content"])["groups"]}
    assert {place for place, each in groups.items() if each["is_hidden"]} == {
        ("320205", "steel"), ("320205", "textiles"), ("320206", "steel"), ("320206", "textiles"),
    }  # fmt: skip
    assert groups["320205", "textiles"]["scope1"] is None
    assert (groups["total", "textiles"]["accounts"], groups["total", "textiles"]["scope1"]) == (9, "94.5")
    assert (groups["total", "total"]["scope1"], groups["320205", "total"]["scope1"]) == ("210", "73.5")
    refused = (await district.named("PublishOpenData", input={"year": year}))["publishOpenData"]
    assert refused["code"] == "open_data_of_the_whole"
    made = (await city.named("PublishOpenData", input={"year": year}))["publishOpenData"]["published"]
    assert made["content"] == preview["content"]
    again = (await city.named("PublishOpenData", input={"year": year}))["publishOpenData"]
    assert again["code"] == "open_year_published"
    soon = (await city.named("PublishOpenData", input={"year": 2100}))["publishOpenData"]
    assert soon["code"] == "open_year_not_over"

    # Anybody fetches it, byte for byte.
    http = client.http
    listed = (await http.get("/wuxi/open-data")).json()
    assert [each["sha256"] for each in listed if each["year"] == year] == [made["sha256"]]
    found = await http.get(f"/wuxi/open-data/{year}.json")
    assert hashlib.sha256(found.content).hexdigest() == made["sha256"]
    given = await http.get(f"/wuxi/open-data/{year}.csv")
    assert given.headers["content-type"] == "text/csv; charset=utf-8"
    table = given.content.decode("utf-8-sig").splitlines()
    assert table[0] == "division,sector,is_hidden,accounts,scope1,scope2_location,scope2_market,energy_tce"
    assert "320205,textiles,True,,,,," in table
    book = openpyxl.load_workbook(io.BytesIO((await http.get(f"/wuxi/open-data/{year}.xlsx")).content))
    assert book[str(year)]["A1"].value == "区划代码"
    for missing in ("2010.json", f"{year}.pdf", "x.json"):
        assert (await http.get(f"/wuxi/open-data/{missing}")).status_code == 404
    assert year in {each["year"] for each in (await district.named("OpenDataYears"))["openDataYears"]}
