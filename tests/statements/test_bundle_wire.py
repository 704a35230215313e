"""Bundles over the network: who may have one, what is in it, and what is refused."""

import asyncio
import json
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from factories import identity
from factories.account_statement import Works, computed
from factories.api import Client
from factories.bundles import rich_works, unzipped
from factories.journal import sealed
from factories.statements import retired
from sqlalchemy import event

from backend.kit.clock import today
from backend.kit.db import Databases
from backend.kit.ids import new_id
from backend.kit.scope import Kind
from backend.kit.settings import Settings
from backend.kit.storage import Storage
from backend.kit.tasks import Task
from backend.ledger.values import Selection
from backend.statements import service
from backend.statements.account.issued import FileKind
from backend.statements.bundle import sessions
from backend.statements.bundle.jobs import make_bundle
from backend.statements.bundle.values import MOST_DIRECT
from backend.statements.errors import BundleTooLarge
from backend.wire.nodes import node_id, uuids

SCRIPT = Path(__file__).resolve().parents[2] / "docs" / "verify" / "check_bundle.py"


@pytest.fixture(scope="module")
async def works(databases: Databases, statement_settings: Settings) -> Works:
    made, _ = await rich_works(databases)
    await sealed(databases, statement_settings)
    return made


@pytest.fixture
async def owner(client: Client, works: Works) -> Client:
    return await client.signed_in(works.held.holder)


async def statement_of(
    owner: Client, works: Works, first: str = "2025-01-01", last: str | None = None
) -> dict[str, Any]:  # fmt: skip
    """Have a statement issued; `address` is where its files are."""
    account = str(node_id("CarbonAccount", works.id))
    asked = {"accountId": account, "periodFrom": first, "periodTo": last or today().isoformat()}
    answer = (await owner.named("IssueAccountStatement", input=asked))["issueAccountStatement"]
    assert answer["__typename"] == "AccountStatementIssued", answer
    return answer["statement"] | {"address": f"/wuxi/accounts/{account}/statements/{answer['statement']['id']}"}


@pytest.fixture
async def issued(owner: Client, works: Works) -> dict[str, Any]:
    return await statement_of(owner, works)


async def fetched(who: Client, issued: dict[str, Any], end: str = "/bundle.zip", method: str = "GET") -> Any:
    return await who.http.request(method, f"{issued['address']}{end}", headers=who.headers)


async def checked(folder: Path, content: bytes, owner: Client) -> tuple[int, str]:
    keys = (await owner.http.get("/wuxi/.well-known/documents.json")).json()
    (folder / "bundle.zip").write_bytes(content)
    (folder / "documents.json").write_text(json.dumps(keys), encoding="utf-8")

    def run() -> tuple[int, str]:
        done = subprocess.run(
            [sys.executable, str(SCRIPT), "bundle.zip", "--keys", "documents.json"],
            cwd=folder, capture_output=True, text=True, check=False, encoding="utf-8",
        )  # fmt: skip
        return done.returncode, done.stdout + done.stderr

    return await asyncio.to_thread(run)


async def test_the_holder_has_a_bundle_that_proves_itself(
    owner: Client, issued: dict[str, Any], tmp_path: Path
) -> None:
    answer = await owner.http.get(issued["bundleUrl"], headers=owner.headers)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/zip"
    movements = len(json.loads(unzipped(answer.content)["inputs/ledger.json"])["movements"])
    assert [answer.headers[f"carbon-bundle-{each}"] for each in ("movements", "proofs")] == [str(movements)] * 2
    assert f"{issued['number']}.zip" in answer.headers["content-disposition"]
    code, told = await checked(tmp_path, answer.content, owner)
    assert code == 0, told
    files = unzipped(answer.content)
    json_file = next(each for each in issued["files"] if each["kind"] == "JSON")
    assert files["statement.json"] == (await owner.http.get(json_file["downloadUrl"], headers=owner.headers)).content
    assert files["statement.jws"].decode().strip() == issued["signature"]
    manifest = json.loads(files["manifest.json"])
    assert (manifest["number"], manifest["tenant"], manifest["as_of"]) == (
        issued["number"], "wuxi", json.loads(files["statement.json"])["known_at"],
    )  # fmt: skip
    # Asked again it is the same: nothing in it depends on when it was asked for but the keys and the signature's chance.
    again = unzipped((await fetched(owner, issued)).content)
    assert {name: each for name, each in again.items() if name != "signature.jws"} == {
        name: each for name, each in files.items() if name != "signature.jws"
    }


async def test_what_came_later_is_not_in_it(
    databases: Databases, owner: Client, works: Works, issued: dict[str, Any], tmp_path: Path,
    statement_settings: Settings,
) -> None:  # fmt: skip
    before = unzipped((await fetched(owner, issued)).content)
    await retired(databases, works.held, Selection("CCER", Decimal(1)), purpose="event", beneficiary="后来")
    await computed(databases, works, 2025, is_verified=False)
    later = await statement_of(owner, works)
    after = (await fetched(owner, issued)).content
    assert {name: each for name, each in unzipped(after).items() if name != "signature.jws"} == {
        name: each for name, each in before.items() if name != "signature.jws"
    }
    assert (await checked(tmp_path, after, owner))[0] == 0
    # The retirement is no sealed entry yet: its proof cannot be told, until the next checkpoint covers it.
    code, told = await checked(tmp_path, (await fetched(owner, later)).content, owner)
    assert code == 2, told
    assert told.count("\n✓ ") == 10
    assert "no proof in the bundle (not_sealed)" in told
    await sealed(databases, statement_settings)
    assert (await checked(tmp_path, (await fetched(owner, later)).content, owner))[0] == 0


async def test_a_part_of_a_year_is_recomputed_from_its_months(owner: Client, works: Works, tmp_path: Path) -> None:
    issued = await statement_of(owner, works, "2025-03-01", "2025-06-30")
    content = (await fetched(owner, issued)).content
    code, told = await checked(tmp_path, content, owner)
    assert code == 0, told
    stated = json.loads(unzipped(content)["statement.json"])
    (inventory,) = [each for each in json.loads(unzipped(content)["inputs/inventories.json"]) if each["year"] == 2025]
    inside = [each for each in inventory["months"] if "2025-03" <= each["month"] <= "2025-06"]
    assert len(inside) == 4
    (year,) = stated["emissions"]
    assert Decimal(year["period"]["scope1"]["value"]) == sum(Decimal(each["scope1"]) for each in inside)


async def test_asking_takes_the_same_statements_however_many_movements_there_are(
    databases: Databases, owner: Client, works: Works, statement_settings: Settings
) -> None:
    async def counted() -> int:
        issued = await statement_of(owner, works)
        account_id, statement_id = uuids(issued["id"], "AccountStatement")
        seen: list[str] = []

        def note(_connection: Any, _cursor: Any, text: str, *_rest: Any) -> None:
            seen.append(text)

        engine = databases.engine("wuxi").sync_engine
        event.listen(engine, "before_cursor_execute", note)
        try:
            await sessions.make(
                databases, Storage.of(statement_settings), statement_settings, works.scope, account_id, statement_id
            )
        finally:
            event.remove(engine, "before_cursor_execute", note)
        return len(seen)

    await sealed(databases, statement_settings)
    before = await counted()
    for _ in range(3):
        await retired(databases, works.held, Selection("CCER", Decimal(1)), purpose="event", beneficiary="多次")
    assert await counted() == before
    await sealed(databases, statement_settings)
    assert await counted() <= before + 1  # one more checkpoint lies over them


async def test_who_may_see_the_account_has_the_same_and_nobody_else_any(
    databases: Databases, client: Client, owner: Client, works: Works, issued: dict[str, Any], tmp_path: Path
) -> None:
    own = unzipped((await fetched(owner, issued)).content)
    bureau = await client.signed_in(await identity.authority(databases))
    theirs = (await fetched(bureau, issued)).content
    assert {name: each for name, each in unzipped(theirs).items() if name != "signature.jws"} == {
        name: each for name, each in own.items() if name != "signature.jws"
    }
    assert (await checked(tmp_path, theirs, owner))[0] == 0
    for who in (
        await client.signed_in(await identity.enterprise(databases)),
        await client.signed_in(await identity.organisation(databases, Kind.VERIFIER)),
        await client.signed_in(await identity.authority(databases, division="320205")),
    ):
        for end, method in (("/bundle.zip", "GET"), ("/bundle", "POST")):
            answer = await fetched(who, issued, end, method)
            assert (answer.status_code, answer.json()["code"]) == (404, "statement_not_found")
    bank = await client.signed_in(await identity.organisation(databases, Kind.BANK))
    assert (await fetched(bank, issued)).json()["code"] == "forbidden"
    assert (await fetched(client, issued)).status_code == 401
    unknown = issued | {"address": issued["address"].replace(issued["id"], str(new_id()))}
    assert (await fetched(owner, unknown)).json()["code"] == "statement_not_found"


async def test_a_large_one_is_made_by_a_job_and_kept(
    databases: Databases, owner: Client, client: Client, works: Works, issued: dict[str, Any], tmp_path: Path,
    statement_settings: Settings, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setitem(sessions.make.__kwdefaults__, "most", 3)
    refused = (await fetched(owner, issued)).json()
    assert refused["code"] == "bundle_not_made"
    assert f"{MOST_DIRECT}" not in refused["messageEn"]
    asked = await fetched(owner, issued, "/bundle", "POST")
    assert asked.status_code == 202
    job_id = uuids(asked.json()["jobId"], "Job")[-1]
    _, statement_id = uuids(issued["id"], "AccountStatement")
    task = Task(databases, works.scope, Storage.of(statement_settings), statement_settings, UUID(str(job_id)))
    result = await make_bundle(task, {"account_id": str(works.id), "statement_id": str(statement_id)})
    again = await make_bundle(task, {"account_id": str(works.id), "statement_id": str(statement_id)})
    assert result["movements"] == result["proofs"] >= 8
    assert result["file_name"] == again["file_name"] == f"{issued['number']}.zip"
    kept = await owner.http.get(asked.json()["downloadUrl"], headers=owner.headers)
    assert kept.status_code == 200
    assert int(kept.headers["content-length"]) == again["size"] == len(kept.content)
    counts = [kept.headers[f"carbon-bundle-{each}"] for each in ("movements", "proofs")]
    assert counts == [str(again["movements"]), str(again["proofs"])]
    assert (await checked(tmp_path, kept.content, owner))[0] == 0
    stranger = await client.signed_in(await identity.enterprise(databases))
    assert (await fetched(stranger, issued)).json()["code"] == "statement_not_found"
    # One that was kept before its counts were is handed out without them.
    store, key = task.storage, sessions.place(works.scope, works.id, statement_id, "json")
    await store.delete(key)
    older = await fetched(owner, issued)
    assert (older.status_code, older.content) == (200, kept.content)
    assert "carbon-bundle-movements" not in older.headers


async def test_one_that_would_not_fit_in_memory_is_refused_by_name(
    databases: Databases, owner: Client, works: Works, issued: dict[str, Any], statement_settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(sessions, "MOST_MADE", 300)
    refused = await fetched(owner, issued)
    assert (refused.status_code, refused.json()["code"]) == (409, "bundle_too_large")
    asked = await fetched(owner, issued, "/bundle", "POST")
    assert (asked.status_code, asked.json()["code"]) == (409, "bundle_too_large")
    _, statement_id = uuids(issued["id"], "AccountStatement")
    task = Task(databases, works.scope, Storage.of(statement_settings), statement_settings, new_id())
    with pytest.raises(BundleTooLarge, match="more than the 300"):
        await make_bundle(task, {"account_id": str(works.id), "statement_id": str(statement_id)})


async def test_a_statement_changed_in_storage_is_not_bundled(
    databases: Databases, owner: Client, works: Works, issued: dict[str, Any], statement_settings: Settings
) -> None:
    account_id, statement_id = uuids(issued["id"], "AccountStatement")
    async with databases.read(works.scope) as read:
        value = await service.issued_statement(read, works.scope, account_id, statement_id)
    file = value.file(FileKind.JSON)
    assert file is not None
    store = Storage.of(statement_settings)
    kept = await store.read(file.object_key)
    await store.put(file.object_key, kept.replace(b"2025", b"2024", 1))
    answer = await fetched(owner, issued)
    assert (answer.status_code, answer.json()["code"]) == (503, "document_not_made")
    await store.put(file.object_key, kept)
    assert (await fetched(owner, issued)).status_code == 200
