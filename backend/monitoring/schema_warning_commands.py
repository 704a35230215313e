"""Commands of warnings on the wire."""

from datetime import date
from decimal import Decimal
from uuid import UUID

import strawberry

from backend.kit.clock import today
from backend.kit.db import Write
from backend.kit.months import Month as KitMonth
from backend.kit.outbox import enqueue
from backend.monitoring import service
from backend.monitoring.alerts.jobs_evaluating import KIND
from backend.monitoring.alerts.terms import of_authority
from backend.monitoring.alerts.values import Level
from backend.monitoring.errors import MonthNotOver
from backend.monitoring.schema_warning_types import TERMS, WARNING, EmissionWarning, WarningTerms, terms, warning
from backend.wire.commands import command
from backend.wire.context import Context
from backend.wire.nodes import node_id, uuids
from backend.wire.scalars import Month

# pyright: reportGeneralTypeIssues=false, reportSelfClsParameterName=false
# ruff: noqa: A002, N805
# `command` makes static functions whose argument is called `input` on the wire.


@strawberry.input(description="Evaluate your region as of a month.")
class EvaluateWarningsInput:
    """Evaluate a region."""

    month: Month = strawberry.field(description="A month that is over.")


@strawberry.type(description="A job evaluates; its result counts what was raised, reopened, worsened and cleared.")
class WarningEvaluationRequested:
    """A job evaluates."""

    job_id: strawberry.ID = strawberry.field(description="The job's global id.")


@strawberry.input(description="Give a warning to an authority, and to a person of your own.")
class AssignWarningInput:
    """Assign a warning."""

    warning_id: strawberry.ID = strawberry.field(description="The warning.")
    organisation_id: strawberry.ID = strawberry.field(description="An authority whose region holds its division.")
    person_id: strawberry.ID | None = strawberry.field(default=None, description="A person of your own organisation.")
    note: str = strawberry.field(default="", description="What for.")


@strawberry.input(description="Answer a warning.")
class RespondToWarningInput:
    """Answer a warning."""

    warning_id: strawberry.ID = strawberry.field(description="The warning.")
    response: str = strawberry.field(
        default="", description="A code of `warningRules.responses`; empty where the document names none."
    )
    measure: str = strawberry.field(description="What is done.")
    due_on: date = strawberry.field(description="Until when.")


@strawberry.input(description="Note what came of a measure.")
class FollowUpWarningInput:
    """Follow up a warning."""

    warning_id: strawberry.ID = strawberry.field(description="The warning.")
    note: str = strawberry.field(description="What came of it.")
    due_on: date | None = strawberry.field(default=None, description="By when the next note is due.")


@strawberry.input(description="Propose to close a warning.")
class ProposeWarningClosureInput:
    """Propose to close a warning."""

    warning_id: strawberry.ID = strawberry.field(description="The warning.")
    reason: str = strawberry.field(description="Why.")


@strawberry.input(description="Close a warning somebody else proposed to close, or send it back.")
class DecideWarningClosureInput:
    """Decide on a closure."""

    warning_id: strawberry.ID = strawberry.field(description="The warning.")
    is_closed: bool = strawberry.field(description="Close it; false sends it back.")
    reason: str = strawberry.field(description="Why.")


@strawberry.type(description="The warning as it stands now.")
class WarningChanged:
    """The warning as it stands now."""

    warning: EmissionWarning = strawberry.field(description="The warning.")


@strawberry.input(description="A level of warning; a threshold left out is never reached.")
class WarningLevelInput:
    """A level of warning."""

    code: str = strawberry.field(description="Lower-case letters, digits and underscores.")
    name_zh: str = strawberry.field(description="中文名称。")
    name_en: str = strawberry.field(description="English name.")
    growth: Decimal | None = strawberry.field(default=None, description="Growth of emissions, percent.")
    budget: Decimal | None = strawberry.field(default=None, description="Projection beyond the budget, percent.")
    intensity: Decimal | None = strawberry.field(default=None, description="Intensity beyond its target, percent.")
    answer_days: int = strawberry.field(description="Days within which an answer is due.")


@strawberry.input(description="Draft levels of warning for the whole jurisdiction.")
class DraftWarningTermsInput:
    """Draft levels of warning."""

    levels: list[WarningLevelInput] = strawberry.field(description="The mildest first; thresholds rise.")
    window_months: int = strawberry.field(description="Growth is that of so many months together, 1 to 12.")
    latest_months: int = strawberry.field(description="The newest is at most so many months old, 0 to 24.")
    coverage_percent: Decimal = strawberry.field(description="So many of last year's accounts must have reported.")
    document_number: str = strawberry.field(description="The document they rest on: its number.")
    document_dated: date = strawberry.field(description="Its date.")
    document_title: str = strawberry.field(description="Its title.")
    effective_on: date = strawberry.field(description="From when they count.")
    reason: str = strawberry.field(description="Why.")


@strawberry.input(description="Approve or reject drafted levels, for good.")
class DecideWarningTermsInput:
    """Decide on drafted levels."""

    terms_id: strawberry.ID = strawberry.field(description="The drafted levels.")
    is_approved: bool = strawberry.field(description="Approve or reject.")
    reason: str = strawberry.field(description="Why.")


@strawberry.type(description="The levels as they stand now.")
class WarningTermsChanged:
    """The levels as they stand now."""

    terms: WarningTerms = strawberry.field(description="The levels.")


def _own(given: strawberry.ID) -> UUID:
    return uuids(given, WARNING, path=("input", "warningId"))[0]


@strawberry.type
class WarningsMutation:
    """Commands of warnings."""

    @command("monitoring:ask_evaluation")
    async def evaluate_warnings(
        context: Context, write: Write, input: EvaluateWarningsInput
    ) -> WarningEvaluationRequested:
        """Evaluate your region as of a month, as a job (开展形势研判): raises, worsens, clears and reopens warnings."""
        of_authority(context.scope, "monitoring:respond")
        if KitMonth.of(input.month).last_day >= today():
            raise MonthNotOver(month=f"{input.month:%Y-%m}", path=("input", "month"))
        job_id = await enqueue(write, KIND, {"month": input.month.isoformat()})
        return WarningEvaluationRequested(job_id=node_id("Job", job_id))

    @command("monitoring:assign")
    async def assign_warning(context: Context, write: Write, input: AssignWarningInput) -> WarningChanged:
        """Give a warning to an authority of its division or above, and to a person of your own (交办)."""
        person = input.person_id
        found = await service.assign(
            write, context.scope, _own(input.warning_id),
            organisation_id=uuids(input.organisation_id, "Organisation", path=("input", "organisationId"))[0],
            person_id=None if person is None else uuids(person, "Person", path=("input", "personId"))[0],
            note=input.note,
        )  # fmt: skip
        return WarningChanged(warning=warning(found))

    @command("monitoring:respond")
    async def respond_to_warning(context: Context, write: Write, input: RespondToWarningInput) -> WarningChanged:
        """Answer a warning with a measure of the document's list (选定响应措施), and say what is done until when."""
        found = await service.respond(
            write, context.scope, _own(input.warning_id), response=input.response, measure=input.measure,
            due_on=input.due_on,
        )  # fmt: skip
        return WarningChanged(warning=warning(found))

    @command("monitoring:follow_up")
    async def follow_up_warning(context: Context, write: Write, input: FollowUpWarningInput) -> WarningChanged:
        """Note what came of a measure (跟踪), and by when the next note is due."""
        found = await service.follow_up(
            write, context.scope, _own(input.warning_id), note=input.note, due_on=input.due_on
        )
        return WarningChanged(warning=warning(found))

    @command("monitoring:propose_closure")
    async def propose_warning_closure(
        context: Context, write: Write, input: ProposeWarningClosureInput
    ) -> WarningChanged:
        """Propose to close an answered warning (申请销号); another person decides."""
        found = await service.propose_closure(write, context.scope, _own(input.warning_id), reason=input.reason)
        return WarningChanged(warning=warning(found))

    @command("monitoring:decide_closure")
    async def decide_warning_closure(
        context: Context, write: Write, input: DecideWarningClosureInput
    ) -> WarningChanged:
        """Close a warning as another person than who proposed it (销号), or send it back."""
        found = await service.decide_closure(
            write, context.scope, _own(input.warning_id), is_closed=input.is_closed, reason=input.reason
        )
        return WarningChanged(warning=warning(found))

    @command("monitoring:draft_terms")
    async def draft_warning_terms(context: Context, write: Write, input: DraftWarningTermsInput) -> WarningTermsChanged:
        """Draft levels of warning for the whole jurisdiction (拟定预警分级); a second person approves them."""
        found = await service.draft_terms(
            write, context.scope,
            levels=[
                Level(
                    each.code, each.name_zh, each.name_en, each.growth, each.budget, each.intensity, each.answer_days
                )
                for each in input.levels
            ],
            window_months=input.window_months, latest_months=input.latest_months,
            coverage_percent=input.coverage_percent, document_number=input.document_number,
            document_dated=input.document_dated, document_title=input.document_title,
            effective_on=input.effective_on, reason=input.reason,
        )  # fmt: skip
        return WarningTermsChanged(terms=terms(found))

    @command("monitoring:decide_terms")
    async def decide_warning_terms(
        context: Context, write: Write, input: DecideWarningTermsInput
    ) -> WarningTermsChanged:
        """Approve or reject drafted levels of warning, as another person, for good."""
        found = await service.decide_terms(
            write, context.scope, uuids(input.terms_id, TERMS, path=("input", "termsId"))[0],
            is_approved=input.is_approved, reason=input.reason,
        )  # fmt: skip
        return WarningTermsChanged(terms=terms(found))
