"""Levers that move a fact in common: what they come to together, the cheapest of them against trying everything."""

from dataclasses import replace
from decimal import Decimal

import pytest
from factories.scores_model import SECTOR, brute, fact, facts
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from backend.kit.errors import Invalid
from backend.scores.modelling.errors import ModelLeverInvalid
from backend.scores.modelling.reading import all_faults, read
from backend.scores.modelling.shipped import shipped
from backend.scores.rules import apply, assess
from backend.scores.rules.cheapest import cheapest
from backend.scores.rules.grading import outcome
from backend.scores.rules.levers import pull, together
from backend.scores.values import Fact, Quality, State, Words

D = Decimal
PLACEHOLDER = {"is_placeholder": True, "confidence": "placeholder", "note_zh": "占位", "note_en": "placeholder"}
QUZHOU = shipped()["quzhou_four_colours"]


def lever(code, fact_code, effort, *, step="7", most=3, **more):
    return {
        "code": code, "fact": fact_code, "words_zh": code, "words_en": code, "step": step, "is_relative": True, "limit": "0",
        "most": most, "effort": effort, **PLACEHOLDER, **more,
    }  # fmt: skip


def indicator(code, weight, transform):
    return {"code": code, "name_zh": code, "name_en": code, "fact": code, "weight": weight, "transform": transform,
            **PLACEHOLDER}  # fmt: skip


def entangled():
    """Four levers and six indicators: three levers share facts, a verification touches all of them."""
    given = shipped()["plain"].model_dump(mode="json")
    trend = {"kind": "trend", "points": [["-20", "100"], ["20", "0"]]}
    against = {"kind": "benchmark", "points": [["0.5", "100"], ["1.5", "0"]]}
    given["indicators"] = [
        indicator("emissions_location", "20", against),
        indicator("value_added_intensity", "20", {"kind": "percentile"}),
        indicator("sector_ratio", "10", {"kind": "piecewise", "points": [["0", "100"], ["3", "0"]]}),
        indicator("output_intensity", "15", {"kind": "piecewise", "points": [["0", "100"], ["12", "0"]]}),
        indicator("emissions_change", "15", trend),
        indicator("intensity_change", "20", trend),
    ]
    verify = next(each for each in given["levers"] if each["code"] == "verify")
    given["levers"] = [
        lever("save", "value_added_intensity", "4"), lever("better", "output_intensity", "3.5"),
        lever("cut", "emissions_location", "5", step="10"), verify,
    ]  # fmt: skip
    return read(given)


ENTANGLED = entangled()


def amounts(low, high):
    return st.decimals(low, high, places=2)


@st.composite
def firms(draw):
    known = {
        "emissions_location": amounts(100, 700), "value_added_intensity": amounts(1, 12), "sector_ratio": amounts(0, 3),
        "output_intensity": amounts(1, 12), "emissions_change": amounts(-30, 30), "intensity_change": amounts(-30, 30),
    }  # fmt: skip
    qualities = st.sampled_from([Quality.VERIFIED, Quality.COMPUTED, Quality.ESTIMATED])
    found = facts(is_verified=draw(st.booleans()))
    found |= {code: fact(code, draw(values), draw(qualities)) for code, values in known.items()}
    if draw(st.booleans()):
        found["intensity_change"] = replace(found["intensity_change"], note=Words("按单位产品碳排放比较", "By product"))
    return found


@pytest.mark.parametrize("content", [ENTANGLED, QUZHOU], ids=["entangled", "quzhou"])
@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_nothing_cheaper_leads_there_when_levers_are_pulled_together(content, data) -> None:
    given = data.draw(firms())
    now = outcome(content, given, SECTOR)
    assume(now.state is State.GRADED and now.rank != 0)
    target = data.draw(st.integers(0, now.rank - 1))
    found = cheapest(content, given, SECTOR, target)
    cost = None if found is None else (sum((each.effort for each in found), D(0)), len(found))
    assert cost == brute(content, given, SECTOR, target)
    if found is not None:
        after = outcome(content, apply(content, given, found), SECTOR)
        assert after.rank <= target
        assert apply(content, given, found[::-1]) == apply(content, given, found)


def test_less_emissions_are_less_intensity_too() -> None:
    """310 t against a mean of 300, 5.7 against 5.5: one cut of 5 % brings both below, and saving twice would cost more."""
    given = facts(emissions_location=310, value_added_intensity="5.7")
    told = assess(QUZHOU, given, SECTOR)
    assert (told.grade, told.next_grade) == ("red", "dark_green")
    assert [(each.fact, each.after, each.effort) for each in told.changes] == [("emissions_location", D("294.5"), 5)]
    after = apply(QUZHOU, given, told.changes)
    assert after["value_added_intensity"].value == D("5.415")
    assert assess(QUZHOU, after, SECTOR).grade == "dark_green"


def test_what_follows_from_what() -> None:
    given = facts(emissions_location=200, emissions_change=10, value_added_intensity=4, output_intensity=2,
                  sector_ratio="0.8", intensity_change=-4)  # fmt: skip
    by_code = {each.code: each for each in ENTANGLED.levers}
    after = dict(given)
    pull(by_code["cut"], D(180), after)
    told = {code: after[code].value for code in given if after[code] != given[code]}
    assert told == {
        "emissions_location": D(180), "emissions_change": D(-1), "value_added_intensity": D("3.6"),
        "output_intensity": D("1.8"), "sector_ratio": D("0.72"), "intensity_change": D("-13.6"),
    }  # fmt: skip
    after = dict(given)
    pull(by_code["save"], D(3), after)
    told = {code: after[code].value for code in given if after[code] != given[code]}
    assert told == {"value_added_intensity": D(3), "sector_ratio": D("0.6"), "intensity_change": D(-28)}
    of_product = replace(given["intensity_change"], note=Words("按单位产品碳排放比较", "By product"))
    after = given | {"intensity_change": of_product}
    pull(by_code["save"], D(3), after)
    assert after["intensity_change"].value == -4, "a change of the product's intensity does not follow from value added"
    pull(by_code["better"], D(1), after)
    assert after["intensity_change"].value == -52


def test_a_copy_of_a_model_is_worked_out_for_itself() -> None:
    given = facts(emissions_location=310, value_added_intensity="5.7")
    assert cheapest(QUZHOU, given, SECTOR, 0)
    without = QUZHOU.model_copy(update={"levers": ()})
    assert cheapest(without, given, SECTOR, 0) is None
    assert without.ranks == QUZHOU.ranks
    assert cheapest(QUZHOU, given, SECTOR, 0)


def test_what_cannot_be_told_of_one_account_shuts_nothing_for_the_next() -> None:
    """A shortfall that cannot be told shuts its gate; an account outside the market has none, and no value either."""
    given = facts(emissions_location=310, value_added_intensity="5.7")
    unknown = Fact("quota_gap", None, "%", Quality.MISSING, (), Words("无法判定", "Cannot tell."))
    model = QUZHOU.model_copy()
    assert cheapest(model, given | {"quota_gap": unknown}, SECTOR, 0) is None
    told = cheapest(model, given, SECTOR, 0)
    assert told is not None
    assert cheapest(model, given | {"quota_gap": unknown}, SECTOR, 0) is None


def test_levers_that_share_no_fact_are_apart() -> None:
    told = together([each for each in shipped()["changlvfen"].levers if not each.is_wide])
    assert all(len(each) == 1 for each in told)
    shared, *_ = together(QUZHOU.levers[1:])
    assert [each.code for each in shared] == ["cut_emissions", "save_energy"]
    assert [sorted(each.code for each in group) for group in together(ENTANGLED.levers[:3])] == [
        ["better", "cut", "save"]
    ]


def faults_with(*levers) -> list[Invalid]:
    given = shipped()["plain"].model_dump(mode="json")
    given["levers"] = list(levers)
    return all_faults(given)


def test_a_model_with_too_many_joint_steps_or_two_levers_on_one_quantity_is_refused() -> None:
    one = lever("save", "value_added_intensity", "4", most=20)
    [fault] = faults_with(one, lever("ratio", "sector_ratio", "4", most=2))
    assert isinstance(fault, ModelLeverInvalid)
    assert "one lever" in fault.message("en")
    [fault] = faults_with(
        one, lever("cut", "emissions_location", "5", most=20), lever("better", "output_intensity", "3", most=1)
    )
    assert "882 combinations; at most 500" in fault.message("en")
    assert "882" in fault.message("zh")
    assert faults_with(one, lever("cut", "emissions_location", "5", most=20)) == []
