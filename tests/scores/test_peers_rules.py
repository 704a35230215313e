"""What is told of groups, and what an attacker makes of it: nothing about a member."""

from datetime import date
from decimal import Decimal
from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.scores.peers import rules
from backend.scores.peers.rules import Group, Members, SectorPeers

D = Decimal
DAY = date(2026, 1, 1)
LOWER, HIGHER = "value_added_intensity", "green_power_share"


def members(*values: object) -> Members:
    return rules.ranked([(D(str(value)), UUID(int=place + 1)) for place, value in enumerate(values)])


def group(*values: object) -> Group:
    found = members(*values)
    return Group(len(values), rules.mean_of(found.values), rules.steps_of(found.values), DAY)


VALUES = st.lists(st.decimals("0.001", "10000", places=3), min_size=5, max_size=120)


def test_a_group_of_four_is_told_nothing_of() -> None:
    assert not rules.is_told(members(1, 2, 3, 4))
    assert rules.is_told(members(1, 2, 3, 4, 5))


def test_a_group_that_one_member_nearly_is_is_told_nothing_of() -> None:
    assert not rules.is_told(members(1, 1, 1, 1, 100))
    assert rules.is_told(members(1, 1, 1, 1, 16))
    assert rules.is_told(members(0, 0, 0, 0, 0))


def test_means_have_two_digits_and_percentiles_steps_of_five() -> None:
    assert rules.mean_of([D("123.4"), D("567.8")]) == D(350)
    assert format(rules.mean_of([D(123456)] * 5), "f") == "120000"
    assert rules.mean_of([D("0.01234")] * 5) == D("0.012")
    told = group(*range(1, 41))
    assert {rules.percentile(told, LOWER, D(each)) % 5 for each in range(41)} == {0}


def test_the_best_and_the_worst_of_a_large_sector_are_at_its_ends() -> None:
    told = group(*range(1, 101))
    assert (rules.percentile(told, LOWER, D(1)), rules.percentile(told, LOWER, D(100))) == (100, 0)
    assert (rules.percentile(told, HIGHER, D(1)), rules.percentile(told, HIGHER, D(100))) == (0, 100)
    assert rules.percentile(told, "is_verified", D(1)) is None


@pytest.mark.parametrize("size", [5, 6, 9])
def test_of_five_to_nine_only_better_or_worse_than_the_mean_is_told(size: int) -> None:
    told = group(*[D(10)] * (size - 1), D(10))
    assert [rules.percentile(told, LOWER, D(each)) for each in ("0", "9.99", "10", "10.01", "1000")] == [
        75,
        75,
        50,
        25,
        25,
    ]
    assert [rules.percentile(told, HIGHER, D(each)) for each in ("9.99", "10", "10.01")] == [25, 50, 75]


def test_of_ten_two_means_are_told() -> None:
    """1 to 10: means 3 and 8. Beyond an outer mean is the middle of the outer half of five; between them the middle of all."""
    told = group(*range(1, 11))
    places = [rules.percentile(told, LOWER, D(each)) for each in ("1", "3", "5", "8", "10")]
    # 87.5 and 12.5 of a hundred, to whole fives half up.
    assert places == [90, 75, 50, 25, 15]


@settings(max_examples=60, deadline=None)
@given(VALUES, st.decimals("0", "10001", places=3), st.decimals("0", "10001", places=3))
def test_a_better_value_is_never_told_a_worse_place(values: list[Decimal], one: Decimal, other: Decimal) -> None:
    told = group(*values)
    low, high = sorted([one, other])
    assert rules.percentile(told, LOWER, low) >= rules.percentile(told, LOWER, high)
    assert rules.percentile(told, HIGHER, low) <= rules.percentile(told, HIGHER, high)


@settings(max_examples=60, deadline=None)
@given(VALUES)
def test_attack_trying_values_finds_means_of_five_and_no_member(values: list[Decimal]) -> None:
    """Whoever moves their own value up and down sees where the percentile jumps: only at means of five or more."""
    told = group(*values)
    assert all(count >= 5 for _, count in told.steps)
    assert sum(count for _, count in told.steps) == len(values)
    assert len(told.steps) <= 20
    ordered = sorted(values)
    places = [0]
    for _, count in told.steps:
        places.append(places[-1] + count)
    jumps = {mean for mean, _ in told.steps}
    assert jumps == {rules.mean_of(ordered[first:last]) for first, last in pairwise(places)}
    probes = sorted({D(0), *values, *jumps, *(each + D("0.0001") for each in (*values, *jumps)), D(99999)})
    seen = [(probe, rules.percentile(told, LOWER, probe)) for probe in probes]
    for (before, one), (after, other) in pairwise(seen):
        if one != other:
            assert any(before <= jump <= after for jump in jumps), "a jump where no mean of five lies"


def test_attack_one_firm_that_changes_between_two_days_publishes_nothing() -> None:
    """Differencing over time: four changes are not published, the fifth is, and then five are mixed."""
    before = members(*range(1, 11))
    changed = list(before.values)
    for count in range(1, 5):
        changed[count] += D(1000) / 3
        assert not rules.is_published(before, members(*changed)), count
    changed[5] += D(1000) / 3
    assert rules.is_published(before, members(*changed))


def test_attack_one_firm_that_joins_or_leaves_publishes_nothing() -> None:
    before = members(*range(1, 11))
    assert not rules.is_published(before, members(*range(1, 12)))
    assert not rules.is_published(before, members(*range(1, 10)))
    assert rules.differing(before, members(*range(1, 12))) == 1
    assert rules.is_published(before, members(*range(1, 16)))
    assert rules.is_published(None, before)


def test_attack_a_firm_that_changes_and_changes_back_publishes_nothing() -> None:
    before = members(*range(1, 11))
    assert rules.differing(before, members(*range(1, 11))) == 0


def test_attack_the_whole_less_its_sectors_is_nothing() -> None:
    """Complementary suppression: a sector of three is in no total, so no subtraction isolates it."""
    told = [group(1, 2, 3, 4, 5), group(10, 20, 30, 40, 50, 60)]
    hidden = [D(1000), D(2000), D(3000)]
    overall = rules.overall_mean(told)
    assert overall == rules.two_digits((D("3.0") * 5 + D(35) * 5) / 10)
    assert rules.overall_mean([*told]) == overall, "made from what is told and from nothing else"
    assert overall < min(hidden)
    assert rules.overall_mean([]) is None


def test_attack_sizes_are_told_in_whole_fives() -> None:
    assert [rules.told_size(size) for size in (5, 9, 10, 14)] == [5, 5, 10, 10]
    peers = SectorPeers({LOWER: group(1, 2, 3, 4, 5, 6, 7)})
    assert peers.size(LOWER) == 5
    assert peers.size(HIGHER) == 0
    assert peers.mean(HIGHER) is None
    assert peers.percentile(HIGHER, D(1)) is None


@pytest.mark.parametrize(("size", "steps"), [(5, 1), (9, 1), (10, 2), (24, 4), (100, 20), (1000, 20)])
def test_steps_hold_five_or_more(size: int, steps: int) -> None:
    assert len(rules.steps_of([D(each) for each in range(size)])) == steps
