"""The public page: what it shows to anybody, what it tells of a file, and what it does not let through."""

from decimal import Decimal
from typing import Any

import pytest
from factories.accounts import Held, held_account
from factories.api import Client
from factories.ledger import issued
from factories.statements import a_retirement, retired, reversed_, stated

from backend.api import certificates
from backend.api.certificate_page import CertificatePage, grouped
from backend.api.verification_page import POLICY, Comparison
from backend.kit.db import Databases
from backend.kit.ids import new_id
from backend.ledger.values import Selection
from backend.statements.values import CertificateValue, Standing
from backend.wire.nodes import node_id


@pytest.fixture
async def held(databases: Databases) -> Held:
    return await held_account(databases)


async def certified(databases: Databases, held: Held, client: Client) -> tuple[dict[str, Any], bytes, Any]:
    """Return a certificate, its document, and the retirement it states."""
    owner = await client.signed_in(held.holder)
    await issued(databases, held.id, "CCER", 5000, vintage=2025)
    (gone,) = await retired(databases, held, Selection("CCER", Decimal(1234)), beneficiary="<b>太湖马拉松</b>")
    ids = [str(node_id("UnitMovement", gone.id))]
    data = await owner.named("IssueRetirementCertificate", input={"movementIds": ids})
    made = data["issueRetirementCertificate"]["certificate"]
    document = await owner.http.get(made["downloadUrl"], headers=owner.headers)
    return made, document.content, gone


async def test_anybody_reads_it_and_nothing_is_fetched_from_anywhere(
    databases: Databases, held: Held, client: Client
) -> None:
    made, _, gone = await certified(databases, held, client)
    answer = await client.http.get(f"/wuxi/verify/{made['number']}")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")
    policy = answer.headers["content-security-policy"]
    assert policy == POLICY
    assert "default-src 'none'" in policy
    assert "script" not in policy
    assert '<html lang="zh-CN">' in answer.text
    for word in ("有效", made["number"], made["sha256"], "1,234 tCO2e", str(gone.number), held.account.number):
        assert word in answer.text
    assert "&lt;b&gt;太湖马拉松&lt;/b&gt;" in answer.text
    assert "<script" not in answer.text
    # Neither inside ids nor what only the account knows.
    assert str(held.id) not in answer.text
    assert str(gone.id) not in answer.text
    english = await client.http.get(f"/wuxi/verify/{made['number'].lower().replace('-', ' ')}?lang=en")
    assert '<html lang="en">' in english.text
    assert "Issued by the carbon account of this jurisdiction" in english.text
    elsewhere = await client.http.get(f"/changzhou/verify/{made['number']}")
    assert elsewhere.status_code == 404
    assert "未找到该证书" in elsewhere.text


async def test_a_reversed_retirement_shows_it_withdrawn(databases: Databases, held: Held, client: Client) -> None:
    made, document, gone = await certified(databases, held, client)
    undone = await reversed_(databases, gone.id)
    answer = await client.http.get(f"/wuxi/verify/{made['number']}")
    assert answer.status_code == 200
    assert "已作废" in answer.text
    assert f"冲正流水：{undone.number}" in answer.text
    assert ">有效<" not in answer.text
    same = await client.http.post(f"/wuxi/verify/{made['number']}", files={"file": ("c.pdf", document)})
    assert "文件一致" in same.text
    assert "已作废" in same.text


async def test_a_file_is_compared_byte_for_byte_and_not_kept(databases: Databases, held: Held, client: Client) -> None:
    made, document, _ = await certified(databases, held, client)
    address = f"/wuxi/verify/{made['number']}"
    same = await client.http.post(address, files={"file": ("any name.pdf", document)})
    assert same.status_code == 200
    assert "文件一致" in same.text
    other = await client.http.post(f"{address}?lang=en", files={"file": ("c.pdf", document + b"\n")})
    assert other.status_code == 200
    assert "The file is not the one issued" in other.text
    assert "The file is genuine" not in other.text
    unknown = await client.http.post(f"{address[:-1]}{'1' if address[-1] == '0' else '0'}", files={"file": ("c", b"x")})
    assert unknown.status_code == 404
    no_form = await client.http.post(address, content=b"%PDF", headers={"content-type": "application/pdf"})
    assert no_form.status_code == 400
    assert no_form.json()["code"] == "form_invalid"


async def test_a_file_larger_than_any_certificate_is_refused(
    databases: Databases, held: Held, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, document, _ = await certified(databases, held, client)
    monkeypatch.setattr(certificates, "LARGEST_PDF", len(document) - 1)
    answer = await client.http.post(f"/wuxi/verify/{made['number']}", files={"file": ("c.pdf", document)})
    assert answer.status_code == 413
    assert answer.json()["code"] == "file_too_large"


async def test_a_number_is_asked_for_and_led_to(client: Client) -> None:
    asked = await client.http.get("/wuxi/verify")
    assert asked.status_code == 200
    assert 'name="number"' in asked.text
    led = await client.http.get("/wuxi/verify", params={"number": " rc 320200 2026 7k3m9qxp4tbo", "lang": "en"})
    assert led.status_code == 303
    assert led.headers["location"] == "/wuxi/verify/RC-320200-2026-7K3M-9QXP-4TB0?lang=en"
    odd = await client.http.get("/wuxi/verify", params={"number": "<script>alert(1)</script>"})
    assert odd.status_code == 404
    assert "<script" not in odd.text
    assert (await client.http.get("/wuxi/verify/nonsense")).status_code == 404


async def test_too_many_questions_from_one_address_wait_a_minute(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(certificates, "MOST_A_MINUTE", 2)
    address = "/guizhou/verify/RC-520000-2026-0000-0000-0000"
    told = [
        (await client.http.get(address, headers={"x-forwarded-for": f"{new_id()}, 10.9.8.7"})).status_code
        for _ in range(4)
    ]
    assert told[-1] == 429
    assert told.count(404) <= 4
    other = await client.http.get(address, headers={"x-forwarded-for": "10.9.8.6"})
    assert other.status_code == 404


async def test_a_document_is_for_who_may_see_the_account(databases: Databases, held: Held, client: Client) -> None:
    made, _, _ = await certified(databases, held, client)
    stranger = await client.signed_in((await held_account(databases)).holder)
    for caller, status in ((client, 401), (stranger, 404)):
        answer = await caller.http.get(made["downloadUrl"], headers=caller.headers)
        assert answer.status_code == status
    unknown = made["downloadUrl"].rpartition("/")[0] + f"/{new_id()}"
    assert (await stranger.http.get(unknown, headers=stranger.headers)).json()["code"] == "certificate_not_found"


async def test_only_public_halves_of_keys_are_published(client: Client) -> None:
    answer = await client.http.get("/chengdu/.well-known/documents.json")
    assert answer.status_code == 200
    assert set(answer.json()) == {"keys"}
    assert [key["kid"] for key in answer.json()["keys"] if "d" in key or key["crv"] != "P-256"] == []
    assert "max-age=300" in answer.headers["cache-control"]


def test_a_demonstration_and_long_lists_are_told_as_such() -> None:
    facts = stated(a_retirement([(each * 10, each * 10 + 4) for each in range(1, 301)]), is_demonstration=True)
    value = CertificateValue(
        new_id(), new_id(), facts["number"], (), facts, "0" * 64, 1, "k", "k", a_retirement([(1, 2)]).movement.recorded_at, None
    )  # fmt: skip
    text = (
        CertificatePage("zh", "wuxi", "/wuxi/verify/x").certificate(value, Standing(), "AAAA", Comparison.NONE).decode()
    )
    assert "演示数据" in text
    assert text.count("<tr>") == 201
    assert "仅显示前 200 个" in text
    assert (grouped("1234567.50"), grouped("0"), grouped("12")) == ("1,234,567.50", "0", "12")
