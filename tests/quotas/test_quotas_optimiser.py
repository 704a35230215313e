"""The cheapest lawful mix against brute force, and its edges."""

import subprocess
import sys
from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.quotas.errors import PlanNotProven, QuotaInputImpossible
from backend.quotas.rules import Plan, Source, SourceKind, cheapest, optimiser

D = Decimal
CEA, CCER = SourceKind.CEA, SourceKind.CCER


def source(code: str, kind: SourceKind, price: str, available: int | None, *, buy: bool = True) -> Source:
    return Source(code=code, kind=kind, price=D(price), available=available, is_purchase=buy)


def used(plan: Plan) -> dict[str, int]:
    return {line.source.code: line.quantity for line in plan.lines}


def brute(owed: int, cap: int, sources: list[Source]) -> tuple[int, Decimal] | None:
    """The most that can be settled, and the least it can cost."""
    best: tuple[int, Decimal] | None = None
    ranges = [range(min(owed, each.available if each.available is not None else owed) + 1) for each in sources]
    for mix in product(*ranges):
        if sum(mix) > owed or sum(n for n, each in zip(mix, sources, strict=True) if each.kind is CCER) > cap:
            continue
        cost = sum((n * each.price for n, each in zip(mix, sources, strict=True)), D(0))
        if best is None or (-sum(mix), cost) < (-best[0], best[1]):
            best = (sum(mix), cost)
    return best


SOURCES = st.lists(
    st.builds(
        Source,
        code=st.text("abc", min_size=1, max_size=2),
        kind=st.sampled_from(SourceKind),
        price=st.decimals(0, 120, places=2, allow_nan=False),
        available=st.none() | st.integers(0, 6),
        is_purchase=st.booleans(),
    ),
    max_size=4,
)


@settings(max_examples=150, deadline=None)
@given(owed=st.integers(0, 7), cap=st.integers(0, 4), sources=SOURCES)
def test_agrees_with_brute_force(owed: int, cap: int, sources: list[Source]) -> None:
    plan = cheapest(D(owed), D(cap), sources)
    assert (plan.settled, plan.total) == brute(owed, cap, sources)
    assert plan.missing == owed - plan.settled
    assert plan.ccer_used == sum(line.quantity for line in plan.lines if line.source.kind is CCER) <= cap
    assert plan.cash == sum((line.cost for line in plan.lines if line.source.is_purchase), D(0))


def test_a_year_of_a_power_plant() -> None:
    plan = cheapest(
        D("1000000.2"), D("50000.01"),
        [
            source("held-2025", CEA, "0", 900000, buy=False),
            source("held-ccer", CCER, "0", 20000, buy=False),
            source("buy-cea", CEA, "97.81", None),
            source("buy-ccer", CCER, "94.83", None),
        ],
    )  # fmt: skip
    assert used(plan) == {"held-2025": 900000, "held-ccer": 20000, "buy-cea": 50001, "buy-ccer": 30000}
    assert plan.cash == plan.total == 50001 * D("97.81") + 30000 * D("94.83")
    assert (plan.settled, plan.missing, plan.ccer_used, plan.ccer_cap) == (1000001, 0, 50000, 50000)


def test_dear_credits_are_left_alone_and_held_ones_may_be_worth_more_sold() -> None:
    sources = [source("cea", CEA, "60", None), source("held", CCER, "70", 100, buy=False)]
    assert used(cheapest(D(1000), D(50), sources)) == {"cea": 1000}


def test_among_equal_prices_the_first_named_is_used_first() -> None:
    held = [source(f"{year}", CEA, "0", 10, buy=False) for year in (2021, 2022, 2023)]
    assert used(cheapest(D(15), D(0), held)) == {"2021": 10, "2022": 5}
    mixed = [source("ccer", CCER, "50", None), source("cea", CEA, "50", None)]
    assert used(cheapest(D(100), D(5), mixed)) == {"ccer": 5, "cea": 95}
    assert used(cheapest(D(100), D(5), mixed[::-1])) == {"cea": 100}


def test_what_no_source_covers_is_missing() -> None:
    plan = cheapest(D(100), D(5), [source("cea", CEA, "1", 10), source("ccer", CCER, "1", 80)])
    assert (used(plan), plan.missing) == ({"cea": 10, "ccer": 5}, 85)
    assert cheapest(D(100), D(5), []).missing == 100
    assert cheapest(D(0), D(0), [source("cea", CEA, "1", None)]).lines == ()


def test_large_amounts_and_near_prices_stay_exact() -> None:
    plan = cheapest(
        D(999_999_999), D(49_999_999),
        [source("b", CEA, "97.8100000001", None), source("a", CEA, "97.81", 500_000_001), source("c", CCER, "97.80", None)],
    )  # fmt: skip
    assert used(plan) == {"a": 500_000_001, "b": 449_999_999, "c": 49_999_999}
    assert plan.total == 500_000_001 * D("97.81") + 449_999_999 * D("97.8100000001") + 49_999_999 * D("97.80")


@pytest.mark.parametrize(
    ("owed", "cap", "price", "available"),
    [("-1", "0", "1", 1), ("NaN", "0", "1", 1), ("1", "-1", "1", 1), ("1", "0", "-1", 1), ("1", "0", "1", -1),
     ("1e13", "0", "1", 1)],
)  # fmt: skip
def test_impossible_amounts(owed: str, cap: str, price: str, available: int) -> None:
    with pytest.raises(QuotaInputImpossible):
        cheapest(D(owed), D(cap), [source("a", CEA, price, available)])
    with pytest.raises(QuotaInputImpossible):
        cheapest(D(1), D(0), [source("a", CEA, "1", 1)] * 501)


def test_an_answer_that_is_not_lawful_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    sources = [source("a", CEA, "1", 10), source("b", CCER, "2", 10)]
    for wrong in ([5, 0], [11, -1], [0, 0], [10, 1]):
        monkeypatch.setattr(optimiser, "_solve", lambda *_given, wrong=wrong: wrong)
        with pytest.raises(PlanNotProven):
            cheapest(D(10), D(0), sources)


def test_a_proposal_that_is_not_the_cheapest_is_mended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(optimiser, "_solve", lambda *_given: [0, 10])
    plan = cheapest(D(10), D(0), [source("a", CEA, "1", 7), source("b", CEA, "2", 10)])
    assert used(plan) == {"a": 7, "b": 3}


def test_the_solver_is_not_loaded_before_it_is_asked() -> None:
    asked = "import sys, backend.quotas.rules; print('highspy' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "False"
