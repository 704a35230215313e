"""Which values can be, of which item: shares between 0 and 100, grades from 1, counts that are whole."""

from collections.abc import Callable, Mapping
from decimal import Decimal

from backend.parks.catalogue import is_item, unit_of
from backend.parks.values import BASES, HUNDRED, ZERO, ValueDraft

MOST_DIGITS, MOST_PLACES = 18, 6
OPEN_SHARES = frozenset({"23", "24"})
"""Percent of a day's electricity or of a load: may be more than all of it."""
RATIOS = frozenset({"2", "3", "4"})
"""Amounts per amount: of both parts, or as one quantity."""
WORST_GRADE = 5
Words = tuple[str, str]
"""What is wrong, in Chinese and English."""


def fault(draft: ValueDraft) -> Words | None:
    """Return what is wrong with a value somebody enters, None when it can be."""
    if not is_item(draft.item):
        return f"没有指标“{draft.item}”", f"there is no indicator '{draft.item}'"
    basis = _basis_fault(draft)
    if basis is not None or draft.is_withdrawal:
        return basis
    for given in (draft.quantity, draft.numerator, draft.denominator):
        if given is not None and not _is_number(given):
            return (
                f"数值 {given} 无效：应为非负数，整数最多 {MOST_DIGITS} 位，小数最多 {MOST_PLACES} 位",
                f"{given} cannot be: not negative, at most {MOST_DIGITS} digits before and {MOST_PLACES} after the point",
            )
    if (draft.numerator is None) != (draft.denominator is None) or (draft.quantity is None) == (
        draft.numerator is None
    ):
        return (
            "请填写数值，或同时填写分子与分母，二者择一",
            "give either a quantity, or a numerator and a denominator",
        )
    return _fits(draft)


def _basis_fault(draft: ValueDraft) -> Words | None:
    allowed = BASES[1:] if draft.item == "23" else BASES[:1]
    if draft.basis in allowed:
        return None
    return (
        f"“{draft.item}”的分母口径应为：{'、'.join(allowed) or '（空）'}",
        f"the basis of '{draft.item}' is one of: {', '.join(allowed) or '(empty)'}",
    )


def _is_number(given: Decimal) -> bool:
    exponent = given.as_tuple().exponent
    return isinstance(exponent, int) and -exponent <= MOST_PLACES and given.adjusted() < MOST_DIGITS and given >= 0


def _whole(draft: ValueDraft, most: int | None = None, least: int = 0) -> bool:
    given = draft.quantity
    return (
        given is not None and given == given.to_integral_value() and given >= least and (most is None or given <= most)
    )


def _share(draft: ValueDraft) -> Words | None:
    if draft.item in OPEN_SHARES:
        return None
    if draft.quantity is not None and draft.quantity > HUNDRED:
        return "比例不能超过 100%", "a share must not be above 100 %"
    if draft.numerator is not None and draft.denominator is not None and draft.numerator > draft.denominator:
        return "分子不能大于分母", "the numerator must not be above the denominator"
    return None


def _fits(draft: ValueDraft) -> Words | None:
    """Return what does not fit the kind of item."""
    unit = unit_of(draft.item)
    if unit == "%":
        return _share(draft)
    if draft.numerator is not None and draft.item not in RATIOS:
        return f"“{draft.item}”只填数值，不填分子分母", f"'{draft.item}' takes a quantity alone"
    checks: Mapping[str, tuple[Callable[[], bool], Words]] = {
        "1": (lambda: _whole(draft, 1), ("列入目录填 1，未列入填 0", "write 1 for listed in the catalogue, 0 for not listed")),
        "level": (
            lambda: _whole(draft, WORST_GRADE, 1),
            (f"填写最差一项的等级，1 至 {WORST_GRADE}，1 级最优", f"write the worst grade, 1 (best) to {WORST_GRADE}"),
        ),
        "个": (lambda: _whole(draft), ("个数应为整数", "counts are whole")),
    }  # fmt: skip
    holds, words = checks.get("1" if draft.item == "1" else unit, (lambda: True, ("", "")))
    return None if holds() else words


def quantity_of(item: str, numerator: Decimal, denominator: Decimal) -> Decimal | None:
    """Return numerator ÷ denominator, in percent where the unit says so, half even to 10 places; None over nothing.

    It is shown and never judged: outcomes compare the two parts themselves.
    """
    if denominator == ZERO:
        return None
    factor = HUNDRED if item not in RATIOS and unit_of(item) == "%" else Decimal(1)
    return (numerator * factor / denominator).quantize(Decimal("1e-10")).normalize() + ZERO
