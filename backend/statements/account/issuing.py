"""Issue statements: first what it will state, then, once its files are stored, the record of it.

Between the two the door typesets, signs and stores; the record is the last step, so a statement that is known has its
files.
"""

import secrets
from collections.abc import Sequence
from dataclasses import fields
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert

from backend.accounts import service as accounts
from backend.kit.clock import CHINA, now
from backend.kit.db import Read, Write
from backend.kit.ids import new_id
from backend.kit.scope import Kind, Scope
from backend.kit.settings import Settings
from backend.statements import rules, signing
from backend.statements.account import encoding, queries, typesetting, workbook
from backend.statements.account.chapters import LANGUAGES
from backend.statements.account.gathering import account_statement
from backend.statements.account.issued import (
    JWS_TYPE,
    FileKind,
    MadeFile,
    StatementDraft,
    StatementFile,
    StatementValue,
)
from backend.statements.account.values import StatementData
from backend.statements.errors import StatementNotFound, StatementNotYours
from backend.statements.models import AccountStatement, AccountStatementFile
from backend.statements.values import DocumentKey
from backend.tenants import service as tenants


async def draft_statement(
    write: Write, scope: Scope, settings: Settings, account_id: UUID, period_from: date, period_to: date,
    as_of: datetime | None = None,
) -> StatementDraft:  # fmt: skip
    """Return what a statement will state, under the number it will have.

    Raises:
        Unauthenticated, Forbidden: without `statements:issue`.
        AccountNotFound: not there, or not visible.
        StatementNotYours: visible, but somebody else holds the account.
        MomentInFuture, PeriodInvalid, PeriodNotOver, NothingToState: see `account_statement`.
    """
    scope.require("statements:issue")
    account = await accounts.account(write, scope, account_id)
    if scope.kind is not Kind.SYSTEM and account.organisation_id != scope.organisation_id:
        raise StatementNotYours(path=("input", "accountId"))
    data = await account_statement(write, scope, settings, account_id, period_from, period_to, as_of)
    pack = await tenants.pack_in_force(write, scope)
    moment = now()
    year = moment.astimezone(CHINA).year
    number = rules.number_of(pack.division_code, year, secrets.token_bytes(8), rules.STATEMENT)
    url = rules.verify_url(scope.tenant, number, hosts=pack.hosts, base_domain=settings.base_domain, port=settings.port)
    return StatementDraft(new_id(), number, data, encoding.document(data, number, moment, url), moment, url)


def make_files(draft: StatementDraft, key: DocumentKey) -> tuple[list[MadeFile], str]:
    """Return a draft's files and the signature over its JSON. Blocks; call it in a thread.

    Raises:
        DocumentNotMade: it could not be typeset or signed.
    """
    given = (draft.content, draft.number, draft.issued_at, draft.verify_url)
    issuer = f"{draft.data.issuer.name.zh}碳账户"
    files = [MadeFile(FileKind.JSON, "", draft.content)]
    for language in LANGUAGES:
        pages = typesetting.typeset(draft.data, language, *given)
        signed = signing.signed(pages, key, reason=f"碳账户报告 {draft.number}", name=issuer)
        files.append(MadeFile(FileKind.PDF, language, signed))
        files.append(MadeFile(FileKind.XLSX, language, workbook.workbook(draft.data, language, *given)))
    return files, signing.detached(draft.content, key, JWS_TYPE)


async def record_statement(
    write: Write, scope: Scope, draft: StatementDraft, files: Sequence[StatementFile], jws: str, key_id: str
) -> StatementValue:
    """Record the statement whose files are in storage; in the transaction of its draft.

    Raises:
        Unauthenticated, Forbidden: without `statements:issue`.
    """
    scope.require("statements:issue")
    data = draft.data
    value = StatementValue(
        account_id=data.subject.account_id, id=draft.id, number=draft.number, period_from=data.period_from,
        period_to=data.period_to, known_at=data.known_at, facts=facts(data, draft.verify_url),
        mark=encoding.mark_of(draft.content), jws=jws, key_id=key_id, issued_at=draft.issued_at,
        issued_by=scope.actor_id, files=tuple(files),
    )  # fmt: skip
    own = {each.name: getattr(value, each.name) for each in fields(value) if each.name != "files"}
    await write.run(insert(AccountStatement).values(own))
    await write.run(
        insert(AccountStatementFile),
        [
            {
                "account_id": value.account_id, "statement_id": value.id, "kind": each.kind.value,
                "language": each.language, "sha256": each.sha256, "size": each.size, "object_key": each.object_key,
            }
            for each in files
        ],
    )  # fmt: skip
    write.audit(
        "statements:issue", object_type="AccountStatement", object_id=value.id, number=value.number,
        account=str(value.account_id), key=key_id, sha256=next(each.sha256 for each in files if each.kind is FileKind.JSON),
    )  # fmt: skip
    return value


def facts(data: StatementData, url: str) -> dict[str, Any]:
    """Return the cover of a statement: what the public page shows of it, and the inventories it rests on. No figure."""
    subject, issuer = data.subject, data.issuer
    return {
        "format": data.format,
        "verify_url": url,
        "issuer": {"tenant": issuer.tenant, "name_zh": issuer.name.zh, "name_en": issuer.name.en},
        "holder": {
            "name": subject.holder, "name_en": subject.holder_en, "credit_code": subject.credit_code,
            "account_number": subject.number, "account_name": subject.name,
        },
        "is_demonstration": subject.is_demonstration,
        "inventories": _inventories(data),
    }  # fmt: skip


def _inventories(data: StatementData) -> list[dict[str, Any]]:
    """Return the inventories any figure of the statement comes from, by year."""
    found = {each.calendar_year: each.inventory for each in data.emissions if each.inventory is not None}
    named = {year: (str(each.id), each.version) for year, each in found.items()}
    stated = [(each.calendar_year, each.emissions) for each in data.intensities]
    stated += [(each.calendar_year, each.obligation) for each in data.quotas]
    for year, figure in stated:
        for source in figure.sources:
            if source.kind == "Inventory" and source.version:
                named.setdefault(year, (source.id, int(source.version)))
    return [{"id": own, "year": year, "version": version} for year, (own, version) in sorted(named.items())]


async def issued_statement(read: Read, scope: Scope, account_id: UUID, statement_id: UUID) -> StatementValue:
    """Return a statement the caller may see, to read or to download.

    Raises:
        Unauthenticated, Forbidden: without `statements:read`.
        StatementNotFound: not there, or not visible.
    """
    scope.require("statements:read")
    (found,) = await queries.statements_by_id(read, scope, [(account_id, statement_id)])
    if found is None:
        raise StatementNotFound
    return found
