"""Loan files: what is in one, that it proves itself, and that none outlives its consent at any step."""

import hashlib
import io
import json
import zipfile
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import jwt
import pytest
from factories import accounts, figures, identity
from factories.api import Client
from factories.lending import Lent, lent, revoked, scored
from sqlalchemy import select

from backend.kit.clock import now, today
from backend.kit.db import Databases
from backend.kit.ids import new_id
from backend.kit.scope import Scope
from backend.kit.storage import FileMissing, Storage, key_of
from backend.kit.tasks import Task
from backend.lending import service
from backend.lending.errors import (
    ConsentMissing,
    LoanFileNotReady,
    LoanFileTooLarge,
    LoanPurposeMissing,
    StatementMissing,
)
from backend.lending.loan_files import jobs_making
from backend.lending.loan_files.asking import loan_file
from backend.lending.loan_files.values import LoanFileState, LoanFileValue
from backend.lending.loan_files.words import words_of
from backend.lending.loans.values import GradeTerms
from backend.lending.models import ConsentRead, LoanFile
from backend.scores import service as scores
from backend.statements import service as statements
from backend.statements.account.issued import FileKind, StatementFile, StatementValue
from backend.wire.nodes import node_id

SYSTEM = Scope.system("wuxi")
SCOPES = ("statement", "score")


@pytest.fixture
def storage(tmp_path: Path) -> Storage:
    return Storage.local(tmp_path)


async def stated(databases: Databases, storage: Storage, settings: Any, world: Lent) -> dict[str, bytes]:
    """Give the borrower an issued statement; return its files by name."""
    scope, own_id = world.held.scope, new_id()
    contents = {
        (FileKind.JSON, ""): b'{"number": "1"}',
        (FileKind.PDF, "zh"): b"%PDF zh",
        (FileKind.PDF, "en"): b"%PDF en",
    }
    files: list[StatementFile] = []
    for (kind, language), content in contents.items():
        name = f"{kind.value}{language}"
        stored = await storage.put(key_of("wuxi", world.held.id, "account_statements", f"{own_id}-{name}"), content)
        files.append(StatementFile(kind, language, stored.sha256, stored.size, stored.key))
    await issued(databases, settings, world, own_id, files, scope)
    return {"statement.json": b'{"number": "1"}', "statement-zh.pdf": b"%PDF zh", "statement-en.pdf": b"%PDF en"}


async def issued(
    databases: Databases, settings: Any, world: Lent, own_id: UUID, files: list[StatementFile], scope: Scope
) -> None:
    from sqlalchemy import insert  # noqa: PLC0415 - the factory's own

    from backend.identity import service as identity_service  # noqa: PLC0415
    from backend.statements.models import AccountStatement, AccountStatementFile  # noqa: PLC0415

    async with databases.write(SYSTEM) as write:
        key = await statements.document_key(write, SYSTEM, identity_service.seal_of(settings))
    value = StatementValue(
        world.held.id, own_id, f"WX-{own_id.hex[:12]}", today(), today(), now(), {"inventories": []}, "m", "a..b", key.id,
        now(), scope.actor_id, tuple(files),
    )  # fmt: skip
    async with databases.write(scope) as write:
        await write.run(
            insert(AccountStatement).values(
                {name: getattr(value, name) for name in StatementValue.__slots__ if name != "files"}
            )
        )
        await write.run(
            insert(AccountStatementFile),
            [
                {
                    "account_id": value.account_id, "statement_id": own_id, "kind": each.kind.value,
                    "language": each.language, "sha256": each.sha256, "size": each.size, "object_key": each.object_key,
                }
                for each in files
            ],
        )  # fmt: skip


async def asked(databases: Databases, world: Lent, purpose: str = "贷前调查") -> LoanFileValue:
    async with databases.write(world.bank.scope) as write:
        return await service.request_loan_file(write, world.bank.scope, world.held.id, purpose)


async def made(databases: Databases, storage: Storage, settings: Any, world: Lent, found: LoanFileValue) -> Any:
    task = Task(databases, world.bank.scope, storage, settings, found.job_id)
    return await jobs_making.make_loan_file(task, {"loan_file_id": str(found.id)})


async def state_of(databases: Databases, world: Lent, found: LoanFileValue) -> tuple[LoanFileState, str]:
    async with databases.read(world.bank.scope) as read:
        value = await loan_file(read, world.bank.scope, found.id)
    return value.state, value.reason


async def log_of(databases: Databases, world: Lent) -> list[tuple[str, str]]:
    async with databases.read(SYSTEM) as read:
        rows = await read.rows(
            select(ConsentRead.what, ConsentRead.purpose)
            .where(ConsentRead.account_ids.contains([world.held.id]))
            .order_by(ConsentRead.id)
        )
    return [(row.what, row.purpose) for row in rows]


def opened(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


async def test_a_loan_file_holds_what_was_opened_and_proves_itself(
    databases: Databases, servers, storage: Storage
) -> None:
    world = await lent(databases, scopes=SCOPES)
    given = await stated(databases, storage, servers.settings, world)
    found = await asked(databases, world)
    with pytest.raises(LoanFileNotReady):
        await jobs_making.download(databases, storage, world.bank.scope, found.id)
    await made(databases, storage, servers.settings, world, found)
    ready, content = await jobs_making.download(databases, storage, world.bank.scope, found.id)
    assert (ready.sha256, ready.size) == (hashlib.sha256(content).hexdigest(), len(content))
    parts = opened(content)
    assert {name: parts[name] for name in given} == given
    assert parts["statement.jws"] == b"a..b\n"
    assert json.loads(parts["evidence.json"])["evidence"] == []
    terms = json.loads(parts["terms.json"])
    assert (terms["consent"], terms["scopes"]) == (str(world.consent), sorted(SCOPES))
    stated_ = json.loads(parts["manifest.json"])
    assert (stated_["id"], stated_["bank"]) == (str(found.id), str(world.bank.id))
    assert stated_["absent"] == [{"name": "loan-terms.json", "reason": "loan_terms_missing"}]
    assert {each["name"]: each["sha256"] for each in stated_["files"]} == {
        name: hashlib.sha256(each).hexdigest() for name, each in parts.items() if not name.startswith("manifest.")
    }
    signed = parts["manifest.jws"].decode().strip()
    kid = jwt.get_unverified_header(signed)["kid"]
    key = next(each for each in json.loads(parts["keys.json"])["keys"] if each["kid"] == kid)
    told = jwt.decode(signed, jwt.PyJWK(key), ["ES256"], audience=str(world.bank.id))
    assert told["sha256"] == hashlib.sha256(parts["manifest.json"]).hexdigest()
    assert parts["credential.sd-jwt"].count(b"~") > 1
    assert await log_of(databases, world) == [
        ("loan_file", "贷前调查"), ("loan_file", "贷前调查"), ("credential", ""), ("loan_file", "贷前调查"),
        ("loan_file", "贷前调查"),
    ]  # fmt: skip


async def test_what_the_consent_does_not_open_is_absent_by_name(
    databases: Databases, servers, storage: Storage
) -> None:
    for scopes, reason in ((("statement",), "consent_missing"), (SCOPES, "score_missing")):
        world = await lent(databases, scopes=scopes, is_scored=scopes != SCOPES)
        await stated(databases, storage, servers.settings, world)
        found = await asked(databases, world)
        await made(databases, storage, servers.settings, world, found)
        _, content = await jobs_making.download(databases, storage, world.bank.scope, found.id)
        parts = opened(content)
        assert "credential.sd-jwt" not in parts
        assert json.loads(parts["manifest.json"])["absent"] == [
            {"name": name, "reason": reason} for name in ("credential.sd-jwt", "loan-terms.json")
        ]


async def test_the_banks_own_terms_for_the_grade_are_in_it(databases: Databases, servers, storage: Storage) -> None:
    async with databases.read(SYSTEM) as read:
        model = await scores.active_model(read, SYSTEM, today())
    best, second = (each.code for each in model.content.grades[:2])
    lender = await identity.bank(databases)
    async with databases.write(lender.scope) as write:
        recorded = await service.record_terms(
            write, lender.scope, model_code=model.code, valid_from=today(), note="四季度",
            grades=[GradeTerms(best, Decimal("5000000.50"), Decimal("-12.5"), 36, "上浮另议")],
        )  # fmt: skip
    for grade, reason in ((best, None), (second, "loan_terms_missing"), (None, "score_not_graded")):
        world = await lent(databases, scopes=SCOPES, bank=lender, is_scored=False)
        score = await scored(databases, world.held, grade=grade, model=model.code)
        await stated(databases, storage, servers.settings, world)
        found = await asked(databases, world)
        await made(databases, storage, servers.settings, world, found)
        _, content = await jobs_making.download(databases, storage, lender.scope, found.id)
        parts = opened(content)
        absent = json.loads(parts["manifest.json"])["absent"]
        if reason is not None:
            assert ("loan-terms.json" in parts, absent) == (False, [{"name": "loan-terms.json", "reason": reason}])
            continue
        assert absent == []
        told = json.loads(parts["loan-terms.json"])
        assert (told["model"], told["grade"], told["score"]) == (model.code, best, str(score))
        assert (told["terms"], told["version"], told["valid_from"]) == (str(recorded.id), 1, today().isoformat())
        assert (told["limit"], told["limit_unit"], told["rate_offset"], told["rate_offset_unit"], told["tenor"]) == (
            "5000000.50", "CNY", "-12.5", "bp", 36,
        )  # fmt: skip
        assert (told["note"], told["version_note"]) == ("上浮另议", "四季度")


async def test_the_index_of_evidence_has_what_proves_yearly_figures(
    databases: Databases, servers, storage: Storage
) -> None:
    world = await lent(databases, scopes=SCOPES)
    report = await accounts.evidence_of(databases, world.held, file_name="审计报告.pdf")
    other = await accounts.evidence_of(databases, world.held, file_name="其他年度.pdf")
    year = today().year
    for each in ("equity", "debt"):
        drafts = figures.figure(each, "80000000")
        await figures.recorded(databases, world.held, year, drafts, evidence_id=report.id)
    await figures.recorded(databases, world.held, year - 3, figures.figure("equity", "1"), evidence_id=other.id)
    await stated(databases, storage, servers.settings, world)
    found = await asked(databases, world)
    await made(databases, storage, servers.settings, world, found)
    _, content = await jobs_making.download(databases, storage, world.bank.scope, found.id)
    (told,) = json.loads(opened(content)["evidence.json"])["evidence"]
    assert (told["id"], told["file_name"], told["sha256"]) == (str(report.id), "审计报告.pdf", report.sha256)
    assert told["proves"] == [f"debt {year}", f"equity {year}"]


def test_why_there_is_no_file_is_said_in_words() -> None:
    assert words_of("", "zh") == ""
    assert words_of("consent_missing", "zh") == ConsentMissing.zh
    assert "64 MB" in words_of("loan_file_too_large", "en")
    for code in ("expired", "abandoned", "document_not_made"):
        assert words_of(code, "zh") != words_of(code, "en") != ""


async def test_a_statement_too_large_for_an_archive_is_refused_by_name(
    databases: Databases, servers, storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs_making, "LARGEST_MB", 0)
    world = await lent(databases, scopes=SCOPES)
    await stated(databases, storage, servers.settings, world)
    found = await asked(databases, world)
    with pytest.raises(LoanFileTooLarge):
        await made(databases, storage, servers.settings, world, found)
    assert await state_of(databases, world, found) == (LoanFileState.REFUSED, "loan_file_too_large")


async def test_without_consent_nothing_is_asked_for(databases: Databases, servers, storage: Storage) -> None:
    world = await lent(databases, scopes=("score",))
    with pytest.raises(ConsentMissing):
        await asked(databases, world)
    for purpose in ("", "  ", "长" * 501):
        with pytest.raises(LoanPurposeMissing):
            await asked(databases, world, purpose)
    async with databases.read(SYSTEM) as read:
        assert await read.rows(select(LoanFile.id).where(LoanFile.bank_id == world.bank.id)) == []
    world = await lent(databases, scopes=SCOPES)
    found = await asked(databases, world)
    with pytest.raises(StatementMissing):
        await made(databases, storage, servers.settings, world, found)
    assert await state_of(databases, world, found) == (LoanFileState.REFUSED, "borrower_statement_missing")


async def test_a_revocation_before_the_job_runs_refuses(databases: Databases, servers, storage: Storage) -> None:
    world = await lent(databases, scopes=SCOPES)
    await stated(databases, storage, servers.settings, world)
    found = await asked(databases, world)
    await revoked(databases, world)
    with pytest.raises(ConsentMissing):
        await made(databases, storage, servers.settings, world, found)
    assert await state_of(databases, world, found) == (LoanFileState.REFUSED, "consent_missing")


@pytest.mark.parametrize("is_renewed", [False, True])
async def test_a_revocation_while_it_is_made_deletes_it(
    databases: Databases, servers, storage: Storage, *, is_renewed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = await lent(databases, scopes=SCOPES)
    await stated(databases, storage, servers.settings, world)
    found = await asked(databases, world)
    put = storage.put

    async def late(key: str, content: Any, **more: Any) -> Any:
        stored = await put(key, content, **more)
        await revoked(databases, world)
        if is_renewed:  # another consent does not open what was made under this one
            await identity.consented(databases, world.held.holder, world.bank, SCOPES)
        return stored

    monkeypatch.setattr(storage, "put", late)
    with pytest.raises(ConsentMissing):
        await made(databases, storage, servers.settings, world, found)
    assert await state_of(databases, world, found) == (LoanFileState.REFUSED, "consent_missing")
    assert await storage.size(jobs_making.place(SYSTEM, world.held.id, found.id)) is None


async def test_a_revocation_after_it_was_made_refuses_the_download_and_deletes(
    databases: Databases, servers, storage: Storage
) -> None:
    for is_swept in (False, True):
        world = await lent(databases, scopes=SCOPES)
        await stated(databases, storage, servers.settings, world)
        found = await asked(databases, world)
        await made(databases, storage, servers.settings, world, found)
        await revoked(databases, world)
        if is_swept:
            await jobs_making.clear(databases, storage, "wuxi")
        else:
            with pytest.raises(ConsentMissing):
                await jobs_making.download(databases, storage, world.bank.scope, found.id)
        assert await state_of(databases, world, found) == (LoanFileState.DELETED, "consent_missing")
        with pytest.raises(FileMissing):
            await storage.read(jobs_making.place(SYSTEM, world.held.id, found.id))


async def test_another_bank_and_the_enterprise_have_no_loan_file(databases: Databases, servers, client: Client) -> None:
    world = await lent(databases, scopes=SCOPES)
    bank = await client.signed_in(world.bank)
    given = {"accountId": node_id("CarbonAccount", world.held.id), "purpose": "贷款"}
    answer = (await bank.named("RequestLoanFile", input=given))["requestLoanFile"]
    (node,) = (await bank.named("LoanFiles", accountId=given["accountId"]))["loanFiles"]["nodes"]
    assert (node["id"], node["state"], node["downloadPath"], node["jobId"]) == (
        answer["id"], "ASKED", None, answer["jobId"],
    )  # fmt: skip

    async def got(caller: Client) -> tuple[int, str]:
        found = await caller.http.get(f"/wuxi/bank/loan-files/{answer['id']}", headers=caller.headers)
        return found.status_code, found.json()["code"]

    other = await client.signed_in(await identity.bank(databases))
    owner = await client.signed_in(world.held.holder)
    assert await got(bank) == (409, "loan_file_not_ready")
    assert await got(other) == (404, "loan_file_not_found")
    assert await got(owner) == (403, "forbidden")
    assert await got(client) == (401, "unauthenticated")
    assert (await other.named("LoanFiles"))["loanFiles"]["nodes"] == []
    refused = (await other.named("RequestLoanFile", input=given))["requestLoanFile"]
    assert refused["code"] == "consent_missing"
