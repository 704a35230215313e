"""Loan files as background work.

The consent is looked at when the job begins and again in the step that hands the file over; a file whose consent ended
meanwhile is deleted, and never handed out. Between the two nothing is held open: a revocation need not wait until an archive is made.
"""

import asyncio
from collections.abc import Sequence
from hashlib import sha256
from typing import Any
from uuid import UUID

from backend.accounts import service as accounts
from backend.accounts.values import FigureValue
from backend.emissions import service as emissions
from backend.emissions.service import InventoryInputs
from backend.identity import service as identity
from backend.kit.clock import now, today
from backend.kit.db import Databases
from backend.kit.errors import CarbonError
from backend.kit.scope import Scope
from backend.kit.storage import key_of
from backend.kit.tasks import Task, job
from backend.lending.credentials.issuing import credential
from backend.lending.credentials.signing import sign
from backend.lending.errors import ConsentMissing, LoanFileTooLarge, ScoreMissing, ScoreOutOfDate, StatementMissing
from backend.lending.loan_files import archive, asking
from backend.lending.loan_files.values import LARGEST_MB, LoanFileState, LoanFileValue
from backend.lending.loans.terms import offered, terms_in_force
from backend.lending.rules import addressing
from backend.lending.values import ReadConsent
from backend.statements import service as statements
from backend.statements.errors import DocumentNotMade
from backend.statements.values import DocumentKey
from backend.tenants import service as tenants

AT_ONCE = 100
"""Files cleared away at a time."""
OPENS_SCORE = frozenset({"score", "indicators"})
CREDENTIAL, LOAN_TERMS = "credential.sd-jwt", "loan-terms.json"


def place(scope: Scope, account_id: UUID, file_id: UUID) -> str:
    """Return where a loan file is in storage."""
    return key_of(scope.tenant, account_id, "loan_files", f"{file_id}.zip")


@job(asking.KIND, timeout=1800)
async def make_loan_file(task: Task, payload: dict[str, Any]) -> dict[str, Any]:
    """Make a loan file and put it in storage; run again, it makes it anew unless it is there."""
    scope, file_id = task.scope, UUID(payload["loan_file_id"])
    async with task.databases.read(scope) as read:
        found = await asking.loan_file(read, scope, file_id)
    told = {"loan_file_id": str(file_id)}
    if found.state is not LoanFileState.ASKED:
        return told
    kept = place(scope, found.account_id, file_id)
    try:
        parts, absent, consent = await _opened(task, found)
        content = await _content(task, found, parts, absent)
        stored = await task.storage.put(kept, content)
        async with task.databases.write(scope) as write:
            await task.hold(write)
            again = await asking.open_loan_file(write, scope, found)
            if again.consent_id != consent.consent_id:
                raise ConsentMissing
            await asking.mark_ready(write, scope, file_id, stored)
            return await task.complete(write, told)
    except CarbonError as error:
        await end(task.databases, task.storage, scope, file_id, kept, error.code)
        raise


async def _opened(task: Task, found: LoanFileValue) -> tuple[dict[str, bytes], list[dict[str, str]], ReadConsent]:
    """Return what the consent opens by itself: its terms, the credential, the bank's terms for the grade; and what is not.

    Raises:
        ConsentMissing: the consent it was asked under is not in force.
    """
    scope = task.scope
    async with task.databases.write(scope) as write:
        consent = await asking.open_loan_file(write, scope, found)
        parts = {"README.txt": archive.ABOUT.encode(), "terms.json": archive.terms(consent)}
        if OPENS_SCORE.isdisjoint(consent.scopes):
            return parts, [_absent(name, ConsentMissing.code) for name in (CREDENTIAL, LOAN_TERMS)], consent
        try:
            made = await credential(write, scope, task.settings, str(found.account_id))
        except (ScoreMissing, ScoreOutOfDate) as error:
            return parts, [_absent(name, error.code) for name in (CREDENTIAL, LOAN_TERMS)], consent
        parts[CREDENTIAL] = f"{made.served}\n".encode()
        known = await terms_in_force(write, found.bank_id, today())
    offer = offered(known, made.model_code, made.grade)
    if made.model_code is None or offer is None:
        return parts, [_absent(LOAN_TERMS, "score_not_graded" if made.grade is None else "loan_terms_missing")], consent
    parts[LOAN_TERMS] = archive.loan_terms(known[made.model_code], offer, made.score_id, made.read_at)
    return parts, [], consent


def _absent(name: str, reason: str) -> dict[str, str]:
    return {"name": name, "reason": reason}


async def _content(task: Task, found: LoanFileValue, parts: dict[str, bytes], absent: list[dict[str, str]]) -> bytes:
    """Return the signed archive, gathered under the service's own scope: banks see no row of it.

    Raises:
        StatementMissing: the enterprise has issued no statement.
        LoanFileTooLarge: the statement's files are more than one archive takes.
        DocumentNotMade: a file in storage is not the one that was issued.
        FileMissing, StorageUnavailable: it cannot be read.
    """
    system, own = task.scope.as_system(), found.account_id
    async with task.databases.read(system) as read:
        newest = await statements.statements(read, system, own, limit=1)
        if not newest:
            raise StatementMissing
        issued = newest[0]
        inventories = [UUID(each["id"]) for each in issued.facts["inventories"]]
        inputs = await emissions.inventory_inputs(read, system, own, inventories)
        years = range(issued.period_from.year, issued.period_to.year + 1)
        figures = await accounts.figures(read, system, [own], years, issued.known_at)
        proved = _proved(inputs, [each for some in figures.values() for each in some])
        evidence = await accounts.evidence_by_id(read, system, [(own, each) for each in sorted(proved)])
        hosts = await tenants.hosts(read, system)
    wanted = [each for each in issued.files if each.kind.value in {"json", "pdf"}]
    if sum(each.size for each in wanted) > LARGEST_MB * 1024 * 1024:
        raise LoanFileTooLarge(megabytes=LARGEST_MB)
    for each in wanted:
        content = await task.storage.read(each.object_key)
        if sha256(content).hexdigest() != each.sha256:
            raise DocumentNotMade(reason="statement file changed in storage")
        parts[f"statement{'-' * bool(each.language)}{each.language}.{each.kind.value}"] = content
    parts["statement.jws"] = f"{issued.jws}\n".encode()
    parts["evidence.json"] = archive.as_json(
        {
            "statement": issued.number,
            "evidence": [
                {
                    "id": str(each.id), "file_name": each.file_name, "media_type": each.media_type, "size": each.size,
                    "sha256": each.sha256, "uploaded_at": each.uploaded_at.isoformat(), "proves": sorted(proved[each.id]),
                }
                for each in evidence
                if each is not None
            ],
        }
    )  # fmt: skip
    async with task.databases.write(system) as write:
        key = await statements.document_key(write, system, identity.seal_of(task.settings))
        parts["keys.json"] = archive.as_json({"keys": list(await statements.public_keys(write, system))})
    settings = task.settings
    issuer = addressing.issuer(system.tenant, hosts=hosts, base_domain=settings.base_domain, port=settings.port)
    return await asyncio.to_thread(_sealed, found, parts, absent, key, issuer)


def _proved(inputs: Sequence[InventoryInputs], figures: Sequence[FigureValue]) -> dict[UUID, set[str]]:
    """Return the evidence behind the records of inventories and behind yearly figures, with what each is evidence of."""
    found: dict[UUID, set[str]] = {}
    for record in (each for one in inputs for each in one.records):
        if record.evidence_id is not None:
            found.setdefault(record.evidence_id, set()).add("activity_records")
    for figure in figures:
        if figure.evidence_id is not None and not figure.is_withdrawn:
            found.setdefault(figure.evidence_id, set()).add(f"{figure.kind.value} {figure.year}")
    return found


def _sealed(
    found: LoanFileValue, parts: dict[str, bytes], absent: list[dict[str, str]], key: DocumentKey, issuer: str
) -> bytes:
    moment = now()
    stated = archive.manifest(found, moment, parts, absent)
    told = {
        "iss": issuer, "aud": str(found.bank_id), "iat": int(moment.timestamp()), "jti": str(found.id),
        "sha256": sha256(stated).hexdigest(),
    }  # fmt: skip
    return archive.zipped(parts, stated, sign(told, key, archive.TYPE))


async def end(
    databases: Databases,
    storage: Any,  # noqa: ANN401 - storage is a port
    scope: Scope,
    file_id: UUID,
    kept: str,
    reason: str,
) -> None:
    """Delete a loan file and record why. Raises StorageUnavailable; then the record still says that it is there."""
    await storage.delete(kept)
    async with databases.write(scope) as write:
        await asking.mark_ended(write, scope, file_id, reason)


async def download(databases: Databases, storage: Any, scope: Scope, file_id: UUID) -> tuple[LoanFileValue, bytes]:  # noqa: ANN401 - storage is a port
    """Return a loan file and its content; the consent is looked at last of all, and the read logged.

    Raises:
        Unauthenticated, Forbidden, BanksOnly, LoanFileNotFound, LoanFileNotReady: see `asking.ready_loan_file`.
        ConsentMissing: the consent has ended; the file is deleted.
        FileMissing, StorageUnavailable: the content cannot be read.
    """
    async with databases.read(scope) as read:
        found = await asking.ready_loan_file(read, scope, file_id)
    content: bytes = await storage.read(found.object_key)
    try:
        async with databases.write(scope) as write:
            await asking.open_loan_file(write, scope, found)
    except ConsentMissing:
        await end(databases, storage, scope, file_id, found.object_key, ConsentMissing.code)
        raise
    return found, content


async def clear(databases: Databases, storage: Any, tenant: str) -> int:  # noqa: ANN401 - storage is a port
    """Delete loan files whose days or whose consent are over; return how many."""
    scope = Scope.system(tenant)
    async with databases.read(scope) as read:
        found = await asking.over(read, scope, AT_ONCE)
    for file_id, account_id, why in found:
        await end(databases, storage, scope, file_id, place(scope, account_id, file_id), why)
    return len(found)
