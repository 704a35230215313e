"""The calendar of a compliance year: what is due when, by which document, and how a duty stands on a day.

A day that is not recorded is None: it cannot be told, and the reader is told so.
"""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from backend.quotas.rules.figures import Book, day, find, number, unreadable, year_end
from backend.quotas.rules.terms import Figure, Sector

FAMILY = "ets.duty"
MONTHS = 12
WARNINGS = (1, 7, 30)
"""Days before a due day at which people are warned."""


class DutyKind(StrEnum):
    """What has to be done."""

    MONTHLY_FILING = "monthly_filing"
    QUALITY_PLAN = "quality_plan"
    ANNUAL_REPORT = "annual_report"
    VERIFICATION = "verification"
    ALLOCATION = "allocation"
    SURRENDER = "surrender"


OFFICIAL = frozenset({DutyKind.VERIFICATION, DutyKind.ALLOCATION})
"""What the authority does to the holder: neither recorded by the holder nor held against it."""

DUTY_NAMES = {
    DutyKind.MONTHLY_FILING: ("月度数据存证", "monthly data filing"),
    DutyKind.QUALITY_PLAN: ("数据质量控制方案", "data quality control plan"),
    DutyKind.ANNUAL_REPORT: ("年度排放报告", "annual emission report"),
    DutyKind.VERIFICATION: ("核查", "verification"),
    DutyKind.ALLOCATION: ("配额发放", "allocation"),
    DutyKind.SURRENDER: ("配额清缴", "surrender"),
}


class DutyState(StrEnum):
    """How a duty stands. `UNKNOWN`: not done, and its day is not recorded."""

    OPEN = "open"
    DONE = "done"
    DONE_LATE = "done_late"
    LATE = "late"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Duty:
    """A duty of a compliance year, `month` for the monthly ones; `due` None where the day is not recorded."""

    kind: DutyKind
    year: int
    month: int | None
    due: date | None
    zh: str
    en: str
    figure: Figure | None


def duties(book: Book, year: int, sector: Sector) -> tuple[Duty, ...]:
    """Return the duties of a compliance year, months first.

    Raises:
        QuotaRuleUnknown: no year of the market.
        QuotaRuleUnreadable: a recorded day is none.
    """
    on = year_end(year)
    filing = find(book, FAMILY, "monthly_filing", on)
    report = find(book, FAMILY, "annual_report", on)
    verification = find(book, FAMILY, f"verification/{sector.value}", on)
    allocation, surrender = find(book, FAMILY, "allocation", on), find(book, FAMILY, "surrender", on)
    return (
        *(_duty(DutyKind.MONTHLY_FILING, year, month, _filed(filing, year, month), filing) for month in _months()),
        _duty(DutyKind.QUALITY_PLAN, year, None, None, find(book, FAMILY, "quality_plan", on)),
        _duty(DutyKind.ANNUAL_REPORT, year, None, _next_year(report, year), report),
        _duty(DutyKind.VERIFICATION, year, None, _next_year(verification, year), verification),
        _duty(DutyKind.ALLOCATION, year, None, day(allocation) if allocation else None, allocation),
        _duty(DutyKind.SURRENDER, year, None, day(surrender) if surrender else None, surrender),
    )


def _months() -> range:
    return range(1, MONTHS + 1)


def _filed(figure: Figure | None, year: int, month: int) -> date | None:
    if figure is None:
        return None
    return date(year, month, monthrange(year, month)[1]) + timedelta(days=int(number(figure)))


def _next_year(figure: Figure | None, year: int) -> date | None:
    """Return the day `MM-DD` of the following year."""
    if figure is None:
        return None
    match = re.fullmatch(r"(\d{2})-(\d{2})", figure.text or "")
    try:
        return date(year + 1, int(match[1]), int(match[2])) if match else day(figure)
    except ValueError:
        raise unreadable(figure) from None


def _duty(kind: DutyKind, year: int, month: int | None, due: date | None, figure: Figure | None) -> Duty:
    zh, en = DUTY_NAMES[kind]
    when_zh = f"{year} 年 {month} 月" if month else f"{year} " if zh.startswith("年度") else f"{year} 年度"
    when_en = f"{year}-{month:02d}" if month else str(year)
    end_zh = f"，{due} 前完成" if due else "，截止日期未收录，请以主管部门通知为准"
    end_en = f", due {due}" if due else ", the day is not recorded: follow the authority's notice"
    return Duty(kind, year, month, due, f"{when_zh}{zh}{end_zh}", f"{en} of {when_en}{end_en}", figure)


def earliest(kind: DutyKind, year: int, month: int | None) -> date:
    """Return the first day a duty can have been done: what is filed, reported, verified or settled is over by then."""
    if kind is DutyKind.MONTHLY_FILING and month:
        return date(year, month, monthrange(year, month)[1]) + timedelta(days=1)
    if kind in {DutyKind.ANNUAL_REPORT, DutyKind.VERIFICATION, DutyKind.SURRENDER}:
        return date(year + 1, 1, 1)
    # The plan is made, and allowances are pre-allocated, in the year itself or before.
    return date(year - 1 if kind is DutyKind.QUALITY_PLAN else year, 1, 1)


def duty_state(due: date | None, done_on: date | None, today: date) -> DutyState:
    """Tell how a duty stands; its due day itself is in time."""
    if done_on is not None:
        return DutyState.DONE if due is None or done_on <= due else DutyState.DONE_LATE
    if due is None:
        return DutyState.UNKNOWN
    return DutyState.OPEN if today <= due else DutyState.LATE


def warning_days(due: date | None, today: date) -> int | None:
    """Return the narrowest warning that holds (1, 7 or 30 days before), None when it is earlier or past."""
    if due is None:
        return None
    left = (due - today).days
    return next((days for days in WARNINGS if 0 <= left <= days), None)
