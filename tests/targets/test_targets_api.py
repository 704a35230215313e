"""Targets over the wire: from the decomposition to the report; who sees what; one command, once; files."""

import io
from dataclasses import dataclass, replace

import openpyxl
import pytest
from factories import identity
from factories.accounts import held_account
from factories.api import Client
from factories.identity import Made
from factories.targets import own_period

from backend.kit.db import Databases
from backend.wire.nodes import node_id

CITY, XISHAN, HUISHAN = "320200", "320205", "320206"
PAPER = {"number": "锡双碳〔2026〕9号", "dated": "2026-02-01", "title": "双控目标分解方案"}
WHY = "按方案执行"


@dataclass
class Bureau:
    """The whole jurisdiction's authority: its officer and its administrator, signed in."""

    made: Made
    officer: Client
    chief: Client


async def signed_in(databases: Databases, client: Client, **given) -> Bureau:
    made = await identity.authority(databases, **given)
    officer = await identity.colleague(databases, made, "officer")
    assert officer.actor_id is not None
    other = replace(made, person_id=officer.actor_id, email=identity.address(officer.actor_id), scope=officer)
    return Bureau(made, await client.signed_in(other), await client.signed_in(made))


async def handed_down(bureau: Bureau, first: int, last: int, *extra: dict) -> dict:
    """Decompose a city's targets onto its districts, draft that, have it approved; return the plan."""
    shared = {"divisionCode": CITY, "firstYear": first, "lastYear": last}
    given = {
        "name": "双控目标", "document": PAPER, "effectiveOn": "2026-01-01", "reason": WHY,
        "lines": [
            {**shared, "kind": "INTENSITY", "value": "18", "baseYear": 2024},
            {**shared, "kind": "TOTAL", "value": "1000"}, *extra,
        ],
        "decompositions": [
            {**shared, "kind": "INTENSITY", "value": "18", "baseYear": 2024, "method": "EQUAL"},
            {
                **shared, "kind": "TOTAL", "value": "900", "method": "OUTPUT", "step": "0.1",
                "portions": [
                    {"divisionCode": XISHAN, "output": "2", "unit": "万CNY"},
                    {"divisionCode": HUISHAN, "output": "1", "unit": "万CNY"},
                ],
            },
        ],
    }  # fmt: skip
    drafted = (await bureau.officer.named("DraftTargetPlan", input=given))["draftTargetPlan"]["plan"]
    deciding = {"planId": drafted["id"], "revision": 1, "isApproved": True, "reason": WHY}
    refused = (await bureau.officer.named("DecideTargetPlan", input=deciding))["decideTargetPlan"]
    assert refused["code"] == "forbidden"
    decided = (await bureau.chief.named("DecideTargetPlan", input=deciding))["decideTargetPlan"]["plan"]
    assert decided["state"] == "APPROVED"
    return drafted


async def targets_of(client: Client, year: int, **more) -> dict[tuple[str, str, str | None], dict]:
    found = (await client.named("DualTargets", year=year, **more))["dualTargets"]["nodes"]
    return {
        (each["divisionCode"], each["kind"], each["account"]["name"] if each["account"] else None): each
        for each in found
    }


async def test_from_the_decomposition_to_the_progress(databases: Databases, client: Client) -> None:
    (first, last), bureau = own_period(), await signed_in(databases, client)
    plan = await handed_down(bureau, first, last)
    assert len(plan["lines"]) == 2 + 8 + 2
    seen = await targets_of(bureau.officer, first)
    assert (seen[XISHAN, "TOTAL", None]["value"], seen[HUISHAN, "TOTAL", None]["value"]) == ("600.0", "300.0")
    own = seen[XISHAN, "INTENSITY", None]
    assert (own["value"], own["baseYear"], own["isBinding"], own["document"]["number"]) == (
        "18", 2024, True, PAPER["number"],
    )  # fmt: skip
    # Wuxi puts the intensity first: a total is told beside it.
    assert seen[XISHAN, "TOTAL", None]["isBinding"] is False
    assert own["progress"]["verdict"] == "CANNOT_TELL"
    history = (await bureau.chief.named("DualTargetHistory", id=own["id"]))["dualTargetHistory"]
    assert [each["value"] for each in history] == ["18"]
    plans = (await bureau.chief.named("TargetPlans", first=100))["targetPlans"]["nodes"]
    assert plan["id"] in {each["id"] for each in plans}
    revising = {"planId": plan["id"], "lines": [], "decompositions": [], "reason": WHY}
    refused = (await bureau.officer.named("ReviseTargetPlan", input=revising))["reviseTargetPlan"]
    assert refused["code"] == "target_plan_decided"
    asked = {
        "divisionCode": CITY, "kind": "INTENSITY", "firstYear": first, "lastYear": last, "value": "18",
        "baseYear": 2024, "method": "EQUAL",
    }  # fmt: skip
    shares = (await bureau.officer.named("TargetDecomposition", input=asked))["targetDecomposition"]
    assert {each["value"] for each in shares} == {"18"}


async def test_a_district_a_neighbour_and_a_key_unit(databases: Databases, client: Client) -> None:
    (first, last), bureau = own_period(), await signed_in(databases, client)
    held = await held_account(databases, division=XISHAN, name="目标单位甲")
    unit = {
        "kind": "TOTAL", "firstYear": first, "lastYear": last, "value": "30",
        "accountId": str(node_id("CarbonAccount", held.id)),
    }  # fmt: skip
    plan = await handed_down(bureau, first, last, unit)
    district = await client.signed_in(await identity.authority(databases, division=XISHAN))
    assert set(await targets_of(district, first)) == {
        (XISHAN, "INTENSITY", None), (XISHAN, "TOTAL", None), (XISHAN, "TOTAL", "目标单位甲"),
    }  # fmt: skip
    plant = await client.signed_in(held.holder)
    assert set(await targets_of(plant, first)) == {(XISHAN, "TOTAL", "目标单位甲")}
    for maker in (identity.verifier, identity.enterprise):
        assert await targets_of(await client.signed_in(await maker(databases)), first) == {}
    neighbour = await client.signed_in(await identity.authority(databases, division=HUISHAN))
    assert {key[0] for key in await targets_of(neighbour, first)} == {HUISHAN}
    lender = await client.signed_in(await identity.bank(databases))
    closed = await lender.send({"operationName": "DualTargets", "variables": {"year": first}})
    assert closed.json()["errors"][0]["extensions"]["code"] == "forbidden"
    for stranger in (neighbour, plant):
        hidden = await stranger.send({"operationName": "TargetPlan", "variables": {"id": plan["id"]}})
        assert hidden.json()["errors"][0]["extensions"]["code"] == "target_plan_not_found"


async def test_an_evaluation_over_the_wire_and_the_report(databases: Databases, client: Client) -> None:
    """Changzhou's evaluation of 2010, which no other test begins."""
    bureau = await signed_in(databases, client, tenant="changzhou")
    begun = await bureau.officer.named(
        "BeginEvaluation", input={"year": 2010, "name": "2010 年度综合评价", "reason": WHY}
    )
    evaluation = begun["beginEvaluation"]["evaluation"]
    assert (evaluation["state"], evaluation["isPlaceholder"]) == ("DRAFT", True)
    codes = [each["divisionCode"] for each in evaluation["sheets"]]
    scheme = (await bureau.officer.named("EvaluationScheme", year=2010))["evaluationScheme"]
    for code in codes:
        given = {
            "divisionCode": code, "year": 2010, "document": PAPER,
            "figures": [{"item": each["code"], "value": "100"} for each in scheme["indicators"]],
        }  # fmt: skip
        kept = (await bureau.officer.named("RecordStatedFigures", input=given))["recordStatedFigures"]["figures"]
        assert len(kept) == len(scheme["indicators"])
    own = {"evaluationId": evaluation["id"], "reason": WHY}
    await bureau.officer.named("ReworkEvaluation", input=own)
    await bureau.officer.named("OpenEvaluation", input=own)
    district = await client.signed_in(await identity.authority(databases, tenant="changzhou", division=codes[0]))
    seen = (await district.named("Evaluation", id=evaluation["id"]))["evaluation"]
    assert [(each["divisionCode"], each["score"], each["place"]) for each in seen["sheets"]] == [
        (codes[0], "100.00", 1)
    ]
    remark = {"evaluationId": evaluation["id"], "divisionCode": codes[0], "said": "无异议", "indicator": "transport"}
    kept = (await district.named("RemarkOnEvaluation", input=remark))["remarkOnEvaluation"]["remark"]
    answering = {"remarkId": kept["id"], "isAccepted": True, "said": "收悉"}
    await bureau.officer.named("AnswerEvaluationRemark", input=answering)
    deciding = {"evaluationId": evaluation["id"], "isApproved": True, "reason": WHY, "document": PAPER}
    first = await bureau.chief.named("DecideEvaluation", input=deciding, idempotencyKey="evaluated-2010")
    again = await bureau.chief.named("DecideEvaluation", input=deciding, idempotencyKey="evaluated-2010")
    assert first == again
    assert first["decideEvaluation"]["evaluation"]["state"] == "APPROVED"
    listed = (await bureau.chief.named("Evaluations", year=2010))["evaluations"]["nodes"]
    assert [each["id"] for each in listed] == [evaluation["id"]]
    figures = (await bureau.chief.named("StatedFigures", year=2010, divisionCode=codes[0]))["statedFigures"]["nodes"]
    assert {each["isOwn"] for each in figures} == {False}
    address = f"/changzhou/downloads/stated-figures.xlsx?year=2010&division={codes[0]}"
    book = await bureau.chief.http.get(address, headers=bureau.chief.headers)
    stated = openpyxl.load_workbook(io.BytesIO(book.content)).worksheets[0]
    called = {each["name"]["zh"] for each in scheme["indicators"]}
    assert {stated.cell(at, 3).value for at in range(4, 4 + len(called))} == called
    for language in ("zh", "en"):
        address = f"/changzhou/downloads/dual-control-report.pdf?year=2010&lang={language}"
        pages = await bureau.chief.http.get(address, headers=bureau.chief.headers)
        assert pages.status_code == 200, pages.text
        assert pages.content.startswith(b"%PDF-")
        book = await bureau.chief.http.get(address.replace(".pdf", ".xlsx"), headers=bureau.chief.headers)
        sheets = openpyxl.load_workbook(io.BytesIO(book.content)).worksheets
        assert sheets[1].cell(4, 3).value == 100
        assert sheets[3].cell(4, 3).value == "无异议"
        (named,) = (each["name"][language] for each in scheme["indicators"] if each["code"] == "transport")
        assert sheets[3].cell(4, 2).value == named
    ours = await district.http.get("/changzhou/downloads/dual-control-report.xlsx?year=2010", headers=district.headers)
    sheets = openpyxl.load_workbook(io.BytesIO(ours.content)).worksheets
    column = [sheets[1].cell(at, 2).value for at in range(4, sheets[1].max_row + 1)]
    assert [each.split()[0] for each in column if each] == [codes[0]]


async def test_numbers_of_documents_and_schemes_over_the_wire(databases: Databases, client: Client) -> None:
    bureau = await signed_in(databases, client, tenant="changzhou")
    given = {"values": [{"item": "microgrids", "asOf": "2025-12-31", "value": "120"}], "document": PAPER}
    (own,) = (await bureau.officer.named("RecordPlanTargetValues", input=given))["recordPlanTargetValues"]["targets"]
    assert (own["percent"], own["outcome"], own["place"], own["year"]) == ("24.00", "NOT_YET", "二（一）4", 2030)
    listed = (await bureau.chief.named("PlanTargets", year=2030))["planTargets"]
    assert {each["year"] for each in listed} == {2030}
    values = (await bureau.chief.named("PlanTargetValues", item="microgrids"))["planTargetValues"]
    assert values[0]["document"] == PAPER
    indicator = {
        "code": "intensity_completion", "field": "DUAL_CONTROL", "nameZh": "强度", "nameEn": "Intensity", "isMain": True,
        "formula": "INTENSITY_COMPLETION", "weight": "99",
    }  # fmt: skip
    proposing = {
        "nameZh": "市级", "nameEn": "Own", "firstYear": 2100, "indicators": [indicator], "document": PAPER, "reason": WHY,
    }  # fmt: skip
    refused = (await bureau.officer.named("ProposeEvaluationScheme", input=proposing))["proposeEvaluationScheme"]
    assert refused["code"] == "evaluation_scheme_invalid"
    proposing["indicators"] = [{**indicator, "weight": "100"}]
    proposed = await bureau.officer.named("ProposeEvaluationScheme", input=proposing)
    scheme = proposed["proposeEvaluationScheme"]["scheme"]
    deciding = {"schemeId": scheme["id"], "isApproved": True, "reason": WHY}
    decided = (await bureau.chief.named("DecideEvaluationScheme", input=deciding))["decideEvaluationScheme"]["scheme"]
    assert decided["state"] == "APPROVED"
    found = (await bureau.chief.named("EvaluationSchemes", first=100))["evaluationSchemes"]["nodes"]
    assert scheme["id"] in {each["id"] for each in found}


@pytest.mark.parametrize(
    "name",
    [
        "dual-targets.xlsx?year=2026",
        "plan-targets.xlsx",
        "dual-control-report.pdf?year=2024",
        "stated-figures.xlsx?year=2024",
        "evaluation-scheme.xlsx?year=2024",
    ],
)
async def test_files_are_for_those_who_may(databases: Databases, client: Client, name: str) -> None:
    bureau = await signed_in(databases, client)
    file = await bureau.officer.http.get(f"/wuxi/downloads/{name}", headers=bureau.officer.headers)
    assert file.status_code == 200, file.text
    lender = await client.signed_in(await identity.bank(databases))
    assert (await lender.http.get(f"/wuxi/downloads/{name}", headers=lender.headers)).status_code == 403
    assert (await client.http.get(f"/wuxi/downloads/{name}")).status_code == 401


async def test_a_plan_as_a_file(databases: Databases, client: Client) -> None:
    (first, last), bureau = own_period(), await signed_in(databases, client)
    plan = await handed_down(bureau, first, last)
    address = f"/wuxi/downloads/target-plan.xlsx?id={plan['id']}"
    book = await bureau.chief.http.get(address, headers=bureau.chief.headers)
    sheet = openpyxl.load_workbook(io.BytesIO(book.content)).worksheets[0]
    assert {sheet.cell(at, 5).value for at in range(4, 16)} == {18, 1000, 600, 300}
    neighbour = await client.signed_in(await identity.authority(databases, division=HUISHAN))
    assert (await neighbour.http.get(address, headers=neighbour.headers)).status_code == 404
