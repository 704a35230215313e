"""What the rest of the house may ask of budgets."""

from backend.budgets.queries import entries, line, postings_of, reservation_years, reservations
from backend.budgets.rules.decomposing import (
    FORMULAS,
    Part,
    Share,
    averaged,
    basis,
    benchmarked,
    decompose,
    manual,
    producing,
)
from backend.budgets.service.deciding import decide
from backend.budgets.service.decomposing import Asked, Given, Onto, decomposed
from backend.budgets.service.drafting import draft, plan, revise
from backend.budgets.service.holding import post, release, reserve
from backend.budgets.service.keeping import keep_projections, projections
from backend.budgets.service.moving import adjust, transfer
from backend.budgets.service.positions import of_lines, positions, unit_positions, unit_totals
from backend.budgets.service.viewing import BudgetView, budget_rules, of_units, path_of, tree, what_if

__all__ = [
    "FORMULAS",
    "Asked",
    "BudgetView",
    "Given",
    "Onto",
    "Part",
    "Share",
    "adjust",
    "averaged",
    "basis",
    "benchmarked",
    "budget_rules",
    "decide",
    "decompose",
    "decomposed",
    "draft",
    "entries",
    "keep_projections",
    "line",
    "manual",
    "of_lines",
    "of_units",
    "path_of",
    "plan",
    "positions",
    "post",
    "postings_of",
    "producing",
    "projections",
    "release",
    "reservation_years",
    "reservations",
    "reserve",
    "revise",
    "transfer",
    "tree",
    "unit_positions",
    "unit_totals",
    "what_if",
]
