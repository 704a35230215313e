"""Cases of carbon budgets."""

from isolation_kinds import WHY, Case, command, open_, tenant

PAPER = {"number": "试1号", "dated": "2026-01-01", "title": WHY}
RULE = "QnVkZ2V0UnVsZTowMDAwMDAwMC0wMDAwLTAwMDAtMDAwMC0wMDAwMDAwMDAwMDE"
"""The global id of a rule that is nobody's."""
LINE = {"firstYear": 2020, "divisionCode": "320206", "tonnes": "1"}
SHARED = {"divisionCode": "320206", "firstYear": 2020, "total": "1", "method": "MANUAL", "onto": "KEY_UNITS"}

BUDGETS: dict[str, Case] = {
    "budgets": open_(year=2020, first=100),
    "budgetPlans": open_(first=5),
    "budgetPlan": open_(id="$budget_plan"),
    "budgetEntries": open_(budgetId="$carbon_budget", first=100),
    "budgetProjections": open_(budgetId="$carbon_budget", first=5),
    "keepBudgetProjections": tenant(year=2020, divisionCode="320206"),
    "budgetRules": open_(),
    "budgetRuleProposals": open_(first=5),
    "proposeBudgetRule": tenant(
        kind="ELASTIC_PERCENT", value="1", document=PAPER, effectiveOn="2026-01-01", reason=WHY
    ),
    "decideBudgetRule": command(ruleId=RULE, isApproved=True, reason=WHY),
    "budgetReservations": open_(first=100),
    "budgetDecomposition": open_(input={**SHARED, "parts": [{"accountId": "$account", "tonnes": "1"}]}),
    "budgetWhatIf": open_(input={"divisionCode": "320206", "year": 2020}),
    "draftBudgetPlan": tenant(name=WHY, document=PAPER, effectiveOn="2026-01-01", lines=[LINE], reason=WHY),
    "reviseBudgetPlan": command(planId="$budget_plan", lines=[LINE], reason=WHY),
    "decideBudgetPlan": command(planId="$budget_plan", revision=1, isApproved=True, reason=WHY),
    "adjustBudget": command(budgetId="$carbon_budget", tonnes="1", reason=WHY, document=PAPER),
    "transferBudget": tenant(
        fromDivision="320206", toDivision="320205", lines=[{"year": 2020, "tonnes": "1"}], reason=WHY, document=PAPER
    ),
}
