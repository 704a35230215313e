"""The arithmetic of a line, exact: what the database does over millions of rows, said once in Python."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal

from backend.emissions.methods.arithmetic import add, multiply
from backend.emissions.rules.parameters import parameter_unit
from backend.emissions.values import Basis, FactorRequest, Gas, GasResult, Method
from backend.kit.quantities import convert


def base_quantity(quantities: Iterable[tuple[Decimal, str]], base_unit: str) -> Decimal:
    """Return the exact sum of quantities in their units, in the base unit. Raises IncompatibleUnits."""
    total = Decimal(0)
    for quantity, unit in quantities:
        total = add(total, convert(quantity, unit, base_unit))
    return total


def gas_results(
    quantity: Decimal, coefficients: Mapping[Gas, Decimal], gwps: Mapping[Gas, Decimal]
) -> tuple[GasResult, ...]:
    """Return each gas of a line: tonnes and tonnes of CO2-equivalent, by multiplication alone."""
    found: list[GasResult] = []
    for gas, coefficient in coefficients.items():
        tonnes = multiply(quantity, coefficient)
        found.append(GasResult(gas, coefficient, tonnes, gwps[gas], multiply(tonnes, gwps[gas])))
    return tuple(found)


def gwp_request(gas: Gas, on: date) -> FactorRequest:
    """Return the question for a gas's global warming potential over 100 years."""
    return FactorRequest("gwp", gas.value, "", on, "global warming potential, 100 years")


def coefficient_unit(gas: Gas, base_unit: str) -> str:
    """Return the unit of a coefficient: tonnes of the gas per base unit."""
    return f"t{gas.value}/{base_unit}"


def explanation(method: Method, numbers: Mapping[str, Decimal], base_unit: str, basis: Basis) -> str:
    """Return the formula with the values that went into it, for a person to follow."""
    if basis in method.zero_on:
        return f"{method.formula}; EF = 0"
    parts = [
        f"{parameter.symbol} = {numbers[parameter.code]} {parameter_unit(parameter, base_unit)}"
        for parameter in method.parameters
        if parameter.code in numbers
    ]
    return "; ".join([method.formula, *parts])
