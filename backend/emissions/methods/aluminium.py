"""Electrolytic aluminium: perfluorocarbons of the anode effect, and the anode burnt away."""

from collections.abc import Mapping
from decimal import Decimal

from backend.emissions.methods.arithmetic import CARBON, CO2, KG_PER_T
from backend.emissions.values import (
    Basis,
    Category,
    Choice,
    FactorRequest,
    Gas,
    Label,
    Lookup,
    LookupContext,
    Method,
    Need,
    Parameter,
)

SOURCE = "GB/T 32151.4-2026; CETS-AG-04.01"

TECHNOLOGIES = (
    Choice("cwpb", Label("中心下料预焙槽", "centre-worked prebake"), ("预焙槽",)),
    Choice("swpb", Label("边部下料预焙槽", "side-worked prebake")),
    Choice("vss", Label("上插自焙槽", "vertical stud Søderberg")),
    Choice("hss", Label("侧插自焙槽", "horizontal stud Søderberg")),
)


def _parameter(code: str, symbol: str, zh: str, en: str, unit: str, need: Need, high: str) -> Parameter:
    return Parameter(code, symbol, Label(zh, en), unit, need, Decimal(0), Decimal(high))


CF4_FACTOR = _parameter("cf4_factor", "EF(CF4)", "CF4排放因子", "CF4 factor", "kg/t", Need.LOOKED_UP, "10")
C2F6_FACTOR = _parameter("c2f6_factor", "EF(C2F6)", "C2F6排放因子", "C2F6 factor", "kg/t", Need.LOOKED_UP, "10")
EFFECT_MINUTES = _parameter(
    "anode_effect_minutes", "AEM", "每槽日阳极效应时间", "anode-effect minutes per cell-day", "min/(cell·d)",
    Need.STATED, "1440",
)  # fmt: skip
SLOPE = _parameter("slope", "S", "CF4斜率系数", "CF4 slope", "kg/t per min/(cell·d)", Need.LOOKED_UP, "10")
WEIGHT_RATIO = _parameter("weight_ratio", "R", "C2F6/CF4质量比", "mass ratio C2F6/CF4", "1", Need.LOOKED_UP, "1")
NET_ANODE = _parameter("net_anode", "NC", "炭阳极净耗", "net anode consumption", "t/t", Need.LOOKED_UP, "2")
SULPHUR = _parameter("sulphur", "S", "炭阳极含硫量", "sulphur content of the anode", "1", Need.LOOKED_UP, "0.2")
ASH = _parameter("ash", "A", "炭阳极灰分", "ash content of the anode", "1", Need.LOOKED_UP, "0.2")


def _defaults(context: LookupContext, name: str, *pairs: tuple[str, str]) -> tuple[Lookup, ...]:
    return tuple(
        Lookup(parameter, (FactorRequest(name, key, "", context.on, "default of the guide"),))
        for parameter, key in pairs
    )


def _pfc_lookups(context: LookupContext, _basis: Basis) -> tuple[Lookup, ...]:
    return _defaults(context, "aluminium.pfc", ("cf4_factor", "CF4"), ("c2f6_factor", "C2F6"))


def _slope_lookups(context: LookupContext, _basis: Basis) -> tuple[Lookup, ...]:
    return (
        *_defaults(context, "aluminium.slope", ("slope", context.key)),
        *_defaults(context, "aluminium.weight_ratio", ("weight_ratio", context.key)),
    )


def _anode_lookups(context: LookupContext, _basis: Basis) -> tuple[Lookup, ...]:
    return _defaults(
        context, "aluminium.anode", ("net_anode", "net_anode"), ("sulphur", "sulphur"), ("ash", "ash")
    )  # fmt: skip


def _pfc(numbers: Mapping[str, Decimal]) -> dict[Gas, Decimal]:
    return {Gas.CF4: numbers["cf4_factor"] / KG_PER_T, Gas.C2F6: numbers["c2f6_factor"] / KG_PER_T}


def _slope(numbers: Mapping[str, Decimal]) -> dict[Gas, Decimal]:
    tetra = numbers["slope"] * numbers["anode_effect_minutes"] / KG_PER_T
    return {Gas.CF4: tetra, Gas.C2F6: tetra * numbers["weight_ratio"]}


def _anode(numbers: Mapping[str, Decimal]) -> dict[Gas, Decimal]:
    carbon = numbers["net_anode"] * (1 - numbers["sulphur"] - numbers["ash"])
    return {Gas.CO2: carbon * CO2 / CARBON}


ALUMINIUM_PFC = Method(
    code="aluminium_pfc",
    label=Label("阳极效应（缺省因子）", "anode effect, default factors"),
    scopes=(1,),
    category=Category.ALUMINIUM,
    base_units=("t",),
    gases=(Gas.CF4, Gas.C2F6),
    formula="E(gas) = P × EF(gas) / 1000",
    formula_source=SOURCE,
    parameters=(CF4_FACTOR, C2F6_FACTOR),
    compute=_pfc,
    lookups=_pfc_lookups,
    confidence="from-memory",
)

ALUMINIUM_PFC_SLOPE = Method(
    code="aluminium_pfc_slope",
    label=Label("阳极效应（斜率法）", "anode effect, slope method"),
    scopes=(1,),
    category=Category.ALUMINIUM,
    base_units=("t",),
    gases=(Gas.CF4, Gas.C2F6),
    formula="E(CF4) = P × S × AEM / 1000; E(C2F6) = E(CF4) × R",
    formula_source=f"{SOURCE}; IPCC 2006 vol.3 ch.4",
    parameters=(EFFECT_MINUTES, SLOPE, WEIGHT_RATIO),
    compute=_slope,
    lookups=_slope_lookups,
    keys=TECHNOLOGIES,
    confidence="from-memory",
)

ALUMINIUM_ANODE = Method(
    code="aluminium_anode",
    label=Label("炭阳极消耗", "anode consumption"),
    scopes=(1,),
    category=Category.ALUMINIUM,
    base_units=("t",),
    gases=(Gas.CO2,),
    formula="E = P × NC × (1 - S - A) × 44/12",
    formula_source=SOURCE,
    parameters=(NET_ANODE, SULPHUR, ASH),
    compute=_anode,
    lookups=_anode_lookups,
    confidence="from-memory",
)
