"""Results of the rules on the wire: every number with its formula, its figure's document and confidence."""

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

import strawberry

from backend.quotas import rules
from backend.wire.nodes import node_id

SectorEnum = strawberry.enum(
    rules.Sector, name="EtsSector", description="Sectors that receive and surrender allowances."
)
UnitClassEnum = strawberry.enum(
    rules.UnitClass, name="PowerUnitClass", description="Classes of power units (机组类别), each with its benchmarks."
)
CoolingEnum = strawberry.enum(rules.Cooling, name="CoolingKind", description="How the steam is condensed (冷却方式).")
ElectricityEnum = strawberry.enum(
    rules.Basis, name="ElectricityBasis", description="SUPPLIED to the grid (供电量), or GROSS generation (发电量)."
)
LineEnum = strawberry.enum(
    rules.LineKind, name="ProductionLineKind", description="Only REGULAR lines follow the published formula."
)
RuleOutcomeEnum = strawberry.enum(
    rules.Outcome, name="RuleOutcome", description="PASS, FAIL, or UNKNOWN: it cannot be told, and that blocks as well."
)


@strawberry.type(description="A dated parameter a result rests on, with its proof.")
class QuotaFigure:
    """A dated parameter."""

    name: str = strawberry.field(description="Its family, e.g. `ets.electricity_benchmark`.")
    key: str = strawberry.field(description="Its member.")
    value: Decimal | None = strawberry.field(description="Its number; null for a range or words.")
    low: Decimal | None = strawberry.field(description="Lower end of a range.")
    high: Decimal | None = strawberry.field(description="Upper end of a range.")
    text: str | None = strawberry.field(description="The rule's own words.")
    unit: str = strawberry.field(description="Its unit.")
    document: str = strawberry.field(description="The document it is printed in.")
    source: str = strawberry.field(description="Where it was read.")
    confidence: str = strawberry.field(description="How sure that is, e.g. `from-memory`.")
    note: str = strawberry.field(description="Remarks; may be empty.")
    is_uncertain: bool = strawberry.field(description="Whether it is not confirmed.")
    valid: str = strawberry.field(description="When it holds.")
    parameter_id: strawberry.ID | None = strawberry.field(description="The parameter's global id.")


@strawberry.type(description="One step of an explanation.")
class QuotaFactor:
    """One step."""

    code: str = strawberry.field(description="Stable, e.g. `electricity_benchmark`, `cooling`, `load`, `alpha`.")
    label_zh: str = strawberry.field(description="中文名称。")
    label_en: str = strawberry.field(description="In English.")
    value: Decimal = strawberry.field(description="What it comes to.")
    unit: str = strawberry.field(description="Its unit; `1` for a ratio.")
    formula: str = strawberry.field(description="The rule's text; empty for a printed value.")
    reason_zh: str = strawberry.field(description="为何取此值。")
    reason_en: str = strawberry.field(description="Why this value.")
    is_assumed: bool = strawberry.field(
        description="An input nobody stated, taken as neutral: nothing is issued on it."
    )
    figure: QuotaFigure | None = strawberry.field(description="The parameter behind it.")


@strawberry.type(description="A summand of an allocation.")
class QuotaPart:
    """A summand."""

    code: str = strawberry.field(description="`electricity`, `heat` or `verified`.")
    label_zh: str = strawberry.field(description="中文名称。")
    label_en: str = strawberry.field(description="In English.")
    value: Decimal = strawberry.field(description="tCO2, unrounded.")
    expression: str = strawberry.field(description="The multiplication written out.")


@strawberry.type(description="The allocation of one power unit or production line, explained.")
class QuotaCalculation:
    """An allocation."""

    year: int = strawberry.field(description="The compliance year.")
    quota: Decimal = strawberry.field(description="tCO2, unrounded.")
    displayed: Decimal = strawberry.field(description="With two decimals, rounded half up, for people only.")
    formula: str = strawberry.field(description="The formula in words of the plan.")
    basis: ElectricityEnum | None = strawberry.field(description="Which electricity the plan counts.")  # type: ignore[valid-type]
    parts: list[QuotaPart] = strawberry.field(description="Its summands.")
    factors: list[QuotaFactor] = strawberry.field(description="Every step.")
    is_assumed: bool = strawberry.field(description="Whether some input was not stated.")
    is_uncertain: bool = strawberry.field(description="Whether some figure is not confirmed.")
    confidence: str = strawberry.field(description="The lowest confidence among the figures.")
    documents: list[str] = strawberry.field(description="The documents it rests on.")
    notes_zh: list[str] = strawberry.field(description="说明。")
    notes_en: list[str] = strawberry.field(description="Notes.")


@strawberry.type(description="A computed amount, explained.")
class QuotaAmount:
    """A computed amount."""

    value: Decimal = strawberry.field(description="Unrounded (40 digits).")
    displayed: Decimal = strawberry.field(description="With two decimals, rounded half up, for people only.")
    whole: Decimal = strawberry.field(description="The whole units in it, rounded down.")
    unit: str = strawberry.field(description="Its unit.")
    formula: str = strawberry.field(description="The calculation written out.")
    is_maximum: bool = strawberry.field(description="Whether the rule gives only the most it may be.")
    factors: list[QuotaFactor] = strawberry.field(description="Every step.")
    confidence: str = strawberry.field(description="The lowest confidence among the figures.")
    reason_zh: str = strawberry.field(description="说明。")
    reason_en: str = strawberry.field(description="Why.")


@strawberry.type(description="The end of one check.")
class QuotaFinding:
    """The end of one check."""

    outcome: RuleOutcomeEnum = strawberry.field(description="Pass, fail, cannot tell.")  # type: ignore[valid-type]
    code: str = strawberry.field(description="Stable.")
    message_zh: str = strawberry.field(description="中文说明。")
    message_en: str = strawberry.field(description="In English.")
    figure: QuotaFigure | None = strawberry.field(description="The rule it rests on.")


@strawberry.type(description="Power units together: gas exemption and the 20 % rule.")
class QuotaSettlement:
    """Power units together."""

    allocation: Decimal = strawberry.field(description="What is finally allocated, tCO2.")
    obligation: Decimal = strawberry.field(description="What must be surrendered, tCO2.")
    verified: Decimal = strawberry.field(description="Verified emissions, tCO2.")
    exempted: Decimal = strawberry.field(description="Added for gas units, tCO2.")
    top_up: Decimal = strawberry.field(description="Added to reach the plan's floor, tCO2.")
    relief: Decimal = strawberry.field(description="Taken off the obligation, tCO2.")
    factors: list[QuotaFactor] = strawberry.field(description="Every step.")
    confidence: str = strawberry.field(description="The lowest confidence among the figures.")
    documents: list[str] = strawberry.field(description="The documents it rests on.")


@strawberry.type(description="The most that can be carried over (结转上限).")
class CarryOverMaximum:
    """The most that can be carried over."""

    maximum: Decimal = strawberry.field(description="tCO2.")
    usable: Decimal | None = strawberry.field(
        description="The smaller of maximum and holdings, tCO2; null where `held` is not given."
    )
    base: Decimal = strawberry.field(description="The sector's base, tCO2.")
    multiple: Decimal = strawberry.field(description="What the net sales are multiplied with.")
    net_sales: Decimal = strawberry.field(description="As given, tCO2.")
    window_from: str = strawberry.field(description="First day of the net sales.")
    window_to: str = strawberry.field(description="Last day of the net sales.")
    deadline: str = strawberry.field(description="Last day to apply.")
    first_vintage: int = strawberry.field(description="Oldest vintage that can be converted.")
    last_vintage: int = strawberry.field(description="Newest vintage that must be converted.")
    formula: str = strawberry.field(description="The calculation written out.")
    factors: list[QuotaFactor] = strawberry.field(description="Every step.")


@strawberry.type(description="An allocation beside the emissions.")
class QuotaOutlook:
    """An allocation beside the emissions."""

    calculation: QuotaCalculation = strawberry.field(description="The allocation.")
    verified: Decimal = strawberry.field(description="Emissions, tCO2.")
    gap: Decimal = strawberry.field(description="What lacks (positive) or is left (negative), tCO2.")


@strawberry.type(description="The same unit before and after a change.")
class QuotaWhatIf:
    """Before and after a change."""

    before: QuotaOutlook = strawberry.field(description="As it is.")
    after: QuotaOutlook = strawberry.field(description="As it would be.")
    notes_zh: list[str] = strawberry.field(description="说明。")
    notes_en: list[str] = strawberry.field(description="Notes.")


@strawberry.type(description="A rule on penalties as recorded; no legal advice.")
class QuotaPenalty:
    """A rule on penalties."""

    code: str = strawberry.field(description="Stable.")
    low: Decimal | None = strawberry.field(description="Lower end, in the figure's unit.")
    high: Decimal | None = strawberry.field(description="Upper end, in the figure's unit.")
    computed_low: Decimal | None = strawberry.field(description="CNY, where it can be computed.")
    computed_high: Decimal | None = strawberry.field(description="CNY, where it can be computed.")
    outcome: RuleOutcomeEnum = strawberry.field(description="UNKNOWN where the amount is not recorded.")  # type: ignore[valid-type]
    figure: QuotaFigure = strawberry.field(description="The rule, its document and confidence.")


@strawberry.type(description="Recorded penalties, with what they are not.")
class QuotaPenalties:
    """Recorded penalties."""

    disclaimer_zh: str = strawberry.field(description="声明。")
    disclaimer_en: str = strawberry.field(description="What these are not.")
    penalties: list[QuotaPenalty] = strawberry.field(description="The rules in force on the day.")


@strawberry.type(description="Prices seen, dated and marked; no forecast.")
class QuotaPriceScenario:
    """Prices of a scenario."""

    code: str = strawberry.field(description="`low`, `central`, `high`.")
    cea: QuotaFigure = strawberry.field(description="CNY/t of an allowance.")
    ccer: QuotaFigure = strawberry.field(description="CNY/t of a CCER.")


def figure(value: rules.Figure) -> QuotaFigure:
    """Return a figure as the wire has it."""
    return QuotaFigure(
        name=value.name, key=value.key, value=value.value, low=value.low, high=value.high, text=value.text,
        unit=value.unit, document=value.document, source=value.source, confidence=value.confidence, note=value.note,
        is_uncertain=value.is_uncertain, valid=value.valid, parameter_id=_parameter(value.version_id),
    )  # fmt: skip


def _parameter(version_id: UUID | None) -> strawberry.ID | None:
    return None if version_id is None else node_id("ReferenceParameter", version_id)


def maybe_figure(value: rules.Figure | None) -> QuotaFigure | None:
    """Return a figure as the wire has it, None for none."""
    return None if value is None else figure(value)


def factors(values: Sequence[rules.Factor]) -> list[QuotaFactor]:
    """Return steps as the wire has them."""
    return [
        QuotaFactor(
            code=each.code, label_zh=each.label_zh, label_en=each.label_en, value=each.value, unit=each.unit,
            formula=each.formula, reason_zh=each.reason_zh, reason_en=each.reason_en, is_assumed=each.is_assumed,
            figure=maybe_figure(each.figure),
        )
        for each in values
    ]  # fmt: skip


def calculation(value: rules.Quota) -> QuotaCalculation:
    """Return an allocation as the wire has it."""
    return QuotaCalculation(
        year=value.year, quota=value.quota, displayed=value.displayed, formula=value.formula, basis=value.basis,
        parts=[
            QuotaPart(code=each.code, label_zh=each.label_zh, label_en=each.label_en, value=each.value,
                      expression=each.expression)
            for each in value.parts
        ],
        factors=factors(value.factors), is_assumed=value.is_assumed, is_uncertain=value.is_uncertain,
        confidence=value.confidence, documents=list(value.documents), notes_zh=list(value.notes_zh),
        notes_en=list(value.notes_en),
    )  # fmt: skip


def amount(value: rules.Amount) -> QuotaAmount:
    """Return an amount as the wire has it."""
    return QuotaAmount(
        value=value.value, displayed=value.displayed, whole=value.whole, unit=value.unit, formula=value.formula,
        is_maximum=value.is_maximum, factors=factors(value.factors), confidence=value.confidence,
        reason_zh=value.reason_zh, reason_en=value.reason_en,
    )  # fmt: skip


def findings(values: Sequence[rules.Finding]) -> list[QuotaFinding]:
    """Return ends of checks as the wire has them."""
    return [
        QuotaFinding(
            outcome=each.outcome, code=each.code, message_zh=each.zh, message_en=each.en,
            figure=maybe_figure(each.figure),
        )
        for each in values
    ]  # fmt: skip


def settlement(value: rules.Settlement) -> QuotaSettlement:
    """Return power units together as the wire has them."""
    return QuotaSettlement(
        allocation=value.allocation, obligation=value.obligation, verified=value.verified, exempted=value.exempted,
        top_up=value.top_up, relief=value.relief, factors=factors(value.factors), confidence=value.confidence,
        documents=list(value.documents),
    )  # fmt: skip


def maximum(value: rules.CarryOver) -> CarryOverMaximum:
    """Return the most that can be carried over as the wire has it."""
    return CarryOverMaximum(
        maximum=value.maximum, usable=value.usable, base=value.base, multiple=value.multiple, net_sales=value.net_sales,
        window_from=value.window[0].isoformat(), window_to=value.window[1].isoformat(),
        deadline=value.deadline.isoformat(), first_vintage=value.vintages[0], last_vintage=value.vintages[1],
        formula=value.formula, factors=factors(value.factors),
    )  # fmt: skip


def what_if(value: rules.WhatIf) -> QuotaWhatIf:
    """Return before and after as the wire has them."""
    return QuotaWhatIf(
        before=_outlook(value.before), after=_outlook(value.after), notes_zh=list(value.notes_zh),
        notes_en=list(value.notes_en),
    )  # fmt: skip


def _outlook(value: rules.Outlook) -> QuotaOutlook:
    return QuotaOutlook(calculation=calculation(value.quota), verified=value.verified, gap=value.gap)


def penalty(value: rules.Penalty) -> QuotaPenalty:
    """Return a rule on penalties as the wire has it."""
    return QuotaPenalty(
        code=value.code, low=value.low, high=value.high, computed_low=value.computed_low,
        computed_high=value.computed_high, outcome=value.outcome, figure=figure(value.figure),
    )  # fmt: skip


def scenario(value: rules.Scenario) -> QuotaPriceScenario:
    """Return prices as the wire has them."""
    return QuotaPriceScenario(code=value.code.value, cea=figure(value.cea), ccer=figure(value.ccer))
