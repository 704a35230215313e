"""What the rest of the house may ask of regions."""

from backend.regions.activity.queries import activity
from backend.regions.rollups.queries import account_months, months, standings, years
from backend.regions.rollups.rolling import check, rebuild, roll, waits

__all__ = [
    "account_months",
    "activity",
    "check",
    "months",
    "rebuild",
    "roll",
    "standings",
    "waits",
    "years",
]
