"""Reads under a consent: each checks it at that second, in the database, and leaves its trace there.

The server functions answer the bank whose scope the transaction has, and nobody else. They write, so a read needs a
writing transaction; nothing has been read until that is committed.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, Text, Uuid, bindparam, text

from backend.accounts import service as accounts
from backend.kit.db import Read, Write
from backend.kit.scope import Kind, Scope
from backend.lending.errors import BanksOnly, BorrowerAmbiguous, BorrowerNotFound, ConsentMissing, EnterprisesOnly
from backend.lending.rules.addressing import plain_key
from backend.lending.values import BorrowerScore, History, ReadConsent, ReadEntry, ReadKind

MOST_HISTORY = 100

_WHO = (bindparam("actor", type_=Uuid), bindparam("correlation", type_=Text))
_KEYS = bindparam("keys", type_=ARRAY(Text))
OPEN = text("select * from lending_open(:keys, :needed, :what, :purpose, :actor, :correlation)").bindparams(
    _KEYS, *_WHO
)
TOLD = text(
    "select * from lending_told(:keys, :after, :most, :needed, :what, :purpose, :actor, :correlation)"
).bindparams(_KEYS, bindparam("after", type_=Text), bindparam("most", type_=BigInteger), *_WHO)
BRIEFLY = text(
    "select place, has_more, read_at, account_id, account_number, account_name, holder_id, holder_name, credit_code,"
    " consent_id, scopes, consent_purpose, starts_on, ends_on, score_id, number, year, model_code, model_version, state,"
    " grade, points, computed_at, known_at, valid_until, cast(null as text) as answer, cast(null as text) as indicators"
    " from lending_told(:keys, :after, :most, :needed, :what, :purpose, :actor, :correlation)"
).bindparams(_KEYS, bindparam("after", type_=Text), bindparam("most", type_=BigInteger), *_WHO)
"""The same without the texts, which are most of what ten thousand borrowers weigh."""
HISTORY = text("select * from lending_history(:key, :before, :most, :actor, :correlation)").bindparams(
    bindparam("before", type_=BigInteger), bindparam("most", type_=BigInteger), *_WHO
)
READS = text("select * from lending_reads_of(:account, :before, :most)").bindparams(
    bindparam("account", type_=Uuid), bindparam("before", type_=Uuid), bindparam("most", type_=BigInteger)
)


def check_bank(scope: Scope, permission: str = "lending:read") -> UUID:
    """Return the bank that asks; `lending:manage` is for what it changes of its own.

    Raises:
        Unauthenticated, Forbidden: without the permission.
        BanksOnly: the caller is no bank.
    """
    scope.require(permission)
    if scope.kind is not Kind.BANK or scope.organisation_id is None:
        raise BanksOnly(permission=permission)
    return scope.organisation_id


async def opened(
    write: Write, scope: Scope, account_id: UUID, needed: str, purpose: str, what: str = ReadKind.STATEMENT
) -> ReadConsent:
    """Return the consent that opens `needed` of an account at this second, and log the read for the enterprise.

    `what` names what is read (`ReadKind`, or a word of lower-case letters), `purpose` says why, in the bank's words. The
    consent cannot be revoked before this transaction ends: keep it short.

    Raises:
        Unauthenticated, Forbidden: without `lending:read`.
        BanksOnly: the caller is no bank.
        ConsentMissing: no consent in force covers it, or there is no such account.
    """
    found = await opened_many(write, scope, [account_id], needed, purpose, what)
    if account_id not in found:
        raise ConsentMissing
    return found[account_id]


async def opened_many(
    write: Write, scope: Scope, account_ids: Sequence[UUID], needed: str, purpose: str, what: str
) -> dict[UUID, ReadConsent]:
    """Return the consents that open `needed` of accounts at this second; an account without one is left out.

    One statement and one row in the log.

    Raises:
        Unauthenticated, Forbidden, BanksOnly: see `opened`.
    """
    check_bank(scope)
    if not account_ids:
        return {}
    rows = await write.rows(
        OPEN,
        {
            "keys": [str(each) for each in account_ids], "needed": needed, "what": str(what), "purpose": purpose,
            "actor": scope.actor_id, "correlation": scope.correlation_id,
        },
    )  # fmt: skip
    return {
        row.account_id: ReadConsent(
            account_id=row.account_id, consent_id=row.consent_id, enterprise_id=row.enterprise_id, bank_id=row.bank_id,
            scopes=tuple(row.scopes), purpose=row.consent_purpose, starts_on=row.starts_on, ends_on=row.ends_on,
            read_at=row.read_at,
        )
        for row in rows
    }  # fmt: skip


async def told(
    write: Write,
    scope: Scope,
    keys: Sequence[str] | None,
    *,
    what: str = ReadKind.PORTFOLIO,
    purpose: str = "",
    needed: str = "score",
    after: str | None = None,
    most: int | None = None,
    is_brief: bool = False,
) -> list[BorrowerScore]:
    """Return the newest scores of the borrowers named by id, account number or credit code; None: the bank's portfolio.

    The portfolio comes by account number, after one and at most so many. What no consent opens is left out. `needed`
    `account` includes borrowers whose consent does not cover the score, without it; `is_brief` leaves `answer` and
    `indicators` out. One statement and one row in the log.

    Raises:
        Unauthenticated, Forbidden, BanksOnly: see `opened`.
    """
    check_bank(scope)
    asked = None if keys is None else [plain_key(each) for each in keys]
    rows = await write.rows(
        BRIEFLY if is_brief else TOLD,
        {
            "keys": asked, "after": after, "most": most, "needed": needed, "what": str(what), "purpose": purpose,
            "actor": scope.actor_id, "correlation": scope.correlation_id,
        },
    )  # fmt: skip
    return [
        BorrowerScore(
            place=row.place, has_more=row.has_more, read_at=row.read_at, account_id=row.account_id, account_number=row.account_number,
            account_name=row.account_name, holder_id=row.holder_id, holder_name=row.holder_name,
            credit_code=row.credit_code, consent_id=row.consent_id, scopes=tuple(row.scopes),
            purpose=row.consent_purpose, starts_on=row.starts_on, ends_on=row.ends_on, score_id=row.score_id,
            number=row.number, year=row.year, model_code=row.model_code, model_version=row.model_version,
            state=row.state, grade=row.grade, points=row.points, computed_at=row.computed_at,
            known_at=row.known_at, valid_until=row.valid_until, answer=row.answer, indicators=row.indicators,
        )
        for row in rows
    ]  # fmt: skip


async def told_one(write: Write, scope: Scope, key: str, *, what: str = ReadKind.SCORE) -> BorrowerScore:
    """Return the newest score of one borrower.

    Raises:
        Unauthenticated, Forbidden, BanksOnly: see `opened`.
        BorrowerNotFound: nothing is opened under this key.
        BorrowerAmbiguous: the credit code of an enterprise with several accounts.
    """
    found = await told(write, scope, [key], what=what)
    if not found:
        raise BorrowerNotFound
    if len(found) > 1:
        raise BorrowerAmbiguous
    return found[0]


async def history(write: Write, scope: Scope, key: str, *, before: int | None = None) -> History:
    """Return a borrower's scores as JSON, newest first, a hundred at a time.

    Raises:
        Unauthenticated, Forbidden, BanksOnly: see `opened`.
        BorrowerNotFound, BorrowerAmbiguous: see `told_one`.
    """
    check_bank(scope)
    row = await write.row(
        HISTORY,
        {
            "key": plain_key(key), "before": before, "most": MOST_HISTORY, "actor": scope.actor_id,
            "correlation": scope.correlation_id,
        },
    )  # fmt: skip
    if row is None:
        raise BorrowerNotFound
    if row.many > 1:
        raise BorrowerAmbiguous
    numbers = row.numbers or []
    last = numbers[-1] if len(numbers) == MOST_HISTORY and numbers[-1] > 1 else None
    return History(row.account_id, row.body, last)


async def reads_of(
    read: Read, scope: Scope, *, account_id: UUID | None = None, before: UUID | None = None, limit: int
) -> list[ReadEntry]:
    """Return what banks read of the enterprise, newest first: of one of its accounts, or of all.

    Raises:
        Unauthenticated, Forbidden: without `accounts:read`.
        EnterprisesOnly: the caller is no enterprise.
        AccountNotFound: not one of its accounts.
    """
    scope.require("accounts:read")
    if scope.kind is not Kind.ENTERPRISE:
        raise EnterprisesOnly(permission="accounts:read")
    if account_id is not None:
        await accounts.account(read, scope, account_id)
    rows = await read.rows(READS, {"account": account_id, "before": before, "most": limit})
    return [
        ReadEntry(
            row.id, row.at, row.bank_id, row.what, row.needed, row.purpose, tuple(row.account_ids),
            tuple(row.consent_ids),
        )
        for row in rows
    ]  # fmt: skip
