"""Draft a plan, change a draft: every edit is kept."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

from sqlalchemy import insert

from backend.accounts import service as accounts
from backend.budgets import queries_plans as queries
from backend.budgets.errors import BudgetDecided, BudgetPlanNotFound
from backend.budgets.models import BudgetPlan, BudgetPlanRevision
from backend.budgets.rules import checking, drafting
from backend.budgets.service.common import of_authority, structure, whole
from backend.budgets.values import ALL_SECTORS, DraftLine, Paper, PlanState, PlanValue
from backend.kit.clock import now, today
from backend.kit.db import Read, Write
from backend.kit.ids import new_id
from backend.kit.scope import Kind, Scope
from backend.tenants import service as tenants


async def draft(
    write: Write,
    scope: Scope,
    *,
    name: str,
    document: Paper,
    effective_on: date,
    lines: Sequence[DraftLine],
    reason: str,
) -> PlanValue:
    """Draft a plan of the caller's division: of itself, what lies below it, and key units.

    Raises:
        Unauthenticated, Forbidden: without `budgets:draft`.
        BudgetOfAuthorities: not an authority.
        BudgetTextInvalid, BudgetDocumentInvalid: what the plan is called and rests on.
        BudgetDraftInvalid, BudgetTonnesInvalid, BudgetYearInvalid: a line that cannot be a budget.
    """
    of_authority(scope, "budgets:draft")
    called = checking.text("name", name, most=checking.LONGEST_NAME)
    paper, why = checking.paper(document, today()), checking.text("reason", reason)
    path = scope.region if scope.kind is Kind.AUTHORITY else await whole(write, scope)
    kept = await _checked(write, scope, path, lines)
    plan_id, at = new_id(), now()
    await write.run(
        insert(BudgetPlan).values(
            id=plan_id, name=called, division_code=path.rstrip("/").rsplit("/", 1)[-1], division_path=path,
            document_number=paper.number, document_dated=paper.dated, document_title=paper.title,
            effective_on=effective_on, created_at=at, created_by=scope.actor_id,
        )
    )  # fmt: skip
    await _revise(write, scope, plan_id, 1, kept, why)
    write.audit("budgets:draft", object_type="BudgetPlan", object_id=plan_id, lines=len(kept), document=paper.number)
    return await held(write, scope, plan_id)


async def revise(
    write: Write, scope: Scope, plan_id: UUID, *, lines: Sequence[DraftLine], reason: str
) -> PlanValue:  # fmt: skip
    """Replace the lines of a draft; what it said before stays on record.

    Raises:
        Unauthenticated, Forbidden: without `budgets:draft`.
        BudgetOfAuthorities: not an authority.
        BudgetTextInvalid: the reason.
        BudgetPlanNotFound: not there, or not visible.
        BudgetDecided: approved or rejected before.
        BudgetDraftInvalid, BudgetTonnesInvalid, BudgetYearInvalid: a line that cannot be a budget.
    """
    of_authority(scope, "budgets:draft")
    why = checking.text("reason", reason)
    await structure(write)
    draft_ = await undecided(write, scope, plan_id)
    kept = await _checked(write, scope, draft_.division_path, lines)
    await _revise(write, scope, plan_id, draft_.revision + 1, kept, why)
    write.audit("budgets:revise", object_type="BudgetPlan", object_id=plan_id, lines=len(kept), reason=why)
    return await held(write, scope, plan_id)


async def held(read: Read, scope: Scope, plan_id: UUID) -> PlanValue:
    """Return a plan with its newest lines.

    Raises:
        BudgetPlanNotFound: not there, or not visible.
    """
    found = await queries.plan(read, scope, plan_id)
    if found is None:
        raise BudgetPlanNotFound
    return found


async def plan(read: Read, scope: Scope, plan_id: UUID) -> PlanValue:
    """Return a plan with its newest lines.

    Raises:
        Unauthenticated, Forbidden: without `budgets:read`.
        BudgetPlanNotFound: not there, or not visible.
    """
    scope.require("budgets:read")
    return await held(read, scope, plan_id)


async def undecided(read: Read, scope: Scope, plan_id: UUID) -> PlanValue:
    """Return a draft.

    Raises:
        BudgetPlanNotFound: not there, or not visible.
        BudgetDecided: approved or rejected before.
    """
    found = await held(read, scope, plan_id)
    if found.state is not PlanState.DRAFT:
        is_approved = found.state is PlanState.APPROVED
        raise BudgetDecided(state=found.state.value, state_zh="已批准" if is_approved else "已驳回")
    return found


async def _revise(
    write: Write, scope: Scope, plan_id: UUID, revision: int, lines: Sequence[DraftLine], reason: str
) -> None:  # fmt: skip
    rows = drafting.stored(lines)
    await write.run(
        insert(BudgetPlanRevision).values(
            plan_id=plan_id, revision=revision, lines=rows, sha256=drafting.sha256(rows), reason=reason,
            recorded_at=now(), recorded_by=scope.actor_id,
        )
    )  # fmt: skip


async def _checked(read: Read, scope: Scope, path: str, lines: Sequence[DraftLine]) -> list[DraftLine]:
    """Return the lines, those of key units with the division of their account.

    Raises:
        BudgetDraftInvalid, BudgetTonnesInvalid, BudgetYearInvalid: a line that cannot be a budget.
    """
    pack = await tenants.pack_in_force(read, scope)
    within = {each.code for each in await tenants.divisions(read, scope, path)}
    units = list(dict.fromkeys(each.account_id for each in lines if each.account_id is not None))
    found = {each.id: each for each in await accounts.accounts_by_id(read, scope, units) if each} if units else {}
    kept: list[DraftLine] = []
    for row, line in enumerate(lines, 1):
        if line.account_id is not None:
            account = found.get(line.account_id)
            if account is None or not account.division_path.startswith(path):
                drafting.wrong(row, "names an account you do not see", "所列账户不存在或不在您的辖区内")
            kept.append(replace(line, division_code=account.division_code))
        else:
            kept.append(line)
        if kept[-1].division_code not in within:
            drafting.wrong(row, "names a division that is not within yours", "所列区划不在您的辖区内")
        if line.sector != ALL_SECTORS and pack.sector(line.sector) is None:
            drafting.wrong(row, "names a sector this jurisdiction does not have", "所列行业不在本地区行业目录内")
    drafting.check(kept)
    return kept
