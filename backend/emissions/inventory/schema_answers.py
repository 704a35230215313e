"""Answers that are computed and not stored: estimates, differences, reproductions, previews."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

import strawberry

from backend.emissions.inventory.diff import Bridge, Cause, LineDifference
from backend.emissions.inventory.estimate import Estimate
from backend.emissions.inventory.preview import Preview
from backend.emissions.inventory.reproduce import Reproduction
from backend.emissions.inventory.run import outcome_json
from backend.emissions.inventory.schema_types import (
    ACCOUNT,
    INVENTORY,
    LINE,
    SOURCE,
    BasisEnum,
    InventoryCheck,
    LineParameter,
    check_shown,
    parameter_shown,
)
from backend.emissions.values import Basis
from backend.wire.nodes import node_id
from backend.wire.scalars import JSON

CauseEnum = strawberry.enum(Cause, name="DifferenceCause", description="Why a line differs between two versions.")


@strawberry.input(description="A quantity to be computed by a method; nothing is stored.")
class EstimateInput:
    """What to compute."""

    method: str = strawberry.field(description="Code of the method, e.g. `purchased_electricity`, `fuel_combustion`.")
    quantity: Decimal
    unit: str = strawberry.field(description="Any unit the method takes, e.g. `MWh`, `万kWh`, `t`, `GJ`, `万Nm3`.")
    key: str = strawberry.field(default="", description="The fuel, energy or material in the method's own table.")
    scope: int | None = strawberry.field(default=None, description="1, 2 or 3; default: the method's usual one.")
    category: str | None = strawberry.field(default=None, description="In scope 3: one of the fifteen categories.")
    parameters: JSON | None = strawberry.field(
        default=None, description='Measured or declared values by code, decimals as text: `{"ncv": "20"}`.'
    )
    on: date | None = strawberry.field(default=None, description="The activity's day; default: today.")
    published_by: date | None = strawberry.field(
        default=None, description="Only what was published by then counts; default: today."
    )
    province_code: str = strawberry.field(default="", description="e.g. `320000`, for the grid factor.")
    grid_region: str = strawberry.field(default="", description="e.g. `华东`, where the province has no factor.")
    fuel_table: str = strawberry.field(default="A_MEE_ETS", description="The fuel table of the guide.")
    factor_policy: str = strawberry.field(default="published", description="`published` or `data_year:YYYY`.")
    is_certificate_claimed: bool = strawberry.field(
        default=False, description="Certificates are claimed: the market side takes the residual factor."
    )
    reported_t: Decimal | None = strawberry.field(
        default=None, description="A reported emission to compare with, tCO2e."
    )


@strawberry.type(description="One gas of an estimate on one basis.")
class EstimateLine:
    """One gas of an estimate."""

    gas: str
    basis: BasisEnum  # type: ignore[valid-type]
    scope: int
    category: str
    coefficient: Decimal
    coefficient_unit: str
    result_t: Decimal
    gwp: Decimal
    co2e_t: Decimal
    energy_tce: Decimal
    formula: str
    formula_source: str
    parameters: list[LineParameter]


@strawberry.type(description="An estimate (试算): exact, with formula, factors and trace.")
class EmissionEstimate:
    """An estimate."""

    base_quantity: Decimal
    base_unit: str
    conversion: Decimal
    total_t: Decimal = strawberry.field(description="tCO2e, location-based in scope 2.")
    market_t: Decimal = strawberry.field(description="tCO2e, market-based in scope 2.")
    energy_tce: Decimal
    lines: list[EstimateLine]
    check: InventoryCheck | None = strawberry.field(description="Agreement with `reportedT`, where one was given.")


@strawberry.type(description="The effect of one cause, tCO2e.")
class DifferenceEffect:
    """The effect of one cause."""

    cause: CauseEnum  # type: ignore[valid-type]
    effect_t: Decimal


@strawberry.type(description="A line that differs between two versions, in words and numbers.")
class DifferenceLine:
    """A line that differs."""

    source_id: strawberry.ID
    source_code: str
    source_name: str
    scope: int
    category: str
    gas: str
    basis: str
    before_line_id: strawberry.ID | None
    after_line_id: strawberry.ID | None
    before_t: Decimal
    after_t: Decimal
    change_t: Decimal
    effects: list[DifferenceEffect] = strawberry.field(description="Add up to `changeT` exactly.")
    text_zh: str
    text_en: str


@strawberry.type(description="From one total to the other: `before` + effects = `after`, exactly.")
class DifferenceBridge:
    """From one total to the other."""

    name: str = strawberry.field(description="`location`, `market` (both scope 1+2) or `scope3`.")
    before_t: Decimal
    after_t: Decimal
    effects: list[DifferenceEffect]


@strawberry.type(description="What changed between two versions (版本差异).")
class InventoryDifference:
    """What changed between two versions."""

    from_id: strawberry.ID
    to_id: strawberry.ID
    from_version: int
    to_version: int
    reason: str = strawberry.field(description="Why the newer version was made.")
    bridges: list[DifferenceBridge]
    line_count: int = strawberry.field(description="How many lines differ; at most 500 are listed.")
    lines: list[DifferenceLine]


@strawberry.type(description="A number that did not come out the same.")
class ReproductionDifference:
    """A number that differs."""

    line_id: strawberry.ID | None
    what: str
    stored: str
    recomputed: str


@strawberry.type(description="An inventory computed again from the versions it names (复算).")
class InventoryReproduction:
    """An inventory computed again."""

    inventory_id: strawberry.ID
    version: int
    is_equal: bool = strawberry.field(description="Every line and total, to the last digit.")
    line_count: int
    record_count: int
    scope1: Decimal
    scope2_location: Decimal
    scope2_market: Decimal
    scope3: Decimal
    energy_tce: Decimal
    differences: list[ReproductionDifference] = strawberry.field(description="At most 100.")


@strawberry.type(description="An account whose year would change.")
class ActivationChange:
    """An account whose year would change."""

    account_id: strawberry.ID | None = strawberry.field(description="Null for an operator, who sees counts only.")
    number: str
    name: str
    year: int
    state: str
    before_t: Decimal = strawberry.field(description="Scope 1 + scope 2 location-based.")
    after_t: Decimal
    change_percent: Decimal | None = strawberry.field(description="The largest of location, market and scope 3.")


@strawberry.type(description="What activating drafts would change (启用影响预览).")
class ActivationPreview:
    """What activating drafts would change."""

    compared: int
    changed: int
    changed_by_more_than_two_percent: int
    text_zh: str
    text_en: str
    changes: list[ActivationChange] = strawberry.field(description="The 100 largest.")


def estimate_shown(found: Estimate) -> EmissionEstimate:
    """Return an estimate as the wire has it."""
    lines = [
        EstimateLine(
            gas=each.item.gas, basis=Basis(each.item.basis), scope=each.item.scope, category=each.item.category,
            coefficient=each.item.coefficient, coefficient_unit=each.item.coefficient_unit, result_t=each.result_t,
            gwp=each.item.gwp, co2e_t=each.co2e_t, energy_tce=each.energy_tce, formula=each.item.formula,
            formula_source=each.item.formula_source,
            parameters=[parameter_shown(one) for one in each.item.parameters],
        )
        for each in found.lines
    ]  # fmt: skip
    return EmissionEstimate(
        base_quantity=found.base_quantity, base_unit=found.base_unit, conversion=found.conversion,
        total_t=found.total_t, market_t=found.market_t, energy_tce=found.energy_tce, lines=lines,
        check=None if found.check is None else check_shown(outcome_json(found.check)),
    )  # fmt: skip


def difference_shown(account_id: UUID, found: LineDifference) -> DifferenceLine:
    """Return a line's difference as the wire has it."""
    return DifferenceLine(
        source_id=node_id(SOURCE, account_id, found.source_id), source_code=found.source_code,
        source_name=found.source_name, scope=found.scope, category=found.category, gas=found.gas, basis=found.basis,
        before_line_id=node_id(LINE, account_id, found.before.id) if found.before is not None else None,
        after_line_id=node_id(LINE, account_id, found.after.id) if found.after is not None else None,
        before_t=found.before_t, after_t=found.after_t, change_t=found.change_t,
        effects=_effects(found.effects), text_zh=found.sentence("zh"), text_en=found.sentence("en"),
    )  # fmt: skip


def bridge_shown(found: Bridge) -> DifferenceBridge:
    """Return a bridge as the wire has it."""
    return DifferenceBridge(name=found.name, before_t=found.before, after_t=found.after, effects=_effects(found.steps))


def _effects(steps: Sequence[tuple[Cause, Decimal]]) -> list[DifferenceEffect]:
    return [DifferenceEffect(cause=cause, effect_t=effect) for cause, effect in steps]


def reproduction_shown(account_id: UUID, found: Reproduction) -> InventoryReproduction:
    """Return a reproduction as the wire has it."""
    return InventoryReproduction(
        inventory_id=node_id(INVENTORY, account_id, found.inventory_id), version=found.version,
        is_equal=found.is_equal, line_count=found.line_count, record_count=found.record_count, **found.totals,
        differences=[
            ReproductionDifference(
                line_id=node_id(LINE, account_id, each.line_id) if each.line_id else None, what=each.what,
                stored=each.stored, recomputed=each.recomputed,
            )
            for each in found.differences[:100]
        ],
    )  # fmt: skip


def preview_shown(found: Preview) -> ActivationPreview:
    """Return a preview as the wire has it."""
    ordered = sorted(found.changes, key=lambda each: abs(each.percent or Decimal("Infinity")), reverse=True)
    return ActivationPreview(
        compared=found.compared, changed=len(found.changes), changed_by_more_than_two_percent=found.large,
        text_zh=found.zh, text_en=found.en,
        changes=[
            ActivationChange(
                account_id=node_id(ACCOUNT, each.account_id) if each.number else None, number=each.number,
                name=each.name, year=each.year, state=each.state, before_t=each.before[0], after_t=each.after[0],
                change_percent=each.percent,
            )
            for each in ordered[:100]
        ],
    )  # fmt: skip
