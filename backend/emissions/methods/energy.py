"""Purchased, sold and self-made electricity, heat and steam.

Scope 2 has two numbers side by side. Location-based asks for the grid's average: province, then region, then
nation. Market-based is the same until the account claims certificates; from then on what certificates cover
(`purchased_green_electricity`) counts zero and the rest takes the residual factor, which excludes the
non-fossil energy others have already bought. A declared `factor` overrides both, `market_factor` only the
market-based one; either needs its source in words.

Net purchase = purchased - sold: sold energy is a method of its own with a negative coefficient.
"""

from collections.abc import Mapping
from decimal import Decimal

from backend.emissions.methods.arithmetic import KG_PER_T
from backend.emissions.methods.common import FACTOR_SOURCE, looked_up_factor
from backend.emissions.values import (
    Basis,
    Category,
    EnergyKind,
    FactorRequest,
    Gas,
    Label,
    Lookup,
    LookupContext,
    Method,
    Need,
    Parameter,
    TextParameter,
)

BOTH_SIDES = (Basis.LOCATION, Basis.MARKET)
SOURCE = "GB/T 32150-2025"
HEAT_SOURCE = "GB/T 32150-2025 7.5.6-7.5.7"

GRID_FACTOR = looked_up_factor("tCO2/MWh", Decimal(3))
MARKET_FACTOR = Parameter(
    "market_factor", "EF(market)", Label("市场法排放因子（合同或供应商）", "contractual (market-based) factor"),
    "tCO2/MWh", Need.OVERRIDE, Decimal(0), Decimal(3),
)  # fmt: skip
MARKET_FACTOR_SOURCE = TextParameter(
    "market_factor_source", Label("市场法排放因子来源", "source of the contractual factor"), goes_with="market_factor"
)
HEAT_FACTOR = looked_up_factor("tCO2/GJ", Decimal(1))
ENTHALPY = Parameter(
    "enthalpy", "h", Label("蒸汽焓值", "enthalpy of the steam"), "kJ/kg", Need.STATED, Decimal(2000), Decimal(4500)
)
RETURN_ENTHALPY = Parameter(
    "return_enthalpy", "h0", Label("回水焓值", "enthalpy of the returned water"), "kJ/kg",
    Need.LOOKED_UP, Decimal(0), Decimal(800),
)  # fmt: skip


def grid_levels(context: LookupContext) -> tuple[FactorRequest, ...]:
    """Return the location-based levels: province, region, nation."""
    name = "grid.electricity"
    return (
        FactorRequest(name, "provincial_average", context.province_code, context.on, "provincial average"),
        FactorRequest(name, "regional_average", context.grid_region, context.on, "regional average"),
        FactorRequest(name, "national_average", "CN", context.on, "national average"),
    )


def _residual(context: LookupContext) -> tuple[FactorRequest, ...]:
    level = "national residual (certificates are claimed)"
    return (FactorRequest("grid.residual", "national_excl_market_nonfossil", "CN", context.on, level),)


def _grid_lookups(context: LookupContext, basis: Basis) -> tuple[Lookup, ...]:
    if basis is Basis.MARKET and context.is_certificate_claimed:
        return (Lookup("factor", _residual(context)),)
    return (Lookup("factor", grid_levels(context)),)


def _green_lookups(context: LookupContext, basis: Basis) -> tuple[Lookup, ...]:
    return (Lookup("factor", grid_levels(context)),) if basis is not Basis.MARKET else ()


def _heat_lookups(context: LookupContext, _basis: Basis) -> tuple[Lookup, ...]:
    return (Lookup("factor", (FactorRequest("heat.supply", "default", "", context.on, "default of the standard"),)),)


def _steam_lookups(context: LookupContext, basis: Basis) -> tuple[Lookup, ...]:
    request = FactorRequest("heat.return_enthalpy", "20C", "", context.on, "returned water at 20 °C")
    return (*_heat_lookups(context, basis), Lookup("return_enthalpy", (request,)))


def _factor(numbers: Mapping[str, Decimal]) -> dict[Gas, Decimal]:
    return {Gas.CO2: numbers["factor"]}


def steam_heat(numbers: Mapping[str, Decimal]) -> Decimal:
    """Return the heat of a tonne of steam above the returned water, GJ/t."""
    return (numbers["enthalpy"] - numbers["return_enthalpy"]) / KG_PER_T


def _steam(numbers: Mapping[str, Decimal]) -> dict[Gas, Decimal]:
    return {Gas.CO2: steam_heat(numbers) * numbers["factor"]}


def _electricity(code: str, label: Label, formula: str, sign: int) -> Method:
    return Method(
        code=code, label=label, scopes=(2,), category=Category.ELECTRICITY, base_units=("MWh",), gases=(Gas.CO2,),
        formula=formula, formula_source=SOURCE, parameters=(GRID_FACTOR, MARKET_FACTOR), compute=_factor,
        lookups=_grid_lookups, bases=BOTH_SIDES, texts=(FACTOR_SOURCE, MARKET_FACTOR_SOURCE),
        energy=EnergyKind.ELECTRICITY, sign=sign,
    )  # fmt: skip


def _heat(code: str, label: Label, formula: str, sign: int) -> Method:
    return Method(
        code=code, label=label, scopes=(2,), category=Category.HEAT, base_units=("GJ",), gases=(Gas.CO2,),
        formula=formula, formula_source=HEAT_SOURCE, parameters=(HEAT_FACTOR,), compute=_factor,
        lookups=_heat_lookups, texts=(FACTOR_SOURCE,), energy=EnergyKind.HEAT, sign=sign,
    )  # fmt: skip


def _steam_method(code: str, label: Label, formula: str, sign: int) -> Method:
    return Method(
        code=code, label=label, scopes=(2,), category=Category.HEAT, base_units=("t",), gases=(Gas.CO2,),
        formula=formula, formula_source=HEAT_SOURCE, parameters=(ENTHALPY, RETURN_ENTHALPY, HEAT_FACTOR), compute=_steam,
        lookups=_steam_lookups, texts=(FACTOR_SOURCE,), energy=EnergyKind.STEAM, sign=sign,
        confidence="from-memory",
    )  # fmt: skip


PURCHASED_ELECTRICITY = _electricity(
    "purchased_electricity", Label("购入电力", "purchased electricity"), "E = AD × EF", 1
)
SOLD_ELECTRICITY = _electricity("sold_electricity", Label("输出电力", "sold electricity"), "E = -AD × EF", -1)
CLAIMED_ELECTRICITY = Method(
    code="claimed_electricity",
    label=Label("绿证核销抵扣电量", "purchased electricity covered by certificates claimed in this account"),
    scopes=(2,),
    category=Category.ELECTRICITY,
    base_units=("MWh",),
    gases=(Gas.CO2,),
    formula="E(market) = 0",
    formula_source=SOURCE,
    parameters=(),
    compute=_factor,
    bases=(Basis.MARKET,),
    zero_on=(Basis.MARKET,),
    confidence="from-memory",
)
"""Never a source's own method: the market side of the electricity that cancelled certificates cover. The location side
stays with the purchased electricity, which it does not change."""
PURCHASED_GREEN_ELECTRICITY = Method(
    code="purchased_green_electricity",
    label=Label("购入绿电（绿证已核销）", "purchased electricity covered by cancelled certificates"),
    scopes=(2,),
    category=Category.ELECTRICITY,
    base_units=("MWh",),
    gases=(Gas.CO2,),
    formula="E(location) = AD × EF; E(market) = 0",
    formula_source=SOURCE,
    parameters=(GRID_FACTOR,),
    compute=_factor,
    lookups=_green_lookups,
    bases=BOTH_SIDES,
    texts=(
        FACTOR_SOURCE,
        TextParameter("certificate", Label("绿证编号或核销凭证", "certificate numbers or proof of cancellation")),
    ),
    energy=EnergyKind.ELECTRICITY,
    zero_on=(Basis.MARKET,),
    needs_evidence=True,
)
ONSITE_NONFOSSIL_ELECTRICITY = Method(
    code="onsite_nonfossil_electricity",
    label=Label("自发自用非化石能源电力", "on-site non-fossil electricity, self-used"),
    scopes=(2,),
    category=Category.ELECTRICITY,
    base_units=("MWh",),
    gases=(Gas.CO2,),
    formula="E = 0 (counted as energy)",
    formula_source=SOURCE,
    parameters=(),
    compute=_factor,
    bases=BOTH_SIDES,
    zero_on=BOTH_SIDES,
    energy=EnergyKind.ELECTRICITY,
)
PURCHASED_HEAT = _heat("purchased_heat", Label("购入热力", "purchased heat"), "E = AD × EF", 1)
SOLD_HEAT = _heat("sold_heat", Label("输出热力", "sold heat"), "E = -AD × EF", -1)
PURCHASED_STEAM = _steam_method(
    "purchased_steam", Label("购入蒸汽（按质量）", "purchased steam by mass"), "E = AD × (h − h0)/1000 × EF", 1
)
SOLD_STEAM = _steam_method(
    "sold_steam", Label("输出蒸汽（按质量）", "sold steam by mass"), "E = -AD × (h − h0)/1000 × EF", -1
)
