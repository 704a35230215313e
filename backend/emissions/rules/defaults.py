"""The placeholders of the statistics, read from the reference parameters by (name, key).

Limits of checks, weights of the quality score and relative uncertainties have no official values: they are
parameters marked `placeholder`, dated and replaceable like every other.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from backend.emissions.values import QualityWeights

Rows = Mapping[tuple[str, str], Decimal]


@dataclass(frozen=True, slots=True)
class CheckLimits:
    """Where a check draws its line; each field is the key of a `check.limit` parameter."""

    minimum_history: int
    robust_z: Decimal
    spread_floor: Decimal
    slip_tolerance: Decimal
    invoice_tolerance: Decimal
    report_tolerance: Decimal
    season_tolerance: Decimal


@dataclass(frozen=True, slots=True)
class UncertaintyTable:
    """Relative half-widths at 95 %: of quantities by tier, of factors by confidence."""

    activity: Mapping[str, Decimal]
    factor: Mapping[str, Decimal]


def _family(rows: Rows, name: str) -> dict[str, Decimal]:
    return {key: value for (family, key), value in rows.items() if family == name}


def check_limits(rows: Rows) -> CheckLimits:
    """Return the limits of checks; a missing parameter is a KeyError."""
    limits = _family(rows, "check.limit")
    return CheckLimits(
        minimum_history=int(limits["minimum_history"]),
        robust_z=limits["robust_z"],
        spread_floor=limits["spread_floor"],
        slip_tolerance=limits["slip_tolerance"],
        invoice_tolerance=limits["invoice_tolerance"],
        report_tolerance=limits["report_tolerance"],
        season_tolerance=limits["season_tolerance"],
    )


def quality_weights(rows: Rows) -> QualityWeights:
    """Return the weights of the quality score."""
    return QualityWeights(
        tier=_family(rows, "quality.tier"),
        calibration=_family(rows, "quality.calibration"),
        evidence=_family(rows, "quality.evidence"),
    )


def uncertainty_table(rows: Rows) -> UncertaintyTable:
    """Return the relative uncertainties."""
    return UncertaintyTable(activity=_family(rows, "uncertainty.activity"), factor=_family(rows, "uncertainty.factor"))
