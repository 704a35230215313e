"""Cases of a bank's own loans and terms, and of what it asks of accounts: a bank without consent is told nothing."""

from isolation_kinds import WHY, Case, open_, own

LOAN = {
    "reference": "外-1", "creditCode": "91320200MA00000000", "kind": "OTHER", "openedOn": "2025-01-02",
    "asOf": "2025-01-03", "outstanding": "1",
}  # fmt: skip
BANKS: dict[str, Case] = {
    "loans": open_(first=100),
    "loanTerms": open_(first=100),
    "loanPortfolio": open_(first=100),
    "loanPortfolioSummary": open_(),
    "pledgeableHoldings": open_(accountId="$account"),
    "recordLoans": own(loans=[LOAN]),
    "recordLoanTerms": own(modelCode="walk", validFrom="$today", note=WHY, grades=[{"grade": "A", "limitCny": "1"}]),
}
