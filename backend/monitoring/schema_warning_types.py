"""Warnings on the wire: what they are raised for, what they rest on, what was done."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import strawberry

from backend.accounts.schema_types import CarbonAccount, load_account
from backend.identity.schema_types import Organisation, Person, load_organisation, load_person
from backend.kit.clock import today
from backend.monitoring.alerts import queries
from backend.monitoring.alerts.values import (
    CauseKind,
    EvaluationValue,
    Level,
    StepKind,
    StepValue,
    Terms,
    TermsState,
    TermsValue,
    WarningState,
    WarningValue,
)
from backend.monitoring.schema_series import MonitoringText
from backend.tenants.schema import Division, load_division
from backend.tenants.values import WarningResponse
from backend.wire.context import Context, Info
from backend.wire.nodes import Node, node_id, node_loader
from backend.wire.scalars import JSON, Month

WARNING, TERMS, EVALUATION = "EmissionWarning", "WarningTerms", "WarningEvaluation"
strawberry.enum(
    CauseKind,
    name="WarningKind",
    description="What a warning is raised for: emissions grow fast (增长较快), the projected year's end is beyond the budget, "
    "the projected intensity is above its target.",
)
strawberry.enum(
    WarningState,
    name="WarningState",
    description="OPEN: nobody answered; RESPONDING: a measure is under way; CLOSING: a second person decides; CLOSED (销号).",
)
strawberry.enum(StepKind, name="WarningStepKind", description="What happened to a warning.")
strawberry.enum(TermsState, name="WarningTermsState", description="Where drafted levels stand; a decision is for good.")


@strawberry.type(description="A number a warning rests on, and where it comes from.")
class WarningFigure:
    """A number a warning rests on."""

    code: str = strawberry.field(description="What it is, for programs.")
    name: MonitoringText = strawberry.field(description="What it is.")
    value: str = strawberry.field(description="The value, with every digit; empty: not known.")
    unit: str = strawberry.field(description="Its unit.")
    source: str = strawberry.field(description="The rows it comes from.")


@strawberry.type(description="What the newest finding rests on (预警依据).")
class WarningEvidence:
    """What the newest finding rests on."""

    threshold: Decimal | None = strawberry.field(description="Percent beyond which the level is reached.")
    is_placeholder: bool = strawberry.field(
        description="The thresholds are the product's placeholders; no document publishes any."
    )
    document: MonitoringText = strawberry.field(description="The document the levels rest on.")
    figures: list[WarningFigure] = strawberry.field(description="The numbers.")


def evidence(given: Any) -> WarningEvidence:  # noqa: ANN401 - JSON as it is kept
    """Return evidence as the wire has it."""
    return WarningEvidence(
        threshold=None if given["threshold"] is None else Decimal(given["threshold"]),
        is_placeholder=given["is_placeholder"],
        document=MonitoringText(zh=given["document_zh"], en=given["document_en"]),
        figures=[
            WarningFigure(
                code=each["code"], name=MonitoringText(zh=each["zh"], en=each["en"]), value=each["value"],
                unit=each["unit"], source=each["source"],
            )
            for each in given["figures"]
        ],
    )  # fmt: skip


@strawberry.type(description="Something that happened to a warning; for good.")
class WarningStep:
    """Something that happened to a warning."""

    by_id: strawberry.Private[UUID | None]
    organisation_id: strawberry.Private[UUID | None]
    kind: StepKind = strawberry.field(description="What.")
    note: str = strawberry.field(description="What was said: the measure, the note, the reason.")
    facts: JSON = strawberry.field(description="The facts of it: figures, level, response, dates.")
    at: datetime = strawberry.field(description="When.")

    @strawberry.field(description="Who; null for the service, and for people of other organisations.")
    async def by(self, info: Info) -> Person | None:
        """Return who."""
        return None if self.by_id is None else await load_person(info.context, self.by_id)

    @strawberry.field(description="Which authority.")
    async def organisation(self, info: Info) -> Organisation | None:
        """Return which authority."""
        return None if self.organisation_id is None else await load_organisation(info.context, self.organisation_id)


def step(given: StepValue) -> WarningStep:
    """Return a step as the wire has it."""
    return WarningStep(
        by_id=given.by, organisation_id=given.organisation_id, kind=given.kind, note=given.note,
        facts=JSON(dict(given.facts)), at=given.at,
    )  # fmt: skip


@strawberry.type(
    description="A warning (碳排放预警) of a division, a sector of it or a key unit; one is open of a cause at a time."
)
class EmissionWarning(Node):
    """A warning."""

    own_id: strawberry.Private[UUID]
    account_id: strawberry.Private[UUID | None]
    owner_id: strawberry.Private[UUID | None]
    owner_person_id: strawberry.Private[UUID | None]
    former_id: strawberry.Private[UUID | None]
    kind: CauseKind = strawberry.field(description="What it is raised for.")
    division_code: str = strawberry.field(description="The division.")
    sector: str = strawberry.field(description="The sector; empty for all together.")
    year: int | None = strawberry.field(description="The budget's year; null for growth.")
    state: WarningState = strawberry.field(description="Where it stands.")
    level: str = strawberry.field(description="The level's code.")
    level_name: MonitoringText = strawberry.field(description="The level's name.")
    rank: int = strawberry.field(description="How grave: 0 is the mildest level.")
    is_present: bool = strawberry.field(description="The newest evaluation that could tell still found its cause.")
    month: Month = strawberry.field(description="The month of that evaluation's data.")
    value_percent: Decimal = strawberry.field(
        description="Growth, or by how much the projection is beyond budget or target, percent."
    )
    evidence: WarningEvidence = strawberry.field(description="What it rests on.")
    response: str | None = strawberry.field(description="The measure of the document's list that was chosen.")
    measure: str = strawberry.field(description="What is done, in the authority's words.")
    due_on: date = strawberry.field(description="By when an answer, or the next note, is due.")
    is_overdue: bool = strawberry.field(description="That day is past, and it is not closed.")
    escalations: int = strawberry.field(description="How often the authority above was told that it is overdue.")
    raised_at: datetime = strawberry.field(description="Since when.")
    closed_at: datetime | None = strawberry.field(description="When it was closed.")

    @strawberry.field(description="The division.")
    async def division(self, info: Info) -> Division | None:
        """Return the division."""
        return await load_division(info.context, self.division_code)

    @strawberry.field(description="The key unit's account, if it is about one.")
    async def account(self, info: Info) -> CarbonAccount | None:
        """Return the account."""
        return None if self.account_id is None else await load_account(info.context, self.account_id)

    @strawberry.field(description="Whose it is (责任单位).")
    async def owner(self, info: Info) -> Organisation | None:
        """Return whose it is."""
        return None if self.owner_id is None else await load_organisation(info.context, self.owner_id)

    @strawberry.field(description="Who sees to it; null also for people of other organisations.")
    async def owner_person(self, info: Info) -> Person | None:
        """Return who sees to it."""
        return None if self.owner_person_id is None else await load_person(info.context, self.owner_person_id)

    @strawberry.field(description="The warning of the same cause closed more than a year before.")
    async def former(self) -> strawberry.ID | None:
        """Return the former one's id."""
        return None if self.former_id is None else node_id(WARNING, self.former_id)

    @strawberry.field(description="What happened to it, the oldest first; for authorities.")
    async def steps(self, info: Info) -> list[WarningStep]:
        """Return the steps."""
        return [step(each) for each in await info.context.loader(queries.steps_of).load(self.own_id)]


def warning(given: WarningValue) -> EmissionWarning:
    """Return a warning as the wire has it."""
    cause = given.cause
    return EmissionWarning(
        id=node_id(WARNING, given.id), own_id=given.id, account_id=cause.account_id, owner_id=given.owner_id,
        owner_person_id=given.owner_person_id, former_id=given.former_id, kind=cause.kind,
        division_code=cause.division_code, sector=cause.sector, year=cause.year or None, state=given.state,
        level=given.level, level_name=MonitoringText(zh=given.level_zh, en=given.level_en), rank=given.rank,
        is_present=given.is_present, month=Month(given.month), value_percent=given.value,
        evidence=evidence(given.evidence), response=given.response or None, measure=given.measure,
        due_on=given.due_on, is_overdue=given.closed_at is None and given.due_on < today(),
        escalations=given.escalations, raised_at=given.raised_at, closed_at=given.closed_at,
    )  # fmt: skip


@node_loader(WARNING)
async def warning_node(context: Context, warning_id: UUID) -> EmissionWarning | None:
    """Fetch a warning for `node(id:)`."""
    if not context.scope.allows("monitoring:read"):
        return None
    async with context.read() as read:
        found = await queries.warning(read, context.scope, warning_id)
    return None if found is None else warning(found)


@strawberry.type(description="A level of warning: beyond which percentages it is reached; null: never by that.")
class WarningLevel:
    """A level of warning."""

    code: str = strawberry.field(description="Its code.")
    name: MonitoringText = strawberry.field(description="Its name.")
    growth: Decimal | None = strawberry.field(description="Growth of emissions, percent.")
    budget: Decimal | None = strawberry.field(description="The projected year's end beyond the budget, percent.")
    intensity: Decimal | None = strawberry.field(description="The projected intensity beyond its target, percent.")
    answer_days: int = strawberry.field(description="Days within which an answer is due.")


@strawberry.type(name="WarningResponse", description="A measure the jurisdiction's document names (响应措施).")
class WarningResponseNode:
    """A measure of the document's list."""

    code: str = strawberry.field(description="Its code.")
    name: MonitoringText = strawberry.field(description="The document's words.")


@strawberry.type(description="Levels of warning (预警分级) and how growth is told.")
class WarningTermsContent:
    """Levels of warning."""

    levels: list[WarningLevel] = strawberry.field(description="The mildest first.")
    window_months: int = strawberry.field(description="Growth is that of so many of the newest months together.")
    latest_months: int = strawberry.field(description="The newest of them is at most so many months old.")
    coverage_percent: Decimal = strawberry.field(
        description="Of last year's accounts so many must have reported a month for it to count."
    )
    is_placeholder: bool = strawberry.field(
        description="They are the product's placeholders: no document publishes any, and the authority has set none."
    )
    document: MonitoringText = strawberry.field(description="What they rest on.")
    effective_on: date | None = strawberry.field(description="Since when; null for the placeholders.")


def terms_content(given: Terms) -> WarningTermsContent:
    """Return levels as the wire has them."""
    return WarningTermsContent(
        levels=[_level(each) for each in given.levels], window_months=given.window_months,
        latest_months=given.latest_months, coverage_percent=given.coverage_percent,
        is_placeholder=given.is_placeholder, document=MonitoringText(zh=given.document.zh, en=given.document.en),
        effective_on=given.effective_on,
    )  # fmt: skip


def _level(given: Level) -> WarningLevel:
    return WarningLevel(
        code=given.code, name=MonitoringText(zh=given.name_zh, en=given.name_en), growth=given.growth,
        budget=given.budget, intensity=given.intensity, answer_days=given.answer_days,
    )  # fmt: skip


@strawberry.type(description="The levels in force and the measures of the jurisdiction's document.")
class WarningRulesNode:
    """The levels in force."""

    in_force: WarningTermsContent = strawberry.field(description="The levels in force today.")
    responses: list[WarningResponseNode] = strawberry.field(
        description="What a warning is answered with; empty: the document names none."
    )


def response(given: WarningResponse) -> WarningResponseNode:
    """Return a measure as the wire has it."""
    return WarningResponseNode(code=given.code, name=MonitoringText(zh=given.name_zh, en=given.name_en))


@strawberry.type(
    description="Levels of warning as the authority drafted them; they count once a second person approved them."
)
class WarningTerms:
    """Levels as drafted."""

    id: strawberry.ID = strawberry.field(description="Global id.")
    content: WarningTermsContent = strawberry.field(description="The levels.")
    document_number: str = strawberry.field(description="The document's number.")
    document_dated: date = strawberry.field(description="Its date.")
    document_title: str = strawberry.field(description="Its title.")
    effective_on: date = strawberry.field(description="From when they count.")
    reason: str = strawberry.field(description="Why they were drafted.")
    state: TermsState = strawberry.field(description="Where they stand.")
    drafted_at: datetime = strawberry.field(description="When.")
    decided_at: datetime | None = strawberry.field(description="When they were decided on.")
    decision_reason: str | None = strawberry.field(description="The reason of the decision.")


def terms(given: TermsValue) -> WarningTerms:
    """Return drafted levels as the wire has them."""
    return WarningTerms(
        id=node_id(TERMS, given.id), content=terms_content(given.terms), document_number=given.document_number,
        document_dated=given.document_dated, document_title=given.document_title, effective_on=given.effective_on,
        reason=given.reason, state=given.state, drafted_at=given.drafted_at, decided_at=given.decided_at,
        decision_reason=given.decision_reason,
    )  # fmt: skip


@strawberry.type(description="What an evaluation could not tell; it raises and clears nothing.")
class WarningUntold:
    """What could not be told."""

    kind: CauseKind = strawberry.field(description="Of what kind.")
    division_code: str = strawberry.field(description="The division.")
    sector: str = strawberry.field(description="The sector; empty for all together.")
    account_id: strawberry.ID | None = strawberry.field(description="The key unit's account.")
    year: int | None = strawberry.field(description="The budget's year.")
    note: MonitoringText = strawberry.field(description="Why.")


@strawberry.type(description="An evaluation (形势研判) of a division's subtree.")
class WarningEvaluation:
    """An evaluation."""

    id: strawberry.ID = strawberry.field(description="Global id.")
    division_code: str = strawberry.field(description="Of which division and all below it.")
    month: Month = strawberry.field(description="Of which month.")
    is_placeholder: bool = strawberry.field(description="By the product's placeholder levels.")
    looked_at: int = strawberry.field(description="Causes looked at.")
    raised: int = strawberry.field(description="Warnings raised.")
    reopened: int = strawberry.field(description="Warnings reopened.")
    worsened: int = strawberry.field(description="Warnings that became graver.")
    cleared: int = strawberry.field(description="Warnings whose cause is gone; people close them.")
    untold: list[WarningUntold] = strawberry.field(description="What could not be told; at most 200 are listed.")
    evaluated_at: datetime = strawberry.field(description="When.")


def evaluation(given: EvaluationValue) -> WarningEvaluation:
    """Return an evaluation as the wire has it."""
    return WarningEvaluation(
        id=node_id(EVALUATION, given.id), division_code=given.division_code, month=Month(given.month),
        is_placeholder=given.is_placeholder, looked_at=given.looked_at, raised=given.raised, reopened=given.reopened,
        worsened=given.worsened, cleared=given.cleared, evaluated_at=given.evaluated_at,
        untold=[
            WarningUntold(
                kind=CauseKind(each["kind"]), division_code=each["division_code"], sector=each["sector"],
                account_id=node_id("CarbonAccount", UUID(each["account_id"])) if each["account_id"] else None,
                year=each["year"] or None, note=MonitoringText(zh=each["note_zh"], en=each["note_en"]),
            )
            for each in given.untold
        ],
    )  # fmt: skip


__all__ = [
    "EVALUATION", "TERMS", "WARNING", "EmissionWarning", "WarningEvaluation", "WarningRulesNode", "WarningTerms",
    "evaluation", "response", "terms", "terms_content", "warning",
]  # fmt: skip
