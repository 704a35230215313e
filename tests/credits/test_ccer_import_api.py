"""Registries' exports through the public API and at a terminal; rows of the wire cleared between jurisdictions."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from factories import accounts, identity
from factories.accounts import Held, held_account
from factories.api import Client
from factories.gec import clearing_ready, code, project
from factories.gec import csv_of as certificates_of
from factories.gec import row as certificate_row
from factories.jobs import until, working
from factories.ledger import held as holding
from factories.unit_files import ccer_row, cea_row, csv_of, frame, make_desk
from factories.working import app, http  # noqa: F401 - fixtures
from sqlalchemy import text

from backend.cli import units
from backend.kit.db import Databases
from backend.kit.scope import Scope
from backend.ledger.clearing import tickets
from backend.ledger.values import CCER, CEA
from backend.wire.nodes import node_id, split


@dataclass(frozen=True)
class Office:
    """An account with its people at the API."""

    databases: Databases
    held: Held
    account: str
    officer: Client
    viewer: Client

    @property
    def name(self) -> str:
        return self.held.holder.credit_code

    async def upload(self, unit: str, content: bytes, client: Client | None = None, **query: Any) -> httpx.Response:
        caller = client or self.officer
        return await caller.http.post(
            f"/wuxi/accounts/{self.account}/units/{unit}/imports", params=query, headers=caller.headers,
            files={"file": ("持仓.csv", content)},
        )  # fmt: skip

    async def done(self, accepted: dict[str, Any]) -> dict[str, Any]:
        await until(self.databases, self.held.scope, split(accepted["jobId"])[1][0])
        return (await self.officer.named("UnitImport", id=accepted["importId"]))["unitImport"]

    async def rows(self, key: str | None, **changed: Any) -> dict[str, Any]:
        given = {
            "projectCode": "P9", "methodology": "CCER-07-001-V01", "producedFrom": "2024-01-01",
            "producedTo": "2024-12-31", "registeredOn": "2025-06-03", **changed,
        }  # fmt: skip
        sent = {"input": {"accountId": self.account, "rows": [given]}, "idempotencyKey": key}
        return (await self.officer.named("ImportCcer", **sent))["importCcer"]

    async def tickets(self) -> list[str]:
        async with self.databases.read(Scope.system("wuxi")) as read:
            wanted = text("select state from clearing_ticket where account_id = :id order by opened_at, id")
            return [each.state for each in await read.rows(wanted, {"id": self.held.id})]


@pytest.fixture
async def office(databases: Databases, servers: Any, http: httpx.AsyncClient) -> Office:  # noqa: F811
    await clearing_ready(servers.settings)
    held = await accounts.held_account(databases)

    async def client(role: str) -> Client:
        scope = await identity.colleague(databases, held.holder, role)
        return Client(http, "wuxi", await identity.token_of(databases, servers.settings, held.holder, scope))

    account = node_id("CarbonAccount", held.id)
    return Office(databases, held, account, await client("carbon_officer"), await client("viewer"))


@pytest.fixture
async def worker(databases: Databases, servers: Any) -> AsyncIterator[None]:
    async with working(databases, servers.settings, servers.valkey.url):
        yield


@pytest.mark.parametrize("unit", [CCER, CEA])
async def test_upload_watch_and_read(office: Office, worker: None, unit: str) -> None:
    make = ccer_row if unit == CCER else cea_row
    link = (await office.officer.named("UnitTemplate", accountId=office.account, unitClass=unit, format="CSV"))[
        "unitTemplate"
    ]
    template = await office.officer.http.get(link["url"], headers=office.officer.headers)
    assert template.content.decode("utf-8-sig").startswith("序列号前缀,起始序列号,截止序列号,数量,年度")
    book = await office.officer.http.get(link["url"].replace("csv", "xlsx"), headers=office.officer.headers)
    assert book.content.startswith(b"PK")
    content = csv_of(unit, [make(frame(), 1, 12, office.name)])
    answer = await office.upload(unit.lower(), content)
    assert answer.status_code == 202
    found = await office.done(answer.json())
    assert (found["state"], found["unitClass"], found["rows"], found["units"]) == ("stored", unit, 1, "12")
    assert found["isFormatPlaceholder"]
    assert (await office.upload(unit, content)).json()["isRepeat"]
    file = await office.viewer.http.get(found["file"]["url"], headers=office.viewer.headers)
    assert file.content == content
    listed = (await office.viewer.named("UnitImports", accountId=office.account, unitClass=unit))["unitImports"]
    assert [each["id"] for each in listed["nodes"]] == [found["id"]]


async def test_a_refused_file_comes_back_marked(office: Office, worker: None) -> None:
    rows = [ccer_row(frame(), 1, 9, office.name), ccer_row(frame(), 1, 9, office.name, quantity="8")]
    found = await office.done((await office.upload(CCER, csv_of(CCER, rows))).json())
    assert (found["state"], found["units"], found["errors"]) == ("rejected", "0", 1)
    assert [(each["row"], each["column"], each["code"]) for each in found["problems"]] == [
        (3, "quantity", "quantity_other")
    ]
    marked = await office.viewer.http.get(found["annotatedFile"]["url"], headers=office.viewer.headers)
    assert "问题" in marked.content.decode("utf-8-sig")
    other = found["annotatedFile"]["url"].replace("/CCER/", "/CEA/")
    assert (await office.viewer.http.get(other, headers=office.viewer.headers)).status_code == 404


async def test_who_may_not_and_what_is_not_there(office: Office, databases: Databases) -> None:
    content = csv_of(CCER, [ccer_row(frame(), 1, 9, office.name)])
    assert (await office.upload(CCER, content, office.viewer)).status_code == 403
    unknown = await office.upload("GEC", content)
    assert (unknown.status_code, unknown.json()["code"]) == (404, "unit_file_unknown")
    assert "CCER, CEA" in unknown.json()["detail"] or "CCER" in str(unknown.json())
    stranger = await office.officer.signed_in((await held_account(databases)).holder)
    assert (await office.upload(CCER, content, stranger)).status_code == 404
    async with databases.read(office.held.scope) as read:
        assert await read.value(text("select count(*) from unit_import where account_id = :id"),
                                {"id": office.held.id}) == 0  # fmt: skip


async def test_rows_of_the_wire_are_cleared(office: Office, servers: Any) -> None:
    of = frame()
    abroad = await make_desk(office.databases, servers.settings, CCER, tenant="chengdu")
    await abroad.imported([ccer_row(of, 1, 100, abroad.name)])
    held = {"firstSerial": f"{of}000000100", "lastSerial": f"{of}000000200"}
    refused = await office.rows("k1", **held)
    assert (refused["__typename"], refused["code"]) == ("ConflictError", "claimed_elsewhere")
    assert "chengdu" not in str(refused)
    assert await holding(office.databases, office.held.id, CCER) == {}
    free = {"firstSerial": f"{of}000000101", "lastSerial": f"{of}000000200"}
    done = await office.rows("k2", **free)
    assert [each["quantity"] for each in done["rows"]] == ["100"]
    assert await office.rows("k2", **free) == done
    assert await office.tickets() == ["abandoned", "kept"]
    result = await abroad.imported([ccer_row(of, 200, 201, abroad.name)])
    assert result["problems"][0]["code"] == "held_elsewhere"


async def test_rows_of_the_wire_that_fail_give_their_serials_back(
    office: Office, servers: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def lapsed(*_: Any, **__: Any) -> None:
        raise tickets.ClearingLapsed

    of = frame()
    with monkeypatch.context() as patched:
        patched.setattr(tickets, "keep", lapsed)
        refused = await office.rows(None, firstSerial=f"{of}000000001", lastSerial=f"{of}000000009")
    assert refused["code"] == "clearing_lapsed"
    assert await holding(office.databases, office.held.id, CCER) == {}
    assert await office.tickets() == ["abandoned"]
    abroad = await make_desk(office.databases, servers.settings, CCER, tenant="chengdu")
    assert (await abroad.imported([ccer_row(of, 9, 9, abroad.name)]))["state"] == "stored"


async def test_at_a_terminal(office: Office, servers: Any, tmp_path: Path) -> None:
    async def bring(class_code: str, content: bytes, *, dry: bool = False) -> dict[str, Any]:
        file = tmp_path / f"{class_code}.csv"
        file.write_bytes(content)
        # The work of the verb, without a process of its own.
        return await units._import(
            office.databases, servers.settings, "wuxi", office.held.account.number, class_code, file, is_dry=dry
        )

    good = csv_of(CCER, [ccer_row(frame(), 1, 9, office.name)])
    assert (await bring(CCER, good, dry=True))["state"] == "checked"
    assert (await bring(CCER, good))["state"] == "stored"
    assert (await bring(CCER, good))["state"] == "stored"
    assert (await bring(CEA, csv_of(CEA, [cea_row(frame(), 1, 5, office.name)])))["units"] == 5
    line = certificate_row(code(1, of=project()), office.name)
    assert (await bring("GEC", certificates_of([line])))["certificates"] == 1
    bad = await bring(CEA, csv_of(CEA, [cea_row(frame(), 1, 5, office.name, quantity="4")]))
    assert (bad["state"], bad["errors"]) == ("rejected", 1)
    assert "共 5 个" in (tmp_path / "CEA.errors.csv").read_text("utf-8-sig")
    assert {str(each) for each in (await holding(office.databases, office.held.id, CCER)).values()} == {"9"}
