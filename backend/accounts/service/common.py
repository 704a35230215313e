"""What every command on an account begins with, and how a change is stored."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any
from uuid import UUID

from sqlalchemy import literal
from sqlalchemy.dialects.postgresql import insert as upsert

from backend.accounts import queries
from backend.accounts.errors import AccountClosed, AccountNotFound, AccountNotYours
from backend.accounts.models import CarbonAccount
from backend.accounts.values import AccountValue
from backend.kit.db import Read, Write
from backend.kit.orm import Base
from backend.kit.scope import Kind, Scope


async def visible(read: Read, scope: Scope, account_id: UUID) -> AccountValue:
    """Return the account.

    Raises:
        AccountNotFound: not there, or not visible.
    """
    found = await queries.account(read, scope, account_id)
    if found is None:
        raise AccountNotFound
    return found


async def own(read: Read, scope: Scope, account_id: UUID) -> AccountValue:
    """Return the account if the caller holds it (the service itself acts for every holder) and it is open.

    Raises:
        AccountNotFound: not there, or not visible.
        AccountNotYours: visible, but somebody else's.
        AccountClosed: it takes no more changes.
    """
    found = await visible(read, scope, account_id)
    if scope.kind is not Kind.SYSTEM and scope.organisation_id != found.organisation_id:
        raise AccountNotYours
    if found.closed_at is not None:
        raise AccountClosed(number=found.number)
    return found


async def changeable(write: Write, scope: Scope, account_id: UUID, *, is_alone: bool = False) -> AccountValue:
    """Return the caller's own open account, held so that nobody closes it before this command ends.

    Commands share the hold; with `is_alone` it is exclusive (the account itself is about to change).

    Raises:
        AccountNotFound, AccountNotYours, AccountClosed: as `own`.
    """
    await own(write, scope, account_id)
    # Asked for only now: a row lock is subject to the policy for changes, which hides the account from who may
    # see it only, and they are to be told the difference. The row is read again because it may have changed.
    row = await write.row(queries.ACCOUNT.where(CarbonAccount.id == account_id).with_for_update(read=not is_alone))
    if row is None:
        raise AccountNotFound
    account = AccountValue(*row)
    if account.closed_at is not None:
        raise AccountClosed(number=account.number)
    return account


async def insert_new(write: Write, table: type[Base], value: Any) -> bool:  # noqa: ANN401 - a value of the table's shape
    """Insert a value; False when a unique key is taken, and then nothing happened."""
    statement = upsert(table).values(asdict(value)).on_conflict_do_nothing().returning(literal(1))
    return await write.value(statement) is not None


def note(write: Write, account: AccountValue, action: str, kind: str, object_id: object, **facts: object) -> None:
    """Leave an audit event in the holder's chain, whoever acted."""
    write.audit(
        action,
        object_type=kind,
        object_id=object_id,
        organisation_id=account.organisation_id,
        account=account.number,
        **facts,
    )


def differences(before: object, wanted: Mapping[str, object | None]) -> dict[str, Any]:
    """Return what is wanted and differs from what is; None means unchanged."""
    return {name: value for name, value in wanted.items() if value is not None and value != getattr(before, name)}


def told(before: object, changes: Mapping[str, object]) -> dict[str, Any]:
    """Return the changes as an audit event tells them: each with what was before."""
    return {name: {"before": getattr(before, name), "after": value} for name, value in changes.items()}


__all__ = ["changeable", "differences", "insert_new", "note", "own", "told", "visible"]
