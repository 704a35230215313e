"""Events and their neutrality on the wire."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

import strawberry

from backend.accounts.schema_types import CarbonAccount, load_account
from backend.credits.citizens.schema_types import CreditDocument
from backend.credits.events import queries, rules
from backend.credits.events.values import (
    EventCategory,
    EventState,
    EventValue,
    LineValue,
    RetirementValue,
    RuleInForce,
    RuleValue,
)
from backend.credits.programmes.schema_types import register
from backend.identity.schema_types import Person, load_person
from backend.ledger.schema_movements import UnitMovement, load_movement
from backend.tenants.schema import Division, load_division
from backend.wire.context import Info
from backend.wire.nodes import Node, node_id

strawberry.enum(
    EventState,
    name="CarbonEventState",
    description="Drafted; submitted; its footprint confirmed by the authority; neutral; or sent back.",
)


@strawberry.type(description="A group of an event's sources (排放源类别).")
class CarbonEventCategory:
    """A group of sources."""

    code: str = strawberry.field(description="Its code.")
    name_zh: str = strawberry.field(description="中文名称。")
    name_en: str = strawberry.field(description="English name.")


@strawberry.type(description="What an authority set for events, from a day on; never overwritten.")
class CarbonEventSetting:
    """What an authority set for events."""

    setter_id: strawberry.Private[UUID | None]
    version: int = strawberry.field(description="Counts the settings.")
    classes: list[str] = strawberry.field(description="Classes of units that neutralise events.")
    vintage_years: int | None = strawberry.field(description="How many years before the event units may be of.")
    required: list[str] = strawberry.field(description="Groups of sources that must be told of.")
    valid_from: date = strawberry.field(description="The first day it holds.")
    document: CreditDocument = strawberry.field(description="What it rests on.")
    reason: str = strawberry.field(description="Why.")
    set_at: datetime = strawberry.field(description="When it was set.")

    @strawberry.field(description="Who set it; null for a program, or where you may not know them.")
    async def set_by(self, info: Info) -> Person | None:
        """Return who set it."""
        return await load_person(info.context, self.setter_id)


@strawberry.type(description="What neutralises events, by the rule of a day.")
class CarbonEventRule:
    """The rule of a day."""

    classes: list[str] = strawberry.field(description="Classes of units that neutralise events.")
    vintage_years: int | None = strawberry.field(
        description="How many years before the event units may be of; null: any."
    )
    required: list[str] = strawberry.field(
        description="Groups of sources that must be reckoned or left out with a reason."
    )
    categories: list[CarbonEventCategory] = strawberry.field(description="All groups of sources.")
    document: str = strawberry.field(description="What it rests on.")
    confidence: str = strawberry.field(description="How sure it is; `administrator` where one set it.")
    is_placeholder: bool = strawberry.field(description="The product's default, which awaits an administrator.")
    note_zh: str = strawberry.field(description="说明：占位内容缺少什么。")
    note_en: str = strawberry.field(description="Remarks: what a placeholder lacks.")
    setting: CarbonEventSetting | None = strawberry.field(description="The setting in force; null: the default.")


@strawberry.type(description="A line of an event's footprint: activity x factor, or a group left out with the reason.")
class CarbonEventLine:
    """A line of a footprint."""

    position: int = strawberry.field(description="Counts from 1.")
    category: str = strawberry.field(description="The group of sources.")
    description: str = strawberry.field(description="What it is.")
    quantity: Decimal | None = strawberry.field(description="How much; null for a group left out.")
    unit: str = strawberry.field(description="Its unit.")
    parameter_id: strawberry.ID | None = strawberry.field(description="The published factor; null: the holder's own.")
    factor: Decimal | None = strawberry.field(description="Emissions of one unit.")
    factor_unit: str = strawberry.field(description="The factor's unit, e.g. `kgCO2/kWh`.")
    factor_document: str = strawberry.field(description="Where the factor comes from.")
    factor_confidence: str = strawberry.field(description="How sure it is; `tenant-entered` for the holder's own.")
    tonnes: Decimal = strawberry.field(description="Tonnes of CO2e, exact.")
    exclusion: str = strawberry.field(description="Why the group is left out; empty otherwise.")


@strawberry.type(description="Units retired for an event.")
class CarbonEventRetirement:
    """Units retired for an event."""

    movement_key: strawberry.Private[UUID]
    movement_id: strawberry.ID = strawberry.field(description="The retirement in the ledger: certificates state it.")
    class_code: str = strawberry.field(description="The class of units.")
    quantity: Decimal = strawberry.field(description="Tonnes.")
    retired_at: datetime = strawberry.field(description="When.")
    reversed_at: datetime | None = strawberry.field(description="When it was taken back.")
    reversal: str = strawberry.field(description="Why it was taken back.")

    @strawberry.field(description="The movement, with its serials.")
    async def movement(self, info: Info) -> UnitMovement | None:
        """Return the movement."""
        return await load_movement(info.context, self.movement_key)


@strawberry.type(description="An event whose emissions are neutralised (大型活动碳中和).")
class CarbonEvent(Node):
    """An event."""

    account_key: strawberry.Private[UUID]
    own_id: strawberry.Private[UUID]
    division_code: strawberry.Private[str]
    submitter_id: strawberry.Private[UUID | None]
    decider_id: strawberry.Private[UUID | None]
    number: str = strawberry.field(description="Its lasting number: it stands on every retirement for it.")
    name: str = strawberry.field(description="Its name; the beneficiary of the retirements.")
    place: str = strawberry.field(description="Where.")
    organiser: str = strawberry.field(description="Who organises it.")
    boundary: str = strawberry.field(description="What is counted and what is not (核算边界), in words.")
    first_day: date = strawberry.field(description="First day.")
    last_day: date = strawberry.field(description="Last day.")
    participants: int = strawberry.field(description="People who take part.")
    state: EventState = strawberry.field(description="How far it is.")
    revision: int = strawberry.field(description="How often its lines were set.")
    tonnes: Decimal = strawberry.field(description="Its footprint in tonnes of CO2e, exact.")
    required: Decimal = strawberry.field(description="Whole tonnes that neutralise it: the footprint rounded up.")
    retired: Decimal = strawberry.field(description="Tonnes retired for it so far.")
    submitted_at: datetime | None = strawberry.field(description="When it was submitted.")
    decided_at: datetime | None = strawberry.field(description="When it was confirmed or sent back.")
    decision: str = strawberry.field(description="The reason given with the decision.")
    neutral_at: datetime | None = strawberry.field(description="When its last tonne was retired; null until then.")

    @strawberry.field(description="The lines of its footprint, at most 200.")
    async def lines(self, info: Info) -> list[CarbonEventLine]:
        """Return the lines."""
        found = await info.context.loader(queries.lines_of).load((self.account_key, self.own_id))
        return [line(each) for each in found]

    @strawberry.field(description="What was retired for it, those taken back too.")
    async def retirements(self, info: Info) -> list[CarbonEventRetirement]:
        """Return what was retired for it."""
        found = await info.context.loader(queries.retirements_of).load((self.account_key, self.own_id))
        return [retirement(each) for each in found]

    @strawberry.field(description="The account whose units neutralise it.")
    async def account(self, info: Info) -> CarbonAccount | None:
        """Return the account."""
        return await load_account(info.context, self.account_key)

    @strawberry.field(description="The division the account lies in.")
    async def division(self, info: Info) -> Division | None:
        """Return the division."""
        return await load_division(info.context, self.division_code)

    @strawberry.field(description="Who submitted it; null where you may not know them.")
    async def submitted_by(self, info: Info) -> Person | None:
        """Return who submitted it."""
        return await load_person(info.context, self.submitter_id)

    @strawberry.field(description="Who confirmed it or sent it back; null where you may not know them.")
    async def decided_by(self, info: Info) -> Person | None:
        """Return who decided."""
        return await load_person(info.context, self.decider_id)


def category(value: EventCategory) -> CarbonEventCategory:
    """Return a group of sources as the wire has it."""
    return CarbonEventCategory(code=value.code, name_zh=value.name_zh, name_en=value.name_en)


def setting(value: RuleValue) -> CarbonEventSetting:
    """Return a setting as the wire has it."""
    return CarbonEventSetting(
        setter_id=value.set_by, version=value.version, classes=list(value.classes), vintage_years=value.vintage_years,
        required=list(value.required), valid_from=value.valid_from,
        document=CreditDocument(title=value.document_title, number=value.document_number, dated=value.document_dated),
        reason=value.reason, set_at=value.set_at,
    )  # fmt: skip


def rule(value: RuleInForce) -> CarbonEventRule:
    """Return the rule of a day as the wire has it."""
    return CarbonEventRule(
        classes=list(value.classes), vintage_years=value.vintage_years, required=list(value.required),
        categories=[category(each) for each in rules.shipped().categories], document=value.document,
        confidence=value.confidence, is_placeholder=value.is_placeholder, note_zh=value.note_zh,
        note_en=value.note_en, setting=None if value.setting is None else setting(value.setting),
    )  # fmt: skip


def line(value: LineValue) -> CarbonEventLine:
    """Return a line as the wire has it."""
    return CarbonEventLine(
        position=value.position, category=value.category, description=value.description, quantity=value.quantity,
        unit=value.unit,
        parameter_id=None if value.parameter_id is None else node_id("ReferenceParameter", value.parameter_id),
        factor=value.factor, factor_unit=value.factor_unit, factor_document=value.factor_document,
        factor_confidence=value.factor_confidence, tonnes=value.tonnes, exclusion=value.exclusion,
    )  # fmt: skip


def retirement(value: RetirementValue) -> CarbonEventRetirement:
    """Return a retirement as the wire has it."""
    return CarbonEventRetirement(
        movement_key=value.movement_id, movement_id=node_id("UnitMovement", value.movement_id),
        class_code=value.class_code, quantity=value.quantity, retired_at=value.retired_at,
        reversed_at=value.reversed_at, reversal=value.reversal,
    )  # fmt: skip


def event(value: EventValue) -> CarbonEvent:
    """Return an event as the wire has it."""
    return CarbonEvent(
        id=node_id("CarbonEvent", value.account_id, value.id), account_key=value.account_id, own_id=value.id,
        division_code=value.division_code, submitter_id=value.submitted_by, decider_id=value.decided_by,
        number=value.number, name=value.name, place=value.place, organiser=value.organiser, boundary=value.boundary,
        first_day=value.first_day, last_day=value.last_day, participants=value.participants, state=value.state,
        revision=value.revision, tonnes=value.tonnes, required=value.required, retired=value.retired,
        submitted_at=value.submitted_at, decided_at=value.decided_at, decision=value.decision,
        neutral_at=value.neutral_at,
    )  # fmt: skip


register("CarbonEvent", queries.events_by_id, event, 2)
