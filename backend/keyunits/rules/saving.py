"""What a project saved: the period after, at the energy for each unit of output of the period before.

    savings = used before ÷ output before × output after − used after + adjustment

The same line for tce and for tCO2. The comparison holds where output explains the use of energy; what else changed
(another product, other operating hours) is an adjustment with its reason.
"""

from decimal import Decimal

from backend.emissions.methods.arithmetic import WORKING, quantised
from backend.keyunits.errors import KeyUnitDatesInvalid
from backend.keyunits.rules import checking
from backend.keyunits.values_work import Period, SavingDraft

FORMULA = "before / before_output * after_output - after + adjustment"


def saved(before: Decimal, after: Decimal, draft: SavingDraft, adjustment: Decimal) -> Decimal:
    """Return the savings of the period after, rounded half up to 20 places; negative where more was used."""
    expected = WORKING.divide(WORKING.multiply(before, draft.after.output), draft.before.output)
    return quantised(WORKING.add(WORKING.subtract(expected, after), adjustment)).normalize(WORKING)


def check(draft: SavingDraft) -> SavingDraft:
    """Return the comparison with its texts trimmed.

    Raises:
        KeyUnitDatesInvalid: periods that end before they begin, overlap, or are to come.
        KeyUnitQuantityInvalid: a quantity below zero, or no output.
        KeyUnitTextInvalid: no unit of output, or an adjustment without a reason.
    """
    for period, name in ((draft.before, "before"), (draft.after, "after")):
        _check(period, name)
    if draft.after.first <= draft.before.last:
        raise KeyUnitDatesInvalid(
            reason_zh="改造后时段须晚于改造前时段", reason_en="the period after begins before the other one ended",
            path=("input", "after"),
        )  # fmt: skip
    checking.not_to_come(draft.after.last, "after")
    for value, name in ((draft.adjustment_tce, "adjustmentTce"), (draft.adjustment_tco2, "adjustmentTco2")):
        checking.quantity(value, name, may_be_negative=True)
    has_adjustment = bool(draft.adjustment_tce or draft.adjustment_tco2)
    reason = (
        checking.text(draft.adjustment_reason, "adjustmentReason") if has_adjustment
        else checking.note(draft.adjustment_reason, "adjustmentReason")
    )  # fmt: skip
    return SavingDraft(
        draft.before, draft.after, checking.text(draft.output_unit, "outputUnit", 40), draft.adjustment_tce,
        draft.adjustment_tco2, reason,
    )  # fmt: skip


def _check(period: Period, name: str) -> None:
    checking.in_order(period.first, period.last, name)
    checking.quantity(period.tce, f"{name}.tce")
    checking.quantity(period.tco2, f"{name}.tco2")
    checking.quantity(period.output, f"{name}.output", is_positive=True)
