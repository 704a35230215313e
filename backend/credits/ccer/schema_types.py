"""CCER on the wire: projects, reductions, their steps and comments, methodologies, the calendar, findings."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import strawberry

from backend.accounts.schema_types import CarbonAccount, load_account, own_key
from backend.credits.ccer import queries, rules
from backend.credits.ccer.service import Eligibility
from backend.credits.ccer.values import (
    Action,
    CommentValue,
    Methodology,
    ProjectState,
    ProjectValue,
    ReductionState,
    ReductionValue,
    TransitionValue,
)
from backend.identity.schema_types import Organisation, load_organisation
from backend.kit.workdays import Calendar, CalendarUnknown
from backend.ledger.methods import OffsetFinding, Outcome
from backend.wire.context import Context, Info
from backend.wire.nodes import Node, node_id, node_loader

__all__ = ["own_key"]

CcerProjectState = strawberry.enum(
    ProjectState, name="CcerProjectState", description="How far a CCER project is (项目状态)."
)
CcerReductionState = strawberry.enum(
    ReductionState, name="CcerReductionState", description="How far a reduction is (减排量状态)."
)
CcerAction = strawberry.enum(
    Action, name="CcerAction", description="What moves a project or a reduction on, after Order 31."
)
CcerOutcome = strawberry.enum(
    Outcome, name="CcerOutcome", description="Pass, fail, or cannot tell; the last two block."
)


@strawberry.type(description="A step a project or a reduction took (状态变更). Steps are only added, never changed.")
class CcerTransition:
    """A step a project or a reduction took."""

    action: CcerAction = strawberry.field(description="What was done.")  # type: ignore[valid-type]
    from_state: str = strawberry.field(description="The state before; empty for the first.")
    to_state: str = strawberry.field(description="The state after.")
    on: date = strawberry.field(description="The day it happened.")
    due_on: date | None = strawberry.field(
        description="The last day for the registry's answer to an application (15 working days); null where there is "
        "none, or where that year's official calendar is not recorded."
    )
    reference: str = strawberry.field(description="An outside number: report, decision, registry entry.")
    note: str = strawberry.field(description="Why, in words.")
    movement_id: strawberry.ID | None = strawberry.field(description="The ledger's movement, for an issuance.")
    recorded_at: datetime = strawberry.field(description="When it was entered here.")


@strawberry.type(description="What the public said during publicity (公众意见), and the owner's answer.")
class CcerComment(Node):
    """What the public said, and the answer."""

    author: str = strawberry.field(description="Who said it.")
    text: str = strawberry.field(description="What was said.")
    received_on: date = strawberry.field(description="When it was received.")
    answer: str | None = strawberry.field(description="The owner's answer; null while it waits.")
    answered_on: date | None = strawberry.field(description="When it was answered.")


@strawberry.type(description="What a project reduced in one monitoring period (监测期减排量), whole tCO2e.")
class CcerReduction(Node):
    """What a project reduced in one monitoring period."""

    account_id: strawberry.Private[UUID]
    own_id: strawberry.Private[UUID]
    project_id: strawberry.Private[UUID]
    verifying_id: strawberry.Private[UUID | None]
    period_from: date = strawberry.field(description="First day of the period.")
    period_to: date = strawberry.field(description="Last day of the period.")
    reported: Decimal = strawberry.field(description="As the owner reported it, tCO2e.")
    verified: Decimal | None = strawberry.field(description="As the other body verified it, tCO2e.")
    state: CcerReductionState = strawberry.field(description="How far it is.")  # type: ignore[valid-type]
    state_on: date = strawberry.field(description="Since when; before the first step, the earliest day for it.")
    applied_on: date | None = strawberry.field(description="When registration was applied for.")
    registered_on: date | None = strawberry.field(description="When the reduction was registered.")
    first_lawful_day: date | None = strawberry.field(
        description="While publicised: the first day on which it can be verified; null if no publicity runs, or where "
        "the official calendar is not recorded."
    )
    created_at: datetime = strawberry.field(description="When it was reported here.")

    @strawberry.field(description="The project.")
    async def project(self, info: Info) -> "CcerProject | None":
        """Return its project."""
        return await load_project(info.context, self.account_id, self.project_id)

    @strawberry.field(description="The body that verified it; null before, or where you may not know it.")
    async def verifier(self, info: Info) -> Organisation | None:
        """Return the verification body."""
        return None if self.verifying_id is None else await load_organisation(info.context, self.verifying_id)

    @strawberry.field(description="Its steps, oldest first.")
    async def transitions(self, info: Info) -> list[CcerTransition]:
        """Return its steps."""
        key = (self.account_id, self.project_id, self.own_id)
        return [transition(each) for each in await info.context.loader(queries.transitions_below).load(key)]

    @strawberry.field(description="What the public said of it, oldest first.")
    async def comments(self, info: Info) -> list[CcerComment]:
        """Return its comments."""
        key = (self.account_id, self.project_id, self.own_id)
        return comments(await info.context.loader(queries.comments_below).load(key))


@strawberry.type(description="A CCER project (温室气体自愿减排项目) and how far it is.")
class CcerProject(Node):
    """A CCER project."""

    account_id: strawberry.Private[UUID]
    own_id: strawberry.Private[UUID]
    validating_id: strawberry.Private[UUID | None]
    code: str = strawberry.field(description="Its code.")
    name: str = strawberry.field(description="Its name.")
    methodology: str = strawberry.field(description="Code of its methodology (方法学).")
    plant_code: str = strawberry.field(description="The plant its energy comes from; empty if it is about no energy.")
    started_on: date = strawberry.field(description="The day the project started (开工日期).")
    starts_on: date = strawberry.field(description="First day of its crediting period (计入期).")
    ends_on: date = strawberry.field(description="Last day of its crediting period.")
    is_ets_managed: bool | None = strawberry.field(description="Managed by the trading market; null: not stated.")
    is_legal_duty: bool | None = strawberry.field(description="Reducing is a legal duty; null: not stated.")
    old_registered_on: date | None = strawberry.field(description="Its registration under the old scheme, if any.")
    state: CcerProjectState = strawberry.field(description="How far it is.")  # type: ignore[valid-type]
    state_on: date = strawberry.field(description="Since when; for a draft, the earliest day for its first step.")
    registered_on: date | None = strawberry.field(description="When it was registered.")
    is_energy_exclusive: bool = strawberry.field(
        description="Whether its energy is certified green or reduces as CCER, never both (offshore wind, solar thermal)."
    )
    first_lawful_day: date | None = strawberry.field(
        description="While publicised: the first day on which it can be validated; null if no publicity runs, or where "
        "the official calendar is not recorded."
    )
    created_at: datetime = strawberry.field(description="When it was recorded here.")

    @strawberry.field(description="Its owner's carbon account.")
    async def account(self, info: Info) -> CarbonAccount | None:
        """Return its owner's account."""
        return await load_account(info.context, self.account_id)

    @strawberry.field(description="The body that validated it; null before, or where you may not know it.")
    async def validator(self, info: Info) -> Organisation | None:
        """Return the validating body."""
        return None if self.validating_id is None else await load_organisation(info.context, self.validating_id)

    @strawberry.field(description="Its own steps, oldest first.")
    async def transitions(self, info: Info) -> list[CcerTransition]:
        """Return its steps."""
        key = (self.account_id, self.own_id, None)
        return [transition(each) for each in await info.context.loader(queries.transitions_below).load(key)]

    @strawberry.field(description="What the public said of the project itself, oldest first.")
    async def comments(self, info: Info) -> list[CcerComment]:
        """Return its comments."""
        key = (self.account_id, self.own_id, None)
        return comments(await info.context.loader(queries.comments_below).load(key))

    @strawberry.field(description="Its reductions by monitoring period.")
    async def reductions(self, info: Info) -> list[CcerReduction]:
        """Return its reductions."""
        rows = await info.context.loader(queries.reductions_below).load((self.account_id, self.own_id))
        return [reduction(each) for each in rows]


@strawberry.type(description="A published CCER methodology (方法学), as the reference parameters have it.")
class CcerMethodology:
    """A published methodology."""

    code: str = strawberry.field(description="Its code with version, e.g. `CCER-01-002-V01`.")
    name: str = strawberry.field(description="Its Chinese name.")
    field: str = strawberry.field(description="The field it belongs to.")
    crediting_period: str = strawberry.field(description="The crediting period in its source's words.")
    least_years: int = strawberry.field(description="The least years credited; 0 where none is stated.")
    most_years: int | None = strawberry.field(
        description="The most years that surely count; null: not stated or not confirmed, so that a project cannot "
        "be publicised until the authority confirms the figure."
    )
    conditions: str = strawberry.field(description="Key conditions.")
    document: str = strawberry.field(description="The document that published it.")
    published_on: date | None = strawberry.field(description="When; null where the source gives no day.")
    source: str = strawberry.field(description="Where it was read.")
    confidence: str = strawberry.field(description="How sure the source is.")
    is_uncertain: bool = strawberry.field(description="Whether people must be told that it is not confirmed.")
    note: str = strawberry.field(description="Remarks.")


@strawberry.type(description="The official working-day calendar of a year (工作日历) and where it comes from.")
class WorkCalendar:
    """The working-day calendar of a year."""

    year: int = strawberry.field(description="The calendar year.")
    document: str = strawberry.field(description="The State Council's notice.")
    source: str = strawberry.field(description="Where its days were read.")
    confidence: str = strawberry.field(description="How sure that is.")
    note: str = strawberry.field(description="Remarks.")


@strawberry.type(description="One check of a batch, with its reason and the rule's document.")
class CcerFinding:
    """One check with its reason."""

    outcome: CcerOutcome = strawberry.field(description="Pass, fail, or cannot tell.")  # type: ignore[valid-type]
    code: str = strawberry.field(description="Which check and how it ended, as `offsetCheck` names them.")
    message_zh: str = strawberry.field(description="中文说明。")
    message_en: str = strawberry.field(description="English text.")
    document: str = strawberry.field(description="The rule's document; empty where none was asked.")
    confidence: str = strawberry.field(description="How sure the rule is; empty without one.")


@strawberry.type(description="Whether the units of a batch may offset a compliance year's surrender.")
class CcerEligibility:
    """What a batch comes to for a compliance year."""

    batch_id: strawberry.ID = strawberry.field(description="The batch.")
    project_code: str | None = strawberry.field(description="Its project.")
    vintage: int | None = strawberry.field(description="Its vintage.")
    outcome: CcerOutcome = strawberry.field(description="What the findings come to.")  # type: ignore[valid-type]
    findings: list[CcerFinding] = strawberry.field(description="Each check.")


def _first_lawful(is_publicised: bool, since: date) -> date | None:  # noqa: FBT001 - one fact of two
    try:
        return rules.after_publicity(since) if is_publicised else None
    except CalendarUnknown:
        return None


def project(value: ProjectValue) -> CcerProject:
    """Return a project as the wire has it."""
    return CcerProject(
        id=node_id("CcerProject", value.account_id, value.id),
        account_id=value.account_id,
        own_id=value.id,
        validating_id=value.validator_id,
        code=value.code,
        name=value.name,
        methodology=value.methodology,
        plant_code=value.plant_code,
        started_on=value.started_on,
        starts_on=value.starts_on,
        ends_on=value.ends_on,
        is_ets_managed=value.is_ets_managed,
        is_legal_duty=value.is_legal_duty,
        old_registered_on=value.old_registered_on,
        state=value.state,
        state_on=value.state_on,
        registered_on=value.registered_on,
        is_energy_exclusive=rules.is_exclusive(value.methodology),
        first_lawful_day=_first_lawful(value.state is ProjectState.PUBLICISED, value.state_on),
        created_at=value.created_at,
    )


def reduction(value: ReductionValue) -> CcerReduction:
    """Return a reduction as the wire has it."""
    return CcerReduction(
        id=node_id("CcerReduction", value.account_id, value.id),
        account_id=value.account_id,
        own_id=value.id,
        project_id=value.project_id,
        verifying_id=value.verifier_id,
        period_from=value.period_from,
        period_to=value.period_to,
        reported=value.reported,
        verified=value.verified,
        state=value.state,
        state_on=value.state_on,
        applied_on=value.applied_on,
        registered_on=value.registered_on,
        first_lawful_day=_first_lawful(value.state is ReductionState.PUBLICISED, value.state_on),
        created_at=value.created_at,
    )


def transition(value: TransitionValue) -> CcerTransition:
    """Return a step as the wire has it."""
    return CcerTransition(
        action=value.action,
        from_state=value.from_state,
        to_state=value.to_state,
        on=value.on,
        due_on=value.due_on,
        reference=value.reference,
        note=value.note,
        movement_id=None if value.movement_id is None else node_id("UnitMovement", value.movement_id),
        recorded_at=value.recorded_at,
    )


def comment(value: CommentValue, answer: CommentValue | None = None) -> CcerComment:
    """Return a comment and its answer as the wire has them."""
    return CcerComment(
        id=node_id("CcerComment", value.account_id, value.id),
        author=value.author,
        text=value.text,
        received_on=value.received_on,
        answer=None if answer is None else answer.text,
        answered_on=None if answer is None else answer.received_on,
    )


def comments(values: list[CommentValue]) -> list[CcerComment]:
    """Return comments, each with its answer."""
    answers = {each.answers_id: each for each in values if each.answers_id is not None}
    return [comment(each, answers.get(each.id)) for each in values if each.answers_id is None]


def methodology(value: Methodology) -> CcerMethodology:
    """Return a methodology as the wire has it."""
    years = rules.crediting(value.period)
    return CcerMethodology(
        code=value.code,
        name=value.name,
        field=value.field,
        crediting_period=value.period,
        least_years=years.least,
        most_years=years.surely,
        conditions=value.conditions,
        document=value.document,
        published_on=value.published_on,
        source=value.source,
        confidence=value.confidence,
        is_uncertain=value.is_uncertain,
        note=value.note,
    )


def calendar(value: Calendar) -> WorkCalendar:
    """Return a calendar as the wire has it."""
    return WorkCalendar(
        year=value.year, document=value.document, source=value.source, confidence=value.confidence, note=value.note
    )


def _finding(value: OffsetFinding) -> CcerFinding:
    return CcerFinding(
        outcome=value.outcome,
        code=value.code,
        message_zh=value.zh,
        message_en=value.en,
        document=value.rule.document if value.rule else "",
        confidence=value.rule.confidence if value.rule else "",
    )


def eligible(value: Eligibility, batch_id: strawberry.ID) -> CcerEligibility:
    """Return what a batch comes to as the wire has it."""
    return CcerEligibility(
        batch_id=batch_id,
        project_code=value.batch.project_code,
        vintage=value.batch.vintage,
        outcome=value.outcome,
        findings=[_finding(each) for each in value.findings],
    )


async def load_project(context: Context, *ids: UUID) -> CcerProject | None:
    """Return a project through the request's loader, None when the caller sees none."""
    return await _load(context, queries.projects_by_id, project, ids)


async def load_reduction(context: Context, *ids: UUID) -> CcerReduction | None:
    """Return a reduction through the request's loader, None when the caller sees none."""
    return await _load(context, queries.reductions_by_id, reduction, ids)


async def _load(context: Context, batch: Any, make: Any, ids: tuple[UUID, ...]) -> Any:  # noqa: ANN401 - either of the above
    context.scope.require("credits:read")
    if len(ids) != 2:  # noqa: PLR2004 - account and own
        return None
    found = await context.loader(batch).load((ids[0], ids[1]))
    return None if found is None else make(found)


async def load_comment(context: Context, *ids: UUID) -> CcerComment | None:
    """Return a comment with its answer, None when the caller sees none."""
    context.scope.require("credits:read")
    if len(ids) != 2:  # noqa: PLR2004 - account and own
        return None
    async with context.read() as read:
        found = await queries.comment(read, context.scope, ids[0], ids[1])
        if found is None:
            return None
        key = (found.account_id, found.project_id, found.reduction_id)
        (beside,) = await queries.comments_below(read, context.scope, [key])
    return next(each for each in comments(beside) if each.id == node_id("CcerComment", *ids))


node_loader("CcerComment")(load_comment)
node_loader("CcerProject")(load_project)
node_loader("CcerReduction")(load_reduction)
