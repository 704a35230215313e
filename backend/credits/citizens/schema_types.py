"""The citizens' points on the wire: scenes, citizens, acts, rewards, redemptions, the year's first."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

import strawberry

from backend.credits.citizens import queries, rules
from backend.credits.citizens.values import (
    ADMINISTRATOR,
    ActOutcome,
    ActValue,
    CitizenValue,
    Document,
    PlaceValue,
    RankingValue,
    RedemptionValue,
    RewardValue,
    RowOutcome,
    SceneKind,
    SceneValue,
    Standing,
    State,
)
from backend.credits.programmes.queries import points_of
from backend.credits.programmes.schema_types import register
from backend.identity.schema_types import Organisation, Person, load_organisation, load_person
from backend.ledger.schema_units import UnitAmounts, amounts
from backend.tenants.schema import Division, load_division
from backend.tenants.values import Rounding
from backend.wire.context import Info
from backend.wire.nodes import Node, node_id

strawberry.enum(
    SceneKind,
    name="CitizenSceneKind",
    description="Low-carbon consumption (低碳消费场景) or low-carbon living (低碳生活场景).",
)
strawberry.enum(State, name="CitizenDecision", description="Drafted by one person, approved or rejected by another.")
strawberry.enum(
    ActOutcome,
    name="GreenActOutcome",
    description="Points for all of it; for a part or none because of a cap; known before; refused.",
)


@strawberry.input(description="The document something rests on (依据文件).")
class CreditDocumentInput:
    """A document."""

    title: str = strawberry.field(description="Its title.")
    number: str = strawberry.field(default="", description="Its number (文号); empty where it has none.")
    dated: date = strawberry.field(description="Its date.")

    def read(self) -> Document:
        """Return it as a value."""
        return Document(self.title, self.number, self.dated)


@strawberry.type(description="The document something rests on (依据文件).")
class CreditDocument:
    """A document."""

    title: str = strawberry.field(description="Its title.")
    number: str = strawberry.field(description="Its number (文号); empty where it has none.")
    dated: date = strawberry.field(description="Its date.")


@strawberry.type(description="Who drafted and who decided; two persons.")
class CitizenJudgement:
    """Who drafted and who decided."""

    drafter_id: strawberry.Private[UUID | None]
    decider_id: strawberry.Private[UUID | None]
    state: State = strawberry.field(description="How it stands.")
    drafted_at: datetime = strawberry.field(description="When it was drafted.")
    decided_at: datetime | None = strawberry.field(description="When it was decided.")
    decision: str = strawberry.field(description="The reason given with the decision.")

    @strawberry.field(description="Who drafted it; null for a program, or where you may not know them.")
    async def drafted_by(self, info: Info) -> Person | None:
        """Return who drafted it."""
        return await load_person(info.context, self.drafter_id)

    @strawberry.field(description="Who decided; null for a program, or where you may not know them.")
    async def decided_by(self, info: Info) -> Person | None:
        """Return who decided."""
        return await load_person(info.context, self.decider_id)


@strawberry.type(description="One version of a scene (场景): how acts become points, set by an administrator.")
class CitizenScene(Node):
    """One version of a scene."""

    operator_id: strawberry.Private[UUID | None]
    programme: str = strawberry.field(description="The programme's code.")
    code: str = strawberry.field(description="The scene's code.")
    version: int = strawberry.field(description="Counts the versions; the newest approved one that has begun holds.")
    name_zh: str = strawberry.field(description="中文名称。")
    name_en: str = strawberry.field(description="English name.")
    kind: SceneKind = strawberry.field(description="Consumption or living.")
    activity_unit: str = strawberry.field(description="What an act is counted in.")
    points_per_unit: Decimal = strawberry.field(description="Points for one unit.")
    rounding: Rounding = strawberry.field(description="How points of an act are rounded.")
    cap_day: Decimal | None = strawberry.field(description="Most points of one citizen a day; null: no limit.")
    cap_year: Decimal | None = strawberry.field(description="Most points of one citizen a calendar year.")
    validity_months: int = strawberry.field(description="Months points last from the day of issue; 0 is no end.")
    late_days: int = strawberry.field(description="Days after which an act is told no more.")
    is_open: bool = strawberry.field(description="Whether acts earn; false ends the scene.")
    valid_from: date = strawberry.field(description="The first day it holds.")
    confidence: str = strawberry.field(description="`administrator`: figures a person set, with the document named.")
    document: CreditDocument = strawberry.field(description="What it rests on.")
    reason: str = strawberry.field(description="Why.")
    judgement: CitizenJudgement = strawberry.field(description="Who drafted and who decided.")

    @strawberry.field(description="Who tells of acts; null: the authority alone, or where you may not know them.")
    async def operator(self, info: Info) -> Organisation | None:
        """Return who runs it."""
        return None if self.operator_id is None else await load_organisation(info.context, self.operator_id)


@strawberry.type(description="Somebody who collects points, known by a number that says nothing of the person.")
class Citizen(Node):
    """A citizen."""

    own_id: strawberry.Private[UUID]
    division_code: strawberry.Private[str]
    programme: str = strawberry.field(description="The programme's code.")
    number: str = strawberry.field(description="The product's own number of them.")
    subject: str | None = strawberry.field(description="Their platform's opaque key; forgotten once they left.")
    consented_on: date = strawberry.field(description="When they agreed to take part.")
    opened_at: datetime = strawberry.field(description="When they were opened.")
    closed_at: datetime | None = strawberry.field(description="When they left.")
    closure: str = strawberry.field(description="Why they left.")
    cancelled_points: Decimal = strawberry.field(description="Points cancelled (注销) when they left.")

    @strawberry.field(description="Their points by bucket: `retired` are redeemed or cancelled.")
    async def points(self, info: Info) -> UnitAmounts:
        """Return their points."""
        return amounts(await info.context.loader(points_of).load(self.own_id))

    @strawberry.field(description="Where they live.")
    async def division(self, info: Info) -> Division | None:
        """Return their division."""
        return await load_division(info.context, self.division_code)


@strawberry.type(description="A green act (低碳行为) and what it earned.")
class GreenAct(Node):
    """A green act."""

    programme: str = strawberry.field(description="The programme's code.")
    scene: str = strawberry.field(description="The scene's code.")
    scene_version_id: strawberry.ID = strawberry.field(description="The version of the scene it was judged by.")
    number: str = strawberry.field(description="The citizen's number.")
    day: date = strawberry.field(description="The day of the act.")
    quantity: Decimal = strawberry.field(description="How much, in the scene's unit.")
    computed: Decimal = strawberry.field(description="Points by the terms, before rounding and caps.")
    points: Decimal = strawberry.field(description="Points given.")
    is_capped: bool = strawberry.field(description="Whether a cap took some or all.")
    key: str = strawberry.field(description="The operator's own key of it.")
    movement_id: strawberry.ID | None = strawberry.field(description="The issue in the ledger; null without points.")
    recorded_at: datetime = strawberry.field(description="When it was told.")
    revoked_at: datetime | None = strawberry.field(description="When it was revoked, its points taken back.")
    revocation: str = strawberry.field(description="Why it was revoked.")


@strawberry.type(description="What became of one row of a batch.")
class GreenActRow:
    """What became of one row."""

    row: int = strawberry.field(description="Counts the rows as they were sent, from 1.")
    key: str = strawberry.field(description="Its key.")
    outcome: ActOutcome = strawberry.field(description="What became of it.")
    act_id: strawberry.ID | None = strawberry.field(description="The act; null where refused.")
    points: Decimal = strawberry.field(description="Points given; for a repeated key those given then.")
    code: str = strawberry.field(description="Why it was refused, as a word; empty otherwise.")
    message_zh: str = strawberry.field(description="拒绝原因。")
    message_en: str = strawberry.field(description="Why it was refused.")


@strawberry.type(description="Something points are redeemed for (兑换品).")
class CitizenReward(Node):
    """A reward."""

    own_id: strawberry.Private[UUID]
    programme: str = strawberry.field(description="The programme's code.")
    code: str = strawberry.field(description="Its code.")
    name_zh: str = strawberry.field(description="中文名称。")
    name_en: str = strawberry.field(description="English name.")
    points: Decimal = strawberry.field(description="Points for one.")
    stock: int = strawberry.field(description="How many there are in all.")
    yearly: int | None = strawberry.field(description="How many one citizen may have a year; null: no limit.")
    provider: str = strawberry.field(description="Who hands it out.")
    first_day: date = strawberry.field(description="First day it is offered.")
    last_day: date = strawberry.field(description="Last day it is offered.")
    document: CreditDocument = strawberry.field(description="What it rests on.")
    judgement: CitizenJudgement = strawberry.field(description="Who drafted and who decided.")

    @strawberry.field(description="How many are gone.")
    async def taken(self, info: Info) -> int:
        """Return how many are gone."""
        return await info.context.loader(queries.taken).load(self.own_id)


@strawberry.type(description="Points redeemed for a reward (兑换).")
class CitizenRedemption(Node):
    """A redemption."""

    reward_key: strawberry.Private[UUID]
    programme: str = strawberry.field(description="The programme's code.")
    number: str = strawberry.field(description="The citizen's number.")
    points: Decimal = strawberry.field(description="Points redeemed.")
    voucher: str = strawberry.field(description="Shown to whoever hands the reward out.")
    movement_id: strawberry.ID = strawberry.field(description="The retirement in the ledger.")
    redeemed_at: datetime = strawberry.field(description="When.")
    cancelled_at: datetime | None = strawberry.field(description="When it was cancelled, the points given back.")
    cancellation: str = strawberry.field(description="Why it was cancelled.")

    @strawberry.field(description="What it was redeemed for.")
    async def reward(self, info: Info) -> CitizenReward | None:
        """Return the reward."""
        found = await info.context.loader(queries.rewards_by_id).load(self.reward_key)
        return None if found is None else reward(found)


@strawberry.type(description="A place among the year's first; equal points share it.")
class CitizenPlace:
    """A place among the year's first."""

    place: int = strawberry.field(description="Counts from 1.")
    number: str = strawberry.field(description="The citizen's number: for whoever gives the incentive, not to publish.")
    masked: str = strawberry.field(description="As it is published: its owner knows it, nobody else can tell.")
    points: Decimal = strawberry.field(description="Points earned in the year.")


@strawberry.type(description="The citizens who earned most in a year (年度累计碳积分排名).")
class CitizenRanking(Node):
    """The year's first."""

    own_id: strawberry.Private[UUID]
    division_code: strawberry.Private[str]
    programme: str = strawberry.field(description="The programme's code.")
    year: int = strawberry.field(description="The year the acts were done in.")
    size: int = strawberry.field(description="How many places were asked for.")
    citizens: int = strawberry.field(description="How many earned anything at all.")
    points: Decimal = strawberry.field(description="What they all earned together.")
    incentive: str = strawberry.field(description="What the first are given (激励), in words.")
    document: CreditDocument = strawberry.field(description="What it rests on.")
    judgement: CitizenJudgement = strawberry.field(description="Who drew it up and who decided.")

    @strawberry.field(description="The places, the first first: at most 1,000, and who shares the last.")
    async def places(self, info: Info) -> list[CitizenPlace]:
        """Return the places."""
        return [place(each) for each in await info.context.loader(queries.places_of).load(self.own_id)]

    @strawberry.field(description="Of which division and all below it.")
    async def division(self, info: Info) -> Division | None:
        """Return the division."""
        return await load_division(info.context, self.division_code)


@strawberry.type(description="Where a programme's points are: earned = redeemed + cancelled + expired + held.")
class CitizenPoints:
    """Where a programme's points are."""

    citizens: int = strawberry.field(description="Citizens, those who left included.")
    earned: Decimal = strawberry.field(description="Given for acts that stand.")
    redeemed: Decimal = strawberry.field(description="Redeemed (兑换).")
    cancelled: Decimal = strawberry.field(description="Cancelled (注销) when somebody left.")
    expired: Decimal = strawberry.field(description="Past their last day.")
    held: Decimal = strawberry.field(description="Still held.")
    difference: Decimal = strawberry.field(description="What the records and the ledger disagree by: zero.")


def _document(title: str, number: str, dated: date) -> CreditDocument:
    return CreditDocument(title=title, number=number, dated=dated)


def _judgement(value: SceneValue | RewardValue | RankingValue) -> CitizenJudgement:
    return CitizenJudgement(
        drafter_id=value.drafted_by, decider_id=value.decided_by, state=value.state, drafted_at=value.drafted_at,
        decided_at=value.decided_at, decision=value.decision,
    )  # fmt: skip


def scene(value: SceneValue) -> CitizenScene:
    """Return a version of a scene as the wire has it."""
    return CitizenScene(
        id=node_id("CitizenScene", value.id), operator_id=value.operator_id, programme=value.programme,
        code=value.code, version=value.version, name_zh=value.name_zh, name_en=value.name_en, kind=value.kind,
        activity_unit=value.activity_unit, points_per_unit=value.points_per_unit, rounding=value.rounding,
        cap_day=value.cap_day, cap_year=value.cap_year, validity_months=value.validity_months,
        late_days=value.late_days, is_open=value.is_open, valid_from=value.valid_from, confidence=ADMINISTRATOR,
        document=_document(value.document_title, value.document_number, value.document_dated), reason=value.reason,
        judgement=_judgement(value),
    )  # fmt: skip


def citizen(value: CitizenValue) -> Citizen:
    """Return a citizen as the wire has it."""
    return Citizen(
        id=node_id("Citizen", value.id), own_id=value.id, division_code=value.division_code,
        programme=value.programme, number=value.number, subject=value.subject, consented_on=value.consented_on,
        opened_at=value.opened_at, closed_at=value.closed_at, closure=value.closure,
        cancelled_points=value.cancelled_points,
    )  # fmt: skip


def act(value: ActValue) -> GreenAct:
    """Return an act as the wire has it."""
    return GreenAct(
        id=node_id("GreenAct", value.account_id, value.id), programme=value.programme, scene=value.scene,
        scene_version_id=node_id("CitizenScene", value.scene_version_id), number=value.number, day=value.day,
        quantity=value.quantity, computed=value.computed, points=value.points, is_capped=value.is_capped,
        key=value.key,
        movement_id=None if value.movement_id is None else node_id("UnitMovement", value.movement_id),
        recorded_at=value.recorded_at, revoked_at=value.revoked_at, revocation=value.revocation,
    )  # fmt: skip


def act_row(value: RowOutcome) -> GreenActRow:
    """Return what became of a row as the wire has it."""
    act_id = None
    if value.act_id is not None and value.account_id is not None:
        act_id = node_id("GreenAct", value.account_id, value.act_id)
    return GreenActRow(
        row=value.row, key=value.key, outcome=value.outcome, act_id=act_id, points=value.points, code=value.code,
        message_zh=value.zh, message_en=value.en,
    )  # fmt: skip


def reward(value: RewardValue) -> CitizenReward:
    """Return a reward as the wire has it."""
    return CitizenReward(
        id=node_id("CitizenReward", value.id), own_id=value.id, programme=value.programme, code=value.code,
        name_zh=value.name_zh, name_en=value.name_en, points=value.points, stock=value.stock, yearly=value.yearly,
        provider=value.provider, first_day=value.first_day, last_day=value.last_day,
        document=_document(value.document_title, value.document_number, value.document_dated),
        judgement=_judgement(value),
    )  # fmt: skip


def redemption(value: RedemptionValue) -> CitizenRedemption:
    """Return a redemption as the wire has it."""
    return CitizenRedemption(
        id=node_id("CitizenRedemption", value.account_id, value.id), reward_key=value.reward_id,
        programme=value.programme, number=value.number, points=value.points, voucher=value.voucher,
        movement_id=node_id("UnitMovement", value.movement_id), redeemed_at=value.redeemed_at,
        cancelled_at=value.cancelled_at, cancellation=value.cancellation,
    )  # fmt: skip


def ranking(value: RankingValue) -> CitizenRanking:
    """Return a list of the year's first as the wire has it."""
    return CitizenRanking(
        id=node_id("CitizenRanking", value.id), own_id=value.id, division_code=value.division_code,
        programme=value.programme, year=value.year, size=value.places, citizens=value.citizens, points=value.points,
        incentive=value.incentive,
        document=_document(value.document_title, value.document_number, value.document_dated),
        judgement=_judgement(value),
    )  # fmt: skip


def place(value: PlaceValue) -> CitizenPlace:
    """Return a place as the wire has it."""
    return CitizenPlace(place=value.place, number=value.number, masked=rules.masked(value.number), points=value.points)


def points(value: Standing) -> CitizenPoints:
    """Return where the points are as the wire has it."""
    return CitizenPoints(
        citizens=value.citizens, earned=value.earned, redeemed=value.redeemed, cancelled=value.cancelled,
        expired=value.expired, held=value.held, difference=value.difference,
    )  # fmt: skip


register("CitizenScene", queries.scenes_by_id, scene, 1)
register("Citizen", queries.citizens_by_id, citizen, 1)
register("GreenAct", queries.acts_by_id, act, 2)
register("CitizenReward", queries.rewards_by_id, reward, 1)
register("CitizenRedemption", queries.redemptions_by_id, redemption, 2)
register("CitizenRanking", queries.rankings_by_id, ranking, 1)
