"""Tables of regions, all of them."""

from backend.regions.balances.models import RegionBalance, RegionBalanceCell, RegionBalanceDecision
from backend.regions.figures.models import RegionFigure
from backend.regions.opendata.models import RegionOpenYear
from backend.regions.rollups.models import (
    RegionAccount,
    RegionAccountMonth,
    RegionChange,
    RegionMonth,
    RegionStamp,
    RegionStanding,
    RegionYear,
)

__all__ = [
    "RegionAccount",
    "RegionAccountMonth",
    "RegionBalance",
    "RegionBalanceCell",
    "RegionBalanceDecision",
    "RegionChange",
    "RegionFigure",
    "RegionMonth",
    "RegionOpenYear",
    "RegionStamp",
    "RegionStanding",
    "RegionYear",
]
