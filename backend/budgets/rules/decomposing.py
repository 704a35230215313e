"""A total decomposed into parts that sum to it exactly, each with its inputs and its formula.

Shares are rounded to the stated step by largest remainders: every part first gets the whole steps of its share, what is
left goes one step each to the parts with the largest remainders, the smaller key first among equals. The outcome does not
depend on the order of the parts, and no part is negative.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, NoReturn

from backend.budgets.errors import BudgetShareInvalid
from backend.budgets.values import ZERO, Method, Words

MOST_PARTS = 500
FORMULAS: Mapping[Method, Words] = {
    Method.HISTORY: Words(
        "总额 × 该部分基准年平均排放量 ÷ 各部分基准年平均排放量之和，最大余数法取整",
        "total x the part's mean emissions of the base years / the sum of all parts' means, rounded by largest remainders",
    ),
    Method.BENCHMARK: Words(
        "总额 × （活动量 × 基准值） ÷ 各部分之和，最大余数法取整",
        "total x (activity x benchmark) / the sum over all parts, rounded by largest remainders",
    ),
    Method.OUTPUT: Words(
        "总额 × 该部分产出 ÷ 各部分产出之和，最大余数法取整",
        "total x the part's output / the sum of all outputs, rounded by largest remainders",
    ),
    Method.MANUAL: Words("由编制人逐项填写，合计等于总额", "given part by part; the sum is the total"),
}
"""How each method comes to a part's tonnes, in words."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure a part rests on."""

    name: Words
    value: Decimal
    unit: str


@dataclass(frozen=True, slots=True)
class Part:
    """What gets a share: its weight, and the figures the weight was made of."""

    key: str
    weight: Decimal
    figures: tuple[Figure, ...] = ()


@dataclass(frozen=True, slots=True)
class Share:
    """A part's tonnes. `percent` is its share of all weights, for display."""

    key: str
    tonnes: Decimal
    percent: Decimal
    weight: Decimal
    figures: tuple[Figure, ...]


def averaged(key: str, years: Mapping[int, Decimal]) -> Part:
    """Return a part by its emissions of the base years (tCO2e): the weight is their mean."""
    figures = tuple(
        Figure(Words(f"{year} 年排放量", f"emissions of {year}"), tonnes, "tCO2e")
        for year, tonnes in sorted(years.items())
    )
    return Part(key, sum(years.values(), ZERO) / len(years), figures)


def benchmarked(key: str, activity: Decimal, unit: str, benchmark: Decimal) -> Part:
    """Return a part by its activity and a benchmark in tCO2e per unit of it."""
    figures = (
        Figure(Words("活动量", "activity"), activity, unit),
        Figure(Words("基准值", "benchmark"), benchmark, f"tCO2e/{unit}"),
    )
    return Part(key, activity * benchmark, figures)


def producing(key: str, output: Decimal, unit: str) -> Part:
    """Return a part by its output."""
    return Part(key, output, (Figure(Words("产出", "output"), output, unit),))


def decompose(total: Decimal, step: Decimal, parts: Sequence[Part]) -> list[Share]:
    """Return each part's share of the total in whole steps, by key; together they are the total.

    Raises:
        BudgetShareInvalid: no parts or too many, one twice, a negative weight or none above zero; a step that is not
            above zero, or that the total is no multiple of.
    """
    _sound(total, parts)
    if step <= ZERO or total % step:
        _refuse(f"the total {total} is no multiple of the step {step}", f"总额 {total} 不是取整单位 {step} 的整数倍")
    weights = sum((Fraction(each.weight) for each in parts), Fraction(0))
    if weights <= 0:
        _refuse("no part has a weight above zero", "各部分权重均为零")
    steps = int(total / step)
    exact = {each.key: Fraction(each.weight) * steps / weights for each in parts}
    whole = {key: share.numerator // share.denominator for key, share in exact.items()}
    left = steps - sum(whole.values())
    for key in sorted(exact, key=lambda each: (whole[each] - exact[each], each))[:left]:
        whole[key] += 1
    return [
        Share(each.key, step * whole[each.key], _percent(Fraction(each.weight) / weights), each.weight, each.figures)
        for each in sorted(parts, key=lambda each: each.key)
    ]


def manual(total: Decimal, amounts: Mapping[str, Decimal]) -> list[Share]:
    """Return amounts given part by part, by key.

    Raises:
        BudgetShareInvalid: none or too many, a negative one, or they do not sum to the total.
    """
    _sound(total, [Part(key, tonnes) for key, tonnes in amounts.items()])
    given = sum(amounts.values(), ZERO)
    if given != total:
        _refuse(f"the parts come to {given}, not to {total}", f"各部分合计 {given}，不等于总额 {total}")
    return [
        Share(key, tonnes, _percent(Fraction(tonnes) / Fraction(total)) if total else ZERO, tonnes, ())
        for key, tonnes in sorted(amounts.items())
    ]


def basis(method: Method, total: Decimal, step: Decimal | None, share: Share) -> dict[str, Any]:
    """Return what a line keeps of how its tonnes were arrived at, as JSON."""
    words = FORMULAS[method]
    return {
        "formula": {"zh": words.zh, "en": words.en},
        "total": format(total, "f"),
        "step": None if step is None else format(step, "f"),
        "percent": format(share.percent, "f"),
        "inputs": [
            {"name": {"zh": each.name.zh, "en": each.name.en}, "value": format(each.value, "f"), "unit": each.unit}
            for each in share.figures
        ],
    }


def _sound(total: Decimal, parts: Sequence[Part]) -> None:
    if total < ZERO:
        _refuse("the total is negative", "总额为负")
    if not 1 <= len(parts) <= MOST_PARTS:
        _refuse(f"1 to {MOST_PARTS} parts are needed", f"须有 1 至 {MOST_PARTS} 个部分")
    if len({each.key for each in parts}) < len(parts):
        _refuse("a part is named twice", "同一部分重复出现")
    negative = next((each.key for each in parts if each.weight < ZERO), None)
    if negative is not None:
        _refuse(f"the weight of {negative} is negative", f"{negative} 的权重为负")


def _percent(share: Fraction) -> Decimal:
    return (Decimal(share.numerator) * 100 / Decimal(share.denominator)).quantize(Decimal("0.0001"))


def _refuse(en: str, zh: str) -> NoReturn:
    raise BudgetShareInvalid(reason_en=en, reason_zh=zh, path=("input", "parts"))
