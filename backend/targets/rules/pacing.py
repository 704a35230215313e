"""How far a target is: the emissions and the product of each year against what is due by then.

What is due grows evenly over the period: of a reduction set for 2030 against 2025 a fifth is due a year. No document states
a path; this one is the product's own and is said with every answer.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

from backend.targets.rules.sharing import decimal, shown
from backend.targets.values import (
    Footing,
    TargetKind,
    TargetProgress,
    TargetVerdict,
    Words,
    YearStanding,
)

INTENSITY_PLACES = Decimal("0.000001")
ELASTIC = "intensity_rigid_total_elastic"
INTENSITY_FIRST = "intensity_first"
EVEN = Words("应达进度按规划期逐年均分（产品口径，文件未规定路径）。",
             "What is due grows evenly over the period (the product's own path; no document states one).")  # fmt: skip
OF_ACCOUNTS = Words("按碳账户汇总：电力计入用电侧，不含电厂自身燃烧；账户未覆盖的排放不在其中。",
                    "By carbon accounts: electricity counts where it is used, power plants' burning does not; what no account"
                    " covers is not in it.")  # fmt: skip
OF_STATED = Words("按主管部门核定的排放量。", "By the emissions the authority stated.")
PRICES = Words("地区生产总值为录入值，价格口径以其来源文件为准。",
               "Gross domestic product is as entered; its price basis is that of its document.")  # fmt: skip

Known = Mapping[int, Decimal]
"""What is known of each year."""


def is_binding(kind: TargetKind, mode: str) -> bool:
    """Tell whether a kind of target decides by the jurisdiction's rule, or is told beside the one that does."""
    return kind is TargetKind.INTENSITY or mode != INTENSITY_FIRST


def intensity(
    value: Decimal, base_year: int, first: int, last: int, emissions: Known, gdp: Known, *, footing: Footing, today: int
) -> TargetProgress:
    """Judge a reduction of `value` percent by `last` against `base_year`; emissions in tCO2e, product in 万CNY."""
    base = _intensity(base_year, emissions, gdp)
    years: list[YearStanding] = []
    verdict, through, exact = TargetVerdict.CANNOT_TELL, None, Fraction(0)
    for year in range(first, min(last, today) + 1):
        due = Fraction(value) * (year - base_year) / (last - base_year)
        own = _intensity(year, emissions, gdp)
        reached = None if own is None or not base else (1 - own / base) * 100
        years.append(
            YearStanding(
                year, emissions.get(year), gdp.get(year), None if own is None else decimal(own, INTENSITY_PLACES),
                None if reached is None else shown(reached), shown(due),
            )
        )  # fmt: skip
        if reached is not None:
            through, exact = year, reached
            is_kept = reached >= due
            verdict = TargetVerdict.ON_TRACK if is_kept else TargetVerdict.BEHIND
            if year == last:
                verdict = TargetVerdict.REACHED if is_kept else TargetVerdict.MISSED
    due_by = None if through is None else Fraction(value) * (through - base_year) / (last - base_year)
    return TargetProgress(
        verdict=verdict, through=through, reached=None if through is None else shown(exact),
        due=None if due_by is None else shown(due_by), completion=None if not due_by else shown(exact / due_by * 100),
        base_intensity=None if base is None else decimal(base, INTENSITY_PLACES), years=years,
        note=_note(footing, PRICES, _missing(base is None, base_year, through)),
    )  # fmt: skip


def total(
    value: Decimal, first: int, last: int, emissions: Known, *, footing: Footing, mode: str,
    elastic_percent: Decimal | None, today: int,
) -> TargetProgress:  # fmt: skip
    """Judge a limit of `value` tCO2e over all years of a period: the years known without a gap, summed."""
    years: list[YearStanding] = []
    reached, through = Fraction(0), None
    for year in range(first, min(last, today) + 1):
        due = Fraction(value) * (year - first + 1) / (last - first + 1)
        if year in emissions and (through == year - 1 or year == first):
            reached, through = reached + Fraction(emissions[year]), year
        years.append(
            YearStanding(
                year, emissions.get(year), None, None, shown(reached) if through == year else None, shown(due)
            )
        )  # fmt: skip
    if through is None:
        note = _note(footing, None, _missing(False, first, None))  # noqa: FBT003 - there is no base year
        return TargetProgress(TargetVerdict.CANNOT_TELL, None, None, None, None, None, years, note)
    due = Fraction(value) * (through - first + 1) / (last - first + 1)
    verdict, unset = _of_total(reached, due, Fraction(value), through == last, mode, elastic_percent)
    return TargetProgress(
        verdict=verdict, through=through, reached=shown(reached), due=shown(due),
        completion=shown(reached / due * 100) if due else None, base_intensity=None, years=years,
        note=_note(footing, None, unset),
    )  # fmt: skip


def _of_total(
    reached: Fraction, due: Fraction, limit: Fraction, is_over: bool, mode: str, elastic_percent: Decimal | None  # noqa: FBT001 - one question
) -> tuple[TargetVerdict, Words | None]:  # fmt: skip
    if reached <= due:
        return (TargetVerdict.REACHED if is_over else TargetVerdict.ON_TRACK), None
    if mode == ELASTIC and elastic_percent is None:
        return TargetVerdict.CANNOT_TELL, Words(
            "总量弹性幅度尚未设定，超出时不作结论。",
            "By how much totals are elastic nobody has set, so beyond the limit nothing is told.",
        )
    if mode == ELASTIC and elastic_percent is not None and reached <= due * (100 + Fraction(elastic_percent)) / 100:
        return TargetVerdict.ELASTIC_USED, None
    return (TargetVerdict.MISSED if is_over or reached > limit else TargetVerdict.BEHIND), None


def _intensity(year: int, emissions: Known, gdp: Known) -> Fraction | None:
    if year not in emissions or not gdp.get(year):
        return None
    return Fraction(emissions[year]) / Fraction(gdp[year])


def _missing(is_base: bool, year: int, through: int | None) -> Words | None:  # noqa: FBT001 - one question
    if is_base:
        return Words(f"缺少基年 {year} 的全年排放量或地区生产总值。",
                     f"The whole year's emissions or the product of the base year {year} are not known.")  # fmt: skip
    if through is None:
        return Words("期间各年排放量（及地区生产总值）均不齐。", "No year of the period is known in full.")
    return None


def _note(footing: Footing, *more: Words | None) -> Words:
    parts: Sequence[Words] = [
        OF_ACCOUNTS if footing is Footing.ACCOUNTS else OF_STATED, EVEN, *(each for each in more if each is not None)
    ]  # fmt: skip
    return Words("".join(each.zh for each in parts), " ".join(each.en for each in parts))
