"""Reading scores on the wire, and what belongs to them; the commands are beside it."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry

from backend.accounts import service as accounts
from backend.accounts.schema_types import id_after, text_after
from backend.scores.appeals import queries as appeal_queries
from backend.scores.appeals.queries import AppealFilter
from backend.scores.appeals.values import AppealState
from backend.scores.running import queries
from backend.scores.running.queries import Listed, ScoreFilter
from backend.scores.running.terms import terms
from backend.scores.schema_scores_records import (
    AppealStateEnum,
    ScoreAppeal,
    ScorePenalty,
    ScoreSign,
    appeal,
    penalty,
    sign,
)
from backend.scores.schema_scores_types import (
    After,
    First,
    GreenScore,
    RegionalScore,
    ScoreWords,
    SectorPosition,
    StateEnum,
    position,
    score,
)
from backend.scores.values import State
from backend.tenants import service as tenants
from backend.wire.connections import Connection, Page, connect, page
from backend.wire.context import Info
from backend.wire.nodes import uuids


@strawberry.input(description="Which newest scores of a region; what is left out does not restrict.")
class RegionalScoresFilter:
    """Which newest scores."""

    grades: list[str] | None = strawberry.field(
        default=None, description="Codes of grades; an empty list matches none."
    )
    states: list[StateEnum] | None = strawberry.field(  # type: ignore[valid-type]
        default=None, description="What came of the run; an empty list matches none."
    )
    sector: str | None = strawberry.field(default=None, description="A sector code.")
    division: str | None = strawberry.field(default=None, description="A division code: its whole subtree.")


@strawberry.input(description="Which appeals; what is left out does not restrict.")
class ScoreAppealsFilter:
    """Which appeals."""

    account_id: strawberry.ID | None = strawberry.field(default=None, description="The account's global id.")
    state: AppealStateEnum | None = strawberry.field(default=None, description="How they stand.")  # type: ignore[valid-type]
    is_overdue: bool | None = strawberry.field(
        default=None, description="Only open ones past their day, or none of them."
    )


@strawberry.type(description="Figures of checks and appeals that no document fixes.")
class ScoreTerms:
    """Figures of checks and appeals."""

    is_placeholder: bool = strawberry.field(description="They are the product's own.")
    note: ScoreWords = strawberry.field(description="What is not known.")
    lodge_days: int = strawberry.field(description="Days after a score within which it can be appealed.")
    answer_days: int = strawberry.field(description="Days within which the authority answers an appeal.")


def _own(value: strawberry.ID) -> UUID:
    return uuids(value, "CarbonAccount", path=("accountId",))[0]


def _before(asked: Page) -> UUID | None:
    """Return the id a page begins after. Raises PageInvalid for a cursor of another list."""
    found = id_after(asked)
    return None if found is None else UUID(found)


@strawberry.type
class ScoreRunsQuery:
    """Reads of scores, penalties, signs and appeals."""

    @strawberry.field(
        description="The newest green score (绿色评分) of an account, or the newest at a past moment; null where there is "
        "none, or it is not yours to see. Banks read scores under consents, by the operations of lending."
    )
    async def green_score(
        self, info: Info, account_id: strawberry.ID, as_of: datetime | None = None
    ) -> GreenScore | None:
        """Return an account's score."""
        info.context.scope.require("scores:read")
        own = _own(account_id)
        async with info.context.read() as read:
            found = (await queries.latest(read, info.context.scope, [own], as_of)).get(own)
        return None if found is None else score(found)

    @strawberry.field(description="Every score of an account, newest first.")
    async def green_scores(
        self, info: Info, account_id: strawberry.ID, first: First = 20, after: After = None
    ) -> Connection[GreenScore] | None:
        """List an account's scores."""
        info.context.scope.require("scores:read")
        own, asked = _own(account_id), page(first, after)
        key = asked.key(int)
        async with info.context.read() as read:
            await accounts.account(read, info.context.scope, own)
            rows = await queries.history(
                read, info.context.scope, own, before=key[0] if key else None, limit=asked.fetch
            )
        return connect(rows, asked, key=lambda row: [row.number], make=score)

    @strawberry.field(
        description="The newest scores of the accounts of your region, by account number; for authorities."
    )
    async def regional_scores(
        self,
        info: Info,
        where: Annotated[RegionalScoresFilter | None, strawberry.argument(description="Which.")] = None,
        first: First = 20,
        after: After = None,
    ) -> Connection[RegionalScore]:
        """List the newest scores of a region."""
        scope, asked = info.context.scope, page(first, after)
        scope.require("scores:supervise")
        wanted = where or RegionalScoresFilter()
        path: str | None = None
        async with info.context.read() as read:
            if wanted.division is not None:
                division = await tenants.division(read, scope, wanted.division)
                if division is None:
                    return connect([], asked, key=lambda row: [row.account_number], make=regional)
                path = division.path
            states = None if wanted.states is None else [State(each).value for each in wanted.states]
            rows = await queries.listed(
                read, scope, ScoreFilter(wanted.grades, states, wanted.sector, path), after=text_after(asked),
                limit=asked.fetch,
            )  # fmt: skip
        return connect(rows, asked, key=lambda row: [row.account_number], make=regional)

    @strawberry.field(
        description="Where an account lies in its sector, fact by fact, as of the last run. Nothing is told that would show "
        "another account."
    )
    async def sector_positions(self, info: Info, account_id: strawberry.ID) -> list[SectorPosition] | None:
        """Return an account's places in its sector."""
        info.context.scope.require("scores:read")
        own = _own(account_id)
        async with info.context.read() as read:
            await accounts.account(read, info.context.scope, own)
            found = await queries.positions(read, info.context.scope, own)
        return [position(each) for each in found]

    @strawberry.field(description="The environmental penalties on record for an account, newest first.")
    async def score_penalties(
        self, info: Info, account_id: strawberry.ID, first: First = 20, after: After = None
    ) -> Connection[ScorePenalty] | None:
        """List an account's penalties."""
        info.context.scope.require("scores:read")
        own, asked = _own(account_id), page(first, after)
        async with info.context.read() as read:
            await accounts.account(read, info.context.scope, own)
            rows = await queries.penalties(read, info.context.scope, own, before=_before(asked), limit=asked.fetch)
        return connect(rows, asked, key=lambda row: [row.id], make=penalty)

    @strawberry.field(description="The signs of shifted, split or moved data found in an account, newest first.")
    async def score_signs(
        self, info: Info, account_id: strawberry.ID, year: int | None = None, first: First = 20, after: After = None
    ) -> Connection[ScoreSign] | None:
        """List an account's signs."""
        info.context.scope.require("scores:read")
        own, asked = _own(account_id), page(first, after)
        async with info.context.read() as read:
            await accounts.account(read, info.context.scope, own)
            rows = await queries.signs(read, info.context.scope, own, year, before=_before(asked), limit=asked.fetch)
        return connect(rows, asked, key=lambda row: [row.id], make=sign)

    @strawberry.field(description="The appeals you see, newest first: your own, or those of your region.")
    async def score_appeals(
        self,
        info: Info,
        where: Annotated[ScoreAppealsFilter | None, strawberry.argument(description="Which.")] = None,
        first: First = 20,
        after: After = None,
    ) -> Connection[ScoreAppeal] | None:
        """List appeals."""
        info.context.scope.require("scores:read")
        asked, wanted = page(first, after), where or ScoreAppealsFilter()
        account_id = None
        if wanted.account_id is not None:
            [account_id] = uuids(wanted.account_id, "CarbonAccount", path=("where", "accountId"))
        state = None if wanted.state is None else AppealState(wanted.state)
        async with info.context.read() as read:
            if account_id is not None:
                await accounts.account(read, info.context.scope, account_id)
            rows = await appeal_queries.appeals(
                read, info.context.scope, AppealFilter(account_id, state, wanted.is_overdue), before=_before(asked),
                limit=asked.fetch,
            )  # fmt: skip
        return connect(rows, asked, key=lambda row: [row.id], make=appeal)

    @strawberry.field(description="The figures of checks and appeals that no document fixes.")
    async def score_terms(self, info: Info) -> ScoreTerms:
        """Return the figures."""
        info.context.scope.require("scores:read")
        found = terms()
        return ScoreTerms(
            is_placeholder=found.is_placeholder, note=ScoreWords(zh=found.note_zh, en=found.note_en),
            lodge_days=found.lodge_days, answer_days=found.answer_days,
        )  # fmt: skip


def regional(value: Listed) -> RegionalScore:
    """Return a line of the region's list as the wire has it."""
    return RegionalScore(account_number=value.account_number, score=score(value.score))
