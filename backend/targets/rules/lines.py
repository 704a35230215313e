"""What a plan says: its lines as JSON and back, and what one line of it must hold."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, NoReturn
from uuid import UUID

from backend.targets.errors import TargetLineInvalid
from backend.targets.rules import checking
from backend.targets.values import (
    FIRST_YEAR,
    LAST_YEAR,
    ZERO,
    Footing,
    TargetKind,
    TargetLine,
    TargetMethod,
)

MOST_LINES = 1_000
MOST_YEARS = 15
HUNDRED = Decimal(100)
OF_TOTALS = frozenset({TargetMethod.HISTORY, TargetMethod.BENCHMARK, TargetMethod.OUTPUT, TargetMethod.MANUAL})
OF_INTENSITIES = frozenset({TargetMethod.EQUAL, TargetMethod.WEIGHTED, TargetMethod.MANUAL})


def stored(lines: Sequence[TargetLine]) -> list[dict[str, Any]]:
    """Return lines as JSON: decimals as text."""
    return [
        {
            "division_code": each.division_code,
            "account_id": str(each.account_id) if each.account_id else None,
            "kind": each.kind.value,
            "first_year": each.first_year,
            "last_year": each.last_year,
            "base_year": each.base_year,
            "value": format(each.value, "f"),
            "footing": each.footing.value,
            "method": each.method.value,
            "basis": dict(each.basis),
        }
        for each in lines
    ]


def loaded(rows: Sequence[Mapping[str, Any]]) -> tuple[TargetLine, ...]:
    """Read back what `stored` wrote."""
    return tuple(
        TargetLine(
            division_code=row["division_code"], kind=TargetKind(row["kind"]), first_year=row["first_year"],
            last_year=row["last_year"], value=Decimal(row["value"]), base_year=row["base_year"],
            account_id=UUID(row["account_id"]) if row["account_id"] else None, footing=Footing(row["footing"]),
            method=TargetMethod(row["method"]), basis=row["basis"],
        )
        for row in rows
    )  # fmt: skip


def sha256(content: object) -> str:
    """Return the hash of JSON: with sorted keys, without spaces."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def check(lines: Sequence[TargetLine]) -> None:
    """See that each line can be a target and none is there twice.

    Raises:
        TargetLineInvalid: none or too many, or one that contradicts itself or repeats another.
    """
    if not 1 <= len(lines) <= MOST_LINES:
        wrong(0, f"does not exist: a plan has 1 to {MOST_LINES} lines", f"不存在：方案须有 1 至 {MOST_LINES} 行")
    seen: set[Any] = set()
    for row, line in enumerate(lines, 1):
        _period(row, line)
        if line.kind is TargetKind.INTENSITY:
            _intensity(row, line)
        elif not checking.is_number(line.value) or line.value < ZERO or line.base_year is not None:
            wrong(
                row, "is a limit in tonnes: not negative, without a base year", "为总量目标：须为非负吨数，且不填基年"
            )
        if line.method not in (OF_INTENSITIES if line.kind is TargetKind.INTENSITY else OF_TOTALS):
            wrong(row, "names a method for another kind of target", "的分解方法与目标类型不符")
        if line.key in seen:
            wrong(row, "is of what an earlier line is of", "与前面的行重复")
        seen.add(line.key)


def _period(row: int, line: TargetLine) -> None:
    is_period = FIRST_YEAR <= line.first_year <= line.last_year <= LAST_YEAR
    if not is_period or line.last_year - line.first_year >= MOST_YEARS:
        wrong(row, f"is of no period: 1 to {MOST_YEARS} years from {FIRST_YEAR}",
              f"的期间无效：须为 {FIRST_YEAR} 年起的 1 至 {MOST_YEARS} 年")  # fmt: skip


def _intensity(row: int, line: TargetLine) -> None:
    if line.account_id is not None:
        wrong(row, "is of a key unit: it is set tonnes, an intensity needs gross domestic product",
              "为重点单位：只下达总量目标，强度目标须有地区生产总值")  # fmt: skip
    if not (checking.is_number(line.value) and ZERO < line.value < HUNDRED):
        wrong(row, "is a reduction in percent: more than 0, less than 100", "为强度降低目标：须大于 0 且小于 100（%）")
    if line.base_year is None or not FIRST_YEAR <= line.base_year < line.first_year:
        wrong(row, "needs a base year before its period", "须填写早于规划期的基年")


def wrong(row: int, en: str, zh: str) -> NoReturn:
    """Refuse a line. Raises TargetLineInvalid, always."""
    raise TargetLineInvalid(row=row, reason_en=en, reason_zh=zh, path=("input", "lines", str(max(row - 1, 0))))
