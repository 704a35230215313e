"""Holdings and statements on the wire: what there is, what there was, and what happened between."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

import strawberry

from backend.accounts.schema_types import CarbonAccount, load_account
from backend.ledger import queries_movements, queries_statement
from backend.ledger.errors import ClassUnknown
from backend.ledger.queries_movements import MovementFilter
from backend.ledger.queries_statement import BatchHoldingValue, GroupTotal, HoldingValue, LineValue
from backend.ledger.rules import begins, check_days, ends, instant
from backend.ledger.schema_movements import UnitMovement, movement
from backend.ledger.schema_units import (
    A_FEW,
    After,
    BucketSerials,
    First,
    UnitAmounts,
    UnitBatch,
    UnitKind,
    amounts,
    kind,
    load_batch,
    load_class,
    ranges,
)
from backend.ledger.values import Dimension, MovementKind
from backend.wire.connections import Connection, connect, page
from backend.wire.context import Info
from backend.wire.nodes import NodeIdInvalid, uuids


@strawberry.type(description="What an account has of one class (持有量). Classes are never added up.")
class UnitHolding:
    """What an account has of one class."""

    unit_class: UnitKind = strawberry.field(description="The class.")
    unit: str = strawberry.field(description="The unit of the amounts.")
    dimension: Dimension = strawberry.field(description="What a unit measures.")
    amounts: UnitAmounts = strawberry.field(description="By bucket.")


@strawberry.type(description="What an account has of one batch now.")
class UnitBatchHolding:
    """What an account has of one batch."""

    account_id: strawberry.Private[UUID]
    batch_id: strawberry.Private[UUID]
    class_code: strawberry.Private[str]
    amounts: UnitAmounts = strawberry.field(description="By bucket.")

    @strawberry.field(description="The batch.")
    async def batch(self, info: Info) -> UnitBatch | None:
        """Return the batch."""
        return await load_batch(info.context, self.batch_id)

    @strawberry.field(description="The class.")
    async def unit_class(self, info: Info) -> UnitKind | None:
        """Return the class."""
        return await load_class(info.context, self.class_code)

    @strawberry.field(description="The serials, bucket by bucket; empty for units without serials.")
    async def serials(self, info: Info) -> list[BucketSerials]:
        """Return the serials."""
        found = await info.context.loader(queries_statement.load_lots).load((self.account_id, self.batch_id))
        return [BucketSerials(bucket=bucket, serials=ranges(pieces)) for bucket, pieces in found]


@strawberry.type(description="One line of a statement: a movement, what it changed, what there was afterwards.")
class UnitStatementLine:
    """One line of a statement."""

    movement: UnitMovement = strawberry.field(description="The movement.")
    changes: UnitAmounts = strawberry.field(description="What it changed in each bucket; `total` in all.")
    balances: UnitAmounts = strawberry.field(description="What each bucket then held; `total` in all.")


@strawberry.type(
    description="A statement (对账单) of one account and class: opening balance, every movement with the running "
    "balance, closing balance."
)
class UnitStatement:
    """A statement of one account and class."""

    account_id: strawberry.Private[UUID]
    since: strawberry.Private[datetime | None]
    until: strawberry.Private[datetime | None]
    unit_class: UnitKind = strawberry.field(description="The class.")
    unit: str = strawberry.field(description="The unit of the amounts.")
    from_day: date | None = strawberry.field(description="First day, in China's time; null for the beginning.")
    to_day: date | None = strawberry.field(description="Last day; null for now.")

    @strawberry.field(description="The account.")
    async def account(self, info: Info) -> CarbonAccount | None:
        """Return the account."""
        return await load_account(info.context, self.account_id)

    @strawberry.field(description="What there was before the first day.")
    async def opening(self, info: Info) -> UnitAmounts:
        """Return what there was before."""
        async with info.context.read() as read:
            return amounts(
                await queries_statement.opening(
                    read, info.context.scope, self.account_id, self.unit_class.code, self.since
                )
            )

    @strawberry.field(description="The movements, oldest first.")
    async def lines(self, info: Info, first: First = 50, after: After = None) -> Connection[UnitStatementLine]:
        """Return the movements."""
        asked = page(first, after)
        key = asked.key(int)
        async with info.context.read() as read:
            rows = await queries_statement.lines(
                read, info.context.scope, self.account_id, self.unit_class.code, self.since, self.until,
                after=None if key is None else key[0], limit=asked.fetch,
            )  # fmt: skip
        return connect(rows, asked, key=lambda row: [row.movement.number], make=_line)

    @strawberry.field(description="What there was at the end of the last day.")
    async def closing(self, info: Info) -> UnitAmounts:
        """Return what there was at the end."""
        async with info.context.read() as read:
            return amounts(
                await queries_statement.amounts_at(
                    read, info.context.scope, self.account_id, self.unit_class.code, self.until
                )
            )


@strawberry.type(description="What the movements of one operation did to one class.")
class UnitGroupTotal:
    """What the movements of one operation did to one class."""

    class_code: strawberry.Private[str]
    kind: MovementKind = strawberry.field(description="What they did.")
    quantity: Decimal = strawberry.field(description="How many units together.")
    movements: int = strawberry.field(description="How many movements.")

    @strawberry.field(description="The class.")
    async def unit_class(self, info: Info) -> UnitKind | None:
        """Return the class."""
        return await load_class(info.context, self.class_code)


@strawberry.type(
    description="The one statement of a grouped operation: its movements and what they did, class by class."
)
class UnitGroup:
    """The one statement of a grouped operation."""

    id: strawberry.ID = strawberry.field(description="The group's id, as its movements name it.")
    totals: list[UnitGroupTotal] = strawberry.field(description="By class and kind, as far as you may look.")

    @strawberry.field(description="Its movements, newest first.")
    async def movements(self, info: Info, first: First = A_FEW, after: After = None) -> Connection[UnitMovement]:
        """Return its movements."""
        asked = page(first, after)
        key = asked.key(int)
        async with info.context.read() as read:
            rows = await queries_movements.movements(
                read, info.context.scope, MovementFilter(group_id=UUID(str(self.id))),
                before=None if key is None else key[0], limit=asked.fetch,
            )  # fmt: skip
        return connect(rows, asked, key=lambda row: [row.number], make=movement)


def _line(value: LineValue) -> UnitStatementLine:
    return UnitStatementLine(
        movement=movement(value.movement), changes=amounts(value.changes), balances=amounts(value.balances)
    )


def _holding(value: HoldingValue, of: UnitKind) -> UnitHolding:
    return UnitHolding(unit_class=of, unit=of.unit, dimension=of.dimension, amounts=amounts(value.amounts))


def plain_uuid(value: str, expected: str, *path: str) -> UUID:
    """Return an id that travels as it is. Raises NodeIdInvalid."""
    try:
        return UUID(value)
    except ValueError:
        raise NodeIdInvalid(id=value, expected=expected, path=path) from None


def _batch_holding(value: BatchHoldingValue) -> UnitBatchHolding:
    return UnitBatchHolding(
        account_id=value.account_id, batch_id=value.batch_id, class_code=value.class_code,
        amounts=amounts(value.amounts),
    )  # fmt: skip


def _total(value: GroupTotal) -> UnitGroupTotal:
    return UnitGroupTotal(
        class_code=value.class_code, kind=value.kind, quantity=value.quantity, movements=value.movements
    )


AccountId = Annotated[strawberry.ID, strawberry.argument(description="The carbon account's global id.")]
OfClass = Annotated[str | None, strawberry.argument(description="A class's code; all if left out.")]
AsOf = Annotated[
    datetime | None,
    strawberry.argument(description="As the books knew it then; now if left out. Without an offset, China's time."),
]
FromDay = Annotated[date | None, strawberry.argument(name="from", description="First day it was recorded, in China.")]
ToDay = Annotated[date | None, strawberry.argument(name="to", description="Last day it was recorded, in China.")]


@strawberry.type
class StatementQuery:
    """Reads of holdings and statements."""

    @strawberry.field(description="What an account has of each class, by bucket, now or as the books knew it then.")
    async def holdings(
        self, info: Info, account_id: AccountId, unit_class: OfClass = None, as_of: AsOf = None
    ) -> list[UnitHolding]:
        """Return what an account has of each class."""
        scope = info.context.scope
        scope.require("ledger:read")
        account = uuids(account_id, "CarbonAccount", path=("accountId",))[0]
        async with info.context.read() as read:
            await queries_statement.check_account(read, scope, account)
            found = await queries_statement.holdings(
                read, scope, [account], unit_class, None if as_of is None else instant(as_of)
            )
            classes = await queries_movements.load_classes(read, scope, [each.class_code for each in found])
        return [_holding(each, kind(of)) for each, of in zip(found, classes, strict=True) if of is not None]

    @strawberry.field(description="What an account has of each batch now, with the serials, oldest batch first.")
    async def batch_holdings(
        self, info: Info, account_id: AccountId, unit_class: OfClass = None, first: First = 50, after: After = None
    ) -> Connection[UnitBatchHolding]:
        """Return what an account has of each batch."""
        scope = info.context.scope
        scope.require("ledger:read")
        account = uuids(account_id, "CarbonAccount", path=("accountId",))[0]
        asked = page(first, after)
        key = asked.key(UUID)
        async with info.context.read() as read:
            await queries_statement.check_account(read, scope, account)
            rows = await queries_statement.batch_holdings(
                read, scope, account, unit_class, after=None if key is None else key[0], limit=asked.fetch
            )
        return connect(rows, asked, key=lambda row: [row.batch_id], make=_batch_holding)

    @strawberry.field(
        description="The statement (对账单) of an account and class over some days: opening, lines with running "
        "balance, closing."
    )
    async def unit_statement(
        self,
        info: Info,
        account_id: AccountId,
        unit_class: Annotated[str, strawberry.argument(description="A class's code.")],
        from_day: FromDay = None,
        to_day: ToDay = None,
    ) -> UnitStatement:
        """Return the statement of an account and class."""
        scope = info.context.scope
        scope.require("ledger:read")
        check_days(from_day, to_day)
        account = uuids(account_id, "CarbonAccount", path=("accountId",))[0]
        async with info.context.read() as read:
            await queries_statement.check_account(read, scope, account)
            (of,) = await queries_movements.load_classes(read, scope, [unit_class])
        if of is None:
            raise ClassUnknown(path=("unitClass",), **{"class": unit_class})
        return UnitStatement(
            account_id=account, since=None if from_day is None else begins(from_day),
            until=None if to_day is None else ends(to_day), unit_class=kind(of), unit=of.unit, from_day=from_day,
            to_day=to_day,
        )  # fmt: skip

    @strawberry.field(description="The one statement of a grouped operation, or null when you may not see any of it.")
    async def unit_group(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="A movement's `groupId`.")],  # noqa: A002 - the wire's word
    ) -> UnitGroup | None:
        """Return the statement of a grouped operation."""
        scope = info.context.scope
        scope.require("ledger:read")
        async with info.context.read() as read:
            totals = await queries_statement.group_totals(read, scope, plain_uuid(id, "UnitGroup", "id"))
        return UnitGroup(id=id, totals=[_total(each) for each in totals]) if totals else None
