"""What the rest of the house may ask of budgets."""

from backend.budgets.queries import entries, line, postings_of, reservation_years, reservations
from backend.budgets.service.deciding import decide
from backend.budgets.service.decomposing import Asked, Given, Onto, decomposed
from backend.budgets.service.drafting import draft, plan, revise
from backend.budgets.service.holding import post, release, reserve
from backend.budgets.service.moving import adjust, transfer
from backend.budgets.service.positions import of_lines, positions, unit_positions
from backend.budgets.service.viewing import BudgetView, of_units, path_of, tree, what_if

__all__ = [
    "Asked",
    "BudgetView",
    "Given",
    "Onto",
    "adjust",
    "decide",
    "decomposed",
    "draft",
    "entries",
    "line",
    "of_lines",
    "of_units",
    "path_of",
    "plan",
    "positions",
    "post",
    "postings_of",
    "release",
    "reservation_years",
    "reservations",
    "reserve",
    "revise",
    "transfer",
    "tree",
    "unit_positions",
    "what_if",
]
