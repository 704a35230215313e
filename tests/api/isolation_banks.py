"""Cases of a bank's own loans and terms, and of what it asks of accounts: a bank without consent is told nothing."""

from isolation_kinds import WHY, Case, command, open_, own

LOAN = {
    "reference": "外-1", "creditCode": "91320200MA00000000", "kind": "OTHER", "openedOn": "2025-01-02",
    "asOf": "2025-01-03", "outstanding": "1",
}  # fmt: skip
BANKS: dict[str, Case] = {
    "borrowerScore": open_(borrowerKey="$account"),
    "borrowerScores": open_(first=5),
    "consentReads": open_(accountId="$account"),
    "issuedCredentials": open_(accountId="$account"),
    "webhookEndpoints": open_(first=5),
    "webhookDeliveries": open_(endpointId="$webhook_endpoint", first=5),
    "createWebhookEndpoint": own(url="https://bank.example/hook", events=["SCORE_CHANGED"]),
    "rotateWebhookSecret": command(id="$webhook_endpoint"),
    "enableWebhookEndpoint": command(id="$webhook_endpoint"),
    "disableWebhookEndpoint": command(id="$webhook_endpoint"),
    "removeWebhookEndpoint": command(id="$webhook_endpoint"),
    "redeliverWebhooks": command(endpointId="$webhook_endpoint"),
    "scoreChanges": open_(),
    "loanFiles": open_(accountId="$account"),
    "requestLoanFile": command(accountId="$account", purpose="贷款"),
    "loans": open_(first=100),
    "loanTerms": open_(first=100),
    "loanPortfolio": open_(first=100),
    "loanPortfolioSummary": open_(),
    "pledgeableHoldings": open_(accountId="$account"),
    "pledgeRequests": open_(first=100, accountId="$account"),
    "requestPledge": command(
        accountId="$account", units={"unitClass": "CCER", "quantity": "1"}, reference="外-1", purpose=WHY
    ),
    "answerPledgeRequest": command(id="$pledge_request", isAccepted=True),
    "withdrawPledgeRequest": command(id="$pledge_request", reason=WHY),
    "recordLoans": own(loans=[LOAN]),
    "recordLoanTerms": own(modelCode="walk", validFrom="$today", note=WHY, grades=[{"grade": "A", "limitCny": "1"}]),
}
