"""Reading parameters, units, scopes, standard coal."""

from datetime import date
from decimal import Decimal

import pytest

from backend.emissions import rules
from backend.emissions.errors import (
    ImpossibleParameter,
    InvalidParameter,
    MissingParameter,
    MissingText,
    ParameterUnitMismatch,
    ScopeNotAllowed,
    UnitNotAccepted,
    UnknownKey,
    UnknownParameter,
)
from backend.emissions.methods import METHODS, method
from backend.emissions.values import Basis, Gas, LookupContext, StandardCoal
from backend.kit.quantities import UnknownUnit

FUEL = method("fuel_combustion")
POWER = method("purchased_electricity")
HEAT_VALUE = Decimal("29.3076")
ON = date(2025, 1, 1)


def test_stated_parameters_are_read_by_name_or_alias_and_empty_cells_are_not_stated() -> None:
    stated = rules.read_parameters(FUEL, {"ncv": " 20.0 ", "cc": "0.02749", "of": "", "elemental_carbon": None})
    assert stated.numbers == {"ncv": Decimal("20.0"), "carbon_content": Decimal("0.02749")}
    assert stated.texts == {}


@pytest.mark.parametrize("value", ["abc", "NaN", "Infinity", "1e99", 0.5, True, "0." + "1" * 31])
def test_what_is_no_decimal_is_refused(value: object) -> None:
    with pytest.raises(InvalidParameter) as caught:
        rules.read_parameters(FUEL, {"ncv": value})
    assert caught.value.path == ("parameters", "ncv")


@pytest.mark.parametrize(
    ("name", "value"),
    [("ncv", "20934"), ("ncv", "0"), ("cc", "0.21"), ("cc", "-0.01"), ("of", "1.01"), ("of", "98"), ("factor", "101")],
)
def test_what_cannot_exist_is_refused(name: str, value: str) -> None:
    with pytest.raises(ImpossibleParameter):
        rules.read_parameters(FUEL, {name: value})


def test_the_limits_themselves_are_possible() -> None:
    numbers = rules.read_parameters(FUEL, {"ncv": "1000", "cc": "0.2", "of": "1"}).numbers
    assert list(numbers.values()) == [Decimal(1000), Decimal("0.2"), Decimal(1)]


def test_shares_impossible_together_are_refused() -> None:
    clinker = method("clinker")
    with pytest.raises(ImpossibleParameter):
        rules.read_parameters(clinker, {"cao": "0.65", "mgo": "0.36"})
    with pytest.raises(ImpossibleParameter):
        rules.read_parameters(clinker, {"cao": "0.65", "mgo": "0.01", "mgo_noncarbonate": "0.02"})
    with pytest.raises(ImpossibleParameter):
        rules.complete(clinker, {"cao": Decimal("0.65"), "mgo": Decimal("0.5")}, {}, Basis.BOTH)


def test_a_declared_factor_needs_its_source_and_a_statement_its_reason() -> None:
    with pytest.raises(MissingText) as caught:
        rules.read_parameters(POWER, {"factor": "0.7921"})
    assert caught.value.path == ("parameters", "factor_source")
    with pytest.raises(MissingText):
        rules.read_parameters(POWER, {"market_factor": "0.1", "factor_source": "wrong one"})
    with pytest.raises(MissingText):
        rules.read_parameters(method("direct_statement"), {})
    assert rules.read_parameters(method("direct_statement"), {}, is_complete=False).texts == {}
    with pytest.raises(UnknownParameter):
        rules.read_parameters(POWER, {"ncv": "20"})


def test_a_record_speaks_over_its_source() -> None:
    assert rules.merged({"ncv": "20", "of": "0.98"}, {"ncv": "21"}) == {"ncv": "21", "of": "0.98"}


def test_only_what_is_not_stated_or_replaced_is_looked_up() -> None:
    context = LookupContext("天然气", "C_INDUSTRY_OTHER", "320000", "华东", ON)
    asked = rules.lookups_needed(FUEL, {}, context, Basis.BOTH)
    assert [(each.parameter, each.requests[0].name, each.requests[0].key) for each in asked] == [
        ("ncv", "fuel.ncv", "C_INDUSTRY_OTHER/天然气"),
        ("carbon_content", "fuel.carbon_content", "C_INDUSTRY_OTHER/天然气"),
        ("oxidation_factor", "fuel.oxidation", "C_INDUSTRY_OTHER/天然气"),
    ]
    measured = rules.lookups_needed(FUEL, {"elemental_carbon": Decimal("0.6")}, context, Basis.BOTH)
    assert [each.parameter for each in measured] == ["oxidation_factor"]
    assert rules.lookups_needed(FUEL, {"factor": Decimal(2)}, context, Basis.BOTH) == ()


def test_what_is_neither_stated_nor_found_is_named() -> None:
    with pytest.raises(MissingParameter) as caught:
        rules.complete(FUEL, {"ncv": Decimal(20)}, {"oxidation_factor": Decimal("0.98")}, Basis.BOTH)
    assert caught.value.details["parameter"] == "carbon_content"
    assert "单位热值含碳量" in caught.value.message("zh")
    with pytest.raises(ImpossibleParameter):
        rules.complete(FUEL, {}, {"ncv": Decimal(20934)}, Basis.BOTH)


def test_a_stated_value_wins_over_a_found_one() -> None:
    found = {"ncv": Decimal(1), "carbon_content": Decimal("0.02"), "oxidation_factor": Decimal("0.9")}
    whole = rules.complete(FUEL, {"ncv": Decimal(20)}, found, Basis.BOTH)
    assert whole == {**found, "ncv": Decimal(20)}


def test_units_a_method_takes() -> None:
    assert rules.base_unit_of(FUEL, "kg") == "t"
    assert rules.base_unit_of(FUEL, "m3") == "万Nm3"
    assert rules.base_unit_of(method("purchased_heat"), "MWh") == "GJ"
    assert rules.base_unit_of(method("scope3_activity"), "kWh") == "MWh"
    assert rules.base_unit_of(method("direct_statement"), "tCO2") == "tCO2e"
    with pytest.raises(UnitNotAccepted) as caught:
        rules.base_unit_of(POWER, "t")
    assert "万kWh" in caught.value.message("en")
    for unit in ("GJ", "GEC", "tce"):
        with pytest.raises(UnitNotAccepted):
            rules.base_unit_of(POWER, unit)
    with pytest.raises(UnknownUnit):
        rules.base_unit_of(POWER, "bushel")


def test_scopes_and_categories() -> None:
    rules.check_scope(FUEL, 3)
    with pytest.raises(ScopeNotAllowed):
        rules.check_scope(FUEL, 2)
    activity = method("scope3_activity")
    assert rules.key_of(activity, "商务旅行") == rules.key_of(activity, "C6") == "business_travel"
    assert rules.category_of(activity, 3, "6", None) == "business_travel"
    assert rules.category_of(FUEL, 3, "汽油", "commuting") == "commuting"
    assert rules.category_of(FUEL, 1, "汽油", None) == "combustion"
    for category in (None, "combustion"):
        with pytest.raises(UnknownKey):
            rules.category_of(FUEL, 3, "汽油", category)
    assert len({choice.code for choice in activity.keys}) == 15
    with pytest.raises(UnknownKey):
        rules.key_of(method("steel_carbon_input"), "gold")


def test_reference_values_arrive_in_the_unit_of_the_method() -> None:
    factor, ncv = POWER.parameter("factor"), FUEL.parameter("ncv")
    assert factor is not None
    assert ncv is not None
    assert rules.in_parameter_unit(factor, Decimal("0.5827"), "kgCO2/kWh", "MWh") == Decimal("0.5827")
    assert rules.in_parameter_unit(ncv, Decimal("389.31"), "GJ/10^4Nm3", "万Nm3") == Decimal("389.31")
    assert rules.in_parameter_unit(ncv, Decimal(20934), "kJ/kg", "t") == Decimal("20.934")
    with pytest.raises(ParameterUnitMismatch):
        rules.in_parameter_unit(ncv, Decimal("51.498"), "GJ/t", "万Nm3")
    with pytest.raises(ParameterUnitMismatch):  # a life-cycle factor is not a grid factor
        rules.in_parameter_unit(factor, Decimal("0.5777"), "kgCO2e/kWh", "MWh")


def test_lines_add_and_multiply_exactly_and_explain_themselves() -> None:
    base = rules.base_quantity([(Decimal("1.5"), "万kWh"), (Decimal(250), "kWh")], "MWh")
    assert base == Decimal("15.25")
    (line,) = rules.gas_results(Decimal(2), {Gas.SF6: Decimal("0.5")}, {Gas.SF6: Decimal(23500)})
    assert (line.result_t, line.co2e_t) == (Decimal(1), Decimal(23500))
    assert rules.coefficient_unit(Gas.CO2, "MWh") == "tCO2/MWh"
    words = rules.explanation(FUEL, {"ncv": Decimal(20), "oxidation_factor": Decimal("0.98")}, "t", Basis.BOTH)
    assert words == "E = FC × NCV × CC × OF × 44/12; NCV = 20 GJ/t; OF = 0.98 1"
    request = rules.gwp_request(Gas.CH4, ON)
    assert (request.name, request.key, request.on) == ("gwp", "CH4", ON)


@pytest.mark.parametrize(
    ("code", "base", "printed", "unit", "expected"),
    [
        ("purchased_electricity", "MWh", "0.1229", "kgce/kWh", "0.1229"),
        ("sold_electricity", "MWh", "0.1229", "kgce/kWh", "-0.1229"),
        ("onsite_nonfossil_electricity", "MWh", "0.1229", "kgce/kWh", "0.1229"),
        ("purchased_heat", "GJ", "0.03412", "kgce/MJ", "0.03412"),
        ("fuel_combustion", "t", "0.7143", "kgce/kg", "0.7143"),
        ("fuel_combustion", "万Nm3", "0.1286", "kgce/m3", "1.286"),
    ],
)
def test_standard_coal_by_the_printed_coefficient(code: str, base: str, printed: str, unit: str, expected: str) -> None:
    found = rules.standard_coal(method(code), base, HEAT_VALUE, printed=Decimal(printed), printed_unit=unit)
    assert found == StandardCoal(Decimal(expected), "printed")


def test_standard_coal_measured_before_printed_before_nothing() -> None:
    printed = {"printed": Decimal("0.9714"), "printed_unit": "kgce/kg"}
    ncv = HEAT_VALUE / 2
    assert rules.standard_coal(FUEL, "t", HEAT_VALUE, measured_ncv=ncv, **printed) == StandardCoal(
        Decimal("0.5"), "measured"
    )
    assert rules.standard_coal(FUEL, "t", HEAT_VALUE, table_ncv=ncv, **printed).rule == "printed"
    assert rules.standard_coal(FUEL, "t", HEAT_VALUE, table_ncv=ncv) == StandardCoal(Decimal("0.5"), "table")
    assert rules.standard_coal(FUEL, "万Nm3", HEAT_VALUE) == StandardCoal(None, "unknown")
    # Printed per kg, bought by volume: no coefficient, and no guess.
    assert rules.standard_coal(FUEL, "万Nm3", HEAT_VALUE, **printed).coefficient is None
    assert rules.standard_coal(method("clinker"), "t", HEAT_VALUE) == StandardCoal(Decimal(0), "none")
    steam = rules.standard_coal(
        method("purchased_steam"), "t", HEAT_VALUE, printed=Decimal("0.03412"), printed_unit="kgce/MJ",
        steam_gj_per_t=Decimal("2.7"),
    )  # fmt: skip
    assert steam == StandardCoal(Decimal("0.092124"), "printed")


def test_energies_are_found_by_the_names_of_the_standard() -> None:
    assert rules.energy_name(FUEL, "天然气") == "气田/油田天然气"
    assert rules.energy_name(FUEL, "无烟煤") is None
    assert rules.energy_name(POWER, "") == "电力(当量值)"
    request = rules.coal_request(FUEL, "柴油", ON)
    assert request is not None
    assert (request.name, request.key) == ("standard_coal", "柴油")
    assert rules.coal_request(method("clinker"), "", ON) is None
    assert rules.heat_value_request(ON).name == "standard_coal.heat_value"


@pytest.mark.parametrize("chosen", METHODS.values(), ids=lambda each: each.code)
def test_a_method_takes_the_units_it_lists(chosen: "object") -> None:
    each = METHODS[chosen.code]  # type: ignore[attr-defined]
    for unit in rules.accepted_units(each):
        assert rules.base_unit_of(each, unit.code) in each.base_units
