"""What a statement's emissions were computed from, as JSON: inventories, records, claims, figures, factor versions.

Decimals are text and exact, months `2025-03`, moments in ISO 8601. Nothing is computed here but the exact factor of units
that a printed coefficient of standard coal was brought into the line's unit with.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from backend.accounts.values import EvidenceValue, FigureValue
from backend.emissions.methods import METHODS
from backend.emissions.service import EnergyClaim, InventoryInputs
from backend.emissions.values import EnergyKind
from backend.factors.values import Version
from backend.kit.quantities import IncompatibleUnits, UnknownUnit, canonical, rate_conversion
from backend.statements.bundle.formulas import Formula, of_coal, of_line

NOT_OF_A_METHOD = frozenset({"gwp", "standard_coal", "claim"})
"""What a line keeps beside the parameters of its coefficient."""
TOTALS = ("scope1", "scope2_location", "scope2_market", "scope3", "energy_tce")


def versions_named(found: Iterable[InventoryInputs]) -> list[UUID]:
    """Return the factor versions the lines name, once each."""
    names = ("version_id", "heat_value_version_id")
    every = (each for one in found for line in one.lines for each in line.parameters)
    return sorted({UUID(each[name]) for each in every for name in names if each.get(name)})


def evidence_named(found: Iterable[InventoryInputs], figures: Iterable[FigureValue]) -> list[UUID]:
    """Return the evidence that records and figures rest on, once each."""
    of_records = {each.evidence_id for one in found for each in one.records}
    return sorted(each for each in of_records | {one.evidence_id for one in figures} if each is not None)


def inventories(
    found: Sequence[InventoryInputs], versions: Mapping[UUID, Version]
) -> tuple[list[dict[str, Any]], list[Formula]]:
    """Return the inventories with their lines and months, and the formulas the lines use, once each, by id."""
    formulas: dict[str, Formula] = {}
    return [_inventory(each, versions, formulas) for each in found], [formulas[each] for each in sorted(formulas)]


def _inventory(
    one: InventoryInputs, versions: Mapping[UUID, Version], formulas: dict[str, Formula]
) -> dict[str, Any]:  # fmt: skip
    head = one.head
    return {
        "id": str(head.id), "year": head.year, "version": head.version, "as_of": moment(head.as_of),
        "computed_at": moment(head.computed_at), "factor_policy": head.factor_policy,
        "factor_date": head.factor_date.isoformat(), "method_pack": head.method_pack, "fuel_table": head.fuel_table,
        "record_count": head.record_count, "excluded_count": head.excluded_count,
        "totals": {name: number(getattr(head, name)) for name in TOTALS},
        "months": [
            {"month": f"{each.month:%Y-%m}", **{name: number(getattr(each, name)) for name in TOTALS}}
            for each in one.months
        ],
        "lines": [_line(each, versions, formulas) for each in one.lines],
    }  # fmt: skip


def _line(line: Any, versions: Mapping[UUID, Version], formulas: dict[str, Formula]) -> dict[str, Any]:  # noqa: ANN401 - a row
    taken = [each for each in line.parameters if "used_value" in each and each["code"] not in NOT_OF_A_METHOD]
    formula = of_line(line.method, line.gas, line.basis, [each["code"] for each in taken], line.formula)
    formulas[formula.id] = formula
    warming = next(each for each in line.parameters if each["code"] == "gwp")
    return {
        "id": str(line.id), "source_id": str(line.source_id), "source_code": line.source_code,
        "source_name": line.source_name, "site_name": line.site_name, "scope": line.scope, "category": line.category,
        "method": line.method, "key": line.key, "gas": line.gas, "basis": line.basis,
        "months": [f"{each:%Y-%m}" for each in line.months], "record_count": line.record_count,
        "quantities": line.quantities, "base_quantity": number(line.base_quantity), "base_unit": line.base_unit,
        "parameters": [_parameter(each) for each in taken],
        "formula": formula.id, "coefficient": number(line.coefficient), "coefficient_unit": line.coefficient_unit,
        "result_t": number(line.result_t),
        "gwp": {"value": number(line.gwp), "version": warming["version_id"]}, "co2e_t": number(line.co2e_t),
        "coal": _coal(line, versions, formulas), "energy_tce": number(line.energy_tce),
        "claims": [each["claim"]["movement_id"] for each in line.parameters if "claim" in each],
        "words": {each["code"]: each["text_value"] for each in line.parameters if each["origin"] == "stated"},
        "explanation": line.formula, "formula_source": line.formula_source,
    }  # fmt: skip


def _parameter(kept: Mapping[str, Any]) -> dict[str, Any]:
    """Return a parameter of a coefficient: its value and unit as the formula takes them, and where they come from."""
    return {
        "code": kept["code"], "symbol": kept["symbol"], "zh": kept["zh"], "en": kept["en"],
        "value": kept["used_value"], "unit": unit_of(kept["used_unit"]), "origin": kept["origin"],
        "version": kept.get("version_id"), "stated_as": kept.get("stated_as", kept["code"]),
        "source": kept.get("source", ""),
    }  # fmt: skip


def _coal(line: Any, versions: Mapping[UUID, Version], formulas: dict[str, Formula]) -> dict[str, Any] | None:  # noqa: ANN401 - a row
    """Return how the line's energy in standard coal came to be; None where it carries none, or it cannot be told."""
    kept = next((each for each in line.parameters if each["code"] == "standard_coal"), None)
    if kept is None:
        return None
    rule = kept["coal_rule"]
    formula = of_coal(line.method, rule)
    formulas[formula.id] = formula
    values: dict[str, dict[str, Any]] = {}
    if rule == "printed":
        version = versions.get(UUID(kept["version_id"]))
        method = METHODS.get(line.method)
        wanted = "tce/GJ" if method is not None and method.energy is EnergyKind.STEAM else f"tce/{line.base_unit}"
        if version is not None and version.value is not None:
            rate = rate_conversion(version.unit, wanted)
            values["printed"] = {"value": number(version.value), "version": str(version.id)}
            values["rate"] = {"value": number(rate), "from": unit_of(version.unit), "to": wanted}
    else:
        heat = versions.get(UUID(kept["heat_value_version_id"]))
        if heat is not None and heat.value is not None:
            values["heat_value"] = {"value": number(heat.value), "version": str(heat.id)}
        values["ncv"] = {"value": kept["ncv"], "version": kept["version_id"] if rule == "table" else None}
    return {"formula": formula.id, "coefficient": kept["value"], "values": values}


def records(one: InventoryInputs) -> list[dict[str, Any]]:
    """Return the records an inventory was computed from; `multiplier` is the meter's transformer ratio."""
    return [
        {
            "id": str(each.id), "source_id": str(each.source_id), "source_code": each.source_code,
            "meter": each.meter_code, "month": f"{each.month:%Y-%m}", "quantity": number(each.quantity),
            "unit": each.unit, "multiplier": number(each.multiplier), "tier": each.tier, "parameters": each.parameters,
            "evidence": None if each.evidence_id is None else str(each.evidence_id),
            "recorded_at": moment(each.recorded_at),
            "supersedes": None if each.supersedes_id is None else str(each.supersedes_id),
        }
        for each in one.records
    ]  # fmt: skip


def claim(one: EnergyClaim) -> dict[str, Any]:
    """Return certificates cancelled for a year's electricity, part by part."""
    return {
        "movement": str(one.movement_id), "number": one.movement_number, "class": one.class_code, "year": one.year,
        "mwh": number(one.mwh), "recorded_at": moment(one.recorded_at),
        "parts": [
            {
                "mwh": number(part.mwh), "produced": None if part.produced is None else f"{part.produced:%Y-%m}",
                "batch": part.batch_id, "serials": [list(each) for each in part.serials], "project": part.project,
                "technology": part.technology,
            }
            for part in one.parts
        ],
    }  # fmt: skip


def figure(one: FigureValue) -> dict[str, Any]:
    """Return a yearly figure the account stated."""
    return {
        "id": str(one.id), "year": one.year, "kind": one.kind.value, "product": one.product,
        "quantity": number(one.quantity), "unit": one.unit,
        "evidence": None if one.evidence_id is None else str(one.evidence_id), "note": one.note,
        "recorded_at": moment(one.recorded_at),
    }  # fmt: skip


def factor(one: Version) -> dict[str, Any]:
    """Return a version of a reference parameter: what it says, since when, by which document, how sure."""
    return {
        "id": str(one.id), "name": one.name, "key": one.key, "region": one.region, "version": one.version,
        "value": None if one.value is None else number(one.value), "unit": unit_of(one.unit), "unit_printed": one.unit,
        "valid": str(one.valid), "document": one.document,
        "published_on": None if one.published_on is None else one.published_on.isoformat(), "source": one.source,
        "confidence": one.confidence, "note": one.note, "label_zh": one.label_zh, "label_en": one.label_en,
    }  # fmt: skip


def evidence(one: EvidenceValue) -> dict[str, Any]:
    """Return what tells whether a file in hand is the evidence that was uploaded; the content is not in the bundle."""
    return {
        "id": str(one.id), "file_name": one.file_name, "media_type": one.media_type, "size": one.size,
        "sha256": one.sha256, "uploaded_at": moment(one.uploaded_at),
    }  # fmt: skip


def unit_of(written: str) -> str:
    """Return a unit in the one spelling of the product, where it is one (`GJ/10^4Nm3` is `GJ/万Nm3`)."""
    try:
        return "/".join(canonical(part) for part in written.split("/"))
    except (UnknownUnit, IncompatibleUnits):
        return written


def number(value: Decimal) -> str:
    """Return a decimal as text, all its digits and no exponent."""
    return format(value, "f")


def moment(value: datetime) -> str:
    """Return a moment as text."""
    return value.isoformat()
