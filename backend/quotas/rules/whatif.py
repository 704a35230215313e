"""What if output or intensity changed: the same rules on other inputs.

Changes are fractions (0.05 is 5 % more). Emissions follow output and intensity; a power unit's heat follows its
output; its load stays unless another one is given, because the reference does not say how it would follow.
"""

from dataclasses import dataclass, replace
from decimal import Decimal

from backend.quotas.rules.figures import Book, check
from backend.quotas.rules.industry import IndustryInputs, industry_quota
from backend.quotas.rules.power import PowerInputs, power_quota
from backend.quotas.rules.rounding import ONE, ZERO, add, multiply, subtract
from backend.quotas.rules.terms import Quota

MOST_CHANGE = Decimal(10)


@dataclass(frozen=True, slots=True)
class Outlook:
    """An allocation beside the emissions, in tCO2; `gap` is what lacks (positive) or is left (negative)."""

    quota: Quota
    verified: Decimal

    @property
    def gap(self) -> Decimal:
        """Emissions less allocation."""
        return subtract(self.verified, self.quota.quota)


@dataclass(frozen=True, slots=True)
class WhatIf:
    """The same unit before and after a change."""

    before: Outlook
    after: Outlook
    notes_zh: tuple[str, ...]
    notes_en: tuple[str, ...]


def _changes(output: Decimal, intensity: Decimal) -> tuple[Decimal, Decimal]:
    check("output_change", output, -ONE, MOST_CHANGE)
    check("intensity_change", intensity, -ONE, MOST_CHANGE)
    return add(ONE, output), add(ONE, intensity)


def what_if_power(
    book: Book,
    inputs: PowerInputs,
    verified: Decimal,
    *,
    output_change: Decimal = ZERO,
    intensity_change: Decimal = ZERO,
    load: Decimal | None = None,
) -> WhatIf:
    """Return a power unit's allocation and gap before and after a change of its output and emission intensity.

    Raises:
        QuotaInputImpossible: emissions below zero, or a change below -1 or above 10.
        (and those of `power_quota`)
    """
    check("verified", verified, ZERO)
    output, intensity = _changes(output_change, intensity_change)
    changed = replace(
        inputs,
        mwh=multiply(inputs.mwh, output),
        gj=multiply(inputs.gj, output),
        load=inputs.load if load is None else load,
    )
    return WhatIf(
        Outlook(power_quota(book, inputs), verified),
        Outlook(power_quota(book, changed), multiply(verified, output, intensity)),
        () if load is not None else ("假定负荷（出力）系数不变。",),
        () if load is not None else ("The load is taken to stay the same.",),
    )


def what_if_industry(
    book: Book, inputs: IndustryInputs, *, output_change: Decimal = ZERO, intensity_change: Decimal = ZERO
) -> WhatIf:
    """Return a line's allocation and gap before and after a change of its output and intensity.

    Raises:
        QuotaInputImpossible: a change below -1 or above 10.
        (and those of `industry_quota`)
    """
    output, intensity = _changes(output_change, intensity_change)
    emitted = multiply(inputs.verified, output, intensity)
    changed = replace(
        inputs,
        verified=emitted,
        intensity=None if inputs.intensity is None else multiply(inputs.intensity, intensity),
    )
    return WhatIf(
        Outlook(industry_quota(book, inputs), inputs.verified),
        Outlook(industry_quota(book, changed), emitted),
        ("行业平衡值按不变计算。",) if inputs.balance is not None else (),
        ("The balance value is taken to stay the same.",) if inputs.balance is not None else (),
    )
