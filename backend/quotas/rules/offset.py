"""Offsetting with CCER: how much of an obligation (at most 5 %), and which units."""

from datetime import date
from decimal import Decimal

from backend.ledger.methods import OFFSET, OffsetUnit, judge_offset
from backend.quotas.rules.figures import Book, check, factor, figure_of, need, number, plan, year_end
from backend.quotas.rules.rounding import DIGITS, ZERO, exactly, plain
from backend.quotas.rules.terms import Amount, Finding, Outcome, Verdict


def ccer_cap(book: Book, year: int | None, obligation: Decimal) -> Amount:
    """Return the most of an obligation (tCO2) that CCER may settle; `whole` are the whole units of it.

    Without a year, the share in force now is taken: it has not changed.

    Raises:
        QuotaInputImpossible: a negative obligation.
        QuotaRuleUnknown: the year has no plan, or the share is not among the parameters.
    """
    check("obligation", obligation, ZERO, digits=2 * DIGITS)
    if year is not None:
        plan(book, year)
    cap = need(book, OFFSET, "cap", date.max if year is None else year_end(year))
    return Amount(
        value=exactly(obligation, number(cap)),  # a rounded product could reach the next whole unit
        unit="tCO2",
        factors=(factor(cap, "cap"),),
        formula=f"{plain(obligation)} × {plain(number(cap))}",
        is_maximum=True,
    )


def offset_check(book: Book, unit: OffsetUnit, compliance_year: int, on: date) -> Verdict:
    """Tell whether a CCER may settle a compliance year on a day, as every noun judges it (`ledger.methods`).

    Raises:
        QuotaRuleUnknown: no year of the market.
    """
    year_end(compliance_year)
    return Verdict(
        tuple(
            Finding(
                Outcome(each.outcome.value), each.code, each.zh, each.en, figure_of(each.rule) if each.rule else None
            )
            for each in judge_offset(book, unit, compliance_year, on)
        )
    )


__all__ = ["OffsetUnit", "ccer_cap", "offset_check"]
