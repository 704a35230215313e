"""Every worked example of our kinds through the public API: by the calculator, and through a whole account."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest
from factories import identity
from factories.api import Client
from factories.jobs import until, working
from factories.working import app, http  # noqa: F401 - fixtures

from backend.kit.db import Databases
from backend.wire.nodes import split

CASES = [
    case
    for case in json.loads((Path(__file__).parents[1] / "data" / "worked_examples.json").read_text())
    if case["kind"]
    in {"electricity", "electricity_plus_other", "electricity_inconsistent", "combustion", "heat", "clinker"}
]
SOURCE_WORDS = "核查报告"


def measured(case: dict[str, Any]) -> list[dict[str, Any]]:
    """What an account would state for the case: one source a part."""
    given, kind = case["inputs"], case["kind"]
    if kind.startswith("electricity"):
        parts = [{
            "method": "purchased_electricity", "quantity": given["mwh"], "unit": "MWh", "scope": 2,
            "parameters": {"factor": given["factor_t_per_mwh"], "factor_source": SOURCE_WORDS},
        }]  # fmt: skip
        if "other_t" in given:
            parts.append({
                "method": "direct_statement", "quantity": given["other_t"], "unit": "tCO2e", "scope": 1,
                "parameters": {"reason": "其他排放按报告直接申报"},
            })  # fmt: skip
        return parts
    if kind == "combustion":
        scope = given.get("scope", 1)
        return [{
            "method": "fuel_combustion", "quantity": given["amount"], "unit": "t", "key": "实测燃料", "scope": scope,
            **({"category": "upstream_transport"} if scope == 3 else {}),
            "parameters": {"ncv": given["ncv"], "carbon_content": given["cc"], "oxidation_factor": given["of"]},
        }]  # fmt: skip
    if kind == "heat":
        return [{
            "method": "purchased_heat", "quantity": given["gj"], "unit": "GJ", "scope": 2,
            "parameters": {"factor": given["factor"], "factor_source": SOURCE_WORDS},
        }]  # fmt: skip
    return [{
        "method": "clinker", "quantity": given["t"], "unit": "t", "scope": 1,
        "parameters": {"cao": given["cao"], "mgo": given["mgo"]},
    }]  # fmt: skip


@pytest.fixture(scope="module")
async def plant(databases: Databases) -> identity.Made:
    return await identity.enterprise(databases, sector="steel")


@pytest.fixture
async def caller(http: httpx.AsyncClient, plant: identity.Made) -> Client:  # noqa: F811
    return await Client(http, "wuxi").signed_in(plant)


def agrees(case: dict[str, Any], total: Decimal) -> None:
    wanted = Decimal(case["expected"].get("tco2") or case["expected"]["recomputed"])
    assert abs(total - wanted) <= Decimal(case["tolerance"]), (case["id"], total)


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
async def test_the_calculator_agrees(case: dict[str, Any], caller: Client) -> None:
    total = Decimal(0)
    for part in measured(case):
        if "reported_t" in case["inputs"]:
            part["reportedT"] = case["inputs"]["reported_t"]
        found = (await caller.named("Estimate", input=part))["estimate"]
        line = found["lines"][0]
        assert Decimal(line["co2eT"]) == Decimal(part["quantity"]) * Decimal(line["coefficient"])
        total += Decimal(found["totalT"])
        if case["kind"] == "electricity_inconsistent":
            assert found["check"]["outcome"] == "FAIL"
            assert case["expected"]["recomputed"] in found["check"]["messageEn"]
    agrees(case, total)


async def open_account(caller: Client, pack: str) -> tuple[str, str]:
    opened = await caller.named(
        "OpenAccount", input={"name": "算例账户", "divisionCode": "320206", "sector": "other", "methodPack": pack}
    )
    account = opened["openAccount"]["account"]["id"]
    site = await caller.named(
        "AddSite", input={"accountId": account, "code": "S1", "name": "厂区", "divisionCode": "320206"}
    )
    year = await caller.named("OpenReportingYear", input={"accountId": account, "year": 2024})
    assert year["openReportingYear"]["__typename"] == "ReportingYearChanged"
    switched = await caller.named(
        "SwitchSeparationOfDuties", input={"accountId": account, "isOn": False, "reason": "算例"}
    )
    assert switched["switchSeparationOfDuties"]["__typename"] == "AccountChanged"
    return account, site["addSite"]["site"]["id"]


RECORD = """
mutation Record($input: RecordActivityInput!) {
  recordActivity(input: $input) {
    __typename
    ... on ActivityRecorded { batchId isApproved }
    ... on Error { code messageEn details }
  }
}"""


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
async def test_the_whole_account_agrees(
    case: dict[str, Any], caller: Client, plant: identity.Made, databases: Databases, servers: Any
) -> None:
    account, site = await open_account(caller, "cement" if case["kind"] == "clinker" else "general")
    for number, part in enumerate(measured(case)):
        source = await caller.named("AddSource", input={
            "siteId": site, "code": f"E{number}", "name": "排放源", "method": part["method"], "unit": part["unit"],
            "key": part.get("key", ""), "scope": part["scope"], "category": part.get("category"),
            "parameters": part["parameters"],
        })  # fmt: skip
        record = {
            "sourceId": source["addSource"]["source"]["id"], "month": "2024-06", "quantity": part["quantity"],
            "unit": part["unit"],
        }  # fmt: skip
        if "reported_t" in case["inputs"]:
            record["reportedT"] = case["inputs"]["reported_t"]
        answer = (await caller.ask(RECORD, input={"accountId": account, "record": record}))["data"]["recordActivity"]
        if case["kind"] == "electricity_inconsistent":
            assert answer["__typename"] == "InvalidError", answer
            assert case["expected"]["recomputed"] in json.dumps(answer, ensure_ascii=False)
            del record["reportedT"]
            answer = (await caller.ask(RECORD, input={"accountId": account, "record": record}))["data"][
                "recordActivity"
            ]
        assert answer["__typename"] == "ActivityRecorded", answer
        assert answer["isApproved"]
    asked = await caller.named("ComputeInventory", input={"accountId": account, "year": 2024})
    _, [job_id] = split(asked["computeInventory"]["jobId"])
    async with working(databases, servers.settings, servers.valkey.url):
        done = await until(databases, plant.scope, job_id)
    assert done.state == "succeeded", done.error
    overview = (await caller.named("AccountOverview", accountId=account, year=2024))["accountOverview"]
    totals = overview["totals"]
    agrees(case, Decimal(totals["totalLocation"]) + Decimal(totals["scope3"]))
    assert overview["state"] == "computed"
    lines = (await caller.named("InventoryLines", id=overview["inventoryId"]))["inventory"]["lines"]["nodes"]
    for line in lines:
        assert Decimal(line["resultT"]) == Decimal(line["baseQuantity"]) * Decimal(line["coefficient"])
        assert Decimal(line["co2eT"]) == Decimal(line["resultT"]) * Decimal(line["gwp"])
    if case["inputs"].get("scope") == 3:
        assert [line["scope"] for line in lines] == [3]
        assert Decimal(totals["totalLocation"]) == 0
    proof = (await caller.named("ReproduceInventory", id=overview["inventoryId"]))["reproduceInventory"]
    assert proof["isEqual"], proof["differences"]


def test_every_kind_of_ours_has_a_case() -> None:
    assert {case["kind"] for case in CASES} == {
        "electricity", "electricity_plus_other", "electricity_inconsistent", "combustion", "heat", "clinker",
    }  # fmt: skip
