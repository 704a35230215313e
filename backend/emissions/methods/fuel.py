"""Combustion of fossil fuels."""

from collections.abc import Mapping
from decimal import Decimal

from backend.emissions.methods.arithmetic import CARBON, CO2
from backend.emissions.methods.common import FACTOR_SOURCE, declared, override
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
)

NCV = Parameter(
    "ncv", "NCV", Label("低位发热量", "net calorific value"), "GJ/{base}", Need.LOOKED_UP, Decimal("0.1"), Decimal(1000)
)
CARBON_CONTENT = Parameter(
    "carbon_content", "CC", Label("单位热值含碳量", "carbon content per heat"), "tC/GJ",
    Need.LOOKED_UP, Decimal(0), Decimal("0.2"), aliases=("cc",),
)  # fmt: skip
OXIDATION = Parameter(
    "oxidation_factor", "OF", Label("碳氧化率", "oxidation factor"), "1",
    Need.LOOKED_UP, Decimal(0), Decimal(1), aliases=("of",),
)  # fmt: skip
ELEMENTAL_CARBON = Parameter(
    "elemental_carbon", "C", Label("元素碳含量（实测）", "measured elemental carbon"), "tC/{base}",
    Need.OVERRIDE, Decimal(0), Decimal(10), replaces=("ncv", "carbon_content"),
)  # fmt: skip
FACTOR = override("tCO2/{base}", Decimal(100), ("ncv", "carbon_content", "oxidation_factor", "elemental_carbon"))

COMBUSTION_SOURCE = "GB/T 32150-2025; 企业温室气体排放核算与报告指南"


def _combustion(numbers: Mapping[str, Decimal]) -> dict[Gas, Decimal]:
    if declared(numbers):
        return {Gas.CO2: numbers["factor"]}
    if "elemental_carbon" in numbers:
        carbon = numbers["elemental_carbon"]
    else:
        carbon = numbers["ncv"] * numbers["carbon_content"]
    return {Gas.CO2: carbon * numbers["oxidation_factor"] * CO2 / CARBON}


def _table_row(context: LookupContext, name: str) -> FactorRequest:
    level = f"fuel table {context.fuel_table}"
    return FactorRequest(name, f"{context.fuel_table}/{context.key}", "", context.on, level)


def _fuel_lookups(context: LookupContext, _basis: Basis) -> tuple[Lookup, ...]:
    return (
        Lookup("ncv", (_table_row(context, "fuel.ncv"),)),
        Lookup("carbon_content", (_table_row(context, "fuel.carbon_content"),)),
        Lookup("oxidation_factor", (_table_row(context, "fuel.oxidation"),)),
    )


def _unmeasured_lookups(context: LookupContext, _basis: Basis) -> tuple[Lookup, ...]:
    name, level = "fuel.power_coal_unmeasured", "default for coal whose carbon is not measured"
    return (
        Lookup("ncv", (_table_row(context, "fuel.ncv"),)),
        Lookup("carbon_content", (FactorRequest(name, "carbon_content", "", context.on, level),)),
        Lookup("oxidation_factor", (FactorRequest(name, "oxidation", "", context.on, level),)),
    )


FUEL_COMBUSTION = Method(
    code="fuel_combustion",
    label=Label("化石燃料燃烧", "fossil fuel combustion"),
    scopes=(1, 3),
    category=Category.COMBUSTION,
    base_units=("t", "万Nm3"),
    gases=(Gas.CO2,),
    formula="E = FC × NCV × CC × OF × 44/12",
    formula_source=COMBUSTION_SOURCE,
    parameters=(NCV, CARBON_CONTENT, OXIDATION, ELEMENTAL_CARBON, FACTOR),
    compute=_combustion,
    lookups=_fuel_lookups,
    texts=(FACTOR_SOURCE,),
    energy=EnergyKind.FUEL,
)

POWER_COAL_UNMEASURED = Method(
    code="power_coal_unmeasured",
    label=Label("发电燃煤（元素碳未实测）", "power plant coal, carbon not measured"),
    scopes=(1,),
    category=Category.COMBUSTION,
    base_units=("t",),
    gases=(Gas.CO2,),
    formula="E = FC × NCV × CC(default) × OF(default) × 44/12",
    formula_source="CETS-AG-01.01 发电设施",
    parameters=(NCV, CARBON_CONTENT, OXIDATION),
    compute=_combustion,
    lookups=_unmeasured_lookups,
    energy=EnergyKind.FUEL,
    confidence="from-memory",
)
