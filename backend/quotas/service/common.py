"""What every command of quota compliance begins with: whose account, which year, which parameters, who else is at it."""

from dataclasses import asdict, fields, is_dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from backend.accounts import service as accounts
from backend.accounts.values import AccountValue
from backend.factors import service as factors
from backend.kit.clock import CHINA, today
from backend.kit.db import Read, Write
from backend.kit.scope import Kind, Scope
from backend.quotas import queries, rules
from backend.quotas.errors import (
    AuthorityOnly,
    ComplianceYearClosed,
    QuotaDatesInvalid,
    QuotaTextMissing,
    QuotaYearOutOfRange,
)
from backend.quotas.rules.rounding import plain
from backend.quotas.values import FIRST_YEAR

YEAR_LOCK = 320214
"""The seed that keeps the advisory locks of compliance years apart from others."""

LONGEST = 1000


async def book_of(read: Read, scope: Scope) -> rules.Book:
    """Return the look-up over the rules' parameters as they are known today."""
    return await factors.book(read, scope, published_by=today(), names=rules.FAMILIES)


async def supervised(read: Read, scope: Scope, account_id: UUID) -> AccountValue:
    """Return an account of the authority's region.

    Raises:
        AccountNotFound: not there, or not visible.
        AuthorityOnly: the caller is no authority.
    """
    account = await accounts.account(read, scope, account_id)
    if scope.kind not in {Kind.AUTHORITY, Kind.SYSTEM}:
        raise AuthorityOnly
    return account


def check_year(year: int, *, first: int = FIRST_YEAR) -> None:
    """Refuse a year the market did not have.

    Raises:
        QuotaYearOutOfRange: before the first, or after next year.
    """
    last = today().year + 1
    if not first <= year <= last:
        raise QuotaYearOutOfRange(year=year, first=first, last=last, path=("input", "year"))


def check_day(field: str, day: date, *, first: date = date(2000, 1, 1), last: date | None = None) -> None:
    """Refuse a day outside what can be; by default none to come.

    Raises:
        QuotaDatesInvalid: it is outside.
    """
    last = last or today()
    if not first <= day <= last:
        raise QuotaDatesInvalid(
            field=field, day=day.isoformat(), first=first.isoformat(), last=last.isoformat(), path=("input", field)
        )


def words(field: str, value: str, *, most: int = LONGEST, is_needed: bool = True) -> str:
    """Return a text without blanks around it.

    Raises:
        QuotaTextMissing: empty although needed, or too long.
    """
    clean = " ".join(value.split())
    if len(clean) > most or (is_needed and not clean):
        raise QuotaTextMissing(field=field, most=most, path=("input", field))
    return clean


async def hold_year(write: Write, scope: Scope, account_id: UUID, year: int) -> None:
    """Hold an account's compliance year until this command ends, and refuse a closed one.

    Whatever settles, issues or closes takes this lock first, before any account of the ledger is locked.

    Raises:
        ComplianceYearClosed: the authority closed it.
    """
    key = func.hashtextextended(f"{account_id}:{year}", YEAR_LOCK)
    await write.value(select(func.pg_advisory_xact_lock(key)))
    closed = (await queries.closings(write, scope, [account_id])).get((account_id, year))
    if closed is not None:
        raise ComplianceYearClosed(year=year, closed_on=closed.closed_at.astimezone(CHINA).date().isoformat())


def note(write: Write, account: AccountValue, action: str, kind: str, object_id: object, **facts: object) -> None:
    """Leave an audit event in the holder's chain, whoever acted."""
    write.audit(
        action, object_type=kind, object_id=object_id, organisation_id=account.organisation_id, account=account.number,
        **{name: told(value) for name, value in facts.items()},
    )  # fmt: skip


def told(value: Any) -> Any:  # noqa: ANN401 - any value of ours
    """Return a value as JSON: decimals and dates as text, objects by their fields."""
    if is_dataclass(value) and not isinstance(value, type):
        value = {each.name: getattr(value, each.name) for each in fields(value)}
    match value:
        case Enum():
            found = value.value
        case Decimal():
            found = plain(value)
        case date():
            found = value.isoformat()
        case UUID():
            found = str(value)
        case dict():
            found = {str(name): told(each) for name, each in value.items()}
        case list() | tuple():
            found = [told(each) for each in value]
        case _:
            found = value
    return found


def columns(value: Any) -> dict[str, Any]:  # noqa: ANN401 - a value of a table's shape
    """Return a value's fields for an insert; enums as they are stored."""
    return {name: each.value if isinstance(each, Enum) else each for name, each in asdict(value).items()}
