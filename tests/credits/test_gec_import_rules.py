"""Certificates' rules by themselves: codes, validity, remainders, titles."""

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.credits.gec import codes
from backend.credits.gec.columns import COLUMNS
from backend.credits.gec.validity import issuable, last_month
from backend.kit.months import Month
from backend.ledger.values import OriginRange

FIELDS = Path(__file__).resolve().parents[2] / "backend" / "factors" / "reference" / "gec_fields.csv"
ENERGY = st.decimals(min_value=0, max_value=10**9, places=3)


@pytest.mark.parametrize(
    ("production", "last"),
    [("2023-01", "2025-12"), ("2023-12", "2025-12"), ("2024-01", "2025-12"), ("2024-02", "2026-01"), ("2026-12", "2028-11")],
)  # fmt: skip
def test_two_years_with_the_production_month(production: str, last: str) -> None:
    assert str(last_month(Month.parse(production))) == last


@given(st.lists(ENERGY, min_size=1, max_size=30))
def test_remainders_lose_nothing(months: list[Decimal]) -> None:
    found = issuable([(date(2026, 1, 1), each, False) for each in months])
    total = sum(months, Decimal(0))
    assert sum(each.certificates for each in found) == total // 1000
    assert found[-1].carried_kwh == total % 1000
    for each in found:
        assert each.brought_kwh + each.kwh == each.certificates * 1000 + each.carried_kwh
        assert 0 <= each.carried_kwh < 1000


@given(st.from_regex(r"[0-9A-Z]{17}[0-9]{15}", fullmatch=True))
def test_frame_and_number_are_the_code(code: str) -> None:
    assert codes.code_of(*codes.frame_of(code)) == code


def test_consecutive_numbers_become_ranges() -> None:
    assert codes.ranges("f", [1, 2, 3, 7, 9, 10]) == [
        OriginRange("GEC", "f", 1, 3), OriginRange("GEC", "f", 7, 7), OriginRange("GEC", "f", 9, 10),
    ]  # fmt: skip


def test_layout_is_marked_as_a_placeholder_and_counts_the_sequence() -> None:
    found = codes.layout()
    assert found.is_placeholder
    assert [each.key for each in found.parts] == [
        "type", "energy", "tech", "approval_date", "address", "seq", "check", "date", "number", "class", "trade",
    ]  # fmt: skip
    number = found.part("number")
    assert slice(number.first, number.end) == codes.COUNTED


@pytest.mark.skipif(not FIELDS.exists(), reason="the published fields are not shipped beside the parameters")
def test_titles_are_the_published_ones() -> None:
    with FIELDS.open(encoding="utf-8", newline="") as file:
        published = {row["field"]: row["name_cn"] for row in csv.DictReader(file) if "." not in row["field"]}
    ours = {column.key: column.zh for column in COLUMNS}
    assert {key: ours.get(key) for key in published} == published
