"""The ledger on the wire: classes, movements, holds; statements and claims are beside it, commands too."""

from datetime import date
from typing import Annotated
from uuid import UUID

import strawberry

from backend.ledger import queries, queries_movements, queries_statement
from backend.ledger.queries_movements import HoldFilter, MovementFilter
from backend.ledger.rules import begins, ends
from backend.ledger.schema_claims import ClaimsQuery
from backend.ledger.schema_commands import LedgerMutation as LedgerCommands
from backend.ledger.schema_imports import ImportsQuery
from backend.ledger.schema_journal import JournalMutation, JournalQuery
from backend.ledger.schema_movements import UnitHold, UnitMovement, hold, movement
from backend.ledger.schema_statement import StatementQuery, plain_uuid
from backend.ledger.schema_units import After, First, UnitKind, kind
from backend.ledger.values import HoldKind, HoldState, MovementKind
from backend.wire.connections import Connection, connect, page
from backend.wire.context import Info
from backend.wire.nodes import uuids
from backend.wire.scalars import BigInt

__all__ = ["LedgerMutation", "LedgerQuery"]


@strawberry.input(description="Which movements; what is left out does not restrict.")
class UnitMovementsFilter:
    """Which movements."""

    unit_class: str | None = strawberry.field(default=None, description="A class's code.")
    kind: MovementKind | None = strawberry.field(default=None, description="What they did.")
    from_day: date | None = strawberry.field(default=None, name="from", description="First day recorded, in China.")
    to_day: date | None = strawberry.field(default=None, name="to", description="Last day recorded, in China.")
    group_id: strawberry.ID | None = strawberry.field(default=None, description="Of one operation.")
    beneficiary: str | None = strawberry.field(default=None, description="A part of the beneficiary's name.")
    period: int | None = strawberry.field(default=None, description="The year units are used for.")


def _filter(account_id: UUID | None, where: UnitMovementsFilter) -> MovementFilter:
    group = where.group_id
    return MovementFilter(
        account_id=account_id, class_code=where.unit_class, kind=where.kind,
        since=None if where.from_day is None else begins(where.from_day),
        until=None if where.to_day is None else ends(where.to_day),
        group_id=None if group is None else plain_uuid(group, "UnitGroup", "where", "groupId"),
        beneficiary=where.beneficiary, period=where.period,
    )  # fmt: skip


@strawberry.type
class LedgerQuery(StatementQuery, ClaimsQuery, ImportsQuery, JournalQuery):
    """Reads of the ledger."""

    @strawberry.field(description="Every class of units of the jurisdiction, by code.")
    async def unit_classes(self, info: Info) -> list[UnitKind]:
        """Return every class."""
        async with info.context.read() as read:
            return [kind(each) for each in await queries.unit_classes(read, info.context.scope)]

    @strawberry.field(description="A movement's lasting page, by its number; null when not there or not yours to see.")
    async def unit_movement(
        self, info: Info, number: Annotated[BigInt, strawberry.argument(description="Its lasting number.")]
    ) -> UnitMovement | None:
        """Return a movement by its number."""
        scope = info.context.scope
        scope.require("ledger:read")
        async with info.context.read() as read:
            found = await queries_movements.movement_by_number(read, scope, int(number))
        return None if found is None else movement(found)

    @strawberry.field(
        description="Movements (流水), newest first: of one account, or all you may see. A bank sees those of pledges made "
        "to it."
    )
    async def unit_movements(
        self,
        info: Info,
        account_id: Annotated[strawberry.ID | None, strawberry.argument(description="On either side.")] = None,
        where: Annotated[UnitMovementsFilter | None, strawberry.argument(description="Which.")] = None,
        first: First = 50,
        after: After = None,
    ) -> Connection[UnitMovement]:
        """List movements."""
        scope = info.context.scope
        scope.require("ledger:read")
        asked = page(first, after)
        key = asked.key(int)
        account = None if account_id is None else uuids(account_id, "CarbonAccount", path=("accountId",))[0]
        wanted = _filter(account, where or UnitMovementsFilter())
        async with info.context.read() as read:
            if account is not None:
                await queries_statement.check_account(read, scope, account)
            rows = await queries_movements.movements(
                read, scope, wanted, before=None if key is None else key[0], limit=asked.fetch
            )
        return connect(rows, asked, key=lambda row: [row.number], make=movement)

    @strawberry.field(
        description="Offers, pledges and reservations, newest first: of one account (and offers made to it), or all you "
        "may see. A bank sees the pledges made to it."
    )
    async def unit_holds(
        self,
        info: Info,
        account_id: Annotated[strawberry.ID | None, strawberry.argument(description="Whose.")] = None,
        kind: Annotated[HoldKind | None, strawberry.argument(description="Which kind.")] = None,
        state: Annotated[HoldState | None, strawberry.argument(description="In which state.")] = None,
        first: First = 50,
        after: After = None,
    ) -> Connection[UnitHold]:
        """List holds."""
        scope = info.context.scope
        scope.require("ledger:read")
        asked = page(first, after)
        key = asked.key(UUID)
        account = None if account_id is None else uuids(account_id, "CarbonAccount", path=("accountId",))[0]
        async with info.context.read() as read:
            if account is not None:
                await queries_statement.check_account(read, scope, account)
            rows = await queries_movements.holds(
                read, scope, HoldFilter(account, kind, state), before=None if key is None else key[0], limit=asked.fetch
            )
        return connect(rows, asked, key=lambda row: [row.id], make=hold)


@strawberry.type
class LedgerMutation(LedgerCommands, JournalMutation):
    """Commands of the ledger."""
