"""From units to an enterprise: pre-allocation, gas exemption, the 20 % rule, borrowing.

The plans limit what a power enterprise can lack to 20 % of its verified emissions, by two techniques: in 2019-2020
the obligation is cut, from 2021 the allocation is topped up. A gas unit never lacks anything. The reference words
the rule per class of unit and not per unit, so it is applied to all units but gas together.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from backend.quotas.errors import PreAllocationBaseMissing
from backend.quotas.rules.figures import CORRECTION, Book, check, factor, find, need, number, plan, unreadable, year_end
from backend.quotas.rules.power import PowerInputs, check_basis
from backend.quotas.rules.reading import shares
from backend.quotas.rules.rounding import DIGITS, ONE, ZERO, add, multiply, plain, subtract
from backend.quotas.rules.terms import Amount, Factor, Figure, UnitClass, documents, weakest

TCO2 = "tCO2"

COMPUTED = 2 * DIGITS
"""Digits of a number that was computed, not measured."""

_PRE_OUTPUT = r"(?P<share>[\d.]+)% of 2018 output x benchmark"
_PRE_BEFORE = r"(?P<most>at most )?(?P<share>[\d.]+)% of (?:verified emissions of the earlier year|previous-year verified emissions)"
_LIMITED = r"surrender obligation limited to free allocation \+ (?P<share>[\d.]+)% of verified emissions"
_TOPPED_UP = r"allocation topped up so that allocation >= (?P<share>[\d.]+)% of verified emissions"
_EXEMPT = r"if allocation < verified emissions, allocation is set equal to verified emissions"
_BORROW = (
    r"gap >= (?P<threshold>[\d.]+)%: may borrow up to (?P<share>[\d.]+)% of the gap from 2023 pre-allocation;"
    r" not continued later"
)


def pre_allocation(
    book: Book, year: int, *, verified_before: Decimal | None = None, output_2018: PowerInputs | None = None
) -> Amount:
    """Return a power unit's pre-allocation in tCO2; where the plan only names a maximum, that.

    `output_2018` is the output of 2018 with `year` the allocation's (2019, 2020); `verified_before` the verified
    emissions of the earlier year, in tCO2 (from 2021). Corrections do not enter: the rule names output x benchmark.

    Raises:
        QuotaRuleUnknown: no plan for the year.
        QuotaRuleUnreadable: the rule's wording is not understood.
        PreAllocationBaseMissing: what the year's rule starts from is not given.
        QuotaInputImpossible: a negative amount.
        ElectricityBasisWrong: the electricity of 2018 is not on the plan's basis.
    """
    figure = plan(book, year)
    if (found := shares(figure, _PRE_OUTPUT)) is not None:
        return _of_output(book, year, figure, found["share"], output_2018)
    found = shares(figure, _PRE_BEFORE)
    if found is None:
        raise unreadable(figure)
    if verified_before is None:
        raise PreAllocationBaseMissing(
            year=year, base_en="the verified emissions of the earlier year", base_zh="上一年度经核查排放量",
            path=("input", "verifiedBefore"),
        )  # fmt: skip
    check("verified_before", verified_before, ZERO)
    return Amount(
        value=multiply(verified_before, found["share"]),
        unit=TCO2,
        factors=(factor(figure, "pre_allocation", found["share"]),),
        formula=f"{plain(verified_before)} × {plain(found['share'])}",
        is_maximum="at most" in (figure.text or ""),
    )


def _of_output(book: Book, year: int, figure: Figure, share: Decimal, output: PowerInputs | None) -> Amount:
    if output is None:
        raise PreAllocationBaseMissing(
            year=year, base_en="the unit's output of 2018", base_zh="该机组 2018 年供电量、供热量",
            path=("input", "output2018"),
        )  # fmt: skip
    check("mwh", output.mwh, ZERO)
    check("gj", output.gj, ZERO)
    electricity = need(book, "ets.electricity_benchmark", output.unit_class.value, year_end(year))
    heat = need(book, "ets.heat_benchmark", output.unit_class.value, year_end(year))
    check_basis(book, year, electricity, output.basis)
    whole_output = add(multiply(output.mwh, number(electricity)), multiply(output.gj, number(heat)))
    return Amount(
        value=multiply(whole_output, share),
        unit=TCO2,
        factors=(
            factor(electricity, "electricity_benchmark"),
            factor(heat, "heat_benchmark"),
            factor(figure, "pre_allocation", share),
        ),
        formula=(
            f"({plain(output.mwh)} × {plain(number(electricity))} + {plain(output.gj)} × {plain(number(heat))})"
            f" × {plain(share)}"
        ),
    )


@dataclass(frozen=True, slots=True)
class UnitResult:
    """A power unit's allocation by the formula and its verified emissions, both in tCO2."""

    unit_class: UnitClass
    allocation: Decimal
    verified: Decimal


@dataclass(frozen=True, slots=True)
class Settlement:
    """What an enterprise's units come to, in tCO2.

    `allocation` is finally allocated, `obligation` must be surrendered. `exempted` was added for gas units, `top_up`
    for the others; `relief` was taken off the obligation. `verified` are the emissions themselves.
    """

    allocation: Decimal
    obligation: Decimal
    verified: Decimal
    exempted: Decimal
    top_up: Decimal
    relief: Decimal
    factors: tuple[Factor, ...]

    @property
    def confidence(self) -> str:
        """The lowest confidence among the figures."""
        return weakest(self.factors)

    @property
    def documents(self) -> tuple[str, ...]:
        """The documents it rests on."""
        return documents(self.factors)

    @property
    def gap(self) -> Decimal:
        """What is lacking (positive) or left (negative)."""
        return subtract(self.obligation, self.allocation)


def settle_allocation(book: Book, year: int, units: Sequence[UnitResult]) -> Settlement:
    """Return the final allocation and obligation of an enterprise's power units.

    Raises:
        QuotaRuleUnknown: no plan for the year.
        QuotaRuleUnreadable: a rule's wording is not understood.
        QuotaInputImpossible: a negative amount.
    """
    for unit in units:
        check("allocation", unit.allocation, ZERO, digits=COMPUTED)
        check("verified", unit.verified, ZERO, digits=COMPUTED)
    plan(book, year)
    on = year_end(year)
    factors: list[Factor] = []
    gas = [unit for unit in units if unit.unit_class.fuel == "gas"]
    others = [unit for unit in units if unit.unit_class.fuel != "gas"]
    exempted = ZERO
    if gas:
        figure = need(book, CORRECTION, "gas unit exemption/gas", on)
        if shares(figure, _EXEMPT) is None:
            raise unreadable(figure)
        exempted = add(*(max(subtract(unit.verified, unit.allocation), ZERO) for unit in gas))
        factors.append(factor(figure, "gas_exemption", ONE, "燃气机组缺口全部免除", "a gas unit never lacks anything"))
    top_up, relief = ZERO, ZERO
    if others:
        free, emitted = add(*(unit.allocation for unit in others)), add(*(unit.verified for unit in others))
        step, top_up, relief = _limit(book, year, free, emitted)
        factors.append(step)
    verified = add(*(unit.verified for unit in units))
    return Settlement(
        allocation=add(*(unit.allocation for unit in units), exempted, top_up),
        obligation=subtract(verified, relief),
        verified=verified,
        exempted=exempted,
        top_up=top_up,
        relief=relief,
        factors=tuple(factors),
    )


def _limit(book: Book, year: int, free: Decimal, emitted: Decimal) -> tuple[Factor, Decimal, Decimal]:
    """Return the 20 % rule's step, what it adds to the allocation and what it takes off the obligation."""
    on = year_end(year)
    figure = find(book, CORRECTION, "shortfall cap/all but gas", on)
    if figure is None:
        figure = need(book, CORRECTION, "shortfall cap/coal", on)
    if (found := shares(figure, _TOPPED_UP)) is not None:
        floor = multiply(emitted, found["share"])
        return factor(figure, "shortfall_cap", found["share"]), max(subtract(floor, free), ZERO), ZERO
    if (found := shares(figure, _LIMITED)) is not None:
        most = add(free, multiply(emitted, found["share"]))
        return factor(figure, "shortfall_cap", found["share"]), ZERO, max(subtract(emitted, most), ZERO)
    raise unreadable(figure)


def borrowing(book: Book, year: int, allocation: Decimal, obligation: Decimal) -> Amount:
    """Return the most that may be borrowed from the pre-allocation of 2023, in tCO2: 2021 and 2022 only.

    The gap is obligation less allocation; its rate is taken of the obligation.

    Raises:
        QuotaInputImpossible: a negative amount.
        QuotaRuleUnknown: no plan for the year.
        QuotaRuleUnreadable: the rule's wording is not understood.
    """
    check("allocation", allocation, ZERO, digits=COMPUTED)
    check("obligation", obligation, ZERO, digits=COMPUTED)
    plan(book, year)
    figure = find(book, CORRECTION, "borrowing 预支/all", year_end(year))
    if figure is None:
        return Amount(
            ZERO, TCO2, (), "0", is_maximum=True,
            reason_zh=f"{year} 年度方案没有预支规定。", reason_en=f"The plan of {year} knows no borrowing.",
        )  # fmt: skip
    found = shares(figure, _BORROW)
    if found is None:
        raise unreadable(figure)
    gap = max(subtract(obligation, allocation), ZERO)
    is_enough = gap > 0 and gap >= multiply(obligation, found["threshold"])
    percent = plain(multiply(found["threshold"], Decimal(100)))
    return Amount(
        value=multiply(gap, found["share"]) if is_enough else ZERO,
        unit=TCO2,
        factors=(factor(figure, "borrowing", found["share"]),),
        formula=f"{plain(gap)} × {plain(found['share'])}" if is_enough else "0",
        is_maximum=True,
        reason_zh=f"缺口率{'达到' if is_enough else '未达到'} {percent}%。",
        reason_en=f"The gap is {'at least' if is_enough else 'below'} {percent} % of the obligation.",
    )
