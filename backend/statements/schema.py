"""Statements on the wire: certificates of retirement here, account statements below; commands in `schema_commands`."""

import strawberry

from backend.accounts import service as accounts
from backend.accounts.schema_types import After, First, id_after
from backend.statements import queries, rules
from backend.statements.account.schema import AccountStatementsQuery
from backend.statements.schema_commands import StatementsMutation
from backend.statements.schema_types import RetirementCertificate, certificate, load_certificate
from backend.wire.connections import Connection, connect, page
from backend.wire.context import Info
from backend.wire.nodes import uuids

__all__ = ["StatementsMutation", "StatementsQuery"]


@strawberry.type
class StatementsQuery(AccountStatementsQuery):
    """Reads of the statements."""

    @strawberry.field(description="One certificate of retirement (注销证书), null when it is not there or not yours.")
    async def retirement_certificate(self, info: Info, id: strawberry.ID) -> RetirementCertificate | None:  # noqa: A002 - the wire's word
        """Return one certificate."""
        info.context.scope.require("statements:read")
        return await load_certificate(info.context, *uuids(id, "RetirementCertificate", path=("id",)))

    @strawberry.field(description="One certificate of retirement by its printed number; null when not visible.")
    async def retirement_certificate_by_number(self, info: Info, number: str) -> RetirementCertificate | None:
        """Return one certificate by its number."""
        scope = info.context.scope
        scope.require("statements:read")
        plain = rules.read_number(number)
        if plain is None:
            return None
        async with info.context.read() as read:
            found = await queries.certificate_by_number(read, scope, plain)
        return None if found is None else certificate(found)

    @strawberry.field(description="An account's certificates of retirement, newest first.")
    async def retirement_certificates(
        self, info: Info, account_id: strawberry.ID, first: First = 50, after: After = None
    ) -> Connection[RetirementCertificate]:
        """List an account's certificates."""
        scope = info.context.scope
        scope.require("statements:read")
        asked = page(first, after)
        own = uuids(account_id, "CarbonAccount", path=("accountId",))[0]
        last = id_after(asked)
        async with info.context.read() as read:
            await accounts.account(read, scope, own)
            rows = await queries.certificates(read, scope, own, before=last, limit=asked.fetch)
        return connect(rows, asked, key=lambda row: [row.id], make=certificate)
