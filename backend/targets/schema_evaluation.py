"""Reading evaluations, and their commands."""

from decimal import Decimal
from typing import Annotated
from uuid import UUID

import strawberry

from backend.accounts.schema_types import After, First
from backend.kit.db import Write
from backend.targets import queries_evaluations as queries
from backend.targets import service
from backend.targets.schema_evaluation_types import (
    EVALUATION,
    REMARK,
    SCHEME,
    Evaluation,
    EvaluationRemark,
    EvaluationScheme,
    evaluation,
    remark,
    scheme,
)
from backend.targets.schema_targets import moment
from backend.targets.schema_types import TargetDocumentInput, paper
from backend.targets.values import ZERO
from backend.targets.values_evaluation import EvaluationField, Indicator, IndicatorFormula, Scheme
from backend.wire.commands import command
from backend.wire.connections import Connection, connect, page
from backend.wire.context import Context, Info
from backend.wire.nodes import uuids

# pyright: reportGeneralTypeIssues=false, reportSelfClsParameterName=false
# ruff: noqa: A002, N805
# `command` makes static functions whose argument is called `input` on the wire.


@strawberry.input(description="An indicator of a scheme.")
class EvaluationIndicatorInput:
    """An indicator."""

    code: str = strawberry.field(description="Small letters, digits, underscores.")
    field: EvaluationField = strawberry.field(description="What it is about.")
    name_zh: str = strawberry.field(description="What it is called in Chinese.")
    name_en: str = strawberry.field(description="What it is called in English.")
    unit: str = strawberry.field(default="%", description="The unit of its value.")
    formula: IndicatorFormula | None = strawberry.field(
        default=None, description="How it is computed; left out: stated."
    )
    is_main: bool = strawberry.field(default=False, description="Whether the verdict goes by it.")
    weight: Decimal = strawberry.field(description="Points at most; all weights sum to 100.")
    zero_at: Decimal = strawberry.field(default=ZERO, description="The value that gives no points.")
    full_at: Decimal = strawberry.field(default=Decimal(100), description="The value that gives all points.")


@strawberry.input(description="Propose a scheme for evaluations of a year on; another person decides on it.")
class ProposeEvaluationSchemeInput:
    """Propose a scheme."""

    code: str = strawberry.field(default="comprehensive", description="Its code.")
    name_zh: str = strawberry.field(description="What it is called in Chinese.")
    name_en: str = strawberry.field(description="What it is called in English.")
    first_year: int = strawberry.field(description="The first year it is for.")
    indicators: list[EvaluationIndicatorInput] = strawberry.field(description="The indicators.")
    is_placeholder: bool = strawberry.field(default=False, description="Whether something of it is not settled.")
    note_zh: str = strawberry.field(default="", description="What is not settled, in Chinese.")
    note_en: str = strawberry.field(default="", description="What is not settled, in English.")
    document: TargetDocumentInput = strawberry.field(description="What it rests on.")
    reason: str = strawberry.field(description="Why.")


@strawberry.input(description="Approve or reject a scheme, once and for good.")
class DecideEvaluationSchemeInput:
    """Decide on a scheme."""

    scheme_id: strawberry.ID = strawberry.field(description="The scheme.")
    is_approved: bool = strawberry.field(description="Approve, or reject.")
    reason: str = strawberry.field(description="Why.")


@strawberry.input(description="Begin the evaluation of a year for every division directly below yours.")
class BeginEvaluationInput:
    """Begin an evaluation."""

    year: int = strawberry.field(description="The year.")
    name: str = strawberry.field(description="What it is called.")
    reason: str = strawberry.field(description="Why.")


@strawberry.input(description="An evaluation and why something is done to it.")
class EvaluationInput:
    """An evaluation and a reason."""

    evaluation_id: strawberry.ID = strawberry.field(description="The evaluation.")
    reason: str = strawberry.field(description="Why.")


@strawberry.input(description="Say something to your own sheet, or appeal against an indicator of it.")
class RemarkOnEvaluationInput:
    """A remark."""

    evaluation_id: strawberry.ID = strawberry.field(description="The evaluation.")
    division_code: str = strawberry.field(description="The evaluated division.")
    indicator: str = strawberry.field(default="", description="The indicator's code; left out: the sheet as a whole.")
    said: str = strawberry.field(description="What is said.")
    document: TargetDocumentInput | None = strawberry.field(default=None, description="What it rests on.")


@strawberry.input(description="Answer a remark, once.")
class AnswerEvaluationRemarkInput:
    """An answer."""

    remark_id: strawberry.ID = strawberry.field(description="The remark.")
    is_accepted: bool = strawberry.field(description="Whether it is accepted.")
    said: str = strawberry.field(description="What is said.")


@strawberry.input(description="Approve an evaluation for good, by a document; or reject it: it is a draft again.")
class DecideEvaluationInput:
    """Decide on an evaluation."""

    evaluation_id: strawberry.ID = strawberry.field(description="The evaluation.")
    is_approved: bool = strawberry.field(description="Approve, or reject.")
    reason: str = strawberry.field(description="Why.")
    document: TargetDocumentInput | None = strawberry.field(default=None, description="The document of an approval.")


@strawberry.type(description="The scheme was proposed.")
class EvaluationSchemeProposed:
    """The scheme was proposed."""

    scheme: EvaluationScheme = strawberry.field(description="As proposed.")


@strawberry.type(description="The scheme was decided on.")
class EvaluationSchemeDecidedOn:
    """The scheme was decided on."""

    scheme: EvaluationScheme = strawberry.field(description="As decided on.")


@strawberry.type(description="The evaluation changed.")
class EvaluationChanged:
    """The evaluation changed."""

    evaluation: Evaluation = strawberry.field(description="As it is now.")


@strawberry.type(description="The remark was kept.")
class EvaluationRemarkKept:
    """The remark was kept."""

    remark: EvaluationRemark = strawberry.field(description="With its answer, where there is one.")


def _key(given: strawberry.ID) -> UUID:
    return uuids(given, EVALUATION, path=("input", "evaluationId"))[0]


@strawberry.type
class EvaluationQuery:
    """Reading evaluations."""

    @strawberry.field(description="The scheme for a year's evaluations: the newest approved one, or the one shipped.")
    async def evaluation_scheme(self, info: Info, year: int) -> EvaluationScheme:
        """Return a year's scheme."""
        async with info.context.read() as read:
            return scheme(await service.scheme_of(read, info.context.scope, year))

    @strawberry.field(description="Schemes that were proposed, the newest first. For authorities.")
    async def evaluation_schemes(
        self, info: Info, first: First = 20, after: After = None
    ) -> Connection[EvaluationScheme]:
        """List schemes."""
        scope, asked = info.context.scope, page(first, after)
        scope.require("targets:read")
        async with info.context.read() as read:
            rows = await queries.schemes_proposed(read, scope, after=moment(asked), limit=asked.fetch)
        return connect(rows, asked, key=lambda row: [row.proposed_at, row.id], make=scheme)

    @strawberry.field(
        description="Evaluations, the newest first: an authority's own and those below it, and those it is evaluated in."
    )
    async def evaluations(
        self,
        info: Info,
        year: Annotated[int | None, strawberry.argument(description="Only of this year.")] = None,
        first: First = 20,
        after: After = None,
    ) -> Connection[Evaluation]:
        """List evaluations."""
        scope, asked = info.context.scope, page(first, after)
        scope.require("targets:read")
        async with info.context.read() as read:
            rows = await queries.evaluations(read, scope, year=year, after=moment(asked), limit=asked.fetch)
        return connect(rows, asked, key=lambda row: [row.created_at, row.id], make=evaluation)

    @strawberry.field(description="An evaluation with the sheets you see.")
    async def evaluation(self, info: Info, id: strawberry.ID) -> Evaluation:
        """Return an evaluation."""
        async with info.context.read() as read:
            own_id = uuids(id, EVALUATION, path=("id",))[0]
            return evaluation(await service.evaluation(read, info.context.scope, own_id))


@strawberry.type
class EvaluationMutation:
    """Commands of evaluations."""

    @command("targets:evaluate")
    async def propose_evaluation_scheme(
        context: Context, write: Write, input: ProposeEvaluationSchemeInput
    ) -> EvaluationSchemeProposed:
        """Propose a scheme for evaluations of a year on; another person decides on it."""
        given = Scheme(
            code=input.code, name_zh=input.name_zh.strip(), name_en=input.name_en.strip(),
            is_placeholder=input.is_placeholder, document=f"{input.document.number} {input.document.title}".strip(),
            note_zh=input.note_zh, note_en=input.note_en,
            indicators=tuple(
                Indicator(
                    each.code, each.field, each.name_zh, each.name_en, each.unit, each.formula, each.is_main,
                    each.weight, each.zero_at, each.full_at,
                )
                for each in input.indicators
            ),
        )  # fmt: skip
        value = await service.propose_scheme(
            write, context.scope, given, first_year=input.first_year, document=paper(input.document),
            reason=input.reason,
        )  # fmt: skip
        return EvaluationSchemeProposed(scheme=scheme(value))

    @command("targets:set")
    async def decide_evaluation_scheme(
        context: Context, write: Write, input: DecideEvaluationSchemeInput
    ) -> EvaluationSchemeDecidedOn:
        """Approve or reject a scheme; evaluations that are there keep the scheme they were begun with."""
        value = await service.decide_scheme(
            write, context.scope, uuids(input.scheme_id, SCHEME, path=("input", "schemeId"))[0],
            is_approved=input.is_approved, reason=input.reason,
        )  # fmt: skip
        return EvaluationSchemeDecidedOn(scheme=scheme(value))

    @command("targets:evaluate")
    async def begin_evaluation(context: Context, write: Write, input: BeginEvaluationInput) -> EvaluationChanged:
        """Begin the evaluation of a year for every division directly below yours, and work it out."""
        value = await service.begin_evaluation(
            write, context.scope, year=input.year, name=input.name, reason=input.reason
        )
        return EvaluationChanged(evaluation=evaluation(value))

    @command("targets:evaluate")
    async def rework_evaluation(context: Context, write: Write, input: EvaluationInput) -> EvaluationChanged:
        """Work an evaluation out anew with what is known now; what it said before stays on record."""
        value = await service.rework_evaluation(write, context.scope, _key(input.evaluation_id), reason=input.reason)
        return EvaluationChanged(evaluation=evaluation(value))

    @command("targets:evaluate")
    async def open_evaluation(context: Context, write: Write, input: EvaluationInput) -> EvaluationChanged:
        """Open an evaluation to the divisions: each sees its own sheet and may remark on it."""
        value = await service.open_evaluation(write, context.scope, _key(input.evaluation_id), reason=input.reason)
        return EvaluationChanged(evaluation=evaluation(value))

    @command("targets:evaluate")
    async def remark_on_evaluation(
        context: Context, write: Write, input: RemarkOnEvaluationInput
    ) -> EvaluationRemarkKept:
        """Say something to your own sheet, or appeal against an indicator of it."""
        value = await service.remark_on_evaluation(
            write, context.scope, _key(input.evaluation_id),
            division_code=input.division_code, indicator=input.indicator, said=input.said,
            document=None if input.document is None else paper(input.document),
        )  # fmt: skip
        return EvaluationRemarkKept(remark=remark(value))

    @command("targets:evaluate")
    async def answer_evaluation_remark(
        context: Context, write: Write, input: AnswerEvaluationRemarkInput
    ) -> EvaluationRemarkKept:
        """Answer a remark, once; what follows from accepting it is done by working the evaluation out anew."""
        value = await service.answer_remark(
            write, context.scope, uuids(input.remark_id, REMARK, path=("input", "remarkId"))[0],
            is_accepted=input.is_accepted, said=input.said,
        )  # fmt: skip
        return EvaluationRemarkKept(remark=remark(value))

    @command("targets:set")
    async def decide_evaluation(context: Context, write: Write, input: DecideEvaluationInput) -> EvaluationChanged:
        """Approve an evaluation for good, or reject it; nothing is approved that cannot be told."""
        value = await service.decide_evaluation(
            write, context.scope, _key(input.evaluation_id),
            is_approved=input.is_approved, reason=input.reason,
            document=None if input.document is None else paper(input.document),
        )  # fmt: skip
        return EvaluationChanged(evaluation=evaluation(value))
