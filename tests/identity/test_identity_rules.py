"""Credit codes, addresses, passwords, lockout, periods: exact and by property."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.identity import rules
from backend.identity.errors import (
    CreditCodeInvalid,
    EmailInvalid,
    NameInvalid,
    PasswordWeak,
    PeriodInvalid,
    PurposeMissing,
    ReasonMissing,
)
from backend.kit.scope import Kind

bodies = st.text(alphabet=rules.ALPHABET, min_size=17, max_size=17)


@pytest.mark.parametrize("code", ["91350100M000100Y43", "91110000802100433B", "91440300708461136T"])
def test_published_codes_are_valid(code: str) -> None:
    assert rules.credit_code(code) == code


def test_a_code_is_brought_to_its_one_spelling() -> None:
    assert rules.credit_code(" 91350100m000100y４3 ") == "91350100M000100Y43"


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("91350100M000100Y4", "it has 17 characters, not 18"),
        ("91350100M000100Y433", "it has 19 characters, not 18"),
        ("91350100I000100Y43", "'I' does not occur in such codes (nor do I, O, S, V, Z)"),
        ("91350100M000100Y44", "the check character does not fit, a character is mistyped"),
        ("", "it has 0 characters, not 18"),
    ],
)
def test_a_wrong_code_is_told_why(code: str, reason: str) -> None:
    with pytest.raises(CreditCodeInvalid) as caught:
        rules.credit_code(code)
    assert caught.value.details["reason_en"] == reason
    assert caught.value.code == "credit_code_invalid"


@given(bodies)
def test_every_body_has_exactly_one_check_character(body: str) -> None:
    fitting = [character for character in rules.ALPHABET if _is_valid(body + character)]
    assert fitting == [rules.check_character(body)]


@given(bodies, st.integers(0, 16), st.sampled_from(rules.ALPHABET))
def test_one_mistyped_character_is_always_found(body: str, place: int, other: str) -> None:
    code = body + rules.check_character(body)
    mistyped = code[:place] + other + code[place + 1 :]
    assert _is_valid(mistyped) == (mistyped == code)


@given(bodies, st.integers(0, 15))
def test_two_neighbours_swapped_are_always_found(body: str, place: int) -> None:
    code = body + rules.check_character(body)
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    assert _is_valid(swapped) == (swapped == code)


@given(st.sampled_from([kind for kind in Kind if kind not in {Kind.NOBODY, Kind.SYSTEM}]), st.integers(0, 31**6 - 1))
def test_fictitious_codes_are_valid_and_say_that_they_are_made_up(kind: Kind, number: int) -> None:
    code = rules.fictitious_code(kind, "320206", number)
    assert rules.credit_code(code) == code
    assert code[2:11] == "320206DEM"
    assert code[:2] == ("11" if kind is Kind.AUTHORITY else "91")


def test_fictitious_codes_of_two_numbers_differ() -> None:
    assert len({rules.fictitious_code(Kind.BANK, "320200", number) for number in range(1000)}) == 1000


def _is_valid(code: str) -> bool:
    try:
        return rules.credit_code(code) == code
    except CreditCodeInvalid:
        return False


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        (" Li.Ming@Example.COM ", "li.ming@example.com"),
        ("ｌｉ@example.com", "li@example.com"),
        ("李@例子.中国", "李@例子.中国"),
    ],
)
def test_addresses_are_stored_in_one_spelling(written: str, stored: str) -> None:
    assert rules.email(written) == stored


@pytest.mark.parametrize(
    "written", ["", "li", "li@", "@example.com", "li@example", "a b@example.com", "a@b@c.d", "a" * 250 + "@b.cn"]
)
def test_what_is_no_address_is_refused(written: str) -> None:
    with pytest.raises(EmailInvalid):
        rules.email(written)


@pytest.mark.parametrize(
    ("chosen", "reason"),
    [
        ("short1234", "10 to 200 characters"),
        ("x1y2z" * 41, "10 to 200 characters"),
        ("abcdabcdabcd", "at least five different characters"),
        ("Li.Ming-WX@Example.com", "not your e-mail address"),
        ("li.ming-wx", "not your e-mail address"),
    ],
)
def test_weak_passwords_are_refused(chosen: str, reason: str) -> None:
    with pytest.raises(PasswordWeak) as caught:
        rules.password(chosen, "li.ming-wx@example.com")
    assert caught.value.details["reason_en"] == reason


def test_good_passwords_pass() -> None:
    rules.password("正确的马电池订书钉甲乙", "li.ming@example.com")
    rules.password("abcde12345", "li.ming@example.com")


@pytest.mark.parametrize(
    ("failures", "minutes"), [(1, None), (4, None), (5, 1), (6, 2), (7, 4), (10, 32), (11, 60), (12, 60), (10**9, 60)]
)
def test_locks_grow_from_a_minute_to_an_hour(failures: int, minutes: int | None) -> None:
    assert rules.lock_for(failures) == (None if minutes is None else timedelta(minutes=minutes))


@pytest.mark.parametrize(
    ("starts", "ends", "reason"),
    [
        ("2026-03-02", "2026-03-01", "it ends before it starts"),
        ("2025-01-01", "2026-01-31", "it is over already"),
        ("2026-03-01", "2031-03-06", "it is longer than five years"),
    ],
)
def test_periods_that_cannot_be_used(starts: str, ends: str, reason: str) -> None:
    with pytest.raises(PeriodInvalid) as caught:
        rules.period(date.fromisoformat(starts), date.fromisoformat(ends), date(2026, 2, 1))
    assert caught.value.details["reason_en"] == reason


def test_a_period_of_one_day_is_one() -> None:
    rules.period(date(2026, 2, 1), date(2026, 2, 1), date(2026, 2, 1))


@pytest.mark.parametrize("written", ["", "   ", "x" * 501])
def test_purpose_and_reason_are_needed(written: str) -> None:
    with pytest.raises(PurposeMissing):
        rules.purpose(written)
    with pytest.raises(ReasonMissing):
        rules.reason(written)


@pytest.mark.parametrize("written", ["", " ", "x" * 201])
def test_names_are_needed(written: str) -> None:
    with pytest.raises(NameInvalid):
        rules.name(written)
