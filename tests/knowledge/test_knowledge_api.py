"""Knowledge over the wire: named operations, downloads that an import takes back."""

import base64
import io
from typing import Any

import openpyxl
from factories import identity
from factories.accounts import held_account
from factories.api import Client
from factories.knowledge import own_number

from backend.kit.db import Databases
from backend.wire.nodes import node_id


async def test_a_bank_searches_and_reads_a_document(databases: Databases, client: Client) -> None:
    bank = await client.signed_in(await identity.bank(databases))
    found = (await bank.named("KnowledgeSearch", search="源网荷储一体化", first=3))["knowledgeSearch"]
    assert found["matching"] == "ALL"
    assert found["total"] >= 3
    first = found["hits"]["edges"][0]["node"]
    assert "".join(each["text"] for each in first["title"]) == first["entry"]["titleZh"]
    following = await bank.named("KnowledgeSearch", search="源网荷储一体化", after=found["hits"]["edges"][-1]["cursor"])
    ids = [each["node"]["entry"]["id"] for each in following["knowledgeSearch"]["hits"]["edges"]]
    assert first["entry"]["id"] not in ids
    listed = await bank.named(
        "KnowledgeEntries", filter={"kinds": ["POLICY"], "since": "2025-08-08", "until": "2025-08-08"}
    )
    (policy,) = listed["knowledgeEntries"]["nodes"]
    assert (policy["number"], policy["confidence"]) == ("常政发〔2025〕43号", "verified-by-lookup")
    shown = (await bank.named("KnowledgeDocument", id=policy["id"]))["node"]
    officer = next(each for each in shown["clauses"] if each["number"] == "四（四）3")
    assert "首席双碳官" in officer["text"]
    assert "esg.carbon_officer" in officer["explains"]
    explained = (await bank.named("KnowledgeExplains", key="esg.carbon_officer"))["knowledgeExplains"]
    assert explained[0]["id"] == officer["id"]
    assert explained[0]["document"]["id"] == policy["id"]
    keys = {each["key"] for each in (await bank.named("KnowledgeLinks"))["knowledgeLinks"]}
    assert {"parks.indicator.31", "budgets"} <= keys


async def test_a_search_too_short_says_so_in_both_languages(databases: Databases, client: Client) -> None:
    bank = await client.signed_in(await identity.bank(databases))
    answer = (await bank.send({"operationName": "KnowledgeSearch", "variables": {"search": "碳"}})).json()
    assert answer["errors"][0]["extensions"]["code"] == "knowledge_search_too_short"


async def test_entries_go_out_as_a_workbook_and_come_in_again(databases: Databases, client: Client) -> None:
    bureau = await client.signed_in(await identity.authority(databases, division="320211"))
    number = own_number()
    given = {"kind": "STANDARD", "number": number, "titleZh": "往返规范", "source": "公告", "standing": "CURRENT"}
    made = (await bureau.named("RecordKnowledgeEntry", input=given))["recordKnowledgeEntry"]["entry"]
    assert (made["number"], made["divisionCode"], made["version"]) == (number, "320211", 1)
    answer = await bureau.http.get("/wuxi/downloads/knowledge-entries.xlsx?kind=standard", headers=bureau.headers)
    assert answer.status_code == 200
    rows = list(openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0].iter_rows(values_only=True))
    own = next(row for row in rows if row[1] == number)
    assert own[:6] == ("标准", number, "往返规范", "", "", "现行")
    template = await bureau.http.get("/wuxi/downloads/knowledge-template.xlsx", headers=bureau.headers)
    book = openpyxl.load_workbook(io.BytesIO(template.content))
    book.worksheets[0].append(list(own[:13]))
    changed: list[Any] = [*own[:13]]
    changed[1], changed[2] = own_number(), "另一规范"
    book.worksheets[0].append(changed)
    out = io.BytesIO()
    book.save(out)
    content = base64.b64encode(out.getvalue()).decode()
    dry = await bureau.named("ImportKnowledgeEntries", input={"content": content, "isDryRun": True})
    assert dry["importKnowledgeEntries"] == {"isDryRun": True, "added": 1, "changed": 0, "unchanged": 1}
    done = (await bureau.named("ImportKnowledgeEntries", input={"content": content}))["importKnowledgeEntries"]
    assert (done["added"], done["unchanged"]) == (1, 1)
    refused = (await bureau.named("ImportKnowledgeEntries", input={"content": "***"}))["importKnowledgeEntries"]
    assert refused["code"] == "knowledge_file_too_large"
    gone = await bureau.named("WithdrawKnowledgeEntry", input={"id": made["id"], "reason": "试验"})
    assert gone["withdrawKnowledgeEntry"]["entry"]["withdrawnReason"] == "试验"


async def test_a_factor_is_asked_for_and_refused(databases: Databases, client: Client) -> None:
    held = await held_account(databases, division="320211")
    plant = await client.signed_in(held.holder)
    bureau = await client.signed_in(await identity.authority(databases, division="320211"))
    account = str(node_id("CarbonAccount", held.id))
    given = {
        "accountId": account,
        "wanted": "兰炭低位发热量",
        "unit": "GJ/t",
        "suggestedValue": "27.5",
        "suggestedSource": "检测",
    }
    asked = (await plant.named("RequestFactor", input=given))["requestFactor"]["request"]
    assert asked["state"] == "OPEN"
    (seen,) = (await bureau.named("FactorRequests", accountId=account, isWaiting=True))["factorRequests"]["nodes"]
    assert (seen["id"], seen["suggestedValue"], seen["answer"]) == (asked["id"], "27.5", None)
    refused = await bureau.named("AnswerFactorRequest", input={"requestId": asked["id"], "refusal": "尚无公布值"})
    assert refused["answerFactorRequest"]["request"]["state"] == "REFUSED"
    late = await plant.named("WithdrawFactorRequest", input={"requestId": asked["id"], "reason": "迟"})
    assert late["withdrawFactorRequest"]["code"] == "factor_request_closed"
    sheet = await plant.http.get("/wuxi/downloads/factor-requests.xlsx", headers=plant.headers)
    rows = list(openpyxl.load_workbook(io.BytesIO(sheet.content)).worksheets[0].iter_rows(values_only=True))
    assert [(row[0][:3], row[2]) for row in rows[3:]] == [("CA-", "兰炭低位发热量")]
