"""Draft a plan by which targets are handed down, change a draft: every edit is kept."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

from sqlalchemy import insert

from backend.accounts import service as accounts
from backend.kit.clock import now, today
from backend.kit.db import Read, Write
from backend.kit.ids import new_id
from backend.kit.scope import Scope
from backend.targets import queries_plans as queries
from backend.targets.errors import TargetPlanDecided, TargetPlanNotFound
from backend.targets.models import TargetPlan, TargetPlanRevision
from backend.targets.rules import checking
from backend.targets.rules import lines as rules
from backend.targets.service.common import code_of, of_authority, own_path, structure
from backend.targets.values import Paper, TargetLine, TargetPlanState, TargetPlanValue
from backend.tenants import service as tenants


async def draft_plan(
    write: Write, scope: Scope, *, name: str, document: Paper, effective_on: date, lines: Sequence[TargetLine], reason: str
) -> TargetPlanValue:  # fmt: skip
    """Draft a plan of the caller's division: targets of itself, of what lies below it, and of key units.

    Raises:
        Unauthenticated, Forbidden: without `targets:draft`.
        TargetsOfAuthorities: not an authority.
        TargetTextInvalid, TargetDocumentInvalid: what the plan is called and rests on.
        TargetLineInvalid: a line that cannot be a target.
    """
    of_authority(scope, "targets:draft")
    called = checking.text("name", name, most=checking.LONGEST_NAME)
    paper, why = checking.paper(document, today()), checking.text("reason", reason)
    path = await own_path(write, scope)
    kept = await _checked(write, scope, path, lines)
    plan_id, at = new_id(), now()
    await write.run(
        insert(TargetPlan).values(
            id=plan_id, name=called, division_code=code_of(path), division_path=path, document_number=paper.number,
            document_dated=paper.dated, document_title=paper.title, effective_on=effective_on, created_at=at,
            created_by=scope.actor_id,
        )
    )  # fmt: skip
    await _revise(write, scope, plan_id, 1, kept, why)
    write.audit("targets:draft", object_type="TargetPlan", object_id=plan_id, lines=len(kept), document=paper.number)
    return await held(write, scope, plan_id)


async def revise_plan(
    write: Write, scope: Scope, plan_id: UUID, *, lines: Sequence[TargetLine], reason: str
) -> TargetPlanValue:  # fmt: skip
    """Replace the lines of a draft; what it said before stays on record.

    Raises:
        Unauthenticated, Forbidden: without `targets:draft`.
        TargetsOfAuthorities: not an authority.
        TargetTextInvalid: the reason.
        TargetPlanNotFound: not there, or not visible.
        TargetPlanDecided: approved or rejected before.
        TargetLineInvalid: a line that cannot be a target.
    """
    of_authority(scope, "targets:draft")
    why = checking.text("reason", reason)
    await structure(write)
    draft = await undecided(write, scope, plan_id)
    kept = await _checked(write, scope, draft.division_path, lines)
    await _revise(write, scope, plan_id, draft.revision + 1, kept, why)
    write.audit("targets:revise", object_type="TargetPlan", object_id=plan_id, lines=len(kept), reason=why)
    return await held(write, scope, plan_id)


async def held(read: Read, scope: Scope, plan_id: UUID) -> TargetPlanValue:
    """Return a plan with its newest lines. Raises TargetPlanNotFound."""
    found = await queries.plan(read, scope, plan_id)
    if found is None:
        raise TargetPlanNotFound
    return found


async def target_plan(read: Read, scope: Scope, plan_id: UUID) -> TargetPlanValue:
    """Return a plan with its newest lines.

    Raises:
        Unauthenticated, Forbidden: without `targets:read`.
        TargetPlanNotFound: not there, or not visible.
    """
    scope.require("targets:read")
    return await held(read, scope, plan_id)


async def undecided(read: Read, scope: Scope, plan_id: UUID) -> TargetPlanValue:
    """Return a draft. Raises TargetPlanNotFound, TargetPlanDecided."""
    found = await held(read, scope, plan_id)
    if found.state is not TargetPlanState.DRAFT:
        is_approved = found.state is TargetPlanState.APPROVED
        raise TargetPlanDecided(state=found.state.value, state_zh="已批准" if is_approved else "已驳回")
    return found


async def _revise(
    write: Write, scope: Scope, plan_id: UUID, revision: int, lines: Sequence[TargetLine], reason: str
) -> None:  # fmt: skip
    rows = rules.stored(lines)
    await write.run(
        insert(TargetPlanRevision).values(
            plan_id=plan_id, revision=revision, lines=rows, sha256=rules.sha256(rows), reason=reason, recorded_at=now(),
            recorded_by=scope.actor_id,
        )
    )  # fmt: skip


async def _checked(read: Read, scope: Scope, path: str, lines: Sequence[TargetLine]) -> list[TargetLine]:
    """Return the lines, those of key units with the division of their account. Raises TargetLineInvalid."""
    within = {each.code for each in await tenants.divisions(read, scope, path)}
    units = list(dict.fromkeys(each.account_id for each in lines if each.account_id is not None))
    found = {each.id: each for each in await accounts.accounts_by_id(read, scope, units) if each} if units else {}
    kept: list[TargetLine] = []
    for row, line in enumerate(lines, 1):
        if line.account_id is not None:
            account = found.get(line.account_id)
            if account is None or not account.division_path.startswith(path):
                rules.wrong(row, "names an account you do not see", "所列账户不存在或不在您的辖区内")
            kept.append(replace(line, division_code=account.division_code))
        else:
            kept.append(line)
        if kept[-1].division_code not in within:
            rules.wrong(row, "names a division that is not within yours", "所列区划不在您的辖区内")
    rules.check(kept)
    return kept
