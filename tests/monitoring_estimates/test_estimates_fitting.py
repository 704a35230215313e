"""The fit and its error, held to an independent reckoning; what is refused, and what a model does not tell."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from statistics import median
from uuid import uuid4

import pytest

from backend.monitoring.estimates import fitting, rules
from backend.monitoring.estimates.terms import terms
from backend.monitoring.estimates.values import Basis, EstimateState, Line, ModelState, Point, Refusal, Standing

ASKED = terms().fit


def points(*given: tuple[int | str, int | str, int | str]) -> list[Point]:
    """Months from January 2023: MWh, scope 1, scope 2."""
    return [
        Point(date(2023 + at // 12, at % 12 + 1, 1), *(Decimal(each) for each in one), uuid4())
        for at, one in enumerate(given)
    ]


def straight(count: int = 12) -> list[Point]:
    return points(*((100 + 10 * at, 2 * (100 + 10 * at) + 10, f"{(100 + 10 * at) / 2}") for at in range(count)))


def test_a_straight_history_is_told_without_error() -> None:
    found = fitting.fit(straight(), ASKED)
    assert (found.state, found.refusal, found.months) == (ModelState.USABLE, None, 12)
    assert (found.scope1, found.scope2) == (Line(Decimal(10), Decimal(2)), Line(Decimal(0), Decimal("0.5")))
    assert (found.error_percent, found.bias_percent, found.half_width) == (0, 0, 0)
    assert (found.lowest_mwh, found.highest_mwh) == (100, 210)
    told = fitting.tell(found, Decimal(150), ASKED)
    assert (told.state, told.scope1, told.scope2, told.low, told.high) == (EstimateState.TOLD, 310, 75, 385, 385)


def test_line_error_and_band_are_those_of_an_independent_reckoning() -> None:
    noise = (3, -7, 4, 12, -5, 0, 9, -11, 6, -2, 8, -4, 5, -6)
    given = points(*((100 + 13 * at, 250 + 30 * at + each, 40 + 5 * at) for at, each in enumerate(noise)))

    def line(of: list[Point]) -> tuple[float, float]:
        pairs = [(float(each.mwh), float(each.scope1 + each.scope2)) for each in of]
        slopes = [(d - b) / (c - a) for at, (a, b) in enumerate(pairs) for c, d in pairs[at + 1 :] if c != a]
        slope = median(slopes)
        return slope, median(y - slope * x for x, y in pairs)

    # Scope 2 lies on a line of its own, so both lines together are the line of both together.
    errors = []
    for at, each in enumerate(given):
        slope, intercept = line(given[:at] + given[at + 1 :])
        errors.append(intercept + slope * float(each.mwh) - float(each.scope1 + each.scope2))
    emitted = sum(float(each.scope1 + each.scope2) for each in given)
    found = fitting.fit(given, ASKED)
    assert found.scope1 is not None
    assert found.scope2 is not None
    slope, intercept = line(given)
    assert float(found.scope1.slope + found.scope2.slope) == pytest.approx(slope, abs=1e-8)
    assert float(found.scope1.intercept + found.scope2.intercept) == pytest.approx(intercept, abs=1e-6)
    assert float(found.error_percent) == pytest.approx(100 * sum(map(abs, errors)) / emitted, abs=1e-3)
    assert float(found.bias_percent) == pytest.approx(100 * sum(errors) / emitted, abs=1e-3)
    # Of 14 months nine tenths of 15, rounded up, are all of them: the 14th.
    assert float(found.half_width) == pytest.approx(max(map(abs, errors)), abs=1e-3)
    wide = fitting.fit(given, replace(ASKED, band_percent=Decimal(50)))
    assert float(wide.half_width) == pytest.approx(sorted(map(abs, errors))[7], abs=1e-3)


def test_one_wrong_month_does_not_turn_the_line() -> None:
    given = straight(24)
    given[5] = replace(given[5], scope1=given[5].scope1 * 10)
    found = fitting.fit(given, replace(ASKED, most_error_percent=Decimal(100)))
    assert found.scope1 == Line(Decimal(10), Decimal(2))
    assert found.error_percent is not None
    assert found.error_percent > 0


def test_only_the_newest_months_are_looked_at() -> None:
    old = points(*((100 + at, 1, 1) for at in range(12)))
    new = [replace(each, month=date(each.month.year + 1, each.month.month, 1)) for each in straight(36)]
    found = fitting.fit([*new, *old], ASKED)
    assert (found.months, found.first_month, found.error_percent) == (36, date(2024, 1, 1), 0)


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        (straight(11), Refusal.TOO_SHORT),
        ([], Refusal.TOO_SHORT),
        (points(*((100 + at % 2, 5, 5) for at in range(12))), Refusal.NO_SPREAD),
        (points(*((100 + at, 0, 0) for at in range(12))), Refusal.NO_EMISSIONS),
        (points(*((100 + at, 500 - 2 * at, 1) for at in range(12))), Refusal.NOT_RISING),
        (points(*((100 + at, 100 if at % 2 else 10 + at, 1) for at in range(12))), Refusal.TOO_UNCERTAIN),
    ],
)
def test_what_cannot_tell_is_refused(given: list[Point], refusal: Refusal) -> None:
    found = fitting.fit(given, ASKED)
    assert (found.state, found.refusal, found.months) == (ModelState.REFUSED, refusal, len(given))
    with pytest.raises(ValueError, match="refused"):
        fitting.tell(found, Decimal(100), ASKED)


@pytest.mark.parametrize(
    ("mwh", "is_told"), [("89.99", False), ("90", True), ("231", True), ("231.01", False), ("0", False)]
)
def test_no_month_is_told_far_beyond_the_history(mwh, is_told) -> None:
    found = fitting.tell(fitting.fit(straight(), ASKED), Decimal(mwh), ASKED)
    assert (found.state is EstimateState.TOLD) is is_told
    assert (found.scope1 is not None) is is_told


def test_constant_emissions_make_no_noise_of_warnings() -> None:
    given = points(*((100 + at % 3, 50, (100 + at % 3) * 2) for at in range(12)))
    assert fitting.fit(given, ASKED).scope1 == Line(Decimal(50), Decimal(0))


@pytest.mark.parametrize(
    ("sector", "listed", "revenue", "expected"),
    [
        ("chemicals", True, None, Standing.LARGE),
        ("chemicals", False, "99999999999", Standing.SMALL),
        ("transport", True, None, Standing.LARGE),
        ("transport", None, "99999999999", Standing.SMALL),
        ("chemicals", None, None, Standing.UNKNOWN),
        ("other", None, "99999999999", Standing.UNKNOWN),
        ("chemicals", None, "20000000", Standing.LARGE),
        ("chemicals", None, "19999999.99", Standing.SMALL),
    ],
)
def test_who_is_large_industry(sector, listed, revenue, expected) -> None:
    assert rules.standing(sector, listed, None if revenue is None else Decimal(revenue), terms()) is expected


def test_what_a_month_rests_on() -> None:
    coal, grid = uuid4(), uuid4()
    both, none = frozenset({coal, grid}), frozenset()
    assert rules.basis(both, both, none, has_estimate=True) is Basis.COMPLETE
    assert rules.basis(both, both, frozenset({coal}), has_estimate=True) is Basis.ESTIMATED
    assert rules.basis(both, frozenset({grid}), none, has_estimate=True) is Basis.ESTIMATED
    assert rules.basis(both, frozenset({grid}), none, has_estimate=False) is Basis.PARTIAL
    assert rules.basis(both, frozenset({coal}), frozenset({coal}), has_estimate=False) is Basis.MISSING
    assert rules.basis(both, none, none, has_estimate=False) is Basis.MISSING
    assert rules.basis(none, none, none, has_estimate=False) is Basis.MISSING
    assert rules.basis(none, both, none, has_estimate=False) is Basis.COMPLETE
