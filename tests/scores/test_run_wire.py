"""Scores through the front door: every operation of ours, as enterprise, authority, bank and verifier."""

from datetime import timedelta
from typing import Any

import httpx
import pytest
from factories import identity
from factories.api import Client
from factories.scores import Firm, Year, a_sign, made_firm
from factories.working import app, http
from sqlalchemy import func, select, text, update

from backend.kit.clock import today
from backend.kit.db import Databases
from backend.kit.outbox import Job
from backend.kit.scope import Scope
from backend.scores import jobs, service
from backend.scores.jobs import keep_scores
from backend.scores.modelling.content import year_on
from backend.wire.nodes import node_id

__all__ = ["app", "http"]
SYSTEM = Scope.system("wuxi")
pytestmark = pytest.mark.usefixtures("app")


async def a_scored_firm(databases: Databases) -> Firm:
    async with databases.read(SYSTEM) as read:
        year = year_on((await service.active_model(read, SYSTEM, today())).content, today())
    firm = await made_firm(databases, years={year - 1: Year(), year: Year(scope1="550")})
    async with databases.write(SYSTEM) as write:
        await service.score(write, SYSTEM, [firm.id], None, "nightly")
    return firm


@pytest.fixture
def client(http: httpx.AsyncClient) -> Client:
    return Client(http, "wuxi")


def account_of(firm: Firm) -> str:
    return str(node_id("CarbonAccount", firm.id))


async def test_the_enterprise_reads_its_score_with_every_reason(databases: Databases, client: Client) -> None:
    firm = await a_scored_firm(databases)
    own = await client.signed_in(firm.held.holder)
    found = (await own.named("GreenScore", accountId=account_of(firm)))["greenScore"]
    assert (found["number"], found["cause"], found["isPlaceholder"]) == (1, "NIGHTLY", True)
    assert found["indicators"]
    for each in found["indicators"]:
        assert each["reason"]["zh"]
        assert each["reason"]["en"]
        assert each["fact"]["quality"] in {"VERIFIED", "COMPUTED", "ESTIMATED", "MISSING"}
    assert {each["kind"] for each in found["inputs"]} >= {"Inventory"}
    assert (await own.named("GreenScore", accountId=account_of(firm), asOf="2020-01-01T00:00:00Z"))[
        "greenScore"
    ] is None
    history = (await own.named("GreenScores", accountId=account_of(firm), first=1))["greenScores"]
    assert [each["id"] for each in history["nodes"]] == [found["id"]]
    assert (await own.named("SectorPositions", accountId=account_of(firm)))["sectorPositions"] == []
    assert (await own.named("ScoreTerms"))["scoreTerms"]["isPlaceholder"] is True


async def test_a_penalty_a_sign_and_an_appeal_travel_between_both_sides(databases: Databases, client: Client) -> None:
    firm = await a_scored_firm(databases)
    bureau = await identity.authority(databases, division="320206")
    own, office = await client.signed_in(firm.held.holder), await client.signed_in(bureau)
    account = account_of(firm)
    recorded = await office.named(
        "RecordPenalty",
        input={"accountId": account, "document": "锡环罚1号", "severity": "SEVERE", "summary": "偷排", "fromOn": "2026-01-01"},
        idempotencyKey="once",
    )  # fmt: skip
    again = await office.named(
        "RecordPenalty",
        input={"accountId": account, "document": "锡环罚1号", "severity": "SEVERE", "summary": "偷排", "fromOn": "2026-01-01"},
        idempotencyKey="once",
    )  # fmt: skip
    assert recorded == again
    penalty = recorded["recordPenalty"]["penalty"]
    assert (penalty["severity"], penalty["isInForce"]) == ("SEVERE", True)
    listed = (await own.named("ScorePenalties", accountId=account))["scorePenalties"]["nodes"]
    assert [each["id"] for each in listed] == [penalty["id"]]
    refused = (await own.named("WithdrawPenalty", input={"penaltyId": penalty["id"], "reason": "x"}))["withdrawPenalty"]
    assert refused["__typename"] == "ForbiddenError"
    done = await office.named("WithdrawPenalty", input={"penaltyId": penalty["id"], "reason": "复议撤销"})
    assert done["withdrawPenalty"]["penalty"]["isInForce"] is False
    sign = str(node_id("ScoreSign", firm.id, await a_sign(databases, firm.id)))
    said = await own.named("ExplainSign", input={"signId": sign, "explanation": "检修"})
    assert said["explainSign"]["sign"]["state"] == "EXPLAINED"
    agreed = await office.named("DecideSign", input={"signId": sign, "isAccepted": True, "reason": "属实"})
    assert agreed["decideSign"]["sign"]["state"] == "ACCEPTED"
    signs = (await own.named("ScoreSigns", accountId=account))["scoreSigns"]["nodes"]
    assert [each["kind"] for each in signs[0]["entries"]] == ["EXPLAINED", "ACCEPTED"]
    score = (await own.named("GreenScore", accountId=account))["greenScore"]
    number = next(each for each in score["indicators"] if each["fact"]["number"] is not None)
    lodged = await own.named(
        "AppealScore", input={"scoreId": score["id"], "indicator": number["code"], "reason": "数据有误"}
    )
    appeal = lodged["appealScore"]["appeal"]
    assert (appeal["state"], appeal["score"]["id"]) == ("OPEN", score["id"])
    answer = await office.named(
        "AnswerAppeal",
        input={"appealId": appeal["id"], "isAccepted": True, "answer": "属实", "document": "锡环函9号",
               "correction": {"value": "0.125", "reason": "核实"}},
    )  # fmt: skip
    ended = answer["answerAppeal"]["appeal"]
    assert (ended["state"], ended["correction"]["value"], ended["before"]["number"]) == ("ACCEPTED", "0.125", 1)
    assert ended["after"]["number"] == 2
    mine = (await own.named("ScoreAppeals", where={"accountId": account, "state": "ACCEPTED"}))["scoreAppeals"]["nodes"]
    assert [each["id"] for each in mine] == [appeal["id"]]
    late = (await own.named("WithdrawAppeal", input={"appealId": appeal["id"]}))["withdrawAppeal"]
    assert late["code"] == "appeal_ended"


async def test_an_authority_lists_its_region_by_grade_and_no_filter_widens(
    databases: Databases, client: Client
) -> None:
    firm = await a_scored_firm(databases)
    bureau = await identity.authority(databases, division="320206")
    office = await client.signed_in(bureau)
    [score] = (await office.named("GreenScores", accountId=account_of(firm)))["greenScores"]["nodes"]

    async def listed(**where: Any) -> list[str]:
        found, after = list[str](), None
        while True:
            page = (await office.named("RegionalScores", where=where, first=100, after=after))["regionalScores"]
            found += [each["score"]["id"] for each in page["nodes"]]
            if not page["pageInfo"]["hasNextPage"]:
                return found
            after = page["pageInfo"]["endCursor"]

    assert await listed(sector=firm.sector) == [score["id"]]
    assert await listed(sector=firm.sector, states=[score["state"]]) == [score["id"]]
    assert await listed(sector=firm.sector, states=[]) == []
    assert await listed(sector=firm.sector, grades=[]) == []
    assert await listed(sector=firm.sector, grades=["no such grade"]) == []
    assert await listed(sector=firm.sector, division="000000") == []
    assert await listed(sector=firm.sector, division="320206") == [score["id"]]
    if score["grade"]:
        assert await listed(sector=firm.sector, grades=[score["grade"]]) == [score["id"]]
    own = await client.signed_in(firm.held.holder)
    answer = await own.send({"operationName": "RegionalScores", "variables": {}})
    assert answer.json()["errors"][0]["extensions"]["code"] == "forbidden"


async def test_banks_and_verifiers_read_no_score_here(databases: Databases, client: Client) -> None:
    firm = await a_scored_firm(databases)
    lender, body = await identity.bank(databases), await identity.verifier(databases)
    await identity.consented(databases, firm.held.holder, lender, ("account", "score", "indicators"))
    await identity.engaged(databases, firm.held.holder, body)
    engaged = await client.signed_in(body)
    assert (await engaged.named("GreenScore", accountId=account_of(firm)))["greenScore"] is None
    assert (await engaged.named("GreenScores", accountId=account_of(firm)))["greenScores"]["nodes"] == []
    bank = await client.signed_in(lender)
    answer = await bank.send({"operationName": "GreenScore", "variables": {"accountId": account_of(firm)}})
    assert answer.json()["errors"][0]["extensions"]["code"] == "forbidden"


async def test_a_score_can_be_asked_for(databases: Databases, client: Client) -> None:
    firm = await a_scored_firm(databases)
    office = await client.signed_in(await identity.authority(databases, division="320206"))
    asked = await office.named("RequestGreenScore", input={"accountId": account_of(firm)})
    assert asked["requestGreenScore"]["__typename"] == "GreenScoreRequested"


async def test_the_night_is_asked_for_once_a_day_and_never_beside_a_run(databases: Databases) -> None:
    """In a jurisdiction of its own: what waits here would keep others' sweeps from asking."""
    system = Scope.system("guizhou")

    async def jobs_of(kind: str) -> int:
        async with databases.read(system) as read:
            return await read.value(select(func.count()).select_from(Job).where(Job.kind == kind))

    async def ended(*, days_ago: int = 0) -> None:
        async with databases.write(system) as write:
            await write.run(
                update(Job)
                .where(Job.kind.in_([jobs.RUN, jobs.NIGHTLY]))
                .values(state="cancelled", created_at=Job.created_at - timedelta(days=days_ago))
            )
            await write.run(
                text(
                    "delete from outbox where (payload ->> 'job_id')::uuid in (select id from job where kind = any(:kinds))"
                ),
                {"kinds": [jobs.RUN, jobs.NIGHTLY]},
            )

    await ended(days_ago=2)  # a worker of another test may have asked today
    before = await jobs_of(jobs.NIGHTLY)
    asked = await keep_scores(databases, "guizhou")
    assert (set(asked), await jobs_of(jobs.NIGHTLY)) == ({"scores"}, before + 1)
    assert await keep_scores(databases, "guizhou") == {}, "one waits"
    await ended()
    await made_firm(databases, tenant="guizhou", division="520100")
    asked = await keep_scores(databases, "guizhou")
    assert (set(asked), await jobs_of(jobs.NIGHTLY)) == ({"scores"}, before + 1)
    await ended()
