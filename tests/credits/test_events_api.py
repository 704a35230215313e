"""Neutral events through the public API: from draft to a certificate anybody can verify, and the report as a file."""

import io
from collections.abc import AsyncIterator
from typing import Any

import httpx
import openpyxl
import pytest
from factories import identity
from factories.accounts import held_account
from factories.api import Client
from factories.ledger import issued

from backend.api.app import create_app
from backend.kit.db import Databases
from backend.wire.nodes import node_id

FACTS = {
    "name": "成都绿色马拉松", "place": "天府绿道", "organiser": "成都市体育局", "boundary": "赛事当日交通",
    "firstDay": "2026-05-16", "lastDay": "2026-05-17", "participants": 20000,
}  # fmt: skip
LEFT_OUT = [
    {"category": each, "description": "未发生", "exclusion": "活动中未发生"}
    for each in ("fuel", "energy", "stay", "materials", "waste")
]
TRAVEL = {
    "category": "transport", "description": "参赛者往返", "quantity": "1234567", "unit": "人公里",
    "factor": {"value": "0.05", "unit": "kgCO2e/pkm", "document": "测算报告"},
}  # fmt: skip


@pytest.fixture
async def client(servers: Any, databases: Databases) -> AsyncIterator[Client]:
    """Nobody, at Chengdu."""
    app = create_app(servers.settings, databases=databases)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://carbon.test") as http:
        yield Client(http, "chengdu")
    await app.inner.state.redis.aclose()


async def test_an_event_becomes_neutral_and_its_certificate_is_public(client: Client, databases: Databases) -> None:
    owner = await held_account(databases, tenant="chengdu", division="510104")
    await issued(databases, owner.id, "CCER", 100, tenant="chengdu", vintage=2025)
    holder = await client.signed_in(owner.holder)
    city = await client.signed_in(await identity.authority(databases, tenant="chengdu"))
    account = str(node_id("CarbonAccount", owner.id))
    rule = (await holder.named("CarbonEventRule", on="2026-05-16"))["carbonEventRule"]
    assert (rule["isPlaceholder"], rule["classes"], len(rule["categories"])) == (True, ["CCER", "CDCER"], 6)
    made = await holder.named("DraftCarbonEvent", input={"accountId": account, "facts": FACTS})
    event = {"eventId": made["draftCarbonEvent"]["event"]["id"]}
    wrong = await holder.named("SetCarbonEventLines", input={**event, "lines": [{**TRAVEL, "unit": "kWh"}]})
    assert (wrong["setCarbonEventLines"]["code"], wrong["setCarbonEventLines"]["path"]) == (
        "event_line_invalid", ["input", "lines", "0", "unit"],
    )  # fmt: skip
    found = await holder.named("SetCarbonEventLines", input={**event, "lines": [TRAVEL, *LEFT_OUT]})
    shown = found["setCarbonEventLines"]["event"]
    assert (shown["tonnes"], shown["required"], len(shown["lines"])) == ("61.72835", "62", 6)
    await holder.named("SubmitCarbonEvent", input=event)
    refused = (await holder.named("DecideCarbonEvent", input={**event, "isConfirmed": True}))["decideCarbonEvent"]
    assert refused["__typename"] == "ForbiddenError"
    decided = await city.named("DecideCarbonEvent", input={**event, "isConfirmed": True})
    assert decided["decideCarbonEvent"]["event"]["state"] == "CONFIRMED"
    units = {**event, "units": [{"classCode": "CCER", "quantity": "62"}]}
    done = await holder.named("RetireForCarbonEvent", input=units, idempotencyKey="n")
    assert await holder.named("RetireForCarbonEvent", input=units, idempotencyKey="n") == done
    neutral = done["retireForCarbonEvent"]["event"]
    assert (neutral["state"], neutral["retired"]) == ("NEUTRAL", "62")
    (retirement,) = neutral["retirements"]
    issue = {"movementIds": [retirement["movementId"]]}
    certificate = (await holder.named("IssueRetirementCertificate", input=issue))["issueRetirementCertificate"]
    page = await client.http.get(f"/chengdu/verify/{certificate['certificate']['number']}")
    for word in ("有效", "成都绿色马拉松", "活动碳中和", "62 tCO2e"):
        assert word in page.text
    listed = (await city.named("CarbonEvents", accountId=account, state="NEUTRAL"))["carbonEvents"]["nodes"]
    assert [each["number"] for each in listed] == [neutral["number"]]
    for language in ("zh", "en"):
        answer = await city.http.get(
            f"/chengdu/downloads/event-report.pdf?event={neutral['id']}&lang={language}", headers=city.headers
        )
        assert (answer.status_code, answer.content[:5]) == (200, b"%PDF-")
    answer = await holder.http.get(
        f"/chengdu/downloads/event-report.xlsx?event={neutral['id']}", headers=holder.headers
    )
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    assert [page.max_row for page in book.worksheets] == [3 + 6, 3 + 1]
    assert (await city.http.get("/chengdu/downloads/carbon-events.xlsx", headers=city.headers)).status_code == 200
    stranger = await client.signed_in(await identity.enterprise(databases, tenant="chengdu"))
    hidden = await stranger.http.get(
        f"/chengdu/downloads/event-report.pdf?event={neutral['id']}", headers=stranger.headers
    )
    assert (hidden.status_code, hidden.json()["code"]) == (404, "event_not_found")
    back = {**event, "movementId": retirement["movementId"], "reason": "活动取消"}
    undone = (await city.named("ReverseEventRetirement", input=back))["reverseEventRetirement"]["event"]
    assert (undone["state"], undone["retired"], undone["retirements"][0]["reversal"]) == ("CONFIRMED", "0", "活动取消")
    page = await client.http.get(f"/chengdu/verify/{certificate['certificate']['number']}")
    assert "已作废" in page.text
