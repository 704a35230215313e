"""Score models on the wire: what a version says, when it is in force, what a back-test found."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

import strawberry
from pydantic import BaseModel

from backend.accounts.schema_types import CarbonAccount, load_account
from backend.kit.errors import Invalid
from backend.scores.modelling import content as model
from backend.scores.modelling import queries
from backend.scores.modelling.values import Backtest, BacktestLine, ModelState, ModelVersion, Movement, Outcome
from backend.scores.values import FACTS, FactKind
from backend.tenants.values import Sourced
from backend.wire.context import Context, Info
from backend.wire.nodes import Node, NodeIdInvalid, node_id, node_loader, uuids
from backend.wire.scalars import JSON

VERSION, BACKTEST = "ScoreModelVersion", "ScoreBacktest"

strawberry.enum(
    ModelState,
    name="ScoreModelState",
    description="`DRAFT`: may be changed. `REJECTED`, `APPROVED`: decided by a second person. `SCHEDULED`, `ACTIVE`, `RETIRED`: "
    "in force some day, today, no more.",
)
strawberry.enum(
    Movement,
    name="ScoreMovement",
    description="`UP`, `DOWN`, `SAME`: between grades. `GAINED`: a grade where there was none. `LOST`: none where there was one. "
    "`NONE`: no grade either way.",
)


@strawberry.type(description="Where a part of a score model comes from; a placeholder's note says what is missing.")
class ScoreModelSource:
    """Where a part comes from."""

    document: str | None = strawberry.field(description="The document's code, among the model's documents.")
    is_placeholder: bool = strawberry.field(description="Nobody's official figure: an administrator sets it.")
    confidence: str = strawberry.field(description="How sure the source is.")
    note_zh: str = strawberry.field(description="中文说明。")
    note_en: str = strawberry.field(description="In words.")


@strawberry.type(description="A document a score model rests on.")
class ScoreModelDocument:
    """A document."""

    code: str = strawberry.field(description="Its code within the model.")
    title_zh: str = strawberry.field(description="中文标题。")
    title_en: str = strawberry.field(description="English title.")
    number: str | None = strawberry.field(description="Its number (文号); null where not known.")
    issued: date | None = strawberry.field(description="When it was issued; null where not known.")
    confidence: str = strawberry.field(description="How sure the source is.")


@strawberry.type(description="An indicator: one fact, how it becomes points (0 to 100), and its share of the whole.")
class ScoreModelIndicator:
    """An indicator."""

    code: str = strawberry.field(description="Its code within the model.")
    name_zh: str = strawberry.field(description="中文名称。")
    name_en: str = strawberry.field(description="English name.")
    fact: str = strawberry.field(description="The fact it reads; see `scoreFacts`.")
    weight: Decimal = strawberry.field(description="In percent; all together are 100.")
    transform: JSON = strawberry.field(
        description="`kind` is `piecewise`, `trend`, `percentile`, `benchmark` or `choices`; `points` are corners (x, points), "
        "or points by code; decimals as text."
    )
    source: ScoreModelSource = strawberry.field(description="Where it comes from.")


@strawberry.type(description="A condition above the points.")
class ScoreModelGate:
    """A gate."""

    code: str = strawberry.field(description="Its code within the model.")
    name_zh: str = strawberry.field(description="中文名称。")
    name_en: str = strawberry.field(description="English name.")
    fact: str = strawberry.field(description="The fact it tests.")
    test: str = strawberry.field(description="While this holds of the fact, the gate is shut.")
    values: list[str] = strawberry.field(description="What the fact is tested against.")
    effect: str = strawberry.field(description="`block`: no grade. `cap`: no better grade than `grade`.")
    grade: str | None = strawberry.field(description="The best grade a cap lets through.")
    is_open_when_missing: bool = strawberry.field(description="Whether a fact that may not apply leaves it open.")
    words_zh: str = strawberry.field(description="说明。")
    words_en: str = strawberry.field(description="What is said when it is shut.")
    source: ScoreModelSource = strawberry.field(description="Where it comes from.")


@strawberry.type(description="A grade of a score model.")
class ScoreModelGrade:
    """A grade."""

    code: str = strawberry.field(description="Its code.")
    name_zh: str = strawberry.field(description="中文名称。")
    name_en: str = strawberry.field(description="English name.")
    colour: str = strawberry.field(description="As `#rrggbb`.")
    threshold: Decimal | None = strawberry.field(
        description="At least these points, or at most this ratio; null in a table of grades and for the last of a ratio."
    )


@strawberry.type(description="Something an enterprise can do about a fact; its effort is the model's own weight.")
class ScoreModelLever:
    """A lever."""

    code: str = strawberry.field(description="Its code within the model.")
    fact: str = strawberry.field(description="The fact it changes.")
    words_zh: str = strawberry.field(description="做法。")
    words_en: str = strawberry.field(description="What to do.")
    source: ScoreModelSource = strawberry.field(description="Where it comes from.")


@strawberry.type(description="What a score model says, whole (评分模型).")
class ScoreModelContent:
    """What a score model says."""

    code: str = strawberry.field(description="The model's code.")
    name_zh: str = strawberry.field(description="中文名称。")
    name_en: str = strawberry.field(description="English name.")
    source: ScoreModelSource = strawberry.field(description="Where it comes from; a placeholder if any part is one.")
    documents: list[ScoreModelDocument] = strawberry.field(description="The documents it rests on.")
    validity_months: int = strawberry.field(description="How long a score holds.")
    from_month: int = strawberry.field(description="From this month on a score is of the year before.")
    essential: list[str] = strawberry.field(description="Facts without which nothing is told.")
    quality_mode: str = strawberry.field(description="`multiplier` or `ceiling` on the points of data of each quality.")
    quality: JSON = strawberry.field(description="The figure for `verified`, `computed` and `estimated` data, as text.")
    grading: JSON = strawberry.field(description="`kind` is `points`, `matrix` or `ratio`, with what it is read from.")
    indicators: list[ScoreModelIndicator] = strawberry.field(description="In the model's order.")
    gates: list[ScoreModelGate] = strawberry.field(description="In the model's order.")
    grades: list[ScoreModelGrade] = strawberry.field(description="The best first.")
    levers: list[ScoreModelLever] = strawberry.field(description="What an enterprise can do.")
    document: JSON = strawberry.field(
        description="All of it as one object: what `proposeScoreModel` and `reviseScoreModel` take."
    )


@strawberry.type(description="Days a version is in force.")
class ScoreModelPeriod:
    """Days a version is in force."""

    from_on: date = strawberry.field(description="The first.")
    until: date | None = strawberry.field(description="The first it is not any more; null while nothing ends it.")
    reason: str = strawberry.field(description="Why it was activated.")
    activated_at: datetime = strawberry.field(description="When that was decided.")


@strawberry.type(description="An edit of a version.")
class ScoreModelRevision:
    """An edit of a version."""

    revision: int = strawberry.field(description="Counts from 1.")
    sha256: str = strawberry.field(description="Hash of what it said from then on.")
    reason: str = strawberry.field(description="Why.")
    recorded_at: datetime = strawberry.field(description="When.")


@strawberry.type(
    name=VERSION,
    description="A version of a score model. Nothing of it is overwritten: an edit of a draft is a further revision, and what "
    "was approved stays as it is.",
)
class ScoreModelVersionNode(Node):
    """A version of a score model."""

    code: str = strawberry.field(description="The model's code.")
    version: int = strawberry.field(description="Counts from 1 within the model.")
    revision: int = strawberry.field(description="The newest edit, which is what it says; commands name it.")
    state: ModelState = strawberry.field(description="How far it is.")
    is_placeholder: bool = strawberry.field(description="Whether any figure of it is nobody's official one.")
    is_shipped: bool = strawberry.field(description="Whether it came with the product.")
    is_own: bool = strawberry.field(description="Whether you wrote or changed it: then another person approves it.")
    sha256: str = strawberry.field(description="Hash of its content.")
    content: ScoreModelContent = strawberry.field(description="What it says.")
    reason: str = strawberry.field(description="Why it was last changed.")
    created_at: datetime = strawberry.field(description="When it was proposed.")
    recorded_at: datetime = strawberry.field(description="When it was last changed.")
    decided_at: datetime | None = strawberry.field(description="When it was approved or rejected.")
    decision: str = strawberry.field(description="Why it was approved or rejected.")
    valid_from: date | None = strawberry.field(description="The first day of its newest period in force.")
    periods: list[ScoreModelPeriod] = strawberry.field(description="When it is in force, the earliest first.")
    version_key: strawberry.Private[UUID]

    @strawberry.field(description="Its edits, the oldest first.")
    async def revisions(self, info: Info) -> list[ScoreModelRevision]:
        """Return the edits."""
        found = await info.context.loader(queries.revision_batch).load(self.version_key)
        return [
            ScoreModelRevision(
                revision=each.revision, sha256=each.sha256, reason=each.reason, recorded_at=each.recorded_at
            )
            for each in found
        ]


@strawberry.type(description="How many accounts had, or would have, a grade; `-` is none.")
class ScoreBacktestCount:
    """How many accounts."""

    code: str = strawberry.field(description="A movement or a grade.")
    accounts: int = strawberry.field(description="How many.")


@strawberry.type(
    name=BACKTEST,
    description="What a version would have made of a year's facts, beside the model in force at the time.",
)
class ScoreBacktestNode(Node):
    """A back-test."""

    version_id: strawberry.ID = strawberry.field(description="The version that was tested.")
    revision: int = strawberry.field(description="As of this edit.")
    against_id: strawberry.ID | None = strawberry.field(description="The version it was held against; null: none.")
    year: int = strawberry.field(description="The year of the facts.")
    job_id: strawberry.ID = strawberry.field(description="The job that made it.")
    accounts: int = strawberry.field(description="How many accounts were looked at.")
    movements: list[ScoreBacktestCount] = strawberry.field(description="By movement, as `ScoreMovement` in lower case.")
    before: list[ScoreBacktestCount] = strawberry.field(description="By grade under the model in force.")
    after: list[ScoreBacktestCount] = strawberry.field(description="By grade under the tested one.")
    finished_at: datetime = strawberry.field(description="When it was done.")


@strawberry.type(description="What a model made of an account.")
class ScoreBacktestOutcome:
    """What a model made of an account."""

    state: str = strawberry.field(description="`graded`, `gated` or `cannot_tell`.")
    grade: str | None = strawberry.field(description="The grade; null unless graded.")
    points: Decimal | None = strawberry.field(description="0 to 100; null unless graded.")


@strawberry.type(description="What came out of a back-test for one account.")
class ScoreBacktestLine:
    """What came out for one account."""

    movement: Movement = strawberry.field(description="Where it would go.")
    before: ScoreBacktestOutcome | None = strawberry.field(description="Null where no model was in force.")
    after: ScoreBacktestOutcome = strawberry.field(description="Under the tested version.")
    account_key: strawberry.Private[UUID]

    @strawberry.field(description="The account.")
    async def account(self, info: Info) -> CarbonAccount | None:
        """Return the account."""
        return await load_account(info.context, self.account_key)


@strawberry.type(description="A fact a score model may use.")
class ScoreFactKind:
    """A fact a score model may use."""

    code: str = strawberry.field(description="Its code.")
    name_zh: str = strawberry.field(description="中文名称。")
    name_en: str = strawberry.field(description="English name.")
    unit: str = strawberry.field(description="Empty for ratios, codes and truths.")
    better: str = strawberry.field(description="`lower`, `higher`, or empty where it is no number.")
    choices: list[str] = strawberry.field(description="The codes it can have.")


@strawberry.type(description="A fault of a score model.")
class ScoreModelFault:
    """A fault of a score model."""

    code: str = strawberry.field(description="Stable; docs/errors.md lists them all.")
    message_zh: str = strawberry.field(description="中文说明。")
    message_en: str = strawberry.field(description="English text.")
    path: list[str] = strawberry.field(description="Where, outermost first.")


def own_id(value: strawberry.ID, type_name: str, *, path: tuple[str, ...] = ()) -> UUID:
    """Return the key inside a global id.

    Raises:
        NodeIdInvalid: not one of ours, or of another type.
    """
    found = uuids(value, type_name, path=path)
    if len(found) != 1:
        raise NodeIdInvalid(id=value, expected=type_name, path=path)
    return found[0]


def contents(given: model.ModelContent) -> ScoreModelContent:
    """Return a model as the wire has it."""
    quality = given.quality
    return ScoreModelContent(
        code=given.code,
        name_zh=given.name_zh,
        name_en=given.name_en,
        source=_source(given),
        documents=[
            ScoreModelDocument(
                code=each.code, title_zh=each.title_zh, title_en=each.title_en, number=each.number,
                issued=each.issued, confidence=each.confidence.value,
            )
            for each in given.documents
        ],
        validity_months=given.validity_months,
        from_month=given.year.from_month,
        essential=list(given.essential),
        quality_mode=quality.mode,
        quality=JSON(
            {name: str(getattr(quality, name)) for name in ("verified", "computed", "estimated")}
        ),
        grading=_json(given.grading),
        indicators=[_indicator(each) for each in given.indicators],
        gates=[_gate(each) for each in given.gates],
        grades=[
            ScoreModelGrade(
                code=each.code, name_zh=each.name_zh, name_en=each.name_en, colour=each.colour,
                threshold=each.threshold,
            )
            for each in given.grades
        ],
        levers=[
            ScoreModelLever(
                code=each.code, fact=each.fact, words_zh=each.words_zh, words_en=each.words_en, source=_source(each)
            )
            for each in given.levers
        ],
        document=_json(given),
    )  # fmt: skip


def version(context: Context, value: ModelVersion) -> ScoreModelVersionNode:
    """Return a version as the wire has it, for this caller."""
    return ScoreModelVersionNode(
        id=node_id(VERSION, value.id),
        code=value.code,
        version=value.version,
        revision=value.revision,
        state=value.state,
        is_placeholder=value.is_placeholder,
        is_shipped=value.origin == "shipped",
        is_own=context.scope.actor_id in value.author_ids,
        sha256=value.sha256,
        content=contents(value.content),
        reason=value.reason,
        created_at=value.created_at,
        recorded_at=value.recorded_at,
        decided_at=value.decided_at,
        decision=value.decision,
        valid_from=value.valid_from,
        periods=[
            ScoreModelPeriod(from_on=each.from_on, until=each.until, reason=each.reason, activated_at=each.activated_at)
            for each in value.periods
        ],
        version_key=value.id,
    )


def backtest(value: Backtest) -> ScoreBacktestNode:
    """Return a back-test as the wire has it."""
    return ScoreBacktestNode(
        id=node_id(BACKTEST, value.id),
        version_id=node_id(VERSION, value.version_id),
        revision=value.revision,
        against_id=None if value.against_id is None else node_id(VERSION, value.against_id),
        year=value.year,
        job_id=node_id("Job", value.job_id),
        accounts=value.accounts,
        movements=_counts(value, "movements"),
        before=_counts(value, "before"),
        after=_counts(value, "after"),
        finished_at=value.finished_at,
    )


def line(value: BacktestLine) -> ScoreBacktestLine:
    """Return a line of a back-test as the wire has it."""
    return ScoreBacktestLine(
        movement=value.movement,
        before=None if value.before is None else _outcome(value.before),
        after=_outcome(value.after),
        account_key=value.account_id,
    )


def fact_kinds() -> list[ScoreFactKind]:
    """Return every fact as the wire has it."""
    return [_fact(each) for each in FACTS.values()]


def model_faults(found: Sequence[Invalid]) -> list[ScoreModelFault]:
    """Return faults as the wire has them."""
    return [
        ScoreModelFault(
            code=each.code, message_zh=each.message("zh"), message_en=each.message("en"), path=list(each.path)
        )
        for each in found
    ]


@node_loader(VERSION)
async def load_version(context: Context, version_id: UUID) -> ScoreModelVersionNode | None:
    """Fetch a version for `node(id:)`."""
    context.scope.require("scores:read")
    found = await context.loader(queries.version_batch).load(version_id)
    return None if found is None else version(context, found)


@node_loader(BACKTEST)
async def load_backtest(context: Context, backtest_id: UUID) -> ScoreBacktestNode | None:
    """Fetch a back-test for `node(id:)`."""
    context.scope.require("scores:read")
    found = await context.loader(queries.backtest_batch).load(backtest_id)
    return None if found is None else backtest(found)


def _source(part: Sourced) -> ScoreModelSource:
    return ScoreModelSource(
        document=part.document, is_placeholder=part.is_placeholder, confidence=part.confidence.value,
        note_zh=part.note_zh, note_en=part.note_en,
    )  # fmt: skip


def _json(part: BaseModel) -> JSON:
    return JSON(part.model_dump(mode="json"))


def _indicator(each: model.Indicator) -> ScoreModelIndicator:
    return ScoreModelIndicator(
        code=each.code, name_zh=each.name_zh, name_en=each.name_en, fact=each.fact, weight=each.weight,
        transform=_json(each.transform), source=_source(each),
    )  # fmt: skip


def _gate(each: model.Gate) -> ScoreModelGate:
    return ScoreModelGate(
        code=each.code, name_zh=each.name_zh, name_en=each.name_en, fact=each.fact, test=each.test,
        values=list(each.values), effect=each.effect, grade=each.grade,
        is_open_when_missing=each.when_missing == "open", words_zh=each.words_zh, words_en=each.words_en,
        source=_source(each),
    )  # fmt: skip


def _fact(each: FactKind) -> ScoreFactKind:
    return ScoreFactKind(
        code=each.code, name_zh=each.name.zh, name_en=each.name.en, unit=each.unit, better=each.better,
        choices=list(model.choices_of(each.code)),
    )  # fmt: skip


def _outcome(value: Outcome) -> ScoreBacktestOutcome:
    return ScoreBacktestOutcome(state=value.state, grade=value.grade, points=value.points)


def _counts(value: Backtest, name: str) -> list[ScoreBacktestCount]:
    return [ScoreBacktestCount(code=code, accounts=count) for code, count in sorted(value.counts.get(name, {}).items())]
