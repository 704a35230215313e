"""Making figures: values and marks follow from operands by the one operation the formula names. Pure and exact."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import ROUND_UP, Decimal

from backend.kit.quantities import EXACT
from backend.scores.values import Source, Words
from backend.statements.account.values import DIVISION, UNSAID, Figure, Formula, Mark, Op

HUNDRED = Decimal(100)
MOST_SOURCES = 50
"""Records a figure names one by one; of more, the first are named and the words say how many there are."""

UNTOLD = Words("依据的数据缺失，无法得出。", "It cannot be told: what it follows from is missing.")
NO_DIVISION = Words("分母为零或为负，无法得出。", "It cannot be told: the denominator is not above zero.")


def marks_of(*given: Iterable[Mark]) -> tuple[Mark, ...]:
    """Return all marks once each, in the order of their meaning."""
    found = {mark for each in given for mark in each}
    return tuple(each for each in Mark if each in found)


def exact_sum(amounts: Iterable[Decimal]) -> Decimal:
    """Add without losing a digit."""
    total = Decimal(0)
    for each in amounts:
        total = EXACT.add(total, each)
    return total


def plain(value: Decimal) -> Decimal:
    """Return the same number without digits that say nothing: 12.500 and 125E-1 become 12.5."""
    text = format(value, "f")
    return Decimal(text.rstrip("0").rstrip(".") if "." in text else text)


def taken(
    figure_id: str, value: Decimal | None, unit: str, sources: Sequence[Source], *, words: Words = UNSAID,
    marks: Iterable[Mark] = (), note: Words = UNSAID,
) -> Figure:  # fmt: skip
    """Return a figure that records say; of more than `MOST_SOURCES` records the words say how many there are."""
    count = len(sources)
    if count > MOST_SOURCES:
        words = Words(
            f"{words.zh}（共 {count} 条记录，列出前 {MOST_SOURCES} 条）",
            f"{words.en} ({count} records, the first {MOST_SOURCES} are named)".strip(),
        )
    told = None if value is None else plain(value)
    return Figure(
        figure_id, told, unit, Formula(Op.TAKEN, (), words), tuple(sources[:MOST_SOURCES]), marks_of(marks), note
    )


def _ratio(values: Sequence[Decimal]) -> Decimal | None:
    first, second = values
    return DIVISION.divide(first, second) if second > 0 else None


def _percent(values: Sequence[Decimal]) -> Decimal | None:
    first, second = values
    return DIVISION.divide(EXACT.multiply(HUNDRED, first), second) if second > 0 else None


def _change(values: Sequence[Decimal]) -> Decimal | None:
    first, second = values
    return _percent((EXACT.subtract(first, second), second))


def _difference(values: Sequence[Decimal]) -> Decimal:
    return EXACT.subtract(values[0], exact_sum(values[1:]))


def _remainder(values: Sequence[Decimal]) -> Decimal:
    whole = values[0].to_integral_value(ROUND_UP)
    return max(EXACT.subtract(whole, exact_sum(values[1:])), Decimal(0))


OPERATIONS: Mapping[Op, Callable[[Sequence[Decimal]], Decimal | None]] = {
    Op.SUM: exact_sum,
    Op.DIFFERENCE: _difference,
    Op.RATIO: _ratio,
    Op.PERCENT: _percent,
    Op.CHANGE: _change,
    Op.REMAINDER: _remainder,
}
"""What each operation does with its operands; None where it cannot be done."""


def derived(
    figure_id: str, op: Op, operands: Sequence[Figure], unit: str, *, words: Words = UNSAID, note: Words = UNSAID,
    marks: Iterable[Mark] = (),
) -> Figure:  # fmt: skip
    """Return a figure that follows from others; it carries their marks, and is untold when one of them is."""
    values = [each.value for each in operands]
    known = [each for each in values if each is not None]
    value = OPERATIONS[op](known) if len(known) == len(values) else None
    if value is None and note == UNSAID:
        note = UNTOLD if len(known) < len(values) else NO_DIVISION
    return Figure(
        figure_id,
        None if value is None else plain(value),
        unit,
        Formula(op, tuple(each.id for each in operands), words),
        (),
        marks_of(marks, *(each.marks for each in operands)),
        note,
    )
