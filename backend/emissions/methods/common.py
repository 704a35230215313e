"""Parts several methods share: the declared factor and its source in words."""

from collections.abc import Mapping
from decimal import Decimal

from backend.emissions.values import Label, Need, Parameter, TextParameter

FACTOR_LABEL = Label("申报的排放因子", "declared emission factor")

FACTOR_SOURCE = TextParameter(
    "factor_source", Label("排放因子来源", "source of the declared factor"), goes_with="factor"
)


def override(unit: str, high: Decimal, replaces: tuple[str, ...]) -> Parameter:
    """Return a declared factor that replaces the computed coefficient."""
    return Parameter("factor", "EF", FACTOR_LABEL, unit, Need.OVERRIDE, Decimal(0), high, replaces=replaces)


def looked_up_factor(unit: str, high: Decimal) -> Parameter:
    """Return the emission factor of a method that has nothing but a factor: declared, else from the references."""
    label = Label("排放因子", "emission factor")
    return Parameter("factor", "EF", label, unit, Need.LOOKED_UP, Decimal(0), high, aliases=("emission_factor",))


def declared(numbers: Mapping[str, Decimal]) -> bool:
    """Say whether a factor is declared that replaces the computation."""
    return "factor" in numbers
