"""Hold a park's year against the indicators. Shares are compared by cross-multiplication, so nothing is ever rounded.

Source of every limit, condition and denominator: 无锡市零碳园区评价指标体系 (the table of the programme document).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from backend.parks.catalogue import Points
from backend.parks.values import (
    ENERGY,
    HUNDRED,
    ZERO,
    Category,
    Evaluated,
    Horizon,
    Indicator,
    Judgement,
    Level,
    Outcome,
    Target,
    ValueRow,
)

LARGE = Decimal(1_000_000)
"""tce a year from which on indicator 2 has the wider long-term limit."""
GRADES = {"energy_limit_grade_2": Decimal(2), "efficiency_grade_1": Decimal(1)}
"""The worst grade that still meets an ordinal target; 1 is the best grade."""

Values = Mapping[tuple[str, str], ValueRow]
"""What stands of a park's year by (item, basis)."""


@dataclass(frozen=True, slots=True)
class Told:
    """An outcome and why."""

    outcome: Outcome
    zh: str
    en: str


def evaluate(
    indicators: Sequence[Indicator], values: Values, waived: Collection[int], points: Points, *, year: int,
    horizon: Horizon, level: Level, has_boundary: bool,
) -> Evaluated:  # fmt: skip
    """Return every indicator's outcome and what the three blocks come to."""
    energy = values.get((ENERGY, ""))
    tce = energy.quantity if energy is not None and energy.is_complete else None
    lines = [
        _line(each, values, each.number in waived, points, horizon, level, tce, has_boundary=has_boundary)
        for each in indicators
    ]
    return Evaluated(
        year=year, horizon=horizon, level=level, lines=lines, mandatory=_block(lines, Category.MANDATORY),
        reference=_block(lines, Category.REFERENCE), points=sum((each.points for each in lines), ZERO),
        points_confidence=points.confidence, annual_energy=tce,
    )  # fmt: skip


def _block(lines: Sequence[Judgement], category: Category) -> Outcome:
    """Return the worst outcome of a kind; what is waived stands aside."""
    found = {each.outcome for each in lines if each.category is category and not each.is_waived}
    return next((each for each in (Outcome.FAIL, Outcome.UNKNOWN) if each in found), Outcome.PASS)


def _line(
    one: Indicator, values: Values, is_waived: bool, points: Points, horizon: Horizon, level: Level,  # noqa: FBT001 - told by place, once
    tce: Decimal | None, *, has_boundary: bool,
) -> Judgement:  # fmt: skip
    basis = one.basis(horizon)
    value = values.get((str(one.number), basis))
    waived = is_waived and one.category is Category.REFERENCE
    if one.number == 1:
        told, target = _scale(value, level, tce, has_boundary=has_boundary), _scale_target(level)
    else:
        applying = [each for each in one.criteria if _applies(each.applies_when, tce)]
        found = [(each.target(horizon), judge(one, each.target(horizon), value)) for each in applying]
        told = _agreed([each for _, each in found])
        target = " / ".join(dict.fromkeys(_shown(each, one.unit, basis) for each, _ in found))
    if waived:
        told = Told(told.outcome, f"已批准不列入；{told.zh}", f"left out with approval; {told.en}")
    gained = points.each if one.category is Category.INCENTIVE and told.outcome is Outcome.PASS else ZERO
    return Judgement(
        number=one.number, name=one.name, category=one.category, unit=one.unit, outcome=told.outcome, target=target,
        value=None if value is None else value.quantity, value_id=None if value is None else value.id,
        is_waived=waived, points=gained, reason_zh=told.zh, reason_en=told.en,
    )  # fmt: skip


def _applies(condition: str, tce: Decimal | None) -> bool:
    """Tell whether a line's condition holds; while the energy is not known, every line may be the one."""
    if condition.startswith("annual_energy_tce") and tce is not None:
        return (tce < LARGE) if "<" in condition else (tce >= LARGE)
    return True


def _agreed(found: Sequence[Told]) -> Told:
    """Return the one answer all lines give; where they differ it hangs on the energy nobody knows."""
    if len({each.outcome for each in found}) == 1:
        return found[0]
    return Told(
        Outcome.UNKNOWN, "限值取决于年综合能源消费量，该数据尚缺或不完整",
        "the limit hangs on the annual energy consumption, which is not known completely",
    )  # fmt: skip


def judge(one: Indicator, target: Target, value: ValueRow | None) -> Told:
    """Hold a value against a target. A missing or incomplete value, or a share of nothing, cannot be told.

    A lower bound that misses a floor, or keeps below a ceiling, cannot be told either: the whole is more.
    """
    if value is None:
        return Told(Outcome.UNKNOWN, "没有数据", "there is no value")
    if not value.is_complete:
        return Told(
            Outcome.UNKNOWN, "由不完整的数据计算，不能据以判断",
            "computed from a part of what belongs to it, which proves nothing",
        )  # fmt: skip
    limit = GRADES[target.value] if target.comparator == "meets_or_better" else Decimal(target.value)
    factor = HUNDRED if one.unit == "%" else Decimal(1)
    if value.numerator is not None and value.denominator is not None:
        if value.denominator == 0:
            return Told(Outcome.UNKNOWN, "分母为零，比值没有意义", "the denominator is zero: there is no ratio")
        left, right = value.numerator * factor, limit * value.denominator
    elif value.quantity is not None:
        left, right = value.quantity, limit
    else:
        return Told(Outcome.UNKNOWN, "分母为零，比值没有意义", "the denominator is zero: there is no ratio")
    is_met = {
        ">=": left >= right, "<=": left <= right, "=": left == right, "meets_or_better": left <= right,
    }[target.comparator]  # fmt: skip
    if value.is_lower_bound and is_met == (target.comparator in {"<=", "meets_or_better"}):
        return Told(
            Outcome.UNKNOWN,
            "数值为下限，尚不能判断是否达到目标",
            "the value is a lower bound, which does not tell here",
        )
    return Told(Outcome.PASS, "达到目标", "the target is met") if is_met else Told(
        Outcome.FAIL, "未达到目标", "the target is missed"
    )  # fmt: skip


def _scale(value: ValueRow | None, level: Level, tce: Decimal | None, *, has_boundary: bool) -> Told:
    """Judge indicator 1: a boundary for the municipal rung, the catalogue above it, and 200,000 tce for the national."""
    if not has_boundary:
        return Told(Outcome.FAIL, "没有明确的四至边界", "there is no clear boundary")
    if level is Level.MUNICIPAL:
        return Told(Outcome.PASS, "四至边界明确", "the boundary is clear")
    listed = _listed(value)
    if level is Level.PROVINCIAL or listed.outcome is not Outcome.PASS:
        return listed
    return _large_enough(tce)


def _listed(value: ValueRow | None) -> Told:
    """Judge whether the park is in the national catalogue: entered as 1 (listed) or 0 (not listed)."""
    if value is None or value.quantity is None:
        return Told(
            Outcome.UNKNOWN, "未填报是否列入《中国开发区审核公告目录》",
            "it is not said whether the park is in the national catalogue of development zones",
        )  # fmt: skip
    if value.quantity != 1:
        return Told(
            Outcome.FAIL, "未列入《中国开发区审核公告目录》", "not in the national catalogue of development zones"
        )
    return Told(Outcome.PASS, "已列入《中国开发区审核公告目录》", "in the national catalogue of development zones")


def _large_enough(tce: Decimal | None) -> Told:
    if tce is None:
        return Told(
            Outcome.UNKNOWN, "年综合能源消费量尚缺或不完整", "the annual energy consumption is not known completely"
        )
    if tce < NATIONAL_TCE:
        return Told(Outcome.FAIL, "年综合能源消费量不足 20 万吨标准煤", "less than 200,000 tce a year")
    return Told(
        Outcome.PASS, "已列入目录，且年综合能源消费量达到 20 万吨标准煤",
        "in the catalogue, with 200,000 tce a year or more",
    )  # fmt: skip


NATIONAL_TCE = Decimal(200_000)
"""tce a year a national park consumes at least."""


def _scale_target(level: Level) -> str:
    return {
        Level.MUNICIPAL: "有明确的四至边界",
        Level.PROVINCIAL: "列入《中国开发区审核公告目录》",
        Level.NATIONAL: "列入《中国开发区审核公告目录》，年综合能源消费量≥20万吨标准煤",
    }[level]


_SIGNS = {">=": "≥", "<=": "≤", "=": ""}
_WORDS = {
    "energy_limit_grade_2": "达到或优于二级能耗限额标准", "efficiency_grade_1": "达到或优于一级能效标准",
}  # fmt: skip
_BASES = {"daily_average_electricity": "日均用电量的", "maximum_load": "最大用电负荷的"}


def _shown(target: Target, unit: str, basis: str) -> str:
    if target.comparator == "meets_or_better":
        return _WORDS[target.value]
    tail = "%" if unit == "%" else f" {unit}"
    return f"{_SIGNS[target.comparator]}{_BASES.get(basis, '')}{target.value}{tail}"
