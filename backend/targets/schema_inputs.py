"""What targets take on the wire: decompositions, plans, figures."""

from datetime import date
from decimal import Decimal
from uuid import UUID

import strawberry

from backend.kit.db import Read
from backend.kit.scope import Scope
from backend.targets import service
from backend.targets.schema_types import TargetDocumentInput
from backend.targets.values import Footing, TargetKind, TargetLine, TargetMethod
from backend.wire.nodes import uuids


@strawberry.input(description="A target given by hand.")
class TargetLineInput:
    """A target given by hand."""

    kind: TargetKind = strawberry.field(description="What is to be set.")
    first_year: int = strawberry.field(description="The first year of the period.")
    last_year: int = strawberry.field(description="The last year of the period.")
    value: Decimal = strawberry.field(description="Percent (intensity), or tCO2e over all years together (total).")
    base_year: int | None = strawberry.field(default=None, description="What a reduction is measured against.")
    division_code: str = strawberry.field(default="", description="The division; not needed for a key unit.")
    account_id: strawberry.ID | None = strawberry.field(default=None, description="A key unit's carbon account.")
    footing: Footing = strawberry.field(
        default=Footing.ACCOUNTS, description="Which emissions it is to be measured by."
    )


@strawberry.input(description="What is given for a part of a decomposition: a division below, or a key unit.")
class TargetPortionInput:
    """What is given for a part."""

    division_code: str = strawberry.field(default="", description="The part, when it is a division.")
    account_id: strawberry.ID | None = strawberry.field(default=None, description="The part, when it is a key unit.")
    value: Decimal | None = strawberry.field(default=None, description="By hand: its percent, or its tCO2e.")
    weight: Decimal | None = strawberry.field(
        default=None, description="Weighted: how much more (above 1) or less it is to bear than others; left out: 1."
    )
    activity: Decimal | None = strawberry.field(default=None, description="Benchmark: how much it makes.")
    benchmark: Decimal | None = strawberry.field(default=None, description="Benchmark: tCO2e per unit of that.")
    output: Decimal | None = strawberry.field(default=None, description="Output: what counts.")
    unit: str = strawberry.field(default="", description="The unit of activity or output.")


@strawberry.input(description="A target to be decomposed, and how.")
class TargetDecompositionInput:
    """A decomposition."""

    division_code: str = strawberry.field(description="The division whose target it is.")
    kind: TargetKind = strawberry.field(description="What is set.")
    first_year: int = strawberry.field(description="The first year of the period.")
    last_year: int = strawberry.field(description="The last year of the period.")
    value: Decimal = strawberry.field(description="Percent, or tCO2e over all years together.")
    base_year: int | None = strawberry.field(default=None, description="What a reduction is measured against.")
    footing: Footing = strawberry.field(
        default=Footing.ACCOUNTS, description="Which emissions count; of tonnes history is always by accounts."
    )
    method: TargetMethod = strawberry.field(
        description="Of tonnes history, benchmark, output or by hand; of a reduction equal, weighted or by hand."
    )
    step: Decimal = strawberry.field(default=Decimal("0.01"), description="What parts are rounded to.")
    portions: list[TargetPortionInput] = strawberry.field(
        default_factory=list[TargetPortionInput], description="Which; left out: all divisions directly below."
    )
    base_years: list[int] = strawberry.field(
        default_factory=list[int], description="Of tonnes: the years whose emissions or output count."
    )


@strawberry.input(description="Draft a plan of your division: targets of itself, of what lies below it, of key units.")
class DraftTargetPlanInput:
    """Draft a plan."""

    name: str = strawberry.field(description="What it is called.")
    document: TargetDocumentInput = strawberry.field(description="What it rests on.")
    effective_on: date = strawberry.field(description="From when its targets are to count.")
    lines: list[TargetLineInput] = strawberry.field(default_factory=list[TargetLineInput], description="By hand.")
    decompositions: list[TargetDecompositionInput] = strawberry.field(
        default_factory=list[TargetDecompositionInput],
        description="Worked out here; the lines keep inputs and formula.",
    )
    reason: str = strawberry.field(description="Why; kept with the revision.")


@strawberry.input(description="Replace the lines of a draft; what it said before stays on record.")
class ReviseTargetPlanInput:
    """Revise a plan."""

    plan_id: strawberry.ID = strawberry.field(description="The plan.")
    lines: list[TargetLineInput] = strawberry.field(default_factory=list[TargetLineInput], description="By hand.")
    decompositions: list[TargetDecompositionInput] = strawberry.field(
        default_factory=list[TargetDecompositionInput],
        description="Worked out here; the lines keep inputs and formula.",
    )
    reason: str = strawberry.field(description="Why; kept with the revision.")


@strawberry.input(description="Approve or reject a plan, once and for good.")
class DecideTargetPlanInput:
    """Decide on a plan."""

    plan_id: strawberry.ID = strawberry.field(description="The plan.")
    revision: int = strawberry.field(description="The revision that was read.")
    is_approved: bool = strawberry.field(description="Approve, or reject.")
    reason: str = strawberry.field(description="Why.")


@strawberry.input(description="A figure of a division's year.")
class StatedFigureInput:
    """A figure."""

    item: str = strawberry.field(description="An indicator of the year's scheme, or `emissions` (tCO2e).")
    value: Decimal | None = strawberry.field(default=None, description="In its unit; left out: it does not apply.")
    note: str = strawberry.field(default="", description="What is to be said of it; why it does not apply.")


@strawberry.input(description="Enter figures of a division's year that accounts do not feed, with their document.")
class RecordStatedFiguresInput:
    """Enter figures."""

    division_code: str = strawberry.field(description="The division.")
    year: int = strawberry.field(description="The year.")
    figures: list[StatedFigureInput] = strawberry.field(description="The figures.")
    document: TargetDocumentInput = strawberry.field(description="What they were taken from.")


def account_of(given: strawberry.ID | None, *path: str) -> UUID | None:
    """Return the account an id names. Raises NodeIdInvalid."""
    return None if given is None else uuids(given, "CarbonAccount", path=("input", *path, "accountId"))[0]


def wanted(given: TargetDecompositionInput, *path: str) -> service.Wanted:
    """Return a decomposition as the service is asked for it."""
    return service.Wanted(
        division_code=given.division_code, kind=given.kind, first_year=given.first_year, last_year=given.last_year,
        value=given.value, method=given.method, step=given.step, base_year=given.base_year, footing=given.footing,
        base_years=given.base_years,
        portions=[
            service.Portion(
                each.division_code, account_of(each.account_id, *path, "portions", str(at)), each.value, each.weight,
                each.activity, each.benchmark, each.output, each.unit,
            )
            for at, each in enumerate(given.portions)
        ],
    )  # fmt: skip


async def lines_of(
    read: Read, scope: Scope, given: DraftTargetPlanInput | ReviseTargetPlanInput
) -> list[TargetLine]:  # fmt: skip
    """Return the lines given by hand, then those that are worked out."""
    found = [
        TargetLine(
            division_code=each.division_code, kind=each.kind, first_year=each.first_year, last_year=each.last_year,
            value=each.value, base_year=each.base_year, account_id=account_of(each.account_id, "lines", str(at)),
            footing=each.footing,
        )
        for at, each in enumerate(given.lines)
    ]  # fmt: skip
    for at, each in enumerate(given.decompositions):
        found += await service.decomposed_target(read, scope, wanted(each, "decompositions", str(at)))
    return found
