"""What time alone does: approvals lapse after two years without a start, materials nobody answered count as taken."""

from uuid import UUID

from backend.budgets import service as budgets
from backend.kit.clock import today
from backend.kit.db import Read, Write
from backend.kit.scope import Scope
from backend.projects import queries
from backend.projects.rules import moving
from backend.projects.service.common import held, move
from backend.projects.values import Action, ProjectState

MOST = 500
"""Approvals looked at in one round."""
DEEMED = "逾期未告知补正内容，自收到材料之日起视为受理 / not answered in time: taken from the day of receipt"
REASON = "批复满两年未开工，自动失效 / lapsed: two years without a start"


async def lapsing(read: Read, scope: Scope) -> list[tuple[UUID, UUID]]:
    """Return the projects (account, own id) whose approval's time is over.

    Raises:
        Unauthenticated, Forbidden: without `projects:decide`.
    """
    scope.require(moving.PERMISSIONS[moving.Who.SYSTEM])
    return list(await queries.lapsed(read, scope, today(), MOST))


async def lapse(write: Write, scope: Scope, account_id: UUID, project_id: UUID) -> bool:
    """Let an approval lapse whose time is over, and give its tonnes back; False when there is nothing to do any more.

    Raises:
        Unauthenticated, Forbidden: without `projects:decide`.
        InvestmentProjectNotFound: not there, or not visible.
        BudgetReservationClosed: its tonnes were given back elsewhere.
    """
    scope.require(moving.PERMISSIONS[moving.Who.SYSTEM])
    project = await held(write, account_id, project_id)
    is_waiting = ProjectState.APPROVED in {project.state, project.prior_state}
    if not is_waiting or project.due_on is None or project.due_on >= today():
        return False
    if project.reservation_id is not None:
        await budgets.release(write, scope, project.reservation_id, REASON)
    await move(write, scope, project, Action.LAPSE, ProjectState.LAPSED, today(), note=REASON, prior_state=None)
    return True


async def unanswered(read: Read, scope: Scope) -> list[tuple[UUID, UUID]]:
    """Return the projects (account, own id) whose materials nobody answered within five working days.

    Raises:
        Unauthenticated, Forbidden: without `projects:decide`.
    """
    scope.require(moving.PERMISSIONS[moving.Who.SYSTEM])
    return list(await queries.unanswered(read, scope, today(), MOST))


async def deem_taken(write: Write, scope: Scope, account_id: UUID, project_id: UUID) -> bool:
    """Take materials that nobody answered in time, from the day they were received; False when there is nothing to do.

    By Order 31, article 14: what is to be added is told at once or within five working days, else the materials are taken.

    Raises:
        Unauthenticated, Forbidden: without `projects:decide`.
        InvestmentProjectNotFound: not there, or not visible.
    """
    scope.require(moving.PERMISSIONS[moving.Who.SYSTEM])
    project = await held(write, account_id, project_id)
    if project.state is not ProjectState.SUBMITTED or project.due_on is None or project.due_on >= today():
        return False
    await move(write, scope, project, Action.TAKE, ProjectState.IN_REVIEW, project.state_on, note=DEEMED)
    return True
