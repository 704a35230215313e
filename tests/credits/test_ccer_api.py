"""CCER through the public API: a project's whole page, commands and their refusals, replay, eligibility."""

from collections.abc import AsyncIterator
from uuid import uuid4

import httpx
import pytest
from factories import ccer
from factories.accounts import held_account
from factories.api import Client
from factories.gec import clearing_ready
from factories.ledger import held

from backend.api.app import create_app
from backend.kit.db import Databases
from backend.wire.nodes import node_id


@pytest.fixture
async def client(servers, databases: Databases) -> AsyncIterator[Client]:
    await clearing_ready(servers.settings)
    app = create_app(servers.settings, databases=databases)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://carbon.test") as http:
        yield Client(http, "wuxi")
    await app.inner.state.redis.aclose()


FACTS = {
    "name": "隧道照明", "methodology": "CCER-07-001-V01", "startedOn": "2021-03-01", "startsOn": "2021-06-01",
    "endsOn": "2031-05-31", "isEtsManaged": False, "isLegalDuty": False,
}  # fmt: skip


async def test_a_draft_is_recorded_publicised_and_shown(client: Client, databases: Databases) -> None:
    owner = await held_account(databases)
    caller = await client.signed_in(owner.holder)
    account, code = str(node_id("CarbonAccount", owner.id)), f"API-{uuid4().hex[:10]}".upper()
    given = {"accountId": account, "code": code, "facts": FACTS}
    made = (await caller.named("DraftCcerProject", input=given, idempotencyKey="k1"))["draftCcerProject"]
    again = (await caller.named("DraftCcerProject", input=given, idempotencyKey="k1"))["draftCcerProject"]
    assert made["__typename"] == "CcerProjectChanged"
    assert again == made
    refused = (await caller.named("DraftCcerProject", input=given, idempotencyKey="k2"))["draftCcerProject"]
    assert (refused["__typename"], refused["code"]) == ("ConflictError", "ccer_project_code_taken")
    project = made["project"]["id"]
    step = {"projectId": project, "on": "2026-02-02", "reference": "", "note": ""}
    shown = (await caller.named("PubliciseCcerProject", input=step))["publiciseCcerProject"]["project"]
    assert (shown["state"], shown["firstLawfulDay"]) == ("PUBLICISED", "2026-03-07")
    refused = (await caller.named("ValidateCcerProject", input=step))["validateCcerProject"]
    assert refused["__typename"] == "ForbiddenError"
    page = (await caller.named("CcerProject", id=project))["ccerProject"]
    assert [each["action"] for each in page["transitions"]] == ["DRAFT", "PUBLICISE"]
    listed = (await caller.named("CcerProjects", where={"accountId": account, "state": "PUBLICISED"}))["ccerProjects"]
    assert [each["node"]["code"] for each in listed["edges"]] == [code]


async def test_too_early_names_the_first_lawful_day(client: Client, databases: Databases) -> None:
    stage = await ccer.staged(databases)
    project = await ccer.registered(databases, stage)
    reduction = await ccer.reported(databases, stage, project)
    caller = await client.signed_in(stage.owner.holder)
    key = str(node_id("CcerReduction", stage.id, reduction.id))
    step = {"reductionId": key, "on": "2026-05-11", "reference": "", "note": ""}
    shown = (await caller.named("PubliciseCcerReduction", input=step))["publiciseCcerReduction"]["reduction"]
    assert shown["firstLawfulDay"] == "2026-06-09"
    page = (await caller.named("CcerReduction", id=key))["ccerReduction"]
    assert [each["toState"] for each in page["transitions"]] == ["reported", "publicised"]
    assert page["project"]["code"] == project.code


async def test_an_import_and_what_it_may_offset(client: Client, databases: Databases) -> None:
    owner = await held_account(databases)
    caller = await client.signed_in(owner.holder)
    account, frame = str(node_id("CarbonAccount", owner.id)), uuid4().hex[:8].upper()
    row = {
        "firstSerial": f"{frame}-0001", "lastSerial": f"{frame}-0250", "projectCode": "P9",
        "methodology": "CCER-07-001-V01", "producedFrom": "2025-01-01", "producedTo": "2025-12-31",
        "registeredOn": "2024-01-22", "isEtsManaged": False,
    }  # fmt: skip
    refused = (await caller.named("ImportCcer", input={"accountId": account, "rows": [row]}))["importCcer"]
    assert (refused["code"], refused["path"]) == ("ccer_holding_dates_invalid", ["input", "rows", "0", "producedFrom"])
    old = {**row, "producedFrom": "2023-01-01", "producedTo": "2023-12-31", "lastSerial": f"{frame}-0100"}
    new = {**row, "registeredOn": "2026-01-23", "firstSerial": f"{frame}-0101"}
    done = (await caller.named("ImportCcer", input={"accountId": account, "rows": [old, new]}))["importCcer"]["rows"]
    assert [each["quantity"] for each in done] == ["100", "150"]
    assert {str(value) for value in (await held(databases, owner.id, "CCER")).values()} == {"250"}
    found = await caller.named("CcerEligibility", batchIds=[each["batchId"] for each in done], complianceYear=2025)
    assert [each["outcome"] for each in found["ccerEligibility"]] == ["FAIL", "PASS"]
    first = found["ccerEligibility"][0]["findings"][0]
    assert (first["code"], first["outcome"]) == ("registered_after", "FAIL")
    assert "2024-01-22" in first["messageEn"]


async def test_methodologies_and_calendars_name_their_sources(client: Client, databases: Databases) -> None:
    caller = await client.signed_in((await held_account(databases)).holder)
    found = (await caller.named("CcerMethodologies"))["ccerMethodologies"]
    by_code = {each["code"]: each for each in found}
    assert len(found) == 18
    assert all(each["document"] and each["source"] and each["confidence"] for each in found)
    assert (by_code["CCER-14-001-V01"]["leastYears"], by_code["CCER-14-001-V01"]["mostYears"]) == (20, 40)
    assert by_code["CCER-01-001-V01"]["mostYears"] == 7
    assert {code for code, each in by_code.items() if each["mostYears"] is None} == {
        "CCER-10-002-V01", "CCER-10-003-V01", "CCER-10-004-V01", "CCER-11-001-V01",
    }  # fmt: skip
    years = (await caller.named("WorkCalendars"))["workCalendars"]
    assert [each["year"] for each in years] == list(range(2020, 2027))
    assert "国办发明电〔2025〕7号" in years[-1]["document"]
