"""Certificates from the books: who may have what certified, once; withdrawn with the retirement; keys that renew."""

import asyncio
import base64
import hashlib
import io
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from factories import identity
from factories.accounts import Held, held_account
from factories.api import Client
from factories.ledger import imported, issued
from factories.statements import retired, reversed_
from pyhanko.pdf_utils.reader import PdfFileReader
from sqlalchemy import func, select, text

from backend.identity import service as identity_service
from backend.kit.audit import AuditEvent
from backend.kit.db import Databases
from backend.kit.errors import Forbidden
from backend.kit.ids import new_id
from backend.kit.scope import Scope
from backend.kit.storage import Storage
from backend.ledger.values import MovementValue, Selection
from backend.statements import service
from backend.statements.models import Certificate, CertifiedRetirement
from backend.statements.values import CertificateState
from backend.wire.nodes import node_id

D = Decimal


@pytest.fixture
async def held(databases: Databases) -> Held:
    return await held_account(databases)


@pytest.fixture
async def owner(client: Client, held: Held) -> Client:
    return await client.signed_in(held.holder)


async def issue(client: Client, *movements: MovementValue, **more: Any) -> dict[str, Any]:
    ids = [str(node_id("UnitMovement", each.id)) for each in movements]
    data = await client.named("IssueRetirementCertificate", input={"movementIds": ids}, **more)
    return data["issueRetirementCertificate"]


async def ok(client: Client, *movements: MovementValue) -> dict[str, Any]:
    answer = await issue(client, *movements)
    assert answer["__typename"] == "RetirementCertificateIssued", answer
    return answer["certificate"]


async def counted(databases: Databases, held: Held) -> tuple[int, int]:
    async with databases.read(held.scope) as read:
        return (
            await read.value(select(func.count()).select_from(Certificate).where(Certificate.account_id == held.id)),
            await read.value(
                select(func.count()).select_from(CertifiedRetirement).where(CertifiedRetirement.account_id == held.id)
            ),
        )


async def test_a_group_of_retirements_gets_one_certificate(
    databases: Databases, held: Held, owner: Client, tmp_path: Path, verify: Any
) -> None:
    await imported(databases, held.scope, held.id, "GEC", 100, project_code="PV-1", vintage=2026)
    made = await issued(databases, held.id, "CCER", 50, vintage=2025)
    start = made.serials[0][0]
    group = await retired(
        databases, held, Selection("GEC", D(30)),
        Selection("CCER", serials=((start, start + 4), (start + 10, start + 10))), purpose="event",
    )  # fmt: skip
    certificate = await ok(owner, *group)
    assert certificate["state"] == "VALID"
    assert {(each["classCode"], each["quantity"], each["unit"]) for each in certificate["totals"]} == {
        ("GEC", "30", "MWh"), ("CCER", "6", "tCO2e"),
    }  # fmt: skip
    shown = (await owner.named("RetirementCertificate", id=certificate["id"]))["retirementCertificate"]
    facts = shown["facts"]
    assert [each["movement"] for each in facts["retirements"]] == sorted(each.number for each in group)
    by_class = {each["class"]: each for each in facts["retirements"]}
    assert [(each["first"], each["last"]) for each in by_class["CCER"]["batches"][0]["ranges"]] == [
        (start, start + 4), (start + 10, start + 10),
    ]  # fmt: skip
    (gec,) = by_class["GEC"]["batches"]
    assert (gec["origin"], gec["project"], gec["vintage"], gec["quantity"]) == ("imported", "PV-1", 2026, "30")
    (code,) = gec["ranges"][0]["registry"]
    assert (code["registry"], code["count"]) == ("test", 30)
    assert code["first"].endswith(" 1")
    assert code["last"].endswith(" 30")
    assert by_class["GEC"]["purpose_zh"] == "活动碳中和"
    assert by_class["GEC"]["journal"]["position"] > 0
    assert len(by_class["GEC"]["journal"]["hash"]) == 64
    assert facts["holder"]["credit_code"] == held.holder.credit_code
    assert facts["verify_url"] == f"http://localhost:8000/wuxi/verify/{certificate['number']}"

    answer = await owner.http.get(certificate["downloadUrl"], headers=owner.headers)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/pdf"
    assert f"{certificate['number']}.pdf" in answer.headers["content-disposition"]
    assert hashlib.sha256(answer.content).hexdigest() == certificate["sha256"]
    assert len(answer.content) == certificate["size"]
    reader = PdfFileReader(io.BytesIO(answer.content))
    assert json.loads(reader.root["/AF"][0]["/EF"]["/F"].data) == facts
    (signature,) = reader.embedded_signatures
    keys = (await owner.http.get("/wuxi/.well-known/documents.json")).json()["keys"]
    (key,) = [each for each in keys if each["kid"] == certificate["keyId"]]
    assert base64.b64decode(key["x5c"][0]) == signature.signer_cert.dump()
    assert key["revoked_at"] is None
    assert {"d", "private"} & set(key) == set()
    (tmp_path / "c.pdf").write_bytes(answer.content)
    (tmp_path / "documents.json").write_text(json.dumps({"keys": keys}))
    assert await asyncio.to_thread(verify, tmp_path / "c.pdf", tmp_path / "documents.json") == facts


async def test_the_same_retirements_give_the_same_certificate(databases: Databases, held: Held, owner: Client) -> None:
    await issued(databases, held.id, "CCER", 50)
    one, two = await retired(databases, held, Selection("CCER", D(5)), Selection("CCER", D(6)))
    answers = await asyncio.gather(*(ok(owner, one, two) for _ in range(4)), ok(owner, two, one))
    assert len({each["id"] for each in answers}) == 1
    assert await counted(databases, held) == (1, 2)
    # No retirement stands on two certificates.
    alone = await issue(owner, one)
    assert (alone["code"], alone["details"]) == (
        "retirement_certified", {"number": one.number, "certificate": answers[0]["number"]},
    )  # fmt: skip
    (three,) = await retired(databases, held, Selection("CCER", D(1)))
    assert (await issue(owner, two, three))["code"] == "retirement_certified"
    assert await counted(databases, held) == (1, 2)
    assert (await ok(owner, three))["number"] != answers[0]["number"]


async def test_a_reversal_withdraws_it_and_the_rest_may_be_certified_anew(
    databases: Databases, held: Held, owner: Client
) -> None:
    await issued(databases, held.id, "CCER", 50)
    one, two = await retired(databases, held, Selection("CCER", D(5)), Selection("CCER", D(6)))
    first = await ok(owner, one, two)
    undone = await reversed_(databases, one.id)
    shown = (await owner.named("RetirementCertificate", id=first["id"]))["retirementCertificate"]
    assert shown["state"] == "WITHDRAWN"
    assert shown["withdrawnAt"] is not None
    assert shown["sha256"] == first["sha256"]
    assert (await issue(owner, one))["code"] == "retirement_reversed"
    assert (await issue(owner, one, two))["code"] == "retirement_reversed"
    second = await ok(owner, two)
    assert second["id"] != first["id"]
    assert second["state"] == "VALID"
    assert await counted(databases, held) == (2, 3)
    async with databases.read(held.scope) as read:
        value = await service.certificate_by_number(read, held.scope, first["number"])
        assert value is not None
        (how,) = await service.standings(read, held.scope, [value])
    assert how.state is CertificateState.WITHDRAWN
    assert how.reversals == (undone.number,)
    page = await owner.named("RetirementCertificates", accountId=node_id("CarbonAccount", held.id), first=1)
    (node,) = page["retirementCertificates"]["nodes"]
    assert (node["number"], node["state"]) == (second["number"], "VALID")
    after = page["retirementCertificates"]["pageInfo"]
    assert after["hasNextPage"]
    page = await owner.named(
        "RetirementCertificates", accountId=node_id("CarbonAccount", held.id), after=after["endCursor"]
    )
    assert [each["number"] for each in page["retirementCertificates"]["nodes"]] == [first["number"]]


async def test_what_is_no_retirement_of_ones_own_is_refused(
    databases: Databases, held: Held, owner: Client, client: Client
) -> None:
    made = await issued(databases, held.id, "CCER", 50)
    (gone,) = await retired(databases, held, Selection("CCER", D(5)))
    other = await held_account(databases, holder=held.holder)
    await issued(databases, other.id, "CCER", 5)
    (theirs,) = await retired(databases, other, Selection("CCER", D(5)))
    assert (await issue(owner, made))["code"] == "not_a_retirement"
    assert (await issue(owner, gone, theirs))["code"] == "retirements_of_several_accounts"
    assert (await issue(owner))["code"] == "retirements_missing"
    unknown = await owner.named(
        "IssueRetirementCertificate", input={"movementIds": [str(node_id("UnitMovement", new_id()))]}
    )
    assert unknown["issueRetirementCertificate"]["code"] == "retirement_not_found"
    wrong = await owner.named(
        "IssueRetirementCertificate", input={"movementIds": [str(node_id("CarbonAccount", held.id))]}
    )
    assert wrong["issueRetirementCertificate"]["code"] == "node_id_invalid"
    stranger = await client.signed_in(await identity.enterprise(databases))
    assert (await issue(stranger, gone))["code"] == "retirement_not_found"
    bureau = await client.signed_in(await identity.authority(databases))
    assert (await issue(bureau, gone))["code"] == "forbidden"
    viewer = await identity.colleague(databases, held.holder, "viewer")
    with pytest.raises(Forbidden):
        async with databases.write(viewer) as write:
            await service.draft_certificate(write, viewer, None, [gone.id])  # type: ignore[arg-type] - refused before it is looked at
    assert await counted(databases, held) == (0, 0)
    await issue(owner, gone)
    # Who may see the account may read its certificates; nobody else learns that there are any.
    number = (await owner.named("RetirementCertificates", accountId=node_id("CarbonAccount", held.id)))[
        "retirementCertificates"
    ]["nodes"][0]["number"]
    assert (await bureau.named("RetirementCertificateByNumber", number=number))["retirementCertificateByNumber"]
    assert (await stranger.named("RetirementCertificateByNumber", number=number)) == {
        "retirementCertificateByNumber": None
    }


async def test_a_document_that_cannot_be_stored_leaves_no_certificate(
    databases: Databases, held: Held, owner: Client, door: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    await issued(databases, held.id, "CCER", 50)
    (gone,) = await retired(databases, held, Selection("CCER", D(5)))

    async def failing(*_given: Any, **_more: Any) -> Any:
        from backend.kit.storage import StorageUnavailable  # noqa: PLC0415 - where it is raised

        raise StorageUnavailable

    monkeypatch.setattr(Storage, "put", failing)
    assert (await issue(owner, gone))["code"] == "storage_unavailable"
    assert await counted(databases, held) == (0, 0)
    monkeypatch.undo()
    assert (await ok(owner, gone))["state"] == "VALID"


async def test_keys_renew_and_stay_published(databases: Databases, servers: Any) -> None:
    scope, seal = Scope.system("guizhou"), identity_service.seal_of(servers.settings)

    async def key_id() -> str:
        async with databases.write(scope) as write:
            return (await service.document_key(write, scope, seal)).id

    async def published() -> dict[str, Any]:
        async with databases.read(scope) as read:
            return {each["kid"]: each for each in await service.public_keys(read, scope)}

    assert len(set(await asyncio.gather(*(key_id() for _ in range(5))))) == 1
    first = await key_id()
    async with databases.write(scope) as write:
        second = await service.renew_document_key(write, scope, seal)
    assert await key_id() == second != first
    assert [each["revoked_at"] for each in (await published()).values()] == [None, None]
    async with databases.write(scope) as write:
        third = await service.renew_document_key(write, scope, seal, is_compromised=True)
    keys = await published()
    assert list(keys) == [first, second, third]
    assert [each["revoked_at"] is None for each in keys.values()] == [False, False, True]
    # A year later the next document makes a new key; the old one is still there to verify with.
    async with databases.write(scope) as write:
        await write.run(text("update document_key set created_at = created_at - interval '366 days'"))
    assert await key_id() not in keys
    assert set(keys) < set(await published())
    # A key that another installation sealed cannot sign here; a new one is made beside it.
    async with databases.write(scope) as write:
        await write.run(
            text("update document_key set private_sealed = reverse(private_sealed) where retired_at is null")
        )
    assert await key_id() not in keys
    certificate = x509.load_der_x509_certificate(base64.b64decode(keys[first]["x5c"][0]))
    assert "贵州省碳账户文件签章" in certificate.subject.rfc4514_string()
    plant = await identity.enterprise(databases, tenant="guizhou")
    for refused in (service.document_key, service.renew_document_key):
        with pytest.raises(Forbidden):
            async with databases.write(plant.scope) as write:
                await refused(write, plant.scope, seal)


async def test_issuing_is_audited_and_the_books_only_grow(databases: Databases, held: Held, owner: Client) -> None:
    await issued(databases, held.id, "CCER", 50)
    (gone,) = await retired(databases, held, Selection("CCER", D(5)))
    certificate = await ok(owner, gone)
    async with databases.read(held.scope.as_system()) as read:
        (event,) = await read.rows(
            select(AuditEvent.__table__).where(
                AuditEvent.chain_id == held.holder.id, AuditEvent.action == "statements:issue"
            )
        )
    assert event.details["number"] == certificate["number"]
    assert event.details["sha256"] == certificate["sha256"]
    for statement in (
        "update retirement_certificate set sha256 = repeat('0', 64)", "delete from retirement_certificate",
        "update certified_retirement set edition = 9", "delete from certified_retirement", "delete from document_key",
    ):  # fmt: skip
        with pytest.raises(Exception, match="permission denied"):
            async with databases.write(held.scope.as_system()) as write:
                await write.run(text(statement))
