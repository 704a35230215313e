"""Certificates and generation through the public API: files over REST, a worker in between, the outcome over GraphQL."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import httpx
import pytest
from factories import accounts, identity
from factories.accounts import Held
from factories.api import Client
from factories.gec import clearing_ready, code, csv_of, project, row
from factories.jobs import until, working
from factories.working import app, http  # noqa: F401 - fixtures

from backend.kit.db import Databases
from backend.wire.nodes import node_id, split

MARCH = date(2026, 3, 1)


@dataclass(frozen=True)
class Office:
    """An account and its energy manager at the API."""

    databases: Databases
    held: Held
    account: str
    manager: Client
    viewer: Client

    async def upload(self, content: bytes, client: Client | None = None, **query: Any) -> httpx.Response:
        caller = client or self.manager
        return await caller.http.post(
            f"/wuxi/accounts/{self.account}/certificates/imports", params=query, headers=caller.headers,
            files={"file": ("绿证.csv", content)},
        )  # fmt: skip

    async def done(self, accepted: dict[str, Any]) -> dict[str, Any]:
        await until(self.databases, self.held.scope, split(accepted["jobId"])[1][0])
        return (await self.manager.named("CertificateImport", id=accepted["importId"]))["certificateImport"]

    def lines(self, first: int, last: int, of: str, **changed: Any) -> bytes:
        name = self.held.holder.credit_code
        return csv_of([row(code(number, MARCH, of), name, MARCH, **changed) for number in range(first, last + 1)])

    async def recorded(self, of: str, month: str, kwh: str, **more: Any) -> dict[str, Any]:
        given = {"accountId": self.account, "projectCode": of, "month": month, "generatedKwh": kwh, **more}
        return (await self.manager.named("RecordGeneration", input=given))["recordGeneration"]


@pytest.fixture
async def office(databases: Databases, servers: Any, http: httpx.AsyncClient) -> Office:  # noqa: F811
    await clearing_ready(servers.settings)
    held = await accounts.held_account(databases)

    async def client(role: str) -> Client:
        scope = await identity.colleague(databases, held.holder, role)
        return Client(http, "wuxi", await identity.token_of(databases, servers.settings, held.holder, scope))

    account = node_id("CarbonAccount", held.id)
    return Office(databases, held, account, await client("energy_manager"), await client("viewer"))


@pytest.fixture
async def worker(databases: Databases, servers: Any) -> AsyncIterator[None]:
    async with working(databases, servers.settings, servers.valkey.url):
        yield


async def test_upload_watch_and_read(office: Office, worker: None) -> None:
    link = (await office.manager.named("CertificateTemplate", accountId=office.account, format="CSV"))[
        "certificateTemplate"
    ]
    template = await office.manager.http.get(link["url"], headers=office.manager.headers)
    assert template.status_code == 200
    assert template.content.decode("utf-8-sig").startswith("绿证编码,对应电量,电量生产月")
    content = office.lines(1, 12, project())
    answer = await office.upload(content)
    assert answer.status_code == 202, answer.text
    found = await office.done(answer.json())
    assert (found["state"], found["certificates"], found["batches"], found["errors"]) == ("stored", 12, 1, 0)
    assert found["isLayoutPlaceholder"] is True
    kept = await office.manager.http.get(found["file"]["url"], headers=office.manager.headers)
    assert kept.content == content
    again = (await office.upload(content)).json()
    assert (again["isRepeat"], again["importId"]) == (True, found["id"])
    page = (await office.manager.named("CertificateImports", accountId=office.account))["certificateImports"]
    assert [each["id"] for each in page["nodes"]] == [found["id"]]


async def test_a_refused_file_comes_back_annotated(office: Office, worker: None) -> None:
    found = await office.done((await office.upload(office.lines(1, 2, project(), energy_kwh="500"))).json())
    assert (found["state"], found["certificates"], found["errors"]) == ("rejected", 0, 2)
    assert [(each["row"], each["column"], each["code"]) for each in found["problems"]] == [
        (2, "energy_kwh", "energy_wrong"), (3, "energy_kwh", "energy_wrong"),
    ]  # fmt: skip
    annotated = await office.manager.http.get(found["annotatedFile"]["url"], headers=office.manager.headers)
    assert "每张绿证须恰为 1000 千瓦时" in annotated.content.decode("utf-8-sig")


async def test_who_may_bring_certificates(office: Office, databases: Databases, servers: Any) -> None:
    refused = await office.upload(office.lines(1, 1, project()), office.viewer)
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    stranger = await accounts.held_account(databases)
    token = await identity.token_of(databases, servers.settings, stranger.holder, stranger.scope)
    hidden = await office.upload(office.lines(1, 1, project()), office.manager.as_(token))
    assert hidden.status_code == 404


async def test_layout_says_that_its_widths_are_placeholders(office: Office) -> None:
    found = (await office.manager.named("CertificateCodeLayout"))["certificateCodeLayout"]
    assert found["isPlaceholder"] is True
    assert sum(each["width"] for each in found["parts"] if each["of"] == "project") == 17
    assert sum(each["width"] for each in found["parts"] if each["of"] == "energy") == 15
    assert [each["first"] for each in found["parts"]][:3] == [1, 2, 3]


async def test_generation_carries_its_remainder(office: Office) -> None:
    of = project()
    await office.recorded(of, "2026-01", "1500.5")
    await office.recorded(of, "2026-03", "499.5")
    found = (await office.recorded(of, "2026-02", "0.25"))["months"]
    assert [(each["month"], each["broughtKwh"], each["certificates"], each["carriedKwh"]) for each in found] == [
        ("2026-01", "0", 1, "500.5"), ("2026-02", "500.5", 0, "500.75"), ("2026-03", "500.75", 1, "0.25"),
    ]  # fmt: skip
    refused = await office.recorded(of, "2026-01", "2000")
    assert refused["code"] == "generation_reason_missing"
    assert (await office.recorded(of, "2026-01", "1500.5"))["code"] == "generation_unchanged"
    mended = (await office.recorded(of, "2026-01", "2000", reason="电表复核"))["months"]
    assert [each["certificates"] for each in mended] == [2, 0, 0]
    assert mended[2]["carriedKwh"] == "499.75"


async def test_a_forecast_gives_way_to_the_record(office: Office) -> None:
    of = project()
    ahead = (await office.recorded(of, "2198-01", "3000", isForecast=True))["months"]
    assert [(each["certificates"], each["isForecast"]) for each in ahead] == [(3, True)]
    assert (await office.recorded(of, "2198-01", "3000"))["code"] == "generation_invalid"
    await office.recorded(of, "2026-01", "9000", isForecast=True)
    await office.recorded(of, "2026-01", "8999.999")
    page = (await office.manager.named("GreenGeneration", accountId=office.account, first=1))["greenGeneration"]
    assert [(each["month"], each["certificates"], each["isForecast"]) for each in page["nodes"]] == [
        ("2026-01", 8, False)
    ]
    rest = await office.manager.named("GreenGeneration", accountId=office.account, after=page["pageInfo"]["endCursor"])
    assert [(each["month"], each["broughtKwh"], each["certificates"]) for each in rest["greenGeneration"]["nodes"]] == [
        ("2198-01", "999.999", 3)
    ]


@pytest.mark.parametrize(
    ("of", "kwh"),
    [("123", "1"), ("11022113999999011", "1"), (None, "-1"), (None, "0.0000001"), (None, "1000000000000")],
)
async def test_generation_that_cannot_be(office: Office, of: str | None, kwh: str) -> None:
    assert (await office.recorded(of or project(), "2026-01", kwh))["code"] == "generation_invalid"
    found = (await office.manager.named("GreenGeneration", accountId=office.account))["greenGeneration"]
    assert found["nodes"] == []
