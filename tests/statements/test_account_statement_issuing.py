"""Issued statements: files that prove themselves, the public page that knows them, refusals that leave nothing behind."""

import asyncio
import hashlib
import importlib.util
import io
import json
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from factories import identity
from factories.account_statement import Works, computed, steelworks, today, with_data
from factories.accounts import held_account
from factories.api import Client
from factories.inventory import add_records
from openpyxl import load_workbook
from pyhanko.pdf_utils.reader import PdfFileReader
from sqlalchemy import func, select, text

from backend.kit.db import Databases
from backend.kit.scope import Scope
from backend.kit.settings import Settings
from backend.statements.account import schema_commands
from backend.statements.errors import DocumentNotMade
from backend.statements.models import AccountStatement, AccountStatementFile
from backend.wire.nodes import node_id

DOCS = Path(__file__).resolve().parents[2] / "docs" / "verify"
PERIOD = {"periodFrom": "2025-01-01", "periodTo": "2025-12-31"}


@pytest.fixture(scope="module")
async def works(databases: Databases) -> Works:
    return await steelworks(databases)


@pytest.fixture
async def owner(client: Client, works: Works) -> Client:
    return await client.signed_in(works.held.holder)


@pytest.fixture(scope="session")
def script() -> Any:
    """The published script for statements."""
    sys.path.insert(0, str(DOCS))
    spec = importlib.util.spec_from_file_location("verify_statement", DOCS / "verify_statement.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def account(works: Works) -> str:
    return str(node_id("CarbonAccount", works.id))


async def issue(client: Client, works: Works, **more: Any) -> dict[str, Any]:
    asked = {"accountId": account(works), **PERIOD, **more}
    return (await client.named("IssueAccountStatement", input=asked))["issueAccountStatement"]


async def issued(client: Client, works: Works, **more: Any) -> dict[str, Any]:
    answer = await issue(client, works, **more)
    assert answer["__typename"] == "AccountStatementIssued", answer
    return answer["statement"]


async def files(client: Client, statement: dict[str, Any]) -> dict[str, bytes]:
    """Return every file by kind and language, each checked against what was recorded."""
    found: dict[str, bytes] = {}
    for each in statement["files"]:
        answer = await client.http.get(each["downloadUrl"], headers=client.headers)
        assert answer.status_code == 200, answer.text
        assert hashlib.sha256(answer.content).hexdigest() == each["sha256"]
        assert len(answer.content) == each["size"]
        assert statement["number"] in answer.headers["content-disposition"]
        found[each["kind"] + each["language"]] = answer.content
    return found


def stored_files(settings: Settings) -> list[Path]:
    """Return every file in storage."""
    return sorted(Path(settings.storage_url.removeprefix("file://")).rglob("*"))


async def counted(databases: Databases, works: Works) -> tuple[int, int]:
    async with databases.read(Scope.system("wuxi")) as read:
        return (
            await read.value(
                select(func.count()).select_from(AccountStatement).where(AccountStatement.account_id == works.id)
            ),
            await read.value(
                select(func.count())
                .select_from(AccountStatementFile)
                .where(AccountStatementFile.account_id == works.id)
            ),
        )


async def test_a_statement_is_data_pages_and_workbook_under_one_number(
    works: Works, owner: Client, client: Client, tmp_path: Path, script: Any
) -> None:
    statement = await issued(owner, works)
    assert statement["number"].startswith("AS-320200-")
    assert statement["superseded"] == []
    made = await files(owner, statement)
    assert set(made) == {"JSON", "PDFzh", "PDFen", "XLSXzh", "XLSXen"}
    whole = json.loads(made["JSON"])
    assert (whole["number"], whole["format"]) == (statement["number"], "carbon-statement/1")
    assert hashlib.sha256(made["JSON"]).hexdigest()[:16].upper() == statement["mark"].replace(" ", "")

    # Offline: the JSON by its signature beside it, the pages by the one inside, which carry the same JSON.
    keys = (await client.http.get("/wuxi/.well-known/documents.json")).json()
    (tmp_path / "documents.json").write_text(json.dumps(keys))
    signature = await owner.http.get(statement["signatureUrl"], headers=owner.headers)
    assert signature.text == statement["signature"]
    (tmp_path / "s.json").write_bytes(made["JSON"])
    (tmp_path / "s.jws").write_text(signature.text)
    named = [str(tmp_path / name) for name in ("s.json", "s.jws", "documents.json")]
    assert await asyncio.to_thread(script.main, named) == whole
    for language in ("zh", "en"):
        (tmp_path / "s.pdf").write_bytes(made[f"PDF{language}"])
        assert await asyncio.to_thread(script.main, [str(tmp_path / "s.pdf"), named[2]]) == whole

    # A workbook with a sheet for each chapter, and the exact value of every figure.
    book = load_workbook(io.BytesIO(made["XLSXzh"]))
    assert book.sheetnames == [
        "摘要", "碳排放", "碳排放强度", "单位持仓", "声明与抵用", "配额履约", "碳排放预算", "待履行事项与信息披露", "绿色评分", "数据溯源",
    ]  # fmt: skip
    told = {row[0]: row[1] for row in book["数据溯源"].iter_rows(min_row=2, values_only=True)}
    assert told["emissions.scope1.2025"] == whole["emissions"][0]["year"]["scope1"]["value"]
    titles = [cell.value for row in book["碳排放"].iter_rows() for cell in row]
    assert "emissions.scope1.2025" in titles
    formats = {
        cell.number_format for row in book["碳排放"].iter_rows() for cell in row if isinstance(cell.value, float)
    }
    assert "#,##0.00" in formats
    book.close()
    english = load_workbook(io.BytesIO(made["XLSXen"]))
    assert english.sheetnames[:3] == ["Summary", "Emissions", "Emission intensity"]
    english.close()


async def test_the_script_says_in_words_what_is_wrong(
    works: Works, owner: Client, client: Client, tmp_path: Path
) -> None:
    made = await files(owner, statement := await issued(owner, works))
    keys = (await client.http.get("/wuxi/.well-known/documents.json")).content
    for name, content in {
        "documents.json": keys, "s.json": made["JSON"], "s.jws": statement["signature"].encode(), "s.xlsx": made["XLSXzh"],
        "s.pdf": made["PDFzh"], "cut.pdf": made["PDFzh"][:5000], "changed.json": made["JSON"].replace(b"2025", b"2024", 1),
        "garbage.jws": bytes(range(256)), "words.jws": b"a.b.c", "text.txt": b"hello", "keys.txt": b"[1]",
    }.items():  # fmt: skip
        (tmp_path / name).write_bytes(content)

    def ran(*names: str, flags: tuple[str, ...] = ()) -> tuple[int, str]:
        done = subprocess.run(
            [sys.executable, *flags, str(DOCS / "verify_statement.py"), *names],
            cwd=tmp_path, capture_output=True, text=True, check=False, encoding="utf-8",
        )  # fmt: skip
        assert done.stderr == ""
        return done.returncode, done.stdout

    expected: tuple[tuple[tuple[str, ...], int, str], ...] = (
        (("s.json", "s.jws", "documents.json"), 0, "真实 GENUINE"),
        (("s.pdf", "documents.json"), 0, "真实 GENUINE"),
        (("changed.json", "s.jws", "documents.json"), 1, "签名无效或文件已被修改 / the signature does not hold"),
        (("cut.pdf", "documents.json"), 1, "PDF 已损坏或被修改 / the PDF is damaged"),
        (("s.xlsx", "documents.json"), 2, "Excel 工作簿没有签名，请在公开查验页比对 / workbooks are not signed"),
        (("s.xlsx", "s.jws", "documents.json"), 2, "workbooks are not signed"),
        (("s.json", "garbage.jws", "documents.json"), 2, "签名文件无法读取"),
        (("s.json", "words.jws", "documents.json"), 2, "签名文件无法读取"),
        (("s.json", "s.jws", "keys.txt"), 2, "公钥文件无法读取"),
        (("text.txt", "s.jws", "documents.json"), 2, "文件不是碳账户报告"),
        (("s.json", "documents.json"), 2, "用法 usage"),
        (("s.json", "none.jws", "documents.json"), 2, "找不到文件 no such file: none.jws"),
        ((), 2, "用法 usage"),
    )
    for names, code, words in expected:
        found = await asyncio.to_thread(ran, *names)
        assert found[0] == code, (names, found)
        assert words in found[1], (names, found)
        assert not any(each in found[1] for each in ("Error", "Traceback", "codec", "Expecting")), found
    for names, words in ((("s.json", "s.jws", "documents.json"), "pyjwt"), (("s.pdf", "documents.json"), "pyhanko")):
        found = await asyncio.to_thread(ran, *names, flags=("-S",))
        assert (found[0], words in found[1]) == (2, True), found


async def test_not_one_byte_of_the_json_may_change(works: Works, owner: Client, client: Client, script: Any) -> None:
    statement = await issued(owner, works)
    content = (await files(owner, statement))["JSON"]
    keys = (await client.http.get("/wuxi/.well-known/documents.json")).json()["keys"]
    assert script.verify(content, statement["signature"], keys)["number"] == statement["number"]
    for place in (3, len(content) // 2, len(content) - 2):
        forged = bytearray(content)
        forged[place] ^= 1
        with pytest.raises(ValueError, match="does not hold"):
            script.verify(bytes(forged), statement["signature"], keys)
    with pytest.raises(ValueError, match="has not published"):
        script.verify(content, statement["signature"], [])
    with pytest.raises(ValueError, match="revoked"):
        script.verify(content, statement["signature"], [{**each, "revoked_at": "2026-11-21"} for each in keys])
    other = await issued(owner, works)
    with pytest.raises(ValueError, match="does not hold"):
        script.verify(content, other["signature"], keys)


async def test_the_public_page_tells_whether_a_file_is_the_one_issued(
    works: Works, owner: Client, client: Client
) -> None:
    statement = await issued(owner, works)
    made = await files(owner, statement)
    address = f"/wuxi/verify/{statement['number']}"
    shown = await client.http.get(address)
    assert shown.status_code == 200
    assert "由本辖区出具" in shown.text
    assert "所依据的排放清单未被重述" in shown.text
    assert works.held.account.number in shown.text
    assert "47,508" not in shown.text  # the cover, and no figure
    assert made["JSON"] not in shown.content
    for name, words in (("PDFzh", "PDF · 中文"), ("JSON", "数据（JSON）"), ("XLSXen", "工作簿（Excel） · 英文")):
        same = await client.http.post(address, files={"file": ("f", made[name], "application/octet-stream")})
        assert "文件一致" in same.text
        assert words in same.text.split("文件一致", 1)[1][:200]
    changed = made["PDFzh"][:-1] + b" "
    different = await client.http.post(f"{address}?lang=en", files={"file": ("f.pdf", changed, "application/pdf")})
    assert "The file is not the one issued" in different.text
    typed = statement["number"].lower().replace("-", " ")
    assert (await client.http.get("/wuxi/verify", params={"number": typed})).headers["location"].startswith(address)
    missing = await client.http.get("/wuxi/verify/AS-320200-2026-0000-0000-0000")
    assert missing.status_code == 404
    assert "未找到该报告" in missing.text
    # A certificate's number leads to no statement, and the other way round.
    assert (await client.http.get(address.replace("AS-", "RC-"))).status_code == 404


async def test_a_later_version_shows_as_superseded(databases: Databases, client: Client) -> None:
    works = await with_data(databases)
    await computed(databases, works, 2025, is_verified=False)
    owner = await client.signed_in(works.held.holder)
    statement = await issued(owner, works)
    before = await files(owner, statement)
    async with databases.read(works.scope) as read:
        first = await read.value(
            text("select id from activity_record where account_id = :a and source_id = :s and month = '2025-01-01'"),
            {"a": works.id, "s": works.place.sources["F02"]},
        )
    await add_records(databases, works.place, works.place.sources["F02"], "万Nm3", {"2025-01": "99"}, tier="invoiced",
                      supersedes={"2025-01": first})  # fmt: skip
    await computed(databases, works, 2025, is_verified=False)
    (gone,) = (await owner.named("IssuedAccountStatement", id=statement["id"]))["issuedAccountStatement"]["superseded"]
    assert (gone["year"], gone["statedVersion"], gone["version"]) == (2025, 1, 2)
    page = await client.http.get(f"/wuxi/verify/{statement['number']}?lang=en")
    assert "Some figures were superseded" in page.text
    assert "2025 (this statement: version 1; now version 2" in page.text
    # The files themselves stay what they were.
    assert await files(owner, statement) == before


async def test_what_cannot_be_stated_is_refused_and_leaves_nothing(
    databases: Databases, works: Works, owner: Client, client: Client, monkeypatch: pytest.MonkeyPatch,
    statement_settings: Settings,
) -> None:  # fmt: skip
    before = await counted(databases, works)
    kept = stored_files(statement_settings)
    for more, code in (
        ({"periodFrom": "2025-01-02"}, "statement_period_invalid"),
        ({"periodTo": "2099-12-31"}, "statement_period_invalid"),
        ({"periodTo": f"{today().year}-12-31"}, "statement_period_not_over"),
        ({"asOf": "2099-01-01T00:00:00Z"}, "statement_moment_in_future"),
        ({"asOf": "2026-01-31T00:00:00Z"}, "nothing_to_state"),
    ):
        answer = await issue(owner, works, **more)
        assert answer.get("code") == code, (more, answer)
    stranger = await client.signed_in(await identity.enterprise(databases))
    assert (await issue(stranger, works))["code"] == "account_not_found"
    bureau = await client.signed_in(await identity.authority(databases))
    assert (await issue(bureau, works))["code"] == "forbidden"

    def fail(*_given: Any) -> bytes:
        raise DocumentNotMade(reason="typesetting")

    monkeypatch.setattr(schema_commands.service, "make_files", fail)
    assert (await issue(owner, works))["code"] == "document_not_made"
    monkeypatch.undo()
    assert await counted(databases, works) == before
    assert stored_files(statement_settings) == kept


async def test_the_books_keep_what_was_issued(
    databases: Databases, works: Works, owner: Client, client: Client
) -> None:
    asked = {"accountId": account(works), **PERIOD}
    one = await owner.named("IssueAccountStatement", input=asked, idempotencyKey="statement-once")
    two = await owner.named("IssueAccountStatement", input=asked, idempotencyKey="statement-once")
    assert one == two
    number = one["issueAccountStatement"]["statement"]["number"]
    page = (await owner.named("AccountStatements", accountId=account(works), first=1))["accountStatements"]
    assert [each["number"] for each in page["nodes"]] == [number]
    found = (await owner.named("AccountStatementByNumber", number=number.lower()))["accountStatementByNumber"]
    assert found["number"] == number
    bureau = await client.signed_in(await identity.authority(databases))
    assert (await bureau.named("AccountStatementByNumber", number=number))["accountStatementByNumber"] is not None
    stranger = await client.signed_in(await identity.enterprise(databases))
    assert (await stranger.named("AccountStatementByNumber", number=number))["accountStatementByNumber"] is None
    url = found["files"][0]["downloadUrl"]
    assert (await stranger.http.get(url, headers=stranger.headers)).status_code == 404
    assert (await owner.http.get(url.rpartition(".")[0], headers=owner.headers)).json()["number"] == number
    assert (await owner.http.get(f"{url.rpartition('.')[0]}.exe", headers=owner.headers)).status_code == 404
    assert (await client.http.get(url)).status_code == 401


async def test_the_data_come_over_the_api_with_their_lineage(works: Works, owner: Client) -> None:
    data = (
        await owner.named("AccountStatement", accountId=account(works), **{"from": "2025-01-01", "to": "2025-12-31"})
    )["accountStatement"]
    total = data["emissions"][0]["totals"]["location"]
    assert (total["id"], total["operation"]) == ("emissions.location.2025", "SUM")
    assert total["operands"] == ["emissions.scope1.2025", "emissions.scope2_location.2025"]
    parts = [data["emissions"][0]["totals"][name]["value"] for name in ("scope1", "scope2Location")]
    assert Decimal(total["value"]) == sum(map(Decimal, parts))
    assert data["emissions"][0]["first"] == "2025-01"
    assert data["holdings"][0]["movements"] is not None
    assert data["scoreNote"]["zh"] == "尚无绿色评分。"
    answer = await owner.ask(
        'query($a: ID!) { accountStatement(accountId: $a, from: "2025-01-02", to: "2025-12-31") { accountNumber } }',
        a=account(works),
    )
    assert answer["errors"][0]["extensions"]["code"] == "statement_period_invalid"


async def test_an_account_without_anything_has_nothing_to_state(databases: Databases, client: Client) -> None:
    held = await held_account(databases)
    owner = await client.signed_in(held.holder)
    answer = await owner.named(
        "IssueAccountStatement", input={"accountId": str(node_id("CarbonAccount", held.id)), **PERIOD}
    )
    assert answer["issueAccountStatement"]["code"] == "nothing_to_state"


async def test_the_pages_have_no_machine_in_them(works: Works, owner: Client) -> None:
    made = await files(owner, await issued(owner, works))
    reader = PdfFileReader(io.BytesIO(made["PDFen"]))
    fonts = {
        str(font.get_object()["/BaseFont"]).partition("+")[2]
        for page in (each.get_object() for each in reader.root["/Pages"]["/Kids"])
        for font in page["/Resources"]["/Font"].get_object().values()
    }
    assert fonts == {"NotoSansSC-Regular-Identity-H", "NotoSerifSC-Regular-Identity-H"}
    assert 4 <= reader.root["/Pages"]["/Count"] <= 9
