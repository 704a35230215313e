"""What the rest of the house may ask of budgets."""

from backend.budgets.queries import entries, line, postings_of, reservation_years, reservations
from backend.budgets.rules.counting import Counted, of_accounts, of_divisions
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
from backend.budgets.service.holding import lock_for, post, release, reserve
from backend.budgets.service.keeping import keep_projections, projections
from backend.budgets.service.moving import adjust, transfer
from backend.budgets.service.positions import of_lines, positions, unit_positions, unit_totals
from backend.budgets.service.ruling import budget_rules, decide_rule, propose_rule
from backend.budgets.service.viewing import BudgetView, of_units, path_of, tree, what_if

__all__ = [
    "FORMULAS",
    "Asked",
    "BudgetView",
    "Counted",
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
    "decide_rule",
    "decompose",
    "decomposed",
    "draft",
    "entries",
    "keep_projections",
    "line",
    "lock_for",
    "manual",
    "of_accounts",
    "of_divisions",
    "of_lines",
    "of_units",
    "path_of",
    "plan",
    "positions",
    "post",
    "postings_of",
    "producing",
    "projections",
    "propose_rule",
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
