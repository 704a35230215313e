"""Reading account statements on the wire; commands are beside it in `schema_commands`."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import strawberry

from backend.accounts import service as accounts
from backend.accounts.schema_types import After, First
from backend.statements import rules
from backend.statements.account import queries
from backend.statements.account.gathering import account_statement
from backend.statements.account.schema_standing import AccountStatementData, statement_data
from backend.statements.account.schema_types import AccountStatement, load_statement, statement
from backend.wire.connections import Connection, connect, page
from backend.wire.context import Info
from backend.wire.nodes import uuids

FromDay = Annotated[
    date, strawberry.argument(name="from", description="First day of the period: the first of a month.")
]
ToDay = Annotated[
    date, strawberry.argument(name="to", description="Last day: the last of a month, or the day of knowledge itself.")
]
AsOf = Annotated[datetime | None, strawberry.argument(description="The moment whose knowledge counts; null is now.")]


@strawberry.type
class AccountStatementsQuery:
    """Reads of account statements."""

    @strawberry.field(
        description="An account's statement (碳账户报告) for a period, as it was known at a moment: emissions, intensity, holdings, claims, quota, budget, duties, score. Nothing is issued."
    )
    async def account_statement(
        self, info: Info, account_id: strawberry.ID, from_: FromDay, to: ToDay, as_of: AsOf = None
    ) -> AccountStatementData:
        """Return a statement as data."""
        scope = info.context.scope
        scope.require("statements:read")
        own = uuids(account_id, "CarbonAccount", path=("accountId",))[0]
        async with info.context.read() as read:
            found = await account_statement(read, scope, info.context.settings, own, from_, to, as_of)
        return statement_data(found)

    @strawberry.field(description="One issued statement, null when it is not there or not yours.")
    async def issued_account_statement(self, info: Info, id: strawberry.ID) -> AccountStatement | None:  # noqa: A002 - the wire's word
        """Return one issued statement."""
        return await load_statement(info.context, *uuids(id, "AccountStatement", path=("id",)))

    @strawberry.field(description="One issued statement by its printed number; null when not visible.")
    async def account_statement_by_number(self, info: Info, number: str) -> AccountStatement | None:
        """Return one issued statement by its number."""
        scope = info.context.scope
        scope.require("statements:read")
        plain = rules.read_number(number)
        if plain is None:
            return None
        async with info.context.read() as read:
            found = await queries.statement_by_number(read, scope, plain)
        return None if found is None else statement(info.context, found)

    @strawberry.field(description="An account's issued statements, newest first.")
    async def account_statements(
        self, info: Info, account_id: strawberry.ID, first: First = 50, after: After = None
    ) -> Connection[AccountStatement]:
        """List an account's issued statements."""
        scope = info.context.scope
        scope.require("statements:read")
        asked = page(first, after)
        own = uuids(account_id, "CarbonAccount", path=("accountId",))[0]
        last = asked.key(UUID)
        async with info.context.read() as read:
            await accounts.account(read, scope, own)
            rows = await queries.statements(read, scope, own, before=last[0] if last else None, limit=asked.fetch)
        return connect(rows, asked, key=lambda row: [str(row.id)], make=lambda row: statement(info.context, row))
