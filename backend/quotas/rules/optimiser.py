"""The cheapest lawful way to settle an obligation with CEA and CCER.

    minimise    sum of price x quantity
    such that   sum of all quantities  = obligation        (whole tonnes)
                sum of CCER            <= cap              (whole tonnes, rounded down)
                0 <= quantity <= available

HiGHS solves it in floating point. Its answer is only a proposal: it is made whole, and then proven in exact numbers.
The lawful mixes are the bases of a polymatroid (one total, one limit on a group, limits on each), so a mix is the
cheapest exactly when no single tonne can be moved from a dearer source to a cheaper one that may still take it; any
such move left by rounding is made here, and among equal prices the source named first is used first.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from backend.quotas.errors import PlanNotProven, QuotaInputImpossible
from backend.quotas.rules.figures import check
from backend.quotas.rules.rounding import DIGITS, ZERO, add, multiply, whole, whole_up

MOST_SOURCES = 500
MOST_TONNES = Decimal(10) ** 12


class SourceKind(StrEnum):
    """What settles: an allowance, or an offset credit (which the cap limits)."""

    CEA = "cea"
    CCER = "ccer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where units could come from, all of them lawful for this obligation.

    `price` in CNY/t: of a purchase what it costs; of units held what they could be sold for instead (0: not valued).
    `available` whole tonnes, None without limit.
    """

    code: str
    kind: SourceKind
    price: Decimal
    available: int | None
    is_purchase: bool
    vintage: int | None = None


@dataclass(frozen=True, slots=True)
class PlanLine:
    """Whole tonnes of one source, and what they cost (or could be sold for) in CNY."""

    source: Source
    quantity: int
    cost: Decimal


@dataclass(frozen=True, slots=True)
class Plan:
    """The cheapest lawful mix: `missing` tonnes that no source covers; `cash` is paid for purchases.

    `total` also counts what the held units that are used could have been sold for.
    """

    lines: tuple[PlanLine, ...]
    settled: int
    missing: int
    ccer_used: int
    ccer_cap: int
    cash: Decimal
    total: Decimal


def cheapest(obligation: Decimal, cap: Decimal, sources: Sequence[Source]) -> Plan:
    """Return the cheapest lawful mix. Takes the solver's first import (about 0.1 s): call it in a thread.

    `obligation` in tCO2 is settled in whole tonnes, rounded up; `cap` the most CCER may settle, rounded down.

    Raises:
        QuotaInputImpossible: a negative amount or price, or more than 500 sources.
        PlanNotProven: the solver gave no lawful mix.
    """
    _check(obligation, cap, sources)
    owed, most_ccer = int(whole_up(obligation)), int(whole(cap))
    bounds = [owed if source.available is None else min(source.available, owed) for source in sources]
    ccer = sum(bound for source, bound in zip(sources, bounds, strict=True) if source.kind is SourceKind.CCER)
    target = min(owed, sum(bounds) - ccer + min(ccer, most_ccer))
    proposed = _solve(sources, bounds, most_ccer, target)
    quantities = _proven(sources, bounds, most_ccer, target, proposed)
    lines = tuple(
        PlanLine(source, quantity, multiply(source.price, Decimal(quantity)))
        for source, quantity in zip(sources, quantities, strict=True)
        if quantity
    )
    return Plan(
        lines=lines,
        settled=target,
        missing=owed - target,
        ccer_used=sum(line.quantity for line in lines if line.source.kind is SourceKind.CCER),
        ccer_cap=most_ccer,
        cash=add(*(line.cost for line in lines if line.source.is_purchase)),
        total=add(*(line.cost for line in lines)),
    )


def _check(obligation: Decimal, cap: Decimal, sources: Sequence[Source]) -> None:
    check("obligation", obligation, ZERO, MOST_TONNES, digits=2 * DIGITS)
    check("cap", cap, ZERO, MOST_TONNES, digits=2 * DIGITS)
    if len(sources) > MOST_SOURCES:
        raise QuotaInputImpossible(
            field="sources",
            value=len(sources),
            range_en=f"up to {MOST_SOURCES}",
            range_zh=f"不大于 {MOST_SOURCES} 的数",
            path=("input", "sources"),
        )
    for source in sources:
        check("price", source.price, ZERO, MOST_TONNES)
        if source.available is not None:
            check("available", Decimal(source.available), ZERO)


def _solve(sources: Sequence[Source], bounds: Sequence[int], most_ccer: int, target: int) -> list[int]:
    """Ask the solver; its numbers are floating point and only proposed."""
    if not target:
        return [0] * len(sources)
    import highspy  # noqa: PLC0415 - a heavy library for one question

    solver = highspy.Highs()
    solver.silent()
    solver.setOptionValue("threads", 1)
    solver.setOptionValue("mip_rel_gap", 0.0)
    solver.setOptionValue("mip_abs_gap", 0.0)
    amounts = [
        solver.addIntegral(0, bound, float(source.price))  # statistic: only proposes, priced exactly below
        for source, bound in zip(sources, bounds, strict=True)
    ]
    solver.addConstr(solver.qsum(amounts) == target)
    offsets = [amount for source, amount in zip(sources, amounts, strict=True) if source.kind is SourceKind.CCER]
    if offsets:
        solver.addConstr(solver.qsum(offsets) <= most_ccer)
    solver.minimize()
    if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        raise PlanNotProven(reason_en=str(solver.getModelStatus()), reason_zh="求解器未给出最优解")
    return [round(value) for value in solver.getSolution().col_value]


def _proven(
    sources: Sequence[Source], bounds: Sequence[int], most_ccer: int, target: int, proposed: Sequence[int]
) -> list[int]:
    """Return a lawful mix from which no tonne can be moved to a cheaper source; raises PlanNotProven."""
    found = list(proposed)
    order = sorted(range(len(sources)), key=lambda each: (sources[each].price, each))
    for cheaper in order:
        for dearer in reversed(order):
            if (sources[dearer].price, dearer) <= (sources[cheaper].price, cheaper):
                break
            moved = min(found[dearer], bounds[cheaper] - found[cheaper])
            is_more_ccer = sources[cheaper].kind is SourceKind.CCER and sources[dearer].kind is not SourceKind.CCER
            if moved > 0 and is_more_ccer:
                moved = min(moved, most_ccer - _ccer(sources, found))
            if moved > 0:
                found[cheaper] += moved
                found[dearer] -= moved
    is_lawful = (
        sum(found) == target
        and _ccer(sources, found) <= most_ccer
        and all(0 <= quantity <= bound for quantity, bound in zip(found, bounds, strict=True))
    )
    if not is_lawful:
        raise PlanNotProven(reason_en="the mix is not lawful", reason_zh="方案不满足约束")
    if _can_improve(sources, bounds, most_ccer, found, order):
        raise PlanNotProven(reason_en="a cheaper mix exists", reason_zh="存在更低成本的方案")
    return found


def _ccer(sources: Sequence[Source], quantities: Sequence[int]) -> int:
    return sum(quantity for source, quantity in zip(sources, quantities, strict=True) if source.kind is SourceKind.CCER)


def _can_improve(
    sources: Sequence[Source], bounds: Sequence[int], most_ccer: int, found: Sequence[int], order: Sequence[int]
) -> bool:
    """Tell whether some tonne could come from a cheaper source: the cheapest one with room, in either group."""
    has_room = _ccer(sources, found) < most_ccer
    used = [each for each in order if found[each]]
    for position in used:
        for cheaper in order:
            if sources[cheaper].price >= sources[position].price:
                break
            is_swap = sources[cheaper].kind is SourceKind.CEA or sources[position].kind is SourceKind.CCER or has_room
            if found[cheaper] < bounds[cheaper] and is_swap:
                return True
    return False
