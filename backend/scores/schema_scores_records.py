"""Penalties, signs and appeals on the wire."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

import strawberry

from backend.accounts import service as accounts
from backend.accounts.schema_types import CarbonAccount, Evidence, load_account
from backend.accounts.schema_types import evidence as evidence_node
from backend.identity.schema_types import Person, load_person
from backend.kit.clock import today
from backend.scores.appeals import queries as appeal_queries
from backend.scores.appeals.values import AppealState, AppealValue, OverrideValue, Standing
from backend.scores.running import queries
from backend.scores.running.values import PenaltyValue, Severity, SignEntryValue, SignKind, SignState, SignValue
from backend.scores.schema_scores_types import GreenScore, ScoreWords, load_score, words
from backend.wire.context import Context, Info
from backend.wire.nodes import Node, node_id, node_loader
from backend.wire.scalars import JSON

PENALTY, SIGN, APPEAL = "ScorePenalty", "ScoreSign", "ScoreAppeal"
OWN = 2
"""Ids of something below an account: the account's, and its own."""

SeverityEnum = strawberry.enum(
    Severity,
    name="PenaltySeverity",
    description="How grave a violation is: minor (一般), serious (较重), severe (严重).",
)
SignKindEnum = strawberry.enum(
    SignKind,
    name="ScoreSignKind",
    description="What a check found: months shifted over the turn of a year, meters split, a boiler run by somebody else.",
)
SignStateEnum = strawberry.enum(
    SignState,
    name="ScoreSignState",
    description="How a sign stands: found, explained by the enterprise, the explanation accepted or refused.",
)
AppealStateEnum = strawberry.enum(
    AppealState, name="ScoreAppealState", description="How an appeal stands: open, or ended in one of three ways."
)


@strawberry.type(description="An environmental penalty (环境行政处罚) on record.")
class ScorePenalty(Node):
    """A penalty on record."""

    account_id: strawberry.Private[UUID]
    document: str = strawberry.field(description="Number of the decision (处罚决定书文号).")
    severity: SeverityEnum = strawberry.field(description="How grave.")  # type: ignore[valid-type]
    summary: str = strawberry.field(description="What it is for.")
    from_on: date = strawberry.field(description="First day it counts.")
    until_on: date | None = strawberry.field(description="Last day it counts; null until it is withdrawn.")
    is_in_force: bool = strawberry.field(description="Whether it counts today.")
    recorded_at: datetime = strawberry.field(description="When it was entered here.")
    withdrawn_at: datetime | None = strawberry.field(description="Since when it is withdrawn.")
    withdrawal_reason: str = strawberry.field(description="Why it was withdrawn; empty while it stands.")

    @strawberry.field(description="The account it is on.")
    async def account(self, info: Info) -> CarbonAccount | None:
        """Return its account."""
        return await load_account(info.context, self.account_id)


@strawberry.type(description="What was said about a sign.")
class ScoreSignEntry:
    """What was said about a sign."""

    account_id: strawberry.Private[UUID]
    evidence_id: strawberry.Private[UUID | None]
    actor_id: strawberry.Private[UUID | None]
    kind: SignStateEnum = strawberry.field(description="Explained, accepted or refused.")  # type: ignore[valid-type]
    words: str = strawberry.field(description="The explanation, or the reason of the decision.")
    at: datetime = strawberry.field(description="When.")

    @strawberry.field(description="The evidence given with it.")
    async def evidence(self, info: Info) -> Evidence | None:
        """Return the evidence."""
        return await load_evidence(info.context, self.account_id, self.evidence_id)

    @strawberry.field(description="Who said it; null where you may not know them.")
    async def actor(self, info: Info) -> Person | None:
        """Return who said it."""
        return await load_person(info.context, self.actor_id)


@strawberry.type(
    description="A sign that data were shifted, split or moved out; no verdict, but counted until explained."
)
class ScoreSign(Node):
    """A sign in the data."""

    account_id: strawberry.Private[UUID]
    year: int = strawberry.field(description="The year it was found in.")
    kind: SignKindEnum = strawberry.field(description="Which check found it.")  # type: ignore[valid-type]
    state: SignStateEnum = strawberry.field(description="How it stands.")  # type: ignore[valid-type]
    is_counted: bool = strawberry.field(
        description="Whether it counts now: the data still show it, and no explanation was accepted."
    )
    words: ScoreWords = strawberry.field(description="The sign in numbers and words.")
    numbers: JSON = strawberry.field(description="The numbers behind it by name, decimals as text.")
    found_at: datetime = strawberry.field(description="When it was found first.")
    entries: list[ScoreSignEntry] = strawberry.field(description="What was said about it, oldest first.")


@strawberry.type(description="What an account's newest score came to at a moment.")
class ScoreStanding:
    """What a score came to."""

    number: int = strawberry.field(description="Number of the score.")
    state: str = strawberry.field(description="What came of it.")
    grade: str | None = strawberry.field(description="Its grade.")
    points: Decimal | None = strawberry.field(description="Its points.")


@strawberry.type(description="A fact as an accepted appeal corrected it, for the score's year alone.")
class ScoreCorrection:
    """A corrected fact."""

    fact: str = strawberry.field(description="Code of the fact.")
    year: int = strawberry.field(description="The year it holds for.")
    value: str = strawberry.field(description="Its value as text.")
    unit: str = strawberry.field(description="Its unit.")
    document: str = strawberry.field(description="What it rests on.")
    reason: str = strawberry.field(description="Why.")
    recorded_at: datetime = strawberry.field(description="When.")


@strawberry.type(description="An appeal (申诉) against one indicator or gate of a score.")
class ScoreAppeal(Node):
    """An appeal."""

    account_id: strawberry.Private[UUID]
    own_id: strawberry.Private[UUID]
    score_id: strawberry.Private[UUID]
    evidence_id: strawberry.Private[UUID | None]
    indicator: str = strawberry.field(description="Code of the indicator or gate.")
    fact: str = strawberry.field(description="Code of the fact behind it.")
    year: int = strawberry.field(description="The score's year.")
    words: str = strawberry.field(description="Why it is appealed.")
    state: AppealStateEnum = strawberry.field(description="How it stands.")  # type: ignore[valid-type]
    lodged_at: datetime = strawberry.field(description="When it was lodged.")
    due_on: date = strawberry.field(description="Until when the authority answers.")
    is_overdue: bool = strawberry.field(description="It is open and that day is past.")
    ended_at: datetime | None = strawberry.field(description="When it was answered or withdrawn.")
    answer: str = strawberry.field(description="The answer; empty while there is none.")
    document: str = strawberry.field(description="What the answer rests on; may be empty.")
    before: ScoreStanding | None = strawberry.field(description="What the score was before an acceptance.")
    after: ScoreStanding | None = strawberry.field(description="What it was after the re-run.")

    @strawberry.field(description="The account it is of.")
    async def account(self, info: Info) -> CarbonAccount | None:
        """Return its account."""
        return await load_account(info.context, self.account_id)

    @strawberry.field(description="The score it is against.")
    async def score(self, info: Info) -> GreenScore | None:
        """Return the score."""
        return await load_score(info.context, self.account_id, self.score_id)

    @strawberry.field(description="The evidence given with it.")
    async def evidence(self, info: Info) -> Evidence | None:
        """Return the evidence."""
        return await load_evidence(info.context, self.account_id, self.evidence_id)

    @strawberry.field(description="The fact an acceptance corrected; null where it corrected none.")
    async def correction(self, info: Info) -> ScoreCorrection | None:
        """Return the correction."""
        found = await info.context.loader(appeal_queries.overrides_of).load((self.account_id, self.own_id))
        return None if found is None else correction(found)


@node_loader(APPEAL)
async def load_appeal(context: Context, *ids: UUID) -> ScoreAppeal | None:
    """Return an appeal by the ids of account and appeal, None where it is not visible."""
    if len(ids) != OWN:
        return None
    found = await context.loader(appeal_queries.appeals_by_id).load((ids[0], ids[1]))
    return None if found is None else appeal(found)


@node_loader(PENALTY)
async def load_penalty(context: Context, *ids: UUID) -> ScorePenalty | None:
    """Return a penalty by the ids of account and penalty, None where it is not visible."""
    if len(ids) != OWN:
        return None
    found = await context.loader(queries.penalties_by_id).load((ids[0], ids[1]))
    return None if found is None else penalty(found)


@node_loader(SIGN)
async def load_sign(context: Context, *ids: UUID) -> ScoreSign | None:
    """Return a sign by the ids of account and sign, None where it is not visible."""
    if len(ids) != OWN:
        return None
    found = await context.loader(queries.signs_by_id).load((ids[0], ids[1]))
    return None if found is None else sign(found)


async def load_evidence(context: Context, account_id: UUID, own_id: UUID | None) -> Evidence | None:
    """Return evidence, None for none."""
    if own_id is None:
        return None
    found = await context.loader(accounts.evidence_by_id).load((account_id, own_id))
    return None if found is None else evidence_node(found)


def penalty(value: PenaltyValue) -> ScorePenalty:
    """Return a penalty as the wire has it."""
    return ScorePenalty(
        id=node_id(PENALTY, value.account_id, value.id), account_id=value.account_id, document=value.document,
        severity=value.severity, summary=value.summary, from_on=value.from_on, until_on=value.until_on,
        is_in_force=value.is_in_force(today()), recorded_at=value.recorded_at, withdrawn_at=value.withdrawn_at,
        withdrawal_reason=value.withdrawal_reason,
    )  # fmt: skip


def entry(value: SignEntryValue) -> ScoreSignEntry:
    """Return what was said about a sign as the wire has it."""
    return ScoreSignEntry(
        account_id=value.account_id, evidence_id=value.evidence_id, actor_id=value.actor_id, kind=value.kind,
        words=value.words, at=value.at,
    )  # fmt: skip


def sign(value: SignValue) -> ScoreSign:
    """Return a sign as the wire has it."""
    numbers: JSON = dict(value.numbers)  # type: ignore[assignment]  # JSON is a scalar of the wire, made of such things
    return ScoreSign(
        id=node_id(SIGN, value.account_id, value.id), account_id=value.account_id, year=value.year, kind=value.kind,
        state=value.state, is_counted=value.is_counted, words=words(value.words), numbers=numbers, found_at=value.found_at,
        entries=[entry(each) for each in value.entries],
    )  # fmt: skip


def standing(value: Standing | None) -> ScoreStanding | None:
    """Return what a score came to as the wire has it."""
    if value is None:
        return None
    return ScoreStanding(number=value.number, state=value.state, grade=value.grade, points=value.points)


def correction(value: OverrideValue) -> ScoreCorrection:
    """Return a correction as the wire has it."""
    return ScoreCorrection(
        fact=value.fact, year=value.year, value=value.value, unit=value.unit, document=value.document,
        reason=value.reason, recorded_at=value.recorded_at,
    )  # fmt: skip


def appeal(value: AppealValue) -> ScoreAppeal:
    """Return an appeal as the wire has it."""
    return ScoreAppeal(
        id=node_id(APPEAL, value.account_id, value.id), account_id=value.account_id, own_id=value.id,
        score_id=value.score_id, evidence_id=value.evidence_id, indicator=value.indicator, fact=value.fact,
        year=value.year, words=value.words, state=value.state, lodged_at=value.lodged_at, due_on=value.due_on,
        is_overdue=value.state is AppealState.OPEN and value.due_on < today(), ended_at=value.ended_at,
        answer=value.answer, document=value.document, before=standing(value.before), after=standing(value.after),
    )  # fmt: skip
