"""Reference levels of products on the wire, and how units lie to them."""

from datetime import date, datetime
from decimal import Decimal

import strawberry

from backend.keyunits.names import OUTCOME_NAMES, REFERENCE_KIND_NAMES, REFERENCE_METRIC_NAMES, REFERENCE_UNITS
from backend.keyunits.schema_types import KeyUnitDocument, paper
from backend.keyunits.schema_work import KeyUnitText, text
from backend.keyunits.values import (
    ReferenceKind,
    ReferenceMetric,
    ReferenceOutcome,
    ReferenceRow,
    ReferenceStanding,
)
from backend.tenants.schema import Division, load_division
from backend.wire.context import Info

strawberry.enum(ReferenceKind, name="KeyUnitReferenceKind", description="标杆水平 or 基准水平.")
strawberry.enum(
    ReferenceMetric, name="KeyUnitReferenceMetric", description="Energy or emissions for each unit of a product."
)
strawberry.enum(ReferenceOutcome, name="KeyUnitReferenceOutcome", description="How a product lies to its levels.")


@strawberry.type(description="A reference level of a product from a day on.")
class KeyUnitReference:
    """A reference level."""

    division_code: strawberry.Private[str]
    product: str = strawberry.field(description="The product.")
    product_unit: str = strawberry.field(description="The unit of its output.")
    metric: ReferenceMetric = strawberry.field(description="What it limits.")
    kind: ReferenceKind = strawberry.field(description="Leading or baseline.")
    kind_name: KeyUnitText = strawberry.field(description="The same in words.")
    quantity: Decimal = strawberry.field(description="The level, in `unit`.")
    unit: str = strawberry.field(description="kgce or kgCO2e for each unit of the product.")
    starts_on: date = strawberry.field(description="From which day on.")
    document: KeyUnitDocument = strawberry.field(description="The document it was taken from.")
    recorded_at: datetime = strawberry.field(description="When it was entered.")

    @strawberry.field(description="The division it holds for, with all below it.")
    async def division(self, info: Info) -> Division | None:
        """Return the division."""
        return await load_division(info.context, self.division_code)


def reference(row: ReferenceRow) -> KeyUnitReference:
    """Return a level as the wire has it."""
    return KeyUnitReference(
        division_code=row.division_code, product=row.product, product_unit=row.product_unit, metric=row.metric,
        kind=row.kind, kind_name=text(REFERENCE_KIND_NAMES[row.kind]), quantity=row.quantity,
        unit=f"{REFERENCE_UNITS[row.metric]}/{row.product_unit}", starts_on=row.starts_on, document=paper(row),
        recorded_at=row.recorded_at,
    )  # fmt: skip


@strawberry.type(description="A product of a year beside its reference levels.")
class KeyUnitReferenceStanding:
    """A standing."""

    year: int = strawberry.field(description="The year.")
    product: str = strawberry.field(description="The product.")
    metric: ReferenceMetric = strawberry.field(description="What is compared.")
    name: KeyUnitText = strawberry.field(description="The same in words.")
    unit: str = strawberry.field(description="kgce or kgCO2e for each unit of the product.")
    intensity: Decimal | None = strawberry.field(description="The unit's own; null where it cannot be told.")
    leading: KeyUnitReference | None = strawberry.field(description="标杆水平.")
    baseline: KeyUnitReference | None = strawberry.field(description="基准水平.")
    outcome: ReferenceOutcome = strawberry.field(description="How it lies.")
    outcome_name: KeyUnitText = strawberry.field(description="The same in words.")
    note: KeyUnitText = strawberry.field(description="How it was compared, or why it was not.")


def reference_standing(one: ReferenceStanding) -> KeyUnitReferenceStanding:
    """Return a standing as the wire has it."""
    return KeyUnitReferenceStanding(
        year=one.year, product=one.product, metric=one.metric, name=text(REFERENCE_METRIC_NAMES[one.metric]),
        unit=f"{REFERENCE_UNITS[one.metric]}/{one.product_unit}", intensity=one.intensity,
        leading=None if one.leading is None else reference(one.leading),
        baseline=None if one.baseline is None else reference(one.baseline), outcome=one.outcome,
        outcome_name=text(OUTCOME_NAMES[one.outcome]), note=text(one.note),
    )  # fmt: skip
