"""Score models on the wire: the reads."""

from datetime import date, datetime
from typing import cast
from uuid import UUID

import strawberry

from backend.accounts.schema_types import After, First
from backend.kit.clock import today
from backend.scores import service
from backend.scores.modelling import queries
from backend.scores.modelling.errors import NoActiveScoreModel
from backend.scores.modelling.reading import all_faults, as_object
from backend.scores.modelling.shipped import shipped
from backend.scores.modelling.values import Movement
from backend.scores.schema_models_types import (
    BACKTEST,
    VERSION,
    ScoreBacktestLine,
    ScoreBacktestNode,
    ScoreFactKind,
    ScoreModelContent,
    ScoreModelFault,
    ScoreModelVersionNode,
    backtest,
    contents,
    fact_kinds,
    line,
    load_version,
    model_faults,
    own_id,
    version,
)
from backend.wire.connections import Connection, connect, page
from backend.wire.context import Info
from backend.wire.scalars import JSON


@strawberry.type
class ScoreModelsQuery:
    """Reads of score models."""

    @strawberry.field(description="The score model in force on a day, today by default; null where none is.")
    async def score_model(self, info: Info, on: date | None = None) -> ScoreModelVersionNode | None:
        """Return the model in force."""
        scope = info.context.scope
        scope.require("scores:read")
        async with info.context.read() as read:
            try:
                found = await service.active_model(read, scope, on or today())
            except NoActiveScoreModel:
                return None
        return version(info.context, found)

    @strawberry.field(
        description="Versions of score models by code, the newest first. Authorities see drafts; others what is or was in force."
    )
    async def score_models(
        self, info: Info, code: str | None = None, first: First = 50, after: After = None
    ) -> Connection[ScoreModelVersionNode]:
        """List versions."""
        scope = info.context.scope
        scope.require("scores:read")
        asked = page(first, after)
        async with info.context.read() as read:
            rows = await queries.versions(read, scope, code, limit=asked.fetch, after=asked.key(str, int))
        return connect(
            rows, asked, key=lambda row: [row.code, row.version], make=lambda row: version(info.context, row)
        )

    @strawberry.field(description="One version of a score model; null where there is none for you.")
    async def score_model_version(self, info: Info, id: strawberry.ID) -> ScoreModelVersionNode | None:  # noqa: A002 - the wire's word
        """Return one version."""
        return await load_version(info.context, own_id(id, VERSION, path=("id",)))

    @strawberry.field(
        description="The models that come with the product, to start a draft from. Their figures are placeholders."
    )
    async def shipped_score_models(self, info: Info) -> list[ScoreModelContent]:
        """List the shipped models."""
        info.context.scope.require("scores:read")
        return [contents(each) for each in shipped().values()]

    @strawberry.field(description="The facts a score model may use.")
    async def score_facts(self, info: Info) -> list[ScoreFactKind]:
        """List the facts."""
        info.context.scope.require("scores:read")
        return fact_kinds()

    @strawberry.field(description="Every fault of a score model as it would be proposed; none: it holds together.")
    async def check_score_model(self, info: Info, content: JSON) -> list[ScoreModelFault]:
        """Check a model without storing it."""
        info.context.scope.require("scores:propose")
        return model_faults(all_faults(as_object(content)))

    @strawberry.field(description="Back-tests of a version, the newest first; for the authority.")
    async def score_backtests(
        self, info: Info, version_id: strawberry.ID, first: First = 50, after: After = None
    ) -> Connection[ScoreBacktestNode]:
        """List back-tests."""
        scope = info.context.scope
        scope.require("scores:supervise")
        asked, key = page(first, after), own_id(version_id, VERSION, path=("versionId",))
        async with info.context.read() as read:
            rows = await queries.backtests(
                read, scope, key, limit=asked.fetch, after=asked.key(datetime.fromisoformat, UUID)
            )
        return connect(rows, asked, key=lambda row: [row.finished_at, row.id], make=backtest)

    @strawberry.field(description="What came out of a back-test for each account of your region, by account.")
    async def score_backtest_lines(
        self,
        info: Info,
        backtest_id: strawberry.ID,
        movement: Movement | None = None,
        first: First = 50,
        after: After = None,
    ) -> Connection[ScoreBacktestLine]:
        """List the accounts of a back-test."""
        scope = info.context.scope
        scope.require("scores:supervise")
        asked, key = page(first, after), own_id(backtest_id, BACKTEST, path=("backtestId",))
        found = asked.key(UUID)
        async with info.context.read() as read:
            rows = await queries.backtest_lines(
                read, scope, key, None if movement is None else movement.value, limit=asked.fetch,
                after=None if found is None else cast("UUID", found[0]),
            )  # fmt: skip
        return connect(rows, asked, key=lambda row: [row.account_id], make=line)
