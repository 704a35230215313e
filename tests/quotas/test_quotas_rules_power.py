"""Allowances of power units: every plan, every class, both sides of every step; the worked examples exactly."""

import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from factories.quotas_rules import altered_book, shipped_book

from backend.quotas.errors import (
    CoolingNotCovered,
    ElectricityBasisWrong,
    HeatContradicted,
    QuotaInputImpossible,
    QuotaRuleUnknown,
    QuotaRuleUnreadable,
)
from backend.quotas.rules import Basis, Cooling, PowerInputs, Quota, UnitClass, electricity_basis, power_quota

BOOK = shipped_book()
CASES = [
    case
    for case in json.loads((Path(__file__).parents[1] / "data" / "worked_examples.json").read_text(encoding="utf-8"))
    if case["kind"] == "ets_power"
]
D = Decimal
LOAD_RULE = "Ff load (pure-condensing conventional coal; others 1)/coal"


def inputs(year: int, unit_class: str = "coal_gt300", **changes: Any) -> PowerInputs:
    given: dict[str, Any] = {"mwh": D(1000), "gj": D(0)}
    given |= {key: D(value) if type(value) is str else value for key, value in changes.items()}
    return PowerInputs(year=year, unit_class=UnitClass(unit_class), **given)


def quota(year: int, unit_class: str = "coal_gt300", **changes: Any) -> Quota:
    return power_quota(BOOK, inputs(year, unit_class, **changes))


def value_of(found: Quota, code: str) -> Decimal:
    return next(each.value for each in found.factors if each.code == code)


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_worked_examples(case: dict[str, Any]) -> None:
    given = case["inputs"]
    found = power_quota(
        BOOK,
        PowerInputs(
            year=given["year"],
            unit_class=UnitClass(given["class"]),
            mwh=D(given["mwh"]),
            gj=D(given.get("gj", "0")),
            cooling=Cooling(given["cooling"]) if "cooling" in given else None,
            heat_ratio=D(given["heat_ratio"]) if "heat_ratio" in given else None,
            load=D(given["load"]) if "load" in given else None,
        ),
    )
    assert found.displayed == D(case["expected"]["quota"])


# Year, class -> electricity and heat benchmark as the plans print them.
PRINTED = {
    (2019, "coal_gt300"): ("0.877", "0.126"), (2020, "coal_le300"): ("0.979", "0.126"),
    (2019, "coal_unconventional"): ("1.146", "0.126"), (2020, "gas"): ("0.392", "0.059"),
    (2021, "coal_gt300"): ("0.8218", "0.1111"), (2021, "coal_le300"): ("0.8773", "0.1111"),
    (2022, "coal_unconventional"): ("0.9303", "0.1105"), (2022, "gas"): ("0.3901", "0.0557"),
    (2023, "coal_gt300"): ("0.7950", "0.1038"), (2024, "coal_le300"): ("0.8049", "0.1033"),
    (2024, "coal_unconventional"): ("0.8244", "0.1033"), (2023, "gas"): ("0.3305", "0.0536"),
    (2025, "coal_gt300"): ("0.7902", "0.1027"), (2025, "coal_unconventional"): ("0.8162", "0.1027"),
    (2026, "coal_le300"): ("0.7985", "0.1021"), (2026, "gas"): ("0.3288", "0.0533"),
}  # fmt: skip


@pytest.mark.parametrize(("year", "unit_class"), PRINTED)
def test_printed_benchmarks_are_used_as_printed(year: int, unit_class: str) -> None:
    electricity, heat = map(D, PRINTED[year, unit_class])
    found = quota(year, unit_class, mwh="1000", gj="10", load="0.9", cooling=Cooling.WATER, heat_ratio="0")
    assert (value_of(found, "electricity_benchmark"), value_of(found, "heat_benchmark")) == (electricity, heat)
    assert found.quota == 1000 * electricity + 10 * heat
    assert [part.value for part in found.parts] == [1000 * electricity, 10 * heat]
    assert not found.is_assumed


@pytest.mark.parametrize("year", range(2019, 2027))
def test_the_electricity_counted_changed_in_2023(year: int) -> None:
    expected = Basis.SUPPLIED if year < 2023 else Basis.GROSS
    other = Basis.GROSS if year < 2023 else Basis.SUPPLIED
    assert electricity_basis(BOOK, year, UnitClass.GAS) is expected
    assert quota(year, basis=expected, load="0.9").basis is expected
    assert quota(year, load="0.9").notes_zh
    with pytest.raises(ElectricityBasisWrong) as refused:
        quota(year, basis=other)
    assert str(year) in refused.value.message("zh")


# Load -> Ff of 2019-2022. Both sides of 85 %, 80 %, 75 %.
LOADS = {
    "1": "1", "0.8501": "1", "0.85": "1", "0.8499": "1.000014", "0.82": "1.0042", "0.80": "1.007",
    "0.7999": "1.007016", "0.78": "1.0102", "0.75": "1.015",
}  # fmt: skip


@pytest.mark.parametrize("year", [2019, 2020, 2021, 2022])
@pytest.mark.parametrize("load", LOADS)
def test_load_correction_of_pure_condensing_units(year: int, load: str) -> None:
    assert value_of(quota(year, load=load), "load") == D(LOADS[load])


def test_load_correction_below_75_percent_is_a_power() -> None:
    # 1.015^(16-20x0.7) = 1.015^2; and just below the step.
    assert value_of(quota(2020, load="0.7"), "load") == D("1.030225")
    below = value_of(quota(2020, load="0.7499"), "load")
    assert D("1.0150302") < below < D("1.0150303")
    assert value_of(quota(2020, load="0"), "load").quantize(D("1.0000000000")) == D("1.2689855477")


@pytest.mark.parametrize(
    "changes",
    [
        {"unit_class": "coal_unconventional"},
        {"unit_class": "gas"},
        {"gj": "1"},
        {"heat_ratio": "0.1"},
        {"is_pure_condensing": False},
    ],
)
def test_load_correction_is_for_pure_condensing_conventional_coal_only(changes: dict[str, Any]) -> None:
    found = power_quota(BOOK, inputs(2021, **{"load": "0.6", **changes}))
    assert value_of(found, "load") == 1
    assert next(each.reason_zh for each in found.factors if each.code == "load") == "非常规燃煤纯凝机组，取 1"


@pytest.mark.parametrize(
    ("year", "unit_class", "cooling", "expected"),
    [
        (2019, "coal_gt300", "water", "1"), (2020, "coal_le300", "air", "1.05"), (2021, "coal_gt300", "air", "1.05"),
        (2022, "coal_unconventional", "air", "1.05"), (2022, "coal_gt300", "back_pressure", "1"),
        (2021, "gas", "air", "1"),
    ],
)  # fmt: skip
def test_cooling_correction(year: int, unit_class: str, cooling: str, expected: str) -> None:
    assert value_of(quota(year, unit_class, cooling=Cooling(cooling)), "cooling") == D(expected)


def test_back_pressure_before_2021_cannot_be_told() -> None:
    with pytest.raises(CoolingNotCovered):
        quota(2020, cooling=Cooling.BACK_PRESSURE)


@pytest.mark.parametrize("year", [2019, 2022])
def test_heat_supply_correction(year: int) -> None:
    assert value_of(quota(year, gj="1", heat_ratio="0.25"), "heat_supply") == D("0.945")
    assert value_of(quota(year, "gas", gj="1", heat_ratio="0.25"), "heat_supply") == D("0.85")
    assert value_of(quota(year, "gas", gj="1", heat_ratio="1"), "heat_supply") == D("0.4")


# Load -> both sides of 65 % (2023, 2024).
@pytest.mark.parametrize("year", [2023, 2024])
@pytest.mark.parametrize(("load", "expected"), [("0.65", "1"), ("0.6501", "1"), ("0.9", "1"), ("0.6", "1.06136355")])
def test_peaking_of_2023_and_2024(year: int, load: str, expected: str) -> None:
    assert value_of(quota(year, load=load), "peaking").quantize(D("1.00000000")) == D(expected)


def test_peaking_of_2023_steps_at_65_percent() -> None:
    below = value_of(quota(2023, load="0.6499"), "peaking")
    assert D("1.045709") < below < D("1.045710")
    assert value_of(quota(2023, load="0.6499", gj="500", heat_ratio="0.5"), "peaking") == below, "heat does not matter"


@pytest.mark.parametrize("year", [2025, 2026])
def test_peaking_of_2025_steps_at_50_percent(year: int) -> None:
    assert value_of(quota(year, load="0.5"), "peaking") == 1
    assert value_of(quota(year, load="0.5001"), "peaking") == 1
    # The published note: the formula's value at 50 % is 1.1003, so there is a step.
    assert value_of(quota(year, load="0.49999999999"), "peaking").quantize(D("1.0000")) == D("1.1003")
    # Independently computed with 60 digits.
    assert value_of(quota(year, load="0.3"), "peaking") == D("1.281146320670475437131779764222641877721")


@pytest.mark.parametrize("unit_class", ["coal_unconventional", "gas"])
@pytest.mark.parametrize("year", [2023, 2025, 2026])
def test_peaking_is_for_conventional_coal_only(year: int, unit_class: str) -> None:
    found = power_quota(BOOK, inputs(year, unit_class, load="0.3"))
    assert value_of(found, "peaking") == 1
    assert not found.is_assumed


def test_cooling_and_heat_ratio_do_not_matter_from_2023() -> None:
    plain = quota(2024, load="0.7", gj="10")
    assert quota(2024, load="0.7", gj="10", cooling=Cooling.AIR, heat_ratio="0.9").quota == plain.quota
    assert value_of(plain, "abolished") == 1


def test_what_is_not_stated_is_one_and_marked() -> None:
    found = quota(2021)
    assert found.quota == D("821.8")
    assert found.is_assumed
    assert [each.code for each in found.factors if each.is_assumed] == ["cooling", "load"]
    assert [each.code for each in quota(2022, gj="1", cooling=Cooling.AIR).factors if each.is_assumed] == [
        "heat_supply"
    ]
    assert [each.code for each in quota(2025).factors if each.is_assumed] == ["peaking"]
    assert not quota(2025, "gas").is_assumed


def test_every_factor_carries_its_proof() -> None:
    found = quota(2022, cooling=Cooling.AIR, load="0.78")
    assert [each.code for each in found.factors] == [
        "electricity_benchmark", "cooling", "heat_supply", "load", "heat_benchmark",
    ]  # fmt: skip
    assert found.documents == ("国环规气候〔2023〕1号",)
    assert found.confidence == "verified-by-lookup(secondary)"
    assert found.is_uncertain
    assert found.formula == "MWh × B_e × Fl × Fr × Ff + GJ × B_h"
    assert found.parts[0].expression == "1000 × 0.8177 × 1.05 × 1 × 1.0102"
    assert all(each.figure is not None and each.figure.version_id for each in found.factors)


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("mwh", {"mwh": "-1"}), ("mwh", {"mwh": "NaN"}), ("mwh", {"mwh": "1e99"}), ("gj", {"gj": "-0.1"}),
        ("load", {"load": "1.01"}), ("load", {"load": "78"}), ("load", {"load": "-0.1"}),
        ("heatRatio", {"heat_ratio": "1.1"}), ("mwh", {"mwh": "Infinity"}),
    ],
)  # fmt: skip
def test_impossible_inputs(field: str, changes: dict[str, Any]) -> None:
    with pytest.raises(QuotaInputImpossible) as refused:
        power_quota(BOOK, inputs(2022, **changes))
    assert refused.value.path == ("input", field)


def test_pure_condensing_with_heat_is_a_contradiction() -> None:
    with pytest.raises(HeatContradicted):
        quota(2021, gj="5", is_pure_condensing=True)


@pytest.mark.parametrize("year", [2018, 2027, 1900, 99999, -1])
def test_years_without_a_plan_cannot_be_told(year: int) -> None:
    with pytest.raises(QuotaRuleUnknown):
        quota(year)


def test_a_missing_or_unreadable_correction_blocks() -> None:
    with pytest.raises(QuotaRuleUnknown):
        power_quota(altered_book("ets.correction", LOAD_RULE, 2021, gone=True), inputs(2021, load="0.9"))
    broken = altered_book("ets.correction", LOAD_RULE, 2021, text_value="F>=85%:1; ask the ministry; F as fraction")
    with pytest.raises(QuotaRuleUnreadable):
        power_quota(broken, inputs(2021, load="0.9"))
    with pytest.raises(QuotaRuleUnreadable):
        power_quota(altered_book("ets.electricity_benchmark", "gas", 2025, attributes={}), inputs(2025, "gas"))


def test_a_newer_wording_counts_without_new_code() -> None:
    book = altered_book("ets.correction", LOAD_RULE, 2021, text_value="F<90%:2*(1-F)+1; else 1; F as fraction")
    assert value_of(power_quota(book, inputs(2021, load="0.8")), "load") == D("1.4")
    assert power_quota(book, replace(inputs(2021), load=D("0.9"), cooling=Cooling.WATER)).quota == D("821.8")
