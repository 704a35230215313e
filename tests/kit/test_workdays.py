"""Working days: Spring Festivals, weekends worked in exchange, years nobody has announced."""

from datetime import date, timedelta

import pytest

from backend.kit.workdays import CALENDARS, CalendarUnknown, add_workdays, is_workday, workdays_between

D = date


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (D(2026, 1, 2), False),  # Friday between New Year's Day and the weekend, off
        (D(2026, 1, 4), True),  # the Sunday worked for it
        (D(2026, 2, 14), True),  # Saturday before the Spring Festival, worked
        (D(2026, 2, 15), False),
        (D(2026, 2, 23), False),  # Monday, last day of the Spring Festival
        (D(2026, 2, 24), True),
        (D(2026, 2, 28), True),  # Saturday after, worked
        (D(2026, 4, 6), False),
        (D(2026, 5, 9), True),
        (D(2026, 9, 20), True),  # Sunday, worked for the National Day
        (D(2026, 9, 25), False),
        (D(2026, 10, 7), False),
        (D(2026, 10, 10), True),
        (D(2026, 11, 21), False),  # an ordinary Saturday
        (D(2025, 1, 26), True),
        (D(2025, 1, 28), False),
        (D(2025, 2, 8), True),
    ],
)
def test_days_are_as_the_notices_say(day: date, expected: object) -> None:
    assert is_workday(day) is expected


def test_twenty_working_days_over_the_spring_festival() -> None:
    # After 2 February: ten days up to the worked Saturday the 14th, the festival, five up to the worked Saturday the
    # 28th, and the week of 2 to 6 March.
    assert add_workdays(D(2026, 2, 2), 20) == D(2026, 3, 6)
    assert workdays_between(D(2026, 2, 2), D(2026, 3, 6)) == 20
    assert workdays_between(D(2026, 2, 2), D(2026, 3, 5)) == 19


def test_the_first_day_does_not_count() -> None:
    assert add_workdays(D(2026, 3, 2), 1) == D(2026, 3, 3)
    assert add_workdays(D(2026, 3, 2), 0) == D(2026, 3, 2)
    assert add_workdays(D(2026, 9, 18), 1) == D(2026, 9, 20)
    assert workdays_between(D(2026, 3, 2), D(2026, 3, 2)) == 0
    assert workdays_between(D(2026, 3, 3), D(2026, 3, 2)) == 0


def test_counting_back_agrees_on_every_day_of_a_year() -> None:
    day = D(2025, 1, 1)
    while day < D(2026, 1, 1):
        assert workdays_between(day, add_workdays(day, 20)) == 20
        assert is_workday(add_workdays(day, 15))
        day += timedelta(days=1)


def test_a_year_without_a_calendar_is_not_guessed() -> None:
    after = max(CALENDARS) + 1
    with pytest.raises(CalendarUnknown) as refused:
        is_workday(D(after, 3, 1))
    assert refused.value.details["year"] == after
    with pytest.raises(CalendarUnknown):
        add_workdays(D(after - 1, 12, 20), 20)
    with pytest.raises(CalendarUnknown):
        is_workday(D(min(CALENDARS) - 1, 12, 31))
    with pytest.raises(CalendarUnknown):
        workdays_between(D(after - 1, 12, 30), D(after, 1, 5))


def test_counts_are_bounded() -> None:
    for wrong in (-1, 1001):
        with pytest.raises(ValueError, match=str(wrong)):
            add_workdays(D(2026, 1, 5), wrong)


def test_every_year_names_its_notice() -> None:
    assert sorted(CALENDARS) == list(range(2020, 2027))
    for year, calendar in CALENDARS.items():
        assert calendar.year == year
        assert f"关于{year}年部分节假日安排的通知" in calendar.document
        assert calendar.confidence in {"verified-by-lookup(secondary)", "from-memory"}
        assert calendar.source
