"""Checks, quality scores and uncertainty, with the placeholders the product ships."""

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from backend.emissions import rules
from backend.emissions.values import CheckOutcome, LineEstimate, Outcome, Tier
from backend.kit.months import Month

FILE = Path(__file__).resolve().parents[2] / "backend/factors/reference/uncertainty_defaults.csv"
with FILE.open(encoding="utf-8") as _file:
    ROWS = {(row["name"], row["key"]): Decimal(row["value"]) for row in csv.DictReader(_file)}
LIMITS = rules.check_limits(ROWS)
WEIGHTS = rules.quality_weights(ROWS)
YEAR = [Decimal(each) for each in (100, 104, 98, 97, 103, 110, 121, 118, 105, 99, 101, 102)]
MAY = Month(2025, 5)


def test_three_outcomes_and_two_of_them_block() -> None:
    outcomes = [CheckOutcome("x", outcome, "", "") for outcome in Outcome]
    assert [each.is_blocking for each in outcomes] == [False, True, True]
    assert rules.is_blocked(outcomes[2:])
    assert not rules.is_blocked(outcomes[:1])


def test_a_quantity_is_not_negative_and_a_zero_is_explained() -> None:
    assert rules.quantity_sign(Decimal("-0.1")).outcome is Outcome.FAIL
    assert rules.quantity_sign(Decimal(0)).outcome is Outcome.PASS
    assert rules.quantity_zero(Decimal(0), YEAR).outcome is Outcome.CANNOT_TELL
    assert rules.quantity_zero(Decimal(0), [Decimal(0)]).outcome is Outcome.PASS
    assert rules.quantity_zero(Decimal(1), YEAR).outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("quantity", "outcome"), [("130", Outcome.PASS), ("80", Outcome.PASS), ("170", Outcome.FAIL), ("10", Outcome.FAIL)]
)
def test_a_quantity_against_its_history(quantity: str, outcome: Outcome) -> None:
    assert rules.quantity_history(Decimal(quantity), YEAR, LIMITS).outcome is outcome


def test_a_short_or_flat_history() -> None:
    assert rules.quantity_history(Decimal(100), YEAR[:5], LIMITS).outcome is Outcome.CANNOT_TELL
    flat = [Decimal(100)] * 6
    assert rules.quantity_history(Decimal(129), flat, LIMITS).outcome is Outcome.PASS
    assert rules.quantity_history(Decimal(131), flat, LIMITS).outcome is Outcome.FAIL
    nothing = [Decimal(0)] * 6
    assert rules.quantity_history(Decimal(0), nothing, LIMITS).outcome is Outcome.PASS
    assert rules.quantity_history(Decimal(1), nothing, LIMITS).outcome is Outcome.FAIL


@pytest.mark.parametrize(
    ("quantity", "hint"),
    [
        ("1030", "decimal"),
        ("10.3", "decimal"),
        ("103000", "MWh"),
        ("0.103", "MWh"),
        ("1020000", "万kWh"),
        ("370", "MJ"),
    ],
)
def test_a_slipped_unit_is_recognised(quantity: str, hint: str) -> None:
    found = rules.unit_slip(Decimal(quantity), YEAR, LIMITS)
    assert found.outcome is Outcome.FAIL
    assert hint in found.en


def test_seasons_are_not_slips() -> None:
    heating = [Decimal(each) for each in (100, 90, 70, 20, 10, 10, 10, 10, 12, 30, 80, 100)]
    assert rules.unit_slip(Decimal(100), heating, LIMITS).outcome is Outcome.PASS
    assert rules.unit_slip(Decimal(105), YEAR, LIMITS).outcome is Outcome.PASS
    assert rules.unit_slip(Decimal(105), YEAR[:3], LIMITS).outcome is Outcome.CANNOT_TELL


def test_a_band_of_the_sector() -> None:
    low, high = Decimal(1), Decimal(2)
    assert rules.quantity_band(Decimal(2), low, high).outcome is Outcome.PASS
    assert rules.quantity_band(Decimal("2.1"), low, high).outcome is Outcome.FAIL
    assert rules.quantity_band(Decimal(2), None, high).outcome is Outcome.CANNOT_TELL


def test_a_reported_number_within_its_tolerance() -> None:
    tolerance = LIMITS.report_tolerance
    assert tolerance == Decimal("0.005")
    assert rules.reported_consistent(Decimal("6461.16"), Decimal("6461.1597"), tolerance).outcome is Outcome.PASS
    assert rules.reported_consistent(Decimal("1.005"), Decimal(1), tolerance).outcome is Outcome.PASS
    assert rules.reported_consistent(Decimal("1.0051"), Decimal(1), tolerance).outcome is Outcome.FAIL
    assert rules.reported_consistent(None, Decimal(1), tolerance).outcome is Outcome.CANNOT_TELL


@pytest.mark.parametrize(
    ("tier", "validities", "state", "outcome"),
    [
        (Tier.METERED, [(date(2025, 1, 1), date(2025, 5, 31))], "valid", Outcome.PASS),
        (Tier.METERED, [(date(2025, 1, 1), date(2025, 5, 30))], "expired", Outcome.CANNOT_TELL),
        (Tier.METERED, [(date(2025, 5, 2), date(2026, 5, 1))], "expired", Outcome.CANNOT_TELL),
        (Tier.METERED, [(date(2024, 5, 16), date(2025, 5, 15)), (date(2025, 5, 16), date(2026, 5, 15))], "valid",
         Outcome.PASS),
        (Tier.METERED, [(date(2024, 5, 1), date(2025, 5, 15)), (date(2025, 5, 17), date(2026, 5, 15))], "expired",
         Outcome.CANNOT_TELL),
        (Tier.METERED, [], "unknown", Outcome.CANNOT_TELL),
        (Tier.INVOICED, [], "not_needed", Outcome.PASS),
    ],
)  # fmt: skip
def test_calibration_over_the_whole_month(
    tier: Tier, validities: list[tuple[date, date]], state: str, outcome: Outcome
) -> None:
    assert rules.calibration_state(tier, MAY, validities) == state
    assert rules.calibration(tier, MAY, validities).outcome is outcome


def test_meter_and_invoice() -> None:
    assert rules.metered_invoiced(Decimal(100), Decimal(105), LIMITS).outcome is Outcome.PASS
    assert rules.metered_invoiced(Decimal(100), Decimal(106), LIMITS).outcome is Outcome.FAIL
    assert rules.metered_invoiced(Decimal(100), None, LIMITS).outcome is Outcome.CANNOT_TELL


def test_certificate_and_energy_are_of_one_year() -> None:
    assert rules.certificate_year(MAY, Month(2025, 12)).outcome is Outcome.PASS
    assert rules.certificate_year(MAY, Month(2024, 12)).outcome is Outcome.FAIL
    assert rules.certificate_year(MAY, None).outcome is Outcome.CANNOT_TELL


def test_unknown_standard_coal_cannot_be_told() -> None:
    assert rules.standard_coal_known(None, "天然气").outcome is Outcome.CANNOT_TELL
    assert rules.standard_coal_known(Decimal(0), "").outcome is Outcome.PASS


def test_quality_is_the_product_of_its_parts() -> None:
    assert rules.score(WEIGHTS, Tier.METERED, "valid", has_evidence=True) == Decimal(100)
    assert rules.score(WEIGHTS, Tier.METERED, "expired", has_evidence=False) == Decimal(48)
    assert rules.score(WEIGHTS, Tier.INVOICED, "expired", has_evidence=True) == Decimal(90)
    assert rules.score(WEIGHTS, Tier.ESTIMATED, "unknown", has_evidence=False) == Decimal(40)
    assert rules.weighted_score([(Decimal(100), Decimal(3)), (Decimal(40), Decimal(-1))]) == Decimal(85)
    assert rules.weighted_score([(Decimal(100), Decimal(0)), (Decimal(40), Decimal(0))]) == Decimal(70)
    assert rules.weighted_score([]) is None


def line(co2e: str, activity: str, factor: str, width_a: str, width_f: str) -> LineEstimate:
    return LineEstimate(Decimal(co2e), activity, factor, Decimal(width_a), Decimal(width_f))


def test_independent_errors_cancel_and_shared_ones_add() -> None:
    apart = rules.uncertainty([line("300", "a", "f", "0", "0.05"), line("400", "b", "g", "0", "0.05")])
    assert (apart.total_t, apart.absolute_t, apart.relative) == (Decimal(700), Decimal(25), Decimal("0.035714"))
    shared = rules.uncertainty([line("300", "a", "f", "0", "0.05"), line("400", "b", "f", "0", "0.05")])
    assert (shared.absolute_t, shared.relative) == (Decimal(35), Decimal("0.05"))
    one_meter = rules.uncertainty([line("300", "a", "f", "0.1", "0"), line("400", "a", "g", "0.1", "0")])
    assert one_meter.absolute_t == Decimal(70)
    single = rules.uncertainty([line("100", "a", "f", "0.03", "0.04")])
    assert single.relative == rules.line_uncertainty(Decimal("0.03"), Decimal("0.04")) == Decimal("0.05")


def test_sold_energy_of_the_same_factor_cancels() -> None:
    found = rules.uncertainty([line("100", "a", "f", "0", "0.1"), line("-100", "b", "f", "0", "0.1")])
    assert (found.total_t, found.absolute_t, found.relative) == (Decimal(0), Decimal(0), None)
    nothing = rules.uncertainty([])
    assert (nothing.total_t, nothing.absolute_t, nothing.relative) == (Decimal(0), Decimal(0), None)


def test_a_season_that_comes_back_is_no_anomaly() -> None:
    low = Decimal(50)
    assert rules.quantity_history(low, YEAR, LIMITS).outcome is Outcome.FAIL
    assert rules.quantity_history(low, YEAR, LIMITS, [Decimal(40)]).outcome is Outcome.PASS
    assert rules.quantity_history(low, YEAR, LIMITS, [Decimal("39.9")]).outcome is Outcome.FAIL


def test_evidence_is_asked_only_of_what_needs_it() -> None:
    months = [Month(2025, 1), Month(2025, 2)]
    missing = rules.evidence(Tier.INVOICED, months, is_needed=True, is_there=False)
    assert (missing.outcome, missing.details) == (Outcome.CANNOT_TELL, {"tier": "invoiced", "months": "2"})
    assert rules.evidence(Tier.INVOICED, months, is_needed=True, is_there=True).outcome is Outcome.PASS
    assert rules.evidence(Tier.METERED, months, is_needed=False, is_there=False).outcome is Outcome.PASS


def test_missing_months_are_named() -> None:
    found = rules.months_missing([Month(2025, 3)])
    assert (found.outcome, found.code) == (Outcome.CANNOT_TELL, "completeness")
    assert found.zh == "缺 1 个月的数据（2025-03）；停用月份请填报零，是否完整无法判断。"
    assert rules.months_missing([]).outcome is Outcome.PASS
