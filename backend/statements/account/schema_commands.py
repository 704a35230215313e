"""Issuing account statements on the wire. The files are handed out over REST (`backend/api/account_statements.py`)."""

import asyncio
from datetime import date, datetime
from uuid import UUID

import strawberry

from backend.identity import service as identity
from backend.identity.service.elevation import elevated
from backend.kit.db import Write
from backend.kit.logs import log
from backend.kit.storage import StorageUnavailable, key_of
from backend.statements import service
from backend.statements.account.issued import StatementFile, StatementValue
from backend.statements.account.schema_types import AccountStatement, statement
from backend.wire.commands import command
from backend.wire.context import Context
from backend.wire.nodes import uuids

# pyright: reportGeneralTypeIssues=false, reportSelfClsParameterName=false
# ruff: noqa: A002, N805
# `command` makes static functions whose argument is called `input` on the wire.

logger = log(__name__)


@strawberry.input(description="Have an account's statement issued.")
class IssueAccountStatementInput:
    """Have an account's statement issued."""

    account_id: strawberry.ID = strawberry.field(description="Global id of your account.")
    period_from: date = strawberry.field(description="First day of the period: the first of a month.")
    period_to: date = strawberry.field(description="Last day: the last of a month, or the day of knowledge itself.")
    as_of: datetime | None = strawberry.field(
        default=None, description="The moment whose knowledge counts; null is now."
    )


@strawberry.type(description="The statement, with its files.")
class AccountStatementIssued:
    """The statement was issued."""

    statement: AccountStatement = strawberry.field(description="The statement; its files never change.")


async def issue(
    context: Context, write: Write, account_id: UUID, period: tuple[date, date], as_of: datetime | None
) -> StatementValue:
    """Issue a statement: draft, typeset and sign in a thread, store, record; one transaction.

    Raises:
        CarbonError: see `draft_statement`; DocumentNotMade, StorageUnavailable.
    """
    scope = context.scope
    draft = await service.draft_statement(write, scope, context.settings, account_id, *period, as_of)
    async with elevated(write):
        key = await service.document_key(write, scope.as_system(), identity.seal_of(context.settings))
    made, jws = await asyncio.to_thread(service.make_files, draft, key)
    stored: list[StatementFile] = []
    try:
        for each in made:
            name = f"{draft.id}{'-' if each.language else ''}{each.language}.{each.kind.value}"
            kept = await context.storage.put(key_of(scope.tenant, account_id, "statements", name), each.content)
            stored.append(StatementFile(each.kind, each.language, kept.sha256, kept.size, kept.key))
        return await service.record_statement(write, scope, draft, stored, jws, key.id)
    except BaseException:
        for each in stored:
            try:
                await context.storage.delete(each.object_key)
            except StorageUnavailable:
                logger.warning("file_left_behind", key=each.object_key)
        raise


@strawberry.type
class AccountStatementsMutation:
    """Commands on account statements."""

    @command(
        "statements:issue",
        description="Issue an account's statement: JSON, PDF and workbook in Chinese and English, under one number, signed.",
    )
    async def issue_account_statement(
        context: Context, write: Write, input: IssueAccountStatementInput
    ) -> AccountStatementIssued:
        """Issue an account's statement."""
        account_id = uuids(input.account_id, "CarbonAccount", path=("input", "accountId"))[0]
        issued = await issue(context, write, account_id, (input.period_from, input.period_to), input.as_of)
        return AccountStatementIssued(statement=statement(context, issued))
