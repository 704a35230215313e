"""Allowances of power units, 2019 to 2026.

    2019-2022   supplied MWh x benchmark x Fl x Fr x Ff  +  GJ x heat benchmark
    2023-2026   gross MWh x benchmark x peaking          +  GJ x heat benchmark

Benchmarks and corrections are the plans' printed ones (国环规气候〔2020〕3号, 〔2023〕1号, 〔2024〕1号, 〔2026〕1号), read from
the parameters: a printed value is used as printed, never derived. The load corrections hold for conventional coal
only, in 2019-2022 for pure-condensing units of it only; everything else has 1.
"""

from dataclasses import dataclass
from decimal import Decimal

from backend.quotas.errors import CoolingNotCovered, ElectricityBasisWrong, HeatContradicted
from backend.quotas.rules import reading
from backend.quotas.rules.figures import CORRECTION, Book, check, factor, find, need, number, unreadable, year_end
from backend.quotas.rules.rounding import ONE, ZERO, add, multiply, plain
from backend.quotas.rules.terms import (
    BASES_ZH,
    COOLINGS_ZH,
    Basis,
    Cooling,
    Factor,
    Figure,
    Part,
    Quota,
    UnitClass,
)

COOLING = "Fl cooling/coal"
HEAT_SUPPLY = "Fr heat supply/{fuel}"
LOAD = "Ff load (pure-condensing conventional coal; others 1)/coal"
PEAKING = "peaking (conventional coal; others 1)/coal"
ABOLISHED = "cooling / heat supply/all"


@dataclass(frozen=True, slots=True, kw_only=True)
class PowerInputs:
    """A power unit's year: electricity in MWh on the plan's basis, heat supplied in GJ.

    `heat_ratio` is the share of heat supplied (0 to 1), `load` the load (output) coefficient as a fraction (0 to 1).
    `basis` says which electricity was entered and is checked; left out, the plan's own is taken. A cooling, heat
    ratio or load left out gives a factor of 1 that is marked as assumed wherever it would have mattered.
    `is_pure_condensing` left out: a unit is one when it supplies no heat.
    """

    year: int
    unit_class: UnitClass
    mwh: Decimal
    gj: Decimal = ZERO
    basis: Basis | None = None
    cooling: Cooling | None = None
    heat_ratio: Decimal | None = None
    load: Decimal | None = None
    is_pure_condensing: bool | None = None


def electricity_basis(book: Book, year: int, unit_class: UnitClass) -> Basis:
    """Return which electricity the plan of a year counts.

    Raises:
        QuotaRuleUnknown: no plan for the year.
        QuotaRuleUnreadable: the benchmark does not say.
    """
    return _basis(book, need(book, "ets.electricity_benchmark", unit_class.value, year_end(year)))


def check_basis(book: Book, year: int, benchmark: Figure, stated: Basis | None) -> Basis:
    """Return which electricity a benchmark counts; `stated` is what was entered, if anybody said.

    Raises:
        ElectricityBasisWrong: the electricity entered is another.
        QuotaRuleUnreadable: the benchmark does not say.
    """
    basis = _basis(book, benchmark)
    if stated not in {None, basis}:
        other = Basis.GROSS if basis is Basis.SUPPLIED else Basis.SUPPLIED
        raise ElectricityBasisWrong(
            year=year, expected=basis.value, stated=other.value, expected_zh=BASES_ZH[basis],
            stated_zh=BASES_ZH[other], path=("input", "basis"),
        )  # fmt: skip
    return basis


def power_quota(book: Book, inputs: PowerInputs) -> Quota:
    """Return what a unit is allocated for a year, in tCO2, with every factor.

    Raises:
        QuotaInputImpossible: a negative amount, or a share outside 0 to 1.
        QuotaRuleUnknown: the parameters hold no plan for the year.
        QuotaRuleUnreadable: a rule in force is worded in a way we do not understand.
        ElectricityBasisWrong: the electricity entered is not the one the plan counts.
        HeatContradicted: called pure condensing, with heat supplied.
        CoolingNotCovered: the plan has no correction for this cooling.
    """
    _check(inputs)
    on = year_end(inputs.year)
    benchmark = need(book, "ets.electricity_benchmark", inputs.unit_class.value, on)
    heat_benchmark = need(book, "ets.heat_benchmark", inputs.unit_class.value, on)
    basis = check_basis(book, inputs.year, benchmark, inputs.basis)
    corrections = _corrections(book, inputs, basis)
    electricity = multiply(inputs.mwh, number(benchmark), *(each.value for each in corrections))
    heat = multiply(inputs.gj, number(heat_benchmark))
    names = " × ".join(("MWh", "B_e", *(_SYMBOLS[each.code] for each in corrections if each.code in _SYMBOLS)))
    return Quota(
        year=inputs.year,
        quota=add(electricity, heat),
        parts=(
            Part(
                "electricity", f"供电配额（{BASES_ZH[basis]}）" if basis is Basis.SUPPLIED else "发电配额（发电量）",
                f"electricity ({basis.value})", electricity,
                " × ".join(plain(each) for each in (inputs.mwh, number(benchmark), *(f.value for f in corrections))),
            ),
            Part("heat", "供热配额", "heat", heat, f"{plain(inputs.gj)} × {plain(number(heat_benchmark))}"),
        ),
        factors=(
            factor(benchmark, "electricity_benchmark", zh="方案公布值，不作推算", en="as printed in the plan"),
            *corrections,
            factor(heat_benchmark, "heat_benchmark", zh="方案公布值，不作推算", en="as printed in the plan"),
        ),
        formula=f"{names} + GJ × B_h",
        basis=basis,
        notes_zh=() if inputs.basis else (f"未注明电量口径，按该年度方案的{BASES_ZH[basis]}计算。",),
        notes_en=() if inputs.basis else (f"The basis of the electricity is not stated: taken as {basis.value}.",),
    )  # fmt: skip


_SYMBOLS = {"cooling": "Fl", "heat_supply": "Fr", "load": "Ff", "peaking": "K"}


def _check(inputs: PowerInputs) -> None:
    check("mwh", inputs.mwh, ZERO)
    check("gj", inputs.gj, ZERO)
    check("heat_ratio", inputs.heat_ratio, ZERO, ONE)
    check("load", inputs.load, ZERO, ONE)
    if inputs.is_pure_condensing and _supplies_heat(inputs):
        raise HeatContradicted(
            gj=plain(inputs.gj), heat_ratio=plain(inputs.heat_ratio or ZERO), path=("input", "isPureCondensing")
        )


def _supplies_heat(inputs: PowerInputs) -> bool:
    return inputs.gj > 0 or (inputs.heat_ratio or ZERO) > 0


def _basis(book: Book, benchmark: Figure) -> Basis:
    for version in book.versions(benchmark.name, benchmark.key, ""):
        if version.id == benchmark.version_id:
            said = str(version.attributes.get("electricity_basis", ""))
            found = [basis for basis, zh in BASES_ZH.items() if zh in said or basis.value in said]
            if len(found) == 1:
                return found[0]
    raise unreadable(benchmark)


def _corrections(book: Book, inputs: PowerInputs, basis: Basis) -> tuple[Factor, ...]:
    if basis is Basis.SUPPLIED:
        return (_cooling(book, inputs), _heat_supply(book, inputs), _load(book, inputs))
    abolished = find(book, CORRECTION, ABOLISHED, year_end(inputs.year))
    gone = () if abolished is None else (_neutral(abolished, "abolished", "该年度方案已取消", "abolished by the plan"),)
    return (_peaking(book, inputs), *gone)


def _neutral(figure: Figure, code: str, zh: str, en: str, *, is_assumed: bool = False) -> Factor:
    found = factor(figure, code, ONE, f"{zh}，取 1", f"{en}: 1")
    return found if not is_assumed else Factor(
        code, found.label_zh, found.label_en, ONE, found.unit, found.formula, found.reason_zh, found.reason_en,
        is_assumed=True, figure=figure,
    )  # fmt: skip


def _cooling(book: Book, inputs: PowerInputs) -> Factor:
    figure = need(book, CORRECTION, COOLING, year_end(inputs.year))
    if inputs.unit_class.fuel != "coal":
        return _neutral(figure, "cooling", "燃气机组无冷却方式修正", "gas units have no correction for cooling")
    known = reading.options(figure)
    if inputs.cooling is None:
        return _neutral(figure, "cooling", "未填报冷却方式", "the cooling is not stated", is_assumed=True)
    if inputs.cooling.value not in known:
        raise CoolingNotCovered(
            year=inputs.year, cooling=inputs.cooling.value, known=", ".join(known), path=("input", "cooling")
        )
    value = known[inputs.cooling.value]
    return factor(figure, "cooling", value, f"冷却方式：{COOLINGS_ZH[inputs.cooling]}", f"cooling: {inputs.cooling}")


def _heat_supply(book: Book, inputs: PowerInputs) -> Factor:
    figure = need(book, CORRECTION, HEAT_SUPPLY.format(fuel=inputs.unit_class.fuel), year_end(inputs.year))
    if inputs.heat_ratio is None:
        if not inputs.gj:
            return _neutral(figure, "heat_supply", "不对外供热", "no heat is supplied")
        return _neutral(figure, "heat_supply", "有供热但未填报供热比", "heat without its ratio", is_assumed=True)
    value = reading.expression(figure, heat_supply_ratio=inputs.heat_ratio)
    return factor(figure, "heat_supply", value, f"供热比 {plain(inputs.heat_ratio)}", f"heat ratio {inputs.heat_ratio}")


def _load(book: Book, inputs: PowerInputs) -> Factor:
    """2019-2022: for pure-condensing conventional coal."""
    figure = need(book, CORRECTION, LOAD, year_end(inputs.year))
    is_pure = not _supplies_heat(inputs) if inputs.is_pure_condensing is None else inputs.is_pure_condensing
    if not inputs.unit_class.is_conventional_coal or not is_pure:
        return _neutral(figure, "load", "非常规燃煤纯凝机组", "not a pure-condensing unit of conventional coal")
    return _stepped(figure, "load", inputs.load)


def _peaking(book: Book, inputs: PowerInputs) -> Factor:
    """From 2023: for conventional coal, with or without heat."""
    figure = need(book, CORRECTION, PEAKING, year_end(inputs.year))
    if not inputs.unit_class.is_conventional_coal:
        return _neutral(figure, "peaking", "非常规燃煤机组", "not a unit of conventional coal")
    return _stepped(figure, "peaking", inputs.load)


def _stepped(figure: Figure, code: str, load: Decimal | None) -> Factor:
    if load is None:
        return _neutral(figure, code, "未填报负荷（出力）系数", "the load is not stated", is_assumed=True)
    value, step = reading.steps(figure, load)
    return factor(
        figure, code, value, f"负荷（出力）系数 {plain(load)}，适用：{step}", f"load {plain(load)}, by: {step}"
    )
