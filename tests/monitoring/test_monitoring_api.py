"""Warnings and notices over the network: by named operations, as files, and by the worker's own round."""

import io
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import httpx
from factories.api import Client
from factories.identity import address, authority, colleague
from factories.inventory import Place
from factories.monitoring import growing, told
from factories.regions import counted_account, roll_all, store_inventory
from openpyxl import load_workbook
from sqlalchemy import select, update

from backend.kit.clock import today
from backend.kit.db import Databases
from backend.kit.ids import new_id
from backend.kit.months import Month
from backend.kit.scope import Scope
from backend.kit.tasks import Task
from backend.monitoring import service
from backend.monitoring.jobs import evaluate_warnings, keep_watch
from backend.monitoring.models import MonitoringEvaluation, MonitoringWarning
from backend.wire.nodes import node_id

COUNTY = "520424"


async def answered(caller: Client, operation: str, **given: Any) -> dict[str, Any]:
    """Send a command by its name; it must not be refused."""
    found = (await caller.named(operation, input=given))[operation[0].lower() + operation[1:]]
    assert "code" not in found, found
    return found


async def test_a_warning_from_the_evaluation_to_its_closing(databases: Databases, servers, client: Client) -> None:
    grown = await growing(databases, COUNTY)
    chief = await client.signed_in(grown.bureau)
    officer_scope = await colleague(databases, grown.bureau, "officer")
    assert officer_scope.actor_id is not None
    body = {"email": address(officer_scope.actor_id), "password": "correct horse battery"}
    token = (await client.http.post("/guizhou/auth/sign-in", json=body)).json()["accessToken"]
    officer = chief.as_(token)

    series = (await chief.named(
        "MonitoringSeries", divisionCode=COUNTY, first="2024-01", last="2024-06", isBySector=True
    ))["monitoringSeries"]  # fmt: skip
    assert [(each["sector"], each["yearToDate"]["percent"]) for each in series] == [
        ("", "8.0000"), ("steel", "8.0000"),
    ]  # fmt: skip
    assert series[0]["months"][0]["counted"] == "108"

    asked = await answered(officer, "EvaluateWarnings", month="2024-06")
    assert asked["jobId"]
    task = Task(databases, officer_scope, None, servers.settings, new_id())
    result = await evaluate_warnings(task, {"month": "2024-06-01"})
    assert result is not None
    assert result["raised"] == 2
    evaluations = (await officer.named("WarningEvaluations", divisionCode=COUNTY))["warningEvaluations"]["nodes"]
    assert [(each["month"], each["raised"], each["isPlaceholder"]) for each in evaluations] == [("2024-06", 2, True)]

    listed = (await officer.named("EmissionWarnings", divisionCode=COUNTY, kinds=["GROWTH"]))["emissionWarnings"]
    own = next(each for each in listed["nodes"] if each["sector"] == "steel")
    assert (own["level"], own["valuePercent"], own["state"]) == ("warning", "8.0000", "OPEN")
    assert own["owner"]["id"] == str(node_id("Organisation", grown.bureau.id))
    rules = (await officer.named("WarningRules"))["warningRules"]
    assert [each["code"] for each in rules["responses"]] == ["strict_new_projects", "strict_key_units", "phase_out"]
    assert rules["inForce"]["isPlaceholder"]
    due = (today() + timedelta(days=10)).isoformat()
    await answered(
        officer, "RespondToWarning", warningId=own["id"], response="phase_out", measure="淘汰落后高炉", dueOn=due
    )
    await answered(officer, "FollowUpWarning", warningId=own["id"], note="已停产一座")
    await answered(officer, "ProposeWarningClosure", warningId=own["id"], reason="措施到位")
    refused = await officer.named(
        "DecideWarningClosure", input={"warningId": own["id"], "isClosed": True, "reason": "自批"}
    )
    assert refused["decideWarningClosure"]["code"] == "monitoring_second_person"
    closed = await answered(chief, "DecideWarningClosure", warningId=own["id"], isClosed=True, reason="同意")
    assert closed["warning"]["state"] == "CLOSED"
    whole = (await chief.named("EmissionWarning", id=own["id"]))["emissionWarning"]
    assert [each["kind"] for each in whole["steps"]] == [
        "RAISED", "RESPONDED", "FOLLOWED_UP", "CLOSURE_PROPOSED", "CLOSED",
    ]  # fmt: skip
    assert {each["code"]: each["value"] for each in whole["evidence"]["figures"]}["current"] == "324"

    notices = await officer.named("Notices")
    assert notices["unreadNotices"] == len(notices["notices"]["nodes"]) == 2
    assert [each["kind"] for each in notices["notices"]["nodes"]] == [
        "monitoring.warning_closing", "monitoring.warning",
    ]  # fmt: skip
    assert notices["notices"]["nodes"][0]["link"] == own["id"]
    # People read names, not codes.
    texts = [each["text"] for each in notices["notices"]["nodes"]]
    assert all(COUNTY not in each["zh"] + each["en"] and "steel" not in each["zh"] for each in texts), texts
    assert any("钢铁" in each["zh"] for each in texts)
    assert (await answered(officer, "MarkNoticesRead"))["count"] == 2
    assert (await officer.named("Notices"))["unreadNotices"] == 0

    await files(chief)


async def files(chief: Client) -> None:
    async def got(name: str, **words: str) -> httpx.Response:
        answer = await chief.http.get(f"/{chief.tenant}/downloads/{name}", params=words, headers=chief.headers)
        assert answer.status_code == 200, answer.text
        return answer

    book = load_workbook(io.BytesIO((await got("emission-warnings.xlsx", division=COUNTY)).content))
    assert book.sheetnames == ["碳排放预警", "预警依据", "处置记录"]
    rows = list(book["碳排放预警"].iter_rows(min_row=4, values_only=True))
    assert {(row[0], row[1], row[2], row[4]) for row in rows if row[5] is not None or row[4] in {"全部", "钢铁"}} >= {
        ("预警", "已销号", "碳排放增长较快", "钢铁"), ("预警", "待处置", "碳排放增长较快", "全部"),
    }  # fmt: skip
    words = {"division": COUNTY, "first": "2024-01", "last": "2024-06"}
    months = load_workbook(io.BytesIO((await got("monitoring-series.xlsx", **words)).content))
    row = next(months["月度序列"].iter_rows(min_row=4, values_only=True))
    assert (row[1], row[2], row[9], row[13]) == ("全部", "2024-01", 108, 8)
    report = (await got("monitoring-report.pdf", division=COUNTY, month="2024-06")).content
    assert report.startswith(b"%PDF-")
    refused = await chief.http.get(
        f"/{chief.tenant}/downloads/monitoring-report.pdf", params={"division": COUNTY, "month": "June"},
        headers=chief.headers,
    )  # fmt: skip
    assert refused.json()["code"] == "download_question_invalid"


async def test_the_nightly_round_evaluates_once_a_day_and_escalates(databases: Databases) -> None:
    """Changzhou's own round: the month that is over, in a district of this test's own."""
    last = Month.of(today()).plus(-1)
    bureau = await authority(databases, tenant="changzhou", division="320413")
    steel: Place = await counted_account(databases, "changzhou", division="320413", sector="steel")
    for back, scope1 in ((12, "80"), (0, "95")):
        for offset in range(3):
            month = last.plus(-back - offset)
            await store_inventory_month(databases, steel, month, scope1)
    await roll_all(databases, "changzhou")
    system = Scope.system("changzhou")
    if "warnings_raised" not in await keep_watch(databases, "changzhou"):
        # A worker of another test had its round today already.
        async with databases.write(system) as write:
            await service.evaluate(write, system, last.first_day)
    assert "warnings_raised" not in await keep_watch(databases, "changzhou")
    async with databases.read(system) as read:
        months = await read.rows(select(MonitoringEvaluation.month).where(MonitoringEvaluation.evaluated_by.is_(None)))
        found = await read.row(
            select(MonitoringWarning.id, MonitoringWarning.value, MonitoringWarning.level).where(
                MonitoringWarning.division_code == "320413", MonitoringWarning.sector == "steel"
            )
        )
    assert {each.month for each in months} == {last.first_day}
    assert found is not None
    assert (found.value, found.level) == (Decimal("15.0000"), "severe")
    async with databases.write(system) as write:
        await write.run(
            update(MonitoringWarning).where(MonitoringWarning.id == found.id).values(due_on=date(2020, 1, 1))
        )
    await keep_watch(databases, "changzhou")
    assert ("monitoring.warning_overdue", "预警逾期未处理") in await told(databases, bureau.scope)


async def store_inventory_month(databases: Databases, place: Place, month: Month, scope1: str) -> None:
    """Add a month to its year's inventory: a version for each, the newest with all months so far."""
    known = KNOWN.setdefault((place.account_id, month.year), {})
    known[month.month] = (scope1, "20", "0", "1")
    await store_inventory(databases, place, month.year, len(known), dict(known))


KNOWN: dict[tuple[Any, int], dict[int, tuple[str, str, str, str]]] = {}
