"""Parks over the wire: the boundary as text, the evaluation as files, the public page with its objections."""

import io
from datetime import timedelta

import openpyxl
from factories import identity
from factories.accounts import held_account
from factories.api import Client
from factories.parks import Stage, decided, evaluation_of, meeting, notice_of, park_of, reviewed

from backend.api.schema import schema
from backend.kit.clock import today
from backend.kit.db import Databases
from backend.parks import queries_workflow, service
from backend.parks.values import ApplicationRow
from backend.wire.nodes import node_id, uuids


async def told(databases: Databases, stage: Stage, application_id: str) -> ApplicationRow:
    """Return an application as the authority has it."""
    own = uuids(application_id, "ParkApplication", path=("id",))[0]
    async with databases.read(stage.chief) as read:
        found = await queries_workflow.application(read, stage.chief, own)
    assert found is not None
    return found


PAPER = {"title": "园区总体规划", "issuedOn": "2025-01-01"}
SQUARE = '{"type":"Polygon","coordinates":[[[120.3,31.5],[120.32,31.5],[120.32,31.52],[120.3,31.52],[120.3,31.5]]]}'


async def test_a_park_is_entered_and_read_back_as_it_was_given(databases: Databases, client: Client) -> None:
    bureau = await client.signed_in(await identity.authority(databases, division="320206"))
    given = {"name": "高新园区", "divisionCode": "320206", "boundary": SQUARE, "document": PAPER}
    made = (await bureau.named("RegisterPark", input=given))["registerPark"]
    assert made["__typename"] == "ParkChanged", made
    shown = (await bureau.named("Park", id=made["park"]["id"]))["park"]
    assert shown["boundary"]["geojson"] == SQUARE
    assert (shown["name"], shown["division"]["code"], shown["members"]) == ("高新园区", "320206", [])
    refused = (await bureau.named("RegisterPark", input={**given, "boundary": "[1,2"}))["registerPark"]
    assert (refused["code"], refused["path"]) == ("park_boundary_invalid", ["input", "boundary"])
    assert len((await bureau.named("ParkIndicators"))["parkIndicators"]) == 31


async def test_an_evaluation_leaves_as_workbook_and_pages(databases: Databases, client: Client) -> None:
    stage = await park_of(databases, name="文件园区")
    await meeting(databases, stage, 2025, "15")
    kept = node_id("ParkEvaluation", await evaluation_of(databases, stage, 2025))
    operator = await client.signed_in(stage.operator)
    standing = (await operator.named("ParkStanding", parkId=node_id("Park", stage.park.id), year=2025))["parkStanding"]
    assert (standing["outcome"], standing["mandatory"], standing["mayApplyForAcceptance"]) == ("UNKNOWN", "PASS", True)
    for language in ("zh", "en"):
        url = f"/wuxi/downloads/park-evaluation.xlsx?evaluation={kept}&lang={language}"
        answer = await operator.http.get(url, headers=operator.headers)
        assert answer.status_code == 200, answer.text
        book = openpyxl.load_workbook(io.BytesIO(answer.content))
        assert book.worksheets[1].max_row == 3 + 31
    answer = await operator.http.get(f"/wuxi/downloads/park-evaluation.pdf?evaluation={kept}", headers=operator.headers)
    assert (answer.status_code, answer.content[:5]) == (200, b"%PDF-")
    for name in ("parks.xlsx", "park-programmes.xlsx"):
        assert (await operator.http.get(f"/wuxi/downloads/{name}", headers=operator.headers)).status_code == 200
    stranger = await client.signed_in(await identity.enterprise(databases, division="320206"))
    refused = await stranger.http.get(
        f"/wuxi/downloads/park-evaluation.pdf?evaluation={kept}", headers=stranger.headers
    )
    assert (refused.status_code, refused.json()["code"]) == (404, "park_evaluation_not_found")


async def test_a_factory_is_put_forward_and_its_notice_is_public(databases: Databases, client: Client) -> None:
    stage = await park_of(databases, name="配套园区")
    held = await held_account(databases, division="320206")
    plant = await client.signed_in(held.holder)
    account = str(node_id("CarbonAccount", held.id))
    given = {"kind": "FACTORY", "name": "零碳示范工厂", "accountId": account}
    made = (await plant.named("RegisterParkProgrammeItem", input=given))["registerParkProgrammeItem"]
    assert made["__typename"] == "ParkProgrammeItemChanged", made
    own = made["item"]["id"]
    assert (made["item"]["status"], made["item"]["document"]) == (None, None)
    refused = await plant.named(
        "RegisterParkProgrammeItem",
        input={**given, "status": "COMPLETED", "effectiveOn": "2026-01-01", "document": PAPER},
    )
    assert refused["registerParkProgrammeItem"]["code"] == "forbidden"
    asked = {"itemId": own, "statement": "申报零碳工厂", "document": PAPER}
    applied = (await plant.named("ApplyForParkProgrammeItem", input=asked))["applyForParkProgrammeItem"]
    application = applied["application"]
    assert (application["item"]["id"], application["horizon"], application["nextStep"]) == (own, None, "APPLY")
    asked_for = (await plant.named("ParkRequirements", kind="FACTORY"))["parkRequirements"]
    water = next(each for each in asked_for if each["code"] == "water_saving")
    assert (water["limit"], water["unit"], water["quote"]) == ("10", "%", "建筑年度节水率不低于10%")
    clerk = await client.signed_in(await identity.authority(databases, division="320206"))
    await decided(databases, stage, await told(databases, stage, application["id"]))
    findings = [
        {"code": each["code"], "outcome": "PASS", "remark": "核查记录", "quantity": each["limit"]} for each in asked_for
    ]
    step = {
        "applicationId": application["id"], "step": "REVIEW", "isPassed": True, "happenedOn": str(today()),
        "reason": "评审", "document": PAPER, "findings": findings,
    }  # fmt: skip
    short = {**step, "findings": findings[1:]}
    refused = (await clerk.named("ProposeParkStep", input=short))["proposeParkStep"]
    assert (refused["code"], refused["path"]) == ("park_findings_invalid", ["input", "findings"])
    proposal = (await clerk.named("ProposeParkStep", input=step))["proposeParkStep"]
    assert proposal["__typename"] == "ParkApplicationChanged", proposal
    reviewed_ = await decided(databases, stage, await told(databases, stage, application["id"]))
    notice = await notice_of(databases, stage, reviewed_.id, closes_on=today() + timedelta(days=5))
    page = await client.http.get(f"/wuxi/park-notices/{notice}")
    assert "零碳示范工厂" in page.text
    assert "零碳工厂" in page.text
    listed = (await plant.named("ParkApplications", itemId=own))["parkApplications"]["nodes"]
    assert [each["item"]["name"] for each in listed] == ["零碳示范工厂"]
    assert [len(each["findings"]) for each in listed[0]["steps"]] == [0, 7]
    bank = await client.signed_in(await identity.bank(databases))
    answer = (await bank.send({"operationName": "ParkApplications", "variables": {"itemId": own}})).json()
    assert answer["errors"][0]["extensions"]["code"] == "forbidden"


async def test_a_parks_file_shows_each_reader_what_is_theirs(databases: Databases, client: Client) -> None:
    stage = await park_of(databases, name="档案园区")
    held = await held_account(databases, division="320206")
    async with databases.write(stage.clerk) as write:
        await service.join_park(
            write, stage.clerk, stage.park.id, account_id=held.id, starts_on=today(), is_above_scale=True
        )
    await meeting(databases, stage, 2025, "15")
    await reviewed(databases, stage, 2025)
    park = node_id("Park", stage.park.id)
    rows: dict[str, list[int]] = {}
    for name, who in (("operator", stage.operator), ("member", held.holder), ("district", stage.bureau)):
        reader = await client.signed_in(who)
        answer = await reader.http.get(f"/wuxi/downloads/park-file.xlsx?park={park}&year=2025", headers=reader.headers)
        assert answer.status_code == 200, answer.text
        book = openpyxl.load_workbook(io.BytesIO(answer.content))
        rows[name] = [sheet.max_row - 3 for sheet in book.worksheets[1:]]
        answer = await reader.http.get(f"/wuxi/downloads/park-file.pdf?park={park}&lang=en", headers=reader.headers)
        assert (answer.status_code, answer.content[:5]) == (200, b"%PDF-")
        for file in ("parks.xlsx", "park-applications.xlsx", "park-notices.xlsx", "park-programmes.xlsx"):
            assert (await reader.http.get(f"/wuxi/downloads/{file}", headers=reader.headers)).status_code == 200
    # Members, values, requests, steps: an operator sees no member but itself, a member itself and nothing else.
    assert rows["district"] == [1, 19, 0, 2]
    assert rows["operator"] == [0, 19, 0, 2]
    assert rows["member"] == [1, 0, 0, 0]
    for stranger in (await identity.authority(databases, division="320205"), await identity.bank(databases)):
        other = await client.signed_in(stranger)
        answer = await other.http.get(f"/wuxi/downloads/park-file.pdf?park={park}", headers=other.headers)
        assert answer.status_code in {403, 404}
    shown = (await (await client.signed_in(stage.bureau)).named("Park", id=str(park)))["park"]
    assert shown["boundary"]["extent"] == ["120.30", "120.32", "31.50", "31.52"]
    assert shown["boundary"]["drawing"].startswith("<svg")
    assert shown["rung"] is None


async def test_anybody_reads_a_notice_and_objects_to_it(databases: Databases, client: Client) -> None:
    stage = await park_of(databases, name="公示园区<b>")
    await meeting(databases, stage, 2025)
    found = await reviewed(databases, stage, 2025)
    notice = await notice_of(databases, stage, found.id, closes_on=today() + timedelta(days=7))
    listed = await client.http.get("/wuxi/park-notices")
    assert listed.status_code == 200
    assert f"/wuxi/park-notices/{notice}" in listed.text
    page = await client.http.get(f"/wuxi/park-notices/{notice}?lang=en")
    assert "公示园区&lt;b&gt;" in page.text
    assert "0 in all" in page.text
    form = {"objector": "王某", "contact": "13900000000", "text": "噪声扰民"}
    taken = await client.http.post(f"/wuxi/park-notices/{notice}", data=form)
    assert "异议已收到" in taken.text
    assert "王某" not in taken.text
    assert "噪声扰民" not in taken.text
    refused = await client.http.post(f"/wuxi/park-notices/{notice}", data={**form, "text": " "})
    assert "未能提交" in refused.text
    async with databases.read(stage.clerk) as read:
        (told,) = await queries_workflow.objections(read, stage.clerk, [notice])
    assert [(each.objector, each.contact, each.text) for each in told] == [("王某", "13900000000", "噪声扰民")]
    operator = stage.operator.scope
    async with databases.read(operator) as read:  # who objects is not told to whom it is about
        assert await queries_workflow.objections(read, operator, [notice]) == [[]]
    missing = await client.http.get(f"/wuxi/park-notices/{stage.park.id}")
    assert missing.status_code == 404
    assert (await client.http.get("/chengdu/park-notices")).status_code == 200


def test_inputs_and_answers_call_one_thing_by_one_name() -> None:
    words = schema.as_str()
    for name in ("Step", "EntryStatus", "ProgrammeKind"):
        assert f"enum {name} " not in words, name
    assert "step: ParkStepName!" in words.partition("input ProposeParkStepInput {")[2].partition("}")[0]
