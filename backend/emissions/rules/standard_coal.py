"""Standard coal (tce) beside the tonnes: one linear coefficient per source, like the gases'.

Which value holds, in this order:

1. a heat value **measured** by the account: NCV / 29.3076 GJ/tce, the definition of standard coal;
2. the coefficient **printed** in GB/T 2589 for this energy;
3. nothing: where the standard prints only a range (natural gas, coke oven gas, coal slurry) or has no row, it
   *cannot be told*, unless the caller decides to take the fuel **table**'s heat value and says so.

Electricity counts with its calorific (当量) value, heat per MJ, steam by its heat above the returned water. Sold
energy is negative by its method's sign. The definition is a parameter and not a conversion of units.
"""

from datetime import date
from decimal import Decimal, localcontext

from backend.emissions.methods.arithmetic import WORKING, quantised
from backend.emissions.values import EnergyKind, FactorRequest, Method, StandardCoal
from backend.kit.quantities import IncompatibleUnits, rate_conversion

NAME = "standard_coal"

ENERGY_OF_FUEL = {
    "洗精煤": "洗精煤", "洗中煤": "洗中煤", "煤泥": "煤泥", "煤矸石": "煤矸石", "焦炭": "焦炭", "原油": "原油",
    "燃料油": "燃料油", "汽油": "汽油", "柴油": "柴油", "煤油": "煤油", "一般煤油": "煤油", "煤焦油": "煤焦油",
    "焦油": "煤焦油", "粗苯": "粗苯", "高炉煤气": "高炉煤气", "焦炉煤气": "焦炉煤气", "天然气": "气田/油田天然气",
    "液化天然气": "液化天然气", "液化石油气": "液化石油气", "炼厂干气": "炼厂干气", "原煤": "原煤",
}  # fmt: skip
"""Fuel of the fuel tables -> energy of GB/T 2589. Coals by rank have no row there: only a measured value helps."""


def energy_name(method: Method, key: str) -> str | None:
    """Return the energy's name in GB/T 2589, None where the method is no energy or the standard has no row."""
    if method.energy is EnergyKind.FUEL:
        return ENERGY_OF_FUEL.get(key)
    if method.energy is EnergyKind.ELECTRICITY:
        return "电力(当量值)"
    if method.energy in (EnergyKind.HEAT, EnergyKind.STEAM):
        return "热力(当量值)"
    return None


def coal_request(method: Method, key: str, on: date) -> FactorRequest | None:
    """Return the question for the printed coefficient, None where there is none to ask for."""
    name = energy_name(method, key)
    return None if name is None else FactorRequest(NAME, name, "", on, "GB/T 2589 coefficient")


def heat_value_request(on: date) -> FactorRequest:
    """Return the question for the heat of a tonne of standard coal, GJ/tce."""
    return FactorRequest("standard_coal.heat_value", "tce", "", on, "definition of standard coal")


def standard_coal(
    method: Method,
    base_unit: str,
    heat_value: Decimal,
    *,
    printed: Decimal | None = None,
    printed_unit: str = "",
    measured_ncv: Decimal | None = None,
    table_ncv: Decimal | None = None,
    steam_gj_per_t: Decimal | None = None,
) -> StandardCoal:
    """Return tce per base unit, signed and rounded to 20 places, and the rule that gave it.

    `heat_value` in GJ/tce; `printed` in `printed_unit` (`kgce/kWh`); heat values in GJ per base unit. A method
    that is no energy gives 0 by the rule `none`; what cannot be told is None by the rule `unknown`.
    """
    if method.energy is EnergyKind.NONE:
        return StandardCoal(Decimal(0), "none")
    with localcontext(WORKING):
        if method.energy is EnergyKind.FUEL and measured_ncv is not None:
            return StandardCoal(quantised(method.sign * measured_ncv / heat_value), "measured")
        if printed is not None:
            per_base = _printed(method, base_unit, printed, printed_unit, steam_gj_per_t)
            if per_base is not None:
                return StandardCoal(quantised(method.sign * per_base), "printed")
        if method.energy is EnergyKind.FUEL and table_ncv is not None:
            return StandardCoal(quantised(method.sign * table_ncv / heat_value), "table")
    return StandardCoal(None, "unknown")


def _printed(
    method: Method, base_unit: str, printed: Decimal, printed_unit: str, steam_gj_per_t: Decimal | None
) -> Decimal | None:
    if method.energy is EnergyKind.STEAM:
        if steam_gj_per_t is None:
            return None
        return printed * rate_conversion(printed_unit, "tce/GJ") * steam_gj_per_t
    try:
        return printed * rate_conversion(printed_unit, f"tce/{base_unit}")
    except IncompatibleUnits:
        # The standard counts this energy by another kind of quantity (per kg, while the account has m3).
        return None
