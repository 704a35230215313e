"""Units convert exactly or not at all."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.kit.months import InvalidMonth, Month, month_range, months_of
from backend.kit.quantities import (
    UNITS,
    IncompatibleUnits,
    UnknownUnit,
    can_convert,
    canonical,
    conversion,
    conversion_rows,
    convert,
    dimension,
    display,
    label,
    rate_conversion,
    units_for,
    units_into,
)

CODES = [unit.code for unit in UNITS]
TWO_WAY = [(a, b) for a in CODES for b in CODES if can_convert(a, b) and can_convert(b, a)]
AMOUNTS = st.decimals(allow_nan=False, allow_infinity=False, min_value=0, max_value=10**12, places=9)


@pytest.mark.parametrize(
    ("from_unit", "to_unit", "factor"),
    [
        ("kWh", "MWh", "0.001"),
        ("万kWh", "MWh", "10"),
        ("10^4kWh", "kWh", "10000"),
        ("kWh", "GJ", "0.0036"),
        ("MWh", "GJ", "3.6"),
        ("TJ", "GJ", "1000"),
        ("万tce", "kgce", "10000000"),
        ("m³", "万Nm3", "0.0001"),
        ("万m3", "Nm3", "10000"),
        ("万t", "kg", "10000000"),
        ("tCO2", "kgCO2e", "1000"),
        ("万元", "元", "10000"),
        ("亿元", "万CNY", "10000"),
        ("万人", "人", "10000"),
    ],
)
def test_a_factor_is_exact(from_unit: str, to_unit: str, factor: str) -> None:
    assert conversion(from_unit, to_unit) == Decimal(factor)


@pytest.mark.parametrize(
    ("from_unit", "to_unit"),
    [
        ("GJ", "kWh"),  # 277.777... has no end
        ("tce", "GJ"),  # a parameter, not a unit conversion
        ("kWh", "tce"),
        ("t", "tCO2"),
        ("tCO2e", "tCO2"),  # would invent a gas
        ("GEC", "MWh"),  # a certificate is not energy
        ("point", "t"),
        ("t", "Nm3"),
    ],
)
def test_what_is_not_a_conversion_is_refused(from_unit: str, to_unit: str) -> None:
    assert not can_convert(from_unit, to_unit)
    with pytest.raises(IncompatibleUnits) as caught:
        conversion(from_unit, to_unit)
    assert caught.value.code == "incompatible_units"
    assert from_unit in caught.value.message("zh")


@pytest.mark.parametrize(
    ("spelling", "code"),
    [
        ("１０^４ｋＷｈ", "万kWh"),
        ("10⁴Nm³", "万Nm3"),
        ("万立方米", "万Nm3"),
        (" kw h ", "kWh"),
        ("度", "kWh"),
        ("吨标煤", "tce"),
        ("tco2E", "tCO2e"),
        ("㎥", "Nm3"),
        ("㎡", "m2"),
    ],
)
def test_spellings_fold_to_one(spelling: str, code: str) -> None:
    assert canonical(spelling) == code


def test_an_unknown_unit_says_so_in_both_languages() -> None:
    with pytest.raises(UnknownUnit) as caught:
        canonical("bushel")
    assert "bushel" in caught.value.message("en")
    assert "无法识别" in caught.value.message("zh")


@given(amount=AMOUNTS, pair=st.sampled_from(TWO_WAY))
def test_there_and_back_is_the_same_to_the_last_digit(amount: Decimal, pair: tuple[str, str]) -> None:
    there = convert(amount, *pair)
    assert convert(there, pair[1], pair[0]) == amount


@given(first=AMOUNTS, second=AMOUNTS, pair=st.sampled_from(TWO_WAY))
def test_converting_is_linear(first: Decimal, second: Decimal, pair: tuple[str, str]) -> None:
    assert convert(first, *pair) + convert(second, *pair) == convert(first + second, *pair)


def test_rows_for_the_database_hold_every_spelling_and_the_same_factors() -> None:
    rows = dict(conversion_rows("MWh"))
    assert rows["万kWh"] == rows["10^4kWh"] == Decimal(10)
    assert rows["度"] == Decimal("0.001")
    assert "GJ" not in rows
    for target in CODES:
        assert all(factor == conversion(spelling, target) for spelling, factor in conversion_rows(target))


def test_units_are_listed_by_what_they_measure() -> None:
    assert [unit.code for unit in units_for("electricity")] == ["kWh", "MWh", "万kWh", "GWh"]
    assert [unit.code for unit in units_into("GJ")][:4] == ["kJ", "MJ", "GJ", "TJ"]
    assert dimension("MWh") != dimension("GJ")
    assert (label("万kWh", "zh"), label("tce", "en")) == ("万千瓦时", "tonne of coal equivalent")


@pytest.mark.parametrize(
    ("from_unit", "to_unit", "factor"),
    [
        ("kgCO2/kWh", "tCO2/MWh", "1"),
        ("kJ/kg", "GJ/t", "0.001"),
        ("MJ/m3", "GJ/万Nm3", "10"),
        ("GJ/10^4Nm3", "GJ/万Nm3", "1"),
        ("kgce/m3", "tce/万Nm3", "10"),
        ("%", "1", "0.01"),
    ],
)
def test_rates_convert_exactly(from_unit: str, to_unit: str, factor: str) -> None:
    assert rate_conversion(from_unit, to_unit) == Decimal(factor)


@pytest.mark.parametrize(
    ("from_unit", "to_unit"),
    [("kgCO2e/kWh", "tCO2/MWh"), ("GJ/t", "GJ/万Nm3"), ("t", "GJ/t"), ("kg/t per min", "t/t")],
)
def test_rates_of_other_things_are_refused(from_unit: str, to_unit: str) -> None:
    with pytest.raises(IncompatibleUnits):
        rate_conversion(from_unit, to_unit)


@pytest.mark.parametrize(
    ("value", "places", "shown"),
    [("6461.1597", 2, "6461.16"), ("2.675", 2, "2.68"), ("-2.675", 2, "-2.68"), ("-0.001", 2, "0.00"), ("5", 0, "5")],
)
def test_display_rounds_half_up(value: str, places: int, shown: str) -> None:
    assert display(Decimal(value), places) == shown


def test_months_are_read_strictly_and_kindly() -> None:
    assert Month.parse("2025-03") == Month(2025, 3)
    for text in ("2025-3", "2025-13", "25-03", "2025-00", "2025-03-01", ""):
        with pytest.raises(InvalidMonth):
            Month.parse(text)
    for text in ("2025/3", "2025.03", "202503", "2025年3月", " 2025-03 "):
        assert Month.read(text) == Month(2025, 3)
    with pytest.raises(InvalidMonth):
        Month.read("March 2025")


def test_months_count() -> None:
    assert str(Month(2024, 12).plus(1)) == "2025-01"
    assert str(Month(2025, 1).plus(-13)) == "2023-12"
    assert Month(2024, 2).last_day == date(2024, 2, 29)
    assert [str(each) for each in month_range(Month(2024, 11), Month(2025, 1))] == ["2024-11", "2024-12", "2025-01"]
    assert list(month_range(Month(2025, 2), Month(2025, 1))) == []
    assert len(months_of(2025)) == 12
    assert Month.of(date(2025, 3, 31)).until(Month(2026, 1)) == 10
