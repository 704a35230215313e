"""The comprehensive evaluation on the wire: schemes, sheets, steps, remarks."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import strawberry

from backend.targets import queries_evaluations as queries
from backend.targets.schema_types import TargetDocument, TargetText, document
from backend.targets.values_evaluation import (
    EvaluationField,
    EvaluationState,
    EvaluationValue,
    Indicator,
    IndicatorFormula,
    IndicatorOutcome,
    RemarkValue,
    SchemeState,
    SchemeValue,
    SheetLine,
    SheetValue,
    SheetVerdict,
    StepKind,
    StepValue,
    ValueSource,
)
from backend.tenants.schema import Division, load_division
from backend.wire.context import Info
from backend.wire.nodes import node_id
from backend.wire.scalars import JSON

EVALUATION, SCHEME, REMARK = "Evaluation", "EvaluationScheme", "EvaluationRemark"
strawberry.enum(EvaluationField, description="What an indicator is about: the fields the document names.")
strawberry.enum(IndicatorFormula, name="EvaluationFormula", description="How a computed indicator's value comes about.")
strawberry.enum(
    IndicatorOutcome, name="EvaluationOutcome", description="What came of an indicator; what cannot be told is not met."
)
strawberry.enum(
    ValueSource,
    name="EvaluationSource",
    description="Where a value came from: the product's own books, or a figure stated with its document.",
)
strawberry.enum(
    SheetVerdict, name="EvaluationVerdict", description="Whether a division met all main indicators."
)  # fmt: skip
strawberry.enum(EvaluationState, description="Where an evaluation stands.")
strawberry.enum(StepKind, name="EvaluationStepKind", description="A step of an evaluation.")
strawberry.enum(SchemeState, name="EvaluationSchemeState", description="Where a scheme stands; a decision is for good.")


@strawberry.type(
    description="An indicator: points rise from none at `zeroAt` to `weight` at `fullAt`, which is met; beyond gives no more."
)
class EvaluationIndicator:
    """An indicator."""

    code: str = strawberry.field(description="Its code.")
    field: EvaluationField = strawberry.field(description="What it is about.")
    name: TargetText = strawberry.field(description="What it is called.")
    unit: str = strawberry.field(description="The unit of its value.")
    formula: IndicatorFormula | None = strawberry.field(description="How it is computed; null: it is stated.")
    is_main: bool = strawberry.field(description="Whether the verdict goes by it.")
    weight: Decimal = strawberry.field(description="Points at most; all weights sum to 100.")
    zero_at: Decimal = strawberry.field(description="The value that gives no points.")
    full_at: Decimal = strawberry.field(description="The value that gives all points.")


def indicator(value: Indicator) -> EvaluationIndicator:
    """Return an indicator as the wire has it."""
    return EvaluationIndicator(
        code=value.code, field=value.field, name=TargetText(zh=value.name_zh, en=value.name_en), unit=value.unit,
        formula=value.formula, is_main=value.is_main, weight=value.weight, zero_at=value.zero_at, full_at=value.full_at,
    )  # fmt: skip


@strawberry.type(description="Indicators with weights (综合评价指标体系), for evaluations of a year on.")
class EvaluationScheme:
    """A scheme."""

    id: strawberry.ID | None = strawberry.field(description="Its identifier; null: the one shipped with the product.")
    code: str = strawberry.field(description="Its code.")
    name: TargetText = strawberry.field(description="What it is called.")
    first_year: int = strawberry.field(description="The first year it is for.")
    is_placeholder: bool = strawberry.field(description="Whether something of it awaits an authority.")
    note: TargetText = strawberry.field(description="What is missing.")
    source: str = strawberry.field(description="The document its fields come from.")
    indicators: list[EvaluationIndicator] = strawberry.field(description="The indicators; weights sum to 100.")
    sha256: str = strawberry.field(description="SHA-256 over its canonical JSON.")
    document: TargetDocument | None = strawberry.field(description="What the proposal rests on.")
    reason: str = strawberry.field(description="Why it was proposed.")
    state: SchemeState = strawberry.field(description="Where it stands; the shipped one is a proposal.")
    proposed_at: datetime | None = strawberry.field(description="When it was proposed.")
    decided_at: datetime | None = strawberry.field(description="When it was decided on.")
    decision_reason: str | None = strawberry.field(description="Why it was approved or rejected.")


def scheme(value: SchemeValue) -> EvaluationScheme:
    """Return a scheme as the wire has it."""
    own = value.scheme
    return EvaluationScheme(
        id=None if value.id is None else node_id(SCHEME, value.id), code=own.code,
        name=TargetText(zh=own.name_zh, en=own.name_en), first_year=value.first_year, is_placeholder=own.is_placeholder,
        note=TargetText(zh=own.note_zh, en=own.note_en), source=own.document,
        indicators=[indicator(each) for each in own.indicators], sha256=value.sha256,
        document=document(value.document_number, value.document_dated, value.document_title) if value.id else None,
        reason=value.reason, state=value.state, proposed_at=value.proposed_at, decided_at=value.decided_at,
        decision_reason=value.decision_reason,
    )  # fmt: skip


@strawberry.type(description="An indicator in a division's sheet.")
class EvaluationSheetLine:
    """An indicator in a sheet."""

    indicator: EvaluationIndicator = strawberry.field(description="The indicator, as it was.")
    value: Decimal | None = strawberry.field(description="Its value in its unit; null: not known, or not applicable.")
    points: Decimal | None = strawberry.field(description="The points it gave.")
    outcome: IndicatorOutcome = strawberry.field(description="What came of it.")
    source: ValueSource = strawberry.field(description="Where the value came from.")
    facts: JSON = strawberry.field(description="What the value was made of, or the document it was stated by.")


def _line(value: SheetLine) -> EvaluationSheetLine:
    return EvaluationSheetLine(
        indicator=indicator(value.indicator), value=value.value, points=value.points, outcome=value.outcome,
        source=value.source, facts=JSON(dict(value.facts)),
    )  # fmt: skip


@strawberry.type(description="A division's sheet: its points line by line, its place among the divisions evaluated.")
class EvaluationSheet:
    """A division's sheet."""

    division_key: strawberry.Private[str]
    division_code: str = strawberry.field(description="The division's code.")
    revision: int = strawberry.field(description="Of which working-out.")
    score: Decimal | None = strawberry.field(
        description="Out of 100 of the weights that apply; null while an indicator cannot be told."
    )
    verdict: SheetVerdict = strawberry.field(description="Whether all main indicators are met.")
    place: int | None = strawberry.field(description="Its place; null while any division's score cannot be told.")
    lines: list[EvaluationSheetLine] = strawberry.field(description="Indicator by indicator.")

    @strawberry.field(description="The division.")
    async def division(self, info: Info) -> Division | None:
        """Return the division."""
        return await load_division(info.context, self.division_key)


def sheet(value: SheetValue) -> EvaluationSheet:
    """Return a sheet as the wire has it."""
    return EvaluationSheet(
        division_key=value.division_code, division_code=value.division_code, revision=value.revision, score=value.score,
        verdict=value.verdict, place=value.place, lines=[_line(each) for each in value.lines],
    )  # fmt: skip


@strawberry.type(description="A step of an evaluation.")
class EvaluationStep:
    """A step of an evaluation."""

    kind: StepKind = strawberry.field(description="What was done.")
    revision: int = strawberry.field(description="To which working-out.")
    reason: str = strawberry.field(description="Why.")
    document: TargetDocument | None = strawberry.field(description="The document of an approval.")
    recorded_at: datetime = strawberry.field(description="When.")


def _step(value: StepValue) -> EvaluationStep:
    return EvaluationStep(
        kind=value.kind, revision=value.revision, reason=value.reason,
        document=document(value.document_number, value.document_dated, value.document_title),
        recorded_at=value.recorded_at,
    )  # fmt: skip


@strawberry.type(description="What an evaluated division says to its sheet, and the answer.")
class EvaluationRemark:
    """A remark and its answer."""

    id: strawberry.ID = strawberry.field(description="Its identifier.")
    division_code: str = strawberry.field(description="Who says it.")
    indicator: str | None = strawberry.field(description="The indicator's code; null: the sheet as a whole.")
    said: str = strawberry.field(description="What is said.")
    document: TargetDocument | None = strawberry.field(description="What it rests on.")
    recorded_at: datetime = strawberry.field(description="When.")
    is_accepted: bool | None = strawberry.field(description="Whether it was accepted; null: not answered yet.")
    answer: str | None = strawberry.field(description="The answer.")
    answered_at: datetime | None = strawberry.field(description="When it was answered.")


def remark(value: RemarkValue) -> EvaluationRemark:
    """Return a remark as the wire has it."""
    return EvaluationRemark(
        id=node_id(REMARK, value.id), division_code=value.division_code, indicator=value.indicator or None,
        said=value.said, document=document(value.document_number, value.document_dated, value.document_title),
        recorded_at=value.recorded_at, is_accepted=value.is_accepted, answer=value.answer, answered_at=value.answered_at,
    )  # fmt: skip


@strawberry.type(
    description="A comprehensive evaluation (综合评价) of the divisions directly below one, for a year. A division sees it, "
    "with its own sheet, once it was opened to remarks."
)
class Evaluation:
    """An evaluation."""

    key: strawberry.Private[UUID]
    division_key: strawberry.Private[str]
    id: strawberry.ID = strawberry.field(description="Its identifier.")
    name: str = strawberry.field(description="What it is called.")
    year: int = strawberry.field(description="The year.")
    state: EvaluationState = strawberry.field(description="Where it stands.")
    revision: int = strawberry.field(description="The newest working-out.")
    is_placeholder: bool = strawberry.field(
        description="Whether its indicators, weights or thresholds are placeholders."
    )
    scheme_name: TargetText = strawberry.field(description="The scheme it was begun with.")
    scheme_sha256: str = strawberry.field(description="SHA-256 over the scheme's canonical JSON.")
    indicators: list[EvaluationIndicator] = strawberry.field(description="The scheme's indicators.")
    created_at: datetime = strawberry.field(description="When it was begun.")
    made_at: datetime = strawberry.field(description="When it was worked out last.")
    approved_at: datetime | None = strawberry.field(description="When it was approved.")

    @strawberry.field(description="The division whose authority evaluates.")
    async def division(self, info: Info) -> Division | None:
        """Return the division."""
        return await load_division(info.context, self.division_key)

    @strawberry.field(description="The sheets of the newest working-out that you see, the best first.")
    async def sheets(self, info: Info) -> list[EvaluationSheet]:
        """Return the sheets."""
        found: Any = await info.context.loader(queries.sheets_of).load(self.key)
        return [sheet(each) for each in found]

    @strawberry.field(description="Its steps.")
    async def steps(self, info: Info) -> list[EvaluationStep]:
        """Return the steps."""
        found: Any = await info.context.loader(queries.steps_of).load(self.key)
        return [_step(each) for each in found]

    @strawberry.field(description="Remarks on it that you see.")
    async def remarks(self, info: Info) -> list[EvaluationRemark]:
        """Return the remarks."""
        found: Any = await info.context.loader(queries.remarks_of).load(self.key)
        return [remark(each) for each in found]


def evaluation(value: EvaluationValue) -> Evaluation:
    """Return an evaluation as the wire has it."""
    own = value.scheme
    return Evaluation(
        key=value.id, division_key=value.division_code, id=node_id(EVALUATION, value.id), name=value.name,
        year=value.year, state=value.state, revision=value.revision, is_placeholder=own.is_placeholder,
        scheme_name=TargetText(zh=own.name_zh, en=own.name_en), scheme_sha256=value.scheme_sha256,
        indicators=[indicator(each) for each in own.indicators], created_at=value.created_at, made_at=value.made_at,
        approved_at=value.approved_at,
    )  # fmt: skip
