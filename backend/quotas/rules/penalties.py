"""Penalties as dated parameters: what the reference records of the law in force on a day, never legal advice."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from backend.quotas.rules.figures import Book, check, find
from backend.quotas.rules.rounding import ZERO, multiply
from backend.quotas.rules.terms import Figure, Outcome

FAMILY = "ets.penalty"
KINDS = (
    "non_surrender_multiple", "non_surrender_deduction", "false_report_multiple", "false_report_fine",
    "false_report_persons", "false_report_deduction", "refusal_deduction", "missing_report",
)  # fmt: skip

DISCLAIMER_ZH = (
    "以下为参数库收录的处罚规定及其可信度，仅供风险提示，不构成法律意见，请以现行法律条文和法律顾问意见为准。"
)
DISCLAIMER_EN = (
    "These are the recorded rules with the confidence of each, to warn of a risk. They are no legal advice: the law in "
    "force and your adviser decide."
)


@dataclass(frozen=True, slots=True)
class Penalty:
    """A rule of the law on a day.

    `low`..`high` in `unit` (a multiple, a share, or CNY); `computed_*` in CNY where the rule is a multiple and what
    it multiplies is known. `outcome` is *cannot tell* where the rule is in force and its amount is not recorded.
    """

    code: str
    low: Decimal | None
    high: Decimal | None
    computed_low: Decimal | None
    computed_high: Decimal | None
    outcome: Outcome
    figure: Figure


def penalties(
    book: Book, on: date, *, missing: Decimal | None = None, average_price: Decimal | None = None
) -> tuple[Penalty, ...]:
    """Return the recorded rules in force on a day; `missing` in tCO2, `average_price` of the month before in CNY/t.

    Raises:
        QuotaInputImpossible: a negative amount or price.
    """
    check("missing", missing, ZERO)
    check("average_price", average_price, ZERO)
    worth = None if missing is None or average_price is None else multiply(missing, average_price)
    found = ((kind, find(book, FAMILY, kind, on)) for kind in KINDS)
    return tuple(_penalty(kind, figure, worth) for kind, figure in found if figure is not None)


def _penalty(kind: str, figure: Figure, worth: Decimal | None) -> Penalty:
    is_priced = kind == "non_surrender_multiple" and worth is not None
    is_recorded = figure.low is not None or figure.text in {"equal_deduction", "no_new_deduction"}
    return Penalty(
        code=kind,
        low=figure.low,
        high=figure.high,
        computed_low=multiply(worth, figure.low)
        if is_priced and worth is not None and figure.low is not None
        else None,
        computed_high=(
            multiply(worth, figure.high) if is_priced and worth is not None and figure.high is not None else None
        ),
        outcome=Outcome.PASS if is_recorded else Outcome.UNKNOWN,
        figure=figure,
    )
