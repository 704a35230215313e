"""What an energy balance comes to: one line for each quantity burnt or bought from outside, by reference factors. Pure.

    burnt fuel      E = FC x NCV x CC x OF x 44/12        the factors of one table of fuel defaults
    net inflow      E = (inflow + imports - outflow - exports) x grid factor, or x factor of supplied heat

Burnt is the input of thermal power and heating and all final use but raw material. Other transformations (coking,
refining, gas works) change the form of the carbon; what they lose is not told. The factors are those known and published
when the version was recorded, so the same version gives the same numbers whenever it is asked.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from backend.emissions.methods.arithmetic import CARBON, CO2, WORKING, add, multiply, quantised
from backend.factors.service import Book, Choice, Missing
from backend.kit.quantities import IncompatibleUnits, rate_conversion
from backend.regions.balances.rules import base_quantity, trimmed
from backend.regions.balances.values import (
    BURNING,
    ENERGIES,
    FLOWS,
    Assumption,
    Cell,
    EmissionLine,
    Energy,
    EnergyForm,
    Flow,
    FlowGroup,
    LineKind,
    LineParameter,
)
from backend.regions.values import less

ZERO = Decimal(0)
FAMILIES = ("fuel.ncv", "fuel.carbon_content", "fuel.oxidation", "grid.electricity", "heat.supply")
"""The reference parameters asked for."""
BURNT, BURNT_SOURCE = "E = FC × NCV × CC × OF × 44/12", "GB/T 32150-2025"
BOUGHT, BOUGHT_SOURCE = "E = (inflow + imports − outflow − exports) × EF", "GB/T 32150-2025"
_CARRIED = frozenset({EnergyForm.ELECTRICITY, EnergyForm.HEAT})
"""Nothing is burnt where they are used."""
_NET = {Flow.INFLOW, Flow.IMPORTS, Flow.OUTFLOW, Flow.EXPORTS}
_NONE_ZH, _NONE_EN = (
    "该品种没有对应的燃料缺省值；请在“核算假设”（assumptions）中说明按哪种燃料核算及理由",
    "the energy has no row in the fuel table; say in 'assumptions' as which fuel it is reckoned, and why",
)


@dataclass(frozen=True, slots=True)
class Coefficient:
    """Tonnes of CO2 per unit, or why it cannot be told, with what it is made of."""

    value: Decimal | None
    parameters: Sequence[LineParameter]
    reason_zh: str = ""
    reason_en: str = ""


@dataclass(frozen=True, slots=True)
class Factors:
    """Where coefficients come from: the book, the day, the fuel table, the division's grid, and the assumptions."""

    book: Book
    on: date
    fuel_table: str
    province: str
    grid_region: str
    assumptions: Mapping[str, Assumption]

    def of(self, energy: Energy) -> Coefficient:
        """Return what a unit of an energy comes to."""
        if energy.form is EnergyForm.ELECTRICITY:
            return self._single(self.book.automatic(self.province, self.grid_region, self.on), "tCO2/MWh")
        if energy.form is EnergyForm.HEAT:
            return self._single(self.book.find("heat.supply", "default", [""], self.on), "tCO2/GJ")
        if energy.form is EnergyForm.UNKNOWN:
            return Coefficient(None, (), "该品种组成不明，无法核算", "a mixture of unknown composition")
        assumed = self.assumptions.get(energy.code)
        fuels = (assumed.fuel,) if assumed is not None else energy.fuels
        for fuel in fuels:
            found = self._fuel(fuel, energy.unit)
            if found is not None:
                return found
        return Coefficient(None, (), _NONE_ZH, _NONE_EN)

    def _single(self, answer: Choice | Missing, wanted: str) -> Coefficient:
        if isinstance(answer, Missing):
            return Coefficient(None, (), answer.zh, answer.en)
        parameter = _parameter("EF", answer, wanted)
        if isinstance(parameter, Coefficient):
            return parameter
        return Coefficient(parameter.value, (parameter,))

    def _fuel(self, fuel: str, unit: str) -> Coefficient | None:
        """Return what a unit of a fuel comes to; None where the table has no such fuel."""
        key, parameters = f"{self.fuel_table}/{fuel}", list[LineParameter]()
        for code, name, wanted in (
            ("NCV", "fuel.ncv", f"GJ/{unit}"), ("CC", "fuel.carbon_content", "tC/GJ"), ("OF", "fuel.oxidation", "1"),
        ):  # fmt: skip
            answer = self.book.find(name, key, [""], self.on)
            if isinstance(answer, Missing):
                return None if not parameters else Coefficient(None, parameters, answer.zh, answer.en)
            parameter = _parameter(code, answer, wanted)
            if isinstance(parameter, Coefficient):
                return parameter
            parameters.append(parameter)
        product = Decimal(1)
        for each in parameters:
            product = WORKING.multiply(product, each.value)
        return Coefficient(quantised(WORKING.divide(WORKING.multiply(product, CO2), CARBON)), parameters)


def _parameter(code: str, choice: Choice, wanted: str) -> LineParameter | Coefficient:
    """Return a parameter in the unit the formula needs, or why it cannot be used."""
    if choice.value is None:
        zh, en = f"{choice.label_zh or choice.key} 没有数值", f"{choice.label_en or choice.key} has no value"
        return Coefficient(None, (), zh, en)
    try:
        factor = rate_conversion(choice.unit, wanted)
    except IncompatibleUnits as error:
        return Coefficient(None, (), error.message("zh"), error.message("en"))
    value = multiply(choice.value, factor)
    return LineParameter(code, value, wanted, choice.version_id, choice.document, choice.confidence)


def lines(cells: Sequence[Cell], factors: Factors) -> list[EmissionLine]:
    """Return the lines of a checked balance, in the order of its rows and columns."""
    known: dict[str, Coefficient] = {}
    found: list[EmissionLine] = []
    for flow, sector, code, quantity in _quantities(cells):
        energy = ENERGIES[code]
        if code not in known:
            known[code] = factors.of(energy)
        coefficient = known[code]
        is_fuel = energy.form not in _CARRIED
        kind = LineKind.NET_INFLOW if not is_fuel else (
            LineKind.RECOVERED if energy.form is EnergyForm.RECOVERED else LineKind.DIRECT
        )  # fmt: skip
        tonnes = None if coefficient.value is None else trimmed(multiply(quantity, coefficient.value))
        found.append(
            EmissionLine(
                kind, flow, sector, code, quantity, energy.unit, tonnes, BURNT if is_fuel else BOUGHT,
                BURNT_SOURCE if is_fuel else BOUGHT_SOURCE, coefficient.parameters, coefficient.reason_zh,
                coefficient.reason_en,
            )
        )  # fmt: skip
    return found


Rows = dict[tuple[Flow, str], dict[str, Decimal]]
"""By flow and sector, the quantity of each energy in the unit it is reckoned in."""


def _quantities(cells: Sequence[Cell]) -> Iterator[tuple[Flow, str, str, Decimal]]:
    """Give what is burnt in each flow (industry by sector and the rest), then the net inflow of electricity and heat."""
    rows: Rows = defaultdict(dict)
    for cell in cells:
        rows[cell.flow, cell.sector][cell.energy] = base_quantity(cell)
    for flow, kind in FLOWS.items():
        if flow in BURNING:
            yield from ((flow, "", code, each.copy_negate()) for code, each in _fuels(rows[flow, ""]) if each < 0)
        elif flow is Flow.INDUSTRY:
            yield from _industry(rows)
        elif kind.group is FlowGroup.FINAL and flow is not Flow.FEEDSTOCK:
            yield from ((flow, "", code, each) for code, each in _fuels(rows[flow, ""]) if each)
    for code in ("heat", "electricity"):
        moved = [rows[flow, ""][code] for flow in _NET if code in rows[flow, ""]]
        if moved:
            net = ZERO
            for each in moved:
                net = add(net, each)
            yield Flow.INFLOW, "", code, net


def _industry(rows: Rows) -> Iterator[tuple[Flow, str, str, Decimal]]:
    """Give what each sector of industry burns, then the part no sector is named for, which raw material is taken from."""
    rest = dict(rows[Flow.INDUSTRY, ""])
    for sector in sorted(sector for flow, sector in rows if flow is Flow.INDUSTRY and sector):
        for code, quantity in _fuels(rows[Flow.INDUSTRY, sector]):
            rest[code] = less(rest.get(code, ZERO), quantity)
            yield Flow.INDUSTRY, sector, code, quantity
    for code, quantity in rows[Flow.FEEDSTOCK, ""].items():
        rest[code] = less(rest.get(code, ZERO), quantity)
    yield from ((Flow.INDUSTRY, "", code, each) for code, each in _fuels(rest) if each)


def _fuels(row: Mapping[str, Decimal]) -> list[tuple[str, Decimal]]:
    """Return the fuels of a row, in the order of the table."""
    return [(code, row[code]) for code, energy in ENERGIES.items() if code in row and energy.form not in _CARRIED]


def total(found: Sequence[EmissionLine], kind: LineKind) -> Decimal:
    """Return what the lines of a kind come to that can be told."""
    whole = ZERO
    for each in found:
        if each.kind is kind and each.tonnes is not None:
            whole = add(whole, each.tonnes)
    return whole


def by_flow(found: Sequence[EmissionLine]) -> dict[Flow, Decimal]:
    """Return the direct emissions of each flow."""
    sums: dict[Flow, Decimal] = {}
    for each in found:
        if each.kind is LineKind.DIRECT and each.tonnes is not None:
            sums[each.flow] = add(sums.get(each.flow, ZERO), each.tonnes)
    return sums


def by_sector(found: Sequence[EmissionLine]) -> dict[str, Decimal]:
    """Return the direct emissions of each sector a flow or a part of industry belongs to."""
    sums: dict[str, Decimal] = {}
    for each in found:
        sector = each.sector or FLOWS[each.flow].sector
        if sector and each.kind is LineKind.DIRECT and each.tonnes is not None:
            sums[sector] = add(sums.get(sector, ZERO), each.tonnes)
    return sums
