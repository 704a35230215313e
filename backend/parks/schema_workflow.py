"""The way of a park on the wire: applications with their steps, notices with objections, programmes with targets."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

import strawberry

from backend.accounts.schema_types import CarbonAccount, load_account
from backend.parks import queries_programmes, queries_workflow
from backend.parks.names import PROGRAMME_NAMES, STEP_NAMES
from backend.parks.rules import walking
from backend.parks.schema_types import EVALUATION, Park, ParkDocument, load_park, paper
from backend.parks.values import (
    ApplicationRow,
    EntryStatus,
    Finding,
    Horizon,
    Level,
    NoticeRow,
    ObjectionRow,
    Outcome,
    ProgrammeKind,
    Requirement,
    Step,
    StepRow,
)
from backend.parks.values_programmes import ItemRow, Progress
from backend.tenants.schema import Division, load_division
from backend.wire.context import Context, Info
from backend.wire.nodes import Node, node_id, node_loader

APPLICATION, STEP, NOTICE, OBJECTION, ITEM = (
    "ParkApplication", "ParkStep", "ParkNotice", "ParkObjection", "ParkProgrammeItem",
)  # fmt: skip


@strawberry.type(description="What a programme's document asks of an item.")
class ParkRequirement:
    """A requirement."""

    code: str = strawberry.field(description="Its code, for findings.")
    name: str = strawberry.field(description="要求名称。")
    name_en: str = strawberry.field(description="What is asked for.")
    unit: str = strawberry.field(description="The unit of its number; empty where it is none.")
    limit: Decimal | None = strawberry.field(description="At least so much, in `unit`; null where it is no number.")
    quote: str = strawberry.field(description="The document's own words.")
    document: str = strawberry.field(description="The document.")


def requirement(one: Requirement) -> ParkRequirement:
    """Return a requirement as the wire has it."""
    return ParkRequirement(
        code=one.code, name=one.name_zh, name_en=one.name_en, unit=one.unit, limit=one.limit, quote=one.quote,
        document=one.document,
    )  # fmt: skip


@strawberry.type(description="What a requirement came to.")
class ParkFinding:
    """A finding."""

    code: str = strawberry.field(description="The requirement's code.")
    outcome: Outcome = strawberry.field(description="Met, missed, or cannot be told; a number decides by itself.")
    quantity: Decimal | None = strawberry.field(description="The number, in the requirement's unit.")
    remark: str = strawberry.field(description="On what ground.")


def finding(one: Finding) -> ParkFinding:
    """Return a finding as the wire has it."""
    return ParkFinding(code=one.code, outcome=one.outcome, quantity=one.quantity, remark=one.remark)


@strawberry.type(description="What a step came to, as proposed by one person and confirmed (or not) by another.")
class ParkStep:
    """A step."""

    id: strawberry.ID = strawberry.field(description="Global id.")
    step: Step = strawberry.field(description="Which step.")
    name: str = strawberry.field(description="环节名称。")
    is_passed: bool = strawberry.field(description="What was proposed.")
    happened_on: date = strawberry.field(description="The day it came to that.")
    reason: str = strawberry.field(description="Why.")
    evaluation_id: strawberry.ID | None = strawberry.field(description="Global id of the evaluation it rests on.")
    findings: list[ParkFinding] = strawberry.field(description="Of an item: what each requirement came to.")
    document: ParkDocument = strawberry.field(description="The document.")
    recorded_at: datetime = strawberry.field(description="When it was proposed.")
    is_confirmed: bool | None = strawberry.field(description="The second person's word; null while there is none.")
    decision: str | None = strawberry.field(description="The second person's reason.")
    decided_at: datetime | None = strawberry.field(description="When that was said.")


def step(row: StepRow) -> ParkStep:
    """Return a step as the wire has it."""
    return ParkStep(
        id=node_id(STEP, row.id), step=row.step, name=STEP_NAMES[row.step], is_passed=row.is_passed,
        happened_on=row.happened_on, reason=row.reason,
        evaluation_id=None if row.evaluation_id is None else node_id(EVALUATION, row.evaluation_id),
        findings=[finding(each) for each in row.findings], document=paper(row), recorded_at=row.recorded_at,
        is_confirmed=row.is_confirmed, decision=row.decision, decided_at=row.decided_at,
    )  # fmt: skip


@strawberry.type(description="The way of a park, or of an item of a programme, through the seven steps at a level.")
class ParkApplication(Node):
    """An application."""

    park_id: strawberry.Private[UUID | None]
    item_id: strawberry.Private[UUID | None]
    level: Level = strawberry.field(description="The rung.")
    horizon: Horizon | None = strawberry.field(description="Which targets a park is held against; null for an item.")
    statement: str = strawberry.field(description="What was applied for.")
    next_step: Step | None = strawberry.field(description="The step that comes next; null when the way has ended.")
    is_listed: bool = strawberry.field(description="Whether its notice was confirmed and the way did not end since.")
    recorded_at: datetime = strawberry.field(description="When it was applied for.")
    steps: list[ParkStep] = strawberry.field(description="The steps, in the order they were proposed.")

    @strawberry.field(description="The park; null for an item.")
    async def park(self, info: Info) -> Park | None:
        """Return the park."""
        return None if self.park_id is None else await load_park(info.context, self.park_id)

    @strawberry.field(description="The item of a programme; null for a park.")
    async def item(self, info: Info) -> "ParkProgrammeItem | None":
        """Return the item."""
        return None if self.item_id is None else await load_item(info.context, self.item_id)


def application(row: ApplicationRow) -> ParkApplication:
    """Return an application as the wire has it."""
    return ParkApplication(
        id=node_id(APPLICATION, row.id), park_id=row.park_id, item_id=row.item_id, level=row.level, horizon=row.horizon,
        statement=row.statement, next_step=walking.next_step(row.steps), recorded_at=row.recorded_at,
        is_listed=Step.PUBLICISE in walking.passed(row.steps) and not walking.has_ended(row.steps),
        steps=[step(each) for each in row.steps],
    )  # fmt: skip


@node_loader(APPLICATION)
async def _load(context: Context, *ids: UUID) -> ParkApplication | None:
    context.scope.require("parks:read")
    async with context.read() as read:
        found = await queries_workflow.application(read, context.scope, ids[0]) if len(ids) == 1 else None
    return None if found is None else application(found)


@strawberry.type(description="An objection to a notice, for authorities. Who objects is shown to nobody else.")
class ParkObjection:
    """An objection."""

    id: strawberry.ID = strawberry.field(description="Global id.")
    objector: str = strawberry.field(description="Who objects.")
    contact: str = strawberry.field(description="How they are reached.")
    text: str = strawberry.field(description="What they say.")
    recorded_at: datetime = strawberry.field(description="When it came.")
    answer: str | None = strawberry.field(description="The answer; null while there is none.")
    is_upheld: bool | None = strawberry.field(description="Whether it was upheld.")
    answered_at: datetime | None = strawberry.field(description="When it was answered.")


def objection(row: ObjectionRow) -> ParkObjection:
    """Return an objection as the wire has it."""
    return ParkObjection(
        id=node_id(OBJECTION, row.id), objector=row.objector, contact=row.contact, text=row.text,
        recorded_at=row.recorded_at, answer=row.answer, is_upheld=row.is_upheld, answered_at=row.answered_at,
    )  # fmt: skip


@strawberry.type(description="A public notice (公示); anybody reads it at `url`, without signing in.")
class ParkNotice:
    """A notice."""

    id: strawberry.ID = strawberry.field(description="Global id.")
    own_id: strawberry.Private[UUID]
    application_id: strawberry.ID = strawberry.field(description="Global id of the application.")
    park_name: str = strawberry.field(description="The park, or the factory, project, plant or body.")
    programme: ProgrammeKind | None = strawberry.field(description="Of which programme; null for a park.")
    level: Level = strawberry.field(description="The rung.")
    opens_on: date = strawberry.field(description="The first day objections are taken.")
    closes_on: date = strawberry.field(description="The last day.")
    text: str = strawberry.field(description="What it says.")
    contact: str = strawberry.field(description="Where to turn.")
    document: ParkDocument = strawberry.field(description="The document.")
    recorded_at: datetime = strawberry.field(description="When it was published.")

    @strawberry.field(description="The public page, relative to this host.")
    def url(self, info: Info) -> str:
        """Return the address of the public page."""
        return f"/{info.context.scope.tenant}/park-notices/{self.own_id}"

    @strawberry.field(description="The objections; for authorities, empty for others.")
    async def objections(self, info: Info) -> list[ParkObjection]:
        """Return the objections."""
        return [objection(each) for each in await info.context.loader(queries_workflow.objections).load(self.own_id)]


def notice(row: NoticeRow) -> ParkNotice:
    """Return a notice as the wire has it."""
    return ParkNotice(
        id=node_id(NOTICE, row.id), own_id=row.id, application_id=node_id(APPLICATION, row.application_id),
        park_name=row.subject, programme=row.kind, level=row.level, opens_on=row.opens_on, closes_on=row.closes_on, text=row.text,
        contact=row.contact, document=paper(row), recorded_at=row.recorded_at,
    )  # fmt: skip


@strawberry.type(description="A factory, project, virtual power plant, service body or platform as it stands.")
class ParkProgrammeItem:
    """An item of a programme."""

    id: strawberry.ID = strawberry.field(description="Global id.")
    division_code: strawberry.Private[str]
    park_id: strawberry.Private[UUID | None]
    account_id: strawberry.Private[UUID | None]
    kind: ProgrammeKind = strawberry.field(description="Of which programme.")
    kind_name: str = strawberry.field(description="类别名称。")
    name: str = strawberry.field(description="Its name.")
    status: EntryStatus | None = strawberry.field(description="Where it stands; null for a candidate not yet selected.")
    effective_on: date | None = strawberry.field(description="Since when.")
    capacity: Decimal | None = strawberry.field(description="Adjustable capacity of a virtual power plant, 万kW.")
    remark: str | None = strawberry.field(description="What was said of it.")
    document: ParkDocument | None = strawberry.field(description="The document.")
    recorded_at: datetime = strawberry.field(description="When it was put on the register.")

    @strawberry.field(description="Where it is.")
    async def division(self, info: Info) -> Division | None:
        """Return where it is."""
        return await load_division(info.context, self.division_code)

    @strawberry.field(description="The account it belongs to, null where there is none or you do not see it.")
    async def account(self, info: Info) -> CarbonAccount | None:
        """Return the account."""
        return None if self.account_id is None else await load_account(info.context, self.account_id)

    @strawberry.field(description="The park it is in, null where there is none or you do not see it.")
    async def park(self, info: Info) -> Park | None:
        """Return the park."""
        return None if self.park_id is None else await load_park(info.context, self.park_id)


def item(row: ItemRow) -> ParkProgrammeItem:
    """Return an item as the wire has it."""
    has_paper = row.document is not None and row.document_date is not None
    return ParkProgrammeItem(
        id=node_id(ITEM, row.id), division_code=row.division_code, park_id=row.park_id, account_id=row.account_id, kind=row.kind,
        kind_name=PROGRAMME_NAMES[row.kind], name=row.name, status=row.status, effective_on=row.effective_on,
        capacity=row.capacity, remark=row.note, document=paper(row) if has_paper else None,
        recorded_at=row.recorded_at,
    )  # fmt: skip


async def load_item(context: Context, item_id: UUID) -> ParkProgrammeItem | None:
    """Return an item through the request's loader, None when the caller sees none."""
    context.scope.require("parks:read")
    found = await context.loader(queries_programmes.items_by_id).load(item_id)
    return None if found is None else item(found)


@strawberry.type(description="A target of the plan beside what there is on a day.")
class ParkProgrammeProgress:
    """A target and what there is."""

    year: int = strawberry.field(description="By the end of this year.")
    name: str = strawberry.field(description="目标名称。")
    name_en: str = strawberry.field(description="What is counted.")
    target: Decimal = strawberry.field(description="At least so many, in `unit`.")
    found: Decimal = strawberry.field(description="What there is on the day, of what the caller sees, in `unit`.")
    found_by_deadline: Decimal | None = strawberry.field(
        description="What there was at the end of `year`, in `unit`; null while it is not over."
    )
    missing: Decimal | None = strawberry.field(
        description="How much is missing, or was at the end of `year`, in `unit`; null where a part of the jurisdiction does not tell."
    )
    unit: str = strawberry.field(description="The unit.")
    is_met: bool | None = strawberry.field(
        description="Whether the target is met, or was at the end of `year`; null where a part of the jurisdiction does not tell."
    )
    place: str = strawberry.field(description="The item of the document it stands in, e.g. 二（二）3.")
    quote: str = strawberry.field(description="The document's own words.")
    document: str = strawberry.field(description="The document.")
    confidence: str = strawberry.field(description="How sure that is.")


def progress(one: Progress) -> ParkProgrammeProgress:
    """Return a target with what there is as the wire has it."""
    return ParkProgrammeProgress(
        year=one.target.year, name=one.target.name_zh, name_en=one.target.name_en, target=one.target.quantity,
        found=one.found, found_by_deadline=one.found_by_deadline, missing=one.missing, unit=one.target.unit,
        is_met=one.is_met, place=one.target.place, quote=one.target.quote, document=one.target.document, confidence=one.target.confidence,
    )  # fmt: skip
