"""Budgets over the wire: from the draft to the account as a file; who sees what; one command, once."""

import io
from dataclasses import dataclass, replace

import openpyxl
import pytest
from factories import identity
from factories.accounts import Held, held_account
from factories.api import Client
from factories.budgets import own_year, reserved
from factories.identity import Made

from backend.kit.db import Databases
from backend.wire.nodes import node_id

CITY, XISHAN, HUISHAN = "320200", "320205", "320206"
PAPER = {"number": "锡双碳〔2026〕2号", "dated": "2026-02-01", "title": "碳排放预算方案"}
WHY = "按方案执行"


@dataclass
class Bureau:
    """The whole jurisdiction's authority: its officer and its administrator, signed in."""

    made: Made
    officer: Client
    chief: Client


async def signed_in(databases: Databases, client: Client) -> Bureau:
    made = await identity.authority(databases)
    officer = await identity.colleague(databases, made, "officer")
    assert officer.actor_id is not None
    other = replace(made, person_id=officer.actor_id, email=identity.address(officer.actor_id), scope=officer)
    return Bureau(made, await client.signed_in(other), await client.signed_in(made))


async def in_force(bureau: Bureau, year: int, *extra: dict) -> dict:
    """Decompose a city's total onto two districts, draft it, have it approved; return the plan."""
    parts = [
        {"divisionCode": code, "output": value, "unit": "万CNY"} for code, value in ((XISHAN, "2"), (HUISHAN, "1"))
    ]
    shared = {
        "divisionCode": CITY, "firstYear": year, "total": "600", "step": "0.01", "method": "OUTPUT",
        "onto": "DIVISIONS", "parts": parts, "withheldPercent": "50",
    }  # fmt: skip
    given = {
        "name": "年度预算", "document": PAPER, "effectiveOn": "2026-01-01", "reason": WHY, "decompositions": [shared],
        "lines": [{"firstYear": year, "divisionCode": CITY, "tonnes": "1000"}, *extra],
    }  # fmt: skip
    drafted = (await bureau.officer.named("DraftBudgetPlan", input=given))["draftBudgetPlan"]["plan"]
    deciding = {"planId": drafted["id"], "revision": 1, "isApproved": True, "reason": WHY}
    refused = (await bureau.officer.named("DecideBudgetPlan", input=deciding))["decideBudgetPlan"]
    assert refused["code"] == "forbidden"
    decided = (await bureau.chief.named("DecideBudgetPlan", input=deciding))["decideBudgetPlan"]["plan"]
    assert decided["state"] == "APPROVED"
    return drafted


async def budgets_of(client: Client, year: int, **more) -> dict[tuple[str, str | None], dict]:
    found = (await client.named("Budgets", year=year, **more))["budgets"]["nodes"]
    return {(each["divisionCode"], each["account"]["name"] if each["account"] else None): each for each in found}


async def test_from_the_draft_to_the_account(databases: Databases, client: Client) -> None:
    year, bureau = own_year(), await signed_in(databases, client)
    plan = await in_force(bureau, year)
    lines = {each["divisionCode"]: each for each in plan["lines"]}
    assert [(code, lines[code]["tonnes"], lines[code]["withheld"]) for code in (CITY, XISHAN, HUISHAN)] == [
        (CITY, "1000", "0"), (XISHAN, "400.00", "200.0000"), (HUISHAN, "200.00", "100.0000"),
    ]  # fmt: skip
    assert lines[XISHAN]["basis"]["inputs"] == [{"name": {"zh": "产出", "en": "output"}, "value": "2", "unit": "万CNY"}]
    seen = await budgets_of(bureau.officer, year)
    assert {key[0]: (each["total"], each["handed"], each["available"]) for key, each in seen.items()} == {
        CITY: ("1000", "600.00", "400.00"), XISHAN: ("400.00", "0", "200.0000"), HUISHAN: ("200.00", "0", "100.0000"),
    }  # fmt: skip
    assert seen[CITY, None]["judgement"]["overall"] == "CANNOT_TELL"
    adjusting = {"budgetId": seen[XISHAN, None]["id"], "tonnes": "25.5", "reason": WHY, "document": PAPER}
    first = await bureau.officer.named("AdjustBudget", input=adjusting, idempotencyKey=f"adjust-{year}")
    again = await bureau.officer.named("AdjustBudget", input=adjusting, idempotencyKey=f"adjust-{year}")
    assert first == again
    moving = {
        "fromDivision": XISHAN, "toDivision": HUISHAN, "lines": [{"year": year, "tonnes": "10"}], "reason": WHY,
        "document": PAPER, "replacement": "REDUCED", "ratio": "1.5",
    }  # fmt: skip
    await bureau.officer.named("TransferBudget", input=moving)
    await reserved(databases, bureau.made.scope, HUISHAN, [(year, "7")])
    after = await budgets_of(bureau.officer, year, divisionCode=XISHAN)
    assert list(after) == [(XISHAN, None)]
    own = after[XISHAN, None]
    assert (own["adjusted"], own["moved"], own["retired"], own["available"]) == ("25.5", "-10", "5.0000", "210.5000")
    entries = (await bureau.chief.named("BudgetEntries", budgetId=own["id"]))["budgetEntries"]["nodes"]
    assert [each["kind"] for each in entries] == ["TRANSFER", "ADJUST", "APPROVE"]
    assert entries[1]["document"] == PAPER
    assert {each["pocket"]: each["tonnes"] for each in entries[1]["postings"] if each["budgetId"] == own["id"]} == {
        "ADJUSTED": "25.5", "AVAILABLE": "25.5",
    }  # fmt: skip
    held = (await bureau.chief.named("BudgetReservations", divisionCode=HUISHAN))["budgetReservations"]["nodes"]
    assert held[0]["years"] == [{"year": year, "reserved": "7", "posted": "0"}]
    kept = await bureau.officer.named("KeepBudgetProjections", input={"year": year})
    assert kept["keepBudgetProjections"]["count"] == 3
    shown = (await bureau.officer.named("BudgetProjections", budgetId=own["id"]))["budgetProjections"]["nodes"]
    assert [(each["projected"], each["actual"], each["method"]) for each in shown] == [
        (None, None, "seasonal_shares/1")
    ]
    assert "No month of the year" in shown[0]["note"]["en"]
    names = {each["id"] for each in (await bureau.chief.named("BudgetPlans"))["budgetPlans"]["nodes"]}
    assert plan["id"] in names
    assert (await bureau.chief.named("BudgetPlan", id=plan["id"]))["budgetPlan"]["state"] == "APPROVED"


async def test_a_district_a_neighbour_and_a_key_unit(databases: Databases, client: Client) -> None:
    year, bureau = own_year(), await signed_in(databases, client)
    held: Held = await held_account(databases, division=XISHAN, name="重点单位甲")
    unit = {"firstYear": year, "accountId": str(node_id("CarbonAccount", held.id)), "tonnes": "30"}
    await in_force(bureau, year, unit)
    district = await client.signed_in(await identity.authority(databases, division=XISHAN))
    assert set(await budgets_of(district, year)) == {(XISHAN, None), (XISHAN, "重点单位甲")}
    neighbour = await client.signed_in(await identity.authority(databases, division=HUISHAN))
    assert set(await budgets_of(neighbour, year)) == {(HUISHAN, None)}
    plant = await client.signed_in(held.holder)
    assert set(await budgets_of(plant, year)) == {(XISHAN, "重点单位甲")}
    for maker in (identity.verifier, identity.enterprise):
        assert await budgets_of(await client.signed_in(await maker(databases)), year) == {}
    lender = await client.signed_in(await identity.bank(databases))
    closed = await lender.send({"operationName": "Budgets", "variables": {"year": year}})
    assert closed.json()["errors"][0]["extensions"]["code"] == "forbidden"
    elsewhere = await neighbour.send({"operationName": "Budgets", "variables": {"year": year, "divisionCode": XISHAN}})
    assert elsewhere.json()["errors"][0]["extensions"]["code"] == "division_unknown"


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_the_account_as_files(databases: Databases, client: Client, language: str) -> None:
    year, bureau = own_year(), await signed_in(databases, client)
    plan = await in_force(bureau, year)
    await reserved(databases, bureau.made.scope, HUISHAN, [(year, "7")])
    address = f"/wuxi/downloads/budget-account.xlsx?year={year}&lang={language}"
    file = await bureau.chief.http.get(address, headers=bureau.chief.headers)
    assert file.status_code == 200, file.text
    book = openpyxl.load_workbook(io.BytesIO(file.content))
    standing, booked, held = book.worksheets
    assert (held.cell(4, 3).value, held.cell(4, 4).value) == ("示范项目", 7)
    # Three lines of headings; numbers are numbers.
    assert [(standing.cell(4 + at, 2).value[:6], standing.cell(4 + at, 4).value) for at in range(3)] == [
        (CITY, 1000), (XISHAN, 400), (HUISHAN, 200),
    ]  # fmt: skip
    assert {booked.cell(at, 8).value for at in range(4, 4 + 8)} <= {PAPER["number"], None}
    pages = await bureau.chief.http.get(address.replace("xlsx", "pdf"), headers=bureau.chief.headers)
    assert pages.status_code == 200, pages.text
    assert pages.content.startswith(b"%PDF-")
    own = f"/wuxi/downloads/budget-plan.xlsx?id={plan['id']}&lang={language}"
    file = await bureau.chief.http.get(own, headers=bureau.chief.headers)
    assert openpyxl.load_workbook(io.BytesIO(file.content)).worksheets[1].cell(4, 4).value == "2"
    for name in (
        f"budget-plan.pdf?id={plan['id']}&lang={language}", f"budget-plans.xlsx?division={CITY}&lang={language}",
        f"budget-projections.xlsx?year={year}&lang={language}", f"budget-rules.xlsx?lang={language}",
    ):  # fmt: skip
        file = await bureau.chief.http.get(f"/wuxi/downloads/{name}", headers=bureau.chief.headers)
        assert file.status_code == 200, (name, file.text[:300])
        assert file.content.startswith(b"%PDF-" if ".pdf" in name else b"PK")
    neighbour = await client.signed_in(await identity.authority(databases, division=HUISHAN))
    assert (await neighbour.http.get(own, headers=neighbour.headers)).status_code == 404
    assert (await client.http.get(address)).status_code == 401


async def test_a_rule_is_proposed_and_decided_over_the_wire(databases: Databases, client: Client) -> None:
    bureau = await signed_in(databases, client)
    given = {
        "kind": "ELASTIC_PERCENT", "value": "3", "document": PAPER, "effectiveOn": "2099-01-01", "reason": "试行",
    }  # fmt: skip
    made = (await bureau.officer.named("ProposeBudgetRule", input=given))["proposeBudgetRule"]["rule"]
    assert (made["state"], made["value"]) == ("PROPOSED", "3")
    deciding = {"ruleId": made["id"], "isApproved": False, "reason": "依据不足"}
    refused = (await bureau.officer.named("DecideBudgetRule", input=deciding))["decideBudgetRule"]
    assert refused["code"] == "forbidden"
    done = (await bureau.chief.named("DecideBudgetRule", input=deciding))["decideBudgetRule"]["rule"]
    assert (done["state"], done["decisionReason"]) == ("REJECTED", "依据不足")
    listed = (await bureau.chief.named("BudgetRuleProposals"))["budgetRuleProposals"]["nodes"]
    assert made["id"] in {each["id"] for each in listed}
