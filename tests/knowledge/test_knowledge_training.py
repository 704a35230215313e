"""Training: files at the network's door, who completed what, who sees it."""

import io
from typing import Any

import openpyxl
import pytest
from factories import identity
from factories.api import Client
from factories.knowledge import entered

from backend.kit.db import Databases
from backend.kit.errors import Forbidden
from backend.kit.scope import Scope
from backend.knowledge import service
from backend.knowledge.errors import KnowledgeEntryNotFound, KnowledgeEntryWithdrawn, KnowledgeNoTraining
from backend.knowledge.library.shipped import entry_id
from backend.knowledge.values import CompletionValue, EntryKind, EntryValue
from backend.wire.nodes import node_id

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"


async def training(databases: Databases, scope: Scope, *, is_internal: bool = False) -> EntryValue:
    return await entered(
        databases, scope, kind=EntryKind.TRAINING, is_internal=is_internal, title_zh="双碳干部培训教材"
    )


async def complete(databases: Databases, scope: Scope, entry: EntryValue) -> CompletionValue:
    async with databases.write(scope) as write:
        return await service.complete_training(write, scope, entry.id)


async def seen(databases: Databases, scope: Scope, entry: EntryValue) -> set[Any]:
    async with databases.read(scope) as read:
        return {each.organisation_id for each in await service.completions(read, scope, entry.id, limit=50)}


async def test_completions_are_seen_by_the_own_organisation_and_by_the_authority(databases: Databases) -> None:
    bureau = await identity.authority(databases, division="320211")
    entry = await training(databases, bureau.scope)
    one, two = [await identity.enterprise(databases, division="320211") for _ in range(2)]
    bank = await identity.bank(databases)
    first = await complete(databases, one.scope, entry)
    again = await complete(databases, one.scope, entry)
    assert (again, first.version) == (first, 1)
    for other in (two, bank, bureau):
        await complete(databases, other.scope, entry)
    everybody = {one.id, two.id, bank.id, bureau.id}
    assert await seen(databases, bureau.scope, entry) == everybody
    assert await seen(databases, (await identity.authority(databases)).scope, entry) == everybody
    assert await seen(databases, one.scope, entry) == {one.id}
    assert await seen(databases, (await identity.authority(databases, division="320205")).scope, entry) == set()


async def test_what_is_completed_is_training_somebody_may_read(databases: Databases) -> None:
    bureau = await identity.authority(databases, division="320211")
    plant = (await identity.enterprise(databases, division="320211")).scope
    hidden = await training(databases, bureau.scope, is_internal=True)
    with pytest.raises(KnowledgeEntryNotFound):
        await complete(databases, plant, hidden)
    with pytest.raises(KnowledgeNoTraining):
        await complete(databases, plant, await entered(databases, bureau.scope))
    async with databases.write(plant) as write:
        with pytest.raises(KnowledgeNoTraining):
            await service.complete_training(write, plant, entry_id("guizhou-dual-control"))
    entry = await training(databases, bureau.scope)
    system = Scope.system("wuxi")
    with pytest.raises(Forbidden):
        await complete(databases, system, entry)
    async with databases.write(bureau.scope) as write:
        await service.withdraw_entry(write, bureau.scope, entry.id, "换新版")
    with pytest.raises(KnowledgeEntryWithdrawn):
        await complete(databases, plant, entry)
    assert await seen(databases, bureau.scope, entry) == set()


async def test_a_file_comes_in_once_and_goes_out_to_whoever_reads_the_entry(
    databases: Databases, client: Client
) -> None:
    bureau = await client.signed_in(await identity.authority(databases, division="320211"))
    plant = await client.signed_in(await identity.enterprise(databases, division="320205"))
    given = {"kind": "TRAINING", "titleZh": "能源管理岗位培训", "source": "市发展改革委"}
    entry = (await bureau.named("RecordKnowledgeEntry", input=given))["recordKnowledgeEntry"]["entry"]["id"]
    url = f"/wuxi/knowledge/{entry}/files"
    sent = {"file": ("讲义.pdf", PDF, "application/pdf")}
    made = await bureau.http.post(url, headers=bureau.headers, files=sent)
    assert made.status_code == 201, made.text
    again = await bureau.http.post(url, headers=bureau.headers, files=sent)
    assert (again.status_code, again.json()["id"], again.json()["isNew"]) == (200, made.json()["id"], False)
    wrong = await bureau.http.post(url, headers=bureau.headers, files={"file": ("a.pdf", b"MZ\0\0", "application/pdf")})
    assert wrong.json()["code"] == "file_type_refused"
    refused = await plant.http.post(url, headers=plant.headers, files=sent)
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    shown = (await plant.named("KnowledgeDocument", id=entry))["node"]
    assert [(each["fileName"], each["size"]) for each in shown["files"]] == [("讲义.pdf", len(PDF))]
    assert shown["completedAt"] is None
    got = await plant.http.get(shown["files"][0]["url"], headers=plant.headers)
    assert (got.status_code, got.content, got.headers["content-type"]) == (200, PDF, "application/pdf")
    done = (await plant.named("CompleteKnowledgeTraining", input={"id": entry}))["completeKnowledgeTraining"]
    assert done["__typename"] == "KnowledgeTrainingCompleted", done
    assert (await plant.named("KnowledgeDocument", id=entry))["node"]["completedAt"] is not None
    (told,) = (await bureau.named("KnowledgeCompletions", entryId=entry))["knowledgeCompletions"]["nodes"]
    assert (told["name"], told["version"]) == (done["completion"]["name"], 1)
    sheet = await bureau.http.get(f"/wuxi/downloads/training-completions.xlsx?entry={entry}", headers=bureau.headers)
    rows = list(openpyxl.load_workbook(io.BytesIO(sheet.content)).worksheets[0].iter_rows(values_only=True))
    assert [(row[0], row[1]) for row in rows[3:]] == [("能源管理岗位培训", told["name"])]


async def test_an_internal_file_is_not_there_for_others(databases: Databases, client: Client) -> None:
    made = await identity.authority(databases, division="320211")
    bureau = await client.signed_in(made)
    entry = await training(databases, made.scope, is_internal=True)
    url = f"/wuxi/knowledge/{node_id('KnowledgeEntry', entry.id)}/files"
    answer = await bureau.http.post(url, headers=bureau.headers, files={"file": ("a.pdf", PDF, "application/pdf")})
    address = answer.json()["downloadUrl"]
    assert (await bureau.http.get(address, headers=bureau.headers)).status_code == 200
    for stranger in (await identity.authority(databases, division="320205"), await identity.bank(databases)):
        other = await client.signed_in(stranger)
        refused = await other.http.get(address, headers=other.headers)
        assert (refused.status_code, refused.json()["code"]) == (404, "knowledge_entry_not_found")
    assert (await client.http.get(address)).status_code == 401
