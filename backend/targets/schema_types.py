"""Targets on the wire: those in force with how far they are, plans, stated figures."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

import strawberry

from backend.accounts.schema_types import CarbonAccount, load_account
from backend.kit.db import Read
from backend.kit.scope import Scope
from backend.targets import service
from backend.targets.values import (
    Footing,
    Paper,
    StatedFigure,
    TargetKind,
    TargetLine,
    TargetMethod,
    TargetPlanState,
    TargetPlanValue,
    TargetProgress,
    TargetValue,
    TargetVerdict,
    Words,
    YearStanding,
)
from backend.tenants.schema import Division, load_division
from backend.wire.context import Info
from backend.wire.nodes import node_id
from backend.wire.scalars import JSON

TARGET, PLAN, FIGURE = "DualTarget", "TargetPlan", "StatedFigure"
strawberry.enum(
    TargetKind,
    description="What is set: percent less carbon intensity than in the base year, or tonnes over the period.",
)
strawberry.enum(
    Footing,
    name="TargetFooting",
    description="Which emissions a target is measured by: the roll-up of carbon accounts, or what the authority stated.",
)
strawberry.enum(TargetMethod, description="How a target was arrived at.")
strawberry.enum(TargetPlanState, description="Where a plan stands; a decision is for good.")
strawberry.enum(TargetVerdict, description="How a target is kept; `CANNOT_TELL` is not kept.")


@strawberry.type(description="A text in both languages.")
class TargetText:
    """A text in both languages."""

    zh: str = strawberry.field(description="中文。")
    en: str = strawberry.field(description="English.")


def words(text: Words) -> TargetText:
    """Return a text as the wire has it."""
    return TargetText(zh=text.zh, en=text.en)


@strawberry.type(description="A document something rests on.")
class TargetDocument:
    """A document."""

    number: str = strawberry.field(description="Its number (文号).")
    dated: date | None = strawberry.field(description="Its date; null where it is not known.")
    title: str = strawberry.field(description="Its title.")


@strawberry.input(description="A document something rests on.")
class TargetDocumentInput:
    """A document."""

    number: str = strawberry.field(description="Its number (文号).")
    dated: date = strawberry.field(description="Its date; not to come.")
    title: str = strawberry.field(description="Its title.")


def paper(given: TargetDocumentInput) -> Paper:
    """Return a document as the service takes it."""
    return Paper(given.number, given.dated, given.title)


def document(number: str, dated: date | None, title: str) -> TargetDocument | None:
    """Return a document as the wire has it; null where none was named."""
    return TargetDocument(number=number, dated=dated, title=title) if number or title else None


@strawberry.type(description="A year of a target's period. Null: not known.")
class TargetYear:
    """A year of a target's period."""

    year: int = strawberry.field(description="The year.")
    emissions: Decimal | None = strawberry.field(description="Emissions of the whole year, tCO2e.")
    gdp: Decimal | None = strawberry.field(description="Gross domestic product, 万CNY.")
    intensity: Decimal | None = strawberry.field(description="tCO2e per 10,000 yuan.")
    reached: Decimal | None = strawberry.field(
        description="Percent less than in the base year (intensity), or tCO2e since the first year (total)."
    )
    due: Decimal = strawberry.field(description="What is due by then, in the same unit.")


@strawberry.type(name="TargetProgress", description="How far a target is, of what is known now.")
class TargetProgressNode:
    """How far a target is."""

    verdict: TargetVerdict = strawberry.field(description="How it is kept.")
    through: int | None = strawberry.field(description="The last year that can be told; null: none.")
    reached: Decimal | None = strawberry.field(description="Percent (intensity) or tCO2e (total) by then.")
    due: Decimal | None = strawberry.field(description="What is due by then, in the same unit.")
    completion: Decimal | None = strawberry.field(
        description="In percent of what is due: of a reduction at least 100 is kept, of a total at most 100."
    )
    base_intensity: Decimal | None = strawberry.field(description="Of the base year, tCO2e per 10,000 yuan.")
    years: list[TargetYear] = strawberry.field(description="Year by year.")
    note: TargetText = strawberry.field(description="What it is measured by, and what is missing.")


def _year(value: YearStanding) -> TargetYear:
    return TargetYear(
        year=value.year, emissions=value.emissions, gdp=value.gdp, intensity=value.intensity, reached=value.reached,
        due=value.due,
    )  # fmt: skip


def progress_node(value: TargetProgress) -> TargetProgressNode:
    """Return progress as the wire has it."""
    return TargetProgressNode(
        verdict=value.verdict, through=value.through, reached=value.reached, due=value.due, completion=value.completion,
        base_intensity=value.base_intensity, years=[_year(each) for each in value.years], note=words(value.note),
    )  # fmt: skip


async def binding_of(read: Read, scope: Scope, found: list[TargetValue]) -> list[bool]:
    """Tell of each target whether it decides by the jurisdiction's rule; for a loader."""
    rules = await service.rules_of(read, scope)
    return [service.is_binding(each, rules) for each in found]


@strawberry.type(
    description="A dual-control target (碳排放双控目标) in force: a reduction of carbon intensity, or a limit on tonnes."
)
class DualTarget:
    """A target in force."""

    own: strawberry.Private[TargetValue]
    id: strawberry.ID = strawberry.field(description="Its identifier.")
    kind: TargetKind = strawberry.field(description="What is set.")
    division_code: str = strawberry.field(description="The division's code; a key unit's is that of its seat.")
    first_year: int = strawberry.field(description="The first year of the period.")
    last_year: int = strawberry.field(description="The last year of the period.")
    base_year: int | None = strawberry.field(description="What a reduction is measured against; null for a total.")
    value: Decimal = strawberry.field(description="Percent (intensity), or tCO2e over all years together (total).")
    footing: Footing = strawberry.field(description="Which emissions it is measured by.")
    method: TargetMethod = strawberry.field(description="How it was arrived at.")
    basis: JSON = strawberry.field(description="The formula and its inputs with units.")
    document: TargetDocument | None = strawberry.field(description="What it rests on.")
    effective_on: date = strawberry.field(description="From when it counts.")
    approved_at: datetime = strawberry.field(description="When it was approved.")

    @strawberry.field(description="The division.")
    async def division(self, info: Info) -> Division | None:
        """Return the division."""
        return await load_division(info.context, self.own.division_code)

    @strawberry.field(description="The key unit's carbon account; null for a division's target.")
    async def account(self, info: Info) -> CarbonAccount | None:
        """Return the account."""
        return None if self.own.account_id is None else await load_account(info.context, self.own.account_id)

    @strawberry.field(description="How far it is.")
    async def progress(self, info: Info) -> TargetProgressNode:
        """Return how far it is."""
        found: TargetProgress = await info.context.loader(_progress).load(self.own.id)
        return progress_node(found)

    @strawberry.field(
        description="Whether it decides by the jurisdiction's rule (强度为主、总量为辅), or is told beside the one that does."
    )
    async def is_binding(self, info: Info) -> bool:
        """Return whether it decides."""
        found: bool = await info.context.loader(_binding).load(self.own.id)
        return found


async def _progress(read: Read, scope: Scope, ids: list[UUID]) -> list[TargetProgress]:
    """Return how far each target is; for a loader."""
    return await service.progress_of(read, scope, await service.targets_by_id(read, scope, ids))


async def _binding(read: Read, scope: Scope, ids: list[UUID]) -> list[bool]:
    """Tell of each target whether it decides; for a loader."""
    return await binding_of(read, scope, await service.targets_by_id(read, scope, ids))


def target(value: TargetValue) -> DualTarget:
    """Return a target as the wire has it."""
    return DualTarget(
        own=value, id=node_id(TARGET, value.id), kind=value.kind, division_code=value.division_code,
        first_year=value.first_year, last_year=value.last_year, base_year=value.base_year, value=value.value,
        footing=value.footing, method=value.method, basis=JSON(dict(value.basis)),
        document=document(value.document_number, value.document_dated, value.document_title),
        effective_on=value.effective_on, approved_at=value.approved_at,
    )  # fmt: skip


@strawberry.type(description="A target as drafted, or of a decomposition.")
class TargetPlanLine:
    """A target as drafted."""

    account_key: strawberry.Private[UUID | None]
    division_code: str = strawberry.field(description="The division's code.")
    kind: TargetKind = strawberry.field(description="What is to be set.")
    first_year: int = strawberry.field(description="The first year.")
    last_year: int = strawberry.field(description="The last year.")
    base_year: int | None = strawberry.field(description="What a reduction is measured against.")
    value: Decimal = strawberry.field(description="Percent (intensity), or tCO2e over all years together (total).")
    footing: Footing = strawberry.field(description="Which emissions it is measured by.")
    method: TargetMethod = strawberry.field(description="How it was arrived at.")
    basis: JSON = strawberry.field(description="The formula and its inputs with units.")

    @strawberry.field(description="The key unit's carbon account.")
    async def account(self, info: Info) -> CarbonAccount | None:
        """Return the account."""
        return None if self.account_key is None else await load_account(info.context, self.account_key)


def plan_line(line: TargetLine) -> TargetPlanLine:
    """Return a drafted target as the wire has it."""
    return TargetPlanLine(
        account_key=line.account_id, division_code=line.division_code, kind=line.kind, first_year=line.first_year,
        last_year=line.last_year, base_year=line.base_year, value=line.value, footing=line.footing, method=line.method,
        basis=JSON(dict(line.basis)),
    )  # fmt: skip


@strawberry.type(
    description="A plan by which targets are handed down (分解下达方案): drafted by one person, decided on by another."
)
class TargetPlan:
    """A plan."""

    division_key: strawberry.Private[str]
    id: strawberry.ID = strawberry.field(description="Its identifier.")
    name: str = strawberry.field(description="What it is called.")
    document: TargetDocument | None = strawberry.field(description="What it rests on.")
    effective_on: date = strawberry.field(description="From when its targets count, once approved.")
    state: TargetPlanState = strawberry.field(description="Where it stands.")
    revision: int = strawberry.field(description="The newest revision: what is decided on.")
    sha256: str = strawberry.field(description="SHA-256 over the lines' canonical JSON.")
    lines: list[TargetPlanLine] = strawberry.field(description="As of the newest revision.")
    created_at: datetime = strawberry.field(description="When it was drafted.")
    revised_at: datetime = strawberry.field(description="When it was edited last.")
    decided_at: datetime | None = strawberry.field(description="When it was decided on.")
    decision_reason: str | None = strawberry.field(description="Why it was approved or rejected.")

    @strawberry.field(description="The division whose plan it is.")
    async def division(self, info: Info) -> Division | None:
        """Return the division."""
        return await load_division(info.context, self.division_key)


def plan(value: TargetPlanValue) -> TargetPlan:
    """Return a plan as the wire has it."""
    return TargetPlan(
        division_key=value.division_code, id=node_id(PLAN, value.id), name=value.name,
        document=document(value.document_number, value.document_dated, value.document_title),
        effective_on=value.effective_on, state=value.state, revision=value.revision, sha256=value.sha256,
        lines=[plan_line(each) for each in value.lines], created_at=value.created_at, revised_at=value.revised_at,
        decided_at=value.decided_at, decision_reason=value.decision_reason,
    )  # fmt: skip


@strawberry.type(
    name="StatedFigure", description="A figure of a division's year that accounts do not feed, as entered."
)
class StatedFigureNode:
    """A stated figure."""

    id: strawberry.ID = strawberry.field(description="Its identifier.")
    division_code: str = strawberry.field(description="The division's code.")
    year: int = strawberry.field(description="The year.")
    item: str = strawberry.field(description="An indicator of the year's scheme, or `emissions`.")
    value: Decimal | None = strawberry.field(description="In `unit`; null: it does not apply there.")
    unit: str = strawberry.field(description="The unit.")
    note: str = strawberry.field(description="What is said of it.")
    document: TargetDocument | None = strawberry.field(description="What it was taken from.")
    is_own: bool = strawberry.field(description="Whether the division's own authority entered it.")
    recorded_at: datetime = strawberry.field(description="When it was entered.")


def figure(value: StatedFigure) -> StatedFigureNode:
    """Return a figure as the wire has it."""
    return StatedFigureNode(
        id=node_id(FIGURE, value.id), division_code=value.division_code, year=value.year, item=value.item,
        value=value.value, unit=value.unit, note=value.note,
        document=document(value.document_number, value.document_dated, value.document_title),
        is_own=value.entered_from == value.division_path, recorded_at=value.recorded_at,
    )  # fmt: skip
