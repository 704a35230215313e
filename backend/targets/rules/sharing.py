"""A reduction of intensity decomposed: reductions are not added, they are weighed by where the emissions are.

If the product of every part grows alike, the intensity of the whole falls by the mean of the parts' reductions weighted by
their base-year emissions. That is the condition a decomposition is held to; it is the product's own, no document states one.
Shares are rounded up to the stated step, so that rounding never loses what is to be reached.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, NoReturn

from backend.targets.errors import TargetShareInvalid
from backend.targets.values import ZERO, TargetMethod, Words

MOST_PARTS = 500
HUNDRED = Decimal(100)
PLACES = Decimal("0.0001")
FORMULAS: Mapping[TargetMethod, Words] = {
    TargetMethod.EQUAL: Words("各部分与本级同幅", "every part the same reduction as the whole"),
    TargetMethod.WEIGHTED: Words(
        "总降幅 × 该部分系数 × Σ基年排放量 ÷ Σ（基年排放量 × 系数），向上取整",
        "the whole's reduction x the part's weight x sum of base-year emissions / sum of (emissions x weight), rounded up",
    ),
    TargetMethod.MANUAL: Words("由编制人逐项填写", "given part by part"),
}
"""How each method comes to a part's reduction, in words."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """A part: its base-year emissions (tCO2e, None: not known), and how much more or less it is to bear than others."""

    key: str
    emissions: Decimal | None
    weight: Decimal = Decimal(1)


def equal(percent: Decimal, parts: Sequence[Weighed]) -> dict[str, Decimal]:
    """Return the same reduction for every part. Raises TargetShareInvalid."""
    _sound(percent, parts)
    return {each.key: percent for each in sorted(parts, key=lambda each: each.key)}


def weighted(percent: Decimal, step: Decimal, parts: Sequence[Weighed]) -> dict[str, Decimal]:
    """Return reductions in proportion to the parts' weights that together carry the whole's.

    Raises:
        TargetShareInvalid: no parts, one twice, emissions not known, weights or a step not above zero, or a part would have
            to give up everything.
    """
    _sound(percent, parts)
    if step <= ZERO or not step.is_finite():
        _refuse("the step is not above zero", "取整单位须大于零")
    if any(each.weight <= ZERO or not each.weight.is_finite() for each in parts):
        _refuse("a weight is not above zero", "系数须大于零")
    unknown = sorted(each.key for each in parts if each.emissions is None)
    if unknown:
        _refuse(f"no base-year emissions are known of {', '.join(unknown)}", f"{'、'.join(unknown)} 缺少基年排放量")
    whole = sum((Fraction(each.emissions or ZERO) for each in parts), Fraction(0))
    borne = sum((Fraction(each.emissions or ZERO) * Fraction(each.weight) for each in parts), Fraction(0))
    if not borne:
        _refuse("nothing was emitted in the base year", "基年排放量均为零")
    found: dict[str, Decimal] = {}
    for each in sorted(parts, key=lambda each: each.key):
        exact = Fraction(percent) * Fraction(each.weight) * whole / borne / Fraction(step)
        found[each.key] = step * -(-exact.numerator // exact.denominator)
        if found[each.key] >= HUNDRED:
            _refuse(f"{each.key} would have to give up everything", f"{each.key} 的降幅将达到或超过 100%")
    return found


def combined(parts: Sequence[tuple[Decimal, Decimal]]) -> Fraction | None:
    """Return the whole's reduction in percent, of parts (base-year emissions, reduction); None of no emissions."""
    whole = sum((Fraction(emissions) for emissions, _ in parts), Fraction(0))
    borne = sum((Fraction(emissions) * Fraction(percent) for emissions, percent in parts), Fraction(0))
    return borne / whole if whole else None


def shown(value: Fraction) -> Decimal:
    """Return a share with four decimals, rounded half up."""
    return decimal(value, PLACES)


def decimal(value: Fraction, places: Decimal) -> Decimal:
    """Return a fraction as a decimal, rounded half up (away from zero)."""
    scaled = abs(value) / Fraction(places)
    whole, rest = divmod(scaled.numerator, scaled.denominator)
    whole += 2 * rest >= scaled.denominator
    return places * (whole if value >= 0 else -whole)


def basis(method: TargetMethod, percent: Decimal, step: Decimal | None, part: Weighed) -> dict[str, Any]:
    """Return what a line keeps of how its reduction was arrived at, as JSON."""
    words = FORMULAS[method]
    inputs = [("基年排放量", "base-year emissions", part.emissions, "tCO2e")] if part.emissions is not None else []
    if method is TargetMethod.WEIGHTED:
        inputs.append(("系数", "weight", part.weight, ""))
    return {
        "formula": {"zh": words.zh, "en": words.en},
        "total": format(percent, "f"),
        "step": None if step is None else format(step, "f"),
        "inputs": [
            {"name": {"zh": zh, "en": en}, "value": format(value or ZERO, "f"), "unit": unit}
            for zh, en, value, unit in inputs
        ],
    }


def _sound(percent: Decimal, parts: Sequence[Weighed]) -> None:
    if not (percent.is_finite() and ZERO < percent < HUNDRED):
        _refuse("a reduction is more than 0 and less than 100 percent", "降幅须大于 0 且小于 100（%）")
    if not 1 <= len(parts) <= MOST_PARTS:
        _refuse(f"1 to {MOST_PARTS} parts are needed", f"须有 1 至 {MOST_PARTS} 个部分")
    if len({each.key for each in parts}) < len(parts):
        _refuse("a part is named twice", "同一部分重复出现")


def _refuse(en: str, zh: str) -> NoReturn:
    raise TargetShareInvalid(reason_en=en, reason_zh=zh, path=("input", "parts"))
