"""The citizens' points on the wire: the reads; commands are beside them."""

from typing import Annotated
from uuid import UUID

import strawberry

from backend.accounts.schema_types import After, First
from backend.credits.citizens import queries, service, tables
from backend.credits.citizens.schema_commands import CitizensMutation
from backend.credits.citizens.schema_types import (
    Citizen,
    CitizenPoints,
    CitizenRanking,
    CitizenRedemption,
    CitizenReward,
    CitizenScene,
    GreenAct,
    act,
    citizen,
    points,
    ranking,
    redemption,
    reward,
    scene,
)
from backend.wire.connections import Connection, Page, connect, page
from backend.wire.context import Info
from backend.wire.nodes import uuids

__all__ = ["CitizensMutation", "CitizensQuery", "tables"]

Code = Annotated[str | None, strawberry.argument(description="Only of this programme.")]
Of = Annotated[strawberry.ID | None, strawberry.argument(description="Only of this citizen.")]


def _after(asked: Page) -> UUID | None:
    key = asked.key(UUID)
    return None if key is None else key[0]


def _citizen(given: str | None) -> UUID | None:
    return None if given is None else uuids(given, "Citizen", path=("citizenId",))[0]


@strawberry.type
class CitizensQuery:
    """Reads of the citizens' points."""

    @strawberry.field(description="Versions of the scenes (场景) in which citizens earn points, newest first.")
    async def citizen_scenes(
        self, info: Info, programme: Code = None, first: First = 50, after: After = None
    ) -> Connection[CitizenScene]:
        """List scenes."""
        scope = info.context.scope
        scope.require("credits:read")
        asked = page(first, after)
        async with info.context.read() as read:
            rows = await queries.scenes(read, scope, programme, after=_after(asked), limit=asked.fetch)
        return connect(rows, asked, key=lambda row: [row.id], make=scene)

    @strawberry.field(description="Citizens who collect points; the authority of their region sees them, newest first.")
    async def citizens(
        self,
        info: Info,
        programme: Code = None,
        number: Annotated[str | None, strawberry.argument(description="The one of this number.")] = None,
        subject: Annotated[str | None, strawberry.argument(description="The one of this key of the platform.")] = None,
        first: First = 50,
        after: After = None,
    ) -> Connection[Citizen]:
        """List citizens."""
        scope = info.context.scope
        scope.require("credits:read")
        asked = page(first, after)
        async with info.context.read() as read:
            rows = await queries.citizens(
                read, scope, programme, number=number, subject=subject, after=_after(asked), limit=asked.fetch
            )
        return connect(rows, asked, key=lambda row: [row.id], make=citizen)

    @strawberry.field(description="Green acts (低碳行为) you told of, or of your region's citizens; newest first.")
    async def green_acts(
        self,
        info: Info,
        programme: Code = None,
        scene: Annotated[str | None, strawberry.argument(description="Only of this scene.")] = None,
        citizen_id: Of = None,
        first: First = 50,
        after: After = None,
    ) -> Connection[GreenAct]:
        """List acts."""
        scope = info.context.scope
        scope.require("credits:read")
        asked = page(first, after)
        async with info.context.read() as read:
            rows = await queries.acts(
                read, scope, programme=programme, scene_code=scene, account_id=_citizen(citizen_id),
                after=_after(asked), limit=asked.fetch,
            )  # fmt: skip
        return connect(rows, asked, key=lambda row: [row.id], make=act)

    @strawberry.field(description="Rewards (兑换品) points are redeemed for, newest first.")
    async def citizen_rewards(
        self, info: Info, programme: Code = None, first: First = 50, after: After = None
    ) -> Connection[CitizenReward]:
        """List rewards."""
        scope = info.context.scope
        scope.require("credits:read")
        asked = page(first, after)
        async with info.context.read() as read:
            rows = await queries.rewards(read, scope, programme, after=_after(asked), limit=asked.fetch)
        return connect(rows, asked, key=lambda row: [row.id], make=reward)

    @strawberry.field(description="Redemptions (兑换) of your region's citizens, newest first.")
    async def citizen_redemptions(
        self, info: Info, programme: Code = None, citizen_id: Of = None, first: First = 50, after: After = None
    ) -> Connection[CitizenRedemption]:
        """List redemptions."""
        scope = info.context.scope
        scope.require("credits:read")
        asked = page(first, after)
        async with info.context.read() as read:
            rows = await queries.redemptions(
                read, scope, programme=programme, account_id=_citizen(citizen_id), after=_after(asked),
                limit=asked.fetch,
            )  # fmt: skip
        return connect(rows, asked, key=lambda row: [row.id], make=redemption)

    @strawberry.field(description="Lists of the year's first (年度累计碳积分排名) of your region, newest first.")
    async def citizen_rankings(
        self, info: Info, programme: Code = None, first: First = 50, after: After = None
    ) -> Connection[CitizenRanking]:
        """List lists of the year's first."""
        scope = info.context.scope
        scope.require("credits:read")
        asked = page(first, after)
        async with info.context.read() as read:
            rows = await queries.rankings(read, scope, programme, after=_after(asked), limit=asked.fetch)
        return connect(rows, asked, key=lambda row: [row.id], make=ranking)

    @strawberry.field(
        description="Where a programme's points are (积分台账), of your region or a division of it: earned = redeemed + "
        "cancelled + expired + held."
    )
    async def citizen_points(self, info: Info, programme: str, division_code: str | None = None) -> CitizenPoints:
        """Return where the points are."""
        async with info.context.read() as read:
            found = await service.standing(read, info.context.scope, programme=programme, division_code=division_code)
        return points(found)
