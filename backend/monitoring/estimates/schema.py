"""Quick reports and estimates from electricity on the wire."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import strawberry

from backend.accounts import service as accounts
from backend.accounts.schema_types import After, First
from backend.kit.db import Read
from backend.kit.scope import Scope
from backend.monitoring.estimates import queries, service, tables
from backend.monitoring.estimates.errors import QuickReportNotFound
from backend.monitoring.estimates.schema_commands import EstimatesMutation
from backend.monitoring.estimates.schema_types import (
    ACCOUNT,
    REPORT,
    CarbonEstimate,
    CarbonModel,
    QuickReportAccountNode,
    QuickReportNode,
    carbon_estimate,
    carbon_model,
    quick_report,
    quick_report_account,
)
from backend.monitoring.estimates.values import Basis, ModelState
from backend.regions import service as regions
from backend.wire.connections import Connection, Page, connect, page
from backend.wire.context import Info
from backend.wire.nodes import uuids

__all__ = ["EstimatesMutation", "EstimatesQuery", "tables"]

Code = Annotated[str | None, strawberry.argument(description="Only of this division and those below it.")]


async def _under(read: Read, scope: Scope, code: str | None) -> str | None:
    return None if code is None else (await regions.own_division(read, scope, code)).path


def _key(wanted: Page) -> tuple[date, datetime, UUID] | None:
    key = wanted.key(date.fromisoformat, datetime.fromisoformat, UUID)
    return None if key is None else (key[0], key[1], key[2])


@strawberry.type
class EstimatesQuery:
    """Reading quick reports and estimates."""

    @strawberry.field(
        description="Quick reports (碳排放快报) of your region, the newest month first; prepared ones as well as issued ones."
    )
    async def quick_reports(
        self,
        info: Info,
        division_code: Code = None,
        is_issued: Annotated[bool, strawberry.argument(description="Only issued ones.")] = False,  # noqa: FBT002 - an argument of the wire has a name
        first: First = 20,
        after: After = None,
    ) -> Connection[QuickReportNode]:
        """List quick reports."""
        scope, wanted = info.context.scope, page(first, after)
        scope.require("monitoring:read")
        async with info.context.read() as read:
            rows = await queries.reports(
                read, scope, under=await _under(read, scope, division_code), is_issued=is_issued, after=_key(wanted),
                limit=wanted.fetch,
            )  # fmt: skip
        return connect(rows, wanted, key=lambda row: [row.month, row.known_at, row.id], make=quick_report)

    @strawberry.field(description="A quick report.")
    async def quick_report(self, info: Info, id: strawberry.ID) -> QuickReportNode:  # noqa: A002 - the wire's word
        """Return a quick report."""
        async with info.context.read() as read:
            found = await queries.report(read, info.context.scope, uuids(id, REPORT, path=("id",))[0])
        if found is None:
            raise QuickReportNotFound(path=("id",))
        return quick_report(found)

    @strawberry.field(description="The accounts of a quick report with what each rests on, and the difference since.")
    async def quick_report_accounts(
        self,
        info: Info,
        report_id: strawberry.ID,
        basis: Annotated[Basis | None, strawberry.argument(description="Only of this basis.")] = None,
        first: First = 50,
        after: After = None,
    ) -> Connection[QuickReportAccountNode]:
        """List the accounts of a quick report."""
        scope, wanted = info.context.scope, page(first, after)
        key = wanted.key(UUID)
        own_id = uuids(report_id, REPORT, path=("reportId",))[0]
        async with info.context.read() as read:
            await service.shown(read, scope, own_id)
            rows = await queries.accounts(
                read, scope, own_id, basis=basis, after=None if key is None else key[0], limit=wanted.fetch
            )
        return connect(rows, wanted, key=lambda row: [row.account_id], make=quick_report_account)

    @strawberry.field(
        description="The newest model from electricity to carbon (以电折碳) of each enterprise you see, with its error."
    )
    async def carbon_models(
        self,
        info: Info,
        division_code: Code = None,
        state: Annotated[ModelState | None, strawberry.argument(description="Only usable or refused ones.")] = None,
        first: First = 50,
        after: After = None,
    ) -> Connection[CarbonModel]:
        """List models."""
        scope, wanted = info.context.scope, page(first, after)
        key = wanted.key(UUID)
        scope.require("monitoring:read")
        async with info.context.read() as read:
            rows = await queries.newest_models(
                read, scope, under=await _under(read, scope, division_code), state=state,
                after=None if key is None else key[0], limit=wanted.fetch,
            )  # fmt: skip
        return connect(rows, wanted, key=lambda row: [row.account_id], make=carbon_model)

    @strawberry.field(description="Every version of an enterprise's model, the newest first.")
    async def carbon_model_versions(
        self, info: Info, account_id: strawberry.ID, first: First = 20, after: After = None
    ) -> Connection[CarbonModel]:
        """List an enterprise's models."""
        wanted = page(first, after)
        key = wanted.key(int)
        own_id = uuids(account_id, ACCOUNT, path=("accountId",))[0]
        async with info.context.read() as read:
            info.context.scope.require("monitoring:read")
            await accounts.account(read, info.context.scope, own_id)
            rows = await queries.versions(
                read, info.context.scope, own_id, before=None if key is None else key[0], limit=wanted.fetch
            )
        return connect(rows, wanted, key=lambda row: [row.version], make=carbon_model)

    @strawberry.field(
        description="An enterprise's months estimated from electricity, the newest first, beside what they came to once verified."
    )
    async def carbon_estimates(
        self, info: Info, account_id: strawberry.ID, first: First = 24, after: After = None
    ) -> Connection[CarbonEstimate]:
        """List an enterprise's estimates."""
        wanted = page(first, after)
        own_id = uuids(account_id, ACCOUNT, path=("accountId",))[0]
        async with info.context.read() as read:
            info.context.scope.require("monitoring:read")
            await accounts.account(read, info.context.scope, own_id)
            rows = await queries.estimates(read, info.context.scope, own_id, after=_key(wanted), limit=wanted.fetch)
        return connect(rows, wanted, key=lambda row: [row.month, row.estimated_at, row.id], make=carbon_estimate)
