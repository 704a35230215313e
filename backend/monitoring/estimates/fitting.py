"""Fit an enterprise's emissions on its electricity, and say how wrong that is.

The fit is the library's Theil-Sen regression: the slope is the median of the slopes between any two months, so that a month
of maintenance or a wrong reading does not turn the line. Scope 1 and scope 2 have a line each.

The error is told by leaving out: each month is estimated from all the others. The mean absolute error of these, of what was
emitted, is the model's error; the band is as wide as holds the asked share of them (jackknife, Barber et al. 2021: of n
months the ceil((n + 1) x share)-th smallest absolute error, at most the largest).

Doubles stay inside this module: lines are rounded to decimals once, and months are then told in decimals from the stored
lines, so that anybody can recompute them.
"""

from collections.abc import Sequence
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from typing import Any

from backend.monitoring.estimates.terms import FitTerms
from backend.monitoring.estimates.values import EstimateState, Fit, Line, ModelState, Point, Refusal, Told

PLACES, LINE_PLACES = Decimal("0.0001"), Decimal("0.000000001")
FEWEST_DISTINCT = 3
"""Different readings a line needs: with one month left out two must remain."""
ZERO, HUNDRED = Decimal(0), Decimal(100)


def library() -> str:
    """Return name and version of the library that fits."""
    import scipy  # noqa: PLC0415 - heavy: only a worker that fits loads it

    return f"scipy {scipy.__version__}"


def fit(points: Sequence[Point], asked: FitTerms) -> Fit:
    """Fit the newest months the terms look at. Blocks; call it in a thread."""
    used = sorted(points, key=lambda each: each.month)[-asked.most_months :]
    about: dict[str, Any] = {
        "months": len(used),
        "first_month": used[0].month if used else None,
        "last_month": used[-1].month if used else None,
    }
    if len(used) < asked.fewest_months:
        return Fit(ModelState.REFUSED, Refusal.TOO_SHORT, **about)
    readings = [each.mwh for each in used]
    about |= {"lowest_mwh": min(readings), "highest_mwh": max(readings)}
    if len(set(readings)) < FEWEST_DISTINCT:
        return Fit(ModelState.REFUSED, Refusal.NO_SPREAD, **about)
    emitted = sum((each.scope1 + each.scope2 for each in used), ZERO)
    if emitted <= 0:
        return Fit(ModelState.REFUSED, Refusal.NO_EMISSIONS, **about)
    first, second = _line(used, "scope1"), _line(used, "scope2")
    errors = _left_out(used)
    about |= {
        "scope1": first, "scope2": second,
        "error_percent": _rounded(sum((abs(each) for each in errors), ZERO) / emitted * HUNDRED),
        "bias_percent": _rounded(sum(errors, ZERO) / emitted * HUNDRED),
        "half_width": _rounded(_holding(errors, asked.band_percent)),
    }  # fmt: skip
    if first.slope + second.slope <= 0:
        return Fit(ModelState.REFUSED, Refusal.NOT_RISING, **about)
    if about["error_percent"] > asked.most_error_percent:
        return Fit(ModelState.REFUSED, Refusal.TOO_UNCERTAIN, **about)
    return Fit(ModelState.USABLE, None, **about)


def tell(model: Fit, mwh: Decimal, asked: FitTerms) -> Told:
    """Return what a usable model says of a month's electricity.

    Raises:
        ValueError: the model is refused.
    """
    if (
        model.state is ModelState.REFUSED or model.scope1 is None or model.scope2 is None or model.half_width is None
        or model.lowest_mwh is None or model.highest_mwh is None
    ):  # fmt: skip
        message = "a refused model tells nothing"
        raise ValueError(message)
    reach = asked.beyond_percent / HUNDRED
    if not model.lowest_mwh * (1 - reach) <= mwh <= model.highest_mwh * (1 + reach):
        return Told(EstimateState.OUTSIDE_RANGE)
    first, second = _on(model.scope1, mwh), _on(model.scope2, mwh)
    total = first + second
    return Told(
        EstimateState.TOLD, first, second, max(total - model.half_width, ZERO).quantize(PLACES),
        (total + model.half_width).quantize(PLACES),
    )  # fmt: skip


def _on(line: Line, mwh: Decimal) -> Decimal:
    return max(line.intercept + line.slope * mwh, ZERO).quantize(PLACES, ROUND_HALF_UP)


def _line(points: Sequence[Point], part: str) -> Line:
    """Return the line through the months. A part that is always nothing has none to be fitted."""
    values = [getattr(each, part) for each in points]
    if not any(values):
        return Line(ZERO, ZERO)
    import numpy as np  # noqa: PLC0415 - see `library`
    from scipy import stats  # noqa: PLC0415 - see `library`

    across = np.array([float(each.mwh) for each in points])  # statistic
    up = np.array([float(each) for each in values])  # statistic
    with np.errstate(invalid="ignore"):  # the confidence interval of months that are all alike, which nobody asks for
        found: Any = stats.theilslopes(up, across, method="joint")
    return Line(_exact(found.intercept), _exact(found.slope))


def _left_out(points: Sequence[Point]) -> list[Decimal]:
    """Return the error of each month, estimated from all the others: estimate minus what was emitted."""
    errors: list[Decimal] = []
    for at, each in enumerate(points):
        others = [*points[:at], *points[at + 1 :]]
        told = _on(_line(others, "scope1"), each.mwh) + _on(_line(others, "scope2"), each.mwh)
        errors.append(told - each.scope1 - each.scope2)
    return errors


def _holding(errors: Sequence[Decimal], percent: Decimal) -> Decimal:
    """Return the smallest absolute error that holds the asked share of months."""
    ordered = sorted(abs(each) for each in errors)
    rank = (Decimal(len(ordered) + 1) * percent / HUNDRED).to_integral_value(ROUND_CEILING)
    return ordered[min(int(rank), len(ordered)) - 1]


def _exact(value: Any) -> Decimal:  # noqa: ANN401 - the library's own number
    return Decimal(repr(float(value))).quantize(LINE_PLACES, ROUND_HALF_UP)  # statistic


def _rounded(value: Decimal) -> Decimal:
    return value.quantize(PLACES, ROUND_HALF_UP)
