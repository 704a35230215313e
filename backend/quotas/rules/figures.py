"""Looking figures up: every number of a rule comes from the dated parameters, with its document and confidence."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Protocol

from backend.factors.values import Choice, Missing, Version
from backend.quotas.errors import QuotaInputImpossible, QuotaRuleUnknown, QuotaRuleUnreadable
from backend.quotas.rules.rounding import plain
from backend.quotas.rules.terms import Factor, Figure

CORRECTION = "ets.correction"
FAMILIES = (
    "ccer.methodologies", "ets.carry_over", CORRECTION, "ets.duty", "ets.electricity_benchmark", "ets.heat_benchmark",
    "ets.industry", "ets.offset", "ets.penalty", "ets.price", "ets.vintage",
)  # fmt: skip
"""The families of parameters the rules ask for."""

MOST_DIGITS = 60
"""Digits a number may have: an inventory total carries some forty, more is a slip or an attack on memory."""

LARGEST = 20
"""Amounts from 10 to this power are slips: the whole atmosphere holds less, and 40 digits leave cents exact below it."""

FIRST_YEAR, LAST_YEAR = 2000, 2100
"""Years outside these are slips."""


LABELS = {
    "cooling": ("冷却方式修正系数 Fl", "cooling correction Fl"),
    "heat_supply": ("供热量修正系数 Fr", "heat supply correction Fr"),
    "load": ("负荷（出力）系数修正系数 Ff", "load correction Ff"),
    "peaking": ("调峰修正系数", "peaking correction"),
    "abolished": ("冷却方式、供热量修正系数", "cooling and heat supply corrections"),
    "pre_allocation": ("预分配比例", "share pre-allocated"),
    "gas_exemption": ("燃气机组豁免", "gas unit exemption"),
    "shortfall_cap": ("配额缺口上限（20%规则）", "limit of the shortfall (20 % rule)"),
    "borrowing": ("配额预支比例", "share that may be borrowed"),
}
"""What people call a step whose parameter is stored under the reference's English words."""


class Book(Protocol):
    """What the rules need of the look-up over parameters."""

    def find(self, name: str, key: str, regions: Sequence[str], on: date) -> Choice | Missing:
        """Return the value of a parameter that is in force on a day."""
        ...

    def versions(self, name: str, key: str, region: str) -> list[Version]:
        """Return every version of one parameter."""
        ...


def year_end(year: int) -> date:
    """Return the day that stands for a compliance year in look-ups: its last.

    Raises:
        QuotaRuleUnknown: no plan can be about such a year.
    """
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise QuotaRuleUnknown(rule="plan", year=year)
    return date(year, 12, 31)


def find(book: Book, name: str, key: str, on: date) -> Figure | None:
    """Return a figure in force on a day, None when there is none."""
    found = book.find(name, key, ("",), on)
    return None if isinstance(found, Missing) else figure_of(found)


def figure_of(found: Choice) -> Figure:
    """Return a parameter as it was found, with its proof."""
    return Figure(
        name=found.name, key=found.key, value=found.value, low=found.low, high=found.high, text=found.text_value,
        unit=found.unit, label_zh=found.label_zh, label_en=found.label_en, document=found.document,
        source=found.source, confidence=found.confidence, note=found.note, is_uncertain=found.is_uncertain,
        version_id=found.version_id, valid=str(found.valid),
    )  # fmt: skip


def need(book: Book, name: str, key: str, on: date) -> Figure:
    """Return a figure in force on a day.

    Raises:
        QuotaRuleUnknown: there is none, so what rests on it cannot be told.
    """
    found = find(book, name, key, on)
    if found is None:
        raise QuotaRuleUnknown(rule=f"{name} {key}", year=on.year)
    return found


def plan(book: Book, year: int) -> Figure:
    """Return the rule on pre-allocation of a year: every allocation plan has one, so it tells whether there is a plan.

    Raises:
        QuotaRuleUnknown: no plan for the year.
    """
    return need(book, CORRECTION, "pre-allocation/all", year_end(year))


def number(figure: Figure) -> Decimal:
    """Return a figure's number.

    Raises:
        QuotaRuleUnreadable: it holds words instead.
    """
    if figure.value is None:
        raise unreadable(figure)
    return figure.value


def limits(figure: Figure) -> tuple[Decimal, Decimal]:
    """Return a figure's range.

    Raises:
        QuotaRuleUnreadable: it holds no range.
    """
    if figure.low is None or figure.high is None:
        raise unreadable(figure)
    return figure.low, figure.high


def day(figure: Figure) -> date:
    """Return a figure's day, written YYYY-MM-DD.

    Raises:
        QuotaRuleUnreadable: it is none.
    """
    try:
        return date.fromisoformat(figure.text or "")
    except ValueError:
        raise unreadable(figure) from None


def unreadable(figure: Figure) -> QuotaRuleUnreadable:
    """Return the error for a figure that does not hold what its rule needs."""
    said = figure.text if figure.text is not None else figure.value
    return QuotaRuleUnreadable(rule=f"{figure.name} {figure.key}", text=str(said))


def factor(figure: Figure, code: str, value: Decimal | None = None, zh: str = "", en: str = "") -> Factor:
    """Return a figure as a step of an explanation."""
    label_zh, label_en = LABELS.get(code, (figure.label_zh or code, figure.label_en or code))
    return Factor(
        code=code,
        label_zh=label_zh,
        label_en=label_en,
        value=number(figure) if value is None else value,
        unit=figure.unit or "1",
        formula=figure.text or "",
        reason_zh=zh,
        reason_en=en,
        figure=figure,
    )


def check(
    field: str,
    value: Decimal | None,
    low: Decimal | None = None,
    high: Decimal | None = None,
    *,
    above: bool = False,
    digits: int = MOST_DIGITS,
) -> None:
    """Check a stated number: finite, of a size and length people measure, between the limits (`above`: more than `low`).

    A number the rules computed has more `digits` than one that somebody measured.

    Raises:
        QuotaInputImpossible: it is not.
    """
    if value is None:
        return
    _, written, exponent = value.as_tuple()
    is_sane = (
        isinstance(exponent, int)
        and len(written) <= digits
        and -digits <= exponent <= digits
        and value.adjusted() < LARGEST
    )
    is_low = low is not None and is_sane and (value <= low if above else value < low)
    if is_sane and not is_low and (high is None or value <= high):
        return
    sign_en, sign_zh = ("above", "大于") if above else ("from", "不小于")
    parts_en = [f"{sign_en} {plain(low)}"] if low is not None else []
    parts_zh = [f"{sign_zh} {plain(low)}"] if low is not None else []
    if high is not None:
        parts_en.append(f"up to {plain(high)}")
        parts_zh.append(f"不大于 {plain(high)}")
    parts_en.append(f"of at most {digits} digits and below 10^{LARGEST}")
    parts_zh.append(f"不超过 {digits} 位且小于 10^{LARGEST} 的数")
    named = _as_on_the_wire(field)
    raise QuotaInputImpossible(
        field=named, value=str(value), range_en=" ".join(parts_en), range_zh="、".join(parts_zh), path=("input", named)
    )


def _as_on_the_wire(field: str) -> str:
    first, *others = field.split("_")
    return first + "".join(each.title() for each in others)
