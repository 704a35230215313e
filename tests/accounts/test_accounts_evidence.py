"""Evidence over REST: what is taken, what is refused, who gets it back, and that nothing is left behind."""

import base64
import hashlib
import io
import random
import zipfile
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from factories import accounts as make
from factories import identity
from factories.api import Client
from sqlalchemy import func, select, update

from backend.accounts.models import Evidence
from backend.identity.models import Engagement
from backend.kit.audit import AuditEvent
from backend.kit.clock import today
from backend.kit.db import Databases
from backend.kit.scope import Scope
from backend.kit.settings import Settings
from backend.wire.nodes import node_id

EVIDENCE_MAX = 1024 * 1024


def zipped(**files: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", random.Random(7).randbytes(3000))
        for name, content in files.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml").replace("_bin", ".bin"), content)
    return buffer.getvalue()


PDF = b"%PDF-1.7\n" + b"x" * 3000
WORKBOOK = zipped(xl__workbook_xml=b"<workbook/>")
GOOD = {
    "电费发票.pdf": (PDF, "application/pdf"),
    "plate.PNG": (b"\x89PNG\r\n\x1a\n" + b"\0" * 10, "image/png"),
    "meter.jpg": (b"\xff\xd8\xff\xe0" + b"\0" * 2000, "image/jpeg"),
    "台账.xlsx": (WORKBOOK, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "发票.ofd": (zipped(OFD_xml=b"<OFD/>"), "application/ofd"),
    "readings.csv": ("月份,用量\n2025-01,12.5\n".encode(), "text/csv"),
    "readings-gb.csv": ("月份,用量\n2025-01,12.5\n".encode("gb18030"), "text/csv"),
    "invoice.xml": (b"\xef\xbb\xbf<?xml version='1.0'?><a/>", "application/xml"),
}
BAD = {
    "setup.exe": (b"MZ" + b"\0" * 100, "file_type_refused"),
    "page.html": (b"<html></html>", "file_type_refused"),
    "no-extension": (PDF, "file_type_refused"),
    ".pdf": (PDF, "file_type_refused"),
    "renamed.pdf": (b"MZ" + b"\0" * 3000, "file_type_refused"),
    "archive.xlsx": (zipped(readme_xml=b"<a/>"), "file_type_refused"),
    "macros.xlsx": (zipped(xl__workbook_xml=b"<a/>", xl__vbaProject_bin=b"x"), "file_type_refused"),
    "locked.xlsx": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 3000, "file_type_refused"),
    "binary.csv": (b"a,b\n" * 900 + b"\0\1\2", "file_type_refused"),
    "image.xml": (b"<svg onload='x()'/>", "file_type_refused"),
    "empty.pdf": (b"", "file_empty"),
}


async def upload(client: Client, held: make.Held | str, name: str, content: bytes, **fields: str) -> httpx.Response:
    account = held if isinstance(held, str) else node_id("CarbonAccount", held.id)
    return await client.http.post(
        f"/{client.tenant}/accounts/{account}/evidence", headers=client.headers,
        files={"file": (name, content, "application/octet-stream")}, data=fields,
    )  # fmt: skip


def left(settings: Settings, held: make.Held) -> list[Path]:
    """Every file of the account that storage holds."""
    folder = Path(settings.storage_url.removeprefix("file://"))
    return [path for path in folder.rglob("*") if path.is_file() and str(held.id) in str(path)]


async def count(databases: Databases, held: make.Held) -> int:
    async with databases.read(held.scope) as read:
        return await read.value(select(func.count()).select_from(Evidence).where(Evidence.account_id == held.id))


@pytest.fixture
async def held(databases: Databases) -> make.Held:
    return await make.held_account(databases)


@pytest.fixture
async def caller(client: Client, held: make.Held) -> Client:
    return await client.signed_in(held.holder)


@pytest.mark.parametrize("name", GOOD)
async def test_accepted_kinds_come_back_byte_for_byte(caller: Client, held: make.Held, name: str) -> None:
    content, media_type = GOOD[name]
    answer = await upload(caller, held, name, content, description="2025 年 1 月")
    assert answer.status_code == 201, answer.text
    facts = answer.json()
    assert (facts["fileName"], facts["mediaType"], facts["size"]) == (name, media_type, len(content))
    assert facts["sha256"] == hashlib.sha256(content).hexdigest()
    assert (facts["description"], facts["isNew"]) == ("2025 年 1 月", True)
    back = await caller.http.get(facts["downloadUrl"], headers=caller.headers)
    assert (back.status_code, back.content) == (200, content)
    assert back.headers["content-type"].split(";")[0] == media_type
    assert back.headers["content-disposition"].startswith("attachment; filename=")
    assert back.headers["x-content-type-options"] == "nosniff"
    assert back.headers["cache-control"] == "no-store"
    assert back.headers["content-length"] == str(len(content))
    digest = base64.b64encode(hashlib.sha256(content).digest()).decode()
    assert back.headers["repr-digest"] == f"sha-256=:{digest}:"


@pytest.mark.parametrize("name", BAD)
async def test_what_is_not_what_its_name_says_is_refused(
    databases: Databases, account_settings: Settings, caller: Client, held: make.Held, name: str
) -> None:
    content, code = BAD[name]
    answer = await upload(caller, held, name, content)
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert answer.json()["messageZh"]
    assert answer.json()["path"] == ["file"]
    assert await count(databases, held) == 0
    assert left(account_settings, held) == []


async def test_the_limit_holds_to_the_byte(
    databases: Databases, account_settings: Settings, caller: Client, held: make.Held
) -> None:
    most = PDF + b"y" * (EVIDENCE_MAX - len(PDF))
    assert (await upload(caller, held, "most.pdf", most)).status_code == 201
    for over in (most + b"z", most * 3):
        answer = await upload(caller, held, "over.pdf", over)
        assert (answer.status_code, answer.json()["code"]) == (413, "file_too_large")
        assert answer.json()["details"] == {"megabytes": 1, "limit": EVIDENCE_MAX}

    # Without an announced length the bytes themselves are counted.
    async def endless():
        yield b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n' + PDF
        for _ in range(40):
            yield b"y" * 65536

    url = f"/wuxi/accounts/{held.id}/evidence"
    headers = {**caller.headers, "content-type": "multipart/form-data; boundary=b"}
    answer = await caller.http.post(url, headers=headers, content=endless())
    assert (answer.status_code, answer.json()["code"]) == (413, "file_too_large")
    assert await count(databases, held) == 1
    assert [path.stat().st_size for path in left(account_settings, held)] == [EVIDENCE_MAX]


async def test_names_are_made_harmless(caller: Client, held: make.Held) -> None:
    for given, kept, number in (
        ("..\\..\\etc\\passwd.pdf", "passwd.pdf", 1),
        ("../../表 一.pdf", "表 一.pdf", 2),
        ("a\u202efdp.exe.pdf", "a fdp.exe.pdf", 3),
        (f"{'长' * 300}.pdf", f"{'长' * 176}.pdf", 4),
        ('say "hi".pdf', 'say "hi".pdf', 5),
    ):
        answer = await upload(caller, held, given, PDF + bytes([number]))
        assert (answer.status_code, answer.json()["fileName"]) == (201, kept)
        back = await caller.http.get(answer.json()["downloadUrl"], headers=caller.headers)
        assert "\r" not in back.headers["content-disposition"]
        assert back.headers["content-disposition"].count('"') == 2


async def test_the_same_content_is_one_file(
    databases: Databases, account_settings: Settings, caller: Client, held: make.Held
) -> None:
    first = await upload(caller, held, "a.pdf", PDF)
    again = await upload(caller, held, "b.pdf", PDF, description="又一次")
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == {**first.json(), "isNew": False}
    assert await count(databases, held) == 1
    assert len(left(account_settings, held)) == 1


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/pdf", PDF),
        ("multipart/form-data", b""),
        ("multipart/form-data; boundary=b", b""),
        ("multipart/form-data; boundary=b", b"no boundary here"),
        ("multipart/form-data; boundary=b", b'--b\r\nContent-Disposition: form-data; name="other"\r\n\r\nx\r\n--b--\r\n'),
        ("multipart/form-data; boundary=b",
         b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n' + PDF),
        ("multipart/form-data; boundary=b",
         b'--b\r\nContent-Disposition: form-data; name="x"\r\n\r\n' + b"x" * 20000 + b"\r\n--b--\r\n"),
        ("multipart/form-data; boundary=" + "b" * 500, b""),
    ],
)  # fmt: skip
async def test_broken_forms_are_refused(
    account_settings: Settings, caller: Client, held: make.Held, content_type: str, body: bytes
) -> None:
    url = f"/wuxi/accounts/{held.id}/evidence"
    answer = await caller.http.post(url, headers={**caller.headers, "content-type": content_type}, content=body)
    assert (answer.status_code, answer.json()["code"]) == (400, "form_invalid")
    assert left(account_settings, held) == []


async def test_the_description_may_come_behind_the_file(caller: Client, held: make.Held) -> None:
    body = (
        b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n' + PDF
        + '\r\n--b\r\nContent-Disposition: form-data; name="description"\r\n\r\n证书\r\n--b--\r\n'.encode()
    )  # fmt: skip
    headers = {**caller.headers, "content-type": "multipart/form-data; boundary=b"}
    answer = await caller.http.post(f"/wuxi/accounts/{held.id}/evidence", headers=headers, content=body)
    assert (answer.status_code, answer.json()["description"], answer.json()["size"]) == (201, "证书", len(PDF))
    too_long = await upload(caller, held, "b.pdf", PDF + b"2", description="x" * 1001)
    assert (too_long.status_code, too_long.json()["code"]) == (400, "text_too_long")


async def test_who_may_attach(
    databases: Databases, account_settings: Settings, client: Client, held: make.Held
) -> None:
    nobody = await upload(client, held, "a.pdf", PDF)
    assert (nobody.status_code, nobody.json()["code"]) == (401, "unauthenticated")
    stranger = await client.signed_in(await identity.enterprise(databases))
    answer = await upload(stranger, held, "a.pdf", PDF)
    assert (answer.status_code, answer.json()["code"]) == (404, "account_not_found")
    viewer = client.as_(
        await identity.token_of(databases, account_settings, held.holder, await identity.colleague(databases, held.holder, "viewer"))
    )  # fmt: skip
    answer = await upload(viewer, held, "a.pdf", PDF)
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    assert (await upload(stranger, "nonsense", "a.pdf", PDF)).status_code == 400
    assert await count(databases, held) == 0
    assert left(account_settings, held) == []
    async with databases.read(Scope.system("wuxi")) as read:
        told = await read.rows(
            select(AuditEvent.details).where(
                AuditEvent.chain_id == held.holder.id, AuditEvent.action == "accounts:attach",
                AuditEvent.outcome == "refused",
            )
        )  # fmt: skip
    assert [row.details["code"] for row in told] == ["forbidden"]


async def test_who_may_download(databases: Databases, client: Client, held: make.Held) -> None:
    owner = await client.signed_in(held.holder)
    url = (await upload(owner, held, "a.pdf", PDF)).json()["downloadUrl"]

    async def status(caller: Client, address: str = url) -> int:
        return (await caller.http.get(address, headers=caller.headers)).status_code

    assert await status(owner) == 200
    assert await status(client) == 401
    assert await status(await client.signed_in(await identity.enterprise(databases))) == 404
    city = await identity.authority(databases)
    assert await status(await client.signed_in(city)) == 200
    district = await identity.authority(databases, division="320206")
    assert await status(await client.signed_in(district)) == 404
    bank = await identity.bank(databases)
    await identity.consented(databases, held.holder, bank)
    assert await status(await client.signed_in(bank)) == 404
    body = await identity.verifier(databases)
    verifier = await client.signed_in(body)
    assert await status(verifier) == 404
    engagement = await identity.engaged(databases, held.holder, body)
    assert await status(verifier) == 200
    async with databases.write(Scope.system("wuxi")) as write:
        await write.run(
            update(Engagement)
            .where(Engagement.id == engagement)
            .values(starts_on=today() - timedelta(days=2), ends_on=today() - timedelta(days=1))
        )
    assert await status(verifier) == 404
    # The account in the address must be the evidence's own.
    other = await make.held_account(databases, holder=held.holder)
    evidence = url.rsplit("/", 1)[1]
    assert await status(owner, f"/wuxi/accounts/{other.id}/evidence/{evidence}") == 404
    assert await status(owner, f"/wuxi/accounts/{held.id}/evidence/{uuid4()}") == 404
    assert await status(owner, url.replace("/wuxi/", "/guizhou/")) == 401


async def test_a_lost_file_is_a_clean_refusal(account_settings: Settings, caller: Client, held: make.Held) -> None:
    url = (await upload(caller, held, "a.pdf", PDF)).json()["downloadUrl"]
    for path in left(account_settings, held):
        path.unlink()
    answer = await caller.http.get(url, headers=caller.headers)
    assert (answer.status_code, answer.json()["code"]) == (404, "file_missing")
