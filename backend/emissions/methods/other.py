"""Scope 3 activities, gases let off directly, and tonnes stated by the account itself."""

from collections.abc import Mapping
from decimal import Decimal

from backend.emissions.methods.common import FACTOR_SOURCE
from backend.emissions.values import (
    Category,
    Choice,
    Gas,
    Label,
    Method,
    Need,
    Parameter,
    Scope3Category,
    TextParameter,
)

_NAMES = (
    ("外购商品和服务", "purchased goods and services"),
    ("资本商品", "capital goods"),
    ("燃料和能源相关活动", "fuel- and energy-related activities"),
    ("上游运输和配送", "upstream transportation and distribution"),
    ("运营中产生的废物", "waste generated in operations"),
    ("商务旅行", "business travel"),
    ("员工通勤", "employee commuting"),
    ("上游租赁资产", "upstream leased assets"),
    ("下游运输和配送", "downstream transportation and distribution"),
    ("销售产品的加工", "processing of sold products"),
    ("销售产品的使用", "use of sold products"),
    ("销售产品的最终处置", "end-of-life treatment of sold products"),
    ("下游租赁资产", "downstream leased assets"),
    ("特许经营", "franchises"),
    ("投资", "investments"),
)

SCOPE3_CATEGORIES = tuple(
    Choice(category.value, Label(*name), (str(number), f"C{number}"))
    for number, (category, name) in enumerate(zip(Scope3Category, _NAMES, strict=True), start=1)
)
"""The fifteen categories in the standard's order; also found by number."""

STATED_FACTOR = Parameter(
    "factor", "EF", Label("排放因子", "emission factor"), "tCO2e/{base}",
    Need.STATED, Decimal(0), Decimal(1_000_000), aliases=("emission_factor",),
)  # fmt: skip


def _factor(numbers: Mapping[str, Decimal]) -> dict[Gas, Decimal]:
    return {Gas.CO2E: numbers["factor"]}


def _as_stated(_numbers: Mapping[str, Decimal]) -> dict[Gas, Decimal]:
    return {Gas.CO2E: Decimal(1)}


SCOPE3_ACTIVITY = Method(
    code="scope3_activity",
    label=Label("范围三活动", "scope 3 activity"),
    scopes=(3,),
    category=Category.OTHER,
    base_units=("t", "MWh", "GJ", "Nm3", "km", "tkm", "pkm", "万CNY", "m2", "piece"),
    gases=(Gas.CO2E,),
    formula="E = AD × EF",
    formula_source="GHG Protocol Corporate Value Chain (Scope 3) Standard",
    parameters=(STATED_FACTOR,),
    compute=_factor,
    texts=(FACTOR_SOURCE,),
    keys=SCOPE3_CATEGORIES,
)

DIRECT_STATEMENT = Method(
    code="direct_statement",
    label=Label("直接申报排放量", "tonnes stated directly"),
    scopes=(1, 2, 3),
    category=Category.OTHER,
    base_units=("tCO2e",),
    gases=(Gas.CO2E,),
    formula="E = AD",
    formula_source="GB/T 32150-2025",
    parameters=(),
    compute=_as_stated,
    texts=(TextParameter("reason", Label("申报理由", "why it is stated and not computed")),),
    needs_evidence=True,
)


def _release(gas: Gas) -> Method:
    def as_released(_numbers: Mapping[str, Decimal]) -> dict[Gas, Decimal]:
        return {gas: Decimal(1)}

    return Method(
        code=f"release_{gas.value.lower()}",
        label=Label(f"{gas.value}直接逸散", f"{gas.value} let off"),
        scopes=(1,),
        category=Category.FUGITIVE,
        base_units=("t",),
        gases=(gas,),
        formula="E = AD",
        formula_source="GB/T 32150-2025",
        parameters=(),
        compute=as_released,
    )


RELEASES = tuple(_release(gas) for gas in (Gas.CO2, Gas.CH4, Gas.N2O, Gas.SF6, Gas.CF4, Gas.C2F6))
