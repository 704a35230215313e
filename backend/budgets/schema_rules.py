"""Rules of budgets that the authority sets, on the wire: proposed by one, approved by another."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

import strawberry

from backend.accounts.schema_types import After, First
from backend.budgets import queries_rules, service
from backend.budgets.schema_commands import BudgetDocumentInput
from backend.budgets.values import Paper, RuleKind, RuleState, RuleValue
from backend.kit.db import Write
from backend.wire.commands import command
from backend.wire.connections import Connection, connect, page
from backend.wire.context import Context, Info
from backend.wire.nodes import node_id, uuids

# pyright: reportGeneralTypeIssues=false, reportSelfClsParameterName=false
# ruff: noqa: A002, N805
# `command` makes static functions whose argument is called `input` on the wire.

RULE = "BudgetRule"
strawberry.enum(
    RuleKind,
    name="BudgetRuleKind",
    description="A figure no document publishes: by how much a total may be exceeded (percent), or how many tonnes a reduced "
    "replacement gives up for one.",
)
strawberry.enum(RuleState, name="BudgetRuleState", description="Where a proposed rule stands; a decision is for good.")


@strawberry.type(description="A rule of budgets as the authority proposed it; approved, it holds from its day on.")
class BudgetRule:
    """A rule as it was proposed."""

    id: strawberry.ID = strawberry.field(description="Global id, opaque.")
    kind: RuleKind = strawberry.field(description="Which figure.")
    value: Decimal | None = strawberry.field(description="The figure; null takes away what was set before.")
    document_number: str = strawberry.field(description="The number of the document it rests on.")
    document_dated: date = strawberry.field(description="Its date.")
    document_title: str = strawberry.field(description="Its title.")
    effective_on: date = strawberry.field(description="From when it holds.")
    reason: str = strawberry.field(description="Why it was proposed.")
    recorded_at: datetime = strawberry.field(description="When.")
    state: RuleState = strawberry.field(description="Where it stands.")
    decision_reason: str | None = strawberry.field(description="Why it was approved or rejected.")
    decided_at: datetime | None = strawberry.field(description="When.")


def rule_shown(given: RuleValue) -> BudgetRule:
    """Return a rule as the wire has it."""
    return BudgetRule(
        id=node_id(RULE, given.id), kind=given.kind, value=given.value, document_number=given.document_number,
        document_dated=given.document_dated, document_title=given.document_title, effective_on=given.effective_on,
        reason=given.reason, recorded_at=given.recorded_at, state=given.state, decision_reason=given.decision_reason,
        decided_at=given.decided_at,
    )  # fmt: skip


@strawberry.type
class BudgetRulesQuery:
    """Reading the rules that were proposed."""

    @strawberry.field(
        description="Rules of budgets as the authority proposed them, the newest first; those in force are told by `budgetRules`."
    )
    async def budget_rule_proposals(self, info: Info, first: First = 20, after: After = None) -> Connection[BudgetRule]:
        """List proposed rules."""
        scope, wanted = info.context.scope, page(first, after)
        scope.require("budgets:read")
        key = wanted.key(datetime.fromisoformat, UUID)
        async with info.context.read() as read:
            rows = await queries_rules.rules(
                read, scope, after=None if key is None else (key[0], key[1]), limit=wanted.fetch
            )
        return connect(rows, wanted, key=lambda row: [row.recorded_at, row.id], make=rule_shown)


@strawberry.input(description="Propose a figure no document publishes.")
class ProposeBudgetRuleInput:
    """Propose a figure."""

    kind: RuleKind = strawberry.field(description="Which figure.")
    value: Decimal | None = strawberry.field(
        default=None,
        description="Percent (0 to 100), or tonnes given up for one (1 to 10); left out: what was set is taken away.",
    )
    document: BudgetDocumentInput = strawberry.field(description="What it rests on.")
    effective_on: date = strawberry.field(description="From when it holds.")
    reason: str = strawberry.field(description="Why.")


@strawberry.input(description="Approve or reject a figure that somebody else proposed.")
class DecideBudgetRuleInput:
    """Decide on a figure."""

    rule_id: strawberry.ID = strawberry.field(description="The proposal.")
    is_approved: bool = strawberry.field(description="Whether it is approved.")
    reason: str = strawberry.field(description="Why.")


@strawberry.type(description="The rule was proposed.")
class BudgetRuleProposed:
    """The rule was proposed."""

    rule: BudgetRule = strawberry.field(description="As proposed.")


@strawberry.type(description="The rule was decided on.")
class BudgetRuleDecided:
    """The rule was decided on."""

    rule: BudgetRule = strawberry.field(description="As decided on.")


@strawberry.type
class BudgetRulesMutation:
    """Commands on rules of budgets."""

    @command("budgets:draft")
    async def propose_budget_rule(context: Context, write: Write, input: ProposeBudgetRuleInput) -> BudgetRuleProposed:
        """Propose by how much totals are elastic, or the ratio of a reduced replacement; a second person approves it."""
        given = input.document
        made = await service.propose_rule(
            write, context.scope, input.kind, input.value, document=Paper(given.number, given.dated, given.title),
            effective_on=input.effective_on, reason=input.reason,
        )  # fmt: skip
        return BudgetRuleProposed(rule=rule_shown(made))

    @command("budgets:approve")
    async def decide_budget_rule(context: Context, write: Write, input: DecideBudgetRuleInput) -> BudgetRuleDecided:
        """Approve or reject a proposed rule, once and for good; approved, it holds from its day on."""
        [rule_id, *_] = uuids(input.rule_id, RULE, path=("input", "ruleId"))
        made = await service.decide_rule(
            write, context.scope, rule_id, is_approved=input.is_approved, reason=input.reason
        )
        return BudgetRuleDecided(rule=rule_shown(made))
