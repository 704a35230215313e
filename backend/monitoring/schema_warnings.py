"""Reading warnings, their levels and evaluations on the wire."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry

from backend.accounts.schema_types import After, First
from backend.monitoring import service
from backend.monitoring.alerts import terms as levels_of
from backend.monitoring.alerts import viewing
from backend.monitoring.alerts.values import CauseKind, WarningState
from backend.monitoring.schema_warning_types import (
    WARNING,
    EmissionWarning,
    WarningEvaluation,
    WarningRulesNode,
    WarningTerms,
    evaluation,
    response,
    terms,
    terms_content,
    warning,
)
from backend.tenants import service as tenants
from backend.wire.connections import Connection, Page, connect, page
from backend.wire.context import Info
from backend.wire.nodes import uuids

Code = Annotated[str | None, strawberry.argument(description="Only of this division and those below it.")]


def _moment(asked: Page) -> tuple[datetime, UUID] | None:
    key = asked.key(datetime.fromisoformat, UUID)
    return None if key is None else (key[0], key[1])


@strawberry.type
class WarningsQuery:
    """Reading warnings."""

    @strawberry.field(
        description="Warnings (碳排放预警), the newest first: an authority's own subtree, an enterprise's own as a key unit."
    )
    async def emission_warnings(
        self,
        info: Info,
        division_code: Code = None,
        states: Annotated[
            list[WarningState] | None, strawberry.argument(description="Only where they stand so.")
        ] = None,
        kinds: Annotated[list[CauseKind] | None, strawberry.argument(description="Only of these kinds.")] = None,
        levels: Annotated[list[str] | None, strawberry.argument(description="Only of these levels.")] = None,
        account_id: Annotated[strawberry.ID | None, strawberry.argument(description="Only of this key unit.")] = None,
        is_overdue_only: Annotated[bool, strawberry.argument(description="Only overdue ones.")] = False,  # noqa: FBT002 - an argument of the wire has a name
        first: First = 50,
        after: After = None,
    ) -> Connection[EmissionWarning]:
        """List warnings."""
        asked = page(first, after)
        own = None if account_id is None else uuids(account_id, "CarbonAccount", path=("accountId",))[0]
        async with info.context.read() as read:
            rows = await service.warnings(
                read, info.context.scope, division_code=division_code, states=states or (), kinds=kinds or (),
                levels=levels or (), account_id=own, is_overdue_only=is_overdue_only, after=_moment(asked),
                limit=asked.fetch,
            )  # fmt: skip
        return connect(rows, asked, key=lambda row: [row.raised_at, row.id], make=warning)

    @strawberry.field(description="A warning with what it rests on and what was done.")
    async def emission_warning(self, info: Info, id: strawberry.ID) -> EmissionWarning:  # noqa: A002 - the wire's word
        """Return a warning."""
        async with info.context.read() as read:
            return warning(await service.warning(read, info.context.scope, uuids(id, WARNING, path=("id",))[0]))

    @strawberry.field(description="The levels of warning in force, and the measures the jurisdiction's document names.")
    async def warning_rules(self, info: Info) -> WarningRulesNode:
        """Return the levels in force."""
        scope = info.context.scope
        levels_of.of_authority(scope, "monitoring:read")
        async with info.context.read() as read:
            found = await service.terms_in_force(read, scope)
            pack = await tenants.pack_in_force(read, scope)
        return WarningRulesNode(
            in_force=terms_content(found), responses=[response(each) for each in pack.warnings.responses]
        )

    @strawberry.field(description="Levels of warning as they were drafted and decided on, the newest first.")
    async def warning_terms(self, info: Info, first: First = 20, after: After = None) -> Connection[WarningTerms]:
        """List drafted levels."""
        asked = page(first, after)
        async with info.context.read() as read:
            rows = await levels_of.versions(read, info.context.scope, after=_moment(asked), limit=asked.fetch)
        return connect(rows, asked, key=lambda row: [row.drafted_at, row.id], make=terms)

    @strawberry.field(
        description="Evaluations (形势研判) of your region, the newest first, with what could not be told."
    )
    async def warning_evaluations(
        self, info: Info, division_code: Code = None, first: First = 20, after: After = None
    ) -> Connection[WarningEvaluation]:
        """List evaluations."""
        asked = page(first, after)
        async with info.context.read() as read:
            rows = await viewing.evaluations(
                read, info.context.scope, division_code=division_code, after=_moment(asked), limit=asked.fetch
            )
        return connect(rows, asked, key=lambda row: [row.evaluated_at, row.id], make=evaluation)
