"""The rules against a second calculator, written from the plans' words and reading only the printed benchmarks."""

import csv
from collections.abc import Iterator
from decimal import Context, Decimal
from itertools import product
from pathlib import Path

import pytest
from factories.quotas_rules import shipped_book

import backend.factors
from backend.quotas.errors import CoolingNotCovered
from backend.quotas.rules import Cooling, PowerInputs, UnitClass, power_quota

D = Decimal
BOOK = shipped_book()
PRINTED = Path(backend.factors.__file__).parent / "reference" / "ets_power_benchmarks.csv"
WIDE = Context(prec=60)
YEARS = range(2019, 2027)
MWH = D("1234567.891")
AGREES_TO = D("1e-37")

BENCHMARKS = {
    (int(row["year"]), UnitClass(row["unit_class"])): (D(row["electricity_benchmark"]), D(row["heat_benchmark"]))
    for row in csv.DictReader(PRINTED.read_text(encoding="utf-8-sig").splitlines())
}
STEPS = ("0.85", "0.80", "0.75", "0.65", "0.50")
LOADS = [None, D(0), D(1), D("0.3"), *(D(step) + D(aside) for step in STEPS for aside in ("0", "0.0001", "-0.0001"))]
HEATS = [(D(0), None), (D(0), D(0)), (D("500000.5"), D("0.37")), (D("500000.5"), None), (D(7), D(1))]


def load_correction(load: Decimal) -> Decimal:
    """2019-2022."""
    percent = 100 * load
    if percent >= 85:
        return D(1)
    if percent >= 80:
        return 1 + D("0.0014") * (85 - percent)
    if percent >= 75:
        return D("1.007") + D("0.0016") * (80 - percent)
    return WIDE.power(D("1.015"), 16 - 20 * load)


def peaking(year: int, load: Decimal) -> Decimal:
    """From 2023."""
    if year <= 2024:
        return WIDE.power(D("1.015"), 16 - 20 * load) if load < D("0.65") else D(1)
    if load >= D("0.5"):
        return D(1)
    first, second = (WIDE.exp(WIDE.divide(-100 * load, D(of))) for of in ("29.822", "6.871"))
    return WIDE.subtract(
        WIDE.subtract(D("7.254"), WIDE.multiply(D("0.633"), WIDE.subtract(D(1), first))),
        WIDE.multiply(D("5.643"), WIDE.subtract(D(1), second)),
    )


def expected(given: PowerInputs) -> Decimal:
    electricity, heat = BENCHMARKS[given.year, given.unit_class]
    is_coal = given.unit_class is not UnitClass.GAS
    is_conventional = given.unit_class in {UnitClass.COAL_GT300, UnitClass.COAL_LE300}
    corrections: list[Decimal] = []
    if given.year <= 2022:
        is_pure = not given.gj and not given.heat_ratio
        if given.is_pure_condensing is not None:
            is_pure = given.is_pure_condensing
        corrections.append(D("1.05") if is_coal and given.cooling is Cooling.AIR else D(1))
        corrections.append(1 - D("0.22" if is_coal else "0.6") * (given.heat_ratio or D(0)))
        if is_conventional and is_pure and given.load is not None:
            corrections.append(load_correction(given.load))
    elif is_conventional and given.load is not None:
        corrections.append(peaking(given.year, given.load))
    allocated = WIDE.multiply(given.mwh, electricity)
    for each in corrections:
        allocated = WIDE.multiply(allocated, each)
    return WIDE.add(allocated, WIDE.multiply(given.gj, heat))


def units(year: int) -> Iterator[PowerInputs]:
    for unit_class, cooling, (gj, ratio), is_pure, load in product(
        UnitClass, (None, *Cooling), HEATS, (None, False, True), LOADS
    ):
        if not (is_pure and (gj or ratio)):  # a contradiction, refused elsewhere
            yield PowerInputs(
                year=year, unit_class=unit_class, mwh=MWH, gj=gj, cooling=cooling, heat_ratio=ratio, load=load,
                is_pure_condensing=is_pure,
            )  # fmt: skip


@pytest.mark.parametrize("year", YEARS)
def test_every_plan_class_cooling_heat_and_step_agrees(year: int) -> None:
    compared = 0
    for given in units(year):
        is_silent = year <= 2020 and given.cooling is Cooling.BACK_PRESSURE and given.unit_class is not UnitClass.GAS
        if is_silent:
            with pytest.raises(CoolingNotCovered):
                power_quota(BOOK, given)
            continue
        found, wanted = power_quota(BOOK, given), expected(given)
        assert abs(found.quota - wanted) <= wanted * AGREES_TO, given
        assert found.displayed == wanted.quantize(D("0.01"), rounding="ROUND_HALF_UP"), given
        compared += 1
    assert compared > 2500
