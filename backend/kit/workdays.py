"""Working days of China: weekdays without public holidays, and the weekends worked in exchange for them.

The State Council announces each year's holidays and make-up days in a notice of the autumn before. A year whose notice
is not in the data is never guessed: asking for one of its days is refused (`CalendarUnknown`). The days themselves are
transcribed by the library `chinesecalendar`, which is kept behind this module; `CALENDARS` names the notice of each year
that we answer for.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from backend.kit.errors import Unavailable

ONE_DAY = timedelta(days=1)
LONGEST = 1000
"""The most working days that are counted at once: about four years."""


class CalendarUnknown(Unavailable):
    """The official calendar of a year is not in the data."""

    code = "work_calendar_unknown"
    en = "The official holiday calendar of {year} is not recorded (known: {known}), so working days of it cannot be told."
    zh = "尚未收录 {year} 年的官方节假日安排（已收录：{known}），无法计算该年的工作日。"


@dataclass(frozen=True, slots=True)
class Calendar:
    """Where the calendar of a year comes from; `confidence` in the words of the reference parameters."""

    year: int
    document: str
    source: str
    confidence: str
    note: str = ""


_LIBRARY = "chinesecalendar 1.11.0, which transcribes the notice day by day"


def _calendar(year: int, number: str, confidence: str, note: str = "") -> Calendar:
    return Calendar(year, f"国务院办公厅关于{year}年部分节假日安排的通知（{number}）", _LIBRARY, confidence, note)


_SECONDARY, _MEMORY = "verified-by-lookup(secondary)", "from-memory"
_NUMBER = "the number of the notice is from memory; the days are the library's"

CALENDARS: Mapping[int, Calendar] = {
    each.year: each
    for each in (
        _calendar(
            2020, "国办发明电〔2019〕16号", _MEMORY, f"{_NUMBER}, with the Spring Festival prolonged in that year"
        ),
        _calendar(2021, "国办发明电〔2020〕27号", _SECONDARY),
        _calendar(2022, "国办发明电〔2021〕11号", _SECONDARY),
        _calendar(2023, "国办发明电〔2022〕16号", _SECONDARY),
        _calendar(2024, "国办发明电〔2023〕7号", _SECONDARY),
        _calendar(2025, "国办发明电〔2024〕12号", _SECONDARY),
        _calendar(2026, "国办发明电〔2025〕7号", _SECONDARY, "the notice's text of 2025-11-04 was read beside it"),
    )
}
"""The years we answer for, each with its notice."""


def is_workday(day: date) -> bool:
    """Tell whether people work on a day.

    Raises:
        CalendarUnknown: the year's official calendar is not in the data.
    """
    if day.year not in CALENDARS:
        raise CalendarUnknown(year=day.year, known=f"{min(CALENDARS)}-{max(CALENDARS)}")
    return _is_workday(day)


@cache
def _is_workday(day: date) -> bool:
    import chinese_calendar  # noqa: PLC0415 - loaded when first asked, so that starting stays fast

    return chinese_calendar.is_workday(day)


def add_workdays(start: date, n: int) -> date:
    """Return the n-th working day after `start`, which itself does not count (for 0, `start`).

    Raises:
        CalendarUnknown: a day on the way lies in a year without a calendar.
        ValueError: `n` is negative or more than 1,000.
    """
    if not 0 <= n <= LONGEST:
        raise ValueError(n)
    day = start
    while n:
        day += ONE_DAY
        n -= is_workday(day)
    return day


def workdays_between(a: date, b: date) -> int:
    """Return how many working days lie after `a`, up to and including `b`; 0 unless `b` is later.

    Raises:
        CalendarUnknown: a day between lies in a year without a calendar.
    """
    count, day = 0, a
    while day < b:
        day += ONE_DAY
        count += is_workday(day)
    return count
