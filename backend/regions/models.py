"""Tables of regions, all of them."""

from backend.regions.activity.models import RegionActivity
from backend.regions.rollups.models import (
    RegionAccount,
    RegionAccountMonth,
    RegionChange,
    RegionMonth,
    RegionStanding,
    RegionYear,
)

__all__ = [
    "RegionAccount",
    "RegionAccountMonth",
    "RegionActivity",
    "RegionChange",
    "RegionMonth",
    "RegionStanding",
    "RegionYear",
]
