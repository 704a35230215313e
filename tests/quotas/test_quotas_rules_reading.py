"""The language of the correction rules: what is read, and that nothing half understood is."""

from decimal import Decimal

import pytest
from factories.quotas_rules import shipped_versions

from backend.quotas.errors import QuotaRuleUnreadable
from backend.quotas.rules import reading
from backend.quotas.rules.terms import Figure

D = Decimal


def figure(text: str) -> Figure:
    return Figure(
        name="ets.correction", key="k", value=None, low=None, high=None, text=text, unit="", label_zh="", label_en="",
        document="", source="", confidence="", note="", is_uncertain=False, version_id=None, valid="",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1+2*3", "7"), ("(1+2)*3", "9"), ("2^3^2", "512"), ("-2^2", "-4"), ("2^-1", "0.5"), ("10/4", "2.5"),
        ("100x", "300"), ("20x-1", "59"), ("2(x+1)", "8"), ("exp(0)+1", "2"), ("1 - 0.22*x", "0.34"),
        ("8-3-2", "3"), ("16/4/2", "2"), ("3-20x", "-57"),
    ],
)  # fmt: skip
def test_expressions(text: str, expected: str) -> None:
    assert reading.expression(figure(text), x=D(3)) == D(expected)


@pytest.mark.parametrize(
    "text",
    ["", "1+", "y", "1..2", "(1", "1)", "1 2", "x=1", "import os", "1/0", "exp(99999999)", "(" * 30 + "1" + ")" * 30,
     "1;2", "__import__", "9^9^9^9", "1" * 501, "1+一"],
)  # fmt: skip
def test_what_is_no_expression_is_unreadable(text: str) -> None:
    with pytest.raises(QuotaRuleUnreadable):
        reading.expression(figure(text), x=D(3))


@pytest.mark.parametrize("text", ["water", "water=1;", "water=1; air=x", "Water=1", "water=1, air=2"])
def test_what_is_no_choice_is_unreadable(text: str) -> None:
    with pytest.raises(QuotaRuleUnreadable):
        reading.options(figure(text))


def test_choices() -> None:
    assert reading.options(figure("water=1; air=1.05; back-pressure=1")) == {
        "water": D(1), "air": D("1.05"), "back_pressure": D(1),
    }  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "F<65%:2; else 1",  # in what F is given is not said
        "F<65%:2; F as fraction",  # nothing covers 0.7
        "F<65%:2; else 1; F as fraction; F in percent",
        "F<65:2; else 1; F as fraction",
        "F<65%:2; else 1 2; F as fraction; and so on",
        "G<65%:2; else 1; F as fraction",
    ],
)
def test_what_is_no_stepwise_rule_is_unreadable(text: str) -> None:
    with pytest.raises(QuotaRuleUnreadable):
        reading.steps(figure(text), D("0.7"))


def test_steps_say_which_one_held() -> None:
    rule = figure("F>=85%:1; 80%<=F<85%:1+(85-100F); F<80%:F; F as fraction")
    assert reading.steps(rule, D("0.85")) == (D(1), "F>=85%:1")
    assert reading.steps(rule, D("0.84")) == (D(2), "80%<=F<85%:1+(85-100F)")
    assert reading.steps(rule, D("0.5")) == (D("0.5"), "F<80%:F")
    in_percent = figure("F<50%: 2*F, F in percent; else 1 (a step)")
    assert reading.steps(in_percent, D("0.4")) == (D(80), "F<50%: 2*F")
    assert reading.steps(in_percent, D("0.5")) == (D(1), "else 1 (a step)")


def test_every_published_correction_is_read_by_one_of_the_ways() -> None:
    """No row of the reference is left to code."""
    for version in shipped_versions():
        if version.name != "ets.correction":
            continue
        rule = figure(version.text_value or "")
        if version.key.startswith("Fl"):
            assert reading.options(rule)["air"] == D("1.05")
        elif version.key.startswith("Fr"):
            assert reading.expression(rule, heat_supply_ratio=D(0)) == 1
        elif version.key.startswith(("Ff", "peaking")):
            assert reading.steps(rule, D(1))[0] == 1
