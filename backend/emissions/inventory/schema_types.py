"""Inventories as the wire has them: what an inventory, a line, a factor and a check are, and how rows become them."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import strawberry

from backend.emissions.inventory.values import Severity, State
from backend.emissions.methods import METHODS
from backend.emissions.values import Basis, Outcome
from backend.wire.nodes import NodeIdInvalid, node_id, uuids
from backend.wire.scalars import JSON, Month

ACCOUNT = "CarbonAccount"
INVENTORY = "Inventory"
LINE = "InventoryLine"
FINDING = "Finding"
SOURCE = "EmissionSource"
SITE = "Site"
METER = "Meter"
EVIDENCE = "Evidence"
RECORD = "ActivityRecord"
BATCH = "ActivityBatch"
PARAMETER = "ReferenceParameter"

StateEnum = strawberry.enum(
    State,
    name="InventoryState",
    description="COMPUTED -> SUBMITTED -> VERIFIED -> CLOSED; RESTATED: replaced after verification; WITHDRAWN: replaced "
    "before. A year without an inventory is open.",
)
SeverityEnum = strawberry.enum(
    Severity, name="FindingSeverity", description="An unresolved MAJOR finding makes verification impossible."
)
OutcomeEnum = strawberry.enum(
    Outcome, name="CheckOutcomeKind", description="CANNOT_TELL blocks exactly as FAIL does: an unknown is not a pass."
)
BasisEnum = strawberry.enum(
    Basis, name="EmissionBasis", description="The side of scope 2 a number belongs to; BOTH where there is only one."
)


@strawberry.type(description="A check's answer (检查结果), with the facts behind it.")
class InventoryCheck:
    """A check's answer."""

    code: str = strawberry.field(description="Stable, e.g. `completeness`.")
    outcome: OutcomeEnum = strawberry.field(description="Pass, fail, cannot tell.")  # type: ignore[valid-type]
    is_blocking: bool = strawberry.field(description="Whether it keeps the inventory from being submitted.")
    message_zh: str = strawberry.field(description="中文说明。")
    message_en: str = strawberry.field(description="In English.")
    details: JSON = strawberry.field(description="The facts behind it.")


@strawberry.type(description="A total with its half-width at 95 % (不确定性).")
class TotalUncertainty:
    """A total with its half-width."""

    total_t: Decimal = strawberry.field(description="tCO2e.")
    absolute_t: Decimal = strawberry.field(description="Half-width at 95 %, tCO2e.")
    relative: Decimal | None = strawberry.field(description="Half-width relative to the total; null for zero.")


@strawberry.type(description="Uncertainty of scope 1+2 on both bases and of scope 3, correlations kept.")
class InventoryUncertainty:
    """Uncertainty of the totals."""

    location: TotalUncertainty
    market: TotalUncertainty
    scope3: TotalUncertainty


@strawberry.type(description="A quantity as it was recorded, and its exact conversion.")
class LineQuantity:
    """Part of a line's quantity in one unit."""

    unit: str
    quantity: Decimal = strawberry.field(description="Sum of the records x their meters' multipliers, in `unit`.")
    conversion: Decimal = strawberry.field(description="One `unit` is that many base units.")
    base_quantity: Decimal = strawberry.field(description="In the line's base unit.")
    records: int = strawberry.field(description="How many records.")


@strawberry.type(
    description="A factor or parameter a line used (取值), as a copy, with the reason why it and no other was chosen."
)
class LineParameter:
    """A parameter a line used."""

    code: str
    symbol: str
    label_zh: str
    label_en: str
    value: Decimal | None = strawberry.field(description="As the formula took it, in `unit`.")
    unit: str
    text_value: str = strawberry.field(description="Words, where it is not a number.")
    origin: str = strawberry.field(
        description="`record` or `source` (measured, declared), `reference`, `default`, `claim` (certificates)."
    )
    version_id: strawberry.ID | None = strawberry.field(description="The reference parameter's version, a node.")
    name: str
    key: str
    region: str
    printed_value: Decimal | None = strawberry.field(description="As the reference prints it, in `printedUnit`.")
    printed_unit: str
    document: str
    source: str
    confidence: str
    is_uncertain: bool = strawberry.field(description="The value is not verified, or in doubt: people must see that.")
    note: str
    published_on: date | None
    rule_zh: str = strawberry.field(description="采用该取值的规则。")
    rule_en: str = strawberry.field(description="The rule that chose it.")
    level: str = strawberry.field(description="The rule level that answered, e.g. `provincial average`.")
    passed_over: JSON = strawberry.field(description="What was passed over, each with its reason in both languages.")
    claim: JSON | None = strawberry.field(
        default=None,
        description="Cancelled certificates (已核销绿证): the ledger's movement, its number, and by batch MWh, serial "
        "ranges, project, technology and production month.",
    )


@strawberry.type(description="tCO2e and tce of one month.")
class InventoryMonth:
    """One month's totals."""

    month: Month
    scope1: Decimal
    scope2_location: Decimal
    scope2_market: Decimal
    scope3: Decimal
    energy_tce: Decimal


@strawberry.type(description="A change of an inventory's state: who, when, why.")
class InventoryTransition:
    """A change of state."""

    from_state: str
    to_state: str
    reason: str
    at: datetime
    actor_id: UUID | None
    organisation_id: UUID | None


@strawberry.type(description="The account an inventory belongs to, in short.")
class InventoryAccount:
    """An account in short."""

    id: strawberry.ID
    number: str
    name: str
    sector: str
    division_code: str


@strawberry.type(description="A message of a finding's thread.")
class FindingMessage:
    """A message of a thread."""

    author_kind: str = strawberry.field(description="`verifier` or `enterprise`.")
    author_id: UUID | None
    organisation_id: UUID | None
    text: str
    evidence_id: strawberry.ID | None
    at: datetime


@strawberry.type(description="The quality of the records behind a line: how measured, calibration, evidence.")
class LineTier:
    """Records of one quality."""

    tier: str = strawberry.field(description="`metered`, `invoiced`, `estimated`.")
    calibration: str = strawberry.field(description="`valid`, `expired`, `unknown`.")
    has_evidence: bool
    records: int
    base_quantity: Decimal


@strawberry.type(description="An activity record a line was summed from.")
class LineRecord:
    """A record behind a line."""

    id: strawberry.ID
    batch_id: strawberry.ID
    month: Month
    quantity: Decimal
    unit: str
    multiplier: Decimal
    tier: str
    meter_code: str | None
    parameters: JSON
    evidence_id: strawberry.ID | None
    note: str
    recorded_at: datetime


def one_id(value: str, type_name: str, *, path: tuple[str, ...] = ()) -> UUID:
    """Return the uuid inside the id of something that stands alone.

    Raises:
        NodeIdInvalid: not such an id.
    """
    found = uuids(value, type_name, path=path)
    if len(found) != 1:
        raise NodeIdInvalid(id=value, expected=type_name, path=path)
    return found[0]


def pair(value: str, type_name: str, *, path: tuple[str, ...] = ()) -> tuple[UUID, UUID]:
    """Return account and own uuid inside the id of something under an account.

    Raises:
        NodeIdInvalid: not such an id.
    """
    found = uuids(value, type_name, path=path)
    if len(found) != 2:  # noqa: PLR2004 - account and own
        raise NodeIdInvalid(id=value, expected=type_name, path=path)
    return found[0], found[1]


def check_shown(given: Mapping[str, Any]) -> InventoryCheck:
    """Return a stored check as the wire has it."""
    return InventoryCheck(
        code=given["code"], outcome=Outcome(given["outcome"]), is_blocking=given["outcome"] != Outcome.PASS,
        message_zh=given["zh"], message_en=given["en"], details=given["details"],
    )  # fmt: skip


def _total_shown(given: Mapping[str, Any] | None) -> TotalUncertainty:
    if not given:
        return TotalUncertainty(total_t=Decimal(0), absolute_t=Decimal(0), relative=None)
    relative = given["relative"]
    return TotalUncertainty(
        total_t=Decimal(given["total_t"]), absolute_t=Decimal(given["absolute_t"]),
        relative=None if relative is None else Decimal(relative),
    )  # fmt: skip


def uncertainty_shown(given: Mapping[str, Any]) -> InventoryUncertainty:
    """Return a stored uncertainty as the wire has it."""
    return InventoryUncertainty(
        location=_total_shown(given.get("location")), market=_total_shown(given.get("market")),
        scope3=_total_shown(given.get("scope3")),
    )  # fmt: skip


def quantity_shown(given: Mapping[str, Any]) -> LineQuantity:
    """Return a stored quantity as the wire has it."""
    return LineQuantity(
        unit=given["unit"], quantity=Decimal(given["quantity"]), conversion=Decimal(given["conversion"]),
        base_quantity=Decimal(given["base_quantity"]), records=given["records"],
    )  # fmt: skip


def parameter_shown(given: Mapping[str, Any]) -> LineParameter:
    """Return a stored parameter copy as the wire has it."""
    used = given.get("used_value") or given.get("value")
    printed = given.get("value") if given.get("version_id") else None
    version = given.get("version_id")
    published = given.get("published_on")
    return LineParameter(
        code=given["code"],
        symbol=given.get("symbol", ""),
        label_zh=given.get("zh", ""),
        label_en=given.get("en", ""),
        value=None if used is None else Decimal(used),
        unit=given.get("used_unit") or given.get("unit", ""),
        text_value=given.get("text_value") or "",
        origin=given.get("origin", ""),
        version_id=node_id(PARAMETER, UUID(version)) if version else None,
        name=given.get("name", ""),
        key=given.get("key", ""),
        region=given.get("region", ""),
        printed_value=None if printed is None else Decimal(printed),
        printed_unit=given.get("unit", "") if version else "",
        document=given.get("document", ""),
        source=given.get("source", ""),
        confidence=given.get("confidence", ""),
        is_uncertain=bool(given.get("is_uncertain", False)),
        note=given.get("note", ""),
        published_on=date.fromisoformat(published) if published else None,
        rule_zh=given.get("rule_zh", ""),
        rule_en=given.get("rule_en", ""),
        level=given.get("level_name", ""),
        passed_over=given.get("passed_over", []),
        claim=given.get("claim"),
    )


def tier_shown(code: str, given: Sequence[Any]) -> LineTier:
    """Return the records of one quality."""
    tier, calibration, evidence = code.split("/")
    return LineTier(
        tier=tier, calibration=calibration, has_evidence=evidence == "present", records=given[0],
        base_quantity=Decimal(given[1]),
    )  # fmt: skip


def transition_shown(row: Any) -> InventoryTransition:  # noqa: ANN401 - a row
    """Return a transition as the wire has it."""
    return InventoryTransition(
        from_state=row.from_state, to_state=row.to_state, reason=row.reason, at=row.at, actor_id=row.actor_id,
        organisation_id=row.organisation_id,
    )  # fmt: skip


def record_shown(row: Any, account_id: UUID) -> LineRecord:  # noqa: ANN401 - a row
    """Return a record behind a line."""
    return LineRecord(
        id=node_id(RECORD, account_id, row.id), batch_id=node_id(BATCH, account_id, row.batch_id), month=row.month,
        quantity=row.quantity, unit=row.unit, multiplier=row.multiplier, tier=row.tier, meter_code=row.meter_code,
        parameters=row.parameters,
        evidence_id=node_id(EVIDENCE, account_id, row.evidence_id) if row.evidence_id else None,
        note=row.note, recorded_at=row.recorded_at,
    )  # fmt: skip


def months_shown(rows: Sequence[Any]) -> list[InventoryMonth]:
    """Return the roll-up's rows as the wire has them."""
    return [
        InventoryMonth(
            month=Month(row.month), scope1=row.scope1, scope2_location=row.scope2_location,
            scope2_market=row.scope2_market, scope3=row.scope3, energy_tce=row.energy_tce,
        )
        for row in rows
    ]  # fmt: skip


def method_label(code: str, language: str) -> str:
    """Return a method's name for a person, the code where it is not known any more."""
    used = METHODS.get(code)
    return used.label(language) if used else code
