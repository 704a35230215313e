"""Parks over the wire: the boundary as text, the evaluation as files, the public page with its objections."""

import io
from datetime import timedelta

import openpyxl
from factories import identity
from factories.api import Client
from factories.parks import evaluation_of, meeting, notice_of, park_of, reviewed

from backend.kit.clock import today
from backend.kit.db import Databases
from backend.parks import queries_workflow
from backend.wire.nodes import node_id

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
