"""Reads of issued statements, for their bundles. Row-level security decides what is visible."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from backend.kit.db import Read
from backend.kit.scope import Scope
from backend.statements.errors import StatementNotFound
from backend.statements.models import AccountStatement, AccountStatementFile


@dataclass(frozen=True, slots=True)
class Issued:
    """An issued statement: its JSON is in storage under `object_key`, `sha256` is its hash, `jws` the signature over it."""

    account_id: UUID
    id: UUID
    number: str
    jws: str
    sha256: str
    object_key: str


async def issued(read: Read, scope: Scope, account_id: UUID, statement_id: UUID) -> Issued:
    """Return an issued statement the caller may see, with all that it rests on.

    Raises:
        Unauthenticated, Forbidden: without `statements:read`, `emissions:read` and `ledger:read`.
        StatementNotFound: not there, or not visible.
    """
    for needed in ("statements:read", "emissions:read", "ledger:read"):
        scope.require(needed)
    row = await read.row(
        select(
            AccountStatement.account_id, AccountStatement.id, AccountStatement.number, AccountStatement.jws,
            AccountStatementFile.sha256, AccountStatementFile.object_key,
        )
        .join(
            AccountStatementFile,
            (AccountStatementFile.account_id == AccountStatement.account_id)
            & (AccountStatementFile.statement_id == AccountStatement.id),
        )
        .where(
            AccountStatement.account_id == account_id,
            AccountStatement.id == statement_id,
            AccountStatementFile.kind == "json",
        )
    )  # fmt: skip
    if row is None:
        raise StatementNotFound
    return Issued(row.account_id, row.id, row.number, row.jws, row.sha256, row.object_key)
