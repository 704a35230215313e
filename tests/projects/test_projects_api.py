"""Investment projects over the wire: applied for, reviewed, decided on, accepted; the register and the letter."""

import io
from decimal import Decimal
from typing import Any

import openpyxl
from factories.api import Client
from factories.identity import bank, token_of
from factories.projects import DIVISION, Ground, ground

from backend.kit.db import Databases
from backend.wire.nodes import node_id


def stated(site: Ground, **given: Any) -> dict[str, Any]:
    """Return an application as the wire takes it."""
    return {
        "code": "2606-320206-04-01-200002", "name": "新能源装备车间", "divisionCode": DIVISION, "sector": "machinery",
        "nature": "NEW", "startsOn": "2026-09-01", "producesOn": f"{site.year}-01-01",
        "lines": [
            {"kind": "ELECTRICITY", "quantity": "10000", "unit": "MWh"},
            {"kind": "PROCESS", "key": "焊接保护气", "quantity": "20", "unit": "t", "factor": "2.5", "document": "实测报告"},
        ],
        "outputs": [{"product": "机床", "quantity": "500", "unit": "台"}], "valueAdded": "20000", "isKeyField": False,
        "papers": [{"kind": "COMBINED_REPORT", "evidenceId": str(node_id("Evidence", site.held.id, site.evidence))}],
        **given,
    }  # fmt: skip


def held(shown: dict[str, Any]) -> tuple[int, Decimal, Decimal]:
    """Return the one year a project holds: the year, reserved, posted."""
    [each] = shown["budget"]
    return each["year"], Decimal(each["reserved"]), Decimal(each["posted"])


async def check_files(city: Client, stranger: Client, key: str) -> None:
    """Look at the letter and the register, and see a stranger refused."""
    headers = city.headers
    letter = await city.http.get(f"/wuxi/downloads/project-opinion.pdf?project={key}", headers=headers)
    assert (letter.status_code, letter.content[:5]) == (200, b"%PDF-"), letter.text[:300]
    english = await city.http.get(f"/wuxi/downloads/project-opinion.pdf?project={key}&lang=en", headers=headers)
    assert english.status_code == 200
    table = await city.http.get(f"/wuxi/downloads/investment-projects.xlsx?division={DIVISION}", headers=headers)
    book = openpyxl.load_workbook(io.BytesIO(table.content))
    assert book.sheetnames == ["项目台账", "核算明细", "办理记录"]
    row = next(each for each in book["项目台账"].iter_rows(values_only=True) if each[1] == "新能源装备车间二期")
    assert (row[4], row[7], row[9], row[14]) == ("已批复", "地方（按当地规定的层级）", 1229, 1229)

    eia = await city.http.get(f"/wuxi/downloads/project-eia.pdf?project={key}&lang=en", headers=headers)
    assert (eia.status_code, eia.content[:5]) == (200, b"%PDF-"), eia.text[:300]
    open_ = await city.http.get(f"/wuxi/downloads/project-acceptance.pdf?project={key}", headers=headers)
    assert (open_.status_code, open_.json()["code"]) == (409, "project_not_concluded")
    for name in (
        f"project-opinion.pdf?project={key}", "investment-projects.xlsx", f"project-eia.pdf?project={key}",
        "admission-levels.xlsx",
    ):  # fmt: skip
        refused = await stranger.http.get(f"/wuxi/downloads/{name}", headers=stranger.headers)
        assert refused.status_code == 403


async def check_oversight(done: Any, officer: Client, city: Client, key: str) -> None:
    """Look at the acceptance as a file, inspect the project, and revoke its opinion."""
    file = await city.http.get(f"/wuxi/downloads/project-acceptance.pdf?project={key}", headers=city.headers)
    assert (file.status_code, file.content[:5]) == (200, b"%PDF-"), file.text[:300]
    finding = {"finding": "RECTIFY", "note": "计量器具未检定", "rectifyBy": "2100-01-01"}
    inspected = await done(officer, "InspectInvestmentProject", projectId=key, **finding)
    assert (inspected["state"], inspected["rectifyBy"]) == ("ACCEPTED", "2100-01-01")
    revoked = await done(city, "RevokeInvestmentProject", projectId=key, reason="虚假材料", reference="锡撤〔2026〕1号")
    assert revoked["state"] == "REVOKED"


async def test_a_project_goes_its_way_over_the_wire(databases: Databases, client: Client, servers: Any) -> None:
    site = await ground(databases, tonnes="10000")
    owner, city = await client.signed_in(site.held.holder), await client.signed_in(site.city)
    officer = client.as_(await token_of(databases, servers.settings, site.city, site.officer))

    async def done(who: Client, operation: str, **given: Any) -> dict[str, Any]:
        answer = (await who.named(operation, input=given)).popitem()[1]
        assert "project" in answer, answer
        return answer["project"]

    account = str(node_id("CarbonAccount", site.held.id))
    drafted = await done(owner, "DraftInvestmentProject", accountId=account, facts=stated(site))
    key = drafted["id"]
    assert (drafted["state"], drafted["version"]) == ("DRAFT", 1)
    await done(owner, "SubmitInvestmentProject", projectId=key)
    await done(officer, "CheckProjectMaterials", projectId=key, missing=["能源平衡图"])
    await done(owner, "ReviseInvestmentProject", projectId=key, facts=stated(site, name="新能源装备车间二期"))
    await done(owner, "SubmitInvestmentProject", projectId=key)
    assert (await done(officer, "CheckProjectMaterials", projectId=key))["state"] == "IN_REVIEW"
    await done(officer, "GiveProjectOpinion", projectId=key, expert="王工", stance="SUPPORT", opinion="同意")
    own_step = (await officer.named("DecideInvestmentProject", input={
        "projectId": key, "version": 2, "isApproved": True, "reason": "同意"}))["decideInvestmentProject"]  # fmt: skip
    assert own_step["code"] == "forbidden"
    approved = await done(
        city, "DecideInvestmentProject", projectId=key, version=2, isApproved=True, reason="符合要求", reference="锡行审能〔2026〕7号",
        conditions=["采用一级能效电机"], budget=[{"year": site.year, "tonnes": "6000"}],
    )  # fmt: skip
    assert (approved["state"], Decimal(approved["approvedTce"])) == ("APPROVED", Decimal(1229))
    shown = (await city.named("InvestmentProject", id=key))["investmentProject"]
    assert shown["name"] == "新能源装备车间二期"
    assert shown["application"]["review"]["tier"] == "LOCAL"
    assert shown["application"]["review"]["hasCarbonEvaluation"] is True
    assert [each["tonnes"] is not None for each in shown["application"]["lines"]] == [True, True]
    assert {each["code"]: each["outcome"] for each in shown["checks"]} == {
        "tier": "PASS", "amounts": "PASS", "two_high": "PASS",
    }  # fmt: skip
    assert held(shown) == (site.year, Decimal(6000), Decimal(0))
    impact = shown["impact"]
    assert (impact["carbonClass"], impact["years"][0]["divisionCode"]) == ("UNKNOWN", DIVISION)
    assert shown["application"]["prediction"]["isNeeded"] is False
    assert {each["energy"] for each in shown["application"]["carbon"]} == {"electricity", "process"}
    assert [each["action"] for each in shown["steps"]] == [
        "DRAFT", "SUBMIT", "RETURN", "REVISE", "SUBMIT", "TAKE", "OPINION", "APPROVE",
    ]  # fmt: skip
    owners = (await owner.named("InvestmentProject", id=key))["investmentProject"]
    assert owners["budget"] == []
    assert owners["impact"]["years"] == []
    assert owners["application"]["papers"][0]["evidence"]["downloadUrl"]
    listed = await owner.named("InvestmentProjects", where={"accountId": account, "state": "APPROVED"})
    assert [each["id"] for each in listed["investmentProjects"]["nodes"]] == [key]

    await check_files(city, await client.signed_in(await bank(databases)), key)

    await done(owner, "StartInvestmentProject", projectId=key)
    await done(owner, "BeginProjectTrial", projectId=key)
    evidence = str(node_id("Evidence", site.held.id, site.evidence))
    await done(owner, "ReportProjectAcceptance", projectId=key, tce="1300", tonnes="5000", evidenceId=evidence)
    accepted = await done(city, "ConcludeProjectAcceptance", projectId=key)
    assert (accepted["state"], accepted["dueOn"]) == ("ACCEPTED", None)
    shown = (await city.named("InvestmentProject", id=key))["investmentProject"]
    assert held(shown) == (site.year, Decimal(0), Decimal(5000))
    await check_oversight(done, officer, city, key)


async def test_the_tier_of_a_size_is_told_with_its_document(databases: Databases, client: Client) -> None:
    site = await ground(databases, tonnes=None)
    owner = await client.signed_in(site.held.holder)
    told = await owner.named("ProjectReviewTier", size={"tce": "9999", "coal": "10000", "isKeyField": False})
    assert told["projectReviewTier"]["tier"] == "PROVINCIAL"
    assert "2025年第31号" in told["projectReviewTier"]["source"]["document"]
    unknown = (await owner.named("ProjectReviewTier", size={"tce": "9999"}))["projectReviewTier"]
    assert unknown["tier"] is None
    assert "coal use" in unknown["missingEn"]
