"""What is refused before the books are asked, and how days and moments are read."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from backend.kit.errors import Invalid
from backend.ledger import rules
from backend.ledger.errors import (
    ProductionInvalid,
    QuantityNotPositive,
    QuantityTooLarge,
    SerialsInvalid,
    TooManyRanges,
)
from backend.ledger.values import BatchSpec
from backend.wire.scalars import parse_whole


@pytest.mark.parametrize("quantity", ["0", "-1", "-0.0001", "NaN", "Infinity", "-Infinity"])
def test_a_quantity_is_above_zero(quantity: str) -> None:
    with pytest.raises(QuantityNotPositive):
        rules.check_quantity(Decimal(quantity))


def test_a_quantity_can_be_counted() -> None:
    rules.check_quantity(Decimal(10**15))
    rules.check_quantity(Decimal("0.000001"))
    with pytest.raises(QuantityTooLarge):
        rules.check_quantity(Decimal(10**15) + Decimal("0.1"))


@pytest.mark.parametrize("run", [(0, 1), (-1, 1), (2, 1), (1, 2**62)])
def test_runs_of_serials(run: tuple[int, int]) -> None:
    rules.check_serials([(1, 1), (5, 2**62 - 1)], "serials")
    with pytest.raises(SerialsInvalid) as refused:
        rules.check_serials([(1, 1), run], "serials")
    assert refused.value.path == ("serials",)


def test_at_most_a_thousand_runs() -> None:
    rules.check_serials([(1, 1)] * 1000)
    with pytest.raises(TooManyRanges):
        rules.check_serials([(1, 1)] * 1001)


def test_nothing_is_produced_backwards() -> None:
    day = date(2025, 3, 1)
    rules.check_batch(BatchSpec(produced_from=day, produced_to=day))
    rules.check_batch(BatchSpec(produced_from=day))
    with pytest.raises(ProductionInvalid):
        rules.check_batch(BatchSpec(produced_from=day, produced_to=day - timedelta(days=1)))


def test_a_moment_without_offset_is_chinas() -> None:
    expected = datetime(2025, 12, 31, 16, tzinfo=UTC)
    assert rules.instant(datetime(2026, 1, 1)) == expected  # noqa: DTZ001 - what a client may send
    assert rules.instant(datetime(2026, 1, 1, tzinfo=timezone(timedelta(hours=8)))) == expected
    assert rules.instant(expected) == expected


def test_a_day_begins_and_ends_in_china() -> None:
    assert rules.begins(date(2026, 1, 1)) == datetime(2025, 12, 31, 16, tzinfo=UTC)
    assert rules.ends(date(2025, 12, 31)) == datetime(2025, 12, 31, 15, 59, 59, 999999, tzinfo=UTC)


def test_the_ends_of_the_calendar_are_no_fault() -> None:
    aware = (datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))
    moments = [rules.instant(each) for each in (*aware, *(one.replace(tzinfo=None) for one in aware))]
    days = [rules.begins(date.min), rules.ends(date.max)]
    assert all(1899 <= each.year <= 9001 for each in moments + days)


@pytest.mark.parametrize("value", [1.5, True, None, "1.5", "", " 1", "1" * 19, "１２", "0x10", [1]])
def test_a_large_whole_number_is_digits(value: object) -> None:
    assert (parse_whole("900719925474099301"), parse_whole(12), parse_whole("-3")) == (900719925474099301, 12, -3)
    with pytest.raises(Invalid):
        parse_whole(value)
