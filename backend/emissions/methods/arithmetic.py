"""The linear law: how a coefficient is computed, rounded once, and then only multiplied.

    result_t = base_quantity x coefficient          exact
    co2e_t   = result_t x gwp                       exact
    tce      = base_quantity x coal_coefficient     exact

A coefficient (tonnes of gas per base unit) is computed once for a distinct set of parameters, with 100
significant digits, and rounded half up to 20 decimal places: the one rounding of the whole calculation, needed
because 44/12 has no end. Everything after it is multiplication and addition of finite decimals, which
PostgreSQL's NUMERIC and Python's Decimal do alike, so the database and this code agree to the last digit
whatever the order of rows. Nothing rounded for display is ever used again.
"""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext

from backend.emissions.values import Basis, Gas, Method
from backend.kit.quantities import EXACT

PLACES = 20
"""Decimal places of a coefficient."""

STEP = Decimal(1).scaleb(-PLACES)
WORKING = Context(prec=100, rounding=ROUND_HALF_UP)

# Molecular weights of the reactions, as the guides print them: rational numbers, not measured factors.
CO2 = Decimal(44)
CARBON = Decimal(12)
CAO = Decimal(56)
MGO = Decimal(40)

KG_PER_T = Decimal(1000)


def quantised(value: Decimal) -> Decimal:
    """Round half up to the places of a coefficient."""
    return value.quantize(STEP, ROUND_HALF_UP, WORKING)


def coefficients(method: Method, numbers: Mapping[str, Decimal], basis: Basis = Basis.BOTH) -> dict[Gas, Decimal]:
    """Return tonnes of each gas per base unit, from complete parameters: signed, rounded to 20 places.

    `numbers` holds every parameter the method needs (see `rules.complete`); a missing one is a KeyError, because
    asking for it is the caller's work and happens before.
    """
    if basis in method.zero_on:
        return dict.fromkeys(method.gases, Decimal(0))
    with localcontext(WORKING):
        found = method.compute(numbers)
        return {gas: quantised(method.sign * value) for gas, value in found.items()}


def multiply(first: Decimal, second: Decimal) -> Decimal:
    """Multiply exactly; raises decimal.Inexact rather than lose a digit."""
    return EXACT.multiply(first, second)


def add(first: Decimal, second: Decimal) -> Decimal:
    """Add exactly; raises decimal.Inexact rather than lose a digit."""
    return EXACT.add(first, second)
