"""Formulas as trees: derived from the very functions that compute, and evaluated by the stranger's script alone."""

import importlib
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.emissions import rules
from backend.emissions.methods import METHODS
from backend.emissions.values import Basis, Method, Need
from backend.kit.quantities import UNITS, IncompatibleUnits, conversion, rate_conversion
from backend.statements.bundle.formulas import of_coal, of_line, traced
from backend.statements.bundle.inputs import unit_of

D = Decimal
FOLDER = Path(__file__).resolve().parents[2] / "docs" / "verify"


@pytest.fixture(scope="module")
def script() -> Iterator[Any]:
    sys.path.insert(0, str(FOLDER))
    yield importlib.import_module("bundle_emissions")
    sys.path.remove(str(FOLDER))


def choices(method: Method) -> list[list[str]]:
    """Return the sets of parameters a method can be computed from: without overrides, and with each of them."""
    plain = [each.code for each in method.parameters if each.need is not Need.OVERRIDE]
    overrides = [each for each in method.parameters if each.need is Need.OVERRIDE and each.code != "market_factor"]
    return [plain, *([*(code for code in plain if code not in each.replaces), each.code] for each in overrides)]


@pytest.mark.parametrize("method", METHODS.values(), ids=lambda each: each.code)
@settings(max_examples=20, deadline=None)
@given(data=st.data())
def test_every_method_is_followed_to_the_last_digit(script: Any, method: Method, data: st.DataObject) -> None:
    for codes in choices(method):
        numbers = {
            code: data.draw(st.decimals(D("0.0001"), D(5000), places=6, allow_nan=False), label=code) for code in codes
        }
        for basis in method.bases:
            for gas, wanted in rules.coefficients(method, numbers, basis).items():
                formula = of_line(method.code, gas.value, basis.value, codes, "")
                assert formula.tree is not None
                told = {code: format(value, "f") for code, value in numbers.items()}
                found = script.value_of(formula.tree, told).quantize(D("1e-20"), context=script.WORKING)
                assert found == wanted, (formula.id, script.written(formula.tree))


def test_what_no_release_knows_is_taken_as_stated() -> None:
    old = of_line("a_method_of_old", "CO2", "both", ["factor"], "E = AD × EF; EF = 1")
    assert (old.tree, old.text) == (None, "E = AD × EF; EF = 1")
    assert of_coal("a_method_of_old", "printed").tree is None
    assert of_coal("fuel_combustion", "by_hand").tree is None
    combustion = METHODS["fuel_combustion"]
    assert traced(combustion, combustion.gases[0], Basis.BOTH, ["ncv"]) is None


def test_the_script_knows_the_units_as_the_product_does(script: Any) -> None:
    for one in script.SIZES:
        for other in script.SIZES:
            try:
                wanted = conversion(one, other)
            except IncompatibleUnits:
                continue
            assert script.conversion(one, other) == wanted, (one, other)
    # Every unit of energy, mass, carbon, volume and emissions is there: what it does not know it cannot tell.
    known = {
        each.code for each in UNITS if each.dimension in {"electricity", "heat", "standard_coal", "mass", "carbon"}
    }
    known |= {each.code for each in UNITS if each.dimension in {"volume", "emissions", "money", "freight"}}
    assert set(script.SIZES) == known
    assert script.conversion("piece", "m2") is None
    assert script.conversion("km", "km") == 1
    with pytest.raises(ValueError, match="does not measure"):
        script.conversion("t", "MWh")


@pytest.mark.parametrize(
    ("printed", "wanted"),
    [("kgCO2/kWh", "tCO2/MWh"), ("GJ/10^4Nm3", "GJ/万Nm3"), ("kgce/kWh", "tce/MWh"), ("kgce/m3", "tce/万Nm3"),
     ("kgce/MJ", "tce/GJ"), ("%", "1"), ("min/(cell·d)", "min/(cell·d)"), ("kgce/kg", "tce/t")],
)  # fmt: skip
def test_rates_are_converted_as_the_product_does(script: Any, printed: str, wanted: str) -> None:
    assert script.conversion(unit_of(printed), unit_of(wanted)) == rate_conversion(printed, wanted)
