"""Process emissions: carbonates, clinker, the carbon balance of steel."""

from collections.abc import Mapping
from decimal import Decimal

from backend.emissions.methods.arithmetic import CAO, CO2, MGO
from backend.emissions.methods.common import FACTOR_SOURCE, declared, looked_up_factor, override
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

LIMESTONE = Choice("limestone", Label("石灰石", "limestone"), ("caco3",))
DOLOMITE = Choice("dolomite", Label("白云石", "dolomite"))
DRI = Choice("dri", Label("直接还原铁", "direct reduced iron"))
SCRAP = Choice("scrap", Label("废钢", "steel scrap"), ("废钢铁",))
ELECTRODE = Choice("electrode", Label("电极", "electrode"), ("石墨电极",))
PIG_IRON = Choice("pig_iron", Label("生铁", "pig iron"))
CRUDE_STEEL = Choice("crude_steel", Label("粗钢", "crude steel"))

ONE = Decimal(1)


def _share(code: str, symbol: str, label: Label, need: Need, default: Decimal | None = None) -> Parameter:
    return Parameter(code, symbol, label, "1", need, Decimal(0), ONE, default)


PURITY = _share("purity", "I", Label("碳酸盐纯度", "purity of the carbonate"), Need.DEFAULTED, ONE)
CONVERSION = _share("conversion_rate", "F", Label("分解（煅烧）率", "calcined share"), Need.DEFAULTED, ONE)
CAO_SHARE = _share("cao", "CaO", Label("熟料中氧化钙含量", "CaO content of the clinker"), Need.STATED)
MGO_SHARE = _share("mgo", "MgO", Label("熟料中氧化镁含量", "MgO content of the clinker"), Need.STATED)
CAO_NONCARBONATE = _share(
    "cao_noncarbonate", "CaO'", Label("熟料中非碳酸盐来源的氧化钙", "CaO not from carbonates, per clinker"),
    Need.DEFAULTED, Decimal(0),
)  # fmt: skip
MGO_NONCARBONATE = _share(
    "mgo_noncarbonate", "MgO'", Label("熟料中非碳酸盐来源的氧化镁", "MgO not from carbonates, per clinker"),
    Need.DEFAULTED, Decimal(0),
)  # fmt: skip
CLINKER_FACTOR = override("tCO2/t", ONE, ("cao", "mgo", "cao_noncarbonate", "mgo_noncarbonate"))
MATERIAL_FACTOR = looked_up_factor("tCO2/t", Decimal(10))


def _carbonate(numbers: Mapping[str, Decimal]) -> dict[Gas, Decimal]:
    return {Gas.CO2: numbers["factor"] * numbers["purity"] * numbers["conversion_rate"]}


def _clinker(numbers: Mapping[str, Decimal]) -> dict[Gas, Decimal]:
    if declared(numbers):
        return {Gas.CO2: numbers["factor"]}
    calcium = (numbers["cao"] - numbers["cao_noncarbonate"]) * CO2 / CAO
    magnesium = (numbers["mgo"] - numbers["mgo_noncarbonate"]) * CO2 / MGO
    return {Gas.CO2: calcium + magnesium}


def _factor(numbers: Mapping[str, Decimal]) -> dict[Gas, Decimal]:
    return {Gas.CO2: numbers["factor"]}


def _carbonate_lookups(context: LookupContext, _basis: Basis) -> tuple[Lookup, ...]:
    request = FactorRequest("process.carbonate", context.key, "", context.on, "default of the guide")
    return (Lookup("factor", (request,)),)


def _steel_lookups(context: LookupContext, _basis: Basis) -> tuple[Lookup, ...]:
    request = FactorRequest("steel.carbon_balance", context.key, "", context.on, "default of the guide")
    return (Lookup("factor", (request,)),)


CARBONATE = Method(
    code="carbonate",
    label=Label("碳酸盐分解", "decomposition of carbonates"),
    scopes=(1,),
    category=Category.PROCESS,
    base_units=("t",),
    gases=(Gas.CO2,),
    formula="E = AD × EF × I × F",
    formula_source="GB/T 32150-2025",
    parameters=(MATERIAL_FACTOR, PURITY, CONVERSION),
    compute=_carbonate,
    lookups=_carbonate_lookups,
    texts=(FACTOR_SOURCE,),
    keys=(LIMESTONE, DOLOMITE),
    confidence="from-memory",
)

CLINKER = Method(
    code="clinker",
    label=Label("水泥熟料生产过程", "clinker production"),
    scopes=(1,),
    category=Category.PROCESS,
    base_units=("t",),
    gases=(Gas.CO2,),
    formula="E = Q × [(CaO - CaO') × 44/56 + (MgO - MgO') × 44/40]",
    formula_source="GB/T 32151.8-2023; CETS-AG-02.01",
    parameters=(CAO_SHARE, MGO_SHARE, CAO_NONCARBONATE, MGO_NONCARBONATE, CLINKER_FACTOR),
    compute=_clinker,
    texts=(FACTOR_SOURCE,),
)

STEEL_SOURCE = "CETS-AG-03.01-V01-2024"

STEEL_CARBON_INPUT = Method(
    code="steel_carbon_input",
    label=Label("钢铁碳平衡：含碳物料投入", "steel carbon balance: materials put in"),
    scopes=(1,),
    category=Category.PROCESS,
    base_units=("t",),
    gases=(Gas.CO2,),
    formula="E = AD × EF",
    formula_source=STEEL_SOURCE,
    parameters=(MATERIAL_FACTOR,),
    compute=_factor,
    lookups=_steel_lookups,
    texts=(FACTOR_SOURCE,),
    keys=(DRI, SCRAP, ELECTRODE, LIMESTONE, DOLOMITE, PIG_IRON),
)

STEEL_CARBON_OUTPUT = Method(
    code="steel_carbon_output",
    label=Label("钢铁碳平衡：固碳产品", "steel carbon balance: carbon in products"),
    scopes=(1,),
    category=Category.PROCESS,
    base_units=("t",),
    gases=(Gas.CO2,),
    formula="E = -AD × EF",
    formula_source=STEEL_SOURCE,
    parameters=(MATERIAL_FACTOR,),
    compute=_factor,
    lookups=_steel_lookups,
    texts=(FACTOR_SOURCE,),
    keys=(PIG_IRON, CRUDE_STEEL),
    sign=-1,
    confidence="from-memory",
)
