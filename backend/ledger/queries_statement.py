"""Holdings and statements: what an account has of a class, at a moment or over a time, by bucket."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import exists, func, select, union

from backend.accounts import service as accounts
from backend.kit.db import Read
from backend.kit.scope import Kind, Scope
from backend.ledger.errors import AccountUnknown
from backend.ledger.models import LedgerAccount, LedgerBalance, LedgerLot, LedgerMovement, LedgerPosting
from backend.ledger.queries import at_moment, with_postings
from backend.ledger.queries_movements import MovementFilter, conditions_of
from backend.ledger.rules import A_MOMENT
from backend.ledger.values import Bucket, MovementKind, MovementValue, Serials

Amounts = Mapping[Bucket, Decimal]
"""What lies in each bucket, in the units of one class; a bucket that is not there has nothing."""


@dataclass(frozen=True, slots=True)
class HoldingValue:
    """What an account has of a class."""

    account_id: UUID
    class_code: str
    amounts: Amounts


@dataclass(frozen=True, slots=True)
class BatchHoldingValue:
    """What an account has of one batch."""

    account_id: UUID
    class_code: str
    batch_id: UUID
    amounts: Amounts


@dataclass(frozen=True, slots=True)
class LineValue:
    """One movement in a statement: what it changed in each bucket, and what there was afterwards."""

    movement: MovementValue
    changes: Amounts
    balances: Amounts


@dataclass(frozen=True, slots=True)
class GroupTotal:
    """What the movements of one operation did to one class."""

    class_code: str
    kind: MovementKind
    quantity: Decimal
    movements: int


async def check_account(read: Read, scope: Scope, account_id: UUID) -> None:
    """Refuse an account whose units the caller may not see. A bank sees pledges, never an account's holdings.

    Raises:
        AccountUnknown: not there, or not the caller's to look into.
    """
    scope.require("ledger:read")
    if scope.kind is not Kind.BANK:
        if await read.value(select(LedgerAccount.id).where(LedgerAccount.id == account_id)) is not None:
            return
        if (await accounts.accounts_by_id(read, scope, [account_id]))[0] is not None:
            return  # never held a unit yet
    raise AccountUnknown(account=str(account_id))


async def holdings(
    read: Read, scope: Scope, account_ids: Sequence[UUID], class_code: str | None = None, at: datetime | None = None
) -> list[HoldingValue]:
    """Return what accounts have of each class, by bucket, now or as the books knew it; classes are never added up."""
    scope.require("ledger:read")
    amount, source = at_moment(at)
    statement = (
        select(
            LedgerBalance.account_id, LedgerBalance.class_code, LedgerBalance.bucket, func.sum(amount).label("amount")
        )
        .select_from(source)
        .where(LedgerBalance.account_id.in_(account_ids))
        .group_by(LedgerBalance.account_id, LedgerBalance.class_code, LedgerBalance.bucket)
        .order_by(LedgerBalance.account_id, LedgerBalance.class_code)
    )
    if class_code is not None:
        statement = statement.where(LedgerBalance.class_code == class_code)
    found: dict[tuple[UUID, str], dict[Bucket, Decimal]] = {}
    for row in await read.rows(statement):
        found.setdefault((row.account_id, row.class_code), {})[Bucket(row.bucket)] = row.amount
    return [HoldingValue(account, code, amounts) for (account, code), amounts in found.items() if any(amounts.values())]


async def batch_holdings(
    read: Read, scope: Scope, account_id: UUID, class_code: str | None, *, after: UUID | None = None, limit: int
) -> list[BatchHoldingValue]:
    """Return what an account has of each batch now, in the order the batches came to be."""
    scope.require("ledger:read")
    page = select(LedgerBalance.batch_id).where(LedgerBalance.account_id == account_id, LedgerBalance.amount > 0)
    if class_code is not None:
        page = page.where(LedgerBalance.class_code == class_code)
    if after is not None:
        page = page.where(LedgerBalance.batch_id > after)
    page = page.distinct().order_by(LedgerBalance.batch_id).limit(limit)
    rows = await read.rows(
        select(LedgerBalance.class_code, LedgerBalance.batch_id, LedgerBalance.bucket, LedgerBalance.amount)
        .where(LedgerBalance.account_id == account_id, LedgerBalance.batch_id.in_(page), LedgerBalance.amount > 0)
        .order_by(LedgerBalance.batch_id)
    )
    found: dict[tuple[UUID, str], dict[Bucket, Decimal]] = {}
    for row in rows:
        found.setdefault((row.batch_id, row.class_code), {})[Bucket(row.bucket)] = row.amount
    return [BatchHoldingValue(account_id, code, batch, amounts) for (batch, code), amounts in found.items()]


async def load_lots(
    read: Read, _scope: Scope, keys: list[tuple[UUID, UUID]]
) -> list[list[tuple[Bucket, tuple[Serials, ...]]]]:
    """Return the serials an account (first) has of a batch (second), bucket by bucket; for a loader."""
    rows = await read.rows(
        select(
            LedgerLot.account_id,
            LedgerLot.batch_id,
            LedgerLot.bucket,
            func.range_agg(LedgerLot.serials).label("serials"),
        )
        .where(LedgerLot.account_id.in_({each[0] for each in keys}), LedgerLot.batch_id.in_({each[1] for each in keys}))
        .group_by(LedgerLot.account_id, LedgerLot.batch_id, LedgerLot.bucket)
        .order_by(LedgerLot.bucket)
    )
    found: dict[tuple[UUID, UUID], list[tuple[Bucket, tuple[Serials, ...]]]] = {}
    for row in rows:
        pieces = tuple((each.lower, each.upper - 1) for each in row.serials)
        found.setdefault((row.account_id, row.batch_id), []).append((Bucket(row.bucket), pieces))
    return [found.get(each, []) for each in keys]


async def amounts_at(read: Read, scope: Scope, account_id: UUID, class_code: str, at: datetime | None) -> Amounts:
    """Return what an account had of a class at a moment (None: now), by bucket."""
    found = await holdings(read, scope, [account_id], class_code, at)
    return found[0].amounts if found else {}


async def opening(read: Read, scope: Scope, account_id: UUID, class_code: str, since: datetime | None) -> Amounts:
    """Return what there was just before a moment; nothing before the beginning (None)."""
    return {} if since is None else await amounts_at(read, scope, account_id, class_code, since - A_MOMENT)


async def lines(
    read: Read,
    scope: Scope,
    account_id: UUID,
    class_code: str,
    since: datetime | None,
    until: datetime | None,
    *,
    after: int | None = None,
    limit: int,
) -> list[LineValue]:
    """Return the movements that changed the account's units of a class, oldest first, with the running balance.

    `after` is the number of the last movement seen. Within an account numbers and moments rise together, because both
    are taken under its lock; so the balance after that movement is the balance at its moment.
    """
    scope.require("ledger:read")
    conditions = conditions_of(MovementFilter(class_code=class_code, since=since, until=until))
    if after is not None:
        conditions.append(LedgerMovement.number > after)
    touched = exists().where(LedgerPosting.account_id == account_id, LedgerPosting.movement_id == LedgerMovement.id)
    oldest = [
        select(LedgerMovement.number)
        .where(side == account_id, touched, *conditions)
        .order_by(LedgerMovement.number)
        .limit(limit)
        for side in (LedgerMovement.from_account_id, LedgerMovement.to_account_id)
    ]
    rows = await read.rows(
        select(LedgerMovement.__table__)
        .where(LedgerMovement.number.in_(union(*oldest)))
        .order_by(LedgerMovement.number)
        .limit(limit)
    )
    moved = await with_postings(read, scope, rows)
    changes = await _changes(read, account_id, [each.id for each in moved])
    balance = dict(await _before(read, scope, account_id, class_code, since, after))
    found: list[LineValue] = []
    for each in moved:
        for bucket, amount in changes[each.id].items():
            balance[bucket] = balance.get(bucket, Decimal(0)) + amount
        found.append(LineValue(each, changes[each.id], dict(balance)))
    return found


async def _before(
    read: Read, scope: Scope, account_id: UUID, class_code: str, since: datetime | None, after: int | None
) -> Amounts:
    if after is not None:
        at = await read.value(select(LedgerMovement.recorded_at).where(LedgerMovement.number == after))
        if at is not None:
            return await amounts_at(read, scope, account_id, class_code, at)
    return await opening(read, scope, account_id, class_code, since)


async def _changes(read: Read, account_id: UUID, ids: Iterable[UUID]) -> dict[UUID, dict[Bucket, Decimal]]:
    rows = await read.rows(
        select(LedgerPosting.movement_id, LedgerPosting.bucket, func.sum(LedgerPosting.amount).label("amount"))
        .where(LedgerPosting.account_id == account_id, LedgerPosting.movement_id.in_(list(ids)))
        .group_by(LedgerPosting.movement_id, LedgerPosting.bucket)
    )
    found: dict[UUID, dict[Bucket, Decimal]] = {}
    for row in rows:
        found.setdefault(row.movement_id, {})[Bucket(row.bucket)] = row.amount
    return found


async def group_totals(read: Read, scope: Scope, group_id: UUID) -> list[GroupTotal]:
    """Return what the movements of one operation did, class by class and kind by kind, as far as the caller sees them."""
    scope.require("ledger:read")
    rows = await read.rows(
        select(
            LedgerMovement.class_code, LedgerMovement.kind, func.sum(LedgerMovement.quantity).label("quantity"),
            func.count().label("movements"),
        )
        .where(LedgerMovement.group_id == group_id)
        .group_by(LedgerMovement.class_code, LedgerMovement.kind)
        .order_by(LedgerMovement.class_code, LedgerMovement.kind)
    )  # fmt: skip
    return [GroupTotal(row.class_code, MovementKind(row.kind), row.quantity, row.movements) for row in rows]
