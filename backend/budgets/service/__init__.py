"""What the rest of the house may ask of budgets."""

from backend.budgets.queries import entries, line, postings_of, reservation_years, reservations
from backend.budgets.service.deciding import decide
from backend.budgets.service.decomposing import Asked, Given, Onto, decomposed
from backend.budgets.service.drafting import draft, revise
from backend.budgets.service.holding import post, release, reserve
from backend.budgets.service.moving import adjust, transfer
from backend.budgets.service.positions import of_lines, positions, unit_positions

__all__ = [
    "Asked",
    "Given",
    "Onto",
    "adjust",
    "decide",
    "decomposed",
    "draft",
    "entries",
    "line",
    "of_lines",
    "positions",
    "post",
    "postings_of",
    "release",
    "reservation_years",
    "reservations",
    "reserve",
    "revise",
    "transfer",
    "unit_positions",
]
