"""The figures no document publishes: by how much totals are elastic, the ratio of a reduced replacement.

An officer of the whole jurisdiction's authority proposes one with the document it rests on, another person approves it.
What the pack says stands until then.
"""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import insert, text

from backend.budgets import queries_rules
from backend.budgets.errors import (
    BudgetDecided,
    BudgetRuleInvalid,
    BudgetRuleNotFound,
    BudgetRuleOfTheWhole,
    BudgetSecondPerson,
)
from backend.budgets.models import BudgetRule, BudgetRuleDecision
from backend.budgets.rules import checking
from backend.budgets.service.common import is_whole, of_authority
from backend.budgets.values import Paper, RuleKind, RuleValue
from backend.kit.clock import now, today
from backend.kit.db import Read, Write
from backend.kit.ids import new_id
from backend.kit.scope import Kind, Scope
from backend.tenants import service as tenants
from backend.tenants.values import BudgetRules

LEAST = {RuleKind.ELASTIC_PERCENT: Decimal(0), RuleKind.REPLACEMENT_RATIO: Decimal(1)}
MOST = {RuleKind.ELASTIC_PERCENT: Decimal(100), RuleKind.REPLACEMENT_RATIO: Decimal(10)}
# Two people who decide at once wait for each other; the second then finds the first one's decision.
_LOCK = text("select pg_advisory_xact_lock(hashtextextended(:name, 320244))")


async def budget_rules(read: Read, scope: Scope) -> BudgetRules:
    """Return the jurisdiction's rules: which target binds, who has budgets, what is elastic, the ratio of replacement.

    The pack's, with the figures the authority has set since.

    Raises:
        Unauthenticated, Forbidden: without `budgets:read`.
    """
    scope.require("budgets:read")
    rules = (await tenants.pack_in_force(read, scope)).budget
    known = await queries_rules.rules_in_force(read, scope, today())
    return rules.model_copy(update={kind.value: each.value for kind, each in known.items()})


async def propose_rule(
    write: Write,
    scope: Scope,
    kind: RuleKind,
    value: Decimal | None,
    *,
    document: Paper,
    effective_on: date,
    reason: str,
) -> RuleValue:
    """Propose a figure, or (without one) that it be taken away; it counts once another person approves it.

    Raises:
        Unauthenticated, Forbidden: without `budgets:draft`.
        BudgetOfAuthorities: not an authority.
        BudgetRuleOfTheWhole: not the whole jurisdiction's.
        BudgetRuleInvalid: a figure that cannot be.
        BudgetTextInvalid, BudgetDocumentInvalid: the reason, the document.
    """
    of_authority(scope, "budgets:draft")
    if not await is_whole(write, scope):
        raise BudgetRuleOfTheWhole
    if value is not None and not (LEAST[kind] <= value <= MOST[kind] and value == round(value, checking.PLACES)):
        span = f"{LEAST[kind]}", f"{MOST[kind]}"
        raise BudgetRuleInvalid(
            value=value, wanted_en=f"{span[0]} to {span[1]}", wanted_zh=f" {span[0]} 至 {span[1]} 之间的数",
            places=checking.PLACES, path=("input", "value"),
        )  # fmt: skip
    why, paper = checking.text("reason", reason), checking.paper(document, today())
    rule = RuleValue(
        id=new_id(), kind=kind, value=value, document_number=paper.number, document_dated=paper.dated,
        document_title=paper.title, effective_on=effective_on, reason=why, recorded_at=now(),
        recorded_by=scope.actor_id,
    )  # fmt: skip
    await write.run(
        insert(BudgetRule).values(
            id=rule.id, kind=kind.value, value=value, document_number=paper.number, document_dated=paper.dated,
            document_title=paper.title, effective_on=effective_on, reason=why, recorded_at=rule.recorded_at,
            recorded_by=scope.actor_id,
        )
    )  # fmt: skip
    write.audit(
        "budgets:propose_rule", object_type="BudgetRule", object_id=rule.id, kind=kind.value, value=str(value),
        document=paper.number,
    )  # fmt: skip
    return rule


async def decide_rule(write: Write, scope: Scope, rule_id: UUID, *, is_approved: bool, reason: str) -> RuleValue:
    """Approve or reject a proposed figure, once and for good.

    Raises:
        Unauthenticated, Forbidden: without `budgets:approve`.
        BudgetOfAuthorities: not an authority.
        BudgetRuleOfTheWhole: not the whole jurisdiction's.
        BudgetTextInvalid: the reason.
        BudgetRuleNotFound: there is none.
        BudgetSecondPerson: the caller proposed it.
        BudgetDecided: approved or rejected before.
    """
    of_authority(scope, "budgets:approve")
    if not await is_whole(write, scope):
        raise BudgetRuleOfTheWhole
    why = checking.text("reason", reason)
    await write.value(_LOCK, {"name": str(rule_id)})
    found = await queries_rules.rule(write, scope, rule_id)
    if found is None:
        raise BudgetRuleNotFound
    if scope.kind is not Kind.SYSTEM and scope.actor_id == found.recorded_by:
        raise BudgetSecondPerson
    if found.is_approved is not None:
        raise BudgetDecided(state=found.state.value, state_zh="已批准" if found.is_approved else "已驳回")
    at = now()
    await write.run(
        insert(BudgetRuleDecision).values(
            rule_id=rule_id, is_approved=is_approved, reason=why, decided_at=at, decided_by=scope.actor_id
        )
    )
    write.audit(
        "budgets:approve_rule" if is_approved else "budgets:reject_rule", object_type="BudgetRule", object_id=rule_id,
        kind=found.kind.value, value=str(found.value), reason=why,
    )  # fmt: skip
    return replace(found, is_approved=is_approved, decision_reason=why, decided_at=at, decided_by=scope.actor_id)
