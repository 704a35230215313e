"""What a plan says: its lines as JSON and back, and what one line of it must hold."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, NoReturn
from uuid import UUID

from backend.budgets.errors import BudgetDraftInvalid
from backend.budgets.rules import checking
from backend.budgets.values import ALL_SECTORS, ZERO, DraftLine, Method

MOST_LINES = 2_000


def stored(lines: Sequence[DraftLine]) -> list[dict[str, Any]]:
    """Return lines as JSON: decimals as text."""
    return [
        {
            "division_code": each.division_code,
            "account_id": str(each.account_id) if each.account_id else None,
            "sector": each.sector,
            "first_year": each.first_year,
            "last_year": each.last_year,
            "tonnes": format(each.tonnes, "f"),
            "withheld": format(each.withheld, "f"),
            "intensity_target": None if each.intensity_target is None else format(each.intensity_target, "f"),
            "method": each.method.value,
            "basis": dict(each.basis),
        }
        for each in lines
    ]


def loaded(rows: Sequence[Mapping[str, Any]]) -> tuple[DraftLine, ...]:
    """Read back what `stored` wrote."""
    return tuple(
        DraftLine(
            division_code=row["division_code"], first_year=row["first_year"], last_year=row["last_year"],
            tonnes=Decimal(row["tonnes"]), account_id=UUID(row["account_id"]) if row["account_id"] else None,
            sector=row["sector"], withheld=Decimal(row["withheld"]),
            intensity_target=None if row["intensity_target"] is None else Decimal(row["intensity_target"]),
            method=Method(row["method"]), basis=row["basis"],
        )
        for row in rows
    )  # fmt: skip


def sha256(rows: Sequence[Mapping[str, Any]]) -> str:
    """Return the hash of stored lines: over their JSON with sorted keys, without spaces."""
    text = json.dumps(rows, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def check(lines: Sequence[DraftLine]) -> None:
    """See that each line can be a budget and none is there twice.

    Raises:
        BudgetDraftInvalid: none or too many, or one that contradicts itself or repeats another.
        BudgetTonnesInvalid, BudgetYearInvalid: its amounts or years.
    """
    if not 1 <= len(lines) <= MOST_LINES:
        wrong(0, f"does not exist: a plan has 1 to {MOST_LINES} lines", f"不存在：方案须有 1 至 {MOST_LINES} 行")
    seen: set[Any] = set()
    for row, line in enumerate(lines, 1):
        path = ("input", "lines", str(row - 1))
        checking.years(line.first_year, line.last_year, path=(*path, "firstYear"))
        checking.amount(line.tonnes, path=(*path, "tonnes"))
        checking.amount(line.withheld, path=(*path, "withheld"))
        if not ZERO <= line.withheld <= line.tonnes:
            wrong(row, "withholds more than it has, or has less than nothing", "存量预留超过预算额度，或额度为负")
        if line.intensity_target is not None and line.intensity_target <= 0:
            wrong(row, "has an intensity target that is not above zero", "强度目标须大于零")
        if line.account_id is not None and line.sector != ALL_SECTORS:
            wrong(row, "is of a key unit and names a sector: it has one already", "为重点单位预算，不应再填写行业")
        if line.key in seen:
            wrong(row, "is of what an earlier line is of", "与前面的行重复")
        seen.add(line.key)


def wrong(row: int, en: str, zh: str) -> NoReturn:
    """Refuse a line.

    Raises:
        BudgetDraftInvalid: always.
    """
    raise BudgetDraftInvalid(row=row, reason_en=en, reason_zh=zh, path=("input", "lines", str(max(row - 1, 0))))
