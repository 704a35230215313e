"""Every worked example of allocation and settlement through the public API, and the calculators around them."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest
from factories import identity
from factories.api import Client
from factories.working import app, http  # noqa: F401 - fixtures

from backend.kit.db import Databases

KINDS = {"ets_power", "ets_industry", "banking", "ccer_cap", "average_price"}
CASES = [
    case
    for case in json.loads((Path(__file__).parents[1] / "data" / "worked_examples.json").read_text(encoding="utf-8"))
    if case["kind"] in KINDS
]


@pytest.fixture(scope="module")
async def plant(databases: Databases) -> identity.Made:
    return await identity.enterprise(databases, sector="power")


@pytest.fixture
async def caller(http: httpx.AsyncClient, plant: identity.Made) -> Client:  # noqa: F811
    return await Client(http, "wuxi").signed_in(plant)


def power(given: dict[str, Any]) -> dict[str, Any]:
    """A case's inputs as the calculator takes them."""
    asked = {
        "year": given["year"],
        "unitClass": given["class"].upper(),
        "mwh": given["mwh"],
        "gj": given.get("gj", "0"),
    }
    if "cooling" in given:
        asked["cooling"] = given["cooling"].upper()
    names = {"heat_ratio": "heatRatio", "load": "load"}
    return asked | {there: given[here] for here, there in names.items() if here in given}


async def answered(caller: Client, case: dict[str, Any]) -> tuple[Decimal, Decimal]:
    """What the API says, unrounded, and what the example expects."""
    given, expected = case["inputs"], case["expected"]
    if case["kind"] == "ets_power":
        found = (await caller.named("PowerQuota", input=power(given)))["powerQuota"]
        assert found["documents"]
        assert all(step["figure"] is None or step["figure"]["document"] for step in found["factors"])
        return Decimal(found["quota"]), Decimal(expected["quota"])
    if case["kind"] == "ets_industry":
        asked = {"year": given["year"], "verified": given["E"], "balance": given.get("B"), "intensity": given.get("I")}
        found = (await caller.named("IndustryQuota", input=asked))["industryQuota"]
        return Decimal(found["quota"]), Decimal(expected["quota"])
    if case["kind"] == "banking":
        found = await caller.named("CarryOverMaximum", sector=given["sector"].upper(), netSales=given["net_sales"])
        return Decimal(found["carryOverMaximum"]["maximum"]), Decimal(expected["max"])
    if case["kind"] == "ccer_cap":
        found = await caller.named("CcerCap", obligation=given["verified"])
        return Decimal(found["ccerCap"]["value"]), Decimal(expected["max"])
    found = await caller.named("AveragePrice", value=given["value"], volume=given["volume"])
    return Decimal(found["averagePrice"]["value"]), Decimal(expected["yuan_per_t"])


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
async def test_the_worked_example_agrees(case: dict[str, Any], caller: Client) -> None:
    found, expected = await answered(caller, case)
    assert abs(found - expected) <= Decimal(case["tolerance"]), (case["id"], found)


def test_every_kind_has_an_example() -> None:
    assert {case["kind"] for case in CASES} == KINDS


async def test_a_rule_that_is_not_recorded_is_named_and_nothing_is_guessed(caller: Client) -> None:
    text = "query Ask($input: IndustryQuotaInput!) { industryQuota(input: $input) { quota } }"

    async def refusal(**changed: object) -> str:
        asked = {"year": 2025, "verified": "1000", "sector": "STEEL"} | changed
        answer = (await caller.send({"query": text, "variables": {"input": asked}})).json()
        assert answer["data"] is None
        return answer["errors"][0]["extensions"]["code"]

    assert await refusal() == "balance_value_missing"
    assert await refusal(balance="1") == "intensity_missing"
    assert await refusal(balance="1", intensity="1", line="SPECIAL") == "line_treatment_unknown"
    assert await refusal(balance="1", intensity="1", year=2030) == "quota_rule_unknown"


async def test_penalties_and_prices_carry_their_confidence(caller: Client) -> None:
    asked = {"on": "2026-01-01", "missing": "1000", "averagePrice": "70"}
    found = (await caller.named("QuotaPenalties", **asked))["quotaPenalties"]
    fine = next(each for each in found["penalties"] if each["code"] == "non_surrender_multiple")
    assert (Decimal(fine["computedLow"]), Decimal(fine["computedHigh"])) == (350_000, 700_000)
    assert fine["figure"]["confidence"] == "from-memory"
    assert "不构成法律意见" in found["disclaimerZh"]
    later = (await caller.named("QuotaPenalties", on="2026-09-01"))["quotaPenalties"]["penalties"]
    assert {each["code"]: each["outcome"] for each in later}["non_surrender_multiple"] == "UNKNOWN"
    scenarios = (await caller.named("QuotaPriceScenarios"))["quotaPriceScenarios"]
    assert [each["code"] for each in scenarios] == ["low", "central", "high"]
    assert all(each["cea"]["document"] and each["cea"]["note"] for each in scenarios)


async def test_the_checks_have_three_ends(caller: Client) -> None:
    async def vintage(of: int, year: int, **more: bool) -> str:
        return (await caller.named("VintageCheck", vintage=of, year=year, **more))["vintageCheck"]["outcome"]

    assert await vintage(2023, 2024) == "PASS"
    assert await vintage(2023, 2025) == "FAIL"
    assert await vintage(2023, 2025, isConverted=True) == "PASS"
    assert await vintage(2026, 2025) == "UNKNOWN"
    unit = {
        "registeredOn": "2025-06-01", "producedFrom": "2023-01-01", "methodology": "CCER-01-001-V01", "isFromEtsProject": False,
    }  # fmt: skip

    async def offset(**changed: object) -> str:
        return (await caller.named("OffsetCheck", input=unit | changed, year=2025))["offsetCheck"]["outcome"]

    assert await offset() == "PASS"
    assert await offset(registeredOn="2024-01-22") == "FAIL"
    assert await offset(registeredOn="2024-01-23") == "PASS"
    assert await offset(registeredOn=None) == "UNKNOWN"
    assert await offset(isFromEtsProject=True) == "FAIL"


async def test_the_unit_classes_together_and_what_if(caller: Client) -> None:
    units = [
        {"unitClass": "COAL_GT300", "allocation": "700", "verified": "1000"},
        {"unitClass": "GAS", "allocation": "90", "verified": "100"},
    ]
    found = (await caller.named("QuotaSettlement", year=2024, units=units))["quotaSettlement"]
    assert (Decimal(found["topUp"]), Decimal(found["exempted"]), Decimal(found["allocation"])) == (100, 10, 900)
    asked = {"year": 2024, "unitClass": "COAL_GT300", "mwh": "1000", "gj": "0", "load": "0.7"}
    change = {"output": "0.1", "intensity": "-0.05"}
    found = (await caller.named("PowerWhatIf", input=asked, verified="800", change=change))["powerWhatIf"]
    before, after = Decimal(found["before"]["calculation"]["quota"]), Decimal(found["after"]["calculation"]["quota"])
    assert after == before * Decimal("1.1")
    assert Decimal(found["after"]["verified"]) == 836
