"""Files, ratings and the city's view through the public API."""

import io

import docx
import httpx
import pytest
from factories import accounts, identity
from factories.api import Client
from factories.disclosure import disclosed
from factories.working import app, http  # noqa: F401 - fixtures

from backend.kit.db import Databases
from backend.wire.nodes import node_id


@pytest.fixture
def nobody(http: httpx.AsyncClient) -> Client:  # noqa: F811
    return Client(http, "wuxi")


async def test_files_leave_to_those_who_may_read(databases: Databases, nobody: Client) -> None:
    held = await accounts.held_account(databases, division="320206")
    body = await identity.verifier(databases)
    await identity.engaged(databases, held.holder, body)
    made = await disclosed(databases, held, body)
    owner, stranger = await nobody.signed_in(held.holder), await nobody.signed_in(await identity.enterprise(databases))
    bureau = await nobody.signed_in(await identity.authority(databases, division="320206"))
    account = str(node_id("CarbonAccount", held.id))
    publication, draft = (str(node_id(made[each][0], *made[each][1])) for each in ("publication", "disclosure"))

    async def fetched(who: Client, kind: str, name: str) -> httpx.Response:
        return await who.http.get(f"/wuxi/accounts/{account}/{kind}/{name}", headers=who.headers)

    word = await fetched(owner, "publications", f"{publication}.docx?lang=en")
    assert word.status_code == 200
    assert "attachment" in word.headers["content-disposition"]
    assert any(
        "Sustainability disclosure 2024" in each.text for each in docx.Document(io.BytesIO(word.content)).paragraphs
    )
    found = (await bureau.named("DisclosurePublication", id=publication))["disclosurePublication"]
    assert (await fetched(bureau, "publications", f"{publication}.json")).text == found["content"]
    assert (await fetched(owner, "publications", publication)).text == found["content"]
    report = (await fetched(owner, "publications", f"{publication}.xbrl.json")).json()
    assert report["documentInfo"]["taxonomy"] == [f"{found['number']}.xsd"]
    assert (await fetched(owner, "publications", f"{publication}.xsd")).content.startswith(b"<?xml")
    pages = await fetched(owner, "disclosures", draft)
    assert (pages.headers["content-type"], pages.content[:5]) == ("application/pdf", b"%PDF-")
    for who, kind, name, code in (
        (owner, "disclosures", f"{draft}.xbrl.json", "disclosure_draft_has_no_data"),
        (owner, "disclosures", f"{draft}.exe", "disclosure_not_found"),
        (owner, "publications", f"{publication}.exe", "publication_not_found"),
        (stranger, "publications", f"{publication}.pdf", "publication_not_found"),
        (stranger, "disclosures", f"{draft}.pdf", "disclosure_not_found"),
        (bureau, "disclosures", f"{draft}.pdf", "disclosure_not_yours"),
        (owner, "publications", f"{draft}.pdf", "node_id_invalid"),
        (owner, "publications", f"{publication}.pdf?lang=fr", "language_unknown"),
        (owner, "publications", f"{publication}.json?lang=", "language_unknown"),
        (owner, "disclosures", f"{draft}.pdf?lang=zh-CN", "language_unknown"),
    ):
        assert (await fetched(who, kind, name)).json()["code"] == code, name
    # Each link of the answer works as it is given.
    assert [(each["kind"], each["language"]) for each in found["files"]] == [
        *((kind, language) for kind in ("PDF", "DOCX", "XLSX") for language in ("zh", "en")),
        ("JSON", ""), ("XBRL", ""), ("XSD", ""),
    ]  # fmt: skip
    for each in found["files"]:
        answer = await bureau.http.get(each["downloadUrl"], headers=bureau.headers)
        assert answer.status_code == 200, each
        assert answer.content
    work = (await owner.named("DisclosureWork", id=draft))["disclosureWork"]["disclosure"]
    assert [each["kind"] for each in work["files"]] == ["PDF", "PDF", "DOCX", "DOCX", "XLSX", "XLSX"]
    assert (await owner.http.get(work["files"][-1]["downloadUrl"], headers=owner.headers)).content[:2] == b"PK"

    ratings = (await bureau.named("DisclosureRatings", accountId=account))["disclosureRatings"]["nodes"]
    assert [(each["year"], each["cause"], each["isPlaceholder"]) for each in ratings] == [
        (2024, "assurance", True), (2024, "publication", True),
    ]  # fmt: skip
    assert {each["publicationId"] for each in ratings} == {publication}
    rubric = (await bureau.named("DisclosureRubric"))["disclosureRubric"]
    assert (rubric["version"], rubric["isPlaceholder"]) == (ratings[0]["rubricVersion"], True)


async def test_the_city_enters_sees_and_drafts(databases: Databases, nobody: Client) -> None:
    city = await nobody.signed_in(await identity.authority(databases, division="320200", role="officer"))
    held = await accounts.held_account(databases, division="320206")
    owner = await nobody.signed_in(held.holder)
    account = str(node_id("CarbonAccount", held.id))
    code = str(held.id.int % 1_000_000).zfill(6)
    entry = {"kind": "LISTED_FIRM", "name": "示例股份", "happenedOn": "2010-01-01", "document": "名录", "exchange": "SSE",
             "stockCode": code, "accountId": account}  # fmt: skip
    given = {"input": {"entries": [entry]}, "idempotencyKey": f"r{code}"}
    answer = (await city.named("RecordEsgRegister", **given))["recordEsgRegister"]
    assert answer["entries"][0]["key"] == f"sse:{code}"
    assert (await city.named("RecordEsgRegister", **given))["recordEsgRegister"] == answer
    broken = {"input": {"entries": [{**entry, "stockCode": "1"}]}}
    assert (await city.named("RecordEsgRegister", **broken))["recordEsgRegister"][
        "code"
    ] == "esg_register_entry_invalid"
    refused = await owner.named("RecordEsgRegister", input={"entries": [entry]})
    assert refused["recordEsgRegister"]["code"] == "forbidden"
    appointed = await owner.named(
        "RecordCarbonOfficer",
        input={
            "accountId": account,
            "personName": "张三",
            "title": "首席双碳官",
            "document": "决议",
            "startsOn": "2025-01-01",
        },
    )
    assert appointed["recordCarbonOfficer"]["officer"]["personName"] == "张三"
    seen = (await city.named("CarbonOfficers", accountId=account))["carbonOfficers"]["nodes"]
    assert [(each["personName"], each["account"]["id"]) for each in seen] == [("张三", account)]
    view = (await city.named("EsgCityView", year=2025))["esgCityView"]
    figures = {each["code"]: each for each in view["figures"]}
    assert int(figures["listed"]["value"]) >= 1
    assert figures["disclosure_rate"]["target"] is None
    paper = (await city.named("DraftEsgWhitePaper", input={"year": 2025}))["draftEsgWhitePaper"]["paper"]
    listed = (await city.named("EsgWhitePapers", first=5))["esgWhitePapers"]["nodes"]
    assert paper["id"] in {each["id"] for each in listed}
    file = await city.http.get(paper["downloadPath"], headers=city.headers)
    assert (file.status_code, file.content[:2]) == (200, b"PK")
    french = f"{paper['downloadPath']}?lang=fr"
    assert (await city.http.get(french, headers=city.headers)).json()["code"] == "language_unknown"
    assert (await owner.http.get(paper["downloadPath"], headers=owner.headers)).status_code == 404
