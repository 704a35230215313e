"""What changed between two versions of an inventory: every line in words and numbers, and the totals' bridge. Pure.

A line is compared with its counterpart of the same source, gas and basis. The effect of a change is split exactly:
quantity at the old factor, then the factor (with its GWP) at the new quantity; together they are the whole change.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from backend.emissions.inventory.values import THIRD
from backend.emissions.methods.arithmetic import add, multiply
from backend.kit.quantities import display


class Cause(StrEnum):
    """Why a line differs."""

    ADDED = "added"
    FACTOR = "factor"
    METHOD = "method"
    QUANTITY = "quantity"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class LineDifference:
    """One line that differs. tCO2e before and after; effects by cause, which add up to the change."""

    source_id: UUID
    source_code: str
    source_name: str
    scope: int
    category: str
    gas: str
    basis: str
    before: Any | None
    after: Any | None
    effects: tuple[tuple[Cause, Decimal], ...]

    @property
    def before_t(self) -> Decimal:
        """tCO2e before; zero for an added line."""
        return Decimal(0) if self.before is None else self.before.co2e_t

    @property
    def after_t(self) -> Decimal:
        """tCO2e after; zero for a removed line."""
        return Decimal(0) if self.after is None else self.after.co2e_t

    @property
    def change_t(self) -> Decimal:
        """The change in tCO2e, exact."""
        return add(self.after_t, -self.before_t)

    def sentence(self, language: str) -> str:
        """Say what changed."""
        parts = [_words(self, cause, effect, language) for cause, effect in self.effects]
        joined = ("；" if language.startswith("zh") else "; ").join(parts)
        side = {"location": ("（基于位置）", " (location)"), "market": ("（基于市场）", " (market)")}
        zh, en = side.get(self.basis, ("", ""))
        if language.startswith("zh"):
            return f"{self.source_name}（{self.source_code}）{self.gas}{zh}：{joined}。"
        return f"{self.source_name} ({self.source_code}) {self.gas}{en}: {joined}."


@dataclass(frozen=True, slots=True)
class Bridge:
    """From the old total to the new: tCO2e by cause; `basis` is location or market, scope 3 is apart."""

    name: str
    before: Decimal
    after: Decimal
    steps: tuple[tuple[Cause, Decimal], ...]


def compare(before: Sequence[Any], after: Sequence[Any]) -> list[LineDifference]:
    """Return the lines that differ, by source code, basis and gas."""
    old, new = _by_place(before), _by_place(after)
    found: list[LineDifference] = []
    for place in sorted(old.keys() | new.keys()):
        for one, other in _pairs(old.get(place, []), new.get(place, [])):
            effects = _effects(one, other)
            if effects:
                known: Any = other if other is not None else one
                found.append(LineDifference(
                    known.source_id, known.source_code, known.source_name, known.scope, known.category, known.gas,
                    known.basis, one, other, effects,
                ))  # fmt: skip
    return found


def bridges(before: Sequence[Any], after: Sequence[Any], differences: Sequence[LineDifference]) -> list[Bridge]:
    """Return the bridges of scope 1+2 on both bases and of scope 3."""
    sides = (
        ("location", lambda each: each.scope != THIRD and each.basis != "market"),
        ("market", lambda each: each.scope != THIRD and each.basis != "location"),
        ("scope3", lambda each: each.scope == THIRD and each.basis != "market"),
    )
    found: list[Bridge] = []
    for name, belongs in sides:
        steps: defaultdict[Cause, Decimal] = defaultdict(Decimal)
        for each in differences:
            if belongs(each):
                for cause, effect in each.effects:
                    steps[cause] = add(steps[cause], effect)
        found.append(Bridge(name, _total(before, belongs), _total(after, belongs), tuple(sorted(steps.items()))))
    return found


def _total(lines: Sequence[Any], belongs: Any) -> Decimal:  # noqa: ANN401 - a predicate over rows
    total = Decimal(0)
    for line in lines:
        if belongs(line):
            total = add(total, line.co2e_t)
    return total


def _by_place(lines: Sequence[Any]) -> dict[tuple[str, str, str], list[Any]]:
    found: defaultdict[tuple[str, str, str], list[Any]] = defaultdict(list)
    for line in lines:
        found[line.source_code, line.basis, line.gas].append(line)
    return found


def _pairs(old: Sequence[Any], new: Sequence[Any]) -> list[tuple[Any | None, Any | None]]:
    """Pair lines of one place: equal factors first, then by their first months; what is left came or went."""
    rest, pairs = list(new), list[tuple[Any | None, Any | None]]()
    unpaired: list[Any] = []
    for one in old:
        match = next((each for each in rest if _same_factor(one, each)), None)
        if match is None:
            unpaired.append(one)
        else:
            rest.remove(match)
            pairs.append((one, match))
    unpaired.sort(key=lambda each: list(each.months))
    rest.sort(key=lambda each: list(each.months))
    for position in range(max(len(unpaired), len(rest))):
        pairs.append((
            unpaired[position] if position < len(unpaired) else None,
            rest[position] if position < len(rest) else None,
        ))  # fmt: skip
    return pairs


def _same_factor(one: Any, other: Any) -> bool:  # noqa: ANN401 - rows
    return (one.method, one.base_unit, one.coefficient, one.gwp) == (
        other.method, other.base_unit, other.coefficient, other.gwp,
    )  # fmt: skip


def _effects(one: Any | None, other: Any | None) -> tuple[tuple[Cause, Decimal], ...]:  # noqa: ANN401 - rows
    if one is None and other is not None:
        return ((Cause.ADDED, other.co2e_t),)
    if other is None and one is not None:
        return ((Cause.REMOVED, -one.co2e_t),)
    if one is None or other is None:
        return ()
    if one.method != other.method or one.base_unit != other.base_unit:
        return ((Cause.METHOD, add(other.co2e_t, -one.co2e_t)),)
    effects: list[tuple[Cause, Decimal]] = []
    if one.base_quantity != other.base_quantity:
        difference = add(other.base_quantity, -one.base_quantity)
        effects.append((Cause.QUANTITY, multiply(multiply(difference, one.coefficient), one.gwp)))
    if (one.coefficient, one.gwp) != (other.coefficient, other.gwp):
        factor = add(multiply(other.coefficient, other.gwp), -multiply(one.coefficient, one.gwp))
        effects.append((Cause.FACTOR, multiply(other.base_quantity, factor)))
    return tuple(effects)


def _words(line: LineDifference, cause: Cause, effect: Decimal, language: str) -> str:
    zh = language.startswith("zh")
    before, after = line.before, line.after
    change = f"{'+' if effect >= 0 else ''}{display(effect, 2)} tCO2e"
    if cause is Cause.QUANTITY and before is not None and after is not None:
        moved = f"{_plain(before.base_quantity)} → {_plain(after.base_quantity)} {after.base_unit}"
        return f"活动数据 {moved}（{change}）" if zh else f"quantity {moved} ({change})"
    if cause is Cause.FACTOR and before is not None and after is not None:
        moved = f"{_plain(before.coefficient)} → {_plain(after.coefficient)} {after.coefficient_unit}"
        return f"排放因子 {moved}（{change}）" if zh else f"factor {moved} ({change})"
    if cause is Cause.METHOD and before is not None and after is not None:
        moved = f"{before.method} → {after.method}"
        return f"核算方法 {moved}（{change}）" if zh else f"method {moved} ({change})"
    if cause is Cause.ADDED:
        return f"新增条目（{change}）" if zh else f"line added ({change})"
    return f"删除条目（{change}）" if zh else f"line removed ({change})"


def _plain(value: Decimal) -> str:
    return format(value.normalize() if value else Decimal(0), "f")
