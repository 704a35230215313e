"""The state machine of Order 31, every state with every action; the pure rules around it, on both sides of each edge."""

from datetime import date
from decimal import Decimal
from itertools import product

import pytest

from backend.credits.ccer import errors, rules
from backend.credits.ccer.published import FILE, methodology_of, published
from backend.credits.ccer.rules import PROJECT_PATHS, REDUCTION_PATHS, Who
from backend.credits.ccer.values import Action, Methodology, ProjectState, ReductionState
from backend.factors import service as factors
from backend.kit.workdays import CalendarUnknown
from backend.ledger.service import energy_subject

D = date
P, R, A = ProjectState, ReductionState, Action

PROJECT_MOVES = {
    (P.DRAFT, A.PUBLICISE): P.PUBLICISED,
    (P.DRAFT, A.WITHDRAW): P.WITHDRAWN,
    (P.PUBLICISED, A.VALIDATE): P.VALIDATED,
    (P.PUBLICISED, A.WITHDRAW): P.WITHDRAWN,
    (P.VALIDATED, A.APPLY): P.APPLIED,
    (P.VALIDATED, A.WITHDRAW): P.WITHDRAWN,
    (P.APPLIED, A.RETURN): P.VALIDATED,
    (P.APPLIED, A.REGISTER): P.REGISTERED,
    (P.REGISTERED, A.DEREGISTER): P.DEREGISTERED,
}
REDUCTION_MOVES = {
    (R.REPORTED, A.PUBLICISE): R.PUBLICISED,
    (R.REPORTED, A.WITHDRAW): R.WITHDRAWN,
    (R.PUBLICISED, A.VERIFY): R.VERIFIED,
    (R.PUBLICISED, A.WITHDRAW): R.WITHDRAWN,
    (R.VERIFIED, A.APPLY): R.APPLIED,
    (R.VERIFIED, A.WITHDRAW): R.WITHDRAWN,
    (R.APPLIED, A.RETURN): R.VERIFIED,
    (R.APPLIED, A.REGISTER): R.REGISTERED,
    (R.REGISTERED, A.ISSUE): R.ISSUED,
    (R.ISSUED, A.ANNUL): R.REGISTERED,
}


@pytest.mark.parametrize(("state", "action"), list(product(ProjectState, PROJECT_PATHS)))
def test_every_project_state_with_every_action(state: ProjectState, action: Action) -> None:
    target = PROJECT_MOVES.get((state, action))
    if target is None:
        with pytest.raises(errors.StepNotAllowed):
            rules.path_from(PROJECT_PATHS, action, state)
    else:
        assert rules.path_from(PROJECT_PATHS, action, state).target == target


@pytest.mark.parametrize(("state", "action"), list(product(ReductionState, REDUCTION_PATHS)))
def test_every_reduction_state_with_every_action(state: ReductionState, action: Action) -> None:
    target = REDUCTION_MOVES.get((state, action))
    if target is None:
        with pytest.raises(errors.StepNotAllowed):
            rules.path_from(REDUCTION_PATHS, action, state)
    else:
        assert rules.path_from(REDUCTION_PATHS, action, state).target == target


def test_every_state_is_reached_and_the_last_ones_are_left_by_nothing() -> None:
    assert set(PROJECT_MOVES.values()) | {P.DRAFT} == set(ProjectState)
    assert set(REDUCTION_MOVES.values()) | {R.REPORTED} == set(ReductionState)
    for last in (P.DEREGISTERED, P.WITHDRAWN):
        assert not any(source is last for source, _ in PROJECT_MOVES)
    assert not any(source is R.WITHDRAWN for source, _ in REDUCTION_MOVES)
    assert [action for source, action in REDUCTION_MOVES if source is R.ISSUED] == [A.ANNUL]


def test_who_takes_which_step() -> None:
    who = {action: path.who for paths in (PROJECT_PATHS, REDUCTION_PATHS) for action, path in paths.items()}
    assert {each for each, party in who.items() if party is Who.BODY} == {A.VALIDATE, A.VERIFY}
    assert {each for each, party in who.items() if party is Who.REGISTRAR} == {
        A.RETURN, A.REGISTER, A.DEREGISTER, A.ISSUE, A.ANNUL,
    }  # fmt: skip
    assert rules.permission(PROJECT_PATHS[A.APPLY]) == "credits:register"
    assert rules.permission(PROJECT_PATHS[A.VALIDATE]) == "credits:review"


def test_publicity_over_the_national_day() -> None:
    # Published on Wednesday 16 September 2026: the Sunday the 20th and the Saturday of 10 October are worked, Friday
    # 25 September and 1 to 7 October are off.
    first = rules.after_publicity(D(2026, 9, 16))
    assert first == D(2026, 10, 21)
    rules.check_publicity(D(2026, 9, 16), first)
    with pytest.raises(errors.TooEarly):
        rules.check_publicity(D(2026, 9, 16), D(2026, 10, 20))
    with pytest.raises(CalendarUnknown):
        rules.check_publicity(D(2026, 12, 10), D(2027, 2, 1))


def test_the_answer_is_due_in_fifteen_working_days() -> None:
    assert rules.answer_due(D(2026, 2, 2)) == D(2026, 2, 28)
    assert rules.answer_due(D(2026, 12, 20)) is None


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("10 y", (0, 10, 10)),
        ("<=10 y", (0, 10, 10)),
        ("7 y", (0, 7, 7)),
        ("20-40 y", (20, 40, 40)),
        ("10-40 y", (10, 40, 40)),
        ("see text", (0, None, None)),
        ("", (0, None, None)),
        ("10 y (not confirmed)", (0, None, 10)),
        ("<=10 y in the primary text (a secondary page says 7 y for later renewables)", (0, 7, 10)),
    ],
)
def test_crediting_periods_as_the_methodologies_word_them(
    words: str, expected: tuple[int, int | None, int | None]
) -> None:
    found = rules.crediting(words)
    assert (found.least, found.surely, found.possibly) == expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("<=10 y", "不超过 10 年"),
        ("20-40 y", "为 20 至 40 年"),
        ("see text", "未列明年数"),
        ("10 y (not confirmed)", "不超过 10 年"),
        ("<=10 y in the primary text (a secondary page says 7 y for later renewables)",
         "有不超过 7 年与不超过 10 年两种说法"),
    ],
)  # fmt: skip
def test_crediting_periods_are_told_in_chinese(words: str, expected: str) -> None:
    assert rules.crediting_zh(rules.crediting(words)) == expected


def test_refusals_name_steps_in_chinese() -> None:
    assert errors.BodyOnly(action="validate").message("zh") == "“审定”只能由受委托的审定与核查机构办理。"
    assert errors.RegistrarOnly(action="annul").message("zh") == "“撤销签发”只能由主管部门办理。"
    every = {each.value for kind in (Action, ProjectState, ReductionState) for each in kind}
    assert every - set(errors.STEPS_ZH) <= {"draft"}


def _method(period: str) -> Methodology:
    return Methodology("M", "", "", period, "", "", None, "", "", "", is_uncertain=False)


@pytest.mark.parametrize(
    ("period", "last", "refusal"),
    [
        ("10 y", D(2031, 5, 31), None),
        ("10 y", D(2031, 6, 1), errors.CreditingPeriodRefused),
        ("20-40 y", D(2041, 5, 31), None),
        ("20-40 y", D(2041, 5, 30), errors.CreditingPeriodRefused),
        ("20-40 y", D(2061, 5, 31), None),
        ("20-40 y", D(2061, 6, 1), errors.CreditingPeriodRefused),
        ("see text", D(2022, 5, 31), errors.CannotTell),
        ("10 y (not confirmed)", D(2022, 5, 31), errors.CannotTell),
        ("10 y (not confirmed)", D(2031, 6, 1), errors.CreditingPeriodRefused),
        ("<=10 y in the primary text (a secondary page says 7 y)", D(2028, 5, 31), None),
        ("<=10 y in the primary text (a secondary page says 7 y)", D(2028, 6, 1), errors.CannotTell),
        ("<=10 y in the primary text (a secondary page says 7 y)", D(2031, 6, 1), errors.CreditingPeriodRefused),
    ],
)
def test_crediting_periods_on_both_sides(period: str, last: date, refusal: type[Exception] | None) -> None:
    if refusal is None:
        rules.check_crediting(_method(period), D(2021, 6, 1), last)
    else:
        with pytest.raises(refusal):
            rules.check_crediting(_method(period), D(2021, 6, 1), last)


def test_years_keep_their_day() -> None:
    assert rules.years_after(D(2024, 2, 29), 1) == D(2025, 2, 28)
    assert rules.years_after(D(2024, 2, 29), 4) == D(2028, 2, 29)
    assert rules.years_after(D(2026, 6, 11), -5) == D(2021, 6, 11)


def test_monitoring_periods_on_both_sides() -> None:
    crediting = (D(2020, 9, 1), D(2030, 8, 31))
    rules.check_period(D(2020, 9, 23), D(2020, 9, 23), *crediting, D(2026, 1, 1))
    with pytest.raises(errors.ReductionTooEarly):
        rules.check_period(D(2020, 9, 22), D(2020, 12, 31), *crediting, D(2026, 1, 1))
    rules.check_period(D(2025, 1, 1), D(2025, 12, 31), *crediting, D(2026, 1, 1))
    with pytest.raises(errors.PeriodInvalid):
        rules.check_period(D(2025, 1, 1), D(2026, 1, 1), *crediting, D(2026, 1, 1))


def test_a_serial_is_read_in_one_way_only() -> None:
    assert rules.serial_run("cn-001", "CN-009", 1) == ("CN-#3", 1, 9)
    assert rules.serial_run(" CN 001", "CN002 ", 1) == ("CN#3", 1, 2)
    assert rules.serial_run("0" * 20 + "1", "0" * 20 + "7", 1) == ("000#18", 1, 7)
    for first, last in (("A-1", "A-10"), ("A-2", "A-1"), ("A", "B"), ("A-1", "B-2"), ("", ""), ("A" * 200 + "1",) * 2):
        with pytest.raises(errors.SerialsUnreadable):
            rules.serial_run(first, last, 1)


def test_rows_that_share_serials_are_named() -> None:
    rules.check_overlap([("A", 1, 5), ("B", 1, 5), ("A", 6, 9)])
    with pytest.raises(errors.SerialsOverlap) as refused:
        rules.check_overlap([("A", 6, 9), ("B", 1, 1), ("A", 1, 6)])
    assert (refused.value.details["row"], refused.value.details["other"]) == (1, 3)


@pytest.mark.parametrize("wrong", ["0", "-1", "0.5", "1e30", "NaN", "Infinity"])
def test_tonnes_are_whole(wrong: str) -> None:
    with pytest.raises(errors.TonnesNotWhole):
        rules.whole_tonnes(Decimal(wrong), "tonnes")


def test_whole_tonnes_lose_their_zeros() -> None:
    assert str(rules.whole_tonnes(Decimal("12.00"), "tonnes")) == "12"


def test_energy_of_a_plant_has_one_name() -> None:
    assert energy_subject(" wind-０1 ") == "energy:WIND-01"
    assert [rules.is_exclusive(each) for each in ("CCER-01-001-V01", "CCER-01-002-V02", "CCER-01-003-V01")] == [
        True, True, False,
    ]  # fmt: skip


def test_every_methodology_that_excludes_certificates_is_known_as_such() -> None:
    said = {row["code"] for row in factors.shipped_rows(FILE) if "must not also claim GEC" in row["key_conditions"]}
    assert {each for each in published().values() if rules.is_exclusive(each)} == said
    assert len(said) == 2


@pytest.mark.parametrize(
    ("said", "registered_on", "code"),
    [
        ("CCER-01-002-V01", date(2025, 6, 3), "CCER-01-002-V01"),
        (" ccer-01-002-v01 ", date(2025, 6, 3), "CCER-01-002-V01"),
        ("并网海上风力发电", date(2025, 6, 3), "CCER-01-002-V01"),
        ("公路隧道 照明系统节能", date(2025, 6, 3), "CCER-07-001-V01"),
        ("CCER-01-002", date(2025, 6, 3), None),
        ("CCER-01-002-V02", date(2025, 6, 3), None),
        ("ABC", date(2025, 6, 3), None),
        ("ABC", date(2017, 3, 14), None),
        ("cm-001-v01", date(2017, 3, 13), "CM-001-V01"),
        ("并网海上风力发电", date(2017, 3, 13), "CCER-01-002-V01"),
    ],
)
def test_a_methodology_is_named_by_code_or_name(said: str, registered_on: date, code: str | None) -> None:
    assert methodology_of(said, registered_on) == code
