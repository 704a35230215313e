"""Months: the time step of activity data, written YYYY-MM."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Self

from backend.kit.errors import Invalid

_FIRST_YEAR, _LAST_YEAR, _MONTHS = 1900, 2199, 12

_STRICT = re.compile(r"(\d{4})-(\d{2})")
_LENIENT = re.compile(r"(\d{4})\s*(?:[-/.年]\s*(\d{1,2})\s*月?|(\d{2}))")


class InvalidMonth(Invalid):
    """Not a month of a year between 1900 and 2199."""

    code = "invalid_month"
    en = "'{text}' is not a month. Write it as YYYY-MM, for example 2025-03."
    zh = "“{text}”不是有效的月份，请按 YYYY-MM 填写，例如 2025-03。"


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A calendar month. Ordered, hashable, stored as its first day."""

    year: int
    month: int

    def __post_init__(self) -> None:
        if not (_FIRST_YEAR <= self.year <= _LAST_YEAR and 1 <= self.month <= _MONTHS):
            raise InvalidMonth(text=f"{self.year}-{self.month}")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read YYYY-MM, nothing else. Raises InvalidMonth."""
        match = _STRICT.fullmatch(text)
        if match is None:
            raise InvalidMonth(text=text)
        return cls._made(text, match[1], match[2])

    @classmethod
    def read(cls, text: str) -> Self:
        """Read what people write in a cell: 2025-03, 2025/3, 2025.3, 202503, 2025年3月. Raises InvalidMonth."""
        match = _LENIENT.fullmatch(text.strip())
        if match is None:
            raise InvalidMonth(text=text)
        return cls._made(text, match[1], match[2] or match[3])

    @classmethod
    def _made(cls, text: str, year: str, month: str) -> Self:
        try:
            return cls(int(year), int(month))
        except InvalidMonth:
            raise InvalidMonth(text=text) from None

    @classmethod
    def of(cls, day: date) -> Self:
        """Return the month a day lies in."""
        return cls(day.year, day.month)

    @property
    def first_day(self) -> date:
        """The month's first day: how a month is stored."""
        return date(self.year, self.month, 1)

    @property
    def last_day(self) -> date:
        """The month's last day."""
        return self.plus(1).first_day - timedelta(days=1)

    def plus(self, months: int) -> "Month":
        """Return the month so many months later (earlier when negative)."""
        count = self.year * 12 + self.month - 1 + months
        return Month(count // 12, count % 12 + 1)

    def until(self, other: "Month") -> int:
        """Return how many months later the other one is."""
        return (other.year - self.year) * 12 + other.month - self.month

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"


def month_range(first: Month, last: Month) -> Iterator[Month]:
    """Give every month from first to last, both included; none when last is before first."""
    for step in range(first.until(last) + 1):
        yield first.plus(step)


def months_of(year: int) -> tuple[Month, ...]:
    """Return the twelve months of a year."""
    return tuple(Month(year, number) for number in range(1, 13))
