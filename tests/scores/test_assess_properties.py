"""What must hold of every shipped model and any facts."""

from dataclasses import replace
from decimal import Decimal

import pytest
from factories.scores_model import GOOD, NOBODY, SECTOR, brute, fact
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from backend.scores.modelling.ordering import in_order
from backend.scores.modelling.shipped import shipped
from backend.scores.rules import apply, assess
from backend.scores.rules.cheapest import cheapest
from backend.scores.rules.grading import outcome
from backend.scores.values import FACTS, Quality, State

D = Decimal
SPANS = {
    "emissions_location": (0, 1000), "emissions_market": (0, 1000), "emissions_change": (-30, 30),
    "value_added_intensity": (0, 12), "output_intensity": (0, 12), "intensity_change": (-30, 30),
    "sector_ratio": (0, 3), "energy_intensity": (0, 5), "green_power_share": (0, 100), "neutralised_share": (0, 100),
    "data_quality": (0, 100), "metered_share": (0, 100), "months_covered": (0, 12), "open_penalties": (0, 4),
    "gaming_signs": (0, 2), "duties_on_time": (0, 100), "quota_gap": (0, 100),
}  # fmt: skip
WHOLE = {"months_covered", "open_penalties", "gaming_signs"}
KNOWN = [Quality.VERIFIED, Quality.COMPUTED, Quality.ESTIMATED]
MODELS = st.sampled_from(sorted(shipped())).map(lambda code: shipped()[code])
PEERS = st.sampled_from([SECTOR, SECTOR, NOBODY])
many = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))


def values(code):
    kind = FACTS[code]
    if kind.choices:
        return st.sampled_from(in_order(code))
    if not kind.better:
        return st.booleans()
    low, high = SPANS[code]
    return st.integers(low, high) if code in WHOLE else st.decimals(low, high, places=2)


def one(code):
    known = st.builds(fact, st.just(code), values(code), st.sampled_from(KNOWN))
    return st.one_of(known, known, known, known, st.just(fact(code, None)))


def likely(code):
    """A known fact of an account that can be graded and could do better."""
    value = st.integers(0, 1) if code == "open_penalties" else values(code)
    return st.builds(fact, st.just(code), value, st.sampled_from(KNOWN))


LIKELY = st.fixed_dictionaries({code: likely(code) for code in FACTS if code not in {"duties_on_time", "quota_gap"}})
FACTSETS = st.fixed_dictionaries({code: one(code) for code in FACTS})


def rank(content, found):
    """Order of results: better is higher, and no grade is below every grade."""
    return -1 if found.grade is None else len(content.grades) - content.ranks[found.grade]


def order(code, value):
    kind = FACTS[code]
    if kind.choices:
        return in_order(code).index(value)
    return int(value) if not kind.better else (value if kind.better == "higher" else -value)


@many
@given(content=MODELS, facts=FACTSETS, peers=PEERS, data=st.data())
def test_a_better_fact_never_lowers_points_or_grade(content, facts, peers, data) -> None:
    code = data.draw(st.sampled_from(sorted(FACTS)))
    assume(facts[code].value is not None)
    other = fact(code, data.draw(values(code)), facts[code].quality)
    worse, better = sorted((facts[code], other), key=lambda each: order(code, each.value))
    low = assess(content, {**facts, code: worse}, peers, with_changes=False)
    high = assess(content, {**facts, code: better}, peers, with_changes=False)
    assert rank(content, low) <= rank(content, high)
    for below, above in zip(low.indicators, high.indicators, strict=True):
        assert below.contribution <= above.contribution


@many
@given(content=MODELS, facts=FACTSETS, peers=PEERS, data=st.data())
def test_better_data_never_lower_points_or_grade(content, facts, peers, data) -> None:
    code = data.draw(st.sampled_from(sorted(FACTS)))
    assume(facts[code].value is not None)
    found = [
        assess(content, {**facts, code: replace(facts[code], quality=each)}, peers, with_changes=False)
        for each in KNOWN
    ]
    assert [rank(content, each) for each in found] == sorted((rank(content, each) for each in found), reverse=True)
    totals = [sum(each.contribution for each in one.indicators) for one in found]
    assert totals == sorted(totals, reverse=True)


@many
@given(content=MODELS, facts=FACTSETS, peers=PEERS, data=st.data())
def test_what_is_missing_never_raises(content, facts, peers, data) -> None:
    code = data.draw(st.sampled_from(sorted(FACTS)))
    there = assess(content, facts, peers, with_changes=False)
    gone = assess(content, {**facts, code: fact(code, None)}, peers, with_changes=False)
    assert rank(content, gone) <= rank(content, there)
    assert sum(each.contribution for each in gone.indicators) <= sum(each.contribution for each in there.indicators)


@many
@given(content=MODELS, facts=FACTSETS, peers=PEERS)
def test_gates_dominate_and_points_are_the_weighted_sum(content, facts, peers) -> None:
    found = assess(content, facts, peers, with_changes=False)
    for gate in found.gates:
        if not gate.is_open and gate.effect == "block":
            assert found.grade is None
        if not gate.is_open and gate.effect.startswith("cap:") and found.grade is not None:
            assert content.ranks[found.grade] >= content.ranks[gate.effect.removeprefix("cap:")]
    assert sum(each.weight for each in found.indicators) == 100
    if found.state is State.GRADED:
        assert found.points == sum(each.contribution for each in found.indicators)
        assert 0 <= found.points <= 100
    else:
        assert (found.points, found.grade) == (None, None)


@many
@given(content=MODELS, facts=FACTSETS, peers=PEERS)
def test_the_same_facts_give_the_same_answer(content, facts, peers) -> None:
    assert assess(content, facts, peers) == assess(content, dict(reversed(list(facts.items()))), peers)


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(content=MODELS, facts=LIKELY, peers=PEERS)
def test_the_changes_lead_to_a_better_grade(content, facts, peers) -> None:
    before = assess(content, facts, peers)
    assume(before.changes)
    after = assess(content, apply(content, facts, before.changes), peers)
    assert rank(content, after) > rank(content, before)
    assert after.grade == before.next_grade
    assert all(each.before == facts[each.fact].value for each in before.changes)


@pytest.mark.parametrize("code", ["quzhou_four_colours", "huzhou_carbon_efficiency", "small_points"])
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_no_cheaper_set_on_the_grid_reaches_the_grade(code, data) -> None:
    content = small() if code == "small_points" else shipped()[code]
    facts = data.draw(FACTSETS)
    near = {fact: facts[fact] for fact in ("value_added_intensity", "emissions_location", "sector_ratio")}
    facts = {
        each: fact(each, GOOD[each]) if each in GOOD and data.draw(st.booleans()) else facts[each] for each in facts
    }
    facts.update(near)
    now = outcome(content, facts, SECTOR)
    assume(not now.missing and now.state is not State.CANNOT_TELL and now.rank != 0)
    target = len(content.grades) - 1 if now.rank is None else data.draw(st.integers(0, now.rank - 1))
    found = cheapest(content, facts, SECTOR, target)
    expected = brute(content, facts, SECTOR, target)
    cost = None if found is None else (sum((each.effort for each in found), D(0)), len(found))
    assert cost == expected


def small():
    """The plain model with few and short levers, so that everything can be tried."""
    plain = shipped()["plain"].model_dump(mode="json")
    kept = {"verify": 1, "save_energy": 4, "green_power": 5, "better_data": 5, "disclose": 9, "explain_signs": 1}
    plain["levers"] = [{**lever, "most": kept[lever["code"]]} for lever in plain["levers"] if lever["code"] in kept]
    for lever in plain["levers"]:
        if lever["code"] == "better_data":
            lever["step"] = "17"
        if lever["code"] == "disclose":
            lever["to"] = lever["to"][1::3]
    return type(shipped()["plain"]).model_validate(plain)
