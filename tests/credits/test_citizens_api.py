"""Citizens' points through the public API: a day of an operator, what each kind of caller sees, and the files."""

import io
from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import httpx
import openpyxl
import pytest
from factories import identity
from factories.api import Client
from factories.citizens import LONG_AGO, PAPER, PROGRAMME, Stage, act, key, staged

from backend.api.app import create_app
from backend.credits.citizens import service
from backend.kit.clock import today
from backend.kit.db import Databases
from backend.wire.nodes import node_id

DOCUMENT = {"title": PAPER.title, "number": PAPER.number, "dated": PAPER.dated.isoformat()}


@pytest.fixture
async def stage(databases: Databases) -> Stage:
    return await staged(databases)


@pytest.fixture
async def client(servers: Any, databases: Databases) -> AsyncIterator[Client]:
    """Nobody, at Chengdu."""
    app = create_app(servers.settings, databases=databases)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://carbon.test") as http:
        yield Client(http, "chengdu")
    await app.inner.state.redis.aclose()


async def test_a_scene_a_citizen_an_act_a_reward(client: Client, databases: Databases) -> None:
    bureau = await identity.authority(databases, tenant="chengdu")
    runs = await identity.enterprise(databases, tenant="chengdu")
    chief, operator = await client.signed_in(bureau), await client.signed_in(runs)
    other = await identity.authority(databases, tenant="chengdu")
    second = await client.signed_in(other)
    code = f"S{key()[:12]}"
    drafted = await chief.named("DraftCitizenScene", input={
        "programme": PROGRAMME, "code": code, "nameZh": "地铁出行", "nameEn": "Metro", "kind": "LIVING",
        "activityUnit": "次", "pointsPerUnit": "2.5", "capDay": "10", "operatorId": node_id("Organisation", runs.id),
        "validFrom": LONG_AGO.isoformat(), "document": DOCUMENT, "reason": "首批场景",
    })  # fmt: skip
    scene = drafted["draftCitizenScene"]["scene"]
    assert (scene["version"], scene["judgement"]["state"], scene["confidence"]) == (1, "DRAFT", "administrator")
    own = (await chief.named("DecideCitizenScene", input={"id": scene["id"], "isApproved": True}))["decideCitizenScene"]
    assert own["code"] == "citizen_second_person"
    decided = await second.named("DecideCitizenScene", input={"id": scene["id"], "isApproved": True})
    assert decided["decideCitizenScene"]["scene"]["judgement"]["state"] == "APPROVED"
    subject = f"u{key()}"
    opened = await chief.named("OpenCitizens", input={
        "programme": PROGRAMME,
        "citizens": [{"subject": subject, "divisionCode": "510104", "consentedOn": LONG_AGO.isoformat()}],
    })  # fmt: skip
    (citizen,) = opened["openCitizens"]["citizens"]
    row = {"citizen": citizen["number"], "day": today().isoformat(), "quantity": "3", "key": key()}
    given = {"programme": PROGRAMME, "scene": code, "rows": [row, {**row, "key": key()}, {**row, "citizen": "C-1"}]}
    told = (await operator.named("RecordGreenActs", input=given, idempotencyKey="a"))["recordGreenActs"]["rows"]
    assert [(each["outcome"], each["points"], each["code"]) for each in told] == [
        ("EARNED", "7", ""), ("CAPPED", "3", ""), ("REFUSED", "0", "citizen_not_found"),
    ]  # fmt: skip
    again = (await operator.named("RecordGreenActs", input=given))["recordGreenActs"]["rows"]
    assert [each["outcome"] for each in again] == ["REPEATED", "REPEATED", "REFUSED"]
    seen = (await operator.named("GreenActs", scene=code))["greenActs"]["nodes"]
    assert [(each["number"], each["points"]) for each in seen] == [(citizen["number"], "3"), (citizen["number"], "7")]
    assert (await operator.named("Citizens", number=citizen["number"]))["citizens"]["nodes"] == []
    (found,) = (await chief.named("Citizens", programme=PROGRAMME, subject=subject))["citizens"]["nodes"]
    assert (found["points"]["available"], found["points"]["total"], found["division"]["code"]) == ("10", "10", "510104")
    made = await chief.named("DraftCitizenReward", input={
        "programme": PROGRAMME, "code": f"R{key()[:12]}", "nameZh": "公交周票", "nameEn": "Bus ticket", "points": "4",
        "stock": 10, "provider": "成都公交", "firstDay": LONG_AGO.isoformat(), "lastDay": today().isoformat(),
        "document": DOCUMENT,
    })  # fmt: skip
    reward = made["draftCitizenReward"]["reward"]["id"]
    redeem = {"rewardId": reward, "citizen": citizen["number"]}
    early = (await chief.named("RedeemCitizenPoints", input=redeem))["redeemCitizenPoints"]
    assert early["code"] == "citizen_reward_not_offered"
    await second.named("DecideCitizenReward", input={"id": reward, "isApproved": True})
    once = await chief.named("RedeemCitizenPoints", input=redeem, idempotencyKey="r")
    twice = await chief.named("RedeemCitizenPoints", input=redeem, idempotencyKey="r")
    assert once == twice
    redemption = once["redeemCitizenPoints"]["redemption"]
    (listed,) = (await chief.named("CitizenRedemptions", citizenId=citizen["id"]))["citizenRedemptions"]["nodes"]
    assert (listed["voucher"], listed["points"]) == (redemption["voucher"], "4")
    back = await chief.named("CancelCitizenRedemption", input={"id": redemption["id"], "reason": "缺货"})
    assert back["cancelCitizenRedemption"]["redemption"]["cancellation"] == "缺货"
    stand = (await chief.named("CitizenPoints", programme=PROGRAMME))["citizenPoints"]
    assert stand["difference"] == "0"
    forbidden = await operator.named("RedeemCitizenPoints", input=redeem)
    assert forbidden["redeemCitizenPoints"]["__typename"] == "ForbiddenError"


async def test_what_others_see_of_a_districts_citizens(client: Client, stage: Stage, databases: Databases) -> None:
    scene = await stage.scene()
    (citizen,) = await stage.citizens(division="510104")
    (row,) = await stage.told(scene, act(citizen, "30"))
    reward = await stage.reward()
    spent = await stage.does(stage.chief, service.redeem, reward_id=reward.id, number=citizen.number)
    ids = {"citizen": node_id("Citizen", citizen.id)}
    private = [
        ids["citizen"], node_id("GreenAct", citizen.id, row.act_id), node_id("CitizenRedemption", citizen.id, spent.id),
    ]  # fmt: skip
    near = await identity.authority(databases, tenant="chengdu", division="510104")
    far = await identity.authority(databases, tenant="chengdu", division="510105")
    city, shop = (
        await identity.authority(databases, tenant="chengdu"),
        await identity.enterprise(databases, tenant="chengdu"),
    )
    for who, expected in ((near, 1), (city, 1), (far, 0), (shop, 0)):
        caller = await client.signed_in(who)
        found = (await caller.named("Citizens", number=citizen.number))["citizens"]["nodes"]
        acts = (await caller.named("GreenActs", citizenId=ids["citizen"]))["greenActs"]["nodes"]
        assert (len(found), len(acts)) == (expected, expected)
        for each in private:
            answer = await caller.ask("query One($id: ID!) { node(id: $id) { __typename id } }", id=each)
            assert (answer["data"]["node"] is not None) == bool(expected)
    lender = await client.signed_in(await identity.bank(databases, tenant="chengdu"))
    answer = await lender.send({"operationName": "Citizens", "variables": {}})
    assert answer.json()["errors"][0]["extensions"]["code"] == "forbidden"
    elsewhere = Client(client.http, "guizhou")
    foreign = await elsewhere.signed_in(await identity.authority(databases, tenant="guizhou"))
    assert (await foreign.named("Citizens", number=citizen.number))["citizens"]["nodes"] == []
    outside = await (await client.signed_in(far)).ask(
        '{ citizenPoints(programme: "tianfu_points", divisionCode: "510104") { earned } }'
    )
    assert outside["errors"][0]["extensions"]["code"] == "programme_authority_only"


async def test_tables_leave_as_workbooks_and_the_years_first_as_a_notice(client: Client, stage: Stage) -> None:
    division, last = "510131", date(today().year - 1, 12, 31)
    scene = await stage.scene(late_days=366)
    citizens = await stage.citizens(5, division=division)
    await stage.told(scene, *(act(each, str(10 + at), last) for at, each in enumerate(citizens)))
    ranking = await stage.does(
        stage.chief, service.draft_ranking, programme=PROGRAMME, year=last.year, division_code=division, places=3,
        incentive="颁发“碳惠天府”低碳生活家证书", source=PAPER,
    )  # fmt: skip
    operator = await client.signed_in(stage.operator)
    answer = await operator.http.get(
        f"/chengdu/downloads/green-acts.xlsx?programme={PROGRAMME}&scene={scene.code}", headers=operator.headers
    )
    assert answer.status_code == 200, answer.text
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0]
    assert sorted(row[5].value for row in sheet.iter_rows(min_row=4, max_row=8)) == [10, 11, 12, 13, 14]
    refused = await operator.http.get(
        f"/chengdu/downloads/citizen-points.xlsx?programme={PROGRAMME}", headers=operator.headers
    )
    assert refused.status_code == 403
    chief = await client.signed_in(await identity.authority(stage.databases, tenant="chengdu"))
    answer = await chief.http.get(
        f"/chengdu/downloads/citizen-points.xlsx?programme={PROGRAMME}&division={division}&lang=en",
        headers=chief.headers,
    )
    assert answer.status_code == 200, answer.text
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    assert book.sheetnames == ["Points", "Scenes", "Citizens", "Rewards", "Redemptions"]
    assert [cell.value for cell in book.worksheets[0][4]] == [5, 60, 0, 0, 0, 60, 0]
    own = node_id("CitizenRanking", ranking.id)
    answer = await chief.http.get(f"/chengdu/downloads/citizen-ranking.xlsx?ranking={own}", headers=chief.headers)
    rows = list(openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0].iter_rows(min_row=4, max_row=6))
    assert [(row[0].value, row[2].value) for row in rows] == [(1, 14), (2, 13), (3, 12)]
    assert not any(each.number in str(cell.value) for each in citizens for row in rows for cell in row)
    for language in ("zh", "en"):
        answer = await chief.http.get(
            f"/chengdu/downloads/citizen-ranking.pdf?ranking={own}&lang={language}", headers=chief.headers
        )
        assert (answer.status_code, answer.content[:5]) == (200, b"%PDF-")
