"""Parks on the wire: parks with boundary and members, indicators, values, waivers, evaluations."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import strawberry

from backend.accounts import service as accounts
from backend.accounts.schema_evidence import Evidence, evidence
from backend.accounts.schema_types import CarbonAccount, load_account
from backend.identity.schema_types import Organisation, load_organisation
from backend.parks import catalogue, queries, queries_workflow
from backend.parks.drawing import extent, outline_svg, rings_of
from backend.parks.names import CATEGORY_NAMES
from backend.parks.rules import walking
from backend.parks.rules.keeping import kept
from backend.parks.values import (
    BoundaryRow,
    Category,
    EntryStatus,
    Evaluated,
    EvaluationRow,
    Horizon,
    Indicator,
    Judgement,
    Level,
    MemberRow,
    Outcome,
    ParkRow,
    PartRow,
    ProgrammeKind,
    Step,
    ValueKind,
    ValueRow,
    WaiverRow,
)
from backend.tenants.schema import Division, load_division
from backend.wire.context import Context, Info
from backend.wire.nodes import Node, node_id, node_loader

PARK, MEMBER, WAIVER, EVALUATION, VALUE = "Park", "ParkMember", "ParkWaiver", "ParkEvaluation", "ParkValue"
strawberry.enum(Category, name="ParkIndicatorCategory", description="Mandatory, reference or incentive.")
strawberry.enum(Horizon, name="ParkHorizon", description="Near-term or long-term targets.")
strawberry.enum(Level, name="ParkLevel", description="A rung of the ladder 市级—省级—国家级.")
OutcomeEnum = strawberry.enum(
    Outcome, name="ParkOutcome", description="Met, missed, or cannot be told, which stands in the way too."
)
strawberry.enum(
    ValueKind, name="ParkValueKind", description="Computed from members' accounts, or entered with evidence."
)
# Named here, where inputs and answers both come from: what an input uses first would get a name of its own.
strawberry.enum(Step, name="ParkStepName", description="The seven steps, in their order.")
strawberry.enum(ProgrammeKind, name="ParkProgrammeKind", description="What stands beside the parks.")
strawberry.enum(EntryStatus, name="ParkProgrammeStatus", description="Where an item of a programme stands.")


@strawberry.type(description="A document something was taken from.")
class ParkDocument:
    """A document."""

    title: str = strawberry.field(description="Its title.")
    number: str = strawberry.field(description="Its number, where it has one.")
    issued_on: date = strawberry.field(description="Its day of issue.")


def paper(row: Any) -> ParkDocument:  # noqa: ANN401 - any row with a document
    """Return a row's document as the wire has it."""
    return ParkDocument(title=row.document, number=row.document_number, issued_on=row.document_date)


@strawberry.type(description="A park's boundary (四至边界): a polygon on CGCS2000 or WGS 84, which agree here.")
class ParkBoundary:
    """A boundary."""

    geojson: str = strawberry.field(description="The polygon as GeoJSON, longitudes before latitudes, in degrees.")
    area: Decimal = strawberry.field(description="On the ellipsoid, m2.")
    document: ParkDocument = strawberry.field(description="The document it was taken from.")
    recorded_at: datetime = strawberry.field(description="When it was entered.")
    polygon: strawberry.Private[Mapping[str, Any]]

    @strawberry.field(description="West, east, south and north: the outermost coordinates (四至), in degrees.")
    def extent(self) -> list[Decimal]:
        """Return the outermost coordinates."""
        return list(extent(rings_of(self.polygon)))

    @strawberry.field(description="The outline as an SVG drawing, north up, with a scale bar.")
    def drawing(self, info: Info) -> str:
        """Return the drawing."""
        return outline_svg(self.polygon, "en" if info.context.scope.language.startswith("en") else "zh")


def boundary(row: BoundaryRow) -> ParkBoundary:
    """Return a boundary as the wire has it; coordinates as they were given."""
    rings = ",".join(
        f"[{','.join(f'[{x},{y}]' for x, y in ring)}]" for ring in row.polygon["coordinates"]
    )  # fmt: skip
    return ParkBoundary(
        geojson=f'{{"type":"Polygon","coordinates":[{rings}]}}', area=row.area, document=paper(row),
        recorded_at=row.recorded_at, polygon=row.polygon,
    )  # fmt: skip


@strawberry.type(description="An account in a park.")
class ParkMember:
    """A member."""

    id: strawberry.ID = strawberry.field(description="Global id.")
    account_id: strawberry.Private[UUID]
    is_above_scale: bool = strawberry.field(description="Whether the enterprise is 规模以上.")
    starts_on: date = strawberry.field(description="Its first day in the park.")
    ends_on: date | None = strawberry.field(description="Its last day, where it has one.")

    @strawberry.field(description="The account, null where you do not see it.")
    async def account(self, info: Info) -> CarbonAccount | None:
        """Return the account."""
        return await load_account(info.context, self.account_id)


def member(row: MemberRow) -> ParkMember:
    """Return a member as the wire has it."""
    return ParkMember(
        id=node_id(MEMBER, row.id), account_id=row.account_id, is_above_scale=row.is_above_scale,
        starts_on=row.starts_on, ends_on=row.ends_on,
    )  # fmt: skip


@strawberry.type(description="A park (园区).")
class Park(Node):
    """A park."""

    own_id: strawberry.Private[UUID]
    division_code: strawberry.Private[str]
    operator_id: strawberry.Private[UUID | None]
    name: str = strawberry.field(description="Its name.")
    recorded_at: datetime = strawberry.field(description="When it was entered.")

    @strawberry.field(description="Where it lies.")
    async def division(self, info: Info) -> Division | None:
        """Return where it lies."""
        return await load_division(info.context, self.division_code)

    @strawberry.field(description="The enterprise that runs it, null where there is none or you do not see it.")
    async def operator(self, info: Info) -> Organisation | None:
        """Return its operator."""
        return None if self.operator_id is None else await load_organisation(info.context, self.operator_id)

    @strawberry.field(description="Its boundary in force; for authorities and the operator.")
    async def boundary(self, info: Info) -> ParkBoundary | None:
        """Return its boundary."""
        found = await info.context.loader(queries.boundaries).load(self.own_id)
        return None if found is None else boundary(found)

    @strawberry.field(
        description="The highest rung of the ladder it is listed on, its notice there confirmed; for authorities and the operator."
    )
    async def rung(self, info: Info) -> Level | None:
        """Return the rung it stands on."""
        return walking.rung(await info.context.loader(queries_workflow.applications_by_park).load(self.own_id))

    @strawberry.field(description="Its members, past ones too; a mere member sees itself.")
    async def members(self, info: Info) -> list[ParkMember]:
        """Return its members."""
        return [member(each) for each in await info.context.loader(queries.members).load(self.own_id)]


def park(row: ParkRow) -> Park:
    """Return a park as the wire has it."""
    return Park(
        id=node_id(PARK, row.id), own_id=row.id, division_code=row.division_code, operator_id=row.operator_id,
        name=row.name, recorded_at=row.recorded_at,
    )  # fmt: skip


async def load_park(context: Context, park_id: UUID) -> Park | None:
    """Return a park through the request's loader, None when the caller sees none."""
    context.scope.require("parks:read")
    found = await context.loader(queries.parks_by_id).load(park_id)
    return None if found is None else park(found)


@node_loader(PARK)
async def _load(context: Context, *ids: UUID) -> Park | None:
    return await load_park(context, ids[0]) if len(ids) == 1 else None


@strawberry.type(description="One line of an indicator's targets.")
class ParkIndicatorTarget:
    """A line of targets."""

    near: str = strawberry.field(description="Comparator and near-term target.")
    long: str = strawberry.field(description="Comparator and long-term target.")
    applies_when: str = strawberry.field(description="Under which condition; empty for always.")
    basis: str = strawberry.field(description="Of what the target is a share, where that is said.")


@strawberry.type(description="An indicator of the programme as its document prints it.")
class ParkIndicator:
    """An indicator."""

    number: int = strawberry.field(description="Its number, 1 to 31.")
    name: str = strawberry.field(description="Its name.")
    category: Category = strawberry.field(description="Its kind.")
    category_name: str = strawberry.field(description="指标类别。")
    unit: str = strawberry.field(description="Its unit.")
    targets: list[ParkIndicatorTarget] = strawberry.field(description="Its targets.")
    source: str = strawberry.field(description="The document.")
    confidence: str = strawberry.field(description="How sure that source is.")
    note: str = strawberry.field(description="What the document leaves to be said.")


def indicator(one: Indicator) -> ParkIndicator:
    """Return an indicator as the wire has it."""
    return ParkIndicator(
        number=one.number, name=one.name, category=one.category, category_name=CATEGORY_NAMES[one.category],
        unit=one.unit, source=one.source, confidence=one.confidence, note=one.note,
        targets=[
            ParkIndicatorTarget(
                near=f"{each.near.comparator} {each.near.value}", long=f"{each.long.comparator} {each.long.value}",
                applies_when=each.applies_when, basis=each.basis,
            )
            for each in one.criteria
        ],
    )  # fmt: skip


@strawberry.type(description="What an account adds to a computed value.")
class ParkValuePart:
    """A part of a computed value."""

    account_id: strawberry.Private[UUID]
    numerator: Decimal = strawberry.field(description="What it adds to the value or its numerator.")
    denominator: Decimal | None = strawberry.field(description="What it adds to the denominator.")
    inventory_id: strawberry.ID | None = strawberry.field(description="Global id of the inventory it was read from.")

    @strawberry.field(description="The account.")
    async def account(self, info: Info) -> CarbonAccount | None:
        """Return the account."""
        return await load_account(info.context, self.account_id)


def part(row: PartRow) -> ParkValuePart:
    """Return a part as the wire has it."""
    return ParkValuePart(
        account_id=row.account_id, numerator=row.numerator, denominator=row.denominator,
        inventory_id=None if row.inventory_id is None else node_id("Inventory", row.account_id, row.inventory_id),
    )  # fmt: skip


@strawberry.type(description="A value of an indicator, or of a figure that feeds one, of a park's year.")
class ParkValue:
    """A value."""

    id: strawberry.ID = strawberry.field(description="Global id.")
    own_id: strawberry.Private[UUID]
    evidence_key: strawberry.Private[tuple[UUID, UUID] | None]
    year: int = strawberry.field(description="The year.")
    item: str = strawberry.field(description="The indicator's number, or the figure's code.")
    name: str = strawberry.field(description="Its name.")
    basis: str = strawberry.field(description="Of which denominator, where that changes between horizons.")
    kind: ValueKind = strawberry.field(description="Where it comes from.")
    quantity: Decimal | None = strawberry.field(description="How much, in `unit`; null over a denominator of zero.")
    numerator: Decimal | None = strawberry.field(description="The numerator, where it has one.")
    denominator: Decimal | None = strawberry.field(description="The denominator, where it has one.")
    unit: str = strawberry.field(description="Its unit.")
    confidence: str = strawberry.field(description="computed, incomplete, entered, or entered_with_file.")
    is_complete: bool = strawberry.field(description="Whether all that belongs to it is in it; else it proves nothing.")
    is_lower_bound: bool = strawberry.field(
        description="Whether it is at least so much: it can prove a target met, never one missed."
    )
    note: str = strawberry.field(description="How it was reckoned, or what was said of it.")
    document: ParkDocument = strawberry.field(description="The document it was taken from.")
    recorded_at: datetime = strawberry.field(description="When it was recorded.")

    @strawberry.field(description="The file that proves it, where one is named.")
    async def evidence(self, info: Info) -> Evidence | None:
        """Return the file."""
        return await load_evidence(info.context, self.evidence_key)

    @strawberry.field(description="What each account you see adds to it.")
    async def parts(self, info: Info) -> list[ParkValuePart]:
        """Return its parts."""
        return [part(each) for each in await info.context.loader(queries.parts).load(self.own_id)]


def name_of(item: str) -> str:
    """Return what an indicator or a figure is called."""
    return catalogue.SUPPORTING[item][0] if item in catalogue.SUPPORTING else catalogue.indicators()[int(item)].name


def value(row: ValueRow) -> ParkValue:
    """Return a value as the wire has it."""
    return ParkValue(
        id=node_id(VALUE, row.id), own_id=row.id, evidence_key=evidence_key(row), year=row.year, item=row.item,
        name=name_of(row.item), basis=row.basis, kind=row.kind, quantity=row.quantity, numerator=row.numerator,
        denominator=row.denominator, unit=row.unit, confidence=row.confidence, is_complete=row.is_complete,
        is_lower_bound=row.is_lower_bound, note=row.note, document=paper(row), recorded_at=row.recorded_at,
    )  # fmt: skip


def evidence_key(row: ValueRow | WaiverRow) -> tuple[UUID, UUID] | None:
    """Return the key of a row's file."""
    if row.evidence_account_id is None or row.evidence_id is None:
        return None
    return row.evidence_account_id, row.evidence_id


async def load_evidence(context: Context, key: tuple[UUID, UUID] | None) -> Evidence | None:
    """Return a file, None where there is none or the caller sees none."""
    if key is None:
        return None
    found = await context.loader(accounts.evidence_by_id).load(key)
    return None if found is None else evidence(found)


@strawberry.type(description="A request to leave a reference indicator out, and what became of it.")
class ParkWaiver:
    """A request."""

    id: strawberry.ID = strawberry.field(description="Global id.")
    evidence_key: strawberry.Private[tuple[UUID, UUID] | None]
    year: int = strawberry.field(description="The year.")
    indicator: int = strawberry.field(description="The indicator's number.")
    explanation: str = strawberry.field(description="Why the conditions are not there.")
    document: ParkDocument = strawberry.field(description="The proof.")
    is_approved: bool | None = strawberry.field(description="The authority's decision; null while there is none.")
    reason: str | None = strawberry.field(description="Its reason.")
    recorded_at: datetime = strawberry.field(description="When it was asked for.")
    decided_at: datetime | None = strawberry.field(description="When it was decided.")

    @strawberry.field(description="The file that proves it, where one is named.")
    async def evidence(self, info: Info) -> Evidence | None:
        """Return the file."""
        return await load_evidence(info.context, self.evidence_key)


def waiver(row: WaiverRow) -> ParkWaiver:
    """Return a request as the wire has it."""
    return ParkWaiver(
        id=node_id(WAIVER, row.id), evidence_key=evidence_key(row), year=row.year, indicator=row.indicator,
        explanation=row.explanation, document=paper(row), is_approved=row.is_approved, reason=row.reason,
        recorded_at=row.recorded_at, decided_at=row.decided_at,
    )  # fmt: skip


@strawberry.type(description="What an indicator came to.")
class ParkJudgement:
    """A line of an evaluation."""

    number: int = strawberry.field(description="The indicator's number.")
    name: str = strawberry.field(description="Its name.")
    category: Category = strawberry.field(description="Its kind.")
    unit: str = strawberry.field(description="Its unit.")
    target: str = strawberry.field(description="What it was held against.")
    value: Decimal | None = strawberry.field(description="The value, in `unit`.")
    value_id: strawberry.ID | None = strawberry.field(description="Global id of the value.")
    outcome: Outcome = strawberry.field(description="What it came to.")
    is_waived: bool = strawberry.field(description="Left out with approval: it stands aside.")
    points: Decimal = strawberry.field(description="Points an incentive indicator adds.")
    reason_zh: str = strawberry.field(description="说明。")
    reason_en: str = strawberry.field(description="Why.")


@strawberry.type(description="A park's year against the 31 indicators.")
class ParkEvaluationResult:
    """What an evaluation came to."""

    year: int = strawberry.field(description="The year.")
    horizon: Horizon = strawberry.field(description="Which targets.")
    level: Level = strawberry.field(description="At which rung.")
    outcome: Outcome = strawberry.field(description="The worse of the mandatory and the reference indicators.")
    mandatory: Outcome = strawberry.field(description="What the mandatory indicators came to.")
    reference: Outcome = strawberry.field(description="What the reference indicators came to, without those left out.")
    may_apply_for_acceptance: bool = strawberry.field(description="Whether every mandatory indicator is met.")
    points: Decimal = strawberry.field(description="Points of the incentive indicators met.")
    points_confidence: str = strawberry.field(description="How sure the scheme of points is.")
    points_note_zh: str = strawberry.field(description="加分规则说明。")
    points_note_en: str = strawberry.field(description="What is known of the scheme of points.")
    annual_energy: Decimal | None = strawberry.field(description="Annual energy consumption, tce; null is not known.")
    lines: list[ParkJudgement] = strawberry.field(description="Every indicator.")


def judged(each: Judgement) -> ParkJudgement:
    """Return a line as the wire has it."""
    return ParkJudgement(
        number=each.number, name=each.name, category=each.category, unit=each.unit, target=each.target,
        value=each.value, value_id=None if each.value_id is None else node_id(VALUE, each.value_id),
        outcome=each.outcome, is_waived=each.is_waived, points=each.points, reason_zh=each.reason_zh,
        reason_en=each.reason_en,
    )  # fmt: skip


def result(found: Evaluated) -> ParkEvaluationResult:
    """Return an evaluation as the wire has it."""
    scheme = catalogue.points()
    return ParkEvaluationResult(
        year=found.year, horizon=found.horizon, level=found.level, outcome=found.outcome, mandatory=found.mandatory,
        reference=found.reference, may_apply_for_acceptance=found.may_apply_for_acceptance, points=found.points,
        points_confidence=found.points_confidence, points_note_zh=scheme.note_zh, points_note_en=scheme.note_en,
        annual_energy=found.annual_energy, lines=[judged(each) for each in found.lines],
    )  # fmt: skip


@strawberry.type(description="An evaluation as it was kept.")
class ParkEvaluation(Node):
    """A kept evaluation."""

    park_id: strawberry.Private[UUID]
    result: ParkEvaluationResult = strawberry.field(description="What it came to.")
    sha256: str = strawberry.field(description="SHA-256 of its content.")
    recorded_at: datetime = strawberry.field(description="When it was made.")

    @strawberry.field(description="The park.")
    async def park(self, info: Info) -> Park | None:
        """Return the park."""
        return await load_park(info.context, self.park_id)


def evaluation(row: EvaluationRow) -> ParkEvaluation:
    """Return a kept evaluation as the wire has it."""
    return ParkEvaluation(
        id=node_id(EVALUATION, row.id), park_id=row.park_id, result=result(kept(row)), sha256=row.sha256,
        recorded_at=row.recorded_at,
    )  # fmt: skip


@node_loader(EVALUATION)
async def _load_evaluation(context: Context, *ids: UUID) -> ParkEvaluation | None:
    async with context.read() as read:
        found = await queries.evaluation(read, context.scope, ids[0]) if len(ids) == 1 else None
    return None if found is None else evaluation(found)
