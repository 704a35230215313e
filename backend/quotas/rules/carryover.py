"""Carrying old allowances over (结转), and which vintages settle which year (国环规气候〔2025〕2号 and its predecessor).

    most = base + 1.5 x net sales (sold less bought, within the window), net buyers: the base alone

Allowances of 2019-2024 that are not converted cannot settle 2025 or a later year; allowances of 2019-2026 may settle
arrears of 2019-2024. Whether an allowance of 2025 or later settles a year other than its own is not recorded, so it
cannot be told.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from backend.quotas.errors import CarryOverTooLate
from backend.quotas.rules.figures import CORRECTION, Book, check, day, factor, find, limits, need, number, year_end
from backend.quotas.rules.rounding import ZERO, add, displayed, multiply, plain
from backend.quotas.rules.terms import Factor, Finding, Outcome, Sector, documents, weakest

FAMILY = "ets.carry_over"


@dataclass(frozen=True, slots=True)
class CarryOver:
    """The most an enterprise may convert, in tCO2; `usable` is what of its holdings that covers."""

    maximum: Decimal
    usable: Decimal | None
    base: Decimal
    multiple: Decimal
    net_sales: Decimal
    window: tuple[date, date]
    deadline: date
    vintages: tuple[int, int]
    factors: tuple[Factor, ...]
    formula: str

    @property
    def displayed(self) -> Decimal:
        """The maximum with two decimals, for people."""
        return displayed(self.maximum)

    @property
    def confidence(self) -> str:
        """The lowest confidence among the figures."""
        return weakest(self.factors)

    @property
    def documents(self) -> tuple[str, ...]:
        """The documents it rests on."""
        return documents(self.factors)


def carry_over(
    book: Book, sector: Sector, net_sales: Decimal, *, held: Decimal | None = None, on: date | None = None
) -> CarryOver:
    """Return the most an enterprise may convert. `net_sales` in tCO2 within the window; negative for a net buyer.

    `held` are its unconverted allowances of the old vintages, `on` the day it applies.

    Raises:
        QuotaInputImpossible: not numbers anybody trades.
        QuotaRuleUnknown: the rule is not among the parameters.
        CarryOverTooLate: `on` is after the last day to apply.
    """
    check("net_sales", net_sales)
    check("held", held, ZERO)
    deadline = need(book, FAMILY, "deadline", on or date.max)
    last = day(deadline)
    if on is not None and on > last:
        raise CarryOverTooLate(deadline=last.isoformat(), on=on.isoformat())
    base, multiple, window_from, window_to, vintages = (
        need(book, FAMILY, key, last)
        for key in (f"base/{sector.value}", "multiple", "window_from", "window_to", "vintages")
    )
    sold = max(net_sales, ZERO)
    maximum = add(number(base), multiply(number(multiple), sold))
    low, high = limits(vintages)
    net_buyer = net_sales < 0
    return CarryOver(
        maximum=maximum,
        usable=None if held is None else min(held, maximum),
        base=number(base),
        multiple=number(multiple),
        net_sales=net_sales,
        window=(day(window_from), day(window_to)),
        deadline=last,
        vintages=(int(low), int(high)),
        factors=(
            factor(base, "base"),
            factor(
                multiple,
                "multiple",
                zh="净买入，净卖出量按零计" if net_buyer else "",
                en="a net buyer: net sales count as zero" if net_buyer else "",
            ),
        ),
        formula=f"{plain(number(base))} + {plain(number(multiple))} × {plain(sold)}",
    )


def vintage_check(book: Book, vintage: int, compliance_year: int, *, is_converted: bool = False) -> Finding:
    """Tell whether an allowance of a vintage may settle a compliance year.

    Raises:
        QuotaRuleUnknown: no year of the market.
    """
    on = year_end(compliance_year)
    arrears = find(book, "ets.vintage", "arrears", on)
    if arrears is not None:
        low, high = limits(arrears)
        is_inside = low <= vintage <= high
        return Finding(
            Outcome.PASS if is_inside else Outcome.FAIL,
            "vintage_arrears",
            f"{plain(low)}—{plain(high)} 年度配额可用于清缴 {compliance_year} 年度；该配额为 {vintage} 年度。",
            f"Allowances of {plain(low)}-{plain(high)} may settle {compliance_year}; this one is of {vintage}.",
            arrears,
        )
    old = need(book, "ets.vintage", "conversion_needed", on)
    low, high = limits(old)
    if low <= vintage <= high:
        return Finding(
            Outcome.PASS if is_converted else Outcome.FAIL,
            "vintage_converted" if is_converted else "vintage_not_converted",
            f"{vintage} 年度配额{'已结转' if is_converted else '未结转'}，"
            f"{'可' if is_converted else '不可'}用于 {compliance_year} 年度清缴。",
            f"An allowance of {vintage} {'was' if is_converted else 'was not'} converted and "
            f"{'may' if is_converted else 'cannot'} settle {compliance_year}.",
            old,
        )
    if vintage < low:
        return Finding(
            Outcome.FAIL, "vintage_unknown", f"{vintage} 年度没有全国碳市场配额。",
            f"The national market has no allowances of {vintage}.", old,
        )  # fmt: skip
    if vintage == compliance_year and find(book, CORRECTION, "pre-allocation/all", on) is not None:
        return Finding(
            Outcome.PASS, "vintage_own", f"{vintage} 年度配额用于本年度清缴。",
            f"An allowance of {vintage} settles its own year.",
        )  # fmt: skip
    return Finding(
        Outcome.UNKNOWN,
        "vintage_not_recorded",
        f"参数库未收录 {vintage} 年度配额能否用于 {compliance_year} 年度清缴的规定，无法判定。",
        f"Whether an allowance of {vintage} may settle {compliance_year} is not recorded, so it cannot be told.",
    )
