"""Data quality of a line: 0..100, the product of how it was measured, by what device, with what proof.

    score = 100 x tier x calibration x evidence        weighted over records by their base quantity

`tier`: metered, invoiced, estimated. `calibration`: valid, expired or unknown for a metered quantity,
not_needed otherwise. `evidence`: present or missing. The weights are placeholders (see `defaults`).
"""

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal, localcontext

from backend.emissions.methods.arithmetic import WORKING
from backend.emissions.values import QualityWeights, Tier

STEP = Decimal("0.01")


def score(weights: QualityWeights, tier: Tier, calibration: str, *, has_evidence: bool) -> Decimal:
    """Return the score of one record, 0..100 with two decimals. What was not metered needs no calibration."""
    state = calibration if tier is Tier.METERED else "not_needed"
    proof = weights.evidence["present" if has_evidence else "missing"]
    with localcontext(WORKING):
        return (100 * weights.tier[tier] * weights.calibration[state] * proof).quantize(STEP, ROUND_HALF_UP)


def weighted_score(scores: Iterable[tuple[Decimal, Decimal]]) -> Decimal | None:
    """Return the mean of (score, weight), weights taken by size; the plain mean when all weigh nothing."""
    pairs = [(each, abs(weight)) for each, weight in scores]
    if not pairs:
        return None
    with localcontext(WORKING):
        whole = sum((weight for _, weight in pairs), Decimal(0))
        if whole == 0:
            return (sum((each for each, _ in pairs), Decimal(0)) / len(pairs)).quantize(STEP, ROUND_HALF_UP)
        total = sum((each * weight for each, weight in pairs), Decimal(0))
        return (total / whole).quantize(STEP, ROUND_HALF_UP)
