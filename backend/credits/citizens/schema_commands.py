"""Commands on the citizens' points on the wire."""

import strawberry

from backend.credits.citizens import service
from backend.credits.citizens.schema_inputs import (
    CloseCitizenInput,
    DecideCitizenDraftInput,
    DraftCitizenRankingInput,
    DraftCitizenRewardInput,
    DraftCitizenSceneInput,
    OpenCitizensInput,
    RecordGreenActsInput,
    RedeemCitizenPointsInput,
    TakeBackInput,
)
from backend.credits.citizens.schema_types import (
    Citizen,
    CitizenRanking,
    CitizenRedemption,
    CitizenReward,
    CitizenScene,
    GreenAct,
    GreenActRow,
    act,
    act_row,
    citizen,
    ranking,
    redemption,
    reward,
    scene,
)
from backend.credits.citizens.values import Act, CitizenDraft
from backend.credits.programmes.schema_types import own_key
from backend.kit.db import Write
from backend.wire.commands import command
from backend.wire.context import Context
from backend.wire.nodes import uuids

# pyright: reportGeneralTypeIssues=false, reportSelfClsParameterName=false
# ruff: noqa: A002, N805
# `command` makes static functions whose argument is called `input` on the wire.


@strawberry.type(description="The scene was drafted or decided.")
class CitizenSceneChanged:
    """The scene was drafted or decided."""

    scene: CitizenScene = strawberry.field(description="The version as it is now.")


@strawberry.type(description="The citizens were opened.")
class CitizensOpened:
    """The citizens were opened."""

    citizens: list[Citizen] = strawberry.field(description="In the order they were sent, with their numbers.")


@strawberry.type(description="The citizen left.")
class CitizenLeft:
    """The citizen left."""

    citizen: Citizen = strawberry.field(description="As it is now.")


@strawberry.type(description="The rows were worked through.")
class GreenActsRecorded:
    """The rows were worked through."""

    rows: list[GreenActRow] = strawberry.field(description="What became of each, in the order they were sent.")


@strawberry.type(description="The act was revoked.")
class GreenActRevoked:
    """The act was revoked."""

    act: GreenAct = strawberry.field(description="As it is now.")


@strawberry.type(description="The reward was drafted or decided.")
class CitizenRewardChanged:
    """The reward was drafted or decided."""

    reward: CitizenReward = strawberry.field(description="As it is now.")


@strawberry.type(description="The points were redeemed, or the redemption cancelled.")
class CitizenRedemptionChanged:
    """The points were redeemed, or the redemption cancelled."""

    redemption: CitizenRedemption = strawberry.field(description="As it is now.")


@strawberry.type(description="The list was drawn up or decided.")
class CitizenRankingChanged:
    """The list was drawn up or decided."""

    ranking: CitizenRanking = strawberry.field(description="As it is now.")


@strawberry.type
class CitizensMutation:
    """Commands on the citizens' points."""

    @command("credits:draft_scene", description="Draft the terms of a scene; a second person approves them.")
    async def draft_citizen_scene(context: Context, write: Write, input: DraftCitizenSceneInput) -> CitizenSceneChanged:
        """Draft a scene."""
        made = await service.draft_scene(
            write, context.scope, programme=input.programme, code=input.code, terms=input.terms(),
            source=input.document.read(), reason=input.reason,
        )  # fmt: skip
        return CitizenSceneChanged(scene=scene(made))

    @command("credits:decide_scene", description="Approve or reject the drafted terms of a scene; never one's own.")
    async def decide_citizen_scene(
        context: Context, write: Write, input: DecideCitizenDraftInput
    ) -> CitizenSceneChanged:
        """Decide on a scene."""
        decided = await service.decide_scene(
            write, context.scope, scene_id=uuids(input.id, "CitizenScene", path=("input", "id"))[0],
            is_approved=input.is_approved, reason=input.reason,
        )  # fmt: skip
        return CitizenSceneChanged(scene=scene(decided))

    @command(
        "credits:open_citizens", description="Open citizens of a programme under numbers that say nothing of them."
    )
    async def open_citizens(context: Context, write: Write, input: OpenCitizensInput) -> CitizensOpened:
        """Open citizens."""
        drafts = [CitizenDraft(each.subject, each.division_code, each.consented_on) for each in input.citizens]
        opened = await service.open_citizens(write, context.scope, programme=input.programme, drafts=drafts)
        return CitizensOpened(citizens=[citizen(each) for each in opened])

    @command(
        "credits:close_citizen",
        description="Let a citizen leave: what they hold is cancelled (注销), their platform's key forgotten.",
    )
    async def close_citizen(context: Context, write: Write, input: CloseCitizenInput) -> CitizenLeft:
        """Let a citizen leave."""
        closed = await service.close_citizen(
            write, context.scope, programme=input.programme, number=input.number, reason=input.reason
        )
        return CitizenLeft(citizen=citizen(closed))

    @command(
        "credits:record_acts",
        description="Record green acts (低碳行为) in a scene and give their points; each row for itself, each key once.",
    )
    async def record_green_acts(context: Context, write: Write, input: RecordGreenActsInput) -> GreenActsRecorded:
        """Record green acts."""
        rows = [Act(each.citizen, each.day, each.quantity, each.key) for each in input.rows]
        found = await service.record_acts(write, context.scope, programme=input.programme, scene=input.scene, rows=rows)
        return GreenActsRecorded(rows=[act_row(each) for each in found])

    @command("credits:revoke_act", description="Revoke an act told wrongly, while its points are still held.")
    async def revoke_green_act(context: Context, write: Write, input: TakeBackInput) -> GreenActRevoked:
        """Revoke an act."""
        account_id, own_id = own_key(input.id, "GreenAct", path=("input", "id"))
        revoked = await service.revoke_act(
            write, context.scope, account_id=account_id, act_id=own_id, reason=input.reason
        )
        return GreenActRevoked(act=act(revoked))

    @command("credits:draft_reward", description="Draft a reward; a second person approves it.")
    async def draft_citizen_reward(
        context: Context, write: Write, input: DraftCitizenRewardInput
    ) -> CitizenRewardChanged:
        """Draft a reward."""
        made = await service.draft_reward(
            write, context.scope, programme=input.programme, code=input.code, names=(input.name_zh, input.name_en),
            points=input.points, stock=input.stock, yearly=input.yearly, provider=input.provider,
            days=(input.first_day, input.last_day), source=input.document.read(),
        )  # fmt: skip
        return CitizenRewardChanged(reward=reward(made))

    @command("credits:decide_reward", description="Approve or reject a drafted reward; never one's own.")
    async def decide_citizen_reward(
        context: Context, write: Write, input: DecideCitizenDraftInput
    ) -> CitizenRewardChanged:
        """Decide on a reward."""
        decided = await service.decide_reward(
            write, context.scope, reward_id=uuids(input.id, "CitizenReward", path=("input", "id"))[0],
            is_approved=input.is_approved, reason=input.reason,
        )  # fmt: skip
        return CitizenRewardChanged(reward=reward(decided))

    @command("credits:redeem", description="Redeem a citizen's points for a reward (兑换); nothing is given twice.")
    async def redeem_citizen_points(
        context: Context, write: Write, input: RedeemCitizenPointsInput
    ) -> CitizenRedemptionChanged:
        """Redeem points."""
        done = await service.redeem(
            write, context.scope, number=input.citizen,
            reward_id=uuids(input.reward_id, "CitizenReward", path=("input", "rewardId"))[0],
        )  # fmt: skip
        return CitizenRedemptionChanged(redemption=redemption(done))

    @command("credits:cancel_redemption", description="Cancel a redemption: the points come back as they were.")
    async def cancel_citizen_redemption(
        context: Context, write: Write, input: TakeBackInput
    ) -> CitizenRedemptionChanged:
        """Cancel a redemption."""
        account_id, own_id = own_key(input.id, "CitizenRedemption", path=("input", "id"))
        back = await service.cancel_redemption(
            write, context.scope, account_id=account_id, redemption_id=own_id, reason=input.reason
        )
        return CitizenRedemptionChanged(redemption=redemption(back))

    @command("credits:draft_ranking", description="Draw up the citizens who earned most in a year that is over.")
    async def draft_citizen_ranking(
        context: Context, write: Write, input: DraftCitizenRankingInput
    ) -> CitizenRankingChanged:
        """Draw up the year's first."""
        made = await service.draft_ranking(
            write, context.scope, programme=input.programme, year=input.year, division_code=input.division_code,
            places=input.places, incentive=input.incentive, source=input.document.read(),
        )  # fmt: skip
        return CitizenRankingChanged(ranking=ranking(made))

    @command("credits:decide_ranking", description="Approve or reject a list of the year's first; never one's own.")
    async def decide_citizen_ranking(
        context: Context, write: Write, input: DecideCitizenDraftInput
    ) -> CitizenRankingChanged:
        """Decide on the year's first."""
        decided = await service.decide_ranking(
            write, context.scope, ranking_id=uuids(input.id, "CitizenRanking", path=("input", "id"))[0],
            is_approved=input.is_approved, reason=input.reason,
        )  # fmt: skip
        return CitizenRankingChanged(ranking=ranking(decided))
