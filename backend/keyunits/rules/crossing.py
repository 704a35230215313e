"""Who reaches a threshold, and what that means for the list.

A year's sum of the months that are there is a lower bound: it can show that a threshold is reached, but with fewer than
twelve months it cannot show that it is not. Nobody leaves the list because data is missing.
"""

from collections.abc import Sequence
from decimal import ROUND_DOWN, Decimal
from uuid import UUID

from backend.keyunits.catalogue import Threshold
from backend.keyunits.names import MEASURE_NAMES, MEASURE_UNITS
from backend.keyunits.values import MONTHS, ChangeKind, Crossing, Measure, ProposalDraft, Reach, Words, YearFacts


def crossings(thresholds: Sequence[Threshold], facts: YearFacts | None) -> list[Crossing]:
    """Hold a year against its thresholds; the limit itself reaches it."""
    return [
        Crossing(each.code, each.measure, value := _value(each.measure, facts), each.limit, _reach(value, each, facts))
        for each in thresholds
    ]


def _value(measure: Measure, facts: YearFacts | None) -> Decimal | None:
    if facts is None:
        return None
    return facts.energy if measure is Measure.ENERGY else facts.direct


def _reach(value: Decimal | None, threshold: Threshold, facts: YearFacts | None) -> Reach:
    if value is None or facts is None:
        return Reach.UNKNOWN
    if value >= threshold.limit:
        return Reach.REACHED
    return Reach.BELOW if facts.months >= MONTHS else Reach.UNKNOWN


def propose(
    found: Sequence[Crossing], facts: YearFacts | None, *, is_listed: bool, is_open: bool
) -> tuple[ChangeKind, Words] | None:
    """Return what a year proposes for an account and why; None for one that is not listed and reaches nothing."""
    reached = [each for each in found if each.reach is Reach.REACHED]
    if not is_open:
        return (ChangeKind.LEAVE, Words("碳账户已关闭。", "The carbon account is closed.")) if is_listed else None
    if reached:
        return (ChangeKind.STAY if is_listed else ChangeKind.ENTER), _told(reached, facts)
    if not is_listed:
        return None
    if not found or any(each.reach is Reach.UNKNOWN for each in found):
        months = 0 if facts is None else facts.months
        return ChangeKind.STAY, Words(
            f"数据不足（{months} 个月），无法判断是否低于纳入标准，暂继续纳入。",
            f"With {months} months of data nobody can tell whether it is below: it stays for now.",
        )
    return ChangeKind.LEAVE, _told(found, facts)


def legible(value: Decimal | None) -> str:
    """Return a value for reading. Cut, not rounded: what is below a limit must not read as if it reached it."""
    return "—" if value is None else f"{value.quantize(Decimal('0.01'), ROUND_DOWN):f}"


def _told(crossed: Sequence[Crossing], facts: YearFacts | None) -> Words:
    zh = "；".join(
        f"{MEASURE_NAMES[each.measure].zh} {legible(each.value)} {MEASURE_UNITS[each.measure]}，"
        f"{'达到' if each.reach is Reach.REACHED else '低于'}纳入标准 {each.limit:f}"
        for each in crossed
    )  # fmt: skip
    en = "; ".join(
        f"{MEASURE_NAMES[each.measure].en} {legible(each.value)} {MEASURE_UNITS[each.measure]},"
        f" {'reaching' if each.reach is Reach.REACHED else 'below'} {each.limit:f}"
        for each in crossed
    )  # fmt: skip
    is_verified = facts is not None and facts.is_verified
    return Words(
        f"{zh}（{'已核查' if is_verified else '未核查'}）。", f"{en} ({'verified' if is_verified else 'not verified'})."
    )


def draft(
    account_id: UUID, thresholds: Sequence[Threshold], facts: YearFacts | None, *, is_listed: bool, is_open: bool
) -> ProposalDraft | None:
    """Return the proposal of an account's year, None where there is none."""
    found = crossings(thresholds, facts)
    change = propose(found, facts, is_listed=is_listed, is_open=is_open)
    return None if change is None else ProposalDraft(account_id, change[0], found, change[1], facts)
