"""What the rest of the house may ask of budgets."""

from backend.budgets.service.deciding import decide
from backend.budgets.service.drafting import draft, revise
from backend.budgets.service.holding import post, release, reserve
from backend.budgets.service.moving import adjust, transfer
from backend.budgets.service.positions import positions, unit_positions

__all__ = [
    "adjust",
    "decide",
    "draft",
    "positions",
    "post",
    "release",
    "reserve",
    "revise",
    "transfer",
    "unit_positions",
]
