"""Reading carbon accounts on the wire; the commands are beside it in `schema_commands`, files in `backend/api/files`."""

from typing import Annotated

import strawberry

from backend.accounts import queries
from backend.accounts.schema_commands import AccountsMutation
from backend.accounts.schema_types import After, CarbonAccount, First, account, load_account, text_after
from backend.accounts.values import AccountFilter
from backend.tenants import service as tenants
from backend.wire.connections import Connection, connect, page
from backend.wire.context import Info
from backend.wire.nodes import uuids

__all__ = ["AccountsMutation", "AccountsQuery"]


@strawberry.input(description="Which accounts; what is left out does not restrict.")
class AccountsFilter:
    """Which accounts."""

    sector: str | None = strawberry.field(default=None, description="A sector code.")
    division: str | None = strawberry.field(default=None, description="A division code: its whole subtree.")
    organisation_id: strawberry.ID | None = strawberry.field(default=None, description="The holder's global id.")
    search: str | None = strawberry.field(default=None, description="A part of number or name.")
    is_open: bool | None = strawberry.field(default=None, description="Only open, or only closed ones.")


@strawberry.type
class AccountsQuery:
    """Reads of carbon accounts."""

    @strawberry.field(description="One carbon account (碳账户), or null when it is not there or not yours to see.")
    async def account(self, info: Info, id: strawberry.ID) -> CarbonAccount | None:  # noqa: A002 - the wire's word
        """Return one account."""
        info.context.scope.require("accounts:read")
        return await load_account(info.context, *uuids(id, "CarbonAccount", path=("id",)))

    @strawberry.field(description="One carbon account by its number, e.g. `CA-320206-000123`; null when not visible.")
    async def account_by_number(self, info: Info, number: str) -> CarbonAccount | None:
        """Return one account by its number."""
        scope = info.context.scope
        scope.require("accounts:read")
        async with info.context.read() as read:
            found = await queries.account_by_number(read, scope, number)
        return None if found is None else account(found)

    @strawberry.field(
        description="The carbon accounts you may see, by number: your own, those of your region, those you are engaged "
        "on, those whose holders consented."
    )
    async def accounts(
        self,
        info: Info,
        where: Annotated[AccountsFilter | None, strawberry.argument(description="Which.")] = None,
        first: First = 50,
        after: After = None,
    ) -> Connection[CarbonAccount]:
        """List accounts."""
        scope = info.context.scope
        scope.require("accounts:read")
        asked = page(first, after)
        wanted = where or AccountsFilter()
        holder = wanted.organisation_id
        holder_id = None if holder is None else uuids(holder, "Organisation", path=("where", "organisationId"))[0]
        async with info.context.read() as read:
            path: str | None = None
            if wanted.division is not None:
                division = await tenants.division(read, scope, wanted.division)
                if division is None:
                    return connect([], asked, key=lambda row: [row.number], make=account)
                path = division.path
            rows = await queries.accounts(
                read,
                scope,
                AccountFilter(wanted.sector, path, holder_id, wanted.search, wanted.is_open),
                after=text_after(asked),
                limit=asked.fetch,
            )
        return connect(rows, asked, key=lambda row: [row.number], make=account)
