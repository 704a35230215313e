"""A disclosure through the public API: from the profile to the verifier's statement, and who reads what of it."""

import hashlib
import json
from dataclasses import replace
from typing import Any

import httpx
import pytest
from factories import accounts, identity, standards
from factories.api import Client
from factories.working import app, http  # noqa: F401 - fixtures
from sqlalchemy import text

from backend.esg import service
from backend.kit.db import Databases
from backend.wire.nodes import node_id

GOVERNANCE = {"point": "exchanges:GOV", "textZh": "董事会下设可持续发展委员会。", "textEn": "A committee of the board."}


@pytest.fixture
def nobody(http: httpx.AsyncClient) -> Client:  # noqa: F811
    return Client(http, "wuxi")


async def done(client: Client, operation: str, key: str | None = None, **given: Any) -> dict[str, Any]:
    """Send a command that must be done; with a key twice, and both answers must be the same."""
    name = operation[0].lower() + operation[1:]
    answer = (await client.named(operation, input=given, idempotencyKey=key))[name]
    assert "code" not in answer, answer
    if key is not None:
        assert (await client.named(operation, input=given, idempotencyKey=key))[name] == answer
    return answer


async def refused(client: Client, operation: str, **given: Any) -> str:
    """Send a command that must be refused; return the error's code."""
    name = operation[0].lower() + operation[1:]
    return (await client.named(operation, input=given))[name]["code"]


async def test_from_the_profile_to_the_statement(  # noqa: PLR0915 - one story, told once
    databases: Databases, nobody: Client
) -> None:
    held = await accounts.held_account(databases, division="320206")
    body = await identity.verifier(databases)
    await identity.engaged(databases, held.holder, body)
    person = await identity.person(databases)
    await identity.grant(databases, held.holder, person, "carbon_officer")
    second_person = replace(held.holder, person_id=person, email=identity.address(person))
    writer, second = await nobody.signed_in(held.holder), await nobody.signed_in(second_person)
    verifier = await nobody.signed_in(body)
    bureau = await nobody.signed_in(await identity.authority(databases, division="320206"))
    account = str(node_id("CarbonAccount", held.id))

    await done(writer, "RecordDisclosureProfile", "p1", accountId=account, asOf="2026-01-01", exchange="NONE",
               isKeyDischarger=False)  # fmt: skip
    found = await writer.named("DisclosureApplicability", accountId=account, year=2025)
    assert {each["outcome"] for each in found["disclosureApplicability"]} == {"VOLUNTARY"}
    opened = await done(writer, "OpenDisclosure", "o1", accountId=account, year=2025)
    one = opened["disclosure"]["id"]
    assert await refused(writer, "OpenDisclosure", accountId=account, year=2025) == "disclosure_on_its_way"
    answered = await done(writer, "AnswerDisclosurePoint", "a1", disclosureId=one, **GOVERNANCE)
    assert answered["entry"]["text"] == {"zh": GOVERNANCE["textZh"], "en": GOVERNANCE["textEn"]}
    owner = str(node_id("Person", person))
    tasks = await done(writer, "AssignDisclosurePoints", "t1", disclosureId=one, points=["exchanges:STR"],
                       ownerId=owner, dueOn="2026-01-31")  # fmt: skip
    assert [(each["point"], each["owner"]["id"]) for each in tasks["tasks"]] == [("exchanges:STR", owner)]
    late = await second.named("DisclosureTasks", accountId=account, isOverdue=True)
    assert [each["point"] for each in late["disclosureTasks"]["nodes"]] == ["exchanges:STR"]
    topic = {"topic": 1, "impact": "4", "financial": "2", "impactReason": "排放", "financialReason": "有限"}
    await done(writer, "AssessDisclosureTopics", "m1", disclosureId=one, topics=[topic])
    work = (await verifier.named("DisclosureWork", id=one))["disclosureWork"]
    assert (work["matrix"][0]["isImpactMaterial"], work["matrix"][0]["isFinanciallyMaterial"]) == (True, False)
    points = {each["point"]: each for each in work["points"]}
    assert points["basic:4.1"]["coveredBy"] == "exchanges:GOV"
    assert points["ghg.scope1"]["state"] == "UNKNOWN"
    assert points["ghg.scope1"]["prefill"]["reason"]["en"] == "There is no inventory for 2025."
    assert {each["isBlocking"] for each in work["gaps"]} == {True, False}
    said = await writer.named("DisclosurePointHistory", id=one, point="exchanges:GOV")
    assert [each["kind"] for each in said["disclosurePointHistory"]] == ["ANSWER"]

    await done(writer, "SubmitDisclosure", "s1", disclosureId=one)
    assert await refused(writer, "ApproveDisclosure", disclosureId=one) == "disclosure_second_person_needed"
    remarks = [{"point": "exchanges:GOV", "text": "请写明频次"}]
    returned = await done(second, "ReturnDisclosure", "r1", disclosureId=one, remarks=remarks)
    assert returned["disclosure"]["state"] == "DRAFT"
    assert await refused(writer, "SubmitDisclosure", disclosureId=one) == "disclosure_remarks_unanswered"
    answers = [{"point": "exchanges:GOV", "text": "每季一次，已载明"}]
    await done(writer, "SubmitDisclosure", "s2", disclosureId=one, answers=answers)
    steps = (await second.named("DisclosureWork", id=one))["disclosureWork"]["steps"]
    assert [(each["step"], each["remarks"], each["answers"]) for each in steps[-2:]] == [
        ("RETURN", remarks, []), ("SUBMIT", [], answers),
    ]  # fmt: skip
    assert await refused(writer, "PublishDisclosure", disclosureId=one) == "disclosure_state_wrong"
    await done(second, "ApproveDisclosure", "v1", disclosureId=one)
    published = (await done(second, "PublishDisclosure", "x1", disclosureId=one))["publication"]
    assert published["number"] == f"ESG-{held.account.number.removeprefix('CA-')}-2025-V1"
    assert published["sha256"] == hashlib.sha256(published["content"].encode()).hexdigest()
    assert json.loads(published["content"])["account"]["number"] == held.account.number
    signed = await done(verifier, "AssureDisclosure", "y1", publicationId=published["id"], level="LIMITED",
                        standard="ISAE 3000", scope="范围一、范围二", opinion="未发现重大错报。")  # fmt: skip
    assert signed["assurance"]["publicationSha256"] == published["sha256"]

    theirs = (await bureau.named("Disclosures", accountId=account))["disclosures"]["nodes"]
    assert [(each["year"], each["state"]) for each in theirs] == [(2025, "PUBLISHED")]
    seen = (await bureau.named("DisclosurePublication", id=published["id"]))["disclosurePublication"]
    assert seen["content"] == published["content"]
    assert [each["level"] for each in seen["assurances"]] == ["LIMITED"]
    assert seen["assurances"][0]["verifier"]["id"] == str(node_id("Organisation", body.id))
    answer = await bureau.send({"operationName": "DisclosureWork", "variables": {"id": one}})
    assert answer.json()["errors"][0]["extensions"]["code"] == "disclosure_not_yours"
    duties = (await bureau.named("DisclosureDuties", accountId=account, on="2026-12-31"))["disclosureDuties"]
    assert {each["state"] for each in duties} == {"DONE"}
    corrected = await done(writer, "CorrectDisclosure", "c1", publicationId=published["id"], reason="补充范围三")
    assert (corrected["disclosure"]["version"], corrected["disclosure"]["correctsId"]) == (2, published["id"])


async def test_the_library_says_how_sure_it_is(databases: Databases, nobody: Client) -> None:
    client = await nobody.signed_in(await identity.enterprise(databases))
    found = (await client.named("DisclosureLibrary"))["disclosureLibrary"]
    codes = [each["code"] for each in found["standards"]]
    assert set(codes) == standards.standards().keys() - {"changzhou"}
    assert len(found["topics"]) == 21
    assert found["materiality"]["isPlaceholder"] is True
    climate = next(each for each in found["standards"] if each["code"] == "climate")
    assert (climate["document"], climate["isBindingOnSome"]) == ("财会〔2025〕34号", False)
    assert {each["confidence"] for each in climate["requirements"]} == {"from-memory"}
    keys = {each["key"] for one in found["standards"] for each in one["requirements"]}
    assert all({each["fromKey"], each["toKey"]} <= keys for each in found["crosswalk"])
    versions = (await client.named("DisclosureStandardVersions"))["disclosureStandardVersions"]
    assert {(each["code"], each["version"]) for each in versions} >= {("exchanges", "2024"), ("basic", "2024")}


async def test_a_bank_reads_nothing_of_disclosures(databases: Databases, nobody: Client) -> None:
    held = await accounts.held_account(databases)
    lender = await identity.bank(databases)
    await identity.consented(databases, held.holder, lender)
    client = await nobody.signed_in(lender)
    for operation, variables in (("Disclosures", {}), ("DisclosurePublications", {}), ("DisclosureLibrary", {})):
        answer = await client.send({"operationName": operation, "variables": variables})
        assert answer.json()["errors"][0]["extensions"]["code"] == "forbidden", operation
    async with databases.write(held.scope) as write:
        await service.open_disclosure(write, held.scope, account_id=held.id, year=2025)
    # Were its role to grant it, the database would still show nothing of an account that consented.
    granted = replace(lender.scope, permissions=lender.scope.permissions | {"esg:read"})
    async with databases.read(granted) as read:
        assert await service.disclosures(read, granted, account_id=held.id, year=None, after=None, limit=9) == []
        for table in ("esg_profile", "esg_entry", "esg_step", "esg_publication", "esg_assurance"):
            assert await read.value(text(f"select count(*) from {table}")) == 0
