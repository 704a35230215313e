"""Events and their neutrality on the wire: reads and commands."""

from datetime import date
from decimal import Decimal
from typing import Annotated
from uuid import UUID

import strawberry

from backend.accounts.schema_types import After, First
from backend.accounts.service import account as visible_account
from backend.credits.citizens.schema_types import CreditDocumentInput
from backend.credits.events import queries, service, tables
from backend.credits.events.schema_types import (
    CarbonEvent,
    CarbonEventRule,
    CarbonEventSetting,
    event,
    rule,
    setting,
)
from backend.credits.events.values import EventFacts, EventState, LineDraft, OwnFactor
from backend.credits.programmes.schema_commands import NumberRunInput, numbers
from backend.credits.programmes.schema_types import own_key
from backend.kit.clock import today
from backend.kit.db import Write
from backend.ledger.values import Selection
from backend.wire.commands import command
from backend.wire.connections import Connection, connect, page
from backend.wire.context import Context, Info
from backend.wire.nodes import uuids

# pyright: reportGeneralTypeIssues=false, reportSelfClsParameterName=false
# ruff: noqa: A002, N805
# `command` makes static functions whose argument is called `input` on the wire.

__all__ = ["EventsMutation", "EventsQuery", "tables"]


@strawberry.type
class EventsQuery:
    """Reads of events."""

    @strawberry.field(description="Events whose emissions are neutralised (活动碳中和) that you may see, newest first.")
    async def carbon_events(
        self,
        info: Info,
        account_id: Annotated[strawberry.ID | None, strawberry.argument(description="Only of this account.")] = None,
        state: EventState | None = None,
        first: First = 50,
        after: After = None,
    ) -> Connection[CarbonEvent]:
        """List events."""
        scope = info.context.scope
        scope.require("credits:read")
        asked = page(first, after)
        key = asked.key(UUID)
        of = None if account_id is None else uuids(account_id, "CarbonAccount", path=("accountId",))[0]
        async with info.context.read() as read:
            if of is not None:
                await visible_account(read, scope, of)
            rows = await queries.events(
                read, scope, account_id=of, state=state, after=None if key is None else key[0], limit=asked.fetch
            )
        return connect(rows, asked, key=lambda row: [row.id], make=event)

    @strawberry.field(
        description="What neutralises events by the rule of a day (today): the authority's, or a marked default."
    )
    async def carbon_event_rule(self, info: Info, on: date | None = None) -> CarbonEventRule:
        """Return the rule of a day."""
        async with info.context.read() as read:
            found = await service.rule_on(read, info.context.scope, on or today())
        return rule(found)

    @strawberry.field(description="What authorities set for events, newest first.")
    async def carbon_event_settings(
        self, info: Info, first: First = 50, after: After = None
    ) -> Connection[CarbonEventSetting]:
        """List settings."""
        scope = info.context.scope
        scope.require("credits:read")
        asked = page(first, after)
        key = asked.key(UUID)
        async with info.context.read() as read:
            rows = await queries.settings(read, scope, after=None if key is None else key[0], limit=asked.fetch)
        return connect(rows, asked, key=lambda row: [row.id], make=setting)


@strawberry.input(description="Set what neutralises events, from a day on.")
class ConfigureCarbonEventsInput:
    """Set what neutralises events."""

    classes: list[str] = strawberry.field(description="Classes of units, in tonnes.")
    vintage_years: int | None = strawberry.field(default=None, description="How old units may be; null: any age.")
    required: list[str] = strawberry.field(description="Groups of sources that must be told of.")
    valid_from: date = strawberry.field(description="The first day it holds.")
    document: CreditDocumentInput = strawberry.field(description="What it rests on.")
    reason: str = strawberry.field(description="Why.")


@strawberry.input(description="What is said of an event.")
class CarbonEventFactsInput:
    """What is said of an event."""

    name: str = strawberry.field(description="Its name.")
    place: str = strawberry.field(description="Where.")
    organiser: str = strawberry.field(description="Who organises it.")
    boundary: str = strawberry.field(description="What is counted and what is not (核算边界).")
    first_day: date = strawberry.field(description="First day.")
    last_day: date = strawberry.field(description="Last day.")
    participants: int = strawberry.field(description="People who take part.")

    def read(self) -> EventFacts:
        """Return them as a value."""
        return EventFacts(
            self.name, self.place, self.organiser, self.boundary, self.first_day, self.last_day, self.participants
        )


@strawberry.input(description="Draft an event of your own account.")
class DraftCarbonEventInput:
    """Draft an event."""

    account_id: strawberry.ID = strawberry.field(description="Your account, whose units will neutralise it.")
    facts: CarbonEventFactsInput = strawberry.field(description="What is said of it.")


@strawberry.input(description="Change a draft, or what was sent back.")
class ChangeCarbonEventInput:
    """Change an event."""

    event_id: strawberry.ID = strawberry.field(description="The event's global id.")
    facts: CarbonEventFactsInput = strawberry.field(description="All that is said of it.")


@strawberry.input(description="A factor of your own.")
class CarbonEventFactorInput:
    """A factor of one's own."""

    value: Decimal = strawberry.field(description="Emissions of one unit.")
    unit: str = strawberry.field(description="Emissions per unit of activity: `kgCO2e/pkm`, `kgCO2e/间夜`.")
    document: str = strawberry.field(description="Where it comes from.")


@strawberry.input(
    description="A line: an activity with a published or an own factor, or a group left out with the reason."
)
class CarbonEventLineInput:
    """A line."""

    category: str = strawberry.field(description="The group of sources; `carbonEventRule` lists them.")
    description: str = strawberry.field(description="What it is.")
    quantity: Decimal | None = strawberry.field(default=None, description="How much; left out with an exclusion.")
    unit: str = strawberry.field(default="", description="Its unit.")
    parameter_id: strawberry.ID | None = strawberry.field(default=None, description="A published factor's global id.")
    factor: CarbonEventFactorInput | None = strawberry.field(default=None, description="Or a factor of your own.")
    exclusion: str = strawberry.field(default="", description="Why the group is left out.")

    def read(self, at: int) -> LineDraft:
        """Return it as a value."""
        path = ("input", "lines", str(at), "parameterId")
        own = self.factor
        return LineDraft(
            category=self.category, description=self.description, quantity=self.quantity, unit=self.unit,
            parameter_id=None if self.parameter_id is None else uuids(self.parameter_id, "ReferenceParameter", path=path)[0],
            factor=None if own is None else OwnFactor(own.value, own.unit, own.document), exclusion=self.exclusion,
        )  # fmt: skip


@strawberry.input(description="Set all lines of an event's footprint anew.")
class SetCarbonEventLinesInput:
    """Set the lines."""

    event_id: strawberry.ID = strawberry.field(description="The event's global id.")
    lines: list[CarbonEventLineInput] = strawberry.field(description="All of them, at most 200.")


@strawberry.input(description="Submit an event's footprint for confirmation.")
class SubmitCarbonEventInput:
    """Submit an event."""

    event_id: strawberry.ID = strawberry.field(description="The event's global id.")


@strawberry.input(description="Confirm an event's footprint, or send it back.")
class DecideCarbonEventInput:
    """Decide on an event."""

    event_id: strawberry.ID = strawberry.field(description="The event's global id.")
    is_confirmed: bool = strawberry.field(description="Whether it is confirmed.")
    reason: str = strawberry.field(default="", description="Needed to send it back.")


@strawberry.input(description="Units of one class: a quantity, soonest to expire first, or these very serials.")
class CarbonEventUnitsInput:
    """Units of one class."""

    class_code: str = strawberry.field(description="The class.")
    quantity: Decimal | None = strawberry.field(default=None, description="Tonnes.")
    serials: list[NumberRunInput] = strawberry.field(default_factory=list, description="Or these very serials.")


@strawberry.input(description="Retire your units for a confirmed event, up to exactly its footprint.")
class RetireForCarbonEventInput:
    """Retire for an event."""

    event_id: strawberry.ID = strawberry.field(description="The event's global id.")
    units: list[CarbonEventUnitsInput] = strawberry.field(description="Which.")


@strawberry.input(description="Take a retirement for an event back.")
class ReverseEventRetirementInput:
    """Take a retirement back."""

    event_id: strawberry.ID = strawberry.field(description="The event's global id.")
    movement_id: strawberry.ID = strawberry.field(description="The retirement's global id.")
    reason: str = strawberry.field(description="Why; it stays in the journal.")


@strawberry.type(description="The rule was set.")
class CarbonEventsConfigured:
    """The rule was set."""

    setting: CarbonEventSetting = strawberry.field(description="The new version.")


@strawberry.type(description="The event was drafted, changed or decided.")
class CarbonEventChanged:
    """The event was drafted, changed or decided."""

    event: CarbonEvent = strawberry.field(description="As it is now.")


def _key(given: str) -> tuple[UUID, UUID]:
    return own_key(given, "CarbonEvent", path=("input", "eventId"))


@strawberry.type
class EventsMutation:
    """Commands on events."""

    @command("credits:configure_events", description="Set what neutralises events, as a new dated version.")
    async def configure_carbon_events(
        context: Context, write: Write, input: ConfigureCarbonEventsInput
    ) -> CarbonEventsConfigured:
        """Set what neutralises events."""
        made = await service.configure_events(
            write, context.scope, classes=input.classes, vintage_years=input.vintage_years, required=input.required,
            valid_from=input.valid_from, source=input.document.read(), reason=input.reason,
        )  # fmt: skip
        return CarbonEventsConfigured(setting=setting(made))

    @command("credits:draft_event", description="Draft an event (活动) of your own account.")
    async def draft_carbon_event(context: Context, write: Write, input: DraftCarbonEventInput) -> CarbonEventChanged:
        """Draft an event."""
        account_id = uuids(input.account_id, "CarbonAccount", path=("input", "accountId"))[0]
        made = await service.draft_event(write, context.scope, account_id=account_id, facts=input.facts.read())
        return CarbonEventChanged(event=event(made))

    @command("credits:change_event", description="Change what is said of a draft, or of an event sent back.")
    async def change_carbon_event(context: Context, write: Write, input: ChangeCarbonEventInput) -> CarbonEventChanged:
        """Change an event."""
        account_id, own_id = _key(input.event_id)
        made = await service.change_event(
            write, context.scope, account_id=account_id, event_id=own_id, facts=input.facts.read()
        )
        return CarbonEventChanged(event=event(made))

    @command("credits:set_event_lines", description="Set all lines of an event's footprint anew; exact tonnes follow.")
    async def set_carbon_event_lines(
        context: Context, write: Write, input: SetCarbonEventLinesInput
    ) -> CarbonEventChanged:
        """Set the lines."""
        account_id, own_id = _key(input.event_id)
        drafts = [each.read(at) for at, each in enumerate(input.lines)]
        made = await service.set_lines(write, context.scope, account_id=account_id, event_id=own_id, drafts=drafts)
        return CarbonEventChanged(event=event(made))

    @command("credits:submit_event", description="Submit an event's footprint for confirmation.")
    async def submit_carbon_event(context: Context, write: Write, input: SubmitCarbonEventInput) -> CarbonEventChanged:
        """Submit an event."""
        account_id, own_id = _key(input.event_id)
        made = await service.submit_event(write, context.scope, account_id=account_id, event_id=own_id)
        return CarbonEventChanged(event=event(made))

    @command("credits:decide_event", description="Confirm an event's footprint or send it back; never one's own.")
    async def decide_carbon_event(context: Context, write: Write, input: DecideCarbonEventInput) -> CarbonEventChanged:
        """Decide on an event."""
        account_id, own_id = _key(input.event_id)
        made = await service.decide_event(
            write, context.scope, account_id=account_id, event_id=own_id, is_confirmed=input.is_confirmed,
            reason=input.reason,
        )  # fmt: skip
        return CarbonEventChanged(event=event(made))

    @command(
        "credits:retire_for_event",
        description="Retire your units for a confirmed event (活动碳中和), up to exactly its footprint, claimed for it once.",
    )
    async def retire_for_carbon_event(
        context: Context, write: Write, input: RetireForCarbonEventInput
    ) -> CarbonEventChanged:
        """Retire for an event."""
        account_id, own_id = _key(input.event_id)
        selections = [
            Selection(each.class_code, quantity=each.quantity, serials=tuple(numbers(each.serials)))
            for each in input.units
        ]
        made = await service.retire_for_event(
            write, context.scope, account_id=account_id, event_id=own_id, selections=selections
        )
        return CarbonEventChanged(event=event(made))

    @command(
        "credits:reverse_event_retirement",
        description="Take a retirement for an event back (the registrar): its units return, its claim ends.",
    )
    async def reverse_event_retirement(
        context: Context, write: Write, input: ReverseEventRetirementInput
    ) -> CarbonEventChanged:
        """Take a retirement back."""
        account_id, own_id = _key(input.event_id)
        made = await service.reverse_retirement(
            write, context.scope, account_id=account_id, event_id=own_id, reason=input.reason,
            movement_id=uuids(input.movement_id, "UnitMovement", path=("input", "movementId"))[0],
        )  # fmt: skip
        return CarbonEventChanged(event=event(made))
