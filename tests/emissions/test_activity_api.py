"""Activity data through the public API: files over REST, records over GraphQL, a worker in between."""

import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest
from factories import accounts, identity
from factories.accounts import Held
from factories.activity import csv_of, csv_rows, sheet_rows, xlsx_of
from factories.api import Client
from factories.jobs import until, working
from factories.working import app, http  # noqa: F401 - fixtures
from sqlalchemy import text

from backend.accounts import service as accounts_service
from backend.kit.db import Databases
from backend.wire.nodes import node_id, split

HEAD = ("source", "month", "quantity", "unit", "note")


@dataclass(frozen=True)
class Plant:
    """An account with one source, and its people at the API."""

    databases: Databases
    held: Held
    account: str
    source: str
    code: str
    manager: Client
    officer: Client

    @property
    def files(self) -> str:
        return f"/wuxi/accounts/{self.account}/activity"

    async def upload(
        self, content: bytes, name: str = "data.csv", client: Client | None = None, **query: Any
    ) -> httpx.Response:
        caller = client or self.manager
        return await caller.http.post(
            f"{self.files}/imports", params=query, headers=caller.headers, files={"file": (name, content)}
        )

    async def get(self, path: str, client: Client | None = None) -> httpx.Response:
        caller = client or self.manager
        return await caller.http.get(path, headers=caller.headers)


@pytest.fixture
async def plant(databases: Databases, servers: Any, http: httpx.AsyncClient) -> Plant:  # noqa: F811
    held = await accounts.held_account(databases)
    site = await accounts.site_of(databases, held)
    source = await accounts.source_of(databases, held, site)
    async with databases.write(held.scope) as write:
        await accounts_service.open_year(write, held.scope, account_id=held.id, year=2025)

    async def client(role: str) -> Client:
        scope = await identity.colleague(databases, held.holder, role)
        return Client(http, "wuxi", await identity.token_of(databases, servers.settings, held.holder, scope))

    return Plant(
        databases, held, node_id("CarbonAccount", held.id), node_id("EmissionSource", held.id, source.id), source.code,
        await client("energy_manager"), await client("carbon_officer"),
    )  # fmt: skip


@pytest.fixture
async def worker(databases: Databases, servers: Any) -> AsyncIterator[None]:
    async with working(databases, servers.settings, servers.valkey.url):
        yield


async def finished(plant: Plant, job: str) -> dict[str, Any]:
    await until(plant.databases, plant.held.scope, split(job)[1][0])
    return (await plant.manager.named("Job", id=job))["job"]


async def test_template_upload_approval_and_export(plant: Plant, worker: None, tmp_path: Path) -> None:
    link = (await plant.manager.named("ActivityTemplate", accountId=plant.account, year=2025))["activityTemplate"]
    template = await plant.get(link["url"])
    assert template.status_code == 200
    assert template.headers["x-content-type-options"] == "nosniff"
    assert link["fileName"] in template.headers["content-disposition"]
    rows = sheet_rows(template.content)
    assert [row[1] for row in rows[3:]] == [plant.code] * 12
    body = csv_of([(plant.code, f"2025-{month:02d}", f"{month}.5", "MWh", "备注") for month in range(1, 7)], HEAD)
    answer = await plant.upload(body)
    assert answer.status_code == 202, answer.text
    accepted = answer.json()
    job = await finished(plant, accepted["jobId"])
    assert (job["state"], job["result"]["new"]) == ("SUCCEEDED", 6)
    batch = (await plant.manager.named("ActivityBatch", id=accepted["batchId"]))["activityBatch"]
    assert (batch["state"], batch["decision"], batch["recordCount"]) == ("stored", "PENDING", 6)
    assert (await plant.get(batch["file"]["url"])).content == body
    own = await plant.manager.named("ApproveActivityBatch", input={"batchId": accepted["batchId"]})
    assert own["approveActivityBatch"]["code"] == "forbidden"
    other = await plant.officer.named("ApproveActivityBatch", input={"batchId": accepted["batchId"]})
    assert other["approveActivityBatch"]["decision"] == "APPROVED"
    page = (await plant.manager.named("ActivityRecords", accountId=plant.account, year=2025, first=4))[
        "activityRecords"
    ]
    assert [(each["month"], each["quantity"], each["isCounting"]) for each in page["nodes"][:2]] == [
        ("2025-01", "1.5", True), ("2025-02", "2.5", True),
    ]  # fmt: skip
    assert page["nodes"][0]["source"]["code"] == plant.code
    rest = await plant.manager.named(
        "ActivityRecords", accountId=plant.account, first=4, after=page["pageInfo"]["endCursor"]
    )
    assert [each["month"] for each in rest["activityRecords"]["nodes"]] == ["2025-05", "2025-06"]
    export = (await plant.manager.named("ActivityExport", accountId=plant.account, year=2025, format="CSV"))[
        "activityExport"
    ]
    content = (await plant.get(export["url"])).content
    assert len(csv_rows(content)) == 7
    again = (await plant.upload(content, "again.csv")).json()
    result = (await finished(plant, again["jobId"]))["result"]
    assert (result["state"], result["unchanged"], result["new"], result["corrections"]) == ("stored", 6, 0, 0)


async def test_a_worker_writes_an_export(plant: Plant, worker: None) -> None:
    body = csv_of([(plant.code, f"2025-{month:02d}", f"{month}.25", "MWh", "") for month in range(1, 4)], HEAD)
    await finished(plant, (await plant.upload(body, "for-export.csv")).json()["jobId"])
    asked = {"accountId": plant.account, "year": 2025, "format": "CSV"}
    answer = (await plant.manager.named("RequestActivityExport", input=asked))["requestActivityExport"]
    early = await plant.get(answer["file"]["url"])
    job = await finished(plant, answer["jobId"])
    assert (job["state"], job["result"]["rows"]) == ("SUCCEEDED", 3)
    # Either the worker was quicker than the first look, or the answer said that it was not there yet.
    assert early.status_code == 200 or early.json()["code"] == "export_not_ready"
    file = await plant.get(answer["file"]["url"])
    assert file.headers["content-disposition"].startswith("attachment")
    assert hashlib.sha256(file.content).hexdigest() == job["result"]["sha256"]
    direct = (await plant.manager.named("ActivityExport", **asked))["activityExport"]
    assert file.content == (await plant.get(direct["url"])).content


async def test_a_bad_workbook_comes_back_annotated(plant: Plant, worker: None, tmp_path: Path) -> None:
    rows = [(plant.code, "2025-01", 1, "MWh", ""), (plant.code, "2025-02", -1, "t", "")]
    accepted = (await plant.upload(xlsx_of(tmp_path / "数据.xlsx", rows, HEAD), "数据.xlsx")).json()
    job = await finished(plant, accepted["jobId"])
    assert (job["state"], job["result"]["state"]) == ("SUCCEEDED", "rejected")
    batch = (await plant.manager.named("ActivityBatch", id=accepted["batchId"]))["activityBatch"]
    assert [(each["row"], each["column"], each["code"]) for each in batch["outcome"]["problems"]] == [
        (3, "quantity", "quantity_negative"), (3, "unit", "unit_incompatible"),
    ]  # fmt: skip
    annotated = await plant.get(batch["annotatedFile"]["url"])
    assert "filename*=UTF-8''%E6%95%B0" in annotated.headers["content-disposition"]
    assert sheet_rows(annotated.content)[2][0] == plant.code
    records = (await plant.manager.named("ActivityRecords", accountId=plant.account))["activityRecords"]
    assert records["nodes"] == []


async def test_a_dry_run_and_the_body_as_the_file(plant: Plant, worker: None) -> None:
    body = csv_of([(plant.code, "2025-01", "1", "MWh", "")], HEAD)
    answer = await plant.manager.http.post(
        f"{plant.files}/imports?dryRun=true&fileName=a.csv", content=body, headers=plant.manager.headers
    )
    job = await finished(plant, answer.json()["jobId"])
    assert (job["result"]["state"], job["result"]["new"]) == ("checked", 1)
    batches = (await plant.manager.named("ActivityBatches", accountId=plant.account))["activityBatches"]["nodes"]
    assert [(each["fileName"], each["isDryRun"], each["recordCount"], each["decision"]) for each in batches] == [
        ("a.csv", True, 0, None)
    ]


async def test_the_same_upload_twice_is_one_import(plant: Plant, worker: None) -> None:
    body = csv_of([(plant.code, "2025-01", "1", "MWh", "")], HEAD)
    first = (await plant.upload(body)).json()
    await finished(plant, first["jobId"])
    second = (await plant.upload(body, "anders.csv")).json()
    assert (second["batchId"], second["isRepeat"], second["state"]) == (first["batchId"], True, "stored")


async def test_an_upload_beyond_the_limit_is_refused_and_leaves_no_batch(plant: Plant) -> None:
    too_large = b"x" * (64 * 1024 * 1024 + 1)
    answer = await plant.upload(too_large)
    assert (answer.status_code, answer.json()["code"]) == (413, "file_too_large")
    assert (await plant.manager.named("ActivityBatches", accountId=plant.account))["activityBatches"]["nodes"] == []


async def test_files_are_not_for_others(plant: Plant, databases: Databases, servers: Any) -> None:
    body = csv_of([(plant.code, "2025-01", "1", "MWh", "")], HEAD)
    accepted = (await plant.upload(body)).json()
    other = await identity.enterprise(databases)
    stranger = Client(plant.manager.http, "wuxi", await identity.token_of(databases, servers.settings, other))
    nobody = plant.manager.as_(None)
    for client, status in ((nobody, 401), (stranger, 404)):
        assert (await plant.upload(body, client=client)).status_code == status
        for path in (
            "template",
            "export",
            f"imports/{accepted['batchId']}/file",
            f"imports/{accepted['batchId']}/annotated",
        ):
            assert (await plant.get(f"{plant.files}/{path}", client)).status_code == status, (client, path)
    assert (await plant.upload(body, client=plant.officer)).status_code == 403
    async with databases.read(identity.Scope.system("wuxi")) as read:
        refused = await read.value(
            text("select count(*) from audit_event where chain_id = :id and action = 'emissions:import'"
                 " and outcome = 'refused'"),
            {"id": other.id},
        )  # fmt: skip
    assert refused == 1


async def test_records_by_mutation_correction_and_history(plant: Plant) -> None:
    record = {"sourceId": plant.source, "month": "2025-03", "quantity": "12.340", "unit": "MWh"}
    done = (await plant.manager.named(
        "RecordActivity", input={"accountId": plant.account, "record": record}, idempotencyKey="k1"
    ))["recordActivity"]  # fmt: skip
    again = (await plant.manager.named(
        "RecordActivity", input={"accountId": plant.account, "record": record}, idempotencyKey="k1"
    ))["recordActivity"]  # fmt: skip
    assert again == done
    assert (done["isApproved"], done["outcome"]["new"]) == (False, 1)
    corrected = (await plant.manager.named(
        "CorrectActivity", input={"recordId": done["recordIds"][0], "quantity": "12.5", "reason": "抄表错误"}
    ))["correctActivity"]  # fmt: skip
    chain = (await plant.manager.named("ActivityRecordHistory", id=corrected["recordIds"][0]))["activityRecordHistory"]
    assert [(each["quantity"], each["state"], each["reason"]) for each in chain] == [
        ("12.340", "SUPERSEDED", ""), ("12.5", "PENDING", "抄表错误"),
    ]  # fmt: skip
    gone = await plant.manager.named(
        "WithdrawActivity", input={"recordId": corrected["recordIds"][0], "reason": "重复"}
    )
    assert gone["withdrawActivity"]["outcome"]["corrections"] == 1
    assert split(done["batchId"])[0] == "ActivityBatch"


async def test_a_wrong_record_names_its_field_and_how_to_mend_it(plant: Plant) -> None:
    records = [
        {"sourceId": plant.source, "month": "2025-03", "quantity": "1", "unit": "MWh"},
        {"sourceId": plant.source, "month": "2025-04", "quantity": "173.502", "unit": "MWh", "reportedT": "93.1",
         "parameters": [{"name": "factor", "value": "0.5633"}, {"name": "factor_source", "value": "报告"}]},
    ]  # fmt: skip
    answer = await plant.manager.named("RecordActivities", input={"accountId": plant.account, "records": records})
    refused = answer["recordActivities"]
    assert (refused["__typename"], refused["code"]) == ("InvalidError", "reported_inconsistent")
    assert refused["path"] == ["input", "records", "1", "reportedT"]
    assert Decimal(refused["details"]["recomputed"]) == Decimal("97.73")
    assert refused["details"]["problems"][0]["row"] == 1
    assert "97.73" in refused["messageZh"]
    assert "97.73" in refused["messageEn"]
    float_sent = await plant.manager.send({"operationName": "RecordActivity", "variables": {
        "input": {"accountId": plant.account, "record": {**records[0], "quantity": 1.5}}}})  # fmt: skip
    assert "errors" in float_sent.json()
