"""Methods against the worked examples and against figures computed by hand."""

import csv
import json
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.emissions import rules
from backend.emissions.errors import MethodNotInPack, UnknownMethod, UnknownPack
from backend.emissions.methods import METHODS, PACKS, method, method_of_pack, pack
from backend.emissions.methods.arithmetic import PLACES, coefficients, multiply
from backend.emissions.values import Basis, Gas, LookupContext, Need
from backend.kit.quantities import canonical, rate_conversion

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = {
    each["id"]: each for each in json.loads((ROOT / "tests/data/worked_examples.json").read_text(encoding="utf-8"))
}
REFERENCE = ROOT / "backend/factors/reference"
ON = date(2025, 6, 1)
CONTEXT = LookupContext("无烟煤", "A_MEE_ETS", "320000", "华东", ON)


def defaults() -> dict[tuple[str, str], tuple[Decimal, str]]:
    """The newest value and unit of every method default."""
    found: dict[tuple[str, str], tuple[Decimal, str]] = {}
    with (REFERENCE / "method_defaults.csv").open(encoding="utf-8") as file:
        for row in sorted(csv.DictReader(file), key=lambda each: each["valid_from"]):
            if row["value"]:
                found[row["name"], row["key"]] = (Decimal(row["value"]), row["unit"])
    return found


DEFAULTS = defaults()


def tonnes(code: str, quantity: str, unit: str, raw: dict[str, object], basis: Basis = Basis.BOTH) -> Decimal:
    """Run a method the way the service does, on stated parameters alone: co2 tonnes of one quantity."""
    chosen = method(code)
    stated = rules.read_parameters(chosen, raw)
    numbers = rules.complete(chosen, stated.numbers, {}, basis)
    base = rules.base_quantity([(Decimal(quantity), unit)], rules.base_unit_of(chosen, unit))
    results = rules.gas_results(base, coefficients(chosen, numbers, basis), dict.fromkeys(Gas, Decimal(1)))
    return sum((each.co2e_t for each in results), Decimal(0))


def of_kind(kind: str) -> list[Any]:
    return [pytest.param(each, id=each["id"]) for each in EXAMPLES.values() if each["kind"] == kind]


def assert_close(example: dict[str, Any], found: Decimal) -> None:
    assert abs(found - Decimal(example["expected"]["tco2"])) <= Decimal(example["tolerance"])


@pytest.mark.parametrize("example", of_kind("electricity"))
@pytest.mark.parametrize("basis", [Basis.LOCATION, Basis.MARKET])
def test_electricity(example: dict[str, Any], basis: Basis) -> None:
    given_ = example["inputs"]
    raw: dict[str, object] = {"factor": given_["factor_t_per_mwh"], "factor_source": example["source"]}
    assert_close(example, tonnes("purchased_electricity", given_["mwh"], "MWh", raw, basis))


@pytest.mark.parametrize("example", of_kind("electricity_plus_other"))
def test_electricity_with_tonnes_stated_directly(example: dict[str, Any]) -> None:
    given_ = example["inputs"]
    raw: dict[str, object] = {"factor": given_["factor_t_per_mwh"], "factor_source": example["source"]}
    power = tonnes("purchased_electricity", given_["mwh"], "MWh", raw, Basis.LOCATION)
    other = tonnes("direct_statement", given_["other_t"], "tCO2", {"reason": "as in the verification report"})
    assert_close(example, power + other)


@pytest.mark.parametrize("example", of_kind("electricity_inconsistent"))
def test_an_inconsistent_report_is_flagged(example: dict[str, Any]) -> None:
    given_ = example["inputs"]
    raw: dict[str, object] = {"factor": given_["factor_t_per_mwh"], "factor_source": example["source"]}
    recomputed = tonnes("purchased_electricity", given_["mwh"], "MWh", raw, Basis.LOCATION)
    tolerance = Decimal(example["tolerance"])
    assert abs(recomputed - Decimal(example["expected"]["recomputed"])) <= tolerance
    check = rules.reported_consistent(Decimal(given_["reported_t"]), recomputed, tolerance)
    assert (not check.is_blocking) is example["expected"]["consistent"]
    assert "97.73" in check.en
    assert "93.1" in check.zh


@pytest.mark.parametrize("example", of_kind("combustion"))
@pytest.mark.parametrize("unit", ["t", "万Nm3"])
def test_combustion(example: dict[str, Any], unit: str) -> None:
    given_ = example["inputs"]
    rules.check_scope(method("fuel_combustion"), given_.get("scope", 1))
    raw: dict[str, object] = {name: given_[name] for name in ("ncv", "cc", "of")}
    assert_close(example, tonnes("fuel_combustion", given_["amount"], unit, raw))


@pytest.mark.parametrize("example", of_kind("heat"))
def test_heat(example: dict[str, Any]) -> None:
    given_ = example["inputs"]
    raw: dict[str, object] = {"factor": given_["factor"], "factor_source": "GB/T 32150-2025"}
    assert_close(example, tonnes("purchased_heat", given_["gj"], "GJ", raw))
    assert DEFAULTS["heat.supply", "default"] == (Decimal(given_["factor"]), "tCO2/GJ")


@pytest.mark.parametrize("example", of_kind("clinker"))
def test_clinker(example: dict[str, Any]) -> None:
    given_ = example["inputs"]
    assert_close(example, tonnes("clinker", given_["t"], "t", {"cao": given_["cao"], "mgo": given_["mgo"]}))


def test_every_kind_that_belongs_here_was_run() -> None:
    kinds = {each["kind"] for each in EXAMPLES.values()}
    assert kinds >= {
        "electricity",
        "electricity_plus_other",
        "electricity_inconsistent",
        "combustion",
        "heat",
        "clinker",
    }


def test_clinker_leaves_out_what_is_not_carbonate() -> None:
    raw: dict[str, object] = {"cao": "0.65", "mgo": "0.015", "cao_noncarbonate": "0.05", "mgo_noncarbonate": "0.005"}
    exact = Fraction(60, 100) * Fraction(44, 56) + Fraction(1, 100) * Fraction(44, 40)
    found = tonnes("clinker", "1", "t", raw)
    assert abs(Fraction(found) - exact) <= Fraction(1, 2 * 10**PLACES)
    assert tonnes("clinker", "1000", "t", {"factor": "0.535", "factor_source": "guide"}) == Decimal(535)


def test_combustion_from_measured_carbon_or_a_declared_factor() -> None:
    assert tonnes("fuel_combustion", "12", "t", {"elemental_carbon": "0.6", "oxidation_factor": "1"}) == Decimal("26.4")
    raw: dict[str, object] = {"factor": "2.1", "factor_source": "laboratory report"}
    assert tonnes("fuel_combustion", "2000", "kg", raw) == Decimal("4.2")


def test_sold_energy_is_negative_and_net_is_the_difference() -> None:
    raw: dict[str, object] = {"factor": "0.5827", "factor_source": "公告2025年第47号"}
    bought = tonnes("purchased_electricity", "100", "MWh", raw, Basis.LOCATION)
    sold = tonnes("sold_electricity", "4", "万kWh", raw, Basis.LOCATION)
    assert (bought, sold, bought + sold) == (Decimal("58.27"), Decimal("-23.308"), Decimal("34.962"))
    heat: dict[str, object] = {"factor": "0.11", "factor_source": "standard"}
    assert tonnes("sold_heat", "100", "GJ", heat) == Decimal(-11)


def test_steam_counts_above_the_returned_water() -> None:
    steam = method("purchased_steam")
    needed = rules.lookups_needed(steam, {"enthalpy": Decimal("2783.74")}, CONTEXT, Basis.BOTH)
    found = {each.parameter: DEFAULTS[each.requests[0].name, each.requests[0].key][0] for each in needed}
    assert found == {"factor": Decimal("0.11"), "return_enthalpy": Decimal("83.74")}
    numbers = rules.complete(steam, {"enthalpy": Decimal("2783.74")}, found, Basis.BOTH)
    assert coefficients(steam, numbers) == {Gas.CO2: Decimal("0.297")}


def test_green_and_own_electricity_count_zero_where_they_should() -> None:
    green, own = method("purchased_green_electricity"), method("onsite_nonfossil_electricity")
    raw: dict[str, object] = {"factor": "0.5827", "factor_source": "x", "certificate": "GEC 2025-01"}
    assert tonnes("purchased_green_electricity", "10", "MWh", raw, Basis.LOCATION) == Decimal("5.827")
    assert tonnes("purchased_green_electricity", "10", "MWh", raw, Basis.MARKET) == 0
    assert rules.lookups_needed(green, {}, CONTEXT, Basis.MARKET) == ()
    for basis in own.bases:
        assert rules.lookups_needed(own, {}, CONTEXT, basis) == ()
        assert tonnes(own.code, "10", "MWh", {}, basis) == 0


def test_the_two_sides_of_scope_2_ask_different_questions() -> None:
    power = method("purchased_electricity")
    (plain,) = rules.lookups_needed(power, {}, CONTEXT, Basis.LOCATION)
    assert [(each.name, each.key, each.region) for each in plain.requests] == [
        ("grid.electricity", "provincial_average", "320000"),
        ("grid.electricity", "regional_average", "华东"),
        ("grid.electricity", "national_average", "CN"),
    ]
    assert rules.lookups_needed(power, {}, CONTEXT, Basis.MARKET) == (plain,)
    claimed = LookupContext("", "A_MEE_ETS", "320000", "华东", ON, is_certificate_claimed=True)
    assert rules.lookups_needed(power, {}, claimed, Basis.LOCATION)[0].requests == plain.requests
    (residual,) = rules.lookups_needed(power, {}, claimed, Basis.MARKET)
    assert [(each.name, each.key) for each in residual.requests] == [
        ("grid.residual", "national_excl_market_nonfossil")
    ]
    contract = {"market_factor": Decimal("0.1")}
    assert rules.lookups_needed(power, contract, claimed, Basis.MARKET) == ()
    assert rules.lookups_needed(power, contract, claimed, Basis.LOCATION) != ()
    assert rules.complete(power, {**contract, "factor": Decimal("0.5")}, {}, Basis.MARKET) == {"factor": Decimal("0.1")}


@pytest.mark.parametrize(
    ("code", "key", "raw", "expected"),
    [
        ("steel_carbon_input", "dri", {}, {Gas.CO2: "0.073"}),
        ("steel_carbon_input", "废钢", {}, {Gas.CO2: "0.037"}),
        ("steel_carbon_input", "electrode", {}, {Gas.CO2: "3.663"}),
        ("steel_carbon_output", "crude_steel", {}, {Gas.CO2: "-0.0154"}),
        ("carbonate", "石灰石", {"purity": "0.95"}, {Gas.CO2: "0.418"}),
        ("aluminium_pfc", "", {}, {Gas.CF4: "0.000034", Gas.C2F6: "0.0000034"}),
        (
            "aluminium_pfc_slope",
            "cwpb",
            {"anode_effect_minutes": "0.2"},
            {Gas.CF4: "0.0000286", Gas.C2F6: "0.0000034606"},
        ),
        ("power_coal_unmeasured", "", {"ncv": "20"}, {Gas.CO2: "2.23971"}),
        ("release_sf6", "", {}, {Gas.SF6: "1"}),
    ],
)
def test_defaults_of_the_references_give_these_coefficients(
    code: str, key: str, raw: dict[str, object], expected: dict[Gas, str]
) -> None:
    chosen = method(code)
    context = LookupContext(rules.key_of(chosen, key), "A_MEE_ETS", "320000", "华东", ON)
    stated = rules.read_parameters(chosen, raw).numbers
    found: dict[str, Decimal] = {}
    for lookup in rules.lookups_needed(chosen, stated, context, Basis.BOTH):
        value, unit = DEFAULTS[lookup.requests[0].name, lookup.requests[0].key]
        parameter = chosen.parameter(lookup.parameter)
        assert parameter is not None
        found[lookup.parameter] = rules.in_parameter_unit(parameter, value, unit, chosen.base_units[0])
    numbers = rules.complete(chosen, stated, found, Basis.BOTH)
    assert coefficients(chosen, numbers) == {gas: Decimal(value) for gas, value in expected.items()}


def test_the_anode_burns_its_carbon() -> None:
    anode = {"net_anode": Decimal("0.42"), "sulphur": Decimal("0.02"), "ash": Decimal("0.004")}
    exact = Fraction(42, 100) * Fraction(976, 1000) * Fraction(44, 12)
    assert Fraction(coefficients(method("aluminium_anode"), anode)[Gas.CO2]) == exact == Fraction("1.50304")


def test_every_gas_has_a_warming_potential_and_every_default_its_document() -> None:
    assert {gas: DEFAULTS["gwp", gas.value][0] for gas in Gas} == {
        Gas.CO2: 1, Gas.CO2E: 1, Gas.CH4: 28, Gas.N2O: 265, Gas.SF6: 23500, Gas.CF4: 6630, Gas.C2F6: 11100,
    }  # fmt: skip
    for name in ("method_defaults.csv", "uncertainty_defaults.csv"):
        with (REFERENCE / name).open(encoding="utf-8") as file:
            for row in csv.DictReader(file):
                assert all(row[field] for field in ("name", "key", "unit", "valid_from", "document", "source"))
                assert row["confidence"] in {"verified-by-lookup", "from-memory", "placeholder"}
                assert row["value"] or (row["low"] and row["high"])


def test_every_question_a_method_asks_of_its_own_defaults_has_an_answer() -> None:
    elsewhere = {"grid.electricity", "grid.residual", "fuel.ncv", "fuel.carbon_content", "fuel.oxidation"}
    for chosen in METHODS.values():
        for key in [choice.code for choice in chosen.keys] or ["天然气"]:
            context = LookupContext(key, "A_MEE_ETS", "320000", "华东", ON)
            for basis in chosen.bases:
                for lookup in chosen.lookups(context, basis):
                    parameter = chosen.parameter(lookup.parameter)
                    assert parameter is not None
                    assert parameter.need is Need.LOOKED_UP
                    for request in lookup.requests:
                        if request.name not in elsewhere:
                            value, unit = DEFAULTS[request.name, request.key]
                            rules.check_possible(parameter, value)
                            assert rate_conversion(unit, rules.parameter_unit(parameter, chosen.base_units[0])) == 1


@pytest.mark.parametrize("chosen", METHODS.values(), ids=lambda each: each.code)
def test_a_method_is_whole(chosen: Any) -> None:
    assert all(canonical(base) == base for base in chosen.base_units)
    assert chosen.label.zh
    assert chosen.label.en
    assert chosen.formula.startswith("E")
    sides = ({Basis.BOTH}, {Basis.LOCATION, Basis.MARKET})
    # Certificates change nothing but the market side, and no source takes this method.
    assert set(chosen.bases) in (sides if chosen.code != "claimed_electricity" else ({Basis.MARKET},))
    codes = {each.code for each in chosen.parameters}
    assert all(each.goes_with is None or each.goes_with in codes for each in chosen.texts)
    assert all(each.low < each.high for each in chosen.parameters)


def test_packs_name_methods_that_exist() -> None:
    assert set(PACKS) == {"power", "steel", "cement", "aluminium", "general"}
    for each in PACKS.values():
        assert set(each.methods) <= set(METHODS)
        assert each.guide
        assert each.fuel_table in {"A_MEE_ETS", "C_INDUSTRY_OTHER"}
    assert method_of_pack("clinker", "cement").code == "clinker"
    with pytest.raises(MethodNotInPack):
        method_of_pack("clinker", "general")
    with pytest.raises(UnknownMethod):
        method("guesswork")
    with pytest.raises(UnknownPack):
        pack("fishing")


MEASURED = st.fixed_dictionaries(
    {
        "ncv": st.decimals(min_value=1, max_value=400, places=4),
        "carbon_content": st.decimals(min_value=0, max_value="0.2", places=6),
        "oxidation_factor": st.decimals(min_value=0, max_value=1, places=3),
    }
)
QUANTITIES = st.decimals(min_value=0, max_value=10**9, places=6)


@given(numbers=MEASURED, first=QUANTITIES, second=QUANTITIES)
def test_results_are_linear_to_the_last_digit(numbers: dict[str, Decimal], first: Decimal, second: Decimal) -> None:
    coefficient = coefficients(method("fuel_combustion"), numbers)[Gas.CO2]
    exact = Fraction(numbers["ncv"]) * Fraction(numbers["carbon_content"]) * Fraction(numbers["oxidation_factor"])
    assert abs(Fraction(coefficient) - exact * Fraction(44, 12)) <= Fraction(1, 2 * 10**PLACES)
    parts = Fraction(multiply(first, coefficient)) + Fraction(multiply(second, coefficient))
    assert parts == Fraction(multiply(first + second, coefficient))
