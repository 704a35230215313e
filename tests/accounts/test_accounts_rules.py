"""Pure rules of the carbon account."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.accounts import errors, rules
from backend.accounts.values import ACTIONS, EXTENSIONS, MEDIA_TYPES, CalibrationState, FileKind
from backend.identity.values import ROLES
from backend.kit.errors import CarbonError

PNG = b"\x89PNG\r\n\x1a\n" + bytes(5000)


def feed(name: str, content: bytes, sizes: list[int]) -> str | None:
    """Show a file in pieces; return the code of the refusal, if any."""
    check, at = rules.FileCheck(name), 0
    try:
        for size in [*sizes, len(content)]:
            if content[at : at + size]:
                check(content[at : at + size])
            at += size
        check(b"")
    except CarbonError as error:
        return error.code
    return None


@given(st.lists(st.integers(1, 4000), max_size=8))
def test_how_a_file_is_cut_changes_nothing(sizes: list[int]) -> None:
    workbook = b"PK\x03\x04" + b"a" * 1500 + b"xl/workbook.xml" + b"b" * 1500
    macros = workbook + b"xl/vbaProject.bin" + b"c" * 100
    text = ("月份,用量\n" * 400).encode()
    assert feed("a.png", PNG, sizes) is None
    assert feed("a.pdf", PNG, sizes) == "file_type_refused"
    assert feed("a.xlsx", workbook, sizes) is None
    assert feed("a.ofd", workbook, sizes) == "file_type_refused"
    assert feed("a.xlsx", macros, sizes) == "file_type_refused"
    assert feed("a.csv", text, sizes) is None
    assert feed("a.csv", text + b"\0", sizes) == "file_type_refused"
    assert feed("a.xml", b"", sizes) == "file_empty"


@given(st.binary(max_size=3000), st.sampled_from(sorted(EXTENSIONS)))
def test_any_bytes_are_judged_without_a_fault(content: bytes, extension: str) -> None:
    assert feed(f"a{extension}", content, [100]) in {None, "file_type_refused", "file_empty"}


@given(st.text(max_size=400))
def test_a_file_name_is_one_harmless_name(given_name: str) -> None:
    try:
        name = rules.file_name(given_name)
    except errors.TextMissing:
        return
    assert name
    assert len(name) <= rules.LONGEST_FILE_NAME
    assert not set(name) & set("/\\\r\n\0\u202e")
    assert name.strip(". ") == name
    assert rules.file_name(name) == name


def test_every_kind_has_a_media_type_and_an_extension() -> None:
    assert set(MEDIA_TYPES) == set(FileKind) == set(EXTENSIONS.values())


@pytest.mark.parametrize(
    ("end", "on", "state"),
    [
        (None, date(2025, 1, 1), CalibrationState.NONE),
        (date(2025, 1, 1), date(2025, 1, 1), CalibrationState.VALID),
        (date(2025, 1, 1), date(2025, 1, 2), CalibrationState.EXPIRED),
    ],
)
def test_calibration_state(end: date | None, on: date, state: CalibrationState) -> None:
    assert rules.calibration_state(end, on) is state


@pytest.mark.parametrize("value", ["E01", "电-1", "a_b.c", "9", "Ａ１"])
def test_codes(value: str) -> None:
    assert rules.code(f" {value} ") == {"Ａ１": "A1"}.get(value, value)


@pytest.mark.parametrize(
    "value", ["", " ", "-1", "_a", ".a", "=1", "@x", "+1", "a b", "a/b", "a\n", "x" * 41, "a\u200bb"]
)
def test_codes_that_would_break_a_file(value: str) -> None:
    if value == "a\n":
        assert rules.code(value) == "a"
        return
    with pytest.raises(errors.CodeInvalid):
        rules.code(value)


@pytest.mark.parametrize("value", ["1", "0.001", "2000.50", "1E+3", "999999999999"])
def test_multipliers(value: str) -> None:
    assert rules.multiplier(Decimal(value)) == Decimal(value)


def test_numbers_carry_the_six_digits_of_the_division() -> None:
    assert rules.account_number("320206", 123) == "CA-320206-000123"
    assert rules.account_number("320200-JKQ", 1234567) == "CA-320200-1234567"


def test_every_permission_of_accounts_is_granted_by_a_role_and_the_reverse() -> None:
    granted = {each for roles in ROLES.values() for role in roles.values() for each in role}
    assert {each for each in granted if each.startswith("accounts:")} == set(ACTIONS)
