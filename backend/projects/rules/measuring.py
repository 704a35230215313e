"""What a project's year of full production comes to: one line for each energy and process, and what they add up to. Pure.

    fuel          E = FC x NCV x CC x OF x 44/12        tce: the printed coefficient of GB/T 2589, else NCV / heat of a tce
    electricity   E = AD x grid factor                  tce: the printed calorific value; equivalent value as stated
    heat          E = AD x factor of supplied heat      tce: heat / heat of a tce
    process       E = AD x the stated factor            no energy

Factors are those published and in force on the day of the application. A line whose factor or unit is missing cannot be
told, and neither can the sums it belongs to.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from backend.emissions.methods.arithmetic import CARBON, CO2, WORKING, add, multiply, quantised
from backend.factors.service import Book, Choice, Missing
from backend.kit.quantities import IncompatibleUnits, UnknownUnit, convert, rate_conversion
from backend.projects.values import (
    OUTPUT_VALUE,
    VALUE_ADDED,
    Assessment,
    Factor,
    Intensity,
    Line,
    LineKind,
    MethodLine,
    Output,
    Share,
    Words,
)

ZERO = Decimal(0)
FAMILIES = (
    "fuel.ncv", "fuel.carbon_content", "fuel.oxidation", "grid.electricity", "heat.supply", "standard_coal",
    "standard_coal.heat_value",
)  # fmt: skip
"""The reference parameters asked for."""
COALS = frozenset({
    "原煤", "洗精煤", "洗中煤", "其他洗煤", "煤泥", "煤矸石", "型煤", "无烟煤", "烟煤", "褐煤", "炼焦煤", "一般烟煤",
})  # fmt: skip
"""Fuels that are coal; coke and gases are made of it and are not counted twice."""
FORMULAS = {
    LineKind.FUEL: ("E = FC × NCV × CC × OF × 44/12", "GB/T 32150-2025"),
    LineKind.ELECTRICITY: ("E = AD × EF", "GB/T 32150-2025"),
    LineKind.HEAT: ("E = AD × EF", "GB/T 32150-2025"),
    LineKind.PROCESS: ("E = AD × EF", "as stated with the line"),
}
KWH, ELECTRICITY = "kWh", "电力(当量值)"
PLACES = Decimal("0.000001")
"""Shown intensities and shares end here; totals are exact."""


@dataclass(frozen=True, slots=True)
class Asking:
    """Where factors come from: the book, the day, the account's fuel table and grid."""

    book: Book
    on: date
    fuel_table: str
    province: str
    grid_region: str


class _Untold(Exception):
    """A factor or a conversion is missing."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.words = Words(zh, en)


def assess(
    lines: Sequence[Line],
    outputs: Sequence[Output],
    value_added: Decimal | None,
    equivalent: Decimal | None,
    asking: Asking,
    output_value: Decimal | None = None,
) -> Assessment:
    """Return what a year comes to; `equivalent` is the equivalent value of electricity, kgce/kWh."""
    made = [_line(each, asking) for each in lines]
    tce = _sum(each.tce for each in made)
    power = [each for each in made if each.kind is LineKind.ELECTRICITY]
    tonnes = _sum(each.tonnes for each in made)
    fossil = _sum(each.tce for each in made if each.kind is LineKind.FUEL)
    money = {VALUE_ADDED: value_added, OUTPUT_VALUE: output_value}
    return Assessment(
        tce=tce,
        tce_equivalent=_equivalent(tce, power, equivalent),
        coal=_sum(_mass(each) for each in lines if each.kind is LineKind.FUEL and each.key in COALS),
        scope1=_sum(each.tonnes for each in made if each.kind in {LineKind.FUEL, LineKind.PROCESS}),
        scope2=_sum(each.tonnes for each in made if each.kind in {LineKind.ELECTRICITY, LineKind.HEAT}),
        tonnes=tonnes,
        lines=made,
        intensities=_intensities(outputs, money, (tce, tonnes, fossil)),
        structure=_structure([(_named(each), each.tce) for each in made], tce),
        fossil_tce=fossil,
        carbon=_structure([(_named(each), each.tonnes) for each in made], tonnes),
    )


def _line(line: Line, asking: Asking) -> MethodLine:
    formula, source = FORMULAS[line.kind]
    factors: list[Factor] = []
    tonnes, tce, rule, reason = None, None, "unknown", None
    try:
        tonnes = _tonnes(line, asking, factors)
        tce, rule = _standard_coal(line, asking, factors)
    except _Untold as untold:
        reason = untold.words
    except (IncompatibleUnits, UnknownUnit) as error:
        reason = Words(error.message("zh"), error.message("en"))
    return MethodLine(
        line.kind, line.key, line.quantity, line.unit, formula, source, factors, tonnes, tce, rule, reason
    )


def _tonnes(line: Line, asking: Asking, factors: list[Factor]) -> Decimal:
    if line.kind is LineKind.PROCESS:
        if line.factor is None or not line.document:
            raise _Untold(
                "过程排放须填写排放因子及其来源文件", "a process needs its factor and the document it comes from"
            )
        factors.append(Factor("EF", line.factor, f"tCO2/{line.unit}", None, line.document, "stated"))
        return multiply(line.quantity, line.factor)
    if line.kind is LineKind.FUEL:
        return _burnt(line, asking, factors)
    book, on = asking.book, asking.on
    if line.kind is LineKind.ELECTRICITY:
        found, base = book.automatic(asking.province, asking.grid_region, on), "MWh"
    else:
        found, base = book.find("heat.supply", "default", [""], on), "GJ"
    factor = _factor("EF", found, f"tCO2/{base}")
    factors.append(factor)
    return multiply(convert(line.quantity, line.unit, base), factor.value)


def _burnt(line: Line, asking: Asking, factors: list[Factor]) -> Decimal:
    heat = _ncv(line, asking)
    base = heat.unit.partition("/")[2]
    product = heat.value
    factors.append(heat)
    for letter, name, wanted in (("CC", "fuel.carbon_content", "tC/GJ"), ("OF", "fuel.oxidation", "1")):
        factor = _factor(letter, asking.book.find(name, f"{asking.fuel_table}/{line.key}", [""], asking.on), wanted)
        factors.append(factor)
        product = WORKING.multiply(product, factor.value)
    coefficient = quantised(WORKING.divide(WORKING.multiply(product, CO2), CARBON))
    return multiply(convert(line.quantity, line.unit, base), coefficient)


def _ncv(line: Line, asking: Asking) -> Factor:
    found = asking.book.find("fuel.ncv", f"{asking.fuel_table}/{line.key}", [""], asking.on)
    return _factor("NCV", found, found.unit if isinstance(found, Choice) else "")


def _standard_coal(line: Line, asking: Asking, factors: list[Factor]) -> tuple[Decimal, str]:
    """Return the standard coal of a line and the rule that gave it."""
    if line.kind is LineKind.PROCESS:
        return ZERO, "none"
    book, on = asking.book, asking.on
    key = ELECTRICITY if line.kind is LineKind.ELECTRICITY else line.key
    printed = None if line.kind is LineKind.HEAT else book.find("standard_coal", key, [""], on)
    if isinstance(printed, Choice) and printed.value is not None:
        below = printed.unit.partition("/")[2]
        try:
            quantity = convert(line.quantity, line.unit, below)
            factor = _factor("CE", printed, f"tce/{below}")
        except IncompatibleUnits:
            pass  # the standard counts it by another kind of quantity: its heat value counts instead
        else:
            factors.append(factor)
            return multiply(quantity, factor.value), "printed"
    if line.kind is LineKind.ELECTRICITY:
        raise _Untold("没有电力当量值系数", "there is no calorific value of electricity")
    content = _factor("HV", book.find("standard_coal.heat_value", "tce", [""], on), "GJ/tce")
    factors.append(content)
    if line.kind is LineKind.HEAT:
        per_unit, base = quantised(WORKING.divide(Decimal(1), content.value)), "GJ"
    else:
        heat = _ncv(line, asking)
        per_unit, base = quantised(WORKING.divide(heat.value, content.value)), heat.unit.partition("/")[2]
    return multiply(convert(line.quantity, line.unit, base), per_unit), "heat_value"


def _factor(letter: str, found: Choice | Missing, wanted: str) -> Factor:
    if isinstance(found, Missing):
        raise _Untold(found.zh, found.en)
    if found.value is None:
        raise _Untold(f"{found.label_zh or found.key} 没有数值", f"{found.label_en or found.key} has no value")
    value = multiply(found.value, rate_conversion(found.unit, wanted))
    return Factor(letter, value, wanted, found.version_id, found.document or found.source, found.confidence)


def _mass(line: Line) -> Decimal | None:
    try:
        return convert(line.quantity, line.unit, "t")
    except (IncompatibleUnits, UnknownUnit):
        return None


def _sum(values: Iterable[Decimal | None]) -> Decimal | None:
    """Return the sum, None as soon as one part is not known."""
    total = ZERO
    for each in values:
        if each is None:
            return None
        total = add(total, each)
    return total


def _equivalent(tce: Decimal | None, power: Sequence[MethodLine], equivalent: Decimal | None) -> Decimal | None:
    """Return the standard coal with electricity at its equivalent value; the same where none is used."""
    if tce is None or not power:
        return tce
    if equivalent is None:
        return None
    calorific = _sum(each.tce for each in power) or ZERO
    used = _sum(convert(each.quantity, each.unit, KWH) for each in power) or ZERO
    return add(add(tce, -calorific), multiply(multiply(used, equivalent), Decimal("0.001")))


def _intensities(
    outputs: Sequence[Output],
    money: Mapping[str, Decimal | None],
    amounts: tuple[Decimal | None, Decimal | None, Decimal | None],
) -> list[Intensity]:
    """Return intensities by product, then by money; `amounts` are tce, tonnes and fossil tce of the whole."""
    found: list[Intensity] = []
    for each in outputs:
        tce, tonnes, fossil = (None if one is None else WORKING.multiply(one, each.share) for one in amounts)
        found.append(
            Intensity(
                each.product,
                each.unit,
                _per(tce, each.quantity),
                _per(tonnes, each.quantity),
                _per(fossil, each.quantity),
            )
        )
    for name, value in money.items():
        if value is not None:
            tce, tonnes, fossil = (_per(one, value) for one in amounts)
            found.append(Intensity(name, "万元", tce, tonnes, fossil))
    return found


def _named(line: MethodLine) -> str:
    return line.key if line.kind is LineKind.FUEL else line.kind.value


def _structure(parts: Iterable[tuple[str, Decimal | None]], whole: Decimal | None) -> list[Share]:
    """Return which part of the whole each name has; nothing where the whole cannot be told."""
    if not whole:
        return []
    sums: dict[str, Decimal] = {}
    for name, amount in parts:
        if amount:
            sums[name] = add(sums.get(name, ZERO), amount)
    return [Share(name, _shown(WORKING.divide(amount, whole))) for name, amount in sorted(sums.items())]


def _per(amount: Decimal | None, quantity: Decimal) -> Decimal | None:
    return None if amount is None or quantity <= ZERO else _shown(WORKING.divide(amount, quantity))


def _shown(value: Decimal) -> Decimal:
    return value.quantize(PLACES, ROUND_HALF_UP, WORKING)
