"""Scores on the wire: the score with its reasons, and places in a sector."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

import strawberry

from backend.accounts.schema_types import CarbonAccount, load_account
from backend.scores.running import queries
from backend.scores.running.values import Cause, Position
from backend.scores.values import FACTS, Change, Fact, Gate, Indicator, Quality, ScoreValue, State, Words
from backend.wire.context import Context, Info
from backend.wire.nodes import Node, node_id, node_loader

SCORE = "GreenScore"
First = Annotated[int, strawberry.argument(description="How many, 1 to 100.")]
After = Annotated[str | None, strawberry.argument(description="A cursor from an earlier answer.")]

StateEnum = strawberry.enum(
    State,
    name="ScoreState",
    description="What came of a run: a grade, a gate that stands against it, or not enough to tell.",
)
QualityEnum = strawberry.enum(
    Quality, name="FactQuality", description="How a fact came to be known, best first; missing is never good news."
)
CauseEnum = strawberry.enum(Cause, name="ScoreCause", description="Why a score was computed.")


@strawberry.type(description="A name or a sentence in both languages.")
class ScoreWords:
    """A name or a sentence."""

    zh: str = strawberry.field(description="中文。")
    en: str = strawberry.field(description="English.")


@strawberry.type(description="A record a fact came from.")
class ScoreSource:
    """A record a fact came from."""

    kind: str = strawberry.field(description="What kind of thing: `Inventory`, `YearFigure`, `EnergyClaim`...")
    id: str = strawberry.field(description="Its id within the jurisdiction.")
    version: str = strawberry.field(description="Its version or lasting number; empty where it has none.")


@strawberry.type(description="One thing known of an account and a year, and how it came to be known.")
class ScoreFact:
    """One thing known."""

    code: str = strawberry.field(description="Its code, e.g. `value_added_intensity`.")
    name: ScoreWords = strawberry.field(description="Its name.")
    number: Decimal | None = strawberry.field(description="Its value, where it is a number.")
    text: str | None = strawberry.field(description="Its value, where it is a code.")
    truth: bool | None = strawberry.field(description="Its value, where it is true or false.")
    unit: str = strawberry.field(description="The unit of the number; may be empty.")
    quality: QualityEnum = strawberry.field(description="How it came to be known.")  # type: ignore[valid-type]
    note: ScoreWords = strawberry.field(description="Where it came from, or why it is missing.")
    sources: list[ScoreSource] = strawberry.field(description="The records it came from.")


@strawberry.type(description="An indicator of a score: what it came to, of how much, and why.")
class ScoreIndicator:
    """An indicator of a score."""

    code: str = strawberry.field(description="Its code in the model; an appeal points at it.")
    name: ScoreWords = strawberry.field(description="Its name.")
    fact: ScoreFact = strawberry.field(description="The fact it was read from.")
    points: Decimal | None = strawberry.field(description="0 to 100; null where nothing could be told.")
    weight: Decimal = strawberry.field(description="Its share of the whole, in percent.")
    contribution: Decimal = strawberry.field(description="What it brought to the score's points.")
    best: Decimal = strawberry.field(description="What it could bring at most.")
    reason: ScoreWords = strawberry.field(description="Why it came to that, in a sentence.")


@strawberry.type(description="A condition that stands above the points.")
class ScoreGate:
    """A condition above the points."""

    code: str = strawberry.field(description="Its code in the model; an appeal may point at it.")
    name: ScoreWords = strawberry.field(description="Its name.")
    is_open: bool = strawberry.field(description="Whether it lets through.")
    effect: str = strawberry.field(description="What it does when shut: `block`, or `cap:` and the best grade left.")
    reason: ScoreWords = strawberry.field(description="Why, in a sentence.")


@strawberry.type(description="One step of the cheapest way to a better grade.")
class ScoreStep:
    """One step to a better grade."""

    indicator: str = strawberry.field(description="The indicator it moves.")
    fact: str = strawberry.field(description="The fact to change.")
    before: str | None = strawberry.field(description="What it is, as text; null where it is missing.")
    after: str = strawberry.field(description="What it has to become, as text.")
    unit: str = strawberry.field(description="The unit of both; may be empty.")
    effort: Decimal = strawberry.field(description="The model's own weight of the step, without a unit.")
    words: ScoreWords = strawberry.field(description="The step in a sentence.")


@strawberry.type(description="A green score (绿色评分) of an account, as it was computed; it never changes.")
class GreenScore(Node):
    """A green score."""

    account_id: strawberry.Private[UUID]
    number: int = strawberry.field(description="Counts the account's scores, from 1.")
    year: int = strawberry.field(description="The year it is of.")
    model_code: str = strawberry.field(description="Code of the model.")
    model_version: int = strawberry.field(description="Version of the model.")
    model_name: ScoreWords = strawberry.field(description="Name of the model.")
    is_placeholder: bool = strawberry.field(
        description="The model's figures are the product's own: no authority has published them."
    )
    state: StateEnum = strawberry.field(description="What came of it.")  # type: ignore[valid-type]
    points: Decimal | None = strawberry.field(description="0 to 100; null unless graded.")
    grade: str | None = strawberry.field(description="Code of the grade; null unless graded.")
    grade_name: ScoreWords = strawberry.field(description="Name of the grade; empty without one.")
    colour: str = strawberry.field(description="Colour of the grade, `#rrggbb`; empty without one.")
    helps: list[ScoreWords] = strawberry.field(description="What helps most, at most three.")
    harms: list[ScoreWords] = strawberry.field(description="What harms most, at most three.")
    indicators: list[ScoreIndicator] = strawberry.field(description="Every indicator of the model.")
    gates: list[ScoreGate] = strawberry.field(description="Every gate of the model.")
    next_grade: str | None = strawberry.field(description="The next better grade; null at the best.")
    steps: list[ScoreStep] = strawberry.field(description="The cheapest set of changes that moves to it.")
    inputs: list[ScoreSource] = strawberry.field(description="Every record it rests on, with its version.")
    cause: CauseEnum = strawberry.field(description="Why it was computed.")  # type: ignore[valid-type]
    computed_at: datetime = strawberry.field(description="When, and as of which knowledge.")
    valid_until: date = strawberry.field(description="Its last valid day.")

    @strawberry.field(description="The account it is of.")
    async def account(self, info: Info) -> CarbonAccount | None:
        """Return its account."""
        return await load_account(info.context, self.account_id)


@strawberry.type(description="A newest score in the list of a region.")
class RegionalScore:
    """A newest score in the list of a region."""

    account_number: str = strawberry.field(description="The account's number.")
    score: GreenScore = strawberry.field(description="Its newest score.")


@strawberry.type(
    description="Where an account lies in its sector by one fact. Groups of fewer than five accounts, and those one member "
    "nearly is, are not told of."
)
class SectorPosition:
    """Where an account lies in its sector."""

    fact: str = strawberry.field(description="Code of the fact.")
    name: ScoreWords = strawberry.field(description="Its name.")
    basis: str = strawberry.field(description="What it is compared within (a product); empty where all compare.")
    value: Decimal = strawberry.field(description="The account's own value.")
    unit: str = strawberry.field(description="The unit of value and means.")
    size: int = strawberry.field(description="How many are in the group, in whole fives.")
    percentile: Decimal | None = strawberry.field(
        description="The share of the group that is worse, in steps of 5. Of five to nine members only 25, 50 or 75: worse than their mean, at it, better."
    )
    mean: Decimal | None = strawberry.field(description="The group's mean, with two significant digits.")
    overall_mean: Decimal | None = strawberry.field(description="The mean over every sector that is told of.")
    published_on: date | None = strawberry.field(description="When the group was published; at most once a day.")


@node_loader(SCORE)
async def load_score(context: Context, *ids: UUID) -> GreenScore | None:
    """Return a score by the ids of account and score, None where it is not visible."""
    if len(ids) != 2:  # noqa: PLR2004 - account and own
        return None
    found = await context.loader(queries.scores_by_id).load((ids[0], ids[1]))
    return None if found is None else score(found)


def words(value: Words) -> ScoreWords:
    """Return a sentence as the wire has it."""
    return ScoreWords(zh=value.zh, en=value.en)


def fact(value: Fact) -> ScoreFact:
    """Return a fact as the wire has it."""
    own = value.value
    return ScoreFact(
        code=value.code,
        name=words(FACTS[value.code].name),
        number=own if isinstance(own, Decimal) else None,
        text=own if isinstance(own, str) else None,
        truth=own if isinstance(own, bool) else None,
        unit=value.unit,
        quality=value.quality,
        note=words(value.note),
        sources=[ScoreSource(kind=each.kind, id=each.id, version=each.version) for each in value.sources],
    )


def indicator(value: Indicator) -> ScoreIndicator:
    """Return an indicator as the wire has it."""
    return ScoreIndicator(
        code=value.code, name=words(value.name), fact=fact(value.fact), points=value.points, weight=value.weight,
        contribution=value.contribution, best=value.best, reason=words(value.reason),
    )  # fmt: skip


def gate(value: Gate) -> ScoreGate:
    """Return a gate as the wire has it."""
    return ScoreGate(
        code=value.code, name=words(value.name), is_open=value.is_open, effect=value.effect,
        reason=words(value.reason),
    )  # fmt: skip


def step(value: Change) -> ScoreStep:
    """Return a step as the wire has it."""
    return ScoreStep(
        indicator=value.indicator, fact=value.fact, before=_text(value.before), after=_text(value.after) or "",
        unit=value.unit, effort=value.effort, words=words(value.words),
    )  # fmt: skip


def score(value: ScoreValue) -> GreenScore:
    """Return a score as the wire has it."""
    told = value.assessment
    return GreenScore(
        id=node_id(SCORE, value.account_id, value.id),
        account_id=value.account_id,
        number=value.number,
        year=value.year,
        model_code=value.model_code,
        model_version=value.model_version,
        model_name=words(value.model_name),
        is_placeholder=value.is_placeholder,
        state=told.state,
        points=told.points,
        grade=told.grade,
        grade_name=words(told.grade_name),
        colour=told.colour,
        helps=[words(each) for each in told.helps],
        harms=[words(each) for each in told.harms],
        indicators=[indicator(each) for each in told.indicators],
        gates=[gate(each) for each in told.gates],
        next_grade=told.next_grade,
        steps=[step(each) for each in told.changes],
        inputs=[ScoreSource(kind=each.kind, id=each.id, version=each.version) for each in value.inputs],
        cause=Cause(value.cause),
        computed_at=value.computed_at,
        valid_until=value.valid_until,
    )


def position(value: Position) -> SectorPosition:
    """Return a place in a sector as the wire has it."""
    return SectorPosition(
        fact=value.fact, name=words(FACTS[value.fact].name), basis=value.basis, value=value.value, unit=value.unit,
        size=value.size, percentile=value.percentile, mean=value.mean, overall_mean=value.overall_mean,
        published_on=value.published_on,
    )  # fmt: skip


def _text(value: Decimal | str | bool | None) -> str | None:  # noqa: FBT001 - a fact's value, not a switch
    """Return a fact's value as text; None where it is missing."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Decimal):
        return format(value, "f")
    return value
