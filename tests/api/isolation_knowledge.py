"""Cases of the library and of requests for factors: the library is everybody's, internal entries and requests are not."""

from isolation_kinds import WHY, Case, command, open_, tenant

KNOWLEDGE: dict[str, Case] = {
    "knowledgeSearch": open_(search="内部培训", first=100),
    "knowledgeEntries": open_(filter={"kinds": ["TRAINING"]}, first=10),
    "knowledgeExplains": open_(key="budgets"),
    "knowledgeLinks": open_(),
    "recordKnowledgeEntry": tenant(
        kind="TRAINING", titleZh="冒名资料", source=WHY, divisionCode="320206", isInternal=True
    ),
    "importKnowledgeEntries": tenant(content="5bqU6KKr5ouS57ud", divisionCode="320206"),
    "recordKnowledgeText": command(id="$internal_entry", text="1 冒名", style="STANDARD", basis=WHY),
    "knowledgeCompletions": open_(entryId="$internal_entry", first=100),
    "completeKnowledgeTraining": command(id="$internal_entry"),
    "withdrawKnowledgeEntry": command(id="$internal_entry", reason=WHY),
    "factorRequests": open_(first=5),
    "requestFactor": command(accountId="$account", wanted="冒名因子"),
    "answerFactorRequest": command(requestId="$factor_request", refusal=WHY),
    "withdrawFactorRequest": command(requestId="$factor_request", reason=WHY),
}
