"""Decomposition sums exactly, projection tells how wrong it may be, verdicts follow the jurisdiction's rule."""

from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.budgets.errors import BudgetShareInvalid, BudgetTonnesInvalid, BudgetYearInvalid
from backend.budgets.rules import booking, checking, projecting
from backend.budgets.rules.decomposing import Part, averaged, basis, benchmarked, decompose, manual, producing
from backend.budgets.rules.judging import BOTH, ELASTIC, INTENSITY_FIRST, Verdict, judge, level_standing
from backend.budgets.values import SOURCES, Balance, Level, LevelStanding, Method, Pocket

D = Decimal
WEIGHTS = st.lists(st.decimals(min_value=0, max_value=10**9, places=3), min_size=1, max_size=30)


@given(
    weights=WEIGHTS,
    steps=st.integers(0, 10**9),
    step=st.sampled_from(["1", "0.01", "0.0001", "1000"]),
    seed=st.randoms(),
)
def test_parts_sum_to_the_total_in_any_order_and_none_is_negative(weights, steps, step, seed) -> None:
    total = D(step) * steps
    parts = [Part(f"k{number:02}", weight) for number, weight in enumerate(weights)]
    if not any(weights):
        with pytest.raises(BudgetShareInvalid):
            decompose(total, D(step), parts)
        return
    shares = decompose(total, D(step), parts)
    assert sum(each.tonnes for each in shares) == total
    assert all(each.tonnes >= 0 and each.tonnes % D(step) == 0 for each in shares)
    assert all(abs(each.tonnes - total * each.weight / sum(weights)) <= D(step) for each in shares)
    mixed = list(parts)
    seed.shuffle(mixed)
    assert decompose(total, D(step), mixed) == shares


def test_largest_remainders_by_hand() -> None:
    shares = decompose(D(10), D(1), [Part("a", D(1)), Part("b", D(1)), Part("c", D(1))])
    assert [(each.key, each.tonnes) for each in shares] == [("a", D(4)), ("b", D(3)), ("c", D(3))]
    shares = decompose(D(100), D(1), [Part("a", D("47.4")), Part("b", D("33.3")), Part("c", D("19.3"))])
    assert [each.tonnes for each in shares] == [D(48), D(33), D(19)]


def test_each_method_shows_its_inputs_and_formula() -> None:
    history = decompose(
        D(1000), D(1), [averaged("a", {2024: D(300), 2025: D(500)}), averaged("b", {2024: D(100), 2025: D(100)})]
    )
    assert [each.tonnes for each in history] == [D(800), D(200)]
    kept = basis(Method.HISTORY, D(1000), D(1), history[0])
    assert [(each["name"]["en"], each["value"], each["unit"]) for each in kept["inputs"]] == [
        ("emissions of 2024", "300", "tCO2e"), ("emissions of 2025", "500", "tCO2e"),
    ]  # fmt: skip
    assert (kept["total"], kept["step"], kept["percent"]) == ("1000", "1", "80.0000")
    assert "largest remainders" in kept["formula"]["en"]
    bench = decompose(D(90), D("0.1"), [benchmarked("a", D(10), "t", D("2")), benchmarked("b", D(5), "t", D("2"))])
    assert [each.tonnes for each in bench] == [D(60), D(30)]
    output = decompose(D(90), D("0.1"), [producing("a", D(1), "万CNY"), producing("b", D(2), "万CNY")])
    assert [each.tonnes for each in output] == [D(30), D(60)]
    assert [each.tonnes for each in manual(D(5), {"b": D(2), "a": D(3)})] == [D(3), D(2)]


@pytest.mark.parametrize(
    ("total", "step", "parts"),
    [
        ("10", "1", []),
        ("10", "1", [Part("a", D(0))]),
        ("10", "1", [Part("a", D(1)), Part("a", D(1))]),
        ("10", "1", [Part("a", D(-1)), Part("b", D(3))]),
        ("10.5", "1", [Part("a", D(1))]),
        ("10", "0", [Part("a", D(1))]),
        ("-1", "1", [Part("a", D(1))]),
    ],
)
def test_what_cannot_be_decomposed(total: str, step: str, parts: list[Part]) -> None:
    with pytest.raises(BudgetShareInvalid):
        decompose(D(total), D(step), parts)


def test_manual_parts_that_do_not_sum() -> None:
    with pytest.raises(BudgetShareInvalid, match="come to 4, not to 5"):
        manual(D(5), {"a": D(4)})


def test_years_and_five_year_spans_of_budgets() -> None:
    checking.years(2026, 2026)
    checking.years(2026, 2030)


@pytest.mark.parametrize(("first", "last"), [(2027, 2031), (2026, 2029), (2015, 2015), (2101, 2101), (2030, 2026)])
def test_years_no_budget_has(first: int, last: int) -> None:
    with pytest.raises(BudgetYearInvalid):
        checking.years(first, last)


@pytest.mark.parametrize("tonnes", ["0", "-1", "0.00001", "1000000000000"])
def test_amounts_that_are_none(tonnes: str) -> None:
    with pytest.raises(BudgetTonnesInvalid):
        checking.positive(D(tonnes))


def flat(total: str) -> dict[int, Decimal]:
    return {month: D(total) / 12 for month in range(1, 13)}


def first_half_heavy() -> dict[int, Decimal]:
    return {month: D(15) if month <= 6 else D(5) for month in range(1, 13)}


def test_a_year_like_the_past_is_projected_exactly() -> None:
    past = {2023: flat("120"), 2024: flat("240")}
    found = projecting.project({month: D(20) for month in range(1, 7)}, range(1, 7), past)
    assert (found.low, found.middle, found.high, found.error) == (D(240), D(240), D(240), D(0))
    assert [each.year for each in found.tested] == [2023, 2024]


def test_the_band_is_the_largest_back_tested_error() -> None:
    past = {2023: flat("120"), 2024: first_half_heavy()}
    # 2023 from 2024: 60 / 0.75 = 80, 33.3 % too low; 2024 from 2023: 90 / 0.5 = 180, 50 % too high.
    found = projecting.project({month: D(10) for month in range(1, 7)}, range(1, 7), past)
    assert found.middle == D(60) / D("0.625")
    assert found.error == D(50)
    assert found.low is not None
    assert found.high is not None
    assert (found.low, found.high) == (D(48), D(144))
    assert [round(each.error, 1) for each in found.tested] == [D("-33.3"), D("50.0")]


def test_missing_months_widen_the_band_and_are_said() -> None:
    past = {2023: flat("120"), 2024: first_half_heavy()}
    current = {month: D(10) for month in range(1, 7)}
    full, gap = (projecting.project(current, known, past) for known in (range(1, 7), [1, 2, 3, 6]))
    assert gap.missing == (4, 5)
    assert full.error is not None
    assert gap.error is not None
    assert gap.error > full.error
    assert "4, 5" in gap.note.en
    assert "4, 5" in gap.note.zh


def test_what_cannot_be_projected() -> None:
    assert projecting.project({}, [], {2024: flat("12")}).middle is None
    alone = projecting.project({1: D(1)}, [1], {2024: flat("12")})
    assert (alone.low, alone.middle, alone.high) == (None, D(12), None)
    nothing = projecting.project({1: D(1)}, [1], {2024: {1: D(1)}})
    assert nothing.middle is None
    assert "nothing to go by" in nothing.note.en
    done = projecting.project(flat("12"), range(1, 13), {})
    assert (done.low, done.middle, done.high) == (D(12), D(12), D(12))


def test_a_month_few_have_reported_is_not_known() -> None:
    assert projecting.covered({1: 10, 2: 9, 3: 8, 4: 0}, 10) == {1, 2}
    assert projecting.covered({1: 1, 2: 0}, 0) == {1}


@pytest.mark.parametrize(
    ("mode", "projected", "intensity", "elastic", "expected"),
    [
        (ELASTIC, "100", "1", "5", "within within within"),
        (ELASTIC, "105", "1", "5", "elastic_used within elastic_used"),
        (ELASTIC, "105.01", "1", "5", "over within over"),
        (ELASTIC, "90", "1.01", "5", "over over within"),
        (ELASTIC, "101", "1", None, "cannot_tell within cannot_tell"),
        (ELASTIC, "99", "1", None, "within within within"),
        (ELASTIC, "99", None, "5", "cannot_tell cannot_tell within"),
        (ELASTIC, None, "1", "5", "cannot_tell within cannot_tell"),
        (INTENSITY_FIRST, "101", "1", None, "within within over"),
        (INTENSITY_FIRST, "99", "2", None, "over over within"),
        (BOTH, "101", "1", "5", "over within over"),
        (BOTH, "100", "1", None, "within within within"),
    ],
)
def test_verdicts(mode: str, projected: str | None, intensity: str | None, elastic: str | None, expected: str) -> None:
    found = judge(
        mode, budget=D(100), projected=D(projected) if projected else None, target=D(1),
        intensity=D(intensity) if intensity else None, elastic_percent=D(elastic) if elastic else None,
    )  # fmt: skip
    overall, by_intensity, by_total = expected.split()
    assert (found.overall, found.intensity, found.total) == (Verdict(overall), Verdict(by_intensity), Verdict(by_total))


@pytest.mark.parametrize(
    ("level", "named", "planned", "expected"),
    [
        ("city", ["city", "district"], ["key_unit"], "named"),
        ("county", ["city", "district"], ["key_unit"], "named"),
        ("zone", ["city", "district"], [], "named"),
        ("key_unit", ["city", "district"], ["key_unit"], "planned"),
        ("key_unit", ["city"], [], "not_named"),
        ("district", ["city"], [], "not_named"),
        ("county", ["province", "city"], ["county", "park"], "planned"),
        ("district", ["province", "city"], ["county", "park"], "not_named"),
        ("zone", ["province", "city"], ["county", "park"], "planned"),
    ],
)
def test_levels_a_document_has(level: str, named: list[str], planned: list[str], expected: str) -> None:
    assert level_standing(Level(level), named, planned) is LevelStanding(expected)


AMOUNTS = st.decimals(min_value=0, max_value=10**6, places=4)


@given(tonnes=AMOUNTS, kept=AMOUNTS, held=AMOUNTS, actual=AMOUNTS, taken=AMOUNTS, more=AMOUNTS, above=st.integers(0, 3))
def test_every_booking_leaves_what_came_in_equal_to_what_is_there(
    tonnes, kept, held, actual, taken, more, above
) -> None:
    one, two, *others = (UUID(int=number) for number in range(2 + above))
    made = [
        *booking.granted(one, Pocket.APPROVED, tonnes, kept), *booking.handed(one, held),
        *booking.withheld(one, -kept), *booking.reserved(one, held), *booking.posted(one, held, actual),
        *booking.replaced(one, others[:1], two, others, taken + more, taken),
    ]  # fmt: skip
    ends = {each: booking.after(Balance(), each, made) for each in (one, two, *others)}
    for balance in ends.values():
        parts = [getattr(balance, pocket.value) for pocket in Pocket if pocket not in SOURCES]
        assert balance.total == sum(parts)
    transfer = booking.replaced(one, others[:1], two, others, taken + more, taken)
    net = sum(-each.tonnes if each.pocket is Pocket.HANDED else each.tonnes for each in transfer
              if each.pocket in {*SOURCES, Pocket.HANDED})  # fmt: skip
    assert net == 0
    assert booking.merged(made) == booking.merged(booking.merged(made))
