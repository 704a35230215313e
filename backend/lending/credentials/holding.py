"""An enterprise's own view of the credentials about it: whom they were given to, and what was withheld."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from backend.accounts import service as accounts
from backend.kit.db import Read
from backend.kit.scope import Kind, Scope
from backend.lending.errors import EnterprisesOnly
from backend.lending.models import ScoreCredential
from backend.lending.values import HeldCredential


async def held_credentials(
    read: Read, scope: Scope, account_id: UUID, *, before: UUID | None = None, limit: int
) -> Sequence[HeldCredential]:
    """Return the credentials about an account, newest first, with the disclosures their banks were not given.

    Raises:
        Unauthenticated, Forbidden: without `identity:consent`: who decides what a bank sees may open more of it.
        EnterprisesOnly: the caller is no enterprise.
        AccountNotFound: not one of its accounts.
    """
    scope.require("identity:consent")
    if scope.kind is not Kind.ENTERPRISE:
        raise EnterprisesOnly(permission="identity:consent")
    await accounts.account(read, scope, account_id)
    statement = (
        select(ScoreCredential.__table__)
        .where(ScoreCredential.account_id == account_id)
        .order_by(ScoreCredential.id.desc())
        .limit(limit)
    )
    if before is not None:
        statement = statement.where(ScoreCredential.id < before)
    return [
        HeldCredential(
            row.account_id, row.id, row.bank_id, row.consent_id, row.score_id, row.issued_at, row.expires_at,
            row.revoked_at, row.revoked_because, tuple(row.withheld),
        )
        for row in await read.rows(statement)
    ]  # fmt: skip
