"""The greenhouse gas part of the environmental impact assessment: how much is emitted, how high that is, what is done about it.

The amounts are those of the application, line by line; what they are compared with is stated by the applicant with its
document; nothing is invented. Where no reference is stated for a product, how high its emissions are cannot be told by
numbers, and the applicant's own words stand alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from backend.emissions.methods.arithmetic import WORKING, add
from backend.kit.quantities import IncompatibleUnits, rate_conversion
from backend.projects.rules.tiers import EIA, needs_prediction
from backend.projects.values import (
    OF_MONEY,
    Assessment,
    EiaReduction,
    EiaReference,
    Intensity,
    Outcome,
    ProjectFacts,
    Source,
)

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class PredictedLevel:
    """A product's emissions a unit beside a reference: `own` and `reference` in tCO2e a `unit` of it."""

    product: str
    unit: str
    own: Decimal | None
    reference: Decimal | None
    level: str
    document: str
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Prediction:
    """What is predicted. `before` is a year of what is there before a retrofit or an extension, `change` what is added.

    `reduced` is what the stated measures save together; it is part of the amounts already. None: it cannot be told.
    """

    is_needed: bool
    direct: Decimal | None
    indirect: Decimal | None
    total: Decimal | None
    before: Decimal | None
    change: Decimal | None
    levels: Sequence[PredictedLevel]
    level_said: str
    measures_said: str
    reductions: Sequence[EiaReduction]
    reduced: Decimal
    source: Source


def predict(facts: ProjectFacts, result: Assessment) -> Prediction:
    """Return the prediction of an application."""
    total, before = result.tonnes, facts.existing_tonnes
    reduced = ZERO
    for each in facts.eia_reductions:
        reduced = add(reduced, each.tonnes)
    return Prediction(
        is_needed=needs_prediction(facts.sector), direct=result.scope1, indirect=result.scope2, total=total,
        before=before, change=None if total is None or before is None else add(total, -before),
        levels=[_level(each, facts.eia_references) for each in result.intensities if each.what not in OF_MONEY],
        level_said=facts.eia_level, measures_said=facts.eia_measures, reductions=facts.eia_reductions, reduced=reduced,
        source=EIA,
    )  # fmt: skip


def _level(each: Intensity, references: Sequence[EiaReference]) -> PredictedLevel:
    found = next((one for one in references if one.product == each.what), None)
    if found is None:
        return PredictedLevel(each.what, each.unit, each.tonnes, None, "", "", Outcome.UNKNOWN)
    try:
        times = rate_conversion(f"tCO2e/{found.unit}", f"tCO2e/{each.unit}")
    except IncompatibleUnits:
        return PredictedLevel(each.what, each.unit, each.tonnes, None, found.level, found.document, Outcome.UNKNOWN)
    reference = WORKING.multiply(found.tonnes, times)
    outcome = Outcome.UNKNOWN
    if each.tonnes is not None:
        outcome = Outcome.PASS if each.tonnes <= reference else Outcome.FAIL
    return PredictedLevel(each.what, each.unit, each.tonnes, reference, found.level, found.document, outcome)
