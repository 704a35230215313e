"""Numbers of the jurisdiction's documents on the wire."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

import strawberry

from backend.kit.db import Write
from backend.targets import service
from backend.targets.schema_types import TargetDocument, TargetDocumentInput, TargetText, document, paper
from backend.targets.values_plans import (
    EnteredDraft,
    EnteredValue,
    PlanStanding,
    PlanTargetOutcome,
    PlanTargetSource,
)
from backend.wire.commands import command
from backend.wire.context import Context, Info

# pyright: reportGeneralTypeIssues=false, reportSelfClsParameterName=false
# ruff: noqa: A002, N805
# `command` makes static functions whose argument is called `input` on the wire.

strawberry.enum(PlanTargetOutcome, description="Where a number stands; what cannot be told is not met.")
strawberry.enum(
    PlanTargetSource, description="Where a value came from: counted in the product's registers, or entered."
)


@strawberry.type(description="A number a government document names, beside where it stands.")
class PlanTarget:
    """A number a document names."""

    item: str = strawberry.field(description="Its code.")
    year: int | None = strawberry.field(description="By the end of which year; null: the document names none.")
    is_yearly: bool = strawberry.field(description="Whether it is to be reached every year.")
    name: TargetText = strawberry.field(description="What it is called.")
    comparator: str = strawberry.field(description="How a value is compared with the quantity.")
    quantity: Decimal = strawberry.field(description="What is to be reached.")
    unit: str = strawberry.field(description="The unit.")
    document: str = strawberry.field(description="The document.")
    place: str = strawberry.field(description="Where in the document.")
    quote: str = strawberry.field(description="Its words.")
    confidence: str = strawberry.field(description="How sure the source is.")
    value: Decimal | None = strawberry.field(description="Where it stands; null: not known.")
    as_of: date | None = strawberry.field(description="On which day.")
    source: PlanTargetSource = strawberry.field(description="Where the value came from.")
    value_document: str = strawberry.field(description="The document an entered value was taken from.")
    note: str = strawberry.field(description="What is said of the value.")
    percent: Decimal | None = strawberry.field(description="The value in percent of the quantity.")
    outcome: PlanTargetOutcome = strawberry.field(description="Where it stands.")


def plan_target(value: PlanStanding) -> PlanTarget:
    """Return a number as the wire has it."""
    own = value.named
    return PlanTarget(
        item=own.item, year=own.year, is_yearly=own.is_yearly, name=TargetText(zh=own.name_zh, en=own.name_en),
        comparator=own.comparator, quantity=own.quantity, unit=own.unit, document=own.document, place=own.place,
        quote=own.quote, confidence=own.confidence, value=value.value, as_of=value.as_of, source=value.source,
        value_document=value.document, note=value.note, percent=value.percent, outcome=value.outcome,
    )  # fmt: skip


@strawberry.type(description="Where a number stood on a day, as entered.")
class PlanTargetValue:
    """An entered value."""

    as_of: date = strawberry.field(description="On which day.")
    value: Decimal = strawberry.field(description="In the number's unit.")
    note: str = strawberry.field(description="What is said of it.")
    document: TargetDocument | None = strawberry.field(description="What it was taken from.")
    recorded_at: datetime = strawberry.field(description="When it was entered.")


def _value(value: EnteredValue) -> PlanTargetValue:
    return PlanTargetValue(
        as_of=value.as_of, value=value.value, note=value.note,
        document=document(value.document_number, value.document_dated, value.document_title),
        recorded_at=value.recorded_at,
    )  # fmt: skip


@strawberry.input(description="Where a number stood on a day.")
class PlanTargetValueInput:
    """A value."""

    item: str = strawberry.field(description="The number's code.")
    as_of: date = strawberry.field(description="On which day; not to come.")
    value: Decimal = strawberry.field(description="In the number's unit.")
    note: str = strawberry.field(default="", description="What is to be said of it.")


@strawberry.input(description="Enter where numbers of the documents stood, with the document that says so.")
class RecordPlanTargetValuesInput:
    """Enter values."""

    values: list[PlanTargetValueInput] = strawberry.field(description="The values.")
    document: TargetDocumentInput = strawberry.field(description="What they were taken from.")


@strawberry.type(description="The values were entered.")
class PlanTargetValuesRecorded:
    """The values were entered."""

    targets: list[PlanTarget] = strawberry.field(description="The numbers they are of, as they stand now.")


@strawberry.type
class PlanTargetsQuery:
    """Reading the numbers of the jurisdiction's documents."""

    @strawberry.field(
        description="The numbers the jurisdiction's documents set out to reach, beside where they stand. Values are of the "
        "whole jurisdiction: to a part of it they cannot be told. For authorities."
    )
    async def plan_targets(
        self,
        info: Info,
        year: Annotated[int | None, strawberry.argument(description="Only of this year.")] = None,
    ) -> list[PlanTarget]:
        """List the numbers."""
        async with info.context.read() as read:
            found = await service.plan_targets(read, info.context.scope, year=year)
        return [plan_target(each) for each in found]

    @strawberry.field(description="Every value of a number that was entered, the newest day first. For authorities.")
    async def plan_target_values(self, info: Info, item: str) -> list[PlanTargetValue]:
        """Return the values of a number."""
        async with info.context.read() as read:
            found = await service.plan_target_history(read, info.context.scope, item)
        return [_value(each) for each in found]


@strawberry.type
class PlanTargetsMutation:
    """Commands of the numbers of documents."""

    @command("targets:evaluate")
    async def record_plan_target_values(
        context: Context, write: Write, input: RecordPlanTargetValuesInput
    ) -> PlanTargetValuesRecorded:
        """Enter where numbers of the documents stood on a day; what was entered before stays on record."""
        drafts = [EnteredDraft(each.item, each.as_of, each.value, each.note) for each in input.values]
        found = await service.record_plan_values(write, context.scope, drafts, document=paper(input.document))
        return PlanTargetValuesRecorded(targets=[plan_target(each) for each in found])
