"""Time in one place: aware UTC instants, and the calendar of the jurisdictions (China has one zone)."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

CHINA = ZoneInfo("Asia/Shanghai")


def now() -> datetime:
    """Return the present instant, UTC and aware."""
    return datetime.now(UTC)


def today() -> date:
    """Return today's date as the jurisdictions write it."""
    return datetime.now(CHINA).date()
