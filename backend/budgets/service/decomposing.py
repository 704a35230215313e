"""Decompose a total onto divisions, sectors, key units or the years of a span; inputs and formula of each part shown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from backend.budgets.errors import BudgetDataMissing, BudgetShareInvalid
from backend.budgets.rules import checking, counting
from backend.budgets.rules.decomposing import (
    Part,
    Share,
    averaged,
    basis,
    benchmarked,
    decompose,
    manual,
    producing,
)
from backend.budgets.service.common import of_authority
from backend.budgets.values import ALL_SECTORS, ZERO, DraftLine, Method
from backend.kit.db import Read
from backend.kit.scope import Scope
from backend.regions import service as regions
from backend.regions.values import FIGURE_UNITS, FigureKind
from backend.tenants import service as tenants
from backend.tenants.service import DivisionRow

MOST_YEARS = 10


class Onto(StrEnum):
    """What a total is decomposed onto: the divisions directly below, the division's sectors, key units, or a span's years."""

    DIVISIONS = "divisions"
    SECTORS = "sectors"
    KEY_UNITS = "key_units"
    YEARS = "years"
    """The five years of a span: its total becomes annual budgets of the same division."""


@dataclass(frozen=True, slots=True)
class Given:
    """What is given for a part: `key` is a division code, a sector, an account's id or a year.

    `tonnes` for the manual method; `activity` in `unit` and `benchmark` in tCO2e per unit for benchmarks; `output` in
    `unit` for the output method (None: the gross domestic product that was entered).
    """

    key: str
    tonnes: Decimal | None = None
    activity: Decimal | None = None
    benchmark: Decimal | None = None
    output: Decimal | None = None
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """A decomposition as it is asked for. Without `parts` it is onto every division below, or every sector of the pack.

    Onto years the total is that of a five-year span, and history is no method: what is to come has none.

    `base_years` are the years whose emissions (history) or output (output) count. `withheld_percent` of each part is
    withheld for emitters that are there already.
    """

    division_code: str
    first_year: int
    last_year: int
    total: Decimal
    step: Decimal
    method: Method
    onto: Onto
    parts: Sequence[Given] = ()
    base_years: Sequence[int] = ()
    withheld_percent: Decimal = field(default=ZERO)


async def decomposed(read: Read, scope: Scope, asked: Asked) -> list[DraftLine]:
    """Return a total decomposed, nothing stored: lines that sum to it exactly, each with inputs and formula.

    Raises:
        Unauthenticated, Forbidden: without `budgets:draft`.
        BudgetOfAuthorities: not an authority.
        BudgetYearInvalid, BudgetTonnesInvalid: years, total or step.
        DivisionUnknown: there is none, or it lies outside the caller's region.
        BudgetShareInvalid: parts that are none, lack what the method needs, or do not sum.
        BudgetDataMissing: nothing is known of a part the method rests on: say which parts, or give its figures.
    """
    of_authority(scope, "budgets:draft")
    checking.years(asked.first_year, asked.last_year, path=("input", "firstYear"))
    checking.positive(asked.total, path=("input", "total"))
    division = await regions.own_division(read, scope, asked.division_code)
    if asked.onto is Onto.YEARS:
        _check_years(asked)
    parts = {each.key: each for each in asked.parts} or await _everything(read, scope, asked, division)
    if not 0 <= asked.withheld_percent <= 100:  # noqa: PLR2004 - percent
        raise _lacking("withheldPercent is 0 to 100", "存量预留比例须为 0 至 100")
    if len(parts) < len(asked.parts):
        raise _lacking("a part is named twice", "同一部分重复出现")
    if asked.parts and asked.onto in {Onto.DIVISIONS, Onto.SECTORS}:
        await _check_known(read, scope, asked.onto, division, parts)
    shares = await _shares(read, scope, asked, division, parts)
    step = None if asked.method is Method.MANUAL else asked.step
    return [_line(asked, each, basis(asked.method, asked.total, step, each)) for each in shares]


async def _check_known(
    read: Read, scope: Scope, onto: Onto, division: DivisionRow, parts: Mapping[str, Given]
) -> None:  # fmt: skip
    """Accept divisions within the one decomposed, or sectors of the jurisdiction, before their figures are looked for."""
    if onto is Onto.DIVISIONS:
        known = {each.code for each in await tenants.divisions(read, scope, division.path)}
        en, zh = f"lies in {division.code}", f"不是 {division.code} 的区划"
    else:
        known = {each.code for each in (await tenants.pack_in_force(read, scope)).sectors}
        en, zh = "is a sector of the jurisdiction", "不是本地区的行业"
    if unknown := sorted(set(parts) - known):
        raise _lacking(f"none of {', '.join(unknown)} {en}", f"{'、'.join(unknown)} {zh}")


async def _everything(read: Read, scope: Scope, asked: Asked, division: DivisionRow) -> dict[str, Given]:
    if asked.onto is Onto.DIVISIONS:
        below = await tenants.divisions(read, scope, division.path)
        return {each.code: Given(each.code) for each in below if each.parent_code == division.code}
    if asked.onto is Onto.SECTORS:
        return {each.code: Given(each.code) for each in (await tenants.pack_in_force(read, scope)).sectors}
    if asked.onto is Onto.YEARS:
        return {str(each): Given(str(each)) for each in range(asked.first_year, asked.last_year + 1)}
    raise _lacking("name the key units", "请列出重点单位")


def _check_years(asked: Asked) -> None:
    span = {str(each) for each in range(asked.first_year, asked.last_year + 1)}
    if len(span) == 1:
        raise _lacking("years are parts of a five-year span", "按年度分解须给出五年规划期")
    if asked.parts and {each.key for each in asked.parts} != span:
        raise _lacking("each of the five years is named once", "须逐一列出规划期内的五个年度")
    if asked.method is Method.HISTORY:
        raise _lacking("years to come have no past emissions", "未来年度没有历史排放，不能按历史法分解")


async def _shares(
    read: Read, scope: Scope, asked: Asked, division: DivisionRow, parts: Mapping[str, Given]
) -> list[Share]:  # fmt: skip
    if asked.method is Method.MANUAL:
        if any(each.tonnes is None for each in parts.values()):
            raise _lacking("each part needs its tonnes", "每个部分都须填写吨数")
        return manual(asked.total, {key: each.tonnes or ZERO for key, each in parts.items()})
    if asked.method is Method.BENCHMARK:
        if any(each.activity is None or each.benchmark is None or not each.unit for each in parts.values()):
            raise _lacking("each part needs activity, unit and benchmark", "每个部分都须填写活动量、单位和基准值")
        weighed = [
            benchmarked(key, each.activity or ZERO, each.unit, each.benchmark or ZERO) for key, each in parts.items()
        ]
    elif asked.method is Method.HISTORY:
        weighed = await _by_history(read, scope, asked, division, list(parts))
    else:
        weighed = await _by_output(read, scope, asked, parts)
    return decompose(asked.total, asked.step, weighed)


async def _by_history(
    read: Read, scope: Scope, asked: Asked, division: DivisionRow, keys: Sequence[str]
) -> list[Part]:  # fmt: skip
    years = sorted(set(asked.base_years))
    if not 1 <= len(years) <= MOST_YEARS:
        raise _lacking(f"name 1 to {MOST_YEARS} base years", f"请填写 1 至 {MOST_YEARS} 个基准年")
    first, last = date(years[0], 1, 1), date(years[-1], 12, 31)
    found: dict[str, counting.Counted] = {}
    if asked.onto is Onto.KEY_UNITS:
        ids = [_account(each) for each in keys]
        counted = counting.of_accounts(await regions.account_months(read, scope, ids, first, last))
        found = {str(each): own for each, own in counted.items()}
    elif asked.onto is Onto.DIVISIONS:
        rows = await regions.months(read, scope, first, last, division.path)
        by_path = counting.of_divisions(rows, ALL_SECTORS)
        codes = {path.rstrip("/").rsplit("/", 1)[-1]: own for path, own in by_path.items()}
        found = {each: codes[each] for each in keys if each in codes}
    else:
        rows = await regions.months(read, scope, first, last, division.path, list(keys))
        for key in keys:
            by_path = counting.of_divisions([each for each in rows if each.sector == key], key)
            if division.path in by_path:
                found[key] = by_path[division.path]
    totals = {key: {year: found[key].whole(year) if key in found else None for year in years} for key in keys}
    unknown = sorted(f"{key}: {year}" for key, by in totals.items() for year, tonnes in by.items() if tonnes is None)
    if unknown:
        raise BudgetDataMissing(
            reason_en=f"not all twelve months are known of {', '.join(unknown)}; leave the part out, or give its tonnes",
            reason_zh=f"全年排放数据不齐：{'、'.join(unknown)}；请不列入该部分，或改为填写吨数", path=("input", "parts"),
        )  # fmt: skip
    return [averaged(key, {year: tonnes or ZERO for year, tonnes in by.items()}) for key, by in totals.items()]


async def _by_output(read: Read, scope: Scope, asked: Asked, parts: Mapping[str, Given]) -> list[Part]:
    given = {key: producing(key, each.output, each.unit) for key, each in parts.items() if each.output is not None}
    if any(not each.unit for each in parts.values() if each.output is not None):
        raise _lacking("an output needs its unit", "产出须填写单位")
    rest = [key for key in parts if key not in given]
    if not rest:
        if len({each.unit for each in parts.values()}) > 1:
            raise _lacking("outputs in different units cannot be compared", "不同单位的产出不能比较")
        return list(given.values())
    if given or asked.onto is not Onto.DIVISIONS or not asked.base_years:
        raise _lacking(
            "give the output of every part, or for divisions a base year whose gross domestic product was entered",
            "请填写每个部分的产出，或对区划填写已录入地区生产总值的基准年",
        )
    year = max(asked.base_years)
    known = await regions.activity(read, scope, rest, [year])
    unknown = [key for key in rest if FigureKind.GDP not in known.get((key, year), {})]
    if unknown:
        raise BudgetDataMissing(
            reason_en=f"no gross domestic product of {year} was entered for {', '.join(unknown)}",
            reason_zh=f"未录入 {'、'.join(unknown)} 的 {year} 年地区生产总值", path=("input", "parts"),
        )  # fmt: skip
    return [producing(key, known[key, year][FigureKind.GDP], FIGURE_UNITS[FigureKind.GDP]) for key in rest]


def _line(asked: Asked, share: Share, kept: dict[str, object]) -> DraftLine:
    is_unit, is_sector = asked.onto is Onto.KEY_UNITS, asked.onto is Onto.SECTORS
    is_year = asked.onto is Onto.YEARS
    withheld = (share.tonnes * asked.withheld_percent / 100).quantize(Decimal(1).scaleb(-checking.PLACES))
    return DraftLine(
        division_code=share.key if asked.onto is Onto.DIVISIONS else asked.division_code,
        first_year=int(share.key) if is_year else asked.first_year,
        last_year=int(share.key) if is_year else asked.last_year, tonnes=share.tonnes,
        account_id=_account(share.key) if is_unit else None, sector=share.key if is_sector else ALL_SECTORS,
        withheld=withheld, method=asked.method, basis=kept,
    )  # fmt: skip


def _account(key: str) -> UUID:
    try:
        return UUID(key)
    except ValueError:
        raise _lacking(f"{key} is not an account", f"{key} 不是账户") from None


def _lacking(en: str, zh: str) -> BudgetShareInvalid:
    return BudgetShareInvalid(reason_en=en, reason_zh=zh, path=("input", "parts"))
